//! A report of 100,000 failures and 10,000 findings stays inside the limits of those who read it.

use std::io::Write as _;

use flate2::Compression;
use flate2::write::GzEncoder;
use gatekeeper::emit::{EMITTERS, checks};
use gatekeeper::publish;
use gatekeeper::report::{Project, Report};
use serde_json::Value;

use super::{hostile, medium, render};

/// One failure and one finding, many times over; each text is long and must be escaped.
fn large() -> Report {
    let mut report = hostile(&"a|<b>\u{202e}@c\n".repeat(8));
    let (failure, finding, group) = (
        report.failures[0].clone(),
        report.findings[0].clone(),
        report.groups[0].clone(),
    );
    report.project = Project::default();
    let defect = report.sources[0].defects[0].clone();
    report.sources[0].defects = vec![defect; 10_000];
    report.groups = Vec::new();
    report.failures = Vec::new();
    for i in 0..100_000 {
        let (place, mut failure) = (i / 5, failure.clone());
        failure.id = format!("f{}", i + 1);
        failure.group = place;
        failure.failure.file = Some("test/a_test.exs".into());
        failure.failure.logs = None;
        failure.failure.errors.truncate(1);
        report.failures.push(failure);
        if i % 5 == 0 {
            report.groups.push(group.clone());
            report.groups[place].members = (i..i + 5).collect();
        }
    }
    report.findings = (0..10_000).map(|_| finding.clone()).collect();
    report
}

#[test]
fn a_large_report_stays_inside_every_limit() {
    let report = large();
    let ids: Vec<&str> = EMITTERS.iter().map(|e| e.id).collect();
    for (id, limit) in [
        ("markdown", 60_000),
        ("html", 9 << 20),
        ("github", 128 << 10),
    ] {
        assert!(ids.contains(&id));
        let text = render(id, &report);
        assert!(text.len() <= limit, "{id}: {}", text.len());
        if id == "markdown" {
            assert!(text.contains("of 20000)") && text.contains("of 10000)"));
        }
        if id == "github" {
            medium::github(&text, id);
            assert!(text.contains("99991 more failures and 10000 more findings"));
        }
    }
    published(&report);
    let text = render("sarif", &report);
    let mut packed = GzEncoder::new(Vec::new(), Compression::fast());
    packed.write_all(text.as_bytes()).unwrap();
    let packed = packed.finish().unwrap().len();
    assert!(packed <= 10_000_000, "sarif: {packed} bytes when packed");
    let sarif: Value = serde_json::from_str(&text).unwrap();
    let runs = sarif["runs"].as_array().unwrap();
    let results = |i: usize| runs[i]["results"].as_array().unwrap().len();
    assert_eq!((runs.len(), results(0), results(1)), (2, 25_000, 10_000));
    let notes = runs[0]["invocations"][0]["toolExecutionNotifications"].to_string();
    assert!(
        notes.contains("25000 of 100000 failures are listed"),
        "{notes}"
    );
}

/// What a comment and a check run take.
fn published(report: &Report) {
    let text = publish::markdown(report);
    assert!(text.chars().count() < 65_000, "{}", text.len());
    let annotations = checks::annotations(report);
    assert_eq!(annotations.shown.len(), 200);
    assert_eq!(
        annotations.more.as_deref(),
        Some(
            "99800 more failures and 10000 more findings without an annotation: the report lists them"
        )
    );
    for shown in serde_json::to_value(&annotations.shown)
        .unwrap()
        .as_array()
        .unwrap()
    {
        let length = |key: &str| shown[key].as_str().unwrap().chars().count();
        assert!(length("title") <= 255 && length("message") <= 64 << 10);
    }
}
