//! `gatekeeper render`: renders an earlier report again.

use std::fs::File;
use std::io::{self, Read};

use super::options::Color;
use super::output::Outputs;
use crate::error::Error;
use crate::exit::of_verdict;
use crate::report::Report;
use crate::wire::v1::{self, Unread};

/// As typed.
#[derive(Debug, clap::Args)]
pub(super) struct Args {
    /// A report that `--format json` wrote, or - for standard input
    #[arg(value_name = "REPORT.json")]
    report: String,
    /// How to render it: terminal, markdown, html, json, github, sarif, junit, gitlab, agent, handoff, values; with =PATH into a file. Repeatable
    #[arg(
        long,
        value_name = "NAME[=PATH]",
        env = "GATEKEEPER_FORMAT",
        value_delimiter = ','
    )]
    format: Vec<String>,
    /// Whether to use colour
    #[arg(
        long,
        value_name = "WHEN",
        env = "GATEKEEPER_COLOR",
        default_value = "auto"
    )]
    color: Color,
    /// Show every failure, finding, source and defect
    #[arg(short, long)]
    verbose: bool,
}

/// Reads and renders. Nothing is judged again; the code is that of the report's verdict, so that a report that failed
/// does not look like a pass to who looks at the code.
pub(super) fn command(args: &Args) -> Result<u8, Error> {
    let report = read(&args.report)?;
    let outputs = Outputs::open(&args.format, args.color, false, args.verbose)?;
    outputs.write(&report)?;
    Ok(of_verdict(report.verdict).code())
}

/// The report in a file, or on standard input.
pub(super) fn read(path: &str) -> Result<Report, Error> {
    report(path, &text(path)?)
}

/// The report that a text is.
pub(super) fn report(path: &str, text: &str) -> Result<Report, Error> {
    v1::read(text).map_err(|why| unread(path, &why))
}

fn text(path: &str) -> Result<String, Error> {
    let mut bytes = Vec::new();
    let read = match path {
        "-" => io::stdin().lock().read_to_end(&mut bytes),
        path => File::open(path).and_then(|mut file| file.read_to_end(&mut bytes)),
    };
    read.map_err(|e| Error::open(path, &e))?;
    let no_text = || unread(path, &Unread::Malformed("it is not UTF-8".into()));
    String::from_utf8(bytes).map_err(|_| no_text())
}

fn unread(path: &str, why: &Unread) -> Error {
    match why {
        Unread::Malformed(text) => Error::usage(
            format!("{path} is no report: {text}"),
            "give a file that `--format json=FILE` wrote",
        ),
        Unread::Schema(Some(other)) => {
            let other: String = other.chars().take(80).collect();
            Error::usage(
                format!(
                    "{path} is {other:?}, and this version renders {:?}",
                    v1::SCHEMA
                ),
                "render it with the version of gatekeeper that wrote it",
            )
        }
        Unread::Schema(None) => Error::usage(
            format!("{path} names no schema, so it is no report"),
            "give a file that `--format json=FILE` wrote; `gatekeeper check` judges the reports of tools",
        ),
        Unread::Value(text) => Error::usage(
            format!("{path}: {text}"),
            "render it with the version of gatekeeper that wrote it",
        ),
    }
}
