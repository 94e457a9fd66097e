//! What the standard says about findings: how severe they are, what is none, their places and their rules.

use crate::damage::parts;
use crate::evidence::{Evidence, Findings, Severity};
use crate::{Completeness, DefectKind, Parsed, Part};

mod damage;
mod tools;
mod whole;

fn findings(mut parts: Vec<Part>) -> Parsed<Findings> {
    assert_eq!(parts.len(), 1, "{parts:?}");
    parts.swap_remove(0).parsed.map(|e| match e {
        Evidence::Findings(f) => f,
        other => panic!("{other:?}"),
    })
}

fn one(text: &str) -> Parsed<Findings> {
    findings(parts(text.as_bytes(), 1 << 16))
}

fn kinds<T>(parsed: &Parsed<T>) -> Vec<DefectKind> {
    parsed.defects.iter().map(|d| d.kind).collect()
}

/// A document of one run with these fields.
fn log(run: &str) -> String {
    format!("{{\"version\": \"2.1.0\", \"runs\": [{{{run}}}]}}")
}

/// A run of a tool with these rules and these results.
fn run(driver: &str, rules: &str, results: &str) -> String {
    format!(
        "\"results\": [{results}], \"tool\": {{\"driver\": {{\"name\": \"{driver}\", \"rules\": [{rules}]}}}}"
    )
}

/// One result of a tool that keeps to the standard, and what its rule says.
fn scan(rule: &str, result: &str) -> Parsed<Findings> {
    let rule = format!("{{\"id\": \"a/b\"{rule}}}");
    let result = format!("{{\"ruleId\": \"a/b\", \"message\": {{\"text\": \"Found\"}}{result}}}");
    one(&log(&run("Semgrep OSS", &rule, &result)))
}

/// Its severity, which has to be known.
fn graded(rule: &str, result: &str) -> Severity {
    let read = scan(rule, result);
    let what = format!("{rule} {result} {:?}", read.defects);
    assert_eq!(read.completeness, Completeness::Complete, "{what}");
    assert_eq!((read.value.total, read.value.ungraded()), (1, 0), "{what}");
    read.value.list[0].severity
}

#[test]
fn severity_is_a_number_of_the_result_or_its_rule_or_else_a_level() {
    use Severity::{Critical, High, Info, Low, Medium};
    let number = |n: &str| format!(", \"properties\": {{\"security-severity\": {n}}}");
    for (n, severity) in [
        ("\"10.0\"", Critical),
        ("\"9.0\"", Critical),
        ("\"8.9\"", High),
        ("\"7\"", High),
        ("6.9", Medium),
        ("4", Medium),
        ("\"3.99\"", Low),
        ("\"0.0\"", Low),
    ] {
        assert_eq!(graded(&number(n), ", \"level\": \"note\""), severity, "{n}");
        assert_eq!(graded("", &number(n)), severity, "{n}");
    }
    assert_eq!(graded(&number("\"9.8\""), &number("\"2.0\"")), Low);
    let rule = ", \"defaultConfiguration\": {\"level\": \"error\"}";
    for (result, severity) in [
        (", \"level\": \"error\"", High),
        (", \"level\": \"warning\"", Medium),
        (", \"level\": \"note\"", Low),
        (", \"level\": \"none\"", Info),
    ] {
        assert_eq!(graded("", result), severity, "{result}");
        assert_eq!(graded(rule, result), severity, "{result}");
    }
    assert_eq!(graded("", ""), Medium, "an absent level is `warning`");
    assert_eq!(graded("", ", \"level\": null"), Medium);
    assert_eq!(graded(rule, ""), High);
}

#[test]
fn a_severity_that_cannot_be_read_is_not_known() {
    let bad = [
        ("", ", \"level\": \"errors\""),
        ("", ", \"level\": 1"),
        ("", ", \"mevel\": \"error\""),
        ("", ", \"level\": \"error\", \"level\": \"note\""),
        ("", ", \"properties\": {\"security-severity\": \"high\"}"),
        ("", ", \"properties\": {\"security-severity\": 11}"),
        ("", ", \"properties\": {\"security-severity\": -1.0}"),
        (", \"properties\": {\"security-severity\": []}", ""),
        (", \"defaultConfiguration\": {\"level\": \"loud\"}", ""),
        (", \"defaultConfiguration\": {\"mevel\": \"error\"}", ""),
        (", \"defaultConfiguration\": \"error\"", ""),
        (", \"defaultConfiguration\": [{\"level\": \"error\"}]", ""),
    ];
    for (rule, result) in bad {
        let read = scan(rule, result);
        let what = format!("{rule}{result}");
        assert_eq!(read.completeness, Completeness::Partial, "{what}");
        assert_eq!((read.value.total, read.value.list.len()), (1, 1), "{what}");
    }
}

#[test]
fn what_is_no_failure_is_no_finding() {
    for kind in ["pass", "notApplicable", "informational", "open", "review"] {
        let read = scan("", &format!(", \"kind\": \"{kind}\", \"level\": \"none\""));
        assert_eq!(read.completeness, Completeness::Complete);
        assert_eq!(read.value.total, 0, "{kind}");
    }
    assert_eq!(graded("", ", \"kind\": \"fail\""), Severity::Medium);
    let read = scan("", ", \"kind\": \"passed\"");
    assert_eq!(read.completeness, Completeness::Partial);
    assert_eq!(read.value.total, 1);
    let read = scan("", ", \"baselineState\": \"absent\"");
    assert_eq!(read.value.total, 0);
    assert_eq!(graded("", ", \"baselineState\": \"new\""), Severity::Medium);
}

#[test]
fn what_somebody_accepted_is_suppressed() {
    for (list, suppressed) in [
        ("null", false),
        ("[]", false),
        ("[{\"kind\": \"inSource\"}]", true),
        ("[{\"kind\": \"x\", \"status\": \"accepted\"}]", true),
        (
            "[{\"status\": \"accepted\"}, {\"status\": \"rejected\"}]",
            false,
        ),
        ("[{\"status\": \"underReview\"}]", false),
        ("[{\"status\": \"certainly\"}]", false),
        ("[null]", false),
        ("[{\"ttatus\": \"rejected\"}]", true),
    ] {
        let read = scan("", &format!(", \"suppressions\": {list}"));
        let counts = (u64::from(!suppressed), suppressed.then_some(1));
        assert_eq!((read.value.total, read.value.suppressed), counts, "{list}");
        let whole = read.completeness == Completeness::Complete;
        assert_eq!(whole, !list.contains("ttatus"), "{list}");
    }
    let read = scan("", ", \"suppressions\": {\"a\": {\"kind\": \"inSource\"}}");
    assert_eq!(
        (read.completeness, read.value.total),
        (Completeness::Partial, 1)
    );
}

#[test]
fn a_finding_has_its_place() {
    let location = r#", "locations": [{"physicalLocation": {"artifactLocation": {"uri": "lib/my%20file.ex",
        "uriBaseId": "ROOT"}, "region": {"startLine": 3, "startColumn": 1, "endColumn": 9}},
        "logicalLocations": [{"fullyQualifiedName": "A.b"}, {"fullyQualifiedName": "C.d"}]}, {"id": 2}]"#;
    let read = scan("", location);
    let f = &read.value.list[0];
    assert_eq!(f.path.as_deref(), Some("lib/my file.ex"));
    let places = [f.line, f.column, f.end_column].map(|n| n.map(Into::into));
    assert_eq!(places, [Some(3_u32), Some(1), Some(9)]);
    assert_eq!(f.function.as_deref(), Some("A.b"));
    assert_eq!((f.rule.as_str(), f.message.as_str()), ("a/b", "Found"));
    // By its place in the list of files, which may come later.
    let result = r#"{"ruleId": null, "message": {"id": "m"}, "locations": [{"physicalLocation":
        {"artifactLocation": {"index": 1}, "region": null}}]}"#;
    let files = r#", "artifacts": [{}, {"location": {"uri": "a.ex"}}]"#;
    let read = one(&log(&(run("T", "", result) + files)));
    assert_eq!(read.completeness, Completeness::Complete);
    let f = &read.value.list[0];
    assert_eq!((f.path.as_deref(), f.line), (Some("a.ex"), None));
    assert_eq!((f.rule.as_str(), f.message.as_str()), ("unknown", "m"));
}

#[test]
fn rules_are_found_wherever_they_stand() {
    let grave = |id: &str| {
        format!("{{\"id\": \"{id}\", \"properties\": {{\"security-severity\": \"9.8\"}}}}")
    };
    let tool = |result: &str| {
        let extensions = format!(
            "[{{\"name\": \"e\", \"rules\": []}}, {{\"name\": \"f\", \"version\": \"9\", \"rules\": [{{}}, {}]}}]",
            grave("x")
        );
        one(&log(&format!(
            "\"tool\": {{\"driver\": {{\"name\": \"CodeQL\", \"version\": \"2\", \"rules\": [{}]}}, \"extensions\": {extensions}}}, \
             \"results\": [{{\"message\": {{}}, {result}}}]",
            grave("a")
        )))
    };
    for result in [
        "\"ruleId\": \"a\"",
        "\"ruleId\": \"a/1\", \"ruleIndex\": -1",
        "\"ruleIndex\": 0",
        "\"ruleId\": \"x\"",
        "\"ruleId\": \"x\", \"rule\": {\"id\": \"x\", \"index\": 1, \"toolComponent\": {\"index\": 1}}",
        "\"rule\": {\"index\": 1, \"toolComponent\": {\"index\": 1}}, \"level\": \"note\"",
    ] {
        let read = tool(result);
        assert_eq!(read.completeness, Completeness::Complete, "{result}");
        assert_eq!(read.value.counts.critical, 1, "{result}");
        let version = read.value.tool_version.as_deref();
        assert_eq!(
            (version, read.value.tool_id()),
            (Some("2"), "codeql".into())
        );
    }
    for (result, kind) in [
        ("\"ruleId\": \"other\"", DefectKind::MissingField),
        ("\"level\": \"note\"", DefectKind::MissingField),
        ("\"ruleIndex\": 7", DefectKind::MissingField),
        (
            "\"ruleId\": \"x\", \"ruleIndex\": 0",
            DefectKind::Contradiction,
        ),
        ("\"ruleId\": 7", DefectKind::MissingField),
    ] {
        let read = tool(result);
        assert_eq!(read.completeness, Completeness::Partial, "{result}");
        assert!(kinds(&read).contains(&kind), "{result}");
        assert_eq!(
            (read.value.total, read.value.ungraded()),
            (1, 1),
            "{result}"
        );
    }
}
