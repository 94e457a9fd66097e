//! The gates on findings of static tools: how many there are, against none.

use std::borrow::Cow;

use gatekeeper_parsers::DefectKind;
use gatekeeper_parsers::evidence::{Evidence, Findings, Severity};

use super::{Gate, Judgement, Policy, Ruling, count, proven, sources};
use crate::baseline;
use crate::command::words;
use crate::report::{Report, Status};
use crate::witness::WARNINGS;

pub(super) fn dialyzer(gate: &Gate, report: &Report, policy: &Policy) -> Judgement {
    none_of(gate, report, policy, "warning", |f| f.total)
}

pub(super) fn credo(gate: &Gate, report: &Report, policy: &Policy) -> Judgement {
    none_of(gate, report, policy, "issue", |f| f.total)
}

pub(super) fn audit(gate: &Gate, report: &Report, policy: &Policy) -> Judgement {
    none_of(gate, report, policy, "audit finding", |f| f.total)
}

pub(super) fn format(gate: &Gate, report: &Report, policy: &Policy) -> Judgement {
    none_of(gate, report, policy, "unformatted file", |f| f.total)
}

pub(super) fn docs(gate: &Gate, report: &Report, policy: &Policy) -> Judgement {
    let mut judgement = none_of(gate, report, policy, "documentation finding", |f| f.total);
    let shares = findings(gate, report, policy).flat_map(|f| f.shares.clone());
    for (name, hundredths) in shares {
        let percent = crate::coverage::hundredths(hundredths);
        judgement.because = format!("{}; {name} {percent} %", judgement.because);
    }
    judgement
}

pub(super) fn quality(gate: &Gate, report: &Report, policy: &Policy) -> Judgement {
    none_of(gate, report, policy, "issue", |f| f.total)
}

/// What axe could not decide is listed for information.
pub(super) fn accessibility(gate: &Gate, report: &Report, policy: &Policy) -> Judgement {
    let mut judgement = none_of(gate, report, policy, "violation", |f| {
        f.total.saturating_sub(f.counts.info)
    });
    let undecided: u64 = findings(gate, report, policy).map(|f| f.counts.info).sum();
    if undecided > 0 {
        judgement.actual = format!("{} ({undecided} to be looked at)", judgement.actual);
    }
    judgement
}

pub(super) fn deps(gate: &Gate, report: &Report, policy: &Policy) -> Judgement {
    none_of(gate, report, policy, "unused locked package", |f| f.total)
}

/// Errors, and warnings where the policy limits them.
pub(super) fn compile(gate: &Gate, report: &Report, policy: &Policy) -> Judgement {
    let grave = |f: &Findings| f.counts.high.saturating_add(f.counts.critical);
    let mut judgement = none_of(gate, report, policy, "compile error", grave);
    let warnings = findings(gate, report, policy)
        .map(|f| f.total.saturating_sub(grave(&f)))
        .fold(0, u64::saturating_add);
    if judgement.ruling == Ruling::Fail
        && findings(gate, report, policy).all(|f| as_errors_only(&f))
    {
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
pub(super) fn xref(gate: &Gate, report: &Report, policy: &Policy) -> Judgement {
    let mut judgement = none_of(gate, report, policy, "cycle", |f| f.total);
    let found = sources(gate, report).filter_map(|s| match &s.evidence {
        Evidence::Findings(f) => Some((f, words(s.command.as_deref().unwrap_or_default()))),
        Evidence::Benchmarks(_)
        | Evidence::Nothing
        | Evidence::Tests(_)
        | Evidence::Coverage(_) => None,
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

pub(super) fn security(gate: &Gate, report: &Report, policy: &Policy) -> Judgement {
    let grave = |f: &Findings| f.counts.high.saturating_add(f.counts.critical);
    let mut judgement = none_of(gate, report, policy, "high or critical finding", grave);
    let sum = |n: &dyn Fn(&Findings) -> u64| {
        let all = findings(gate, report, policy).map(|f| n(&f));
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

/// What is judged of each source: everything, or what the baseline does not have.
fn findings<'a>(
    gate: &'a Gate,
    report: &'a Report,
    policy: &'a Policy,
) -> impl Iterator<Item = Cow<'a, Findings>> {
    indexed(gate, report).map(|(index, f)| match policy.new_only.contains(&f.tool) {
        true => Cow::Owned(new_ones(report, index, f)),
        false => Cow::Borrowed(f),
    })
}

/// The findings of a gate, with the index of their source.
fn indexed<'a>(gate: &'a Gate, report: &'a Report) -> impl Iterator<Item = (usize, &'a Findings)> {
    sources(gate, report).filter_map(|s| match &s.evidence {
        Evidence::Findings(f) => {
            let index = report
                .sources
                .iter()
                .position(|other| std::ptr::eq(s, other));
            Some((index?, f))
        }
        Evidence::Nothing
        | Evidence::Tests(_)
        | Evidence::Coverage(_)
        | Evidence::Benchmarks(_) => None,
    })
}

/// The findings of a source without those that the baseline has. What it counts without listing stays: that it was
/// known cannot be shown.
fn new_ones(report: &Report, index: usize, all: &Findings) -> Findings {
    let mut rest = all.clone();
    rest.list.clear();
    let graded = all.ungraded() == 0;
    for f in report.findings.iter().filter(|f| f.source == index) {
        match f.status {
            Status::New => rest.list.push(f.finding.clone()),
            Status::Known => {
                rest.total = rest.total.saturating_sub(1);
                if graded {
                    rest.counts.remove(f.finding.severity);
                }
            }
        }
    }
    rest
}

fn none_of(
    gate: &Gate,
    report: &Report,
    policy: &Policy,
    word: &str,
    measure: impl Fn(&Findings) -> u64,
) -> Judgement {
    let sum = |n: &dyn Fn(&Findings) -> u64| {
        let all = findings(gate, report, policy).map(|f| n(&f));
        all.fold(0, u64::saturating_add)
    };
    let n = sum(&measure);
    let suppressed = sum(&|f| f.suppressed.unwrap_or(0));
    let compared = gate.tools.iter().any(|t| policy.new_only.contains(t));
    let word = if compared {
        format!("new {word}")
    } else {
        word.to_owned()
    };
    let mut because = match n {
        0 => format!("no {word}"),
        n => count(n, &word),
    };
    if suppressed > 0 {
        because = format!("{because}; {suppressed} suppressed by the project");
    }
    let (ruling, actual) = match n {
        0 => (Ruling::Pass, "0".to_owned()),
        n => (Ruling::Fail, n.to_string()),
    };
    let limit = if compared { "0 new" } else { "0" };
    let measured = Judgement {
        ruling,
        because,
        actual,
        limit: limit.into(),
    };
    // What is not compared, or certainly new, fails whatever the baseline is.
    let certain = indexed(gate, report).any(|(index, f)| match policy.new_only.contains(&f.tool) {
        true => is_compared(report, index) && measure(&new_ones(report, index, f)) > 0,
        false => measure(f) > 0,
    });
    if compared && !certain {
        return proven(
            gate,
            report,
            against_baseline(gate, report, policy, measured),
        );
    }
    proven(gate, report, measured)
}

/// Whether every finding of a source was compared with a baseline.
fn is_compared(report: &Report, index: usize) -> bool {
    let baseline = report
        .baseline
        .as_ref()
        .is_some_and(|b| b.trouble.is_none());
    let capped = report.sources.get(index).is_none_or(baseline::is_capped);
    baseline && !capped
}

/// A judgement on new findings needs a baseline, and every finding to compare with it.
fn against_baseline(
    gate: &Gate,
    report: &Report,
    policy: &Policy,
    measured: Judgement,
) -> Judgement {
    let mut compared = sources(gate, report)
        .filter(|s| s.tool.is_some_and(|t| policy.new_only.contains(&t)))
        .peekable();
    if compared.peek().is_none() {
        return measured;
    }
    let because = match &report.baseline {
        None => "only new findings are judged, but there is no baseline".into(),
        Some(baseline) => match (&baseline.trouble, compared.find(|s| baseline::is_capped(s))) {
            (Some(trouble), _) => format!("the baseline {} {trouble}", baseline.path),
            (None, Some(source)) => format!(
                "{} lists only some of its findings: they cannot be compared with the baseline",
                source.label
            ),
            (None, None) => return measured,
        },
    };
    Judgement {
        ruling: Ruling::Undecided,
        because,
        actual: "not compared".into(),
        limit: measured.limit,
    }
}
