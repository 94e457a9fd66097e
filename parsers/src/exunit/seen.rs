//! What was seen of a suite, in numbers and line numbers.

use super::grammar::Header;
use super::summary::Summary;

/// A summary, and where it stood.
#[derive(Debug)]
pub(super) struct Summed {
    pub summary: Summary,
    pub duration_us: Option<u64>,
    pub line: u64,
    /// Whether its last line has a line end.
    pub whole: bool,
}

/// `Randomized with seed N`.
#[derive(Debug, Clone, Copy)]
pub(super) struct Trailer {
    pub seed: u64,
    pub whole: bool,
}

/// Everything that the lines of a suite gave.
#[derive(Debug, Default)]
pub(super) struct Seen {
    /// Whether more than a line of dots was seen.
    pub strong: bool,
    pub first_line: u64,
    pub header: Option<Header>,
    pub summary: Option<Summed>,
    pub summaries: u64,
    pub trailer: Option<Trailer>,
    /// Whether it ended between `Finished in` and a summary.
    pub tail_only: bool,
    /// Where the run went on after a summary.
    pub resumed: Option<u64>,
    /// A summary without `Finished in` above it.
    pub stray: Option<u64>,
    /// Number of the last failed test.
    pub counter: u64,
    /// A failed `setup_all` with a higher number: its tests had passed and now count as failed (or, up to 1.12, the
    /// number means nothing). What comes next tells.
    pub raised: Option<u64>,
    pub raised_blocks: u64,
    /// Failed `setup_all` callbacks whose tests did not run.
    pub setup_all: u64,
    /// Headers of failed tests.
    pub blocks: u64,
    /// Dots outside of the lines that ExUnit prints itself.
    pub dots: u64,
    /// Results of `--trace`.
    pub traced: u64,
    /// The list of failures does not begin with the first one, as in a log without its head: the number it begins with,
    /// and the line.
    pub excerpt: Option<(u64, u64)>,
    /// How many failures stood before the one with number 1.
    pub before_first: Option<u64>,
    /// What looks like a failure and is none: the first line, and how many.
    pub foreign: Option<(u64, u64)>,
    /// Where bytes that are not UTF-8 were kept.
    pub broken: Option<u64>,
    /// Lines of a failure without a header above them.
    pub orphan: Option<u64>,
    pub cut_line: bool,
    /// Failures and cases whose details were not kept.
    pub dropped: u64,
    pub aborted: Option<u64>,
    pub stopped: Option<u64>,
}

impl Seen {
    /// The numbers after which the next header counts.
    pub(super) fn counters(&self) -> impl Iterator<Item = u64> + use<> {
        [Some(self.counter), self.raised].into_iter().flatten()
    }

    /// Whether no failure and no named test was seen so far.
    pub(super) fn is_blank(&self) -> bool {
        self.counter == 0
            && self.blocks == 0
            && self.traced == 0
            && self.setup_all == 0
            && self.raised.is_none()
            && self.summary.is_none()
    }

    /// A failed test with this number, which is one of the expected ones.
    pub(super) fn failed_header(&mut self, number: u64) {
        if number == self.counter.saturating_add(1) {
            self.setup_all = self.setup_all.saturating_add(self.raised_blocks);
        }
        self.counter = number;
        (self.raised, self.raised_blocks) = (None, 0);
        self.blocks = self.blocks.saturating_add(1);
    }

    /// A failed `setup_all`, whose number is not below the counter.
    pub(super) fn setup_all(&mut self, number: u64) {
        if number > self.raised.unwrap_or(self.counter) {
            self.raised = Some(number);
            self.raised_blocks = self.raised_blocks.saturating_add(1);
        } else {
            self.setup_all = self.setup_all.saturating_add(1);
        }
    }

    /// Something that looks like a failure and is none.
    pub(super) fn foreign(&mut self, line: u64) {
        let (first, n) = self.foreign.unwrap_or((line, 0));
        self.foreign = Some((first, n.saturating_add(1)));
    }
}
