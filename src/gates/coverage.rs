//! The `coverage` gate: whole numbers against the limit; a rounded percentage only where it cannot mislead.

use super::{Gate, Judged, Judgement, Policy, Ruling, proven};
use crate::coverage::{CoverageReport, Printed, hundredths, percent};
use crate::report::Report;

pub(super) fn judge(gate: &'static Gate, report: &Report, policy: &Policy) -> Vec<Judged> {
    let rules = &policy.coverage;
    let min = rules.min.value;
    let limit = format!(">= {} %", hundredths(min));
    let nothing = CoverageReport::default();
    let coverage = report.coverage.as_ref().unwrap_or(&nothing);
    let (mut ruling, mut because, actual) = match coverage.lines {
        Some((covered, relevant)) => exact(covered, relevant, min),
        None => printed(&coverage.printed, min),
    };
    let below = coverage
        .others
        .iter()
        .find(|(_, total)| total.below <= min.saturating_mul(2));
    if let Some((label, total)) = below
        && ruling == Ruling::Pass
    {
        ruling = Ruling::Undecided;
        because = format!("{because}, but {label} says {} %", hundredths(total.shown));
    }
    if let Some(missed) = coverage.missed.first()
        && ruling != Ruling::Fail
    {
        ruling = Ruling::Fail;
        because = format!(
            "the project's own minimum of {} was not reached: {}",
            missed.required, missed.measured
        );
    }
    let judgement = Judgement {
        ruling,
        because,
        actual,
        limit,
    };
    let judgement = proven(gate, report, judgement);
    vec![Judged::new(
        gate,
        judgement,
        rules.severity.value,
        &[&rules.min.origin],
    )]
}

/// Exact: `covered / relevant >= min / 10000` in whole numbers.
pub(super) fn exact(covered: u64, relevant: u64, min: u64) -> (Ruling, String, String) {
    let Some(percent) = percent(covered, relevant) else {
        return (
            Ruling::Undecided,
            "no source knows a line that could be covered".into(),
            "nothing measured".into(),
        );
    };
    let actual = format!("{percent} %");
    let of = format!("{covered} of {relevant} lines are covered");
    if u128::from(covered) * 10_000 >= u128::from(min) * u128::from(relevant) && covered <= relevant
    {
        (Ruling::Pass, of, actual)
    } else {
        (Ruling::Fail, of, actual)
    }
}

/// Printed totals, one per app: each says only between which bounds the exact value lies.
pub(super) fn printed(totals: &[Printed], min: u64) -> (Ruling, String, String) {
    let (Some(lowest), Some(highest)) = (totals.iter().min(), totals.iter().max()) else {
        return (
            Ruling::Undecided,
            "no source says how much is covered".into(),
            "nothing measured".into(),
        );
    };
    let one = lowest == highest;
    let actual = match one {
        true => format!("{} %", hundredths(lowest.shown)),
        false => format!(
            "{} % to {} %",
            hundredths(lowest.shown),
            hundredths(highest.shown)
        ),
    };
    let min = min.saturating_mul(2);
    if lowest.at_least >= min {
        return (
            Ruling::Pass,
            format!("the table's total is {actual}"),
            actual,
        );
    }
    if highest.below <= min {
        return (
            Ruling::Fail,
            format!("the table's total is {actual}"),
            actual,
        );
    }
    let because = match one {
        true => format!(
            "{actual} is a rounded number: the exact one may be just below the limit. A report with lines (such as \
             `mix coveralls.json`) tells"
        ),
        false => "some apps are below the limit and some above; the tables do not say how many lines each has".into(),
    };
    (Ruling::Undecided, because, actual)
}
