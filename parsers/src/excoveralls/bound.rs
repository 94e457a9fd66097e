//! Keeps a JSON reader from holding more than it may: no string longer and no nesting deeper than a limit.

use std::io::{self, BufRead, Read};

/// Bytes of one string in a report: the source of a file is the longest.
const STRING: usize = 16 << 20;

/// Whether a document that is there as a whole nests deeper than a limit.
pub(super) fn is_deep(bytes: &[u8], max: usize) -> bool {
    let (mut rest, mut depth) = (bytes, 0_usize);
    while let Some((byte, after)) = rest.split_first() {
        rest = after;
        match byte {
            b'"' => rest = after_string(after),
            b'[' | b'{' => depth = depth.saturating_add(1),
            b']' | b'}' => depth = depth.saturating_sub(1),
            _ => {}
        }
        if depth > max {
            return true;
        }
    }
    false
}

/// What follows the quote that ends a string.
fn after_string(text: &[u8]) -> &[u8] {
    let mut rest = text;
    while let Some(at) = memchr::memchr2(b'"', b'\\', rest) {
        let ends = rest.get(at) == Some(&b'"');
        let taken = at.saturating_add(if ends { 1 } else { 2 });
        rest = rest.get(taken..).unwrap_or_default();
        if ends {
            return rest;
        }
    }
    &[]
}

/// Passes bytes through and fails at a string or a nesting that is too large.
pub(super) struct Bound<'a> {
    inner: &'a mut dyn BufRead,
    depth: usize,
    max_depth: usize,
    string: Option<usize>,
    escaped: bool,
    over: bool,
}

impl<'a> Bound<'a> {
    pub(super) fn new(inner: &'a mut dyn BufRead, max_depth: usize) -> Self {
        Self {
            inner,
            depth: 0,
            max_depth,
            string: None,
            escaped: false,
            over: false,
        }
    }

    /// Whether a limit was reached.
    pub(super) fn over(&self) -> bool {
        self.over
    }

    fn byte(&mut self, byte: u8) {
        if let Some(length) = &mut self.string {
            *length = length.saturating_add(1);
            self.over |= *length > STRING;
            match byte {
                _ if self.escaped => self.escaped = false,
                b'\\' => self.escaped = true,
                b'"' => self.string = None,
                _ => {}
            }
            return;
        }
        match byte {
            b'"' => self.string = Some(0),
            b'[' | b'{' => {
                self.depth = self.depth.saturating_add(1);
                self.over |= self.depth > self.max_depth;
            }
            b']' | b'}' => self.depth = self.depth.saturating_sub(1),
            _ => {}
        }
    }
}

impl Read for Bound<'_> {
    fn read(&mut self, out: &mut [u8]) -> io::Result<usize> {
        // What stands before the limit in the same chunk is still passed on, so that chunks make no difference.
        if self.over {
            return Err(io::Error::other("a string or a nesting is too large"));
        }
        let n = self.inner.read(out)?;
        for byte in out.iter().take(n) {
            self.byte(*byte);
        }
        Ok(n)
    }
}
