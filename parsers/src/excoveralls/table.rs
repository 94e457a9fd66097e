//! The table that every ExCoveralls task prints on standard output.
//!
//! Proof of completeness: the rules above and below, and a `[TOTAL]` that agrees with the sums of the rows; each row's
//! percentage agrees with its own numbers. With `print_files: false` only the total is printed, floored to one decimal
//! and with nothing to check it against, so such a report stays unproven.
//!
//! Long file names are cut at the width of their column: names are kept as printed, so the JSON report is the better
//! source. The line `FAILED: …` below the table repeats the total; a copy that is cut right above it still has every
//! number, but no longer says that the project's own minimum was missed. The sources that `mix coveralls.detail` prints
//! below the table are not read.

use super::row::{Said, row, said};
use super::sums::Table;
use crate::defect::{Completeness, Defect, DefectKind, Parsed, Position};
use crate::evidence::{Coverage, Evidence, Measure, Threshold, Tool};
use crate::input::{Limits, Line};
use crate::stream::{Part, Section};
use crate::{Format, Reader, text};

/// The table.
pub(crate) const TABLE: Format = Format {
    id: "excoveralls-table",
    tool: Tool::Excoveralls,
    summary: "the coverage table that ExCoveralls prints",
    proof: "the rules above and below, and a `[TOTAL]` that agrees with the sums of the rows",
    reader: Reader::Lines(open),
};

fn open() -> Box<dyn Section> {
    Box::<Tables>::default()
}

/// All tables of a source: an umbrella may print one for each app.
#[derive(Default)]
struct Tables {
    /// What was read so far; `None` as long as nothing spoke of ExCoveralls.
    report: Option<Parsed<Coverage>>,
    table: Option<Table>,
    /// Line of a rule, when the line before was one.
    rule: Option<u64>,
    /// The last total in tenths of a percent, for the line `FAILED: …`.
    total: Option<u64>,
    /// The head of a crash: its line and its text.
    banner: Option<(u64, String)>,
}

impl Section for Tables {
    fn line(&mut self, line: &Line<'_>, limits: &Limits) -> bool {
        let rule = self.rule.take();
        let Some(said) = said(line.text) else {
            if rule.is_some() && !line.terminated && may_be_header(line.text) {
                self.begun(line.number);
            }
            return self.table.is_some() && self.inside(line, limits);
        };
        match said {
            Said::Rule => return self.rule(line),
            Said::Header(width) => self.header(width, rule, line.number),
            Said::Total(None) if self.table.is_none() => return false,
            Said::Total(tenths) => self.sum(tenths, line.number),
            Said::Alone(tenths) => self.alone(tenths, line),
            Said::Failed(required, measured) => self.failed(required, measured, line.number),
            Said::Banner => {
                self.banner = Some((line.number, text::lossy(line.text, 300)));
                return false;
            }
            Said::Frame => {
                self.crash(line.number);
                return false;
            }
        }
        true
    }

    fn end_of_stream(&mut self) {
        self.cut();
        if let Some(at) = self.rule.take() {
            self.begun(at);
        }
        self.banner = None;
    }

    fn finish(mut self: Box<Self>, _limits: &Limits) -> Vec<Part> {
        self.cut();
        let part = self.report.map(|report| Part {
            format: TABLE.id,
            tool: TABLE.tool,
            parsed: evidence(report),
        });
        part.into_iter().collect()
    }
}

/// Whether a line that has no end may be the first part of the head.
fn may_be_header(text: &[u8]) -> bool {
    const START: &[u8] = b"COV    FILE ";
    START.starts_with(text) || text.starts_with(START)
}

/// A crash without any number is no coverage at all.
fn evidence(mut report: Parsed<Coverage>) -> Parsed<Evidence> {
    let crashed = report
        .defects
        .iter()
        .all(|d| d.kind == DefectKind::ToolError);
    if crashed && !report.defects.is_empty() && report.value == Coverage::default() {
        report.completeness = Completeness::Unreadable;
        return report.map(|_| Evidence::Nothing);
    }
    report.map(Evidence::Coverage)
}

impl Tables {
    fn report(&mut self) -> &mut Parsed<Coverage> {
        self.report
            .get_or_insert_with(|| Parsed::complete(Coverage::default()))
    }

    fn lower(&mut self, kind: DefectKind, message: impl Into<String>, line: u64) {
        let defect = Defect::new(kind, message, Position::line(line));
        self.report().lower(Completeness::Partial, defect);
    }

    /// A rule closes a table that has its total; otherwise it may open one. Without its line end it may be cut.
    fn rule(&mut self, line: &Line<'_>) -> bool {
        if !line.terminated {
            return false;
        }
        match self.table.take() {
            Some(table) if table.total.is_some() => {
                self.total = table.total;
                table.settle(self.report());
                true
            }
            table => {
                self.table = table;
                self.rule = Some(line.number);
                false
            }
        }
    }

    /// The stream ends where a table begins.
    fn begun(&mut self, at: u64) {
        self.lower(
            DefectKind::Cut,
            "the coverage table ends where it begins",
            at,
        );
    }

    fn header(&mut self, width: usize, rule: Option<u64>, at: u64) {
        self.cut();
        self.report();
        if rule.is_none() {
            let message = "the coverage table has no rule above it";
            self.lower(DefectKind::Cut, message, at);
        }
        self.table = Some(Table::new(at, width));
    }

    /// A line between the header and the rule below.
    fn inside(&mut self, line: &Line<'_>, limits: &Limits) -> bool {
        let (Some(table), Some(report)) = (&mut self.table, &mut self.report) else {
            return false;
        };
        if line.text.is_empty() && table.rows == 0 {
            return true;
        }
        let Some(row) = row(line.text).filter(|_| table.total.is_none()) else {
            let message = "a line in the coverage table is not understood";
            let defect = Defect::new(DefectKind::Syntax, message, Position::line(line.number));
            if report.defects.len() < limits.details {
                report.lower(Completeness::Partial, defect);
            }
            return false;
        };
        table.row(&row, line.number, report, limits);
        true
    }

    fn sum(&mut self, tenths: Option<u64>, at: u64) {
        self.report();
        let Some(table) = &mut self.table else {
            return self.lower(DefectKind::Cut, "a total without its table", at);
        };
        let twice = table.total.is_some();
        table.total = tenths;
        if tenths.is_none() {
            self.lower(DefectKind::Number, "the total is not a percentage", at);
        } else if twice {
            self.lower(DefectKind::Contradiction, "a second total", at);
        }
    }

    /// The total alone, without a table.
    fn alone(&mut self, tenths: Option<u64>, line: &Line<'_>) {
        self.cut();
        let at = line.number;
        let Some(tenths) = tenths.filter(|_| line.terminated) else {
            return self.lower(DefectKind::Cut, "the total is not whole", at);
        };
        self.total = Some(tenths);
        self.bounds(tenths, at);
    }

    /// A percentage of one decimal, floored or rounded, as the only thing that is known.
    fn bounds(&mut self, tenths: u64, at: u64) {
        let hundredths = tenths.saturating_mul(10);
        let report = self.report();
        report.value.totals.push(Measure::Between {
            at_least: hundredths.saturating_sub(5),
            below: hundredths.saturating_add(10),
        });
        let message = "only the total is printed, with one decimal: print the files (`print_files`), or read the JSON report";
        let defect = Defect::new(DefectKind::NoEndMark, message, Position::line(at));
        report.lower(Completeness::Unproven, defect);
    }

    fn failed(&mut self, required: &[u8], measured: &[u8], at: u64) {
        self.cut();
        let got = text::decimal(measured, 1);
        match (self.total, got) {
            (Some(total), Some(got)) if total == got => {}
            (None, Some(got)) => self.bounds(got, at),
            _ => {
                let message = "the missed minimum names another coverage than the total";
                self.lower(DefectKind::Contradiction, message, at);
            }
        }
        let limit = text::decimal(required, 3);
        if limit.is_none() || limit <= text::decimal(measured, 3) {
            let message = "the minimum is called missed, but the coverage is not below it";
            self.lower(DefectKind::Contradiction, message, at);
        }
        self.report().value.missed_threshold = Some(Threshold {
            required: format!("{}%", text::lossy(required, 64)),
            measured: format!("{}%", text::lossy(measured, 64)),
        });
    }

    /// A stack trace goes through ExCoveralls: it stopped with an error. One defect for each crash.
    fn crash(&mut self, at: u64) {
        let Some((line, banner)) = self.banner.take() else {
            return;
        };
        if line < at {
            let message = format!("ExCoveralls stopped with an error: {banner}");
            self.lower(DefectKind::ToolError, message, line);
        }
    }

    fn cut(&mut self) {
        if let Some(table) = self.table.take() {
            let message = match table.total {
                Some(_) => "the coverage table has no rule below it",
                None => "the coverage table has no `[TOTAL]`",
            };
            self.lower(DefectKind::Cut, message, table.start);
        }
    }
}
