//! The grammar inside a message: banners of exceptions, frames of other processes, generated values.

use std::num::NonZeroU32;

use gatekeeper_parsers::evidence::{ErrorKind, Frame, Name, TestError};

/// Banners and frames of one message that are looked at.
const MAX: usize = 100;

/// Whether what stands in a banner's parentheses is an exit or a throw, not an exception.
pub(super) fn is_exit_word(name: &str) -> bool {
    name == "EXIT" || name == "exit" || name == "throw" || name.starts_with("EXIT from")
}

/// What stands in the parentheses of each banner `** (X) …`, in their order. A banner starts its line: inside one it is
/// a value that quotes it.
pub(super) fn banners(message: &str) -> Vec<String> {
    re!(r"(?m)(?:^\s*|raised: )\*\* \(([^()\n]{1,200})\)")
        .captures_iter(message)
        .take(MAX)
        .filter_map(|found| Some(found.get(1)?.as_str().trim().to_owned()))
        .collect()
}

/// The error of a message that starts with a banner.
fn leading_error(message: &str) -> Option<(ErrorKind, String, String)> {
    let message = message.trim_start();
    let (name, rest) = message.strip_prefix("** (")?.split_once(')')?;
    Some(error(name, rest))
}

/// Kind, exception and message; an exception that only carries another one gives way to it.
pub(super) fn unwrapped(error: &TestError, message: String) -> (ErrorKind, String, String) {
    let exception = error.exception.as_deref().unwrap_or_default();
    let carries = match error.kind {
        ErrorKind::Error => exception.is_empty() || exception == "Plug.Conn.WrapperError",
        _ => false,
    };
    if carries && let Some(carried) = leading_error(&message) {
        return carried;
    }
    match error.kind {
        ErrorKind::Error if exception == "ExUnit.AssertionError" => {
            (ErrorKind::Assertion, String::new(), message)
        }
        ErrorKind::Error => (ErrorKind::Error, exception.to_owned(), message),
        kind => (kind, String::new(), message),
    }
}

/// The innermost thing that a chain of exits ends with, or the first exception inside the message.
pub(super) fn inner_error(message: &str) -> Option<(ErrorKind, String, String)> {
    let mut last = None;
    for found in re!(r"(?m)(?:^\s*|raised: )\*\* \(([^()\n]{1,200})\)")
        .captures_iter(message)
        .take(MAX)
    {
        let (whole, name) = (found.get(0)?, found.get(1)?.as_str());
        let rest = message.get(whole.end()..).unwrap_or_default();
        last = Some(error(name, rest));
        if !is_exit_word(name) {
            return last;
        }
    }
    bare_assertion(message).or(last)
}

/// ExUnit prints the assertion of another process without a banner.
fn bare_assertion(message: &str) -> Option<(ErrorKind, String, String)> {
    let (_, rest) = message.rsplit_once("an exception was raised:\n")?;
    let rest = rest.trim_start();
    Some((ErrorKind::Assertion, String::new(), rest.to_owned())).filter(|_| !rest.is_empty())
}

fn error(name: &str, rest: &str) -> (ErrorKind, String, String) {
    let kind = match name {
        "ExUnit.AssertionError" => ErrorKind::Assertion,
        "throw" => ErrorKind::Throw,
        name if is_exit_word(name) => ErrorKind::Exit,
        _ => ErrorKind::Error,
    };
    let exception = if kind == ErrorKind::Error {
        name.trim()
    } else {
        ""
    };
    (kind, exception.to_owned(), rest.trim_start().to_owned())
}

/// What follows the values that a property generated: the assertion that they falsified.
pub(super) fn under_generated(message: &str) -> Option<String> {
    if !message
        .trim_start()
        .starts_with("Failed with generated values")
    {
        return None;
    }
    let rest = re!(r"\n[ \t]*\n")
        .regex()
        .split(message)
        .skip(1)
        .skip_while(|paragraph| paragraph.trim_start().starts_with("* Clause:"));
    Some(rest.collect::<Vec<_>>().join("\n\n"))
}

/// Stack frames inside a message: those of a process that crashed.
pub(super) fn frames(message: &str) -> Vec<Frame> {
    let with_file = re!(
        r"^\s*(?:\(([^()\s]+)(?: [^()]*)?\) )?([^\s:()]+\.(?:exs|ex|erl|eex|heex|leex)):(\d+): (\S.*)$"
    );
    let without_file = re!(r"^\s*\(([a-z][a-z0-9_]*)(?: [^()]*)?\) ([:A-Z]\S*\(.*\))$");
    let mut frames = Vec::new();
    for line in message.lines() {
        if frames.len() == MAX {
            break;
        }
        if let Some(found) = with_file.captures(line) {
            let group = |n| found.get(n).map(|group| Name::from(group.as_str()));
            frames.push(Frame {
                app: group(1),
                file: group(2),
                line: group(3).and_then(|line| line.parse::<NonZeroU32>().ok()),
                function: group(4).unwrap_or_default(),
            });
        } else if let Some(found) = without_file.captures(line) {
            let group = |n| found.get(n).map(|group| Name::from(group.as_str()));
            frames.push(Frame {
                app: group(1),
                file: None,
                line: None,
                function: group(2).unwrap_or_default(),
            });
        }
    }
    frames
}
