//! The sections of the paper, in reading order. Each is capped, and says so.

use gatekeeper_parsers::evidence::{Counts, Evidence, Severity};
use gatekeeper_parsers::{Completeness, Tool};

use super::{Body, Card, Column, Figure, Head, Line, Look, Row, Section, Table, WaveFacts};
use super::{counted, cut, grouped};
use crate::coverage::hundredths;
use crate::gates::Ruling;
use crate::report::{Report, ReportFinding, Source, Status};

mod coverage;

/// Groups of failures that are shown.
const GROUPS: usize = 20;
/// Findings that are shown.
const FINDINGS: usize = 40;
/// Sources that are shown.
const SOURCES: usize = 30;
/// Waves that are shown.
const WAVES: usize = 24;
/// Longest path or name, in characters.
const NAME: usize = 140;
/// Longest sentence, in characters.
const SENTENCE: usize = 300;

pub(super) fn all(report: &Report, wave: &WaveFacts) -> Vec<Section> {
    let mut all = vec![gates(report)];
    all.extend(trend(wave));
    all.extend(coverage::sections(report));
    all.push(failures(report));
    all.push(findings(report));
    all.push(sources(report));
    all
}

/// Tests, failures, coverage, findings. What nobody looked at is no zero.
pub(super) fn figures(report: &Report) -> Vec<Figure> {
    let figure = |value: String, label: &str| Figure {
        value,
        label: label.to_owned(),
    };
    let counts = report.tests.as_ref().map(|t| t.counts);
    let count = |n: Option<u64>| n.map_or("–".into(), grouped);
    let label = match counts.map_or(0, |c| c.skipped) {
        0 => "tests ran".to_owned(),
        skipped => format!("tests ran, {} skipped", grouped(skipped)),
    };
    let found = looked(report).then(|| report.findings_in_all());
    vec![
        figure(count(counts.map(|c| c.ran())), &label),
        figure(count(counts.map(|c| lost(&c))), "tests failed"),
        figure(coverage::total(report), "line coverage"),
        figure(count(found), "findings"),
    ]
}

/// Tests that failed, and those that could not run.
fn lost(counts: &Counts) -> u64 {
    counts.failed.saturating_add(counts.invalid)
}

/// Whether any source is about findings.
fn looked(report: &Report) -> bool {
    report.sources.iter().any(|s| match &s.evidence {
        Evidence::Findings(_) => true,
        Evidence::Nothing | Evidence::Tests(_) | Evidence::Coverage(_) => false,
    })
}

const fn head(title: &'static str, share: u16, look: Look) -> Head {
    Head { title, share, look }
}

/// `showing 20 of 134`, and nothing where all of them are shown.
fn showing(shown: usize, all: u64) -> String {
    match shown as u64 {
        n if n < all => format!("showing {} of {}", grouped(n), grouped(all)),
        _ => String::new(),
    }
}

/// `FILE:LINE`.
fn place(path: Option<&str>, line: Option<std::num::NonZeroU32>) -> String {
    let path = path.map(|p| cut(p, NAME)).unwrap_or_default();
    match line {
        Some(line) if !path.is_empty() => format!("{path}:{line}"),
        Some(_) | None => path,
    }
}

/// Every gate: none is left out.
fn gates(report: &Report) -> Section {
    let rows = report.gates.iter().map(|g| {
        let j = &g.judgement;
        let text = |t: &str| cut(t, SENTENCE);
        Row {
            cells: vec![
                g.gate.title.to_owned(),
                j.ruling.id().to_owned(),
                text(&j.actual),
                text(&j.limit),
                text(&j.because),
            ],
            tone: Some(j.ruling),
        }
    });
    let heads = vec![
        head("Gate", 185, Look::Strong),
        head("Ruling", 150, Look::Tone),
        head("Measured", 175, Look::Plain),
        head("Limit", 170, Look::Plain),
        head("Because", 320, Look::Plain),
    ];
    Section {
        whole: true,
        ..table("Gates", String::new(), heads, rows.collect())
    }
}

fn table(title: &'static str, note: String, heads: Vec<Head>, rows: Vec<Row>) -> Section {
    let body = match rows.is_empty() {
        true => Body::Note,
        false => Body::Table(Table { heads, rows }),
    };
    Section {
        title,
        note,
        whole: false,
        body,
    }
}

fn trend(wave: &WaveFacts) -> Option<Section> {
    let all = wave.trend.len();
    let shown = wave.trend.get(all.saturating_sub(WAVES)..)?;
    let columns = shown.iter().map(|point| Column {
        label: grouped(u64::from(point.wave)),
        value: point.coverage.map_or("?".into(), hundredths),
        hundredths: point.coverage,
        tone: point.verdict,
    });
    let more = showing(shown.len(), all as u64);
    let note = match more.is_empty() {
        true => "line coverage in percent by wave, in the colour of its verdict".into(),
        false => format!("line coverage in percent by wave, in the colour of its verdict; {more}"),
    };
    (all > 1).then(|| Section {
        title: "Trend",
        note,
        whole: false,
        body: Body::Columns(columns.collect()),
    })
}

fn failures(report: &Report) -> Section {
    let cards: Vec<Card> = report
        .groups
        .iter()
        .take(GROUPS)
        .map(|g| card(report, g))
        .collect();
    let more = showing(cards.len(), report.groups.len() as u64);
    let mut note = failed(report);
    if !more.is_empty() {
        note = format!("{note}, {more}");
    }
    let body = match cards.is_empty() {
        true => Body::Note,
        false => Body::Cards(cards),
    };
    Section {
        title: "Failures",
        note,
        whole: false,
        body,
    }
}

/// How many there are, and how many of them a source tells more about.
fn failed(report: &Report) -> String {
    let (n, groups) = (report.failures.len(), report.groups.len());
    let Some(counts) = report.tests.as_ref().map(|t| t.counts) else {
        return match n {
            0 => "none; no source is about tests".into(),
            _ => format!("{} in {}", counted(n, "failure"), counted(groups, "group")),
        };
    };
    match (n, lost(&counts)) {
        (0, 0) => "none".into(),
        (0, lost) => format!("{} tests failed, none of them in detail", grouped(lost)),
        (n, lost) if lost > n as u64 => format!(
            "{} tests failed, {} of them in detail, in {}",
            grouped(lost),
            grouped(n as u64),
            counted(groups, "group")
        ),
        _ => format!("{} in {}", counted(n, "failure"), counted(groups, "group")),
    }
}

fn card(report: &Report, group: &crate::failures::Group) -> Card {
    let first = group.members.first().and_then(|i| report.failures.get(*i));
    let line = |label, text: String, code| Line { label, text, code };
    let mut lines = vec![line("cause", cut(&group.cause, SENTENCE), true)];
    if let Some(first) = first {
        let x = &first.failure;
        lines.push(line("first at", place(x.file.as_deref(), x.line), true));
        let names = [&x.name, &x.module].into_iter().flatten();
        let names: Vec<String> = names.map(|n| cut(n, NAME)).collect();
        lines.push(line("test", names.join(" · "), false));
    }
    let hint = group.hint.as_deref().unwrap_or_default();
    lines.push(line("hint", cut(hint, SENTENCE), false));
    lines.retain(|l| !l.text.is_empty());
    Card {
        title: cut(&group.title, NAME),
        count: counted(group.members.len(), "failure"),
        lines,
    }
}

/// New ones first, then by severity.
fn findings(report: &Report) -> Section {
    let listed = report.findings.iter().filter(|f| f.tool != Tool::Compiler);
    let mut listed: Vec<&ReportFinding> = listed.collect();
    let by = |s: Severity| listed.iter().filter(|f| f.finding.severity == s).count();
    let counts: Vec<String> = SEVERITIES
        .iter()
        .map(|s| (by(*s), s.id()))
        .filter(|(n, _)| *n > 0)
        .map(|(n, id)| format!("{} {id}", grouped(n as u64)))
        .collect();
    listed.sort_by_key(|f| {
        (
            f.status == Status::Known,
            std::cmp::Reverse(f.finding.severity),
        )
    });
    let all = report.findings_in_all().max(listed.len() as u64);
    let rows: Vec<Row> = listed.iter().take(FINDINGS).map(|f| finding(f)).collect();
    let parts = [counts.join(", "), showing(rows.len(), all)];
    let parts: Vec<String> = parts.into_iter().filter(|p| !p.is_empty()).collect();
    let note = match (parts.is_empty(), looked(report)) {
        (true, true) => "none".into(),
        (true, false) => "none; no source looks for any".into(),
        (false, _) => parts.join("; "),
    };
    let heads = vec![
        head("Severity", 130, Look::Tone),
        head("Where", 330, Look::Code),
        head("Rule", 200, Look::Plain),
        head("Message", 340, Look::Plain),
    ];
    table("Findings", note, heads, rows)
}

const SEVERITIES: [Severity; 5] = [
    Severity::Critical,
    Severity::High,
    Severity::Medium,
    Severity::Low,
    Severity::Info,
];

fn finding(f: &ReportFinding) -> Row {
    let x = &f.finding;
    let severity = match f.status {
        Status::New => x.severity.id().to_owned(),
        Status::Known => format!("{} (known)", x.severity.id()),
    };
    let first = x.message.lines().next().unwrap_or_default();
    Row {
        cells: vec![
            severity,
            place(x.path.as_deref(), x.line),
            format!("{} {}", cut(&f.tool_id, 24), cut(&x.rule, 80)),
            cut(first, SENTENCE),
        ],
        tone: match x.severity {
            Severity::Critical | Severity::High => Some(Ruling::Fail),
            Severity::Medium => Some(Ruling::Undecided),
            Severity::Low | Severity::Info => None,
        },
    }
}

/// What is not proven comes first.
fn sources(report: &Report) -> Section {
    let mut sources: Vec<&Source> = report.sources.iter().collect();
    sources.sort_by_key(|s| std::cmp::Reverse(s.completeness));
    let rows: Vec<Row> = sources.iter().take(SOURCES).map(|s| source(s)).collect();
    let complete = sources.iter().filter(|s| s.is_complete()).count();
    let all = sources.len();
    let mut note = format!(
        "{complete} of {} complete, {}",
        grouped(all as u64),
        counted(report.defects(), "defect")
    );
    let more = showing(rows.len(), all as u64);
    if !more.is_empty() {
        note = format!("{note}; {more}");
    }
    let heads = vec![
        head("Source", 310, Look::Code),
        head("Read as", 150, Look::Plain),
        head("State", 155, Look::Tone),
        head("Defects", 95, Look::Plain),
        head("First defect", 290, Look::Plain),
    ];
    table("Sources", note, heads, rows)
}

fn source(s: &Source) -> Row {
    let read = s
        .format
        .or(s.tool.map(Tool::id))
        .unwrap_or("not recognised");
    let (state, tone) = match s.completeness {
        Completeness::Complete => ("complete", Ruling::Pass),
        Completeness::Unproven => ("unproven", Ruling::Undecided),
        Completeness::Partial => ("partial", Ruling::Undecided),
        Completeness::Unreadable => ("unreadable", Ruling::Undecided),
    };
    let first = s.defects.first();
    Row {
        cells: vec![
            cut(&s.label, NAME),
            read.to_owned(),
            state.to_owned(),
            grouped(s.defects.len() as u64),
            first.map(|d| cut(&d.message, SENTENCE)).unwrap_or_default(),
        ],
        tone: Some(tone),
    }
}
