//! The summary of a suite, in its three forms.
//!
//! * up to 1.18: `4 doctests, 18 tests, 1 failure, 2 excluded, 3 invalid, 2 skipped`; the tests include all the others
//! * 1.19: `4 doctests, 16 tests, 1 failure, 3 invalid, 2 skipped (2 excluded)`; excluded ones are apart
//! * from 1.20 on: `Result: 17/18 passed (4/4 doctests, 13/14 tests), 2 skipped, 2 excluded`, and when something failed
//!   a second line `Failed: 1 test`; only passed and failed ones are in the first numbers
//!
//! All redundancy is checked: number and plural, order and absence of zeroes, sums of the types.

use std::collections::BTreeMap;

use nom::Parser;
use nom::branch::alt;
use nom::bytes::complete::{tag, take_while1};
use nom::combinator::{map_opt, opt, verify};
use nom::multi::fold_many0;
use nom::sequence::{delimited, preceded, terminated};

use super::grammar::{Out, number, whole};
use crate::evidence::Counts;

mod result;

pub(super) use result::result;

/// Which Elixir prints summaries so.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Form {
    /// Up to 1.19: `N tests, N failures`.
    Classic,
    /// From 1.20 on: `Result: …`.
    Result,
}

/// What a summary says.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Summary {
    pub form: Form,
    /// `None` when its numbers cannot all be true.
    pub counts: Option<Counts>,
    pub by_type: BTreeMap<String, u64>,
    /// How many failed by type, where a second line must say the same. Empty when the types are not known yet.
    pub failed: BTreeMap<String, u64>,
    /// Whether the second line must follow.
    pub needs_failed_line: bool,
}

/// Types of tests that one summary may name.
const TYPES: usize = 32;

/// `18 tests` as number and singular word, checked against each other as far as the word allows.
fn count(input: &[u8]) -> Out<'_, (u64, String)> {
    map_opt(
        (terminated(number, tag(" ")), take_while1(is_word)),
        |(n, word)| Some((n, singular(n, word)?)),
    )
    .parse(input)
}

fn is_word(b: u8) -> bool {
    !matches!(b, b' ' | b',' | b'(' | b')' | b'/') && b > b' '
}

/// The singular of a printed word. Types are registered with their plurals, so only the usual ones can be undone.
fn singular(n: u64, word: &[u8]) -> Option<String> {
    let word = std::str::from_utf8(word).ok()?;
    if n == 1 {
        return Some(word.to_owned());
    }
    if let Some(stem) = word.strip_suffix("ies") {
        return Some(format!("{stem}y"));
    }
    Some(word.strip_suffix('s').unwrap_or(word).to_owned())
}

/// Whether a line starts with a number and a blank. Logs have many lines that start with a number, and few with both.
pub(super) fn may_be_classic(line: &[u8]) -> bool {
    line.iter().find(|b| !b.is_ascii_digit()) == Some(&b' ')
}

/// `18 tests, ` and so on, up to `1 failure`.
pub(super) fn classic(line: &[u8]) -> Option<Summary> {
    let rule = (types_before_failures, failures, classic_rest);
    let ((total, by_type), failed, (excluded_in, invalid, skipped, excluded_apart)) =
        whole(rule, line)?;
    if excluded_in.is_some() && excluded_apart.is_some() {
        return None;
    }
    let [inside, invalid, skipped] = [excluded_in, invalid, skipped].map(Option::unwrap_or_default);
    let passed = [failed, invalid, skipped, inside]
        .into_iter()
        .try_fold(total, u64::checked_sub);
    let counts = passed.map(|passed| Counts {
        passed,
        failed,
        invalid,
        skipped,
        excluded: inside.max(excluded_apart.unwrap_or_default()),
    });
    Some(Summary {
        form: Form::Classic,
        counts,
        by_type,
        failed: BTreeMap::new(),
        needs_failed_line: false,
    })
}

type Types = (u64, BTreeMap<String, u64>);

fn types_before_failures(input: &[u8]) -> Out<'_, Types> {
    let entry = terminated(
        verify(count, |(_, word): &(u64, String)| word != "failure"),
        tag(", "),
    );
    let sum = fold_many0(
        entry,
        || Some(Types::default()),
        |types, (n, word)| add_type(types?, n, word),
    );
    map_opt(sum, |types| types).parse(input)
}

/// A type twice, or too many of them: not a summary.
fn add_type((total, mut types): Types, n: u64, word: String) -> Option<Types> {
    let new = types.len() < TYPES && types.insert(word, n).is_none();
    Some((total.checked_add(n)?, types)).filter(|_| new)
}

/// `1 failure`, `0 failures`, but not `0 failure`.
fn failures(input: &[u8]) -> Out<'_, u64> {
    let plural = verify(number, |n| *n != 1);
    alt((
        preceded(tag("1 failure"), nom::combinator::not(tag("s"))).map(|()| 1),
        terminated(plural, tag(" failures")),
    ))
    .parse(input)
}

type Rest = (Option<u64>, Option<u64>, Option<u64>, Option<u64>);

fn classic_rest(input: &[u8]) -> Out<'_, Rest> {
    let apart = delimited(tag(" ("), some, tag(" excluded)"));
    (
        suffix(" excluded"),
        suffix(" invalid"),
        suffix(" skipped"),
        opt(apart),
    )
        .parse(input)
}

/// A number that is only printed when it is not zero.
fn some(input: &[u8]) -> Out<'_, u64> {
    verify(number, |n| *n > 0).parse(input)
}

/// `, 2 skipped`, or nothing.
fn suffix<'a>(
    word: &'static str,
) -> impl Parser<&'a [u8], Output = Option<u64>, Error = nom::error::Error<&'a [u8]>> {
    opt(delimited(tag(", "), some, tag(word)))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn counts(line: &str) -> Option<[u64; 5]> {
        let found = classic(line.as_bytes()).or_else(|| result(line.as_bytes()))?;
        let c = found.counts?;
        Some([c.passed, c.failed, c.invalid, c.skipped, c.excluded])
    }

    #[test]
    fn every_form_gives_the_same_numbers() {
        for line in [
            "4 doctests, 19 tests, 1 failure, 2 excluded, 1 invalid, 2 skipped",
            "4 doctests, 17 tests, 1 failure, 1 invalid, 2 skipped (2 excluded)",
            "Result: 17/18 passed (4/4 doctests, 13/14 tests), 1 invalid, 2 skipped, 2 excluded",
        ] {
            assert_eq!(counts(line), Some([17, 1, 1, 2, 2]), "{line}");
        }
        assert_eq!(counts("0 failures"), Some([0; 5]));
        assert_eq!(
            counts("0 tests, 0 failures (5 excluded)"),
            Some([0, 0, 0, 0, 5])
        );
        assert_eq!(counts("Result: 0 tests, 2 invalid"), Some([0, 0, 2, 0, 0]));
    }

    #[test]
    fn what_elixir_never_prints_is_no_summary() {
        for line in [
            "1 test, 0 failure",
            "1 test, 1 failures",
            "2 tests, 0 failures, 0 skipped",
            "02 tests, 0 failures",
            "2 tests, 0 failures, 1 skipped, 1 invalid",
            "2 tests, 2 tests, 0 failures",
            "2 tests, 0 failures.",
            "5 examples, 0 failures, 2 pending",
            "Result: 2/2 passed",
            "Result: 3 passed (1 doctest, 1 test)",
            "Result: 1/3 passed (1/1 doctests, 1/2 tests)",
            "Result: 2 passed (2 tests)",
            "Result: 0 passed",
        ] {
            assert_eq!(counts(line), None, "{line}");
        }
        let more = classic(b"1 test, 2 failures").unwrap();
        assert_eq!(more.counts, None, "more failures than tests");
    }

    #[test]
    fn types_are_singular() {
        let found = classic(b"1 doctest, 2 features, 3 properties, 12 tests, 0 failures").unwrap();
        let words: Vec<_> = found.by_type.keys().map(String::as_str).collect();
        assert_eq!(words, ["doctest", "feature", "property", "test"]);
    }

    #[test]
    fn the_second_line_must_agree() {
        let first = result(b"Result: 17/19 passed (3/4 doctests, 14/15 tests)").unwrap();
        assert!(first.clone().failed_line(b"Failed: 1 doctest, 1 test"));
        assert!(!first.clone().failed_line(b"Failed: 2 tests"));
        assert!(!first.clone().failed_line(b"Failed: 2 doctests, 1 test"));
        let mut one = result(b"Result: 0/37 passed").unwrap();
        assert!(one.failed_line(b"Failed: 37 tests"));
        assert_eq!(one.by_type.get("test"), Some(&37));
        assert!(
            !result(b"Result: 4 passed")
                .unwrap()
                .failed_line(b"Failed: 1 test")
        );
    }
}
