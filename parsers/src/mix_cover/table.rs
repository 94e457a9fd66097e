//! One coverage table, from its header to the line that Mix prints last.

use super::line::{Layout, is_rule, limit, row};
use crate::defect::{Completeness, Defect, DefectKind, Parsed, Position};
use crate::evidence::{Coverage, FileCoverage, Lines, Measure, Threshold};
use crate::input::{Limits, Line};
use crate::text;

/// A table that is being read.
pub(super) struct Table {
    layout: Layout,
    /// Bytes of the header, which every line of a Markdown table shares.
    width: usize,
    /// Line of the header.
    pub(super) start: u64,
    stage: Stage,
    rows: u64,
    low: u64,
    high: u64,
    last: u64,
    ordered: bool,
    total: Option<u64>,
    /// Line of `Coverage test failed, threshold not met:`.
    failed: Option<u64>,
    measured: Option<(u64, String)>,
    required: Option<(u64, String)>,
    /// First line that does not belong here, and how many there are.
    strange: Option<(u64, u64)>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Stage {
    Header,
    Rows,
    Total,
    After,
}

impl Table {
    pub(super) fn new(layout: Layout, header: &Line<'_>) -> Self {
        Self {
            layout,
            width: header.text.len(),
            start: header.number,
            stage: Stage::Header,
            rows: 0,
            low: u64::MAX,
            high: 0,
            last: 0,
            ordered: true,
            total: None,
            failed: None,
            measured: None,
            required: None,
            strange: None,
        }
    }

    /// A line below the header. `true` when it belongs to the table.
    pub(super) fn line(
        &mut self,
        line: &Line<'_>,
        report: &mut Parsed<Coverage>,
        limits: &Limits,
    ) -> bool {
        let taken = match self.stage {
            Stage::Header | Stage::Rows => self.upper(line, report, limits),
            Stage::Total => self.sum(line),
            Stage::After if line.text.is_empty() => self.strange.is_none(),
            Stage::After => self.threshold(line.text),
        };
        if !taken && !line.text.is_empty() {
            let (first, n) = self.strange.unwrap_or((line.number, 0));
            self.strange = Some((first, n.saturating_add(1)));
        }
        taken
    }

    /// Everything down to the second rule.
    fn upper(&mut self, line: &Line<'_>, report: &mut Parsed<Coverage>, limits: &Limits) -> bool {
        if !self.fits(line.text) {
            return false;
        }
        if is_rule(self.layout, line.text) {
            self.stage = match self.stage {
                Stage::Header => Stage::Rows,
                _ => Stage::Total,
            };
            return true;
        }
        let Some((percent, name)) = row(self.layout, line.text) else {
            return false;
        };
        if self.stage == Stage::Header {
            self.stage = Stage::Rows;
            self.strange = self.strange.or(Some((line.number, 1)));
        }
        self.rows = self.rows.saturating_add(1);
        self.ordered &= percent >= self.last;
        self.last = percent;
        self.low = self.low.min(percent);
        self.high = self.high.max(percent);
        keep(percent, name, line.number, report, limits);
        true
    }

    /// The `Total` row, alone below the second rule. A module may be called `Total`, too.
    fn sum(&mut self, line: &Line<'_>) -> bool {
        let found = row(self.layout, line.text).filter(|(_, name)| *name == b"Total");
        let Some((percent, _)) = found.filter(|_| self.fits(line.text)) else {
            return false;
        };
        self.total = Some(percent);
        self.stage = Stage::After;
        true
    }

    /// Whether the line is as wide as the header. Only columns of plain ASCII can be compared.
    fn fits(&self, text: &[u8]) -> bool {
        self.layout == Layout::Plain || text.len() == self.width || !text.is_ascii()
    }

    /// `Coverage test failed, threshold not met:`.
    pub(super) fn failed(&mut self, at: u64) {
        self.failed = Some(at);
    }

    fn threshold(&mut self, text: &[u8]) -> bool {
        let (slot, label) = if self.measured.is_none() {
            (&mut self.measured, "Coverage:")
        } else {
            (&mut self.required, "Threshold:")
        };
        let Some((value, printed)) = limit(label, text).filter(|_| slot.is_none()) else {
            return false;
        };
        *slot = Some((value, text::lossy(printed, 64)));
        true
    }

    /// The table was left in the middle.
    pub(super) fn cut(mut self, report: &mut Parsed<Coverage>) {
        let message = match self.stage {
            Stage::After => {
                "the coverage table has no end: the line `Generated … coverage results in …` is missing"
            }
            Stage::Header | Stage::Rows | Stage::Total => "the coverage table has no `Total` row",
        };
        let defect = Defect::new(DefectKind::Cut, message, Position::line(self.start));
        report.lower(Completeness::Partial, defect);
        // What follows a cut table is another story.
        self.strange = None;
        self.settle(report);
    }

    /// The last line came.
    pub(super) fn end(self, report: &mut Parsed<Coverage>) {
        if self.stage == Stage::After {
            self.settle(report);
        } else {
            self.cut(report);
        }
    }

    /// Checks what there is against itself and hands it over.
    fn settle(self, report: &mut Parsed<Coverage>) {
        let problems = [
            self.strange_lines(),
            self.total_problem(),
            self.threshold_problem(),
        ];
        for (kind, message, line) in problems.into_iter().flatten() {
            let defect = Defect::new(kind, message, Position::line(line));
            report.lower(Completeness::Partial, defect);
        }
        let totals = self.total.map(|hundredths| Measure::Rounded { hundredths });
        report.value.totals.extend(totals);
        if let (Some((_, measured)), Some((_, required))) = (self.measured, self.required) {
            let missed = Threshold { required, measured };
            report.value.missed_threshold.get_or_insert(missed);
        }
    }

    fn strange_lines(&self) -> Option<(DefectKind, String, u64)> {
        let (first, n) = self.strange?;
        let message = format!("{n} of the lines in or below the coverage table are not understood");
        Some((DefectKind::Syntax, message, first))
    }

    fn total_problem(&self) -> Option<(DefectKind, String, u64)> {
        let total = self.total?;
        let (kind, message) = if self.rows == 0 {
            (
                DefectKind::NothingRan,
                "the coverage table has no module at all",
            )
        } else if total < self.low || total > self.high {
            (
                DefectKind::CountMismatch,
                "the total does not lie between the smallest and the largest row",
            )
        } else if !self.ordered {
            (
                DefectKind::Contradiction,
                "the rows are not in ascending order, as Mix prints them",
            )
        } else {
            return None;
        };
        Some((kind, message.into(), self.start))
    }

    fn threshold_problem(&self) -> Option<(DefectKind, String, u64)> {
        let message = match (self.failed, &self.measured, &self.required) {
            (None, None, None) => return None,
            (Some(_), Some((measured, _)), Some((required, _))) => {
                if self.total.is_some_and(|total| total != *measured) {
                    "the missed threshold names another coverage than the `Total` row"
                } else if measured > required {
                    "the threshold is called missed, but the coverage is above it"
                } else {
                    return None;
                }
            }
            _ => "the block about a missed threshold is not whole",
        };
        let line = self.failed.unwrap_or(self.start);
        Some((DefectKind::Contradiction, message.into(), line))
    }
}

/// Keeps a row, up to the limit of details.
fn keep(percent: u64, name: &[u8], at: u64, report: &mut Parsed<Coverage>, limits: &Limits) {
    let files = &mut report.value.files;
    if files.len() < limits.details {
        files.push(FileCoverage {
            path: None,
            module: Some(text::lossy(name, limits.text)),
            measure: Measure::Rounded {
                hundredths: percent,
            },
            lines: Lines::default(),
        });
    } else if !report.defects.iter().any(|d| d.kind == DefectKind::Limit) {
        let message = "more modules than are kept in detail";
        report.note(Defect::new(DefectKind::Limit, message, Position::line(at)));
    }
}
