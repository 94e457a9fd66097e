//! One `testcase`: its outcome and its details.

use std::ops::Deref;

use super::failure::{Told, details};
use super::key;
use super::suite::{Suite, Tally};
use crate::defect::DefectKind;
use crate::evidence::{Failure, Outcome, TestCase};
use crate::names::Names;
use crate::text;
use crate::xml::attrs::Attrs;

/// Failures of one case that are kept.
const KEPT: usize = 20;

/// Something wrong with a case: whether the report is only partial by it, and the attribute if it is one.
pub(super) struct Problem {
    pub(super) partial: bool,
    pub(super) kind: DefectKind,
    pub(super) attribute: Option<&'static str>,
    pub(super) message: String,
}

/// A case while it is open, with its attributes as they are in the document: most are never looked at as text.
pub(super) struct Case<T> {
    pub(super) name: Option<T>,
    pub(super) class: Option<T>,
    pub(super) file: Option<T>,
    pub(super) line: Option<T>,
    pub(super) time: Option<T>,
    pub(super) status: Option<T>,
    /// Every `failure` and `error`, up to a limit.
    pub(super) told: Vec<Told>,
    failures: u64,
    errors: u64,
    /// The message of the first `skipped`.
    skipped: Option<String>,
    flaky: bool,
    rerun: bool,
}

/// What a case comes to.
pub(super) struct Settled {
    /// Whether it is one of ExUnit's.
    pub(super) elixir: bool,
    pub(super) outcome: Outcome,
    pub(super) tally: Tally,
    pub(super) problems: Vec<Problem>,
}

impl<'t> Case<&'t [u8]> {
    /// Starts a case with its attributes.
    pub(super) fn new(attrs: &'t Attrs<'_>) -> Self {
        let text = |key| attrs.filled(key);
        Self {
            name: attrs.bytes(key::NAME),
            class: text(key::CLASSNAME).or_else(|| text(key::CLASS)),
            file: text(key::FILE),
            line: text(key::LINE),
            time: text(key::TIME),
            status: text(key::STATUS).or_else(|| text(key::RESULT)),
            told: Vec::new(),
            failures: 0,
            errors: 0,
            skipped: None,
            flaky: false,
            rerun: false,
        }
    }

    /// The same, for as long as the case is open.
    pub(super) fn into_owned(self) -> Case<Box<[u8]>> {
        Case {
            name: self.name.map(Box::from),
            class: self.class.map(Box::from),
            file: self.file.map(Box::from),
            line: self.line.map(Box::from),
            time: self.time.map(Box::from),
            status: self.status.map(Box::from),
            told: self.told,
            failures: self.failures,
            errors: self.errors,
            skipped: self.skipped,
            flaky: self.flaky,
            rerun: self.rerun,
        }
    }
}

impl<T: Deref<Target = [u8]>> Case<T> {
    /// A `failure` or an `error` came to its end.
    pub(super) fn failed(&mut self, told: Told) {
        let count = if told.error {
            &mut self.errors
        } else {
            &mut self.failures
        };
        *count = count.saturating_add(1);
        if self.told.len() < KEPT {
            self.told.push(told);
        }
    }

    /// A `skipped` came to its end.
    pub(super) fn skipped(&mut self, message: String) {
        self.skipped.get_or_insert(message);
    }

    /// An earlier attempt failed, and a later one did not.
    pub(super) fn flaky(&mut self) {
        self.flaky = true;
    }

    /// A further attempt failed, too.
    pub(super) fn rerun(&mut self) {
        self.rerun = true;
    }

    /// The case is over.
    pub(super) fn settle(&self, suite: &Suite) -> Settled {
        let class = self.class.as_deref();
        let elixir = suite.elixir || class.is_some_and(|c| c.starts_with(b"Elixir."));
        let mut problems = Vec::new();
        let outcome = self.outcome(elixir, &mut problems);
        self.check(&mut problems);
        let is = |yes: bool| u64::from(yes);
        let tally = Tally {
            cases: 1,
            failed: is(self.failures > 0),
            failures: self.failures,
            erred: is(self.errors > 0),
            errors: self.errors,
            skipped: is(matches!(outcome, Outcome::Skipped | Outcome::Excluded)),
        };
        Settled {
            elixir,
            outcome,
            tally,
            problems,
        }
    }

    /// The case in detail, and its failure.
    pub(super) fn details(
        &self,
        settled: &Settled,
        suite: &Suite,
        names: &mut Names,
    ) -> (TestCase, Option<Failure>) {
        let (elixir, outcome) = (settled.elixir, settled.outcome);
        let case = self.named(elixir, outcome, suite, names);
        let failure = is_bad(outcome).then(|| self.failure(elixir, &case));
        (case, failure)
    }

    /// `failure` weighs more than `error`, and `error` more than `skipped`.
    fn outcome(&self, elixir: bool, problems: &mut Vec<Problem>) -> Outcome {
        let status = self.status.as_deref().unwrap_or_default();
        let is = |words: &[&str]| {
            let same = |word: &&str| status.eq_ignore_ascii_case(word.as_bytes());
            !status.is_empty() && words.iter().any(same)
        };
        if self.failures > 0 {
            Outcome::Failed
        } else if self.errors > 0 {
            if elixir {
                Outcome::Invalid
            } else {
                Outcome::Failed
            }
        } else if is(&["failed", "failure", "fail", "error", "broken"]) {
            let status = text::lossy(status, 60);
            let message = format!("the status is `{status}`, but no failure is told");
            problems.push(partial(DefectKind::Contradiction, Some("status"), message));
            Outcome::Failed
        } else if self.rerun && !self.flaky {
            let message = "a failed attempt, but neither a failure nor a later success";
            problems.push(partial(DefectKind::Contradiction, None, message.into()));
            Outcome::Failed
        } else if let Some(message) = &self.skipped {
            let filtered = message.starts_with("due to ") && message.ends_with(" filter");
            if elixir && filtered {
                Outcome::Excluded
            } else {
                Outcome::Skipped
            }
        } else if is(&["notrun", "skipped", "disabled", "suppressed", "ignored"]) {
            Outcome::Skipped
        } else {
            Outcome::Passed
        }
    }

    /// Why it was skipped, or the first line of its failure.
    pub(super) fn reason(&self, outcome: Outcome) -> Option<String> {
        let reason = match outcome {
            Outcome::Passed if self.flaky => Some("failed before it passed"),
            Outcome::Passed => None,
            Outcome::Skipped | Outcome::Excluded => self.skipped.as_deref(),
            Outcome::Failed | Outcome::Invalid => {
                let told = self.told.first();
                told.and_then(|t| {
                    t.message
                        .as_deref()
                        .or_else(|| t.text.trim().lines().next())
                })
            }
        };
        let line = reason.filter(|r| !r.is_empty());
        match outcome {
            Outcome::Failed | Outcome::Invalid => line.and_then(|l| l.lines().next()),
            Outcome::Passed | Outcome::Skipped | Outcome::Excluded => line,
        }
        .map(str::to_owned)
    }

    /// The failure in detail. An invalid test is a failure of its whole module.
    fn failure(&self, elixir: bool, case: &TestCase) -> Failure {
        let mut failure = Failure {
            module: case.module.clone(),
            name: Some(case.name.clone()),
            test_type: case.test_type.clone(),
            file: case.file.clone(),
            line: case.line,
            errors: Vec::with_capacity(self.told.len()),
            ..Failure::default()
        };
        if case.outcome == Outcome::Invalid {
            failure.test_type = Some("setup_all".into());
            (failure.name, failure.line) = (None, None);
        }
        for told in &self.told {
            let details = details(told, elixir);
            failure.errors.extend(details.errors);
            failure.logs = failure.logs.or(details.logs);
            failure.parameters = failure.parameters.or(details.parameters);
        }
        failure
    }
}

/// Whether it is in the list of failures.
pub(super) fn is_bad(outcome: Outcome) -> bool {
    matches!(outcome, Outcome::Failed | Outcome::Invalid)
}

pub(super) fn partial(
    kind: DefectKind,
    attribute: Option<&'static str>,
    message: String,
) -> Problem {
    Problem {
        partial: true,
        kind,
        attribute,
        message,
    }
}

pub(super) fn note(attribute: &'static str, what: &str) -> Problem {
    Problem {
        partial: false,
        kind: DefectKind::Number,
        attribute: Some(attribute),
        message: format!("`{attribute}` {what}"),
    }
}
