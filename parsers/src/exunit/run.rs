//! The suites of a source, summed; the apps of an umbrella.

use crate::defect::{Completeness, Defect, DefectKind, Parsed, Position};
use crate::evidence::{Counts, Tests};

use super::suite::Suite;

/// All suites that have ended.
#[derive(Debug)]
pub(super) struct Run {
    pub parsed: Parsed<Tests>,
    pub suites: u64,
    /// Failures and cases that were not kept.
    pub dropped: u64,
    /// Whether a suite does not say of which types its tests are.
    untyped: bool,
}

impl Default for Run {
    fn default() -> Self {
        Self {
            parsed: Parsed::complete(Tests::default()),
            suites: 0,
            dropped: 0,
            untyped: false,
        }
    }
}

impl Run {
    /// Adds a suite.
    pub(super) fn add(&mut self, suite: &Suite) {
        let judged = suite.seen.judge();
        let first = self.suites == 0;
        self.suites = self.suites.saturating_add(1);
        self.dropped = self.dropped.saturating_add(suite.seen.dropped);
        for defect in judged.defects {
            self.parsed.note(defect);
        }
        self.parsed.completeness = self.parsed.completeness.max(judged.completeness);
        let (tests, value) = (&mut self.parsed.value, judged.value);
        tests.counts.add(&value.counts);
        self.untyped |= value.by_type.is_empty() && value.counts.ran() > 0;
        for (word, n) in value.by_type {
            let sum = tests.by_type.entry(word).or_default();
            *sum = sum.saturating_add(n);
        }
        // The types of some suites only would not add up.
        if self.untyped {
            tests.by_type.clear();
        }
        if let Some(us) = value.duration_us {
            tests.duration_us = Some(tests.duration_us.unwrap_or_default().saturating_add(us));
        }
        let max_cases = suite.seen.header.map(|h| h.max_cases);
        if first {
            (tests.seed, tests.max_cases) = (value.seed, max_cases);
        }
        tests.seed = tests.seed.filter(|n| value.seed == Some(*n));
        tests.max_cases = tests.max_cases.filter(|n| max_cases == Some(*n));
        self.rounds(suite, &value.counts);
    }

    /// A round that passed, with rounds to go, is followed by another one.
    fn rounds(&mut self, suite: &Suite, counts: &Counts) {
        let remaining = suite.seen.header.and_then(|h| h.remaining_runs);
        let remaining = remaining.filter(|n| *n > 0);
        let passed = counts.failed == 0 && counts.invalid == 0;
        let some = counts.total() > 0 || counts.excluded > 0;
        if let Some(n) = remaining.filter(|_| passed && some) {
            let message = format!("{n} rounds of --repeat-until-failure are missing");
            let at = Position::line(suite.seen.first_line);
            let defect = Defect::new(DefectKind::Cut, message, at);
            self.parsed.lower(Completeness::Partial, defect);
        }
    }
}

/// Names of apps that are remembered.
const APPS: usize = 1000;

/// The apps that were named by `==> app`. Mix prints it for the apps of an umbrella, and around dependencies that it
/// compiles for a plain project.
#[derive(Debug, Default)]
pub(super) struct Apps {
    named: Vec<String>,
    ran: Vec<String>,
    umbrella: bool,
}

impl Apps {
    /// `==> app` was printed.
    pub(super) fn named(&mut self, name: &str) {
        self.named.truncate(APPS.saturating_sub(1));
        self.named.push(name.to_owned());
    }

    /// The app that was named last.
    pub(super) fn current(&self) -> Option<String> {
        self.named.last().cloned()
    }

    /// A suite ran in an app. In a plain project its name follows those of its dependencies, once.
    pub(super) fn ran(&mut self, app: &str) {
        let times = self.named.iter().filter(|n| *n == app).count();
        if !self.ran.iter().any(|a| a == app) {
            self.ran.truncate(APPS.saturating_sub(1));
            self.ran.push(app.to_owned());
        }
        self.umbrella |= self.named.len() == 1 || times > 1 || self.ran.len() > 1;
    }

    /// In an umbrella the apps matter, and nothing says how many there are; elsewhere there is only one.
    pub(super) fn settle(&self, parsed: &mut Parsed<Tests>) {
        if self.umbrella {
            let message = "an umbrella does not say how many apps it has";
            let defect = Defect::new(DefectKind::NoEndMark, message, Position::default());
            parsed.lower(Completeness::Unproven, defect);
            return;
        }
        for failure in &mut parsed.value.failures {
            failure.app = None;
        }
        for case in &mut parsed.value.cases {
            case.app = None;
        }
    }
}
