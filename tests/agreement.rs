//! One run, several forms: what a tool says to people and to machines about the same run is counted the same, and lies
//! in the same places.

use std::fs;
use std::path::Path;
use std::process::Command;

use serde_json::Value;

/// The tool, the folder, what each form of the run is called, and how many findings the tool counted.
const FINDINGS: &[(&str, &str, &str, usize)] = &[
    (
        "credo",
        "credo/1.7.19-1.20.4",
        "strict all-strict color flycheck oneline mute json-strict jsonl sarif",
        71,
    ),
    ("credo", "credo/1.7.19-1.20.4", "list debug json", 61),
    (
        "credo",
        "credo/1.7.19-1.20.4",
        "broken broken-flycheck broken-json broken-sarif",
        2,
    ),
    (
        "dialyzer",
        "dialyxir/1.4.7-1.20.4",
        "lib2-default lib2-dialyzer lib2-raw lib2-short-quiet lib2-noignore-github",
        41,
    ),
    (
        "dialyzer",
        "dialyxir/1.4.7-1.20.4",
        "old-erlex-default old-erlex-quiet fmt-dialyzer fmt-raw",
        32,
    ),
    (
        "dialyzer",
        "dialyxir/1.4.7-1.18.3",
        "default quiet fmt-dialyzer fmt-raw",
        30,
    ),
    (
        "sobelow",
        "sobelow/0.15.0-1.20.4",
        "webshop-default webshop-verbose webshop-fmt-flycheck webshop-fmt-json webshop-fmt-sarif",
        49,
    ),
    (
        "sobelow",
        "sobelow/0.15.0-1.14.0",
        "webshop-default webshop-fmt-txt webshop-private webshop-fmt-json",
        49,
    ),
    (
        "mix_audit",
        "mix_audit/2.1.5-1.20.4",
        "vuln-human vuln-json",
        20,
    ),
];

/// `NAME` is what ExUnit printed, `NAME-report` what junit_formatter wrote of the same run.
const SUITES: &[&str] = &[
    "both",
    "zoo-asserts",
    "zoo-doctest",
    "zoo-exceptions",
    "zoo-lifecycle",
];

/// Every form of the coverage of one run.
const COVERAGE: &[&str] = &[
    "json-report",
    "lcov-report",
    "cobertura-report",
    "xml-report",
];

/// The report over a case.
fn report(case: &str) -> Value {
    together(&[case])
}

/// The report over several.
fn together(cases: &[&str]) -> Value {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let captures = root.join("fixtures/captures");
    let out = Command::new(env!("CARGO_BIN_EXE_gatekeeper"))
        .args(["check", "-q", "--format", "json"])
        .args(cases.iter().map(|case| captures.join(case)))
        .current_dir(root)
        .output()
        .unwrap();
    serde_json::from_slice(&out.stdout).unwrap()
}

/// Where a tool's findings lie, in order.
fn places(case: &str, tool: &str) -> Vec<String> {
    let report = report(case);
    let findings = report["findings"].as_array().unwrap().iter();
    let of_tool = findings.filter(|f| f["tool"] == tool);
    let mut places: Vec<String> = of_tool
        .map(|f| format!("{}:{}", f["path"], f["line"]))
        .collect();
    places.sort();
    places
}

#[test]
fn every_form_of_a_run_has_the_same_findings() {
    for (tool, folder, cases, total) in FINDINGS {
        let mut first: Option<Vec<String>> = None;
        for case in cases.split(' ') {
            let places = places(&format!("{folder}/{case}"), tool);
            assert_eq!(places.len(), *total, "{folder}/{case}");
            assert_eq!(
                first.get_or_insert_with(|| places.clone()),
                &places,
                "{folder}/{case}"
            );
        }
    }
}

#[test]
fn a_suite_is_counted_alike_on_the_console_and_in_its_junit_file() {
    for suite in SUITES {
        let of = |suffix: &str| {
            let report = report(&format!("junit/3.4.0-1.20.4/{suite}{suffix}"));
            ["passed", "failed", "invalid", "skipped"].map(|k| report["tests"][k].as_u64().unwrap())
        };
        let console = of("");
        assert_eq!(console, of("-report"), "{suite}");
        assert_ne!(console, [0; 4], "{suite}");
    }
}

#[test]
fn coverage_is_the_same_in_every_form() {
    for form in COVERAGE {
        let report = report(&format!("excoveralls/0.18.5-1.20.4/{form}"));
        let lines = ["covered", "relevant"].map(|k| report["coverage"][k].as_u64());
        assert_eq!(lines, [Some(34), Some(66)], "{form}");
    }
}

#[test]
fn reports_of_one_run_in_several_formats_are_counted_once() {
    let playwright = "playwright/1.65.1/clean/report.json";
    let junit = "junit/playwright-1.65.1/clean/report.xml";
    let ctrf = "ctrf/playwright-0.0.29/clean/report.json";
    let numbers = |cases: &[&str]| {
        let report = together(cases);
        ["passed", "failed", "invalid", "skipped"].map(|k| report["tests"][k].as_u64().unwrap())
    };
    for cases in [
        &[playwright][..],
        &[playwright, junit],
        &[junit, playwright],
        &[ctrf, junit],
        &[ctrf, playwright, junit],
    ] {
        assert_eq!(numbers(cases), [2, 0, 0, 1], "{cases:?}");
    }
    let shop = [
        "junit/playwright-1.65.1/shop/report.xml",
        "playwright/1.65.1/shop/report.json",
    ];
    assert_eq!(numbers(&shop), [6, 8, 0, 4]);
    // Two files of one format are two runs, or the same bytes.
    let retries = "junit/playwright-1.65.1/retries/report.xml";
    assert_eq!(numbers(&[junit, retries]), [5, 4, 0, 3]);
}

#[test]
fn reports_of_the_same_tests_that_disagree_are_both_counted() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let ctrf = root.join("fixtures/captures/ctrf/playwright-0.0.29/clean/report.json");
    let mut text = fs::read_to_string(ctrf).unwrap();
    for (from, to) in [
        ("\"passed\": 2", "\"passed\": 1"),
        ("\"failed\": 0", "\"failed\": 1"),
        ("\"status\": \"passed\"", "\"status\": \"failed\""),
    ] {
        assert!(text.contains(from), "{from}");
        text = text.replacen(from, to, 1);
    }
    let dir = tempfile::tempdir().unwrap();
    let failed = dir.path().join("failed.json");
    fs::write(&failed, text).unwrap();
    let report = together(&[
        failed.to_str().unwrap(),
        "playwright/1.65.1/clean/report.json",
    ]);
    let of = |key: &str| report["tests"][key].as_u64();
    assert_eq!(
        (of("passed"), of("failed")),
        (Some(3), Some(1)),
        "{report:#}"
    );
    let said = report["sources"].to_string();
    assert!(
        said.contains("with other outcomes: both are counted"),
        "{said}"
    );
    assert_eq!(report["verdict"], "fail");
}
