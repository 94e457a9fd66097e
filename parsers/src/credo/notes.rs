//! What Credo says about its own trouble, in any format: files that it could not parse, checks that failed, a
//! configuration that it refused. Mostly on standard error.
//!
//! None of it is in the JSON, and none of it changes the exit code: a project whose only file does not parse gives
//! `"issues": []` and exit code 0. So what was left out makes the report partial, and an error takes its place.

use crate::collect::Defects;
use crate::defect::{Completeness, DefectKind, Position};
use crate::evidence::{Evidence, Tool};
use crate::input::Line;
use crate::stream::Part;
use crate::text;

use super::COMPLAINT;

/// File names that are named of a list.
const NAMES: usize = 10;

/// What a complaint means.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Meaning {
    /// Odd, but the report is what was asked for.
    Odd,
    /// A check that does not exist was not run: the report is as whole as it can be.
    Ignored,
    /// Something was not looked at; file names may follow.
    Skipped,
    /// No check ran.
    Nothing,
    /// There is no result.
    Error,
}

/// How complaints start, and what they mean. The first match wins.
static COMPLAINTS: &[(&str, Meaning)] = &[
    (
        "info: Some source files could not be parsed correctly",
        Meaning::Skipped,
    ),
    (
        "info: Some source files were not parsed in the time allotted",
        Meaning::Skipped,
    ),
    ("info: some checks were skipped because", Meaning::Skipped),
    ("Error while running Elixir.", Meaning::Skipped),
    (
        "** (config) Error while loading config file",
        Meaning::Error,
    ),
    ("** (config) Given config ", Meaning::Error),
    ("** (config) Ignoring all checks", Meaning::Nothing),
    ("** (config) Ignoring an undefined check", Meaning::Ignored),
    ("** (config) ", Meaning::Odd),
    ("** (credo) ", Meaning::Error),
    ("** (suggest) ", Meaning::Error),
    ("** (list) ", Meaning::Error),
    ("** (diff) ", Meaning::Error),
    ("** (explain) ", Meaning::Error),
    ("** (categories) ", Meaning::Error),
    ("** (info) ", Meaning::Error),
    (
        "warning: Execution halted during Elixir.Credo.",
        Meaning::Error,
    ),
];

/// The complaints of a source.
#[derive(Default)]
pub(super) struct Notes {
    seen: bool,
    defects: Defects,
    list: Option<List>,
}

/// Files under a complaint.
struct List {
    complaint: String,
    at: u64,
    names: Vec<String>,
    count: u64,
}

impl Notes {
    /// Looks at a line; `true` claims it.
    pub(super) fn line(&mut self, line: &Line<'_>) -> bool {
        if self.name(line.text) {
            return true;
        }
        if !matches!(line.text.first(), Some(b'*' | b'i' | b'E' | b'w')) {
            return false;
        }
        let found = COMPLAINTS
            .iter()
            .find(|(start, _)| line.text.starts_with(start.as_bytes()));
        let Some((_, meaning)) = found else {
            return false;
        };
        self.seen = true;
        let said = text::lossy(line.text, COMPLAINT);
        let at = Position::line(line.number);
        match meaning {
            Meaning::Odd => self.defects.note(DefectKind::UnknownValue, said, at),
            Meaning::Ignored => self.defects.note(DefectKind::Skipped, said, at),
            Meaning::Nothing => self.defects.partial(DefectKind::NothingRan, said, at),
            Meaning::Error => {
                self.defects
                    .lower(Completeness::Unreadable, DefectKind::ToolError, said, at);
            }
            Meaning::Skipped => {
                self.list = Some(List {
                    complaint: said,
                    at: line.number,
                    names: Vec::new(),
                    count: 0,
                });
            }
        }
        true
    }

    /// A line of the open list of files: `   1) lib/broken.ex`. Blank lines stand before and after it.
    fn name(&mut self, line: &[u8]) -> bool {
        let Some(list) = &mut self.list else {
            return false;
        };
        if line.is_empty() {
            return false;
        }
        let Some(name) = numbered(line) else {
            self.end_of_list();
            return false;
        };
        list.count = list.count.saturating_add(1);
        if list.names.len() < NAMES {
            list.names.push(text::lossy(name, COMPLAINT));
        }
        true
    }

    /// Whatever comes next is no file name.
    pub(super) fn end_of_list(&mut self) {
        let Some(list) = self.list.take() else {
            return;
        };
        let mut message = list.complaint;
        if !list.names.is_empty() {
            message = format!(
                "{} {}",
                message.trim_end_matches(':'),
                list.names.join(", ")
            );
        }
        let named = u64::try_from(list.names.len()).unwrap_or(u64::MAX);
        if list.count > named {
            message = format!("{message} and {} more", list.count.saturating_sub(named));
        }
        self.defects
            .partial(DefectKind::Skipped, message, Position::line(list.at));
    }

    /// The complaints as a part without evidence.
    pub(super) fn finish(mut self) -> Option<Part> {
        self.end_of_list();
        self.seen.then(|| Part {
            format: "credo-text",
            tool: Tool::Credo,
            parsed: self.defects.finish(Evidence::Nothing),
        })
    }
}

/// `  12) name`.
fn numbered(line: &[u8]) -> Option<&[u8]> {
    let line = line.trim_ascii_start();
    let digits = line.iter().take_while(|b| b.is_ascii_digit()).count();
    let (number, name) = line.split_at_checked(digits)?;
    let name = name.strip_prefix(b") ")?;
    (!number.is_empty()).then_some(name)
}
