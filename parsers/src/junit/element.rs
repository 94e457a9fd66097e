//! Elements: what each is by its name and its place, and what becomes of it at its end.

use std::ops::Deref;

use super::case::Case;
use super::failure::Told;
use super::key;
use super::suite::{Suite, micros};
use super::walk::{Step, Walk, place};
use crate::defect::DefectKind;
use crate::text;
use crate::xml::attrs::{Attrs, Text, shown};

/// An element that is open.
pub(super) struct Open {
    pub(super) name: &'static str,
    /// Its place among its equals.
    pub(super) index: Option<u64>,
    offset: u64,
    pub(super) what: What,
    /// Suites and cases in it so far.
    suites: u64,
    cases: u64,
}

impl Open {
    /// How it stands in a path.
    pub(super) fn step(&self) -> Step<'_> {
        (self.name, self.index)
    }
}

pub(super) enum What {
    /// `testsuites` or `testsuite`.
    Suite(Box<Suite>),
    Case(Box<Case<Box<[u8]>>>),
    /// `failure`, `error` or `skipped`.
    Outcome(Told, Text),
    /// `properties` of a suite.
    Properties,
    /// Whatever says nothing that counts here.
    Passed,
}

/// Microseconds that were summed up, and whether one of the summands is missing.
#[derive(Default)]
pub(super) struct Times {
    sum: u64,
    seen: bool,
    missing: bool,
}

impl Times {
    fn push(&mut self, time: Option<u64>) {
        self.seen = true;
        self.missing |= time.is_none();
        self.sum = self.sum.saturating_add(time.unwrap_or(0));
    }

    fn sum(&self) -> Option<u64> {
        (self.seen && !self.missing).then_some(self.sum)
    }
}

impl Walk<'_> {
    pub(super) fn open_element(&mut self, name: &str, attrs: &Attrs<'_>) -> bool {
        if self.closed {
            let message = "an element after the end of the document";
            self.partial(DefectKind::TrailingText, message.into());
            return false;
        }
        if self.stack.len() >= self.limits.depth {
            let message = "elements are nested too deep";
            self.partial(DefectKind::Limit, message.into());
            return false;
        }
        let open = self.open(name, attrs);
        self.root |= self.stack.is_empty() && matches!(open.what, What::Suite(_));
        self.stack.push(open);
        if let Some((kind, message)) = &attrs.problem {
            self.partial(*kind, message.clone());
        }
        self.root
    }

    /// A case with nothing in it, as nearly all are: it is never opened. `false` when it is not where it should be, or
    /// not as it should be.
    pub(super) fn whole_case(&mut self, attrs: &Attrs<'_>) -> bool {
        if attrs.problem.is_some() || self.stack.len() >= self.limits.depth {
            return false;
        }
        let Some(parent) = self.stack.last_mut() else {
            return false;
        };
        if !matches!(parent.what, What::Suite(_)) {
            return false;
        }
        let index = Some(parent.cases);
        parent.cases = parent.cases.saturating_add(1);
        self.end_case(&Case::new(attrs), index, self.offset);
        true
    }

    /// What an element is, by its name and by what it stands in.
    fn open(&mut self, name: &str, attrs: &Attrs<'_>) -> Open {
        let mut open = Open {
            name: label(name),
            index: None,
            offset: self.offset,
            what: What::Passed,
            suites: 0,
            cases: 0,
        };
        let Some(parent) = self.stack.last_mut() else {
            if matches!(name, "testsuites" | "testsuite") {
                open.what = self.suite(attrs);
            } else {
                let name = shown(name);
                let message = format!("the root is `{name}`, not `testsuites` or `testsuite`");
                self.partial(DefectKind::UnknownFormat, message);
            }
            return open;
        };
        match (&mut parent.what, name) {
            (What::Suite(_), "testsuite") => {
                open.index = Some(parent.suites);
                parent.suites = parent.suites.saturating_add(1);
                open.what = self.suite(attrs);
            }
            (What::Suite(_), "testcase") => {
                open.index = Some(parent.cases);
                parent.cases = parent.cases.saturating_add(1);
                open.what = What::Case(Box::new(Case::new(attrs).into_owned()));
            }
            (What::Suite(_), "properties") => open.what = What::Properties,
            (What::Properties, "property") => self.property(attrs),
            (What::Case(_), "failure" | "error" | "skipped") => open.what = outcome(name, attrs),
            (What::Case(case), "flakyFailure" | "flakyError") => case.flaky(),
            (What::Case(case), "rerunFailure" | "rerunError") => case.rerun(),
            (What::Suite(_), "system-out" | "system-err") => {}
            (What::Case(_), "properties" | "system-out" | "system-err") => {}
            (What::Suite(_) | What::Case(_), _) => {
                let name = shown(name);
                let message = format!("`{name}` is not known here and could be an outcome");
                self.partial(DefectKind::UnknownValue, message);
            }
            (What::Outcome(..) | What::Properties | What::Passed, _) => {}
        }
        open
    }

    fn suite(&mut self, attrs: &Attrs<'_>) -> What {
        let mut suite = Suite::new(attrs);
        if let Some(time) = attrs.filled(key::TIME) {
            suite.time = micros(time);
            if suite.time.is_none() {
                let message = "the `time` of a suite is not a number of seconds".into();
                let at = self.here();
                self.report.defect(false, DefectKind::Number, message, at);
            }
        }
        What::Suite(Box::new(suite))
    }

    /// `<property name="seed" value="0"/>`. junit_formatter alone writes `date` and `seed`.
    fn property(&mut self, attrs: &Attrs<'_>) {
        let value = attrs.bytes(key::VALUE).unwrap_or_default();
        let name = attrs.bytes(key::NAME).unwrap_or_default();
        if name == b"seed" {
            self.report.seed(text::number(value));
        }
        let suite = self
            .stack
            .iter_mut()
            .rev()
            .find_map(|open| match &mut open.what {
                What::Suite(suite) => Some(suite),
                _ => None,
            });
        if let Some(suite) = suite {
            suite.property(name);
        }
    }

    pub(super) fn close_element(&mut self) {
        let Some(mut open) = self.stack.pop() else {
            return;
        };
        match std::mem::replace(&mut open.what, What::Passed) {
            What::Suite(suite) => self.end_suite(&suite, &open),
            What::Case(case) => self.end_case(&case, open.index, open.offset),
            What::Outcome(told, text) => self.end_outcome(open.name, told, text),
            What::Properties | What::Passed => {}
        }
        self.closed = self.stack.is_empty();
    }

    fn end_suite(&mut self, suite: &Suite, open: &Open) {
        let steps = || self.stack.iter().chain([open]).map(Open::step);
        let at = || place(open.offset, steps());
        self.report.suite(suite, &at);
        let outermost = self.stack.len() == 1;
        match self.stack.last_mut().map(|open| &mut open.what) {
            Some(What::Suite(parent)) => {
                parent.nested.add(&suite.total());
                if outermost {
                    self.times.push(suite.time);
                }
            }
            _ => {
                let sum = self.times.sum();
                self.report.duration(suite.time.or(sum));
            }
        }
    }

    fn end_case<T>(&mut self, case: &Case<T>, index: Option<u64>, offset: u64)
    where
        T: Deref<Target = [u8]>,
    {
        let Some(What::Suite(suite)) = self.stack.last_mut().map(|open| &mut open.what) else {
            return;
        };
        let settled = case.settle(suite);
        suite.own.add(&settled.tally);
        let (keeps, names) = (self.report.keeps(settled.outcome), &mut self.report.names);
        let details = keeps.then(|| case.details(&settled, suite, names));
        let word = case.typed(settled.elixir).0;
        let open = self.stack.iter().map(Open::step);
        let at = || place(offset, open.clone().chain([("testcase", index)]));
        self.report.case(settled, word, &at);
        if let Some((case, failure)) = details {
            self.report.details(case, failure, &at);
        }
    }

    fn end_outcome(&mut self, name: &str, mut told: Told, text: Text) {
        let Some(What::Case(case)) = self.stack.last_mut().map(|open| &mut open.what) else {
            return;
        };
        told.text = text.text;
        if name == "skipped" {
            let text = told.text.trim().to_owned();
            case.skipped(told.message.unwrap_or(text));
        } else {
            case.failed(told);
        }
    }
}

fn outcome(name: &str, attrs: &Attrs<'_>) -> What {
    let text = |key| attrs.text(key).map(str::to_owned);
    let told = Told {
        error: name == "error",
        message: text(key::MESSAGE),
        type_name: text(key::TYPE),
        text: String::new(),
    };
    What::Outcome(told, Text::default())
}

/// The name of an element as it stands in a path.
fn label(name: &str) -> &'static str {
    let known = [
        "testsuites",
        "testsuite",
        "testcase",
        "failure",
        "error",
        "skipped",
        "properties",
        "property",
    ];
    known.into_iter().find(|k| *k == name).unwrap_or("*")
}
