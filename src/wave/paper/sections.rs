//! The sections of the paper, in reading order. Each is capped, and says so.

use gatekeeper_parsers::evidence::Counts;
use gatekeeper_parsers::{Completeness, Tool};

use super::{Body, Column, Figure, Head, Look, Row, Section, Table, WaveFacts};
use super::{counted, cut, grouped};
use crate::coverage::hundredths;
use crate::gates::Ruling;
use crate::report::{Report, Source};

mod coverage;
mod failures;
mod findings;

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
    all.push(failures::section(report));
    all.push(findings::section(report));
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
    let mut sources = report.sources.iter();
    sources.any(|s| s.evidence.findings().is_some())
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
