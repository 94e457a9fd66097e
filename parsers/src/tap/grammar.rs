//! The lines of the protocol.

use std::borrow::Cow;

use crate::text;

/// One line.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum What<'a> {
    /// `TAP version 14`.
    Version,
    /// `1..8`, and whether a reason for skipping everything follows; `None` where the number does not parse.
    Plan { tests: Option<u64>, reason: bool },
    /// `ok 1 - adds # SKIP no network`.
    Test(Test<'a>),
    /// `Bail out! no database`.
    Bail(&'a [u8]),
    /// `# tests 8`: a total of Node.
    Total(&'static str, Option<u64>),
    /// `# duration_ms 463.8`: the last line of Node.
    Last(Option<u64>),
}

/// A test line.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Test<'a> {
    pub(super) ok: bool,
    pub(super) number: Option<u64>,
    /// As it is written: what is escaped in it is so still, as it is in the reason.
    pub(super) name: &'a [u8],
    pub(super) directive: Option<(Directive, &'a [u8])>,
}

/// What follows the `#`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Directive {
    Todo,
    Skip,
}

/// The totals that Node prints and that are checked.
pub(super) const TOTALS: [&str; 6] = ["tests", "pass", "fail", "cancelled", "skipped", "todo"];

/// A line and its depth: subtests are indented by four spaces each.
pub(super) fn line(bytes: &[u8]) -> Option<(usize, What<'_>)> {
    let spaces = bytes.iter().take_while(|b| **b == b' ').count();
    let rest = bytes.get(spaces..)?;
    let what = match rest.first()? {
        b'o' | b'n' => What::Test(test(rest)?),
        b'1' => plan(rest)?,
        b'T' => version(rest)?,
        b'B' => What::Bail(rest.strip_prefix(b"Bail out!")?.trim_ascii()),
        b'#' if spaces == 0 => total(rest.strip_prefix(b"# ")?)?,
        _ => return None,
    };
    (spaces.checked_rem(4)? == 0).then_some((spaces.checked_div(4)?, what))
}

fn version(rest: &[u8]) -> Option<What<'_>> {
    text::number(rest.strip_prefix(b"TAP version ")?).map(|_| What::Version)
}

fn plan(rest: &[u8]) -> Option<What<'_>> {
    let rest = rest.strip_prefix(b"1..")?;
    let end = rest.iter().position(|b| !b.is_ascii_digit());
    let (number, after) = rest.split_at_checked(end.unwrap_or(rest.len()))?;
    let after = after.trim_ascii();
    let known = after.is_empty() || after.starts_with(b"#");
    known.then(|| What::Plan {
        tests: text::number(number),
        reason: !after.is_empty(),
    })
}

fn test(rest: &[u8]) -> Option<Test<'_>> {
    let (ok, rest) = match rest.strip_prefix(b"not ok") {
        Some(rest) => (false, rest),
        None => (true, rest.strip_prefix(b"ok")?),
    };
    if !rest.is_empty() && !rest.starts_with(b" ") {
        return None;
    }
    let rest = rest.trim_ascii();
    let digits = rest.iter().take_while(|b| b.is_ascii_digit()).count();
    let (number, after) = rest.split_at_checked(digits)?;
    let numbered = digits > 0 && (after.is_empty() || after.starts_with(b" "));
    let rest = if numbered { after } else { rest };
    let number = text::number(number).filter(|_| numbered);
    let (name, directive) = directive(rest.trim_ascii());
    let name = name.trim_ascii();
    let name = name.strip_prefix(b"- ").unwrap_or(name);
    Some(Test {
        ok,
        number,
        name,
        directive,
    })
}

/// Parts a description from its directive. It follows the first `#` that no backslash escapes and that stands apart; where
/// something else follows that one, all of it is the description. (The backslash before a `#` that is not escaped is one
/// that is escaped itself: who writes that knows what a `#` means.)
fn directive(rest: &[u8]) -> (&[u8], Option<(Directive, &[u8])>) {
    let (mut escaped, mut before) = (false, b' ');
    for (at, byte) in rest.iter().copied().enumerate() {
        let apart = before.is_ascii_whitespace() || before == b'\\';
        if byte == b'#' && !escaped && apart {
            let (name, after) = rest.split_at_checked(at).unwrap_or((rest, b""));
            let words = after.get(1..).unwrap_or_default();
            if let Some(found) = directed(words.trim_ascii_start()) {
                return (name, Some(found));
            }
            if words.first().is_none_or(u8::is_ascii_whitespace) {
                break;
            }
        }
        escaped = byte == b'\\' && !escaped;
        before = byte;
    }
    (rest, None)
}

/// A directive and its reason: `# SKIPPED`, `# skip: reason` and `# TODO` are all seen. The rest of the word is nothing.
fn directed(words: &[u8]) -> Option<(Directive, &[u8])> {
    let known = [(&b"todo"[..], Directive::Todo), (b"skip", Directive::Skip)];
    known.into_iter().find_map(|(word, kind)| {
        let (head, rest) = words.split_at_checked(word.len())?;
        let end = rest.iter().position(u8::is_ascii_whitespace);
        let reason = end.and_then(|end| rest.get(end..)).unwrap_or_default();
        let reason = reason.trim_ascii_start();
        head.eq_ignore_ascii_case(word).then_some((kind, reason))
    })
}

/// A text as it is meant: `\#` is a `#`, and `\\` a backslash. No other character is escaped.
pub(super) fn unescaped(text: &[u8]) -> Cow<'_, [u8]> {
    if memchr::memchr(b'\\', text).is_none() {
        return Cow::Borrowed(text);
    }
    let mut out = Vec::with_capacity(text.len());
    let mut rest = text;
    while let Some((byte, tail)) = rest.split_first() {
        rest = tail;
        let mut meant = *byte;
        if let (b'\\', Some((next @ (b'\\' | b'#'), tail))) = (byte, tail.split_first()) {
            (meant, rest) = (*next, tail);
        }
        out.push(meant);
    }
    Cow::Owned(out)
}

fn total(rest: &[u8]) -> Option<What<'_>> {
    if let Some(ms) = rest.strip_prefix(b"duration_ms ") {
        return Some(What::Last(text::decimal(ms, 3)));
    }
    TOTALS.iter().find_map(|name| {
        let number = rest.strip_prefix(name.as_bytes())?.strip_prefix(b" ")?;
        Some(What::Total(name, text::number(number)))
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of(line: &str) -> Option<(bool, Option<u64>, String, Option<Directive>)> {
        match super::line(line.as_bytes())?.1 {
            What::Test(t) => Some((
                t.ok,
                t.number,
                String::from_utf8_lossy(&unescaped(t.name)).into(),
                t.directive.map(|d| d.0),
            )),
            _ => None,
        }
    }

    #[test]
    fn test_lines() {
        let name = |s: &str| s.to_owned();
        assert_eq!(of("ok"), Some((true, None, name(""), None)));
        assert_eq!(of("ok 1"), Some((true, Some(1), name(""), None)));
        assert_eq!(
            of("not ok 12 - a - b"),
            Some((false, Some(12), name("a - b"), None))
        );
        assert_eq!(
            of("ok 2 a \\# TODO"),
            Some((true, Some(2), name("a # TODO"), None))
        );
        assert_eq!(
            of("ok 2 # skip no"),
            Some((true, Some(2), name(""), Some(Directive::Skip)))
        );
        assert_eq!(
            of("not ok 3 - x # ToDo"),
            Some((false, Some(3), name("x"), Some(Directive::Todo)))
        );
        assert_eq!(
            of("ok 4 - issue #7"),
            Some((true, Some(4), name("issue #7"), None))
        );
        // Those of the specification.
        for (line, text, directive) in [
            ("ok 1 - a # todo", "a", Some(Directive::Todo)),
            ("ok 1 - a # Skipped: on windows", "a", Some(Directive::Skip)),
            ("ok 1 - a #SkIp so", "a", Some(Directive::Skip)),
            ("ok 1 - a \\# todo", "a # todo", None),
            ("ok 1 - a # todo b \\# c", "a", Some(Directive::Todo)),
            ("ok 1 - a # todo b # c", "a", Some(Directive::Todo)),
            ("ok 1 - a \\\\# todo b # c", "a \\", Some(Directive::Todo)),
            ("ok 1 - a # b # todo", "a # b # todo", None),
            ("ok 1 - a \\\\\\\\\\\\\\# todo", "a \\\\\\# todo", None),
            ("ok 1 a.org/b.html#skip is", "a.org/b.html#skip is", None),
            // A number is no directive, and another letter is not escaped.
            ("ok 1 - issue #7 # SKIP", "issue #7", Some(Directive::Skip)),
            ("ok 1 - C:\\tmp\\", "C:\\tmp\\", None),
        ] {
            let found = of(line);
            assert_eq!(
                found,
                Some((true, Some(1), name(text), directive)),
                "{line}"
            );
        }
        for other in ["okay", "ok\t1", "not  ok 1", "nok", "notok 1"] {
            assert_eq!(of(other), None, "{other}");
        }
    }
}
