//! A value of another outer shape than the expected one: `{:ok, %Cart{}}` that nobody unwraps, a list in place of a
//! tuple. Only compound shapes count, and never `{:error, …}` or `nil`: those are results, each with a cause of its own.

use gatekeeper_parsers::evidence::Failure;

use super::{Guess, Kind};
use crate::failures::Classified;
use crate::failures::text::squeeze;
use crate::failures::view::View;

/// The kind of a compound term.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Outer {
    Tuple,
    List,
    Map,
    Struct,
}

impl Outer {
    fn words(self) -> &'static str {
        match self {
            Self::Tuple => "a tuple",
            Self::List => "a list",
            Self::Map => "a map",
            Self::Struct => "a struct",
        }
    }
}

pub(super) fn of(
    failure: &Failure,
    class: &Classified,
    v: &View,
    at: Option<&str>,
) -> Option<Guess> {
    let module = failure.module.clone()?;
    let (expected, got) = accessed(v)
        .or_else(|| matched(v))
        .or_else(|| compared(v))
        .or_else(|| unmatched(v, at))?;
    let what = format!("{got} where {expected} was expected");
    Some(Guess {
        kind: Kind::Shape,
        // Failures of different kinds are not told to be one without a link.
        key: format!("{module} {} {what}", class.category.id),
        what,
        module: module.into(),
        foreign: None,
    })
}

/// A field, a key or an element of something that has none: a tuple.
fn accessed(v: &View) -> Option<(String, String)> {
    let (expected, value) = match v.exception.as_str() {
        "KeyError" => (
            "a map",
            v.find(re!(r"^key .{1,200}? not found in: (\{.*)"))?,
        ),
        "BadMapError" => ("a map", v.find(re!(r"^expected a map, got: (.*)"))?),
        "ArgumentError" => (
            "a map",
            v.find(re!(
                r"^you attempted to apply (?:a function named )?:\S+ on (\{.*)"
            ))?,
        ),
        "Protocol.UndefinedError" => (
            "a list",
            v.find(re!(
                r"^protocol Enumerable not implemented for (?:.*? Got value: )?(\{.*)"
            ))?,
        ),
        _ => return None,
    };
    Some((expected.to_owned(), shape(&value)?.1))
}

/// The pattern of `assert pattern = value` says what was expected.
fn matched(v: &View) -> Option<(String, String)> {
    if !v.asserts(&["match (=) failed"]) {
        return None;
    }
    let (left, right) = (squeeze(&v.left), squeeze(&v.right));
    // That an error was expected, and none came, is no matter of shape.
    if left.starts_with("{:error") {
        return None;
    }
    let (expected, got) = (outer(&left)?, shape(&right)?);
    // A pattern of a map matches structs too.
    let other = expected != got.0 && (expected, got.0) != (Outer::Map, Outer::Struct);
    other.then(|| (expected.words().to_owned(), got.1))
}

/// One side of `==` is the other one, wrapped.
fn compared(v: &View) -> Option<(String, String)> {
    if !v.asserts(&["Assertion with =="]) {
        return None;
    }
    let (left, right) = (shape(&squeeze(&v.left))?, shape(&squeeze(&v.right))?);
    let wraps = |outer: &str, inner: &str| {
        inner.starts_with('%')
            && outer
                .strip_prefix("{:ok, ")
                .is_some_and(|o| o.strip_suffix('}') == Some(inner))
    };
    (wraps(&left.1, &right.1) || wraps(&right.1, &left.1)).then_some((right.1, left.1))
}

/// A value that no clause or pattern of one line of code takes: there, the same was expected each time. Only a list or
/// the tag of a tuple says that the shape is what is wrong; of a struct or a map it may be any field.
fn unmatched(v: &View, at: Option<&str>) -> Option<(String, String)> {
    let value = match v.exception.as_str() {
        "MatchError" => v.find(re!(r"^no match of right hand side value: (.*)"))?,
        "CaseClauseError" => v.find(re!(r"^no case clause matching: (.*)"))?,
        "WithClauseError" => v.find(re!(r"^no with clause matching: (.*)"))?,
        _ => return None,
    };
    let (kind, words) = shape(&value)?;
    let tells = kind == Outer::List || words.starts_with("{:");
    at.filter(|_| tells)
        .map(|at| (format!("another value at {at}"), words))
}

fn outer(term: &str) -> Option<Outer> {
    let rest = term.strip_prefix('%').or_else(|| term.strip_prefix('#'));
    match term.chars().next()? {
        '{' => Some(Outer::Tuple),
        '[' => Some(Outer::List),
        '%' if term.starts_with("%{") => Some(Outer::Map),
        '%' | '#' if rest?.starts_with(|c: char| c.is_ascii_uppercase()) && !is_opaque(term) => {
            Some(Outer::Struct)
        }
        _ => None,
    }
}

/// Pids and the like are no structs, though they are shown as some are.
fn is_opaque(term: &str) -> bool {
    ["#PID<", "#Reference<", "#Function<", "#Port<"]
        .iter()
        .any(|start| term.starts_with(start))
}

/// The outer shape of a value with its words: `{:ok, %Shop.Cart{}}`, `a list of %Shop.Cart{}`. Nothing for what says
/// nothing: an error, an empty list.
fn shape(value: &str) -> Option<(Outer, String)> {
    let kind = outer(value)?;
    let words = match kind {
        Outer::Tuple if value.starts_with("{:error") || value == "{}" => return None,
        Outer::Tuple => match re!(r"^\{(:\w+[?!]?), (.*)").captures(value) {
            Some(found) => format!("{{{}, {}}}", &found[1], inside(&found[2])),
            None => kind.words().to_owned(),
        },
        Outer::List if value.starts_with("[]") => return None,
        Outer::List => format!("a list of {}", inside(value.get(1..)?)),
        Outer::Map => kind.words().to_owned(),
        Outer::Struct => name(value)?,
    };
    Some((kind, words))
}

/// The first thing inside of a tuple or a list.
fn inside(term: &str) -> String {
    match outer(term) {
        Some(Outer::Struct) => name(term).unwrap_or_else(|| "…".to_owned()),
        Some(kind) => kind.words().to_owned(),
        None => "…".to_owned(),
    }
}

/// `%Shop.Cart{}`, `#Ecto.Changeset<>`.
fn name(term: &str) -> Option<String> {
    let found = re!(r"^([%#][A-Z][\w.]*)([{<])").captures(term)?;
    let close = if &found[2] == "{" { '}' } else { '>' };
    Some(format!("{}{}{close}", &found[1], &found[2]))
}
