//! The bytes of a report, made fit for the XML reader, which refuses text that is not UTF-8 and keeps a whole event in
//! memory. Offsets stay those of the file: one byte goes in for one byte that comes out.

use std::io::{self, BufRead, Read};

use crate::defect::Position;

/// Stands for a byte that is not UTF-8. No XML document may hold it.
pub(crate) const INVALID: u8 = 0x1a;

/// Bytes of one event: a tag with its attributes, a text, a comment.
const EVENT: usize = 32 << 20;

/// Bytes that are passed on at once.
const CHUNK: usize = 1 << 10;

/// Passes bytes on and notes what is wrong with them.
pub(crate) struct Bytes<'a> {
    inner: &'a mut dyn BufRead,
    out: Vec<u8>,
    taken: usize,
    /// Bytes that may be the start of a character.
    pending: Vec<u8>,
    /// Bytes of the next chunk that are as they must be: they are passed on where they stand.
    sound: usize,
    /// Offset behind the last byte in `out`.
    offset: u64,
    /// Bytes since the last event.
    spent: usize,
    /// An error that came when nobody could be told.
    failed: Option<io::Error>,
    /// Whether an event was too large.
    pub(crate) over: bool,
    /// Control characters, which XML does not allow.
    controls: Odd,
    /// Bytes that are not UTF-8.
    invalid: Odd,
}

/// How often something odd was seen, and where first.
#[derive(Debug, Clone, Copy, Default)]
struct Odd {
    count: u64,
    first: u64,
}

impl Odd {
    fn note(&mut self, offset: u64, n: usize) {
        if self.count == 0 {
            self.first = offset;
        }
        let n = u64::try_from(n).unwrap_or(u64::MAX);
        self.count = self.count.saturating_add(n);
    }
}

impl<'a> Bytes<'a> {
    pub(crate) fn new(inner: &'a mut dyn BufRead) -> Self {
        Self {
            inner,
            out: Vec::new(),
            taken: 0,
            pending: Vec::new(),
            sound: 0,
            offset: 0,
            spent: 0,
            failed: None,
            over: false,
            controls: Odd::default(),
            invalid: Odd::default(),
        }
    }

    /// What was odd about the bytes, in sentences with the first place of each.
    pub(crate) fn oddities(&self) -> Vec<(String, Position)> {
        let controls =
            "control characters, which XML does not allow: strict readers refuse this file";
        let odd = [
            (self.controls, controls),
            (self.invalid, "bytes that are not UTF-8"),
        ];
        let seen = odd.into_iter().filter(|(odd, _)| odd.count > 0);
        seen.map(|(odd, what)| {
            let message = format!("{} {what}", odd.count);
            (message, Position::offset(odd.first))
        })
        .collect()
    }

    /// The next event starts.
    pub(crate) fn next_event(&mut self) {
        self.spent = 0;
    }

    /// What can be had without a change. It was not looked at: whoever takes of it answers for its being sound.
    pub(crate) fn ready(&mut self) -> &[u8] {
        if self.taken < self.out.len() {
            return self.out.get(self.taken..).unwrap_or_default();
        }
        if !self.pending.is_empty() || self.failed.is_some() {
            return &[];
        }
        match self.inner.fill_buf() {
            Ok(chunk) => chunk,
            Err(error) => {
                self.failed = Some(error);
                &[]
            }
        }
    }

    /// Takes so many bytes of what is ready.
    pub(crate) fn pass(&mut self, n: usize) {
        if self.taken < self.out.len() {
            self.taken = self.taken.saturating_add(n);
            return;
        }
        self.inner.consume(n);
        let known = n.min(self.sound);
        self.sound = self.sound.saturating_sub(known);
        self.advance(n.saturating_sub(known));
    }

    /// Moves what is known to be characters from `pending` to `out`.
    fn decode(&mut self, last: bool) {
        let pending = std::mem::take(&mut self.pending);
        let mut rest = pending.as_slice();
        while !rest.is_empty() {
            let (valid, bad) = match std::str::from_utf8(rest) {
                Ok(_) => (rest.len(), 0),
                Err(error) => {
                    let left = rest.len().saturating_sub(error.valid_up_to());
                    let whole = error.error_len().or(last.then_some(left));
                    (error.valid_up_to(), whole.unwrap_or(0))
                }
            };
            let good = rest.get(..valid).unwrap_or_default();
            self.valid(good);
            if bad > 0 {
                self.invalid.note(self.offset, bad);
                self.out.extend(std::iter::repeat_n(INVALID, bad));
                self.advance(bad);
            }
            rest = rest.get(valid.saturating_add(bad)..).unwrap_or_default();
            if bad == 0 {
                break;
            }
        }
        self.pending.extend_from_slice(rest);
    }

    fn valid(&mut self, good: &[u8]) {
        for (at, byte) in good.iter().enumerate() {
            if is_control(*byte) {
                let at = u64::try_from(at).unwrap_or(u64::MAX);
                self.controls.note(self.offset.saturating_add(at), 1);
            }
        }
        self.out.extend_from_slice(good);
        self.advance(good.len());
    }

    fn advance(&mut self, n: usize) {
        self.spent = self.spent.saturating_add(n);
        let n = u64::try_from(n).unwrap_or(u64::MAX);
        self.offset = self.offset.saturating_add(n);
    }
}

impl Read for Bytes<'_> {
    fn read(&mut self, to: &mut [u8]) -> io::Result<usize> {
        let n = self.fill_buf()?.read(to)?;
        self.consume(n);
        Ok(n)
    }
}

impl BufRead for Bytes<'_> {
    fn fill_buf(&mut self) -> io::Result<&[u8]> {
        if let Some(error) = self.failed.take() {
            return Err(error);
        }
        if self.sound > 0 {
            let chunk = self.inner.fill_buf()?;
            return Ok(chunk.get(..self.sound).unwrap_or(chunk));
        }
        if self.taken >= self.out.len() {
            self.out.clear();
            self.taken = 0;
            if self.spent > EVENT {
                self.over = true;
                return Err(io::Error::other("one event is too large"));
            }
        }
        while self.out.is_empty() {
            let chunk = self.inner.fill_buf()?;
            let chunk = chunk.get(..CHUNK).unwrap_or(chunk);
            let (n, last) = (chunk.len(), chunk.is_empty());
            if self.pending.is_empty() && !last && is_sound(chunk) {
                self.sound = n;
                self.advance(n);
                return Ok(self.inner.fill_buf()?.get(..n).unwrap_or_default());
            }
            self.pending.extend_from_slice(chunk);
            self.inner.consume(n);
            self.decode(last);
            if last {
                break;
            }
        }
        Ok(self.out.get(self.taken..).unwrap_or_default())
    }

    fn consume(&mut self, n: usize) {
        if self.sound > 0 {
            let n = n.min(self.sound);
            self.sound = self.sound.saturating_sub(n);
            self.inner.consume(n);
        } else {
            self.taken = self.taken.saturating_add(n).min(self.out.len());
        }
    }
}

/// Whether nothing is wrong with these bytes.
fn is_sound(chunk: &[u8]) -> bool {
    !is_odd(chunk) && std::str::from_utf8(chunk).is_ok()
}

/// Whether there are control characters that XML does not allow.
pub(super) fn is_odd(bytes: &[u8]) -> bool {
    // A loop without an exit, over bytes alone, is one that the compiler can do many bytes of at once.
    bytes.iter().fold(false, |seen, b| seen | is_control(*b))
}

fn is_control(byte: u8) -> bool {
    (byte < b' ') & (byte != b'\t') & (byte != b'\n') & (byte != b'\r')
}
