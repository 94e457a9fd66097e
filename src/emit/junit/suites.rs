//! Which cases there are: those that a source names, failures without one, and tests that nobody names.

use std::collections::HashMap;

use gatekeeper_parsers::evidence::{Counts, Outcome, TestCase};

use super::place;
use crate::report::{Report, ReportFailure};
use crate::waiver::Status;

/// Cases for tests that no source names.
const NOT_NAMED: u64 = 20_000;

/// One case as it is written.
pub(super) struct Case<'a> {
    pub(super) name: String,
    pub(super) file: Option<String>,
    pub(super) outcome: Outcome,
    pub(super) ms: u64,
    pub(super) reason: Option<&'a str>,
    pub(super) failure: Option<&'a ReportFailure>,
}

impl Case<'_> {
    /// Whether a waiver covers its failure.
    pub(super) fn waived(&self) -> bool {
        let waived = self.failure.is_some_and(|f| f.status == Status::Waived);
        waived && self.outcome == Outcome::Failed
    }

    /// The outcome that is written: a failure that is accepted counts as skipped.
    pub(super) fn shown(&self) -> Outcome {
        if self.waived() {
            Outcome::Skipped
        } else {
            self.outcome
        }
    }
}

/// Cases of one module of one source.
pub(super) struct Suite<'a> {
    pub(super) name: String,
    pub(super) cases: Vec<Case<'a>>,
}

pub(super) fn add(counts: &mut Counts, outcome: Outcome) {
    let slot = match outcome {
        Outcome::Passed => &mut counts.passed,
        Outcome::Failed => &mut counts.failed,
        Outcome::Invalid => &mut counts.invalid,
        Outcome::Skipped => &mut counts.skipped,
        Outcome::Excluded => &mut counts.excluded,
    };
    *slot = slot.saturating_add(1);
}

/// Suites in order of appearance.
#[derive(Default)]
pub(super) struct Suites<'a> {
    pub(super) list: Vec<Suite<'a>>,
    pub(super) index: HashMap<(usize, String), usize>,
    pub(super) counts: Counts,
}

/// What tells one test of a source from another.
type Key<'a> = (usize, Option<&'a str>, Option<&'a str>);

impl<'a> Suites<'a> {
    pub(super) fn fill(&mut self, report: &'a Report) {
        let mut failures: HashMap<Key<'a>, Vec<&'a ReportFailure>> = HashMap::new();
        let tests = report.failures.iter();
        for f in tests.filter(|f| f.failure.test_type.as_deref() != Some("compile")) {
            failures.entry(key(f)).or_default().push(f);
        }
        failures.values_mut().for_each(|of| of.reverse());
        for (source, case) in report.tests.iter().flat_map(|t| &t.cases) {
            let key = (*source, case.module.as_deref(), Some(case.name.as_str()));
            let failure = match case.outcome {
                Outcome::Failed => failures.get_mut(&key).and_then(Vec::pop),
                Outcome::Invalid => {
                    let of = failures.get(&(*source, case.module.as_deref(), None));
                    of.and_then(|f| f.first().copied())
                }
                Outcome::Passed | Outcome::Skipped | Outcome::Excluded => None,
            };
            self.push(*source, case.module.as_deref(), of_case(case, failure));
        }
        let named = self.counts;
        for f in report.failures.iter() {
            let open = failures.get_mut(&key(f));
            // A set-up that failed shows in the tests that it made invalid, where these are named.
            let shown = f.failure.name.is_none() && named.invalid > 0;
            if !shown && open.is_some_and(|of| of.pop().is_some()) {
                self.push(f.source, f.failure.module.as_deref(), of_failure(f));
            }
        }
    }

    fn push(&mut self, source: usize, module: Option<&str>, (elixir, case): (bool, Case<'a>)) {
        let module = module.unwrap_or("(no module)");
        let name = match module.strip_prefix(':') {
            Some(atom) if elixir => atom.to_owned(),
            _ if elixir => format!("Elixir.{module}"),
            _ => module.to_owned(),
        };
        add(&mut self.counts, case.outcome);
        let next = self.list.len();
        let at = *self.index.entry((source, name.clone())).or_insert(next);
        match self.list.get_mut(at) {
            Some(suite) => suite.cases.push(case),
            None => self.list.push(Suite {
                name,
                cases: vec![case],
            }),
        }
    }
}

fn key(f: &ReportFailure) -> Key<'_> {
    (
        f.source,
        f.failure.module.as_deref(),
        f.failure.name.as_deref(),
    )
}

/// The type of a test stands before its name; only Elixir's tests have one.
fn typed(test_type: Option<&str>, name: &str) -> (bool, String) {
    match test_type {
        Some(word) => (true, format!("{word} {name}")),
        None => (false, name.to_owned()),
    }
}

fn of_case<'a>(case: &'a TestCase, failure: Option<&'a ReportFailure>) -> (bool, Case<'a>) {
    let (elixir, name) = typed(case.test_type.as_deref(), &case.name);
    let case = Case {
        name,
        file: place(case.file.as_deref(), case.line),
        outcome: case.outcome,
        ms: case.duration_us.unwrap_or(0) / 1000,
        reason: case.reason.as_deref(),
        failure,
    };
    (elixir, case)
}

fn of_failure(f: &ReportFailure) -> (bool, Case<'_>) {
    let x = &f.failure;
    let (elixir, name) = match &x.name {
        Some(name) => typed(x.test_type.as_deref(), name),
        None => (true, "setup_all".to_owned()),
    };
    let case = Case {
        name,
        file: place(x.file.as_deref(), x.line),
        outcome: if x.name.is_some() {
            Outcome::Failed
        } else {
            Outcome::Invalid
        },
        ms: 0,
        reason: None,
        failure: Some(f),
    };
    (elixir, case)
}

/// Tests that were counted and not named.
pub(super) fn not_named<'a>(report: &Report, named: &Counts) -> Option<Suite<'a>> {
    let counts = report.tests.as_ref()?.counts;
    let rest = [
        (Outcome::Failed, counts.failed.saturating_sub(named.failed)),
        (
            Outcome::Invalid,
            counts.invalid.saturating_sub(named.invalid),
        ),
        (Outcome::Passed, counts.passed.saturating_sub(named.passed)),
        (
            Outcome::Skipped,
            counts.skipped.saturating_sub(named.skipped),
        ),
        (
            Outcome::Excluded,
            counts.excluded.saturating_sub(named.excluded),
        ),
    ];
    let mut room = NOT_NAMED;
    let mut cases = Vec::new();
    for (outcome, n) in rest {
        let shown = n.min(room);
        room -= shown;
        cases.extend((1..=shown).map(|i| Case {
            name: format!("test {} {i}", outcome.id()),
            file: None,
            outcome,
            ms: 0,
            reason: None,
            failure: None,
        }));
    }
    (!cases.is_empty()).then(|| Suite {
        name: "Elixir.NotNamed".into(),
        cases,
    })
}
