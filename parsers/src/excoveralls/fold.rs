//! What the JSON report says, folded file by file.

use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::num::NonZeroU32;

use super::hits::Hits;
use crate::cover::ALL_LINES;
use crate::defect::{Completeness, Defect, DefectKind, Parsed, Position};
use crate::evidence::{Coverage, Evidence, FileCoverage, Measure};
use crate::input::Limits;
use crate::text;

/// Names of unknown keys that are kept.
pub(super) const UNKNOWN: usize = 20;

/// What ended the reading.
pub(super) type Trouble = (DefectKind, String, Position);

/// What is folded while the document is read.
pub(super) struct Fold<'a> {
    parsed: Parsed<Coverage>,
    limits: &'a Limits,
    /// Whether `source_files` was there, and whether it was read to its end.
    pub(super) seen: bool,
    pub(super) ended: bool,
    /// Places of the kept files by name.
    names: HashMap<String, usize>,
    /// Entries of `source_files` so far.
    entries: u64,
    /// Lines that are kept, and whether those of a file were too many.
    lines: usize,
    dropped: bool,
    /// Covered and relevant lines of files that are not kept.
    more: (u64, u64),
    unknown: BTreeSet<String>,
}

/// One entry of `source_files`.
#[derive(Default)]
pub(super) struct Entry {
    pub(super) name: Option<String>,
    /// Lines of the source.
    pub(super) lines: Option<u64>,
    pub(super) hits: Option<Hits>,
}

impl<'a> Fold<'a> {
    pub(super) fn new(limits: &'a Limits) -> Self {
        Self {
            parsed: Parsed::complete(Coverage::default()),
            limits,
            seen: false,
            ended: false,
            names: HashMap::new(),
            entries: 0,
            lines: 0,
            dropped: false,
            more: (0, 0),
            unknown: BTreeSet::new(),
        }
    }

    fn note(&mut self, kind: DefectKind, message: impl Into<String>, at: Position) {
        if self.parsed.defects.len() < self.limits.details {
            self.parsed.note(Defect::new(kind, message, at));
        }
    }

    pub(super) fn lower(&mut self, kind: DefectKind, message: impl Into<String>, at: Position) {
        self.parsed.completeness = self.parsed.completeness.max(Completeness::Partial);
        self.note(kind, message, at);
    }

    /// The reading ended with an error, inside the document or after it.
    pub(super) fn stopped(&mut self, (kind, message, at): Trouble) {
        self.lower(kind, text::lossy(message.as_bytes(), 300), at);
    }

    /// A key that the report does not have. Only its name is kept: its value may be a secret.
    pub(super) fn unknown(&mut self, key: String) {
        if self.unknown.len() < UNKNOWN {
            self.unknown.insert(text::lossy(key.as_bytes(), 100));
        }
    }

    pub(super) fn entry(&mut self, entry: Entry) {
        let at = Position::path(format!("source_files[{}]", self.entries));
        self.entries = self.entries.saturating_add(1);
        if entry.name.is_none() {
            let message = "a file without a `name`";
            self.lower(DefectKind::MissingField, message, at.clone());
        }
        let Some(mut hits) = entry.hits else {
            let message = "a file without its `coverage`";
            return self.lower(DefectKind::MissingField, message, at);
        };
        if let Some((first, n)) = hits.bad {
            let at = Position::path(format!(
                "source_files[{}].coverage[{first}]",
                self.entries.saturating_sub(1)
            ));
            let message = format!("{n} entries are neither a count nor null");
            self.lower(DefectKind::Number, message, at);
        }
        if entry.lines.is_some_and(|lines| lines != hits.entries) {
            let message = format!(
                "{} entries of `coverage` for a source of {} lines",
                hits.entries,
                entry.lines.unwrap_or_default()
            );
            self.lower(DefectKind::CountMismatch, message, at.clone());
        }
        self.room(&mut hits, &at);
        let max = self.limits.text;
        let name = entry.name.map(|n| text::lossy(n.as_bytes(), max));
        self.file(name, hits, at);
    }

    /// Keeps the lines of a file if there is room for them.
    fn room(&mut self, hits: &mut Hits, at: &Position) {
        let lines = self.lines.saturating_add(hits.lines.len());
        if lines > ALL_LINES {
            hits.forget();
        } else {
            self.lines = lines;
        }
        if hits.dropped && !std::mem::replace(&mut self.dropped, true) {
            // Coverage is judged by lines: those that are not kept would be missing from it.
            let message = "more lines than are kept in detail";
            self.lower(DefectKind::Limit, message, at.clone());
        }
    }

    fn file(&mut self, name: Option<String>, hits: Hits, at: Position) {
        let known = name.as_ref().and_then(|n| self.names.get(n)).copied();
        if let Some(file) = known.and_then(|i| self.parsed.value.files.get_mut(i)) {
            unite(file, hits);
            let message = "a file that was listed before: its lines are united";
            return self.lower(DefectKind::Contradiction, message, at);
        }
        let (covered, relevant) = (hits.covered, hits.relevant);
        let place = self.parsed.value.files.len();
        if place >= self.limits.details {
            if self.more == (0, 0) {
                let message = "more files than are kept in detail";
                self.lower(DefectKind::Limit, message, at);
            }
            self.more.0 = self.more.0.saturating_add(covered);
            self.more.1 = self.more.1.saturating_add(relevant);
            return;
        }
        if let Some(name) = &name {
            self.names.insert(name.clone(), place);
        }
        self.parsed.value.files.push(FileCoverage {
            path: name,
            module: None,
            measure: Measure::Lines { covered, relevant },
            lines: hits.lines,
        });
    }

    pub(super) fn finish(mut self) -> Parsed<Evidence> {
        if !self.unknown.is_empty() {
            let names: Vec<&str> = self.unknown.iter().map(String::as_str).collect();
            let message = format!("keys that this report does not have: {}", names.join(", "));
            self.note(DefectKind::UnknownValue, message, Position::default());
        }
        if !self.seen {
            let message = "there is no `source_files`";
            self.lower(DefectKind::MissingField, message, Position::default());
            self.parsed.completeness = Completeness::Unreadable;
            return self.parsed.map(|_| Evidence::Nothing);
        }
        let (mut covered, mut relevant) = self.more;
        for file in &self.parsed.value.files {
            if let Measure::Lines {
                covered: c,
                relevant: r,
            } = file.measure
            {
                covered = covered.saturating_add(c);
                relevant = relevant.saturating_add(r);
            }
        }
        if self.ended {
            let total = Measure::Lines { covered, relevant };
            self.parsed.value.totals.push(total);
        }
        if relevant == 0 {
            let message = "no file has a line that can run";
            self.note(DefectKind::NothingRan, message, Position::default());
        }
        self.parsed.map(Evidence::Coverage)
    }
}

/// Adds the lines of a file to those of its namesake, unless the lines of one of them were not kept.
fn unite(file: &mut FileCoverage, hits: Hits) {
    let Measure::Lines { relevant, .. } = file.measure else {
        return;
    };
    if hits.dropped || (file.lines.is_empty() && relevant > 0) {
        return;
    }
    let mut lines: BTreeMap<NonZeroU32, u64> = file.lines.iter().collect();
    for (line, count) in hits.lines.iter() {
        let slot = lines.entry(line).or_default();
        *slot = slot.saturating_add(count);
    }
    let count = |n: usize| u64::try_from(n).unwrap_or(u64::MAX);
    file.measure = Measure::Lines {
        covered: count(lines.values().filter(|n| **n > 0).count()),
        relevant: count(lines.len()),
    };
    file.lines = lines.into();
}
