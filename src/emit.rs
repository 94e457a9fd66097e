//! The renderings: one table, one function each, all from the same report. Pure: width and colour are decided before.

use std::io::{self, Write};

use crate::report::Report;

mod advice;
mod agent;
pub mod checks;
mod compared;
mod document;
pub mod escape;
mod github;
mod gitlab;
mod handoff;
mod html;
mod json;
mod junit;
mod markdown;
mod notes;
mod sarif;
mod shared;
mod terminal;
mod values;

pub use github::warning;

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
    /// Whether it is written to a stream as it is, even where a runner obeys what it reads: a document whose escaping
    /// leaves nothing to obey, or the commands themselves.
    pub as_is: bool,
    /// Writes it.
    pub write: fn(&Report, Style, &mut dyn Write) -> io::Result<()>,
}

/// Every rendering.
pub static EMITTERS: &[Emitter] = &[
    Emitter {
        id: "terminal",
        summary: "tables for people (the default)",
        as_is: false,
        write: terminal::write,
    },
    Emitter {
        id: "markdown",
        summary: "a summary for a pull request or a job page",
        as_is: false,
        write: markdown::write,
    },
    Emitter {
        id: "json",
        summary: "everything, as gatekeeper.report/v1",
        as_is: true,
        write: json::write,
    },
    Emitter {
        id: "html",
        summary: "one page for a browser, without scripts",
        as_is: true,
        write: html::write,
    },
    Emitter {
        id: "github",
        summary: "workflow commands: annotations in GitHub Actions",
        as_is: true,
        write: github::write,
    },
    Emitter {
        id: "sarif",
        summary: "SARIF 2.1.0: findings, failed tests and gates for code scanning",
        as_is: true,
        write: sarif::write,
    },
    Emitter {
        id: "junit",
        summary: "JUnit XML: the tests, and the gates that have not passed",
        as_is: true,
        write: junit::write,
    },
    Emitter {
        id: "gitlab",
        summary: "GitLab Code Quality: findings, and the gates that have not passed",
        as_is: true,
        write: gitlab::write,
    },
    Emitter {
        id: "agent",
        summary: "at most 2,000 tokens for a coding agent",
        as_is: false,
        write: agent::write,
    },
    Emitter {
        id: "handoff",
        summary: "YAML for who takes over: status, tests, coverage, issues",
        as_is: true,
        write: handoff::write,
    },
    Emitter {
        id: "values",
        summary: "NAME=VALUE lines for scripts: verdict, numbers, gates",
        as_is: false,
        write: values::write,
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
