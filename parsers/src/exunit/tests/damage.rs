//! Damage never passes.

use std::fs;
use std::path::PathBuf;

use crate::Evidence;
use crate::damage::{Damage, files};
use crate::exunit::CONSOLE;

const DAMAGE: Damage = Damage {
    format: CONSOLE,
    bad: |evidence| match evidence {
        Evidence::Tests(t) => t.counts.failed > 0 || t.counts.invalid > 0,
        _ => false,
    },
    document: false,
};

/// Captures that end with the suite, so that every cut hits it.
fn captures() -> Vec<PathBuf> {
    let mut paths = files("exunit", "stdout.txt");
    paths.extend(files("exunit", "merged.txt"));
    let ends = |path: &PathBuf| {
        let text = fs::read_to_string(path).unwrap_or_default();
        let whole = text.contains("Finished in ");
        whole && !text.contains("cover results ...") && !text.contains("ERROR! Test suite")
    };
    paths.retain(ends);
    assert!(paths.len() > 80, "{} captures", paths.len());
    paths
}

fn check(longest: u64, share: usize) {
    let size = |path: &PathBuf| fs::metadata(path).map_or(0, |m| m.len());
    let mut paths = captures();
    paths.retain(|p| size(p) <= longest);
    for path in paths.iter().skip(share).step_by(2) {
        DAMAGE.check(path);
    }
}

#[test]
fn damage_never_passes() {
    check(20_000, 0);
}

#[test]
fn damage_never_passes_in_the_other_half() {
    check(20_000, 1);
}
