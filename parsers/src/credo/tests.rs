//! What all formats have in common: severities, what stands on standard error, and that each says the same of one run.

use std::io::BufRead;

use crate::damage::parts;
use crate::evidence::{Evidence, Finding, Findings, Severity};
use crate::{Completeness, DefectKind, Expect, Limits, Parsed, Part, Stream, format, read};

mod damage;
mod json;
mod text;

fn streams(out: &str, err: &str, expect: Expect) -> Vec<Part> {
    let (mut out, mut err) = (out.as_bytes(), err.as_bytes());
    let streams = vec![
        (Stream::Out, &mut out as &mut dyn BufRead),
        (Stream::Err, &mut err),
    ];
    read(streams, expect, &Limits::default()).0
}

fn one(text: &str) -> Parsed<Findings> {
    let mut parts = parts(text.as_bytes(), 1 << 16);
    assert_eq!(parts.len(), 1, "{parts:?}");
    parts.swap_remove(0).parsed.map(|e| match e {
        Evidence::Findings(f) => f,
        other => panic!("{other:?}"),
    })
}

fn kinds<T>(parsed: &Parsed<T>) -> Vec<DefectKind> {
    parsed.defects.iter().map(|d| d.kind).collect()
}

#[test]
fn priorities_are_severities() {
    for (priority, severity) in [
        (20, Severity::High),
        (19, Severity::Medium),
        (10, Severity::Medium),
        (9, Severity::Low),
        (0, Severity::Low),
        (-1, Severity::Info),
        (-100, Severity::Info),
    ] {
        assert_eq!(
            super::severity_of_priority(priority),
            severity,
            "{priority}"
        );
    }
}

#[test]
fn what_credo_left_out_stands_on_standard_error() {
    let names: String = (1..=12).map(|n| format!("{n:>4}) lib/{n}.ex\n")).collect();
    let err = format!(
        "info: Some source files could not be parsed correctly and are excluded:\n\n{names}\n"
    );
    for expect in [
        Expect::default(),
        Expect {
            format: format("credo-json"),
            tool: None,
        },
    ] {
        let parts = streams("{\"issues\": []}\n", &err, expect);
        assert_eq!(parts.len(), 1);
        assert_eq!(parts[0].parsed.completeness, Completeness::Partial);
        let message = &parts[0].parsed.defects[0].message;
        assert!(
            message.ends_with("lib/9.ex, lib/10.ex and 2 more"),
            "{message}"
        );
    }
    for (err, kind, alone) in [
        (
            "Error while running Elixir.Credo.Check.X on lib/a.ex\n",
            DefectKind::Skipped,
            Completeness::Partial,
        ),
        (
            "** (config) Ignoring all checks, since an empty\n",
            DefectKind::NothingRan,
            Completeness::Partial,
        ),
        (
            "** (config) Ignoring an undefined check: X\n",
            DefectKind::Skipped,
            Completeness::Complete,
        ),
        (
            "** (credo) Unknown switch\n",
            DefectKind::ToolError,
            Completeness::Unreadable,
        ),
    ] {
        let parts = streams("{\"issues\": []}\n", err, Expect::default());
        assert_eq!(kinds(&parts[0].parsed), [kind], "{err}");
        assert_eq!(parts[0].parsed.completeness, alone, "{err}");
        let parts = streams("", err, Expect::default());
        assert_eq!(
            parts[0].parsed.completeness,
            Completeness::Unreadable,
            "{err}"
        );
        assert_eq!(parts[0].parsed.value, Evidence::Nothing);
    }
}

/// What a capture lists, in an order of its own: place, severity, category, message.
fn listed(case: &str) -> Vec<String> {
    let root = concat!(
        env!("CARGO_MANIFEST_DIR"),
        "/../fixtures/captures/credo/1.7.19-1.20.4"
    );
    let text = std::fs::read_to_string(format!("{root}/{case}/stdout.txt")).unwrap();
    let read = one(&text);
    // In `flycheck` no severity is printed.
    let graded = read.value.counts.known() > 0;
    let known = if graded { read.value.total } else { 0 };
    assert_eq!(read.value.counts.known(), known, "{case}");
    let row = |f: &Finding| {
        let (line, column) = (f.line, f.column);
        let severity = graded.then_some(f.severity);
        format!(
            "{:?}:{line:?}:{column:?} {severity:?} {:?} {}",
            f.path, f.category, f.message
        )
    };
    let mut rows: Vec<String> = read.value.list.iter().map(row).collect();
    rows.sort();
    rows
}

/// The rows of `listed` without their severities.
fn ungraded(case: &str) -> Vec<String> {
    let words = ["High", "Medium", "Low", "Info"].map(|w| format!(" Some({w}) "));
    let plain = |row: String| {
        words
            .iter()
            .fold(row, |row, w| row.replacen(w, " None ", 1))
    };
    let mut rows: Vec<String> = listed(case).into_iter().map(plain).collect();
    rows.sort();
    rows
}

/// Everything that is known of every issue.
fn details(case: &str) -> Vec<String> {
    let root = concat!(
        env!("CARGO_MANIFEST_DIR"),
        "/../fixtures/captures/credo/1.7.19-1.20.4"
    );
    let text = std::fs::read_to_string(format!("{root}/{case}/stdout.txt")).unwrap();
    let mut rows: Vec<String> = one(&text)
        .value
        .list
        .iter()
        .map(|f| format!("{f:?}"))
        .collect();
    rows.sort();
    rows
}

#[test]
fn sarif_and_jsonl_say_all_that_json_says() {
    assert_eq!(details("json-strict").len(), 71);
    assert_eq!(details("sarif"), details("json-strict"));
    assert_eq!(details("jsonl"), details("json-strict"));
}

#[test]
fn every_format_says_the_same_of_the_same_run() {
    assert_eq!(listed("json-strict").len(), 71);
    for twin in [
        "oneline",
        "mute",
        "strict",
        "all-strict",
        "color",
        "sarif",
        "jsonl",
    ] {
        assert_eq!(listed(twin), listed("json-strict"), "{twin}");
    }
    assert_eq!(listed("flycheck"), ungraded("json-strict"));
    assert_eq!(listed("json").len(), 61);
    for twin in ["list", "debug"] {
        assert_eq!(listed(twin), listed("json"), "{twin}");
    }
}
