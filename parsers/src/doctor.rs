//! Doctor: `mix doctor`, its full, short and summary reports.
//!
//! Source: `lib/reporters/{full,short,summary}.ex`, `lib/cli/cli.ex` of doctor 0.17 to 0.23.
//!
//! ```text
//! Doctor file not found. Using defaults.
//! ---------------------------------------- …
//! Doc Cov  Spec Cov  Module                 File              Functions  No Docs  No Specs  Module Doc  Struct Spec
//! 0%       75%       Shop.Cart              lib/shop/cart.ex  4          4        1         Yes         Yes
//! ---------------------------------------- …
//! Summary:
//!
//! Passed Modules: 6
//! Failed Modules: 10
//! Total Doc Coverage: 27.0%
//! Total Moduledoc Coverage: 93.3%            not before 0.20
//! Total Spec Coverage: 37.8%
//!
//! Doctor validation has failed because:      the other reports: `has failed!`
//!   * Overall @doc coverage is below 50.
//! ```
//! A module that is below the project's thresholds is a red row, always, even where no terminal is: a finding, of low
//! severity. So is every reason that is about the whole project. Where the colours were removed, or the report has no
//! rows, the findings are counted and not listed.
//!
//! Proof of completeness: the line of the verdict is the last one; the rows are as many as the passed and failed modules
//! (or the failed ones, with `--failed`), the red rows as many as the failed ones, and a verdict that passes has none.
//!
//! Deliberately absent: thresholds, which are only in `.doctor.exs`; names and files that Doctor itself cuts at 39 and 56
//! characters stay cut.
//!
//! The percentages are rounded. Where the full report lists every module, the whole numbers behind them are counted, and
//! kept if the printed percentages are theirs.

use crate::evidence::Tool;
use crate::input::{Limits, Line};
use crate::stream::{Part, Section};
use crate::{Format, Reader};

mod counted;
mod grammar;
mod report;
#[cfg(test)]
mod tests;

use grammar::Mark;
use report::Report;

/// The row of `doctor-console`.
pub(crate) const CONSOLE: Format = Format {
    id: "doctor-console",
    tool: Tool::Doctor,
    summary: "Doctor: what `mix doctor` prints, full, short or summary",
    proof: "the line of the verdict, and rows as many as the passed and failed modules",
    reader: Reader::Lines(open),
};

fn open() -> Box<dyn Section> {
    Box::new(Doctor {
        report: None,
        done: Vec::new(),
    })
}

struct Doctor {
    /// The report that is being read; an umbrella prints one for each app.
    report: Option<Report>,
    done: Vec<Report>,
}

impl Section for Doctor {
    fn line(&mut self, line: &Line<'_>, limits: &Limits) -> bool {
        if let Some(report) = self.report.as_mut().filter(|r| r.in_table)
            && report.row(line, limits)
        {
            return true;
        }
        if let Some(report) = self.report.as_mut()
            && report.reason(line, limits)
        {
            return true;
        }
        let Some(mark) = grammar::mark(line.text) else {
            return false;
        };
        if mark == Mark::Start || self.report.is_none() {
            self.done.extend(self.report.take());
            self.report = Some(Report::new());
        }
        if let Some(report) = self.report.as_mut() {
            report.mark(mark, line, limits);
        }
        true
    }

    fn end_of_stream(&mut self) {
        self.done.extend(self.report.take());
    }

    fn is_open(&self) -> bool {
        self.report.as_ref().is_some_and(|r| r.in_table)
    }

    fn finish(mut self: Box<Self>, limits: &Limits) -> Vec<Part> {
        self.done.extend(self.report.take());
        report::parts(self.done, limits)
    }
}
