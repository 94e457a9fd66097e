//! `mix format --check-formatted`: the files that are not formatted.
//!
//! Source: `lib/mix/lib/mix/tasks/format.ex` of Elixir 1.6 to 1.20. All of it is on standard error (with `--no-exit` on
//! standard output):
//!
//! ```text
//! ** (Mix) mix format failed due to --check-formatted.
//! The following files are not formatted:
//!
//!   * lib/bad.ex                  up to Elixir 1.14
//!
//! /home/ci/shop/lib/bad.ex        since 1.15: bold, red and absolute, even where colour is off; then the difference
//!
//! 1 1  |defmodule Bad do
//! 2   -|  def a( x ),do: x
//!   2 +|  def a(x), do: x
//! ```
//! A clean run prints nothing, so it has no report here: only the command and its exit code can prove it. A file that
//! does not parse takes the place of the whole list; which others are not formatted is not known then.
//!
//! Proof of completeness: there is no count and no end mark. The first line alone says that there is one file.
//!
//! Deliberately absent: the difference itself, and places in a file: the finding is the file.

mod grammar;
#[cfg(test)]
mod tests;

use crate::collect::Defects;
use crate::defect::{Completeness, DefectKind, Position};
use crate::evidence::{Evidence, Finding, Findings, Severity, Tool};
use crate::input::{Limits, Line};
use crate::stream::{Part, Section};
use crate::text::lossy;
use crate::{Format, Reader};
use grammar::{Head, Row, Style};

/// The row of `mix_format-console`.
pub(crate) const CONSOLE: Format = Format {
    id: "mix_format-console",
    tool: Tool::MixFormat,
    summary: "`mix format --check-formatted`",
    proof: "no count and no end mark: only the exit code; a clean run prints nothing at all",
    reader: Reader::Lines(open),
};

/// The rule of every finding.
const RULE: &str = "unformatted";

/// The reader of `mix format`.
fn open() -> Box<dyn Section> {
    Box::new(Check {
        findings: Findings::new(Tool::MixFormat),
        defects: Defects::default(),
        place: Place::Nowhere,
        style: None,
        failed: None,
        stopped: false,
    })
}

struct Check {
    findings: Findings,
    defects: Defects,
    place: Place,
    /// How the files of the list are named, since the first one.
    style: Option<Style>,
    /// Line that says that some file is not formatted.
    failed: Option<u64>,
    /// Whether it stopped with an error of its own.
    stopped: bool,
}

/// What may come next.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Place {
    Nowhere,
    /// The line that introduces the list.
    Introduction,
    /// A blank line, or a name.
    Name,
    /// A line of a difference, or a blank one.
    Difference,
}

impl Section for Check {
    fn line(&mut self, line: &Line<'_>, limits: &Limits) -> bool {
        if let Some(head) = grammar::head(line.text) {
            self.head(head, line);
            return true;
        }
        match self.place {
            Place::Nowhere => false,
            Place::Introduction => {
                let message = "the line that introduces the list is not there";
                let at = Position::line(line.number);
                self.defects.partial(DefectKind::Cut, message, at);
                self.place = Place::Name;
                self.row(line, limits)
            }
            Place::Name | Place::Difference => self.row(line, limits),
        }
    }

    fn end_of_stream(&mut self) {
        self.place = Place::Nowhere;
    }

    fn is_open(&self) -> bool {
        self.place != Place::Nowhere
    }

    fn finish(mut self: Box<Self>, _: &Limits) -> Vec<Part> {
        let listed = self.findings.total;
        let report = listed > 0 || self.failed.is_some();
        if !report && !self.stopped {
            return Vec::new();
        }
        if let Some(line) = self.failed.filter(|_| listed == 0) {
            let message = "some file is not formatted, but none is named";
            let at = Position::line(line);
            self.defects.partial(DefectKind::CountMismatch, message, at);
            self.findings.total = 1;
        }
        let evidence = match report {
            true => {
                self.unproven();
                Evidence::Findings(self.findings)
            }
            false => Evidence::Nothing,
        };
        vec![Part {
            format: "mix_format-console",
            tool: Tool::MixFormat,
            parsed: self.defects.finish(evidence),
        }]
    }
}

impl Check {
    fn head(&mut self, head: Head, line: &Line<'_>) {
        match head {
            Head::Failed => {
                self.failed = Some(line.number);
                self.place = Place::Introduction;
                self.style = None;
            }
            Head::Introduction => {
                if self.place != Place::Introduction {
                    self.style = None;
                }
                self.place = Place::Name;
            }
            Head::Error(kind) => {
                self.stopped = true;
                self.place = Place::Nowhere;
                let message = lossy(grammar::without_banner(line.text), 300);
                let at = Position::line(line.number);
                self.defects.partial(kind, message, at);
            }
        }
    }

    /// A line of the list; `false` ends it.
    fn row(&mut self, line: &Line<'_>, limits: &Limits) -> bool {
        let expected = self.place;
        match grammar::row(line, self.style) {
            Row::Blank => self.place = Place::Name,
            Row::File(style, path) if expected == Place::Name => {
                self.style = Some(style);
                let path = (path != b"stdin").then(|| lossy(path, limits.text));
                self.findings.push(finding(path), limits.details);
                // Bullets follow each other.
                if style != Style::Bullet {
                    self.place = Place::Difference;
                }
            }
            Row::Difference => {
                if self.style.is_none() {
                    // Standard input has no name.
                    self.style = Some(Style::Unnamed);
                    self.findings.push(finding(None), limits.details);
                }
                self.place = Place::Difference;
            }
            Row::File(..) | Row::Foreign => {
                self.place = Place::Nowhere;
                return false;
            }
        }
        true
    }

    fn unproven(&mut self) {
        let message = "the list of files has no end mark";
        self.defects.lower(
            Completeness::Unproven,
            DefectKind::NoEndMark,
            message,
            Position::default(),
        );
    }
}

fn finding(path: Option<String>) -> Finding {
    let message = match path {
        Some(_) => "is not formatted: run `mix format`",
        None => "standard input is not formatted",
    };
    Finding {
        rule: RULE.into(),
        category: None,
        severity: Severity::Info,
        confidence: None,
        message: message.into(),
        path,
        line: None,
        column: None,
        end_column: None,
        function: None,
    }
}
