//! The renderings for whoever goes on: the short one for a coding agent, and the YAML.

use gatekeeper::emit::{Style, emitter};
use gatekeeper::gates::Policy;
use gatekeeper::report::{Project, Report, Source};
use gatekeeper_parsers::evidence::{
    Counts, ErrorKind, Evidence, Failure, Finding, Findings, Frame, Severity, TestError, Tests,
    Tool,
};
use gatekeeper_parsers::{Completeness, Defect, DefectKind, Position};
use std::num::NonZeroU32;

/// A whole source of a tool.
pub(crate) fn source(tool: Tool, evidence: Evidence) -> Source {
    let none = Defect::new(DefectKind::Cut, "none", Position::default());
    Source {
        tool: Some(tool),
        completeness: Completeness::Complete,
        defects: Vec::new(),
        evidence,
        ..Source::unreadable("a source", none)
    }
}

fn assemble(sources: Vec<Source>) -> Report {
    Report::assemble(sources, &Policy::default(), Project::default())
}

fn rendered(report: &Report, format: &str) -> String {
    let mut out = Vec::new();
    (emitter(format).expect("a format").write)(report, Style::default(), &mut out).expect("memory");
    String::from_utf8(out).expect("text")
}

/// The n-th failure of many, each unlike the others; `long` stretches every text of it.
fn failure(n: u32, long: usize) -> Failure {
    let error = TestError {
        kind: ErrorKind::Error,
        exception: Some(format!("Shop.E{n}Error")),
        message: format!("no {}\n\u{1b}[31m\"{n}\"", "é ".repeat(long)),
        code: Some("x ".repeat(long).into()),
        stack: vec![Frame {
            file: Some(format!("lib/shop/{}{n}.ex", "long/".repeat(long)).into()),
            line: NonZeroU32::new(n + 1),
            function: "Shop.run/1".into(),
            app: None,
        }],
        ..TestError::default()
    };
    Failure {
        module: Some(format!("Shop.A{}Test", n / 10).into()),
        name: Some(format!("case {n} {}", "🙂".repeat(long))),
        test_type: Some("test".into()),
        file: Some(format!("test/{}a_test.exs", "very long/".repeat(long)).into()),
        line: NonZeroU32::new(n + 1),
        errors: vec![error],
        ..Failure::default()
    }
}

fn run(n: u32, long: usize) -> Source {
    let failures: Vec<Failure> = (0..n).map(|n| failure(n, long)).collect();
    // Of a run with more failures the readers keep the first ten thousand.
    let counts = Counts {
        failed: if n == 10_000 { 100_000 } else { u64::from(n) },
        ..Counts::default()
    };
    let tests = Tests {
        counts,
        failures,
        seed: Some(7),
        ..Tests::default()
    };
    source(Tool::Exunit, Evidence::Tests(tests))
}

fn warning(rule: &str, line: u32, message: &str) -> Finding {
    Finding {
        rule: rule.to_owned(),
        category: None,
        severity: Severity::Medium,
        confidence: None,
        message: message.to_owned(),
        path: Some("lib/shop/cart.ex".to_owned()),
        line: NonZeroU32::new(line),
        column: None,
        end_column: None,
        function: None,
    }
}

fn findings(tool: Tool, list: Vec<Finding>) -> Source {
    let mut findings = Findings::new(tool);
    for finding in list {
        findings.push(finding, usize::MAX);
    }
    source(tool, Evidence::Findings(findings))
}

/// 2,000 tokens at three bytes each.
const MOST: usize = 6_000;

#[test]
fn an_agent_gets_at_most_two_thousand_tokens() {
    for (n, long) in [(0, 0), (1, 0), (1, 3_000), (60, 0), (60, 40), (10_000, 1)] {
        let many = (0..n.min(500)).map(|n| warning("r", n + 1, &"m ".repeat(long)));
        let mut sources = vec![run(n, long), findings(Tool::Credo, many.collect())];
        for n in 0..n.min(200) {
            let defect = Defect::new(DefectKind::Cut, "cut ".repeat(long), Position::default());
            sources.push(Source::unreadable(
                format!("{n}{}", "source ".repeat(long)),
                defect,
            ));
        }
        let report = assemble(sources);
        let text = rendered(&report, "agent");
        assert!(text.len() <= MOST, "{n} failures: {} bytes", text.len());
        assert_eq!(text, rendered(&report, "agent"));
        assert!(text.starts_with(&format!("verdict: {}", report.verdict.id())));
        assert!(!text.contains('\u{1b}'), "{text}");
        if n > 0 {
            assert!(
                text.contains("fix first: ") && text.contains("rerun: "),
                "{text}"
            );
            assert!(text.contains("not verified (showing ") || n < 3, "{text}");
        }
        if n > 100 {
            assert!(text.contains(&format!(" of {}):", n - 1)), "{text}");
        }
    }
}

#[test]
fn a_command_for_an_agent_is_whole_or_absent() {
    let text = rendered(&assemble(vec![run(1, 3_000)]), "agent");
    assert!(text.contains("rerun: too long for this format"), "{text}");
    let text = rendered(&assemble(vec![run(1, 4)]), "agent");
    let path = "very long/".repeat(4);
    assert!(
        text.contains(&format!(
            "rerun: mix test 'test/{path}a_test.exs:1' --seed 7\n"
        )),
        "{text}"
    );
}

#[test]
fn a_handover_lists_every_issue() {
    let report = assemble(vec![
        run(3, 0),
        findings(
            Tool::Dialyzer,
            vec![warning("call", 9, "The call: \"no\"\n- x")],
        ),
    ]);
    let text = rendered(&report, "handoff");
    for line in [
        "status: \"failed\"",
        "  run: 3",
        "  failed: 3",
        "coverage: null",
        "    description: \"call: The call: \\\"no\\\"\\n- x\"",
        "    fix: \"mix dialyzer.explain call\"",
        "    file: \"lib/shop/cart.ex\"",
        "    rerun: \"mix test test/a_test.exs:1 --seed 7\"",
    ] {
        assert!(text.lines().any(|l| l == line), "no {line} in\n{text}");
    }
    assert_eq!(text.matches("  - kind: ").count(), 4);
    let mut otp = findings(Tool::Dialyzer, vec![warning("call", 9, "The call")]);
    otp.format = Some("dialyzer-text");
    let text = rendered(&assemble(vec![otp]), "handoff");
    assert!(
        text.contains("call: The call") && !text.contains("mix dialyzer"),
        "{text}"
    );
    let nothing = rendered(&assemble(Vec::new()), "handoff");
    assert!(
        nothing.contains("status: \"undecided\"") && nothing.contains("tests: null"),
        "{nothing}"
    );
}

#[test]
fn a_warning_that_only_follows_is_derived() {
    let all = vec![
        warning("no_return", 7, "Function bad/0 has no local return."),
        warning("call", 8, "The function call will not succeed."),
        warning("no_return", 16, "Function raiser/0 has no local return."),
        warning("unknown_function", 19, "Function X.y/0 does not exist."),
        warning("no_return", 30, "Function far/0 has no local return."),
        warning("call", 90, "The function call will not succeed."),
    ];
    let report = assemble(vec![findings(Tool::Dialyzer, all.clone())]);
    let derived: Vec<_> = report
        .findings
        .iter()
        .filter(|f| f.derived_from.is_some())
        .map(|f| {
            (
                f.finding.line.map(NonZeroU32::get),
                f.finding.severity,
                f.related.clone(),
            )
        })
        .collect();
    let cause = report
        .findings
        .iter()
        .position(|f| f.finding.line == NonZeroU32::new(8));
    let cause = format!("i{}", cause.expect("the call") + 1);
    assert_eq!(derived, [(Some(7), Severity::Low, vec![cause])]);
    let dialyzer = report
        .gates
        .iter()
        .find(|g| g.gate.id == "dialyzer")
        .expect("a gate");
    assert!(
        dialyzer.judgement.actual.contains('6'),
        "a derived warning is a warning: {dialyzer:?}"
    );
    let apart = [
        warning("no_return", 7, "Function bad/0 has no local return."),
        all[1].clone(),
    ];
    let [mut head, mut call] = apart;
    (head.function, call.function) = (Some("Shop.bad/0".into()), Some("Shop.other/0".into()));
    let report = assemble(vec![findings(Tool::Dialyzer, vec![head, call])]);
    assert!(report.findings.iter().all(|f| f.derived_from.is_none()));
}

#[test]
fn what_is_said_about_one_place_is_shown_together() {
    let mut credo = warning("Credo.Check.Refactor.Nesting", 40, "nested");
    credo.function = Some("Shop.Cart.add".to_owned());
    let mut failed = failure(1, 0);
    failed.errors[0].stack.insert(
        0,
        Frame {
            app: None,
            file: Some("lib/shop/cart.ex".into()),
            line: NonZeroU32::new(41),
            function: "anonymous fn/1 in Shop.Cart.add/2".into(),
        },
    );
    let tests = Tests {
        counts: Counts {
            failed: 1,
            ..Counts::default()
        },
        failures: vec![failed],
        ..Tests::default()
    };
    let report = assemble(vec![
        source(Tool::Exunit, Evidence::Tests(tests)),
        findings(Tool::Credo, vec![credo, warning("far", 42, "beside it")]),
        findings(
            Tool::Dialyzer,
            vec![
                warning("call", 41, "fails"),
                warning("call", 60, "elsewhere"),
            ],
        ),
    ]);
    let rules = |ids: &[String]| -> Vec<String> {
        let at = |id: &String| id[1..].parse::<usize>().expect("an id") - 1;
        ids.iter()
            .map(|id| match id.starts_with('i') {
                true => report.findings[at(id)].finding.rule.clone(),
                false => id.clone(),
            })
            .collect()
    };
    let mut said = rules(&report.failures[0].related);
    said.sort();
    assert_eq!(said, ["Credo.Check.Refactor.Nesting", "call"]);
    for f in &report.findings {
        let line = f.finding.line.map(NonZeroU32::get);
        let alone = matches!(line, Some(42 | 60));
        assert_eq!(f.related.is_empty(), alone, "{f:?}");
    }
}
