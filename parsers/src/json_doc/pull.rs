//! JSON from a stream, value by value, in the memory of its longest string.
//!
//! serde_json reads a slice several times as fast as a stream, because a stream comes to it byte by byte. Here a stream
//! is read through a window. What is accepted, and what is made of it, is what serde_json accepts and makes of a slice;
//! strings are always checked to be UTF-8. Numbers other than counts are given to serde_json.

mod access;
mod number;
mod string;
#[cfg(test)]
mod tests;

use std::fmt;
use std::io::{ErrorKind, Read};

use serde::de::{self, DeserializeSeed, Visitor};
use serde::forward_to_deserialize_any;

use crate::eight;

use access::Inside;

/// Bytes that are read at once, unless one string needs more.
const WINDOW: usize = if cfg!(fuzzing) { 256 } else { 64 << 10 };

/// Bytes of one string or number, escaped.
const TOKEN: usize = 16 << 20;

/// Nesting that serde_json reads.
pub(crate) const DEPTH: usize = 127;

/// Why a document was not read to its end.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Why {
    /// The stream cannot be read.
    Io,
    /// It is no JSON.
    Syntax,
    /// It ends too early.
    Cut,
    /// It is JSON, but not what was expected.
    Data,
    /// Something follows it.
    Trailing,
    /// It is nested too deep.
    Deep,
    /// A string or a number is too long.
    Long,
}

/// What ended the reading. Behind a pointer, because everything that is read gives one of these or a value.
#[derive(Debug)]
pub(crate) struct Error(Box<Stopped>);

#[derive(Debug)]
struct Stopped {
    why: Why,
    message: String,
    /// Line and column, from 1, as far as they are known yet.
    at: Option<(u64, u64)>,
}

impl Error {
    /// Why the reading ended.
    pub(crate) fn why(&self) -> Why {
        self.0.why
    }

    /// Line and column, from 1.
    pub(crate) fn at(&self) -> Option<(u64, u64)> {
        self.0.at
    }
}

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0.message)?;
        match self.0.at {
            Some((line, column)) => write!(f, " at line {line} column {column}"),
            None => Ok(()),
        }
    }
}

impl std::error::Error for Error {}

impl de::Error for Error {
    fn custom<T: fmt::Display>(message: T) -> Self {
        error(Why::Data, message.to_string())
    }
}

#[cold]
fn error(why: Why, message: impl Into<String>) -> Error {
    Error(Box::new(Stopped {
        why,
        message: message.into(),
        at: None,
    }))
}

/// A document that is being read.
pub(crate) struct Pull<'a> {
    inner: &'a mut dyn Read,
    /// What was read and is UTF-8, and the place of the next byte in it.
    window: String,
    next: usize,
    /// What is read into. The first bytes of it were read behind the window: the start of a character, or what is not
    /// UTF-8.
    raw: Vec<u8>,
    kept: usize,
    /// A string without its escapes.
    text: String,
    /// Values that may still be nested.
    depth: usize,
    /// Lines before the window, and bytes of the last one of them that stand before it.
    lines: u64,
    column: u64,
}

impl<'a> Pull<'a> {
    /// Starts at the first byte, with so much nesting.
    pub(crate) fn new(inner: &'a mut dyn Read, depth: usize) -> Self {
        Self {
            inner,
            window: String::new(),
            next: 0,
            raw: vec![0; WINDOW],
            kept: 0,
            text: String::new(),
            depth,
            lines: 0,
            column: 0,
        }
    }

    /// Reads the document: one value, and nothing behind it.
    pub(crate) fn document<S>(mut self, outermost: S) -> Result<(), Error>
    where
        S: for<'de> DeserializeSeed<'de, Value = ()>,
    {
        let read = outermost.deserialize(&mut self);
        let read = read.and_then(|()| match self.peek()? {
            None => Ok(()),
            Some(_) => Err(error(Why::Trailing, "trailing characters")),
        });
        read.map_err(|mut error| {
            error.0.at = Some(self.place());
            error
        })
    }

    /// Line and column of the next byte.
    fn place(&self) -> (u64, u64) {
        let (lines, column) = self.counted();
        (lines.saturating_add(1), column.saturating_add(1))
    }

    /// Lines before the next byte, and bytes before it in its own.
    fn counted(&self) -> (u64, u64) {
        let passed = self.window.get(..self.next).unwrap_or_default().as_bytes();
        let long = |n: usize| u64::try_from(n).unwrap_or(u64::MAX);
        let column = |from: usize| long(passed.len().saturating_sub(from));
        match memchr::memrchr(b'\n', passed) {
            None => (self.lines, self.column.saturating_add(column(0))),
            Some(last) => {
                let lines = long(memchr::memchr_iter(b'\n', passed).count());
                let column = column(last.saturating_add(1));
                (self.lines.saturating_add(lines), column)
            }
        }
    }

    /// What lies in the window.
    fn rest(&self) -> &[u8] {
        self.window.as_bytes().get(self.next..).unwrap_or_default()
    }

    fn advance(&mut self, n: usize) {
        self.next = self.next.saturating_add(n);
    }

    /// Reads on behind what lies in the window. `false` at the end.
    #[cold]
    fn fill(&mut self) -> Result<bool, Error> {
        if self.rest().len() > TOKEN {
            return Err(error(Why::Long, "a string or a number is too long"));
        }
        if self.next > 0 {
            (self.lines, self.column) = self.counted();
            if self.window.is_char_boundary(self.next) {
                self.window.drain(..self.next);
                self.next = 0;
            }
        }
        loop {
            // What is kept is never all: of what is UTF-8 up to nowhere, the reading ends.
            let room = self.raw.get_mut(self.kept..).unwrap_or_default();
            match self.inner.read(room) {
                Ok(n) => {
                    if let Some(more) = self.decode(n)? {
                        return Ok(more);
                    }
                }
                Err(e) if e.kind() == ErrorKind::Interrupted => {}
                Err(failed) => return Err(error(Why::Io, failed.to_string())),
            }
        }
    }

    /// Moves what is UTF-8 of what was kept and so many new bytes to the window: whether there was any, or `None` when a
    /// character goes on.
    fn decode(&mut self, new: usize) -> Result<Option<bool>, Error> {
        let last = new == 0;
        let end = self.kept.saturating_add(new);
        let bytes = self.raw.get(..end).unwrap_or_default();
        let (sound, bad) = match str::from_utf8(bytes) {
            Ok(text) => (text, false),
            Err(e) => {
                let sound = bytes.get(..e.valid_up_to()).unwrap_or_default();
                let sound = str::from_utf8(sound).unwrap_or_default();
                (sound, last || e.error_len().is_some())
            }
        };
        let n = sound.len();
        self.window.push_str(sound);
        self.raw.copy_within(n..end, 0);
        self.kept = end.saturating_sub(n);
        match n {
            // What stands before it comes first.
            0 if bad => Err(error(Why::Syntax, "invalid unicode code point")),
            0 => Ok(last.then_some(false)),
            _ => Ok(Some(true)),
        }
    }

    /// The next byte that is no white space, without taking it.
    fn peek(&mut self) -> Result<Option<u8>, Error> {
        loop {
            let rest = self.rest();
            let blanks = blanks(rest);
            let byte = rest.get(blanks).copied();
            self.advance(blanks);
            if byte.is_some() || !self.fill()? {
                return Ok(byte);
            }
        }
    }

    /// The first byte of a value.
    #[inline]
    fn first(&mut self) -> Result<u8, Error> {
        if let Some(byte) = self.rest().first().filter(|b| **b > b' ') {
            return Ok(*byte);
        }
        let cut = || error(Why::Cut, "EOF while parsing a value");
        self.peek()?.ok_or_else(cut)
    }

    /// Has so many bytes in the window, as far as there are so many.
    fn need(&mut self, n: usize) -> Result<(), Error> {
        while self.rest().len() < n && self.fill()? {}
        Ok(())
    }

    /// Takes a word.
    #[inline]
    fn word(&mut self, word: &str) -> Result<(), Error> {
        self.need(word.len())?;
        if !self.rest().starts_with(word.as_bytes()) {
            let cut = word.as_bytes().starts_with(self.rest());
            let why = if cut { Why::Cut } else { Why::Syntax };
            return Err(error(why, "expected ident"));
        }
        self.advance(word.len());
        Ok(())
    }

    /// Reads a list or an object from its bracket on.
    fn nested<'de, V: Visitor<'de>>(
        &mut self,
        object: bool,
        visitor: V,
    ) -> Result<V::Value, Error> {
        self.depth = self.depth.checked_sub(1).ok_or_else(|| {
            let message = "recursion limit exceeded";
            error(Why::Deep, message)
        })?;
        self.advance(1);
        let end = if object { b'}' } else { b']' };
        let inside = Inside::new(self, end);
        let value = if object {
            visitor.visit_map(inside)
        } else {
            visitor.visit_seq(inside)
        }?;
        if self.first()? != end {
            return Err(error(Why::Syntax, "trailing characters"));
        }
        self.advance(1);
        self.depth = self.depth.saturating_add(1);
        Ok(value)
    }
}

/// Bytes of white space.
fn blanks(bytes: &[u8]) -> usize {
    let mut n = 0_usize;
    // Most of it indents.
    while let Some([b' ' | b'\n' | b'\t' | b'\r', after @ ..]) = bytes.get(n..) {
        n = n.saturating_add(1).saturating_add(eight::blanks(after));
    }
    n
}

/// Asked for as a newtype of this name, a string is the number of its line breaks, and nothing is kept of it. serde has no
/// word for this; serde_json hands on raw values in the same way.
pub(crate) const BREAKS: &str = "$breaks";

impl<'de> de::Deserializer<'de> for &mut Pull<'_> {
    type Error = Error;

    fn deserialize_any<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Error> {
        match self.first()? {
            b'"' => visitor.visit_str(self.string()?),
            b'0'..=b'9' | b'-' => self.number(visitor),
            b'{' => self.nested(true, visitor),
            b'[' => self.nested(false, visitor),
            b'n' => self.word("null").and_then(|()| visitor.visit_unit()),
            b't' => self.word("true").and_then(|()| visitor.visit_bool(true)),
            b'f' => self.word("false").and_then(|()| visitor.visit_bool(false)),
            _ => Err(error(Why::Syntax, "expected value")),
        }
    }

    fn deserialize_newtype_struct<V: Visitor<'de>>(
        self,
        name: &'static str,
        visitor: V,
    ) -> Result<V::Value, Error> {
        if name != BREAKS {
            return visitor.visit_newtype_struct(self);
        }
        match self.first()? {
            b'"' => visitor.visit_u64(self.breaks()?),
            _ => Err(error(Why::Data, "expected a string")),
        }
    }

    fn deserialize_ignored_any<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Error> {
        if self.first()? != b'"' {
            return self.deserialize_any(visitor);
        }
        self.breaks()?;
        visitor.visit_unit()
    }

    forward_to_deserialize_any! {
        bool i8 i16 i32 i64 i128 u8 u16 u32 u64 u128 f32 f64 char str string bytes byte_buf option unit unit_struct
        seq tuple tuple_struct map struct enum identifier
    }
}
