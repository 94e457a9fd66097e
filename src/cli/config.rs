//! `gatekeeper config show|validate`: the policy that holds, and where each value comes from.

use std::fmt::Write as _;
use std::path::Path;

use clap::{Subcommand, ValueEnum};
use serde::Serialize;

use super::output;
use super::policy::{Chosen, Options};
use crate::config;
use crate::emit::escape::terminal as safe;
use crate::error::Error;
use crate::suppressions::{self, Suppression};

/// As typed.
#[derive(Debug, clap::Args)]
pub(super) struct Args {
    #[command(subcommand)]
    what: What,
}

#[derive(Debug, Subcommand)]
enum What {
    /// Every value that holds, with where it comes from
    Show(Shared),
    /// Whether the policy is understood; every problem at once
    Validate(Shared),
}

#[derive(Debug, clap::Args)]
struct Shared {
    #[command(flatten)]
    policy: Options,
    /// For people or for programs
    #[arg(long, value_name = "NAME", default_value = "terminal")]
    format: Format,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
enum Format {
    Terminal,
    Json,
}

/// Prints the policy, or that it is understood.
pub(super) fn command(args: &Args) -> Result<u8, Error> {
    let (shared, values) = match &args.what {
        What::Show(shared) => (shared, true),
        What::Validate(shared) => (shared, false),
    };
    let chosen = shared.policy.mean()?;
    let silenced = if values {
        suppressions::scan(Path::new("."))
    } else {
        Vec::new()
    };
    let text = match shared.format {
        Format::Json => json(&chosen, &silenced),
        Format::Terminal if values => table(&chosen, &silenced),
        Format::Terminal => format!("{}: valid\n", safe(name(&chosen))),
    };
    output::page(text.as_bytes())?;
    Ok(0)
}

fn name(chosen: &Chosen) -> &str {
    chosen
        .file
        .as_deref()
        .unwrap_or("no gatekeeper.toml; the defaults")
}

fn notes() -> Vec<String> {
    let user = config::user_file();
    let note = user.map(|path| {
        format!(
            "{} is not read: the gates belong to the project",
            path.display()
        )
    });
    note.into_iter().collect()
}

fn table(chosen: &Chosen, silenced: &[Suppression]) -> String {
    let mut out = format!("policy: {}\n\n", safe(name(chosen)));
    let rows = chosen.policy.effective();
    let width = |text: &dyn Fn(&crate::policy::Effective) -> usize| {
        rows.iter().map(text).max().unwrap_or(0)
    };
    let key = width(&|e| e.key.chars().count()).min(40);
    let value = width(&|e| e.value.chars().count()).min(24);
    for row in &rows {
        let (k, v) = (safe(&row.key), safe(&row.value));
        let _ = writeln!(
            out,
            "  {k:<key$}  {v:<value$}  {}",
            safe(&row.origin.to_string())
        );
    }
    for note in notes() {
        let _ = writeln!(out, "\nnote: {}", safe(&note));
    }
    if !silenced.is_empty() {
        let _ = writeln!(
            out,
            "\nsuppressed in the project itself: {}",
            silenced.len()
        );
        for s in silenced {
            let _ = writeln!(
                out,
                "  {:<9} {}:{}  {}",
                s.tool,
                safe(&s.path),
                s.line,
                safe(&s.text)
            );
        }
    }
    out
}

/// `gatekeeper.policy/v1`.
#[derive(Serialize)]
struct Wire<'a> {
    schema: &'static str,
    file: Option<&'a str>,
    values: Vec<Value>,
    notes: Vec<String>,
    suppressions: Vec<Silenced<'a>>,
}

#[derive(Serialize)]
struct Value {
    key: String,
    value: String,
    source: String,
}

#[derive(Serialize)]
struct Silenced<'a> {
    tool: &'a str,
    path: &'a str,
    line: u32,
    text: &'a str,
}

fn json(chosen: &Chosen, silenced: &[Suppression]) -> String {
    let values = chosen.policy.effective().into_iter().map(|e| Value {
        key: e.key,
        value: e.value,
        source: e.origin.to_string(),
    });
    let wire = Wire {
        schema: "gatekeeper.policy/v1",
        file: chosen.file.as_deref(),
        values: values.collect(),
        notes: notes(),
        suppressions: silenced
            .iter()
            .map(|s| Silenced {
                tool: s.tool,
                path: &s.path,
                line: s.line,
                text: &s.text,
            })
            .collect(),
    };
    // Nothing in it can fail to be JSON.
    let mut text = serde_json::to_string_pretty(&wire).unwrap_or_default();
    text.push('\n');
    text
}
