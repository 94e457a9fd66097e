//! Suites: their counters against what was counted.

use super::key;
use std::str;

use crate::defect::DefectKind;
use crate::xml::attrs::Attrs;
use crate::xml::known::Key;

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
            let counter = match count(attrs.filled(key)?) {
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
    pub(super) fn property(&mut self, name: &[u8]) {
        self.dated |= name == b"date";
        self.seeded |= name == b"seed";
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
fn count(text: &[u8]) -> Option<u64> {
    let plain = |text: &[u8]| crate::text::number(text);
    plain(text).or_else(|| {
        let digits = text.trim_ascii().iter().copied().filter(|b| *b != b',');
        plain(&digits.collect::<Vec<u8>>())
    })
}

/// Whether [`micros`] knows what a time is.
pub(super) fn is_time(text: &[u8]) -> bool {
    // As nearly all are.
    let whole = text.iter().take_while(|b| b.is_ascii_digit()).count();
    match text.split_at_checked(whole) {
        Some((_, [b'.', first, rest @ ..]))
            if (1..=12).contains(&whole)
                && first.is_ascii_digit()
                && rest.iter().all(u8::is_ascii_digit) =>
        {
            true
        }
        _ => micros(text).is_some(),
    }
}

/// Seconds as a decimal, in microseconds. A single comma is a decimal comma; commas before a point part thousands.
pub(super) fn micros(text: &[u8]) -> Option<u64> {
    let text = text.trim_ascii();
    if !text.contains(&b',') {
        return crate::text::decimal(text, 6);
    }
    let text = str::from_utf8(text).ok()?;
    let plain = if text.contains('.') {
        text.replace(',', "")
    } else {
        text.replacen(',', ".", 1)
    };
    crate::text::decimal(plain.as_bytes(), 6)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_a_time_is_known_in_microseconds() {
        let mut known = 0;
        for n in 0..40_000_usize {
            // Six characters of these, and the same after many digits.
            let letters = (0..6).map(|at| b"019.,- x"[(n >> (3 * at)) % 8]);
            let short: Vec<u8> = letters.collect();
            let long = [b"18446744073".as_slice(), &short].concat();
            for text in [short.as_slice(), &long] {
                assert_eq!(is_time(text), micros(text).is_some(), "{text:?}");
                known += usize::from(is_time(text));
            }
        }
        assert!(known > 1000, "{known}");
        for (text, us) in [
            ("0.0279", 27_900),
            ("1.0000019", 1_000_001),
            (" 12 ", 12_000_000),
            ("0,5", 500_000),
            ("1,234.5", 1_234_500_000),
        ] {
            assert_eq!(micros(text.as_bytes()), Some(us), "{text}");
        }
    }
}
