//! One test in one project: its attempts, and what they make of it.

use std::num::NonZeroU32;

use super::report::Report;
use crate::defect::DefectKind;
use crate::evidence::{ErrorKind, Failure, Outcome, TestCase, TestError};

/// What Playwright says of a test.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Status {
    Expected,
    Unexpected,
    Flaky,
    Skipped,
}

impl Status {
    pub(super) const ALL: [Self; 4] =
        [Self::Expected, Self::Unexpected, Self::Flaky, Self::Skipped];

    pub(super) fn id(self) -> &'static str {
        match self {
            Self::Expected => "expected",
            Self::Unexpected => "unexpected",
            Self::Flaky => "flaky",
            Self::Skipped => "skipped",
        }
    }

    pub(super) fn of(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|s| s.id() == word)
    }
}

/// One attempt.
#[derive(Debug, Default)]
pub(super) struct Attempt {
    pub(super) status: Option<String>,
    pub(super) duration_us: Option<u64>,
    pub(super) message: String,
    pub(super) max: usize,
}

impl Attempt {
    pub(super) fn new(max: usize) -> Self {
        Self {
            max,
            ..Self::default()
        }
    }
}

/// All attempts of a test, folded: each as the letter of its status, up to a limit.
#[derive(Debug, Default)]
pub(super) struct Attempts {
    statuses: Vec<String>,
    many: bool,
    unknown: bool,
    duration_us: u64,
    /// What the last attempt with an error said.
    message: String,
}

/// Attempts of one test that are looked at.
const ATTEMPTS: usize = 1_000;

/// What an attempt may be.
const KNOWN: [&str; 5] = ["passed", "failed", "timedOut", "skipped", "interrupted"];

impl Attempts {
    pub(super) fn push(&mut self, attempt: &mut Attempt) {
        let status = attempt.status.take().unwrap_or_default();
        self.unknown |= !KNOWN.contains(&status.as_str());
        self.many |= self.statuses.len() >= ATTEMPTS;
        if !self.many {
            self.statuses.push(status);
        }
        self.duration_us = self
            .duration_us
            .saturating_add(attempt.duration_us.unwrap_or_default());
        if !attempt.message.is_empty() {
            self.message = std::mem::take(&mut attempt.message);
        }
    }

    /// The status that follows from the attempts, as Playwright itself decides it.
    fn status(&self, expected: &str) -> Status {
        let idle = |s: &&String| matches!(s.as_str(), "skipped" | "interrupted");
        let ran: Vec<&String> = self.statuses.iter().skip_while(idle).collect();
        let failures = ran.iter().filter(|s| !idle(s) && **s != expected).count();
        if ran.is_empty() {
            Status::Skipped
        } else if failures == 0 {
            Status::Expected
        } else if failures == ran.len() {
            Status::Unexpected
        } else {
            Status::Flaky
        }
    }

    fn was_interrupted(&self) -> bool {
        self.statuses.last().is_some_and(|s| s == "interrupted")
    }
}

/// A test in one project.
#[derive(Debug, Default)]
pub(super) struct TestRow {
    pub(super) project: Option<String>,
    pub(super) expected: Option<String>,
    pub(super) status: Option<Status>,
    pub(super) attempts: Option<Attempts>,
    pub(super) max: usize,
}

impl TestRow {
    pub(super) fn new(max: usize) -> Self {
        Self {
            max,
            ..Self::default()
        }
    }

    pub(super) fn take(&mut self) -> Self {
        let next = Self::new(self.max);
        std::mem::replace(self, next)
    }

    /// Counts the test, and checks that all that is said of it agrees.
    pub(super) fn settle(
        self,
        name: &str,
        file: Option<&str>,
        line: Option<NonZeroU32>,
        report: &mut Report<'_>,
    ) {
        let Some(status) = self.checked(report) else {
            return;
        };
        let place = Status::ALL.iter().position(|s| *s == status);
        if let Some(slot) = place.and_then(|at| report.counted.get_mut(at)) {
            *slot = slot.saturating_add(1);
        }
        let attempts = self.attempts.unwrap_or_default();
        let outcome = match status {
            Status::Expected => Outcome::Passed,
            Status::Flaky if report.flaky_fails => Outcome::Failed,
            Status::Flaky => Outcome::Passed,
            Status::Unexpected => Outcome::Failed,
            Status::Skipped => Outcome::Skipped,
        };
        let counts = &mut report.tests.counts;
        let count = match outcome {
            Outcome::Passed => &mut counts.passed,
            Outcome::Failed => &mut counts.failed,
            Outcome::Invalid | Outcome::Skipped | Outcome::Excluded => &mut counts.skipped,
        };
        *count = count.saturating_add(1);
        let message = match attempts.message.is_empty() {
            true => "passed, although it was expected to fail".to_owned(),
            false => attempts.message,
        };
        let first_line = message.lines().next().map(str::to_owned);
        let case = TestCase {
            app: None,
            module: self.project.map(Into::into),
            name: name.to_owned(),
            test_type: None,
            file: file.map(Into::into),
            line,
            outcome,
            duration_us: Some(attempts.duration_us),
            reason: match (outcome, status) {
                (Outcome::Failed, _) => first_line,
                (_, Status::Flaky) => Some("failed before it passed".into()),
                _ => None,
            },
        };
        keep(case, message, report);
    }

    /// The status, where everything that must be there is and agrees; what does not is a defect.
    fn checked(&self, report: &mut Report<'_>) -> Option<Status> {
        let Some(status) = self.status else {
            let message = "the `status` of a test is missing or not known";
            report.partial(DefectKind::UnknownValue, message);
            return None;
        };
        let (Some(expected), Some(attempts)) = (&self.expected, &self.attempts) else {
            let message = "a test without `expectedStatus` or `results`";
            report.partial(DefectKind::MissingField, message);
            return Some(status);
        };
        if attempts.unknown || !KNOWN.contains(&expected.as_str()) {
            let message = "the `status` of an attempt is missing or not known";
            report.partial(DefectKind::UnknownValue, message);
        } else if attempts.many {
            let message = "more attempts at one test than are looked at";
            report.partial(DefectKind::Limit, message);
        } else if attempts.status(expected) != status {
            let (says, is) = (status.id(), attempts.status(expected).id());
            let message = format!("the status of a test is `{says}`, but by its attempts `{is}`");
            report.partial(DefectKind::Contradiction, message);
        }
        if attempts.was_interrupted() {
            report.partial(DefectKind::Cut, "a test was interrupted");
        } else if status == Status::Skipped && attempts.statuses.is_empty() && expected != "skipped"
        {
            report.partial(DefectKind::Skipped, "a test was not run, though it was to");
        }
        Some(status)
    }
}

fn keep(case: TestCase, message: String, report: &mut Report<'_>) {
    let max = report.limits.details;
    if case.outcome == Outcome::Failed && report.tests.failures.len() < max {
        report.tests.failures.push(Failure {
            module: case.module.clone(),
            name: Some(case.name.clone()),
            file: case.file.clone(),
            line: case.line,
            errors: vec![TestError {
                kind: ErrorKind::Error,
                message,
                ..TestError::default()
            }],
            ..Failure::default()
        });
    }
    if report.tests.cases.len() < max {
        report.tests.cases.push(case);
    }
}
