//! Runs of Erlang's own `dialyzer`, on standard output.
//!
//! ```text
//!   Checking whether the PLT otp.plt is up-to-date... yes
//!   Proceeding with analysis...
//! bad.erl:4:1: Function a/0 has no local return
//! bad.erl:7:51: The pattern
//!           'maybe_' can never match the type
//!           boolean()
//! Unknown functions:
//!   nomod:nofun/1 (erl/bad.erl:6:8)
//!  done in 0m0.48s
//! done (warnings were emitted)
//! ```
//!
//! A clean run has its duration on the line of its start. What `--quiet` and `-o FILE` leave has no marks around it and
//! is read as loose warnings, beside those of dialyxir; lists of unknown functions are not read there.

mod marks;
mod run;
mod unknown;

use super::form::Form;
use super::row;
use super::term;
use super::warning::Warning;
use crate::input::{Limits, Line};
use crate::stream::Part;
use crate::text;
use marks::{Mark, Progress};
use run::{Run, Told};

/// The runs so far.
#[derive(Default)]
pub(super) struct Otp {
    run: Option<Box<Run>>,
    told: Told,
    /// The line before was empty.
    blank: bool,
    /// Standard output is over: only the reason of a failure may follow.
    over: bool,
}

impl Otp {
    /// Looks at a line; `true` claims it.
    pub(super) fn line(&mut self, line: &Line<'_>, limits: &Limits) -> bool {
        let after_blank = std::mem::replace(&mut self.blank, line.text.is_empty());
        match marks::mark(line.text) {
            Some(mark) if self.accepts(mark, after_blank) => {
                self.mark(mark, line, limits);
                true
            }
            _ => self.content(line, limits),
        }
    }

    /// Whether a run has begun and has not ended.
    pub(super) fn is_running(&self) -> bool {
        self.run.is_some()
    }

    /// Lines of somebody else, none of them empty.
    pub(super) fn pass_over(&mut self, lines: u64) {
        self.blank &= lines == 0;
    }

    /// A stream is over.
    pub(super) fn end_of_stream(&mut self) {
        self.over = true;
        self.blank = true;
    }

    /// The report, if there is one.
    pub(super) fn finish(mut self, limits: &Limits) -> Option<Part> {
        self.lose(limits);
        self.told.part()
    }

    /// Whether a mark is one of a run: other tools end their output in the same way.
    fn accepts(&self, mark: Mark, after_blank: bool) -> bool {
        match mark {
            Mark::Plt | Mark::Analysis(_) => true,
            Mark::Error => self.run.is_some() || after_blank,
            Mark::File => self.told.warned > 0,
            Mark::Crash => self.run.is_some(),
            Mark::Elapsed | Mark::Passed | Mark::Warned | Mark::Unknown(..) => {
                self.run.is_some() && !self.over
            }
        }
    }

    fn mark(&mut self, mark: Mark, line: &Line<'_>, limits: &Limits) {
        let starts = matches!(mark, Mark::Plt | Mark::Analysis(_));
        if starts && self.run.as_ref().is_some_and(|run| run.is_analysing()) {
            self.lose(limits);
        }
        if mark == Mark::File {
            self.told.elsewhere(line.number);
            return;
        }
        self.over &= !starts;
        let number = line.number;
        let mut run = self
            .run
            .take()
            .unwrap_or_else(|| Box::new(Run::new(number)));
        self.told.warning(&mut run, limits);
        run.list = None;
        match mark {
            Mark::Plt | Mark::File => {}
            Mark::Analysis(Progress::Crash) | Mark::Error | Mark::Crash => {
                let message = line.text.strip_prefix(b"dialyzer: ");
                let message = text::lossy(message.unwrap_or(line.text), 500);
                self.told.failed(*run, &message, number, limits);
                return;
            }
            Mark::Analysis(progress) => run.analyse(number, progress == Progress::Elapsed),
            Mark::Elapsed => run.elapsed(),
            Mark::Unknown(rule, comment) => {
                self.told.raw |= comment;
                run.list = Some((rule, comment));
            }
            Mark::Passed | Mark::Warned => {
                if !line.terminated {
                    self.told.cut(number);
                }
                self.told.end(*run, mark == Mark::Warned, number, limits);
                return;
            }
        }
        self.run = Some(run);
    }

    /// A warning, a line of one, or an entry of a list.
    fn content(&mut self, line: &Line<'_>, limits: &Limits) -> bool {
        let Some(run) = self.run.as_mut().filter(|_| !self.over) else {
            return false;
        };
        if let Some((rule, comment)) = run.list
            && let Some(entry) = unknown::entry(line.text, comment)
        {
            run.unknown(unknown::finding(rule, entry, limits.text), limits.details);
            return true;
        }
        run.list = None;
        let next = if line.text.starts_with(term::START) {
            Some(Warning::term(line.text, line.number, limits.text))
        } else {
            let row = row::row(line.text).filter(|row| row.form == Form::Worded);
            row.map(|row| Warning::new(&row, line.number, limits.text))
        };
        if let Some(next) = next {
            self.told.warning(run, limits);
            run.warning = Some(Box::new(next));
            return true;
        }
        let warning = run.warning.as_mut();
        warning.is_some_and(|warning| warning.more(line.text, true, limits.text))
    }

    /// The run that is not over will never be.
    fn lose(&mut self, limits: &Limits) {
        if let Some(mut run) = self.run.take() {
            self.told.warning(&mut run, limits);
            self.told.lost(*run, limits);
        }
    }
}
