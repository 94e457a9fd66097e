//! Suites: their counters against what was counted.

use super::key;
use std::str;

use crate::defect::DefectKind;
use crate::xml::attrs::{Attrs, Key};

/// What was counted below a suite or the root.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(super) struct Tally {
    /// Cases.
    pub(super) cases: u64,
    /// Cases with a `failure`, and such elements.
    pub(super) failed: u64,
    pub(super) failures: u64,
    /// Cases with an `error`, and such elements.
    pub(super) erred: u64,
    pub(super) errors: u64,
    /// Cases that were skipped.
    pub(super) skipped: u64,
}

impl Tally {
    pub(super) fn add(&mut self, other: &Self) {
        self.cases = self.cases.saturating_add(other.cases);
        self.failed = self.failed.saturating_add(other.failed);
        self.failures = self.failures.saturating_add(other.failures);
        self.erred = self.erred.saturating_add(other.erred);
        self.errors = self.errors.saturating_add(other.errors);
        self.skipped = self.skipped.saturating_add(other.skipped);
    }
}

/// A suite or the root while it is open.
#[derive(Debug, Default)]
pub(super) struct Suite {
    pub(super) name: Option<String>,
    /// Whether junit_formatter wrote it.
    pub(super) elixir: bool,
    /// Time in microseconds, as it states it.
    pub(super) time: Option<u64>,
    /// Cases directly in it, and cases of the suites in it.
    pub(super) own: Tally,
    pub(super) nested: Tally,
    counters: Vec<(&'static str, Counter)>,
    /// Whether it has the properties `date` and `seed`.
    dated: bool,
    seeded: bool,
}

/// A counter as it stands in an attribute.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Counter {
    Number(u64),
    Bad,
}

/// The counters that are checked. `disabled` may be counted among the skipped ones.
const COUNTERS: [(&str, Key); 5] = [
    ("tests", key::TESTS),
    ("failures", key::FAILURES),
    ("errors", key::ERRORS),
    ("skipped", key::SKIPPED),
    ("disabled", key::DISABLED),
];

/// Those that junit_formatter always writes; `skipped` only since 3.4.0.
const REQUIRED: &[&str] = &["tests", "failures", "errors"];

/// Something wrong with an attribute of a suite.
pub(super) type Problem = (DefectKind, &'static str, String);

impl Suite {
    pub(super) fn new(attrs: &Attrs<'_>) -> Self {
        let counters = COUNTERS.into_iter().filter_map(|(name, key)| {
            let counter = match count(attrs.text(key)?) {
                Some(n) => Counter::Number(n),
                None => Counter::Bad,
            };
            Some((name, counter))
        });
        let name = attrs.text(key::NAME).map(str::to_owned);
        Self {
            elixir: name.as_deref().is_some_and(|n| n.starts_with("Elixir.")),
            name,
            counters: counters.collect(),
            ..Self::default()
        }
    }

    /// A property. junit_formatter alone writes `date` and `seed`.
    pub(super) fn property(&mut self, name: &str) {
        self.dated |= name == "date";
        self.seeded |= name == "seed";
        self.elixir |= self.dated && self.seeded;
    }

    /// Everything in it.
    pub(super) fn total(&self) -> Tally {
        let mut total = self.own;
        total.add(&self.nested);
        total
    }

    /// Compares the counters with what was counted.
    pub(super) fn problems(&self) -> Vec<Problem> {
        let mut problems = Vec::new();
        for (name, counter) in &self.counters {
            let number = match counter {
                Counter::Number(n) => *n,
                Counter::Bad => {
                    let message = format!("`{name}` is not a number");
                    problems.push((DefectKind::Number, *name, message));
                    continue;
                }
            };
            if !self.may_be(name, number) {
                let counted = self.counted(name);
                let message = format!("`{name}` says {number}, but {counted} were counted");
                problems.push((DefectKind::CountMismatch, *name, message));
            }
        }
        for name in REQUIRED.iter().filter(|_| self.elixir) {
            if self.counter(name).is_none() {
                let message = format!("`{name}` is missing");
                problems.push((DefectKind::MissingField, *name, message));
            }
        }
        problems
    }

    fn counter(&self, name: &str) -> Option<Counter> {
        let found = self.counters.iter().find(|(n, _)| *n == name);
        found.map(|(_, counter)| *counter)
    }

    fn disabled(&self) -> u64 {
        match self.counter("disabled") {
            Some(Counter::Number(n)) => n,
            Some(Counter::Bad) | None => 0,
        }
    }

    fn counted(&self, name: &str) -> u64 {
        let total = self.total();
        match name {
            "tests" => total.cases,
            "failures" => total.failed,
            "errors" => total.erred,
            _ => total.skipped,
        }
    }

    /// Whether a counter fits. Other tools than junit_formatter count in their own ways: elements instead of cases,
    /// errors among the failures, skipped cases not among the tests, nested suites apart. None of these counts more
    /// than there is.
    fn may_be(&self, name: &str, number: u64) -> bool {
        if self.elixir {
            return number == self.counted(name);
        }
        let fits = |t: Tally| match name {
            "tests" => number == t.cases || number == t.cases.saturating_sub(t.skipped),
            "failures" => {
                let both = t.failed.saturating_add(t.erred);
                [t.failed, t.failures, both].contains(&number)
            }
            "errors" => [t.erred, t.errors].contains(&number),
            "skipped" => {
                let all = number.saturating_add(self.disabled());
                [number, all].contains(&t.skipped)
            }
            _ => number <= t.skipped,
        };
        fits(self.total()) || (self.nested != Tally::default() && fits(self.own))
    }
}

/// A count, perhaps with commas between its thousands.
fn count(text: &str) -> Option<u64> {
    let digits: String = text.trim().chars().filter(|c| *c != ',').collect();
    crate::text::number(digits.as_bytes())
}

/// Seconds as a decimal, in microseconds. A single comma is a decimal comma; commas before a point part thousands.
pub(super) fn micros(text: &[u8]) -> Option<u64> {
    // As nearly all are.
    if let Some(plain) = plain_micros(text) {
        return Some(plain);
    }
    let text = str::from_utf8(text).ok()?.trim();
    if !text.contains(',') {
        return crate::text::decimal(text.as_bytes(), 6);
    }
    let plain = if text.contains('.') {
        text.replace(',', "")
    } else {
        text.replacen(',', ".", 1)
    };
    crate::text::decimal(plain.as_bytes(), 6)
}

/// The same of at most fifteen digits with a point between two of them, and at most six behind it.
fn plain_micros(text: &[u8]) -> Option<u64> {
    let (mut number, mut point) = (0_u64, None);
    for (at, byte) in text.iter().enumerate().take(17) {
        match byte {
            b'0'..=b'9' => number = number.wrapping_mul(10).wrapping_add(u64::from(byte & 15)),
            b'.' if at > 0 && point.is_none() => point = Some(at),
            _ => return None,
        }
    }
    let places = text.len().checked_sub(point?)?.checked_sub(2)?;
    let unit = [100_000, 10_000, 1_000, 100, 10, 1].get(places)?;
    number.checked_mul(*unit).filter(|_| text.len() <= 16)
}
