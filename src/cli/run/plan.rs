//! `gatekeeper run` without a command: every step of the plan, judged together at the end. They run one after the other,
//! but for those that neither compile nor write: these run beside the others, and are shown when it is their turn.

use std::ffi::OsString;
use std::path::Path;
use std::thread::{self, Scope, ScopedJoinHandle};

use super::again::say;
use super::failed::not_passed;
use super::{Args, Done, How, Whose, signalled};
use crate::cli::options::{Meant, given};
use crate::error::Error;
use crate::exit::of_verdict;
use crate::gates::{Policy, Ruling, Weight};
use crate::plan::{self, Planned, Scan};
use crate::policy::Setting;
use crate::report::{Project, Report, Source};
use crate::tree;

/// As typed.
#[derive(Debug, clap::Args)]
pub(super) struct Choice {
    /// Run only these steps of the plan: compile, format, credo, test, …
    #[arg(long, value_name = "STEP", value_delimiter = ',')]
    only: Vec<String>,
    /// Run the plan without these steps
    #[arg(long, value_name = "STEP", value_delimiter = ',')]
    except: Vec<String>,
    /// Stop the plan after the first step that fails
    #[arg(long)]
    fail_fast: bool,
    /// Run only the steps that did not pass when they were last recorded; the others count as far as they are not stale. With
    /// a command: nothing if it passed for these files; else its failed tests, and all of it when these pass
    #[arg(long)]
    pub(super) failed: bool,
}

impl Choice {
    /// These are for a plan alone.
    pub(super) fn refuse_with_command(&self) -> Result<(), Error> {
        let typed = [
            ("--only", !self.only.is_empty()),
            ("--except", !self.except.is_empty()),
            ("--fail-fast", self.fail_fast),
        ];
        match typed.into_iter().find(|(_, typed)| *typed) {
            None => Ok(()),
            Some((option, _)) => Err(Error::usage(
                format!("{option} is for the plan, and there is a command"),
                "leave out the option, or the command after --",
            )),
        }
    }

    /// The steps that are to run, of those that are planned.
    fn choose(&self, planned: Vec<Planned>) -> Result<Vec<Planned>, Error> {
        let known: Vec<String> = planned.iter().map(|s| s.id.clone()).collect();
        for (option, ids) in [("--only", &self.only), ("--except", &self.except)] {
            if let Some(unknown) = ids.iter().find(|id| !known.contains(id)) {
                let message = format!("{option}: the plan has no step {unknown:?}");
                return Err(Error::usage(
                    message,
                    format!("steps: {}", known.join(", ")),
                ));
            }
        }
        let mut chosen = planned;
        chosen.retain(|s| self.only.is_empty() || self.only.contains(&s.id));
        chosen.retain(|s| !self.except.contains(&s.id));
        match chosen.is_empty() {
            true => Err(Error::usage(
                "run: no step of the plan is left",
                format!("steps: {}", known.join(", ")),
            )),
            false => Ok(chosen),
        }
    }
}

/// Runs the plan, judges, renders, records.
pub(super) fn command(mut args: Args) -> Result<u8, Error> {
    // Of a plan the report is what is wanted, so that is what stays.
    let quiet = std::mem::take(&mut args.shared.quiet);
    let meant = args.shared.mean()?;
    let steps = args.plan.choose(planned(&args, &meant)?)?;
    let how = args.how(&meant, !quiet);
    let (steps, mut sources) = match args.plan.failed {
        true => not_passed(steps, &how)?,
        false => (steps, Vec::new()),
    };
    let (mut done, signal) = run(&steps, &how, args.plan.fail_fast)?;
    sources.extend(done.iter_mut().flat_map(|d| std::mem::take(&mut d.sources)));
    let (report, later) = super::judged(sources, &mut done, args.retry_failed, &how)?;
    let signal = signal.or(later);
    meant.outputs.write(&report)?;
    let after = tree::state(Path::new("."));
    for done in &mut done {
        done.record(after.clone());
    }
    Ok(signal.map_or(of_verdict(report.verdict).code(), signalled))
}

/// The plan of this project.
fn planned(args: &Args, meant: &Meant) -> Result<Vec<Planned>, Error> {
    if args.exit_code == Whose::Child {
        let hint = "give a command after --, or leave the option out";
        return Err(Error::usage(
            "--exit-code child: a plan is more than one command",
            hint,
        ));
    }
    if args.pty {
        let hint = "give a command after --, or leave the option out";
        return Err(Error::usage(
            "--pty: the steps of a plan print for programs, not for a terminal",
            hint,
        ));
    }
    if meant.expect.format.is_some() || meant.expect.tool.is_some() {
        let hint = "give a command after --, or use --only";
        return Err(Error::usage(
            "--as and --tool: a plan has more than one tool",
            hint,
        ));
    }
    let here = Scan::of(Path::new("."));
    let rules = &meant.policy.policy.plan;
    if rules.steps.is_none() && !here.has("mix.exs") {
        let hint = "go to the folder of mix.exs, name steps in [plan] of gatekeeper.toml, or give a command: \
                    `gatekeeper run -- mix test`";
        return Err(Error::usage(
            "run: there is no mix.exs here, so there is no plan",
            hint,
        ));
    }
    plan::plan(&here, rules).map_err(|missing| {
        let name = given(meant.policy.file.as_deref()).unwrap_or("the policy");
        let hint = "nothing was run; add what is missing, or take the step out of [plan]";
        let message = format!("{name} plans what the project does not have");
        Error {
            details: missing.iter().map(|line| format!("  {line}")).collect(),
            ..Error::usage(message, hint)
        }
    })
}

/// Runs the steps; the signal is that by which somebody ended gatekeeper meanwhile. What is shown and judged is that of
/// one step after the other, also where some ran side by side.
fn run(
    steps: &[Planned],
    how: &How<'_>,
    fail_fast: bool,
) -> Result<(Vec<Done>, Option<i32>), Error> {
    thread::scope(|scope| {
        let mut aside: Vec<Option<Beside<'_>>> = steps.iter().map(|_| None).collect();
        let mut all = Vec::new();
        let mut rows = Vec::new();
        let mut stopped: Option<String> = None;
        for (n, step) in steps.iter().enumerate() {
            if let Some(why) = &stopped {
                rows.push(row(&step.id, "not run", None, why));
                say_last(how, &rows);
                continue;
            }
            if !fail_fast {
                start_beside(scope, steps, n, how, &mut aside);
            }
            say(how, &format!("── {}: {}", step.id, step.command.join(" ")));
            let beside = aside.get_mut(n).and_then(Option::take);
            let mut done = match beside {
                Some(beside) => finished(beside, how)?,
                None => Done::of(&words(step), &labelled(how, step, n, steps.len()))?,
            };
            done.record(tree::state(Path::new(".")));
            let (ruling, because) = told(&done, how.meant);
            let time = Some(done.run.duration_ms);
            rows.push(row(&step.id, ruling.id(), time, &because));
            say_last(how, &rows);
            stopped = why_stopped(&done, fail_fast && ruling == Ruling::Fail);
            all.push(done);
        }
        again_at_once(how, &rows);
        let signal = all.last().and_then(|d: &Done| d.ended.forwarded);
        Ok((all, signal))
    })
}

/// A step that runs beside others.
type Beside<'scope> = ScopedJoinHandle<'scope, Result<Done, Error>>;

/// Starts what can run beside this step and those that follow, as soon as nothing compiles any more.
fn start_beside<'scope, 'env>(
    scope: &'scope Scope<'scope, 'env>,
    steps: &'env [Planned],
    at: usize,
    how: &'env How<'env>,
    running: &mut [Option<Beside<'scope>>],
) {
    if running.iter().any(Option::is_some) {
        return;
    }
    let left = steps.iter().zip(running).skip(at);
    let can = plan::aside(steps.get(at..).unwrap_or_default());
    for ((step, place), can) in left.zip(can) {
        if can {
            let silent = How {
                shown: false,
                live: false,
                ..how.clone()
            };
            *place = Some(scope.spawn(move || Done::of(&words(step), &silent)));
        }
    }
}

/// Waits for a step that ran beside others, and shows what it printed.
fn finished(beside: Beside<'_>, how: &How<'_>) -> Result<Done, Error> {
    let done = beside
        .join()
        .unwrap_or_else(|p| std::panic::resume_unwind(p))?;
    done.show(how)?;
    Ok(done)
}

fn words(step: &Planned) -> Vec<OsString> {
    step.command.iter().map(OsString::from).collect()
}

/// The live line of a step says where in the plan it is.
fn labelled<'a>(how: &How<'a>, step: &Planned, n: usize, of: usize) -> How<'a> {
    How {
        label: Some(format!("{} ({} of {of})", step.id, n + 1)),
        ..how.clone()
    }
}

fn why_stopped(done: &Done, failed: bool) -> Option<String> {
    match done.ended.forwarded {
        Some(signal) => Some(format!("ended by signal {signal}")),
        None if failed => Some("a step before it failed (--fail-fast)".into()),
        None => None,
    }
}

fn told(done: &Done, meant: &Meant) -> (Ruling, String) {
    let (ruling, because) = judged(&done.sources, meant);
    match done.run.timed_out {
        true => (ruling, crate::source::TIMED_OUT.into()),
        false => (ruling, because),
    }
}

fn say_last(how: &How<'_>, rows: &[String]) {
    rows.last().into_iter().for_each(|row| say(how, row));
}

/// At a terminal the rows stand apart, between what the steps printed: at the end they are one table.
fn again_at_once(how: &How<'_>, rows: &[String]) {
    if how.live && rows.len() > 1 {
        say(how, "── plan");
        rows.iter().for_each(|row| say(how, row));
    }
}

/// What one step alone says. What only all of them together can say (what is required, shards) is left out.
pub(super) fn judged(sources: &[Source], meant: &Meant) -> (Ruling, String) {
    let mut policy = Policy {
        require: Vec::new(),
        expected_shards: None,
        unused_waivers: Setting::standard(Weight::Warn),
        ..meant.policy.policy.clone()
    };
    policy.coverage.patch = None;
    let project = Project::default();
    let report = Report::against(sources.to_vec(), &policy, project, &meant.against);
    let worst = |g: &&crate::gates::Judged| g.counts() && g.judgement.ruling == report.verdict;
    let because: Vec<&str> = report
        .gates
        .iter()
        .filter(worst)
        .map(|g| g.judgement.because.as_str())
        .collect();
    if because.is_empty() && report.sources.iter().all(Source::is_complete) {
        return (Ruling::Pass, "shown; no gate judges it".into());
    }
    (report.verdict, because.join("; "))
}

pub(super) fn row(id: &str, ruling: &str, ms: Option<u64>, because: &str) -> String {
    let word = if ruling == "pass" { "ok" } else { ruling };
    let time = ms.map_or(String::new(), |ms| {
        let tenths = ms.saturating_add(50) / 100;
        format!("{}.{}s", tenths / 10, tenths % 10)
    });
    format!("{id:<12} {word:<9} {time:>8}  {because}")
}
