//! Tests: how many of each outcome, and the slowest.

use std::fmt::Write as _;

use gatekeeper_parsers::evidence::Counts;

use super::super::escape::markup as safe;
use super::super::place;
use super::super::shared::cut;
use super::{Section, bar, put};
use crate::report::Report;

pub(super) fn section(report: &Report) -> Option<Section> {
    let tests = report.tests.as_ref()?;
    let mut page = String::new();
    let total = tests.counts.total();
    let seconds = tests
        .duration_ms
        .map(|ms| format!(" in {}.{:03} s", ms / 1000, ms % 1000));
    let seed = tests.seed.map(|seed| format!(", seed {seed}"));
    put!(
        page,
        "<p class=\"figure\">{total} <small>tests{}{}</small></p>\n",
        seconds.unwrap_or_default(),
        seed.unwrap_or_default()
    );
    outcomes(&tests.counts, &mut page);
    let slow = tests.slowest.iter().map(|t| {
        let at = place(t.file.as_deref(), t.line).unwrap_or_default();
        (t.name.as_str(), at, t.duration_us / 1000)
    });
    slowest("Slowest tests", "Test", slow.collect(), &mut page);
    let slow = tests.slowest_modules.iter();
    let slow = slow.map(|m| (m.module.as_str(), m.file.clone(), m.duration_us / 1000));
    slowest("Slowest modules", "Module", slow.collect(), &mut page);
    Some(Section {
        id: "tests".into(),
        title: "Tests".into(),
        count: total.to_string(),
        body: page,
    })
}

fn outcomes(c: &Counts, page: &mut String) {
    let parts = [
        ("passed", c.passed, "is-pass"),
        ("failed", c.failed, "is-fail"),
        ("invalid", c.invalid, "is-fail"),
        ("skipped", c.skipped, "is-undecided"),
    ];
    let total = u128::from(c.total().max(1));
    page.push_str("<div class=\"tests\"><svg class=\"bar\" viewBox=\"0 0 10000 10\" preserveAspectRatio=\"none\" aria-hidden=\"true\"><rect width=\"10000\" height=\"10\"/>");
    let mut x = 0;
    for (_, n, class) in parts.iter().filter(|(_, n, _)| *n > 0) {
        // A single failure among thousands still shows.
        let width = (u128::from(*n) * 10_000 / total).max(60);
        put!(
            page,
            "<rect class=\"{class}\" x=\"{x}\" width=\"{width}\" height=\"10\"/>"
        );
        x += width;
    }
    page.push_str("</svg><ul class=\"legend\">");
    for (word, n, _) in parts.iter().chain(&[("excluded", c.excluded, "")]) {
        if *n > 0 {
            put!(page, "<li>{n} {word}</li>");
        }
    }
    page.push_str("</ul></div>\n");
}

/// Rows of a name, its place, and milliseconds.
fn slowest(caption: &str, what: &str, rows: Vec<(&str, String, u64)>, page: &mut String) {
    let Some(longest) = rows.iter().map(|(_, _, ms)| *ms).max() else {
        return;
    };
    put!(
        page,
        "<table><caption>{caption}</caption><thead><tr><th scope=\"col\">{what}</th><th scope=\"col\" class=\"chart\">Beside the slowest</th><th scope=\"col\" class=\"num\">Milliseconds</th></tr></thead><tbody>\n"
    );
    for (name, at, ms) in rows {
        let share = u128::from(ms) * 10_000 / u128::from(longest.max(1));
        let share = bar(u64::try_from(share).unwrap_or(0), "is");
        let (name, at) = (safe(&cut(name, 300)), safe(&cut(&at, 300)));
        put!(
            page,
            "<tr><th scope=\"row\">{name} <span class=\"all\">{at}</span></th><td class=\"chart\">{share}</td><td class=\"num\">{ms}</td></tr>\n"
        );
    }
    page.push_str("</tbody></table>\n");
}
