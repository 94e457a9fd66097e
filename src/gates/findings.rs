//! The gates on findings of static tools: how many there are, in all and by severity, against the limits of the policy.
//! What a waiver covers is not counted, and said.

use std::borrow::Cow;
use std::fmt::Write as _;

use gatekeeper_parsers::evidence::{Findings, Severity};
use gatekeeper_parsers::{DefectKind, Tool};

use super::tally::Tally;
use super::{Gate, Judged, Judgement, Policy, Ruling, count, known, proven, sources, unproven};
use crate::command::words;
use crate::policy::{FindingRules, Origin, Setting};
use crate::report::{Report, Source};
use crate::witness::WARNINGS;

pub(super) fn dialyzer(gate: &'static Gate, report: &Report, policy: &Policy) -> Vec<Judged> {
    own(gate, report, policy, "warning")
}

pub(super) fn credo(gate: &'static Gate, report: &Report, policy: &Policy) -> Vec<Judged> {
    own(gate, report, policy, "issue")
}

pub(super) fn quality(gate: &'static Gate, report: &Report, policy: &Policy) -> Vec<Judged> {
    own(gate, report, policy, "issue")
}

pub(super) fn deps(gate: &'static Gate, report: &Report, policy: &Policy) -> Vec<Judged> {
    own(gate, report, policy, "unused locked package")
}

pub(super) fn docs(gate: &'static Gate, report: &Report, policy: &Policy) -> Vec<Judged> {
    let mut all = own(gate, report, policy, "documentation finding");
    for (name, share) in findings(gate, report).flat_map(|f| &f.shares) {
        let percent = crate::coverage::hundredths(*share);
        for judged in &mut all {
            let because = &mut judged.judgement.because;
            let _ = write!(because, "; {name} {percent} %");
        }
    }
    all
}

/// What axe could not decide is listed for information.
pub(super) fn accessibility(gate: &'static Gate, report: &Report, policy: &Policy) -> Vec<Judged> {
    let rules = rules_of(gate, policy);
    let judge = |of: Tally| ruled(&of.without_information(), &rules, "violation");
    let mut judged = limited(gate, report, policy, &rules, judge);
    let undecided: u64 = findings(gate, report).map(|f| f.counts.info).sum();
    if undecided > 0 {
        let actual = &mut judged.judgement.actual;
        let _ = write!(actual, " ({undecided} to be looked at)");
    }
    vec![judged]
}

/// Cycles, against what the command itself permits.
pub(super) fn xref(gate: &'static Gate, report: &Report, policy: &Policy) -> Vec<Judged> {
    let rules = rules_of(gate, policy);
    let mut judged = limited(gate, report, policy, &rules, |of| {
        ruled(&of, &rules, "cycle")
    });
    let found = sources(gate, report).filter_map(|s| {
        let command = s.command.as_deref().unwrap_or_default();
        Some((s.evidence.findings()?, words(command)))
    });
    let (mut permitted, mut exceeded) = (0_u64, false);
    for (findings, words) in found {
        permitted = permitted.saturating_add(words.xref_permitted());
        exceeded |= words.xref_exceeded(findings);
    }
    let said = policy
        .findings
        .iter()
        .any(|(tool, _)| gate.tools.contains(tool));
    if !said && judged.judgement.ruling == Ruling::Fail && !exceeded {
        judged.judgement.because = format!("{}, {permitted} permitted", judged.judgement.because);
        judged.judgement.ruling = Ruling::Pass;
        judged.judgement = proven(gate, report, judged.judgement);
    }
    if !said {
        judged.judgement.limit = permitted.to_string();
    }
    vec![judged]
}

/// The gate of one tool, whose limits stand in `[findings.TOOL]`.
fn own(gate: &'static Gate, report: &Report, policy: &Policy, word: &str) -> Vec<Judged> {
    let rules = rules_of(gate, policy);
    vec![limited(gate, report, policy, &rules, |of| {
        ruled(&of, &rules, word)
    })]
}

/// The limits on the tool of a gate: none is permitted unless the policy says so.
fn rules_of<'a>(gate: &Gate, policy: &'a Policy) -> Cow<'a, FindingRules> {
    let said = gate
        .tools
        .first()
        .and_then(|tool| policy.findings_of(*tool));
    said.map_or_else(|| Cow::Owned(FindingRules::at_most(0)), Cow::Borrowed)
}

pub(super) fn audit(gate: &'static Gate, report: &Report, policy: &Policy) -> Vec<Judged> {
    let rules = &policy.audit;
    vec![limited(gate, report, policy, rules, |of| {
        ruled(&of, rules, "audit finding")
    })]
}

pub(super) fn format(gate: &'static Gate, report: &Report, policy: &Policy) -> Vec<Judged> {
    let rules = &policy.format;
    vec![limited(gate, report, policy, rules, |of| {
        ruled(&of, rules, "unformatted file")
    })]
}

fn limited(
    gate: &'static Gate,
    report: &Report,
    policy: &Policy,
    rules: &FindingRules,
    judge: impl Fn(Tally) -> Judgement,
) -> Judged {
    let all: Vec<&Source> = sources(gate, report).collect();
    let judgement = proven(
        gate,
        report,
        known::compared(report, policy, &all, rules, judge),
    );
    Judged::new(gate, judgement, rules.weight(), &origins(rules))
}

pub(super) fn compile(gate: &'static Gate, report: &Report, policy: &Policy) -> Vec<Judged> {
    let tally = Tally::of(report, sources(gate, report), |_| false);
    let mut judgement = against(&tally, tally.grave(), 0, "compile error");
    judgement = proven(gate, report, judgement);
    if judgement.ruling == Ruling::Fail && findings(gate, report).all(as_errors_only) {
        judgement.because =
            "there are warnings, and the command was told to treat warnings as errors".into();
    }
    let warnings = tally.total.saturating_sub(tally.grave());
    if warnings > 0 {
        let warnings = count(warnings, "warning");
        judgement.actual = format!("{} ({warnings})", judgement.actual);
        if judgement.ruling == Ruling::Pass {
            judgement.because = format!("{}, {warnings}", judgement.because);
        }
    }
    vec![Judged::new(
        gate,
        judgement,
        policy.compile.weight(),
        &[&Origin::DEFAULT],
    )]
}

/// Whether the only errors are warnings that count as such.
fn as_errors_only(findings: &Findings) -> bool {
    let mut errors = findings
        .list
        .iter()
        .filter(|f| f.severity >= Severity::High);
    errors.all(|f| f.rule == WARNINGS)
}

pub(super) fn warnings(gate: &'static Gate, report: &Report, policy: &Policy) -> Vec<Judged> {
    let Some(max) = &policy.compile.max else {
        return Vec::new();
    };
    let all: Vec<&Source> = sources(gate, report).collect();
    let judge = |of: Tally| {
        let n = of.total.saturating_sub(of.grave());
        against(&of, n, max.value, "warning")
    };
    let measured = known::compared(report, policy, &all, &policy.compile, judge);
    let judgement = hidden(&all, proven(gate, report, measured));
    vec![Judged::new(
        gate,
        judgement,
        policy.compile.weight(),
        &[&max.origin],
    )]
}

/// Warnings that were not printed are not counted.
fn hidden(of: &[&Source], judged: Judgement) -> Judgement {
    let mut defects = of.iter().flat_map(|s| &s.defects);
    match defects.find(|d| d.kind == DefectKind::Skipped) {
        Some(defect) if judged.ruling == Ruling::Pass => Judgement {
            ruling: Ruling::Undecided,
            because: defect.message.clone(),
            ..judged
        },
        Some(_) | None => judged,
    }
}

/// Tools with a gate of their own, which judges by `[findings.TOOL]`.
const OWN: [Tool; 7] = [
    Tool::Credo,
    Tool::Dialyzer,
    Tool::Doctor,
    Tool::CodeQuality,
    Tool::Axe,
    Tool::DepsUnlock,
    Tool::Xref,
];

/// Each tool that the policy names and that has no gate of its own.
pub(super) fn by_tool(gate: &'static Gate, report: &Report, policy: &Policy) -> Vec<Judged> {
    let mut out = Vec::new();
    for (tool, rules) in policy.findings.iter().filter(|(t, _)| !OWN.contains(t)) {
        let of_tool: Vec<&Source> = report.sources_of(std::slice::from_ref(tool)).collect();
        if of_tool.is_empty() {
            continue;
        }
        let judge = |of: Tally| ruled(&of, rules, "finding");
        let measured = known::compared(report, policy, &of_tool, rules, judge);
        let judgement = unproven(report, &of_tool, measured);
        out.push(
            Judged::new(gate, judgement, rules.weight(), &origins(rules)).named('.', tool.id()),
        );
    }
    out
}

pub(super) fn security(gate: &'static Gate, report: &Report, policy: &Policy) -> Vec<Judged> {
    let rules = &policy.security;
    // The default is one limit, on the two severities together.
    let standard = rules.by_severity == FindingRules::nothing_grave().by_severity;
    let judge = |of: Tally| match standard {
        true => grave(&of),
        false => ruled(&of, rules, "finding"),
    };
    vec![limited(gate, report, policy, rules, judge)]
}

fn grave(tally: &Tally) -> Judgement {
    let mut judgement = against(tally, tally.grave(), 0, "high or critical finding");
    let lower = tally.counts.known().saturating_sub(tally.grave());
    let mut rest = Vec::new();
    if lower > 0 {
        rest.push(format!("{lower} lower"));
    }
    if tally.ungraded > 0 {
        rest.push(format!("{} of unknown severity", tally.ungraded));
    }
    if !rest.is_empty() {
        judgement.actual = format!("{} ({})", judgement.actual, rest.join(", "));
    }
    graded(tally, judgement)
}

/// They may be of any severity. Their source says so too, by being partial; this does not depend on it.
fn graded(tally: &Tally, mut judgement: Judgement) -> Judgement {
    if tally.ungraded > 0 && judgement.ruling == Ruling::Pass {
        judgement.ruling = Ruling::Undecided;
        judgement.because = format!("{} of unknown severity", count(tally.ungraded, "finding"));
    }
    judgement
}

fn findings<'a>(gate: &'a Gate, report: &'a Report) -> impl Iterator<Item = &'a Findings> {
    sources(gate, report).filter_map(|s| s.evidence.findings())
}

/// Every limit of a table. One on all findings reads as a number; those by severity name it.
fn ruled(tally: &Tally, rules: &FindingRules, word: &str) -> Judgement {
    if rules.by_severity.is_empty() {
        let max = rules.max.as_ref().map_or(0, |m| m.value);
        return against(tally, tally.total, max, word);
    }
    let mut checks: Vec<(String, u64, u64)> = Vec::new();
    checks.extend(
        rules
            .max
            .iter()
            .map(|m| ("in all".to_owned(), tally.total, m.value)),
    );
    let by_severity = rules.by_severity.iter();
    checks.extend(by_severity.map(|(s, max)| (s.id().to_owned(), tally.count(*s), max.value)));
    let over: Vec<&(String, u64, u64)> = checks.iter().filter(|(_, n, max)| n > max).collect();
    let ruling = if over.is_empty() {
        Ruling::Pass
    } else {
        Ruling::Fail
    };
    let because = match over.as_slice() {
        [] => "within every limit".to_owned(),
        over => {
            let words: Vec<String> = over
                .iter()
                .map(|(w, n, max)| format!("{n} {w}, {max} allowed"))
                .collect();
            words.join("; ")
        }
    };
    let list = |pick: &dyn Fn(&(String, u64, u64)) -> String| -> String {
        checks.iter().map(pick).collect::<Vec<_>>().join(", ")
    };
    let judgement = Judgement {
        ruling,
        because: format!("{because}{}", tally.left_out()),
        actual: list(&|(word, n, _)| format!("{n} {word}")),
        limit: list(&|(word, _, max)| match max {
            0 => format!("0 {word}"),
            max => format!("<= {max} {word}"),
        }),
    };
    graded(tally, judgement)
}

/// One number against one limit.
fn against(tally: &Tally, n: u64, max: u64, word: &str) -> Judgement {
    let because = match n {
        0 => format!("no {word}"),
        n if n <= max => format!("{}, {max} allowed", count(n, word)),
        n => count(n, word),
    };
    Judgement {
        ruling: if n <= max { Ruling::Pass } else { Ruling::Fail },
        because: format!("{because}{}", tally.left_out()),
        actual: n.to_string(),
        limit: if max == 0 {
            "0".into()
        } else {
            format!("<= {max}")
        },
    }
}

fn origins(rules: &FindingRules) -> Vec<&Origin> {
    let limits = rules
        .max
        .iter()
        .chain(rules.by_severity.iter().map(|(_, limit)| limit));
    let mut all: Vec<&Origin> = limits.map(|l: &Setting<u64>| &l.origin).collect();
    if all.iter().any(|o| **o != Origin::DEFAULT) {
        all.retain(|o| **o != Origin::DEFAULT);
    }
    if all.is_empty() {
        vec![&Origin::DEFAULT]
    } else {
        all
    }
}
