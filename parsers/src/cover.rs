//! What the readers of coverage by line share: hits by file and line, united as they come, in bounded memory.
//!
//! Deliberately absent: hits of functions and branches, which no gate judges, and any guess which folder an absolute
//! path starts in: paths stay as their reports have them.

use std::collections::BTreeMap;
use std::num::NonZeroU32;

use crate::collect::Defects;
use crate::defect::{DefectKind, Position};
use crate::evidence::{Coverage, FileCoverage, Measure};
use crate::input::Limits;

/// Different lines kept for one file. Nobody writes such files, but a damaged report may seem to have one.
const LINES: usize = 100_000;

/// Different lines kept for all files together.
pub(crate) const ALL_LINES: usize = 2_000_000;

/// Bytes of a path. Longer ones are no paths, and two of them that were cut would look the same.
const PATH: usize = 4 << 10;

/// Hits by line of one file, or of one part of it.
#[derive(Debug, Default)]
pub(crate) struct Hits {
    /// Lines in the order of the file, as nearly every writer lists them.
    sorted: Vec<(NonZeroU32, u64)>,
    /// Lines that came later than a line behind them. None of them is in `sorted`.
    late: BTreeMap<NonZeroU32, u64>,
    /// Whether there was no room for a line.
    full: bool,
}

impl Hits {
    /// Adds hits of a line. `false` when the line was there before: then its hits are summed up.
    #[inline]
    pub(crate) fn push(&mut self, line: NonZeroU32, hits: u64) -> bool {
        let next = self.sorted.last().is_none_or(|(last, _)| *last < line);
        if next && self.len() < LINES {
            self.sorted.push((line, hits));
            return true;
        }
        self.push_other(line, hits)
    }

    /// A line that is there, or is late, or for which there may be no room.
    fn push_other(&mut self, line: NonZeroU32, hits: u64) -> bool {
        if let Some(sum) = self.find(line) {
            *sum = sum.saturating_add(hits);
            return false;
        }
        if self.len() >= LINES {
            self.full = true;
        } else {
            self.put(line, hits);
        }
        true
    }

    /// Adds a line that is not there yet.
    fn put(&mut self, line: NonZeroU32, hits: u64) {
        if self.sorted.last().is_none_or(|(last, _)| *last < line) {
            self.sorted.push((line, hits));
        } else {
            self.late.insert(line, hits);
        }
    }

    /// Adds hits of the very same lines, as reports of several runs have them. `false` when they are others.
    fn add_same(&mut self, other: &Self) -> bool {
        let line = |(line, _): &(NonZeroU32, u64)| *line;
        let same = self.late.is_empty()
            && other.late.is_empty()
            && self
                .sorted
                .iter()
                .map(line)
                .eq(other.sorted.iter().map(line));
        if same {
            for ((_, sum), (_, hits)) in self.sorted.iter_mut().zip(&other.sorted) {
                *sum = sum.saturating_add(*hits);
            }
        }
        same
    }

    fn find(&mut self, line: NonZeroU32) -> Option<&mut u64> {
        match self.sorted.binary_search_by_key(&line, |(line, _)| *line) {
            Ok(at) => self.sorted.get_mut(at).map(|(_, hits)| hits),
            Err(_) => self.late.get_mut(&line),
        }
    }

    fn len(&self) -> usize {
        self.sorted.len().saturating_add(self.late.len())
    }

    /// Covered and relevant lines.
    pub(crate) fn sums(&self) -> (u64, u64) {
        let sorted = self.sorted.iter().map(|(_, hits)| hits);
        let all = sorted.chain(self.late.values());
        all.fold((0, 0), |sum, hits| plus(sum, (u64::from(*hits > 0), 1)))
    }

    fn into_lines(self) -> BTreeMap<NonZeroU32, u64> {
        let mut lines: BTreeMap<NonZeroU32, u64> = self.sorted.into_iter().collect();
        lines.extend(self.late);
        lines
    }
}

/// The files of one report.
#[derive(Debug, Default)]
pub(crate) struct Files {
    files: BTreeMap<String, Hits>,
    lines: usize,
    full: bool,
}

impl Files {
    /// Adds lines to a file. `true` when the file had one of them before.
    pub(crate) fn add(&mut self, path: String, hits: Hits, limits: &Limits) -> bool {
        self.full |= hits.full || path.len() > PATH;
        let known = self.files.contains_key(&path);
        if !known && self.files.len() >= limits.details {
            self.full = true;
            return false;
        }
        let all = self.lines.saturating_add(hits.len());
        if !known && all <= ALL_LINES {
            self.lines = all;
            self.files.insert(path, hits);
            return false;
        }
        let lines = self.files.entry(path).or_default();
        if lines.add_same(&hits) {
            return hits.len() > 0;
        }
        let mut twice = false;
        for (line, hits) in hits.into_lines() {
            if let Some(sum) = lines.find(line) {
                *sum = sum.saturating_add(hits);
                twice = true;
            } else if self.lines < ALL_LINES {
                lines.put(line, hits);
                self.lines = self.lines.saturating_add(1);
            } else {
                self.full = true;
            }
        }
        twice
    }

    /// Whether there is such a file.
    pub(crate) fn has(&self, path: &str) -> bool {
        self.files.contains_key(path)
    }

    /// Covered and relevant lines of all files.
    pub(crate) fn sums(&self) -> (u64, u64) {
        self.files.values().map(Hits::sums).fold((0, 0), plus)
    }

    /// The evidence, with paths as `name` makes them. Says when not everything was kept, for then the sums are not
    /// those of the report, and when there is nothing to cover.
    pub(crate) fn finish(
        self,
        name: impl Fn(String) -> String,
        defects: &mut Defects,
        limits: &Limits,
    ) -> Coverage {
        let mut named = Self {
            full: self.full,
            ..Self::default()
        };
        for (path, mut hits) in self.files {
            hits.full = false;
            named.add(name(path), hits, limits);
        }
        if named.full {
            let message = "more files or lines than are kept, so that the sums are not known";
            defects.partial(DefectKind::Limit, message, Position::default());
        }
        let (covered, relevant) = named.sums();
        if relevant == 0 {
            let message = "no file has a line that can run";
            defects.note(DefectKind::NothingRan, message, Position::default());
        }
        let files = named.files.into_iter().map(|(path, lines)| {
            let (covered, relevant) = lines.sums();
            FileCoverage {
                path: Some(path),
                module: None,
                measure: Measure::Lines { covered, relevant },
                lines: lines.into_lines().into(),
            }
        });
        Coverage {
            totals: vec![Measure::Lines { covered, relevant }],
            files: files.collect(),
            missed_threshold: None,
        }
    }
}

/// Adds pairs of sums.
pub(crate) fn plus(a: (u64, u64), b: (u64, u64)) -> (u64, u64) {
    (a.0.saturating_add(b.0), a.1.saturating_add(b.1))
}

#[cfg(test)]
pub(crate) mod tests {
    use super::*;
    use crate::Completeness;
    use crate::damage::parts;
    use crate::evidence::Evidence;

    /// Less than 80 %: bad news that no damage may hide.
    pub(crate) fn low(evidence: &Evidence) -> bool {
        let low = |m: &Measure| matches!(m, Measure::Lines { covered, relevant } if covered * 100 < relevant * 80);
        matches!(evidence, Evidence::Coverage(c) if c.totals.iter().any(low))
    }

    fn believed(bytes: &[u8], format: &str) -> Vec<Vec<Measure>> {
        let parts = parts(bytes, 1 << 16).into_iter();
        let mine =
            parts.filter(|p| p.format == format && p.parsed.completeness <= Completeness::Unproven);
        mine.filter_map(|p| match p.parsed.value {
            Evidence::Coverage(c) => Some(c.totals),
            _ => None,
        })
        .collect()
    }

    /// One byte changed or one line dropped: the report is not believed, or says the same.
    pub(crate) fn says_the_same_or_nothing(whole: &[u8], format: &str) {
        let truth = believed(whole, format);
        assert_eq!(truth.len(), 1);
        let check = |bytes: &[u8], what: String| {
            let said = believed(bytes, format);
            assert!(said.is_empty() || said == truth, "{what}: {said:?}");
        };
        let mut bytes = whole.to_vec();
        for at in 0..whole.len() {
            for changed in [whole[at] ^ 1, whole[at] ^ 4, b'#', b' ', b'\n'] {
                bytes[at] = changed;
                check(&bytes, format!("byte {at} is {changed}"));
            }
            bytes[at] = whole[at];
        }
        let lines: Vec<&[u8]> = whole.split_inclusive(|b| *b == b'\n').collect();
        for dropped in 0..lines.len() {
            let mut left = lines.clone();
            left.remove(dropped);
            check(&left.concat(), format!("without line {dropped}"));
        }
    }

    #[test]
    fn lines_in_any_order_are_united() {
        let line = |n: u32| NonZeroU32::new(n).unwrap();
        let told = [5, 9, 2, 5, 7, 2, 9, 12, 7];
        let mut hits = Hits::default();
        let new = told.map(|n| hits.push(line(n), u64::from(n > 4)));
        for (at, new) in new.into_iter().enumerate() {
            assert_eq!(new, !told[..at].contains(&told[at]), "{at}");
        }
        assert_eq!(hits.sums(), (4, 5));
        let mut files = Files::default();
        let add = |files: &mut Files, lines: &[u32]| {
            let mut hits = Hits::default();
            for n in lines {
                hits.push(line(*n), 3);
            }
            files.add("a".into(), hits, &Limits::default())
        };
        assert!(!files.add("a".into(), hits, &Limits::default()));
        assert!(!add(&mut files, &[4, 13]));
        assert!(add(&mut files, &[2]));
        assert_eq!(files.sums(), (7, 7));
        assert!(!add(&mut files, &[]));
        let lines = files.files.remove("a").unwrap().into_lines();
        let all = [(2, 3), (4, 3), (5, 2), (7, 2), (9, 2), (12, 1), (13, 3)];
        assert_eq!(lines, all.map(|(n, hits)| (line(n), hits)).into());
        assert!(!add(&mut files, &[1, 2]));
        assert!(add(&mut files, &[1, 2]));
        let lines = files.files.remove("a").unwrap().into_lines();
        assert_eq!(lines, [(line(1), 6), (line(2), 6)].into());
    }

    #[test]
    fn more_than_is_kept_is_not_believed() {
        let limits = Limits {
            details: 2,
            ..Limits::default()
        };
        let (mut files, mut defects) = (Files::default(), Defects::default());
        for name in ["a", "b", "c"] {
            let mut hits = Hits::default();
            assert!(hits.push(NonZeroU32::MIN, 1));
            assert!(!hits.push(NonZeroU32::MIN, 1));
            assert_eq!(hits.sums(), (1, 1));
            files.add(name.into(), hits, &limits);
        }
        let coverage = files.finish(|path| path, &mut defects, &limits);
        let parsed = defects.finish(coverage);
        assert_eq!(parsed.completeness, Completeness::Partial);
        assert_eq!(parsed.value.files.len(), 2);
    }
}
