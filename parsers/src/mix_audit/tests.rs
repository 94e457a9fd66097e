//! Both forms, what `git` says beside them, and what damage does to them.

use std::io::BufRead;

use crate::damage::{Damage, files, parts};
use crate::evidence::{Evidence, Findings, Severity};
use crate::{Completeness, DefectKind, Expect, Limits, Parsed, Part, Stream, Tool, read};

const OFFLINE: &str = "fatal: unable to access 'https://github.com/mirego/elixir-security-advisories.git/': \
    Could not resolve host: github.com\n";
const BLOCK: &str = "Name: plug\nVersion: 1.3.0\nLockfile: /home/ci/mix.lock\n\
    URL: https://github.com/advisories/GHSA-9h73-w7ch-rh73\nTitle: Header Injection\nSeverity: moderate\n\
    Vulnerable versions: < 1.3.5\nFirst patched versions: 1.3.5, 1.2.5\n\n";
const FOUND: &str = "Vulnerabilities found!\n";

fn bad(evidence: &Evidence) -> bool {
    matches!(evidence, Evidence::Findings(f) if f.total > 0)
}

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

fn json(pass: &str, list: &str) -> Parsed<Findings> {
    let text = format!("{{\"pass\":{pass},\"vulnerabilities\":[{list}]}}\n");
    one(both(&text, ""))
}

#[test]
fn damage_never_passes() {
    for (format, document) in [("mix_audit-json", true), ("mix_audit-human", false)] {
        let damage = Damage {
            format,
            bad,
            document,
        };
        let mut checked = 0;
        for path in files("mix_audit", "stdout.txt") {
            let whole = std::fs::read(&path).unwrap();
            if parts(&whole, 1 << 16).iter().any(|p| p.format == format) {
                damage.check(&path);
                checked += 1;
            }
        }
        assert_eq!(checked, 2, "{format}");
    }
}

#[test]
fn both_forms_say_the_same() {
    let entry = r#"{"dependency":{"version":"1.3.0","lockfile":"/home/ci/mix.lock","package":"plug"},"advisory":{"id":
        "GHSA-9h73-w7ch-rh73","description":"pages","title":"Header Injection","severity":"moderate","url":"u",
        "package":"plug","disclosure_date":null,"vulnerable_version_ranges":["< 1.3.5"],
        "first_patched_versions":["1.3.5","1.2.5"]}}"#;
    let json = json("false", &entry.replace('\n', ""));
    let text = one(both(&format!("{BLOCK}{FOUND}"), ""));
    assert_eq!(json.value, text.value);
    assert_eq!(json.completeness, Completeness::Complete);
    assert_eq!(text.completeness, Completeness::Unproven);
    let finding = &json.value.list[0];
    assert_eq!(finding.rule, "GHSA-9h73-w7ch-rh73");
    assert_eq!(finding.severity, Severity::Medium);
    assert_eq!(finding.path.as_deref(), Some("mix.lock"));
    assert_eq!(
        finding.message,
        "plug 1.3.0: Header Injection (moderate; patched in 1.3.5, 1.2.5)"
    );
}

#[test]
fn pass_agrees_with_the_list() {
    let entry = r#"{"dependency":{"package":"a","version":"1.0.0"},"advisory":{"id":"GHSA-1"}}"#;
    let clean = json("true", "");
    assert_eq!(
        (clean.completeness, clean.value.total),
        (Completeness::Complete, 0)
    );
    for (pass, list) in [("true", entry), ("false", "")] {
        let parsed = json(pass, list);
        assert_eq!(parsed.completeness, Completeness::Partial);
        assert_eq!(kinds(&parsed), [DefectKind::Contradiction]);
    }
}

#[test]
fn no_severity_is_high_and_nothing_patched_is_said() {
    for severity in ["null", "\"\"", "7", "\"grave\""] {
        let entry = format!(
            r#"{{"dependency":{{"package":"a","version":"1.0.0"}},"advisory":{{"cve":"CVE-2020-1","severity":{severity},
            "patched_versions":[],"title":null}}}}"#
        );
        let parsed = json("false", &entry.replace('\n', ""));
        let finding = &parsed.value.list[0];
        assert_eq!(finding.severity, Severity::High, "{severity}");
        assert_eq!(finding.rule, "CVE-2020-1");
        assert!(
            finding.message.ends_with("; no patched version)"),
            "{}",
            finding.message
        );
        assert_eq!(parsed.completeness, Completeness::Complete);
    }
    let text = BLOCK
        .replace("Severity: moderate\n", "")
        .replace("1.3.5, 1.2.5", "NONE");
    let parsed = one(both(&format!("{text}{FOUND}"), ""));
    assert_eq!(parsed.value.counts.high, 1);
    let message = &parsed.value.list[0].message;
    assert_eq!(
        message,
        "plug 1.3.0: Header Injection (no severity given; no patched version)"
    );
}

#[test]
fn advisories_that_were_not_fetched_make_a_clean_report_partial() {
    for out in [
        "{\"pass\":true,\"vulnerabilities\":[]}\n",
        "No vulnerabilities found.\n",
    ] {
        for err in [
            OFFLINE,
            "fatal: early EOF\n",
            "error: cannot pull with rebase: You have unstaged changes.\n",
        ] {
            let parsed = one(both(out, err));
            assert_eq!(parsed.completeness, Completeness::Partial, "{out}{err}");
            assert!(kinds(&parsed).contains(&DefectKind::Skipped));
        }
        let merged = one(both(&format!("{OFFLINE}{out}"), ""));
        assert_eq!(merged.completeness, Completeness::Partial);
    }
    // `git` works for others, too.
    assert!(both("", "fatal: early EOF\n").is_empty());
    let alone = both("", OFFLINE);
    assert_eq!(alone[0].tool, Tool::MixAudit);
    assert_eq!(alone[0].parsed.completeness, Completeness::Unreadable);
}

#[test]
fn a_text_that_contradicts_itself_or_ends_early_is_partial() {
    let clean = "No vulnerabilities found.\n";
    for (text, total, kind) in [
        (FOUND.to_owned(), 1, DefectKind::CountMismatch),
        (BLOCK.to_owned(), 1, DefectKind::Cut),
        (format!("{BLOCK}{clean}"), 1, DefectKind::Contradiction),
        (format!("{clean}{FOUND}"), 1, DefectKind::Contradiction),
        (BLOCK[..90].to_owned(), 1, DefectKind::Cut),
    ] {
        let parsed = one(both(&text, ""));
        assert_eq!(parsed.value.total, total, "{text}");
        assert_eq!(parsed.completeness, Completeness::Partial, "{text}");
        assert!(kinds(&parsed).contains(&kind), "{text}: {parsed:?}");
    }
}

#[test]
fn names_and_versions_alone_are_nobody_s() {
    assert!(both("Name: plug\nVersion: 1.3.0\nAuthor: me\n", "").is_empty());
    assert!(both("{\"pass\":true,\"tests\":[]}\n", "").is_empty());
    assert!(both("{\"vulnerabilities\":[{\"id\":\"SNYK-1\"}]}\n", "").is_empty());
}

#[test]
fn version_1_is_read() {
    let text = "Name: plug\nVersion: 1.3.0\nLockfile: /mix.lock\nCVE: 2018-1000883\nURL: https://hexdocs.pm\n\
        Title: Two\nlines\nPatched versions: NONE\n\nVulnerabilities found!\n";
    let parsed = one(both(text, ""));
    let finding = &parsed.value.list[0];
    assert_eq!(finding.rule, "CVE-2018-1000883");
    assert!(finding.message.starts_with("plug 1.3.0: Two\nlines ("));
    assert_eq!(finding.severity, Severity::High);
}
