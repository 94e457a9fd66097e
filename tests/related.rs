//! What is shown together: failures, findings and changed lines that no test runs at one place; failures that look alike
//! or fail only together.

use std::num::NonZeroU32;

use gatekeeper::compare::{Against, Change, Changes, Kind};
use gatekeeper::emit::{Style, emitter};
use gatekeeper::gates::Policy;
use gatekeeper::report::{Project, Report, Source};
use gatekeeper::retry;
use gatekeeper_parsers::evidence::{
    Counts, Coverage, ErrorKind, Evidence, Failure, FileCoverage, Finding, Findings, Frame,
    Measure, Outcome, Severity, TestCase, TestError, Tests, Tool,
};

use crate::handover::source;

const CART: &str = "lib/shop/cart.ex";

fn line(n: u32) -> NonZeroU32 {
    NonZeroU32::new(n).expect("a line")
}

fn raised(module: &str, exception: &str, frames: &[(&str, u32, &str)]) -> Failure {
    let frame = |(file, n, function): &(&str, u32, &str)| Frame {
        app: None,
        file: Some((*file).into()),
        line: Some(line(*n)),
        function: (*function).into(),
    };
    let error = TestError {
        kind: ErrorKind::Error,
        exception: Some(exception.to_owned()),
        message: "no".to_owned(),
        stack: frames.iter().map(frame).collect(),
        ..TestError::default()
    };
    Failure {
        module: Some(format!("Shop.{module}Test").into()),
        name: Some("adds".to_owned()),
        test_type: Some("test".into()),
        file: Some(format!("test/{module}_test.exs").into()),
        line: Some(line(7)),
        errors: vec![error],
        ..Failure::default()
    }
}

fn tests(failures: Vec<Failure>) -> Source {
    let counts = Counts {
        failed: failures.len() as u64,
        ..Counts::default()
    };
    let tests = Tests {
        counts,
        failures,
        ..Tests::default()
    };
    source(Tool::Exunit, Evidence::Tests(tests))
}

fn credo(n: u32, function: Option<&str>) -> Source {
    let mut findings = Findings::new(Tool::Credo);
    let finding = Finding {
        rule: "Credo.Check.Refactor.Nesting".to_owned(),
        category: None,
        severity: Severity::Low,
        confidence: None,
        message: "nested".to_owned(),
        path: Some(CART.to_owned()),
        line: Some(line(n)),
        column: None,
        end_column: None,
        function: function.map(str::to_owned),
    };
    findings.push(finding, 10);
    source(Tool::Credo, Evidence::Findings(findings))
}

/// Lines 1 to 30 of the cart; only those up to 10 ran.
fn lines() -> Source {
    let lines = (1..=30).map(|n| (line(n), u64::from(n <= 10))).collect();
    let measure = Measure::Lines {
        covered: 10,
        relevant: 30,
    };
    let coverage = Coverage {
        totals: vec![measure],
        files: vec![FileCoverage {
            path: Some(CART.to_owned()),
            module: None,
            measure,
            lines,
        }],
        missed_threshold: None,
    };
    source(Tool::Excoveralls, Evidence::Coverage(coverage))
}

fn changed(lines: (u32, u32)) -> Against {
    let change = Change {
        path: CART.to_owned(),
        from: None,
        kind: Kind::Text,
        lines: vec![lines],
        whitespace: 0,
    };
    let changes = Changes {
        name: "origin/main".into(),
        commit: "0123456789abcdef".into(),
        files: vec![change],
        tree: [CART.to_owned()].into(),
        ..Changes::default()
    };
    Against {
        changes: Some(Ok(changes)),
        ..Against::default()
    }
}

fn report(sources: Vec<Source>, against: &Against) -> Report {
    Report::against(sources, &Policy::default(), Project::default(), against)
}

fn rendered(report: &Report, format: &str) -> String {
    let mut out = Vec::new();
    (emitter(format).expect("a format").write)(report, Style::default(), &mut out).expect("memory");
    String::from_utf8(out).expect("text")
}

#[test]
fn changed_lines_that_no_test_runs_stand_beside_what_fails_in_their_file() {
    let failing = raised("Cart", "KeyError", &[(CART, 10, "Shop.Cart.add/2")]);
    let elsewhere = raised(
        "Till",
        "KeyError",
        &[("lib/shop/till.ex", 12, "Shop.Till.open/0")],
    );
    let all = vec![tests(vec![failing, elsewhere]), lines()];
    let report = report(all, &changed((9, 12)));
    let related: Vec<&[String]> = report
        .failures
        .iter()
        .map(|f| f.related.as_slice())
        .collect();
    assert_eq!(related, [&["u1".to_owned()][..], &[]]);
    for format in ["terminal", "markdown"] {
        let text = rendered(&report, format).replace('\\', "");
        let at = format!("changed, no test runs it {CART}:11-12");
        assert!(text.contains(&at), "{format}: {text}");
        assert!(
            text.contains("failure adds (Shop.CartTest)"),
            "{format}: {text}"
        );
    }
    let json: serde_json::Value = serde_json::from_str(&rendered(&report, "json")).unwrap();
    let uncovered = &json["coverage"]["patch"]["uncovered"][0];
    assert_eq!(uncovered["id"], "u1");
    assert_eq!(uncovered["related"], serde_json::json!(["f1"]));
    assert_eq!(json["failures"][0]["related"], serde_json::json!(["u1"]));
}

#[test]
fn a_finding_stands_beside_changed_lines_of_its_function_or_its_line() {
    let beside = |sources: Vec<Source>| {
        let report = report(sources, &changed((20, 22)));
        let all: Vec<Vec<String>> = report.findings.iter().map(|f| f.related.clone()).collect();
        all
    };
    let u1 = vec!["u1".to_owned()];
    // The line itself.
    assert_eq!(beside(vec![lines(), credo(21, None)]), [u1]);
    // Near, and no word on where the function ends.
    assert_eq!(
        beside(vec![lines(), credo(19, Some("Shop.Cart.add"))]),
        [Vec::<String>::new()]
    );
    // The function is named above and below the changed lines.
    let failing = |function| tests(vec![raised("Cart", "KeyError", &[(CART, 25, function)])]);
    let around = beside(vec![
        failing("Shop.Cart.add/2"),
        lines(),
        credo(19, Some("Shop.Cart.add")),
    ]);
    assert!(around[0].contains(&"u1".to_owned()) && around[0].contains(&"f1".to_owned()));
    // Another function begins in between.
    let other = beside(vec![
        failing("Shop.Cart.sum/1"),
        lines(),
        credo(19, Some("Shop.Cart.add")),
    ]);
    assert_eq!(other, [Vec::<String>::new()]);
}

#[test]
fn the_same_exception_in_the_same_file_is_named_and_not_merged() {
    let at = |n: u32, exception: &str| {
        let mut failure = raised("Cart", exception, &[(CART, n, "Shop.Cart.add/2")]);
        failure.name = Some(format!("adds {n}"));
        failure
    };
    let three = vec![
        at(1, "KeyError"),
        at(2, "KeyError"),
        at(3, "KeyError"),
        at(4, "RuntimeError"),
    ];
    let related = |failures: Vec<Failure>| {
        let report = report(vec![tests(failures)], &Against::default());
        let ids: Vec<String> = report
            .failures
            .iter()
            .map(|f| f.related.join(" "))
            .collect();
        (report.groups.len(), ids)
    };
    let ids = ["f2 f3", "f1 f3", "f1 f2", ""].map(str::to_owned).to_vec();
    assert_eq!(related(three), (4, ids));
    let two = vec![at(1, "KeyError"), at(2, "KeyError")];
    assert_eq!(related(two), (2, vec![String::new(), String::new()]));
    // Those of one group are together already.
    let same = vec![at(1, "KeyError"), at(1, "KeyError"), at(1, "KeyError")];
    assert_eq!(related(same), (1, vec![String::new(); 3]));
}

/// One test of `module`, run again alone.
fn again(module: &str, outcome: Outcome) -> Source {
    let counts = Counts {
        passed: u64::from(outcome == Outcome::Passed),
        failed: u64::from(outcome == Outcome::Failed),
        ..Counts::default()
    };
    let case = TestCase {
        module: Some(format!("Shop.{module}Test").into()),
        name: "adds".to_owned(),
        outcome,
        app: None,
        test_type: None,
        file: None,
        line: None,
        duration_us: None,
        reason: None,
    };
    let tests = Tests {
        counts,
        cases: vec![case],
        ..Tests::default()
    };
    let mut source = source(Tool::Exunit, Evidence::Tests(tests));
    retry::set_aside(std::slice::from_mut(&mut source));
    source
}

#[test]
fn what_fails_only_together_is_known_from_runs_alone_and_not_before() {
    use Outcome::{Failed, Passed};
    let together = |again: Vec<Source>| {
        let cart = raised("Cart", "KeyError", &[("test/cart_test.exs", 7, "(test)")]);
        let till = raised(
            "Till",
            "RuntimeError",
            &[("test/till_test.exs", 9, "(test)")],
        );
        let mut all = vec![tests(vec![cart, till])];
        all.extend(again);
        let report = report(all, &Against::default());
        assert_eq!(report.groups.len(), 2, "never merged");
        let tagged = |f: &&gatekeeper::report::ReportFailure| retry::fails_only_together(f);
        let related: Vec<String> = report
            .failures
            .iter()
            .flat_map(|f| f.related.clone())
            .collect();
        (
            report.failures.iter().filter(tagged).count(),
            related.join(" "),
        )
    };
    let nothing = (0, String::new());
    let both = vec![again("Cart", Passed), again("Till", Passed)];
    assert_eq!(together(both), (2, "f2 f1".to_owned()));
    // One run shows nothing.
    assert_eq!(together(Vec::new()), nothing);
    // One that passes alone may be chance.
    assert_eq!(together(vec![again("Cart", Passed)]), nothing);
    assert_eq!(
        together(vec![again("Cart", Passed), again("Till", Failed)]),
        nothing
    );
    // It fails alone too, now and then: chance.
    let now_and_then = vec![
        again("Cart", Failed),
        again("Cart", Passed),
        again("Till", Passed),
    ];
    assert_eq!(together(now_and_then), nothing);
}
