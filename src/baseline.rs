//! The baseline: findings that were there before, so that only new ones need to be judged. Pure.
//!
//! A finding is recognised by what it says, not by its line. Matching goes in passes, from exact to moved; an entry of
//! the baseline is used up by the one finding that it matches, so that a second equal finding is new, and never more
//! findings of a kind are known than the baseline has. A tool runs once, not twice.
//!
//! Compile errors and failed tests are never known: a project that does not compile has nothing that could be.

use serde::{Deserialize, Serialize};
use std::collections::{BTreeMap, BTreeSet};

use gatekeeper_parsers::Tool;
use gatekeeper_parsers::evidence::Severity;

use crate::benchmark::Recorded;
use crate::fingerprint::{digest, identity_of, normalised};
use crate::report::{ReportFinding, Source};
use crate::waiver::Status;
use crate::witness::WARNINGS;

mod file;
mod matching;

pub use file::{SCHEMA, read, write};

/// Where the baseline is, unless it is said.
pub const FILE: &str = "gatekeeper.baseline.json";

/// One finding that was accepted.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
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
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Standing {
    /// Where it is.
    pub path: String,
    /// The entries with the files of theirs that are gone; or why there are none.
    pub found: Result<Baseline, String>,
}

/// A baseline that was read.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Baseline {
    /// What was accepted.
    pub entries: Vec<Entry>,
    /// Files of entries that are not there any more: they may have been renamed.
    pub gone: BTreeSet<String>,
    /// Benchmarks as they were.
    #[serde(default)]
    pub benchmarks: Vec<Recorded>,
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
            let left = matching::matched(baseline, findings);
            outcome.fixed = left.iter().filter(|e| is_whole(&e.tool, sources)).count() as u64;
        }
        Err(trouble) => outcome.trouble = Some(trouble.clone()),
    }
    for f in findings.iter_mut().filter(|f| may_know(f)) {
        f.in_baseline = f.status == Status::Known;
        match f.status {
            Status::New => outcome.new += 1,
            Status::Known => outcome.known += 1,
            // Waivers are looked at afterwards.
            Status::Waived => {}
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
    let findings = source.evidence.findings();
    findings.is_some_and(|f| f.total > f.list.len() as u64)
}
