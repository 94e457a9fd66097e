//! Tests of all sources in sum.

use std::cmp::Reverse;
use std::collections::BTreeMap;

use gatekeeper_parsers::evidence::{Counts, Outcome, SlowModule, SlowTest, TestCase, Tests};

use super::{Source, same_run};

/// All tests of all sources together.
#[derive(Debug, Clone, Default)]
pub struct TestTotals {
    /// By outcome.
    pub counts: Counts,
    /// By type, where the sources say it.
    pub by_type: BTreeMap<String, u64>,
    /// Sum of the durations that are known, in milliseconds.
    pub duration_ms: Option<u64>,
    /// The seed, when there is one.
    pub seed: Option<u64>,
    /// `max_cases`, when there is one.
    pub max_cases: Option<u64>,
    /// The slowest tests.
    pub slowest: Vec<SlowTest>,
    /// The slowest modules, where the tool lists them.
    pub slowest_modules: Vec<SlowModule>,
    /// Named cases with the index of their source.
    pub cases: Vec<(usize, TestCase)>,
}

/// How many of the slowest tests, and modules, the report names.
const SLOWEST: usize = 10;

/// The tests of a source, unless it only repeats another source.
pub(crate) fn tests_of(source: &Source) -> Option<&Tests> {
    let tests = source.evidence.tests();
    tests.filter(|_| !same_run::repeats(source))
}

pub(super) fn totals(sources: &[Source]) -> Option<TestTotals> {
    let mut totals = TestTotals::default();
    let mut seeds = Vec::new();
    let mut max_cases = Vec::new();
    let mut any = false;
    for (index, tests) in sources
        .iter()
        .enumerate()
        .filter_map(|(i, s)| Some((i, tests_of(s)?)))
    {
        any = true;
        totals.counts.add(&tests.counts);
        for (word, n) in &tests.by_type {
            *totals.by_type.entry(word.clone()).or_default() += n;
        }
        if let Some(us) = tests.duration_us {
            *totals.duration_ms.get_or_insert(0) += us / 1000;
        }
        seeds.extend(tests.seed);
        max_cases.extend(tests.max_cases);
        totals.slowest.extend(tests.slowest.iter().cloned());
        let modules = tests.slowest_modules.iter();
        totals.slowest_modules.extend(modules.cloned());
        totals
            .cases
            .extend(tests.cases.iter().map(|c| (index, c.clone())));
    }
    if !any {
        return None;
    }
    let one = |mut values: Vec<u64>| {
        values.dedup();
        (values.len() == 1).then(|| values[0])
    };
    totals.seed = one(seeds);
    totals.max_cases = one(max_cases);
    slowest(&mut totals);
    Some(totals)
}

/// The slowest tests: as listed by the tool, else from the durations of the named cases.
pub(super) fn slowest(totals: &mut TestTotals) {
    if totals.slowest.is_empty() {
        let timed = totals.cases.iter().filter_map(|(_, c)| {
            let duration_us = c.duration_us.filter(|_| c.outcome != Outcome::Excluded)?;
            Some(SlowTest {
                module: c.module.clone().map(Into::into),
                name: c.name.clone(),
                file: c.file.clone().map(Into::into),
                line: c.line,
                duration_us,
            })
        });
        totals.slowest = timed.collect();
    }
    totals.slowest.sort_by(|a, b| {
        let place = |t: &SlowTest| (t.file.clone(), t.line, t.name.clone());
        b.duration_us
            .cmp(&a.duration_us)
            .then_with(|| place(a).cmp(&place(b)))
    });
    totals.slowest.truncate(SLOWEST);
    let place = |m: &SlowModule| (Reverse(m.duration_us), m.module.clone());
    totals.slowest_modules.sort_by_key(place);
    totals.slowest_modules.truncate(SLOWEST);
}
