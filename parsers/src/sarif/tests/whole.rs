//! Runs that failed, and documents that are not whole, of something else or too large.

use std::io::BufRead;

use super::{findings, kinds, log, one, run};
use crate::damage::parts;
use crate::{Completeness, DefectKind, Expect, Limits, Stream, read};

/// What a run says about itself, and what is made of it.
const FAILED: [(&str, DefectKind); 8] = [
    (
        "\"invocations\": [{\"executionSuccessful\": false}]",
        DefectKind::ToolError,
    ),
    (
        "\"invocations\": [{\"executionSuccessful\": true, \"exitSignalName\": \"SIGKILL\"}]",
        DefectKind::ToolError,
    ),
    (
        "\"invocations\": [{\"executionSuccessful\": true}, {}]",
        DefectKind::MissingField,
    ),
    (
        "\"invocations\": [{\"executionSuccessful\": \"yes\"}]",
        DefectKind::MissingField,
    ),
    (
        "\"invocations\": [{\"executionSuccessful\": true, \"toolExecutionNotifications\": [{\"message\": {\"text\": \"no memory\"}, \"level\": \"error\"}]}]",
        DefectKind::ToolError,
    ),
    ("\"results\": []", DefectKind::Contradiction),
    (
        "\"externalPropertyFileReferences\": {\"results\": [{}]}",
        DefectKind::Unsupported,
    ),
    (
        "\"originalUriBaseIds\": {\"R\": {\"uri\": \"file:///tmp/credo-diff-1/\"}}",
        DefectKind::Unsupported,
    ),
];

#[test]
fn a_run_that_says_that_it_failed_is_not_believed() {
    use DefectKind::{MissingField, NothingRan, Unsupported};
    let whole = run("T", "", "");
    for (more, kind) in FAILED {
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
