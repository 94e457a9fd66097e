//! Failures of all sources, with what is said of them.

use std::collections::BTreeMap;

use gatekeeper_parsers::Tool;
use gatekeeper_parsers::evidence::{Evidence, Failure, Finding, Severity};

use super::{Source, tests_of};
use crate::failures::{self, Classified, Group};
use crate::waiver::Status;
use crate::witness::WARNINGS;

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

pub(super) fn failures(sources: &[Source]) -> (Vec<ReportFailure>, Vec<Group>) {
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
pub(super) fn call(source: &Source) -> failures::Call {
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
pub(super) fn suspected(class: &Classified) -> bool {
    let says = |strength| class.tags.iter().any(|tag| tag.strength == strength);
    says(failures::Strength::Likely) && !says(failures::Strength::Against)
}

/// What kind of failure each is, and which are one.
pub(super) fn explain(
    all: &[(usize, Failure)],
    sources: &[Source],
) -> (Vec<Classified>, Vec<Group>) {
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
pub(super) fn compile_failure(finding: &Finding) -> Failure {
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
        file: finding.path.as_deref().map(Into::into),
        line: finding.line,
        errors: vec![error],
        ..Failure::default()
    }
}
