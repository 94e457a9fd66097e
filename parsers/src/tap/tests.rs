//! Plans, subtests and directives, and what damage does to them.

use crate::damage::{Damage, files, parts};
use crate::evidence::{Counts, Tests};
use crate::{Completeness, DefectKind, Evidence, Parsed};

const DAMAGE: Damage = Damage {
    format: "tap-console",
    bad: |e| matches!(e, Evidence::Tests(t) if t.counts.failed > 0 || t.counts.invalid > 0),
    document: false,
};

fn read(text: &str) -> Parsed<Tests> {
    let mut parts = parts(text.as_bytes(), 1 << 16);
    assert_eq!(parts.len(), 1, "{parts:?}");
    parts.swap_remove(0).parsed.map(|e| match e {
        Evidence::Tests(t) => t,
        other => panic!("{other:?}"),
    })
}

fn counts(c: &Counts) -> (u64, u64, u64, u64) {
    (c.passed, c.failed, c.invalid, c.skipped)
}

#[test]
fn damage_never_passes() {
    for path in files("tap", "stdout.txt") {
        DAMAGE.check(&path);
    }
}

#[test]
fn plans_first_last_and_wrong() {
    for (text, whole) in [
        ("1..2\nok 1\nok 2\n", true),
        ("ok 1\nok 2\n1..2\n", true),
        ("TAP version 14\n1..2\nok\nok\n", true),
        ("TAP version 14\n1..2\r\nok 1\r\nok 2\r\n", true),
        ("1..2\nok 1\nok 2", false),
        ("1..3\nok 1\nok 2\n", false),
        ("1..1\nok 1\nok 2\n", false),
        ("1..2\nok 1\nok 3\n", false),
        ("1..2\nok 1\nok 2\n1..2\n", false),
        ("1..99999999999999999999\nok 1\n", false),
        ("ok 1\nok 2\n", false),
    ] {
        let parsed = read(text);
        let complete = parsed.completeness == Completeness::Complete;
        assert_eq!(complete, whole, "{text:?} {:?}", parsed.defects);
    }
}

#[test]
fn directives_and_bail_out() {
    let parsed =
        read("1..4\nnot ok 1 - a # TODO later\nok 2 # skip\nok 3 - c # todo\nnot ok 4 # SKIP x\n");
    assert_eq!(counts(&parsed.value.counts), (0, 1, 0, 3));
    assert_eq!(parsed.completeness, Completeness::Complete);
    let parsed = read("1..3\nok 1\nBail out!  no database\n");
    assert_eq!(counts(&parsed.value.counts), (1, 0, 1, 0));
    assert_eq!(parsed.completeness, Completeness::Partial);
    assert_eq!(
        parsed.value.failures[0].errors[0].message,
        "Bail out! no database"
    );
    let parsed = read("1..0 # SKIP no browser\n");
    assert_eq!(parsed.defects[0].kind, DefectKind::NothingRan);
}

#[test]
fn subtests_are_counted_and_suites_are_not() {
    let parsed = read(
        "1..2\n# Subtest: a\n    ok 1 - x\n        ok 1 - deep\n        1..1\n    ok 2 - y\n    1..2\nok 1 - a\nok 2 - b\n",
    );
    assert_eq!(
        parsed.completeness,
        Completeness::Complete,
        "{:?}",
        parsed.defects
    );
    assert_eq!(counts(&parsed.value.counts), (3, 0, 0, 0));
    // A suite that failed by itself; one that excuses what fails in it; one that hides it.
    let parsed = read("1..1\n    ok 1 - x\n    1..1\nnot ok 1 - hook\n");
    assert_eq!(counts(&parsed.value.counts), (1, 1, 0, 0));
    let parsed = read("1..1\n    not ok 1 - x\n    1..1\nnot ok 1 - a # TODO\n");
    assert_eq!(counts(&parsed.value.counts), (0, 0, 0, 1));
    assert!(parsed.value.failures.is_empty());
    let parsed = read("1..1\n    not ok 1 - x\n    1..1\nok 1 - a\n");
    assert_eq!(counts(&parsed.value.counts), (0, 1, 0, 0));
    assert_eq!(parsed.completeness, Completeness::Partial);
}

#[test]
fn a_yaml_block_is_the_message_of_its_failure() {
    let parsed =
        read("1..2\nnot ok 1 - a\n  ---\n  message: no\n  at: |\n    ok 9 - x\n  ...\nok 2\n");
    assert_eq!(
        parsed.completeness,
        Completeness::Complete,
        "{:?}",
        parsed.defects
    );
    let message = &parsed.value.failures[0].errors[0].message;
    assert_eq!(message, "message: no\nat: |\n  ok 9 - x");
}

#[test]
fn what_is_escaped_is_told_as_it_is_meant() {
    let text = "1..2\nnot ok 1 - hash \\# in \\\\ name\nok 2 - b # Skipped: see \\#7\n";
    let parsed = read(text);
    assert_eq!(counts(&parsed.value.counts), (0, 1, 0, 1));
    let name = parsed.value.failures[0].name.as_deref();
    assert_eq!(name, Some("hash # in \\ name"));
    assert_eq!(parsed.value.cases[0].name, "hash # in \\ name");
    assert_eq!(parsed.value.cases[1].reason.as_deref(), Some("see #7"));
    let parsed = read("1..2\nok 1\nBail out! \\# and \\\\\n");
    let message = &parsed.value.failures[0].errors[0].message;
    assert_eq!(message, "Bail out! # and \\");
}

#[test]
fn words_of_others_are_no_tests() {
    for text in [
        "ok\n",
        "1..5\n",
        "bail out\n",
        "ok  \texample.org/shop\t0.2s\n",
        "    ok 1 - x\n",
        "# tests 8\n",
    ] {
        assert!(parts(text.as_bytes(), 1 << 16).is_empty(), "{text:?}");
    }
}
