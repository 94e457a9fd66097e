//! The list, what follows it, and what damage does to it.

use crate::stream_damage::{captures, parts};
use crate::{Completeness, DefectKind, Evidence, Tool};

const HEAD: &str = "** (Mix) Unused dependencies in mix.lock file:\n";

fn read(err: &str) -> (u64, Completeness, Vec<DefectKind>) {
    let mut parts = parts(b"", err.as_bytes(), 64);
    assert_eq!(parts.len(), 1, "{parts:?}");
    let parsed = parts.swap_remove(0).parsed;
    let Evidence::Findings(f) = parsed.value else {
        panic!("{:?}", parsed.value);
    };
    assert_eq!(f.tool, Tool::DepsUnlock);
    let kinds = parsed.defects.iter().map(|d| d.kind).collect();
    (f.total, parsed.completeness, kinds)
}

#[test]
fn damage_never_passes() {
    for capture in captures("deps_unlock", Tool::DepsUnlock) {
        capture.check(Tool::DepsUnlock);
    }
}

#[test]
fn names_are_counted_to_the_end_of_the_list() {
    let text = format!("{HEAD}\n  * :a\n  * :b\n\n  * :c\n");
    let (total, completeness, kinds) = read(&text);
    assert_eq!((total, completeness), (2, Completeness::Unproven));
    assert_eq!(kinds, [DefectKind::NoEndMark]);
}

#[test]
fn the_first_line_alone_is_bad_news() {
    let (total, completeness, kinds) = read(HEAD);
    assert_eq!((total, completeness), (1, Completeness::Partial));
    assert_eq!(kinds, [DefectKind::CountMismatch, DefectKind::NoEndMark]);
    assert_eq!(read(&format!("{HEAD}\n  * :a")).1, Completeness::Partial);
}
