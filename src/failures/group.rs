//! Failures that are plainly one: the same words from the same place.
//!
//! Nothing is merged on a category alone, and nothing without a place: two tests that get `killed` need not share a
//! cause.

use gatekeeper_parsers::evidence::{ErrorKind, Failure, TestError};

use super::phase::Phase;
use super::text::{first_line, normalise, one_line};
use super::view::View;
use super::{Category, Classified};

/// Longest cause, in characters.
const MAX: usize = 200;

/// Failures with one cause, as far as equality can tell.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Group {
    /// What they are.
    pub category: &'static Category,
    /// A heading: the category's, and the module when a whole module is meant.
    pub title: String,
    /// The first line of the first member's message, with its exception. May contain the test's own data.
    pub cause: String,
    /// Indices into the failures that were given, in their order; the first is the first that was reported.
    pub members: Vec<usize>,
    /// The first member's advice.
    pub hint: Option<String>,
}

/// Puts failures together that have the same category, the same first line (but for pids, numbers, ids) and the same
/// first frame of the project's own code, or for `setup_all` the same module. Groups come in order of first appearance.
#[must_use]
pub fn group(failures: &[(&Failure, &Classified)]) -> Vec<Group> {
    let mut places: std::collections::HashMap<Key, usize> = std::collections::HashMap::new();
    let mut groups: Vec<Group> = Vec::new();
    for (index, (failure, classified)) in failures.iter().enumerate() {
        let place = *places
            .entry(Key::of(index, failure, classified))
            .or_insert(groups.len());
        match groups.get_mut(place) {
            Some(group) => group.members.push(index),
            None => groups.push(new(index, failure, classified)),
        }
    }
    groups
}

fn new(index: usize, failure: &Failure, classified: &Classified) -> Group {
    let module = failure
        .module
        .as_deref()
        .filter(|_| classified.phase == Phase::SetupAll);
    let title = match module {
        Some(module) => format!("{} in {}", classified.category.title, one_line(module, MAX)),
        None => classified.category.title.to_owned(),
    };
    Group {
        category: classified.category,
        title,
        cause: telling(failure, classified).map(cause).unwrap_or_default(),
        members: vec![index],
        hint: classified.hint.clone(),
    }
}

/// Two failures with equal keys are one.
#[derive(PartialEq, Eq, Hash)]
struct Key {
    category: &'static str,
    words: String,
    place: Place,
}

#[derive(PartialEq, Eq, Hash)]
enum Place {
    /// A module whose set-up failed, of an application.
    Module(Option<String>, String),
    /// A frame of the project's own code.
    Frame(String),
    /// Unknown, so like no other.
    Nowhere(usize),
}

impl Key {
    fn of(index: usize, failure: &Failure, classified: &Classified) -> Self {
        let Some(error) = telling(failure, classified) else {
            return Self {
                category: classified.category.id,
                words: String::new(),
                place: Place::Nowhere(index),
            };
        };
        Self {
            category: classified.category.id,
            words: normalise(&words(error)),
            place: place(index, failure, error, classified),
        }
    }
}

fn place(index: usize, failure: &Failure, error: &TestError, classified: &Classified) -> Place {
    if classified.phase == Phase::SetupAll
        && let Some(module) = &failure.module
    {
        return Place::Module(failure.app.clone(), module.clone());
    }
    let view = View::new(failure, error);
    match view.own_frame() {
        Some(frame) => Place::Frame(format!(
            "{:?} {:?} {:?} {}",
            failure.app, frame.file, frame.line, frame.function
        )),
        None => Place::Nowhere(index),
    }
}

/// The error that gave the failure its category: the first of that phase.
fn telling<'a>(failure: &'a Failure, classified: &Classified) -> Option<&'a TestError> {
    let tells = |error: &&TestError| {
        let one = super::classify(&View::new(failure, error));
        one.category == classified.category && one.phase == classified.phase
    };
    failure
        .errors
        .iter()
        .find(tells)
        .or_else(|| failure.errors.first())
}

/// The first line of a message; with the one below it where the first only announces a value.
fn words(error: &TestError) -> String {
    let exception = error.exception.as_deref().unwrap_or_default();
    let first = first_line(&error.message);
    let next = error
        .message
        .lines()
        .map(str::trim)
        .filter(|line| !line.is_empty())
        .nth(1);
    match next {
        // The key says enough; the map around it differs from test to test.
        Some(next) if first.ends_with(':') && exception != "KeyError" => {
            format!("{exception} {first} {next}")
        }
        _ => format!("{exception} {first}"),
    }
}

fn cause(error: &TestError) -> String {
    let first = words(error);
    let first = match (&error.exception, error.kind) {
        (Some(exception), ErrorKind::Error) => {
            let rest = first.strip_prefix(exception.as_str()).unwrap_or(&first);
            format!("{exception}:{rest}")
        }
        _ => first,
    };
    one_line(&first, MAX)
}
