//! Text helpers that every reader shares: control sequences, numbers, bounded strings.

use std::borrow::Cow;
use std::num::NonZeroU32;

/// Removes SGR sequences (`ESC [ digits ; … m`), and nothing else. A sequence that does not end stays as it is: a
/// stripper that swallows everything after an unterminated escape would hide a failing summary.
#[must_use]
pub fn strip_sgr(bytes: &[u8]) -> Cow<'_, [u8]> {
    if memchr::memchr(0x1b, bytes).is_none() {
        return Cow::Borrowed(bytes);
    }
    let mut out = Vec::with_capacity(bytes.len());
    let mut rest = bytes;
    while let Some((&first, tail)) = rest.split_first() {
        match sgr_len(rest) {
            Some(n) => rest = rest.get(n..).unwrap_or_default(),
            None => {
                out.push(first);
                rest = tail;
            }
        }
    }
    Cow::Owned(out)
}

/// Length of the SGR sequence at the start of `bytes`.
fn sgr_len(bytes: &[u8]) -> Option<usize> {
    let body = bytes.strip_prefix(b"\x1b[")?;
    let digits = body
        .iter()
        .take_while(|b| b.is_ascii_digit() || **b == b';')
        .count();
    (body.get(digits) == Some(&b'm')).then(|| digits.saturating_add(3))
}

/// Text of at most `max` bytes, cut at a character; bytes that are not UTF-8 become U+FFFD.
#[must_use]
pub fn lossy(bytes: &[u8], max: usize) -> String {
    let part = bytes.get(..max).unwrap_or(bytes);
    // Nearly all of it is UTF-8, and short.
    if part.len() == bytes.len()
        && let Ok(text) = std::str::from_utf8(bytes)
    {
        return text.to_owned();
    }
    let mut text = String::from_utf8_lossy(part).into_owned();
    if part.len() < bytes.len() {
        while text.ends_with('\u{fffd}') {
            text.pop();
        }
        text.push('…');
    }
    text
}

/// The same of a text.
#[must_use]
pub fn cut(text: &str, max: usize) -> String {
    if text.len() <= max {
        return text.to_owned();
    }
    lossy(text.as_bytes(), max)
}

/// Whether a text holds another one.
pub(crate) fn holds(text: &[u8], part: &[u8]) -> bool {
    memchr::memmem::find(text, part).is_some()
}

/// The line at the start of a text, without its end, and what follows that; `None` where it has no end, or more bytes
/// than `max`.
#[inline]
pub(crate) fn first_line(text: &[u8], max: usize) -> Option<(&[u8], &[u8])> {
    let end = memchr::memchr(b'\n', text).filter(|end| *end <= max)?;
    let (line, rest) = text.split_at_checked(end)?;
    Some((line, rest.get(1..)?))
}

/// A decimal number and nothing else.
#[must_use]
pub fn number(bytes: &[u8]) -> Option<u64> {
    let (number, rest) = leading_number(bytes)?;
    rest.is_empty().then_some(number)
}

/// The decimal number at the start, and what follows it.
#[must_use]
pub fn leading_number(bytes: &[u8]) -> Option<(u64, &[u8])> {
    let (mut number, mut rest) = (0_u64, bytes);
    while let Some((digit @ b'0'..=b'9', tail)) = rest.split_first() {
        let digit = u64::from(digit.wrapping_sub(b'0'));
        number = number.checked_mul(10)?.checked_add(digit)?;
        rest = tail;
    }
    (rest.len() < bytes.len()).then_some((number, rest))
}

/// A line or column number: at least 1.
#[must_use]
pub fn line_number(bytes: &[u8]) -> Option<NonZeroU32> {
    NonZeroU32::new(u32::try_from(number(bytes)?).ok()?)
}

/// A decimal with an optional fraction, in units of `10^-scale`, read without floating point. Digits beyond the scale
/// are cut off: `decimal(b"1.2345", 2)` is 123.
#[must_use]
pub fn decimal(bytes: &[u8], scale: usize) -> Option<u64> {
    let point = bytes.iter().position(|b| *b == b'.');
    let (whole, fraction) = match point.and_then(|at| bytes.split_at_checked(at)) {
        Some((whole, fraction)) => (whole, fraction.get(1..)?),
        None => (bytes, b"0".as_slice()),
    };
    if fraction.is_empty() || !fraction.iter().all(u8::is_ascii_digit) {
        return None;
    }
    let kept = fraction.get(..scale).unwrap_or(fraction);
    let missing = u32::try_from(scale.saturating_sub(kept.len())).ok()?;
    let one = 10_u64.checked_pow(u32::try_from(scale).ok()?)?;
    let part = match kept {
        [] => 0,
        kept => number(kept)?.checked_mul(10_u64.checked_pow(missing)?)?,
    };
    number(whole)?.checked_mul(one)?.checked_add(part)
}

/// Splits `path:12:7`, `path:12` or `path` from the right, so that paths may hold colons. A printed 0 is no line.
#[must_use]
pub fn location(text: &str) -> (&str, Option<NonZeroU32>, Option<NonZeroU32>) {
    let Some((head, last)) = split_number(text) else {
        return (text, None, None);
    };
    match split_number(head) {
        Some((path, line)) => (path, NonZeroU32::new(line), NonZeroU32::new(last)),
        None => (head, NonZeroU32::new(last), None),
    }
}

/// `head:123` in two.
fn split_number(text: &str) -> Option<(&str, u32)> {
    let (head, last) = text.rsplit_once(':')?;
    let n = u32::try_from(number(last.as_bytes())?).ok()?;
    (!head.is_empty()).then_some((head, n))
}

/// A list of lines that grows up to a number of bytes and then only says that it was cut.
#[derive(Debug, Default, Clone, PartialEq, Eq)]
pub struct Block {
    text: String,
    cut: bool,
}

impl Block {
    /// Adds a line; `max` is the limit of the whole block in bytes.
    pub fn push(&mut self, line: &[u8], max: usize) {
        if self.cut {
            return;
        }
        if self.text.len().saturating_add(line.len()) >= max {
            self.cut = true;
            self.text.push('…');
            return;
        }
        // One line is all that most have.
        self.text.reserve(line.len().saturating_add(1));
        match std::str::from_utf8(line) {
            Ok(line) => self.text.push_str(line),
            Err(_) => self.text.push_str(&String::from_utf8_lossy(line)),
        }
        self.text.push('\n');
    }

    /// The text without blank lines at its ends; `None` when there is nothing else.
    #[must_use]
    pub fn finish(&self) -> Option<String> {
        if !self.text.trim_end_matches('\n').contains('\n') {
            let line = self.text.trim_end();
            return (!line.is_empty()).then(|| line.to_owned());
        }
        let lines: Vec<&str> = self.text.lines().map(str::trim_end).collect();
        let first = lines.iter().position(|l| !l.is_empty())?;
        let last = lines.iter().rposition(|l| !l.is_empty())?;
        Some(lines.get(first..=last)?.join("\n"))
    }

    /// Whether nothing was added.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.text.is_empty()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_unterminated_escape_hides_nothing() {
        assert_eq!(strip_sgr(b"\x1b[31mred\x1b[0m").as_ref(), b"red");
        assert_eq!(
            strip_sgr(b"\x1b]0;1 test, 1 failure").as_ref(),
            b"\x1b]0;1 test, 1 failure"
        );
        assert_eq!(strip_sgr(b"a\x1b[31").as_ref(), b"a\x1b[31");
    }

    #[test]
    fn decimals_are_integers() {
        assert_eq!(decimal(b"0.1", 3), Some(100));
        assert_eq!(decimal(b"79.999", 2), Some(7999));
        assert_eq!(decimal(b"12", 2), Some(1200));
        for bad in [
            &b""[..],
            b".5",
            b"1.",
            b"-1",
            b"NaN",
            b"1e3",
            b"1.x",
            b"99999999999999999999",
        ] {
            assert_eq!(decimal(bad, 2), None, "{}", String::from_utf8_lossy(bad));
        }
    }

    #[test]
    fn locations_split_from_the_right() {
        let n = NonZeroU32::new;
        assert_eq!(location("lib/a.ex:12:7"), ("lib/a.ex", n(12), n(7)));
        assert_eq!(location("lib/a.ex:12"), ("lib/a.ex", n(12), None));
        assert_eq!(location("c:/lib/a.ex"), ("c:/lib/a.ex", None, None));
        assert_eq!(location("lib/a.ex:0"), ("lib/a.ex", None, None));
    }

    #[test]
    fn a_cut_text_ends_at_a_character() {
        assert_eq!(lossy("aé".as_bytes(), 2), "a…");
        assert_eq!(lossy(b"abc", 3), "abc");
    }
}
