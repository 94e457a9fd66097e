//! What the paper of a wave says: one layout for the PDF and the slides. Pure, no clock.
//!
//! A [`Paper`] is a title, a few figures, and sections; a section is a table, bars, cards or columns. So a new part of
//! the report is a new section, and neither rendering has to know of it. Texts are already safe to show (see
//! [`escape::terminal`]) and no longer than what a reader takes in; what is cut or left out is said.

use crate::emit::escape;
use crate::gates::Ruling;
use crate::report::Report;

pub(crate) mod font;
pub(crate) mod look;
mod sections;

/// What a wave adds to its report.
#[derive(Debug, Clone, Default)]
pub struct WaveFacts {
    /// Number of the wave.
    pub number: u32,
    /// When its last command ended; RFC 3339, UTC.
    pub date: String,
    /// The waves before and this one, oldest first. Shown when there are at least two.
    pub trend: Vec<Point>,
}

/// One wave of a series.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Point {
    /// Number of the wave.
    pub wave: u32,
    /// Its coverage in hundredths of a percent, where it is known.
    pub coverage: Option<u64>,
    /// How it was judged.
    pub verdict: Ruling,
}

/// A paper that can be rendered.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Paper {
    /// Name of the project.
    pub project: String,
    /// Number of the wave.
    pub wave: u32,
    /// When it was judged; RFC 3339, UTC.
    pub date: String,
    /// The ruling over all gates.
    pub verdict: Ruling,
    /// The verdict as a sentence.
    pub says: String,
    /// Labels and values: commit, branch, …
    pub facts: Vec<(&'static str, String)>,
    /// The numbers that people ask for first.
    pub figures: Vec<Figure>,
    /// Everything else, in reading order.
    pub sections: Vec<Section>,
}

/// One number with what it counts.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Figure {
    /// `81.20 %`.
    pub value: String,
    /// `line coverage`.
    pub label: String,
}

/// A part of the paper under one heading.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Section {
    /// The heading.
    pub title: &'static str,
    /// How much of it is shown, or why there is nothing.
    pub note: String,
    /// Whether no rendering may leave a row out.
    pub whole: bool,
    /// What stands below.
    pub body: Body,
}

/// What a section holds.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Body {
    /// Rows and columns.
    Table(Table),
    /// Labelled bars from 0 to 100 %.
    Bars(Vec<Bar>),
    /// A heading with labelled lines each.
    Cards(Vec<Card>),
    /// Upright bars, oldest first.
    Columns(Vec<Column>),
    /// Nothing but the note.
    Note,
}

/// Rows and columns.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Table {
    /// The columns.
    pub heads: Vec<Head>,
    /// The rows; each has a cell for every column.
    pub rows: Vec<Row>,
}

/// Head of a column.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Head {
    /// What stands in it.
    pub title: &'static str,
    /// Its part of the width, in thousandths.
    pub share: u16,
    /// How its cells look.
    pub look: Look,
}

/// How a cell looks.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Look {
    /// Text.
    Plain,
    /// Bold text.
    Strong,
    /// Paths and what stands in code.
    Code,
    /// A word in the colour of the row's tone.
    Tone,
}

/// One row of a table.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Row {
    /// Its cells.
    pub cells: Vec<String>,
    /// The ruling whose colour it shows.
    pub tone: Option<Ruling>,
}

/// A labelled bar.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Bar {
    /// What is measured.
    pub label: String,
    /// The measure in words.
    pub value: String,
    /// Hundredths of a percent, where it is known.
    pub hundredths: Option<u64>,
    /// The ruling whose colour it has.
    pub tone: Option<Ruling>,
}

/// A heading with labelled lines.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Card {
    /// The heading.
    pub title: String,
    /// Beside the heading: `12 failures`.
    pub count: String,
    /// The lines.
    pub lines: Vec<Line>,
}

/// One labelled line.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Line {
    /// `first`.
    pub label: &'static str,
    /// The text.
    pub text: String,
    /// Whether it is a path or a command.
    pub code: bool,
}

/// An upright bar.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Column {
    /// Below: the wave.
    pub label: String,
    /// Above: the measure.
    pub value: String,
    /// Hundredths of a percent, where it is known.
    pub hundredths: Option<u64>,
    /// The ruling whose colour it has.
    pub tone: Ruling,
}

impl Paper {
    /// What the file is called by its readers.
    #[must_use]
    pub fn title(&self) -> String {
        format!(
            "{}, wave {}: {}",
            self.project,
            self.wave,
            self.verdict.id()
        )
    }

    /// What stands below the name of the project.
    #[must_use]
    pub fn subtitle(&self) -> String {
        format!("Evidence of wave {}, {}", self.wave, readable(&self.date))
    }
}

/// `2026-11-21 00:01:12 UTC`; what is no such date stays as it is.
fn readable(date: &str) -> String {
    match date.strip_suffix('Z').and_then(|d| d.split_once('T')) {
        Some((day, time)) => format!("{day} {time} UTC"),
        None => date.to_owned(),
    }
}

/// The paper of a wave.
#[must_use]
pub fn document(report: &Report, wave: &WaveFacts) -> Paper {
    let name = report
        .project
        .name
        .as_deref()
        .unwrap_or("(unnamed project)");
    Paper {
        project: cut(name, 80),
        wave: wave.number,
        date: cut(&wave.date, 40),
        verdict: report.verdict,
        says: says(report),
        facts: facts(report, wave),
        figures: sections::figures(report),
        sections: sections::all(report, wave),
    }
}

fn says(report: &Report) -> String {
    let n = |ruling| {
        let gates = report.gates.iter();
        gates.filter(|g| g.judgement.ruling == ruling).count()
    };
    let all = counted(report.gates.len(), "gate");
    match report.verdict {
        Ruling::Pass if report.gates.is_empty() => "No gate was judged.".into(),
        Ruling::Pass => format!("{all} judged, all passed."),
        Ruling::Fail => match n(Ruling::Undecided) {
            0 => format!("{} of {all} failed.", n(Ruling::Fail)),
            open => format!("{} of {all} failed, {open} undecided.", n(Ruling::Fail)),
        },
        Ruling::Undecided => {
            let open = n(Ruling::Undecided);
            format!("{open} of {all} undecided. That is not a pass.")
        }
    }
}

fn facts(report: &Report, wave: &WaveFacts) -> Vec<(&'static str, String)> {
    let project = &report.project;
    let unknown = || "not known".to_owned();
    let text = |value: &Option<String>| value.as_deref().map_or_else(unknown, |v| cut(v, 64));
    let tree = match project.dirty {
        Some(true) => "files differ from the commit".into(),
        Some(false) => "as committed".into(),
        None => unknown(),
    };
    vec![
        ("Commit", text(&project.commit)),
        ("Branch", text(&project.branch)),
        ("Working tree", tree),
        ("Judged", readable(&cut(&wave.date, 40))),
        ("Sources", grouped(report.sources.len() as u64)),
        (
            "Judged by",
            format!("gatekeeper {}", env!("CARGO_PKG_VERSION")),
        ),
    ]
}

/// Text that is safe to show, and no longer than `max` characters.
fn cut(text: &str, max: usize) -> String {
    // A first cut before the escaping bounds the work; escapes only make it longer.
    let head: String = text.chars().take(max.saturating_add(1)).collect();
    let safe = escape::terminal(&head);
    if safe.chars().count() <= max {
        return safe;
    }
    let kept: String = safe.chars().take(max.saturating_sub(1)).collect();
    format!("{}…", kept.trim_end())
}

/// `1,234,567`.
fn grouped(n: u64) -> String {
    let digits = n.to_string();
    let mut out = String::new();
    for (i, digit) in digits.chars().enumerate() {
        if i > 0 && (digits.len() - i).is_multiple_of(3) {
            out.push(',');
        }
        out.push(digit);
    }
    out
}

/// `1 gate`, `2 gates`.
fn counted(n: usize, word: &str) -> String {
    let s = if n == 1 { "" } else { "s" };
    format!("{} {word}{s}", grouped(n as u64))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn texts_are_cut_visibly_and_made_safe() {
        assert_eq!(cut("short", 5), "short");
        assert_eq!(cut("longer", 5), "long…");
        assert_eq!(cut("a\u{202e}b\u{0}", 40), "a\\u{202e}b\\x00");
        assert_eq!(cut(&"\u{1}".repeat(9), 6).chars().count(), 6);
    }

    #[test]
    fn numbers_are_grouped() {
        for (n, text) in [
            (0, "0"),
            (999, "999"),
            (1_000, "1,000"),
            (1_234_567, "1,234,567"),
        ] {
            assert_eq!(grouped(n), text);
        }
        assert_eq!(counted(1, "gate"), "1 gate");
        assert_eq!(counted(1200, "file"), "1,200 files");
    }
}
