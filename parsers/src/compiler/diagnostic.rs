//! Diagnostics of errors:
//!
//! ```text
//!     error: undefined variable "x"
//!     │
//!   4 │     x + 1
//!     │     ^
//!     │
//!     └─ lib/a.ex:4:5: A.b/0
//! ```
//!
//! The indentation follows the digits of the line number (4 for two, 5 for three, …), and is the same from the first
//! line to the last. Without source: `error: …` and `└─ lib/a.ex:4:5` without indentation (since 1.16), or `error: …`
//! and `  lib/a.ex:4: A.b/0` (1.15). Messages may hold blank lines.

use crate::evidence::Finding;
use crate::text;

/// Deepest indentation: that of a line number of six digits. A failed test shows the same text deeper, from 9 on.
const DEEPEST: usize = 8;

/// Lines of a message, indented or not. What is longer only starts like a diagnostic.
const LONGEST: (u64, u64) = (400, 40);

pub(super) struct Diagnostic {
    /// Line of its first line.
    pub(super) number: u64,
    indent: usize,
    message: text::Block,
    lines: u64,
    /// The source is shown: it is a diagnostic for sure.
    sure: bool,
    place: Option<String>,
}

/// What a line does to a diagnostic.
pub(super) enum Step {
    /// It may belong to it.
    More,
    /// It ends it with its place.
    End,
    /// It cannot belong to it.
    Break,
}

/// Whether a diagnostic starts with this line.
pub(super) fn is_head(line: &[u8]) -> bool {
    let (indent, rest) = dedent(line);
    let fits = indent == 0 || (4..=DEEPEST).contains(&indent);
    fits && (rest.starts_with(b"error: ") || rest.starts_with(b"warning: "))
}

impl Diagnostic {
    /// An error that starts with this line.
    pub(super) fn head(line: &[u8], number: u64, max: usize) -> Option<Self> {
        if !matches!(line.first(), Some(b' ' | b'e')) || !is_head(line) {
            return None;
        }
        let (indent, rest) = dedent(line);
        let mut message = text::Block::default();
        message.push(rest.strip_prefix(b"error: ")?, max);
        Some(Self {
            number,
            indent,
            message,
            lines: 0,
            sure: false,
            place: None,
        })
    }

    pub(super) fn line(&mut self, line: &[u8], max: usize) -> Step {
        let (indent, rest) = dedent(line);
        if indent == self.indent {
            if let Some(place) = after_any(rest, &["└─ ", "\\x{2514}\\x{2500} "])
                && (self.sure || indent == 0)
            {
                return self.end(place);
            }
            if indent > 0 && after_any(rest, GUTTERS).is_some() {
                self.sure = true;
                return Step::More;
            }
        }
        if self.sure {
            let shown = GUTTERS.iter().any(|g| holds(line, g.as_bytes()));
            return if shown { Step::More } else { Step::Break };
        }
        if self.indent == 0 && indent == 2 && placed(rest) {
            return self.end(rest);
        }
        self.lines = self.lines.saturating_add(1);
        let longest = if self.indent > 0 {
            LONGEST.0
        } else {
            LONGEST.1
        };
        if is_head(line) || self.lines > longest {
            return Step::Break;
        }
        let own = line.get(indent.min(self.indent)..).unwrap_or_default();
        self.message.push(own, max);
        Step::More
    }

    fn end(&mut self, place: &[u8]) -> Step {
        self.place = Some(text::lossy(place, 4096));
        Step::End
    }

    pub(super) fn is_placed(&self) -> bool {
        self.place.is_some()
    }

    /// Whether it is about a string that was evaluated, as tests of macros do. Such code is no file of the project.
    fn is_evaluated(&self) -> bool {
        let place = self.place.as_deref().unwrap_or_default();
        place == "nofile" || place.starts_with("nofile:")
    }

    /// The error; none where it only started like one.
    pub(super) fn finish(self) -> Option<Finding> {
        if !self.sure && self.place.is_none() || self.is_evaluated() {
            return None;
        }
        let message = self.message.finish().unwrap_or_default();
        let mut finding = super::finding("error".to_owned(), message);
        if let Some(place) = &self.place {
            let (place, function) = match place.split_once(": ") {
                Some((place, function)) => (place, Some(function)),
                None => (place.as_str(), None),
            };
            let (path, line, column) = text::location(place);
            finding.path = Some(path.to_owned());
            finding.line = line;
            finding.column = column;
            finding.function = function.map(str::to_owned);
        }
        Some(finding)
    }
}

/// What a terminal shows between line number and source; the second where it is not UTF-8.
const GUTTERS: &[&str] = &["│", "\\x{2502}"];

/// Number of leading spaces, and what follows them.
fn dedent(line: &[u8]) -> (usize, &[u8]) {
    let indent = line.iter().take_while(|b| **b == b' ').count();
    (indent, line.get(indent..).unwrap_or_default())
}

fn after_any<'a>(line: &'a [u8], starts: &[&str]) -> Option<&'a [u8]> {
    starts.iter().find_map(|s| line.strip_prefix(s.as_bytes()))
}

fn holds(line: &[u8], part: &[u8]) -> bool {
    line.windows(part.len()).any(|w| w == part)
}

/// Whether it is the place of an error in Elixir 1.15: `lib/a.ex:4:5: A.b/0`.
fn placed(rest: &[u8]) -> bool {
    let end = rest
        .windows(2)
        .position(|w| w == b": ")
        .unwrap_or(rest.len());
    let place = rest.get(..end).and_then(|p| std::str::from_utf8(p).ok());
    place.is_some_and(|p| {
        let (path, line, _) = text::location(p);
        line.is_some() && path.contains('.') && !path.contains(' ')
    })
}
