//! The two formats and the complaints, and what damage does to them.

use std::io::{BufRead, BufReader};

use crate::damage::{Damage, files, parts};
use crate::evidence::{Evidence, Findings, Severity};
use crate::{Completeness, DefectKind, Expect, Limits, Parsed, Part, Stream, format, read};

const BANNER: &str = "\
##############################################
#                                            #
#          Running Sobelow - v0.15.0         #
#                                            #
##############################################

";
const END: &str = "... SCAN COMPLETE ...\n\n";
const BREAK: &str = "\n-----------------------------------------------\n\n";

fn bad(evidence: &Evidence) -> bool {
    matches!(evidence, Evidence::Findings(f) if f.total > 0)
}

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
fn damage_to_json_never_passes() {
    let damage = Damage {
        format: "sobelow-json",
        bad,
        document: true,
    };
    let mut checked = 0;
    for path in files("sobelow", "stdout.txt") {
        let whole = std::fs::read(&path).unwrap();
        if parts(&whole, 1 << 16)
            .iter()
            .any(|p| p.format == "sobelow-json")
        {
            damage.check(&path);
            checked += 1;
        }
    }
    assert!(checked > 1, "{checked}");
}

/// Whether the two streams read as complete and clean.
fn clean(out: &[u8], err: &[u8]) -> bool {
    let parts = streams(out, err, 1 << 16, Expect::default());
    let whole = |p: &Part| p.parsed.completeness == Completeness::Complete;
    !parts.is_empty() && parts.iter().all(|p| whole(p) && !bad(&p.parsed.value))
}

/// Everything that can be done to one text, given what makes it a whole one.
fn damage(text: &[u8], is_clean: impl Fn(&[u8]) -> bool) {
    assert!(!is_clean(text));
    let step = (text.len() / 700).max(1);
    let mut bytes = text.to_vec();
    for at in (0..text.len()).step_by(step) {
        assert!(!is_clean(&text[..at]), "cut at byte {at}");
        for changed in [text[at] ^ 1, b'#'] {
            bytes[at] = changed;
            assert!(!is_clean(&bytes), "byte {at} changed");
        }
        bytes[at] = text[at];
    }
    let lines: Vec<&[u8]> = text.split_inclusive(|b| *b == b'\n').collect();
    for dropped in 0..lines.len() {
        let mut left = lines.clone();
        left.remove(dropped);
        assert!(!is_clean(&left.concat()), "line {dropped} dropped");
    }
}

#[test]
fn damage_to_text_never_passes() {
    let mut checked = 0;
    for path in files("sobelow", "stdout.txt") {
        let out = std::fs::read(&path).unwrap();
        let err = std::fs::read(path.with_file_name("stderr.txt")).unwrap();
        let whole = streams(&out, &err, 1 << 16, Expect::default());
        if whole.iter().all(|p| p.format != "sobelow-text") {
            continue;
        }
        for step in 1..8 {
            assert_eq!(streams(&out, &err, step, Expect::default()), whole);
        }
        damage(&out, |out| clean(out, &err));
        damage(&err, |err| clean(&out, err));
        let both = [BANNER.as_bytes(), &out, END.as_bytes()].concat();
        damage(&both, |both| clean(both, b""));
        checked += 1;
    }
    assert!(checked > 2, "{checked}");
}

#[test]
fn damage_to_a_single_finding_never_passes() {
    let text = scan(&finding(
        "Config.HTTPS: HTTPS Not Enabled",
        "File: config/prod.exs\n",
        "High",
    ));
    let read = one(&text);
    assert_eq!(
        (read.completeness, read.value.total),
        (Completeness::Complete, 1)
    );
    damage(text.as_bytes(), |text| clean(text, b""));
}

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

#[test]
fn what_json_should_not_say_is_a_defect() {
    use DefectKind::{
        Contradiction, CountMismatch, MissingField, Number, TrailingText, UnknownValue,
    };
    const ONE: &str =
        "{\"type\": \"XSS.Raw: XSS\", \"file\": \"a.ex\", \"line\": 0, \"variable\": null}";
    let whole = format!(
        "{{\"findings\": {{\"high_confidence\": [{ONE}], \"low_confidence\": [], \"medium_confidence\": []}}, \
         \"sobelow_version\": \"0.15.0\", \"total_findings\": 1}}"
    );
    let read = one(&whole);
    assert_eq!(
        (read.completeness, kinds(&read)),
        (Completeness::Complete, vec![])
    );
    assert_eq!((read.value.list[0].line, read.value.counts.high), (None, 1));
    for (from, to, kind) in [
        (
            "\"total_findings\": 1",
            "\"total_findings\": 2",
            CountMismatch,
        ),
        (
            "\"total_findings\": 1",
            "\"total_findings\": 0",
            CountMismatch,
        ),
        ("\"total_findings\": 1", "\"total_findings\": -1", Number),
        ("\"total_findings\": 1", "\"total_findings\": null", Number),
        (", \"total_findings\": 1", "", MissingField),
        ("\"sobelow_version\": \"0.15.0\", ", "", MissingField),
        ("\"low_confidence\": [], ", "", MissingField),
        (
            "\"low_confidence\": []",
            "\"low_confidence\": [], \"none_confidence\": []",
            UnknownValue,
        ),
        (
            "\"low_confidence\": []",
            "\"low_confidence\": [], \"low_confidence\": []",
            Contradiction,
        ),
        ("\"file\": \"a.ex\", ", "", MissingField),
        ("\"line\": 0", "\"line\": \"0\"", Number),
        ("\"line\": 0", "\"line\": 0, \"line\": 1", Contradiction),
        (
            "\"total_findings\": 1}",
            "\"total_findings\": 1} x",
            TrailingText,
        ),
    ] {
        let read = one(&whole.replace(from, to));
        assert_eq!(read.completeness, Completeness::Partial, "{to}");
        assert_eq!(kinds(&read), [kind], "{to}");
        assert!(read.value.total > 0, "{to}");
    }
    let read = one(&whole.replace("\"line\": 0", "\"line\": 0, \"weight\": 1"));
    assert_eq!(
        (read.completeness, kinds(&read)),
        (Completeness::Complete, vec![UnknownValue])
    );
}

#[test]
fn the_colour_of_a_compact_row_is_its_confidence() {
    let row = |colour: &str, rest: &str| format!("\u{1b}[{colour}m[+]\u{1b}[0m {rest}\n");
    let text = row("31", "Config.HTTPS: HTTPS Not Enabled - config/prod.exs:0")
        + &row("33", "XSS.Raw: XSS - lib/a.ex:4")
        + &row("32", "SQL.Query: SQL injection - lib/b - c.ex:5")
        + &row(
            "32",
            "Vuln.Plug: Known Vulnerable Dependency - Plug v1.3.1 - mix.lock:0",
        );
    let parts = parts(text.as_bytes(), 1 << 16);
    assert_eq!(parts[0].format, "sobelow-compact");
    let read = findings(parts);
    assert_eq!(
        (read.completeness, kinds(&read)),
        (Completeness::Unproven, vec![DefectKind::NoEndMark])
    );
    let rows: Vec<_> = read.value.list.iter().collect();
    let severities: Vec<_> = rows.iter().map(|f| f.severity).collect();
    use Severity::{High, Low, Medium};
    assert_eq!(severities, [High, Medium, Low, High]);
    assert_eq!(
        (rows[0].path.as_deref(), rows[0].line),
        (Some("config/prod.exs"), None)
    );
    assert_eq!(
        (rows[1].rule.as_str(), rows[1].message.as_str()),
        ("XSS.Raw", "XSS")
    );
    assert_eq!(rows[2].path.as_deref(), Some("c.ex"));
    assert_eq!(rows[3].message, "Known Vulnerable Dependency - Plug v1.3.1");
}

#[test]
fn a_compact_row_without_its_colour_is_of_unknown_severity() {
    for colour in ["", "\u{1b}[1m", "\u{1b}[34m", "\u{1b}[0m\u{1b}[32m"] {
        let read = one(&format!("{colour}[+]\u{1b}[0m XSS.Raw: XSS - lib/a.ex:4\n"));
        assert_eq!(read.completeness, Completeness::Partial, "{colour:?}");
        assert_eq!((read.value.total, read.value.ungraded()), (1, 1));
        assert_eq!(read.value.list[0].rule, "XSS.Raw");
    }
    let read = one("[+] Vuln.Plug: Old - Plug v1 - mix.lock:0\n");
    assert_eq!(read.value.counts.high, 1);
    // A row that was damaged among others, and what other tools print.
    let read = one(
        "\u{1b}[32m[+]\u{1b}[0m XSS.Raw: XSS - lib/a.ex:4\n\u{1b}[31m[+]\u{1b}[0m XSS#Raw: XSS\n",
    );
    assert_eq!(read.completeness, Completeness::Partial);
    for other in [
        "[+] Building 2.3s (3/3) FINISHED\n",
        "[+] A.b: c\n",
        "[+] a: b - c:1\n",
    ] {
        assert_eq!(parts(other.as_bytes(), 1 << 16), [], "{other}");
    }
}

#[test]
fn flycheck_says_nothing_of_severities() {
    let text = "lib/a.ex:4: XSS.Raw: XSS\nconfig/prod.exs:0: Config.HTTPS: HTTPS Not Enabled\n\
                a: b/c.ex:5: New.Rule: one: two\nmix.lock:0: Vuln.Plug: Old - Plug v1\n";
    let found = parts(text.as_bytes(), 1 << 16);
    assert_eq!(found[0].format, "sobelow-flycheck");
    let read = findings(found);
    assert_eq!(read.completeness, Completeness::Partial);
    assert_eq!((read.value.total, read.value.ungraded()), (4, 3));
    assert_eq!((read.value.counts.high, read.value.list.len()), (1, 4));
    let last = &read.value.list[2];
    assert_eq!(
        (
            last.path.as_deref(),
            last.rule.as_str(),
            last.message.as_str()
        ),
        (Some("a: b/c.ex"), "New.Rule", "one: two")
    );
    for other in [
        "lib/a.ex:4: Foo.Bar: baz\n",
        "lib/a.ex:4: warning: XSS.Raw: x\n",
        "  lib/a.ex:4: XSS.Raw: x\n",
        "lib/a.ex: XSS.Raw: x\n",
        "** (XSS.Raw) x\n",
    ] {
        assert_eq!(parts(other.as_bytes(), 1 << 16), [], "{other}");
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
