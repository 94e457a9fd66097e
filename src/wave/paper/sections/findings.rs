//! Findings, the most severe first.

use std::cmp::Reverse;

use gatekeeper_parsers::Tool;
use gatekeeper_parsers::evidence::Severity;

use super::super::{Look, Row, Section, cut, grouped};
use super::{SENTENCE, head, looked, place, showing, table};
use crate::gates::Ruling;
use crate::report::{Report, ReportFinding};
use crate::waiver::Status;

/// Findings that are shown.
const FINDINGS: usize = 40;

/// New ones first, then by severity.
pub(super) fn section(report: &Report) -> Section {
    let listed = report.findings.iter().filter(|f| f.tool != Tool::Compiler);
    let mut listed: Vec<&ReportFinding> = listed.collect();
    let by = |s: Severity| listed.iter().filter(|f| f.finding.severity == s).count();
    let counts: Vec<String> = SEVERITIES
        .iter()
        .map(|s| (by(*s), s.id()))
        .filter(|(n, _)| *n > 0)
        .map(|(n, id)| format!("{} {id}", grouped(n as u64)))
        .collect();
    listed.sort_by_key(|f| (f.status == Status::Known, Reverse(f.finding.severity)));
    let all = report.findings_in_all().max(listed.len() as u64);
    let rows: Vec<Row> = listed.iter().take(FINDINGS).map(|f| finding(f)).collect();
    let parts = [counts.join(", "), showing(rows.len(), all)];
    let parts: Vec<String> = parts.into_iter().filter(|p| !p.is_empty()).collect();
    let note = match (parts.is_empty(), looked(report)) {
        (true, true) => "none".into(),
        (true, false) => "none; no source looks for any".into(),
        (false, _) => parts.join("; "),
    };
    let heads = vec![
        head("Severity", 130, Look::Tone),
        head("Where", 330, Look::Code),
        head("Rule", 200, Look::Plain),
        head("Message", 340, Look::Plain),
    ];
    table("Findings", note, heads, rows)
}

const SEVERITIES: [Severity; 5] = [
    Severity::Critical,
    Severity::High,
    Severity::Medium,
    Severity::Low,
    Severity::Info,
];

fn finding(f: &ReportFinding) -> Row {
    let x = &f.finding;
    let severity = match f.status {
        Status::New => x.severity.id().to_owned(),
        Status::Known => format!("{} (known)", x.severity.id()),
        Status::Waived => format!("{} (waived)", x.severity.id()),
    };
    let first = x.message.lines().next().unwrap_or_default();
    Row {
        cells: vec![
            severity,
            place(x.path.as_deref(), x.line),
            format!("{} {}", cut(&f.tool_id, 24), cut(&x.rule, 80)),
            cut(first, SENTENCE),
        ],
        tone: match x.severity {
            Severity::Critical | Severity::High => Some(Ruling::Fail),
            Severity::Medium => Some(Ruling::Undecided),
            Severity::Low | Severity::Info => None,
        },
    }
}
