//! Joins the lines that changed with the coverage of all sources.
//!
//! A changed line counts when a source of coverage knows it as relevant, and is covered when it ran. A line that no
//! source calls relevant (a comment, an attribute, all but the first line of an expression of several lines) is *no
//! data*: it is neither covered nor missed. Code without any data leaves the question open, for it may be all untested.

use std::collections::BTreeMap;

use gatekeeper_parsers::evidence::{FileCoverage, Measure};

use super::{Change, Changes, Kind, Span, lines_in};
use crate::coverage::CoverageReport;

mod locate;

use locate::located;

/// How much of what changed is covered.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Patch {
    /// What was asked for: `origin/main`.
    pub base: String,
    /// The commit that was compared with.
    pub commit: String,
    /// Changed relevant lines that ran.
    pub covered: u64,
    /// Changed lines that can run.
    pub relevant: u64,
    /// Changed relevant lines that did not run, by file.
    pub uncovered: Vec<(String, Vec<u32>)>,
    /// Changed lines about which nothing is known, by file.
    pub no_data: Vec<NoData>,
    /// Lines that differ in spaces alone: not measured.
    pub whitespace: u64,
    /// Changed files that no coverage is about: tests, configuration, documents, other projects of the repository.
    pub elsewhere: u64,
    /// What a reader of the numbers has to know.
    pub notes: Vec<String>,
}

/// Changed lines of one file about which nothing is known.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NoData {
    /// The file, by its path in the project.
    pub path: String,
    /// The lines.
    pub lines: Vec<Span>,
    /// Why.
    pub why: Why,
}

/// Why nothing is known of changed lines.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Why {
    /// A source knows the file, and does not call these lines relevant.
    NotRelevant,
    /// No source knows the file.
    UnknownFile,
    /// The sources that know the file have no lines.
    NoLines,
    /// Git takes the file for binary, or its conflict is not resolved.
    NoDiff,
    /// A template: its lines are not those of compiled code.
    Template,
}

impl Why {
    /// Every one.
    pub const ALL: &[Self] = &[
        Self::NotRelevant,
        Self::UnknownFile,
        Self::NoLines,
        Self::NoDiff,
        Self::Template,
    ];

    /// The word on the wire.
    #[must_use]
    pub fn id(self) -> &'static str {
        match self {
            Self::NotRelevant => "not_relevant",
            Self::UnknownFile => "unknown_file",
            Self::NoLines => "no_lines",
            Self::NoDiff => "no_diff",
            Self::Template => "template",
        }
    }

    /// Why, in words.
    #[must_use]
    pub fn words(self) -> &'static str {
        match self {
            Self::NotRelevant => "no relevant line",
            Self::UnknownFile => "no source of coverage knows it",
            Self::NoLines => {
                "its source of coverage has no lines (a report such as `mix coveralls.json` has)"
            }
            Self::NoDiff => {
                "git knows no lines of it (binary by an attribute, or an unresolved conflict)"
            }
            Self::Template => "a template: its lines are not measured",
        }
    }

    /// Whether untested code may hide there.
    #[must_use]
    pub fn is_open(self) -> bool {
        match self {
            Self::UnknownFile | Self::NoLines | Self::NoDiff => true,
            Self::NotRelevant | Self::Template => false,
        }
    }
}

impl Patch {
    /// Files that may hide untested code.
    pub fn open(&self) -> impl Iterator<Item = &NoData> {
        self.no_data.iter().filter(|n| n.why.is_open())
    }
}

/// Files that decide what the tools look for and what is judged: who changes them may change the verdict.
const RULES: [&str; 12] = [
    "gatekeeper.toml",
    ".config/gatekeeper.toml",
    crate::baseline::FILE,
    ".credo.exs",
    "config/.credo.exs",
    "coveralls.json",
    ".sobelow-conf",
    ".sobelow-skips",
    ".dialyzer_ignore.exs",
    ".formatter.exs",
    "mix.exs",
    "test/test_helper.exs",
];

/// Joins changes with coverage. Without coverage, all changed code is without data.
#[must_use]
pub fn measure(changes: &Changes, coverage: Option<&CoverageReport>) -> Patch {
    let files = coverage.map_or(&[][..], |c| &c.files);
    let (known, mut notes) = located(files, changes);
    notes.splice(0..0, changes.notes.iter().cloned());
    let mut patch = Patch {
        base: changes.name.clone(),
        commit: changes.commit.clone(),
        notes,
        ..Patch::default()
    };
    for change in &changes.files {
        let own = change.path.strip_prefix(&changes.prefix);
        if let Some(path) = own.filter(|path| RULES.contains(path)) {
            let note = format!("{path} is changed too: it decides what is judged");
            patch.notes.push(note);
        }
        let known = known
            .get(change.path.as_str())
            .map_or(&[][..], Vec::as_slice);
        match own {
            Some(path) if !known.is_empty() || is_code(path) || is_template(path) => {
                patch.whitespace += change.whitespace;
                join(&mut patch, path, change, known);
            }
            Some(_) | None => patch.elsewhere += u64::from(change.kind != Kind::Submodule),
        }
    }
    patch
}

fn join(patch: &mut Patch, path: &str, change: &Change, known: &[&FileCoverage]) {
    let mut no_data = |lines: Vec<Span>, why| {
        patch.no_data.push(NoData {
            path: path.to_owned(),
            lines,
            why,
        });
    };
    match change.kind {
        Kind::Text => {}
        Kind::Binary | Kind::Unmerged => return no_data(Vec::new(), Why::NoDiff),
        Kind::Link | Kind::Submodule => return,
    }
    if change.lines.is_empty() {
        return;
    }
    if known.is_empty() {
        let why = if is_code(path) {
            Why::UnknownFile
        } else {
            Why::Template
        };
        return no_data(change.lines.clone(), why);
    }
    if known.iter().any(|f| !has_lines(f)) {
        return no_data(change.lines.clone(), Why::NoLines);
    }
    let mut ran: BTreeMap<u32, bool> = BTreeMap::new();
    for (line, n) in known.iter().flat_map(|f| f.lines.iter()) {
        *ran.entry(line.get()).or_default() |= n > 0;
    }
    let changed = change.lines.iter().filter(|(first, last)| first <= last);
    let hits = changed.flat_map(|(first, last)| ran.range(first..=last));
    let hits: BTreeMap<u32, bool> = hits.map(|(line, ran)| (*line, *ran)).collect();
    let missed: Vec<u32> = hits
        .iter()
        .filter(|(_, ran)| !**ran)
        .map(|(line, _)| *line)
        .collect();
    let rest = without(&change.lines, &hits);
    if !rest.is_empty() {
        no_data(rest, Why::NotRelevant);
    }
    patch.relevant += hits.len() as u64;
    patch.covered += (hits.len() - missed.len()) as u64;
    if !missed.is_empty() {
        patch.uncovered.push((path.to_owned(), missed));
    }
}

/// A file without relevant lines has none to show; a file whose source counts them and names none has no data.
fn has_lines(file: &FileCoverage) -> bool {
    match file.measure {
        Measure::Lines { relevant, .. } => relevant == 0 || !file.lines.is_empty(),
        Measure::Rounded { .. } | Measure::Between { .. } => !file.lines.is_empty(),
    }
}

/// Spans without some of their lines. Costs no more than there are spans and lines to take out.
fn without(spans: &[Span], out: &BTreeMap<u32, bool>) -> Vec<Span> {
    let mut rest = Vec::new();
    for (first, last) in spans {
        // `None` when nothing is left of the span.
        let mut from = Some(*first);
        for line in out.range(first..=last).map(|(line, _)| *line) {
            if let Some(from) = from.filter(|from| *from < line) {
                rest.push((from, line - 1));
            }
            from = line.checked_add(1);
        }
        if let Some(from) = from.filter(|from| from <= last) {
            rest.push((from, *last));
        }
    }
    rest
}

/// Number of changed lines that are not relevant, by what is known.
#[must_use]
pub fn not_relevant(patch: &Patch) -> u64 {
    let of = patch.no_data.iter().filter(|n| n.why == Why::NotRelevant);
    of.map(|n| lines_in(&n.lines)).sum()
}

/// Folders whose code no suite is asked to cover, unless they stand below `lib` or `src`, or are an app of an umbrella.
const OUTSIDE: [&str; 10] = [
    "test",
    "spec",
    "bench",
    "deps",
    "_build",
    "priv",
    "config",
    "rel",
    "node_modules",
    "assets",
];

fn has_ending(path: &str, endings: &[&str]) -> bool {
    let (folders, name) = path.rsplit_once('/').unwrap_or(("", path));
    let mut before = "";
    for folder in folders.split('/') {
        if OUTSIDE.contains(&folder) && before != "apps" {
            return false;
        }
        if folder == "lib" || folder == "src" {
            break;
        }
        before = folder;
    }
    name.rsplit_once('.')
        .is_some_and(|(_, ending)| endings.contains(&ending))
}

/// Code that is compiled: Elixir, Erlang, and grammars of Erlang's generators.
fn is_code(path: &str) -> bool {
    has_ending(path, &["ex", "erl", "xrl", "yrl"])
}

fn is_template(path: &str) -> bool {
    has_ending(
        path,
        &["eex", "heex", "leex", "sface", "slime", "slim", "haml"],
    )
}

#[cfg(test)]
mod tests;
