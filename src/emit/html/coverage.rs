//! Coverage: the total, layers and changed lines where a policy asks for them, and the files with the most lines that no
//! test runs.

use std::fmt::Write as _;

use super::super::escape::markup as safe;
use super::super::{compared, shared::cut};
use super::{Section, bar, parse_percent, put, shown};
use crate::coverage::{LayerCoverage, percent};
use crate::report::Report;
use crate::wire::v1::{self, Percent};

const FILES: usize = 300;

pub(super) fn section(report: &Report) -> Option<Section> {
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
    layers(&coverage.layers, &mut page);
    changed(report, &mut page);
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

fn layers(all: &[LayerCoverage], page: &mut String) {
    if all.is_empty() {
        return;
    }
    page.push_str("<table><caption>Layers</caption><thead><tr><th scope=\"col\">Layer</th><th scope=\"col\" class=\"chart\">Covered</th><th scope=\"col\" class=\"num\">Percent</th><th scope=\"col\" class=\"num\">Lines</th></tr></thead><tbody>\n");
    for layer in all.iter().take(FILES) {
        let percent = layer.lines.and_then(|(c, r)| percent(c, r));
        let lines = layer.lines.map(|(c, r)| format!("{c} of {r}"));
        row(&layer.name, percent.as_deref(), lines.as_deref(), page);
    }
    page.push_str("</tbody></table>\n");
    shown(page, FILES.min(all.len()), all.len(), "layer");
}

/// Changed lines, and what of them is missed or not known.
fn changed(report: &Report, page: &mut String) {
    let Some(line) = compared::patch_line(report) else {
        return;
    };
    put!(
        page,
        "<p>Changed lines: {}.</p>\n",
        safe(&cut(&line, 1_000))
    );
    let all = compared::patch_details(report);
    if all.is_empty() {
        return;
    }
    page.push_str("<details class=\"more\" open><summary>Changed lines that are missed or not known</summary><ul>");
    for (label, text) in all.iter().take(FILES) {
        put!(page, "<li>{label}: {}</li>", safe(&cut(text, 500)));
    }
    page.push_str("</ul></details>\n");
    shown(page, FILES.min(all.len()), all.len(), "remark");
}
