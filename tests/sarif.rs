//! SARIF through the whole pipeline: whose findings they are on the wire, and which gate judges them.

use std::io::BufRead;

use gatekeeper::gates::{Policy, Ruling};
use gatekeeper::report::{Project, Report};
use gatekeeper::source::{self, Origin};
use gatekeeper::wire::v1::Wire;
use gatekeeper_parsers::{Expect, Stream};

/// A document of one tool with one result, which has these fields.
fn document(driver: &str, fields: &str) -> String {
    format!(
        "{{\"version\": \"2.1.0\", \"runs\": [{{\"tool\": {{\"driver\": {{\"name\": \"{driver}\"}}}}, \
         \"results\": [{{\"ruleId\": \"r\", \"message\": {{\"text\": \"Found\"}}{fields}}}]}}]}}"
    )
}

fn report(documents: &[String]) -> Report {
    let sources = documents.iter().flat_map(|text| {
        let mut bytes = text.as_bytes();
        let streams = vec![(Stream::Out, &mut bytes as &mut dyn BufRead)];
        let found = source::read(streams, Expect::default());
        source::sources(&Origin::file("a.sarif"), 0, None, found)
    });
    Report::assemble(sources.collect(), &Policy::default(), Project::default())
}

fn gates(report: &Report) -> Vec<(&str, Ruling, &str)> {
    let gate = |g: &'_ gatekeeper::gates::Judged| (g.gate.id, g.judgement.ruling);
    let judged = report.gates.iter();
    judged
        .map(|g| (gate(g).0, gate(g).1, g.judgement.actual.as_str()))
        .collect()
}

#[test]
fn the_tool_on_the_wire_is_the_driver_in_lower_case() {
    let report = report(&[
        document("Semgrep OSS", ", \"level\": \"error\""),
        document("Trivy", ", \"level\": \"error\""),
    ]);
    let wire = serde_json::to_value(Wire::from(&report)).unwrap();
    for (index, tool) in ["semgrep oss", "trivy"].into_iter().enumerate() {
        assert_eq!(wire["sources"][index]["tool"], tool);
        assert_eq!(wire["sources"][index]["format"], "sarif-json");
        assert_eq!(wire["findings"][index]["tool"], tool);
    }
    let fingerprint = |index: usize| &wire["findings"][index]["fingerprint"];
    assert_ne!(fingerprint(0), fingerprint(1));
}

#[test]
fn the_security_gate_judges_all_tools_but_credo() {
    let grave = report(&[document("Trivy", ", \"level\": \"error\"")]);
    assert_eq!(gates(&grave), [("security", Ruling::Fail, "1")]);
    let slight = report(&[document("Trivy", "")]);
    assert_eq!(gates(&slight), [("security", Ruling::Pass, "0 (1 lower)")]);
    let unknown = report(&[document("Trivy", ", \"level\": \"grave\"")]);
    let actual = "0 (1 of unknown severity)";
    assert_eq!(gates(&unknown), [("security", Ruling::Undecided, actual)]);
    let credo = report(&[document("Credo", ", \"level\": \"error\", \"rank\": 31")]);
    assert_eq!(gates(&credo), [("credo", Ruling::Fail, "1")]);
}
