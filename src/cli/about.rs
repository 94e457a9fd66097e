//! `gatekeeper schema`, `completions` and `man`: what gatekeeper says about itself, for other programs.

use std::io;
use std::path::Path;

use clap::CommandFactory;
use clap_complete::Shell;

use super::output;
use crate::error::Error;
use crate::wire::v1::JSON_SCHEMA;

/// As typed.
#[derive(Debug, clap::Args)]
pub(super) struct Completions {
    /// The shell
    shell: Shell,
}

/// As typed.
#[derive(Debug, clap::Args)]
pub(super) struct Man {
    /// The command; without one, the page of gatekeeper itself
    command: Option<String>,
}

/// Prints the JSON Schema of the report.
pub(super) fn schema() -> Result<u8, Error> {
    print(JSON_SCHEMA.as_bytes())
}

/// Prints the script of a shell.
pub(super) fn completions(args: &Completions) -> Result<u8, Error> {
    let mut text = Vec::new();
    clap_complete::generate(
        args.shell,
        &mut super::Args::command(),
        "gatekeeper",
        &mut text,
    );
    print(&text)
}

/// Prints a page for `man`.
pub(super) fn man(args: &Man) -> Result<u8, Error> {
    let mut all = super::Args::command();
    // Subcommands get their full names and the options of their parents.
    all.build();
    let command = match &args.command {
        None => all,
        Some(name) => match all.find_subcommand(name) {
            Some(command) => command.clone(),
            None => {
                let known: Vec<&str> = all.get_subcommands().map(clap::Command::get_name).collect();
                let hint = format!("commands: {}", known.join(", "));
                return Err(Error::usage(format!("there is no command {name:?}"), hint));
            }
        },
    };
    let mut text = Vec::new();
    clap_mangen::Man::new(command)
        .render(&mut text)
        .map_err(|e| failed(&e))?;
    print(&text)
}

fn failed(error: &io::Error) -> Error {
    Error::write(Path::new("standard output"), error)
}

fn print(text: &[u8]) -> Result<u8, Error> {
    output::page(text)?;
    Ok(0)
}
