//! The command that runs one failure again, as far as the failure itself can tell it.
//!
//! What the original command had to say stays: the seed, the partition's number (it names the database), tags that are
//! included, and whether anything is started. `--partitions` goes: with it the file may belong to another part.
//!
//! Deliberately absent: several failures in one command, and variables of the original environment other than the
//! partition's number (only who ran it knows them).

use gatekeeper_parsers::evidence::{Failure, Frame};

use super::text::is_hidden;

/// What is known about the command that ran the test.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Call {
    /// The seed.
    pub seed: Option<u64>,
    /// The number of the partition.
    pub partition: Option<u32>,
    /// Options that the command needs again, such as `--include slow`.
    pub options: Vec<String>,
    /// Whether this Elixir knows `--repeat-until-failure` (1.17).
    pub repeats: bool,
}

impl Call {
    /// Takes over the options of a command that a run of the same test needs too.
    pub fn keep_options(&mut self, command: &[String]) {
        let mut words = command.iter().skip_while(|word| *word != "test").skip(1);
        while let Some(word) = words.next() {
            match word.as_str() {
                "--include" | "-i" => {
                    if let Some(tag) = words.next() {
                        self.options.extend(["--include".to_owned(), tag.clone()]);
                    }
                }
                "--no-start" | "--no-deps-check" => self.options.push(word.clone()),
                _ => {}
            }
        }
    }
}

/// The command that runs a failure until it fails again: for what may be flaky. `None` where this Elixir has none, and
/// for what never depends on chance.
#[must_use]
pub fn repeat(failure: &Failure, call: &Call) -> Option<String> {
    let kind = failure.test_type.as_deref().unwrap_or("test");
    if !call.repeats || matches!(kind, "compile" | "boot" | "setup_all") {
        return None;
    }
    let anew = Call {
        seed: None,
        ..call.clone()
    };
    Some(format!(
        "{} --repeat-until-failure 100",
        rerun(failure, &anew)?
    ))
}

/// The exact command, quoted for a POSIX shell, to be run where the run was started. `None` when the failure does not
/// say enough, or when a name holds characters that do not show: a command must be what it looks like.
#[must_use]
pub fn rerun(failure: &Failure, call: &Call) -> Option<String> {
    let kind = failure.test_type.as_deref().unwrap_or("test");
    let command = match kind {
        "boot" => "mix test".to_owned(),
        "compile" => return whole(failure),
        "setup_all" => of_module(failure)?,
        // Its location is the line of the `doctest` macro, which stands for all examples.
        "doctest" => by_name(failure, kind)?,
        _ => at_line(failure).or_else(|| by_name(failure, kind))?,
    };
    let mut out = match call.partition {
        Some(number) => format!("MIX_TEST_PARTITION={number} {command}"),
        None => command,
    };
    for option in &call.options {
        out.push(' ');
        out.push_str(&quoted(option)?);
    }
    if let Some(seed) = call.seed {
        out.push_str(&format!(" --seed {seed}"));
    }
    Some(out)
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
