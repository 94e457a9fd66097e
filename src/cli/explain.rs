//! `gatekeeper explain`: every id, from the same tables that the rest uses.

use std::fmt::Write as _;

use gatekeeper_parsers::{DefectKind, FORMATS, Format};

use super::output;
use crate::emit::escape::terminal;
use crate::error::Error;
use crate::exit::ExitCode;
use crate::failures::{CATEGORIES, Category, Strength, TAGS, Tag};
use crate::gates::{GATES, Gate};
use crate::report::Trust;
use crate::words::distance;

/// As typed.
#[derive(Debug, clap::Args)]
pub(super) struct Args {
    /// What to explain; `gates`, `categories`, `tags`, `defects`, `formats`, `trust` and `exit-codes` list what there is
    #[arg(value_name = "ID")]
    id: Option<String>,
}

/// Prints the page of an id.
pub(super) fn command(args: &Args) -> Result<u8, Error> {
    let page = match &args.id {
        None => overview(),
        Some(id) => page(id).ok_or_else(|| unknown(id))?,
    };
    output::page(page.as_bytes())?;
    Ok(0)
}

fn unknown(id: &str) -> Error {
    let near = all_ids()
        .into_iter()
        .filter(|known| distance(known, id) <= 2)
        .collect::<Vec<_>>();
    let hint = match near.as_slice() {
        [] => "`gatekeeper explain` lists what there is".to_owned(),
        near => format!("did you mean {}?", near.join(" or ")),
    };
    Error::usage(format!("nothing here is called {:?}", terminal(id)), hint)
}

/// Every id that has a page.
fn all_ids() -> Vec<String> {
    let mut ids: Vec<String> = GATES.iter().map(|g| g.id.to_owned()).collect();
    ids.extend(CATEGORIES.iter().map(|c| c.id.to_owned()));
    ids.extend(TAGS.iter().map(|t| t.id.to_owned()));
    ids.extend(DefectKind::ALL.iter().map(|d| d.id().to_owned()));
    ids.extend(FORMATS.iter().map(|f| f.id.to_owned()));
    ids.extend(ExitCode::ALL.iter().map(|c| c.code().to_string()));
    ids
}

/// Everything that has this id, one page after the other: `coverage` is a gate, `doctest` a category.
fn page(id: &str) -> Option<String> {
    if let Some(list) = list(id) {
        return Some(list);
    }
    let mut pages = Vec::new();
    pages.extend(
        GATES
            .iter()
            .filter(|g| g.id == row_of(id) || g.aliases.contains(&id))
            .map(gate),
    );
    pages.extend(CATEGORIES.iter().filter(|c| c.id == id).map(category));
    pages.extend(TAGS.iter().filter(|t| t.id == id).map(tag));
    pages.extend(
        DefectKind::ALL
            .iter()
            .filter(|d| d.id() == id)
            .map(|d| defect(*d)),
    );
    pages.extend(FORMATS.iter().filter(|f| f.id == id).map(format));
    pages.extend(
        ExitCode::ALL
            .iter()
            .filter(|c| c.code().to_string() == id)
            .map(|c| exit_code(*c)),
    );
    if let Some(n) = id
        .parse::<u8>()
        .ok()
        .and_then(|n| n.checked_sub(128))
        .filter(|n| (1..=64).contains(n))
    {
        pages.push(format!("exit code {id}: gatekeeper was ended by signal {n}\n\n  The signal was forwarded to the command first.\n"));
    }
    (!pages.is_empty()).then(|| pages.join("\n"))
}

/// The row of the table for a part that the policy names: `coverage.layer:contexts`, `findings.sobelow`.
fn row_of(id: &str) -> &str {
    match id.split_once(':') {
        Some((row, _)) => row,
        None if id.starts_with("findings.") => "findings",
        None => id,
    }
}

fn overview() -> String {
    let mut out = String::from("gatekeeper explain ID explains one of these:\n");
    for word in [
        "gates",
        "categories",
        "tags",
        "defects",
        "formats",
        "trust",
        "exit-codes",
    ] {
        out.push('\n');
        out.push_str(&list(word).unwrap_or_default());
    }
    out
}

fn list(word: &str) -> Option<String> {
    let rows: Vec<(String, &str)> = match word {
        "gates" => GATES.iter().map(|g| (g.id.to_owned(), g.rule)).collect(),
        "categories" => CATEGORIES
            .iter()
            .map(|c| (c.id.to_owned(), c.title))
            .collect(),
        "tags" => TAGS.iter().map(|t| (t.id.to_owned(), t.says)).collect(),
        "defects" => DefectKind::ALL
            .iter()
            .map(|d| (d.id().to_owned(), d.title()))
            .collect(),
        "formats" => FORMATS
            .iter()
            .map(|f| (f.id.to_owned(), f.summary))
            .collect(),
        "trust" => Trust::ALL
            .iter()
            .map(|t| (t.id().to_owned(), t.meaning()))
            .collect(),
        "exit-codes" => ExitCode::ALL
            .iter()
            .map(|c| (c.code().to_string(), c.title()))
            .collect(),
        _ => return None,
    };
    let width = rows.iter().map(|(id, _)| id.len()).max().unwrap_or(0);
    let mut out = format!("{word}:\n");
    for (id, text) in rows {
        let _ = writeln!(out, "  {id:<width$}  {text}");
    }
    if word == "exit-codes" {
        out.push_str("  128+n  gatekeeper itself was ended by signal n\n");
    }
    Some(out)
}

fn gate(g: &Gate) -> String {
    let tools: Vec<&str> = g.tools.iter().map(|t| t.id()).collect();
    let mut out = format!("gate {}: {}\n\n{}", g.id, g.rule, wrapped(g.explanation));
    if !tools.is_empty() {
        let _ = writeln!(out, "\n  judges: {}", tools.join(", "));
    }
    out
}

fn category(c: &Category) -> String {
    let mut out = format!(
        "failure category {}: {}\n\n{}",
        c.id,
        c.title,
        wrapped(c.means)
    );
    for line in c.explain {
        out.push_str(&wrapped(&format!("- {line}")));
    }
    for (label, text) in [
        ("Recognised by", c.recognised),
        ("Advice", c.advice),
        ("No advice when", c.unless),
    ] {
        if !text.is_empty() {
            let _ = write!(out, "\n{}", wrapped(&format!("{label}: {text}")));
        }
    }
    if !c.link.is_empty() {
        let _ = writeln!(out, "\n  {}", c.link);
    }
    out
}

fn tag(t: &Tag) -> String {
    format!(
        "tag {} ({})\n\n{}{}",
        t.id,
        t.strength.id(),
        wrapped(&format!("Noticed: {}.", t.says)),
        wrapped(match t.strength {
            Strength::Shown =>
                "`run --retry-failed N` ran it again on the same files, and it passed. It fails the gate all the same, \
                 unless tests.max_flaky in gatekeeper.toml has room for it.",
            Strength::Likely =>
                "The failure is likely flaky; a second run with the same seed tells.",
            Strength::Possible => "The failure may be flaky; alone it says little.",
            Strength::Against => "The failure is not flaky: it speaks against chance.",
        })
    )
}

fn defect(d: DefectKind) -> String {
    format!(
        "defect {}: {}\n\n{}",
        d.id(),
        d.title(),
        wrapped(d.explanation())
    )
}

fn format(f: &Format) -> String {
    let proof = wrapped(&format!("Complete when: {}", f.proof));
    format!(
        "format {}: {}\n\n{proof}\n  tool: {}\n",
        f.id,
        f.summary,
        f.tool.id()
    )
}

fn exit_code(c: ExitCode) -> String {
    format!(
        "exit code {}: {}\n\n{}",
        c.code(),
        c.title(),
        wrapped(c.explanation())
    )
}

/// Text indented by two and wrapped at 80 columns.
fn wrapped(text: &str) -> String {
    let (mut out, mut line) = (String::new(), String::new());
    for word in text.split_whitespace() {
        if !line.is_empty() && line.chars().count() + 1 + word.chars().count() > 76 {
            let _ = writeln!(out, "  {line}");
            line.clear();
        }
        if !line.is_empty() {
            line.push(' ');
        }
        line.push_str(word);
    }
    let _ = writeln!(out, "  {line}");
    out
}
