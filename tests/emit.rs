//! The renderings: what hostile text becomes in each, what each shows of gates and defects, and the limits of those who
//! read them.

use std::io::BufRead;
use std::sync::LazyLock;

use gatekeeper::baseline::Standing;
use gatekeeper::compare::Against;
use gatekeeper::emit::{EMITTERS, Style, emitter, escape};
use gatekeeper::gates::{Policy, Ruling};
use gatekeeper::report::{Project, Report, Source};
use gatekeeper::source::{self, Origin};
use gatekeeper_parsers::evidence::{
    Evidence, Failure, Finding, Findings, Frame, Outcome, Severity, TestCase, TestError, Tests,
};
use gatekeeper_parsers::{Completeness, Defect, DefectKind, Expect, Position, Stream, Tool};
use serde_json::Value;

use crate::{cases, invariants};

mod again;
mod judged;
mod large;
pub mod medium;
mod schema;

pub fn render(id: &str, report: &Report) -> String {
    let mut out = Vec::new();
    let emitter = emitter(id).unwrap_or_else(|| panic!("there is no {id}"));
    (emitter.write)(report, Style::default(), &mut out).unwrap();
    String::from_utf8(out).unwrap()
}

/// What a test, a file or a tool may be called.
pub const HOSTILE: &[&str] = &[
    "\u{1b}]0;title\u{7}\u{1b}[31mred\u{9b}2J",
    "\u{1b}]52;c;unterminated",
    "a\u{202e}b\u{2066}c\u{200f}d\u{feff}e\u{2028}f",
    "x\n::error file=a,line=1::b%0A",
    "x\r::set-output name=verdict::pass",
    "x\r\n  ::add-mask::pass",
    "##[add-mask]pass ##[group]",
    "a,line=1::b%0A",
    "a|b|c \\| `code` ``` ~~~",
    "```\n````\n</details>\n# heading\n",
    "@org/team #1 owner/repo#2 https://evil.example/x www.evil.example",
    "[text](https://evil.example) ![i](https://evil.example/i.png)",
    "<script>alert(1)</script><img src=x onerror=alert(1)>",
    "\" onmouseover=\"alert(1)\" x='",
    "]]><!-- --><![CDATA[&lt;&bogus;&#x1b;",
    "\u{0}\u{1}\u{b}\u{ffff}\u{fffe}",
    "=cmd|' /C calc'!A1",
    "javascript:alert(1)",
    "../../etc/passwd",
    "/etc/passwd",
    "Elixir.\u{feff}",
    "",
    " ",
];

/// A report in which every text is this one.
pub fn hostile(evil: &str) -> Report {
    let text = || Some(evil.to_owned());
    let defect = Defect::new(DefectKind::Cut, evil, Position::path(evil));
    let source = |tool, evidence| {
        let mut source = Source::unreadable(evil, defect.clone());
        source.command = Some(vec![evil.to_owned()]);
        source.completeness = Completeness::Partial;
        (source.tool, source.evidence) = (Some(tool), evidence);
        source
    };
    let project = Project {
        name: text(),
        root: text(),
        path: text(),
        commit: text(),
        branch: text(),
        dirty: None,
    };
    let sources = vec![
        source(Tool::Exunit, Evidence::Tests(tests(evil))),
        source(Tool::Sarif, Evidence::Findings(findings(evil))),
        source(
            Tool::Excoveralls,
            Evidence::Coverage(invariants::hostile_coverage(evil)),
        ),
        source(
            Tool::Benchee,
            Evidence::Benchmarks(invariants::hostile_benchmarks(evil)),
        ),
        Source::unreadable(evil, defect.clone()),
    ];
    let against = Against {
        changes: Some(Ok(invariants::hostile_changes(evil))),
        baseline: Some(Standing {
            path: evil.into(),
            found: Err(evil.into()),
        }),
        ..Against::default()
    };
    let policy = invariants::hostile_policy(evil);
    let mut report = Report::against(sources, &policy, project, &against);
    invariants::hostile_remarks(&mut report, evil);
    report.failures[0].repeat = text();
    report
}

fn findings(evil: &str) -> Findings {
    let text = || Some(evil.to_owned());
    let mut findings = Findings::new(Tool::Sarif);
    findings.driver = text();
    findings.tool_version = text();
    let finding = Finding {
        rule: evil.into(),
        category: text(),
        severity: Severity::High,
        confidence: text(),
        message: evil.into(),
        path: text(),
        line: None,
        column: None,
        end_column: None,
        function: text(),
    };
    findings.push(finding, 10);
    findings
}

fn tests(evil: &str) -> Tests {
    let case = |outcome| TestCase {
        app: Some(evil.into()),
        module: Some(evil.into()),
        name: evil.into(),
        test_type: Some(evil.into()),
        file: Some(evil.into()),
        line: None,
        outcome,
        duration_us: Some(2_000),
        reason: Some(evil.to_owned()),
    };
    let outcomes = [Outcome::Failed, Outcome::Skipped, Outcome::Passed];
    let mut tests = Tests {
        failures: vec![failure(evil)],
        cases: outcomes.map(case).into(),
        ..Tests::default()
    };
    (
        tests.counts.failed,
        tests.counts.skipped,
        tests.counts.passed,
    ) = (1, 1, 1);
    tests
}

fn failure(evil: &str) -> Failure {
    let text = || Some(evil.to_owned());
    let frame = Frame {
        app: Some(evil.into()),
        file: Some(evil.into()),
        line: None,
        function: evil.into(),
    };
    let error = TestError {
        exception: text(),
        message: evil.into(),
        code: Some(evil.into()),
        left: Some(evil.into()),
        right: Some(evil.into()),
        stack: vec![frame],
        ..TestError::default()
    };
    Failure {
        app: Some(evil.into()),
        module: Some(evil.into()),
        name: text(),
        test_type: Some(evil.into()),
        file: Some(evil.into()),
        parameters: text(),
        errors: vec![error.clone(), error],
        logs: text(),
        ..Failure::default()
    }
}

/// The reports of all cases under `fixtures/captures`.
pub static REPORTS: LazyLock<Vec<Report>> =
    LazyLock::new(|| cases::all().iter().map(|dir| of_case(dir)).collect());

fn of_case(dir: &std::path::Path) -> Report {
    let case = cases::load(dir);
    let path = match &case.report {
        Some(file) => dir.join(file),
        None => dir.to_owned(),
    };
    let sources = source::open(path.to_str().unwrap(), Expect::default()).unwrap();
    Report::assemble(sources, &Policy::default(), Project::default())
}

/// Read by our own reader, as a file.
pub fn read_back(text: &str) -> Report {
    let mut bytes = text.as_bytes();
    let streams = vec![(Stream::Out, &mut bytes as &mut dyn BufRead)];
    let found = source::read(streams, Expect::default());
    let sources = source::sources(&Origin::file("again"), 0, None, found);
    Report::assemble(sources, &Policy::default(), Project::default())
}

#[test]
fn no_hostile_text_leaves_its_place_in_any_medium() {
    for evil in HOSTILE {
        let report = hostile(evil);
        for emitter in EMITTERS {
            let text = render(emitter.id, &report);
            let what = format!("{} of {evil:?}:\n{text}", emitter.id);
            medium::no_control_characters(&text, &what);
            medium::no_foreign_commands(emitter.id, &text, &what);
            match emitter.id {
                "json" | "sarif" | "gitlab" => {
                    drop(serde_json::from_str::<Value>(&text).expect(&what))
                }
                "junit" => medium::junit(&text, &what),
                "html" => medium::html(&text, &what),
                "github" => medium::github(&text, &what),
                _ => {}
            }
        }
    }
}

/// The words by which each medium shows a gate. GitLab's has no place for a gate that passed.
fn shows_gate(id: &str, text: &str, gate: &gatekeeper::gates::Judged) -> bool {
    let (name, ruling) = (gate.id.as_str(), gate.judgement.ruling.id());
    let advisory = if gate.counts() { "" } else { " (advisory)" };
    let near = |start: &str| {
        let mut after = text.match_indices(start).map(|(at, _)| &text[at..]);
        after.any(|rest| {
            rest.chars()
                .take(700)
                .collect::<String>()
                .to_lowercase()
                .contains(ruling)
        })
    };
    match id {
        "terminal" => text
            .lines()
            .any(|l| l.trim_start().starts_with(ruling) && l.contains(name)),
        "github" => text
            .lines()
            .any(|l| l.trim_start().starts_with(ruling) && l.contains(name)),
        "markdown" => text.contains(&format!(
            "{ruling}{advisory} | {} |",
            escape::markdown(name)
        )),
        "html" => near(&format!("id=\"gate-{name}\"")),
        "junit" => text.contains(&format!(
            "name=\"gate.{name}\" value=\"{ruling}{advisory}: "
        )),
        "gitlab" => {
            gate.judgement.ruling == Ruling::Pass || near(&format!("\"gatekeeper/{name}\""))
        }
        "sarif" => {
            text.contains(&format!("\"id\": \"gate/{name}\""))
                && near(&format!("\"id\": \"{name}\""))
        }
        "json" => near(&format!("\"id\": \"{name}\"")),
        "agent" => text.lines().any(|l| {
            let passed = ruling == "pass" && l.starts_with("gates passed: ");
            (passed && l.contains(name)) || l.starts_with(&format!("- {ruling} {name}{advisory}:"))
        }),
        // A rendering that is not named here shows a gate by its id and its ruling.
        _ => near(name),
    }
}

#[test]
fn every_emitter_shows_every_gate_and_counts_every_defect() {
    let failing = hostile("plain");
    let lone = cases::all()
        .into_iter()
        .find(|d| d.ends_with("exunit/1.20.4/pass"))
        .unwrap();
    let passing = of_case(&lone);
    assert_eq!(
        (failing.verdict, passing.verdict),
        (Ruling::Fail, Ruling::Pass)
    );
    for emitter in EMITTERS {
        for report in [&failing, &passing] {
            let text = render(emitter.id, report);
            for gate in &report.gates {
                assert!(
                    shows_gate(emitter.id, &text, gate),
                    "{} does not show {}:\n{text}",
                    emitter.id,
                    gate.id
                );
            }
        }
        let text = render(emitter.id, &failing);
        let n = failing.defects();
        let counted = match emitter.id {
            // Both list them one by one.
            "json" => text.matches("\"kind\": \"cut\"").count() == n,
            "terminal" => text.matches("  defect ").count() == n,
            "gitlab" | "sarif" | "junit" | "html" | "github" | "markdown" => {
                text.contains(&format!("{n} defects"))
            }
            _ => true,
        };
        assert!(
            counted,
            "{} does not count the {n} defects:\n{text}",
            emitter.id
        );
    }
}

#[test]
fn junit_is_read_back_with_the_same_counts() {
    let mut seen = 0;
    for report in REPORTS.iter() {
        let name = &report.sources[0].label;
        let Some(tests) = &report.tests else { continue };
        let text = render("junit", report);
        let again = read_back(&text);
        assert!(
            again.sources[0].is_complete(),
            "{}: {:?}",
            name,
            again.sources[0].defects
        );
        let mut counts = again.tests.as_ref().unwrap().counts;
        // Gates are no tests: those that have not passed stand in a suite of their own.
        let gates = text.matches("<testcase classname=\"gatekeeper\"").count() as u64;
        counts.failed -= gates;
        let told = [
            counts.passed,
            counts.failed,
            counts.invalid,
            counts.skipped,
            counts.excluded,
        ];
        let known = tests.counts;
        let known = [
            known.passed,
            known.failed,
            known.invalid,
            known.skipped,
            known.excluded,
        ];
        if report.sources.iter().all(Source::is_complete) {
            assert_eq!(told, known, "{}", name);
        } else {
            // What is cut may name more tests than it counts.
            let less = told.iter().zip(&known).any(|(told, known)| told < known);
            assert!(!less, "{}: {told:?} of {known:?}", name);
        }
        let greener = again.verdict < report.verdict;
        assert!(
            !greener,
            "{} is {:?} after it was {:?}",
            name, again.verdict, report.verdict
        );
        seen += 1;
    }
    assert!(seen > 100, "{seen}");
}
