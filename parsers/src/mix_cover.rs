//! `mix test --cover` and `mix test.coverage`: the coverage table that Mix prints on standard output.
//!
//! Source of the format: `lib/mix/lib/mix/tasks/test.coverage.ex` of Elixir 1.12 to 1.20. The table has two layouts:
//! `Percentage | Module` up to 1.18, a Markdown table from 1.19 on. An umbrella prints one table for each app.
//!
//! Proof of completeness: the header, both rules, the `Total` row after the second rule, and the line `Generated HTML
//! coverage results in "cover" directory` that Mix prints last; the total lies between the smallest and the largest
//! row, the rows are in ascending order, and a missed threshold repeats the total. `Cover compiling modules ...`, which
//! Mix prints before the tests start, announces a table, so that a log which is cut before the table does not look like
//! a run without coverage. Runs that export their coverage, or whose summary is switched off, and umbrella apps without
//! tests carry no numbers, which is noted. Several tables are proven only by the exit code: nothing says how many there
//! should be.
//!
//! Deliberately absent: the HTML files, `.coverdata` files (see `coverdata`), and the name of the umbrella app.

use crate::defect::{Completeness, Defect, DefectKind, Parsed, Position};
use crate::evidence::{Coverage, Evidence, Tool};
use crate::input::{Limits, Line};
use crate::stream::{Part, Section};
use crate::{Format, Reader};

mod line;
mod table;

use line::{Said, said};
use table::Table;

/// The table.
pub(crate) const TABLE: Format = Format {
    id: "mix_cover-table",
    tool: Tool::MixCover,
    summary: "the coverage table of `mix test --cover` and `mix test.coverage`",
    proof: "both rules, the `Total` row between the smallest and the largest row, and the line `Generated … coverage results in …`",
    reader: Reader::Lines(open),
};

fn open() -> Box<dyn Section> {
    Box::<Cover>::default()
}

#[derive(Default)]
struct Cover {
    state: State,
    /// What was read so far; `None` as long as nothing spoke of coverage.
    report: Option<Parsed<Coverage>>,
    /// Whether an announcement waits for its result.
    announced: bool,
    /// Results that were read, tables or not.
    results: u64,
}

#[derive(Default)]
enum State {
    /// Nothing is expected.
    #[default]
    Idle,
    /// `Cover compiling modules ...` in this line: the tests run.
    Announced(u64),
    /// `Generating cover results ...` or `Importing cover results: …` in this line: the table comes next. Something
    /// else may stand between, and is then what is left of a damaged one.
    Introduced { at: u64, between: bool },
    /// Inside a table, or between its total and the last line.
    Table(Table),
    /// `Exporting cover results ...` in this line: there will be no table.
    Exporting(u64),
}

impl State {
    fn introduced(at: u64) -> Self {
        Self::Introduced { at, between: false }
    }
}

impl Section for Cover {
    fn line(&mut self, line: &Line<'_>, limits: &Limits) -> bool {
        if let Some(said) = said(line.text) {
            self.said(said, line);
            return true;
        }
        match (&mut self.state, &mut self.report) {
            (State::Table(table), Some(report)) => table.line(line, report, limits),
            (State::Introduced { between, .. }, _) => {
                *between |= !line.text.is_empty();
                false
            }
            _ => false,
        }
    }

    fn end_of_stream(&mut self) {
        self.close();
    }

    fn finish(mut self: Box<Self>, _limits: &Limits) -> Vec<Part> {
        self.close();
        if self.results > 1 {
            let message = "an umbrella does not say how many apps it has, so a log that is cut between two looks whole";
            let defect = Defect::new(DefectKind::NoEndMark, message, Position::default());
            self.report().lower(Completeness::Unproven, defect);
        }
        let part = self.report.map(|report| Part {
            format: TABLE.id,
            tool: TABLE.tool,
            parsed: report.map(Evidence::Coverage),
        });
        part.into_iter().collect()
    }
}

impl Cover {
    fn report(&mut self) -> &mut Parsed<Coverage> {
        self.report
            .get_or_insert_with(|| Parsed::complete(Coverage::default()))
    }

    fn lower(&mut self, kind: DefectKind, message: impl Into<String>, line: u64) {
        let defect = Defect::new(kind, message, Position::line(line));
        self.report().lower(Completeness::Partial, defect);
    }

    /// What the run was told to leave out is no doubt about what it printed.
    fn note(&mut self, message: &str, line: u64) {
        let defect = Defect::new(DefectKind::NothingRan, message, Position::line(line));
        self.report().note(defect);
    }

    fn said(&mut self, said: Said, line: &Line<'_>) {
        let at = line.number;
        if matches!(said, Said::NoTests) && !matches!(self.state, State::Announced(_)) {
            return;
        }
        self.report();
        match said {
            Said::Announced => {
                self.close();
                (self.state, self.announced) = (State::Announced(at), true);
            }
            Said::Importing => {
                if !matches!(self.state, State::Introduced { .. }) {
                    self.close();
                }
                (self.state, self.announced) = (State::introduced(at), true);
            }
            Said::Generating => self.generating(at),
            Said::Header(layout) => self.header(Table::new(layout, line)),
            Said::Failed => self.failed(at),
            Said::Generated => self.generated(line),
            Said::Exporting => self.close_as(State::Exporting(at)),
            Said::Exported => self.exported(line),
            Said::NoData => {
                let message = "`mix test.coverage` found no exported coverage: run `mix test --cover --export-coverage NAME` first";
                self.lower(DefectKind::NothingRan, message, at);
            }
            Said::NoTests => {
                self.state = State::Idle;
                self.note("an app without tests has no coverage of its own", at);
                self.resolved();
            }
            Said::ExportFailed => {
                let message = "the coverage could not be exported";
                self.lower(DefectKind::ToolError, message, at);
            }
        }
    }

    /// `Generating cover results ...`: once for each announcement.
    fn generating(&mut self, at: u64) {
        self.close_as(State::introduced(at));
        if !self.announced && self.results > 0 {
            let message = "a second coverage result where the run announced one";
            self.lower(DefectKind::Contradiction, message, at);
        }
    }

    fn header(&mut self, table: Table) {
        let at = table.start;
        let expected = matches!(self.state, State::Introduced { .. });
        self.close_as(State::Table(table));
        if !expected {
            let message =
                "a coverage table where none is expected: something else may have printed it";
            self.lower(DefectKind::Contradiction, message, at);
        }
    }

    fn failed(&mut self, at: u64) {
        if let State::Table(table) = &mut self.state {
            table.failed(at);
        } else {
            let message = "a missed threshold without a coverage table";
            self.lower(DefectKind::Contradiction, message, at);
        }
    }

    /// The last line of an export.
    fn exported(&mut self, line: &Line<'_>) {
        let State::Exporting(at) = self.state else {
            return;
        };
        if line.terminated {
            self.state = State::Idle;
            let message = "the coverage was exported, not printed: read the exported files of all partitions together, or run `mix test.coverage` and read its output";
            self.note(message, at);
            self.resolved();
        }
    }

    /// The last line of a result. Without its line end it may be cut, so it does not count.
    fn generated(&mut self, line: &Line<'_>) {
        if !line.terminated {
            return;
        }
        let state = std::mem::take(&mut self.state);
        match (state, &mut self.report) {
            (State::Table(table), Some(report)) => table.end(report),
            (State::Introduced { at, between: false }, _) => {
                let message = "the summary is switched off (`test_coverage: [summary: false]`), so no coverage was printed: switch it on, or read another report";
                self.note(message, at);
            }
            _ => {
                let message = "the end of a coverage result whose table is not there";
                self.lower(DefectKind::Cut, message, line.number);
            }
        }
        self.resolved();
    }

    fn resolved(&mut self) {
        self.announced = false;
        self.results = self.results.saturating_add(1);
    }

    /// Leaves whatever is open for `next`; a table in the middle of its lines is cut.
    fn close_as(&mut self, next: State) {
        let state = std::mem::replace(&mut self.state, next);
        if let (State::Table(table), Some(report)) = (state, &mut self.report) {
            table.cut(report);
            self.resolved();
        }
    }

    /// Nothing more comes: what was announced and is not there is missing.
    fn close(&mut self) {
        match self.state {
            State::Announced(at) => {
                let message = "coverage was asked for, but no table followed: the run was cut or stopped, or had no tests to run";
                self.lower(DefectKind::Cut, message, at);
            }
            State::Exporting(at) => {
                let message = "ends before the coverage was exported";
                self.lower(DefectKind::Cut, message, at);
            }
            State::Introduced { at, .. } => {
                let message = "ends before the coverage table";
                self.lower(DefectKind::Cut, message, at);
            }
            State::Idle | State::Table(_) => {}
        }
        self.close_as(State::Idle);
    }
}

#[cfg(test)]
mod tests;
