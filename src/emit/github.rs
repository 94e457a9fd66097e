//! Workflow commands of GitHub Actions: the gates as lines of the log, and the verdict, failures and findings as
//! annotations.
//!
//! A step may show 10 errors, 10 warnings and 10 notices; the runner drops further ones without a word. So the worst
//! come first, each failure group before further members of any, and a last notice says how many are not shown. Findings
//! that a baseline knows, and what a waiver covers, get none.

use std::io::{self, Write};
use std::num::NonZeroU32;

use gatekeeper_parsers::evidence::{Finding, Severity};

use super::escape::{command, log, property};
use super::shared::{self, cut, plural};
use super::{Style, advice, place};
use crate::gates::Ruling;
use crate::report::{Report, ReportFailure, ReportFinding};
use crate::waiver::Status;

/// Annotations of one level that a step may show.
const LEVEL: usize = 10;

/// Characters of a message; the runner cuts at 4096.
const MESSAGE: usize = 2_000;

/// Defects that the log lists.
const DEFECTS: usize = 50;

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Level {
    Error,
    Warning,
    Notice,
}

impl Level {
    fn id(self) -> &'static str {
        match self {
            Self::Error => "error",
            Self::Warning => "warning",
            Self::Notice => "notice",
        }
    }

    fn of(severity: Severity) -> Self {
        match severity {
            Severity::Critical | Severity::High => Self::Error,
            Severity::Medium | Severity::Low => Self::Warning,
            Severity::Info => Self::Notice,
        }
    }
}

/// One annotation.
struct Note {
    level: Level,
    at: Option<(String, Option<NonZeroU32>)>,
    columns: Option<(NonZeroU32, Option<NonZeroU32>)>,
    title: String,
    message: String,
}

pub(super) fn write(report: &Report, _: Style, out: &mut dyn Write) -> io::Result<()> {
    folded(report, out)?;
    annotate(&verdict(report), out)?;
    let mut notes: Vec<Note> = failures(report);
    let failed = notes.len();
    let mut listed = shared::listed(report);
    listed.retain(|f| f.status == Status::New);
    listed.sort_by_key(|f| std::cmp::Reverse(f.finding.severity));
    notes.extend(listed.iter().map(|f| finding(report, f)));
    let mut left = Left::after(report.verdict);
    let (mut failures, mut findings) = (0, 0);
    for (i, note) in notes.iter().enumerate() {
        if left.take(note.level) {
            annotate(note, out)?;
        } else if i < failed {
            failures += 1;
        } else {
            findings += 1;
        }
    }
    more(failures, findings, out)
}

/// Room for annotations, beside that of the verdict and of the last notice.
struct Left {
    errors: usize,
    warnings: usize,
    notices: usize,
}

impl Left {
    fn after(verdict: Ruling) -> Self {
        let one = |said| LEVEL - usize::from(said);
        Self {
            errors: one(verdict != Ruling::Pass),
            warnings: LEVEL,
            notices: one(verdict == Ruling::Pass) - 1,
        }
    }

    fn take(&mut self, level: Level) -> bool {
        let slot = match level {
            Level::Error => &mut self.errors,
            Level::Warning => &mut self.warnings,
            Level::Notice => &mut self.notices,
        };
        let room = *slot > 0;
        *slot = slot.saturating_sub(1);
        room
    }
}

/// The gates and what is wrong with the sources as lines of the log, folded. Each line begins with our own words, so
/// nothing in it is a command.
fn folded(report: &Report, out: &mut dyn Write) -> io::Result<()> {
    let (headline, defects) = (shared::headline(report), shared::defects(report));
    writeln!(out, "::group::gatekeeper: {}, {defects}", log(&headline))?;
    for g in &report.gates {
        let j = &g.judgement;
        let (actual, limit, because) = (log(&j.actual), log(&j.limit), log(&j.because));
        let (ruling, id) = (j.ruling.id(), log(shared::id(g)));
        writeln!(
            out,
            "  {ruling:<9}  {id:<9}  {actual} (limit {limit}): {because}{}",
            shared::advisory(g)
        )?;
    }
    let all = report.sources.iter();
    let all = all.flat_map(|s| s.defects.iter().map(move |d| (s, d)));
    for (source, defect) in all.take(DEFECTS) {
        let (label, message) = (
            log(&cut(&source.label, 200)),
            log(&cut(&defect.message, 300)),
        );
        writeln!(out, "  defect     {}: {label}: {message}", defect.kind)?;
    }
    if report.defects() > DEFECTS {
        writeln!(out, "  … and {} more", report.defects() - DEFECTS)?;
    }
    writeln!(out, "::endgroup::")
}

/// The verdict with the reason of every gate that has not passed.
fn verdict(report: &Report) -> Note {
    let not_passed = shared::not_passed(report).into_iter();
    let lines: Vec<String> = not_passed
        .map(|g| {
            let j = &g.judgement;
            format!(
                "{} {}{}: {}",
                shared::id(g),
                j.ruling.id(),
                shared::advisory(g),
                cut(&j.because, 300)
            )
        })
        .collect();
    let nothing = shared::no_gate_counts(report).map(str::to_owned);
    let lines: Vec<String> = nothing.into_iter().chain(lines).collect();
    let message = match lines.is_empty() {
        true => "Every judged gate passed".to_owned(),
        false => lines.join("\n"),
    };
    Note {
        level: if report.verdict == Ruling::Pass {
            Level::Notice
        } else {
            Level::Error
        },
        at: None,
        columns: None,
        title: format!("gatekeeper: {}", shared::headline(report)),
        message,
    }
}

/// The first failure of every group, then all others, as far as they count.
fn failures(report: &Report) -> Vec<Note> {
    let firsts = report.groups.iter().filter_map(|g| g.members.first());
    let others = report.groups.iter().flat_map(|g| g.members.iter().skip(1));
    let all = firsts.chain(others).filter_map(|i| report.failures.get(*i));
    all.filter(|f| f.status == Status::New)
        .map(|f| failure(report, f))
        .collect()
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
    let derived = f.derived_from.as_ref().and_then(|_| advice::of_finding(f));
    derived.map(|says| format!("\n{says}")).unwrap_or_default()
}

fn columns(x: &Finding) -> Option<(NonZeroU32, Option<NonZeroU32>)> {
    x.line
        .and(x.column)
        .map(|column| (column, x.end_column.filter(|end| *end >= column)))
}

/// A place that the runner can show: a file of the repository.
fn at(
    report: &Report,
    file: Option<&str>,
    line: Option<NonZeroU32>,
) -> Option<(String, Option<NonZeroU32>)> {
    Some((shared::repository_path(report, file?)?, line))
}

fn annotate(note: &Note, out: &mut dyn Write) -> io::Result<()> {
    write!(out, "::{} ", note.level.id())?;
    if let Some((file, line)) = &note.at {
        write!(out, "file={},", property(file))?;
        if let Some(line) = line {
            write!(out, "line={line},")?;
            if let Some((column, end)) = note.columns {
                write!(out, "col={column},")?;
                end.map_or(Ok(()), |end| write!(out, "endColumn={end},"))?;
            }
        }
    }
    let (title, message) = (
        property(&cut(&note.title, 200)),
        command(&cut(&note.message, MESSAGE)),
    );
    writeln!(out, "title={title}::{message}")
}

/// What there was no room for.
fn more(failures: usize, findings: usize, out: &mut dyn Write) -> io::Result<()> {
    let mut parts = Vec::new();
    if failures > 0 {
        parts.push(plural(failures, "more failure"));
    }
    if findings > 0 {
        parts.push(plural(findings, "more finding"));
    }
    if parts.is_empty() {
        return Ok(());
    }
    let message = format!(
        "{} without an annotation: the report lists them",
        parts.join(" and ")
    );
    writeln!(out, "::notice title=gatekeeper::{message}")
}
