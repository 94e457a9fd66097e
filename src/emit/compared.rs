//! What a comparison says, in lines that terminal and Markdown share. Not escaped yet.

use super::advice;
use crate::baseline::Outcome;
use crate::compare::patch::{NoData, Patch, not_relevant};
use crate::compare::{Span, lines_in};
use crate::coverage::percent;
use crate::related::beside_uncovered;
use crate::report::Report;

/// Ranges of one file that are named.
const RANGES: usize = 12;

/// `3 new, 12 known, 2 fixed`; `None` where nothing is compared.
pub(super) fn standing(report: &Report) -> Option<String> {
    report.baseline.as_ref().map(one_baseline)
}

fn one_baseline(b: &Outcome) -> String {
    match &b.trouble {
        Some(trouble) => format!("the baseline {} {trouble}", b.path),
        None => format!("{} new, {} known, {} fixed", b.new, b.known, b.fixed),
    }
}

/// The sentence on the lines that changed; `None` where no base was named, or nothing is about coverage.
pub(super) fn patch_line(report: &Report) -> Option<String> {
    report.coverage.as_ref()?;
    Some(match report.patch.as_ref()? {
        Ok(patch) => sentence(patch),
        Err(why) => format!("not known: {why}"),
    })
}

fn sentence(patch: &Patch) -> String {
    let short: String = patch.commit.chars().take(10).collect();
    let since = format!("since {short} (the merge base with {})", patch.base);
    let mut line = match percent(patch.covered, patch.relevant) {
        Some(percent) => format!(
            "{} of {} changed relevant lines are covered ({percent} %) {since}",
            patch.covered, patch.relevant
        ),
        None => format!("no changed line that coverage knows as relevant {since}"),
    };
    let rest = [
        (not_relevant(patch), "not relevant"),
        (patch.whitespace, "only in spaces"),
    ];
    for (n, what) in rest.into_iter().filter(|(n, _)| *n > 0) {
        line.push_str(&format!("; {n} more changed {what}"));
    }
    line
}

/// What the numbers do not say: a label, a file, and its lines.
pub(super) fn patch_details(report: &Report) -> Vec<(&'static str, String)> {
    let Some(Ok(patch)) = &report.patch else {
        return Vec::new();
    };
    let mut lines: Vec<(&str, String)> = Vec::new();
    lines.extend(patch.open().map(|n| ("no data", no_data(n))));
    for (n, (path, lines_of)) in patch.uncovered.iter().enumerate() {
        let ids = beside_uncovered(n, &report.failures, &report.findings);
        let beside = advice::related(report, &ids);
        let beside = match beside.is_empty() {
            true => String::new(),
            false => format!(" (see {})", beside.join("; ")),
        };
        lines.push(("missed", format!("{}{beside}", missed(path, lines_of))));
    }
    lines.extend(patch.notes.iter().map(|note| ("note", note.clone())));
    lines
}

/// `lib/shop/cart.ex:3, 7-9`.
pub(super) fn missed(path: &str, lines: &[u32]) -> String {
    format!("{path}:{}", ranges(&spans(lines)))
}

fn no_data(n: &NoData) -> String {
    match lines_in(&n.lines) {
        0 => format!("{}: {}", n.path, n.why.words()),
        _ => format!("{}:{}: {}", n.path, ranges(&n.lines), n.why.words()),
    }
}

/// `3, 7-9`.
fn ranges(spans: &[Span]) -> String {
    let shown = spans
        .iter()
        .take(RANGES)
        .map(|(first, last)| match first == last {
            true => first.to_string(),
            false => format!("{first}-{last}"),
        });
    let more = if spans.len() > RANGES { ", …" } else { "" };
    format!("{}{more}", shown.collect::<Vec<_>>().join(", "))
}

fn spans(lines: &[u32]) -> Vec<Span> {
    let mut spans: Vec<Span> = Vec::new();
    for line in lines {
        match spans.last_mut() {
            Some((_, last)) if last.checked_add(1) == Some(*line) => *last = *line,
            Some(_) | None => spans.push((*line, *line)),
        }
    }
    spans
}
