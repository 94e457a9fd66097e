//! `--failed`: what did not pass the last time runs again, and what passed counts as far as it is not stale.
//!
//! Of a plan these are steps. Of a command that runs tests, its failed tests run first, alone (`mix test --failed`): when
//! one of them fails still, that is the answer, and quickly. When they pass, all of it runs: some tests never prove the
//! rest.

use std::ffi::OsString;
use std::path::Path;

use super::again::say;
use super::steps::{judged, row};
use super::{Done, How};
use crate::cli::check::read_again;
use crate::command;
use crate::error::Error;
use crate::gates::Ruling;
use crate::plan::Planned;
use crate::record::{self, Run};
use crate::report::Source;
use crate::tree::{self, Tree};

/// What is known of a command before it runs as a whole.
pub(super) enum Known {
    /// It passed for the files as they are now: its sources.
    Passed(Vec<Source>),
    /// Some of its failed tests fail still.
    Fails(Box<Done>),
    /// Nothing that spares a run.
    Nothing,
}

/// What the record knows of a command, and what its failed tests say now.
pub(super) fn known(command: &[OsString], how: &How<'_>) -> Result<Known, Error> {
    let words: Vec<String> = command
        .iter()
        .map(|w| w.to_string_lossy().into_owned())
        .collect();
    let here = std::env::current_dir().unwrap_or_default();
    let same = |run: &Run| run.command == words && Path::new(&run.directory) == here;
    let latest = record::latest(&how.shared.record)?;
    let found = latest.iter().rev().find_map(|(dir, run)| {
        let run = run.as_ref().filter(|r| same(r))?;
        Some((dir, run))
    });
    let Some((dir, run)) = found else {
        return Ok(Known::Nothing);
    };
    if let Some(sources) = passed(dir, run, tree::state(Path::new(".")).as_ref(), how)? {
        if judged(&sources, how.meant).0 != Ruling::Pass {
            // For other files than these.
            return Ok(Known::Nothing);
        }
        say(how, "── not run: it passed when it was recorded");
        return Ok(Known::Passed(sources));
    }
    let Some(failed) = failed_tests(command, &words) else {
        return Ok(Known::Nothing);
    };
    say(how, "── the tests that failed the last time");
    let mut done = Done::of(&failed, how)?;
    // It is no evidence about the whole.
    done.run.again = true;
    done.record();
    if judged(&done.sources, how.meant).0 == Ruling::Fail || done.ended.forwarded.is_some() {
        return Ok(Known::Fails(Box::new(done)));
    }
    say(how, "── none of them fails: all tests");
    Ok(Known::Nothing)
}

/// The command that runs failed tests alone, where it is a plain `mix test`.
fn failed_tests(command: &[OsString], words: &[String]) -> Option<Vec<OsString>> {
    let told = command::words(words);
    let [task] = told.tasks.as_slice() else {
        return None;
    };
    let plain = task.name == "test" && !told.shell && !task.args.iter().any(|a| a == "--failed");
    let more = std::iter::once(OsString::from("--failed"));
    plain.then(|| command.iter().cloned().chain(more).collect())
}

/// The steps that did not pass when they were last recorded, and the sources of those that did.
pub(super) fn not_passed(
    steps: Vec<Planned>,
    how: &How<'_>,
) -> Result<(Vec<Planned>, Vec<Source>), Error> {
    let now = tree::state(Path::new("."));
    let here = std::env::current_dir().unwrap_or_default();
    let latest = record::latest(&how.shared.record)?;
    let (mut again, mut kept) = (Vec::new(), Vec::new());
    for step in steps {
        let of_step =
            |run: &&record::Run| run.command == step.command && Path::new(&run.directory) == here;
        let mut last = latest
            .iter()
            .filter_map(|(dir, run)| Some((dir, run.as_ref()?)));
        let passed = match last.rfind(|(_, run)| of_step(run)) {
            None => None,
            Some((dir, run)) => passed(dir, run, now.as_ref(), how)?,
        };
        match passed {
            None => again.push(step),
            Some(sources) => {
                say(
                    how,
                    &row(&step.id, "not run", None, "it passed when it was recorded"),
                );
                kept.extend(sources);
            }
        }
    }
    Ok((again, kept))
}

/// The sources of a recorded run that passed, with what speaks against them now.
fn passed(
    dir: &Path,
    run: &record::Run,
    now: Option<&Tree>,
    how: &How<'_>,
) -> Result<Option<Vec<Source>>, Error> {
    let then = crate::source::recorded(dir, run, how.meant.expect)?;
    match judged(&then, how.meant).0 {
        Ruling::Fail | Ruling::Undecided => Ok(None),
        Ruling::Pass => read_again(dir, run, now, how.meant.expect).map(Some),
    }
}
