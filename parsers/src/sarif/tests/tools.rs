//! Whose document it is, and what Credo and Sobelow make of the standard.

use std::io::BufRead;

use super::{findings, kinds, log, one, run, scan};
use crate::damage::parts;
use crate::evidence::{Findings, Severity, Tool};
use crate::{Completeness, DefectKind, Expect, Limits, Parsed, Stream, format, read};

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
