//! Dialyzer: what `mix dialyzer` (dialyxir) prints, and what Erlang's own `dialyzer` prints.
//!
//! Dialyxir prints the same warnings in seven forms: `dialyxir` (the default: blocks of text that a line of 80
//! underscores closes), `short`, `github` and `dialyzer` (a place and a text each), `raw` (an Elixir term each),
//! `ignore_file` and `ignore_file_strict` (rows for an ignore file). Several `--format` options print every warning in
//! each form; the form with the most warnings is reported then, so that none counts twice. Erlang's `dialyzer` prints
//! text, or terms with `--raw`.
//!
//! Source: dialyxir 1.0 to 1.4.7, `lib/mix/tasks/dialyzer.ex`, `lib/dialyxir/formatter.ex` and `formatter/*.ex`;
//! Erlang/OTP 21 to 29, `dialyzer_cl.erl`, `dialyzer_incremental.erl` and `dialyzer:format_warning/2`.
//! Dialyxir prints totals and progress on standard output, warnings on standard error, after whatever the compiler
//! printed there; both streams may also arrive as one. Erlang's `dialyzer` prints everything on standard output.
//!
//! Proof of completeness, dialyxir: `Total errors: N, Skipped: S` with N - S equal to the number of texts that were
//! read (S is computed from it, so this holds for every form and for several at once), and the end mark of each run:
//! `done (passed successfully)` where N - S is 0, `done (warnings were emitted)` where not. `--quiet` hides the totals:
//! such warnings are unproven, and a clean quiet run prints nothing at all, so it has no part. The rows of the two
//! forms for ignore files have no line, and equal ones are printed once: they are complete only where N is the number
//! of rows.
//!
//! Proof of completeness, Erlang: `Proceeding with analysis...`, the time that it took, and `done (passed
//! successfully)`, which declares that there is no warning. `done (warnings were emitted)` declares no number, so
//! warnings stay unproven until an exit code says the same. A PLT that is only built or checked is no analysis.
//!
//! Deliberately absent: which `no_return` only follows from another warning in the same function. No form tells where
//! a function ends, or why it does not return.

mod dialyxir;
mod form;
mod github;
mod ignore;
mod list;
mod long;
mod marks;
mod names;
mod otp;
mod raw;
mod row;
mod seen;
mod term;
#[cfg(test)]
mod tests;
mod verdict;
mod warning;
mod wording;

use crate::evidence::Tool;
use crate::input::{Limits, Line, Taken};
use crate::stream::{Part, Section};
use crate::{Format, Reader};
use dialyxir::Dialyxir;
use otp::Otp;

const TOTALS: &str = "totals that agree with the warnings, and an end mark for every run";
const MERGED: &str =
    "totals that agree with the rows, as many rows as warnings, and an end mark for every run";
const END: &str =
    "a clean run: its start, its duration and its end mark; warnings: the exit code besides";

const fn row(id: &'static str, summary: &'static str, proof: &'static str) -> Format {
    Format {
        id,
        tool: Tool::Dialyzer,
        summary,
        proof,
        reader: Reader::Lines(section),
    }
}

/// The row of `dialyxir-default`.
pub(crate) const DEFAULT: Format = row("dialyxir-default", "mix dialyzer, long text", TOTALS);

/// The row of `dialyxir-short`.
pub(crate) const SHORT: Format = row("dialyxir-short", "mix dialyzer --format short", TOTALS);

/// The row of `dialyxir-raw`.
pub(crate) const RAW: Format = row("dialyxir-raw", "mix dialyzer --format raw", TOTALS);

/// The row of `dialyxir-github`.
pub(crate) const GITHUB: Format = row("dialyxir-github", "mix dialyzer --format github", TOTALS);

/// The row of `dialyxir-dialyzer`.
pub(crate) const ERLANG: Format = row(
    "dialyxir-dialyzer",
    "mix dialyzer --format dialyzer",
    TOTALS,
);

/// The row of `dialyxir-ignore_file`.
pub(crate) const IGNORE: Format = row(
    "dialyxir-ignore_file",
    "mix dialyzer --format ignore_file",
    MERGED,
);

/// The row of `dialyxir-ignore_file_strict`.
pub(crate) const STRICT: Format = row(
    "dialyxir-ignore_file_strict",
    "mix dialyzer --format ignore_file_strict",
    MERGED,
);

/// The row of `dialyzer-text`.
pub(crate) const OTP_TEXT: Format = row("dialyzer-text", "Erlang's dialyzer", END);

/// The row of `dialyzer-raw`.
pub(crate) const OTP_RAW: Format = row("dialyzer-raw", "Erlang's dialyzer --raw", END);

/// The reader of all forms.
fn section() -> Box<dyn Section> {
    Box::new(Dialyzer::default())
}

/// Runs of Erlang's `dialyzer`, and everything else.
#[derive(Default)]
struct Dialyzer {
    otp: Otp,
    dialyxir: Dialyxir,
}

impl Section for Dialyzer {
    fn line(&mut self, line: &Line<'_>, limits: &Limits) -> bool {
        self.otp.line(line, limits) || self.dialyxir.line(line, limits)
    }

    fn lines(&mut self, text: &[u8], limits: &Limits) -> Taken {
        if self.otp.is_running() {
            return Taken::default();
        }
        let taken = self.dialyxir.lines(text, limits);
        self.otp.pass_over(taken.lines);
        taken
    }

    fn end_of_stream(&mut self) {
        self.otp.end_of_stream();
        self.dialyxir.end_of_stream();
    }

    fn is_open(&self) -> bool {
        self.dialyxir.is_open()
    }

    fn finish(self: Box<Self>, limits: &Limits) -> Vec<Part> {
        let parts = [self.otp.finish(limits), self.dialyxir.finish(limits)];
        parts.into_iter().flatten().collect()
    }
}
