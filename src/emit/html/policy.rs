//! What the policy accepts, what another one would have said, and what tools were told to pass over.

use std::fmt::Write as _;

use super::super::escape::markup as safe;
use super::super::shared::cut;
use super::table::table;
use super::{Section, put};
use crate::gates::Ruling;
use crate::report::Report;

pub(super) fn waivers(report: &Report) -> Option<Section> {
    let rows: Vec<[String; 7]> = report
        .waivers
        .iter()
        .map(|w| {
            let x = &w.waiver;
            let path = x
                .path
                .as_ref()
                .map(|p| format!(" in {}", p.words.join(", ")));
            [
                format!("{}{}", x.finding, path.unwrap_or_default()),
                w.state.id().to_owned(),
                w.matched.to_string(),
                x.expires.to_string(),
                x.owner.clone(),
                x.reason.clone(),
                x.origin.to_string(),
            ]
        })
        .collect();
    if rows.is_empty() {
        return None;
    }
    let mut page = String::new();
    let columns = [
        "Waives", "State", "Found", "Until", "Owner", "Reason", "Set in",
    ];
    table(
        "Accepted until their day is over; what they cover stays in the report",
        columns,
        &rows,
        "waiver",
        &mut page,
    );
    Some(Section::new("waivers", "Waivers", rows.len(), page))
}

/// The policy of the tree, where another decided.
pub(super) fn shadow(report: &Report) -> Option<Section> {
    let shadow = report.shadow.as_ref()?;
    let verdict = shadow.verdict.map_or("unreadable", Ruling::id);
    let mut page = String::new();
    put!(
        page,
        "<p>Judged by the policy of {}. By the tree\u{2019}s own policy the verdict would be: {verdict}.</p>\n",
        safe(&cut(&shadow.from, 300))
    );
    let word = |value: &Option<String>| value.clone().unwrap_or_else(|| "not said".to_owned());
    let rows: Vec<[String; 3]> = shadow
        .changes
        .iter()
        .map(|c| [c.key.clone(), word(&c.used), word(&c.other)])
        .collect();
    if !rows.is_empty() {
        let columns = ["Key", "Decided by", "Would be"];
        let caption = "What the policies say otherwise";
        table(caption, columns, &rows, "difference", &mut page);
    }
    let title = "The tree\u{2019}s own policy";
    Some(Section::new("policy", title, rows.len(), page))
}

pub(super) fn suppressions(report: &Report) -> Option<Section> {
    let all = report.suppressions.as_ref().filter(|all| !all.is_empty())?;
    let rows: Vec<[String; 3]> = all
        .iter()
        .map(|s| {
            let place = format!("{}:{}", s.path, s.line);
            [s.tool.to_owned(), place, s.text.clone()]
        })
        .collect();
    let mut page = String::new();
    let caption = "What the project itself tells its tools to pass over";
    let columns = ["Tool", "Place", "What stands there"];
    table(caption, columns, &rows, "suppression", &mut page);
    Some(Section::new(
        "suppressions",
        "Suppressions",
        rows.len(),
        page,
    ))
}
