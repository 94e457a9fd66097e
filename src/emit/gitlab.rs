//! GitLab Code Quality: the findings as issues.
//!
//! GitLab keeps one issue of each fingerprint and stops reading at the first issue that is not valid, so fingerprints
//! are unique and every issue has a path and a line: what has none gets the file in which it would be mended. The format
//! has no place for a verdict. A gate that has not passed is an issue of its own (undecided ones too, with what is
//! wrong with the sources), so that the file is never empty when there is something to mend; one that passed is not. An
//! advisory one is for information. Findings that were waived are left out, and failed tests belong into the JUnit report.

use std::io::{self, Write};

use gatekeeper_parsers::evidence::Severity;
use serde::Serialize;

use super::document::{self, Each};
use super::escape::lines;
use super::shared::{self, cut};
use super::{Style, advice};
use crate::fingerprint::digest;
use crate::gates::{Judged, Ruling};
use crate::report::{Report, ReportFinding};
use crate::waiver::Status;

/// Characters of a description.
const DESCRIPTION: usize = 1_000;

#[derive(Clone, Serialize)]
struct Issue<'a> {
    r#type: &'static str,
    check_name: String,
    description: String,
    categories: [&'static str; 1],
    fingerprint: std::borrow::Cow<'a, str>,
    severity: &'static str,
    location: Location,
}

#[derive(Clone, Serialize)]
struct Location {
    path: String,
    lines: Lines,
}

#[derive(Clone, Serialize)]
struct Lines {
    begin: u32,
}

pub(super) fn write(report: &Report, _: Style, out: &mut dyn Write) -> io::Result<()> {
    let gates = shared::not_passed(report).into_iter();
    let findings = shared::listed(report).into_iter();
    let findings = findings.filter(|f| f.status != Status::Waived);
    let nothing = shared::no_gate_counts(report).map(|why| no_gate(report, why));
    let issues = nothing
        .into_iter()
        .chain(gates.map(|g| gate(report, g)))
        .chain(findings.map(|f| finding(report, f)));
    document::write(&Each(issues), out)
}

fn gate<'a>(report: &Report, g: &Judged) -> Issue<'a> {
    let j = &g.judgement;
    let doubt = match j.ruling {
        Ruling::Undecided => format!(" ({})", shared::defects(report)),
        Ruling::Pass | Ruling::Fail => String::new(),
    };
    let because = cut(&j.because, DESCRIPTION);
    let (title, advisory) = (shared::title(g), shared::advisory(g));
    let says = format!("{title} {}{advisory}: {because}", j.ruling.id());
    let severity = match (g.counts(), j.ruling) {
        (false, _) => "info",
        (true, Ruling::Fail) => "blocker",
        (true, Ruling::Undecided | Ruling::Pass) => "critical",
    };
    own(
        report,
        shared::id(g),
        format!("{}{doubt}", lines(&says)),
        severity,
    )
}

/// An issue that is nobody's, for the verdict is no pass.
fn no_gate<'a>(report: &Report, why: &str) -> Issue<'a> {
    own(report, "verdict", why.to_owned(), "critical")
}

fn own<'a>(report: &Report, id: &str, description: String, severity: &'static str) -> Issue<'a> {
    Issue {
        r#type: "issue",
        check_name: lines(&format!("gatekeeper/{id}")),
        description,
        categories: ["Bug Risk"],
        fingerprint: digest(&format!("v1\0gate\0{id}"), 1).into(),
        severity,
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
    let derived = advice::of_derived(f);
    let derived = derived.map(|says| format!(" ({says})")).unwrap_or_default();
    let says = format!("{}{derived}", cut(x.message.trim(), DESCRIPTION));
    Issue {
        r#type: "issue",
        check_name: lines(&format!("{}/{}", f.tool_id, cut(&x.rule, 200))),
        description: lines(&says),
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
        Tool::Sobelow | Tool::MixAudit | Tool::HexAudit | Tool::GitlabSecurity => "Security",
        Tool::Credo | Tool::MixFormat => "Style",
        Tool::Doctor | Tool::DepsUnlock => "Clarity",
        Tool::Xref => "Complexity",
        Tool::HexOutdated => "Compatibility",
        Tool::Benchee => "Performance",
        Tool::Exunit
        | Tool::Junit
        | Tool::MixCover
        | Tool::Excoveralls
        | Tool::Lcov
        | Tool::Cobertura
        | Tool::Dialyzer
        | Tool::Compiler
        | Tool::Codecov
        | Tool::Playwright
        | Tool::Ctrf
        | Tool::Tap
        | Tool::CodeQuality
        | Tool::Axe
        | Tool::Sarif => "Bug Risk",
    }
}
