//! SARIF 2.1.0: a run for each tool with findings, and gatekeeper's own with the gates and the failed tests.
//!
//! A tool that was read to its end has `results`, if only empty ones, so that what was mended disappears elsewhere, too;
//! where nothing is proven and nothing was found there are none, which means "not known". `executionSuccessful` is true
//! only when every source of the tool is complete; what is wrong with them, and every gate, is a notification.
//!
//! GitHub's limits (results, runs, locations) are kept, worst first; what was left out is counted in a notification.
//! Its own fingerprint `primaryLocationLineHash` is not ours to write: ours has its own name.

use std::collections::BTreeMap;
use std::io::{self, Write};

use gatekeeper_parsers::{Completeness, Defect, Tool};
use serde::Serialize;
use serde_json::{Value, json};

use super::escape::{sarif as safe, uri};
use super::shared::{self, cut};
use super::{Style, document};
use crate::exit::of_verdict;
use crate::gates::{Judged, Ruling};
use crate::report::{Report, ReportFinding, Source};

mod results;
mod rules;

use results::{Row, failure, finding};
use rules::Rules;

/// Results of one run.
const RESULTS: usize = 25_000;

/// Runs of one file.
const RUNS: usize = 20;

/// Notifications of one run about defects.
const DEFECTS: usize = 100;

/// Characters of one message.
const MESSAGE: usize = 2_000;

pub(super) fn write(report: &Report, _: Style, out: &mut dyn Write) -> io::Result<()> {
    let tools = tools(report);
    let mut runs = vec![own_run(report, tools.len())];
    runs.extend(
        tools
            .iter()
            .take(RUNS - 1)
            .map(|(id, of)| tool_run(report, id, of)),
    );
    let log = Log {
        schema: "https://json.schemastore.org/sarif-2.1.0.json",
        runs,
        version: "2.1.0",
    };
    document::write(&log, out)
}

#[derive(Serialize)]
struct Log<'a> {
    #[serde(rename = "$schema")]
    schema: &'static str,
    runs: Vec<Run<'a>>,
    version: &'static str,
}

/// Results are many, and typed; the rest is little.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Run<'a> {
    automation_details: Value,
    invocations: [Value; 1],
    original_uri_base_ids: Value,
    #[serde(skip_serializing_if = "Option::is_none")]
    properties: Option<Value>,
    #[serde(skip_serializing_if = "Option::is_none")]
    results: Option<Vec<Row<'a>>>,
    tool: Value,
}

/// What is known of one tool.
#[derive(Default)]
struct Of<'a> {
    sources: Vec<&'a Source>,
    findings: Vec<&'a ReportFinding>,
}

/// Tools that look for something, in order of their ids.
fn tools(report: &Report) -> BTreeMap<String, Of<'_>> {
    let mut tools: BTreeMap<String, Of<'_>> = BTreeMap::new();
    for source in &report.sources {
        if let Some(id) = source.tool_id().filter(|_| looks_for_something(source)) {
            tools
                .entry(id.into_owned())
                .or_default()
                .sources
                .push(source);
        }
    }
    for finding in shared::listed(report) {
        let of = tools.entry(finding.tool_id.to_string()).or_default();
        of.findings.push(finding);
    }
    tools
}

fn looks_for_something(source: &Source) -> bool {
    match source.tool {
        Some(
            Tool::Credo
            | Tool::Dialyzer
            | Tool::Sobelow
            | Tool::MixAudit
            | Tool::HexAudit
            | Tool::MixFormat
            | Tool::DepsUnlock
            | Tool::Xref
            | Tool::Doctor
            | Tool::GitlabSecurity
            | Tool::CodeQuality
            | Tool::Axe
            | Tool::HexOutdated
            | Tool::Sarif,
        ) => true,
        Some(
            Tool::Exunit
            | Tool::Junit
            | Tool::MixCover
            | Tool::Excoveralls
            | Tool::Lcov
            | Tool::Cobertura
            | Tool::Codecov
            | Tool::Benchee
            | Tool::Playwright
            | Tool::Ctrf
            | Tool::Tap
            | Tool::Compiler,
        )
        | None => false,
    }
}

fn run<'a>(tool: &str, version: Option<&str>, rules: Vec<Value>, invocation: Value) -> Run<'a> {
    let mut driver = json!({ "name": safe(&cut(tool, 200)), "rules": rules });
    if let Some(version) = version {
        driver["version"] = safe(&cut(version, 200)).into();
    }
    Run {
        automation_details: json!({ "id": format!("gatekeeper/{}/", uri(&cut(tool, 200))) }),
        invocations: [invocation],
        original_uri_base_ids: json!({ "%SRCROOT%": { "description": { "text": "The root of the repository" } } }),
        properties: None,
        results: None,
        tool: json!({ "driver": driver }),
    }
}

/// A run of a tool: what it found.
fn tool_run<'a>(report: &'a Report, id: &str, of: &Of<'a>) -> Run<'a> {
    let mut rules = Rules::default();
    let mut findings = of.findings.clone();
    findings.sort_by_key(|f| std::cmp::Reverse(f.finding.severity));
    let results: Vec<Row<'_>> = findings
        .iter()
        .take(RESULTS)
        .map(|f| {
            let rule = rules.index(&f.finding.rule, f.finding.severity);
            finding(report, f, rule)
        })
        .collect();
    let complete = !of.sources.is_empty() && of.sources.iter().all(|s| s.is_complete());
    let defects = of
        .sources
        .iter()
        .flat_map(|s| s.defects.iter().map(|d| defect(s, d)));
    let mut notes: Vec<Value> = defects.take(DEFECTS).collect();
    notes.extend(left_out("finding", findings.len(), results.len()));
    let versions = of
        .sources
        .iter()
        .filter_map(|s| s.evidence.findings()?.tool_version.as_deref());
    let security = of.findings.iter().any(|f| is_security(f.tool));
    let invocation =
        json!({ "executionSuccessful": complete, "toolExecutionNotifications": notes });
    let version = versions.into_iter().next();
    let mut run = run(id, version, rules.into_values(security), invocation);
    if complete || !results.is_empty() {
        run.results = Some(results);
    }
    run
}

fn is_security(tool: Tool) -> bool {
    matches!(
        tool,
        Tool::Sobelow | Tool::MixAudit | Tool::HexAudit | Tool::GitlabSecurity
    )
}

/// gatekeeper's own run: gates, defects, and tests that failed.
fn own_run(report: &Report, tools: usize) -> Run<'_> {
    let mut rules = Rules::default();
    let mut seen: BTreeMap<String, u32> = BTreeMap::new();
    let failures = report.failures.iter();
    let results: Vec<Row<'_>> = failures
        .filter_map(|f| failure(report, f, &mut rules, &mut seen))
        .take(RESULTS)
        .collect();
    let mut notes: Vec<Value> = report.gates.iter().map(gate).collect();
    let of = |source: &'_ Source| source.tool.is_none() || !looks_for_something(source);
    let others = report.sources.iter().filter(|s| of(s));
    let others = others.flat_map(|s| s.defects.iter().map(|d| defect(s, d)));
    notes.extend(others.take(DEFECTS));
    notes.push(notification(
        "note",
        "gatekeeper/defects",
        &shared::defects(report),
    ));
    notes.extend(left_out("failure", report.failures.len(), results.len()));
    notes.extend(left_out("tool", tools, tools.min(RUNS - 1)));
    let invocation = json!({
        "executionSuccessful": report.sources.iter().all(Source::is_complete) && !report.sources.is_empty(),
        "exitCode": of_verdict(report.verdict).code(),
        "toolExecutionNotifications": notes,
    });
    let version = Some(env!("CARGO_PKG_VERSION"));
    let mut run = run("gatekeeper", version, rules.into_categories(), invocation);
    run.results = Some(results);
    run.properties = Some(json!({
        "verdict": report.verdict.id(),
        "defects": report.defects(),
        "gates": report.gates.iter().map(|g| json!({
            "id": safe(shared::id(g)),
            "title": safe(shared::title(g)),
            "ruling": g.judgement.ruling.id(),
            "severity": g.severity.id(),
            "actual": safe(&cut(&g.judgement.actual, MESSAGE)),
            "limit": safe(&cut(&g.judgement.limit, MESSAGE)),
            "because": safe(&cut(&g.judgement.because, MESSAGE)),
        })).collect::<Vec<_>>(),
    }));
    run
}

fn notification(level: &str, id: &str, text: &str) -> Value {
    json!({ "level": level, "descriptor": { "id": id }, "message": { "text": safe(text) } })
}

fn left_out(word: &str, all: usize, shown: usize) -> Option<Value> {
    let text = || format!("{shown} of {} are listed", shared::plural(all, word));
    (all > shown).then(|| notification("warning", "gatekeeper/limit", &text()))
}

fn gate(g: &Judged) -> Value {
    let j = &g.judgement;
    let level = match (g.counts(), j.ruling) {
        (false, _) | (true, Ruling::Pass) => "note",
        (true, Ruling::Undecided) => "warning",
        (true, Ruling::Fail) => "error",
    };
    let text = format!(
        "{} {}{}: {}",
        shared::title(g),
        j.ruling.id(),
        shared::advisory(g),
        cut(&j.because, MESSAGE)
    );
    notification(level, &format!("gate/{}", safe(shared::id(g))), &text)
}

fn defect(source: &Source, d: &Defect) -> Value {
    let level = match source.completeness {
        Completeness::Complete => "note",
        Completeness::Unproven | Completeness::Partial | Completeness::Unreadable => "error",
    };
    let (label, message) = (cut(&source.label, 200), cut(&d.message, MESSAGE));
    notification(
        level,
        &format!("defect/{}", d.kind),
        &format!("{label}: {message}"),
    )
}
