//! What all formats have in common: the complaints, no source text, and that each says the same of one scan.

use std::io::{BufRead, BufReader};

use crate::damage::{files, parts};
use crate::evidence::{Evidence, Findings};
use crate::{Completeness, DefectKind, Expect, Limits, Parsed, Part, Stream, format, read};

mod damage;
mod json;
mod rows;
mod text;

const BANNER: &str = "\
##############################################
#                                            #
#          Running Sobelow - v0.15.0         #
#                                            #
##############################################

";
const END: &str = "... SCAN COMPLETE ...\n\n";
const BREAK: &str = "\n-----------------------------------------------\n\n";

fn streams(out: &[u8], err: &[u8], step: usize, expect: Expect) -> Vec<Part> {
    let (mut out, mut err) = (
        BufReader::with_capacity(step, out),
        BufReader::with_capacity(step, err),
    );
    let streams = vec![
        (Stream::Out, &mut out as &mut dyn BufRead),
        (Stream::Err, &mut err),
    ];
    read(streams, expect, &Limits::default()).0
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

/// A finding as Sobelow prints it, colour and all.
fn finding(kind: &str, fields: &str, confidence: &str) -> String {
    let colour = match confidence {
        "High" => 31,
        "Medium" => 33,
        _ => 32,
    };
    format!("\u{1b}[{colour}m{kind} - {confidence} Confidence\u{1b}[0m\n{fields}{BREAK}")
}

/// Both streams in one.
fn scan(findings: &str) -> String {
    format!("{BANNER}{findings}{END}")
}

#[test]
fn source_text_is_read_over_and_not_kept() {
    let fields = "File: config/prod.exs\nLine: 7\nKey: password\n\n\nconfig password: \"s3cr3t\"\n{ \"a\": 1 }\n\
                  XSS.Raw: XSS - High Confidence\n";
    let read = one(&scan(&finding(
        "Config.Secrets: Hardcoded Secret",
        fields,
        "High",
    )));
    assert_eq!(
        (read.completeness, read.value.total),
        (Completeness::Complete, 1)
    );
    assert!(!format!("{read:?}").contains("s3cr3t"));
    for path in files("sobelow", "stdout.txt") {
        let text = format!("{:?}", parts(&std::fs::read(&path).unwrap(), 1 << 16));
        assert!(
            !text.contains("s3cr3t") && !text.contains("hunter2"),
            "{}",
            path.display()
        );
    }
}

#[test]
fn complaints_go_with_the_report_or_stand_alone() {
    const CLEAN: &str = "{\"findings\": {\"high_confidence\": [], \"low_confidence\": [], \"medium_confidence\": []}, \
                         \"sobelow_version\": \"0.15.0\", \"total_findings\": 0}";
    for (err, kind, with) in [
        (
            "WARNING: Sobelow cannot find the router. If\n",
            DefectKind::Skipped,
            Completeness::Partial,
        ),
        (
            "This does not appear to be a Phoenix application. If\n",
            DefectKind::NothingRan,
            Completeness::Unreadable,
        ),
        (
            "a.ex:3: could not read this `# sobelow_skip` comment, so it was ignored\n",
            DefectKind::UnknownValue,
            Completeness::Complete,
        ),
    ] {
        for expect in [None, format("sobelow-json")] {
            let expect = Expect {
                format: expect,
                tool: None,
            };
            let read = findings(streams(CLEAN.as_bytes(), err.as_bytes(), 1 << 16, expect));
            assert_eq!(
                (read.completeness, kinds(&read)),
                (with, vec![kind]),
                "{err}"
            );
        }
        let alone = streams(b"", err.as_bytes(), 1 << 16, Expect::default());
        assert_eq!(alone[0].parsed.value, Evidence::Nothing);
        assert_eq!(
            alone[0].parsed.completeness,
            Completeness::Unreadable,
            "{err}"
        );
    }
}

/// The findings of a capture: place and rule, and the severity where it is asked for.
fn found(case: &str) -> Vec<String> {
    let root = concat!(
        env!("CARGO_MANIFEST_DIR"),
        "/../fixtures/captures/sobelow/0.15.0-1.20.4"
    );
    let text = std::fs::read(format!("{root}/{case}/stdout.txt")).unwrap();
    let read = findings(parts(&text, 1 << 16));
    assert_eq!(read.value.total, 49, "{case}");
    let row = |f: &crate::evidence::Finding| format!("{:?}:{:?} {}", f.path, f.line, f.rule);
    let mut rows: Vec<String> = read.value.list.iter().map(row).collect();
    rows.sort();
    rows
}

#[test]
fn every_format_finds_the_same() {
    let json = found("webshop-fmt-json");
    assert_eq!(json.len(), 49);
    assert_eq!(found("webshop-fmt-sarif"), json);
    assert_eq!(found("webshop-fmt-flycheck"), json);
}

#[test]
fn both_formats_say_the_same_of_the_same_scan() {
    let root = concat!(
        env!("CARGO_MANIFEST_DIR"),
        "/../fixtures/captures/sobelow/0.15.0-1.20.4"
    );
    let listed = |case: &str| {
        let text = std::fs::read(format!("{root}/{case}/stdout.txt")).unwrap();
        let Evidence::Findings(read) = parts(&text, 1 << 16).swap_remove(0).parsed.value else {
            panic!("{case}");
        };
        assert_eq!(
            (read.counts.high, read.counts.medium, read.counts.low),
            (35, 2, 12),
            "{case}"
        );
        let mut rows: Vec<String> = read
            .list
            .iter()
            .map(|f| {
                format!(
                    "{:?}:{:?} {} {:?} {}",
                    f.path, f.line, f.rule, f.severity, f.message
                )
            })
            .collect();
        rows.sort();
        rows
    };
    assert_eq!(listed("webshop-default"), listed("webshop-fmt-json"));
    assert_eq!(listed("webshop-verbose"), listed("webshop-fmt-json"));
}
