//! The `evidence` gate: speaks only when something that was given is seen by no other gate.

use super::{GATES, Gate, Judged, Judgement, Policy, Ruling, Weight, doubt};
use crate::policy::Origin;
use crate::report::{Report, Source};

/// Whether another gate judges it.
fn is_judged(source: &Source) -> bool {
    source
        .tool
        .is_some_and(|t| GATES.iter().any(|g| g.tools.contains(&t)))
}

/// Sources that no other gate judges, and that are not proven.
fn unseen(report: &Report) -> impl Iterator<Item = &Source> {
    report
        .sources
        .iter()
        .filter(|s| !s.is_complete() && !is_judged(s))
}

fn has_complaint(report: &Report) -> bool {
    !report.sources.iter().any(is_judged) || unseen(report).next().is_some()
}

pub(super) fn judge(gate: &'static Gate, report: &Report, _: &Policy) -> Vec<Judged> {
    if !has_complaint(report) {
        return Vec::new();
    }
    let bad = unseen(report).count();
    let because = match (report.sources.len(), unseen(report).next()) {
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
