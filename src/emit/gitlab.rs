//! GitLab Code Quality: the findings as issues.
//!
//! GitLab keeps one issue of each fingerprint and stops reading at the first issue that is not valid, so fingerprints
//! are unique and every issue has a path and a line: what has none gets the file in which it would be mended. The format
//! has no place for a verdict. A gate that has not passed is an issue of its own (undecided ones too, with what is
//! wrong with the sources), so that the file is never empty when there is something to mend; one that passed is not.
//! Findings that were waived are left out, and failed tests belong into the JUnit report.

use std::io::{self, Write};

use gatekeeper_parsers::evidence::Severity;
use serde::Serialize;

use super::Style;
use super::escape::{json, lines};
use super::shared::{self, cut};
use crate::fingerprint::digest;
use crate::gates::{Judged, Ruling};
use crate::report::{Report, ReportFinding};
use crate::wire::v1::status;

/// Characters of a description.
const DESCRIPTION: usize = 1_000;

#[derive(Serialize)]
struct Issue<'a> {
    r#type: &'static str,
    check_name: String,
    description: String,
    categories: [&'static str; 1],
    fingerprint: std::borrow::Cow<'a, str>,
    severity: &'static str,
    location: Location,
}

#[derive(Serialize)]
struct Location {
    path: String,
    lines: Lines,
}

#[derive(Serialize)]
struct Lines {
    begin: u32,
}

pub(super) fn write(report: &Report, _: Style, out: &mut dyn Write) -> io::Result<()> {
    let gates = shared::not_passed(report).into_iter();
    let findings = shared::listed(report).into_iter();
    let findings = findings.filter(|f| status(f) != "waived");
    let issues: Vec<Issue<'_>> = gates
        .map(|g| gate(report, g))
        .chain(findings.map(|f| finding(report, f)))
        .collect();
    let text = serde_json::to_string_pretty(&issues)?;
    writeln!(out, "{}", json(&text))
}

fn gate<'a>(report: &Report, g: &Judged) -> Issue<'a> {
    let j = &g.judgement;
    let doubt = match j.ruling {
        Ruling::Undecided => format!(" ({})", shared::defects(report)),
        Ruling::Pass | Ruling::Fail => String::new(),
    };
    let because = cut(&j.because, DESCRIPTION);
    let says = format!("{} {}: {because}", shared::title(g), j.ruling.id());
    Issue {
        r#type: "issue",
        check_name: lines(&format!("gatekeeper/{}", shared::id(g))),
        description: format!("{}{doubt}", lines(&says)),
        categories: ["Bug Risk"],
        fingerprint: digest(&format!("v1\0gate\0{}", shared::id(g)), 1).into(),
        severity: if j.ruling == Ruling::Fail {
            "blocker"
        } else {
            "critical"
        },
        location: Location {
            path: shared::repository_path(report, "mix.exs").unwrap_or_else(|| "mix.exs".into()),
            lines: Lines { begin: 1 },
        },
    }
}

fn finding<'a>(report: &Report, f: &'a ReportFinding) -> Issue<'a> {
    let x = &f.finding;
    let placed = x
        .path
        .as_deref()
        .and_then(|p| shared::repository_path(report, p));
    let line = x.line.filter(|_| placed.is_some()).map_or(1, Into::into);
    let home = || shared::repository_path(report, shared::home(f.tool));
    Issue {
        r#type: "issue",
        check_name: lines(&format!("{}/{}", f.tool_id, cut(&x.rule, 200))),
        description: lines(&cut(x.message.trim(), DESCRIPTION)),
        categories: [category(f)],
        fingerprint: f.fingerprint.as_str().into(),
        severity: match x.severity {
            Severity::Critical => "blocker",
            Severity::High => "critical",
            Severity::Medium => "major",
            Severity::Low => "minor",
            Severity::Info => "info",
        },
        location: Location {
            path: placed
                .or_else(home)
                .unwrap_or_else(|| shared::home(f.tool).into()),
            lines: Lines { begin: line },
        },
    }
}

/// One of the categories that Code Climate names.
fn category(f: &ReportFinding) -> &'static str {
    use gatekeeper_parsers::Tool;
    match f.tool {
        Tool::Sobelow | Tool::MixAudit | Tool::HexAudit => "Security",
        Tool::Credo | Tool::MixFormat => "Style",
        Tool::Exunit
        | Tool::Junit
        | Tool::MixCover
        | Tool::Excoveralls
        | Tool::Lcov
        | Tool::Cobertura
        | Tool::Dialyzer
        | Tool::Compiler
        | Tool::Sarif => "Bug Risk",
    }
}
