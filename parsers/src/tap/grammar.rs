//! The lines of the protocol.

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

/// Parts a description from its directive, at the last `#` that no backslash escapes.
fn directive(rest: &[u8]) -> (&[u8], Option<(Directive, &[u8])>) {
    let mut escaped = false;
    let mut at = None;
    for (i, b) in rest.iter().enumerate() {
        if *b == b'#' && !escaped {
            at = Some(i);
        }
        escaped = *b == b'\\' && !escaped;
    }
    let Some((name, after)) = at.and_then(|at| rest.split_at_checked(at)) else {
        return (rest, None);
    };
    let words = after.get(1..).unwrap_or_default().trim_ascii_start();
    for (word, kind) in [(&b"todo"[..], Directive::Todo), (b"skip", Directive::Skip)] {
        let Some((head, reason)) = words.split_at_checked(word.len()) else {
            continue;
        };
        // `# SKIPPED`, `# skip: reason` and `# TODO` are all seen.
        if head.eq_ignore_ascii_case(word) {
            return (name, Some((kind, reason.trim_ascii())));
        }
    }
    (rest, None)
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
                String::from_utf8_lossy(t.name).into(),
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
            Some((true, Some(2), name("a \\# TODO"), None))
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
        for other in ["okay", "ok\t1", "not  ok 1", "nok", "notok 1"] {
            assert_eq!(of(other), None, "{other}");
        }
    }
}
