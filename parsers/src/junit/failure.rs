//! What the text of a `failure` or an `error` says about the error.

use std::num::NonZeroU32;

use crate::evidence::{ErrorKind, TestError};
use crate::text;

/// One `failure` or `error` element.
#[derive(Debug, Default)]
pub(super) struct Told {
    /// Whether it is an `error`.
    pub(super) error: bool,
    /// Its attribute `message`.
    pub(super) message: Option<String>,
    /// Its attribute `type`.
    pub(super) type_name: Option<String>,
    /// Its text: in reports of junit_formatter, the block that ExUnit prints.
    pub(super) text: String,
}

/// What one element comes to.
#[derive(Debug, Default)]
pub(super) struct Details {
    pub(super) errors: Vec<TestError>,
    /// Output that was captured while the test ran.
    pub(super) logs: Option<String>,
    /// Parameters of a parameterised test.
    pub(super) parameters: Option<String>,
}

/// Takes the message and the text of one element apart. This is the one place where that is done.
pub(super) fn details(told: &Told, elixir: bool) -> Details {
    let error = if elixir && !told.error {
        exunit(told.message.as_deref().unwrap_or_default(), &told.text)
    } else {
        plain(told)
    };
    Details {
        errors: vec![error],
        ..Details::default()
    }
}

/// The message attribute of junit_formatter: the bare message of an assertion, or `error: …`, `exit: …`, `throw: …`,
/// `{:EXIT, #PID<…>}: …`. An assertion may start with such a word itself, but then no banner stands in the block.
fn exunit(message: &str, block: &str) -> TestError {
    let banner = banner(block);
    let (kind, exception, message) = match (message, banner) {
        ("Not implemented", None) => (ErrorKind::NotImplemented, None, message),
        (m, Some("exit")) => (ErrorKind::Exit, None, after(m, "exit: ")),
        (m, Some("throw")) => (ErrorKind::Throw, None, after(m, "throw: ")),
        (m, Some(name)) if name.starts_with("EXIT") => {
            let rest = m.split_once(">}: ").map_or(m, |(_, rest)| rest);
            (ErrorKind::LinkedExit, None, rest)
        }
        (m, Some(name)) if m.starts_with("error: ") => {
            (ErrorKind::Error, Some(name.to_owned()), after(m, "error: "))
        }
        (m, _) => (ErrorKind::Assertion, None, m),
    };
    TestError {
        kind,
        exception,
        message: message.to_owned(),
        ..TestError::default()
    }
}

/// What stands in the parentheses of the first banner of a block, `     ** (KeyError) …`.
fn banner(block: &str) -> Option<&str> {
    let line = block.lines().find_map(|l| l.strip_prefix("     ** ("))?;
    line.split_once(") ").map(|(name, _)| name)
}

fn after<'a>(message: &'a str, word: &str) -> &'a str {
    message.strip_prefix(word).unwrap_or(message)
}

/// Other tools: a message, a type, and a text that often repeats the message.
fn plain(told: &Told) -> TestError {
    let text = told.text.trim();
    let message = match told.message.as_deref().map(str::trim) {
        Some(message) if !message.is_empty() && !text.starts_with(message) => {
            format!("{message}\n{text}")
        }
        _ => text.to_owned(),
    };
    TestError {
        kind: if told.error {
            ErrorKind::Error
        } else {
            ErrorKind::Assertion
        },
        exception: told.type_name.clone(),
        message: message.trim_end().to_owned(),
        ..TestError::default()
    }
}

/// File and line of the test, from the second line of ExUnit's block (a name may hold line breaks).
pub(super) fn place(block: &str) -> Option<(&str, NonZeroU32)> {
    block.lines().skip(1).take(20).find_map(|line| {
        let path = line.strip_prefix("     ").filter(|l| !l.starts_with(' '))?;
        let (file, line, column) = text::location(path);
        let line = line.filter(|_| column.is_none() && !file.contains(": "))?;
        Some((file, line))
    })
}
