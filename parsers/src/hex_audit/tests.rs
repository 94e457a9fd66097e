//! Both generations of Hex, and what damage does to them.

use std::io::BufRead;

use crate::evidence::{Evidence, Findings};
use crate::stream_damage::captures;
use crate::{Completeness, DefectKind, Expect, Limits, Parsed, Part, Stream, Tool, read};

fn both(out: &str, err: &str) -> Vec<Part> {
    let (mut out, mut err) = (out.as_bytes(), err.as_bytes());
    let streams = vec![
        (Stream::Out, &mut out as &mut dyn BufRead),
        (Stream::Err, &mut err),
    ];
    read(streams, Expect::default(), &Limits::default()).0
}

fn one(mut parts: Vec<Part>) -> Parsed<Findings> {
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
fn damage_never_passes() {
    for capture in captures("hex_audit", Tool::HexAudit) {
        capture.check(Tool::HexAudit);
    }
}

#[test]
fn an_advisory_is_told_in_full() {
    let text = "\u{1b}[1mAdvisories:\u{1b}[0m\n  plug 1.3.0 - EEF-CVE-2026-1 \u{1b}[31m(HIGH)\u{1b}[0m\n    aka: CVE-2026-1\n    \
        Header injection\n    https://cna.erlef.org\n\n";
    let parsed = one(both(text, "Found packages with security advisories\n"));
    let finding = &parsed.value.list[0];
    assert_eq!(finding.rule, "EEF-CVE-2026-1");
    assert_eq!(
        finding.message,
        "plug 1.3.0: Header injection (high; also CVE-2026-1)"
    );
    assert_eq!(finding.path.as_deref(), Some("mix.lock"));
}

#[test]
fn a_retired_package_says_why() {
    let parsed = one(both(
        "Retired:\n  a 1.0.0 - (other) Gone\n  b 2.0.0 - (3)\n",
        "",
    ));
    let said: Vec<&str> = parsed
        .value
        .list
        .iter()
        .map(|f| f.message.as_str())
        .collect();
    assert_eq!(
        said,
        ["a 1.0.0 is retired (other): Gone", "b 2.0.0 is retired (3)"]
    );
    assert_eq!(parsed.value.counts.medium, 2);
}

#[test]
fn words_without_entries_are_not_believed() {
    let parsed = one(both("", "Found retired packages\n"));
    assert_eq!(
        (parsed.value.total, parsed.completeness),
        (1, Completeness::Partial)
    );
    assert!(kinds(&parsed).contains(&DefectKind::CountMismatch));
    let clean = "No retired or security advisory packages found\n";
    let parsed = one(both(clean, "Found packages with security advisories\n"));
    assert!(kinds(&parsed).contains(&DefectKind::Contradiction));
    assert_eq!(parsed.value.total, 1);
    assert!(both("Found retired packages\n", "").is_empty());
    assert!(
        both(
            "Retired:\n  my grandfather - (deprecated)\nAdvisories:\n",
            ""
        )
        .is_empty()
    );
    assert!(both("", "Failed to fetch record for hexpm/plug from registry\n").is_empty());
}

#[test]
fn what_a_policy_accepts_is_suppressed() {
    let text = "Policy-accepted retired:\n  a 1.0.0 - (invalid)\n    Policy: reviewed\n  b 1.0.0 - (renamed)\n\n\
        Policy-accepted advisories:\n  c 1.0.0 - GHSA-1 (LOW)\n    Bad\n    Policy: reviewed\n";
    let parsed = one(both(text, ""));
    assert_eq!((parsed.value.total, parsed.value.suppressed), (0, Some(3)));
    assert_eq!(parsed.completeness, Completeness::Unproven);
}
