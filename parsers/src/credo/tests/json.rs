//! Issues in JSON, those of a diff, and one a line.

use super::{kinds, one, streams};
use crate::credo::json;
use crate::damage::parts;
use crate::evidence::{Evidence, Findings, Severity};
use crate::{Completeness, DefectKind, Expect, Limits, Parsed, format};

/// Read as JSON whatever it looks like.
fn forced(text: &str) -> Parsed<Findings> {
    let expect = Expect {
        format: format("credo-json"),
        tool: None,
    };
    let mut parts = streams(text, "", expect);
    parts.swap_remove(0).parsed.map(|e| match e {
        Evidence::Findings(f) => f,
        other => panic!("{other:?}"),
    })
}

fn issue(fields: &str) -> String {
    format!("{{\"issues\": [{{{fields}}}]}}")
}

const FIELDS: &str = r#""category": "design", "check": "Credo.Check.Design.TagTODO", "column": null,
    "column_end": null, "filename": "lib/a.ex", "line_no": 3, "message": "Found", "priority": -3, "scope": null,
    "trigger": ["__no_trigger__"]"#;

#[test]
fn an_issue_in_json_has_all_its_fields() {
    let read = one(&issue(FIELDS));
    assert_eq!(read.completeness, Completeness::Complete);
    assert_eq!(read.defects, []);
    let found = &read.value.list[0];
    assert_eq!(
        (found.severity, found.line.unwrap().get()),
        (Severity::Info, 3)
    );
    assert_eq!((found.column, &found.function), (None, &None));
}

#[test]
fn an_issue_that_lacks_a_field_counts_and_is_not_believed() {
    for name in json::FIELDS {
        let read = forced(&issue(
            &FIELDS.replace(&format!("\"{name}\""), "\"renamed\""),
        ));
        assert_eq!(read.value.total, 1, "{name}");
        assert_eq!(read.completeness, Completeness::Partial, "{name}");
        assert!(kinds(&read).contains(&DefectKind::MissingField), "{name}");
    }
    for (from, to) in [
        ("-3", "\"high\""),
        ("-3", "1.5"),
        ("\"line_no\": 3", "\"line_no\": -3"),
        ("\"line_no\": 3", "\"line_no\": 99999999999"),
        ("\"line_no\": 3", "\"line_no\": true"),
    ] {
        let read = one(&issue(&FIELDS.replace(from, to)));
        assert_eq!(read.value.total, 1, "{to}");
        assert!(kinds(&read).contains(&DefectKind::Number), "{from} {to}");
    }
}

#[test]
fn whatever_json_should_not_say_is_a_defect() {
    use DefectKind::{Contradiction, Cut, MissingField, Syntax, TrailingText, UnknownValue};
    for (text, kind, total) in [
        (
            format!("{{\"issues\": [{{{FIELDS}, \"check\": \"X\"}}]}}"),
            Contradiction,
            1,
        ),
        (
            format!("{{\"issues\": [{{{FIELDS}}}], \"issues\": []}}"),
            Contradiction,
            1,
        ),
        (format!("{{\"issues\": [{{{FIELDS}}}, {{{FIELDS}"), Cut, 1),
        (format!("{{\"issues\": [{{{FIELDS}}}] \"x\"}}"), Syntax, 1),
        ("{\"issues\": []}\n** something".into(), TrailingText, 0),
        ("{\"issues\": []}{\"issues\": []}".into(), TrailingText, 0),
        ("{\"issues\": [], \"more\": []}".into(), UnknownValue, 0),
        ("{\"issues\": [".into(), Cut, 0),
    ] {
        let read = one(&text);
        assert_eq!(kinds(&read), [kind], "{text}");
        assert_eq!(read.completeness, Completeness::Partial, "{text}");
        assert_eq!(read.value.total, total, "{text}");
    }
    let read = one("{\"issues\": [], \"version\": \"2.0\"}");
    assert_eq!(
        (read.completeness, kinds(&read)),
        (Completeness::Complete, vec![UnknownValue])
    );
    for text in ["{}", "[1]"] {
        let read = forced(text);
        assert_eq!(read.completeness, Completeness::Partial);
        assert!(matches!(kinds(&read)[..], [MissingField | UnknownValue]));
    }
}

#[test]
fn a_huge_string_is_a_defect_and_not_memory() {
    let text = issue(&FIELDS.replace("Found", &"x".repeat(17 << 20)));
    assert_eq!(kinds(&one(&text)), [DefectKind::Limit]);
    let read = one(&issue(&FIELDS.replace("Found", &"é".repeat(100_000))));
    assert_eq!(read.completeness, Completeness::Complete);
    assert!(read.value.list[0].message.len() <= Limits::default().text + 3);
}

#[test]
fn of_a_diff_only_the_new_issues_count() {
    use DefectKind::{Contradiction, Cut, Foreign, MissingField, Syntax, UnknownValue};
    let diff = |new: &str| {
        format!(
            "{{\"diff\":{{\"fixed\":[{{{FIELDS}}}],\"new\":[{new}],\"old\":[{{{FIELDS}}},{{{FIELDS}}}]}}}}"
        )
    };
    let read = one(&diff(""));
    assert_eq!(
        (read.completeness, kinds(&read), read.value.total),
        (Completeness::Complete, vec![Foreign], 0)
    );
    let message = &read.defects[0].message;
    assert!(message.contains("1 fixed and 2 old"), "{message}");
    let whole = diff(&format!("{{{FIELDS}}}"));
    let read = one(&whole);
    assert_eq!(
        (read.completeness, read.value.list.len()),
        (Completeness::Complete, 1)
    );
    for (from, to, kind) in [
        ("\"new\":", "\"mew\":", UnknownValue),
        ("\"new\":", "\"mew\":", MissingField),
        ("\"old\":", "\"new\":", Contradiction),
        ("\"fixed\":", "\"more\":", MissingField),
        ("\"new\":[", "\"new\":null,\"x\":[", UnknownValue),
        ("]}}", "]},\"issues\":[]}", Contradiction),
        ("]}}", "]},\"diff\":{}}", Contradiction),
        ("]}}", "]}", Cut),
        ("]}}", "]]}", Syntax),
    ] {
        let read = forced(&whole.replace(from, to));
        assert_eq!(read.completeness, Completeness::Partial, "{to}");
        assert!(kinds(&read).contains(&kind), "{to} {:?}", read.defects);
    }
}

#[test]
fn a_line_of_jsonl_counts_whatever_is_wrong_with_it() {
    let row = format!("{{{}}}\n", FIELDS.replace('\n', ""));
    let found = parts(row.as_bytes(), 1 << 16);
    assert_eq!(found[0].format, "credo-jsonl");
    let read = one(&row.repeat(3));
    assert_eq!(
        (read.completeness, read.value.total),
        (Completeness::Unproven, 3)
    );
    for (from, to) in [
        ("}\n", "\n"),
        ("}\n", "} x\n"),
        ("}\n", "}"),
        ("-3", "\"high\""),
        ("-3", "-"),
        ("\"check\"", "\"cheek\""),
    ] {
        let read = one(&(row.clone() + &row.replace(from, to)));
        assert_eq!(
            (read.completeness, read.value.total),
            (Completeness::Partial, 2),
            "{to}"
        );
    }
    let read = one(&(row.clone() + "{\"cat"));
    assert_eq!(
        (read.completeness, read.value.total),
        (Completeness::Partial, 2)
    );
    for other in [
        "{\"check\": 1}",
        "{\"message\": \"x\", \"level\": \"info\"}\n",
        "{}\n",
    ] {
        let claimed = parts(other.as_bytes(), 1 << 16);
        assert_eq!(claimed.is_empty(), !other.contains("check"), "{other}");
    }
}

#[test]
fn other_lists_of_issues_are_not_credos() {
    for text in [
        "{\"issues\": [{\"engineId\": \"x\", \"line_no\": 1}]}",
        "{\"issues\": {}}",
        "{\"system\":{\"credo\":\"1.7.19\"}}",
        "{\"diff\": {\"a\": 1}}",
    ] {
        assert_eq!(parts(text.as_bytes(), 1 << 16), [], "{text}");
    }
}
