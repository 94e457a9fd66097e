//! Accepted findings: which waiver covers what, and which covers nothing any more. Pure.
//!
//! A waiver never hides: what it covers stays in the report, marked and counted. It covers a finding, or a failed test by
//! its name; never a compile error, a set-up that failed, missing coverage, or evidence that is not there.

use std::collections::BTreeSet;

use gatekeeper_parsers::Tool;
use gatekeeper_parsers::evidence::{Evidence, Severity, SeverityCounts};

use crate::policy::{Policy, Waiver};
use crate::report::{Report, ReportFailure, ReportFinding, Source};

/// How a finding stands.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum Status {
    /// It counts.
    #[default]
    New,
    /// The baseline has it.
    Known,
    /// A waiver covers it.
    Waived,
}

impl Status {
    /// The word on the wire.
    #[must_use]
    pub fn id(self) -> &'static str {
        match self {
            Self::New => "new",
            Self::Known => "known",
            Self::Waived => "waived",
        }
    }
}

/// How a waiver stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum State {
    /// It holds.
    Active,
    /// Its last day is over: it waives nothing.
    Expired,
    /// The tools that it is about ran, and found nothing that it covers.
    Unused,
}

impl State {
    /// The word on the wire.
    #[must_use]
    pub fn id(self) -> &'static str {
        match self {
            Self::Active => "active",
            Self::Expired => "expired",
            Self::Unused => "unused",
        }
    }
}

/// A waiver, and what became of it.
#[derive(Debug, Clone)]
pub struct Applied {
    /// The waiver.
    pub waiver: Waiver,
    /// Findings that it is about.
    pub matched: u64,
    /// How it stands.
    pub state: State,
}

/// Marks what is waived.
pub fn apply(
    findings: &mut [ReportFinding],
    failures: &mut [ReportFailure],
    sources: &[Source],
    policy: &Policy,
) -> Vec<Applied> {
    let judge = |waiver: &Waiver| {
        let holds = policy.today.is_some_and(|today| today <= waiver.expires);
        let mut matched = 0;
        for finding in findings.iter_mut().filter(|f| covers(waiver, f)) {
            matched += 1;
            if holds {
                finding.status = Status::Waived;
            }
        }
        for failure in failures
            .iter_mut()
            .filter(|f| covers_test(waiver, f, sources))
        {
            matched += 1;
            if holds {
                failure.status = Status::Waived;
            }
        }
        let state = match (holds, matched) {
            (false, _) => State::Expired,
            (true, 0) if looked(waiver, sources) => State::Unused,
            (true, _) => State::Active,
        };
        let waiver = waiver.clone();
        Applied {
            waiver,
            matched,
            state,
        }
    };
    policy.waivers.iter().map(judge).collect()
}

fn covers(waiver: &Waiver, found: &ReportFinding) -> bool {
    let finding = &found.finding;
    let error = found.tool == Tool::Compiler && finding.severity >= Severity::High;
    let same = match waiver.finding.split_once(':') {
        Some((tool, rule)) => found.tool_id == tool && finding.rule == rule,
        None => found.fingerprint.eq_ignore_ascii_case(&waiver.finding),
    };
    let path = finding.path.as_deref();
    let there = waiver
        .path
        .as_ref()
        .is_none_or(|p| path.is_some_and(|path| p.matches(path)));
    same && there && !error
}

/// What a waiver of a failed test begins with, before the module and the name.
pub const TEST: &str = "tests:";

/// A failed test by its whole name: `tests:Shop.CartTest adds an item`.
fn covers_test(waiver: &Waiver, found: &ReportFailure, sources: &[Source]) -> bool {
    let failure = &found.failure;
    let (Some(words), Some(module), Some(name)) = (
        waiver.finding.strip_prefix(TEST),
        &failure.module,
        &failure.name,
    ) else {
        return false;
    };
    let test = sources
        .get(found.source)
        .is_some_and(|s| matches!(s.evidence, Evidence::Tests(_)));
    let same = words
        .strip_prefix(module.as_str())
        .is_some_and(|rest| rest.strip_prefix(' ') == Some(name));
    let file = failure.file.as_deref();
    let there = waiver
        .path
        .as_ref()
        .is_none_or(|p| file.is_some_and(|file| p.matches(file)));
    test && same && there && failure.test_type.as_deref() != Some("setup_all")
}

/// Failed tests that a waiver covers. One that is printed twice is one: it must not make up for another.
#[must_use]
pub fn failed_tests(report: &Report) -> u64 {
    let waived = report
        .failures
        .iter()
        .filter(|f| f.status == Status::Waived);
    let names = waived.map(|f| {
        let x = &f.failure;
        (f.source, &x.app, &x.module, &x.name, &x.parameters)
    });
    names.collect::<BTreeSet<_>>().len() as u64
}

/// Whether what a waiver is about would have been found: its tool (any tool, for a fingerprint) ran to its end.
fn looked(waiver: &Waiver, sources: &[Source]) -> bool {
    let tool = waiver.finding.split_once(':').map(|(tool, _)| tool);
    if waiver.finding.starts_with(TEST) {
        let mut runs = sources
            .iter()
            .filter(|s| matches!(s.evidence, Evidence::Tests(_)))
            .peekable();
        return runs.peek().is_some() && runs.all(Source::is_complete);
    }
    let about = |s: &&Source| {
        matches!(s.evidence, Evidence::Findings(_))
            && tool.is_none_or(|tool| s.tool_id().is_some_and(|id| id == tool))
    };
    let mut ours = sources.iter().filter(about).peekable();
    ours.peek().is_some() && ours.all(Source::is_complete)
}

/// What stands so of one source: in all, and by severity.
#[must_use]
pub fn of_source(report: &Report, source: usize, status: Status) -> (u64, SeverityCounts) {
    let (mut all, mut counts) = (0, SeverityCounts::default());
    let ours = report.findings.iter().filter(|f| f.source == source);
    for waived in ours.filter(|f| f.status == status) {
        all += 1;
        counts.add(waived.finding.severity, 1);
    }
    (all, counts)
}
