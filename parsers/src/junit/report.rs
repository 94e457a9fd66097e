//! What the whole report comes to.

use std::collections::HashSet;
use std::io;

use super::case::{Settled, is_bad};
use super::naming::words;
use super::suite::Suite;
use crate::defect::{Completeness, Defect, DefectKind, Parsed, Position};
use crate::evidence::{Evidence, Failure, Name, Outcome, TestCase, Tests};
use crate::input::Limits;
use crate::names::Names;

/// Types of tests that are counted apart.
const TYPES: usize = 100;

/// Evidence and defects while the document is read.
pub(super) struct Report<'a> {
    parsed: Parsed<Tests>,
    limits: &'a Limits,
    /// Types of tests, and how many there are of each.
    types: Vec<(String, u64)>,
    /// Modules whose set-up failed: one failure for each.
    invalid: HashSet<Name>,
    /// Different seeds that were seen.
    seeds: Seeds,
    /// Whether there was no room for a case.
    full: bool,
    /// Names that cases share.
    pub(super) names: Names,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Seeds {
    None,
    One(u64),
    Many,
}

impl<'a> Report<'a> {
    pub(super) fn new(limits: &'a Limits) -> Self {
        Self {
            parsed: Parsed::complete(Tests::default()),
            limits,
            types: Vec::new(),
            invalid: HashSet::new(),
            seeds: Seeds::None,
            full: false,
            names: Names::default(),
        }
    }

    /// Notes a defect, and lowers the completeness if told to. No more defects than details are kept.
    pub(super) fn defect(
        &mut self,
        partial: bool,
        kind: DefectKind,
        message: String,
        at: Position,
    ) {
        if partial {
            self.parsed.completeness = self.parsed.completeness.max(Completeness::Partial);
        }
        if self.parsed.defects.len() < self.limits.details {
            self.parsed.note(Defect::new(kind, message, at));
        }
    }

    /// `<property name="seed" …>`.
    pub(super) fn seed(&mut self, seed: Option<u64>) {
        self.seeds = match (self.seeds, seed) {
            (Seeds::None, Some(n)) => Seeds::One(n),
            (Seeds::One(a), Some(n)) if a == n => Seeds::One(a),
            _ => Seeds::Many,
        };
    }

    /// Whether a case of this outcome is told in detail.
    pub(super) fn keeps(&self, outcome: Outcome) -> bool {
        is_bad(outcome) || !self.full
    }

    /// A case came to its end; `word` is the type of the test.
    pub(super) fn case(
        &mut self,
        settled: Settled,
        word: Option<&[u8]>,
        at: &dyn Fn() -> Position,
    ) {
        for problem in settled.problems {
            let place = match problem.attribute {
                Some(name) => under(&at(), name),
                None => at(),
            };
            self.defect(problem.partial, problem.kind, problem.message, place);
        }
        let counts = &mut self.parsed.value.counts;
        let count = match settled.outcome {
            Outcome::Passed => &mut counts.passed,
            Outcome::Failed => &mut counts.failed,
            Outcome::Invalid => &mut counts.invalid,
            Outcome::Skipped => &mut counts.skipped,
            Outcome::Excluded => &mut counts.excluded,
        };
        *count = count.saturating_add(1);
        if let Some(word) = word.filter(|_| settled.outcome != Outcome::Excluded) {
            self.count(word);
        }
    }

    fn count(&mut self, word: &[u8]) {
        let mut types = self.types.iter_mut();
        if let Some((_, n)) = types.find(|(known, _)| known.as_bytes() == word) {
            *n = n.saturating_add(1);
        } else if self.types.len() < TYPES {
            self.types.push((words(word), 1));
        }
    }

    /// The same case in detail: kept, as long as there is room.
    pub(super) fn details(
        &mut self,
        case: TestCase,
        failure: Option<Failure>,
        at: &dyn Fn() -> Position,
    ) {
        let (tests, max) = (&mut self.parsed.value, self.limits.details);
        let told = case.outcome != Outcome::Invalid || {
            let module = case.module.clone().unwrap_or_default();
            self.invalid.len() < max && self.invalid.insert(module)
        };
        if told && tests.failures.len() < max {
            tests.failures.extend(failure.map(|mut failure| {
                failure.shrink();
                failure
            }));
        }
        if tests.cases.len() < max {
            tests.cases.push(case);
        } else if !std::mem::replace(&mut self.full, true) {
            let message = "more test cases than are kept in detail".into();
            self.defect(false, DefectKind::Limit, message, at());
        }
    }

    /// A suite came to its end.
    pub(super) fn suite(&mut self, suite: &Suite, at: &dyn Fn() -> Position) {
        for (kind, attribute, message) in suite.problems() {
            self.defect(true, kind, message, under(&at(), attribute));
        }
    }

    /// The duration of the whole run.
    pub(super) fn duration(&mut self, us: Option<u64>) {
        self.parsed.value.duration_us = us;
    }

    /// Cases of every outcome.
    fn cases(&self) -> u64 {
        let counts = &self.parsed.value.counts;
        counts.total().saturating_add(counts.excluded)
    }

    /// The document is over. `root` says whether there was one of ours.
    pub(super) fn finish(mut self, root: bool) -> Parsed<Evidence> {
        if !root {
            self.parsed.completeness = Completeness::Unreadable;
            return self.parsed.map(|_| Evidence::Nothing);
        }
        if self.cases() == 0 && self.parsed.completeness == Completeness::Complete {
            let message = "there is no test case".into();
            self.defect(false, DefectKind::NothingRan, message, Position::default());
        }
        self.parsed.value.by_type = self.types.into_iter().collect();
        self.parsed.value.seed = match self.seeds {
            Seeds::One(seed) => Some(seed),
            Seeds::None | Seeds::Many => None,
        };
        self.parsed.map(Evidence::Tests)
    }
}

/// The place of an attribute.
pub(super) fn under(at: &Position, attribute: &str) -> Position {
    let path = at.path.as_deref().unwrap_or_default();
    Position {
        path: Some(format!("{path}/@{attribute}")),
        ..at.clone()
    }
}

/// What follows the document could not be read.
pub(super) fn unread(mut parsed: Parsed<Evidence>, error: &io::Error) -> Parsed<Evidence> {
    let message = format!("reading stopped: {error}");
    let defect = Defect::new(DefectKind::Io, message, Position::default());
    parsed.lower(Completeness::Partial, defect);
    parsed
}
