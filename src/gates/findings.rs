//! The gates on findings of static tools: how many there are, in all and by severity, against the limits of the policy.
//! What a waiver covers is not counted, and said.

use gatekeeper_parsers::evidence::{Evidence, Findings};

use super::tally::Tally;
use super::{Gate, Judged, Judgement, Policy, Ruling, count, proven, sources, unproven};
use crate::policy::{FindingRules, Origin, Setting};
use crate::report::{Report, Source};
use crate::witness::WARNINGS;

pub(super) fn dialyzer(gate: &'static Gate, report: &Report, policy: &Policy) -> Vec<Judged> {
    own(gate, report, policy, "warning")
}

pub(super) fn credo(gate: &'static Gate, report: &Report, policy: &Policy) -> Vec<Judged> {
    own(gate, report, policy, "issue")
}

/// The gate of one tool, whose limits stand in `[findings.TOOL]`.
fn own(gate: &'static Gate, report: &Report, policy: &Policy, word: &str) -> Vec<Judged> {
    let standard = FindingRules::at_most(0);
    let rules = gate
        .tools
        .first()
        .and_then(|tool| policy.findings_of(*tool));
    vec![limited(gate, report, rules.unwrap_or(&standard), word)]
}

pub(super) fn audit(gate: &'static Gate, report: &Report, policy: &Policy) -> Vec<Judged> {
    vec![limited(gate, report, &policy.audit, "audit finding")]
}

pub(super) fn format(gate: &'static Gate, report: &Report, policy: &Policy) -> Vec<Judged> {
    vec![limited(gate, report, &policy.format, "unformatted file")]
}

fn limited(gate: &'static Gate, report: &Report, rules: &FindingRules, word: &str) -> Judged {
    let tally = Tally::of(report, sources(gate, report));
    let judgement = proven(gate, report, ruled(&tally, rules, word));
    Judged::new(gate, judgement, rules.weight(), &origins(rules))
}

pub(super) fn compile(gate: &'static Gate, report: &Report, policy: &Policy) -> Vec<Judged> {
    let tally = Tally::of(report, sources(gate, report));
    let mut judgement = against(&tally, tally.grave(), 0, "compile error");
    judgement = proven(gate, report, judgement);
    let only = |f: &Findings| f.total > 0 && f.list.iter().all(|f| f.rule == WARNINGS);
    if judgement.ruling == Ruling::Fail && findings(gate, report).all(only) {
        judgement.because =
            "there are warnings, and the command was told to treat warnings as errors".into();
    }
    vec![Judged::new(
        gate,
        judgement,
        policy.compile.weight(),
        &[&Origin::DEFAULT],
    )]
}

pub(super) fn warnings(gate: &'static Gate, report: &Report, policy: &Policy) -> Vec<Judged> {
    let Some(max) = &policy.compile.max else {
        return Vec::new();
    };
    let tally = Tally::of(report, sources(gate, report));
    let n = tally.total.saturating_sub(tally.grave());
    let judgement = proven(gate, report, against(&tally, n, max.value, "warning"));
    vec![Judged::new(
        gate,
        judgement,
        policy.compile.weight(),
        &[&max.origin],
    )]
}

/// Each tool that the policy names and that has no gate of its own.
pub(super) fn by_tool(gate: &'static Gate, report: &Report, policy: &Policy) -> Vec<Judged> {
    let mut out = Vec::new();
    let own = |tool| ["credo", "dialyzer"].contains(&tool);
    for (tool, rules) in policy.findings.iter().filter(|(t, _)| !own(t.id())) {
        let of_tool: Vec<&Source> = report.sources_of(std::slice::from_ref(tool)).collect();
        if of_tool.is_empty() {
            continue;
        }
        let tally = Tally::of(report, of_tool.iter().copied());
        let judgement = unproven(report, &of_tool, ruled(&tally, rules, "finding"));
        out.push(
            Judged::new(gate, judgement, rules.weight(), &origins(rules)).named('.', tool.id()),
        );
    }
    out
}

pub(super) fn security(gate: &'static Gate, report: &Report, policy: &Policy) -> Vec<Judged> {
    let rules = &policy.security;
    let tally = Tally::of(report, sources(gate, report));
    // The default is one limit, on the two severities together.
    let judgement = match rules.by_severity == FindingRules::nothing_grave().by_severity {
        true => grave(&tally),
        false => ruled(&tally, rules, "finding"),
    };
    let judgement = proven(gate, report, judgement);
    vec![Judged::new(
        gate,
        judgement,
        rules.weight(),
        &origins(rules),
    )]
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
    sources(gate, report).filter_map(|s| match &s.evidence {
        Evidence::Findings(f) => Some(f),
        Evidence::Nothing | Evidence::Tests(_) | Evidence::Coverage(_) => None,
    })
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
