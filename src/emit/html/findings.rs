//! Findings, worst first, with switches by severity and tool that need no script.

use std::collections::BTreeMap;
use std::fmt::Write as _;

use gatekeeper_parsers::evidence::Severity;

use super::super::escape::markup as safe;
use super::super::shared::{cut, listed};
use super::super::{compared, place};
use super::{Section, put, shown};
use crate::report::{Report, ReportFinding};
use crate::waiver::Status;

/// Bytes of the section, and findings that are shown.
const BUDGET: usize = 2 << 20;
const FINDINGS: usize = 2_000;

/// Tools that have a switch of their own (the style sheet knows as many).
const TOOLS: usize = 8;

const SEVERITIES: [Severity; 5] = [
    Severity::Critical,
    Severity::High,
    Severity::Medium,
    Severity::Low,
    Severity::Info,
];

pub(super) fn section(report: &Report) -> Option<Section> {
    let mut all = listed(report);
    let standing = compared::standing(report);
    if all.is_empty() && standing.is_none() {
        return None;
    }
    // What counts comes first, then the worst; what only follows from another one is folded away below.
    all.sort_by_key(|f| {
        let counts = f.status == Status::New;
        (!counts, std::cmp::Reverse(f.finding.severity))
    });
    let mut tools: BTreeMap<&str, usize> = BTreeMap::new();
    all.iter()
        .for_each(|f| *tools.entry(&f.tool_id).or_default() += 1);
    let tools: Vec<(&str, usize)> = tools.into_iter().collect();
    let mut page = String::new();
    if let Some(standing) = standing {
        let said = safe(&cut(&standing, 1_000));
        put!(page, "<p>Compared with the baseline: {said}.</p>\n");
    }
    page.push_str("<div id=\"findings\">\n");
    switches(&all, &tools, &mut page);
    let (derived, own): (Vec<&ReportFinding>, Vec<&ReportFinding>) =
        all.iter().partition(|f| f.derived_from.is_some());
    let mut done = rows(report, &own, &tools, FINDINGS, &mut page);
    if !derived.is_empty() {
        put!(
            page,
            "<details class=\"more\"><summary>{} only from these</summary>\n",
            match derived.len() {
                1 => "1 more follows".to_owned(),
                n => format!("{n} more follow"),
            }
        );
        done += rows(report, &derived, &tools, FINDINGS - done, &mut page);
        page.push_str("</details>\n");
    }
    page.push_str("</div>\n");
    shown(&mut page, done, all.len(), "finding");
    Some(Section::new("findings-list", "Findings", all.len(), page))
}

/// As many as there is room for, and how many these are.
fn rows(
    report: &Report,
    all: &[&ReportFinding],
    tools: &[(&str, usize)],
    most: usize,
    page: &mut String,
) -> usize {
    page.push_str("<ul class=\"rows\">\n");
    let mut done = 0;
    for f in all.iter().take(most) {
        if page.len() > BUDGET {
            break;
        }
        finding(report, f, tools, page);
        done += 1;
    }
    page.push_str("</ul>\n");
    done
}

fn switches(all: &[&ReportFinding], tools: &[(&str, usize)], page: &mut String) {
    page.push_str("<fieldset><legend>Severity</legend>");
    for severity in SEVERITIES {
        let n = all
            .iter()
            .filter(|f| f.finding.severity == severity)
            .count();
        if n > 0 {
            switch(severity.id(), severity.id(), n, page);
        }
    }
    page.push_str("</fieldset>\n");
    if tools.len() > 1 {
        page.push_str("<fieldset><legend>Tool</legend>");
        for (i, (tool, n)) in tools.iter().take(TOOLS).enumerate() {
            switch(&format!("tool-{i}"), tool, *n, page);
        }
        page.push_str("</fieldset>\n");
    }
}

fn switch(id: &str, word: &str, n: usize, page: &mut String) {
    let word = safe(&cut(word, 60));
    put!(
        page,
        "<label><input type=\"checkbox\" id=\"show-{id}\" checked>{word} {n}</label>"
    );
}

fn finding(report: &Report, f: &ReportFinding, tools: &[(&str, usize)], page: &mut String) {
    let x = &f.finding;
    let severity = x.severity.id();
    let tool = tools
        .iter()
        .position(|(tool, _)| *tool == f.tool_id)
        .unwrap_or(TOOLS);
    put!(
        page,
        "<li class=\"finding sev-{severity} tool-{tool}{}\"><span class=\"sev\">{severity}</span><div>",
        if f.status == Status::New {
            ""
        } else {
            " aside"
        }
    );
    put!(
        page,
        "<p class=\"says\">{}</p>",
        safe(&cut(x.message.trim(), 2_000))
    );
    let at = place(x.path.as_deref(), x.line).unwrap_or_default();
    let mut where_ = vec![
        safe(&cut(&at, 500)),
        safe(&format!("{} {}", cut(&f.tool_id, 60), cut(&x.rule, 300))),
    ];
    where_.extend(
        x.function
            .as_deref()
            .map(|function| safe(&cut(function, 300))),
    );
    where_.extend(match f.status {
        Status::New => None,
        Status::Known | Status::Waived => Some(f.status.id().to_owned()),
    });
    where_.retain(|part| !part.is_empty());
    put!(page, "<p class=\"where\">{}</p>", where_.join(" · "));
    super::related(report, &f.related, page);
    page.push_str("</div></li>\n");
}
