//! Names, places and times of a case.

use std::num::NonZeroU32;
use std::ops::Deref;

use super::case::{Case, Problem, note, partial};
use super::failure::place;
use super::suite::{Suite, is_time, micros};
use crate::defect::DefectKind;
use crate::evidence::{Name, Outcome, TestCase};
use crate::names::Names;
use crate::text;

impl<T: Deref<Target = [u8]>> Case<T> {
    /// What is wrong with its name, its place and its time.
    pub(super) fn check(&self, problems: &mut Vec<Problem>) {
        if self.name.is_none() {
            let message = "a test case without a name";
            problems.push(partial(
                DefectKind::MissingField,
                Some("name"),
                message.into(),
            ));
        }
        let line = self.line.as_deref().map(<[u8]>::trim_ascii);
        if line.is_some_and(|l| l != b"0" && text::line_number(l).is_none()) {
            problems.push(note("line", "is not a line number"));
        }
        if self.time.as_deref().is_some_and(|t| !is_time(t)) {
            problems.push(note("time", "is not a number of seconds"));
        }
    }

    /// The type of the test, and the name without it.
    pub(super) fn typed(&self, elixir: bool) -> (Option<&[u8]>, &[u8]) {
        let name = self.name.as_deref().unwrap_or_default();
        match split_type(name).filter(|_| elixir) {
            Some((word, name)) => (Some(word), name),
            None => (None, name),
        }
    }

    /// The case with its names, its place and its time.
    pub(super) fn named(
        &self,
        elixir: bool,
        outcome: Outcome,
        suite: &Suite,
        names: &mut Names,
    ) -> TestCase {
        let (test_type, name) = self.typed(elixir);
        let class = self
            .class
            .as_deref()
            .or(suite.name.as_deref().map(str::as_bytes));
        let (file, line) = self.place(elixir, names);
        TestCase {
            app: None,
            module: class.map(|c| module(c, elixir, names)),
            name: words(name),
            test_type: test_type.map(|word| names.lossy(word, usize::MAX)),
            file,
            line,
            outcome,
            duration_us: self.time.as_deref().and_then(micros),
            reason: self.reason(outcome),
        }
    }

    /// File and line: `file="test/a_test.exs:12"`, or two attributes, or the head of the failure's text.
    fn place(&self, elixir: bool, names: &mut Names) -> (Option<Name>, Option<NonZeroU32>) {
        let line = self.line.as_deref();
        let number = line.and_then(|l| text::line_number(l.trim_ascii()));
        let told = self.told.first().filter(|t| elixir && !t.error);
        let told = told.and_then(|t| place(&t.text));
        let Some(file) = self.file.as_deref().map(String::from_utf8_lossy) else {
            let (file, line) = told.unzip();
            return (file.map(|file| names.of(file)), line.or(number));
        };
        let (path, line) = match (text::location(&file), told) {
            ((path, Some(line), None), _) if elixir => (path, Some(line)),
            (_, Some((path, line))) if path == file => (path, Some(line)),
            _ => (&*file, number),
        };
        (Some(names.of(path)), line)
    }
}

/// A module as Elixir prints it: `Shop.CartTest`, or `:cart_test` for a plain atom.
fn module(class: &[u8], elixir: bool, names: &mut Names) -> Name {
    let class = String::from_utf8_lossy(class);
    match class.strip_prefix("Elixir.") {
        Some(name) => names.of(name),
        None if elixir => names.of(&format!(":{class}")),
        None => names.of(&class),
    }
}

/// ExUnit's names start with the type of the test: `test adds`, `doctest Shop.hello/1 (1)`, `property …`.
fn split_type(name: &[u8]) -> Option<(&[u8], &[u8])> {
    let plain = |b: &u8| b.is_ascii_lowercase() || b.is_ascii_digit() || *b == b'_';
    let end = name.iter().take_while(|b| plain(b)).count();
    let (word, rest) = name.split_at_checked(end).filter(|_| end > 0)?;
    Some((word, rest.strip_prefix(b" ")?))
}

/// An attribute as text.
pub(super) fn words(bytes: &[u8]) -> String {
    text::lossy(bytes, usize::MAX)
}
