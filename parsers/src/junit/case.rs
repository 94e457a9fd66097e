//! One `testcase`: its outcome and its details.

use super::failure::{Told, details};
use super::suite::{Suite, Tally};
use crate::defect::DefectKind;
use crate::evidence::{Failure, Outcome, TestCase};
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

/// A case while it is open.
#[derive(Debug, Default)]
pub(super) struct Case {
    pub(super) name: Option<String>,
    pub(super) class: Option<String>,
    pub(super) file: Option<String>,
    pub(super) line: Option<String>,
    pub(super) time: Option<String>,
    pub(super) status: Option<String>,
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
    /// In detail, when it is kept or failed.
    pub(super) case: Option<TestCase>,
    pub(super) failure: Option<Failure>,
    pub(super) tally: Tally,
    pub(super) problems: Vec<Problem>,
}

impl Case {
    /// Starts a case, in the memory of one that is over: there may be millions of them.
    pub(super) fn begin(&mut self, attrs: &Attrs<'_>) {
        let text = |key| attrs.text(key);
        set(&mut self.name, attrs.get("name"));
        set(&mut self.class, text("classname").or_else(|| text("class")));
        set(&mut self.file, text("file"));
        set(&mut self.line, text("line"));
        set(&mut self.time, text("time"));
        set(&mut self.status, text("status").or_else(|| text("result")));
        self.told.clear();
        (self.failures, self.errors) = (0, 0);
        self.skipped = None;
        (self.flaky, self.rerun) = (false, false);
    }

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

    /// The case is over. `full` says that no further case is kept in detail.
    pub(super) fn settle(&self, suite: &Suite, full: bool) -> Settled {
        let elixir = suite.elixir
            || self
                .class
                .as_deref()
                .is_some_and(|c| c.starts_with("Elixir."));
        let mut problems = Vec::new();
        let outcome = self.outcome(elixir, &mut problems);
        let bad = matches!(outcome, Outcome::Failed | Outcome::Invalid);
        self.check(&mut problems);
        let case = (bad || !full).then(|| self.named(elixir, outcome, suite));
        let is = |yes: bool| u64::from(yes);
        let tally = Tally {
            cases: 1,
            failed: is(self.failures > 0),
            failures: self.failures,
            erred: is(self.errors > 0),
            errors: self.errors,
            skipped: is(matches!(outcome, Outcome::Skipped | Outcome::Excluded)),
        };
        let failed = case.as_ref().filter(|_| bad);
        let failure = failed.map(|case| self.failure(elixir, case));
        Settled {
            elixir,
            outcome,
            case,
            failure,
            tally,
            problems,
        }
    }

    /// `failure` weighs more than `error`, and `error` more than `skipped`.
    fn outcome(&self, elixir: bool, problems: &mut Vec<Problem>) -> Outcome {
        let status = self.status.as_deref().unwrap_or_default();
        let status = status.to_ascii_lowercase();
        if self.failures > 0 {
            Outcome::Failed
        } else if self.errors > 0 {
            if elixir {
                Outcome::Invalid
            } else {
                Outcome::Failed
            }
        } else if matches!(
            status.as_str(),
            "failed" | "failure" | "fail" | "error" | "broken"
        ) {
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
        } else if matches!(
            status.as_str(),
            "notrun" | "skipped" | "disabled" | "suppressed" | "ignored"
        ) {
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
            ..Failure::default()
        };
        if case.outcome == Outcome::Invalid {
            failure.test_type = Some("setup_all".to_owned());
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

/// Puts a text where one of the last case may be.
fn set(slot: &mut Option<String>, text: Option<&str>) {
    match (slot, text) {
        (Some(old), Some(text)) => {
            old.clear();
            old.push_str(text);
        }
        (slot, text) => *slot = text.map(str::to_owned),
    }
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
