//! Reads `gatekeeper.report/v1` back, so that an earlier report can be rendered again.
//!
//! What the report says is taken as it is, but not what contradicts itself: the verdict must be that of its gates. Keys
//! that this version does not know are passed over (they may be added); values that it does not know are an answer that
//! names them, for a rendering without them would say something else.
//!
//! Deliberately absent: hits by line, test evidence by source, and from which finding a derived one follows, which are
//! not on the wire and which nothing renders.

use std::collections::HashMap;

use document::{
    Head, Wire, WireCase, WireDefect, WireFinding, WireProject, WireSlow, WireSlowModule,
    WireSource, WireTests,
};
use gatekeeper_parsers::evidence::{
    self, Counts, Evidence, Findings, Outcome, Severity, SlowModule, SlowTest, TestCase,
};
use gatekeeper_parsers::{Completeness, DefectKind, FORMATS, Position, Tool};

use compared::{baseline, patch};
use coverage::coverage;
use failures::{failure, group};
use judged::{gate, shadow, suppression, waiver};

use super::SCHEMA;
use crate::benchmark::References;
use crate::exit::of_verdict;
use crate::failures::Group;
use crate::gates::{self, Ruling};
use crate::report::{Exit, Project, Report, ReportFinding, Shard, Source, TestTotals, Trust};
use crate::waiver::Status;

mod benchmarks;
mod compared;
mod coverage;
mod document;
mod failures;
mod judged;

/// Why a document is not rendered.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Unread {
    /// It is no JSON, or it lacks what the schema demands; with the place.
    Malformed(String),
    /// It is another schema, or another version.
    Schema(Option<String>),
    /// A value that this version does not know, or that contradicts another.
    Value(String),
}

type Read<T> = Result<T, Unread>;

fn unknown<T>(what: &str, value: &str) -> Read<T> {
    let value: String = value.chars().take(80).collect();
    Err(Unread::Value(format!(
        "{what} {value:?} is not known to this version"
    )))
}

/// Reads a report.
///
/// # Errors
///
/// When the document is not one of this schema, or says what this version cannot render.
pub fn read(text: &str) -> Read<Report> {
    let malformed = |e: serde_json::Error| Unread::Malformed(e.to_string());
    let head: Head = serde_json::from_str(text).map_err(malformed)?;
    if head.schema.as_deref() != Some(SCHEMA) {
        return Err(Unread::Schema(head.schema));
    }
    let wire: Wire = serde_json::from_str(text).map_err(malformed)?;
    let project = project(wire.project);
    let mut sources = all(wire.sources, source)?;
    benchmarks::fill(wire.benchmarks, &mut sources)?;
    let tests = wire.tests.map(|t| tests(t, &sources)).transpose()?;
    let index: HashMap<&str, usize> = wire
        .failures
        .iter()
        .enumerate()
        .map(|(i, f)| (f.id.as_str(), i))
        .collect();
    let groups: Vec<Group> = wire
        .failure_groups
        .into_iter()
        .map(|g| group(g, &index))
        .collect::<Read<_>>()?;
    let failures = all(wire.failures, |f| failure(f, &sources, groups.len()))?;
    let findings = all(wire.findings, |f| finding(f, &sources))?;
    count(&findings, &mut sources);
    let (coverage, patch) = match wire.coverage {
        Some(mut wire) => {
            let patch = patch(wire.patch.take(), wire.patch_unknown.take())?;
            (Some(coverage(wire)?), patch)
        }
        None => (None, None),
    };
    let gates = all(wire.gates, gate)?;
    let verdict = one_of(RULINGS, &wire.verdict, Ruling::id, "the verdict")?;
    if verdict != gates::verdict(&gates) || wire.exit_code != of_verdict(verdict).code() {
        return Err(Unread::Value("its verdict is not that of its gates".into()));
    }
    Ok(Report {
        project,
        sources,
        tests,
        failures,
        groups,
        coverage,
        patch,
        findings,
        baseline: wire.baseline.map(baseline),
        references: References::default(),
        gates,
        verdict,
        waivers: all(wire.waivers, waiver)?,
        shadow: wire.policy.map(shadow).transpose()?,
        suppressions: wire
            .suppressions
            .map(|list| all(list, suppression))
            .transpose()?,
    })
}

fn all<W, T>(wire: Vec<W>, read: impl FnMut(W) -> Read<T>) -> Read<Vec<T>> {
    wire.into_iter().map(read).collect()
}

const RULINGS: &[Ruling] = &[Ruling::Pass, Ruling::Undecided, Ruling::Fail];

/// The value with this word.
fn one_of<T: Copy>(
    values: &[T],
    word: &str,
    id: impl Fn(T) -> &'static str,
    what: &str,
) -> Read<T> {
    match values.iter().copied().find(|v| id(*v) == word) {
        Some(value) => Ok(value),
        None => unknown(what, word),
    }
}

/// `s3` as 2, where there are so many.
fn index(letter: char, id: &str, len: usize) -> Read<usize> {
    let number = id
        .strip_prefix(letter)
        .and_then(|n| n.parse::<usize>().ok());
    match number.and_then(|n| n.checked_sub(1)).filter(|i| *i < len) {
        Some(index) => Ok(index),
        None => unknown("the reference", id),
    }
}

fn project(p: WireProject) -> Project {
    Project {
        name: p.name,
        root: p.root,
        path: p.path,
        commit: p.commit,
        branch: p.branch,
        dirty: p.dirty,
    }
}

fn source(s: WireSource) -> Read<Source> {
    let format = match &s.format {
        None => None,
        Some(id) => match FORMATS.iter().find(|f| f.id == id) {
            Some(format) => Some(format),
            None => return unknown("the format", id),
        },
    };
    // A SARIF or GitLab document may call its tool like one of ours.
    let named = format.map(|f| f.tool).filter(|t| names_its_tool(*t));
    let tool = match &s.tool {
        None => None,
        Some(_) if named.is_some() => named,
        // And what looks for something and is none of ours can only be named by one.
        Some(id) if s.findings_total.is_some() && !Tool::ALL.iter().any(|t| t.id() == id) => {
            Some(Tool::Sarif)
        }
        Some(id) => Some(one_of(Tool::ALL, id, Tool::id, "the tool")?),
    };
    let evidence = match (tool, s.findings_total) {
        (Some(of), Some(total)) => {
            let mut findings = Findings::new(of);
            findings.driver = s.tool.clone().filter(|_| names_its_tool(of));
            findings.tool_version = s.tool_version;
            findings.total = total;
            Evidence::Findings(findings)
        }
        _ => Evidence::Nothing,
    };
    let exit = match (s.exit_code, s.signal) {
        (Some(code), _) => Some(Exit::Code(code)),
        (None, signal) => signal.map(Exit::Signal),
    };
    Ok(Source {
        label: s.label,
        tool,
        format: format.map(|f| f.id),
        sha256: s.sha256,
        bytes: s.bytes,
        command: s.command,
        exit,
        duration_ms: s.duration_ms,
        shard: s.shard.map(|s| Shard {
            index: s.index,
            total: s.total,
        }),
        completeness: completeness(&s.completeness)?,
        trust: one_of(Trust::ALL, &s.trust, Trust::id, "the trust")?,
        defects: all(s.defects, defect)?,
        evidence,
    })
}

/// Whether documents of a tool say which tool they are of.
fn names_its_tool(tool: Tool) -> bool {
    matches!(tool, Tool::Sarif | Tool::GitlabSecurity)
}

/// Counts the findings of each source by their severity, as far as they are listed.
fn count(findings: &[ReportFinding], sources: &mut [Source]) {
    for f in findings {
        if let Some(Evidence::Findings(of)) = sources.get_mut(f.source).map(|s| &mut s.evidence) {
            of.counts.add(f.finding.severity, 1);
        }
    }
}

fn completeness(word: &str) -> Read<Completeness> {
    let all = [
        Completeness::Complete,
        Completeness::Partial,
        Completeness::Unreadable,
    ];
    one_of(&all, word, super::source::completeness, "the completeness")
}

fn defect(d: WireDefect) -> Read<gatekeeper_parsers::Defect> {
    let kind = one_of(
        DefectKind::ALL,
        &d.kind,
        DefectKind::id,
        "the kind of defect",
    )?;
    let at = Position {
        line: d.line,
        column: d.column,
        offset: d.offset,
        path: d.path,
    };
    Ok(gatekeeper_parsers::Defect::new(kind, d.message, at))
}

fn tests(t: WireTests, sources: &[Source]) -> Read<TestTotals> {
    let slow = |s: WireSlow| SlowTest {
        module: s.module,
        name: s.name,
        file: s.file,
        line: s.line,
        duration_us: s.duration_ms.saturating_mul(1000),
    };
    let slow_module = |m: WireSlowModule| SlowModule {
        module: m.module,
        file: m.file,
        duration_us: m.duration_ms.saturating_mul(1000),
    };
    let modules = t.slowest_modules.into_iter().map(slow_module);
    Ok(TestTotals {
        counts: Counts {
            passed: t.passed,
            failed: t.failed,
            invalid: t.invalid,
            skipped: t.skipped,
            excluded: t.excluded,
        },
        by_type: t.by_type,
        duration_ms: t.duration_ms,
        seed: t.seed,
        max_cases: t.max_cases,
        slowest: t.slowest.into_iter().map(slow).collect(),
        slowest_modules: modules.collect(),
        cases: all(t.cases, |c| case(c, sources))?,
    })
}

const OUTCOMES: &[Outcome] = &[
    Outcome::Passed,
    Outcome::Failed,
    Outcome::Invalid,
    Outcome::Skipped,
    Outcome::Excluded,
];

fn case(c: WireCase, sources: &[Source]) -> Read<(usize, TestCase)> {
    let source = index('s', &c.source, sources.len())?;
    let case = TestCase {
        app: c.app.map(Into::into),
        module: c.module.map(Into::into),
        name: c.name,
        test_type: c.test_type.map(Into::into),
        file: c.file.map(Into::into),
        line: c.line,
        outcome: one_of(OUTCOMES, &c.outcome, Outcome::id, "the outcome")?,
        duration_us: c.duration_ms.map(|ms| ms.saturating_mul(1000)),
        reason: c.reason,
    };
    Ok((source, case))
}

const SEVERITIES: &[Severity] = &[
    Severity::Info,
    Severity::Low,
    Severity::Medium,
    Severity::High,
    Severity::Critical,
];

fn status(word: &str) -> Read<Status> {
    let all = [Status::New, Status::Known, Status::Waived];
    one_of(&all, word, Status::id, "the status")
}

fn finding(f: WireFinding, sources: &[Source]) -> Read<ReportFinding> {
    let source = index('s', &f.source, sources.len())?;
    let Some(tool) = sources.get(source).and_then(|s| s.tool) else {
        return Err(Unread::Value(format!(
            "the finding's source {} names no tool",
            f.source
        )));
    };
    let finding = evidence::Finding {
        rule: f.rule,
        category: f.category,
        severity: one_of(SEVERITIES, &f.severity, Severity::id, "the severity")?,
        confidence: f.confidence,
        message: f.message,
        path: f.path,
        line: f.line,
        column: f.column,
        end_column: f.end_column,
        function: f.function,
    };
    Ok(ReportFinding {
        source,
        tool,
        tool_id: f.tool.into(),
        finding,
        fingerprint: f.fingerprint,
        status: status(&f.status)?,
        // Of a waived one the document does not say it, and nothing is judged again.
        in_baseline: f.status == Status::Known.id(),
        derived_from: f.derived.then(String::new),
        related: f.related,
    })
}
