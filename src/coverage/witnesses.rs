//! What several sources of coverage say of each other: which of their files are the same, which contradict, and which
//! prove each other.

use std::collections::btree_map::Entry;
use std::collections::{BTreeMap, BTreeSet};
use std::num::NonZeroU32;

use gatekeeper_parsers::evidence::{Coverage, FileCoverage, Lines};
use gatekeeper_parsers::{Completeness, Defect, DefectKind, Position};

use crate::report::Source;

/// What tells files apart: the path, and the module where sources know modules; two modules may share a file.
pub(super) type Key = (Option<String>, Option<String>);

/// Hits by line.
pub(super) type Hits = BTreeMap<NonZeroU32, u64>;

/// Lines of these reports by file. Where one of them knows a file by its path alone, its modules are no files of their
/// own.
pub(super) struct Keys(BTreeSet<String>);

impl Keys {
    pub(super) fn of<'a>(all: impl Iterator<Item = &'a Coverage>) -> Self {
        let files = all.flat_map(|c| &c.files);
        let whole = files.filter(|f| f.module.is_none() && !f.lines.is_empty());
        Self(whole.filter_map(|f| f.path.clone()).collect())
    }

    fn key(&self, file: &FileCoverage) -> Key {
        let whole = file.path.as_ref().is_some_and(|p| self.0.contains(p));
        let module = file.module.clone().filter(|_| !whole);
        (file.path.clone(), module)
    }

    pub(super) fn unite<'a>(
        &self,
        files: impl Iterator<Item = &'a FileCoverage>,
    ) -> BTreeMap<Key, Hits> {
        let mut united: BTreeMap<Key, Hits> = BTreeMap::new();
        for file in files {
            match united.entry(self.key(file)) {
                // As a whole: line by line it takes several times as long.
                Entry::Vacant(first) => {
                    first.insert(file.lines.iter().collect());
                }
                Entry::Occupied(mut known) => add(known.get_mut(), &file.lines),
            }
        }
        united
    }
}

/// Adds the hits of another report. Most reports of a file know the same lines.
fn add(known: &mut Hits, more: &Lines) {
    if known.len() == more.len() && known.keys().copied().eq(more.numbers()) {
        for (sum, (_, hits)) in known.values_mut().zip(more.iter()) {
            *sum = sum.saturating_add(hits);
        }
        return;
    }
    for (line, hits) in more.iter() {
        let sum = known.entry(line).or_default();
        *sum = sum.saturating_add(hits);
    }
}

/// Two reports of one file know the same relevant lines. Where they do not, they are about two files of the same name
/// (two apps), or about two states of one: their lines cannot be united.
pub(super) fn doubt_other_files(sources: &mut [Source]) {
    let keys = Keys::of(sources.iter().filter_map(|s| s.evidence.coverage()));
    let mut known: BTreeMap<Key, (usize, Vec<NonZeroU32>)> = BTreeMap::new();
    let mut doubtful: Vec<(usize, usize, String)> = Vec::new();
    for (index, coverage) in sources
        .iter()
        .enumerate()
        .filter_map(|(i, s)| Some((i, s.evidence.coverage()?)))
    {
        let files = coverage.files.iter().filter(|f| !f.lines.is_empty());
        for (key, lines) in keys.unite(files) {
            let lines: Vec<NonZeroU32> = lines.into_keys().collect();
            match known.get(&key) {
                Some((first, others)) if *others != lines => {
                    let name = key.1.or(key.0).unwrap_or_default();
                    doubtful.push((*first, index, name));
                }
                Some(_) => {}
                None => {
                    known.insert(key, (index, lines));
                }
            }
        }
    }
    // One file of each pair of sources is enough to say.
    doubtful.dedup_by_key(|(first, second, _)| (*first, *second));
    for (first, second, name) in doubtful {
        let message = format!(
            "another source knows other lines of {name}: two files of one name, or two states of it"
        );
        for index in [first, second] {
            let defect = Defect::new(
                DefectKind::Contradiction,
                message.clone(),
                Position::default(),
            );
            sources[index].lower(Completeness::Partial, defect);
        }
    }
}

/// Format of exported coverage, which has no end mark.
pub(super) const EXPORT: &str = "mix_cover-coverdata";

/// Every partition exports every line of every module, whatever it ran. So the exports of two partitions prove each
/// other: a cut one would lack lines that the other has.
pub(super) fn prove_exports(sources: &mut [Source]) {
    let proven: Vec<usize> = (0..sources.len())
        .filter(|i| (0..sources.len()).any(|j| prove_each_other(&sources[*i], &sources[j])))
        .collect();
    for index in proven {
        let source = &mut sources[index];
        source.completeness = Completeness::Complete;
        source.defects.retain(|d| d.kind != DefectKind::NoEndMark);
    }
}

fn prove_each_other(a: &Source, b: &Source) -> bool {
    // Doubtful for nothing but the missing end mark.
    let open = |s: &Source| {
        let weak = |d: &Defect| matches!(d.kind, DefectKind::NoEndMark | DefectKind::Unplaced);
        s.format == Some(EXPORT)
            && s.completeness <= Completeness::Partial
            && s.defects.iter().any(|d| d.kind == DefectKind::NoEndMark)
            && s.defects.iter().all(weak)
    };
    let same_lines = |a: &Coverage, b: &Coverage| {
        let same = |(a, b): (&FileCoverage, &FileCoverage)| {
            a.module == b.module && a.lines.numbers().eq(b.lines.numbers())
        };
        a.files.len() == b.files.len() && a.files.iter().zip(&b.files).all(same)
    };
    let both = a.evidence.coverage().zip(b.evidence.coverage());
    open(a)
        && open(b)
        && a.sha256.is_some()
        && a.sha256 != b.sha256
        && both.is_some_and(|(a, b)| same_lines(a, b))
}
