//! `--format oneline`: `[R] ↘ lib/a.ex:12:7 Message`, one line an issue.
//!
//! There is no first line, no last line and no total, and a clean run prints nothing at all: only the exit code can
//! prove such a list. Only lines of exactly this shape are claimed. A path with a blank cannot be told from the message
//! but by its ending. `credo diff` prints the same lines for new, fixed and old issues; the fixed ones lie in a
//! temporary checkout, and give it away.
//!
//! Rule and category are the word for the letter: the check is not printed.

use crate::collect::Defects;
use crate::defect::{Completeness, DefectKind, Position};
use crate::evidence::{Evidence, Finding, Findings, Tool};
use crate::input::{Limits, Line};
use crate::stream::Part;
use crate::text;

use super::category_of_tag;
use super::grammar;

/// Name of the folders that `credo diff` checks the old tree out to.
const CHECKOUT: &str = "/credo-diff-";

/// The list, if there is one.
#[derive(Default)]
pub(super) struct Oneline {
    rows: Option<Rows>,
}

struct Rows {
    findings: Findings,
    defects: Defects,
    first: u64,
    diff: bool,
}

impl Oneline {
    /// Looks at a line; `true` claims it.
    pub(super) fn line(&mut self, line: &Line<'_>, limits: &Limits) -> bool {
        if line.text.first() != Some(&b'[') {
            return false;
        }
        let Ok((_, head)) = grammar::head(line.text) else {
            return false;
        };
        let row = text::lossy(head.text, limits.text);
        let Some((place, message)) = split(&row) else {
            return false;
        };
        let rows = self.rows.get_or_insert_with(|| Rows::new(line.number));
        rows.diff |= place.contains(CHECKOUT);
        if !line.terminated || line.cut {
            let at = Position::line(line.number);
            let message = "the last line is cut";
            rows.defects.partial(DefectKind::Cut, message, at);
        }
        let (path, row, column) = text::location(place);
        let category = category_of_tag(head.tag).to_owned();
        let finding = Finding {
            rule: category.clone(),
            category: Some(category),
            severity: head.severity,
            confidence: None,
            message: message.to_owned(),
            path: Some(path.to_owned()),
            line: row,
            column,
            end_column: None,
            function: None,
        };
        rows.findings.push(finding, limits.details);
        true
    }

    /// The list as a part.
    pub(super) fn finish(self) -> Option<Part> {
        let Rows {
            findings,
            mut defects,
            first,
            diff,
        } = self.rows?;
        let at = Position::line(first);
        if diff {
            let message = "the output of `credo diff`, which mixes new, fixed and old issues";
            defects.partial(DefectKind::Unsupported, message, at);
        } else {
            let message = "a list without a total and without an end";
            defects.lower(Completeness::Unproven, DefectKind::NoEndMark, message, at);
        }
        Some(Part {
            format: "credo-oneline",
            tool: Tool::Credo,
            parsed: defects.finish(Evidence::Findings(findings)),
        })
    }
}

impl Rows {
    fn new(first: u64) -> Self {
        Self {
            findings: Findings::new(Tool::Credo),
            defects: Defects::default(),
            first,
            diff: false,
        }
    }
}

/// The location and the message: at the first blank behind a file of Elixir, or else at the first blank.
fn split(row: &str) -> Option<(&str, &str)> {
    let blanks = || row.match_indices(' ').map(|(at, _)| at);
    let is_file = |at: &usize| {
        let (path, _, _) = row.get(..*at).map_or(("", None, None), text::location);
        path.ends_with(".ex") || path.ends_with(".exs")
    };
    let at = blanks().find(is_file).or_else(|| blanks().next())?;
    let (place, message) = row.split_at_checked(at)?;
    (!place.is_empty()).then_some((place, message.strip_prefix(' ')?))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rows_split_behind_the_file() {
        assert_eq!(
            split("lib/a.ex:3:1 One two"),
            Some(("lib/a.ex:3:1", "One two"))
        );
        assert_eq!(
            split("lib/my file.ex:3 One"),
            Some(("lib/my file.ex:3", "One"))
        );
        assert_eq!(split("lib/a.ex:3 "), Some(("lib/a.ex:3", "")));
        assert_eq!(split("Makefile:3 One two"), Some(("Makefile:3", "One two")));
        assert_eq!(split("lib/a.ex:3"), None);
        assert_eq!(split(" x"), None);
    }
}
