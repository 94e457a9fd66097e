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
            let run = |text: &mut String, rest: &str| {
                let len = plain(rest.as_bytes());
                text.push_str(rest.get(..len).unwrap_or_default());
                len
            };
            self.pieces(&mut text, run, String::push)?;
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
        let run = |breaks: &mut u64, rest: &str| {
            let (len, found) = passed(rest.as_bytes());
            *breaks = breaks.saturating_add(found);
            len
        };
        let char = |breaks: &mut u64, c| *breaks = breaks.saturating_add(u64::from(c == '\n'));
        self.pieces(&mut breaks, run, char)?;
        Ok(breaks)
    }

    /// Takes what is left of a string, through its quote. `run` takes some of what lies in the window, and says how much;
    /// `char` is what an escape stands for.
    #[inline]
    fn pieces<T>(
        &mut self,
        to: &mut T,
        run: impl Fn(&mut T, &str) -> usize,
        char: impl Fn(&mut T, char),
    ) -> Result<(), Error> {
        let mut taken = 0_usize;
        while taken <= TOKEN {
            let len = run(to, self.window.get(self.next..).unwrap_or_default());
            self.advance(len);
            taken = taken.saturating_add(len);
            match self.mark()? {
                Mark::Quote => return Ok(()),
                Mark::Char(c) => {
                    char(to, c);
                    taken = taken.saturating_add(c.len_utf8());
                }
                Mark::Filled => {}
            }
        }
        Err(error(Why::Long, "a string is too long"))
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
        let cut = || error(Why::Cut, "EOF while parsing a string");
        let letter = *self.rest().get(1).ok_or_else(cut)?;
        if letter == b'u' {
            return self.unicode();
        }
        let wrong = || error(Why::Syntax, "invalid escape");
        let c = escaped(letter).ok_or_else(wrong)?;
        self.advance(2);
        Ok(c)
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
        let [b'\\', letter, behind @ ..] = rest else {
            break;
        };
        let Some(c) = escaped(*letter) else { break };
        breaks = breaks.saturating_add(u64::from(c == '\n'));
        rest = behind;
    }
    (text.len().saturating_sub(rest.len()), breaks)
}

/// What a letter behind a backslash stands for, if it stands for something by itself.
#[inline]
fn escaped(letter: u8) -> Option<char> {
    Some(match letter {
        b'n' => '\n',
        b'"' | b'\\' | b'/' => char::from(letter),
        b'b' => '\u{8}',
        b'f' => '\u{c}',
        b'r' => '\r',
        b't' => '\t',
        _ => return None,
    })
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
