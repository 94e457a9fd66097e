//! The `docs.coverage` gates: how much is documented, against the minimums of `[docs]`.
//!
//! Doctor prints rounded percentages. Where its report lists every module, the whole numbers behind them decide; else a
//! percentage that rounding may have lifted over the limit decides nothing.

use gatekeeper_parsers::evidence::Findings;

use super::{Gate, Judged, Judgement, Policy, Ruling, proven, sources};
use crate::coverage::{hundredths, percent};
use crate::policy::Setting;
use crate::report::Report;

/// How far a printed percentage may be from the exact one, in hundredths of a percent.
const HALF: u64 = 5;

pub(super) fn judge(gate: &'static Gate, report: &Report, policy: &Policy) -> Vec<Judged> {
    let rules = &policy.docs;
    let weight = rules
        .severity
        .as_ref()
        .map_or_else(Default::default, |s| s.value);
    let judge = |(name, min): &(&'static str, Setting<u64>)| {
        let judgement = proven(gate, report, measured(gate, report, name, min.value));
        Judged::new(gate, judgement, weight, &[&min.origin]).named(':', name)
    };
    rules.min.iter().map(judge).collect()
}

fn measured(gate: &'static Gate, report: &Report, name: &str, min: u64) -> Judgement {
    let found: Vec<&Findings> = sources(gate, report)
        .filter_map(|s| s.evidence.findings())
        .collect();
    let (ruling, because, actual) = match exact(&found, name) {
        Some((with, all)) => whole(name, with, all, min),
        None => match shown(&found, name) {
            Some(printed) => rounded(name, printed, min),
            None => unknown(format!("no source says how many {name} there are")),
        },
    };
    Judgement {
        ruling,
        because,
        actual,
        limit: format!(">= {} %", hundredths(min)),
    }
}

type Measured = (Ruling, String, String);

fn unknown(because: String) -> Measured {
    (Ruling::Undecided, because, "nothing measured".into())
}

/// The whole numbers of all reports together, where each has them.
fn exact(found: &[&Findings], name: &str) -> Option<(u64, u64)> {
    let one = |f: &&Findings| {
        let counted = f.counted.iter().find(|(n, ..)| *n == name)?;
        Some((counted.1, counted.2))
    };
    let all: Option<Vec<(u64, u64)>> = found.iter().map(one).collect();
    let sum = |(a, b): (u64, u64), (c, d): (u64, u64)| (a.saturating_add(c), b.saturating_add(d));
    all?.into_iter().reduce(sum)
}

/// The percentage of the only report.
fn shown(found: &[&Findings], name: &str) -> Option<u64> {
    let [one] = found else { return None };
    one.shares.iter().find(|(n, _)| *n == name).map(|(_, s)| *s)
}

fn whole(name: &str, with: u64, all: u64, min: u64) -> Measured {
    let Some(percent) = percent(with, all) else {
        return unknown(format!("there is nothing that could have {name}"));
    };
    let enough = u128::from(with) * 10_000 >= u128::from(min) * u128::from(all) && with <= all;
    let ruling = if enough { Ruling::Pass } else { Ruling::Fail };
    (
        ruling,
        format!("{with} of {all} have {name}"),
        format!("{percent} %"),
    )
}

fn rounded(name: &str, printed: u64, min: u64) -> Measured {
    let actual = format!("{} %", hundredths(printed));
    let said = format!("Doctor says that {actual} have {name}");
    if printed >= min.saturating_add(HALF) || min == 0 {
        (Ruling::Pass, said, actual)
    } else if printed.saturating_add(HALF) <= min {
        (Ruling::Fail, said, actual)
    } else {
        let because = format!(
            "{said}, which is rounded: the exact share may be just below the limit. The full report (`mix doctor --full`) tells"
        );
        (Ruling::Undecided, because, actual)
    }
}
