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
            self.pieces()?;
            return Ok(&self.text);
        }
        let start = self.next;
        self.advance(len.saturating_add(1));
        let text = self.window.get(start..start.saturating_add(len));
        Ok(text.unwrap_or_default())
    }

    /// Takes what is left of a string, through its quote, into `text`.
    fn pieces(&mut self) -> Result<(), Error> {
        self.text.clear();
        loop {
            let rest = self.window.get(self.next..).unwrap_or_default();
            let len = plain(rest.as_bytes());
            self.text.push_str(rest.get(..len).unwrap_or_default());
            let mark = rest.as_bytes().get(len).copied();
            self.advance(len);
            match mark {
                Some(b'"') => {
                    self.advance(1);
                    return Ok(());
                }
                Some(b'\\') => self.escape()?,
                Some(_) => {
                    let message =
                        "control character (\\u0000-\\u001F) found while parsing a string";
                    return Err(error(Why::Syntax, message));
                }
                None if self.text.len() > TOKEN => {
                    return Err(error(Why::Long, "a string is too long"));
                }
                None if self.fill()? => {}
                None => return Err(error(Why::Cut, "EOF while parsing a string")),
            }
        }
    }

    /// Takes one escape, and adds what it stands for to `text`.
    fn escape(&mut self) -> Result<(), Error> {
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
            Some(b'u') => {
                let c = self.unicode()?;
                self.text.push(c);
                return Ok(());
            }
            Some(_) => return Err(error(Why::Syntax, "invalid escape")),
            None => return Err(error(Why::Cut, "EOF while parsing a string")),
        };
        self.text.push(plain);
        self.advance(2);
        Ok(())
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

/// Bytes that are near enough to be looked for eight at once.
const NEAR: usize = 24;

/// Bytes before the first one that means something in a string.
fn plain(bytes: &[u8]) -> usize {
    let near = bytes.get(..NEAR).unwrap_or(bytes);
    let found = eight::find(near, b' ', MARKS);
    if found < near.len() || near.len() == bytes.len() {
        return found;
    }
    let end = memchr::memchr2(b'"', b'\\', bytes).unwrap_or(bytes.len());
    let bytes = bytes.get(..end).unwrap_or(bytes);
    // A loop without an exit is one that the compiler can do many bytes of at once.
    if bytes.iter().fold(false, |seen, b| seen | (*b < b' ')) {
        return bytes.iter().position(|b| *b < b' ').unwrap_or(end);
    }
    end
}

/// The number of `\uXXXX`, and what follows it.
fn hex(escape: &[u8]) -> Option<(u16, &[u8])> {
    let (digits, rest) = escape.strip_prefix(b"\\u")?.split_at_checked(4)?;
    let plain = digits.iter().all(u8::is_ascii_hexdigit);
    let digits = str::from_utf8(digits).ok().filter(|_| plain)?;
    Some((u16::from_str_radix(digits, 16).ok()?, rest))
}
