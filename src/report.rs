//! From sources to one report: pure, and the same for the same evidence.

use std::borrow::Cow;
use std::collections::BTreeMap;

use gatekeeper_parsers::evidence::{
    Counts, Evidence, Failure, Finding, Findings, Outcome, Scenario, Severity, SlowTest, TestCase,
    Tests,
};
use gatekeeper_parsers::{Completeness, Defect, Tool};

use serde::{Deserialize, Serialize};

use crate::baseline;
use crate::benchmark::References;
use crate::compare::{Against, patch};
use crate::coverage::{self, CoverageReport, LayerCoverage};
use crate::failures::{self, Classified, Group};
use crate::fingerprint;
use crate::gates::{self, Judged, Policy, Ruling};
use crate::policy::Change;
use crate::related;
use crate::retry;
use crate::suppressions::Suppression;
use crate::waiver::{self, Applied, Status};
use crate::witness::WARNINGS;

mod same_run;

/// How a command ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Exit {
    /// By itself, with this code.
    Code(i32),
    /// By this signal.
    Signal(i32),
}

/// How far a source can be believed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Trust {
    /// What a command printed: the code under test can print anything.
    Text,
    /// What our own formatter told past the output, and the output says the same.
    Channel,
    /// A file that was there before.
    File,
}

impl Trust {
    /// Every one.
    pub const ALL: &[Self] = &[Self::Text, Self::Channel, Self::File];

    /// What it means, in words.
    #[must_use]
    pub fn meaning(self) -> &'static str {
        match self {
            Self::Text => {
                "what a command printed, and its exit code; the code under test can forge both"
            }
            Self::Channel => {
                "what gatekeeper's own ExUnit formatter told, and the output says the same; only code that knows gatekeeper can forge both"
            }
            Self::File => {
                "a report file that was there before; who wrote it, and when, is not known"
            }
        }
    }

    /// The word on the wire.
    #[must_use]
    pub fn id(self) -> &'static str {
        match self {
            Self::Text => "text",
            Self::Channel => "channel",
            Self::File => "file",
        }
    }
}

/// One part of a partitioned suite.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Shard {
    /// From 1.
    pub index: u32,
    /// How many there are, where it is known.
    pub total: Option<u32>,
}

/// One report that was read, with where it came from.
#[derive(Debug, Clone)]
pub struct Source {
    /// What a person calls it: the command, or the path of the file.
    pub label: String,
    /// The tool that wrote it; `None` when it was not recognised.
    pub tool: Option<Tool>,
    /// The format it was read as.
    pub format: Option<&'static str>,
    /// SHA-256 of the bytes, in hex; for a command, of the digests of its two streams.
    pub sha256: Option<String>,
    /// Number of bytes.
    pub bytes: u64,
    /// The command, when one was run.
    pub command: Option<Vec<String>>,
    /// How the command ended.
    pub exit: Option<Exit>,
    /// How long it ran.
    pub duration_ms: Option<u64>,
    /// The shard it stands for.
    pub shard: Option<Shard>,
    /// How far it is proven.
    pub completeness: Completeness,
    /// How far it can be believed.
    pub trust: Trust,
    /// What is wrong with it.
    pub defects: Vec<Defect>,
    /// What it says.
    pub evidence: Evidence,
}

impl Source {
    /// A source that carries no evidence, with the reason.
    #[must_use]
    pub fn unreadable(label: impl Into<String>, defect: Defect) -> Self {
        Self {
            label: label.into(),
            tool: None,
            format: None,
            sha256: None,
            bytes: 0,
            command: None,
            exit: None,
            duration_ms: None,
            shard: None,
            completeness: Completeness::Unreadable,
            trust: Trust::File,
            defects: vec![defect],
            evidence: Evidence::Nothing,
        }
    }

    /// Notes a defect and lowers the completeness.
    pub fn lower(&mut self, completeness: Completeness, defect: Defect) {
        self.completeness = self.completeness.max(completeness);
        self.defects.push(defect);
    }

    /// The id of its tool on the wire; `None` when it was not recognised.
    #[must_use]
    pub fn tool_id(&self) -> Option<Cow<'static, str>> {
        let findings = self.evidence.findings().map(Findings::tool_id);
        findings.or_else(|| self.tool.map(|tool| tool.id().into()))
    }

    /// Whether it proves that it was read to its end and that its totals agree.
    #[must_use]
    pub fn is_complete(&self) -> bool {
        self.completeness == Completeness::Complete
    }
}

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

/// A failure with its classification and its place in the report.
#[derive(Debug, Clone)]
pub struct ReportFailure {
    /// `f1`, `f2`, … in order.
    pub id: String,
    /// Index of its source.
    pub source: usize,
    /// What failed.
    pub failure: Failure,
    /// What kind of failure it is.
    pub class: Classified,
    /// Index of its group.
    pub group: usize,
    /// The command that shows it again.
    pub rerun: Option<String>,
    /// Whether it counts.
    pub status: Status,
    /// The command that runs it until it fails again, where it may be flaky.
    pub repeat: Option<String>,
    /// Ids of findings and of changed lines at a place that it ran through, and of failures that look alike.
    pub related: Vec<String>,
}

/// A finding with its place in the report.
#[derive(Debug, Clone)]
pub struct ReportFinding {
    /// Index of its source.
    pub source: usize,
    /// The tool.
    pub tool: Tool,
    /// Its id on the wire: SARIF documents name their own tool.
    pub tool_id: Cow<'static, str>,
    /// What was found.
    pub finding: Finding,
    /// Identity that survives inserted lines.
    pub fingerprint: String,
    /// Whether it counts.
    pub status: Status,
    /// Whether the baseline has it, waived or not.
    pub in_baseline: bool,
    /// Fingerprint of the finding from which this one only follows.
    pub derived_from: Option<String>,
    /// Ids of what else is said about its place.
    pub related: Vec<String>,
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

/// All tests of all sources together.
#[derive(Debug, Clone, Default)]
pub struct TestTotals {
    /// By outcome.
    pub counts: Counts,
    /// By type, where the sources say it.
    pub by_type: BTreeMap<String, u64>,
    /// Sum of the durations that are known, in milliseconds.
    pub duration_ms: Option<u64>,
    /// The seed, when there is one.
    pub seed: Option<u64>,
    /// `max_cases`, when there is one.
    pub max_cases: Option<u64>,
    /// The slowest tests.
    pub slowest: Vec<SlowTest>,
    /// Named cases with the index of their source.
    pub cases: Vec<(usize, TestCase)>,
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

/// How many of the slowest tests the report names.
const SLOWEST: usize = 10;

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

/// The tests of a source, unless it only repeats another source.
pub(crate) fn tests_of(source: &Source) -> Option<&Tests> {
    let tests = source.evidence.tests();
    tests.filter(|_| !same_run::repeats(source))
}

fn totals(sources: &[Source]) -> Option<TestTotals> {
    let mut totals = TestTotals::default();
    let mut seeds = Vec::new();
    let mut max_cases = Vec::new();
    let mut any = false;
    for (index, tests) in sources
        .iter()
        .enumerate()
        .filter_map(|(i, s)| Some((i, tests_of(s)?)))
    {
        any = true;
        totals.counts.add(&tests.counts);
        for (word, n) in &tests.by_type {
            *totals.by_type.entry(word.clone()).or_default() += n;
        }
        if let Some(us) = tests.duration_us {
            *totals.duration_ms.get_or_insert(0) += us / 1000;
        }
        seeds.extend(tests.seed);
        max_cases.extend(tests.max_cases);
        totals.slowest.extend(tests.slowest.iter().cloned());
        totals
            .cases
            .extend(tests.cases.iter().map(|c| (index, c.clone())));
    }
    if !any {
        return None;
    }
    let one = |mut values: Vec<u64>| {
        values.dedup();
        (values.len() == 1).then(|| values[0])
    };
    totals.seed = one(seeds);
    totals.max_cases = one(max_cases);
    slowest(&mut totals);
    Some(totals)
}

/// The slowest tests: as listed by the tool, else from the durations of the named cases.
fn slowest(totals: &mut TestTotals) {
    if totals.slowest.is_empty() {
        let timed = totals.cases.iter().filter_map(|(_, c)| {
            let duration_us = c.duration_us.filter(|_| c.outcome != Outcome::Excluded)?;
            let (module, name) = (c.module.clone(), c.name.clone());
            Some(SlowTest {
                module,
                name,
                file: c.file.clone(),
                line: c.line,
                duration_us,
            })
        });
        totals.slowest = timed.collect();
    }
    totals.slowest.sort_by(|a, b| {
        let place = |t: &SlowTest| (t.file.clone(), t.line, t.name.clone());
        b.duration_us
            .cmp(&a.duration_us)
            .then_with(|| place(a).cmp(&place(b)))
    });
    totals.slowest.truncate(SLOWEST);
}

fn failures(sources: &[Source]) -> (Vec<ReportFailure>, Vec<Group>) {
    let mut all: Vec<(usize, Failure)> = Vec::new();
    for (index, source) in sources.iter().enumerate() {
        match &source.evidence {
            Evidence::Findings(f) if f.tool == Tool::Compiler => {
                // Warnings are findings alone.
                let errors = f.list.iter().filter(|finding| {
                    finding.severity >= Severity::High && finding.rule != WARNINGS
                });
                all.extend(errors.map(|finding| (index, compile_failure(finding))));
            }
            Evidence::Tests(_) => {
                let tests = tests_of(source);
                all.extend(
                    tests
                        .into_iter()
                        .flat_map(|t| &t.failures)
                        .map(|f| (index, f.clone())),
                );
            }
            Evidence::Nothing
            | Evidence::Coverage(_)
            | Evidence::Findings(_)
            | Evidence::Benchmarks(_) => {}
        }
    }
    let (classes, groups) = explain(&all, sources);
    let mut group_of = vec![0; all.len()];
    for (g, group) in groups.iter().enumerate() {
        for &member in &group.members {
            group_of[member] = g;
        }
    }
    let calls: Vec<failures::Call> = sources.iter().map(call).collect();
    let report = all
        .into_iter()
        .zip(classes)
        .enumerate()
        .map(|(i, ((source, failure), class))| ReportFailure {
            id: format!("f{}", i + 1),
            status: Status::New,
            rerun: failures::rerun(&failure, &calls[source]),
            repeat: suspected(&class)
                .then(|| failures::repeat(&failure, &calls[source]))
                .flatten(),
            related: Vec::new(),
            group: group_of[i],
            source,
            failure,
            class,
        });
    (report.collect(), groups)
}

/// What is known about the command behind a source.
fn call(source: &Source) -> failures::Call {
    let tests = tests_of(source);
    let mut call = failures::Call {
        seed: tests.and_then(|t| t.seed),
        partition: source.shard.map(|shard| shard.index),
        // The line that tells `max_cases` came with the option.
        repeats: tests.is_some_and(|t| t.max_cases.is_some()),
        options: Vec::new(),
    };
    call.keep_options(source.command.as_deref().unwrap_or_default());
    call
}

/// Whether a failure may well be flaky.
fn suspected(class: &Classified) -> bool {
    let says = |strength| class.tags.iter().any(|tag| tag.strength == strength);
    says(failures::Strength::Likely) && !says(failures::Strength::Against)
}

/// What kind of failure each is, and which are one.
fn explain(all: &[(usize, Failure)], sources: &[Source]) -> (Vec<Classified>, Vec<Group>) {
    let mut classes: Vec<Classified> = all.iter().map(|(_, f)| failures::categorise(f)).collect();
    let mut next: BTreeMap<usize, usize> = BTreeMap::new();
    let positions: Vec<usize> = all
        .iter()
        .map(|(source, _)| {
            let next = next.entry(*source).or_default();
            *next += 1;
            *next - 1
        })
        .collect();
    let mut logged = Vec::new();
    for (index, tests) in sources
        .iter()
        .enumerate()
        .filter_map(|(i, s)| Some((i, tests_of(s)?)))
    {
        let own = all.iter().zip(&mut classes).zip(&positions);
        let own = own.filter(|(((source, _), _), _)| *source == index);
        let mut own: Vec<failures::Unsettled<'_>> = own
            .map(|(((_, failure), class), position)| failures::Unsettled {
                failure,
                class,
                position: *position,
            })
            .collect();
        failures::settle(&mut own, &tests.logged);
        logged.extend(tests.logged.iter().map(|event| (index, event)));
    }
    let members: Vec<failures::Member<'_>> = all
        .iter()
        .zip(&classes)
        .zip(&positions)
        .map(|(((source, failure), class), position)| failures::Member {
            failure,
            class,
            source: *source,
            position: *position,
        })
        .collect();
    let groups = failures::group(&members, &logged);
    // What follows from another failure has no advice of its own: it would send the reader to the wrong place. And a
    // cause that only the whole run shows has another advice than its first failure by itself.
    for group in &groups {
        for (n, member) in group.members.iter().enumerate() {
            classes[*member].hint = group.hint.clone().filter(|_| n == 0);
        }
    }
    (classes, groups)
}

/// A file that does not compile is a failure too: nothing in it ran.
fn compile_failure(finding: &Finding) -> Failure {
    let error = gatekeeper_parsers::evidence::TestError {
        kind: gatekeeper_parsers::evidence::ErrorKind::Error,
        exception: finding
            .rule
            .ends_with("Error")
            .then(|| finding.rule.clone()),
        message: finding.message.clone(),
        ..Default::default()
    };
    Failure {
        test_type: Some("compile".into()),
        file: finding.path.clone(),
        line: finding.line,
        errors: vec![error],
        ..Failure::default()
    }
}

fn findings(sources: &[Source]) -> Vec<ReportFinding> {
    let mut seen: BTreeMap<String, u32> = BTreeMap::new();
    let mut out = Vec::new();
    for (source, evidence) in sources.iter().map(|s| &s.evidence).enumerate() {
        let Evidence::Findings(findings) = evidence else {
            continue;
        };
        let tool_id = findings.tool_id();
        for finding in &findings.list {
            let identity = fingerprint::identity(&tool_id, finding);
            let occurrence = seen.entry(identity.clone()).or_default();
            *occurrence += 1;
            let fingerprint = fingerprint::digest(&identity, *occurrence);
            out.push(ReportFinding {
                source,
                tool: findings.tool,
                tool_id: tool_id.clone(),
                finding: finding.clone(),
                fingerprint,
                status: Status::New,
                in_baseline: false,
                derived_from: None,
                related: Vec::new(),
            });
        }
    }
    related::derive(&mut out);
    out.sort_by(|a, b| {
        let key = |f: &ReportFinding| {
            let x = &f.finding;
            (
                f.source,
                std::cmp::Reverse(x.severity),
                x.path.clone(),
                x.line,
                x.column,
                x.rule.clone(),
            )
        };
        key(a)
            .cmp(&key(b))
            .then_with(|| a.finding.message.cmp(&b.finding.message))
    });
    out
}
