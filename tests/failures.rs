//! Failure categories measured on labelled failures of our own: single blocks, and whole runs of a planted application.
//!
//! The labels are finer than the categories and older than them; the table below says which category a label means.
//! Where a label names a planted cause that the printed block does not show, `UNSEEN` says what the block does show.

use std::collections::BTreeMap;
use std::fs;
use std::io::BufRead;
use std::path::{Path, PathBuf};

use gatekeeper::failures::{Class, categorise, category};
use gatekeeper_parsers::evidence::{Evidence, Failure, Tests};
use gatekeeper_parsers::{Expect, Limits, Stream};

/// Label and the categories it may mean. More than one where the label names a construct, not how it is printed.
const LABELS: &[(&str, &[&str])] = &[
    ("access-undefined", &["undefined-function"]),
    ("already-started", &["already-started"]),
    ("argument-error", &["argument-error"]),
    ("arithmetic", &["arithmetic"]),
    ("assert-boolean", &["assert-truthy"]),
    ("assert-comparison", &["assert-comparison"]),
    ("assert-delta", &["assert-comparison"]),
    ("assert-equal", &["assert-comparison"]),
    ("assert-io", &["assert-comparison"]),
    ("assert-match", &["assert-match"]),
    ("assert-membership", &["assert-comparison"]),
    ("assert-raise", &["assert-raise"]),
    ("assert-receive", &["assert-message"]),
    ("async-race", &["assert-message", "assert-comparison"]),
    ("bad-arity", &["type-error"]),
    ("bad-boolean", &["type-error"]),
    ("bad-function", &["type-error"]),
    ("bad-map", &["type-error"]),
    ("bad-struct", &["type-error"]),
    ("case-clause", &["clause-error"]),
    ("command-missing", &["erlang-error"]),
    ("cond-clause", &["clause-error"]),
    ("connection-refused", &["network-error"]),
    ("custom-exception", &["custom-exception"]),
    ("date-error", &["argument-error"]),
    ("db-connection-refused", &["db-unreachable"]),
    ("db-deadlock", &["db-lock"]),
    ("db-lock-timeout", &["db-lock"]),
    ("db-missing-database", &["db-unreachable"]),
    ("db-not-null", &["db-constraint"]),
    ("db-pool-timeout", &["db-pool-timeout"]),
    ("db-statement-timeout", &["db-query"]),
    ("db-undefined-column", &["db-schema"]),
    ("db-undefined-table", &["db-schema"]),
    ("doctest", &["doctest"]),
    ("ecto-cast-error", &["ecto-cast"]),
    ("ecto-change-error", &["ecto-cast"]),
    ("ecto-changeset-assert", &["assert-match"]),
    ("ecto-constraint", &["db-constraint"]),
    ("ecto-invalid-changeset", &["ecto-changeset"]),
    ("ecto-no-primary-key", &["ecto-query"]),
    ("ecto-no-results", &["ecto-no-results"]),
    ("ecto-query-error", &["ecto-query"]),
    ("ecto-stale", &["ecto-stale"]),
    ("email-mismatch", &["email-assert"]),
    ("email-unexpected", &["email-assert"]),
    ("enum-error", &["enum-error"]),
    ("env-missing", &["missing-config"]),
    ("erlang-error", &["erlang-error"]),
    ("ets-missing-table", &["ets-table"]),
    ("exit", &["process-exit"]),
    ("factory-missing", &["custom-exception"]),
    ("file-error", &["file-error"]),
    ("flunk", &["assert-custom"]),
    ("function-clause", &["function-clause"]),
    ("genserver-crash", &["process-crash", "process-exit"]),
    ("genserver-timeout", &["call-timeout"]),
    ("http-content-type", &["http-response"]),
    ("http-error-sent", &["http-response"]),
    ("http-status", &["http-response"]),
    ("json-decode", &["decode-error"]),
    ("json-encode", &["protocol-undefined"]),
    ("key-error", &["key-error"]),
    ("linked-crash", &["process-crash", "process-exit"]),
    ("lv-crash", &["liveview-crash"]),
    ("lv-dead-view", &["match-error"]),
    ("lv-element-ambiguous", &["liveview-element"]),
    ("lv-element-not-found", &["liveview-element"]),
    ("lv-form-field", &["liveview-element"]),
    ("lv-no-event", &["liveview-element"]),
    ("lv-redirect", &["liveview-redirect"]),
    ("lv-render-assert", &["liveview-element"]),
    ("match-error", &["match-error"]),
    ("mox-unexpected-call", &["mock-unexpected"]),
    ("mox-unknown-function", &["mock-setup"]),
    ("nil-access", &["nil-access"]),
    ("no-route", &["no-route"]),
    ("oban-not-enqueued", &["job-assert"]),
    ("on-exit-failure", &["teardown-failure"]),
    ("port-in-use", &["port-in-use"]),
    ("process-noproc", &["no-process"]),
    ("protocol-undefined", &["protocol-undefined"]),
    ("refute", &["refute-failed"]),
    ("refute-receive", &["refute-message"]),
    ("registry-missing", &["not-started"]),
    ("runtime-error", &["runtime-error"]),
    ("sandbox-owner-exited", &["sandbox-owner-exited"]),
    ("sandbox-ownership", &["sandbox-ownership"]),
    ("session-not-fetched", &["plug-conn"]),
    ("setup-all-failure", &["setup-failure"]),
    ("setup-failure", &["setup-failure"]),
    ("start-supervised", &["start-failed"]),
    ("system-limit", &["erlang-error"]),
    ("task-timeout", &["call-timeout"]),
    ("template-key-error", &["key-error"]),
    ("template-missing", &["render-error"]),
    ("test-timeout", &["test-timeout"]),
    ("throw", &["throw"]),
    ("try-clause", &["clause-error"]),
    ("undefined-function", &["undefined-function"]),
    ("undefined-module", &["undefined-module"]),
    ("unicode-error", &["decode-error"]),
    ("with-clause", &["clause-error"]),
];

/// Part of the place, label, and what the block shows instead of the planted cause.
const UNSEEN: &[(&str, &str, &[&str])] = &[
    // The value, or the exception inside, says more than the construct that the label names.
    (
        "test start of a started cart",
        "match-error",
        &["already-started"],
    ),
    (
        "test live redirected in mount",
        "match-error",
        &["liveview-redirect"],
    ),
    (
        "test enum over a not loaded association",
        "protocol-undefined",
        &["ecto-not-loaded"],
    ),
    ("test put into nil", "bad-map", &["nil-access"]),
    ("doctest Bookshop.Money.split/2", "doctest", &["arithmetic"]),
    // ExUnit prints another kind of assertion, or the test's own words.
    ("test refute match?", "assert-match", &["refute-failed"]),
    ("test not in list", "assert-membership", &["refute-failed"]),
    ("test with a message", "assert-boolean", &["assert-custom"]),
    (
        "test with failure message",
        "assert-receive",
        &["assert-custom"],
    ),
    (
        "test rendered text",
        "lv-render-assert",
        &["assert-comparison"],
    ),
    (
        "test mail with another subject",
        "email-mismatch",
        &["assert-comparison"],
    ),
    // The endpoint answers 404, the router's exception never reaches the test.
    ("test unknown path", "no-route", &["http-response"]),
    // Only the body's failure is printed.
    (
        "test test and on_exit fail",
        "on-exit-failure",
        &["assert-comparison"],
    ),
    // The start returned the error instead of killing the test: it depends on who is faster.
    (
        "zoo-core-114: test start_link of a failing init",
        "linked-crash",
        &["match-error"],
    ),
    // The pool and the server say the same whatever made them wait; the cause stands in the log, or in a message.
    (
        "casc-db_down",
        "db-connection-refused",
        &["db-pool-timeout"],
    ),
    (
        "test database does not exist",
        "db-missing-database",
        &["db-pool-timeout"],
    ),
    (
        "test owner exits while a client queries",
        "sandbox-owner-exited",
        &["db-pool-timeout", "db-query"],
    ),
    (
        "test task without allowance",
        "sandbox-ownership",
        &["assert-message"],
    ),
];

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("fixtures/failures")
}

/// What a run's output says about its failures.
fn read(text: &str) -> Tests {
    let mut bytes = text.as_bytes();
    let streams: Vec<(Stream, &mut dyn BufRead)> = vec![(Stream::Out, &mut bytes)];
    let (parts, _) = gatekeeper_parsers::read(streams, Expect::default(), &Limits::default());
    let tests = parts.into_iter().find_map(|part| match part.parsed.value {
        Evidence::Tests(tests) => Some(tests),
        _ => None,
    });
    tests.unwrap_or_default()
}

/// A block as the only failure of a run.
fn read_block(block: &str) -> Failure {
    let (_, rest) = block.split_once(") ").expect("a number");
    let run = format!(
        "Running ExUnit with seed: 0, max_cases: 1\n\n\n\n  1) {}\n\n\nFinished in 0.1 seconds (0.0s async, 0.1s sync)\n\n\
         Result: 0/1 passed\nFailed: 1 test\n",
        rest.trim_end()
    );
    let mut failures = read(&run).failures;
    assert_eq!(failures.len(), 1, "{block}");
    failures.remove(0)
}

/// A labelled failure.
struct Sample {
    place: String,
    label: String,
    failure: Failure,
}

fn lines(path: &Path) -> Vec<Vec<String>> {
    let text = fs::read_to_string(path).expect("labels");
    let rows = text.lines().skip(1);
    rows.map(|row| row.split('\t').map(str::to_owned).collect())
        .collect()
}

fn blocks() -> Vec<Sample> {
    let folder = root().join("blocks");
    let rows = lines(&folder.join("labels.tsv"));
    let sample = |row: Vec<String>| {
        let block = fs::read_to_string(folder.join(&row[0])).expect("a block");
        let failure = read_block(&block);
        Sample {
            place: format!("{}: {}", row[0], header(&failure)),
            label: row[1].clone(),
            failure,
        }
    };
    rows.into_iter().map(sample).collect()
}

fn runs() -> Vec<Sample> {
    let folder = root().join("runs");
    let mut runs: BTreeMap<String, Vec<Vec<String>>> = BTreeMap::new();
    for row in lines(&folder.join("labels.tsv")) {
        // A run that was aborted has no block.
        if !row[2].is_empty() {
            runs.entry(row[0].clone()).or_default().push(row);
        }
    }
    let mut samples = Vec::new();
    for (run, rows) in runs {
        let text = fs::read_to_string(folder.join(format!("{run}.txt"))).expect("a run");
        let mut failures = read(&text).failures;
        for row in rows {
            let name = row[1].split_once(") ").map_or("", |(_, name)| name);
            let same = |failure: &Failure| {
                header(failure) == name && failure.module.as_deref() == Some(&row[2])
            };
            let found = failures.iter().position(same);
            let found = found.unwrap_or_else(|| panic!("{run}: no failure {row:?}"));
            samples.push(Sample {
                place: format!("{run}: {name}"),
                label: row[4].clone(),
                failure: failures.remove(found),
            });
        }
        assert!(failures.is_empty(), "{run}: unlabelled {failures:?}");
    }
    samples
}

/// What the header says, without number and module.
fn header(failure: &Failure) -> String {
    let kind = failure.test_type.as_deref().unwrap_or_default();
    match failure.name.as_deref() {
        Some(name) => format!("{kind} {name}"),
        None => "failure on setup_all callback, all tests have been invalidated".to_owned(),
    }
}

/// Whether a generic failure is that of a callback: told from the stack, not from what is measured.
fn callback(failure: &Failure) -> Option<&'static str> {
    let functions = failure
        .errors
        .iter()
        .flat_map(|error| &error.stack)
        .map(|frame| frame.function.as_str());
    let functions: Vec<_> = functions.collect();
    let has = |text: &str| functions.iter().any(|function| function.contains(text));
    if has("ExUnit.OnExitHandler") {
        Some("teardown-failure")
    } else if failure.test_type.as_deref() == Some("setup_all")
        || (has(".__ex_unit_") && !functions.contains(&"(test)"))
    {
        Some("setup-failure")
    } else {
        None
    }
}

/// The category that a sample must have.
fn expected(sample: &Sample, got: &'static str) -> &'static str {
    let row = LABELS.iter().find(|(label, _)| *label == sample.label);
    let (_, meant) = row.unwrap_or_else(|| panic!("unknown label {}", sample.label));
    let unseen = |(place, label, _): &&(&str, &str, &[&str])| {
        sample.label == *label && sample.place.contains(place)
    };
    let meant = UNSEEN
        .iter()
        .find(unseen)
        .map_or(*meant, |(_, _, shown)| *shown);
    let id = meant
        .iter()
        .copied()
        .find(|id| *id == got)
        .unwrap_or(meant[0]);
    let class = category(id).expect("a category").class;
    match callback(&sample.failure) {
        Some(wrapper) if matches!(class, Class::Generic | Class::Assertion) => wrapper,
        _ => id,
    }
}

/// Pairs of expected and found category, with places.
type Confusion = BTreeMap<(&'static str, &'static str), Vec<String>>;

/// The mean, over the categories that were found, of the share that was rightly found; in per mille.
fn macro_precision(confusion: &Confusion) -> usize {
    let mut found: BTreeMap<&str, (usize, usize)> = BTreeMap::new();
    for ((want, got), places) in confusion {
        let entry = found.entry(got).or_default();
        entry.0 += if want == got { places.len() } else { 0 };
        entry.1 += places.len();
    }
    let shares: usize = found.values().map(|(right, all)| right * 1000 / all).sum();
    shares / found.len().max(1)
}

fn matrix(confusion: &Confusion) -> String {
    let mut text = String::from("expected -> found: how many, where\n");
    for ((want, got), places) in confusion {
        let mark = if want == got { "  " } else { "X " };
        let some: Vec<&str> = places
            .iter()
            .filter(|_| want != got)
            .take(5)
            .map(String::as_str)
            .collect();
        text.push_str(&format!(
            "{mark}{want} -> {got}: {} {}\n",
            places.len(),
            some.join("; ")
        ));
    }
    text
}

#[test]
fn categories_are_right() {
    let mut samples = blocks();
    assert_eq!(samples.len(), 327);
    samples.extend(runs());
    assert_eq!(samples.len(), 1041);
    let mut confusion = Confusion::new();
    for sample in &samples {
        let got = categorise(&sample.failure).category.id;
        let want = expected(sample, got);
        confusion
            .entry((want, got))
            .or_default()
            .push(sample.place.clone());
    }
    let precision = macro_precision(&confusion);
    let unknown = samples
        .iter()
        .filter(|sample| categorise(&sample.failure).category.class == Class::None);
    let unknown = unknown.count() * 1000 / samples.len();
    let numbers = format!("macro precision {precision}, uncategorised {unknown} per mille");
    #[expect(clippy::print_stdout, reason = "shown with --nocapture")]
    {
        println!("{numbers}\n{}", matrix(&confusion));
    }
    assert!(
        precision >= 970 && unknown <= 30,
        "{numbers}\n{}",
        matrix(&confusion)
    );
}
