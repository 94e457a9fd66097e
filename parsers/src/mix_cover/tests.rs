//! The table, and what damage does to it.

use crate::damage::{Damage, files, parts};
use crate::evidence::{Coverage, Evidence, Measure};
use crate::{Completeness, DefectKind, Parsed};

const DAMAGE: Damage = Damage {
    format: "mix_cover-table",
    bad: |e| matches!(e, Evidence::Coverage(c) if c.missed_threshold.is_some()),
    document: false,
};

fn coverage(text: &str) -> Parsed<Coverage> {
    let mut parts = parts(text.as_bytes(), 1 << 16);
    let at = parts.iter().position(|p| p.format == DAMAGE.format);
    parts
        .swap_remove(at.expect("no coverage at all"))
        .parsed
        .map(|e| match e {
            Evidence::Coverage(c) => c,
            _ => panic!("not coverage"),
        })
}

/// A table with these rows and this total, in the older layout.
fn plain(rows: &[(&str, &str)], total: &str) -> String {
    let rule = "-----------|--------------------------\n";
    let rows: String = rows
        .iter()
        .map(|(p, m)| format!("{p:>9}% | {m}\n"))
        .collect();
    format!(
        "Cover compiling modules ...\n\nGenerating cover results ...\n\nPercentage | Module\n{rule}{rows}{rule}{total:>9}% | Total\n\nGenerated HTML coverage results in \"cover\" directory\n"
    )
}

#[test]
fn damage_never_passes() {
    for path in files("mix_cover", "stdout.txt") {
        DAMAGE.check(&path);
    }
}

#[test]
fn a_module_may_be_called_total() {
    let read = coverage(&plain(&[("50.00", "Total"), ("100.00", "A")], "60.00"));
    assert_eq!(read.completeness, Completeness::Complete);
    assert_eq!(
        read.value.totals,
        vec![Measure::Rounded { hundredths: 6000 }]
    );
    assert_eq!(read.value.files[0].module.as_deref(), Some("Total"));
}

#[test]
fn a_total_outside_of_its_rows_is_not_believed() {
    for (total, kind) in [
        ("40.00", DefectKind::CountMismatch),
        ("99.00", DefectKind::CountMismatch),
    ] {
        let read = coverage(&plain(&[("50.00", "A"), ("60.00", "B")], total));
        assert_eq!(read.completeness, Completeness::Partial);
        assert_eq!(read.defects[0].kind, kind);
    }
}

#[test]
fn a_table_of_nothing_is_not_full_coverage() {
    let read = coverage(&plain(&[], "100.00"));
    assert_eq!(read.completeness, Completeness::Partial);
    assert_eq!(read.defects[0].kind, DefectKind::NothingRan);
}

#[test]
fn a_second_result_for_one_announcement_is_a_contradiction() {
    let real = plain(&[("50.00", "A")], "50.00");
    let forged = real.replace("Cover compiling modules ...\n", "");
    let read = coverage(&format!("{real}{forged}"));
    assert_eq!(read.completeness, Completeness::Partial);
    assert_eq!(read.defects[0].kind, DefectKind::Contradiction);
}

#[test]
fn percentages_that_are_none_are_not_numbers() {
    for bad in ["NaN", "1e2", "-1.00", "150.00", "10.0", "**.**"] {
        let read = coverage(&plain(&[(bad, "A"), ("50.00", "B")], "50.00"));
        assert_eq!(read.completeness, Completeness::Partial, "{bad}");
    }
}

#[test]
fn an_announcement_without_a_result_is_cut() {
    let read = coverage("Cover compiling modules ...\n....\nFinished in 0.1 seconds\n");
    assert_eq!(read.completeness, Completeness::Partial);
    assert_eq!(read.defects[0].kind, DefectKind::Cut);
    assert!(read.value.totals.is_empty());
}

#[test]
fn exported_coverage_is_no_number() {
    let read = coverage("Could not find .coverdata file in any of the paths: cover\n");
    assert_eq!(read.defects[0].kind, DefectKind::NothingRan);
}
