//! Sources on the wire.

use std::borrow::Cow;

use gatekeeper_parsers::{Completeness, Defect};
use serde::Serialize;

use super::id;
use crate::report::{Exit, Source};

#[derive(Debug, Serialize)]
pub(super) struct WireSource<'a> {
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
pub(super) struct WireShard {
    index: u32,
    total: Option<u32>,
}

#[derive(Debug, Serialize)]
pub(super) struct WireDefect<'a> {
    kind: &'static str,
    message: &'a str,
    line: Option<u64>,
    column: Option<u64>,
    offset: Option<u64>,
    path: Option<&'a str>,
}

pub(super) fn source(index: usize, s: &Source) -> WireSource<'_> {
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
pub(super) fn completeness(completeness: Completeness) -> &'static str {
    match completeness {
        Completeness::Complete => "complete",
        Completeness::Unproven | Completeness::Partial => "partial",
        Completeness::Unreadable => "unreadable",
    }
}

pub(super) fn defect(d: &Defect) -> WireDefect<'_> {
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
