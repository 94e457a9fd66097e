//! `gatekeeper run` without a command: every step of the plan, judged together at the end.

use std::path::Path;

use super::failed::not_passed;
use super::{Args, Done, Whose, signalled, steps};
use crate::cli::options::{Meant, given};
use crate::error::Error;
use crate::exit::of_verdict;
use crate::plan::{self, Planned, Scan};

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
    let chosen = args.plan.choose(planned(&args, &meant)?)?;
    let how = args.how(&meant, !quiet);
    let (chosen, mut sources) = match args.plan.failed {
        true => not_passed(chosen, &how)?,
        false => (chosen, Vec::new()),
    };
    let (mut done, signal) = steps::run(&chosen, &how, args.plan.fail_fast)?;
    sources.extend(done.iter_mut().flat_map(|d| std::mem::take(&mut d.sources)));
    let (report, later) = super::judged(sources, &mut done, args.retry_failed, &how)?;
    let signal = signal.or(later);
    meant.outputs.write(&report)?;
    if args.retry_failed > 0 {
        // With the runs that were made of their failed tests.
        done.iter_mut().for_each(Done::record);
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
