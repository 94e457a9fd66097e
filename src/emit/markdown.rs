//! The report as Markdown: verdict and gates first, then failures and findings within a budget, then doubts.

use std::io::{self, Write};

use super::escape::{fence, markdown as safe};
use super::{Style, advice, place};
use crate::gates::Ruling;
use crate::report::{Report, ReportFailure};

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
        let at = place(first.failure.file.as_deref(), first.failure.line);
        let at = at
            .map(|at| format!(", first at {}", safe(&at)))
            .unwrap_or_default();
        let n = group.members.len();
        writeln!(
            out,
            "- **{}** ({n} failure{}){at}",
            safe(&group.title),
            if n == 1 { "" } else { "s" }
        )?;
        writeln!(out, "\n  {}", safe(&group.cause))?;
        if let Some(hint) = &group.hint {
            writeln!(out, "\n  {}", safe(hint))?;
        }
        let said = advice::related(report, &first.related);
        if !said.is_empty() {
            writeln!(out, "\n  At the same place: {}", safe(&said.join("; ")))?;
        }
        writeln!(out)?;
        for line in fence(block(first).trim(), "text").lines() {
            writeln!(out, "  {line}")?;
        }
    }
    Ok(())
}

/// What went wrong in the first failure of a group, and the command that shows it again.
fn block(failure: &ReportFailure) -> String {
    let cut = |text: &str| text.chars().take(MESSAGE).collect::<String>();
    let mut block = String::new();
    if let Some(error) = failure.failure.errors.first() {
        block.push_str(&cut(&error.message));
        for (label, value) in [
            ("code:  ", &error.code),
            ("left:  ", &error.left),
            ("right: ", &error.right),
        ] {
            if let Some(value) = value {
                block.push_str(&format!("\n{label}{}", cut(value)));
            }
        }
    }
    if let Some(rerun) = &failure.rerun {
        block.push_str(&format!("\n\n{rerun}"));
    }
    block
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
        "\nSources: {}. Defects: {}.",
        report.sources.len(),
        report.defects()
    )
}
