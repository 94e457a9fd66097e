//! One level of the protocol: its plan, its test lines, and what was counted at it and below.

use crate::evidence::Counts;

/// The tests of one level.
#[derive(Debug, Default)]
pub(super) struct Level {
    /// What the plan says.
    pub(super) plan: Option<u64>,
    /// Test lines.
    pub(super) lines: u64,
    /// Whether a test line failed, and no TODO excuses it.
    pub(super) failed: bool,
    /// Tests at this level and below, without suites.
    pub(super) counts: Counts,
    /// How many cases and failures were listed before it.
    pub(super) cases: usize,
    pub(super) failures: usize,
}

impl Level {
    /// What is wrong with the plan, now that the level is over.
    pub(super) fn problem(&self) -> Option<String> {
        match self.plan {
            None => Some(format!("{} test lines without a plan", self.lines)),
            Some(plan) if plan != self.lines => Some(format!(
                "the plan is 1..{plan}, but there are {} test lines",
                self.lines
            )),
            Some(_) => None,
        }
    }
}
