//! The `evidence` gate: speaks only when something that was given is seen by no other gate.

use gatekeeper_parsers::Tool;

use super::{GATES, Gate, Judged, Judgement, Policy, Ruling, Weight, benchmark, doubt};
use crate::policy::Origin;
use crate::report::{Report, Source};

/// Whether another gate judges it. Benchmarks are judged where there is a limit.
fn is_judged(source: &Source, policy: &Policy) -> bool {
    let silent = |t| {
        t == Tool::Benchee
            && policy.benchmarks.is_empty()
            && policy.require.iter().all(|r| r.gate.id != benchmark::ID)
    };
    source
        .tool
        .is_some_and(|t| !silent(t) && GATES.iter().any(|g| g.tools.contains(&t)))
}

/// Sources that no other gate judges, and that are not proven.
fn unseen<'r>(report: &'r Report, policy: &Policy) -> impl Iterator<Item = &'r Source> {
    report
        .sources
        .iter()
        .filter(|s| !s.is_complete() && !is_judged(s, policy))
}

fn has_complaint(report: &Report, policy: &Policy) -> bool {
    let judged = report.sources.iter().any(|s| is_judged(s, policy));
    !judged || unseen(report, policy).next().is_some()
}

pub(super) fn judge(gate: &'static Gate, report: &Report, policy: &Policy) -> Vec<Judged> {
    if !has_complaint(report, policy) {
        return Vec::new();
    }
    let bad = unseen(report, policy).count();
    let because = match (report.sources.len(), unseen(report, policy).next()) {
        (0, _) => "there is nothing to judge".into(),
        (_, None) => "what was given is understood, but no gate judges it".into(),
        (_, Some(source)) if bad == 1 => doubt(report, source),
        (_, Some(source)) => format!(
            "{}; and {} more",
            doubt(report, source),
            bad.saturating_sub(1)
        ),
    };
    let understood = report.sources.len().saturating_sub(bad);
    let actual = format!("{understood} of {} understood", report.sources.len());
    let judgement = Judgement {
        ruling: Ruling::Undecided,
        because,
        actual,
        limit: "all".into(),
    };
    vec![Judged::new(
        gate,
        judgement,
        Weight::Fail,
        &[&Origin::DEFAULT],
    )]
}
