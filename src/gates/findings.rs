//! The gates on findings of static tools: how many there are, against none.

use gatekeeper_parsers::evidence::{Evidence, Findings};

use super::{Gate, Judgement, Policy, Ruling, count, proven, sources};
use crate::report::Report;
use crate::witness::WARNINGS;

pub(super) fn dialyzer(gate: &Gate, report: &Report, _: &Policy) -> Judgement {
    none_of(gate, report, "warning", |f| f.total)
}

pub(super) fn credo(gate: &Gate, report: &Report, _: &Policy) -> Judgement {
    none_of(gate, report, "issue", |f| f.total)
}

pub(super) fn audit(gate: &Gate, report: &Report, _: &Policy) -> Judgement {
    none_of(gate, report, "audit finding", |f| f.total)
}

pub(super) fn format(gate: &Gate, report: &Report, _: &Policy) -> Judgement {
    none_of(gate, report, "unformatted file", |f| f.total)
}

pub(super) fn compile(gate: &Gate, report: &Report, _: &Policy) -> Judgement {
    let mut judgement = none_of(gate, report, "compile error", |f| {
        f.counts.high.saturating_add(f.counts.critical)
    });
    if findings(gate, report).all(|f| f.total > 0 && f.list.iter().all(|f| f.rule == WARNINGS)) {
        judgement.because =
            "there are warnings, and the command was told to treat warnings as errors".into();
    }
    judgement
}

pub(super) fn security(gate: &Gate, report: &Report, _: &Policy) -> Judgement {
    let grave = |f: &Findings| f.counts.high.saturating_add(f.counts.critical);
    let mut judgement = none_of(gate, report, "high or critical finding", grave);
    let all: u64 = findings(gate, report).map(|f| f.total).sum();
    let grave: u64 = findings(gate, report).map(grave).sum();
    if all > grave {
        judgement.actual = format!("{} ({} lower)", judgement.actual, all.saturating_sub(grave));
    }
    judgement
}

fn findings<'a>(gate: &'a Gate, report: &'a Report) -> impl Iterator<Item = &'a Findings> {
    sources(gate, report).filter_map(|s| match &s.evidence {
        Evidence::Findings(f) => Some(f),
        Evidence::Nothing | Evidence::Tests(_) | Evidence::Coverage(_) => None,
    })
}

fn none_of(
    gate: &Gate,
    report: &Report,
    word: &str,
    measure: impl Fn(&Findings) -> u64,
) -> Judgement {
    let n = findings(gate, report)
        .map(measure)
        .fold(0, u64::saturating_add);
    let suppressed: u64 = findings(gate, report).filter_map(|f| f.suppressed).sum();
    let mut because = match n {
        0 => format!("no {word}"),
        n => count(n, word),
    };
    if suppressed > 0 {
        because = format!("{because}; {suppressed} suppressed by the project");
    }
    let (ruling, actual) = match n {
        0 => (Ruling::Pass, "0".to_owned()),
        n => (Ruling::Fail, n.to_string()),
    };
    proven(
        gate,
        report,
        Judgement {
            ruling,
            because,
            actual,
            limit: "0".into(),
        },
    )
}
