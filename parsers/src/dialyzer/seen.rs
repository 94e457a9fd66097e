//! What a source told so far: the counters that prove each other at its end.

use super::form::Form;
use super::marks::{Mark, Totals};
use super::names;
use crate::input::Line;
use crate::text;

/// Errors of the tool that are told in words.
const FAILURES: usize = 8;

/// What the lines around the warnings said.
#[derive(Default)]
pub(super) struct Seen {
    /// Line of the first mark or warning.
    pub(super) first: Option<u64>,
    pub(super) searched: u64,
    pub(super) started: u64,
    /// Runs with totals that leave nothing to report.
    pub(super) clean: u64,
    /// Runs with totals that leave warnings.
    pub(super) failing: u64,
    /// Texts that must have been printed.
    pub(super) expected: u64,
    pub(super) skipped: i64,
    /// Line of the latest totals.
    pub(super) totals_at: u64,
    pub(super) bad_totals: Option<u64>,
    pub(super) passed: u64,
    /// `done (passed successfully)` without a line end: the stream may be cut there.
    pub(super) passed_cut: bool,
    pub(super) warned: u64,
    pub(super) halted: Option<(Option<u64>, u64)>,
    pub(super) unknown_formatter: Option<u64>,
    pub(super) failures: Vec<(String, u64)>,
    /// Long warnings without an end: how many, and the line of the first.
    pub(super) broken: (u64, u64),
    /// Rulers that close nothing.
    pub(super) rulers: (u64, u64),
    /// Warnings, whether skipped or not.
    pub(super) declared: u64,
    /// Warnings came on standard error, apart from standard output.
    pub(super) apart: bool,
    /// Lines that look like a warning of an unknown name, outside of a run.
    pub(super) strays: (u64, u64),
    /// Warnings of an unknown name.
    pub(super) unknown: Option<(String, u64)>,
}

impl Seen {
    /// Whether totals announced warnings whose end was not seen yet.
    pub(super) fn owes(&self) -> bool {
        self.failing > self.warned
    }

    /// A warning was read. A row of an ignore file proves nothing alone: people print those, too.
    pub(super) fn warning(&mut self, form: Form, number: u64) {
        if self.owes() || !form.merges() {
            self.first.get_or_insert(number);
        }
    }

    /// Runs that printed totals.
    pub(super) fn runs(&self) -> u64 {
        self.clean.saturating_add(self.failing)
    }

    /// Whether dialyxir said anything about a run, but what Erlang's own command says too.
    pub(super) fn is_dialyxir(&self) -> bool {
        let marks = [self.searched, self.started, self.runs(), self.rulers.0];
        self.apart || self.halted.is_some() || marks.into_iter().any(|n| n > 0)
    }

    /// What a line says about the run.
    pub(super) fn mark(&mut self, mark: Mark, line: &Line<'_>) {
        let number = line.number;
        self.first.get_or_insert(number);
        match mark {
            Mark::Searching => self.searched = self.searched.saturating_add(1),
            Mark::Starting => self.started = self.started.saturating_add(1),
            Mark::Totals(totals) => self.totals(totals, number),
            Mark::BadTotals => self.bad_totals = Some(number),
            Mark::Passed => {
                self.passed = self.passed.saturating_add(1);
                self.passed_cut |= !line.terminated;
            }
            Mark::Warned => self.warned = self.warned.saturating_add(1),
            Mark::Halting(status) => self.halted = Some((status, number)),
            Mark::UnknownFormatter => self.unknown_formatter = Some(number),
            Mark::Failure => self.fail(text::lossy(line.text, 500), number),
            Mark::CheckingPlt
            | Mark::Ruler
            | Mark::Unworded
            | Mark::UnusedFilters
            | Mark::Frame => {}
        }
    }

    /// Counts the totals of a run.
    fn totals(&mut self, totals: Totals, number: u64) {
        self.totals_at = number;
        let left = i128::from(totals.errors).saturating_sub(i128::from(totals.skipped));
        let Ok(left) = u64::try_from(left) else {
            self.bad_totals = Some(number);
            return;
        };
        self.expected = self.expected.saturating_add(left);
        self.declared = self.declared.saturating_add(totals.errors);
        self.skipped = self.skipped.saturating_add(totals.skipped);
        let runs = if left == 0 {
            &mut self.clean
        } else {
            &mut self.failing
        };
        *runs = runs.saturating_add(1);
    }

    /// Keeps a failure of the tool.
    pub(super) fn fail(&mut self, message: String, number: u64) {
        if self.failures.len() < FAILURES {
            self.failures.push((message, number));
        }
    }

    /// Remembers the first warning of a name that is not known.
    pub(super) fn name(&mut self, name: &[u8], number: u64) {
        if !names::is_known(name) && self.unknown.is_none() {
            self.unknown = Some((text::lossy(name, 100), number));
        }
    }

    /// Counts a long warning without its end. Line 0: not known.
    pub(super) fn broken(&mut self, number: u64) {
        count(&mut self.broken, number);
    }

    /// Counts a ruler that closes nothing. Says whether it is dialyxir's.
    pub(super) fn ruler(&mut self, number: u64) -> bool {
        count(&mut self.rulers, number);
        self.first.is_some()
    }

    /// Counts a line that looks like a warning of an unknown name, outside of a run.
    pub(super) fn stray(&mut self, number: u64) {
        count(&mut self.strays, number);
    }
}

/// Counts, and keeps the first line.
fn count((count, first): &mut (u64, u64), number: u64) {
    if *count == 0 {
        *first = number;
    }
    *count = count.saturating_add(1);
}
