//! Tracefiles, and what damage does to them.

use std::fs;
use std::num::NonZeroU32;

use crate::cover::tests::{low, says_the_same_or_nothing};
use crate::damage::{Damage, files, parts};
use crate::evidence::{Coverage, Evidence, Measure};
use crate::{Completeness, DefectKind, Parsed};

fn coverage(text: &str) -> Parsed<Coverage> {
    let mut parts = parts(text.as_bytes(), 1 << 16);
    assert_eq!(parts.len(), 1, "{text}");
    parts.swap_remove(0).parsed.map(|e| match e {
        Evidence::Coverage(c) => c,
        other => panic!("{other:?}"),
    })
}

fn kinds(read: &Parsed<Coverage>) -> Vec<DefectKind> {
    read.defects.iter().map(|d| d.kind).collect()
}

/// A record of these lines.
fn record(path: &str, lines: &[(u32, u64)]) -> String {
    let mut text = format!("TN:\nSF:{path}\n");
    for (line, hits) in lines {
        text += &format!("DA:{line},{hits}\n");
    }
    let hit = lines.iter().filter(|(_, hits)| *hits > 0).count();
    text + &format!("LF:{}\nLH:{hit}\nend_of_record\n", lines.len())
}

#[test]
fn damage_never_passes() {
    let damage = Damage {
        format: "lcov-info",
        bad: low,
        document: true,
    };
    for path in files("excoveralls", "lcov.info") {
        damage.check(&path);
        says_the_same_or_nothing(&fs::read(&path).unwrap(), "lcov-info");
    }
}

#[test]
fn a_report_has_no_end_mark() {
    let whole = record("lib/a.ex", &[(1, 1), (2, 0)]);
    let read = coverage(&whole);
    assert_eq!(read.completeness, Completeness::Unproven);
    assert_eq!(kinds(&read), [DefectKind::NoEndMark]);
    let first = coverage(&(whole.clone() + &record("lib/b.ex", &[(1, 0)]))[..whole.len()]);
    assert_eq!(first.completeness, Completeness::Unproven);
    let cut = coverage(&whole[..whole.len() - 2]);
    assert_eq!(cut.completeness, Completeness::Partial);
    assert_eq!(
        kinds(&cut),
        [DefectKind::Syntax, DefectKind::Cut, DefectKind::NothingRan]
    );
}

#[test]
fn records_of_one_file_are_united() {
    let text = record("lib/a.ex", &[(1, 1), (2, 0)])
        + &record("lib/b.ex", &[])
        + &record("lib/a.ex", &[(2, 3), (7, 0)]);
    let read = coverage(&text);
    assert_eq!(kinds(&read), [DefectKind::NoEndMark]);
    let total = |covered, relevant| Measure::Lines { covered, relevant };
    assert_eq!(read.value.totals, [total(2, 3)]);
    let files: Vec<_> = read
        .value
        .files
        .iter()
        .map(|f| (f.path.as_deref().unwrap(), f.measure))
        .collect();
    assert_eq!(
        files,
        [("lib/a.ex", total(2, 3)), ("lib/b.ex", total(0, 0))]
    );
    let lines: Vec<_> = read.value.files[0]
        .lines
        .iter()
        .map(|(l, h)| (l.get(), h))
        .collect();
    assert_eq!(lines, [(1, 1), (2, 3), (7, 0)]);
}

#[test]
fn other_records_are_passed_over() {
    let text = "TN:a\nSF:a.c\nVER:2\nFN:1,3,main,x\nFNDA:1,main\nFNF:1\nFNH:1\nFNL:0,1,3\nFNA:0,1,main\n\
        BRDA:1,0,if (a, b),-\nBRDA:1,e0,1,2\nBRF:2\nBRH:1\nMCDC:1,2,t,1,0,a\nMCF:1\nMCH:0\n# comment\n\
        DA:1,18446744073709551615,dGVzdA\nDA:2,0\nLH:1\nLF:2\nend_of_record\n";
    let read = coverage(text);
    assert_eq!(kinds(&read), [DefectKind::NoEndMark]);
    let mut lines = read.value.files[0].lines.iter();
    assert_eq!(lines.next(), Some((NonZeroU32::MIN, u64::MAX)));
    let new = coverage(&text.replace("MCF:1", "NEW:1"));
    assert_eq!(
        kinds(&new),
        [DefectKind::UnknownValue, DefectKind::NoEndMark]
    );
}

#[test]
fn odd_numbers() {
    let whole = record("lib/a.ex", &[(1, 0), (2, 1)]);
    let negative = coverage(&whole.replace("DA:1,0", "DA:1,-5"));
    assert_eq!(
        kinds(&negative),
        [DefectKind::Number, DefectKind::NoEndMark]
    );
    let zero = coverage(&whole.replace("LF", "DA:0,0\nLF"));
    assert_eq!(kinds(&zero), [DefectKind::Number, DefectKind::NoEndMark]);
    assert_eq!(zero.completeness, Completeness::Unproven);
    for bad in [
        "1,1e3",
        "1,",
        ",1",
        "1",
        "1,+1",
        "99999999999,1",
        "1,1,x,y",
        "1,99999999999999999999",
    ] {
        let read = coverage(&whole.replace("DA:2,1", &format!("DA:{bad}")));
        assert_eq!(read.completeness, Completeness::Partial, "{bad}");
        assert_eq!(read.defects[0].kind, DefectKind::Number, "{bad}");
    }
}

#[test]
fn totals_must_be_there_and_agree() {
    let whole = record("lib/a.ex", &[(1, 0), (2, 1)]);
    for (from, to, kind) in [
        ("LF:2", "LF:3", DefectKind::CountMismatch),
        ("LH:1", "LH:2", DefectKind::CountMismatch),
        ("DA:1,0\n", "", DefectKind::CountMismatch),
        ("DA:1,0\n", "DA:1,0\nDA:1,0\n\n", DefectKind::NoEndMark),
        ("LF:2\n", "", DefectKind::MissingField),
        ("LH:1\n", "", DefectKind::MissingField),
        ("LH:1", "LH:1\nLH:2", DefectKind::Contradiction),
        ("LH:1", "LH:one", DefectKind::Number),
        ("SF:lib/a.ex", "SF:", DefectKind::MissingField),
    ] {
        let read = coverage(&(record("lib/b.ex", &[]) + &whole.replace(from, to)));
        assert_eq!(read.defects[0].kind, kind, "{from} -> {to}");
        let expected = match kind {
            DefectKind::NoEndMark => Completeness::Unproven,
            _ => Completeness::Partial,
        };
        assert_eq!(read.completeness, expected, "{from} -> {to}");
    }
}

#[test]
fn a_lost_start_is_seen() {
    let (a, b) = (record("lib/a.ex", &[(1, 0)]), record("lib/b.ex", &[(1, 1)]));
    for text in [
        (a.clone() + &b).replace("SF:lib/a.ex\n", ""),
        (a.clone() + &b).replace("SF:lib/b.ex\n", ""),
        (a.clone() + &b).replacen("end_of_record\n", "", 1),
        (b.clone() + &a).replace("end_of_record\nTN:\nSF:lib/a.ex\n", ""),
    ] {
        assert_eq!(
            coverage(&text).completeness,
            Completeness::Partial,
            "{text}"
        );
    }
}

#[test]
fn a_log_is_no_report() {
    for text in [
        "SF: San Francisco\nNY: New York\n",
        "SF:\n\n",
        "TN: 1\nDA:1,1\nLF:2\n",
        "SF:a\n# b\n",
        "SF:a",
    ] {
        assert_eq!(parts(text.as_bytes(), 64), [], "{text}");
    }
    let read = coverage(&format!(
        "SF: San Francisco\nhello\n{}bye\n",
        record("a", &[(1, 1)])
    ));
    assert_eq!(kinds(&read), [DefectKind::NoEndMark]);
}

/// More than is read at a time, in pieces of every size: the sums are exact.
#[test]
fn a_million_lines_are_counted_exactly() {
    let mut text = String::new();
    for file in 0..100 {
        let lines: Vec<(u32, u64)> = (1..=10_000)
            .map(|line| (line, u64::from(line % 3)))
            .collect();
        text += &record(&format!("/ci/lib/{file}.ex"), &lines);
    }
    let read = coverage(&text);
    let (covered, relevant) = (666_700, 1_000_000);
    assert_eq!(read.value.totals, [Measure::Lines { covered, relevant }]);
    assert_eq!(kinds(&read), [DefectKind::NoEndMark]);
}
