//! Findings, and what benchmarks measured.

use std::io::{self, Write};

use gatekeeper_parsers::Tool;
use gatekeeper_parsers::evidence::Severity;

use super::{SHOWN, labelled, more, paint, plural, safe, see};
use crate::emit::{Style, compared, place};
use crate::report::{Report, ReportFinding, nanoseconds};
use crate::waiver::Status;

/// Characters of the name of a tool that are shown.
const TOOL: usize = 24;

pub(super) fn write(report: &Report, style: Style, out: &mut dyn Write) -> io::Result<()> {
    let listed: Vec<&ReportFinding> = report
        .findings
        .iter()
        // Compile errors are failures.
        .filter(|f| f.tool != Tool::Compiler || f.finding.severity < Severity::High)
        .filter(|f| style.verbose || f.derived_from.is_none())
        .collect();
    let derived = report
        .findings
        .iter()
        .filter(|f| f.derived_from.is_some())
        .count();
    let standing = compared::standing(report);
    if listed.is_empty() && standing.is_none() {
        return Ok(());
    }
    let title = counted(report, listed.len(), standing);
    writeln!(
        out,
        "\n{}{}",
        paint(&title, "1", style),
        if listed.is_empty() { "" } else { "\n" }
    )?;
    let shown = if style.verbose { listed.len() } else { SHOWN };
    // What is new comes first; without a baseline all of it is.
    let mut sorted = listed.clone();
    sorted.sort_by_key(|f| f.status != Status::New);
    for f in sorted.iter().take(shown) {
        finding(report, f, style, out)?;
    }
    more(listed.len(), shown, "finding", out)?;
    if derived > 0 && !style.verbose {
        writeln!(
            out,
            "\n  {} only from these (-v shows them)",
            plural_verb(derived)
        )?;
    }
    Ok(())
}

/// How many findings there are, how many of them are waived, and how they stand to the baseline.
fn counted(report: &Report, listed: usize, standing: Option<String>) -> String {
    let all = report.findings_in_all();
    let mut title = match all > listed as u64 {
        true => format!("{all} findings, {listed} of them listed"),
        false => plural(listed, "finding"),
    };
    if report.waived() > 0 {
        title = format!("{title}, {} waived", report.waived());
    }
    match standing {
        Some(standing) => format!("{title}: {}", safe(&standing)),
        None => title,
    }
}

fn finding(
    report: &Report,
    f: &ReportFinding,
    style: Style,
    out: &mut dyn Write,
) -> io::Result<()> {
    let x = &f.finding;
    let at = place(x.path.as_deref(), x.line).unwrap_or_else(|| "-".into());
    // A SARIF document names its tool as it likes.
    let tool: String = safe(&f.tool_id).chars().take(TOOL).collect();
    let status = match f.status {
        Status::New => "",
        Status::Known => "  (known)",
        Status::Waived => "  (waived)",
    };
    writeln!(
        out,
        "  {:<9} {}  {} {}{status}",
        x.severity.id(),
        safe(&at),
        tool,
        safe(&x.rule)
    )?;
    let first = x.message.lines().next().unwrap_or_default();
    labelled("", &safe(first), style, out)?;
    match see(report, &f.related, style) {
        Some(text) => labelled("see", &text, style, out),
        None => Ok(()),
    }
}

fn plural_verb(n: usize) -> String {
    match n {
        1 => "1 more follows".to_owned(),
        n => format!("{n} more follow"),
    }
}

/// One line for each scenario, when all is asked for.
pub(super) fn benchmarks(report: &Report, style: Style, out: &mut dyn Write) -> io::Result<()> {
    let all: Vec<_> = report.scenarios().collect();
    if all.is_empty() || !style.verbose {
        return Ok(());
    }
    let title = plural(all.len(), "benchmark");
    writeln!(out, "\n{}\n", paint(&title, "1", style))?;
    for (_, scenario) in all {
        let input = scenario.input.as_deref().map(|i| format!(" with {i}"));
        let name = format!("{}{}", scenario.name, input.unwrap_or_default());
        let ns = |ps: Option<u64>| ps.map_or("-".to_owned(), nanoseconds);
        writeln!(
            out,
            "  {}  median {} ns, 99 % {} ns, {}",
            safe(&name),
            ns(scenario.median_ps),
            ns(scenario.p99_ps),
            plural(
                usize::try_from(scenario.samples).unwrap_or(usize::MAX),
                "sample"
            ),
        )?;
    }
    Ok(())
}
