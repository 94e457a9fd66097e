//! Failures, by cause.

use std::cmp::Reverse;

use super::super::{Body, Card, Line, Section, counted, cut, grouped};
use super::{NAME, SENTENCE, lost, place, showing};
use crate::failures::Group;
use crate::report::Report;

/// Groups that are shown.
const GROUPS: usize = 20;

pub(super) fn section(report: &Report) -> Section {
    let mut groups: Vec<&Group> = report.groups.iter().collect();
    // The largest first; of equal ones, the first that was seen.
    groups.sort_by_key(|group| Reverse(group.members.len()));
    let cards = groups.iter().take(GROUPS).map(|group| card(report, group));
    let cards: Vec<Card> = cards.collect();
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

fn card(report: &Report, group: &Group) -> Card {
    let first = group.members.first().and_then(|i| report.failures.get(*i));
    let line = |label, text: String, code| Line { label, text, code };
    let mut lines = vec![line("cause", cut(&group.cause, SENTENCE), true)];
    if let Some(first) = first {
        let x = &first.failure;
        lines.push(line("first at", place(x.file.as_deref(), x.line), true));
        let names = [x.name.as_deref(), x.module.as_deref()]
            .into_iter()
            .flatten();
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
