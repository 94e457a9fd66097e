//! The command line: what was typed, what is meant, and one file a command.

use std::ffi::OsString;
use std::io::{self, Write};
use std::panic::{AssertUnwindSafe, catch_unwind};

use clap::{Parser, Subcommand};

use crate::error::Error;
use crate::exit::ExitCode;

mod about;
mod baseline;
mod check;
mod compared;
mod config;
mod event;
mod explain;
mod init;
mod options;
mod output;
mod policy;
mod publish;
mod render;
mod run;
mod wave;

/// The quality gate for Elixir and Phoenix teams. A gate never passes on nothing: what is missing, cut, stale or not
/// understood is undecided, and undecided is not a pass.
#[derive(Debug, Parser)]
#[command(name = "gatekeeper", version, max_term_width = 80, after_help = EXIT_CODES)]
struct Args {
    #[command(subcommand)]
    command: Command,
}

const EXIT_CODES: &str = "\
Exit codes:
  0         every judged gate passed
  1         a gate failed
  2         usage or configuration error; nothing was judged
  3         undecided: evidence missing, cut, stale or contradictory, or nothing ran
  70        a fault of gatekeeper itself
  126, 127  `run`: the command could not be executed, was not found
  128+n     gatekeeper was ended by signal n";

#[derive(Debug, Subcommand)]
enum Command {
    /// Run the plan of the project, or one command: pass output through, read it, judge it
    Run(run::Args),
    /// Judge reports that exist; without arguments, everything recorded for this tree
    Check(check::Args),
    /// Accept today's findings as known, or show what is
    Baseline(baseline::Args),
    /// Write a gatekeeper.toml from what the project has, or a workflow for CI
    Init(init::Args),
    /// Show the policy that holds, with where each value comes from, or validate it
    Config(config::Args),
    /// Render an earlier report again; ends with the code of its verdict
    Render(render::Args),
    /// Publish a report on GitHub: a comment, and a check run with annotations
    Publish(publish::Args),
    /// Explain a gate, a failure category, a defect, a format or an exit code
    Explain(explain::Args),
    /// The evidence bundle of a delivery wave: export, verify, list, withdraw, keygen
    Wave(wave::Args),
    /// Print the JSON Schema of the report (`--format json`)
    Schema,
    /// Print the completions of a shell
    Completions(about::Completions),
    /// Print a page for man
    Man(about::Man),
}

/// Runs the command line and gives the process code.
pub fn run(args: impl IntoIterator<Item = OsString>) -> u8 {
    let args = match Args::try_parse_from(args) {
        Ok(args) => args,
        Err(error) => {
            let help = !error.use_stderr();
            // Help that nobody reads any more (`| head`) is no trouble.
            let _ = error.print();
            return if help { 0 } else { ExitCode::Usage.code() };
        }
    };
    let command = AssertUnwindSafe(|| match args.command {
        Command::Run(args) => run::command(args),
        Command::Check(args) => check::command(args),
        Command::Baseline(args) => baseline::command(args),
        Command::Init(args) => init::command(&args),
        Command::Config(args) => config::command(&args),
        Command::Render(args) => render::command(&args),
        Command::Publish(args) => publish::command(&args),
        Command::Explain(args) => explain::command(&args),
        Command::Wave(args) => wave::command(args),
        Command::Schema => about::schema(),
        Command::Completions(args) => about::completions(&args),
        Command::Man(args) => about::man(&args),
    });
    match catch_unwind(command) {
        Ok(Ok(code)) => code,
        Ok(Err(error)) => say(&error),
        Err(_) => say(&Error::fault()),
    }
}

/// Says an error and what to do about it, and gives its code.
fn say(error: &Error) -> u8 {
    let mut err = io::stderr().lock();
    // When nobody listens, the code still tells.
    let _ = writeln!(
        err,
        "gatekeeper: {}",
        crate::emit::escape::terminal(&error.message)
    );
    for line in &error.details {
        let _ = writeln!(err, "{}", crate::emit::escape::terminal(line));
    }
    if let Some(hint) = &error.hint {
        let _ = writeln!(err, "  hint: {}", crate::emit::escape::terminal(hint));
    }
    error.code.code()
}
