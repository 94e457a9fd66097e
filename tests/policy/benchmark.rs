//! `[[benchmark]]`: medians against limits, and against what was recorded.

use std::fs;

use gatekeeper::baseline::{self, Baseline, Standing};
use gatekeeper::benchmark::{self, Recorded};
use gatekeeper::compare::Against;
use gatekeeper::config;
use gatekeeper::gates::{Judgement, Ruling, Weight};
use gatekeeper::report::{Project, Report, Source};
use gatekeeper::source;
use gatekeeper_parsers::Expect;

use super::{gate, policy};

mod command_line;

/// A report of benchee_json: job, input, median in nanoseconds, samples.
fn json(all: &[(&str, Option<&str>, &str, usize)]) -> String {
    let one = |(job, input, median, samples): &(&str, Option<&str>, &str, usize)| {
        let input = input.unwrap_or("__no_input");
        let list = vec![*median; *samples].join(",");
        format!(
            "{{\"job_name\":\"{job}\",\"input_name\":\"{input}\",\"run_time_data\":{{\"statistics\":{{\"median\":{median},\
             \"average\":{median},\"sample_size\":{samples}}},\"samples\":[{list}]}},\"memory_usage_data\":null}}"
        )
    };
    format!("[{}]", all.iter().map(one).collect::<Vec<_>>().join(","))
}

fn sources(texts: &[String]) -> Vec<Source> {
    let dir = tempfile::tempdir().unwrap();
    let mut all = Vec::new();
    for (n, text) in texts.iter().enumerate() {
        let path = dir.path().join(format!("{n}.json"));
        fs::write(&path, text).unwrap();
        all.extend(source::open(path.to_str().unwrap(), Expect::default()).unwrap());
    }
    all
}

fn known(text: &str) -> Vec<Recorded> {
    let sources = sources(&[text.to_owned()]);
    let scenarios = sources.iter().filter_map(|s| s.evidence.benchmarks());
    benchmark::recorded(scenarios.flat_map(|b| &b.scenarios)).unwrap()
}

fn against(found: Result<Vec<Recorded>, String>) -> Against {
    let found = found.map(|benchmarks| Baseline {
        benchmarks,
        ..Baseline::default()
    });
    Against {
        baseline: Some(Standing {
            path: baseline::FILE.into(),
            found,
        }),
        ..Against::default()
    }
}

fn judged(texts: &[String], limits: &str, against: &Against) -> Report {
    Report::against(sources(texts), &policy(limits), Project::default(), against)
}

fn one(text: &str, limits: &str, against: &Against) -> Judgement {
    let report = judged(&[text.to_owned()], limits, against);
    let gates: Vec<_> = report
        .gates
        .iter()
        .filter(|g| g.gate.id == "benchmark")
        .collect();
    assert_eq!(gates.len(), 1, "{gates:#?}");
    gates[0].judgement.clone()
}

fn limit(job: &str, what: &str) -> String {
    format!("[[benchmark]]\njob = \"{job}\"\n{what}\n")
}

#[test]
fn a_median_is_compared_exactly() {
    let text = json(&[
        ("flat_map", None, "41481.25", 3),
        ("map", None, "38887.0", 3),
    ]);
    let ruling = |job: &str, max: &str| {
        let limits = limit(job, &format!("max_median = \"{max}\""));
        one(&text, &limits, &Against::default()).ruling
    };
    assert_eq!(ruling("flat_map", "41481.25 ns"), Ruling::Pass);
    assert_eq!(ruling("flat_map", "41481.249 ns"), Ruling::Fail);
    assert_eq!(ruling("flat_map", "41.48125us"), Ruling::Pass);
    assert_eq!(ruling("flat_map", "0.042 ms"), Ruling::Pass);
    assert_eq!(ruling("flat_map", "0.00004 s"), Ruling::Fail);
    assert_eq!(ruling("map", "40 µs"), Ruling::Pass);
    assert_eq!(ruling("*map", "41 us"), Ruling::Fail);
    assert_eq!(ruling("*map", "42 us"), Ruling::Pass);
    assert_eq!(ruling("gone", "42 us"), Ruling::Undecided);
    let report = judged(
        std::slice::from_ref(&text),
        &format!(
            "{}severity = \"warn\"\n",
            limit("flat_map", "max_median = \"1 us\"")
        ),
        &Against::default(),
    );
    let judged = gate(&report, "benchmark:flat_map");
    assert_eq!(
        (judged.severity, judged.source.as_str()),
        (Weight::Warn, "gatekeeper.toml:3")
    );
    assert_eq!(
        judged.judgement.because,
        "the median of flat_map is 41481.25 ns"
    );
    assert_eq!(judged.judgement.limit, "<= 1000 ns");
}

#[test]
fn a_change_is_compared_with_what_was_recorded() {
    let before = json(&[
        ("map", Some("Big"), "1000", 2),
        ("map", Some("Small"), "100", 2),
    ]);
    let reference = against(Ok(known(&before)));
    let ruling = |big: &str, small: &str, max: &str| {
        let now = json(&[
            ("map", Some("Big"), big, 2),
            ("map", Some("Small"), small, 2),
        ]);
        let limits = limit("map", &format!("max_change_percent = {max}"));
        one(&now, &limits, &reference).ruling
    };
    assert_eq!(ruling("1100", "110", "10"), Ruling::Pass);
    assert_eq!(ruling("1100.001", "110", "10"), Ruling::Fail);
    assert_eq!(ruling("1100", "110.1", "10"), Ruling::Fail);
    assert_eq!(ruling("1", "1", "0"), Ruling::Pass);
    assert_eq!(ruling("1000.101", "100", "0.01"), Ruling::Fail);
    let now = json(&[
        ("map", Some("Big"), "1250", 2),
        ("map", Some("Small"), "100", 2),
    ]);
    let judged = one(&now, &limit("map", "max_change_percent = 10"), &reference);
    assert_eq!(
        judged.because,
        "the median of map with Big is 1250 ns, and was 1000 ns"
    );
    assert_eq!(
        (judged.actual.as_str(), judged.limit.as_str()),
        ("+25.00 %", "<= +10.00 % of the reference")
    );
}

/// Why it is undecided.
fn undecided(now: &str, limits: &str, reference: &Against) -> String {
    let judged = one(now, limits, reference);
    assert_eq!(judged.ruling, Ruling::Undecided, "{judged:?}");
    judged.because
}

#[test]
fn what_cannot_be_compared_is_undecided() {
    let change = limit("map", "max_change_percent = 10");
    let now = json(&[("map", None, "10", 2)]);
    let of = |text: &str| against(Ok(known(text)));
    // No reference, none with benchmarks, one that is damaged, one of 0 ns.
    undecided(&now, &change, &Against::default());
    assert!(undecided(&now, &change, &against(Ok(Vec::new()))).contains("baseline write"));
    assert_eq!(
        undecided(&now, &change, &against(Err("is damaged".into()))),
        "the baseline is damaged"
    );
    let zero = Recorded {
        job: "map".into(),
        input: None,
        median_ps: 0,
    };
    undecided(&now, &change, &against(Ok(vec![zero])));
    // Another job, another input, one input less, one more.
    undecided(&now, &change, &of(&json(&[("filter", None, "10", 2)])));
    undecided(&now, &change, &of(&json(&[("map", Some("Big"), "10", 2)])));
    let two = json(&[
        ("map", Some("Big"), "10", 2),
        ("map", Some("Small"), "10", 2),
    ]);
    let big = json(&[("map", Some("Big"), "10", 2)]);
    assert_eq!(
        undecided(&big, &change, &of(&two)),
        "map with Small is in the reference and was not measured"
    );
    assert_eq!(
        undecided(&two, &change, &of(&big)),
        "map with Small is not in the reference"
    );
    // A reference of a file that nobody read.
    let file = limit(
        "map",
        "max_change_percent = 10\nreference = \"bench/main.json\"",
    );
    undecided(&now, &file, &of(&now));
}

#[test]
fn what_is_no_measurement_is_undecided() {
    let now = json(&[("map", None, "10", 2)]);
    // Measured twice, not at all, without samples, no number, cut.
    let median = limit("map", "max_median = \"1 s\"");
    let twice = json(&[("map", None, "10", 2), ("map", None, "11", 2)]);
    undecided(&twice, &median, &Against::default());
    undecided(
        &json(&[("filter", None, "10", 2)]),
        &median,
        &Against::default(),
    );
    undecided(
        &json(&[("map", None, "10", 0)]),
        &median,
        &Against::default(),
    );
    for number in ["null", "\"10\"", "NaN", "1e999", "-10", "Infinity"] {
        undecided(
            &json(&[("map", None, number, 2)]),
            &median,
            &Against::default(),
        );
    }
    undecided(&now[..now.len() - 1], &median, &Against::default());
    // Twice as many samples as there are.
    let fewer = now.replace("\"sample_size\":2", "\"sample_size\":4");
    undecided(&fewer, &median, &Against::default());
}

/// A benchmark beyond its limit is so whatever else is missing.
#[test]
fn what_is_beyond_the_limit_fails_all_the_same() {
    let before = json(&[
        ("map", Some("Big"), "10", 2),
        ("map", Some("Small"), "10", 2),
    ]);
    let now = json(&[("map", Some("Big"), "20", 2)]);
    let judged = one(
        &now,
        &limit("map", "max_change_percent = 10"),
        &against(Ok(known(&before))),
    );
    assert_eq!(judged.ruling, Ruling::Fail);
}

#[test]
fn benchmarks_without_a_limit_are_shown_and_not_judged() {
    let text = json(&[("map", None, "10", 2)]);
    let report = judged(std::slice::from_ref(&text), "", &Against::default());
    let ids: Vec<&str> = report.gates.iter().map(|g| g.id.as_str()).collect();
    assert_eq!((ids, report.verdict), (vec!["evidence"], Ruling::Undecided));
    let required = judged(&[text], "require = [\"benchmark\"]", &Against::default());
    assert_eq!(gate(&required, "benchmark").judgement.ruling, Ruling::Pass);
    let missing = judged(&[], "require = [\"benchee\"]", &Against::default());
    assert_eq!(
        gate(&missing, "benchmark").judgement.ruling,
        Ruling::Undecided
    );
    let limits = format!(
        "require = [\"benchmark\"]\n{}",
        limit("map", "max_median = \"1 s\"")
    );
    let missing = judged(&[], &limits, &Against::default());
    assert_eq!(
        gate(&missing, "benchmark:map").judgement.ruling,
        Ruling::Undecided
    );
}

/// What is wrong with a table, and what is said of it.
const WRONG: &[(&str, &str)] = &[
    (
        "[[benchmark]]\nmax_median = \"1 s\"",
        "[benchmark] has no \"job\"",
    ),
    ("[[benchmark]]\njob = \"a\"", "[benchmark] has no limit"),
    (
        "[[benchmark]]\njob = \"a\"\nmax_median = 5",
        "expected a text",
    ),
    (
        "[[benchmark]]\njob = \"a\"\nmax_median = \"5\"",
        "units: ns, us, ms, s",
    ),
    (
        "[[benchmark]]\njob = \"a\"\nmax_median = \"5 min\"",
        "units: ns, us, ms, s",
    ),
    (
        "[[benchmark]]\njob = \"a\"\nmax_median = \"-5 s\"",
        "expected a time",
    ),
    (
        "[[benchmark]]\njob = \"a\"\nmax_median = \"0 s\"",
        "must not be 0",
    ),
    (
        "[[benchmark]]\njob = \"a\"\nmax_median = \"0.0001 ns\"",
        "at most 3 decimals",
    ),
    (
        "[[benchmark]]\njob = \"a\"\nmax_median = \"99999999999 s\"",
        "too large",
    ),
    (
        "[[benchmark]]\njob = \"a\"\nmax_change_percent = -1",
        "must not be negative",
    ),
    (
        "[[benchmark]]\njob = \"a\"\nmax_change_percent = nan",
        "plain number",
    ),
    (
        "[[benchmark]]\njob = \"a\"\nmax_median = \"1 s\"\nreference = \"b\"",
        "nothing is compared",
    ),
    (
        "[[benchmark]]\njob = \"a\"\nmax_medain = \"1 s\"",
        "did you mean \"max_median\"?",
    ),
    ("[benchmark]\njob = \"a\"", "[[benchmark]]"),
];

#[test]
fn the_table_is_checked() {
    let problems = |text: &str| {
        let problems = config::read("gatekeeper.toml", text).unwrap_err();
        problems
            .iter()
            .map(|p| p.message.clone())
            .collect::<Vec<_>>()
            .join("\n")
    };
    for (text, said) in WRONG {
        let found = problems(text);
        assert!(found.contains(said), "{text}: {found}");
    }
    let twice = limit("a", "max_median = \"1 s\"").repeat(2);
    assert!(problems(&twice).contains("stands there twice"));
    let both = limit(
        "a",
        "max_median = \"1 s\"\nmax_change_percent = 5\ninput = \"B*\"",
    );
    let names: Vec<String> = policy(&both)
        .benchmarks
        .into_iter()
        .map(|r| r.name)
        .collect();
    assert_eq!(names, ["a with B*", "a with B* (change)"]);
}
