//! What the lists have in common that Credo prints an issue a line: `oneline`, `flycheck` and `jsonl`.
//!
//! There is no first line, no last line and no total, and a clean run prints nothing at all: only the exit code can
//! prove such a list. `credo diff` prints the same lines for new, fixed and old issues; the fixed ones lie in a
//! temporary checkout, and give it away.

use crate::collect::Defects;
use crate::defect::{Completeness, DefectKind, Position};
use crate::evidence::{Evidence, Finding, Findings, Tool};
use crate::input::Line;
use crate::stream::Part;

use super::CHECKOUT;

/// A list that is being read.
pub(super) struct Rows {
    pub(super) findings: Findings,
    pub(super) defects: Defects,
    format: &'static str,
    first: u64,
    diff: bool,
}

impl Rows {
    /// A list starts with this line.
    pub(super) fn new(format: &'static str, line: &Line<'_>) -> Self {
        Self {
            findings: Findings::new(Tool::Credo),
            defects: Defects::default(),
            format,
            first: line.number,
            diff: false,
        }
    }

    /// Looks at whether a line of the list is whole.
    pub(super) fn see(&mut self, line: &Line<'_>) {
        if !line.terminated || line.cut {
            let at = Position::line(line.number);
            self.defects
                .partial(DefectKind::Cut, "the last line is cut", at);
        }
    }

    /// Notes where an issue lies.
    pub(super) fn lies_in(&mut self, path: Option<&str>) {
        self.diff |= path.is_some_and(|p| p.contains(CHECKOUT));
    }

    /// The list as a part.
    pub(super) fn finish(self) -> Part {
        let Self {
            findings,
            mut defects,
            format,
            first,
            diff,
        } = self;
        let at = Position::line(first);
        if diff {
            let message = "the output of `credo diff`, which mixes new, fixed and old issues";
            defects.partial(DefectKind::Unsupported, message, at);
        } else {
            let message = "a list without a total and without an end";
            defects.lower(Completeness::Unproven, DefectKind::NoEndMark, message, at);
        }
        Part {
            format,
            tool: Tool::Credo,
            parsed: defects.finish(Evidence::Findings(findings)),
        }
    }
}

/// An issue of which a line says no more than its category, place and message.
pub(super) fn issue(category: &str, place: &str, message: &str) -> Finding {
    let (path, line, column) = crate::text::location(place);
    Finding {
        rule: category.to_owned(),
        category: Some(category.to_owned()),
        severity: crate::evidence::Severity::Medium,
        confidence: None,
        message: message.to_owned(),
        path: Some(path.to_owned()),
        line,
        column,
        end_column: None,
        function: None,
    }
}
