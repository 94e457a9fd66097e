//! What the paper of a wave says: one layout for the PDF and the slides. Pure, no clock.
//!
//! A [`Paper`] is a title, a few figures, and sections; a section is a table, bars, cards or columns. So a new part of
//! the report is a new section, and neither rendering has to know of it. Texts are already safe to show (see
//! [`escape::terminal`]) and no longer than what a reader takes in; what is cut or left out is said.

use crate::emit::escape;
use crate::gates::Ruling;
use crate::report::Report;

pub(crate) mod date;
pub(crate) mod font;
pub(crate) mod look;
mod model;
mod sections;

pub use model::{Bar, Body, Card, Column, Figure, Head, Line, Look, Paper, Row, Section, Table};

/// What a wave adds to its report.
#[derive(Debug, Clone, Default)]
pub struct WaveFacts {
    /// Number of the wave.
    pub number: u32,
    /// When its last command ended; RFC 3339, UTC.
    pub date: String,
    /// The waves before and this one, oldest first. Shown when there are at least two.
    pub trend: Vec<Point>,
}

/// One wave of a series.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Point {
    /// Number of the wave.
    pub wave: u32,
    /// Its coverage in hundredths of a percent, where it is known.
    pub coverage: Option<u64>,
    /// How it was judged.
    pub verdict: Ruling,
}

/// The paper of a wave.
#[must_use]
pub fn document(report: &Report, wave: &WaveFacts) -> Paper {
    let name = report
        .project
        .name
        .as_deref()
        .unwrap_or("(unnamed project)");
    Paper {
        project: cut(name, 80),
        wave: wave.number,
        date: cut(&wave.date, 40),
        verdict: report.verdict,
        says: says(report),
        facts: facts(report, wave),
        figures: sections::figures(report),
        sections: sections::all(report, wave),
    }
}

fn says(report: &Report) -> String {
    let n = |ruling| {
        let gates = report.gates.iter();
        gates.filter(|g| g.judgement.ruling == ruling).count()
    };
    let all = counted(report.gates.len(), "gate");
    match report.verdict {
        Ruling::Pass if report.gates.is_empty() => "No gate was judged.".into(),
        Ruling::Pass => format!("{all} judged, all passed."),
        Ruling::Fail => match n(Ruling::Undecided) {
            0 => format!("{} of {all} failed.", n(Ruling::Fail)),
            open => format!("{} of {all} failed, {open} undecided.", n(Ruling::Fail)),
        },
        Ruling::Undecided => {
            let open = n(Ruling::Undecided);
            format!("{open} of {all} undecided. That is not a pass.")
        }
    }
}

fn facts(report: &Report, wave: &WaveFacts) -> Vec<(&'static str, String)> {
    let project = &report.project;
    let unknown = || "not known".to_owned();
    let text = |value: &Option<String>| value.as_deref().map_or_else(unknown, |v| cut(v, 64));
    let tree = match project.dirty {
        Some(true) => "files differ from the commit".into(),
        Some(false) => "as committed".into(),
        None => unknown(),
    };
    vec![
        ("Commit", text(&project.commit)),
        ("Branch", text(&project.branch)),
        ("Working tree", tree),
        ("Finished", date::readable(&cut(&wave.date, 40))),
        ("Sources", grouped(report.sources.len() as u64)),
        (
            "Judged by",
            format!("gatekeeper {}", env!("CARGO_PKG_VERSION")),
        ),
    ]
}

/// Text that is safe to show, and no longer than `max` characters.
fn cut(text: &str, max: usize) -> String {
    // A first cut before the escaping bounds the work; escapes only make it longer.
    let head: String = text.chars().take(max.saturating_add(1)).collect();
    let safe = escape::terminal(&head);
    if safe.chars().count() <= max {
        return safe;
    }
    let kept: String = safe.chars().take(max.saturating_sub(1)).collect();
    format!("{}…", kept.trim_end())
}

/// `1,234,567`.
fn grouped(n: u64) -> String {
    let digits = n.to_string();
    let mut out = String::new();
    for (i, digit) in digits.chars().enumerate() {
        if i > 0 && (digits.len() - i).is_multiple_of(3) {
            out.push(',');
        }
        out.push(digit);
    }
    out
}

/// `1 gate`, `2 gates`.
fn counted(n: usize, word: &str) -> String {
    let s = if n == 1 { "" } else { "s" };
    format!("{} {word}{s}", grouped(n as u64))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn texts_are_cut_visibly_and_made_safe() {
        assert_eq!(cut("short", 5), "short");
        assert_eq!(cut("longer", 5), "long…");
        assert_eq!(cut("a\u{202e}b\u{0}", 40), "a\\u{202e}b\\x00");
        assert_eq!(cut(&"\u{1}".repeat(9), 6).chars().count(), 6);
    }

    #[test]
    fn numbers_are_grouped() {
        for (n, text) in [
            (0, "0"),
            (999, "999"),
            (1_000, "1,000"),
            (1_234_567, "1,234,567"),
        ] {
            assert_eq!(grouped(n), text);
        }
        assert_eq!(counted(1, "gate"), "1 gate");
        assert_eq!(counted(1200, "file"), "1,200 files");
    }
}
