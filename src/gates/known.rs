//! Judging new findings only: what the baseline has is left out, as far as there is one that everything was compared
//! with.

use super::tally::Tally;
use super::{Judgement, Ruling};
use crate::baseline;
use crate::policy::{FindingRules, Policy};
use crate::report::{Report, Source};

/// The judgement on these sources; on their new findings alone, where the rules of the gate or of their tool say so.
pub(super) fn compared(
    report: &Report,
    policy: &Policy,
    of: &[&Source],
    rules: &FindingRules,
    judge: impl Fn(Tally) -> Judgement,
) -> Judgement {
    let of_tool = |t| {
        policy
            .findings_of(t)
            .is_some_and(FindingRules::judges_new_only)
    };
    let new_only = |s: &Source| rules.judges_new_only() || s.tool.is_some_and(of_tool);
    let judged = |of: &[&Source]| judge(Tally::of(report, of.iter().copied(), new_only));
    let mut measured = judged(of);
    let compared: Vec<&Source> = of.iter().copied().filter(|s| new_only(s)).collect();
    if compared.is_empty() {
        return measured;
    }
    measured.limit.push_str(" new");
    let Some(because) = doubt(report, &compared) else {
        return measured;
    };
    // What certainly counts is beyond the limit whatever else there is.
    let certain = |s: &&Source| !new_only(s) || is_compared(report, s);
    let certain: Vec<&Source> = of.iter().copied().filter(certain).collect();
    if judged(&certain).ruling == Ruling::Fail {
        return measured;
    }
    Judgement {
        ruling: Ruling::Undecided,
        because,
        actual: "not compared".into(),
        ..measured
    }
}

/// Why not all of these findings were compared with a baseline.
fn doubt(report: &Report, of: &[&Source]) -> Option<String> {
    let Some(baseline) = &report.baseline else {
        return Some("only new findings are judged, but there is no baseline".into());
    };
    if let Some(trouble) = &baseline.trouble {
        return Some(format!("the baseline {} {trouble}", baseline.path));
    }
    let capped = of.iter().find(|s| baseline::is_capped(s))?;
    Some(format!(
        "{} lists only some of its findings: they cannot be compared with the baseline",
        capped.label
    ))
}

/// Whether every finding of a source was compared with a baseline.
fn is_compared(report: &Report, source: &Source) -> bool {
    let usable = report
        .baseline
        .as_ref()
        .is_some_and(|b| b.trouble.is_none());
    usable && !baseline::is_capped(source)
}
