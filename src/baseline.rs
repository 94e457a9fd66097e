//! The baseline: findings that were there before, so that only new ones need to be judged. Pure.
//!
//! A finding is recognised by what it says, not by its line. Matching goes in passes, from exact to moved; an entry of
//! the baseline is used up by the one finding that it matches, so that a second equal finding is new, and never more
//! findings of a kind are known than the baseline has. A tool runs once, not twice.
//!
//! Compile errors and failed tests are never known: a project that does not compile has nothing that could be.

use std::collections::{BTreeMap, BTreeSet};

use gatekeeper_parsers::Tool;
use gatekeeper_parsers::evidence::{Evidence, Severity};

use crate::fingerprint::{digest, identity_of, normalised};
use crate::report::{ReportFinding, Source, Status};
use crate::witness::WARNINGS;

mod file;

pub use file::{SCHEMA, read, write};

/// Where the baseline is, unless it is said.
pub const FILE: &str = "gatekeeper.baseline.json";

/// One finding that was accepted.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Entry {
    /// Id of the tool on the wire.
    pub tool: String,
    /// File as it was.
    pub path: Option<String>,
    /// The tool's rule.
    pub rule: String,
    /// Function or scope.
    pub function: Option<String>,
    /// What it says, with `#` for numbers that change.
    pub message: String,
    /// The n-th of these, from 1.
    pub occurrence: u32,
}

impl Entry {
    /// The fingerprint of the finding: that of the report.
    #[must_use]
    pub fn fingerprint(&self) -> String {
        let scope = self.function.as_deref().or(self.path.as_deref());
        let scope = scope.unwrap_or_default();
        let identity = identity_of(&self.tool, &self.rule, scope, &self.message);
        digest(&identity, self.occurrence)
    }
}

/// The baseline as it was found.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Standing {
    /// Where it is.
    pub path: String,
    /// The entries with the files of theirs that are gone; or why there are none.
    pub found: Result<Baseline, String>,
}

/// A baseline that was read.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Baseline {
    /// What was accepted.
    pub entries: Vec<Entry>,
    /// Files of entries that are not there any more: they may have been renamed.
    pub gone: BTreeSet<String>,
}

/// What became of the baseline.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Outcome {
    /// Where it is.
    pub path: String,
    /// Why it cannot be used.
    pub trouble: Option<String>,
    /// Findings that it does not have.
    pub new: u64,
    /// Findings that it has.
    pub known: u64,
    /// What it has and nothing finds any more.
    pub fixed: u64,
}

/// Whether a baseline may speak of a finding.
#[must_use]
pub fn may_know(finding: &ReportFinding) -> bool {
    let x = &finding.finding;
    finding.tool != Tool::Compiler || (x.severity < Severity::High && x.rule != WARNINGS)
}

/// The entries of findings.
#[must_use]
pub fn entries<'a>(findings: impl IntoIterator<Item = &'a ReportFinding>) -> Vec<Entry> {
    let mut seen: BTreeMap<String, u32> = BTreeMap::new();
    let mut entries = Vec::new();
    for f in findings.into_iter().filter(|f| may_know(f)) {
        let mut entry = Entry {
            tool: f.tool_id.to_string(),
            path: f.finding.path.clone(),
            rule: f.finding.rule.clone(),
            function: f.finding.function.clone(),
            message: normalised(&f.finding.message),
            occurrence: 1,
        };
        let n = seen.entry(entry.fingerprint()).or_default();
        *n += 1;
        entry.occurrence = *n;
        entries.push(entry);
    }
    entries.sort();
    entries
}

/// Says of every finding whether it was known, and counts.
pub fn compare(standing: &Standing, findings: &mut [ReportFinding], sources: &[Source]) -> Outcome {
    let mut outcome = Outcome {
        path: standing.path.clone(),
        ..Outcome::default()
    };
    match &standing.found {
        Ok(baseline) => {
            let left = matched(baseline, findings);
            outcome.fixed = left.iter().filter(|e| is_whole(&e.tool, sources)).count() as u64;
        }
        Err(trouble) => outcome.trouble = Some(trouble.clone()),
    }
    for f in findings.iter().filter(|f| may_know(f)) {
        match f.status {
            Status::New => outcome.new += 1,
            Status::Known => outcome.known += 1,
        }
    }
    outcome
}

/// Whether a tool has said everything: what is missing then is fixed.
fn is_whole(tool: &str, sources: &[Source]) -> bool {
    let mut own = sources
        .iter()
        .filter(|s| s.tool_id().as_deref() == Some(tool))
        .peekable();
    own.peek().is_some() && own.all(|s| s.is_complete() && !is_capped(s))
}

/// Whether a source has more findings than it lists.
#[must_use]
pub fn is_capped(source: &Source) -> bool {
    match &source.evidence {
        Evidence::Findings(f) => f.total > f.list.len() as u64,
        Evidence::Nothing | Evidence::Tests(_) | Evidence::Coverage(_) => false,
    }
}

/// What a finding is recognised by, of the baseline or of the report.
struct Traits<'a> {
    tool: &'a str,
    rule: &'a str,
    path: Option<&'a str>,
    function: Option<&'a str>,
    message: String,
    /// The message without names of files.
    loose: String,
    /// Whether its file may have been renamed: of the baseline, gone; of the report, new.
    renamed: bool,
}

impl Traits<'_> {
    /// The name of the function without its module.
    fn name(&self) -> Option<&str> {
        self.function.map(|f| f.rsplit('.').next().unwrap_or(f))
    }

    fn scope(&self) -> &str {
        self.function.or(self.path).unwrap_or_default()
    }
}

/// The key of a pass; `None` when the pass is not about it.
type Pass = fn(&Traits, Side) -> Option<String>;

#[derive(Clone, Copy, PartialEq, Eq)]
enum Side {
    Baseline,
    Report,
}

fn key(parts: &[&str]) -> Option<String> {
    Some(parts.join("\0"))
}

/// From exact to moved.
const PASSES: [Pass; 7] = [
    // Nothing but its line has changed.
    |t, _| {
        key(&[
            t.tool,
            t.rule,
            t.scope(),
            t.path.unwrap_or_default(),
            &t.message,
        ])
    },
    // The file of its function was renamed.
    |t, _| key(&[t.tool, t.rule, t.scope(), &t.message]),
    // The message names another file, which was renamed.
    |t, _| key(&[t.tool, t.rule, t.scope(), &t.loose]),
    // The tool was told to print another format, which names functions or does not.
    |t, side| {
        let fits = t.function.is_some() == (side == Side::Report);
        fits.then(|| key(&[t.tool, t.rule, t.path?, &t.message]))?
    },
    |t, side| {
        let fits = t.function.is_some() == (side == Side::Baseline);
        fits.then(|| key(&[t.tool, t.rule, t.path?, &t.message]))?
    },
    // Its file was renamed, and perhaps its module with it.
    |t, _| {
        t.renamed
            .then(|| key(&[t.tool, t.rule, t.name().unwrap_or_default(), &t.loose]))?
    },
    // Its function was moved to another module.
    |t, _| key(&[t.tool, t.rule, t.name()?, &t.loose]),
];

/// Marks what is known, and gives the entries that nothing matched.
fn matched<'b>(baseline: &'b Baseline, findings: &mut [ReportFinding]) -> Vec<&'b Entry> {
    let before: BTreeSet<&str> = baseline
        .entries
        .iter()
        .filter_map(|e| e.path.as_deref())
        .collect();
    let after: BTreeSet<String> = findings
        .iter()
        .filter_map(|f| f.finding.path.clone())
        .collect();
    let of_entry = |e: &'b Entry| Traits {
        tool: &e.tool,
        rule: &e.rule,
        path: e.path.as_deref(),
        function: e.function.as_deref(),
        loose: without_files(&e.message),
        message: e.message.clone(),
        renamed: e
            .path
            .as_ref()
            .is_some_and(|p| baseline.gone.contains(p) && !after.contains(p)),
    };
    let mut left: Vec<Option<(&Entry, Traits)>> = baseline
        .entries
        .iter()
        .map(|e| Some((e, of_entry(e))))
        .collect();
    for pass in PASSES {
        let mut places: BTreeMap<String, Vec<usize>> = BTreeMap::new();
        for (i, (_, traits)) in left
            .iter()
            .enumerate()
            .rev()
            .filter_map(|(i, l)| Some((i, l.as_ref()?)))
        {
            if let Some(key) = pass(traits, Side::Baseline) {
                places.entry(key).or_default().push(i);
            }
        }
        for f in findings
            .iter_mut()
            .filter(|f| f.status == Status::New && may_know(f))
        {
            let traits = of_finding(f, &before);
            let places = pass(&traits, Side::Report).and_then(|key| places.get_mut(&key));
            if let Some(place) = places.and_then(Vec::pop) {
                left[place] = None;
                f.status = Status::Known;
            }
        }
    }
    left.into_iter().flatten().map(|(entry, _)| entry).collect()
}

fn of_finding<'a>(f: &'a ReportFinding, before: &BTreeSet<&str>) -> Traits<'a> {
    let x = &f.finding;
    let message = normalised(&x.message);
    Traits {
        tool: &f.tool_id,
        rule: &x.rule,
        path: x.path.as_deref(),
        function: x.function.as_deref(),
        loose: without_files(&message),
        message,
        renamed: x.path.as_deref().is_some_and(|p| !before.contains(p)),
    }
}

/// A message without the names of files in it.
fn without_files(message: &str) -> String {
    let words = message.split(' ').map(|word| {
        let name = word.trim_matches(|c: char| !c.is_alphanumeric() && c != '#');
        let name = name.trim_end_matches([':', '#']);
        match name.rsplit_once('.') {
            Some((_, "ex" | "exs" | "eex" | "heex" | "leex" | "erl")) => "{file}",
            _ => word,
        }
    });
    words.collect::<Vec<_>>().join(" ")
}

#[cfg(test)]
mod tests {
    use super::without_files;

    #[test]
    fn names_of_files_leave_a_message() {
        for (message, is) in [
            ("found in lib/a.ex:# (mass: #)", "found in {file} (mass: #)"),
            ("(lib/b.exs)", "{file}"),
            (
                "IO.inspect in A.ex_unit. Use Logger.",
                "IO.inspect in A.ex_unit. Use Logger.",
            ),
        ] {
            assert_eq!(without_files(message), is);
        }
    }
}
