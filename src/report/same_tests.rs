//! Reports of tests in several formats: one run may write a report of Playwright, a JUnit file, a CTRF file and TAP at once.
//!
//! No number in them tells their run. Two that name the very same tests with the same outcomes are counted once: whether
//! they tell of one run or of two, no failure is lost. Two that name the same tests with other outcomes are both counted,
//! and it is said.

use gatekeeper_parsers::evidence::{Outcome, TestCase};
use gatekeeper_parsers::{Defect, DefectKind, Position, Tool};

use super::same_run::repeat;
use super::{Source, tests_of};

/// Tools whose reports one run may write at once: first those that say more of a test.
const TOOLS: [Tool; 4] = [Tool::Playwright, Tool::Junit, Tool::Ctrf, Tool::Tap];

/// A report that names every one of its tests.
struct Report {
    rank: usize,
    /// Its source.
    at: usize,
    /// The tests, in order.
    tests: Vec<(String, Outcome)>,
}

/// Finds reports that repeat another one.
pub(super) fn settle(sources: &mut [Source]) {
    let all = sources.iter().enumerate();
    let mut reports: Vec<Report> = all.filter_map(|(at, s)| report(at, s)).collect();
    reports.sort_by_key(|r| (r.rank, r.at));
    for (n, later) in reports.iter().enumerate() {
        let run = |r: &Report| {
            let source = &sources[r.at];
            (&source.command, source.shard, source.exit)
        };
        let same = |r: &&Report| {
            let (these, those) = (names(later), names(r));
            r.rank < later.rank && run(r) == run(later) && these.eq(those)
        };
        let same: Vec<&Report> = reports[..n].iter().filter(same).collect();
        if same.iter().any(|r| r.tests == later.tests) {
            repeat(&mut sources[later.at]);
        } else if let Some(other) = same.first() {
            let other = &sources[other.at].label;
            let message =
                format!("the same tests as in {other}, with other outcomes: both are counted");
            let defect = Defect::new(DefectKind::Contradiction, message, Position::default());
            sources[later.at].defects.push(defect);
        }
    }
}

fn names(report: &Report) -> impl Iterator<Item = &str> {
    report.tests.iter().map(|(name, _)| name.as_str())
}

/// A whole report of one of these tools.
fn report(at: usize, source: &Source) -> Option<Report> {
    let rank = TOOLS.iter().position(|t| source.tool == Some(*t))?;
    let tests = tests_of(source).filter(|_| source.is_complete())?;
    let counted = tests.counts.total() + tests.counts.excluded;
    if counted == 0 || counted != tests.cases.len() as u64 {
        return None;
    }
    // Formats differ in where they put the groups that a test stands in, so the last part of its name counts.
    let name = |c: &TestCase| c.name.rsplit(" › ").next().unwrap_or_default().to_owned();
    let mut tests: Vec<_> = tests.cases.iter().map(|c| (name(c), c.outcome)).collect();
    tests.sort();
    Some(Report { rank, at, tests })
}
