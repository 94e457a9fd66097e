//! What a report is compared with: the lines that changed since a base, and the findings that were known before. Pure.

use serde::{Deserialize, Serialize};
use std::collections::{BTreeMap, BTreeSet};

use crate::baseline::Standing;
use crate::benchmark::Recorded;

pub mod diff;
pub mod patch;

/// Everything that a report is compared with. Nothing of it has to be there.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
pub struct Against {
    /// The lines that changed, or why they are not known; `None` when no base was named.
    pub changes: Option<Result<Changes, String>>,
    /// Findings that were accepted; `None` when there is no baseline and none is needed.
    pub baseline: Option<Standing>,
    /// Earlier benchmarks, by the path that the policy names, or why they cannot be used.
    #[serde(default)]
    pub references: BTreeMap<String, Result<Vec<Recorded>, String>>,
}

/// What changed between a base and the working tree.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Changes {
    /// What was asked for: `origin/main`.
    pub name: String,
    /// The commit that is compared with: the merge base.
    pub commit: String,
    /// The folder of the project in its repository, with a slash at its end; empty where it is the root.
    pub prefix: String,
    /// The folder of the project on this machine, for reports with absolute paths.
    pub root: String,
    /// Files with added or changed lines, by their path in the repository.
    pub files: Vec<Change>,
    /// Files of the repository that exist now: paths of reports are looked up here.
    pub tree: BTreeSet<String>,
    /// What a reader of the numbers has to know: several merge bases, nested repositories.
    pub notes: Vec<String>,
}

/// One changed file.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Change {
    /// Its path in the repository, as it is now.
    pub path: String,
    /// Its path before, where it was renamed.
    pub from: Option<String>,
    /// What it is.
    pub kind: Kind,
    /// Lines that were added or changed, spaces apart.
    pub lines: Vec<Span>,
    /// How many lines differ in spaces alone. They are not measured.
    pub whitespace: u64,
}

/// What a changed file is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub enum Kind {
    /// Lines of text.
    Text,
    /// Git takes it for binary, or was told so by an attribute.
    Binary,
    /// A symbolic link.
    Link,
    /// Another repository.
    Submodule,
    /// A conflict that is not resolved.
    Unmerged,
}

/// Lines from the first to the last, both included.
pub type Span = (u32, u32);

/// How many lines spans hold.
#[must_use]
pub fn lines_in(spans: &[Span]) -> u64 {
    let lengths = spans
        .iter()
        .map(|(first, last)| u64::from(last - first) + 1);
    lengths.sum()
}
