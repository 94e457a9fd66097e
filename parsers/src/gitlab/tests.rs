//! Both reports, and what damage does to them.

use crate::damage::{Damage, files, parts};
use crate::evidence::{Evidence, Findings};
use crate::{Completeness, DefectKind, Expect, Limits, Parsed, Stream, format};

fn bad(evidence: &Evidence) -> bool {
    matches!(evidence, Evidence::Findings(f) if f.total > 0)
}

fn read(text: &str) -> Parsed<Findings> {
    let mut parts = parts(text.as_bytes(), 1 << 16);
    assert_eq!(parts.len(), 1, "{parts:?}");
    parts.swap_remove(0).parsed.map(|e| match e {
        Evidence::Findings(f) => f,
        other => panic!("{other:?}"),
    })
}

#[test]
fn damage_never_passes() {
    for (format, file) in [
        ("gitlab-security", "gl-sast-report.json"),
        ("gitlab-code_quality", "gl-code-quality-report.json"),
    ] {
        let damage = Damage {
            format,
            bad,
            document: true,
        };
        for path in files("gitlab", file) {
            damage.check(&path);
        }
    }
}

fn sast(severity: &str, status: &str) -> Parsed<Findings> {
    read(&format!(
        r#"{{"version":"15.0.7","vulnerabilities":[{{"id":"1","name":"n","severity":"{severity}","identifiers":[{{"type":"a","name":"A","value":"A-1"}},{{"value":"B"}}],"location":{{"file":"lib/a.ex","start_line":3}}}}],"scan":{{"scanner":{{"id":"Scan","version":"1"}},"status":"{status}"}}}}"#
    ))
}

#[test]
fn severities_and_the_state_of_the_scan() {
    let parsed = sast("High", "success");
    assert_eq!(
        parsed.completeness,
        Completeness::Complete,
        "{:?}",
        parsed.defects
    );
    assert_eq!((parsed.value.counts.high, parsed.value.total), (1, 1));
    assert_eq!(parsed.value.tool_id(), "scan");
    assert_eq!(parsed.value.list[0].rule, "A-1");
    let parsed = sast("Unknown", "success");
    assert_eq!(
        (parsed.value.ungraded(), parsed.completeness),
        (1, Completeness::Partial)
    );
    let parsed = sast("Low", "failure");
    assert_eq!(parsed.defects[0].kind, DefectKind::ToolError);
    assert_eq!(parsed.completeness, Completeness::Partial);
}

#[test]
fn issues_of_code_quality() {
    let parsed = read(
        r#"[{"description":"a","fingerprint":"1","severity":"minor","location":{"path":"lib/a.ex","lines":{"begin":3}}},
        {"description":"b","fingerprint":"1","severity":"blocker","location":{"path":"lib/a.ex","positions":{"begin":{"line":4,"column":2}}}},
        {"description":"c","fingerprint":"2","severity":"unknown","location":{"path":"lib/a.ex","lines":{"begin":1}}}]"#,
    );
    assert_eq!(
        parsed.completeness,
        Completeness::Complete,
        "{:?}",
        parsed.defects
    );
    let c = parsed.value.counts;
    assert_eq!((c.critical, c.low, parsed.value.ungraded()), (1, 1, 1));
    assert_eq!(parsed.value.list[1].line.map(u32::from), Some(4));
    let parsed = read(r#"[{"fingerprint":"1","location":{"path":"a"}}]"#);
    assert_eq!(parsed.completeness, Completeness::Partial);
    assert_eq!(parsed.value.total, 1);
}

#[test]
fn an_empty_array_is_a_report_only_where_it_is_asked_for() {
    assert!(parts(b"[]", 1 << 16).is_empty());
    let expect = Expect {
        format: format("gitlab-code_quality"),
        tool: None,
    };
    let mut bytes = &b"[]"[..];
    let streams = vec![(Stream::Out, &mut bytes as &mut dyn std::io::BufRead)];
    let parts = crate::read(streams, expect, &Limits::default()).0;
    assert_eq!(parts[0].parsed.completeness, Completeness::Complete);
}
