//! What a paper is made of. Texts are safe to show; see [`super`].

use super::date;
use crate::gates::Ruling;

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
        format!(
            "Evidence of wave {}, {}",
            self.wave,
            date::readable(&self.date)
        )
    }
}
