use std::num::NonZeroU32;

use gatekeeper_parsers::evidence::Lines;

use super::*;

fn covered(path: &str, lines: &[(u32, u64)]) -> FileCoverage {
    let lines: Lines = lines
        .iter()
        .map(|(l, n)| (NonZeroU32::new(*l).unwrap(), *n))
        .collect();
    let ran = lines.iter().filter(|(_, n)| *n > 0).count() as u64;
    FileCoverage {
        path: Some(path.into()),
        module: None,
        measure: Measure::Lines {
            covered: ran,
            relevant: lines.len() as u64,
        },
        lines,
    }
}

fn changed(path: &str, lines: &[Span]) -> Change {
    Change {
        path: path.into(),
        from: None,
        kind: Kind::Text,
        lines: lines.to_vec(),
        whitespace: 0,
    }
}

fn joined(changes: Changes, files: Vec<FileCoverage>) -> Patch {
    let mut changes = changes;
    changes
        .tree
        .extend(changes.files.iter().map(|f| f.path.clone()));
    let coverage = CoverageReport {
        files,
        ..CoverageReport::default()
    };
    measure(&changes, Some(&coverage))
}

fn of(files: Vec<Change>) -> Changes {
    Changes {
        files,
        ..Changes::default()
    }
}

#[test]
fn relevant_lines_count_and_the_rest_is_no_data() {
    let patch = joined(
        of(vec![changed("lib/a.ex", &[(1, 4), (9, 12)])]),
        vec![covered(
            "lib/a.ex",
            &[(2, 1), (4, 0), (7, 0), (9, 5), (12, 0)],
        )],
    );
    assert_eq!((patch.covered, patch.relevant), (2, 4));
    assert_eq!(patch.uncovered, [("lib/a.ex".to_owned(), vec![4, 12])]);
    assert_eq!(patch.no_data[0].lines, [(1, 1), (3, 3), (10, 11)]);
    assert_eq!(patch.no_data[0].why, Why::NotRelevant);
    assert_eq!((patch.open().count(), not_relevant(&patch)), (0, 4));
}

#[test]
fn code_that_no_source_knows_is_open_and_tests_are_elsewhere() {
    let none = [(1, 1)];
    let patch = joined(
        of(vec![
            changed("apps/a/lib/new.ex", &none),
            changed("lib/a.html.heex", &none),
            changed("apps/config/lib/app/test/new.ex", &none),
            changed("apps/a/test/support/case.ex", &none),
            changed("deps/x/lib/x.ex", &none),
            changed("mix.exs", &none),
            changed("README.md", &none),
            changed("lib/empty.ex", &[]),
            changed("lib/test", &none),
        ]),
        vec![],
    );
    let all: Vec<_> = patch
        .no_data
        .iter()
        .map(|n| (n.path.as_str(), n.why))
        .collect();
    assert_eq!(
        all,
        [
            ("apps/a/lib/new.ex", Why::UnknownFile),
            ("lib/a.html.heex", Why::Template),
            ("apps/config/lib/app/test/new.ex", Why::UnknownFile)
        ]
    );
    assert_eq!(
        (patch.open().count(), patch.elsewhere, patch.relevant),
        (2, 5, 0)
    );
}

#[test]
fn a_file_without_lines_is_told_from_one_without_relevant_lines() {
    let rounded = FileCoverage {
        measure: Measure::Rounded { hundredths: 10_000 },
        ..covered("lib/a.ex", &[])
    };
    let changes = || of(vec![changed("lib/a.ex", &[(1, 9)])]);
    assert_eq!(
        joined(changes(), vec![rounded]).no_data[0].why,
        Why::NoLines
    );
    let types_only = covered("lib/a.ex", &[]);
    assert_eq!(
        joined(changes(), vec![types_only]).no_data[0].why,
        Why::NotRelevant
    );
}

#[test]
fn paths_of_reports_are_found_where_exactly_one_file_fits() {
    let files = [
        "shop/lib/a.ex",
        "shop/apps/x/lib/same.ex",
        "shop/apps/y/lib/same.ex",
        "shop/apps/y/lib/one.ex",
        "other/lib/one.ex",
    ];
    let place = |path: &str| {
        let changes = Changes {
            prefix: "shop/".into(),
            root: "/src/shop".into(),
            ..of(files.iter().map(|f| changed(f, &[(1, 1)])).collect())
        };
        let patch = joined(changes, vec![covered(path, &[(1, 1)])]);
        let open: Vec<String> = patch.open().map(|n| n.path.clone()).collect();
        let all = [
            "lib/a.ex",
            "apps/x/lib/same.ex",
            "apps/y/lib/same.ex",
            "apps/y/lib/one.ex",
        ];
        all.into_iter().find(|p| !open.iter().any(|o| o == p))
    };
    assert_eq!(place("lib/a.ex"), Some("lib/a.ex"));
    assert_eq!(place("./lib/a.ex"), Some("lib/a.ex"));
    assert_eq!(place("/src/shop/lib/a.ex"), Some("lib/a.ex"));
    assert_eq!(place("/home/runner/work/shop/lib/a.ex"), Some("lib/a.ex"));
    assert_eq!(place("lib/one.ex"), Some("apps/y/lib/one.ex"));
    assert_eq!(place("/ci/apps/x/lib/same.ex"), Some("apps/x/lib/same.ex"));
    assert_eq!(place("lib/same.ex"), None);
    assert_eq!(place("shop/lib/a.ex"), None);
    assert_eq!(place("xlib/a.ex"), None);
}

#[test]
fn who_changes_the_rules_is_named() {
    let files = [
        "coveralls.json",
        "docs/coveralls.json",
        "gatekeeper.baseline.json",
    ];
    let patch = joined(of(files.map(|f| changed(f, &[(1, 1)])).to_vec()), vec![]);
    assert_eq!(patch.notes.len(), 2, "{:?}", patch.notes);
}

#[test]
fn a_huge_span_costs_nothing() {
    let patch = joined(
        of(vec![changed("lib/a.ex", &[(1, u32::MAX)])]),
        vec![covered("lib/a.ex", &[(u32::MAX, 0)])],
    );
    assert_eq!(
        (patch.relevant, not_relevant(&patch)),
        (1, u64::from(u32::MAX) - 1)
    );
}
