//! Strings.

use std::str;

use super::{Error, Pull, TOKEN, Why, error};
use crate::eight;

/// What ends a run of plain bytes in a string, beside control characters.
const MARKS: [u8; 2] = [b'"', b'\\'];

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
        let mut breaks = 0_u64;
        // As themselves they cannot stand in a string, so each of them is a piece.
        self.pieces(|piece| breaks = breaks.saturating_add(u64::from(piece == "\n")))?;
        Ok(breaks)
    }

    /// Takes what is left of a string, through its quote: what stands between escapes, and what they stand for.
    #[inline]
    fn pieces(&mut self, mut each: impl FnMut(&str)) -> Result<(), Error> {
        let mut taken = 0_usize;
        while taken <= TOKEN {
            let rest = self.window.get(self.next..).unwrap_or_default();
            let len = plain(rest.as_bytes());
            each(rest.get(..len).unwrap_or_default());
            let mark = rest.as_bytes().get(len).copied();
            self.advance(len);
            taken = taken.saturating_add(len);
            match mark {
                Some(b'"') => {
                    self.advance(1);
                    return Ok(());
                }
                Some(b'\\') => {
                    let c = self.escape()?;
                    each(c.encode_utf8(&mut [0; 4]));
                    taken = taken.saturating_add(c.len_utf8());
                }
                Some(_) => {
                    let message =
                        "control character (\\u0000-\\u001F) found while parsing a string";
                    return Err(error(Why::Syntax, message));
                }
                None if self.fill()? => {}
                None => return Err(error(Why::Cut, "EOF while parsing a string")),
            }
        }
        Err(error(Why::Long, "a string is too long"))
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

/// Bytes before the first one that means something in a string.
#[inline]
fn plain(bytes: &[u8]) -> usize {
    eight::find(bytes, b' ', MARKS)
}

/// The number of `\uXXXX`, and what follows it.
fn hex(escape: &[u8]) -> Option<(u16, &[u8])> {
    let (digits, rest) = escape.strip_prefix(b"\\u")?.split_at_checked(4)?;
    let plain = digits.iter().all(u8::is_ascii_hexdigit);
    let digits = str::from_utf8(digits).ok().filter(|_| plain)?;
    Some((u16::from_str_radix(digits, 16).ok()?, rest))
}
