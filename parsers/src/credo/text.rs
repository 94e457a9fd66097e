//! The default text of `mix credo` and `mix credo list`, with or without `--strict`, `--all`, `--verbose`.
//!
//! ```text
//! Checking 9 source files ...
//!
//!   Software Design
//! ┃
//! ┃ [D] ↗ A message, wrapped at the width of the terminal, with its trailing blank
//! ┃       kept: the rest
//! ┃       lib/design.ex:4:3 #(Design)
//! ┃  ...  (2 more, use `--all` to show them)
//!
//! Please report incorrect results: https://github.com/rrrene/credo/issues
//!
//! Analysis took 0.2 seconds (0.1s to load, 0.1s running 57 checks on 9 files)
//! 91 mods/funs, found 7 software design suggestions.
//!
//! Showing priority issues: ↑ ↗ →  (use `mix credo explain` to explain issues, `mix credo --help` for options).
//! ```
//!
//! Proof of completeness: the first line, the last line, the same number of files in two places, and for each of
//! Credo's five categories as many issues in the summary line as are listed or said not to be listed. Issues of a
//! project's own categories are not in that line: they are counted from the list. With `--format short` there is only
//! the line with the time and the summary line: nothing else can agree with them, so they stay unproven.
//!
//! The rule is the check with `--verbose`, and the category without. Deliberately absent: source lines, and everything
//! of `credo diff` but its first line.

use crate::defect::{Completeness, Defect, DefectKind, Position};
use crate::evidence::{Evidence, Tool};
use crate::input::{Limits, Line};
use crate::stream::Part;

use super::grammar::{self, Edge};
use super::report::Report;

/// Reports of one source that are kept apart; the issues of any further ones are only counted.
const REPORTS: usize = 64;

/// The reports that a source holds.
#[derive(Default)]
pub(super) struct Text {
    open: Option<Report>,
    /// The stream of the open report is over: a report does not go on in the next one.
    over: bool,
    parts: Vec<Part>,
}

impl Text {
    /// Looks at a line; `true` claims it.
    pub(super) fn line(&mut self, line: &Line<'_>, limits: &Limits) -> bool {
        if std::mem::take(&mut self.over) {
            self.close(limits);
        }
        match line.text.first() {
            Some(0xe2) => self.edge(line, limits),
            Some(b'C' | b'N' | b'D') => self.start(line, limits),
            Some(b'A') => self.analysis(line, limits),
            Some(b'0'..=b'9') => self.summary(line),
            Some(b'S' | b'U') => self.hint(line, limits),
            Some(b' ' | b'P') => {
                if let Some(report) = &mut self.open {
                    report.aside(line);
                }
                false
            }
            _ => false,
        }
    }

    fn start(&mut self, line: &Line<'_>, limits: &Limits) -> bool {
        let Some(start) = grammar::start(line.text) else {
            return false;
        };
        self.close(limits);
        self.open = Some(Report::new(Some(start), line.number));
        true
    }

    fn edge(&mut self, line: &Line<'_>, limits: &Limits) -> bool {
        let Some(edge) = grammar::edge(line.text) else {
            return false;
        };
        if self.open.is_none() && !matches!(edge, Edge::Head(_)) {
            return false;
        }
        self.report(line).edge(edge, line, limits);
        true
    }

    fn analysis(&mut self, line: &Line<'_>, limits: &Limits) -> bool {
        let Some(analysis) = grammar::analysis(line.text) else {
            return false;
        };
        if self.open.as_ref().is_some_and(|r| r.analysis.is_some()) {
            self.close(limits);
        }
        self.report(line).analysis = Some(analysis);
        true
    }

    fn summary(&mut self, line: &Line<'_>) -> bool {
        let Some(summary) = grammar::summary(line.text) else {
            return false;
        };
        let report = self.report(line);
        match summary {
            Some(_) if report.summary.is_some() => {
                let message = "a second summary line";
                report.partial(DefectKind::Contradiction, message, line.number);
            }
            Some(summary) => report.summary = Some(summary),
            None => {
                let message = "the totals are not understood";
                report.partial(DefectKind::UnknownValue, message, line.number);
            }
        }
        true
    }

    fn hint(&mut self, line: &Line<'_>, limits: &Limits) -> bool {
        if !grammar::is_hint(line.text) {
            return false;
        }
        let Some(report) = &mut self.open else {
            return false;
        };
        report.end(line.terminated);
        self.close(limits);
        true
    }

    /// The open report, or a new one without its first line.
    fn report(&mut self, line: &Line<'_>) -> &mut Report {
        self.open
            .get_or_insert_with(|| Report::new(None, line.number))
    }

    /// The stream is over.
    pub(super) fn end_of_stream(&mut self) {
        self.over = true;
    }

    fn close(&mut self, limits: &Limits) {
        let Some(report) = self.open.take().filter(Report::is_credo) else {
            return;
        };
        let part = Part {
            format: "credo-text",
            tool: Tool::Credo,
            parsed: report.finish(limits),
        };
        if self.parts.len() < REPORTS {
            self.parts.push(part);
        } else if let Some(last) = self.parts.last_mut() {
            absorb(last, part);
        }
    }

    /// The reports, in their order.
    pub(super) fn finish(mut self, limits: &Limits) -> Vec<Part> {
        self.close(limits);
        self.parts
    }
}

/// Counts what a report too many says with the last one that is kept.
fn absorb(last: &mut Part, part: Part) {
    if let (Evidence::Findings(kept), Evidence::Findings(more)) =
        (&mut last.parsed.value, part.parsed.value)
    {
        kept.total = kept.total.saturating_add(more.total);
    }
    let message = "more reports in one source than are kept apart";
    let known = last.parsed.defects.iter().any(|d| d.message == message);
    last.parsed.completeness = last.parsed.completeness.max(Completeness::Partial);
    if !known {
        let at = Position::default();
        last.parsed
            .note(Defect::new(DefectKind::Limit, message, at));
    }
}
