//! The renderings: one table, one function each, all from the same report. Pure: width and colour are decided before.

use std::io::{self, Write};

use crate::report::Report;

mod compared;
pub mod escape;
mod json;
mod markdown;
mod terminal;

/// How a rendering is to look. Decided at the edge, never in here.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Style {
    /// Columns of the terminal.
    pub width: u16,
    /// Whether colour codes may be used.
    pub color: bool,
    /// Whether to show what is usually left out: every source, every defect, every failure.
    pub verbose: bool,
}

impl Default for Style {
    fn default() -> Self {
        Self {
            width: 80,
            color: false,
            verbose: false,
        }
    }
}

/// One rendering.
#[derive(Debug)]
pub struct Emitter {
    /// Its name for `--format`.
    pub id: &'static str,
    /// What it is for.
    pub summary: &'static str,
    /// Writes it.
    pub write: fn(&Report, Style, &mut dyn Write) -> io::Result<()>,
}

/// Every rendering.
pub static EMITTERS: &[Emitter] = &[
    Emitter {
        id: "terminal",
        summary: "tables for people (the default)",
        write: terminal::write,
    },
    Emitter {
        id: "markdown",
        summary: "a summary for a pull request or a job page",
        write: markdown::write,
    },
    Emitter {
        id: "json",
        summary: "everything, as gatekeeper.report/v1",
        write: json::write,
    },
];

/// The rendering of this name.
#[must_use]
pub fn emitter(id: &str) -> Option<&'static Emitter> {
    EMITTERS.iter().find(|e| e.id == id)
}

/// `FILE:LINE`, `FILE`, or nothing.
fn place(path: Option<&str>, line: Option<std::num::NonZeroU32>) -> Option<String> {
    let path = path?;
    Some(match line {
        Some(line) => format!("{path}:{line}"),
        None => path.to_owned(),
    })
}
