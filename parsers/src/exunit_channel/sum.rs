//! From all suites of a channel to one run.

use super::Channel;
use super::reading::Reading;
use super::suite::Suite;
use crate::defect::{DefectKind, Position};
use crate::evidence::Tests;

impl Reading<'_> {
    /// Everything that was read, with what is wrong with it.
    pub(super) fn finish(mut self) -> Channel {
        if !self.sealed {
            let message =
                "the channel was never sealed: gatekeeper was killed, or its end is missing";
            self.defects
                .partial(DefectKind::Cut, message, Position::default());
        }
        self.suites.retain(|suite| !suite.replaced);
        let suites = u64::try_from(self.suites.len()).unwrap_or(u64::MAX);
        let ended = self.suites.iter().all(|suite| suite.ended);
        let watched = !self.vms.is_empty() && self.vms.values().all(|vm| vm.hooked);
        let console = self.console;
        let tests = self.sum();
        if suites > 0 && ended && tests.counts.ran() == 0 && tests.counts.invalid == 0 {
            self.defects
                .note(DefectKind::NothingRan, "no test ran", Position::default());
        }
        if self.nested > 0 {
            let message = format!(
                "{} suites that tests ran themselves are not counted",
                self.nested
            );
            self.defects
                .note(DefectKind::Foreign, message, Position::default());
        }
        Channel {
            parsed: self.defects.finish(tests),
            nonce: self.nonce,
            suites,
            console,
            watched,
        }
    }

    fn sum(&mut self) -> Tests {
        let mut tests = Tests::default();
        let (mut dropped, mut cut, mut stopped) = (0_u64, 0_u64, false);
        let suites = std::mem::take(&mut self.suites);
        let one = |of: fn(&Suite) -> Option<u64>| {
            let first = suites.first().and_then(of);
            first.filter(|n| suites.iter().all(|s| of(s) == Some(*n)))
        };
        (tests.seed, tests.max_cases) = (one(|s| s.seed), one(|s| s.max_cases));
        for suite in suites {
            self.unfinished(&suite);
            tests.counts.add(&suite.counts);
            for (word, n) in suite.by_type {
                let sum = tests.by_type.entry(word).or_default();
                *sum = sum.saturating_add(n);
            }
            if let Some(us) = suite.duration_us {
                tests.duration_us = Some(tests.duration_us.unwrap_or_default().saturating_add(us));
            }
            tests.failures.extend(suite.failures);
            tests.cases.extend(suite.cases);
            dropped = dropped.saturating_add(suite.dropped);
            cut = cut.saturating_add(suite.cut);
            stopped |= suite.stopped;
        }
        let mut note =
            |kind, message: String| self.defects.note(kind, message, Position::default());
        if dropped > 0 {
            note(
                DefectKind::Limit,
                format!("{dropped} failures and cases are counted only"),
            );
        }
        if cut > 0 {
            note(
                DefectKind::Limit,
                format!("{cut} failures are longer than what is kept of them"),
            );
        }
        if stopped {
            let message = "stopped by --max-failures: the tests after it did not run";
            note(DefectKind::Skipped, message.to_owned());
        }
        tests
    }

    /// A suite without an end: the VM was stopped, or its formatter was.
    fn unfinished(&mut self, suite: &Suite) {
        if suite.ended {
            return;
        }
        let mut running = suite.running.iter();
        let stopped = "the suite never ended: the VM or the formatter was stopped";
        let message = match (running.next(), suite.running.len()) {
            (None, _) => stopped.to_owned(),
            (Some(test), 1) => format!("{stopped}; last seen running: `{test}`"),
            (Some(test), n) => {
                let more = n.saturating_sub(1);
                format!("{stopped}; last seen running: `{test}` and {more} more")
            }
        };
        self.defects
            .partial(DefectKind::Cut, message, Position::default());
    }
}
