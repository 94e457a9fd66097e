//! A check run of GitHub: what of the report is annotated there, and the words around it.
//!
//! Unlike workflow commands, these annotations belong to a commit, whatever is checked out. Each needs a file of the
//! repository; what has none, and what there is no room for, is counted.

use serde::Serialize;

use super::escape::{annotation as safe, terminal};
use super::notes::{Level, MESSAGE, Missing, Note, TITLE, subjects};
use super::shared::{self, cut};
use crate::gates::Ruling;
use crate::report::Report;

/// Annotations of one check run: more than anybody reads.
const SHOWN: usize = 200;

/// Bytes of a path that somebody may have.
const PATH: usize = 1_000;

/// The highest line that the API takes.
const LINES: u32 = 0x7fff_ffff;

/// One annotation, as the API has it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Annotation {
    path: String,
    start_line: u32,
    end_line: u32,
    #[serde(skip_serializing_if = "Option::is_none")]
    start_column: Option<u32>,
    #[serde(skip_serializing_if = "Option::is_none")]
    end_column: Option<u32>,
    annotation_level: &'static str,
    title: String,
    message: String,
}

/// The annotations of a report.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Annotations {
    /// The worst first.
    pub shown: Vec<Annotation>,
    /// What is not among them, in words.
    pub more: Option<String>,
}

/// What is annotated.
#[must_use]
pub fn annotations(report: &Report) -> Annotations {
    let mut shown = Vec::new();
    let mut missing = Missing::default();
    for subject in subjects(report) {
        let room = shown.len() < SHOWN;
        let one = room.then(|| annotation(&subject.note(report))).flatten();
        match one {
            Some(one) => shown.push(one),
            None => missing.add(subject),
        }
    }
    Annotations {
        shown,
        more: missing.sentence(),
    }
}

/// `None` where it has no place in the repository.
fn annotation(note: &Note) -> Option<Annotation> {
    let (path, line) = note.at.as_ref().filter(|(path, _)| path.len() <= PATH)?;
    let line = line.map(u32::from).filter(|line| *line <= LINES);
    let columns = note.columns.filter(|_| line.is_some());
    let start_column = columns.map(|(start, _)| start.get());
    let start_column = start_column.filter(|column| *column <= LINES);
    let end_column = columns.map(|(start, end)| end.unwrap_or(start).get());
    Some(Annotation {
        path: terminal(path),
        start_line: line.unwrap_or(1),
        end_line: line.unwrap_or(1),
        start_column,
        end_column: end_column.filter(|column| start_column.is_some() && *column <= LINES),
        annotation_level: match note.level {
            Level::Error => "failure",
            Level::Warning => "warning",
            Level::Notice => "notice",
        },
        title: said(&note.title, TITLE),
        message: said(&note.message, MESSAGE),
    })
}

/// Neither may be empty, nor longer than the API takes, escaped as it is.
fn said(text: &str, max: usize) -> String {
    let text = match text.trim() {
        "" => "(no message)",
        text => text,
    };
    let mut n = max;
    loop {
        let said = safe(&cut(text, n));
        if said.chars().count() <= max + max / 4 || n == 0 {
            return said;
        }
        n /= 2;
    }
}

/// How a check run ends. Only a pass is a success: `neutral` and `skipped` would satisfy a rule that demands the check.
#[must_use]
pub fn conclusion(verdict: Ruling) -> &'static str {
    match verdict {
        Ruling::Pass => "success",
        Ruling::Fail | Ruling::Undecided => "failure",
    }
}

/// The verdict in a few words: `fail (tests, coverage)`.
#[must_use]
pub fn title(report: &Report) -> String {
    said(&shared::headline(report), TITLE)
}
