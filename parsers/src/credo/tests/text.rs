//! The default text: a list and its summary.

use super::{kinds, one};
use crate::damage::parts;
use crate::evidence::{Evidence, Finding};
use crate::{Completeness, DefectKind, Part};

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
