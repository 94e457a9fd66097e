//! Signs of chance, and against it.

use super::*;

fn tags(failure: &Failure) -> Vec<&'static str> {
    categorise(failure).tags.iter().map(|tag| tag.id).collect()
}

fn compared(operator: &str, code: &str, left: &str, right: &str) -> Failure {
    let error = TestError {
        code: Some(code.into()),
        left: Some(left.into()),
        right: Some(right.into()),
        ..assertion(&format!("Assertion with {operator} failed"))
    };
    failure(vec![error])
}

/// Operator, code, left and right side, and the first tag.
type Row = (
    &'static str,
    &'static str,
    &'static str,
    &'static str,
    Option<&'static str>,
);

const VALUES: &[Row] = &[
    (
        "==",
        "assert a == b",
        "[:a, :b]",
        "[:b, :a]",
        Some("order-only"),
    ),
    ("==", "assert a == b", "[:a, :b]", "[:b, :c]", None),
    (
        "==",
        "assert a == b",
        "~U[2026-01-01 10:00:00Z]",
        "~U[2026-01-01 10:00:00.000000Z]",
        Some("datetime-precision"),
    ),
    (
        "==",
        "assert a == b",
        "~U[2026-01-01 10:00:00Z]",
        "~U[2026-01-01 10:00:03Z]",
        Some("clock"),
    ),
    ("==", "assert age == 7", "8", "9", None),
    (
        "==",
        "assert Date.utc_today() == d",
        "~D[2026-01-01]",
        "~D[2026-01-02]",
        Some("clock"),
    ),
    (
        "==",
        "assert x == 0.3",
        "0.30000000000000004",
        "0.3",
        Some("float-precision"),
    ),
    (
        "==",
        "assert length(rows) == 3",
        "4",
        "3",
        Some("count-off"),
    ),
    ("==", "assert length(rows) == 3", "40", "3", None),
    ("<", "assert t < 100", "120", "100", Some("timing-budget")),
    ("<", "assert length(l) < 100", "120", "100", None),
    (">", "assert a > b", "1", "2", None),
    (">", "assert elapsed > 10", "9", "10", Some("timing-budget")),
    (
        "==",
        "assert capture_log(f) == \"x\"",
        "\"\"",
        "\"x\"",
        Some("empty-capture"),
    ),
    (
        "==",
        "assert Application.get_env(:a, :b) == 1",
        ":x",
        "1",
        Some("global-state"),
    ),
];

#[test]
fn values_tell_of_chance() {
    for (operator, code, left, right, want) in VALUES {
        let found = tags(&compared(operator, code, left, right));
        assert_eq!(
            found.first().copied(),
            *want,
            "{code}: {left} and {right}: {found:?}"
        );
    }
}

#[test]
fn messages_tell_of_chance() {
    let waited = |ms: u32, mailbox: &str| {
        let error = TestError {
            mailbox: Some(mailbox.into()),
            ..assertion(&format!(
                "Assertion failed, no matching message after {ms}ms{}",
                match mailbox {
                    "" => "\nThe process mailbox is empty.",
                    _ => "\nShowing 1 of 1 message in the mailbox",
                }
            ))
        };
        tags(&failure(vec![error]))
    };
    assert_eq!(waited(100, ""), ["receive-100ms"]);
    assert_eq!(waited(500, ""), ["receive-window"]);
    let near = "pattern: {:paid, 1}\nvalue:   {:paid, 2}";
    assert_eq!(waited(100, near), ["receive-window", "mailbox-near-miss"]);
    let far = "pattern: {:paid, 1}\nvalue:   {:sent, 2}";
    assert_eq!(waited(100, far), ["receive-window"]);
}

#[test]
fn a_tag_has_an_id_of_its_own() {
    let mut ids: Vec<_> = TAGS.iter().map(|tag| tag.id).collect();
    ids.sort_unstable();
    ids.dedup();
    assert_eq!(ids.len(), TAGS.len());
    assert!(
        CATEGORIES
            .iter()
            .all(|category| !ids.contains(&category.id))
    );
}
