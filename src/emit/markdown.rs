//! The report as Markdown: verdict and gates first, then failures, findings, coverage and doubts, each within a budget.
//!
//! A comment on GitHub holds 65,536 characters, and a job summary above 1 MiB is dropped as a whole; the whole text stays
//! below 60,000 bytes, and every heading says how many of how many are shown.

use std::io::{self, Write};

use super::escape::{fence, markdown as safe};
use super::shared::{self, cut, plural};
use super::{Style, advice, compared, place};
use crate::failures::Group;
use crate::gates::Ruling;
use crate::report::{Report, ReportFailure, ReportFinding, Source};
use crate::waiver::Status;
use crate::wire::v1::{self, Percent};

/// Bytes of each section. Together, with the gates, they stay below 60,000.
const FAILURES: usize = 21_000;
const FINDINGS: usize = 11_000;
const COVERAGE: usize = 3_000;
const SLOWEST: usize = 3_000;
const DOUBTS: usize = 4_000;
const PATCH: usize = 2_000;
const WAIVERS: usize = 2_000;
const POLICY: usize = 1_500;

/// Bytes of one cell of the table of gates.
const CELL: usize = 500;

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
        let limit = match g.source.as_str() {
            "default" => j.limit.clone(),
            source => format!("{} ({source})", j.limit),
        };
        let cells = [&j.actual, &limit, &j.because].map(|text| cell(text, CELL));
        writeln!(
            out,
            "| {} {}{} | {} | {} |",
            mark(j.ruling),
            j.ruling.id(),
            if g.counts() { "" } else { " (advisory)" },
            safe(shared::id(g)),
            cells.join(" | ")
        )?;
    }
    writeln!(out, "\n{}.", capital(&shared::defects(report)))?;
    patch(report, out)?;
    failures(report).write(out)?;
    if let Some(standing) = compared::standing(report) {
        writeln!(out, "\nFindings: {}.", cell(&standing, CELL))?;
    }
    findings(report).write(out)?;
    coverage(report).write(out)?;
    slowest(report).write(out)?;
    doubts(report).write(out)?;
    waivers(report).write(out)?;
    policy(report, out)
}

/// The lines that changed: a sentence, and what is missed or not known.
fn patch(report: &Report, out: &mut dyn Write) -> io::Result<()> {
    let Some(line) = compared::patch_line(report) else {
        return Ok(());
    };
    writeln!(out, "\nChanged lines: {}.", cell(&line, CELL))?;
    let details = compared::patch_details(report);
    let items = details
        .iter()
        .map(|(label, text)| format!("- {label}: {}", cell(text, CELL)));
    let word = "Changed lines that are missed or not known";
    Section::new(word, "", details.len(), PATCH, items).write(out)
}

fn waivers(report: &Report) -> Section {
    let items = report.waivers.iter().map(|w| {
        let text = |text: &str| safe(&cut(text, 200));
        let x = &w.waiver;
        format!(
            "- {}: {}, {} found, until {}, {}: {}",
            text(&x.finding),
            w.state.id(),
            w.matched,
            x.expires,
            text(&x.owner),
            text(&x.reason)
        )
    });
    Section::new("Waivers", "", report.waivers.len(), WAIVERS, items)
}

/// What the tree's own policy says otherwise, where another decided.
fn policy(report: &Report, out: &mut dyn Write) -> io::Result<()> {
    let Some(shadow) = &report.shadow else {
        return Ok(());
    };
    let verdict = shadow.verdict.map_or("unreadable", Ruling::id);
    writeln!(
        out,
        "\nJudged by the policy of {}. By the tree's own policy the verdict would be: {verdict}.",
        cell(&shadow.from, CELL)
    )?;
    let word = |value: &Option<String>| cell(value.as_deref().unwrap_or("not said"), CELL);
    let items = shadow.changes.iter().map(|change| {
        let (used, other) = (word(&change.used), word(&change.other));
        format!("- {}: {used}, would be {other}", cell(&change.key, CELL))
    });
    let all = shadow.changes.len();
    Section::new("Differences of the policies", "", all, POLICY, items).write(out)
}

fn mark(ruling: Ruling) -> &'static str {
    match ruling {
        Ruling::Pass => "✅",
        Ruling::Undecided => "❔",
        Ruling::Fail => "❌",
    }
}

fn capital(text: &str) -> String {
    let mut chars = text.chars();
    chars
        .next()
        .map(|c| c.to_uppercase().chain(chars).collect())
        .unwrap_or_default()
}

/// Escaped text of at most so many bytes.
fn cell(text: &str, max: usize) -> String {
    let mut n = max;
    loop {
        let shown = safe(&cut(text, n));
        if shown.len() <= max || n == 0 {
            return shown;
        }
        n /= 2;
    }
}

/// A heading with items of which as many are shown as there is room for.
struct Section {
    word: &'static str,
    /// Stands between heading and items.
    head: &'static str,
    /// Number of all items.
    all: usize,
    shown: Vec<String>,
}

impl Section {
    fn new(
        word: &'static str,
        head: &'static str,
        all: usize,
        budget: usize,
        items: impl Iterator<Item = String>,
    ) -> Self {
        let mut left = budget;
        let mut fits = |item: &String| {
            let fits = item.len() < left;
            left = left.saturating_sub(item.len() + 1);
            fits
        };
        Self {
            word,
            head,
            all,
            shown: items.take_while(|item| fits(item)).collect(),
        }
    }

    fn write(&self, out: &mut dyn Write) -> io::Result<()> {
        let Self {
            word,
            head,
            all,
            shown,
        } = self;
        if *all == 0 {
            return Ok(());
        }
        match shown.len() {
            n if n < *all => writeln!(out, "\n### {word} (showing {n} of {all})\n")?,
            n => writeln!(out, "\n### {word} ({n})\n")?,
        }
        if !shown.is_empty() {
            write!(out, "{head}")?;
        }
        shown.iter().try_for_each(|item| writeln!(out, "{item}"))
    }
}

fn failures(report: &Report) -> Section {
    let items = report.groups.iter().filter_map(|g| group(report, g));
    Section::new("Failure groups", "", report.groups.len(), FAILURES, items)
}

fn group(report: &Report, group: &Group) -> Option<String> {
    let first = report.failures.get(*group.members.first()?)?;
    let at = place(first.failure.file.as_deref(), first.failure.line);
    let at = at
        .map(|at| format!(", first at {}", safe(&cut(&at, 300))))
        .unwrap_or_default();
    let members = group.members.iter().filter_map(|i| report.failures.get(*i));
    let waived = match members.filter(|f| f.status == Status::Waived).count() {
        0 => String::new(),
        waived => format!(", {waived} waived"),
    };
    let n = plural(group.members.len(), "failure");
    let mut item = format!(
        "- **{}** ({n}{waived}){at}\n",
        safe(&cut(&group.title, 200))
    );
    item.push_str(&format!("\n  {}\n", safe(&cut(&group.cause, MESSAGE))));
    if let Some(hint) = &group.hint {
        item.push_str(&format!("\n  {}\n", safe(&cut(hint, MESSAGE))));
    }
    let said = advice::related(report, &first.related);
    if !said.is_empty() {
        let said = safe(&cut(&said.join("; "), MESSAGE));
        item.push_str(&format!("\n  See also: {said}\n"));
    }
    item.push('\n');
    for line in fence(block(first).trim(), "text").lines() {
        item.push_str(&format!("  {line}\n"));
    }
    Some(item)
}

/// What went wrong in the first failure of a group, and the command that shows it again.
fn block(failure: &ReportFailure) -> String {
    let mut block = String::new();
    if let Some(error) = failure.failure.errors.first() {
        block.push_str(&cut(&error.message, MESSAGE));
        for (label, value) in [
            ("code:  ", &error.code),
            ("left:  ", &error.left),
            ("right: ", &error.right),
        ] {
            if let Some(value) = value {
                block.push_str(&format!("\n{label}{}", cut(value, MESSAGE)));
            }
        }
    }
    if let Some(rerun) = &failure.rerun {
        block.push_str(&format!("\n\n{}", cut(rerun, MESSAGE)));
    }
    block
}

fn findings(report: &Report) -> Section {
    let mut all: Vec<&ReportFinding> = shared::listed(report);
    all.sort_by_key(|f| {
        (
            f.status != Status::New,
            std::cmp::Reverse(f.finding.severity),
        )
    });
    let row = |f: &&ReportFinding| {
        let x = &f.finding;
        let at = place(x.path.as_deref(), x.line).unwrap_or_default();
        let rule = format!(
            "{} {}",
            safe(&cut(&f.tool_id, 60)),
            safe(&cut(&x.rule, 200))
        );
        let message = safe(&shared::first_line(&x.message, 300));
        let status = match f.status {
            Status::New => "",
            Status::Known => " (known)",
            Status::Waived => " (waived)",
        };
        let beside = advice::related(report, &f.related);
        let message = match beside.is_empty() {
            true => message,
            false => format!("{message} (see {})", safe(&cut(&beside.join("; "), CELL))),
        };
        format!(
            "| {}{status} | {} | {rule} | {message} |",
            x.severity.id(),
            safe(&cut(&at, 300))
        )
    };
    let head = "| severity | place | rule | message |\n|---|---|---|---|\n";
    Section::new("Findings", head, all.len(), FINDINGS, all.iter().map(row))
}

/// The files with the most lines that no test runs.
fn coverage(report: &Report) -> Section {
    let files = report.coverage.iter().flat_map(|c| &c.files);
    let mut files: Vec<(u64, &str, Percent)> = files
        .filter_map(|f| {
            let p = v1::measured(&f.measure);
            let missed = p.relevant?.saturating_sub(p.covered?);
            Some((missed, f.path.as_deref().or(f.module.as_deref())?, p))
        })
        .filter(|(missed, _, _)| *missed > 0)
        .collect();
    files.sort_by(|a, b| b.0.cmp(&a.0).then(a.1.cmp(b.1)));
    let row = |(missed, name, p): &(u64, &str, Percent)| {
        let percent = p.percent.as_deref().unwrap_or("?");
        format!("| {} | {percent} % | {missed} |", safe(&cut(name, 300)))
    };
    let head = "| file | covered | lines that no test runs |\n|---|---|---|\n";
    Section::new(
        "Files with lines that no test runs",
        head,
        files.len(),
        COVERAGE,
        files.iter().map(row),
    )
}

fn slowest(report: &Report) -> Section {
    let slow: Vec<_> = report.tests.iter().flat_map(|t| &t.slowest).collect();
    let rows = slow.iter().map(|t| {
        let at = place(t.file.as_deref(), t.line).unwrap_or_default();
        let name = safe(&cut(&t.name, 200));
        format!(
            "| {} ms | {name} | {} |",
            t.duration_us / 1000,
            safe(&cut(&at, 200))
        )
    });
    let head = "| duration | test | place |\n|---|---|---|\n";
    Section::new("Slowest tests", head, slow.len(), SLOWEST, rows)
}

fn doubts(report: &Report) -> Section {
    let doubtful: Vec<&Source> = report.sources.iter().filter(|s| !s.is_complete()).collect();
    let items = doubtful.iter().map(|source| {
        let first = source.defects.first();
        let why = first.map(|d| format!("{} [{}]", cut(&d.message, MESSAGE), d.kind));
        format!(
            "- {}: {}",
            safe(&cut(&source.label, 200)),
            safe(&why.unwrap_or_default())
        )
    });
    Section::new(
        "Sources that are not proven",
        "",
        doubtful.len(),
        DOUBTS,
        items,
    )
}
