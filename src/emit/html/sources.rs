//! Sources: what was read, how far it is proven, and what is wrong with it.

use std::fmt::Write as _;

use super::super::escape::markup as safe;
use super::super::shared::{cut, plural};
use super::{Section, completeness, put, shown};
use crate::report::{Exit, Report, Source};

const BUDGET: usize = 1 << 20;
const SOURCES: usize = 200;
const DEFECTS: usize = 30;

pub(super) fn section(report: &Report) -> Option<Section> {
    let all = &report.sources;
    if all.is_empty() {
        return None;
    }
    let mut page = String::from("<div class=\"groups\">\n");
    // Those that are doubtful come first.
    let mut order: Vec<&Source> = all.iter().collect();
    order.sort_by_key(|s| s.is_complete());
    let mut done = 0;
    for source in order.into_iter().take(SOURCES) {
        if page.len() > BUDGET {
            break;
        }
        one(source, &mut page);
        done += 1;
    }
    page.push_str("</div>\n");
    shown(&mut page, done, all.len(), "source");
    Some(Section::new("sources", "Sources", all.len(), page))
}

fn one(s: &Source, page: &mut String) {
    let (word, class) = completeness(s);
    let open = if s.is_complete() { "" } else { " open" };
    let defects = match s.defects.len() {
        0 => String::new(),
        n => format!(", {}", plural(n, "defect")),
    };
    let label = safe(&cut(&s.label, 500));
    put!(
        page,
        "<details class=\"group\"{open}><summary><h3>{label}</h3> <span class=\"n\"><span class=\"{class}\">{word}</span>{defects}</span></summary>\n<div class=\"inside\"><dl class=\"facts-of\">"
    );
    for (name, value) in facts(s) {
        if let Some(value) = value {
            put!(
                page,
                "<dt>{name}</dt><dd>{}</dd>",
                safe(&cut(&value, 1_000))
            );
        }
    }
    page.push_str("</dl>\n");
    wrong(s, page);
    page.push_str("</div></details>\n");
}

fn facts(s: &Source) -> [(&'static str, Option<String>); 9] {
    let ended = s.exit.map(|exit| match exit {
        Exit::Code(code) => format!("code {code}"),
        Exit::Signal(signal) => format!("signal {signal}"),
    });
    let shard = s.shard.map(|shard| match shard.total {
        Some(total) => format!("{} of {total}", shard.index),
        None => shard.index.to_string(),
    });
    [
        ("tool", s.tool_id().map(std::borrow::Cow::into_owned)),
        ("format", s.format.map(str::to_owned)),
        ("command", s.command.as_ref().map(|c| c.join(" "))),
        ("ended with", ended),
        (
            "took",
            s.duration_ms
                .map(|ms| format!("{}.{:03} s", ms / 1000, ms % 1000)),
        ),
        ("shard", shard),
        ("trust", Some(s.trust.id().to_owned())),
        ("bytes", Some(s.bytes.to_string())),
        ("sha256", s.sha256.clone()),
    ]
}

fn wrong(s: &Source, page: &mut String) {
    if s.defects.is_empty() {
        return;
    }
    page.push_str("<ul class=\"defects\">");
    for d in s.defects.iter().take(DEFECTS) {
        let line = d.at.line.map(|l| format!("line {l}: ")).unwrap_or_default();
        put!(
            page,
            "<li>{line}{} <code>{}</code></li>",
            safe(&cut(&d.message, 1_000)),
            d.kind
        );
    }
    page.push_str("</ul>\n");
    shown(
        page,
        DEFECTS.min(s.defects.len()),
        s.defects.len(),
        "defect",
    );
}
