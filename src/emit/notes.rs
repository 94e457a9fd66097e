//! What is worth an annotation: failures and findings, the worst first, each failure group before further members of any.
//! Findings that a baseline knows, and what a waiver covers, are not.

use std::num::NonZeroU32;

use gatekeeper_parsers::evidence::{Finding, Severity};

use super::shared::{self, cut, plural};
use super::{advice, place};
use crate::report::{Report, ReportFailure, ReportFinding};
use crate::waiver::Status;

/// Characters of a message; GitHub's runner cuts at 4096.
pub(super) const MESSAGE: usize = 2_000;

/// Characters of a title.
pub(super) const TITLE: usize = 200;

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Level {
    Error,
    Warning,
    Notice,
}

impl Level {
    fn of(severity: Severity) -> Self {
        match severity {
            Severity::Critical | Severity::High => Self::Error,
            Severity::Medium | Severity::Low => Self::Warning,
            Severity::Info => Self::Notice,
        }
    }
}

/// One annotation.
pub(super) struct Note {
    pub(super) level: Level,
    pub(super) at: Option<(String, Option<NonZeroU32>)>,
    pub(super) columns: Option<(NonZeroU32, Option<NonZeroU32>)>,
    pub(super) title: String,
    pub(super) message: String,
}

/// What a note would be about. A report may have many more of them than anybody shows.
#[derive(Clone, Copy)]
pub(super) enum Subject<'a> {
    Failure(&'a ReportFailure),
    Finding(&'a ReportFinding),
}

impl Subject<'_> {
    pub(super) fn level(self) -> Level {
        match self {
            Self::Failure(_) => Level::Error,
            Self::Finding(f) => Level::of(f.finding.severity),
        }
    }

    pub(super) fn note(self, report: &Report) -> Note {
        match self {
            Self::Failure(f) => failure(report, f),
            Self::Finding(f) => finding(report, f),
        }
    }
}

/// Everything that counts, in this order.
pub(super) fn subjects(report: &Report) -> Vec<Subject<'_>> {
    let firsts = report.groups.iter().filter_map(|g| g.members.first());
    let others = report.groups.iter().flat_map(|g| g.members.iter().skip(1));
    let failures = firsts.chain(others).filter_map(|i| report.failures.get(*i));
    let failures = failures.filter(|f| f.status == Status::New);
    let mut listed = shared::listed(report);
    listed.retain(|f| f.status == Status::New);
    listed.sort_by_key(|f| std::cmp::Reverse(f.finding.severity));
    let findings = listed.into_iter().map(Subject::Finding);
    failures.map(Subject::Failure).chain(findings).collect()
}

/// What got no annotation, counted.
#[derive(Default)]
pub(super) struct Missing {
    failures: usize,
    findings: usize,
}

impl Missing {
    pub(super) fn add(&mut self, subject: Subject<'_>) {
        match subject {
            Subject::Failure(_) => self.failures += 1,
            Subject::Finding(_) => self.findings += 1,
        }
    }

    /// `3 more failures and 1 more finding without an annotation: the report lists them`
    pub(super) fn sentence(&self) -> Option<String> {
        let mut parts = Vec::new();
        if self.failures > 0 {
            parts.push(plural(self.failures, "more failure"));
        }
        if self.findings > 0 {
            parts.push(plural(self.findings, "more finding"));
        }
        let all = parts.join(" and ");
        (!parts.is_empty()).then(|| format!("{all} without an annotation: the report lists them"))
    }
}

fn failure(report: &Report, f: &ReportFailure) -> Note {
    let x = &f.failure;
    let mut lines = vec![shared::test_name(x)];
    if let Some(error) = x.errors.first() {
        lines.push(cut(error.message.trim(), MESSAGE / 2));
        for (label, value) in [("left:  ", &error.left), ("right: ", &error.right)] {
            lines.extend(value.as_ref().map(|v| format!("{label}{}", cut(v, 200))));
        }
    }
    lines.extend(f.class.hint.as_ref().map(|h| format!("Hint: {h}")));
    lines.extend(f.rerun.as_ref().map(|r| format!("Again: {r}")));
    let group = report.groups.get(f.group);
    let same = group.map_or(0, |g| g.members.len().saturating_sub(1));
    if same > 0 {
        lines.push(format!(
            "{} of the same cause",
            plural(same, "other failure")
        ));
    }
    Note {
        level: Level::Error,
        at: at(report, x.file.as_deref(), x.line),
        columns: None,
        title: group.map_or_else(|| "Failure".to_owned(), |g| g.title.clone()),
        message: lines.join("\n"),
    }
}

fn finding(report: &Report, f: &ReportFinding) -> Note {
    let x = &f.finding;
    let at = at(report, x.path.as_deref(), x.line);
    let unplaced = match (&at, place(x.path.as_deref(), x.line)) {
        (None, Some(place)) => format!("\n{place}"),
        (Some(_), _) | (None, None) => String::new(),
    };
    Note {
        level: Level::of(x.severity),
        columns: columns(x),
        at,
        title: format!("{}: {} ({})", f.tool_id, cut(&x.rule, 200), x.severity.id()),
        message: format!("{}{unplaced}{}", x.message, follows(f)),
    }
}

/// A derived finding is mended with another one.
fn follows(f: &ReportFinding) -> String {
    let derived = advice::of_derived(f);
    derived.map(|says| format!("\n{says}")).unwrap_or_default()
}

fn columns(x: &Finding) -> Option<(NonZeroU32, Option<NonZeroU32>)> {
    x.line
        .and(x.column)
        .map(|column| (column, x.end_column.filter(|end| *end >= column)))
}

/// A place that GitHub can show: a file of the repository.
fn at(
    report: &Report,
    file: Option<&str>,
    line: Option<NonZeroU32>,
) -> Option<(String, Option<NonZeroU32>)> {
    Some((shared::repository_path(report, file?)?, line))
}
