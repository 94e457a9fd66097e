//! Cascades and precedence, measured on whole runs of a planted application whose true causes are known.
//!
//! `fixtures/failures/runs/cascades.tsv` says which failures have which cause; the table below says how a cause must be
//! named. A failure in no cascade is a cause of its own.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::io::BufRead;
use std::path::{Path, PathBuf};

use gatekeeper::failures::{CATEGORIES, Group};
use gatekeeper::gates::Policy;
use gatekeeper::report::{Project, Report, ReportFailure, Source};
use gatekeeper_parsers::evidence::Tool;
use gatekeeper_parsers::{Completeness, Expect, Limits, Stream};

/// Cause, the category of its group, and what the sentence must name.
const CAUSES: &[(&str, &str, &[&str])] = &[
    ("boot-db-down", "db-unreachable", &["connection refused"]),
    (
        "boot-support-compile-error",
        "compile-error",
        &["test/broken_support/helper.ex:2", "Bookshop.NoSuchCase"],
    ),
    (
        "casc-compile_error",
        "compile-error",
        &[
            "test/cascade/compile_error_test.exs:5",
            "undefined variable \"y\"",
        ],
    ),
    (
        "broken_factory-g1",
        "key-error",
        &[":isbn13", "broken_factory_test.exs:4"],
    ),
    (
        "broken_factory-g2",
        "key-error",
        &[":quantty", "broken_factory_test.exs:26"],
    ),
    (
        "db_down-g1",
        "db-unreachable",
        &["connection refused", "127.0.0.1:1"],
    ),
    (
        "ets_deleted-g1",
        "ets-table",
        &[":bookshop_rates", "ets_deleted_test.exs:11"],
    ),
    (
        "missing_table-g1",
        "db-schema",
        &["\"wishlists\" does not exist"],
    ),
    ("port_in_use-g1", "port-in-use", &["47999"]),
    (
        "restart_storm-g1",
        "no-process",
        &[
            "Bookshop.StockServer crashed",
            "lib/bookshop/stock_server.ex:21",
            "KeyError",
        ],
    ),
    ("sandbox-g1", "sandbox-ownership", &["sandbox_test.exs:26"]),
    (
        "setup_all_crash-g1",
        "setup-failure",
        &[
            "Bookshop.SearchIndexTest",
            "priv/search/index.bin",
            "setup_all_crash_test.exs:6",
        ],
    ),
];

fn runs() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("fixtures/failures/runs")
}

/// The sources of one run: standard output, and standard error where it matters.
fn sources(run: &str) -> Vec<Source> {
    let file = |end: &str| fs::read(runs().join(format!("{run}.{end}")));
    let (out, err) = (file("txt").expect("a run"), file("err").unwrap_or_default());
    let (mut out, mut err) = (out.as_slice(), err.as_slice());
    let streams: Vec<(Stream, &mut dyn BufRead)> =
        vec![(Stream::Out, &mut out), (Stream::Err, &mut err)];
    let (parts, _) = gatekeeper_parsers::read(streams, Expect::default(), &Limits::default());
    let source = |part: gatekeeper_parsers::Part| Source {
        label: run.to_owned(),
        tool: Some(part.tool),
        completeness: Completeness::Complete,
        defects: Vec::new(),
        evidence: part.parsed.value,
        ..Source::unreadable(
            run,
            gatekeeper_parsers::Defect::new(
                gatekeeper_parsers::DefectKind::Cut,
                "replaced",
                gatekeeper_parsers::Position::default(),
            ),
        )
    };
    parts.into_iter().map(source).collect()
}

fn report(sources: Vec<Source>) -> Report {
    Report::assemble(sources, &Policy::default(), Project::default())
}

/// How the table of cascades names a failure: `Mod test name`, or the module whose set-up failed.
fn name(f: &ReportFailure) -> String {
    let f = &f.failure;
    let module = f.module.clone().unwrap_or_default();
    match (&f.test_type, &f.name) {
        (Some(kind), Some(name)) => format!("{module} {kind} {name}"),
        _ => module.into(),
    }
}

/// Capture, cause, members.
fn cascades() -> BTreeMap<String, Vec<(String, Vec<String>)>> {
    let text = fs::read_to_string(runs().join("cascades.tsv")).expect("a table");
    let mut all: BTreeMap<String, Vec<(String, Vec<String>)>> = BTreeMap::new();
    for row in text.lines().skip(1) {
        let cells: Vec<&str> = row.split('\t').collect();
        let members = cells
            .get(4)
            .unwrap_or(&"")
            .split("; ")
            .filter_map(|m| m.split_once(':'));
        let members: Vec<String> = members
            .map(|(_, name)| {
                name.trim_end_matches(
                    " failure on setup_all callback, all tests have been invalidated",
                )
                .to_owned()
            })
            .collect();
        all.entry(cells[0].to_owned())
            .or_default()
            .push((cells[1].to_owned(), members));
    }
    all
}

#[derive(Default)]
struct Score {
    causes: usize,
    named: usize,
    right: usize,
    true_groups: usize,
    shown: usize,
    merged: Vec<String>,
    missed: Vec<String>,
}

impl Score {
    fn run(&mut self, run: &str, causes: &[(String, Vec<String>)]) {
        let report = report(sources(run));
        let mut owner: BTreeMap<&str, &str> = BTreeMap::new();
        for (cause, members) in causes {
            owner.extend(members.iter().map(|m| (m.as_str(), cause.as_str())));
        }
        let names: Vec<String> = report.failures.iter().map(name).collect();
        let cause_of = |at: usize| owner.get(names[at].as_str()).copied().unwrap_or(&names[at]);
        let all: BTreeSet<&str> = (0..names.len()).map(cause_of).collect();
        self.true_groups += all.len();
        self.shown += report.groups.len();
        for group in &report.groups {
            let inside: BTreeSet<&str> = group.members.iter().map(|at| cause_of(*at)).collect();
            if inside.len() > 1 {
                self.merged.push(format!("{run}: {inside:?}"));
            }
        }
        for (cause, members) in causes {
            self.causes += 1;
            let has = |g: &&Group| {
                g.members
                    .iter()
                    .any(|at| members.is_empty() || members.contains(&names[*at]))
            };
            let biggest = report
                .groups
                .iter()
                .filter(has)
                .max_by_key(|g| g.members.len());
            self.cause(run, cause, members, &names, biggest);
        }
    }

    fn cause(
        &mut self,
        run: &str,
        cause: &str,
        members: &[String],
        names: &[String],
        group: Option<&Group>,
    ) {
        let key = if members.is_empty() { run } else { cause };
        let row = CAUSES.iter().find(|(id, _, _)| key.starts_with(id));
        let (_, category, words) = row.unwrap_or_else(|| panic!("unknown cause {key}"));
        let Some(group) = group else {
            self.missed.push(format!("{run}: {cause} is not shown"));
            return;
        };
        let first = group.members.first().map(|at| names[*at].as_str());
        let starts = members.is_empty() || first == members.first().map(String::as_str);
        self.named += usize::from(starts);
        let says = words.iter().all(|word| group.cause.contains(word));
        if group.category.id == *category && says && starts {
            self.right += 1;
        } else {
            self.missed.push(format!(
                "{run} {cause}: {} | {} | first {first:?}",
                group.category.id, group.cause
            ));
        }
    }
}

#[test]
fn a_cascade_is_one_group_whose_cause_is_named() {
    let mut score = Score::default();
    for (run, causes) in cascades() {
        score.run(&run, &causes);
    }
    let Score {
        causes,
        named,
        right,
        true_groups,
        shown,
        merged,
        missed,
    } = score;
    let numbers = format!(
        "{right} of {causes} causes named right (first failure right in {named}), {shown} groups for {true_groups} causes\nmissed: {missed:#?}\nmerged: {merged:#?}"
    );
    assert!(causes >= 50, "{numbers}");
    assert!(merged.is_empty(), "{numbers}");
    assert!(right * 100 >= causes * 90, "{numbers}");
    assert!(shown * 10 <= true_groups * 12, "{numbers}");
}

/// Failures that were planted one by one have causes of their own.
#[test]
fn unrelated_failures_stay_apart() {
    for (run, least) in [("zoo-core-114", 98), ("zoo-processes-120", 98)] {
        let report = report(sources(run));
        let (n, groups) = (report.failures.len(), report.groups.len());
        let shared: Vec<_> = report
            .groups
            .iter()
            .filter(|g| g.members.len() > 1)
            .map(|g| (&g.cause, g.members.len()))
            .collect();
        assert!(
            groups * 100 >= n * least,
            "{run}: {n} failures in {groups} groups: {shared:#?}"
        );
    }
}

/// What a group says, in words that no index of a source is part of.
fn said(report: &Report) -> Vec<(String, String, Vec<String>)> {
    let members = |g: &Group| {
        g.members
            .iter()
            .map(|at| name(&report.failures[*at]))
            .collect()
    };
    report
        .groups
        .iter()
        .map(|g| (g.title.clone(), g.cause.clone(), members(g)))
        .collect()
}

#[test]
fn the_order_of_the_sources_changes_nothing() {
    let shards = [
        "casc-broken_factory-120",
        "casc-restart_storm-120",
        "casc-ets_deleted-120",
        "casc-setup_all_crash-120",
        "casc-db_down-120",
    ];
    let of = |order: &[&str]| said(&report(order.iter().flat_map(|run| sources(run)).collect()));
    let groups = of(&shards);
    let mut turned = shards;
    for _ in 0..shards.len() {
        turned.rotate_left(1);
        assert_eq!(of(&turned), groups);
    }
    turned.reverse();
    assert_eq!(of(&turned), groups);
    let tests = sources(shards[0]).remove(0);
    assert_eq!(tests.tool, Some(Tool::Exunit));
}

/// The order of the table is part of its meaning: what stands around a test, data, libraries, Elixir's exceptions from
/// narrow to wide, exits, assertions, wrappers.
#[test]
fn the_order_of_the_categories_is_that_of_the_taxonomy() {
    let ids: Vec<&str> = CATEGORIES.iter().map(|c| c.id).collect();
    assert_eq!(ids, ORDER);
}

const ORDER: &[&str] = &[
    "port-in-use",
    "db-unreachable",
    "sandbox-owner-exited",
    "db-pool-timeout",
    "sandbox-ownership",
    "db-lock",
    "db-schema",
    "db-constraint",
    "ecto-no-results",
    "ecto-changeset",
    "ecto-stale",
    "ecto-query",
    "ecto-cast",
    "ecto-not-loaded",
    "db-query",
    "mock-unexpected",
    "mock-not-called",
    "mock-contract",
    "mock-setup",
    "browser-driver",
    "browser-element",
    "liveview-element",
    "liveview-redirect",
    "liveview-crash",
    "no-route",
    "bad-params",
    "render-error",
    "plug-conn",
    "http-response",
    "channel-join",
    "job-assert",
    "email-assert",
    "already-started",
    "not-started",
    "ets-table",
    "missing-config",
    "network-error",
    "test-timeout",
    "compile-error",
    "property",
    "test-context",
    "nil-access",
    "undefined-module",
    "undefined-function",
    "match-error",
    "clause-error",
    "function-clause",
    "key-error",
    "arithmetic",
    "type-error",
    "protocol-undefined",
    "decode-error",
    "file-error",
    "enum-error",
    "erlang-error",
    "argument-error",
    "runtime-error",
    "custom-exception",
    "throw",
    "no-process",
    "start-failed",
    "process-crash",
    "call-timeout",
    "process-exit",
    "assert-message",
    "refute-message",
    "doctest",
    "assert-match",
    "assert-comparison",
    "assert-truthy",
    "refute-failed",
    "assert-raise",
    "not-implemented",
    "snapshot-mismatch",
    "assert-custom",
    "setup-failure",
    "teardown-failure",
    "uncategorised",
];
