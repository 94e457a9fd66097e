//! The report as Markdown: verdict and gates first, then failures and findings within a budget, then doubts.

use std::io::{self, Write};

use super::escape::{fence, markdown as safe};
use super::{Style, compared, place};
use crate::gates::Ruling;
use crate::report::{Report, ReportFailure};
use crate::waiver::Status;

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
        let (actual, because) = (safe(&j.actual), safe(&j.because));
        let limit = match g.source.as_str() {
            "default" => safe(&j.limit),
            source => safe(&format!("{} ({source})", j.limit)),
        };
        writeln!(
            out,
            "| {} {}{} | {} | {actual} | {limit} | {because} |",
            mark(j.ruling),
            j.ruling.id(),
            if g.counts() { "" } else { " (advisory)" },
            safe(&g.id)
        )?;
    }
    patch(report, out)?;
    failures(report, out)?;
    findings(report, out)?;
    doubts(report, out)?;
    policy(report, out)
}

/// The lines that changed: a sentence, and what is missed or not known.
fn patch(report: &Report, out: &mut dyn Write) -> io::Result<()> {
    let Some(line) = compared::patch_line(report) else {
        return Ok(());
    };
    writeln!(out, "\nChanged lines: {}.", safe(&line))?;
    let details = compared::patch_details(report);
    if !details.is_empty() {
        heading(
            out,
            "Changed lines that are missed or not known",
            details.len(),
        )?;
    }
    for (label, text) in details.iter().take(SHOWN) {
        writeln!(out, "- {label}: {}", safe(text))?;
    }
    Ok(())
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
        let members = group.members.iter().filter_map(|i| report.failures.get(*i));
        let waived = match members.filter(|f| f.status == Status::Waived).count() {
            0 => String::new(),
            waived => format!(", {waived} waived"),
        };
        writeln!(
            out,
            "- **{}** ({n} failure{}{waived}){at}",
            safe(&group.title),
            if n == 1 { "" } else { "s" }
        )?;
        if let Some(hint) = &group.hint {
            writeln!(out, "\n  {}", safe(hint))?;
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
    if let Some(standing) = compared::standing(report) {
        writeln!(out, "\nFindings: {}.", safe(&standing))?;
    }
    if report.findings.is_empty() {
        return Ok(());
    }
    heading(out, "Findings", report.findings.len())?;
    writeln!(
        out,
        "| severity | place | rule | message |\n|---|---|---|---|"
    )?;
    let mut sorted: Vec<_> = report.findings.iter().collect();
    sorted.sort_by_key(|f| f.status == Status::Known);
    for f in sorted.into_iter().take(SHOWN) {
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
        let severity = match f.status {
            Status::New => severity.to_owned(),
            Status::Known => format!("{severity} (known)"),
            Status::Waived => format!("{severity} (waived)"),
        };
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

/// Waivers, and what the tree's own policy says otherwise.
fn policy(report: &Report, out: &mut dyn Write) -> io::Result<()> {
    if !report.waivers.is_empty() {
        heading(out, "Waivers", report.waivers.len())?;
    }
    for w in report.waivers.iter().take(SHOWN) {
        let (finding, owner, reason) = (
            safe(&w.waiver.finding),
            safe(&w.waiver.owner),
            safe(&w.waiver.reason),
        );
        let (state, n, until) = (w.state.id(), w.matched, w.waiver.expires);
        writeln!(
            out,
            "- {finding}: {state}, {n} found, until {until}, {owner}: {reason}"
        )?;
    }
    let Some(shadow) = &report.shadow else {
        return Ok(());
    };
    let verdict = shadow.verdict.map_or("unreadable", Ruling::id);
    writeln!(
        out,
        "\nJudged by the policy of {}. By the tree's own policy the verdict would be: {verdict}.\n",
        safe(&shadow.from)
    )?;
    for change in shadow.changes.iter().take(SHOWN) {
        let word = |value: &Option<String>| safe(value.as_deref().unwrap_or("not said"));
        let (used, other) = (word(&change.used), word(&change.other));
        writeln!(out, "- {}: {used}, would be {other}", safe(&change.key))?;
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
