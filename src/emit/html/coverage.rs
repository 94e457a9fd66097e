//! Coverage: the total, layers and changed lines where a policy asks for them, and the files with the most lines that no
//! test runs.

use std::fmt::Write as _;

use serde_json::Value;

use super::super::escape::markup as safe;
use super::super::shared::{cut, plural};
use super::{Section, bar, parse_percent, put, shown};
use crate::report::Report;
use crate::wire::v1::{self, Percent};

const FILES: usize = 300;
const LINES: usize = 200;

pub(super) fn section(report: &Report, extras: &Value) -> Option<Section> {
    let coverage = report.coverage.as_ref()?;
    let total = v1::total(coverage);
    let mut page = String::new();
    if let Some(percent) = &total.percent {
        put!(
            page,
            "<p class=\"figure\">{percent} % <small>{}</small></p>\n{}\n",
            numbers(&total),
            bar(parse_percent(percent), "is")
        );
    }
    layers(&extras["coverage"]["layers"], &mut page);
    patch(&extras["coverage"]["patch"], &mut page);
    files(report, &mut page);
    let count = total
        .percent
        .map_or_else(|| "?".to_owned(), |p| format!("{p} %"));
    Some(Section {
        id: "coverage".into(),
        title: "Coverage".into(),
        count,
        body: page,
    })
}

fn numbers(p: &Percent) -> String {
    match (p.covered, p.relevant) {
        (Some(covered), Some(relevant)) => format!("{covered} of {relevant} lines"),
        _ => "as its tool prints it".to_owned(),
    }
}

fn files(report: &Report, page: &mut String) {
    let all = report.coverage.iter().flat_map(|c| &c.files);
    let mut files: Vec<(u64, &str, Percent)> = all
        .filter_map(|f| {
            let p = v1::measured(&f.measure);
            let missed = p
                .relevant
                .unwrap_or(0)
                .saturating_sub(p.covered.unwrap_or(0));
            Some((missed, f.path.as_deref().or(f.module.as_deref())?, p))
        })
        .collect();
    if files.is_empty() {
        return;
    }
    let of = |p: &Percent| parse_percent(p.percent.as_deref().unwrap_or("100.00"));
    files.sort_by(|a, b| {
        b.0.cmp(&a.0)
            .then(of(&a.2).cmp(&of(&b.2)))
            .then(a.1.cmp(b.1))
    });
    page.push_str("<table><caption>Files, those with the most lines that no test runs first</caption><thead><tr><th scope=\"col\">File</th><th scope=\"col\" class=\"chart\">Covered</th><th scope=\"col\" class=\"num\">Percent</th><th scope=\"col\" class=\"num\">Lines not run</th></tr></thead><tbody>\n");
    for (missed, name, p) in files.iter().take(FILES) {
        let missed = p.relevant.map(|_| missed.to_string());
        row(name, p.percent.as_deref(), missed.as_deref(), page);
    }
    page.push_str("</tbody></table>\n");
    shown(page, FILES.min(files.len()), files.len(), "file");
}

fn row(name: &str, percent: Option<&str>, last: Option<&str>, page: &mut String) {
    let chart = percent
        .map(|p| bar(parse_percent(p), "is"))
        .unwrap_or_default();
    let percent = percent.map_or_else(|| "–".to_owned(), |p| format!("{} %", safe(p)));
    let (name, last) = (safe(&cut(name, 500)), safe(last.unwrap_or("–")));
    put!(
        page,
        "<tr><th scope=\"row\">{name}</th><td class=\"chart\">{chart}</td><td class=\"num\">{percent}</td><td class=\"num\">{last}</td></tr>\n"
    );
}

/// A number of lines of an object of the wire.
fn lines_of(value: &Value) -> Option<String> {
    Some(format!(
        "{} of {}",
        value["covered"].as_u64()?,
        value["relevant"].as_u64()?
    ))
}

fn layers(layers: &Value, page: &mut String) {
    let Some(all) = layers.as_array().filter(|l| !l.is_empty()) else {
        return;
    };
    page.push_str("<table><caption>Layers</caption><thead><tr><th scope=\"col\">Layer</th><th scope=\"col\" class=\"chart\">Covered</th><th scope=\"col\" class=\"num\">Percent</th><th scope=\"col\" class=\"num\">Lines</th></tr></thead><tbody>\n");
    for layer in all {
        let name = layer["name"].as_str().unwrap_or("?");
        row(
            name,
            layer["percent"].as_str(),
            lines_of(layer).as_deref(),
            page,
        );
    }
    page.push_str("</tbody></table>\n");
}

/// Changed lines, and those of them that no test runs.
fn patch(patch: &Value, page: &mut String) {
    if !patch.is_object() {
        return;
    }
    let base = patch["base"].as_str().unwrap_or("the base");
    let lines = lines_of(patch).unwrap_or_default();
    put!(
        page,
        "<p>Changed since {}: {} lines run by a test.</p>\n",
        safe(&cut(base, 100)),
        lines
    );
    let all = patch["uncovered"]
        .as_array()
        .map(Vec::as_slice)
        .unwrap_or_default();
    if all.is_empty() {
        return;
    }
    put!(
        page,
        "<details class=\"more\" open><summary>Changed lines that no test runs, in {}</summary><ul>",
        plural(all.len(), "file")
    );
    for file in all.iter().take(FILES) {
        let lines: Vec<u64> = file["lines"]
            .as_array()
            .into_iter()
            .flatten()
            .filter_map(Value::as_u64)
            .collect();
        let path = safe(&cut(file["path"].as_str().unwrap_or("?"), 500));
        put!(page, "<li>{path}: {}</li>", ranges(&lines));
    }
    page.push_str("</ul></details>\n");
    shown(page, FILES.min(all.len()), all.len(), "file");
}

/// `3–5, 9` of 3, 4, 5, 9.
fn ranges(lines: &[u64]) -> String {
    let mut spans: Vec<(u64, u64)> = Vec::new();
    for &line in lines.iter().take(LINES) {
        match spans.last_mut() {
            Some((_, last)) if line == last.saturating_add(1) => *last = line,
            _ => spans.push((line, line)),
        }
    }
    let mut parts: Vec<String> = spans
        .iter()
        .map(|(a, b)| {
            if a == b {
                a.to_string()
            } else {
                format!("{a}–{b}")
            }
        })
        .collect();
    if lines.len() > LINES {
        parts.push(format!("and {} more", lines.len() - LINES));
    }
    parts.join(", ")
}

#[cfg(test)]
mod unit {
    use super::*;
    use serde_json::json;

    #[test]
    fn what_the_wire_says_of_layers_and_changes_is_shown() {
        let mut page = String::new();
        layers(
            &json!([{ "name": "<web>", "covered": 3, "relevant": 4, "percent": "75.00" }]),
            &mut page,
        );
        assert!(
            page.contains("&lt;web&gt;") && page.contains("75.00 %") && page.contains("3 of 4"),
            "{page}"
        );
        page.clear();
        patch(
            &json!({ "base": "main", "covered": 1, "relevant": 5,
            "uncovered": [{ "path": "lib/a.ex", "lines": [3, 4, 5, 9] }] }),
            &mut page,
        );
        assert!(
            page.contains("since main: 1 of 5") && page.contains("lib/a.ex: 3–5, 9"),
            "{page}"
        );
        page.clear();
        layers(&json!([]), &mut page);
        patch(&Value::Null, &mut page);
        assert_eq!(page, "");
    }
}
