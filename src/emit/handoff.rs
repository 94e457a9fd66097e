//! The report as YAML for who takes over: status, tests, coverage by module, and every issue with a proposal.
//!
//! All texts are double-quoted scalars in which everything but plain letters, digits and marks is escaped, so that no
//! text of a test can be anything but a text.

use std::io::{self, Write};

use gatekeeper_parsers::Tool;
use gatekeeper_parsers::evidence::{FileCoverage, Measure, Severity};

use super::{Style, advice, escape};
use crate::coverage::{hundredths, percent};
use crate::failures::Group;
use crate::gates::Ruling;
use crate::report::{Report, ReportFinding};
use crate::waiver::Status;

/// Characters of one text.
const MAX: usize = 600;

pub(super) fn write(report: &Report, _: Style, out: &mut dyn Write) -> io::Result<()> {
    let status = match report.verdict {
        Ruling::Pass => "passed",
        Ruling::Fail => "failed",
        Ruling::Undecided => "undecided",
    };
    writeln!(
        out,
        "---\nschema: \"gatekeeper.handoff/v1\"\nstatus: \"{status}\""
    )?;
    gates(report, out)?;
    tests(report, out)?;
    coverage(report, out)?;
    issues(report, out)
}

/// A text, cut to its length.
fn quoted(text: &str) -> String {
    let mut chars = text.chars();
    let mut shown: String = chars.by_ref().take(MAX).collect();
    if chars.next().is_some() {
        shown.push('…');
    }
    escape::yaml(&shown)
}

fn text(value: Option<&str>) -> String {
    value.map_or_else(|| "null".to_owned(), quoted)
}

fn number<T: std::fmt::Display>(value: Option<T>) -> String {
    value.map_or_else(|| "null".to_owned(), |n| n.to_string())
}

/// `key:` and its items, or an empty list.
fn list(out: &mut dyn Write, indent: &str, key: &str, items: &[String]) -> io::Result<()> {
    if items.is_empty() {
        return writeln!(out, "{indent}{key}: []");
    }
    writeln!(out, "{indent}{key}:")?;
    items
        .iter()
        .try_for_each(|item| out.write_all(item.as_bytes()))
}

fn gates(report: &Report, out: &mut dyn Write) -> io::Result<()> {
    let rows: Vec<String> = report
        .gates
        .iter()
        .map(|g| {
            let j = &g.judgement;
            format!(
                "  - gate: {}\n    ruling: {}\n    because: {}\n",
                quoted(&g.id),
                quoted(j.ruling.id()),
                quoted(&j.because)
            )
        })
        .collect();
    list(out, "", "gates", &rows)
}

fn tests(report: &Report, out: &mut dyn Write) -> io::Result<()> {
    let Some(tests) = &report.tests else {
        return writeln!(out, "tests: null");
    };
    let c = &tests.counts;
    writeln!(
        out,
        "tests:\n  run: {}\n  passed: {}\n  failed: {}\n  invalid: {}\n  skipped: {}\n  excluded: {}",
        c.ran(),
        c.passed,
        c.failed,
        c.invalid,
        c.skipped,
        c.excluded
    )
}

fn coverage(report: &Report, out: &mut dyn Write) -> io::Result<()> {
    let Some(coverage) = &report.coverage else {
        return writeln!(out, "coverage: null");
    };
    let (covered, relevant) = coverage.lines.unzip();
    let exact = coverage.lines.and_then(|(c, r)| percent(c, r));
    let printed = match coverage.printed.as_slice() {
        [one] => Some(hundredths(one.shown)),
        _ => None,
    };
    writeln!(
        out,
        "coverage:\n  percent: {}\n  covered: {}\n  relevant: {}",
        text(exact.or(printed).as_deref()),
        number(covered),
        number(relevant)
    )?;
    let modules: Vec<String> = coverage.files.iter().map(module).collect();
    list(out, "  ", "modules", &modules)
}

fn module(f: &FileCoverage) -> String {
    let percent = match f.measure {
        Measure::Lines { covered, relevant } => percent(covered, relevant),
        Measure::Rounded { hundredths: shown }
        | Measure::Between {
            at_least: shown, ..
        } => Some(hundredths(shown)),
    };
    format!(
        "    - module: {}\n      file: {}\n      percent: {}\n",
        text(f.module.as_deref()),
        text(f.path.as_deref()),
        text(percent.as_deref())
    )
}

/// One thing to mend.
struct Issue<'a> {
    kind: &'a str,
    severity: &'a str,
    description: String,
    file: Option<&'a str>,
    line: Option<u32>,
    fix: Option<String>,
    rerun: Option<&'a str>,
}

fn issues(report: &Report, out: &mut dyn Write) -> io::Result<()> {
    let groups = report.groups.iter().map(|group| of_group(report, group));
    let findings = report
        .findings
        .iter()
        // Compile errors are failures; what is accepted is not to be mended.
        .filter(|f| f.tool != Tool::Compiler || f.finding.severity < Severity::High)
        .filter(|f| f.status != Status::Waived);
    let gates = report.gates.iter().filter(|g| {
        // What a failing gate lists stands above; a coverage that is too low and what is not known stand nowhere else.
        g.judgement.ruling == Ruling::Undecided
            || (g.judgement.ruling == Ruling::Fail && g.gate.area() == "coverage")
    });
    let gates = gates.map(|g| Issue {
        kind: "gate",
        severity: "medium",
        description: format!("{}: {}", g.id, g.judgement.because),
        file: None,
        line: None,
        fix: Some(format!("See `gatekeeper explain {}`", g.gate.id)),
        rerun: None,
    });
    let all: Vec<String> = groups
        .chain(findings.map(|f| of_finding(report, f)))
        .chain(gates)
        .map(|i| yaml(&i))
        .collect();
    list(out, "", "issues", &all)
}

fn of_group<'a>(report: &'a Report, group: &'a Group) -> Issue<'a> {
    let first = group
        .members
        .first()
        .and_then(|at| report.failures.get(*at));
    let n = group.members.len();
    let failures = if n == 1 { "failure" } else { "failures" };
    Issue {
        kind: "failure",
        severity: "high",
        description: format!("{} ({n} {failures}): {}", group.title, group.cause),
        file: first.and_then(|f| f.failure.file.as_deref()),
        line: first.and_then(|f| f.failure.line).map(Into::into),
        fix: group.hint.clone(),
        rerun: first.and_then(|f| f.rerun.as_deref()),
    }
}

fn of_finding<'a>(report: &Report, f: &'a ReportFinding) -> Issue<'a> {
    let x = &f.finding;
    Issue {
        kind: &f.tool_id,
        severity: x.severity.id(),
        description: format!("{}: {}", x.rule, x.message),
        file: x.path.as_deref(),
        line: x.line.map(Into::into),
        fix: advice::of_finding(report, f),
        rerun: None,
    }
}

fn yaml(i: &Issue<'_>) -> String {
    format!(
        "  - kind: {}\n    severity: {}\n    description: {}\n    file: {}\n    line: {}\n    fix: {}\n    rerun: {}\n",
        quoted(i.kind),
        quoted(i.severity),
        quoted(&i.description),
        text(i.file),
        number(i.line),
        text(i.fix.as_deref()),
        // A command that is cut is another command.
        i.rerun.map_or_else(|| "null".to_owned(), escape::yaml)
    )
}
