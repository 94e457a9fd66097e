//! Coverage of all sources together: exact where the sources have lines, honest about rounding where they have not.
//!
//! The most exact sources decide: those with lines (united by file and line, so that the same line from two shards
//! counts once), else those with numbers of lines, else rounded percentages. A less exact source beside a more exact
//! one is not added, for it tells of the same run; but it must not say that the limit is missed.

use gatekeeper_parsers::evidence::{Coverage, FileCoverage, Measure, Threshold};

use crate::policy::Patterns;
use crate::report::Source;

mod witnesses;

use witnesses::Keys;

/// Coverage as it is judged.
#[derive(Debug, Clone, Default)]
pub struct CoverageReport {
    /// Covered and relevant lines, where a source counts lines.
    pub lines: Option<(u64, u64)>,
    /// Printed totals, where no source counts lines: one, or one per umbrella app.
    pub printed: Vec<Printed>,
    /// Totals of less exact sources beside the one that is judged, with the names of their sources.
    pub others: Vec<(String, Printed)>,
    /// Files or modules.
    pub files: Vec<FileCoverage>,
    /// Minimums of the project itself that were not reached.
    pub missed: Vec<Threshold>,
    /// The layers that the policy names.
    pub layers: Vec<LayerCoverage>,
}

/// Coverage of the files of a layer together.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LayerCoverage {
    /// Its name in the policy.
    pub name: String,
    /// Covered and relevant lines; `None` where no source says them exactly.
    pub lines: Option<(u64, u64)>,
}

/// A percentage that was printed with few digits: only its bounds are known.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Printed {
    /// The exact value is at least this, in half hundredths of a percent.
    pub at_least: u64,
    /// And less than this, or equal where it is 100 %.
    pub below: u64,
    /// What is shown, in hundredths of a percent.
    pub shown: u64,
}

impl Printed {
    /// Bounds of any measure; those of exact numbers are at most a hundredth apart.
    pub(crate) fn of(measure: &Measure) -> Self {
        if let Some(printed) = Self::new(measure) {
            return printed;
        }
        let (covered, relevant) = match *measure {
            Measure::Lines { covered, relevant } => (covered, relevant.max(1)),
            Measure::Rounded { .. } | Measure::Between { .. } => (0, 1),
        };
        let half_hundredths = u128::from(covered) * 20_000 / u128::from(relevant);
        let at_least = u64::try_from(half_hundredths).unwrap_or(u64::MAX);
        Self {
            at_least,
            below: at_least.saturating_add(1),
            shown: at_least / 2,
        }
    }

    pub(crate) fn new(measure: &Measure) -> Option<Self> {
        match *measure {
            Measure::Lines { .. } => None,
            Measure::Rounded { hundredths } => {
                let at_least = hundredths.saturating_mul(2).saturating_sub(1);
                Some(Self {
                    at_least,
                    below: hundredths.saturating_mul(2).saturating_add(1),
                    shown: hundredths,
                })
            }
            Measure::Between { at_least, below } => Some(Self {
                at_least: at_least.saturating_mul(2),
                below: below.saturating_mul(2),
                shown: at_least,
            }),
        }
    }
}

/// How exact a source is: more is better.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Exactness {
    Rounded,
    Counted,
    Lines,
}

fn exactness(coverage: &Coverage) -> Option<Exactness> {
    if coverage.files.iter().any(|f| !f.lines.is_empty()) {
        return Some(Exactness::Lines);
    }
    coverage
        .totals
        .iter()
        .map(|t| match t {
            Measure::Lines { .. } => Exactness::Counted,
            Measure::Rounded { .. } | Measure::Between { .. } => Exactness::Rounded,
        })
        .max()
}

/// Unites the coverage of all sources. `None` when no source is about coverage.
#[must_use]
pub fn merge(sources: &mut [Source]) -> Option<CoverageReport> {
    witnesses::prove_exports(sources);
    witnesses::doubt_other_files(sources);
    let all: Vec<(String, &Coverage)> = sources
        .iter()
        .filter_map(|s| Some((s.label.clone(), s.evidence.coverage()?)))
        .collect();
    if all.is_empty() {
        return None;
    }
    let best = all.iter().filter_map(|(_, c)| exactness(c)).max();
    let used: Vec<&Coverage> = all
        .iter()
        .map(|(_, c)| *c)
        .filter(|c| best.is_some() && exactness(c) == best)
        .collect();
    let mut report = CoverageReport {
        missed: all
            .iter()
            .filter_map(|(_, c)| c.missed_threshold.clone())
            .collect(),
        ..CoverageReport::default()
    };
    match best {
        Some(Exactness::Lines) => unite(&used, &mut report),
        Some(Exactness::Counted) => count(&used, &mut report),
        Some(Exactness::Rounded) => {
            report.printed = used
                .iter()
                .flat_map(|c| &c.totals)
                .filter_map(Printed::new)
                .collect();
            report.files = used.iter().flat_map(|c| c.files.iter().cloned()).collect();
        }
        None => {}
    }
    for (label, other) in all
        .iter()
        .filter(|(_, c)| exactness(c).is_some() && exactness(c) != best)
    {
        report.others.extend(
            other
                .totals
                .iter()
                .map(|total| (label.clone(), Printed::of(total))),
        );
    }
    report
        .files
        .sort_by(|a, b| (&a.path, &a.module).cmp(&(&b.path, &b.module)));
    Some(report)
}

/// The same line from two sources counts once, and is covered when one of them ran it.
fn unite(used: &[&Coverage], report: &mut CoverageReport) {
    let keys = Keys::of(used.iter().copied());
    let mut total = (0, 0);
    for ((path, module), lines) in keys.unite(used.iter().flat_map(|c| &c.files)) {
        let covered = lines.values().filter(|hits| **hits > 0).count() as u64;
        let relevant = lines.len() as u64;
        total = (total.0 + covered, total.1 + relevant);
        report.files.push(FileCoverage {
            path,
            module,
            measure: Measure::Lines { covered, relevant },
            lines: lines.into(),
        });
    }
    report.lines = Some(total);
}

fn count(used: &[&Coverage], report: &mut CoverageReport) {
    let mut total = (0u64, 0u64);
    for measure in used.iter().flat_map(|c| &c.totals) {
        if let Measure::Lines { covered, relevant } = measure {
            total = (
                total.0.saturating_add(*covered),
                total.1.saturating_add(*relevant),
            );
        }
    }
    report.lines = Some(total);
    report.files = used.iter().flat_map(|c| c.files.iter().cloned()).collect();
}

impl CoverageReport {
    /// Files of a part, by their paths.
    pub(crate) fn members<'c>(
        &'c self,
        of: &'c Patterns,
    ) -> impl Iterator<Item = &'c FileCoverage> {
        let inside = |f: &&FileCoverage| f.path.as_deref().is_some_and(|path| of.matches(path));
        self.files.iter().filter(inside)
    }

    /// The lines of a part together; `None` where a source does not count them, or knows no paths: rounded percentages
    /// of several files have no sum.
    pub(crate) fn lines_of(&self, of: &Patterns) -> Option<(u64, u64)> {
        if self.files.iter().all(|f| f.path.is_none()) {
            return None;
        }
        let mut sum = (0u64, 0u64);
        for file in self.members(of) {
            let Measure::Lines { covered, relevant } = file.measure else {
                return None;
            };
            sum = (
                sum.0.saturating_add(covered),
                sum.1.saturating_add(relevant),
            );
        }
        Some(sum)
    }
}

/// A percentage with two decimals, floored: 79.999 is `79.99`.
#[must_use]
pub fn percent(covered: u64, relevant: u64) -> Option<String> {
    if relevant == 0 {
        return None;
    }
    let hundredths = u128::from(covered) * 10_000 / u128::from(relevant);
    Some(format!("{}.{:02}", hundredths / 100, hundredths % 100))
}

/// Hundredths of a percent as text.
#[must_use]
pub fn hundredths(hundredths: u64) -> String {
    format!("{}.{:02}", hundredths / 100, hundredths % 100)
}

#[cfg(test)]
mod tests;
