//! The `tests` gate: something ran, nothing failed, nothing was invalid.

use super::{Gate, Judgement, Policy, Ruling, count, proven};
use crate::report::Report;
use gatekeeper_parsers::evidence::Counts;

pub(super) fn judge(gate: &Gate, report: &Report, _: &Policy) -> Judgement {
    let counts = report.tests.as_ref().map(|t| t.counts).unwrap_or_default();
    let (ruling, because) = rule(&counts);
    let limit = "0 failed".to_owned();
    proven(
        gate,
        report,
        Judgement {
            ruling,
            because,
            actual: actual(&counts),
            limit,
        },
    )
}

fn rule(c: &Counts) -> (Ruling, String) {
    if c.failed > 0 || c.invalid > 0 {
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
        return (Ruling::Fail, parts.join(", "));
    }
    if c.ran() == 0 {
        return (Ruling::Undecided, nothing_ran(c));
    }
    (
        Ruling::Pass,
        format!("{} ran and passed", count(c.ran(), "test")),
    )
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
