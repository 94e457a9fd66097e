//! Dialyxir: Dialyzer's warnings as `mix dialyzer` prints them.
//!
//! Three forms are read: `dialyxir` (the default: blocks of text that a line of 80 underscores closes), `short` (a line
//! each) and `raw` (an Elixir term each). Several `--format` options print every warning in each form; the form with
//! the most warnings is reported then, so that none counts twice.
//!
//! Source: dialyxir 1.0 to 1.4.7, `lib/mix/tasks/dialyzer.ex`, `lib/dialyxir/formatter.ex` and `formatter/*.ex`.
//! Totals and progress go to standard output, warnings to standard error, after whatever the compiler printed there;
//! both streams may also arrive as one.
//!
//! Proof of completeness: `Total errors: N, Skipped: S` with N - S equal to the number of texts that were read (S is
//! computed from it, so this holds for every form and for several at once), and the end mark of each run:
//! `done (passed successfully)` where N - S is 0, `done (warnings were emitted)` where not. `--quiet` hides the totals:
//! such warnings are unproven, and a clean quiet run prints nothing at all, so it has no part.
//!
//! Deliberately absent: the output of Erlang's own `dialyzer`, and the formats `github`, `dialyzer`, `ignore_file` and
//! `ignore_file_strict`. Their rows are missing from the count, so their runs are partial.

mod list;
mod long;
mod marks;
mod names;
mod raw;
mod row;
mod seen;
#[cfg(test)]
mod tests;
mod verdict;

use crate::evidence::{Finding, Tool};
use crate::input::{Limits, Line};
use crate::stream::{Part, Section};
use crate::text::{self, Block};
use crate::{Format, Reader};
use list::List;
use long::Long;
use marks::Mark;
use row::Head;
use seen::{Rows, Seen};

/// The row of `dialyxir-default`.
pub(crate) const DEFAULT: Format = Format {
    id: "dialyxir-default",
    tool: Tool::Dialyzer,
    summary: "mix dialyzer, long text",
    proof: "totals that agree with the warnings, and an end mark for every run",
    reader: Reader::Lines(section),
};

/// The row of `dialyxir-short`.
pub(crate) const SHORT: Format = Format {
    id: "dialyxir-short",
    tool: Tool::Dialyzer,
    summary: "mix dialyzer --format short",
    proof: "totals that agree with the warnings, and an end mark for every run",
    reader: Reader::Lines(section),
};

/// The row of `dialyxir-raw`.
pub(crate) const RAW: Format = Format {
    id: "dialyxir-raw",
    tool: Tool::Dialyzer,
    summary: "mix dialyzer --format raw",
    proof: "totals that agree with the warnings, and an end mark for every run",
    reader: Reader::Lines(section),
};

/// The reader of the three forms.
fn section() -> Box<dyn Section> {
    Box::new(Dialyzer::default())
}

/// Lines of a long warning outside of a run that owes warnings. A line of a test may look like the head of one.
const STRAY_LINES: u64 = 1000;

#[derive(Default)]
struct Dialyzer {
    seen: Seen,
    rows: Rows,
    current: Current,
    list: List,
    /// A stream ended: what is being read ends before the next line.
    ended: bool,
    /// The latest exception, in case that a stack trace tells that it is dialyxir's.
    banner: Option<String>,
}

/// A warning of which more lines may follow.
#[derive(Default)]
enum Current {
    #[default]
    None,
    Long(Box<Long>),
    Short(Box<Finding>, Block),
}

impl Section for Dialyzer {
    fn line(&mut self, line: &Line<'_>, limits: &Limits) -> bool {
        if std::mem::take(&mut self.ended) {
            self.close(false, 0, limits);
        }
        if let Some(mark) = marks::mark(line.text) {
            return self.mark(mark, line, limits);
        }
        if line.text.starts_with(b"** (") {
            self.banner = Some(text::lossy(line.text, 200));
        }
        self.list.line(line.text) || self.long_line(line, limits) || self.row(line, limits)
    }

    fn end_of_stream(&mut self) {
        self.list = List::None;
        self.ended = true;
    }

    fn is_open(&self) -> bool {
        !self.ended && (self.list != List::None || matches!(self.current, Current::Long(_)))
    }

    fn finish(mut self: Box<Self>, limits: &Limits) -> Vec<Part> {
        self.close(false, 0, limits);
        verdict::part(self.seen, self.rows).into_iter().collect()
    }
}

impl Dialyzer {
    /// A line about the run itself.
    fn mark(&mut self, mark: Mark, line: &Line<'_>, limits: &Limits) -> bool {
        let closes = self.close(mark == Mark::Ruler, line.number, limits);
        self.list = List::None;
        match mark {
            Mark::Ruler if !closes => return self.seen.ruler(line.number),
            Mark::Frame => return self.frame(line.number),
            Mark::Passed if self.seen.runs() == 0 && self.seen.first.is_none() => return false,
            _ => {}
        }
        self.seen.mark(mark, line);
        self.list = List::after(mark);
        if mark == Mark::Failure {
            self.banner = None;
        }
        if mark == Mark::Unworded {
            self.current = Current::Long(Box::new(Long::unworded()));
        }
        true
    }

    /// A line of a stack trace inside dialyxir: the exception before it is dialyxir's failure.
    fn frame(&mut self, number: u64) -> bool {
        if let Some(banner) = self.banner.take() {
            self.seen.first.get_or_insert(number);
            self.seen.fail(banner, number);
        }
        self.seen.first.is_some()
    }

    /// A line inside a long warning.
    fn long_line(&mut self, line: &Line<'_>, limits: &Limits) -> bool {
        let owes = self.seen.owes();
        let Current::Long(long) = &mut self.current else {
            return false;
        };
        let next =
            row::head(line.text).is_some_and(|h| h.text.is_none() && names::is_known(h.name));
        if next || (!owes && long.lines >= STRAY_LINES) {
            self.close(false, line.number, limits);
            return false;
        }
        long.push(line.text, limits.text);
        true
    }

    /// The first line of a warning, or another line of a short one.
    fn row(&mut self, line: &Line<'_>, limits: &Limits) -> bool {
        if line.text.starts_with(raw::START) {
            let finding = raw::finding(line.text, line.cut, limits.text);
            return finding.is_some_and(|finding| self.raw(finding, line.number, limits));
        }
        if let Some(head) = row::head(line.text)
            && self.accepts(&head, line.number)
        {
            self.close_short(limits.details);
            self.begin(&head, limits.text);
            return true;
        }
        self.more(line, limits.text)
    }

    fn raw(&mut self, finding: Finding, number: u64, limits: &Limits) -> bool {
        self.close_short(limits.details);
        self.seen.first.get_or_insert(number);
        self.seen.name(&finding.rule, number);
        self.rows.raw.push(finding, limits.details);
        true
    }

    /// Whether it is a warning. An unknown name is one only where totals announced warnings.
    fn accepts(&mut self, head: &Head<'_>, number: u64) -> bool {
        if !names::is_known(head.name) && !self.seen.owes() {
            self.seen.stray(number);
            return false;
        }
        self.seen.name(head.name, number);
        self.seen.first.get_or_insert(number);
        true
    }

    fn begin(&mut self, head: &Head<'_>, max: usize) {
        let finding = long::warning(head.name, &head.place);
        self.current = match head.text {
            None => Current::Long(Box::new(Long::new(finding))),
            Some(text) => {
                let mut block = Block::default();
                block.push(text, max);
                Current::Short(Box::new(finding), block)
            }
        };
    }

    /// A further line of a short warning: types are wrapped. Only where warnings are owed, so that no other output
    /// is taken for it.
    fn more(&mut self, line: &Line<'_>, max: usize) -> bool {
        if !self.seen.owes() {
            return false;
        }
        if row::is_foreign(line.text) {
            self.seen.foreign = self.seen.foreign.saturating_add(1);
            return false;
        }
        let Current::Short(_, block) = &mut self.current else {
            return false;
        };
        block.push(line.text, max);
        true
    }

    /// Closes the warning that is being read. `whole`: its closing line was seen. Says whether one was closed by it.
    fn close(&mut self, whole: bool, number: u64, limits: &Limits) -> bool {
        self.close_short(limits.details);
        let Current::Long(long) = std::mem::take(&mut self.current) else {
            return false;
        };
        if !whole {
            self.seen.broken(number);
        }
        let finding = long.finish();
        if finding.rule != long::UNWORDED {
            self.seen.name(&finding.rule, number);
        }
        self.rows.long.push(finding, limits.details);
        true
    }

    fn close_short(&mut self, max: usize) {
        match std::mem::take(&mut self.current) {
            Current::Short(mut finding, block) => {
                finding.message = block.finish().unwrap_or_default();
                self.rows.short.push(*finding, max);
            }
            other => self.current = other,
        }
    }
}
