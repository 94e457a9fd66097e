//! The report for people at a terminal: gates, failures with their cause, findings, doubts, and one last line.

use std::collections::BTreeSet;
use std::io::{self, Write};

use comfy_table::{ColumnConstraint, ContentArrangement, LineStyle, Table, TableStyle, Width};

use gatekeeper_parsers::Tool;

use super::escape::terminal as safe;
use super::{Style, advice, compared, place};
use crate::failures::{Group, Strength};
use crate::gates::Ruling;
use crate::report::{Report, ReportFailure, Source};
use crate::waiver::Status;

mod findings;
mod policy;

/// Groups of failures, findings and doubtful sources that are shown unless all are asked for.
const SHOWN: usize = 10;

/// Things at the same place that are named, unless all is asked for.
const SEE: usize = 4;

/// Characters of a gate's id that stand in one line.
const ID: usize = 28;

pub(super) fn write(report: &Report, style: Style, out: &mut dyn Write) -> io::Result<()> {
    writeln!(out)?;
    gates(report, style, out)?;
    policy::limits(report, style, out)?;
    patch(report, style, out)?;
    failures(report, style, out)?;
    findings::write(report, style, out)?;
    findings::benchmarks(report, style, out)?;
    doubts(report, style, out)?;
    policy::write(report, style, out)?;
    verdict(report, style, out)
}

/// A line above, below and under the header, nothing between the rows.
const LINES: TableStyle = {
    let line = LineStyle::none().fill('─').junction('─');
    TableStyle::new()
        .top_border(line)
        .header_separator(line)
        .bottom_border(line)
};

/// SGR codes of a ruling.
fn color(ruling: Ruling) -> &'static str {
    match ruling {
        Ruling::Pass => "32",
        Ruling::Undecided => "33",
        Ruling::Fail => "31",
    }
}

fn paint(text: &str, code: &str, style: Style) -> String {
    if style.color {
        format!("\x1b[{code}m{text}\x1b[0m")
    } else {
        text.to_owned()
    }
}

fn gates(report: &Report, style: Style, out: &mut dyn Write) -> io::Result<()> {
    let mut table = Table::new();
    table
        .load_style(LINES)
        .set_content_arrangement(ContentArrangement::Dynamic);
    table
        .set_width(style.width)
        .set_header(["ruling", "gate", "measured", "limit", "why"]);
    for g in &report.gates {
        let j = &g.judgement;
        let because = match g.counts() {
            true => j.because.clone(),
            false => format!("advisory: {}", j.because),
        };
        table.add_row([
            j.ruling.id(),
            &safe(&g.id),
            &safe(&j.actual),
            &safe(&j.limit),
            &safe(&because),
        ]);
    }
    if let Some(column) = table.column_mut(0) {
        column.set_constraint(ColumnConstraint::LowerBoundary(Width::Fixed(11)));
    }
    // An id is there to be copied: it is not broken, unless a policy gave it a long name.
    let longest = report.gates.iter().map(|g| g.id.chars().count()).max();
    if let Some(column) = table.column_mut(1)
        && longest.is_some_and(|n| n <= ID)
    {
        column.set_constraint(ColumnConstraint::ContentWidth);
    }
    for line in table.lines() {
        let ruling = report
            .gates
            .iter()
            .map(|g| g.judgement.ruling)
            .find(|r| begins_row(&line, *r));
        match ruling {
            Some(ruling) => writeln!(
                out,
                "{}",
                line.trim_end()
                    .replacen(ruling.id(), &paint(ruling.id(), color(ruling), style), 1)
            )?,
            None => writeln!(out, "{}", line.trim_end())?,
        }
    }
    Ok(())
}

/// Only the first line of a gate's row begins with its ruling.
fn begins_row(line: &str, ruling: Ruling) -> bool {
    line.strip_prefix(' ')
        .and_then(|l| l.strip_prefix(ruling.id()))
        .is_some_and(|rest| rest.starts_with(' '))
}

/// The lines that changed: a sentence, and what is missed or not known.
fn patch(report: &Report, style: Style, out: &mut dyn Write) -> io::Result<()> {
    let Some(line) = compared::patch_line(report) else {
        return Ok(());
    };
    writeln!(out, "\n{}\n", paint("changed lines", "1", style))?;
    labelled("", &safe(&line), style, out)?;
    let details = compared::patch_details(report);
    let shown = if style.verbose { details.len() } else { SHOWN };
    for (label, text) in details.iter().take(shown) {
        labelled(label, &safe(text), style, out)?;
    }
    more(details.len(), shown, "line", out)
}

fn failures(report: &Report, style: Style, out: &mut dyn Write) -> io::Result<()> {
    if report.failures.is_empty() {
        return Ok(());
    }
    let (n, groups) = (report.failures.len(), report.groups.len());
    let title = format!("{} in {}", plural(n, "failure"), plural(groups, "group"));
    writeln!(out, "\n{}", paint(&title, "1", style))?;
    let shown = if style.verbose { groups } else { SHOWN };
    for group in report.groups.iter().take(shown) {
        one_group(report, group, style, out)?;
    }
    more(groups, shown, "group", out)
}

fn one_group(report: &Report, group: &Group, style: Style, out: &mut dyn Write) -> io::Result<()> {
    let Some(first) = group.members.first().and_then(|i| report.failures.get(*i)) else {
        return Ok(());
    };
    let number = report
        .groups
        .iter()
        .position(|g| std::ptr::eq(g, group))
        .unwrap_or_default()
        + 1;
    let head = format!("{number}. {}", safe(&group.title));
    let how_many = extent(report, group);
    writeln!(
        out,
        "\n  {}{how_many}",
        paint(&head, color(Ruling::Fail), style)
    )?;
    let mut lines = vec![
        ("cause", Some(safe(&group.cause))),
        ("first", Some(named(first))),
    ];
    lines.push(("hint", group.hint.as_deref().map(safe)));
    // A cause with many victims is not chance.
    let alone = group.members.len() == 1;
    lines.push(("flaky?", flaky(first).filter(|_| alone)));
    lines.push(("again", first.rerun.as_deref().map(safe)));
    lines.push(("until", first.repeat.as_deref().filter(|_| alone).map(safe)));
    lines.push(("see", see(report, &first.related, style)));
    for (label, text) in lines {
        if let Some(text) = text.filter(|t| !t.is_empty()) {
            labelled(label, &text, style, out)?;
        }
    }
    if style.verbose {
        for failure in group
            .members
            .iter()
            .skip(1)
            .filter_map(|i| report.failures.get(*i))
        {
            labelled("also", &named(failure), style, out)?;
        }
    }
    Ok(())
}

/// What else is said about a place, as much of it as there is room for.
fn see(report: &Report, related: &[String], style: Style) -> Option<String> {
    let mut said = advice::related(report, related);
    let all = said.len();
    if !style.verbose && all > SEE {
        said.truncate(SEE);
        said.push(format!("{} more (-v shows them)", all - SEE));
    }
    (all > 0).then(|| safe(&said.join("; ")))
}

/// How many failures in how many modules are one cause; nothing for a single one.
fn extent(report: &Report, group: &Group) -> String {
    let n = group.members.len();
    let members = group.members.iter().filter_map(|i| report.failures.get(*i));
    let modules: BTreeSet<_> = members.map(|f| &f.failure.module).collect();
    match (n, modules.len()) {
        (1, _) => String::new(),
        (_, 1) => format!("  {n} failures"),
        (_, modules) => format!("  {n} failures in {modules} modules"),
    }
}

/// What speaks for or against chance.
fn flaky(f: &ReportFailure) -> Option<String> {
    let says: Vec<String> = f
        .class
        .tags
        .iter()
        .filter_map(|tag| match tag.strength {
            Strength::Shown => Some(format!("yes: {}", tag.says)),
            Strength::Likely => Some(format!("likely: {}", tag.says)),
            Strength::Against => Some(format!("no: {}", tag.says)),
            Strength::Possible => None,
        })
        .collect();
    (!says.is_empty()).then(|| says.join("; "))
}

/// `test/a_test.exs:5  adds (Shop.CartTest)`.
fn named(f: &ReportFailure) -> String {
    let x = &f.failure;
    let name = match (x.name.as_deref(), x.module.as_deref()) {
        (Some(name), Some(module)) => format!("{name} ({module})"),
        (Some(one), None) | (None, Some(one)) => one.to_owned(),
        (None, None) => String::new(),
    };
    let at = place(x.file.as_deref(), x.line).unwrap_or_default();
    let waived = if f.status == Status::Waived {
        " (waived)"
    } else {
        ""
    };
    safe(format!("{at}  {name}{waived}").trim())
}

/// A label, then the text, wrapped at words below itself. What stands in one word (a path, a
/// command to copy) is never broken.
fn labelled(label: &str, text: &str, style: Style, out: &mut dyn Write) -> io::Result<()> {
    const INDENT: usize = 12;
    let room_after = |head: &str| {
        let used = head.chars().count();
        usize::from(style.width).saturating_sub(used).max(20)
    };
    let copied = matches!(label, "again" | "until");
    let mut head = format!("    {label:<7} ");
    let mut room = room_after(&head);
    let mut line = String::new();
    for word in text.split(' ') {
        if !copied && !line.is_empty() && line.chars().count() + 1 + word.chars().count() > room {
            writeln!(out, "{}", format!("{head}{line}").trim_end())?;
            head = " ".repeat(INDENT);
            room = room_after(&head);
            line.clear();
        }
        if !line.is_empty() {
            line.push(' ');
        }
        line.push_str(word);
    }
    writeln!(out, "{}", format!("{head}{line}").trim_end())
}

/// Sources that are not believed, or every source when all is asked for.
fn doubts(report: &Report, style: Style, out: &mut dyn Write) -> io::Result<()> {
    let shown: Vec<&Source> = report
        .sources
        .iter()
        .filter(|s| style.verbose || !s.is_complete())
        .collect();
    if shown.is_empty() {
        return Ok(());
    }
    writeln!(
        out,
        "\n{}",
        paint(&plural(report.sources.len(), "source"), "1", style)
    )?;
    for source in shown
        .iter()
        .take(if style.verbose { shown.len() } else { SHOWN })
    {
        let state = match source.is_complete() {
            true => "complete",
            false => "not complete",
        };
        let format = source
            .format
            .or(source.tool.map(Tool::id))
            .unwrap_or("not recognised");
        writeln!(out, "\n  {} [{format}] {state}", safe(&source.label))?;
        let defects = if style.verbose {
            source.defects.len()
        } else {
            3
        };
        for defect in source.defects.iter().take(defects) {
            let at = defect
                .at
                .line
                .map(|l| format!("line {l}: "))
                .unwrap_or_default();
            labelled(
                "defect",
                &safe(&format!("{at}{} [{}]", defect.message, defect.kind)),
                style,
                out,
            )?;
        }
        more(source.defects.len(), defects, "defect", out)?;
    }
    more(
        shown.len(),
        if style.verbose { shown.len() } else { SHOWN },
        "source",
        out,
    )
}

fn verdict(report: &Report, style: Style, out: &mut dyn Write) -> io::Result<()> {
    let of = |ruling| {
        let ids: Vec<&str> = report
            .gates
            .iter()
            .filter(|g| g.counts() && g.judgement.ruling == ruling)
            .map(|g| g.id.as_str())
            .collect();
        ids.join(", ")
    };
    let says = match report.verdict {
        Ruling::Pass => format!("{} passed", of(Ruling::Pass)),
        Ruling::Fail => format!("{} failed", of(Ruling::Fail)),
        Ruling::Undecided if report.gates.iter().all(|g| !g.counts()) => {
            "only advisory gates were judged; that is not a pass".to_owned()
        }
        Ruling::Undecided => format!("{} undecided; that is not a pass", of(Ruling::Undecided)),
    };
    let word = paint(
        &report.verdict.id().to_uppercase(),
        &format!("1;{}", color(report.verdict)),
        style,
    );
    writeln!(out, "\ngatekeeper: {word} ({})", safe(&says))
}

fn plural(n: usize, word: &str) -> String {
    format!("{n} {word}{}", if n == 1 { "" } else { "s" })
}

fn more(n: usize, shown: usize, word: &str, out: &mut dyn Write) -> io::Result<()> {
    if n > shown {
        writeln!(
            out,
            "\n  … and {} (-v shows all)",
            plural(n - shown, &format!("more {word}"))
        )
    } else {
        Ok(())
    }
}
