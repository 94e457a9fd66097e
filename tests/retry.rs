//! `run --retry-failed`, with real suites: what fails and passes is flaky, and only a budget forgives it.

use std::fs;

use serde_json::Value;

use crate::real::{Shop, committed};

/// A shop with a test that fails the first `times` it is run; the count is kept outside of the project.
struct Suite {
    shop: Shop,
    _outside: tempfile::TempDir,
}

impl Suite {
    fn new(times: u32, budget: u64, more: &str) -> Self {
        let (shop, outside) = (Shop::new(), tempfile::tempdir().unwrap());
        let dir = shop.0.path();
        let tests = dir.join("test/shop");
        fs::remove_dir_all(&tests).unwrap();
        fs::create_dir_all(&tests).unwrap();
        let count = outside.path().join("count");
        fs::write(&count, "").unwrap();
        let test = format!(
            "defmodule FlakyTest do
  use ExUnit.Case
  test \"passes later\" do
    path = {:?}
    File.write!(path, \"x\", [:append])
    assert byte_size(File.read!(path)) > {times}
  end
  test \"passes\", do: assert 1 + 1 == 2
{more}
end
",
            count.display().to_string()
        );
        fs::write(tests.join("flaky_test.exs"), test).unwrap();
        fs::write(tests.join("test_helper.exs"), "ExUnit.start()\n").unwrap();
        let policy = format!("[tests]\nmax_flaky = {budget}\n");
        fs::write(dir.join("gatekeeper.toml"), policy).unwrap();
        fs::write(dir.join(".gitignore"), "_build\nreport.json\n").unwrap();
        committed(dir);
        let _outside = outside;
        Self { shop, _outside }
    }

    fn gatekeeper(&self, args: &str) -> (i32, Value) {
        let args: Vec<&str> = args.split(' ').collect();
        let out = self.shop.gatekeeper(&args);
        let report = fs::read(self.shop.0.path().join("report.json")).unwrap();
        let report = serde_json::from_slice(&report).unwrap();
        (out.status.code().unwrap(), report)
    }

    fn run(&self, options: &str) -> (i32, Value) {
        let args = format!(
            "run -q --format json=report.json --retry-failed 3 {options}-- mix test test/shop"
        );
        self.gatekeeper(&args)
    }
}

/// Names of the failures, and whether each is flaky.
fn failures(report: &Value) -> Vec<(String, bool)> {
    let all = report["failures"].as_array().unwrap().iter();
    all.map(|f| {
        let name = f["name"].as_str().unwrap().to_owned();
        (name, f["tags"].to_string().contains("\"flaky\""))
    })
    .collect()
}

fn gate(report: &Value) -> (String, String) {
    let gates = report["gates"].as_array().unwrap();
    let tests = gates.iter().find(|g| g["id"] == "tests").unwrap();
    let word = |key: &str| tests[key].as_str().unwrap().to_owned();
    (word("ruling"), word("because"))
}

/// Sources that tell of tests that ran.
fn runs(report: &Value) -> Vec<String> {
    let sources = report["sources"].as_array().unwrap().iter();
    let tests = sources.filter(|s| s["tool"] == "exunit");
    tests
        .map(|s| s["label"].as_str().unwrap().to_owned())
        .collect()
}

#[test]
fn a_flaky_test_fails_the_gate_without_a_budget() {
    let suite = Suite::new(1, 0, "");
    let (code, report) = suite.run("");
    assert_eq!(
        failures(&report),
        [("passes later".to_owned(), true)],
        "{report:#}"
    );
    assert_eq!((code, gate(&report).0.as_str()), (1, "fail"));
    assert!(gate(&report).1.contains("1 flaky"), "{:?}", gate(&report));
    // The run again is listed, and counts nowhere.
    let runs = runs(&report);
    assert_eq!(runs.len(), 2, "{runs:?}");
    assert!(
        runs[1].starts_with("mix test test/shop/flaky_test.exs:3 --seed "),
        "{runs:?}"
    );
    assert_eq!(report["tests"]["passed"], 1, "{:#}", report["tests"]);
    assert_eq!(report["tests"]["failed"], 1);
}

#[test]
fn a_budget_forgives_it_and_shows_it_and_check_says_the_same() {
    let suite = Suite::new(2, 1, "");
    let (code, report) = suite.run("");
    assert_eq!(code, 0, "{report:#}");
    assert_eq!(failures(&report), [("passes later".to_owned(), true)]);
    assert!(gate(&report).1.contains("1 flaky"), "{:?}", gate(&report));
    // The first with the seed of the run, the second with another; then it had passed.
    let labels = runs(&report);
    assert_eq!(labels.len(), 3, "{labels:?}");
    assert_eq!(labels[2], "mix test test/shop/flaky_test.exs:3");
    let (code, again) = suite.gatekeeper("check -q --format json=report.json");
    assert_eq!((code, runs(&again).len()), (0, 3), "{again:#}");
    assert_eq!(failures(&again), failures(&report));
    // Without the record of the runs again it is a failure like any other.
    for n in ["0002", "0003"] {
        fs::remove_dir_all(suite.shop.0.path().join(".gatekeeper/runs").join(n)).unwrap();
    }
    assert_eq!(suite.gatekeeper("check -q --format json=report.json").0, 1);
}

#[test]
fn what_always_fails_is_not_flaky_and_not_forgiven() {
    let suite = Suite::new(1, 5, "  test \"broken\", do: assert 1 + 1 == 3");
    let (code, report) = suite.run("");
    let mut found = failures(&report);
    found.sort();
    let expected = [
        ("broken".to_owned(), false),
        ("passes later".to_owned(), true),
    ];
    assert_eq!((code, &found[..]), (1, &expected[..]), "{report:#}");
    // One run, one again of the flaky one, three of the broken one.
    assert_eq!(runs(&report).len(), 5);
}

#[test]
fn without_names_nothing_is_flaky() {
    let suite = Suite::new(1, 5, "");
    let (code, report) = suite.run("--no-channel ");
    assert_eq!(code, 1, "{report:#}");
    assert_eq!(failures(&report), [("passes later".to_owned(), false)]);
}

/// The plan runs its steps once, and the failed test of its one step again.
#[test]
fn a_plan_runs_failed_tests_again_as_well() {
    let suite = Suite::new(1, 1, "");
    let dir = suite.shop.0.path();
    let policy = "[tests]\nmax_flaky = 1\n[coverage]\nmin = 0\n";
    let plan = "[plan]\nsteps = [\"format\", \"test\"]\n[plan.commands]\ntest = \"mix test test/shop\"\n\
                format = \"mix format --check-formatted lib/shop/cart.ex\"\n";
    fs::write(dir.join("gatekeeper.toml"), format!("{policy}{plan}")).unwrap();
    let (code, report) = suite.gatekeeper("run -q --format json=report.json --retry-failed 2");
    assert_eq!(failures(&report), [("passes later".to_owned(), true)]);
    assert_eq!((code, gate(&report).0.as_str()), (0, "pass"), "{report:#}");
    let labels = runs(&report);
    assert_eq!(labels.len(), 2, "{labels:?}");
    assert!(labels[1].starts_with("mix test test/shop/flaky_test.exs:3"));
    let recorded = fs::read_dir(dir.join(".gatekeeper/runs")).unwrap();
    assert_eq!(recorded.count(), 3, "two steps, one of them once more");
    let (code, again) = suite.gatekeeper("check -q --format json=report.json");
    assert_eq!((code, failures(&again)), (0, failures(&report)));
    // Without a budget the plan fails, whatever passed later.
    let policy = policy.replace("max_flaky = 1", "max_flaky = 0");
    fs::write(dir.join("gatekeeper.toml"), format!("{policy}{plan}")).unwrap();
    assert_eq!(suite.gatekeeper("check -q --format json=report.json").0, 1);
}
