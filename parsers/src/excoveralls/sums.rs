//! One table: its rows and their sums.

use super::row::{Numbers, Row, fits};
use crate::defect::{Completeness, Defect, DefectKind, Parsed, Position};
use crate::evidence::{Coverage, FileCoverage, Lines, Measure};
use crate::input::Limits;
use crate::text;

/// A table that is being read.
#[derive(Default)]
pub(super) struct Table {
    /// Line of the header.
    pub(super) start: u64,
    /// Width of the column for files.
    width: usize,
    pub(super) rows: u64,
    /// The printed total in tenths of a percent, once its line came.
    pub(super) total: Option<u64>,
    covered: u64,
    relevant: u64,
    /// Rows without numbers, so that the sums are not known.
    unknown: u64,
    /// Names that fill their column, so that they may be cut.
    wide: u64,
    /// Whether there was no room for a row.
    full: bool,
}

impl Table {
    /// A table whose header stands in this line and has a column of this width for files.
    pub(super) fn new(start: u64, width: usize) -> Self {
        Self {
            start,
            width,
            ..Self::default()
        }
    }

    /// Folds a row, and keeps it up to the limit of details.
    pub(super) fn row(
        &mut self,
        row: &Row<'_>,
        at: u64,
        report: &mut Parsed<Coverage>,
        limits: &Limits,
    ) {
        self.rows = self.rows.saturating_add(1);
        let name = text::lossy(row.name, limits.text);
        if name.chars().count() >= self.width {
            self.wide = self.wide.saturating_add(1);
        }
        let Some((tenths, numbers)) = row.tenths.zip(row.numbers) else {
            self.unknown = self.unknown.saturating_add(1);
            let message = format!("a number of {name} does not fit into its column");
            return lower(report, DefectKind::Number, message, at);
        };
        let Numbers {
            lines,
            relevant,
            missed,
        } = numbers;
        let covered = relevant.saturating_sub(missed);
        if missed > relevant || relevant > lines || !fits(tenths, covered, relevant) {
            let message = format!("the numbers of {name} do not agree with each other");
            lower(report, DefectKind::CountMismatch, message, at);
        }
        self.covered = self.covered.saturating_add(covered);
        self.relevant = self.relevant.saturating_add(relevant);
        if report.value.files.len() < limits.details {
            report.value.files.push(FileCoverage {
                path: Some(name),
                module: None,
                measure: Measure::Lines { covered, relevant },
                lines: Lines::default(),
            });
        } else if !std::mem::replace(&mut self.full, true) {
            let message = "more files than are kept in detail";
            report.note(Defect::new(DefectKind::Limit, message, Position::line(at)));
        }
    }

    /// Checks the table when it came to its end, and hands its sums over.
    pub(super) fn settle(self, report: &mut Parsed<Coverage>) {
        let Self {
            start,
            covered,
            relevant,
            ..
        } = self;
        let total = Measure::Lines { covered, relevant };
        report.value.totals.push(total);
        let mut note = |kind, message: String| {
            report.note(Defect::new(kind, message, Position::line(start)));
        };
        if self.wide > 0 {
            let message = format!("{} file names fill their column and may be cut", self.wide);
            note(DefectKind::Limit, message);
        }
        if self.unknown > 0 {
            return;
        }
        if relevant == 0 {
            let message = "no file has a line that can run";
            note(DefectKind::NothingRan, message.into());
        }
        let agrees = |total| fits(total, covered, relevant);
        if !self.total.is_some_and(agrees) {
            let message = format!(
                "the total does not agree with {covered} covered of {relevant} relevant lines in the rows"
            );
            lower(report, DefectKind::CountMismatch, message, start);
        }
    }
}

fn lower(report: &mut Parsed<Coverage>, kind: DefectKind, message: String, at: u64) {
    let defect = Defect::new(kind, message, Position::line(at));
    report.lower(Completeness::Partial, defect);
}
