//! The default text: findings with their fields, and the mark at the end of a scan.

use super::{BANNER, BREAK, END, finding, findings, kinds, one, scan, streams};
use crate::evidence::Severity;
use crate::{Completeness, DefectKind, Expect};

#[test]
fn no_finding_is_not_proven_by_an_end_mark_on_another_stream() {
    for (out, err) in [("", scan("")), (scan("").as_str(), String::new())] {
        let read = findings(streams(
            out.as_bytes(),
            err.as_bytes(),
            1 << 16,
            Expect::default(),
        ));
        assert_eq!(read.completeness, Completeness::Unproven);
        assert_eq!(kinds(&read), [DefectKind::NoEndMark]);
        assert_eq!(read.value.tool_version.as_deref(), Some("0.15.0"));
    }
}

#[test]
fn several_scans_in_one_log_need_an_end_each() {
    let found = finding("XSS.Raw: XSS", "File: a.ex\nLine: 1\n", "Low");
    let read = one(&(scan(&found) + &scan("")));
    assert_eq!(
        (read.completeness, read.value.total),
        (Completeness::Complete, 1)
    );
    let read = one(&(scan(&found) + BANNER));
    assert_eq!(kinds(&read), [DefectKind::Cut]);
    let read = one(&(scan(&found) + END));
    assert_eq!(kinds(&read), [DefectKind::Cut]);
}

#[test]
fn fields_and_severities() {
    let text = scan(
        &[
            finding(
                "Vuln.Plug: Known Vulnerable Dependency - Plug v1.3.1",
                "Details: Null byte\nFile: deps/plug/mix.exs\nCVE: CVE-2017-1000052\n",
                "Low",
            ),
            finding("Config.HSTS: HSTS Not Enabled", "", "Medium"),
            finding(
                "XSS.Raw: XSS",
                "File: a.ex\nLine: 7\nFunction: index:6\nTemplate: b.eex - @name\n",
                "High",
            ),
            finding(
                "Config.CSRFRoute: CSRF",
                "File: r.ex\nAction: update\nLine: 0\n",
                "High",
            ),
        ]
        .concat(),
    );
    let read = one(&text);
    assert_eq!(
        (read.completeness, kinds(&read)),
        (Completeness::Complete, vec![])
    );
    let [vuln, hsts, raw, route] = &read.value.list[..] else {
        panic!("{read:?}");
    };
    assert_eq!(
        (vuln.severity, vuln.confidence.as_deref()),
        (Severity::High, Some("low"))
    );
    assert_eq!(
        vuln.message,
        "Known Vulnerable Dependency - Plug v1.3.1 (details Null byte, cve CVE-2017-1000052)"
    );
    assert_eq!(
        (hsts.rule.as_str(), &hsts.path, hsts.severity),
        ("Config.HSTS", &None, Severity::Medium)
    );
    assert_eq!(raw.message, "XSS (template b.eex, variable @name)");
    assert_eq!(
        (raw.line.unwrap().get(), raw.function.as_deref()),
        (7, Some("index"))
    );
    assert_eq!(
        (route.line, route.message.as_str()),
        (None, "CSRF (route update)")
    );
}

#[test]
fn what_a_text_should_not_say_is_a_defect() {
    use DefectKind::{Contradiction, CountMismatch, Number, UnknownValue};
    let whole = scan(&finding("XSS.Raw: XSS", "File: a.ex\nLine: 1\n", "High"));
    for (from, to, kind) in [
        ("\u{1b}[31m", "\u{1b}[32m", Contradiction),
        ("Line: 1", "Line: x", Number),
        ("File: a.ex", "Nonsense", DefectKind::Cut),
        (BREAK, "\n", CountMismatch),
        ("\u{1b}[31mXSS", "\u{1b}[31mxss", CountMismatch),
    ] {
        let read = one(&whole.replace(from, to));
        assert_eq!(read.completeness, Completeness::Partial, "{to:?}");
        assert!(kinds(&read).contains(&kind), "{to:?} {:?}", read.defects);
    }
    let read = one(&whole.replace("Line: 1", "Line: 1\nWeight: 3"));
    assert_eq!(
        (read.completeness, kinds(&read)),
        (Completeness::Complete, vec![UnknownValue])
    );
}

#[test]
fn quiet_says_how_many_and_not_how_severe() {
    let read = one("Sobelow: 1 finding found. Run again without --quiet to review findings.\n");
    assert_eq!(
        (read.completeness, read.value.total),
        (Completeness::Partial, 1)
    );
    assert_eq!(kinds(&read), [DefectKind::MissingField]);
    for n in ["0", "99999999999999999999999"] {
        let read = one(&format!(
            "Sobelow: {n} findings found. Run again without --quiet\n"
        ));
        assert!(kinds(&read).contains(&DefectKind::Number), "{n}");
        assert_eq!(read.completeness, Completeness::Partial);
    }
}
