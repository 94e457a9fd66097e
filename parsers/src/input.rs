//! Bounded reading: lines with their positions, and a look ahead that consumes nothing.

use std::io::{self, BufRead, Read};

/// What a reader may keep. Everything beyond is counted, not kept.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Limits {
    /// Failures, findings, cases and files kept in detail, each.
    pub details: usize,
    /// Bytes of one line that are looked at; the rest of the line is read and dropped.
    pub line: usize,
    /// Bytes of one text (a message, a log) that are kept.
    pub text: usize,
    /// Nesting of a document.
    pub depth: usize,
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            details: 10_000,
            line: 1 << 20,
            text: 64 << 10,
            depth: 64,
        }
    }
}

/// Which stream of a command a line came from. A file, or two streams in one, count as standard output.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Stream {
    /// Standard output, a file, or both streams in one.
    Out,
    /// Standard error, captured apart.
    Err,
}

/// One line of a text stream.
#[derive(Debug, Clone, Copy)]
pub struct Line<'a> {
    /// The bytes without line end, without SGR sequences (colour), and without what GitHub writes before a line.
    pub text: &'a [u8],
    /// The bytes without line end, as they came.
    pub raw: &'a [u8],
    /// Number of the line in its stream, from 1.
    pub number: u64,
    /// Offset of its first byte in its stream.
    pub offset: u64,
    /// The stream.
    pub stream: Stream,
    /// Whether a line end follows. The last line of a cut stream has none.
    pub terminated: bool,
    /// Whether the line was longer than [`Limits::line`].
    pub cut: bool,
}

/// Lines that were taken at once.
#[derive(Debug, Clone, Copy, Default)]
pub struct Taken {
    /// Their bytes, with their ends.
    pub bytes: usize,
    /// How many there are.
    pub lines: u64,
}

impl Taken {
    /// Takes line after line. `next` gives what follows the first line of a text, if it takes it.
    pub fn each<'a>(text: &'a [u8], mut next: impl FnMut(&'a [u8]) -> Option<&'a [u8]>) -> Self {
        let (mut rest, mut lines) = (text, 0_u64);
        while let Some(behind) = next(rest) {
            (rest, lines) = (behind, lines.saturating_add(1));
        }
        let bytes = text.len().saturating_sub(rest.len());
        Self { bytes, lines }
    }

    /// Puts a line behind them.
    pub(crate) fn advance(self, line: &mut Line<'_>) {
        let bytes = u64::try_from(self.bytes).unwrap_or(u64::MAX);
        line.offset = line.offset.saturating_add(bytes);
        line.number = line.number.saturating_add(self.lines);
    }
}

/// Reads a stream by lines or hands the rest of it to the reader of a document.
pub struct Input<'a> {
    inner: &'a mut dyn BufRead,
    ahead: Vec<u8>,
    taken: usize,
    offset: u64,
    number: u64,
}

impl<'a> Input<'a> {
    /// Starts at the first byte of a stream.
    pub fn new(inner: &'a mut dyn BufRead) -> Self {
        Self {
            inner,
            ahead: Vec::new(),
            taken: 0,
            offset: 0,
            number: 0,
        }
    }

    /// Offset of the next byte, and number of the next line from 1.
    #[must_use]
    pub fn position(&self) -> (u64, u64) {
        (self.offset, self.number.saturating_add(1))
    }

    /// Some of the next bytes, without taking them: at most `n`, and less than half of that only at the end of the
    /// stream. (So looking ahead at every line moves each byte only once or twice.)
    ///
    /// # Errors
    /// What the underlying reader reports.
    pub fn peek(&mut self, n: usize) -> io::Result<&[u8]> {
        let have = self.ahead.len().saturating_sub(self.taken);
        if have < n.div_ceil(2) {
            self.ahead.drain(..self.taken);
            self.taken = 0;
            let missing = n.saturating_sub(have);
            let missing = u64::try_from(missing).unwrap_or(u64::MAX);
            Read::take(&mut self.inner, missing).read_to_end(&mut self.ahead)?;
        }
        let rest = self.ahead.get(self.taken..).unwrap_or_default();
        Ok(rest.get(..n).unwrap_or(rest))
    }

    /// The first byte of the next line, without taking it; `None` at the end.
    ///
    /// # Errors
    /// What the underlying reader reports.
    pub fn next_byte(&mut self) -> io::Result<Option<u8>> {
        Ok(self.fill_buf()?.first().copied())
    }

    /// Takes so many bytes, which are so many lines.
    pub(crate) fn consume_lines(&mut self, bytes: usize, lines: u64) {
        self.consume(bytes);
        self.number = self.number.saturating_add(lines);
    }

    /// Reads the next line into `buffer`, at most `limit` bytes of it. `None` at the end of the stream.
    ///
    /// # Errors
    /// What the underlying reader reports.
    pub fn line(&mut self, buffer: &mut Vec<u8>, limit: usize) -> io::Result<Option<RawLine>> {
        buffer.clear();
        let (offset, mut cut) = (self.offset, false);
        loop {
            let chunk = self.fill_buf()?;
            if chunk.is_empty() {
                let nothing = self.offset == offset;
                self.number = self.number.saturating_add(u64::from(!nothing));
                return Ok((!nothing).then_some(RawLine {
                    number: self.number,
                    offset,
                    terminated: false,
                    cut,
                }));
            }
            let (used, end) = match memchr::memchr(b'\n', chunk) {
                Some(at) => (at.saturating_add(1), true),
                None => (chunk.len(), false),
            };
            let body = chunk
                .get(..used.saturating_sub(usize::from(end)))
                .unwrap_or_default();
            let room = limit.saturating_sub(buffer.len());
            cut |= body.len() > room;
            buffer.extend_from_slice(body.get(..room).unwrap_or(body));
            self.consume(used);
            if end {
                self.number = self.number.saturating_add(1);
                if buffer.last() == Some(&b'\r') {
                    buffer.pop();
                }
                return Ok(Some(RawLine {
                    number: self.number,
                    offset,
                    terminated: true,
                    cut,
                }));
            }
        }
    }
}

/// Where a line stood; its bytes are in the caller's buffer.
#[derive(Debug, Clone, Copy)]
pub struct RawLine {
    /// Number from 1.
    pub number: u64,
    /// Offset of the first byte.
    pub offset: u64,
    /// Whether a line end follows.
    pub terminated: bool,
    /// Whether it was longer than the limit.
    pub cut: bool,
}

impl Read for Input<'_> {
    fn read(&mut self, out: &mut [u8]) -> io::Result<usize> {
        let chunk = self.fill_buf()?;
        let n = chunk.len().min(out.len());
        if let (Some(to), Some(from)) = (out.get_mut(..n), chunk.get(..n)) {
            to.copy_from_slice(from);
        }
        self.consume(n);
        Ok(n)
    }
}

impl BufRead for Input<'_> {
    fn fill_buf(&mut self) -> io::Result<&[u8]> {
        if self.taken < self.ahead.len() {
            return Ok(self.ahead.get(self.taken..).unwrap_or_default());
        }
        self.ahead.clear();
        self.taken = 0;
        self.inner.fill_buf()
    }

    fn consume(&mut self, n: usize) {
        self.offset = self
            .offset
            .saturating_add(u64::try_from(n).unwrap_or(u64::MAX));
        if self.taken < self.ahead.len() {
            self.taken = self.taken.saturating_add(n).min(self.ahead.len());
        } else {
            self.inner.consume(n);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A reader that gives a few bytes at a time, as a pipe may.
    struct Drip<'a>(&'a [u8], usize);

    impl Read for Drip<'_> {
        fn read(&mut self, out: &mut [u8]) -> io::Result<usize> {
            let n = self.1.min(out.len()).min(self.0.len());
            out[..n].copy_from_slice(&self.0[..n]);
            self.0 = &self.0[n..];
            Ok(n)
        }
    }

    fn lines(text: &[u8], drip: usize, limit: usize) -> Vec<(String, u64, u64, bool, bool)> {
        let mut reader = io::BufReader::with_capacity(drip, Drip(text, drip));
        let mut input = Input::new(&mut reader);
        let (mut buffer, mut out) = (Vec::new(), Vec::new());
        loop {
            let _ = input.peek(3).unwrap();
            let Some(l) = input.line(&mut buffer, limit).unwrap() else {
                return out;
            };
            out.push((
                String::from_utf8_lossy(&buffer).into_owned(),
                l.number,
                l.offset,
                l.terminated,
                l.cut,
            ));
        }
    }

    #[test]
    fn lines_are_the_same_however_the_bytes_arrive() {
        let text = b"one\r\n\nthree is long\nlast";
        let whole = lines(text, 64, 8);
        assert_eq!(whole.len(), 4);
        assert_eq!(whole[0], ("one".into(), 1, 0, true, false));
        assert_eq!(whole[2], ("three is".into(), 3, 6, true, true));
        assert_eq!(whole[3], ("last".into(), 4, 20, false, false));
        for drip in 1..9 {
            assert_eq!(lines(text, drip, 8), whole, "{drip} bytes at a time");
        }
    }
}
