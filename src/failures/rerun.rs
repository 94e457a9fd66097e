//! The command that runs one failure again, as far as the failure itself can tell it.
//!
//! Deliberately absent: the original command's own options and variables (only who ran it knows them), partitions, and
//! several failures in one command.

use gatekeeper_parsers::evidence::{Failure, Frame};

use super::text::is_hidden;

/// The exact command, quoted for a POSIX shell, to be run where the run was started. `None` when the failure does not
/// say enough, or when a name holds characters that do not show: a command must be what it looks like.
#[must_use]
pub fn rerun(failure: &Failure, seed: Option<u64>) -> Option<String> {
    let kind = failure.test_type.as_deref().unwrap_or("test");
    let command = match kind {
        "compile" => return whole(failure),
        "setup_all" => of_module(failure)?,
        // Its location is the line of the `doctest` macro, which stands for all examples.
        "doctest" => by_name(failure, kind)?,
        _ => at_line(failure).or_else(|| by_name(failure, kind))?,
    };
    Some(match seed {
        Some(seed) => format!("{command} --seed {seed}"),
        None => command,
    })
}

/// After a file compiles again its tests can run; support and application code concern all of them.
fn whole(failure: &Failure) -> Option<String> {
    match path(failure.file.as_deref()) {
        Some(file) if file.ends_with("_test.exs") => Some(format!("mix test {}", quoted(&file)?)),
        _ => Some("mix test".to_owned()),
    }
}

fn at_line(failure: &Failure) -> Option<String> {
    let file = path(failure.file.as_deref())?;
    Some(format!(
        "mix test {}",
        quoted(&format!("{file}:{}", failure.line?))?
    ))
}

/// Never together with a line: the line would win, silently.
fn by_name(failure: &Failure, kind: &str) -> Option<String> {
    let name = failure.name.as_deref()?;
    let filter = quoted(&format!("test:{kind} {name}"))?;
    Some(match path(failure.file.as_deref()) {
        Some(file) => format!("mix test {} --only {filter}", quoted(&file)?),
        None => format!("mix test --only {filter}"),
    })
}

/// The block of a failed `setup_all` has no location; the frame of its callback has one, unless a case template
/// defines it.
fn of_module(failure: &Failure) -> Option<String> {
    let module = failure.module.as_deref()?;
    let filter = quoted(&format!("module:{}", module.trim_start_matches(':')))?;
    let file = path(failure.file.as_deref()).or_else(|| setup_file(failure, module));
    Some(match file {
        Some(file) => format!("mix test {} --only {filter}", quoted(&file)?),
        None => format!("mix test --only {filter}"),
    })
}

fn setup_file(failure: &Failure, module: &str) -> Option<String> {
    let is_own = |frame: &&Frame| {
        frame.function.strip_prefix(module).is_some_and(|rest| {
            rest.starts_with(".__ex_unit_") || rest.starts_with(".\"__ex_unit_")
        })
    };
    let mut frames = failure.errors.iter().flat_map(|error| &error.stack);
    let file = path(frames.find(is_own)?.file.as_deref())?;
    // In an umbrella stacks are relative to the application, commands to the root.
    Some(match failure.app.as_deref() {
        Some(app) if !file.starts_with("apps/") => format!("apps/{app}/{file}"),
        _ => file,
    })
}

/// A path as `mix test` wants it: a backslash before a line would exclude everything.
fn path(file: Option<&str>) -> Option<String> {
    file.filter(|file| !file.is_empty() && !file.starts_with('-'))
        .map(|file| file.replace('\\', "/"))
}

/// A word of a POSIX shell.
fn quoted(word: &str) -> Option<String> {
    if word.chars().any(is_hidden) {
        return None;
    }
    let plain = |c: char| c.is_ascii_alphanumeric() || "_./:@%+,=-".contains(c);
    if !word.is_empty() && word.chars().all(plain) {
        return Some(word.to_owned());
    }
    Some(format!("'{}'", word.replace('\'', r"'\''")))
}
