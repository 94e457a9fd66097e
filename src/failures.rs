//! What kind of failure is it, which failures are one, and how is one run again.
//!
//! Pure functions over the structured failure: no file, clock or environment. The categories are a table; the first row
//! that matches wins, and a row may look at nothing but a [`View`]. Recognition rests on structure (kind, exception
//! module, phase, frames) and on sentences that a library or Elixir itself writes, never on names of tests or files,
//! and never on logs: a test *about* lost connections is not a lost connection.
//!
//! Groups are the exception: which failures follow from one cause may also be told by what was logged between them.
//!
//! Deliberately absent: what only a second run can tell (whether a failure is flaky): see `retry`.

#[macro_use]
mod pattern;
mod assertion;
mod cascade;
mod connection;
mod database;
mod delivery;
mod ecto;
mod environment;
mod exception;
mod group;
mod guess;
mod key;
mod limits;
mod liveview;
mod message;
mod missing;
mod mock;
mod own;
mod phase;
mod process;
mod quoted;
mod rerun;
mod say;
mod sentence;
mod subject;
mod table;
mod tags;
mod term;
mod text;
mod view;
mod web;
mod wrapper;

#[cfg(test)]
mod tests;

use gatekeeper_parsers::evidence::{ErrorKind, Failure, Frame, TestError};

pub use cascade::{Unsettled, settle};
pub use group::{Confidence, Group, Member, group};
pub use phase::Phase;
pub use rerun::{Call, repeat, rerun};
pub use table::CATEGORIES;
pub use tags::{FLAKY, Strength, TAGS, TOGETHER, Tag};
pub use view::View;

/// How much a category says, and so what may replace what.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Class {
    /// A cause of its own, wherever it happened: a set-up that finds no database has no database.
    Specific,
    /// What was raised, not why.
    Generic,
    /// An expectation of the test that did not hold.
    Assertion,
    /// It stands around another failure, which is its cause.
    Wrapper,
    /// Not recognised.
    None,
}

/// One row of the table.
#[derive(Debug)]
pub struct Category {
    /// The id on the wire.
    pub id: &'static str,
    /// A few words, as a heading.
    pub title: &'static str,
    /// How much it says.
    pub class: Class,
    /// One sentence.
    pub means: &'static str,
    /// Sentences for who wants to know more.
    pub explain: &'static [&'static str],
    /// Documentation; empty for the category that is none.
    pub link: &'static str,
    /// By what it is recognised, in words.
    pub recognised: &'static str,
    /// The advice, with holes for what the failure says.
    pub advice: &'static str,
    /// When the advice is not given; empty where it always is.
    pub unless: &'static str,
    matches: fn(&View) -> bool,
    hint: fn(&View) -> Option<String>,
}

impl PartialEq for Category {
    fn eq(&self, other: &Self) -> bool {
        self.id == other.id
    }
}

impl Eq for Category {}

/// What is known about one failure.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Classified {
    /// What it is.
    pub category: &'static Category,
    /// Where it happened.
    pub phase: Phase,
    /// What it stands around, when the category is a wrapper and the inner failure can be told.
    pub cause: Option<&'static Category>,
    /// One line of advice. A wrong one is worse than none, so it is often absent. May contain the test's own data.
    pub hint: Option<String>,
    /// Signs that it may be flaky, or that it is not.
    pub tags: Vec<&'static Tag>,
}

/// Frames of the project's own code that a failure names; at most this many.
const FRAMES: usize = 12;

/// The frames of the project's own code through which a failure ran, files relative to the root.
#[must_use]
pub fn own_frames(failure: &Failure) -> Vec<Frame> {
    let project = own::Project::of(failure);
    let frames = failure.errors.iter().flat_map(|error| &error.stack);
    let own = frames.filter(|frame| project.owns(frame)).take(FRAMES);
    own.map(|frame| project.rooted(frame)).collect()
}

/// The category with this id.
#[must_use]
pub fn category(id: &str) -> Option<&'static Category> {
    CATEGORIES.iter().find(|row| row.id == id)
}

/// Finds the category of a failure. Of several errors the first specific one tells, otherwise the first.
#[must_use]
pub fn categorise(failure: &Failure) -> Classified {
    if failure.errors.is_empty() {
        let blank = TestError {
            kind: ErrorKind::Error,
            ..TestError::default()
        };
        return classify(&View::new(failure, &blank));
    }
    let mut best: Option<Classified> = None;
    for error in &failure.errors {
        let one = classify(&View::new(failure, error));
        if best.as_ref().is_none_or(|best| tells_more(&one, best)) {
            best = Some(one);
        }
    }
    let mut best = best.unwrap_or_else(unrecognised);
    // Beside another failure of the same test it is a consequence, whatever is printed first.
    if best.category.id == "mock-not-called" && failure.errors.len() > 1 {
        best.hint = None;
    }
    best
}

/// Whether a later error of the same failure tells more than what was found before it.
fn tells_more(later: &Classified, before: &Classified) -> bool {
    // A view that has died has no elements.
    match (before.category.id, later.category.id) {
        ("liveview-element", "liveview-crash") => return true,
        ("liveview-crash", "liveview-element") => return false,
        _ => {}
    }
    let specific = later.category.class == Class::Specific
        && before.category.class != Class::Specific
        // After a body that failed, expectations that were not met are its consequence.
        && later.category.id != "mock-not-called";
    specific || (before.category.class == Class::None && later.category.class != Class::None)
}

/// Classifies one error: the failure itself, then the wrapper around it.
fn classify(view: &View) -> Classified {
    let first = first_match(view);
    let (category, cause) = match wrapper::around(view, first) {
        Some(wrapper) => (wrapper, Some(first)),
        None => (first, inner_cause(view, first)),
    };
    let cause = cause.filter(|cause| cause.class != Class::None && *cause != category);
    let mut class = Classified {
        category,
        phase: view.phase,
        cause,
        hint: hint(view, category, cause),
        tags: Vec::new(),
    };
    class.tags = tags::of(view, &class);
    class
}

fn first_match(view: &View) -> &'static Category {
    CATEGORIES
        .iter()
        .find(|row| (row.matches)(view))
        .unwrap_or(&table::UNCATEGORISED)
}

/// The category of what a crash or a falsified property has inside.
fn inner_cause(view: &View, category: &Category) -> Option<&'static Category> {
    if category.class != Class::Wrapper {
        return None;
    }
    view.inner().map(|inner| first_match(&inner))
}

/// The advice, unless foreign lines stand in the text: then it may not be what it seems.
fn hint(view: &View, category: &Category, cause: Option<&'static Category>) -> Option<String> {
    if view.is_interleaved() || is_expected(view, category) {
        return None;
    }
    let advice = match cause {
        Some(cause) if wrapper::is_callback(category) => wrapper::advice(view, category, cause),
        _ => (category.hint)(view),
    };
    match view.test_type == "doctest" && category.id != "doctest" {
        true => say::say(&[advice.map(|advice| format!("In a doctest: {advice}"))]),
        false => advice,
    }
}

/// Whether a category was told by words of a value that the failed pattern names itself: the test is about them.
fn is_expected(view: &View, category: &Category) -> bool {
    if !view.asserts(&["match (=) failed"]) || category.class != Class::Specific {
        return false;
    }
    let word = re!(r"[A-Za-z_][\w.]{4,}");
    let named: Vec<&str> = word
        .regex()
        .find_iter(&view.code)
        .map(|w| w.as_str())
        .collect();
    let named = |w: &str| named.contains(&w) && !["assert", "error"].contains(&w);
    let mut other = view.clone();
    let left = word.replace_all(&view.text, |found: &regex::Captures<'_>| {
        match named(&found[0]) {
            true => String::new(),
            false => found[0].to_owned(),
        }
    });
    other.text = left.into_owned();
    !(category.matches)(&other)
}

fn unrecognised() -> Classified {
    Classified {
        category: &table::UNCATEGORISED,
        phase: Phase::Test,
        cause: None,
        hint: None,
        tags: Vec::new(),
    }
}
