//! What the standard says about findings, what three kinds of tools make of it, and what damage does to it.

use std::io::BufRead;

use crate::damage::{Damage, files, parts};
use crate::evidence::{Evidence, Findings, Severity, Tool};
use crate::{Completeness, DefectKind, Expect, Limits, Parsed, Part, Stream, format, read};

fn bad(evidence: &Evidence) -> bool {
    matches!(evidence, Evidence::Findings(f) if f.total > 0)
}

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
fn damage_to_captures_never_passes() {
    for (tool, format) in [("credo", "credo-sarif"), ("sobelow", "sobelow-sarif")] {
        let damage = Damage {
            format,
            bad,
            document: true,
        };
        let mut checked = 0;
        for path in files(tool, "stdout.txt") {
            let whole = std::fs::read(&path).unwrap();
            let found = parts(&whole, 1 << 16);
            // Behind a document of the old tree, damage may lie outside of it.
            let old = path.parent().unwrap().ends_with("diff-sarif");
            if found.iter().any(|p| p.format == format) && !old {
                damage.check(&path);
                checked += 1;
            }
        }
        assert_eq!(checked, 2, "{format}");
    }
}

#[test]
fn damage_to_a_finding_never_passes() {
    let rules = r#"{"id": "r", "defaultConfiguration": {"level": "error"}, "properties": {"security-severity": "9.1"}}"#;
    let results = r#"{"ruleId": "r", "ruleIndex": 0, "level": "error", "message": {"text": "x"}, "suppressions": [{"kind": "external", "status": "rejected"}]}"#;
    let invocations = "\"invocations\": [{\"executionSuccessful\": true}], ";
    let whole = log(&format!("{invocations}{}", run("T", rules, results)));
    let read = one(&whole);
    assert_eq!(
        (read.completeness, read.value.counts.critical),
        (Completeness::Complete, 1)
    );
    let clean = |text: &[u8]| {
        let parts = parts(text, 1 << 16);
        !parts.is_empty()
            && parts
                .iter()
                .all(|p| p.parsed.completeness == Completeness::Complete && !bad(&p.parsed.value))
    };
    let mut bytes = whole.clone().into_bytes();
    for at in 0..whole.len() {
        assert!(!clean(&whole.as_bytes()[..at]), "cut at byte {at}");
        let was = bytes[at];
        for changed in [was ^ 1, b'#', b' '] {
            bytes[at] = changed;
            let text = String::from_utf8_lossy(&bytes).into_owned();
            assert!(!clean(&bytes), "{text}");
        }
        bytes[at] = was;
    }
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
fn the_name_of_the_driver_is_the_tool() {
    let read = scan("", "");
    assert_eq!(read.value.tool, Tool::Sarif);
    assert_eq!(read.value.tool_id(), "semgrep oss");
    let part = |text: String| {
        let mut parts = parts(text.as_bytes(), 1 << 16);
        let part = parts.swap_remove(0);
        (part.format, part.tool)
    };
    for (driver, format, tool) in [
        ("Credo", "credo-sarif", Tool::Credo),
        ("Sobelow", "sobelow-sarif", Tool::Sobelow),
        ("sobelow", "sobelow-sarif", Tool::Sobelow),
        ("CodeQL", "sarif-json", Tool::Sarif),
    ] {
        assert_eq!(part(log(&run(driver, "", ""))), (format, tool));
    }
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

#[test]
fn a_run_that_says_that_it_failed_is_not_believed() {
    use DefectKind::{Contradiction, MissingField, NothingRan, ToolError, Unsupported};
    let whole = run("T", "", "");
    for (more, kind) in [
        (
            "\"invocations\": [{\"executionSuccessful\": false}]",
            ToolError,
        ),
        (
            "\"invocations\": [{\"executionSuccessful\": true, \"exitSignalName\": \"SIGKILL\"}]",
            ToolError,
        ),
        (
            "\"invocations\": [{\"executionSuccessful\": true}, {}]",
            MissingField,
        ),
        (
            "\"invocations\": [{\"executionSuccessful\": \"yes\"}]",
            MissingField,
        ),
        (
            "\"invocations\": [{\"executionSuccessful\": true, \"toolExecutionNotifications\": [{\"message\": {\"text\": \"no memory\"}, \"level\": \"error\"}]}]",
            ToolError,
        ),
        ("\"results\": []", Contradiction),
        (
            "\"externalPropertyFileReferences\": {\"results\": [{}]}",
            Unsupported,
        ),
        (
            "\"originalUriBaseIds\": {\"R\": {\"uri\": \"file:///tmp/credo-diff-1/\"}}",
            Unsupported,
        ),
    ] {
        let read = one(&log(&format!("{whole}, {more}")));
        assert_eq!(read.completeness, Completeness::Partial, "{more}");
        assert!(kinds(&read).contains(&kind), "{more} {:?}", read.defects);
    }
    let read = one(&log(&format!(
        "{whole}, \"invocations\": [{{\"executionSuccessful\": true, \"toolExecutionNotifications\": [{{\"level\": \"warning\", \"message\": {{}}}}, {{}}]}}]"
    )));
    assert_eq!(read.completeness, Completeness::Complete);
    for (from, to, kind) in [
        ("\"results\": []", "\"results\": null", NothingRan),
        ("\"results\": [], ", "", NothingRan),
        ("\"results\": []", "\"results\": {}", NothingRan),
        ("\"name\": \"T\", ", "", MissingField),
        ("\"name\": \"T\"", "\"name\": \" \"", MissingField),
        ("\"name\": \"T\"", "\"name\": 7", MissingField),
    ] {
        let read = one(&log(&whole.replace(from, to)));
        assert_eq!(read.completeness, Completeness::Partial, "{to}");
        assert!(kinds(&read).contains(&kind), "{to} {:?}", read.defects);
    }
    // Levels that the configuration of the run changes.
    let more = ", \"invocations\": [{\"executionSuccessful\": true, \"ruleConfigurationOverrides\": [{}]}]";
    let read = one(&log(&(run("T", "", "{\"message\": {}}") + more)));
    assert_eq!(
        (kinds(&read), read.value.ungraded()),
        (vec![Unsupported], 1)
    );
}

#[test]
fn a_document_that_is_not_whole_is_not_believed() {
    use DefectKind::{
        Contradiction, Cut, MissingField, NothingRan, Syntax, TrailingText, UnknownValue,
        Unsupported,
    };
    let whole = log(&run("T", "", ""));
    for (from, to, kind) in [
        ("\"2.1.0\"", "\"2.2\"", Unsupported),
        ("\"2.1.0\"", "2", Unsupported),
        ("}]}", "}]} x", TrailingText),
        ("}]}", "}]", Cut),
        ("}]}", "}]]", Syntax),
        (
            "}]}",
            "}], \"inlineExternalProperties\": [{}]}",
            Unsupported,
        ),
        ("}]}", "}], \"more\": [{}]}", UnknownValue),
        ("}]}", "}], \"version\": \"2.1.0\"}", Contradiction),
        ("\"results\"", "\"more\": {}, \"results\"", UnknownValue),
    ] {
        let read = one(&whole.replace(from, to));
        assert_eq!(read.completeness, Completeness::Partial, "{to}");
        assert!(kinds(&read).contains(&kind), "{to} {:?}", read.defects);
    }
    let read = one(&whole.replace("}]}", "}], \"more\": 1}"));
    assert_eq!(read.completeness, Completeness::Complete);
    for (text, kind) in [
        ("{\"version\": \"2.1.0\", \"runs\": []}", NothingRan),
        ("{\"version\": \"2.1.0\", \"runs\": {}}", MissingField),
        ("{\"version\": \"2.1.0\", \"runs\": [7]}", MissingField),
        ("{\"$schema\": \"https://x/sarif-2.1.0.json\"}", NothingRan),
        (
            "{\"$schema\": \"https://x/SARIF\", \"runs\": []}",
            MissingField,
        ),
    ] {
        let read = one(text);
        assert_eq!(read.completeness, Completeness::Partial, "{text}");
        assert!(kinds(&read).contains(&kind), "{text} {:?}", read.defects);
    }
}

#[test]
fn other_documents_are_not_sarif() {
    for text in [
        "{\"version\": \"2.1.0\", \"vulnerabilities\": []}",
        "{\"runs\": 3}",
        "{\"version\": 1, \"runs\": []}",
        "{\"$schema\": \"https://json-schema.org/x\", \"runs\": []}",
        "{\"runs\": [{\"name\": \"x\"}]}",
    ] {
        assert_eq!(parts(text.as_bytes(), 1 << 16), [], "{text}");
    }
}

#[test]
fn several_runs_count_together() {
    let result = "{\"ruleId\": \"r\", \"level\": \"error\", \"message\": {\"text\": \"x\"}}";
    let runs = |names: &[&str]| {
        let runs = names.iter().map(|n| format!("{{{}}}", run(n, "", result)));
        let runs: Vec<String> = runs.collect();
        one(&format!(
            "{{\"version\": \"2.1.0\", \"runs\": [{}]}}",
            runs.join(", ")
        ))
    };
    let read = runs(&["T", "T"]);
    assert_eq!(
        (read.completeness, read.value.counts.high),
        (Completeness::Complete, 2)
    );
    assert_eq!(
        (read.value.tool_id(), read.value.list.len()),
        ("t".into(), 2)
    );
    let read = runs(&["Sobelow", "Trivy", "Trivy"]);
    assert_eq!(
        (read.completeness, read.value.counts.high),
        (Completeness::Complete, 3)
    );
    assert_eq!(read.value.tool, Tool::Sarif);
    assert_eq!(read.value.tool_id(), "sobelow, trivy");
    // Credo's results are for another gate.
    for names in [["Credo", "Trivy"], ["Trivy", "Credo"]] {
        let read = runs(&names);
        assert_eq!(read.completeness, Completeness::Partial);
        assert_eq!((read.value.tool, read.value.total), (Tool::Sarif, 2));
        assert_eq!((read.value.counts.high, read.value.ungraded()), (1, 1));
    }
}

#[test]
fn a_rank_of_credo_is_a_priority_and_agrees_with_the_level() {
    let credo = |fields: &str| {
        let rules = r#"{"id": "EX1", "name": "Credo.Check.X", "properties": {"tags": ["design"]}}"#;
        let result = format!(
            "{{\"ruleId\": \"EX1\", \"message\": {{\"text\": \"x 'y'\", \"markdown\": \"x `y`\"}}, {fields}}}"
        );
        one(&log(&run("Credo", rules, &result)))
    };
    for (fields, severity) in [
        ("\"rank\": 31, \"level\": \"error\"", Severity::High),
        ("\"rank\": 21, \"level\": \"error\"", Severity::Medium),
        ("\"rank\": 20", Severity::Low),
        ("\"rank\": 11", Severity::Low),
        ("\"rank\": 1, \"level\": \"note\"", Severity::Info),
    ] {
        let read = credo(fields);
        assert_eq!(read.completeness, Completeness::Complete, "{fields}");
        let f = &read.value.list[0];
        assert_eq!(f.severity, severity, "{fields}");
        assert_eq!(
            (f.rule.as_str(), f.message.as_str()),
            ("Credo.Check.X", "x `y`")
        );
        assert_eq!(f.category.as_deref(), Some("design"));
    }
    for fields in [
        "\"rank\": 20, \"level\": \"error\"",
        "\"rank\": 21",
        "\"rank\": 21, \"mevel\": \"error\"",
        "\"rank\": 21, \"level\": \"note\"",
        "\"rank\": 0",
        "\"rank\": 101, \"level\": \"error\"",
        "\"rank\": null",
        "\"rank\": 12.5",
        "\"rank\": \"12\"",
        "\"level\": \"error\"",
    ] {
        let read = credo(fields);
        assert_eq!(read.completeness, Completeness::Partial, "{fields}");
        assert_eq!(
            (read.value.total, read.value.tool),
            (1, Tool::Credo),
            "{fields}"
        );
    }
    // A damaged name of the tool does not move its issues to another gate.
    let text = log(&run(
        "Bredo",
        "{\"id\": \"EX1\", \"name\": \"Credo.Check.X\"}",
        "",
    ));
    assert_eq!(kinds(&one(&text)), [DefectKind::Contradiction]);
}

#[test]
fn two_checks_of_credo_share_an_id() {
    let rules = r#"{"id": "EX5029", "name": "Credo.Check.Warning.UnusedOperation", "properties": {"tags": ["warning"]}}"#;
    let result = |text: &str| {
        format!("{{\"ruleId\": \"EX5029\", \"rank\": 12, \"message\": {{\"text\": \"{text}\"}}}}")
    };
    let results = [
        result("There should be no unused return values for Foo functions."),
        result("Struct %Foo{} found to have more than 31 fields."),
    ];
    let read = one(&log(&run("Credo", rules, &results.join(", "))));
    assert_eq!(read.completeness, Completeness::Complete);
    let rules: Vec<&str> = read.value.list.iter().map(|f| f.rule.as_str()).collect();
    assert_eq!(
        rules,
        [
            "Credo.Check.Warning.UnusedOperation",
            "Credo.Check.Warning.StructFieldAmount"
        ]
    );
}

#[test]
fn sobelow_tells_high_from_the_rest() {
    let sobelow = |fields: &str, text: &str| {
        let result = format!("{{\"ruleId\": null, \"message\": {{\"text\": \"{text}\"}}{fields}}}");
        one(&log(&run("Sobelow", "", &result)))
    };
    let read = sobelow(", \"level\": \"error\"", "XSS.Raw: XSS");
    assert_eq!(
        (read.completeness, kinds(&read)),
        (Completeness::Complete, vec![])
    );
    let f = &read.value.list[0];
    assert_eq!((f.rule.as_str(), f.message.as_str()), ("XSS.Raw", "XSS"));
    assert_eq!(
        (f.severity, f.confidence.as_deref()),
        (Severity::High, Some("high"))
    );
    let read = sobelow(", \"level\": \"warning\"", "XSS.Raw: XSS");
    assert_eq!(
        (read.completeness, kinds(&read)),
        (Completeness::Complete, vec![DefectKind::MissingField])
    );
    assert_eq!(
        (read.value.counts.medium, &read.value.list[0].confidence),
        (1, &None)
    );
    let read = sobelow(", \"level\": \"warning\"", "Vuln.Plug: Old - Plug v1.3.1");
    assert_eq!((read.value.counts.high, kinds(&read)), (1, vec![]));
    for fields in ["", ", \"level\": \"note\"", ", \"mevel\": \"error\""] {
        let read = sobelow(fields, "XSS.Raw: XSS");
        assert_eq!(read.completeness, Completeness::Partial, "{fields}");
        assert_eq!(read.value.ungraded(), 1, "{fields}");
    }
}

/// Reads both streams of a command.
fn streams(out: &str, err: &str, expect: Expect) -> Parsed<Findings> {
    let (mut out, mut err) = (out.as_bytes(), err.as_bytes());
    let streams = vec![
        (Stream::Out, &mut out as &mut dyn BufRead),
        (Stream::Err, &mut err),
    ];
    findings(read(streams, expect, &Limits::default()).0)
}

#[test]
fn a_document_is_of_the_tool_that_was_asked_for_or_not_believed() {
    let asked = |id: &str| Expect {
        format: format(id),
        tool: None,
    };
    let credo = log(&run("Credo", "", ""));
    let left_out =
        "info: Some source files could not be parsed correctly and are excluded:\n   1) a.ex\n";
    let of_tool = |tool| Expect {
        format: None,
        tool: Some(tool),
    };
    for expect in [
        Expect::default(),
        asked("credo-sarif"),
        asked("sarif-json"),
        of_tool(Tool::Credo),
        of_tool(Tool::Sarif),
    ] {
        let read = streams(&credo, "", expect);
        assert_eq!(
            (read.completeness, read.value.tool),
            (Completeness::Complete, Tool::Credo),
            "{expect:?}"
        );
        let read = streams(&credo, left_out, expect);
        assert_eq!(kinds(&read), [DefectKind::Skipped], "{expect:?}");
    }
    for expect in [asked("sobelow-sarif"), of_tool(Tool::Sobelow)] {
        let read = streams(&credo, "", expect);
        assert_eq!(
            (read.completeness, kinds(&read)),
            (Completeness::Partial, vec![DefectKind::Contradiction])
        );
    }
    // The tool may have been cut off.
    let cut = credo.split_once("\"tool\"").unwrap().0;
    assert_eq!(
        streams(cut, "", asked("credo-sarif")).value.tool,
        Tool::Credo
    );
    assert_eq!(streams(cut, "", Expect::default()).value.tool, Tool::Sarif);
}

#[test]
fn a_million_results_are_counted_and_not_kept() {
    let limits = Limits {
        details: 3,
        ..Limits::default()
    };
    let mut results: Vec<String> = (0..1000)
        .map(|_| "{\"ruleId\": \"r\", \"level\": \"error\", \"message\": {}}".to_owned())
        .collect();
    let text = log(&run("T", "", &results.join(",")));
    let read_with = |text: &str| {
        let mut out = text.as_bytes();
        let streams = vec![(Stream::Out, &mut out as &mut dyn BufRead)];
        findings(read(streams, Expect::default(), &limits).0)
    };
    let read = read_with(&text);
    assert_eq!(read.completeness, Completeness::Complete);
    assert_eq!((read.value.counts.high, read.value.list.len()), (1000, 3));
    // Too many kinds of them are not known in the end.
    results = (0..10)
        .map(|n| format!("{{\"ruleId\": \"r{n}\", \"level\": \"error\", \"message\": {{}}}}"))
        .collect();
    let read = read_with(&log(&run("T", "", &results.join(","))));
    assert_eq!(
        (read.completeness, kinds(&read)),
        (Completeness::Partial, vec![DefectKind::Limit])
    );
    assert_eq!((read.value.total, read.value.ungraded()), (10, 7));
    // One result may not take all memory.
    let text = log(&run(
        "T",
        "",
        &format!(
            "{{\"message\": {{\"text\": \"{}\"}}}}",
            "x".repeat(17 << 20)
        ),
    ));
    assert!(kinds(&one(&text)).contains(&DefectKind::Limit));
}
