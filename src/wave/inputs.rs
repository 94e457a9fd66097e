//! Everything that a judgement depends on beside the raw output and the policy file: what `wave verify --replay` needs to
//! reach the same report. What was seen at the place where a command ran (a missing lockfile, whose warnings they are,
//! which file a module is in) is kept as the difference that it made. Pure.

use std::collections::BTreeMap;

use gatekeeper_parsers::evidence::Evidence;
use gatekeeper_parsers::{Completeness, Defect, DefectKind, Position};
use serde::{Deserialize, Serialize};

use crate::compare::Against;
use crate::report::{Project, Source};
use crate::tree::Tree;

/// Schema of `data/inputs.json`.
pub const SCHEMA: &str = "gatekeeper.wave-inputs/v1";

/// `data/inputs.json`.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Inputs {
    /// Name and version of the schema.
    pub schema: String,
    /// Number of the wave.
    pub wave: u32,
    /// The project that was judged.
    pub project: Project,
    /// The state of its files.
    pub tree: Option<Tree>,
    /// The day that waivers were compared with, as seconds since 1970-01-01.
    pub day: u64,
    /// What the policy file was called; its text is `data/config/gatekeeper.toml`.
    pub policy: Option<String>,
    /// Words of `--require`.
    pub require: Vec<String>,
    /// `--shards`.
    pub shards: Option<String>,
    /// What the report was compared with.
    pub against: Against,
    /// What the place of the commands changed, by source.
    pub seen: Vec<Seen>,
}

/// What was seen at the place of a command, as the difference that it made to a source.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Seen {
    /// Index of the source.
    source: usize,
    /// Whether it is not complete because of it.
    partial: bool,
    /// Defects that were added: kind and message.
    defects: Vec<(String, String)>,
    /// Findings that are not the project's, by their index.
    foreign: Vec<usize>,
    /// Files of modules.
    files: BTreeMap<String, String>,
}

/// What makes the second of two readings out of the first: sources that were read apart from their place, and the same
/// that were looked at in place.
#[must_use]
pub fn seen(apart: &[Source], placed: &[Source]) -> Vec<Seen> {
    let pairs = apart.iter().zip(placed).enumerate();
    let all = pairs.map(|(source, (a, b))| {
        let known = |d: &&Defect| !a.defects.contains(d);
        let new = b.defects.iter().filter(known);
        Seen {
            source,
            partial: b.completeness > a.completeness,
            defects: new
                .map(|d| (d.kind.id().to_owned(), d.message.clone()))
                .collect(),
            foreign: foreign(a, b),
            files: files(a, b),
        }
    });
    all.filter(|s| {
        *s != Seen {
            source: s.source,
            ..Seen::default()
        }
    })
    .collect()
}

/// Indices of the findings that only the first has; both are in the same order.
fn foreign(apart: &Source, placed: &Source) -> Vec<usize> {
    let (Evidence::Findings(all), Evidence::Findings(left)) = (&apart.evidence, &placed.evidence)
    else {
        return Vec::new();
    };
    let mut left = left.list.iter().peekable();
    let gone = all
        .list
        .iter()
        .enumerate()
        .filter(|(_, f)| left.next_if_eq(f).is_none());
    gone.map(|(i, _)| i).collect()
}

/// Modules whose file only the second has.
fn files(apart: &Source, placed: &Source) -> BTreeMap<String, String> {
    let (Evidence::Coverage(a), Evidence::Coverage(b)) = (&apart.evidence, &placed.evidence) else {
        return BTreeMap::new();
    };
    let pairs = a
        .files
        .iter()
        .zip(&b.files)
        .filter(|(a, b)| a.path.is_none() && b.path.is_some());
    pairs
        .filter_map(|(_, b)| Some((b.module.clone()?, b.path.clone()?)))
        .collect()
}

/// Makes the difference again.
pub fn look_again(sources: &mut [Source], seen: &[Seen]) {
    for s in seen {
        let Some(source) = sources.get_mut(s.source) else {
            continue;
        };
        for (kind, message) in &s.defects {
            let known = DefectKind::ALL.iter().find(|k| k.id() == kind);
            let kind = known.copied().unwrap_or(DefectKind::UnknownValue);
            source
                .defects
                .push(Defect::new(kind, message.as_str(), Position::default()));
        }
        if s.partial {
            source.completeness = source.completeness.max(Completeness::Partial);
        }
        match &mut source.evidence {
            Evidence::Findings(findings) => {
                for at in s
                    .foreign
                    .iter()
                    .rev()
                    .filter(|at| **at < findings.list.len())
                    .copied()
                    .collect::<Vec<_>>()
                {
                    let gone = findings.list.remove(at);
                    findings.counts.remove(gone.severity);
                    findings.total = findings.total.saturating_sub(1);
                }
            }
            Evidence::Coverage(coverage) => {
                for file in coverage.files.iter_mut().filter(|f| f.path.is_none()) {
                    file.path = file.module.as_ref().and_then(|m| s.files.get(m)).cloned();
                }
            }
            Evidence::Nothing | Evidence::Tests(_) | Evidence::Benchmarks(_) => {}
        }
    }
}
