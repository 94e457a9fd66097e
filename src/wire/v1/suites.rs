//! Tests and failures on the wire.

use std::collections::BTreeMap;

use gatekeeper_parsers::evidence::{Frame, TestError};
use serde::Serialize;

use super::id;
use crate::report::{Report, ReportFailure, TestTotals};

#[derive(Debug, Serialize)]
pub(super) struct Tests<'a> {
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
    #[serde(skip_serializing_if = "Vec::is_empty")]
    slowest_modules: Vec<SlowModule<'a>>,
    cases: Vec<Case<'a>>,
}

#[derive(Debug, Serialize)]
pub(super) struct Slow<'a> {
    module: Option<&'a str>,
    name: &'a str,
    file: Option<&'a str>,
    line: Option<u32>,
    duration_ms: u64,
}

#[derive(Debug, Serialize)]
pub(super) struct SlowModule<'a> {
    module: &'a str,
    file: &'a str,
    duration_ms: u64,
}

#[derive(Debug, Serialize)]
pub(super) struct Case<'a> {
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
pub(super) struct Failure<'a> {
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
pub(super) struct Error<'a> {
    kind: &'static str,
    exception: Option<&'a str>,
    message: &'a str,
    code: Option<&'a str>,
    left: Option<&'a str>,
    right: Option<&'a str>,
    stacktrace: Vec<WireFrame<'a>>,
}

#[derive(Debug, Serialize)]
pub(super) struct WireFrame<'a> {
    app: Option<&'a str>,
    file: Option<&'a str>,
    line: Option<u32>,
    function: &'a str,
}

#[derive(Debug, Serialize)]
pub(super) struct FailureGroup<'a> {
    id: String,
    category: &'static str,
    title: &'a str,
    cause: &'a str,
    first: Option<&'a str>,
    failures: Vec<&'a str>,
    hint: Option<&'a str>,
    confidence: &'static str,
}

pub(super) fn tests(t: &TestTotals) -> Tests<'_> {
    let slowest = t.slowest.iter().map(|s| Slow {
        module: s.module.as_deref(),
        name: &s.name,
        file: s.file.as_deref(),
        line: s.line.map(Into::into),
        duration_ms: s.duration_us / 1000,
    });
    let modules = t.slowest_modules.iter().map(|m| SlowModule {
        module: &m.module,
        file: &m.file,
        duration_ms: m.duration_us / 1000,
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
        slowest_modules: modules.collect(),
        cases: cases.collect(),
    }
}

pub(super) fn failure(f: &ReportFailure) -> Failure<'_> {
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

pub(super) fn error(e: &TestError) -> Error<'_> {
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
pub(super) fn no_error<'a>() -> Error<'a> {
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

pub(super) fn frame(f: &Frame) -> WireFrame<'_> {
    let line = f.line.map(Into::into);
    WireFrame {
        app: f.app.as_deref(),
        file: f.file.as_deref(),
        line,
        function: &f.function,
    }
}

pub(super) fn groups(report: &Report) -> Vec<FailureGroup<'_>> {
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
