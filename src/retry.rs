//! Failed tests that were run again alone: what that shows. Pure.
//!
//! A test that fails and passes, on the same files, is flaky. It stays a failure with a tag, and the sources of the runs
//! that show it are listed; only a budget of the policy (`tests.max_flaky`) forgives it. What runs again are the exact
//! commands of the failures, first with the seed of the run, then with others.
//!
//! A run again is evidence about its test alone: it is set aside, and counts nowhere else. It must name the test, so our
//! own formatter must have been there; that nothing failed among unnamed dots shows nothing.

use std::collections::BTreeSet;

use gatekeeper_parsers::evidence::{Failure, Outcome, Tests};
use gatekeeper_parsers::{Defect, DefectKind, Position};

use crate::failures::{FLAKY, TAGS, TOGETHER};
use crate::report::{Report, ReportFailure, Source};
use crate::waiver::Status;

/// More failures than this are no flakes: they have a cause, and it is found quicker than they are run.
pub const MOST: usize = 10;

/// Message of the note on sources that are set aside.
const AGAIN: &str = "a failed test, run again alone; not counted";

/// Sets the sources of a run aside that only ran a failed test again.
pub fn set_aside(sources: &mut [Source]) {
    for source in sources {
        // It is no shard that arrived once more.
        source.shard = None;
        let defect = Defect::new(DefectKind::Foreign, AGAIN, Position::default());
        source.defects.push(defect);
    }
}

/// Whether it was set aside.
pub(crate) fn is_aside(source: &Source) -> bool {
    let told = |d: &Defect| d.kind == DefectKind::Foreign && d.message == AGAIN;
    source.defects.iter().any(told)
}

/// The commands that run a failure again, in order: as it ran, then with seeds that ExUnit draws. None for what no
/// second run can excuse.
#[must_use]
pub fn commands(failure: &ReportFailure, times: u32) -> Vec<String> {
    let Some(rerun) = failure.rerun.as_ref().filter(|_| can_be_flaky(failure)) else {
        return Vec::new();
    };
    let anew = rerun
        .rsplit_once(" --seed ")
        .map_or(rerun.as_str(), |(command, _)| command);
    let more = std::iter::repeat_n(anew, usize::try_from(times).unwrap_or(0));
    let mut all: Vec<String> = more.map(str::to_owned).collect();
    if let Some(first) = all.first_mut() {
        first.clone_from(rerun);
    }
    all
}

/// Whether it is a test with a name of its own: a set-up, or a file that does not compile, is none.
fn can_be_flaky(failure: &ReportFailure) -> bool {
    let kind = failure.failure.test_type.as_deref().unwrap_or("test");
    failure.failure.module.is_some()
        && failure.failure.name.is_some()
        && !["setup_all", "compile", "boot"].contains(&kind)
        && failure.status != Status::Waived
}

/// Whether these sources show that the test passes.
#[must_use]
pub fn passes(failure: &Failure, sources: &[Source]) -> bool {
    sources.iter().any(|source| {
        let tests = source.evidence.tests();
        source.is_complete() && tests.is_some_and(|tests| is_passed(failure, tests))
    })
}

/// Nothing failed, and the test is named and passed: with every set of its parameters.
fn is_passed(failure: &Failure, tests: &Tests) -> bool {
    let same = |case: &&gatekeeper_parsers::evidence::TestCase| {
        case.app == failure.app
            && case.module == failure.module
            && Some(&case.name) == failure.name.as_ref()
    };
    let mut cases = tests.cases.iter().filter(same).peekable();
    tests.counts.failed == 0
        && tests.counts.invalid == 0
        && cases.peek().is_some()
        && cases.all(|case| case.outcome == Outcome::Passed)
}

/// Tags the failures that passed when they were run again.
pub(crate) fn mark(failures: &mut [ReportFailure], sources: &[Source]) {
    let aside: Vec<Source> = sources.iter().filter(|s| is_aside(s)).cloned().collect();
    if aside.is_empty() {
        return;
    }
    let tag = |id: &str| TAGS.iter().find(|t| t.id == id);
    let (mut alone, mut modules) = (Vec::new(), BTreeSet::new());
    for (n, failure) in failures.iter_mut().enumerate() {
        if can_be_flaky(failure) && passes(&failure.failure, &aside) {
            failure.class.tags.extend(tag(FLAKY));
            if !aside.iter().any(|source| fails(&failure.failure, source)) {
                alone.push(n);
                modules.insert(failure.failure.module.clone());
            }
        }
    }
    // One that passes alone may be chance. What tests of several modules share is worth a look.
    if modules.len() > 1 {
        for n in alone {
            failures[n].class.tags.extend(tag(TOGETHER));
        }
    }
}

/// Whether it failed, as tests of other modules did, and passed each time that it was run alone.
#[must_use]
pub fn fails_only_together(failure: &ReportFailure) -> bool {
    failure.class.tags.iter().any(|t| t.id == TOGETHER)
}

/// Whether a run again shows that the test fails alone too. A run that shows nothing may have.
fn fails(failure: &Failure, source: &Source) -> bool {
    let Some(tests) = source.evidence.tests() else {
        return false;
    };
    let same = |other: &Failure| {
        (&other.app, &other.module, &other.name) == (&failure.app, &failure.module, &failure.name)
    };
    let cases = tests.cases.iter().filter(|case| {
        case.app == failure.app
            && case.module == failure.module
            && Some(&case.name) == failure.name.as_ref()
    });
    let mut outcomes = cases.map(|case| case.outcome);
    tests.failures.iter().any(same)
        || outcomes.any(|o| matches!(o, Outcome::Failed | Outcome::Invalid))
}

/// Whether it failed and passed.
#[must_use]
pub fn is_flaky(failure: &ReportFailure) -> bool {
    failure.class.tags.iter().any(|t| t.id == FLAKY)
}

/// Flaky tests that no waiver covers; one that is printed twice is one.
#[must_use]
pub fn flaky_tests(report: &Report) -> u64 {
    let flaky = report
        .failures
        .iter()
        .filter(|f| is_flaky(f) && f.status != Status::Waived);
    let names = flaky.map(|f| {
        let x = &f.failure;
        (f.source, &x.app, &x.module, &x.name, &x.parameters)
    });
    names.collect::<BTreeSet<_>>().len() as u64
}
