//! The table and the JSON report, and what damage does to them.

use crate::damage::{Damage, files, parts};
use crate::evidence::{Coverage, Evidence, Measure};
use crate::{Completeness, DefectKind, Parsed, Part};

/// Bad news: less than 80 %, or the project's own minimum missed.
fn bad(evidence: &Evidence) -> bool {
    let Evidence::Coverage(c) = evidence else {
        return false;
    };
    let low = |m: &Measure| matches!(m, Measure::Lines { covered, relevant } if covered * 100 < relevant * 80);
    c.missed_threshold.is_some() || c.totals.iter().any(low)
}

fn part(text: &str) -> Part {
    parts(text.as_bytes(), 1 << 16).swap_remove(0)
}

fn coverage(text: &str) -> Parsed<Coverage> {
    part(text).parsed.map(|e| match e {
        Evidence::Coverage(c) => c,
        other => panic!("{other:?}"),
    })
}

fn kinds(read: &Parsed<Coverage>) -> Vec<DefectKind> {
    read.defects.iter().map(|d| d.kind).collect()
}

/// `(lines, relevant, missed)` of each file, with the percentages that ExCoveralls would print.
fn table(rows: &[(&str, u64, u64, u64)], width: usize) -> String {
    let percent = |c: u64, r: u64| (c * 1000).checked_div(r).unwrap_or(0);
    let shown = |tenths: u64| format!("{:>5}", format!("{}.{}", tenths / 10, tenths % 10));
    let (mut text, mut sums) = (String::from("----------------\n"), (0, 0));
    text += &format!("COV    {:<width$}    LINES RELEVANT   MISSED\n", "FILE");
    for (name, lines, relevant, missed) in rows {
        let covered = relevant - missed;
        sums = (sums.0 + covered, sums.1 + relevant);
        let share = shown(percent(covered, *relevant));
        text += &format!("{share}% {name:<width$.width$} {lines:>8} {relevant:>8} {missed:>8}\n");
    }
    text + &format!(
        "[TOTAL] {}%\n----------------\n",
        shown(percent(sums.0, sums.1))
    )
}

#[test]
fn damage_to_a_table_never_passes() {
    let damage = Damage {
        format: "excoveralls-table",
        bad,
        document: false,
    };
    for path in files("excoveralls", "stdout.txt") {
        damage.check(&path);
    }
}

#[test]
fn damage_to_a_json_report_never_passes() {
    let damage = Damage {
        format: "excoveralls-json",
        bad,
        document: true,
    };
    for path in files("excoveralls", "excoveralls.json") {
        damage.check(&path);
    }
}

#[test]
fn names_that_fill_their_column_are_kept_as_printed() {
    let read = coverage(&table(&[("lib/a_long_name.ex", 9, 4, 1)], 10));
    assert_eq!(read.completeness, Completeness::Complete);
    assert_eq!(kinds(&read), [DefectKind::Limit]);
    assert_eq!(read.value.files[0].path.as_deref(), Some("lib/a_long"));
}

#[test]
fn asterisks_are_no_number() {
    let text = table(&[("lib/a.ex", 99_999_999, 4, 1), ("lib/b.ex", 9, 4, 1)], 40);
    let read = coverage(&text.replace("99999999", "********"));
    assert_eq!(read.completeness, Completeness::Partial);
    assert_eq!(kinds(&read), [DefectKind::Number]);
    assert_eq!(read.value.files.len(), 1);
}

#[test]
fn percentages_are_checked_against_the_numbers() {
    let good = table(&[("lib/a.ex", 100, 50, 21), ("lib/b.ex", 100, 30, 10)], 40);
    assert_eq!(coverage(&good).completeness, Completeness::Complete);
    // Floating point makes 57.9 out of 29 of 50, and a project may want its percentages rounded.
    for (from, to) in [(" 58.0%", " 57.9%"), (" 66.6%", " 66.7%")] {
        let read = coverage(&good.replace(from, to));
        assert_eq!(read.completeness, Completeness::Complete, "{to}");
    }
    for (from, to) in [
        (" 58.0%", " 58.1%"),
        (" 66.6%", " 66.5%"),
        ("[TOTAL]  6", "[TOTAL]  9"),
    ] {
        let read = coverage(&good.replace(from, to));
        assert_eq!(read.completeness, Completeness::Partial, "{to}");
        assert_eq!(kinds(&read), [DefectKind::CountMismatch]);
    }
}

#[test]
fn a_total_alone_has_bounds_and_no_proof() {
    let read = coverage("Test Coverage [TOTAL]  66.7%\n\n");
    assert_eq!(read.completeness, Completeness::Unproven);
    let bounds = Measure::Between {
        at_least: 6665,
        below: 6680,
    };
    assert_eq!(read.value.totals, [bounds]);
    let cut = coverage("Test Coverage [TOTAL]  66.7%");
    assert_eq!(cut.completeness, Completeness::Partial);
}

#[test]
fn a_missed_minimum_repeats_the_total() {
    let text = table(&[("lib/a.ex", 100, 50, 10)], 40);
    let good = format!("{text}FAILED: Expected minimum coverage of 95%, got 80.0%.\n");
    let read = coverage(&good);
    assert_eq!(read.completeness, Completeness::Complete);
    assert_eq!(
        read.value.missed_threshold.as_ref().unwrap().required,
        "95%"
    );
    for (from, to) in [("80.0%.", "81.0%."), ("of 95%", "of 70%")] {
        let read = coverage(&good.replace(from, to));
        assert_eq!(read.completeness, Completeness::Partial);
        assert_eq!(kinds(&read), [DefectKind::Contradiction]);
    }
}

#[test]
fn a_table_without_relevant_lines_is_no_coverage() {
    for text in [table(&[("lib/a.ex", 9, 0, 0)], 40), table(&[], 40)] {
        let read = coverage(&text);
        assert_eq!(read.completeness, Completeness::Complete);
        assert_eq!(kinds(&read), [DefectKind::NothingRan]);
        let none = Measure::Lines {
            covered: 0,
            relevant: 0,
        };
        assert_eq!(read.value.totals, [none]);
    }
}

#[test]
fn a_crash_is_no_coverage() {
    let text = "** (RuntimeError) Failed to parse config file\n    (excoveralls 0.18.5) lib/excoveralls/settings.ex:72: ExCoveralls.Settings.read_config_file/1\n";
    let part = part(text);
    assert_eq!(part.parsed.value, Evidence::Nothing);
    assert_eq!(part.parsed.completeness, Completeness::Unreadable);
    assert_eq!(part.parsed.defects.len(), 1);
}

#[test]
fn lines_of_the_json_report() {
    let read = coverage(
        r#"{"source_files":[{"name":"a.ex","source":"x\ny\nz\n","coverage":[null,0,7,null]}]}"#,
    );
    assert_eq!(read.completeness, Completeness::Complete);
    let file = &read.value.files[0];
    let lines: Vec<(u32, u64)> = file.lines.iter().map(|(l, n)| (l.get(), n)).collect();
    assert_eq!(lines, [(2, 0), (3, 7)]);
    let half = Measure::Lines {
        covered: 1,
        relevant: 2,
    };
    assert_eq!((file.measure, &read.value.totals[..]), (half, &[half][..]));
}

#[test]
fn entries_that_are_no_counts_are_defects() {
    for bad in [
        "-1",
        "1.5",
        "\"1\"",
        "true",
        "[]",
        "{}",
        "1e400",
        "18446744073709551616",
    ] {
        let text = format!(r#"{{"source_files":[{{"name":"a.ex","coverage":[1,{bad}]}}]}}"#);
        let read = coverage(&text);
        assert_eq!(read.completeness, Completeness::Partial, "{bad}");
        if bad != "1e400" {
            assert_eq!(kinds(&read), [DefectKind::Number], "{bad}");
            let at = read.defects[0].at.path.as_deref();
            assert_eq!(at, Some("source_files[0].coverage[1]"));
        }
    }
}

#[test]
fn json_that_is_not_whole_is_partial() {
    let entry = r#"{"name":"a.ex","source":"x","coverage":[1]}"#;
    for (text, kind) in [
        (format!(r#"{{"source_files":[{entry}"#), DefectKind::Cut),
        (
            format!(r#"{{"source_files":[{entry}]}} x"#),
            DefectKind::TrailingText,
        ),
        (
            format!(r#"{{"source_files":[{entry}]}}{{}}"#),
            DefectKind::TrailingText,
        ),
        (
            format!(r#"{{"source_files":[{entry} {entry}]}}"#),
            DefectKind::Syntax,
        ),
        (
            r#"{"source_files":[{"name":"a.ex","coverage":[NaN]}]}"#.into(),
            DefectKind::Syntax,
        ),
        (
            r#"{"source_files":[{"name":"a.ex"}]}"#.into(),
            DefectKind::MissingField,
        ),
        (
            r#"{"source_files":[{"coverage":[1]}]}"#.into(),
            DefectKind::MissingField,
        ),
        (
            r#"{"source_files":[{"name":"a","source":"x\ny","coverage":[1]}]}"#.into(),
            DefectKind::CountMismatch,
        ),
        (r#"{"source_files":null}"#.into(), DefectKind::Syntax),
        (
            r#"{"source_files":[{"name":"a","name":"b","coverage":[1]}]}"#.into(),
            DefectKind::Syntax,
        ),
        (
            format!(r#"{{"source_files":{}"#, "[".repeat(1000)),
            DefectKind::Syntax,
        ),
        (
            format!(r#"{{"source_files":[],"x":{}"#, "[".repeat(1000)),
            DefectKind::Limit,
        ),
    ] {
        let parts = parts(text.as_bytes(), 1 << 16);
        let Some(part) = parts.first() else {
            panic!("{text} is not recognised");
        };
        assert!(part.parsed.completeness >= Completeness::Partial, "{text}");
        assert_eq!(part.parsed.defects[0].kind, kind, "{text}");
    }
}

#[test]
fn files_of_the_same_name_are_united() {
    let read = coverage(
        r#"{"source_files":[{"name":"a","coverage":[1,0,null]},{"name":"a","coverage":[0,0,1]}]}"#,
    );
    assert_eq!(read.completeness, Completeness::Partial);
    assert_eq!(kinds(&read), [DefectKind::Contradiction]);
    let united = Measure::Lines {
        covered: 2,
        relevant: 3,
    };
    assert_eq!(read.value.totals, [united]);
}

#[test]
fn lines_that_are_not_kept_would_be_missing() {
    let list = vec!["0"; 100_001].join(",");
    let read = coverage(&format!(
        r#"{{"source_files":[{{"name":"a","coverage":[{list}]}}]}}"#
    ));
    assert_eq!(read.completeness, Completeness::Partial);
    assert_eq!(kinds(&read), [DefectKind::Limit]);
}

/// Twenty files of as many lines as are kept for all, and one more.
#[test]
fn lines_of_all_files_are_bounded() {
    let list = format!("{}1", "1,".repeat(crate::cover::ALL_LINES / 20 - 1));
    let file = |n: usize| format!(r#"{{"name":"{n}","coverage":[{list}]}}"#);
    let document = |files: &[String]| format!(r#"{{"source_files":[{}]}}"#, files.join(","));
    let mut files: Vec<String> = (0..20).map(file).collect();
    assert_eq!(
        coverage(&document(&files)).completeness,
        Completeness::Complete
    );
    files.extend([r#"{"name":"x","coverage":[0]}"#.to_owned(), file(21)]);
    let read = coverage(&document(&files));
    assert_eq!(read.completeness, Completeness::Partial);
    assert_eq!(kinds(&read), [DefectKind::Limit]);
    let kept = read.value.files.iter().map(|f| f.lines.len());
    assert_eq!(kept.sum::<usize>(), crate::cover::ALL_LINES);
    let all = Measure::Lines {
        covered: 2_100_000,
        relevant: 2_100_001,
    };
    assert_eq!(read.value.totals, [all]);
}

#[test]
fn other_json_is_not_ours() {
    for text in [
        r#"{"issues":[{"message":"\"source_files\":"}]}"#,
        r#"{"a":{"source_files":[]}}"#,
        r#"["source_files"]"#,
        "{\"source_files\"}",
        "{:ok, \"source_files\"}",
    ] {
        assert!(parts(text.as_bytes(), 1 << 16).is_empty(), "{text}");
    }
}

/// The tests above are whole, so nothing but the first bytes of the table tells that more was there.
#[test]
fn a_table_that_is_cut_in_its_head_is_not_overlooked() {
    let rule = "----------------\n";
    for end in ["", "C", "COV    FI", "COV    FILE                  LINES R"] {
        let log = format!("Finished in 0.1 seconds\n{rule}{end}");
        let parts = crate::damage::parts(log.as_bytes(), 4096);
        let table = parts.iter().find(|p| p.format == "excoveralls-table");
        let completeness = table.map(|p| p.parsed.completeness);
        assert_eq!(completeness, Some(crate::Completeness::Partial), "{end}");
    }
    let other = crate::damage::parts(format!("{rule}and more\n").as_bytes(), 4096);
    assert!(other.iter().all(|p| p.format != "excoveralls-table"));
}
