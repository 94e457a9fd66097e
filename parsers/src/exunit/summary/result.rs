//! The summary from Elixir 1.20 on: `Result: …`, and `Failed: …` below it.

use std::collections::BTreeMap;

use nom::branch::alt;
use nom::bytes::complete::tag;
use nom::combinator::{opt, success, verify};
use nom::multi::fold_many0;
use nom::sequence::{delimited, preceded, terminated};
use nom::{IResult, Parser};

use super::{Form, Summary, TYPES, Types, add_type, count, some, suffix};
use crate::evidence::Counts;
use crate::exunit::grammar::{Out, number, whole};

/// The line that starts with `Result: `.
pub(in crate::exunit) fn result(line: &[u8]) -> Option<Summary> {
    let rest = line.strip_prefix(b"Result: ")?;
    let suffixes = (suffix(" invalid"), suffix(" skipped"), suffix(" excluded"));
    let none = tag("0 tests").map(|_| Ran::default());
    let ((mut ran, types), rest) = whole(
        (((alt((none, ratio, all_passed))), opt(breakdown)), suffixes),
        rest,
    )?;
    if let Some(types) = types {
        ran = ran.with_types(types)?;
    }
    let (invalid, skipped, excluded) = rest;
    Some(Summary {
        form: Form::Result,
        counts: Some(Counts {
            passed: ran.total.saturating_sub(ran.failed),
            failed: ran.failed,
            invalid: invalid.unwrap_or_default(),
            skipped: skipped.unwrap_or_default(),
            excluded: excluded.unwrap_or_default(),
        }),
        by_type: ran.by_type,
        failed: ran.failed_by_type,
        needs_failed_line: ran.failed > 0,
    })
}

/// Tests that ran, as `Result:` counts them.
#[derive(Debug, Clone, Default)]
struct Ran {
    total: u64,
    failed: u64,
    by_type: BTreeMap<String, u64>,
    failed_by_type: BTreeMap<String, u64>,
}

fn all_passed(input: &[u8]) -> Out<'_, Ran> {
    let ran = |total| Ran {
        total,
        ..Ran::default()
    };
    terminated(some, tag(" passed")).map(ran).parse(input)
}

/// `17/18 passed`: printed only when something failed.
fn ratio(input: &[u8]) -> Out<'_, Ran> {
    let (input, (passed, total)) = of(input)?;
    let (input, _) = tag(" passed").parse(input)?;
    let failed = total.saturating_sub(passed);
    let ran = Ran {
        total,
        failed,
        ..Ran::default()
    };
    verify(success(ran), |r: &Ran| r.failed > 0).parse(input)
}

/// `4/5`, the first not above the second.
fn of(input: &[u8]) -> Out<'_, (u64, u64)> {
    verify((terminated(number, tag("/")), number), |(p, t)| p <= t).parse(input)
}

/// ` (4/4 doctests, 13/14 tests)`: at least two types.
fn breakdown(input: &[u8]) -> Out<'_, Vec<(Option<u64>, u64, String)>> {
    let entry = |i| entry(i);
    let rest = fold_many0(preceded(tag(", "), entry), Vec::new, |mut list, e| {
        if list.len() <= TYPES {
            list.push(e);
        }
        list
    });
    let list = (entry, rest).map(|(first, mut list)| {
        list.insert(0, first);
        list
    });
    let many = verify(list, |l: &Vec<_>| (2..=TYPES).contains(&l.len()));
    delimited(tag(" ("), many, tag(")")).parse(input)
}

fn entry(input: &[u8]) -> IResult<&[u8], (Option<u64>, u64, String)> {
    let passed = opt(terminated(number, tag("/")));
    (passed, count)
        .map(|(p, (n, word))| (p, n, word))
        .parse(input)
}

impl Ran {
    /// Takes the types in when they agree with the totals.
    fn with_types(mut self, types: Vec<(Option<u64>, u64, String)>) -> Option<Self> {
        let (mut total, mut failed) = (0_u64, 0_u64);
        for (passed, n, word) in types {
            if passed.is_some() != (self.failed > 0) {
                return None;
            }
            let missing = n.checked_sub(passed.unwrap_or(n))?;
            total = total.checked_add(n)?;
            failed = failed.checked_add(missing)?;
            if missing > 0 {
                self.failed_by_type.insert(word.clone(), missing);
            }
            if self.by_type.insert(word, n).is_some() {
                return None;
            }
        }
        (total == self.total && failed == self.failed).then_some(self)
    }
}

impl Summary {
    /// Takes in the line `Failed: 1 test`. `false` when it is another line, or says something else.
    pub(in crate::exunit) fn failed_line(&mut self, line: &[u8]) -> bool {
        let Some((sum, types)) = failed(line) else {
            return false;
        };
        let Some(counts) = self.counts else {
            return false;
        };
        if sum != counts.failed || (!self.failed.is_empty() && self.failed != types) {
            return false;
        }
        // Without a list of types there is only one, and this line is the first to name it.
        if self.by_type.is_empty() {
            if types.len() > 1 {
                return false;
            }
            let total = counts.passed.saturating_add(counts.failed);
            self.by_type = types.into_keys().map(|word| (word, total)).collect();
        }
        self.needs_failed_line = false;
        true
    }
}

fn failed(line: &[u8]) -> Option<Types> {
    let list = line.strip_prefix(b"Failed: ")?;
    let item = |i| verify(count, |(n, _): &(u64, String)| *n > 0).parse(i);
    let rest = fold_many0(
        preceded(tag(", "), item),
        || Some(Types::default()),
        |types, (n, word)| add_type(types?, n, word),
    );
    let ((n, word), types) = whole((item, rest), list)?;
    add_type(types?, n, word)
}
