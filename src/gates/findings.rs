//! The gates on findings of static tools: how many there are, against none.

use gatekeeper_parsers::DefectKind;
use gatekeeper_parsers::evidence::{Evidence, Findings, Severity};

use super::{Gate, Judgement, Policy, Ruling, count, proven, sources};
use crate::command::words;
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

pub(super) fn deps(gate: &Gate, report: &Report, _: &Policy) -> Judgement {
    none_of(gate, report, "unused locked package", |f| f.total)
}

/// Errors, and warnings where the policy limits them.
pub(super) fn compile(gate: &Gate, report: &Report, policy: &Policy) -> Judgement {
    let grave = |f: &Findings| f.counts.high.saturating_add(f.counts.critical);
    let mut judgement = none_of(gate, report, "compile error", grave);
    let warnings = findings(gate, report)
        .map(|f| f.total.saturating_sub(grave(f)))
        .fold(0, u64::saturating_add);
    if judgement.ruling == Ruling::Fail && findings(gate, report).all(as_errors_only) {
        judgement.because =
            "there are warnings, and the command was told to treat warnings as errors".into();
    }
    if warnings > 0 {
        let warnings = count(warnings, "warning");
        judgement.actual = format!("{} ({warnings})", judgement.actual);
        if judgement.ruling == Ruling::Pass {
            judgement.because = format!("{}, {warnings}", judgement.because);
        }
    }
    match policy.max_compile_warnings {
        Some(max) => limited(gate, report, judgement, warnings, max),
        None => judgement,
    }
}

/// Whether the only errors are warnings that count as such.
fn as_errors_only(findings: &Findings) -> bool {
    let mut errors = findings
        .list
        .iter()
        .filter(|f| f.severity >= Severity::High);
    errors.all(|f| f.rule == WARNINGS)
}

/// The judgement where at most `max` warnings are permitted.
fn limited(gate: &Gate, report: &Report, judged: Judgement, warnings: u64, max: u64) -> Judgement {
    let limit = format!("0, and {} at most", count(max, "warning"));
    if judged.ruling != Ruling::Fail && warnings > max {
        let because = format!("{}, {max} permitted", count(warnings, "warning"));
        let ruling = Ruling::Fail;
        return Judgement {
            ruling,
            because,
            limit,
            ..judged
        };
    }
    // Warnings that were not printed are not counted.
    let hidden = sources(gate, report)
        .flat_map(|s| &s.defects)
        .find(|d| d.kind == DefectKind::Skipped);
    match hidden {
        Some(defect) if judged.ruling == Ruling::Pass => Judgement {
            ruling: Ruling::Undecided,
            because: defect.message.clone(),
            limit,
            ..judged
        },
        Some(_) | None => Judgement { limit, ..judged },
    }
}

/// Cycles, against what the command itself permits.
pub(super) fn xref(gate: &Gate, report: &Report, _: &Policy) -> Judgement {
    let mut judgement = none_of(gate, report, "cycle", |f| f.total);
    let found = sources(gate, report).filter_map(|s| match &s.evidence {
        Evidence::Findings(f) => Some((f, words(s.command.as_deref().unwrap_or_default()))),
        Evidence::Nothing | Evidence::Tests(_) | Evidence::Coverage(_) => None,
    });
    let (mut permitted, mut exceeded) = (0_u64, false);
    for (findings, words) in found {
        permitted = permitted.saturating_add(words.xref_permitted());
        exceeded |= words.xref_exceeded(findings);
    }
    judgement.limit = permitted.to_string();
    if judgement.ruling == Ruling::Fail && !exceeded {
        judgement.because = format!("{}, {permitted} permitted", judgement.because);
        judgement.ruling = Ruling::Pass;
        return proven(gate, report, judgement);
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
