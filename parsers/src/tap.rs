//! The Test Anything Protocol, version 12 to 14: what Perl's `prove -v`, `node --test`, `tape`, `bats` and many others print.
//!
//! Source: `tap-version-14-specification.md` of TestAnything, and what Test::More of Perl and Node 20 print.
//!
//! ```text
//! TAP version 14
//! # Subtest: cart
//!     ok 1 - adds
//!     not ok 2 - the total # TODO rounding
//!     1..2
//! ok 1 - cart
//! not ok 2 - order
//!   ---
//!   message: no carrier
//!   ...
//! 1..2
//! ```
//! A test line with subtests above it is a suite: its tests are counted, it is not. What is marked `# TODO` is
//! neither a failure nor a pass, and neither is what fails below it: it counts as skipped, as `# SKIP` does. `Bail out!` counts as invalid.
//!
//! Proof of completeness: at every level one plan (`1..N`), first or last, and as many test lines; numbers that count up
//! from 1; a suite that failed exactly where something in it did; the last line has a line end. Node's totals (`# tests
//! 8`) must agree, and its last line (`# duration_ms`) must be there.
//!
//! Deliberately absent: pragmas, and the keys of YAML blocks: a block is the message of its failure as it stands.

use crate::evidence::Tool;
use crate::input::{Limits, Line};
use crate::stream::{Part, Section};
use crate::{Format, Reader};

mod grammar;
mod levels;
mod report;
#[cfg(test)]
mod tests;

use report::Report;

/// The row of `tap-console`.
pub(crate) const CONSOLE: Format = Format {
    id: "tap-console",
    tool: Tool::Tap,
    summary: "the Test Anything Protocol, version 12 to 14, of any tool",
    proof: "the plan: as many test lines as it says, at every level",
    reader: Reader::Lines(open),
};

fn open() -> Box<dyn Section> {
    Box::new(Tap {
        report: Report::new(),
        number: 0,
    })
}

struct Tap {
    report: Report,
    /// Number of the last line of the stream.
    number: u64,
}

impl Section for Tap {
    fn line(&mut self, line: &Line<'_>, limits: &Limits) -> bool {
        self.number = line.number;
        if self.report.yaml(line, limits) {
            return true;
        }
        let Some((depth, what)) = grammar::line(line.text) else {
            return false;
        };
        self.report.line(depth, what, line, limits)
    }

    fn end_of_stream(&mut self) {
        self.report.end(self.number);
    }

    fn is_open(&self) -> bool {
        self.report.in_yaml()
    }

    fn finish(self: Box<Self>, _: &Limits) -> Vec<Part> {
        self.report.finish().into_iter().collect()
    }
}
