//! `gatekeeper run -- CMD…`: runs one command, passes its output through, reads it, judges it, records it.
//! `gatekeeper run`: the same with every step of the project's plan, judged together.

use std::ffi::OsString;
use std::path::Path;
use std::time::Duration;

use clap::ValueEnum;
use clap::builder::FalseyValueParser;

use super::event;
use super::options::{Meant, Shared};
use crate::error::Error;
use crate::exit::of_verdict;
use crate::modules;
use crate::project;
use crate::report::{Exit, Report, Source};
use crate::run::Ended;
use crate::tree;

mod again;
mod failed;
mod live;
mod one;
mod plan;
mod steps;

use failed::Known;
use one::{Done, How};

/// As typed.
#[derive(Debug, clap::Args)]
pub(super) struct Args {
    /// The exit code: of the verdict, or of the command
    #[arg(
        long,
        value_name = "WHOSE",
        env = "GATEKEEPER_EXIT_CODE",
        default_value = "verdict"
    )]
    exit_code: Whose,
    /// Judge tests by what they print alone, without our formatter in their VM
    #[arg(long, env = "GATEKEEPER_NO_CHANNEL", value_parser = FalseyValueParser::new())]
    no_channel: bool,
    /// Run the command even in a workflow that anybody can start with rights of this repository
    #[arg(long)]
    allow_untrusted_event: bool,
    /// Give the command a terminal to print to, so that it colours as for you; both its streams become one
    #[arg(long, env = "GATEKEEPER_PTY", value_parser = FalseyValueParser::new())]
    pty: bool,
    /// End a command that takes longer: it is undecided
    #[arg(long, value_name = "SECONDS", env = "GATEKEEPER_TIMEOUT", value_parser = clap::value_parser!(u32).range(1..))]
    timeout: Option<u32>,
    /// Run failed tests again alone, up to N times: one that passes then is flaky (see `explain flaky`)
    #[arg(
        long,
        value_name = "N",
        env = "GATEKEEPER_RETRY_FAILED",
        default_value = "0",
        hide_default_value = true
    )]
    retry_failed: u32,
    #[command(flatten)]
    plan: plan::Choice,
    #[command(flatten)]
    shared: Shared,
    /// The command, after --; without one, every step of the plan
    #[arg(trailing_var_arg = true, value_name = "CMD")]
    command: Vec<OsString>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
enum Whose {
    Verdict,
    Child,
}

/// Runs, judges, renders, records.
pub(super) fn command(args: Args) -> Result<u8, Error> {
    event::guard(args.allow_untrusted_event)?;
    crate::run::outlive_file_limits();
    if args.command.is_empty() {
        return plan::command(args);
    }
    args.plan.refuse_with_command()?;
    let meant = args.shared.mean()?;
    let how = args.how(&meant, true);
    if args.plan.failed {
        match failed::known(&args.command, &how)? {
            Known::Passed(sources) => return from_record(sources, &how),
            Known::Fails(done) => return judge(*done, &args, &how),
            Known::Nothing => {}
        }
    }
    judge(Done::of(&args.command, &how)?, &args, &how)
}

/// Judges a run that passed when it was recorded.
fn from_record(sources: Vec<Source>, how: &How<'_>) -> Result<u8, Error> {
    let state = tree::state(Path::new("."));
    let report = report(sources, how.meant, state.as_ref());
    how.meant.outputs.write(&report)?;
    Ok(of_verdict(report.verdict).code())
}

/// Judges, renders and records a run.
fn judge(mut done: Done, args: &Args, how: &How<'_>) -> Result<u8, Error> {
    let sources = std::mem::take(&mut done.sources);
    let runs = std::slice::from_mut(&mut done);
    let (report, signal) = judged(sources, runs, args.retry_failed, how)?;
    how.meant.outputs.write(&report)?;
    done.record();
    let interrupted = done.ended.forwarded.or(signal);
    Ok(interrupted.map_or_else(|| code(args, &done.ended, &report), signalled))
}

impl Args {
    fn how<'a>(&'a self, meant: &'a Meant, shown: bool) -> How<'a> {
        How {
            shared: &self.shared,
            meant,
            channel: !self.no_channel,
            terminal: self.pty,
            shown,
            live: shown && !self.shared.quiet && live::is_wanted(),
            label: None,
            seat: None,
            limit: self.timeout.map(|s| Duration::from_secs(s.into())),
        }
    }
}

/// Judges what these runs said, after failed tests were run again where that is asked for. The signal is that by which
/// somebody ended gatekeeper meanwhile.
fn judged(
    mut sources: Vec<Source>,
    runs: &mut [Done],
    times: u32,
    how: &How<'_>,
) -> Result<(Report, Option<i32>), Error> {
    let state = match runs.first() {
        Some(first) => first.run.before.clone(),
        None => tree::state(Path::new(".")),
    };
    let interrupted = runs.iter().any(|d| d.ended.forwarded.is_some());
    if times == 0 || interrupted {
        return Ok((report(sources, how.meant, state.as_ref()), None));
    }
    let first = report(sources.clone(), how.meant, state.as_ref());
    let again = again::run(runs, &first, times, how)?;
    if again.sources.is_empty() {
        return Ok((first, again.signal));
    }
    sources.extend(again.sources);
    Ok((report(sources, how.meant, state.as_ref()), again.signal))
}

/// Puts everything together, and judges it.
fn report(mut sources: Vec<Source>, meant: &Meant, state: Option<&tree::Tree>) -> Report {
    modules::place(&mut sources, Path::new("."));
    let facts = project::facts(Path::new("."), state);
    let mut report = Report::against(sources, &meant.policy.policy, facts, &meant.against);
    meant.complete(&mut report);
    report
}

fn code(args: &Args, ended: &Ended, report: &Report) -> u8 {
    match (args.exit_code, ended.exit) {
        (Whose::Verdict, _) => of_verdict(report.verdict).code(),
        (Whose::Child, Exit::Code(code)) => u8::try_from(code).unwrap_or(u8::MAX),
        (Whose::Child, Exit::Signal(signal)) => signalled(signal),
    }
}

/// The code of gatekeeper when a signal ended it, or its command.
fn signalled(signal: i32) -> u8 {
    u8::try_from(signal).unwrap_or(0).saturating_add(128)
}
