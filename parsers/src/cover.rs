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
const ALL_LINES: usize = 2_000_000;

/// Bytes of a path. Longer ones are no paths, and two of them that were cut would look the same.
const PATH: usize = 4 << 10;

/// Hits by line of one file, or of one part of it.
#[derive(Debug, Default)]
pub(crate) struct Hits {
    lines: BTreeMap<NonZeroU32, u64>,
    /// Whether there was no room for a line.
    full: bool,
}

impl Hits {
    /// Adds hits of a line. `false` when the line was there before: then its hits are summed up.
    pub(crate) fn push(&mut self, line: NonZeroU32, hits: u64) -> bool {
        if let Some(sum) = self.lines.get_mut(&line) {
            *sum = sum.saturating_add(hits);
            return false;
        }
        if self.lines.len() >= LINES {
            self.full = true;
        } else {
            self.lines.insert(line, hits);
        }
        true
    }

    /// Covered and relevant lines.
    pub(crate) fn sums(&self) -> (u64, u64) {
        sums(&self.lines)
    }
}

fn sums(lines: &BTreeMap<NonZeroU32, u64>) -> (u64, u64) {
    let covered = lines.values().filter(|hits| **hits > 0).count();
    let count = |n: usize| u64::try_from(n).unwrap_or(u64::MAX);
    (count(covered), count(lines.len()))
}

/// The files of one report.
#[derive(Debug, Default)]
pub(crate) struct Files {
    files: BTreeMap<String, BTreeMap<NonZeroU32, u64>>,
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
        let lines = self.files.entry(path).or_default();
        let mut twice = false;
        for (line, hits) in hits.lines {
            if let Some(sum) = lines.get_mut(&line) {
                *sum = sum.saturating_add(hits);
                twice = true;
            } else if self.lines < ALL_LINES {
                lines.insert(line, hits);
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
        self.files.values().map(sums).fold((0, 0), plus)
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
        for (path, lines) in self.files {
            let hits = Hits { lines, full: false };
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
            let (covered, relevant) = sums(&lines);
            FileCoverage {
                path: Some(path),
                module: None,
                measure: Measure::Lines { covered, relevant },
                lines,
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
