//! The three formats and the complaints, and what damage does to them.

use std::io::BufRead;

use crate::damage::{Damage, files, parts};
use crate::evidence::{Evidence, Finding, Findings, Severity};
use crate::{Completeness, DefectKind, Expect, Limits, Parsed, Part, Stream, format, read};

fn bad(evidence: &Evidence) -> bool {
    matches!(evidence, Evidence::Findings(f) if f.total > 0)
}

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

/// A report in the default text with this list and this summary.
fn text(list: &str, summary: &str) -> String {
    format!(
        "Checking 3 source files ...\n{list}\n\
         Please report incorrect results: https://github.com/rrrene/credo/issues\n\n\
         Analysis took 0.2 seconds (0.1s to load, 0.1s running 57 checks on 3 files)\n\
         9 mods/funs, found {summary}.\n\n\
         Showing priority issues: ↑ ↗ →  (use `mix credo explain` to explain issues, `mix credo --help` for options).\n"
    )
}

fn issue(fields: &str) -> String {
    format!("{{\"issues\": [{{{fields}}}]}}")
}

const FIELDS: &str = r#""category": "design", "check": "Credo.Check.Design.TagTODO", "column": null,
    "column_end": null, "filename": "lib/a.ex", "line_no": 3, "message": "Found", "priority": -3, "scope": null,
    "trigger": ["__no_trigger__"]"#;

/// Captures that differ from another one in nothing but the time that the run took.
static TWINS: [&str; 4] = ["all-strict", "badcheck", "color", "unknown-format"];

/// Damages every capture with a report of this format.
fn damage(format: &'static str, document: bool) {
    let damage = Damage {
        format,
        bad,
        document,
    };
    let mut checked = 0;
    for path in files("credo", "stdout.txt") {
        let whole = std::fs::read(&path).unwrap();
        let found = parts(&whole, 1 << 16);
        // Behind a document of the old tree, as `credo diff` prints it, damage may lie outside the report.
        let twin = TWINS.iter().any(|t| path.parent().unwrap().ends_with(t));
        if found.iter().any(|p| p.format == format) && whole.len() < 60_000 && !twin {
            damage.check(&path);
            checked += 1;
        }
    }
    assert!(checked > 2, "{format}: {checked}");
}

#[test]
fn damage_to_json_never_passes() {
    damage("credo-json", true);
}

#[test]
fn damage_to_the_default_text_never_passes() {
    damage("credo-text", false);
}

#[test]
fn damage_to_oneline_never_passes() {
    damage("credo-oneline", false);
}

#[test]
fn damage_to_flycheck_never_passes() {
    damage("credo-flycheck", false);
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
    for name in super::json::FIELDS {
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

#[test]
fn a_list_and_its_summary_have_to_agree() {
    let list =
        "\n  Software Design   \n┃ \n┃ [D] → Found \n┃       it\n┃       lib/a.ex:3:1 #(A.b)\n";
    let read = one(&text(list, "1 software design suggestion"));
    assert_eq!(
        (read.completeness, read.value.total),
        (Completeness::Complete, 1)
    );
    let found = &read.value.list[0];
    assert_eq!(
        (found.message.as_str(), found.rule.as_str()),
        ("Found it", "design")
    );
    assert_eq!(found.function.as_deref(), Some("A.b"));
    for summary in [
        "no issues",
        "2 software design suggestions",
        "1 warning",
        "1 warning, 1 software design suggestion",
    ] {
        let read = one(&text(list, summary));
        assert_eq!(read.completeness, Completeness::Partial, "{summary}");
        assert!(
            kinds(&read).contains(&DefectKind::CountMismatch),
            "{summary}"
        );
        assert!(read.value.total > 0, "{summary}");
    }
    for summary in [
        "0 warnings",
        "1 warnings",
        "2 warning",
        "1 warning, 1 warning",
        "something",
    ] {
        assert!(kinds(&one(&text("", summary))).contains(&DefectKind::UnknownValue));
    }
}

#[test]
fn issues_of_a_projects_own_categories_count_though_the_summary_knows_none() {
    let list = "\n  Category: docs   \n┃ \n┃ [D] ↘ Found\n┃       lib/a.ex #()\n┃  ...  (7 more, use `--all` to show them)\n";
    let read = one(&text(list, "no issues"));
    assert_eq!(
        (read.completeness, read.value.total),
        (Completeness::Complete, 8)
    );
    assert_eq!(read.value.list[0].category.as_deref(), Some("docs"));
    // A check of another letter that the project moved here.
    let list = list.replace("[D]", "[R]");
    assert_eq!(one(&text(&list, "no issues")).value.total, 8);
    for (lost, kind) in [
        ("┃ [D] ↘ Found\n", DefectKind::Cut),
        ("┃       lib/a.ex #()\n", DefectKind::MissingField),
        ("  Category: docs   \n", DefectKind::CountMismatch),
    ] {
        let list =
            "\n  Category: docs   \n┃ \n┃ [D] ↘ Found\n┃       lib/a.ex #()\n".replace(lost, "");
        assert!(
            kinds(&one(&text(&list, "no issues"))).contains(&kind),
            "{lost}"
        );
    }
}

#[test]
fn nothing_that_ran_is_never_clean() {
    for (from, to) in [
        ("9 mods", "0 mods"),
        ("on 3 files", "on 0 files"),
        ("57 checks", "0 checks"),
    ] {
        let read = one(&text("", "no issues").replace(from, to));
        assert!(kinds(&read).contains(&DefectKind::NothingRan), "{to}");
        assert_eq!(read.completeness, Completeness::Partial, "{to}");
    }
    let read = one(&text("", "no issues").replace("on 3 files", "on 4 files"));
    assert_eq!(kinds(&read), [DefectKind::CountMismatch]);
}

#[test]
fn a_list_without_issues_is_clean_though_it_says_that_no_files_were_found() {
    let whole = format!("\n{}", text("", "no issues"))
        .replace("Checking 3 source files ...", "No files found!");
    let read = one(&whole);
    assert_eq!(
        (read.completeness, kinds(&read)),
        (Completeness::Complete, vec![])
    );
    assert_eq!(
        parts(b"No files found!\n", 1 << 16),
        [],
        "anybody says that"
    );
}

#[test]
fn a_short_summary_is_unproven() {
    let whole = text("", "no issues");
    let at = whole.find("Analysis").unwrap();
    let short: String = whole[at..]
        .lines()
        .take(2)
        .map(|l| format!("{l}\n"))
        .collect();
    let read = one(&short);
    assert_eq!(read.completeness, Completeness::Unproven);
    assert_eq!(parts(short.repeat(3).as_bytes(), 1 << 16).len(), 3);
    // The same two lines behind others of the report are its end, and the rest is lost.
    let read = one(&whole[whole.find("Please").unwrap()..]);
    assert_eq!(read.completeness, Completeness::Partial);
}

#[test]
fn reports_are_kept_apart_and_bounded() {
    let two = text("", "no issues").repeat(2);
    assert_eq!(parts(two.as_bytes(), 1 << 16).len(), 2);
    let many = text("", "1 warning").repeat(1000);
    let parts = parts(many.as_bytes(), 1 << 16);
    let total = |p: &Part| match &p.parsed.value {
        Evidence::Findings(f) => f.total,
        _ => 0,
    };
    assert_eq!(parts.iter().map(total).sum::<u64>(), 1000);
    assert!(parts.len() < 100);
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

#[test]
fn a_check_is_named_with_verbose_only() {
    let list = |source: &str| {
        format!(
            "\n  Code Readability\n┃ \n┃ [R] → Too long. [My.Check]\n┃       lib/a.ex:3 #(A)\n{source}"
        )
    };
    let rule = |list: &str| {
        let read = one(&text(list, "1 code readability issue"));
        assert_eq!(read.completeness, Completeness::Complete);
        let Finding { rule, message, .. } = read.value.list[0].clone();
        (rule, message)
    };
    assert_eq!(
        rule(&list("┃ \n┃       source\n┃ \n")),
        ("My.Check".into(), "Too long.".into())
    );
    assert_eq!(
        rule(&list("")),
        ("readability".into(), "Too long. [My.Check]".into())
    );
    // An empty source line with a marker under it.
    assert_eq!(rule(&list("┃ \n┃       \n┃       ^\n┃ \n")).0, "My.Check");
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
