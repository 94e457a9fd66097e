//! Workflow commands of GitHub Actions: the gates as lines of the log, and the verdict, failures and findings as
//! annotations.
//!
//! A step may show 10 errors, 10 warnings and 10 notices; the runner drops further ones without a word. So the worst
//! come first, and a last notice says how many are not shown.

use std::io::{self, Write};

use super::Style;
use super::escape::{command, log, property};
use super::notes::{Level, MESSAGE, Missing, Note, TITLE, subjects};
use super::shared::{self, cut};
use crate::gates::Ruling;
use crate::report::Report;

/// Annotations of one level that a step may show.
const LEVEL: usize = 10;

/// Defects that the log lists.
const DEFECTS: usize = 50;

fn word(level: Level) -> &'static str {
    match level {
        Level::Error => "error",
        Level::Warning => "warning",
        Level::Notice => "notice",
    }
}

pub(super) fn write(report: &Report, _: Style, out: &mut dyn Write) -> io::Result<()> {
    folded(report, out)?;
    annotate(&verdict(report), out)?;
    let mut left = Left::after(report.verdict);
    let mut missing = Missing::default();
    for subject in subjects(report) {
        match left.take(subject.level()) {
            true => annotate(&subject.note(report), out)?,
            false => missing.add(subject),
        }
    }
    missing.sentence().map_or(Ok(()), |message| {
        writeln!(out, "::notice title=gatekeeper::{message}")
    })
}

/// A warning of our own, as a line.
#[must_use]
pub fn warning(title: &str, message: &str) -> String {
    let (title, message) = (
        property(&cut(title, TITLE)),
        command(&cut(message, MESSAGE)),
    );
    format!("::warning title={title}::{message}\n")
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

fn annotate(note: &Note, out: &mut dyn Write) -> io::Result<()> {
    write!(out, "::{} ", word(note.level))?;
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
        property(&cut(&note.title, TITLE)),
        command(&cut(&note.message, MESSAGE)),
    );
    writeln!(out, "title={title}::{message}")
}
