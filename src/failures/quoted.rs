//! Which part of a message is a library's, and which part only quotes the test.

use gatekeeper_parsers::evidence::ErrorKind;

use super::phase::Phase;
use super::term;
use super::text::first_line;
use super::view::View;

/// Assertions whose message holds values of the test and nothing that a library wrote.
const OWN_VALUES: &[&str] = &[
    "Assertion with ",
    "Assertion failed, no matching message",
    "No message matching",
    "Found message matching",
    "Unexpectedly received message",
    "Expected truthy, got",
    "Expected false or nil, got",
    "Expected the difference between",
    "Expected |",
    "Refute with ",
    "Wrong message for",
    "match (match?)",
];

/// The text in which phrases and banners count, its lines kept. A file that does not compile is that, whatever its message quotes.
pub(super) fn rule_text(view: &View) -> String {
    if view.phase == Phase::Compile {
        return String::new();
    }
    if view.kind != ErrorKind::Assertion {
        return without_clauses(&view.message);
    }
    let inner = term::under_generated(&view.message);
    let message = inner.as_deref().unwrap_or(&view.message);
    let first = first_line(message);
    if first.starts_with("match (=) failed") {
        view.right.clone()
    } else if OWN_VALUES.iter().any(|start| first.starts_with(start)) {
        String::new()
    } else {
        message.to_owned()
    }
}

/// A message without the attempted clauses that Elixir prints under it, and without generated values: source code
/// of the project, and data of nobody.
fn without_clauses(message: &str) -> String {
    let quoted = ["def ", "defp ", "defmacro ", "* Clause:", "Generated:"];
    let kept = message.lines().filter(|line| {
        !quoted
            .iter()
            .any(|start| line.trim_start().starts_with(start))
    });
    kept.collect::<Vec<_>>().join("\n")
}
