//! `--retry-failed N`: failed tests are run again alone, each until it passes, at most N times.

use std::ffi::OsString;
use std::io::{self, Write as _};

use super::{Done, How};
use crate::emit::escape;
use crate::error::Error;
use crate::plan::words;
use crate::report::{Report, ReportFailure, Source};
use crate::retry;

/// What came of it.
#[derive(Default)]
pub(super) struct Again {
    /// The sources of the runs, set aside.
    pub(super) sources: Vec<Source>,
    /// The signal by which somebody ended gatekeeper meanwhile.
    pub(super) signal: Option<i32>,
}

/// Runs the failed tests of a report again, whose runs are these.
pub(super) fn run(
    runs: &mut [Done],
    report: &Report,
    times: u32,
    how: &How<'_>,
) -> Result<Again, Error> {
    let mut again = Again::default();
    let tests = |f: &&ReportFailure| !retry::commands(f, times).is_empty();
    let mut failures: Vec<&ReportFailure> = report.failures.iter().filter(tests).collect();
    failures.dedup_by_key(|f| &f.rerun);
    if failures.len() > retry::MOST {
        let (n, most) = (failures.len(), retry::MOST);
        say(
            how,
            &format!("── {n} tests failed: with more than {most} none is run again"),
        );
        return Ok(again);
    }
    for failure in failures {
        let command = report
            .sources
            .get(failure.source)
            .and_then(|s| s.command.as_ref());
        let Some(of) = runs.iter_mut().find(|d| Some(&d.run.command) == command) else {
            continue;
        };
        for (n, command) in retry::commands(failure, times).iter().enumerate() {
            // What is quoted for a shell is split as one would; what is not understood is not run.
            let Ok(words) = words(command) else {
                break;
            };
            say(how, &format!("── again, {} of {times}: {command}", n + 1));
            let words: Vec<OsString> = words.iter().map(OsString::from).collect();
            let mut done = Done::of(&words, how)?;
            done.run.again = true;
            done.record();
            of.run.reruns.push(done.folder());
            retry::set_aside(&mut done.sources);
            let passes = retry::passes(&failure.failure, &done.sources);
            again.sources.append(&mut done.sources);
            again.signal = done.ended.forwarded;
            if again.signal.is_some() {
                return Ok(again);
            }
            if passes {
                break;
            }
        }
    }
    Ok(again)
}

/// A line on standard error, where somebody reads them.
pub(super) fn say(how: &How<'_>, line: &str) {
    if how.shown {
        // When nobody listens, the report still tells.
        let _ = writeln!(io::stderr().lock(), "{}", escape::terminal(line));
    }
}
