//! Reports in Codecov's JSON, and what damage does to them.

use std::fs;

use crate::cover::tests::low;
use crate::damage::{Damage, files, parts};
use crate::evidence::{Coverage, Evidence, Measure};
use crate::{Completeness, DefectKind, Parsed};

fn read(text: &str) -> Parsed<Coverage> {
    let mut parts = parts(text.as_bytes(), 1 << 16);
    assert_eq!(parts.len(), 1, "{text}");
    assert_eq!(parts[0].format, "codecov-json", "{text}");
    parts.swap_remove(0).parsed.map(|e| match e {
        Evidence::Coverage(c) => c,
        other => panic!("{other:?}"),
    })
}

#[test]
fn damage_never_passes() {
    let damage = Damage {
        format: "codecov-json",
        bad: low,
        document: true,
    };
    for path in files("codecov", "codecov.json") {
        assert!(fs::metadata(&path).unwrap().len() > 0);
        damage.check(&path);
    }
}

#[test]
fn lines_are_counted_by_what_ran() {
    for text in [
        r#"{"coverage":{"lib/a.ex":{"0":9,"1":1,"2":null,"3":0,"4":"1/2","5":"0/2","6":true}}}"#,
        r#"{ "coverage" : { "lib/a.ex" : [9, 1, null, 0, "1/2", "0/2", true] } }"#,
    ] {
        let read = read(text);
        assert_eq!(read.completeness, Completeness::Complete, "{text}");
        let (covered, relevant) = (3, 5);
        assert_eq!(read.value.totals, [Measure::Lines { covered, relevant }]);
        assert_eq!(read.value.files[0].path.as_deref(), Some("lib/a.ex"));
    }
}

#[test]
fn what_is_no_line_with_hits_lowers_it() {
    for (lines, kind) in [
        (r#"{"1":1.5}"#, DefectKind::Number),
        (r#"{"1":-1}"#, DefectKind::Number),
        (r#"{"1":false}"#, DefectKind::Number),
        (r#"{"1":"3/2"}"#, DefectKind::Number),
        (r#"{"1":"one"}"#, DefectKind::Number),
        (r#"{"one":1}"#, DefectKind::Number),
        (r#"{"4294967296":1}"#, DefectKind::Number),
        (r#"{"1":[1]}"#, DefectKind::Number),
        (r#"{"1":0,"1":1}"#, DefectKind::Contradiction),
        (r#"[0,1],"a":[0,1]"#, DefectKind::Contradiction),
        (r#"[0,1]},"coverage":{"#, DefectKind::Contradiction),
    ] {
        let read = read(&format!(r#"{{"coverage":{{"a":{lines}}}}}"#));
        assert_eq!(read.completeness, Completeness::Partial, "{lines}");
        assert_eq!(read.defects[0].kind, kind, "{lines}");
    }
}

#[test]
fn other_documents_are_nobodys() {
    for text in [
        r#"{"coverage": 80}"#,
        r#"{"coverage": {"total": 80}}"#,
        r#"{"coverages": {"a": [0]}}"#,
    ] {
        assert!(parts(text.as_bytes(), 1 << 16).is_empty(), "{text}");
    }
    let nothing = read(r#"{"coverage": {}}"#);
    assert_eq!(nothing.defects[0].kind, DefectKind::NothingRan);
}
