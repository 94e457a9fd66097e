//! `--format flycheck`: `lib/a.ex:12:7: R: Message`, one line an issue ([`rows`](super::rows)).
//!
//! Anybody may print such lines, so only those about a file of Elixir are claimed. How severe an issue is, is not
//! printed: it is listed as medium, as SARIF does where nothing is said, and is in no count by severity. Rule and
//! category are the word for the letter: the check is not printed.

use nom::bytes::complete::{tag, take};
use nom::combinator::{map_opt, rest};
use nom::sequence::delimited;
use nom::{IResult, Parser};

use crate::defect::{DefectKind, Position};
use crate::input::{Limits, Line};
use crate::stream::Part;
use crate::text;

use super::category_of_tag;
use super::rows::{Rows, issue};

/// Endings of the files that Credo looks at.
static ENDINGS: [&str; 5] = [".ex", ".exs", ".eex", ".heex", ".leex"];

/// The list, if there is one.
#[derive(Default)]
pub(super) struct Flycheck {
    rows: Option<Rows>,
}

impl Flycheck {
    /// Looks at a line; `true` claims it.
    pub(super) fn line(&mut self, line: &Line<'_>, limits: &Limits) -> bool {
        let Some((place, letter, message)) = split(line.text) else {
            return false;
        };
        let rows = self.rows.get_or_insert_with(|| {
            let mut rows = Rows::new("credo-flycheck", line);
            let message = "how severe the issues are is not printed: they are listed as medium";
            let at = Position::line(line.number);
            rows.defects.note(DefectKind::MissingField, message, at);
            rows
        });
        rows.see(line);
        let message = text::lossy(message, limits.text);
        let finding = issue(category_of_tag(letter), place, &message);
        rows.lies_in(finding.path.as_deref());
        rows.findings.push_ungraded(finding, limits.details);
        true
    }

    /// The list as a part.
    pub(super) fn finish(self) -> Option<Part> {
        self.rows.map(Rows::finish)
    }
}

/// The place, the letter and the message: at the first `: R: ` behind a file of Elixir.
fn split(line: &[u8]) -> Option<(&str, u8, &[u8])> {
    memchr::memchr_iter(b':', line).find_map(|at| {
        let (place, tail) = line.split_at_checked(at)?;
        let (_, (letter, message)) = tail_of(tail).ok()?;
        let place = std::str::from_utf8(place).ok()?;
        let (path, _, _) = text::location(place);
        let is_file = ENDINGS.iter().any(|ending| path.ends_with(ending));
        (is_file && !path.starts_with(char::is_whitespace)).then_some((place, letter, message))
    })
}

/// `: R: Message`.
fn tail_of(i: &[u8]) -> IResult<&[u8], (u8, &[u8])> {
    let letter = map_opt(take(1_usize), |t: &[u8]| {
        t.first().copied().filter(u8::is_ascii_uppercase)
    });
    (delimited(tag(": "), letter, tag(": ")), rest).parse(i)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rows_split_behind_the_file() {
        let whole = |s: &'static str| {
            split(s.as_bytes()).map(|(p, l, m)| (p, l, std::str::from_utf8(m).unwrap()))
        };
        assert_eq!(
            whole("lib/a.ex:3:1: R: One: D: two"),
            Some(("lib/a.ex:3:1", b'R', "One: D: two"))
        );
        assert_eq!(
            whole("lib/a b.exs:3: X: One"),
            Some(("lib/a b.exs:3", b'X', "One"))
        );
        assert_eq!(whole("lib/a.ex: W: "), Some(("lib/a.ex", b'W', "")));
        assert_eq!(
            whole("a: B: lib/a.ex:3: W: x"),
            Some(("a: B: lib/a.ex:3", b'W', "x"))
        );
        for other in [
            "12:30:45: E: a log",
            "lib/a.ex:3: SQL.Query: SQL injection",
            "lib/a.ex:3: warning: unused",
            "  lib/a.ex:3: R: indented",
            "lib/a.ex:3: r: x",
            "lib/a.ex:3: R:",
            "",
        ] {
            assert_eq!(whole(other), None, "{other}");
        }
    }
}
