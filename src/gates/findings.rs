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

pub(super) fn docs(gate: &Gate, report: &Report, _: &Policy) -> Judgement {
    let mut judgement = none_of(gate, report, "documentation finding", |f| f.total);
    let shares = findings(gate, report).flat_map(|f| &f.shares);
    for (name, hundredths) in shares {
        let percent = crate::coverage::hundredths(*hundredths);
        judgement.because = format!("{}; {name} {percent} %", judgement.because);
    }
    judgement
}

pub(super) fn quality(gate: &Gate, report: &Report, _: &Policy) -> Judgement {
    none_of(gate, report, "issue", |f| f.total)
}

/// What axe could not decide is listed for information.
pub(super) fn accessibility(gate: &Gate, report: &Report, _: &Policy) -> Judgement {
    let mut judgement = none_of(gate, report, "violation", |f| {
        f.total.saturating_sub(f.counts.info)
    });
    let undecided: u64 = findings(gate, report).map(|f| f.counts.info).sum();
    if undecided > 0 {
        judgement.actual = format!("{} ({undecided} to be looked at)", judgement.actual);
    }
    judgement
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
    let sum = |n: &dyn Fn(&Findings) -> u64| {
        let all = findings(gate, report).map(n);
        all.fold(0, u64::saturating_add)
    };
    let ungraded = sum(&Findings::ungraded);
    let lower = sum(&|f| f.counts.known().saturating_sub(grave(f)));
    let mut rest = Vec::new();
    if lower > 0 {
        rest.push(format!("{lower} lower"));
    }
    if ungraded > 0 {
        rest.push(format!("{ungraded} of unknown severity"));
    }
    if !rest.is_empty() {
        judgement.actual = format!("{} ({})", judgement.actual, rest.join(", "));
    }
    // They may be high. Their source says so too, by being partial; this does not depend on it.
    if ungraded > 0 && judgement.ruling == Ruling::Pass {
        judgement.ruling = Ruling::Undecided;
        judgement.because = format!("{} of unknown severity", count(ungraded, "finding"));
    }
    judgement
}

fn findings<'a>(gate: &'a Gate, report: &'a Report) -> impl Iterator<Item = &'a Findings> {
    sources(gate, report).filter_map(|s| match &s.evidence {
        Evidence::Findings(f) => Some(f),
        Evidence::Nothing
        | Evidence::Tests(_)
        | Evidence::Coverage(_)
        | Evidence::Benchmarks(_) => None,
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
