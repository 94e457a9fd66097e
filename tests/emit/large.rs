//! A report of 100,000 failures and 10,000 findings stays inside the limits of those who read it.

use gatekeeper::emit::EMITTERS;
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
    let sarif: Value = serde_json::from_str(&render("sarif", &report)).unwrap();
    let runs = sarif["runs"].as_array().unwrap();
    let results = |i: usize| runs[i]["results"].as_array().unwrap().len();
    assert_eq!((runs.len(), results(0), results(1)), (2, 25_000, 10_000));
    let notes = runs[0]["invocations"][0]["toolExecutionNotifications"].to_string();
    assert!(
        notes.contains("25000 of 100000 failures are listed"),
        "{notes}"
    );
}
