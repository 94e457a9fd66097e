//! Assertions, told by their first line.

use gatekeeper_parsers::evidence::ErrorKind;

use super::missing::error_hint;
use super::say::{nothing, plain, say, text, with};
use super::text::squeeze;
use super::view::View;
use super::{Category, Class};

pub(super) const DOCTEST: Category = Category {
    id: "doctest",
    title: "Doctest failed",
    class: Class::Assertion,
    means: "The documented example gives another result or does not compile.",
    explain: &[
        "The header shows the line of the `doctest` macro; the stack shows the line in lib/.",
        "Maps and inspected structs: print order and opaque values cannot be written literally.",
        "Several failing examples of one function are one cause.",
    ],
    link: "https://hexdocs.pm/ex_unit/ExUnit.DocTest.html",
    recognised: "first line `Doctest failed` or `Doctest did not compile`.",
    advice: "Doc example in {stack file:line} is out of date: correct the doc or the function.",
    unless: "a doctest that raises has the exception's category; still say \"in a doctest\".",
    matches: |v| v.asserts(&["Doctest failed", "Doctest did not compile"]),
    hint: |v| {
        say(&[
            text("Doc example"),
            with(" in {}", v.place()),
            text(" is out of date: correct the doc or the function"),
        ])
    },
};

pub(super) const ASSERT_MATCH: Category = Category {
    id: "assert-match",
    title: "Pattern did not match",
    class: Class::Assertion,
    means: "`assert pattern = value` or match? failed.",
    explain: &[
        "left is the pattern, right the value.",
        "If right is `{:error, …}` the reason in it is the real failure.",
        "Pinned variables are listed.",
    ],
    link: "https://hexdocs.pm/ex_unit/ExUnit.Assertions.html#assert/1",
    recognised: "first line `match (=) failed` / `match (match?) failed`.",
    advice: "Value does not fit the pattern: first difference at {path}.",
    unless: "right holds a specific phrase (already_started, redirect, DB error): that category wins.",
    matches: |v| v.asserts(&["match (=) failed", "match (match?) failed"]),
    hint: |v| match v.right.trim_start().starts_with("{:error,") {
        true => error_hint(&squeeze(&v.right)),
        false => say(&[with(
            "Value does not fit the pattern: {}",
            Some(v.right.clone()),
        )]),
    },
};

pub(super) const ASSERT_COMPARISON: Category = Category {
    id: "assert-comparison",
    title: "Comparison is false",
    class: Class::Assertion,
    means: "assert a == b, =~, in, <, … or assert_in_delta.",
    explain: &[
        "left is the actual side only by convention: check `code:`.",
        "`both sides are exactly equal` with != or < means the values are the same.",
        "Same elements in another order: sort both or compare as sets.",
        "Only time stamps differ: freeze or truncate them.",
    ],
    link: "https://hexdocs.pm/ex_unit/ExUnit.Assertions.html#assert/1",
    recognised: "first line `Assertion with OP failed` or `Expected the difference between`.",
    advice: "First difference: {path}: {left} vs {right}.",
    unless: "no cause is claimed: only the computed difference.",
    matches: |v| {
        v.asserts(&[
            "Assertion with ",
            "Expected the difference between",
            "Expected |",
        ]) && !is_snapshot(v)
    },
    hint: difference,
};

pub(super) const ASSERT_TRUTHY: Category = Category {
    id: "assert-truthy",
    title: "Expected a truthy value",
    class: Class::Assertion,
    means: "assert expr got false or nil.",
    explain: &[
        "With function calls ExUnit lists the arguments.",
        "assert Enum.any?/all? hides which element failed.",
        "For changeset.valid? print the errors: `assert changeset.valid?, inspect(changeset.errors)`.",
    ],
    link: "https://hexdocs.pm/ex_unit/ExUnit.Assertions.html#assert/1",
    recognised: "first line `Expected truthy, got`.",
    advice: "Got {false|nil}; arguments: {list}. Write the comparison inside assert to see both sides.",
    unless: "`has_element?` in code: liveview-element.",
    matches: |v| v.asserts(&["Expected truthy, got"]),
    hint: |v| {
        say(&[
            with("Got {}", v.find(re!(r"^Expected truthy, got (\S.*)"))),
            text(": write the comparison inside assert to see both sides"),
        ])
    },
};

pub(super) const REFUTE_FAILED: Category = Category {
    id: "refute-failed",
    title: "Expected false or nil",
    class: Class::Assertion,
    means: "refute expr or refute a == b was true.",
    explain: &[
        "Both sides are printed when refute has an operator.",
        "For changesets: the validation that should refuse the value is missing or not applied.",
        "Check that the value under test is the one you built (not the default).",
    ],
    link: "https://hexdocs.pm/ex_unit/ExUnit.Assertions.html#refute/1",
    recognised: "first line `Expected false or nil, got`, `Refute with OP failed`, or `match (match?) succeeded`.",
    advice: "Expression was true: {code}.",
    unless: "",
    matches: |v| {
        v.asserts(&[
            "Expected false or nil, got",
            "Refute with ",
            "match (match?) succeeded",
        ])
    },
    hint: |v| {
        let code = v.code.strip_prefix("refute ").unwrap_or(&v.code);
        say(&[with("Expression was true: {}", Some(code.to_owned()))])
    },
};

pub(super) const ASSERT_RAISE: Category = Category {
    id: "assert-raise",
    title: "Expected exception not raised",
    class: Class::Assertion,
    means: "assert_raise/catch_* saw no, another, or a differently worded exception.",
    explain: &[
        "The stack of the other exception is printed.",
        "Library upgrades change messages: match with a regex.",
        "Nothing raised: the function now returns an error tuple, or the raise is in another process.",
    ],
    link: "https://hexdocs.pm/ex_unit/ExUnit.Assertions.html#assert_raise/2",
    recognised: "first line `Expected exception X but …`, `Wrong message for X`, `Expected to catch …`.",
    advice: "{nothing raised | raised Y instead | message differs: {diff}}.",
    unless: "",
    matches: |v| {
        v.asserts(&["Wrong message for ", "Expected to catch ", "Got exception "])
            || (v.is_assertion()
                && re!(r"^Expected (?:exception \S+(?: but|,) |\S+ exception but nothing)")
                    .is_match(&v.flat))
    },
    hint: |v| {
        if v.asserts(&["Wrong message"]) {
            plain(
                "The exception is right, its message differs: match it with a regex if the wording may change",
            )
        } else if let Some(other) = v.find(re!(r"but got (\S+)")) {
            say(&[with("{} was raised instead", Some(other))])
        } else {
            plain(
                "Nothing was raised: the function may now return an error tuple, or raises in another process",
            )
        }
    },
};

pub(super) const NOT_IMPLEMENTED: Category = Category {
    id: "not-implemented",
    title: "Test without body",
    class: Class::Assertion,
    means: "`test \"x\"` without do-block.",
    explain: &[
        "It fails by design so it is not forgotten.",
        "It counts as a failure and sets the exit status.",
        "Tag it `@tag :skip` (or give a reason) to keep the run green.",
    ],
    link: "https://hexdocs.pm/ex_unit/ExUnit.Case.html#test/1",
    recognised: "message is exactly `Not implemented`.",
    advice: "Write the test or tag it @tag :skip.",
    unless: "",
    matches: |v| {
        v.kind == ErrorKind::NotImplemented || (v.is_assertion() && v.flat == "Not implemented")
    },
    hint: |_| plain("Write the test or tag it `@tag :skip`"),
};

pub(super) const SNAPSHOT_MISMATCH: Category = Category {
    id: "snapshot-mismatch",
    title: "Snapshot differs",
    class: Class::Assertion,
    means: "Mneme/snapshot library reports a changed value.",
    explain: &[
        "Snapshots with times or random ids are never stable.",
        "Snapshots are updated by the tool, never by hand.",
        "Several mismatches after one change usually have one reason: accept them together only after reading one.",
    ],
    link: "https://hexdocs.pm/mneme/Mneme.html",
    recognised: "`Received value does not match stored snapshot` or `\"Snapshot == Received\"` in code.",
    advice: "Review the diff; accept the new snapshot if it is right.",
    unless: "",
    matches: is_snapshot,
    hint: |_| plain("Review the diff; accept the new snapshot if it is right"),
};

pub(super) const ASSERT_CUSTOM: Category = Category {
    id: "assert-custom",
    title: "Assertion with its own message",
    class: Class::Assertion,
    means: "flunk/1, assert x, \"message\", or a custom helper.",
    explain: &[
        "The message was written by the author of the test.",
        "If the site is a shared helper several tests fail there together.",
        "Write `assert left == right` inside helpers: ExUnit then prints both sides.",
    ],
    link: "https://hexdocs.pm/ex_unit/ExUnit.Assertions.html#flunk/1",
    recognised: "assertion whose first line is none of the known forms.",
    advice: "Message: {first line}. Assertion site: {top frame}.",
    unless: "no cause is claimed.",
    matches: |v| v.is_assertion() && !v.flat.is_empty(),
    hint: |v| say(&[with("Assertion site: {}", v.place())]),
};

/// Whether a snapshot library compared.
pub(super) fn is_snapshot(v: &View) -> bool {
    v.raised(&["Mneme.AssertionError"])
        || (v.is_assertion()
            && (v
                .flat
                .contains("Received value does not match stored snapshot")
                || v.code.contains("Snapshot == Received")))
}

/// Characters before the first difference that are shown.
const BEFORE: usize = 10;

/// Where the two sides part. No cause is claimed.
fn difference(v: &View) -> Option<String> {
    let (left, right) = (squeeze(&v.left), squeeze(&v.right));
    if left.is_empty() || right.is_empty() {
        return nothing();
    }
    let same = left
        .chars()
        .zip(right.chars())
        .take_while(|(a, b)| a == b)
        .count();
    if same <= BEFORE {
        return say(&[
            with("Left is {}", Some(left)),
            with(", right is {}", Some(right)),
        ]);
    }
    let tail = |side: &str| -> String { side.chars().skip(same.saturating_sub(BEFORE)).collect() };
    say(&[
        with("First difference: left …{}", Some(tail(&left))),
        with(", right …{}", Some(tail(&right))),
    ])
}
