//! The gates on tests: something ran, nothing failed, nothing was invalid; and, where the policy says so, not too many
//! were skipped, and they were quick.

use super::{Gate, Judged, Judgement, Policy, Ruling, count, proven};
use crate::policy::{Origin, TestRules, seconds};
use crate::report::{Report, tests_of};
use crate::waiver;
use gatekeeper_parsers::evidence::Counts;

pub(super) fn judge(gate: &'static Gate, report: &Report, policy: &Policy) -> Vec<Judged> {
    let rules = &policy.tests;
    let counts = counts(report);
    let (ruling, because) = rule(&counts, rules, waiver::failed_tests(report));
    let judgement = Judgement {
        ruling,
        because,
        actual: actual(&counts),
        limit: limit(rules),
    };
    let origins = [
        &rules.max_failed.origin,
        &rules.max_invalid.origin,
        &rules.min_run.origin,
    ];
    let from = said(&origins);
    vec![Judged::new(
        gate,
        proven(gate, report, judgement),
        rules.severity.value,
        &from,
    )]
}

/// The origins that somebody wrote; the default alone when nobody did.
fn said<'a>(all: &[&'a Origin]) -> Vec<&'a Origin> {
    let written: Vec<&Origin> = all
        .iter()
        .copied()
        .filter(|o| **o != Origin::DEFAULT)
        .collect();
    if written.is_empty() {
        vec![&Origin::DEFAULT]
    } else {
        written
    }
}

fn counts(report: &Report) -> Counts {
    report.tests.as_ref().map(|t| t.counts).unwrap_or_default()
}

fn limit(rules: &TestRules) -> String {
    let mut limit = match rules.max_failed.value {
        0 => "0 failed".to_owned(),
        n => format!("<= {n} failed"),
    };
    if rules.max_invalid.value > 0 {
        limit = format!("{limit}, <= {} invalid", rules.max_invalid.value);
    }
    if rules.min_run.value > 1 {
        limit = format!("{limit}, >= {} ran", rules.min_run.value);
    }
    limit
}

fn rule(c: &Counts, rules: &TestRules, waived: u64) -> (Ruling, String) {
    let mut parts = Vec::new();
    if c.failed > 0 {
        parts.push(format!("{} of {} failed", c.failed, count(c.ran(), "test")));
    }
    if c.invalid > 0 {
        parts.push(format!(
            "{} could not run because setup_all failed",
            count(c.invalid, "test")
        ));
    }
    if waived > 0 {
        parts.push(format!("{waived} waived"));
    }
    if c.failed.saturating_sub(waived) > rules.max_failed.value
        || c.invalid > rules.max_invalid.value
    {
        return (Ruling::Fail, parts.join(", "));
    }
    if c.ran() == 0 {
        return (Ruling::Undecided, nothing_ran(c));
    }
    if c.ran() < rules.min_run.value {
        let because = format!("only {} ran", count(c.ran(), "test"));
        return (Ruling::Fail, because);
    }
    if !parts.is_empty() {
        return (
            Ruling::Pass,
            format!("{}; no more than is accepted", parts.join(", ")),
        );
    }
    (
        Ruling::Pass,
        format!("{} ran and passed", count(c.ran(), "test")),
    )
}

pub(super) fn skipped(gate: &'static Gate, report: &Report, policy: &Policy) -> Vec<Judged> {
    let rules = &policy.tests;
    let Some(max) = &rules.max_skipped else {
        return Vec::new();
    };
    let n = counts(report).skipped;
    let judgement = Judgement {
        ruling: if n <= max.value {
            Ruling::Pass
        } else {
            Ruling::Fail
        },
        because: format!(
            "{} skipped",
            if n == 1 {
                "1 test is".into()
            } else {
                format!("{n} tests are")
            }
        ),
        actual: n.to_string(),
        limit: format!("<= {}", max.value),
    };
    let weight = rules
        .skipped_severity
        .as_ref()
        .unwrap_or(&rules.severity)
        .value;
    vec![Judged::new(
        gate,
        proven(gate, report, judgement),
        weight,
        &[&max.origin],
    )]
}

pub(super) fn speed(gate: &'static Gate, report: &Report, policy: &Policy) -> Vec<Judged> {
    let rules = &policy.tests;
    let Some(max) = &rules.max_ms_per_100 else {
        return Vec::new();
    };
    let ran = counts(report).ran();
    let (ruling, because, actual) = match milliseconds(report) {
        _ if ran == 0 => (
            Ruling::Undecided,
            "no test ran".to_owned(),
            "nothing measured".into(),
        ),
        None => (
            Ruling::Undecided,
            "a test run does not say how long it took".to_owned(),
            "nothing measured".into(),
        ),
        Some(ms) => {
            let within = u128::from(ms) * 100 <= u128::from(max.value) * u128::from(ran);
            let per_100 = u64::try_from(u128::from(ms) * 100 / u128::from(ran)).unwrap_or(u64::MAX);
            (
                if within { Ruling::Pass } else { Ruling::Fail },
                format!("{} took {} s", count(ran, "test"), seconds(ms)),
                format!("{} s per 100", seconds(per_100)),
            )
        }
    };
    let limit = format!("<= {} s per 100", seconds(max.value));
    let judgement = Judgement {
        ruling,
        because,
        actual,
        limit,
    };
    let weight = rules
        .speed_severity
        .as_ref()
        .unwrap_or(&rules.severity)
        .value;
    vec![Judged::new(
        gate,
        proven(gate, report, judgement),
        weight,
        &[&max.origin],
    )]
}

/// How long all runs took; `None` when one of them does not say.
fn milliseconds(report: &Report) -> Option<u64> {
    let mut microseconds = 0u64;
    for tests in report.sources.iter().filter_map(tests_of) {
        microseconds = microseconds.saturating_add(tests.duration_us?);
    }
    Some(microseconds.div_ceil(1000))
}

fn nothing_ran(c: &Counts) -> String {
    match (c.skipped, c.excluded) {
        (0, 0) => "no test ran".into(),
        (s, 0) => format!("no test ran: {} skipped", all_were(s)),
        (0, x) => format!("no test ran: {} excluded by a filter", all_were(x)),
        (s, x) => format!("no test ran: {s} skipped, {x} excluded by a filter"),
    }
}

fn all_were(n: u64) -> String {
    if n == 1 {
        "the only one was".into()
    } else {
        format!("all {n} were")
    }
}

fn actual(c: &Counts) -> String {
    let mut parts = vec![format!("{} ran", c.ran())];
    for (n, word) in [
        (c.failed, "failed"),
        (c.invalid, "invalid"),
        (c.skipped, "skipped"),
        (c.excluded, "excluded"),
    ] {
        if n > 0 {
            parts.push(format!("{n} {word}"));
        }
    }
    parts.join(", ")
}
