//! The same date in failures that depend on the date: the very same text on the same sides. That two tests ran on one
//! day is no link, so all dates of both must be equal.

use gatekeeper_parsers::evidence::Failure;

use super::{Guess, Kind};
use crate::failures::Classified;
use crate::failures::view::View;

/// Dates of one failure that are compared.
const MAX: usize = 20;

pub(super) fn of(failure: &Failure, class: &Classified, v: &View) -> Option<Guess> {
    if !class.tags.iter().any(|tag| tag.id == "clock") {
        return None;
    }
    let date = re!(r"\d{4}-\d\d-\d\d(?:[T ]\d\d:\d\d(?::\d\d(?:\.\d+)?)?(?:Z|[+-]\d\d:?\d\d)?)?");
    let sides = [("message", &v.flat), ("left", &v.left), ("right", &v.right)];
    let mut all: Vec<(&str, &str)> = Vec::new();
    for (side, text) in sides {
        all.extend(
            date.regex()
                .find_iter(text)
                .map(|found| (side, found.as_str())),
        );
    }
    all.truncate(MAX);
    let (_, first) = all.first()?;
    let mut key = class.category.id.to_owned();
    for (side, text) in &all {
        key.push_str(&format!(" {side} {text}"));
    }
    Some(Guess {
        kind: Kind::Date,
        key,
        what: (*first).to_owned(),
        module: failure.module.clone().unwrap_or_default().into(),
        foreign: None,
    })
}
