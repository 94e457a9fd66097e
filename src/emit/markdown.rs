//! The report as Markdown: verdict and gates first, then failures and findings within a budget, then doubts.

use std::io::{self, Write};

use super::escape::{fence, markdown as safe};
use super::{Style, place};
use crate::gates::Ruling;
use crate::report::Report;

/// Groups, findings and sources that are shown.
const SHOWN: usize = 20;

/// Characters of one message that are shown.
const MESSAGE: usize = 600;

pub(super) fn write(report: &Report, _: Style, out: &mut dyn Write) -> io::Result<()> {
    writeln!(
        out,
        "## gatekeeper: {} {}\n",
        mark(report.verdict),
        report.verdict.id()
    )?;
    writeln!(
        out,
        "| ruling | gate | measured | limit | why |\n|---|---|---|---|---|"
    )?;
    for g in &report.gates {
        let j = &g.judgement;
        let (actual, limit, because) = (safe(&j.actual), safe(&j.limit), safe(&j.because));
        writeln!(
            out,
            "| {} {} | {} | {actual} | {limit} | {because} |",
            mark(j.ruling),
            j.ruling.id(),
            g.gate.id
        )?;
    }
    failures(report, out)?;
    findings(report, out)?;
    doubts(report, out)
}

fn mark(ruling: Ruling) -> &'static str {
    match ruling {
        Ruling::Pass => "✅",
        Ruling::Undecided => "❔",
        Ruling::Fail => "❌",
    }
}

fn heading(out: &mut dyn Write, word: &str, n: usize) -> io::Result<()> {
    let shown = if n > SHOWN {
        format!("showing {SHOWN} of {n}")
    } else {
        n.to_string()
    };
    writeln!(out, "\n### {word} ({shown})\n")
}

fn failures(report: &Report, out: &mut dyn Write) -> io::Result<()> {
    if report.groups.is_empty() {
        return Ok(());
    }
    heading(out, "Failure groups", report.groups.len())?;
    for group in report.groups.iter().take(SHOWN) {
        let Some(first) = group.members.first().and_then(|i| report.failures.get(*i)) else {
            continue;
        };
        let at = place(first.failure.file.as_deref(), first.failure.line).unwrap_or_default();
        writeln!(
            out,
            "- **{}** ({} failed), first at {}",
            safe(&group.title),
            group.members.len(),
            safe(&at)
        )?;
        if let Some(hint) = &group.hint {
            writeln!(out, "  {}", safe(hint))?;
        }
        let error = first.failure.errors.first();
        let message: String = error
            .map(|e| e.message.chars().take(MESSAGE).collect())
            .unwrap_or_default();
        let mut block = message;
        for (label, value) in [
            ("code:  ", error.and_then(|e| e.code.as_deref())),
            ("left:  ", error.and_then(|e| e.left.as_deref())),
            ("right: ", error.and_then(|e| e.right.as_deref())),
        ] {
            if let Some(value) = value {
                let value: String = value.chars().take(MESSAGE).collect();
                block.push_str(&format!("\n{label}{value}"));
            }
        }
        if let Some(rerun) = &first.rerun {
            block.push_str(&format!("\n\n{rerun}"));
        }
        for line in fence(block.trim(), "text").lines() {
            writeln!(out, "  {line}")?;
        }
    }
    Ok(())
}

fn findings(report: &Report, out: &mut dyn Write) -> io::Result<()> {
    if report.findings.is_empty() {
        return Ok(());
    }
    heading(out, "Findings", report.findings.len())?;
    writeln!(
        out,
        "| severity | place | rule | message |\n|---|---|---|---|"
    )?;
    for f in report.findings.iter().take(SHOWN) {
        let x = &f.finding;
        let at = place(x.path.as_deref(), x.line).unwrap_or_default();
        let message: String = x
            .message
            .lines()
            .next()
            .unwrap_or_default()
            .chars()
            .take(MESSAGE)
            .collect();
        let (tool, severity) = (safe(&f.tool_id), x.severity.id());
        writeln!(
            out,
            "| {severity} | {} | {tool} {} | {} |",
            safe(&at),
            safe(&x.rule),
            safe(&message)
        )?;
    }
    Ok(())
}

fn doubts(report: &Report, out: &mut dyn Write) -> io::Result<()> {
    let doubtful: Vec<_> = report.sources.iter().filter(|s| !s.is_complete()).collect();
    if !doubtful.is_empty() {
        heading(out, "Sources that are not proven", doubtful.len())?;
    }
    for source in doubtful.iter().take(SHOWN) {
        let why = source
            .defects
            .first()
            .map(|d| format!("{} [{}]", d.message, d.kind))
            .unwrap_or_default();
        writeln!(out, "- {}: {}", safe(&source.label), safe(&why))?;
    }
    writeln!(
        out,
        "\n{} sources, {} defects",
        report.sources.len(),
        report.defects()
    )
}
