//! `gatekeeper.report/v1`: the report as JSON. Keys may be added, none renamed or removed.

use serde::{Serialize, Serializer};

use crate::gates::Judged;
use crate::policy::Change;
use crate::report::{Report, ReportFailure, ReportFinding, Shadow};
use crate::waiver::Applied;

mod benchmark;
mod compared;
mod coverage;
mod read;
mod source;
mod suites;

use coverage::{Coverage, coverage};
use source::{WireSource, source};
use suites::{Failure, FailureGroup, Tests, failure, groups, tests};

pub use coverage::{Percent, measured, total};
pub use read::{Unread, read};

/// The JSON Schema of the document, kept by hand.
pub const JSON_SCHEMA: &str = include_str!("../../schema/report-v1.json");

/// Name and version of the schema.
pub const SCHEMA: &str = "gatekeeper.report/v1";

/// The whole report.
#[derive(Debug, Serialize)]
pub struct Wire<'a> {
    schema: &'static str,
    generator: Generator,
    verdict: &'static str,
    exit_code: u8,
    project: Project<'a>,
    sources: Vec<WireSource<'a>>,
    tests: Option<Tests<'a>>,
    failures: Each<'a, ReportFailure, Failure<'a>>,
    failure_groups: Vec<FailureGroup<'a>>,
    coverage: Option<Coverage<'a>>,
    findings: Each<'a, ReportFinding, Finding<'a>>,
    baseline: Option<compared::Baseline<'a>>,
    gates: Vec<Gate<'a>>,
    waivers: Vec<Waiver<'a>>,
    benchmarks: Vec<benchmark::Benchmark<'a>>,
    /// Which policy decided, where it is not the tree's own.
    policy: Option<Policy<'a>>,
    /// What tools were told to pass over, in the project's own files.
    suppressions: Option<Vec<Suppressed<'a>>>,
}

/// A long list, whose elements are made while they are written.
#[derive(Debug)]
struct Each<'a, T, W>(&'a [T], fn(usize, &'a T) -> W);

impl<T, W: Serialize> Serialize for Each<'_, T, W> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let all = self.0.iter().enumerate();
        serializer.collect_seq(all.map(|(index, element)| self.1(index, element)))
    }
}

#[derive(Debug, Serialize)]
struct Waiver<'a> {
    finding: &'a str,
    path: Option<String>,
    reason: &'a str,
    owner: &'a str,
    expires: String,
    matched: u64,
    state: &'static str,
    source: String,
}

#[derive(Debug, Serialize)]
struct Policy<'a> {
    from: &'a str,
    differences: Vec<Difference<'a>>,
    would_be: Option<&'static str>,
}

#[derive(Debug, Serialize)]
struct Difference<'a> {
    key: &'a str,
    used: Option<&'a str>,
    would_be: Option<&'a str>,
}

#[derive(Debug, Serialize)]
struct Suppressed<'a> {
    tool: &'a str,
    path: &'a str,
    line: u32,
    text: &'a str,
}

#[derive(Debug, Serialize)]
struct Generator {
    name: &'static str,
    version: &'static str,
}

#[derive(Debug, Serialize)]
struct Project<'a> {
    name: Option<&'a str>,
    root: Option<&'a str>,
    path: Option<&'a str>,
    commit: Option<&'a str>,
    branch: Option<&'a str>,
    dirty: Option<bool>,
}

#[derive(Debug, Serialize)]
struct Finding<'a> {
    id: String,
    source: String,
    tool: &'a str,
    rule: &'a str,
    category: Option<&'a str>,
    severity: &'static str,
    confidence: Option<&'a str>,
    message: &'a str,
    path: Option<&'a str>,
    line: Option<u32>,
    column: Option<u32>,
    end_line: Option<u32>,
    end_column: Option<u32>,
    function: Option<&'a str>,
    url: Option<&'a str>,
    fingerprint: &'a str,
    status: &'static str,
    derived: bool,
    related: &'a [String],
}

#[derive(Debug, Serialize)]
struct Gate<'a> {
    id: &'a str,
    title: &'a str,
    ruling: &'static str,
    because: &'a str,
    actual: &'a str,
    limit: &'a str,
    severity: &'static str,
    source: &'a str,
}

impl<'a> From<&'a Report> for Wire<'a> {
    fn from(report: &'a Report) -> Self {
        let p = &report.project;
        let generator = Generator {
            name: "gatekeeper",
            version: env!("CARGO_PKG_VERSION"),
        };
        Self {
            schema: SCHEMA,
            generator,
            verdict: report.verdict.id(),
            exit_code: crate::exit::of_verdict(report.verdict).code(),
            project: Project {
                name: p.name.as_deref(),
                root: p.root.as_deref(),
                path: p.path.as_deref(),
                commit: p.commit.as_deref(),
                branch: p.branch.as_deref(),
                dirty: p.dirty,
            },
            sources: report
                .sources
                .iter()
                .enumerate()
                .map(|(i, s)| source(i, s))
                .collect(),
            tests: report.tests.as_ref().map(tests),
            failures: Each(&report.failures, |_, f| failure(f)),
            failure_groups: groups(report),
            coverage: report.coverage.as_ref().map(|c| coverage(c, report)),
            findings: Each(&report.findings, finding),
            baseline: report.baseline.as_ref().map(compared::baseline),
            gates: report.gates.iter().map(gate).collect(),
            waivers: report.waivers.iter().map(waiver).collect(),
            policy: report.shadow.as_ref().map(policy),
            suppressions: report.suppressions.as_ref().map(|all| {
                let one = |s: &'a crate::suppressions::Suppression| Suppressed {
                    tool: s.tool,
                    path: &s.path,
                    line: s.line,
                    text: &s.text,
                };
                all.iter().map(one).collect()
            }),
            benchmarks: benchmark::all(report),
        }
    }
}

/// Ids count from 1.
fn id(letter: char, index: usize) -> String {
    format!("{letter}{}", index + 1)
}

fn finding(index: usize, f: &ReportFinding) -> Finding<'_> {
    let x = &f.finding;
    Finding {
        id: id('i', index),
        source: id('s', f.source),
        tool: &f.tool_id,
        rule: &x.rule,
        category: x.category.as_deref(),
        severity: x.severity.id(),
        confidence: x.confidence.as_deref(),
        message: &x.message,
        path: x.path.as_deref(),
        line: x.line.map(Into::into),
        column: x.column.map(Into::into),
        end_line: None,
        end_column: x.end_column.map(Into::into),
        function: x.function.as_deref(),
        url: None,
        fingerprint: &f.fingerprint,
        status: f.status.id(),
        derived: f.derived_from.is_some(),
        related: &f.related,
    }
}

fn gate(j: &Judged) -> Gate<'_> {
    Gate {
        id: &j.id,
        title: &j.title,
        ruling: j.judgement.ruling.id(),
        because: &j.judgement.because,
        actual: &j.judgement.actual,
        limit: &j.judgement.limit,
        severity: j.severity.id(),
        source: &j.source,
    }
}

fn waiver(w: &Applied) -> Waiver<'_> {
    Waiver {
        finding: &w.waiver.finding,
        path: w.waiver.path.as_ref().map(|p| p.words.join(", ")),
        reason: &w.waiver.reason,
        owner: &w.waiver.owner,
        expires: w.waiver.expires.to_string(),
        matched: w.matched,
        state: w.state.id(),
        source: w.waiver.origin.to_string(),
    }
}

fn policy(shadow: &Shadow) -> Policy<'_> {
    Policy {
        from: &shadow.from,
        differences: shadow.changes.iter().map(difference).collect(),
        would_be: shadow.verdict.map(crate::gates::Ruling::id),
    }
}

fn difference(c: &Change) -> Difference<'_> {
    Difference {
        key: &c.key,
        used: c.used.as_deref(),
        would_be: c.other.as_deref(),
    }
}
