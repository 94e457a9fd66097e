//! `gatekeeper.report/v1`: the report as JSON. Keys may be added, none renamed or removed.

use std::borrow::Cow;
use std::collections::BTreeMap;

use gatekeeper_parsers::evidence::{FileCoverage, Frame, Measure, TestError};
use gatekeeper_parsers::{Completeness, Defect};
use serde::{Serialize, Serializer};

use crate::coverage::{CoverageReport, LayerCoverage, hundredths, percent};
use crate::gates::Judged;
use crate::policy::Change;
use crate::report::{Exit, Report, ReportFailure, ReportFinding, Shadow, Source, TestTotals};
use crate::waiver::Applied;

mod benchmark;
mod compared;

mod read;

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
struct WireSource<'a> {
    id: String,
    label: &'a str,
    tool: Option<Cow<'static, str>>,
    format: Option<&'static str>,
    tool_version: Option<&'a str>,
    sha256: Option<&'a str>,
    bytes: u64,
    command: Option<&'a [String]>,
    exit_code: Option<i32>,
    signal: Option<i32>,
    duration_ms: Option<u64>,
    shard: Option<WireShard>,
    app: Option<&'a str>,
    findings_total: Option<u64>,
    completeness: &'static str,
    trust: &'static str,
    defects: Vec<WireDefect<'a>>,
}

#[derive(Debug, Serialize)]
struct WireShard {
    index: u32,
    total: Option<u32>,
}

#[derive(Debug, Serialize)]
struct WireDefect<'a> {
    kind: &'static str,
    message: &'a str,
    line: Option<u64>,
    column: Option<u64>,
    offset: Option<u64>,
    path: Option<&'a str>,
}

#[derive(Debug, Serialize)]
struct Tests<'a> {
    total: u64,
    passed: u64,
    failed: u64,
    invalid: u64,
    skipped: u64,
    excluded: u64,
    duration_ms: Option<u64>,
    seed: Option<u64>,
    max_cases: Option<u64>,
    by_type: &'a BTreeMap<String, u64>,
    slowest: Vec<Slow<'a>>,
    cases: Vec<Case<'a>>,
}

#[derive(Debug, Serialize)]
struct Slow<'a> {
    module: Option<&'a str>,
    name: &'a str,
    file: Option<&'a str>,
    line: Option<u32>,
    duration_ms: u64,
}

#[derive(Debug, Serialize)]
struct Case<'a> {
    source: String,
    app: Option<&'a str>,
    module: Option<&'a str>,
    name: &'a str,
    #[serde(rename = "type")]
    test_type: Option<&'a str>,
    file: Option<&'a str>,
    line: Option<u32>,
    outcome: &'static str,
    duration_ms: Option<u64>,
    reason: Option<&'a str>,
}

#[derive(Debug, Serialize)]
struct Failure<'a> {
    id: &'a str,
    source: String,
    app: Option<&'a str>,
    module: Option<&'a str>,
    name: Option<&'a str>,
    #[serde(rename = "type")]
    test_type: Option<&'a str>,
    file: Option<&'a str>,
    line: Option<u32>,
    parameters: Option<&'a str>,
    #[serde(flatten)]
    error: Error<'a>,
    errors: Vec<Error<'a>>,
    logs: Option<&'a str>,
    category: &'static str,
    group: String,
    hint: Option<&'a str>,
    tags: Vec<&'static str>,
    rerun: Option<&'a str>,
    status: &'static str,
    repeat: Option<&'a str>,
    related: &'a [String],
}

/// One error of a failure. The first one's fields stand in the failure itself; all stand in `errors` when there are
/// several.
#[derive(Debug, Serialize)]
struct Error<'a> {
    kind: &'static str,
    exception: Option<&'a str>,
    message: &'a str,
    code: Option<&'a str>,
    left: Option<&'a str>,
    right: Option<&'a str>,
    stacktrace: Vec<WireFrame<'a>>,
}

#[derive(Debug, Serialize)]
struct WireFrame<'a> {
    app: Option<&'a str>,
    file: Option<&'a str>,
    line: Option<u32>,
    function: &'a str,
}

#[derive(Debug, Serialize)]
struct FailureGroup<'a> {
    id: String,
    category: &'static str,
    title: &'a str,
    cause: &'a str,
    first: Option<&'a str>,
    failures: Vec<&'a str>,
    hint: Option<&'a str>,
    confidence: &'static str,
}

#[derive(Debug, Serialize)]
struct Coverage<'a> {
    covered: Option<u64>,
    relevant: Option<u64>,
    percent: Option<String>,
    files: Vec<CoveredFile<'a>>,
    layers: Vec<Layer<'a>>,
    patch: Option<compared::Patch<'a>>,
    patch_unknown: Option<&'a str>,
}

#[derive(Debug, Serialize)]
struct Layer<'a> {
    name: &'a str,
    covered: Option<u64>,
    relevant: Option<u64>,
    percent: Option<String>,
}

#[derive(Debug, Serialize)]
struct CoveredFile<'a> {
    path: Option<&'a str>,
    module: Option<&'a str>,
    covered: Option<u64>,
    relevant: Option<u64>,
    percent: Option<String>,
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

fn source(index: usize, s: &Source) -> WireSource<'_> {
    let (exit_code, signal) = match s.exit {
        Some(Exit::Code(code)) => (Some(code), None),
        Some(Exit::Signal(signal)) => (None, Some(signal)),
        None => (None, None),
    };
    let findings = s.evidence.findings();
    WireSource {
        id: id('s', index),
        label: &s.label,
        tool: s.tool_id(),
        format: s.format,
        tool_version: findings.and_then(|f| f.tool_version.as_deref()),
        sha256: s.sha256.as_deref(),
        bytes: s.bytes,
        command: s.command.as_deref(),
        exit_code,
        signal,
        duration_ms: s.duration_ms,
        shard: s.shard.map(|s| WireShard {
            index: s.index,
            total: s.total,
        }),
        app: None,
        findings_total: findings.map(|f| f.total),
        completeness: completeness(s.completeness),
        trust: s.trust.id(),
        defects: s.defects.iter().map(defect).collect(),
    }
}

/// `Unproven` is an inner state: what was not proven in the end is partial.
fn completeness(completeness: Completeness) -> &'static str {
    match completeness {
        Completeness::Complete => "complete",
        Completeness::Unproven | Completeness::Partial => "partial",
        Completeness::Unreadable => "unreadable",
    }
}

fn defect(d: &Defect) -> WireDefect<'_> {
    let at = &d.at;
    WireDefect {
        kind: d.kind.id(),
        message: &d.message,
        line: at.line,
        column: at.column,
        offset: at.offset,
        path: at.path.as_deref(),
    }
}

fn tests(t: &TestTotals) -> Tests<'_> {
    let slowest = t.slowest.iter().map(|s| Slow {
        module: s.module.as_deref(),
        name: &s.name,
        file: s.file.as_deref(),
        line: s.line.map(Into::into),
        duration_ms: s.duration_us / 1000,
    });
    let cases = t.cases.iter().map(|(source, c)| Case {
        source: id('s', *source),
        app: c.app.as_deref(),
        module: c.module.as_deref(),
        name: &c.name,
        test_type: c.test_type.as_deref(),
        file: c.file.as_deref(),
        line: c.line.map(Into::into),
        outcome: c.outcome.id(),
        duration_ms: c.duration_us.map(|us| us / 1000),
        reason: c.reason.as_deref(),
    });
    Tests {
        total: t.counts.total(),
        passed: t.counts.passed,
        failed: t.counts.failed,
        invalid: t.counts.invalid,
        skipped: t.counts.skipped,
        excluded: t.counts.excluded,
        duration_ms: t.duration_ms,
        seed: t.seed,
        max_cases: t.max_cases,
        by_type: &t.by_type,
        slowest: slowest.collect(),
        cases: cases.collect(),
    }
}

fn failure(f: &ReportFailure) -> Failure<'_> {
    let x = &f.failure;
    let errors: Vec<Error<'_>> = x.errors.iter().map(error).collect();
    Failure {
        id: &f.id,
        source: id('s', f.source),
        app: x.app.as_deref(),
        module: x.module.as_deref(),
        name: x.name.as_deref(),
        test_type: x.test_type.as_deref(),
        file: x.file.as_deref(),
        line: x.line.map(Into::into),
        parameters: x.parameters.as_deref(),
        error: x.errors.first().map_or_else(no_error, error),
        errors: if errors.len() > 1 { errors } else { Vec::new() },
        logs: x.logs.as_deref(),
        category: f.class.category.id,
        group: id('g', f.group),
        hint: f.class.hint.as_deref(),
        tags: f.class.tags.iter().map(|tag| tag.id).collect(),
        rerun: f.rerun.as_deref(),
        status: f.status.id(),
        repeat: f.repeat.as_deref(),
        related: &f.related,
    }
}

fn error(e: &TestError) -> Error<'_> {
    Error {
        kind: e.kind.id(),
        exception: e.exception.as_deref(),
        message: &e.message,
        code: e.code.as_deref(),
        left: e.left.as_deref(),
        right: e.right.as_deref(),
        stacktrace: e.stack.iter().map(frame).collect(),
    }
}

/// A failure whose block could not be read has no error to show.
fn no_error<'a>() -> Error<'a> {
    Error {
        kind: "error",
        exception: None,
        message: "",
        code: None,
        left: None,
        right: None,
        stacktrace: Vec::new(),
    }
}

fn frame(f: &Frame) -> WireFrame<'_> {
    let line = f.line.map(Into::into);
    WireFrame {
        app: f.app.as_deref(),
        file: f.file.as_deref(),
        line,
        function: &f.function,
    }
}

fn groups(report: &Report) -> Vec<FailureGroup<'_>> {
    let name = |i: &usize| report.failures.get(*i).map(|f| f.id.as_str());
    let groups = report.groups.iter().enumerate().map(|(i, g)| FailureGroup {
        id: id('g', i),
        category: g.category.id,
        title: &g.title,
        cause: &g.cause,
        first: g.members.first().and_then(name),
        failures: g.members.iter().filter_map(name).collect(),
        hint: g.hint.as_deref(),
        confidence: g.confidence.id(),
    });
    groups.collect()
}

fn coverage<'a>(c: &'a CoverageReport, report: &'a Report) -> Coverage<'a> {
    let patch = report.patch.as_ref();
    let Percent {
        covered,
        relevant,
        percent,
    } = total(c);
    Coverage {
        covered,
        relevant,
        percent,
        files: c.files.iter().map(covered_file).collect(),
        layers: c.layers.iter().map(layer).collect(),
        patch: patch
            .and_then(|p| p.as_ref().ok())
            .map(|p| compared::patch(p, report)),
        patch_unknown: patch.and_then(|p| p.as_ref().err()).map(String::as_str),
    }
}

/// A measure as it is shown: whole numbers where they are known, and the percentage, floored.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Percent {
    /// Lines that ran.
    pub covered: Option<u64>,
    /// Lines that can run.
    pub relevant: Option<u64>,
    /// With two decimals.
    pub percent: Option<String>,
}

/// How a measure is shown.
#[must_use]
pub fn measured(measure: &Measure) -> Percent {
    match *measure {
        Measure::Lines { covered, relevant } => Percent {
            covered: Some(covered),
            relevant: Some(relevant),
            percent: percent(covered, relevant),
        },
        Measure::Rounded { hundredths: shown }
        | Measure::Between {
            at_least: shown, ..
        } => Percent {
            covered: None,
            relevant: None,
            percent: Some(hundredths(shown)),
        },
    }
}

/// How the total is shown.
#[must_use]
pub fn total(c: &CoverageReport) -> Percent {
    if let Some((covered, relevant)) = c.lines {
        return measured(&Measure::Lines { covered, relevant });
    }
    // One rounded total is the percentage; several apps have no common one without their numbers of lines.
    let percent = match c.printed.as_slice() {
        [one] => Some(hundredths(one.shown)),
        _ => None,
    };
    Percent {
        covered: None,
        relevant: None,
        percent,
    }
}

fn covered_file(f: &FileCoverage) -> CoveredFile<'_> {
    let Percent {
        covered,
        relevant,
        percent,
    } = measured(&f.measure);
    CoveredFile {
        path: f.path.as_deref(),
        module: f.module.as_deref(),
        covered,
        relevant,
        percent,
    }
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

fn layer(l: &LayerCoverage) -> Layer<'_> {
    let (covered, relevant) = l.lines.unzip();
    Layer {
        name: &l.name,
        covered,
        relevant,
        percent: l
            .lines
            .and_then(|(covered, relevant)| percent(covered, relevant)),
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
