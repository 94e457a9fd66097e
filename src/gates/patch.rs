//! The `coverage.patch` gate: the lines that changed, in whole numbers, with nothing left open.

use super::{Gate, Judged, Judgement, Policy, Ruling, Weight, count, gate, proven};
use crate::compare::lines_in;
use crate::compare::patch::{Patch, not_relevant};
use crate::coverage::{hundredths, percent};
use crate::policy::Origin;
use crate::report::Report;

pub(super) const ID: &str = "coverage.patch";

pub(super) fn judge(own: &'static Gate, report: &Report, policy: &Policy) -> Vec<Judged> {
    if !policy.judges_patch() {
        return Vec::new();
    }
    let rule = policy.coverage.patch.as_ref();
    let demanded = policy.require.iter().find(|r| r.gate.id == ID);
    let origin = match (rule, demanded) {
        (Some(rule), _) => &rule.min.origin,
        (None, Some(required)) => &required.origin,
        (None, None) => &Origin::DEFAULT,
    };
    let weight = rule.map_or(Weight::Fail, |r| r.severity);
    let measured = measured(report, rule.map(|r| r.min.value));
    // Its evidence is that of the coverage gate.
    let judgement = proven(gate("coverage").unwrap_or(own), report, measured);
    vec![Judged::new(own, judgement, weight, &[origin])]
}

fn measured(report: &Report, min: Option<u64>) -> Judgement {
    let limit = match min {
        Some(min) => format!(">= {} %", hundredths(min)),
        None => "measured".to_owned(),
    };
    let undecided = |because: String| Judgement {
        ruling: Ruling::Undecided,
        because,
        actual: "nothing measured".into(),
        limit: limit.clone(),
    };
    match &report.patch {
        None => undecided("it is not known since when: name the base with --base".into()),
        Some(Err(why)) => undecided(why.clone()),
        Some(Ok(patch)) => {
            let (ruling, because) = rule(patch, min.unwrap_or(0));
            Judgement {
                ruling,
                because,
                actual: actual(patch),
                limit,
            }
        }
    }
}

fn actual(patch: &Patch) -> String {
    match percent(patch.covered, patch.relevant) {
        Some(percent) => format!("{percent} %"),
        None => "nothing to measure".into(),
    }
}

fn rule(patch: &Patch, min: u64) -> (Ruling, String) {
    let enough = |covered: u64, relevant: u64| {
        u128::from(covered) * 10_000 >= u128::from(min) * u128::from(relevant)
    };
    let (covered, relevant) = (patch.covered, patch.relevant);
    let of = match relevant {
        0 => nothing(patch),
        _ => format!("{covered} of {} covered", count(relevant, "changed line")),
    };
    if let Some(first) = patch.open().next() {
        let hidden: u64 = patch.open().map(|n| lines_in(&n.lines)).sum();
        // Of a file that git cannot show, any number of lines may have changed.
        let bounded = patch.open().all(|n| !n.lines.is_empty());
        let best = (
            covered.saturating_add(hidden),
            relevant.saturating_add(hidden),
        );
        if bounded && !enough(best.0, best.1) {
            return (Ruling::Fail, format!("{of}; more are not known"));
        }
        let more = match patch.open().count() {
            1 => String::new(),
            n => format!(" (and {} more)", n - 1),
        };
        let because = format!("{} changed, but {}{more}", first.path, first.why.words());
        return (Ruling::Undecided, because);
    }
    match enough(covered, relevant) {
        true => (Ruling::Pass, of),
        false => (Ruling::Fail, of),
    }
}

fn nothing(patch: &Patch) -> String {
    match (not_relevant(patch), patch.whitespace) {
        (0, 0) => "no code changed".into(),
        (0, n) => format!("only spaces changed, in {}", count(n, "line")),
        (n, _) => format!("{} changed, none of them relevant", count(n, "line")),
    }
}
