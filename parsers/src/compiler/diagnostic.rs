//! Diagnostics, errors and warnings alike:
//!
//! ```text
//!     error: undefined variable "x"           since Elixir 1.16, where the source is at hand
//!     │
//!   4 │     x + 1
//!     │     ^
//!     │
//!     └─ lib/a.ex:4:5: A.b/0
//!
//! warning: variable "x" is unused             without the source
//! └─ lib/a.ex:4:5: A.b/0
//!
//! warning: A.x/0 is undefined                 up to 1.15, and of runtime warnings still
//! Invalid call found at 2 locations:
//!   lib/a.ex:4: A.b/0
//!   lib/a.ex:9: A.c/0
//! ```
//!
//! The indentation follows the digits of the line number (4 for two, 5 for three, …), and is the same from the first
//! line to the last. Messages may hold blank lines. Where streams share one file, the progress of the tests may stand
//! before the first line. Every place is a finding: each is one to mend, and a replay of the same warnings (`mix compile
//! --all-warnings`) prints them apart.

use super::place::{self, Place};
use super::rule;
use crate::evidence::Finding;
use crate::text;

/// Deepest indentation: that of a line number of six digits. A failed test shows the same text deeper, from 9 on.
const DEEPEST: usize = 8;

/// Lines of a message, indented or not. What is longer only starts like a diagnostic.
const LONGEST: (u64, u64) = (400, 200);

/// Whether something is an error.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Kind {
    Error,
    Warning,
}

pub(super) struct Diagnostic {
    /// Line of its first line.
    pub(super) number: u64,
    pub(super) kind: Kind,
    indent: usize,
    message: text::Block,
    lines: u64,
    /// The source is shown: it is a diagnostic for sure.
    sure: bool,
    /// The first of its last lines was a stack entry of another app.
    stack: bool,
    /// How many places it says that it has.
    declared: Option<u64>,
    /// How many it has, so far.
    places: u64,
}

/// What a line does to a diagnostic.
pub(super) enum Step {
    /// It may belong to it.
    More,
    /// It names a place.
    At(Box<Finding>),
    /// It cannot belong to it.
    Break,
}

/// A first line: how deep it starts, what it is, and the rest.
fn head(line: &[u8]) -> Option<(usize, Kind, &[u8])> {
    let (indent, rest) = dedent(line);
    if indent != 0 && !(4..=DEEPEST).contains(&indent) {
        return None;
    }
    let words: [(&[u8], Kind); 2] = [(b"error: ", Kind::Error), (b"warning: ", Kind::Warning)];
    let mut found = words
        .iter()
        .filter_map(|(word, kind)| Some((indent, *kind, rest.strip_prefix(*word)?)));
    found.next()
}

/// Whether a diagnostic starts with this line.
pub(super) fn is_head(line: &[u8]) -> bool {
    head(line).is_some()
}

/// The line without the progress of tests that no line end parts from it: dots, or the name of a test (`--trace`).
fn unglued(line: &[u8]) -> Option<&[u8]> {
    match line.first()? {
        b' ' if line.starts_with(b"  * ") => {
            let end = line.iter().rposition(|b| *b == b']')?;
            line.get(end.saturating_add(1)..)
        }
        b' ' | b'w' | b'e' => Some(line),
        b'.' | b'*' | b'F' | b'?' | b'I' => {
            // Marks alone are many, and no head is without a colon.
            memchr::memchr(b':', line)?;
            let marks = line.iter().take_while(|b| b".*F?I".contains(b)).count();
            line.get(marks..)
        }
        _ => None,
    }
}

impl Diagnostic {
    /// One that starts with this line.
    pub(super) fn head(line: &[u8], number: u64, max: usize) -> Option<Self> {
        let (indent, kind, rest) = head(unglued(line)?)?;
        let mut message = text::Block::default();
        message.push(rest, max);
        Some(Self {
            number,
            kind,
            indent,
            message,
            lines: 0,
            sure: false,
            stack: false,
            declared: None,
            places: 0,
        })
    }

    pub(super) fn line(&mut self, line: &[u8], max: usize) -> Step {
        let (indent, rest) = dedent(line);
        if indent == self.indent {
            if let Some(place) = after_any(rest, &["└─ ", "\\x{2514}\\x{2500} "])
                && (self.sure || indent == 0)
            {
                return self.at(Place::of(place));
            }
            if indent > 0 && self.places == 0 && after_any(rest, GUTTERS).is_some() {
                self.sure = true;
                return Step::More;
            }
        }
        if self.sure {
            let shown = self.places == 0 && GUTTERS.iter().any(|g| text::holds(line, g.as_bytes()));
            return if shown { Step::More } else { Step::Break };
        }
        // Below the only place, the rest of a stack may follow.
        let another = self.places == 0 || self.declared.is_some_and(|n| self.places < n);
        if self.indent == 0 && indent == 2 && another && place::is_place(rest) {
            return self.at(Place::of(rest));
        }
        if self.places > 0 || !self.may_go_on(line) {
            return Step::Break;
        }
        let own = line.get(indent.min(self.indent)..).unwrap_or_default();
        if let Some(n) = place::locations(own) {
            self.declared = Some(n);
        } else if !self.stack {
            self.message.push(own, max);
        }
        Step::More
    }

    /// Whether a line without a place may stand in the message.
    fn may_go_on(&mut self, line: &[u8]) -> bool {
        self.lines = self.lines.saturating_add(1);
        let plain = self.indent == 0;
        let longest = if plain { LONGEST.1 } else { LONGEST.0 };
        if self.lines > longest || unglued(line).is_some_and(is_head) {
            return false;
        }
        if plain && line.starts_with(b"  (") {
            self.stack = true;
        } else if self.stack && !line.starts_with(b"  ") {
            // A stack without a place of the project ends: Mix or a library said something about itself.
            return false;
        }
        !(plain && is_progress(line))
    }

    fn at(&mut self, place: Place) -> Step {
        self.places = self.places.saturating_add(1);
        let mut finding = self.finding();
        place.put(&mut finding);
        Step::At(Box::new(finding))
    }

    fn finding(&self) -> Finding {
        let message = self.message.finish().unwrap_or_default();
        let message = place::without_announcement(&message).to_owned();
        let mut finding = super::finding("error".to_owned(), message);
        if self.kind == Kind::Warning {
            let (rule, severity) = rule::of(&finding.message);
            finding.rule = rule.to_owned();
            finding.severity = severity;
        }
        finding
    }

    /// The whole of it, where its place is missing; none where it only started like a diagnostic.
    pub(super) fn unplaced(&self) -> Option<Finding> {
        (self.places == 0 && (self.sure || self.declared.is_some())).then(|| self.finding())
    }

    /// Whether some of the places that it announced are missing.
    pub(super) fn misses_places(&self) -> bool {
        self.declared.is_some_and(|n| self.places < n)
    }
}

/// What a terminal shows between line number and source; the second where it is not UTF-8.
const GUTTERS: &[&str] = &["│", "\\x{2502}"];

/// Lines of other tasks that cannot stand in a message.
fn is_progress(line: &[u8]) -> bool {
    let starts: [&[u8]; 6] = [
        b"Compiling ",
        b"Generated ",
        b"==> ",
        b"Running ExUnit ",
        b"Finished in ",
        b"** (",
    ];
    matches!(line.first(), Some(b'C' | b'G' | b'=' | b'R' | b'F' | b'*'))
        && starts.iter().any(|s| line.starts_with(s))
}

/// Number of leading spaces, and what follows them.
fn dedent(line: &[u8]) -> (usize, &[u8]) {
    let indent = line.iter().take_while(|b| **b == b' ').count();
    (indent, line.get(indent..).unwrap_or_default())
}

fn after_any<'a>(line: &'a [u8], starts: &[&str]) -> Option<&'a [u8]> {
    starts.iter().find_map(|s| line.strip_prefix(s.as_bytes()))
}
