//! What was read last of a stream.

use std::os::fd::AsFd;

use rustix::buffer::spare_capacity;
use rustix::io::Errno;

/// Bytes that a pipe of ours holds, where the system lets us choose, and that are read at a time: a command is stopped
/// less often by a slow reader.
pub(super) const PIPE_SIZE: usize = 1 << 20;

const PAGE: usize = 4096;

/// A piece of a stream, in memory that starts with a page: to a place a few bytes into one, where large buffers start
/// otherwise, some processors (Zen of AMD) copy three times as slowly. What nothing was read into is never touched.
pub(super) struct Piece {
    buffer: Vec<u8>,
    /// Bytes before the first page.
    margin: usize,
    /// Place of the first byte that is left.
    next: usize,
}

impl Piece {
    pub(super) fn new() -> Self {
        let mut buffer: Vec<u8> = Vec::with_capacity(PAGE.saturating_add(PIPE_SIZE));
        let margin = buffer.as_ptr().align_offset(PAGE).min(PAGE);
        buffer.resize(margin, 0);
        Self {
            next: buffer.len(),
            buffer,
            margin,
        }
    }

    /// All of it, taken or not.
    pub(super) fn all(&self) -> &[u8] {
        self.buffer.get(self.margin..).unwrap_or_default()
    }

    /// What nobody took.
    pub(super) fn left(&self) -> &[u8] {
        self.buffer.get(self.next..).unwrap_or_default()
    }

    /// Takes some of it.
    pub(super) fn take(&mut self, bytes: usize) {
        self.next = self.next.saturating_add(bytes).min(self.buffer.len());
    }

    /// Makes room.
    pub(super) fn clear(&mut self) {
        self.buffer.truncate(self.margin);
        self.next = self.margin;
    }

    /// Keeps so many bytes of it.
    pub(super) fn truncate(&mut self, bytes: usize) {
        self.buffer.truncate(self.margin.saturating_add(bytes));
    }

    /// Reads as much as there is room for.
    pub(super) fn read(&mut self, from: impl AsFd) -> Result<usize, Errno> {
        rustix::io::read(from, spare_capacity(&mut self.buffer))
    }
}

#[cfg(test)]
mod tests {
    use std::io::{self, Write as _};

    use super::*;

    #[test]
    fn a_piece_is_read_taken_and_cleared() {
        let (reader, mut writer) = io::pipe().unwrap();
        let mut piece = Piece::new();
        assert!(piece.all().is_empty() && piece.left().is_empty());
        for text in [&b"one piece"[..], b"another"] {
            piece.clear();
            writer.write_all(text).unwrap();
            assert_eq!(piece.read(&reader), Ok(text.len()));
            assert_eq!(piece.all().as_ptr().align_offset(PAGE), 0);
            piece.take(3);
            assert_eq!((piece.all(), piece.left()), (text, &text[3..]));
            piece.truncate(5);
            assert_eq!(piece.left(), &text[3..5]);
            piece.take(usize::MAX);
            assert!(piece.left().is_empty());
        }
    }
}
