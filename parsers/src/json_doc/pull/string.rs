//! Strings.

use std::str;

use super::{Error, Pull, TOKEN, Why, error};
use crate::eight;

/// What ends a run of plain bytes in a string, beside control characters.
const MARKS: [u8; 2] = [b'"', b'\\'];

/// What may end a run of plain bytes.
enum Mark {
    /// The end of the string.
    Quote,
    /// What an escape stands for.
    Char(char),
    /// The end of the window: more has been read behind it.
    Filled,
}

impl Pull<'_> {
    /// Takes the string that starts here.
    pub(super) fn string(&mut self) -> Result<&str, Error> {
        self.advance(1);
        let rest = self.rest();
        let len = plain(rest);
        if rest.get(len) != Some(&b'"') {
            let mut text = std::mem::take(&mut self.text);
            text.clear();
            self.pieces(|piece| text.push_str(piece))?;
            self.text = text;
            return Ok(&self.text);
        }
        let start = self.next;
        self.advance(len.saturating_add(1));
        let text = self.window.get(start..start.saturating_add(len));
        Ok(text.unwrap_or_default())
    }

    /// Takes the string that starts here, and makes nothing of it: how many line breaks it has.
    pub(super) fn breaks(&mut self) -> Result<u64, Error> {
        self.advance(1);
        let (mut taken, mut breaks) = (0_usize, 0_u64);
        while taken <= TOKEN {
            let (bytes, found) = passed(self.rest());
            self.advance(bytes);
            taken = taken.saturating_add(bytes);
            breaks = breaks.saturating_add(found);
            match self.mark()? {
                Mark::Quote => return Ok(breaks),
                Mark::Char(c) => {
                    breaks = breaks.saturating_add(u64::from(c == '\n'));
                    taken = taken.saturating_add(c.len_utf8());
                }
                Mark::Filled => {}
            }
        }
        Err(long())
    }

    /// Takes what is left of a string, through its quote: what stands between escapes, and what they stand for.
    #[inline]
    fn pieces(&mut self, mut each: impl FnMut(&str)) -> Result<(), Error> {
        let mut taken = 0_usize;
        while taken <= TOKEN {
            let rest = self.window.get(self.next..).unwrap_or_default();
            let len = plain(rest.as_bytes());
            each(rest.get(..len).unwrap_or_default());
            self.advance(len);
            taken = taken.saturating_add(len);
            match self.mark()? {
                Mark::Quote => return Ok(()),
                Mark::Char(c) => {
                    each(c.encode_utf8(&mut [0; 4]));
                    taken = taken.saturating_add(c.len_utf8());
                }
                Mark::Filled => {}
            }
        }
        Err(long())
    }

    /// Takes what ends a run of plain bytes, or reads on behind it.
    #[inline]
    fn mark(&mut self) -> Result<Mark, Error> {
        match self.rest().first().copied() {
            Some(b'"') => {
                self.advance(1);
                Ok(Mark::Quote)
            }
            Some(b'\\') => self.escape().map(Mark::Char),
            Some(_) => {
                let message = "control character (\\u0000-\\u001F) found while parsing a string";
                Err(error(Why::Syntax, message))
            }
            None if self.fill()? => Ok(Mark::Filled),
            None => Err(error(Why::Cut, "EOF while parsing a string")),
        }
    }

    /// Takes one escape: what it stands for.
    #[inline]
    fn escape(&mut self) -> Result<char, Error> {
        self.need(2)?;
        let plain = match self.rest().get(1) {
            Some(b'n') => '\n',
            Some(b'"') => '"',
            Some(b'\\') => '\\',
            Some(b'/') => '/',
            Some(b'b') => '\u{8}',
            Some(b'f') => '\u{c}',
            Some(b'r') => '\r',
            Some(b't') => '\t',
            Some(b'u') => return self.unicode(),
            Some(_) => return Err(error(Why::Syntax, "invalid escape")),
            None => return Err(error(Why::Cut, "EOF while parsing a string")),
        };
        self.advance(2);
        Ok(plain)
    }

    /// Takes `\uXXXX`, or two of them that are a pair of surrogates.
    fn unicode(&mut self) -> Result<char, Error> {
        let wrong = || error(Why::Syntax, "invalid escape");
        self.need(12)?;
        let (unit, rest) = hex(self.rest()).ok_or_else(wrong)?;
        if let Some(c) = char::from_u32(u32::from(unit)) {
            self.advance(6);
            return Ok(c);
        }
        let lone = || error(Why::Syntax, "lone leading surrogate in hex escape");
        let (low, _) = hex(rest).ok_or_else(lone)?;
        let pair = char::decode_utf16([unit, low]).next();
        let c = pair.and_then(Result::ok).ok_or_else(lone)?;
        self.advance(12);
        Ok(c)
    }
}

/// Bytes of a string that lie before its quote, or before what has to be looked at closer, and the line breaks in them.
fn passed(text: &[u8]) -> (usize, u64) {
    let (mut rest, mut breaks) = (text, 0_u64);
    loop {
        rest = rest.get(plain(rest)..).unwrap_or_default();
        match rest {
            [b'\\', b'n', behind @ ..] => {
                breaks = breaks.saturating_add(1);
                rest = behind;
            }
            [
                b'\\',
                b'"' | b'\\' | b'/' | b'b' | b'f' | b'r' | b't',
                behind @ ..,
            ] => rest = behind,
            _ => return (text.len().saturating_sub(rest.len()), breaks),
        }
    }
}

/// Bytes before the first one that means something in a string.
#[inline]
fn plain(bytes: &[u8]) -> usize {
    eight::find(bytes, b' ', MARKS)
}

#[cold]
fn long() -> Error {
    error(Why::Long, "a string is too long")
}

/// The number of `\uXXXX`, and what follows it.
fn hex(escape: &[u8]) -> Option<(u16, &[u8])> {
    let (digits, rest) = escape.strip_prefix(b"\\u")?.split_at_checked(4)?;
    let plain = digits.iter().all(u8::is_ascii_hexdigit);
    let digits = str::from_utf8(digits).ok().filter(|_| plain)?;
    Some((u16::from_str_radix(digits, 16).ok()?, rest))
}
