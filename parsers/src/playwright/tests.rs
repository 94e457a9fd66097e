//! Statuses, attempts and errors, and what damage does to them.

use crate::damage::{Damage, files, parts};
use crate::{Completeness, DefectKind, Evidence, Parsed, evidence::Tests};

const DAMAGE: Damage = Damage {
    format: "playwright-json",
    bad: |e| matches!(e, Evidence::Tests(t) if t.counts.failed > 0 || t.counts.invalid > 0),
    document: true,
};

fn read(text: &str) -> Parsed<Tests> {
    let mut parts = parts(text.as_bytes(), 1 << 16);
    assert_eq!(parts.len(), 1, "{parts:?}");
    parts.swap_remove(0).parsed.map(|e| match e {
        Evidence::Tests(t) => t,
        other => panic!("{other:?}"),
    })
}

/// A report with one test of these words.
fn one(config: &str, ok: bool, expected: &str, status: &str, attempts: &[&str]) -> Parsed<Tests> {
    let results: Vec<String> = attempts
        .iter()
        .map(|s| format!(r#"{{"status":"{s}","duration":5,"errors":[]}}"#))
        .collect();
    let count = |s: &str| u8::from(s == status);
    let stats: Vec<String> = ["expected", "unexpected", "flaky", "skipped"]
        .iter()
        .map(|s| format!(r#""{s}":{}"#, count(s)))
        .collect();
    read(&format!(
        r#"{{"config":{{"forbidOnly":false{config}}},"suites":[{{"title":"a.spec.ts","specs":[{{"title":"x","ok":{ok},"tests":[{{"expectedStatus":"{expected}","projectName":"p","results":[{}],"status":"{status}"}}],"file":"a.spec.ts","line":3}}]}}],"errors":[],"stats":{{{}}}}}"#,
        results.join(","),
        stats.join(",")
    ))
}

#[test]
fn damage_never_passes() {
    for path in files("playwright", "report.json") {
        DAMAGE.check(&path);
    }
}

#[test]
fn the_status_of_a_test_is_what_counts() {
    for (ok, expected, status, attempts, counts) in [
        (true, "passed", "expected", &["passed"][..], (1, 0, 0)),
        (true, "failed", "expected", &["failed"], (1, 0, 0)),
        (false, "failed", "unexpected", &["passed"], (0, 1, 0)),
        (
            false,
            "passed",
            "unexpected",
            &["timedOut", "failed"],
            (0, 1, 0),
        ),
        (true, "passed", "flaky", &["failed", "passed"], (1, 0, 0)),
        (true, "skipped", "skipped", &["skipped"], (0, 0, 1)),
        (true, "skipped", "skipped", &[], (0, 0, 1)),
    ] {
        let parsed = one("", ok, expected, status, attempts);
        let c = parsed.value.counts;
        assert_eq!((c.passed, c.failed, c.skipped), counts, "{status}");
        assert_eq!(
            parsed.completeness,
            Completeness::Complete,
            "{status} {:?}",
            parsed.defects
        );
    }
}

#[test]
fn flaky_tests_fail_where_the_project_says_so() {
    let config = r#","failOnFlakyTests":true"#;
    let parsed = one(config, true, "passed", "flaky", &["failed", "passed"]);
    assert_eq!(parsed.value.counts.failed, 1);
    assert_eq!(parsed.value.failures.len(), 1);
}

#[test]
fn what_does_not_agree_is_not_believed() {
    for (ok, expected, status, attempts, kind) in [
        (
            true,
            "passed",
            "expected",
            &["failed"][..],
            DefectKind::Contradiction,
        ),
        (
            false,
            "passed",
            "expected",
            &["passed"],
            DefectKind::Contradiction,
        ),
        (true, "passed", "skipped", &[], DefectKind::Skipped),
        (true, "passed", "skipped", &["interrupted"], DefectKind::Cut),
        (
            true,
            "passed",
            "expected",
            &["odd"],
            DefectKind::UnknownValue,
        ),
    ] {
        let parsed = one("", ok, expected, status, attempts);
        assert_eq!(
            parsed.completeness,
            Completeness::Partial,
            "{status} {attempts:?}"
        );
        assert!(
            parsed.defects.iter().any(|d| d.kind == kind),
            "{:?}",
            parsed.defects
        );
    }
}
