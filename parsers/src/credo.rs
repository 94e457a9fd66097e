//! Credo: its JSON, its default text and its lists, and what it says about its own trouble.
//!
//! Source: `lib/credo/cli` of Credo 1.7.19 (`output/summary.ex`, `command/suggest/output/*.ex`, `output.ex`).
//!
//! Only the default text has a first line, a last line and totals. The JSON closes itself, and the lists ([`rows`])
//! prove nothing. None of them says that a file was left out: that stands on standard error ([`notes`]), and makes the report
//! partial. The exit code is a bit mask of categories, which `--mute-exit-status` and custom checks can change, so it
//! is not read here.
//!
//! Its SARIF is read as all SARIF is ([`sarif`](crate::sarif)). Of `credo diff` only the JSON says which issues are new;
//! its other forms mix new, fixed and old ones, and are recognised so that they are not taken for a report of the whole
//! tree.

mod flycheck;
mod grammar;
mod issue;
mod json;
mod jsonl;
mod notes;
mod oneline;
mod report;
mod rows;
#[cfg(test)]
mod tests;
mod text;

use crate::evidence::{Severity, Tool};
use crate::input::{Limits, Line};
use crate::stream::{Part, Section};
use crate::{Format, Reader};

use json::{parse, sniff};

/// The row of `credo-json`.
pub(crate) const JSON: Format = Format {
    id: "credo-json",
    tool: Tool::Credo,
    summary: "Credo: `mix credo --format json`",
    proof: "the document closes, nothing follows, and no field is missing",
    reader: Reader::Document { sniff, parse },
};

/// The row of `credo-text`.
pub(crate) const TEXT: Format = Format {
    id: "credo-text",
    tool: Tool::Credo,
    summary: "Credo: what `mix credo` prints",
    proof: "its first and its last line, and a list that agrees with the summary line",
    reader: Reader::Lines(open),
};

/// The row of `credo-oneline`.
pub(crate) const ONELINE: Format = Format {
    id: "credo-oneline",
    tool: Tool::Credo,
    summary: "Credo: `mix credo --format oneline`",
    proof: "nothing in it: only the exit code",
    reader: Reader::Lines(open),
};

/// The row of `credo-flycheck`.
pub(crate) const FLYCHECK: Format = Format {
    id: "credo-flycheck",
    tool: Tool::Credo,
    summary: "Credo: `mix credo --format flycheck`",
    proof: "nothing in it: only the exit code",
    reader: Reader::Lines(open),
};

/// The row of `credo-jsonl`.
pub(crate) const JSONL: Format = Format {
    id: "credo-jsonl",
    tool: Tool::Credo,
    summary: "Credo: `mix credo --format jsonl`",
    proof: "nothing in it: only the exit code",
    reader: Reader::Lines(open),
};

/// Name of the folders that `credo diff` checks the old tree out to.
pub(crate) const CHECKOUT: &str = "/credo-diff-";

/// Bytes of one of Credo's own complaints that are kept.
const COMPLAINT: usize = 500;

/// A category that Credo ships. The order is that of the summary line.
#[derive(Debug)]
struct Category {
    id: &'static str,
    tag: u8,
    title: &'static str,
    one: &'static str,
    many: &'static str,
}

static CATEGORIES: [Category; 5] = [
    Category {
        id: "consistency",
        tag: b'C',
        title: "Consistency",
        one: "consistency issue",
        many: "consistency issues",
    },
    Category {
        id: "warning",
        tag: b'W',
        title: "Warnings - please take a look",
        one: "warning",
        many: "warnings",
    },
    Category {
        id: "refactor",
        tag: b'F',
        title: "Refactoring opportunities",
        one: "refactoring opportunity",
        many: "refactoring opportunities",
    },
    Category {
        id: "readability",
        tag: b'R',
        title: "Code Readability",
        one: "code readability issue",
        many: "code readability issues",
    },
    Category {
        id: "design",
        tag: b'D',
        title: "Software Design",
        one: "software design suggestion",
        many: "software design suggestions",
    },
];

/// Rule and category of an issue whose category is none of the five and is not named.
const CUSTOM: &str = "custom";

/// The name of the category with this tag.
fn category_of_tag(tag: u8) -> &'static str {
    let known = CATEGORIES.iter().find(|c| c.tag == tag);
    known.map_or(CUSTOM, |c| c.id)
}

/// The severity of a priority: Credo's own bands, with the two lowest in one.
pub(crate) fn severity_of_priority(priority: i64) -> Severity {
    match priority {
        20.. => Severity::High,
        10..=19 => Severity::Medium,
        0..=9 => Severity::Low,
        _ => Severity::Info,
    }
}

/// What Credo prints line by line. One section for all of it, because what it says on standard error belongs to
/// whatever it printed before.
#[derive(Default)]
struct Credo {
    text: text::Text,
    oneline: oneline::Oneline,
    flycheck: flycheck::Flycheck,
    jsonl: jsonl::Jsonl,
    notes: notes::Notes,
}

/// Opens the section of Credo's line formats.
fn open() -> Box<dyn Section> {
    Box::new(Credo::default())
}

impl Section for Credo {
    fn line(&mut self, line: &Line<'_>, limits: &Limits) -> bool {
        self.notes.line(line)
            || self.text.line(line, limits)
            || self.oneline.line(line, limits)
            || self.jsonl.line(line, limits)
            || self.flycheck.line(line, limits)
    }

    fn end_of_stream(&mut self) {
        self.text.end_of_stream();
        self.notes.end_of_list();
    }

    fn finish(self: Box<Self>, limits: &Limits) -> Vec<Part> {
        let mut parts = self.text.finish(limits);
        parts.extend(self.oneline.finish());
        parts.extend(self.flycheck.finish());
        parts.extend(self.jsonl.finish());
        parts.extend(self.notes.finish());
        parts
    }
}
