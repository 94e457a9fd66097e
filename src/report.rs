//! From sources to one report: pure, and the same for the same evidence.

use gatekeeper_parsers::Tool;
use gatekeeper_parsers::evidence::Scenario;
use serde::{Deserialize, Serialize};

use crate::baseline;
use crate::benchmark::References;
use crate::compare::{Against, patch};
use crate::coverage::{self, CoverageReport, LayerCoverage};
use crate::failures::Group;
use crate::gates::{self, Judged, Policy, Ruling};
use crate::policy::Change;
use crate::related;
use crate::retry;
use crate::suppressions::Suppression;
use crate::waiver::{self, Applied, Status};

mod failures;
mod findings;
mod same_run;
mod same_tests;
mod source;
mod totals;

use failures::failures;
use findings::findings;
use totals::totals;

pub use failures::ReportFailure;
pub use findings::ReportFinding;
pub use source::{Exit, Shard, Source, Trust};
pub use totals::TestTotals;
pub(crate) use totals::tests_of;

/// The project that was judged. Each fact may be unknown.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Project {
    /// The app's name in `mix.exs`.
    pub name: Option<String>,
    /// Its folder, or that of the repository around it.
    pub root: Option<String>,
    /// Where it is below that folder; `None` when it is that folder.
    pub path: Option<String>,
    /// The commit.
    pub commit: Option<String>,
    /// The branch.
    pub branch: Option<String>,
    /// Whether files differ from the commit.
    pub dirty: Option<bool>,
}

/// What another policy would have said: with `--policy-from`, that of the tree itself, which does not decide.
#[derive(Debug, Clone)]
pub struct Shadow {
    /// Whose policy decided.
    pub from: String,
    /// What the other says otherwise.
    pub changes: Vec<Change>,
    /// The verdict by the other; `None` when it cannot be read.
    pub verdict: Option<Ruling>,
}

/// Everything that was read, and how it was judged.
#[derive(Debug, Clone)]
pub struct Report {
    /// What was judged.
    pub project: Project,
    /// What was read.
    pub sources: Vec<Source>,
    /// All tests; `None` without any test evidence.
    pub tests: Option<TestTotals>,
    /// Every failure that is detailed.
    pub failures: Vec<ReportFailure>,
    /// Failures with one cause.
    pub groups: Vec<Group>,
    /// Coverage over all sources; `None` without any.
    pub coverage: Option<CoverageReport>,
    /// Coverage of the lines that changed, or why it is not known; `None` when no base was named.
    pub patch: Option<Result<patch::Patch, String>>,
    /// Every finding that is detailed.
    pub findings: Vec<ReportFinding>,
    /// What became of the baseline; `None` when there is none.
    pub baseline: Option<baseline::Outcome>,
    /// What benchmarks are compared with. Not on the wire: the gates say what came of it.
    pub references: References,
    /// The gates that were judged.
    pub gates: Vec<Judged>,
    /// The ruling over all gates.
    pub verdict: Ruling,
    /// What the policy accepts, and what became of it.
    pub waivers: Vec<Applied>,
    /// What the tree's own policy would have said, where another decided.
    pub shadow: Option<Shadow>,
    /// What the tools were told to be silent about, where somebody looked.
    pub suppressions: Option<Vec<Suppression>>,
}

impl Report {
    /// Puts the sources together and judges them.
    #[must_use]
    pub fn assemble(sources: Vec<Source>, policy: &Policy, project: Project) -> Self {
        Self::against(sources, policy, project, &Against::default())
    }

    /// The same, compared with the lines that changed and with a baseline.
    #[must_use]
    pub fn against(
        mut sources: Vec<Source>,
        policy: &Policy,
        project: Project,
        against: &Against,
    ) -> Self {
        same_run::settle(&mut sources);
        let tests = totals(&sources);
        let (mut failures, groups) = failures(&sources);
        let mut coverage = coverage::merge(&mut sources);
        if let Some(coverage) = &mut coverage {
            let layers = policy.coverage.layers.iter().map(|layer| LayerCoverage {
                name: layer.name.clone(),
                lines: coverage.lines_of(&layer.patterns),
            });
            coverage.layers = layers.collect();
        }
        let patch = against.changes.as_ref().map(|changes| match changes {
            Ok(changes) => Ok(patch::measure(changes, coverage.as_ref())),
            Err(why) => Err(why.clone()),
        });
        let mut findings = findings(&sources);
        let compare = |standing| baseline::compare(standing, &mut findings, &sources);
        let baseline = against.baseline.as_ref().map(compare);
        retry::mark(&mut failures, &sources);
        let changed = patch.as_ref().and_then(|patch| patch.as_ref().ok());
        related::relate(&mut failures, &mut findings, changed);
        let waivers = waiver::apply(&mut findings, &mut failures, &sources, policy);
        let mut report = Self {
            project,
            sources,
            tests,
            failures,
            groups,
            coverage,
            patch,
            findings,
            baseline,
            references: References {
                baseline: against.baseline.as_ref().map(|standing| {
                    let found = standing.found.as_ref();
                    found.map(|b| b.benchmarks.clone()).map_err(Clone::clone)
                }),
                files: against.references.clone(),
            },
            gates: Vec::new(),
            verdict: Ruling::Undecided,
            waivers,
            shadow: None,
            suppressions: None,
        };
        report.gates = gates::judge(&report, policy);
        report.verdict = gates::verdict(&report.gates);
        report
    }

    /// The verdict of another policy on the same evidence.
    #[must_use]
    pub fn verdict_by(&self, policy: &Policy) -> Ruling {
        let mut other = self.clone();
        let findings = &mut other.findings;
        // What is known stays so: another policy has the same baseline.
        let waived = findings.iter_mut().filter(|f| f.status == Status::Waived);
        waived.for_each(|f| {
            f.status = match f.in_baseline {
                true => Status::Known,
                false => Status::New,
            }
        });
        let failures = &mut other.failures;
        failures.iter_mut().for_each(|f| f.status = Status::New);
        other.waivers = waiver::apply(findings, failures, &other.sources, policy);
        gates::verdict(&gates::judge(&other, policy))
    }

    /// Number of findings that a waiver covers.
    #[must_use]
    pub fn waived(&self) -> usize {
        let all = self.findings.iter();
        all.filter(|f| f.status == Status::Waived).count()
    }

    /// Sources with evidence of, or from, these tools.
    pub fn sources_of<'a>(&'a self, tools: &'a [Tool]) -> impl Iterator<Item = &'a Source> {
        self.sources
            .iter()
            .filter(|s| s.tool.is_some_and(|t| tools.contains(&t)))
    }

    /// Number of findings over all sources, listed or only counted; compile errors are failures already.
    #[must_use]
    pub fn findings_in_all(&self) -> u64 {
        let findings = self.sources.iter().filter_map(|s| s.evidence.findings());
        let totals = findings.map(|f| {
            let failures = if f.tool == Tool::Compiler {
                f.counts.high
            } else {
                0
            };
            f.total.saturating_sub(failures)
        });
        totals.fold(0, u64::saturating_add)
    }

    /// Every benchmark that is detailed, with the index of its source.
    pub fn scenarios(&self) -> impl Iterator<Item = (usize, &Scenario)> {
        let all = self.sources.iter().enumerate();
        all.flat_map(|(index, source)| scenarios_of(source).iter().map(move |s| (index, s)))
    }

    /// Number of defects over all sources.
    #[must_use]
    pub fn defects(&self) -> usize {
        self.sources.iter().map(|s| s.defects.len()).sum()
    }
}

/// Picoseconds as nanoseconds, without loss: `41481.25`.
#[must_use]
pub fn nanoseconds(ps: u64) -> String {
    let text = format!("{}.{:03}", ps / 1000, ps % 1000);
    let text = text.trim_end_matches('0').trim_end_matches('.');
    text.to_owned()
}

fn scenarios_of(source: &Source) -> &[Scenario] {
    source.evidence.benchmarks().map_or(&[], |b| &b.scenarios)
}
