//! Coverage of several sources together.

use std::num::NonZeroU32;

use gatekeeper_parsers::{Completeness, Defect, DefectKind, Evidence, Position, Tool};

use super::witnesses::EXPORT;
use super::*;

fn file(path: Option<&str>, module: Option<&str>, lines: &[(u32, u64)]) -> FileCoverage {
    let lines = lines
        .iter()
        .map(|(line, hits)| (NonZeroU32::new(*line).unwrap(), *hits));
    FileCoverage {
        path: path.map(str::to_owned),
        module: module.map(str::to_owned),
        measure: Measure::Lines {
            covered: 0,
            relevant: 0,
        },
        lines: lines.collect(),
    }
}

/// An export that waits for its proof.
fn export(digest: &str, files: Vec<FileCoverage>) -> Source {
    let message = "no end";
    let defect = Defect::new(DefectKind::NoEndMark, message, Position::default());
    let mut source = Source::unreadable(digest, defect);
    source.completeness = Completeness::Partial;
    source.tool = Some(Tool::MixCover);
    source.format = Some(EXPORT);
    source.sha256 = Some(digest.to_owned());
    source.evidence = Evidence::Coverage(Coverage {
        files,
        ..Coverage::default()
    });
    source
}

fn complete(sources: &[Source]) -> Vec<bool> {
    sources.iter().map(Source::is_complete).collect()
}

#[test]
fn a_line_of_two_partitions_counts_once() {
    let one = [file(None, Some("A"), &[(1, 1), (2, 0), (3, 0)])];
    let two = [file(None, Some("A"), &[(1, 0), (2, 4), (3, 0)])];
    let mut sources = [export("1", one.to_vec()), export("2", two.to_vec())];
    let report = merge(&mut sources).unwrap();
    assert_eq!(report.lines, Some((2, 3)));
    assert_eq!(complete(&sources), [true, true]);
}

#[test]
fn exports_that_know_other_lines_prove_nothing() {
    let lines: &[(u32, u64)] = &[(1, 1), (2, 0)];
    let whole = || file(None, Some("A"), lines);
    for other in [
        vec![file(None, Some("A"), &lines[..1])],
        vec![file(None, Some("B"), lines)],
        vec![whole(), file(None, Some("B"), lines)],
        vec![],
    ] {
        let mut sources = [export("1", vec![whole()]), export("2", other)];
        assert!(merge(&mut sources).is_some());
        assert_eq!(complete(&sources), [false, false]);
    }
    // The same bytes are one witness, and a doubt stays one.
    let mut sources = [export("1", vec![whole()]), export("1", vec![whole()])];
    assert!(merge(&mut sources).is_some());
    assert_eq!(complete(&sources), [false, false]);
    let mut sources = [export("1", vec![whole()]), export("2", vec![whole()])];
    let defect = Defect::new(DefectKind::Stale, "old", Position::default());
    sources[1].defects.push(defect);
    assert!(merge(&mut sources).is_some());
    assert_eq!(complete(&sources), [false, false]);
}

#[test]
fn two_modules_of_one_file_are_two_but_a_file_known_whole_is_one() {
    let path = Some("lib/a.ex");
    let modules = vec![
        file(path, Some("A"), &[(1, 1), (2, 0)]),
        file(path, Some("A.B"), &[(2, 1), (5, 0)]),
    ];
    let mut sources = [export("1", modules.clone()), export("2", modules.clone())];
    assert_eq!(merge(&mut sources).unwrap().lines, Some((2, 4)));
    assert_eq!(complete(&sources), [true, true]);
    let mut whole = export("3", vec![file(path, None, &[(1, 1), (2, 1), (5, 0)])]);
    whole.format = Some("lcov-info");
    let mut sources = [export("1", modules), whole];
    assert_eq!(merge(&mut sources).unwrap().lines, Some((2, 3)));
    let said = |s: &Source| {
        s.defects
            .iter()
            .any(|d| d.kind == DefectKind::Contradiction)
    };
    assert!(!sources.iter().any(said));
}

/// Large numbers are compared as whole numbers, and a million lines are no trouble.
#[test]
fn a_million_lines_of_four_partitions_unite_exactly() {
    const FILES: u32 = 100;
    const LINES: u32 = 2_500;
    let partition = |n: u32| {
        let file_of = |f: u32| {
            let lines = (1..=LINES).map(|l| (l, u64::from(l % 4 == n && (f > 0 || l > 4))));
            let module = format!("M{f:03}");
            file(None, Some(&module), &lines.collect::<Vec<_>>())
        };
        export(&n.to_string(), (0..FILES).map(file_of).collect())
    };
    let mut sources: Vec<Source> = (0..4).map(partition).collect();
    let report = merge(&mut sources).unwrap();
    assert_eq!(report.lines, Some((249_996, 250_000)));
    assert_eq!(percent(249_996, 250_000).as_deref(), Some("99.99"));
    assert_eq!(complete(&sources), [true; 4]);
}
