//! What else the report has: every list of the wire that has no section of its own (waivers, benchmarks, …) as a table.

use std::fmt::Write as _;

use serde_json::Value;

use super::super::escape::markup as safe;
use super::super::shared::cut;
use super::{Section, put, shown};

/// Keys that other sections show.
const KNOWN: &[&str] = &[
    "schema",
    "generator",
    "verdict",
    "exit_code",
    "project",
    "sources",
    "tests",
    "failures",
    "failure_groups",
    "coverage",
    "findings",
    "gates",
];

const ROWS: usize = 200;
const COLUMNS: usize = 8;

/// One section for all of it.
pub(super) fn sections(extras: &Value) -> Option<Section> {
    let mut page = String::new();
    let mut all = 0;
    for (key, value) in extras.as_object().into_iter().flatten() {
        let rows = value.as_array().map(Vec::as_slice).unwrap_or_default();
        if !KNOWN.contains(&key.as_str()) && !rows.is_empty() {
            table(key, rows, &mut page);
            all += rows.len();
        }
    }
    (all > 0).then(|| Section::new("more", "Also in the report", all, page))
}

fn table(key: &str, rows: &[Value], page: &mut String) {
    let first = rows.first().and_then(Value::as_object);
    let columns: Vec<&String> = first
        .into_iter()
        .flat_map(|o| o.keys())
        .take(COLUMNS)
        .collect();
    put!(
        page,
        "<table><caption>{}</caption><thead><tr>",
        safe(&key.replace('_', " "))
    );
    for column in &columns {
        put!(
            page,
            "<th scope=\"col\">{}</th>",
            safe(&column.replace('_', " "))
        );
    }
    page.push_str("</tr></thead><tbody>\n");
    for row in rows.iter().take(ROWS) {
        page.push_str("<tr>");
        for column in &columns {
            put!(
                page,
                "<td>{}</td>",
                safe(&cut(&text(&row[column.as_str()]), 500))
            );
        }
        page.push_str("</tr>\n");
    }
    page.push_str("</tbody></table>\n");
    shown(page, ROWS.min(rows.len()), rows.len(), "row");
}

fn text(value: &Value) -> String {
    match value {
        Value::Null => "–".to_owned(),
        Value::String(text) => text.clone(),
        other => other.to_string(),
    }
}

#[cfg(test)]
mod unit {
    use super::*;
    use serde_json::json;

    #[test]
    fn a_list_without_a_section_is_a_table() {
        let extras = json!({
            "gates": [{ "id": "tests" }],
            "waivers": [{ "finding": "f<1>", "expires": null, "matched": 2 }],
        });
        let section = sections(&extras).unwrap();
        assert!(section.body.contains("<caption>waivers</caption>"));
        assert!(section.body.contains("f&lt;1&gt;") && section.body.contains("<td>–</td>"));
        assert!(!section.body.contains("tests"));
        assert!(sections(&json!({ "waivers": [] })).is_none());
    }
}
