//! The three reports, and what damage does to them.

use crate::evidence::{Evidence, Findings};
use crate::stream_damage::{captures, parts};
use crate::{Completeness, DefectKind, Parsed, Tool};

fn read(text: &str) -> Parsed<Findings> {
    let mut parts = parts(text.as_bytes(), b"", 1 << 16);
    assert_eq!(parts.len(), 1, "{parts:?}");
    parts.swap_remove(0).parsed.map(|e| match e {
        Evidence::Findings(f) => f,
        other => panic!("{other:?}"),
    })
}

const HEAD: &str = "Doctor file found. Loading configuration.\n--------------------------------------------------------------------------------------------\n\
    Doc Cov  Spec Cov  Functions  Module      Module Doc  Struct Spec\n";

fn short(rows: &str, numbers: &str, verdict: &str) -> String {
    let rule = "-".repeat(94);
    format!(
        "{HEAD}{rows}{rule}\nSummary:\n\n{numbers}Total Doc Coverage: 99.5%\nTotal Spec Coverage: 100.0%\n\n{verdict}\n"
    )
}

const ROW: &str = "100%     N/A       1          Shop        Yes         N/A\n";

#[test]
fn damage_never_passes() {
    for mut capture in captures("doctor", Tool::Doctor) {
        // Standard error has only what Mix and the compiler say.
        capture.trim(<[u8]>::len);
        capture.check(Tool::Doctor);
    }
}

#[test]
fn a_clean_report_is_whole_with_its_verdict() {
    let text = short(
        ROW,
        "Passed Modules: 1\nFailed Modules: 0\n",
        "Doctor validation has passed!",
    );
    let parsed = read(&text);
    assert_eq!(
        parsed.completeness,
        Completeness::Complete,
        "{:?}",
        parsed.defects
    );
    assert_eq!(parsed.value.total, 0);
    assert_eq!(parsed.value.shares, [("docs", 9_950), ("specs", 10_000)]);
    for cut in 1..text.len() {
        let parts = parts(&text.as_bytes()[..cut], b"", 1 << 16);
        let whole = parts
            .iter()
            .any(|p| p.parsed.completeness == Completeness::Complete);
        assert!(!whole, "cut at {cut}");
    }
}

#[test]
fn numbers_that_do_not_agree_are_not_believed() {
    for (rows, numbers, verdict, kind) in [
        (
            ROW,
            "Passed Modules: 2\nFailed Modules: 0\n",
            "passed!",
            DefectKind::CountMismatch,
        ),
        (
            ROW,
            "Passed Modules: 0\nFailed Modules: 1\n",
            "passed!",
            DefectKind::Contradiction,
        ),
        (
            ROW,
            "Passed Modules: 1\n",
            "passed!",
            DefectKind::MissingField,
        ),
        (
            "",
            "Passed Modules: 0\nFailed Modules: 0\n",
            "passed!",
            DefectKind::NothingRan,
        ),
        (
            ROW,
            "Passed Modules: 1\nFailed Modules: 0\n",
            "gone!",
            DefectKind::UnknownValue,
        ),
    ] {
        let parsed = read(&short(
            rows,
            numbers,
            &format!("Doctor validation has {verdict}"),
        ));
        assert_eq!(parsed.completeness, Completeness::Partial, "{numbers}");
        assert!(
            parsed.defects.iter().any(|d| d.kind == kind),
            "{:?}",
            parsed.defects
        );
    }
}

#[test]
fn failed_modules_count_without_colours_and_without_rows() {
    let numbers = "Passed Modules: 0\nFailed Modules: 1\n";
    let parsed = read(&short(ROW, numbers, "Doctor validation has failed!"));
    assert_eq!(
        (parsed.value.total, parsed.completeness),
        (1, Completeness::Complete)
    );
    let numbers = "Passed Modules: 1\nFailed Modules: 0\n";
    let because = "Doctor validation has failed because Overall @doc coverage is below 100.";
    let parsed = read(&short(ROW, numbers, because));
    assert_eq!(
        parsed.value.list[0].message,
        "Overall @doc coverage is below 100."
    );
}

#[test]
fn files_with_spaces_and_cut_files() {
    let row = |file: &str| {
        format!("\u{1b}[31m0%       0%        Shop  {file}  2  2  2  No  No  \u{1b}[0m\n")
    };
    let numbers = "Passed Modules: 0\nFailed Modules: 2\n";
    let rows = row("lib/a b.ex") + &row(&"x".repeat(56));
    let parsed = read(&short(&rows, numbers, "Doctor validation has failed!"));
    let paths: Vec<_> = parsed
        .value
        .list
        .iter()
        .map(|f| f.path.as_deref())
        .collect();
    assert_eq!(paths, [Some("lib/a b.ex"), None]);
    let said = "Shop: docs 0%, specs 0% of 2 functions; no @moduledoc; no type of its struct";
    assert_eq!(parsed.value.list[0].message, said);
}

#[test]
fn the_whole_numbers_behind_the_percentages_are_counted() {
    let folder = std::path::Path::new(env!("CARGO_MANIFEST_DIR"))
        .join("../fixtures/captures/doctor/0.23.0-1.20.4");
    let of = |case: &str| {
        let text = std::fs::read_to_string(folder.join(case).join("stdout.txt")).unwrap();
        read(&text).value.counted
    };
    // 10 of 37 are 27.027 %, 14 of 15 are 93.333 %.
    let all = of("default");
    assert_eq!(
        all,
        [("docs", 10, 37), ("moduledocs", 14, 15), ("specs", 14, 37)]
    );
    // Only some rows, and rows without numbers.
    assert!(of("failed").is_empty());
    assert!(of("short").is_empty());
    let text = std::fs::read_to_string(folder.join("default/stdout.txt")).unwrap();
    let other = text.replace("Total Doc Coverage: 27.0%", "Total Doc Coverage: 28.0%");
    let counted = read(&other).value.counted;
    assert!(
        counted.iter().all(|(name, ..)| *name != "docs"),
        "{counted:?}"
    );
    let two = format!("{text}{text}");
    assert_eq!(read(&two).value.counted.first(), Some(&("docs", 20, 74)));
}
