//! The first line of a warning: `lib/a.ex:7:21:call`, with or without a text behind it, or `lib/a.ex:7:21: text`.

use std::num::NonZeroU32;

use super::form::Form;
use super::{github, ignore, names};
use crate::{eight, text};

/// How far into a line its place may reach. Longer than any path; keeps the look at foreign lines short.
pub(super) const REACH: usize = 4096;

/// A place, and what follows it.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct Place<'a> {
    /// `None` where the compiler knew no file (`:0:unknown_function`).
    pub(crate) path: Option<&'a [u8]>,
    /// Line; 0 is none.
    pub(crate) line: Option<NonZeroU32>,
    /// Column.
    pub(crate) column: Option<NonZeroU32>,
    /// Everything after the last number, starting with a colon.
    pub(crate) rest: &'a [u8],
}

/// The first line of a warning, in any form but a term.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Row<'a> {
    pub(crate) form: Form,
    pub(crate) place: Place<'a>,
    /// Empty where the form has no names.
    pub(crate) name: &'a [u8],
    /// Whether it is the name of a warning that is known.
    pub(crate) known: bool,
    /// What the line says besides.
    pub(crate) text: &'a [u8],
}

/// The first line of a warning, if it is one.
pub(crate) fn row(line: &[u8]) -> Option<Row<'_>> {
    match line {
        [b'{', ..] => ignore::row(line),
        [b':', b':', ..] => github::row(line),
        _ => {
            let place = place(line)?;
            let (form, name, known, text) = named(place.rest).or_else(|| worded(place.rest))?;
            Some(Row {
                form,
                place,
                name,
                known,
                text,
            })
        }
    }
}

/// What follows the line at the start of a text, if that is a short row with the name of a known warning, and can be
/// nothing else: no line about a run starts with one of these letters. A path that holds a colon is left to [`row`].
/// `max`: bytes of a line that are looked at.
pub(super) fn after_short(text: &[u8], max: usize) -> Option<&[u8]> {
    match text.first()? {
        b'a'..=b'c' | b'e'..=b'h' | b'j'..=b't' | b'v'..=b'z' => {}
        _ => return None,
    }
    let path = memchr::memchr2(b':', b'\n', text)?;
    let rest = after_number(text.get(path..)?)?;
    let rest = after_number(rest).unwrap_or(rest);
    let (Form::Short, _, true, said) = named(rest)? else {
        return None;
    };
    let before = text.len().saturating_sub(said.len());
    let (_, rest) = text::first_line(said, max.checked_sub(before)?)?;
    (path < REACH).then_some(rest)
}

/// `path:line[:column]` and a colon, from the start of the line. Paths may hold colons and spaces.
#[inline]
pub(crate) fn place(text: &[u8]) -> Option<Place<'_>> {
    if text.first().is_none_or(u8::is_ascii_whitespace) {
        return None;
    }
    let reach = text.get(..REACH).unwrap_or(text);
    let mut from = 0_usize;
    loop {
        let colon = memchr::memchr(b':', reach.get(from..)?)?;
        let (path, numbers) = text.split_at_checked(from.saturating_add(colon))?;
        if let Some((line, column, rest)) = numbers_of(numbers) {
            return Some(Place {
                path: (!path.is_empty()).then_some(path),
                line,
                column,
                rest,
            });
        }
        from = path.len().saturating_add(1);
    }
}

type Numbers<'a> = (Option<NonZeroU32>, Option<NonZeroU32>, &'a [u8]);

/// `:12` or `:12:7`, and what follows: a colon at least.
#[inline]
fn numbers_of(text: &[u8]) -> Option<Numbers<'_>> {
    let (line, rest) = number(text)?;
    let (column, rest) = number(rest).unwrap_or((None, rest));
    (rest.first() == Some(&b':')).then_some((line, column, rest))
}

/// `:12`, and what follows. The number is none where it is 0 or no line can have it.
#[inline]
fn number(text: &[u8]) -> Option<(Option<NonZeroU32>, &[u8])> {
    let digits = text.strip_prefix(b":")?;
    digits.first().filter(|b| b.is_ascii_digit())?;
    match eight::number(digits) {
        Some((number, rest)) => Some((NonZeroU32::new(number), rest)),
        None => any_number(digits),
    }
}

/// What follows `:12`, where that is in reach.
#[inline]
fn after_number(text: &[u8]) -> Option<&[u8]> {
    let digits = text.strip_prefix(b":")?;
    digits.get(eight::digits(digits)?..)
}

/// A number of any length, or at the end of a line.
fn any_number(text: &[u8]) -> Option<(Option<NonZeroU32>, &[u8])> {
    let end = text.iter().position(|b| !b.is_ascii_digit());
    let (digits, rest) = text.split_at_checked(end.unwrap_or(text.len()))?;
    Some((text::line_number(digits), rest))
}

/// Form, name, whether it is a known one, and text.
type Said<'a> = (Form, &'a [u8], bool, &'a [u8]);

/// Behind the place `:name`, alone or with a space and a text behind it.
#[inline]
fn named(rest: &[u8]) -> Option<Said<'_>> {
    let rest = rest.strip_prefix(b":")?;
    let (name, rest) = rest.split_at_checked(eight::find(rest, b'!', []))?;
    // What is known is made of the right letters: only others are looked at one by one.
    let known = names::is_known(name);
    if !known && !is_word(name) {
        return None;
    }
    match rest.split_first() {
        None => Some((Form::Long, name, known, rest)),
        Some((b' ', text)) => Some((Form::Short, name, known, text)),
        Some(_) => None,
    }
}

/// Whether something may be the name of a warning.
fn is_word(name: &[u8]) -> bool {
    let word = |b: &u8| b.is_ascii_lowercase() || b.is_ascii_digit() || *b == b'_';
    name.first().is_some_and(u8::is_ascii_lowercase) && name.iter().all(word)
}

/// Behind the place `: text`. Compilers word their diagnostics so, too, and say what they are.
fn worded(rest: &[u8]) -> Option<Said<'_>> {
    let text = rest.strip_prefix(b": ")?;
    let foreign: [&[u8]; 4] = [b"Warning: ", b"warning: ", b"Error: ", b"error: "];
    let ours = !foreign.into_iter().any(|word| text.starts_with(word));
    ours.then_some((Form::Worded, b"", false, text))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parts(line: &str) -> Option<(String, u32, u32, String, Option<String>)> {
        let h = row(line.as_bytes()).filter(|h| h.form != Form::Worded)?;
        let n = |n: Option<NonZeroU32>| n.map_or(0, NonZeroU32::get);
        let text = String::from_utf8_lossy(h.text).into_owned();
        let text = (h.form != Form::Long).then_some(text);
        let path = String::from_utf8_lossy(h.place.path.unwrap_or_default()).into_owned();
        Some((
            path,
            n(h.place.line),
            n(h.place.column),
            String::from_utf8_lossy(h.name).into_owned(),
            text,
        ))
    }

    #[test]
    fn heads_of_warnings() {
        let all = |p: &str, l, c, n: &str, t: Option<&str>| {
            Some((p.into(), l, c, n.into(), t.map(Into::into)))
        };
        assert_eq!(
            parts("lib/a.ex:7:21:call x y"),
            all("lib/a.ex", 7, 21, "call", Some("x y"))
        );
        assert_eq!(
            parts("lib/a b.ex:8:no_return"),
            all("lib/a b.ex", 8, 0, "no_return", None)
        );
        assert_eq!(
            parts(":0:unknown_type T"),
            all("", 0, 0, "unknown_type", Some("T"))
        );
        assert_eq!(
            parts("c:/a:1.ex:3:apply "),
            all("c:/a:1.ex", 3, 0, "apply", Some(""))
        );
    }

    #[test]
    fn other_lines_are_no_heads() {
        for line in [
            "",
            "lib/a.ex:7:21: A.b/1",
            "    lib/a.ex:7:21:call x",
            "(elixir 1.20.4) lib/enum.ex:1725: Enum.map/2",
            "src/we.erl:3:9: Warning: variable 'Y' is unused",
            "lib/a.ex:1:11: R: Modules should have a @moduledoc tag.",
            "12:34:56.789 [info] started",
            "http://localhost:4000/x",
            "lib/a.ex:call",
            "lib/a.ex:3:call#x",
            "lib/a.ex:3:Call x",
            "a:99999999999999999999999",
        ] {
            assert_eq!(parts(line), None, "{line}");
        }
    }

    #[test]
    fn rows_in_erlangs_words() {
        let read = |line: &str| {
            let row = row(line.as_bytes())?;
            let text = |bytes| String::from_utf8_lossy(bytes).into_owned();
            (row.form == Form::Worded).then_some((row.place.path.map(text), text(row.text)))
        };
        let said = Some((Some("a.erl".to_owned()), "Unknown type m:t/0".to_owned()));
        assert_eq!(read("a.erl:3: Unknown type m:t/0"), said);
        assert_eq!(read("a.erl:3:14: Unknown type m:t/0"), said);
        let nowhere = Some((None, "Unknown type m:t/0".to_owned()));
        assert_eq!(read(":0: Unknown type m:t/0"), nowhere);
        for other in [
            "src/we.erl:3:9: Warning: variable 'Y' is unused",
            "lib/a.ex:3: warning: unused",
            "lib/a.ex:3:x",
        ] {
            assert_eq!(read(other), None, "{other}");
        }
    }
}
