//! Coverage as bars: the total, the lines that changed, the folders, and the files that are covered least.

use std::collections::BTreeMap;

use gatekeeper_parsers::evidence::{FileCoverage, Measure};

use super::super::{Bar, Body, Section, cut, grouped};
use super::{NAME, showing};
use crate::coverage::{CoverageReport, hundredths, percent};
use crate::gates::Ruling;
use crate::report::Report;

/// Folders that are shown.
const FOLDERS: usize = 8;
/// Files that are shown.
const FILES: usize = 20;

/// The total as it is judged: `81.20 %`.
pub(super) fn total(report: &Report) -> String {
    let Some(coverage) = &report.coverage else {
        return "–".into();
    };
    match (coverage.lines, coverage.printed.as_slice()) {
        (Some((covered, relevant)), _) => {
            percent(covered, relevant).map_or("–".into(), |p| format!("{p} %"))
        }
        (None, []) => "–".into(),
        (None, [one]) => format!("{} %", hundredths(one.shown)),
        (None, many) => {
            let shown = || many.iter().map(|p| p.shown);
            let (low, high) = (shown().min().unwrap_or(0), shown().max().unwrap_or(0));
            format!("{}–{} %", hundredths(low), hundredths(high))
        }
    }
}

pub(super) fn sections(report: &Report) -> Vec<Section> {
    let Some(coverage) = &report.coverage else {
        return vec![section(
            "Coverage",
            "no source is about coverage".into(),
            Vec::new(),
        )];
    };
    let mut bars = totals(report, coverage);
    let (folders, all) = folders(coverage);
    let more = showing(folders.len(), all as u64);
    bars.extend(folders);
    let note = match more.is_empty() {
        true => String::new(),
        false => format!("least covered folders, {more}"),
    };
    let mut sections = vec![section("Coverage", note, bars)];
    let (files, all) = files(coverage);
    if !files.is_empty() {
        let note = showing(files.len(), all as u64);
        sections.push(section("Least covered files", note, files));
    }
    sections
}

fn section(title: &'static str, note: String, bars: Vec<Bar>) -> Section {
    let body = match bars.is_empty() {
        true => Body::Note,
        false => Body::Bars(bars),
    };
    Section {
        title,
        note,
        whole: false,
        body,
    }
}

/// All lines, and those that changed, in the colours of their gates.
fn totals(report: &Report, coverage: &CoverageReport) -> Vec<Bar> {
    let ruling = |id: &str| {
        let gate = report.gates.iter().find(|g| g.gate.id == id);
        gate.map(|g| g.judgement.ruling)
    };
    let mut bars = Vec::new();
    match coverage.lines {
        Some((covered, relevant)) => {
            bars.push(exact(
                "all files".into(),
                covered,
                relevant,
                ruling("coverage"),
            ));
        }
        None => bars.extend(coverage.printed.iter().take(FOLDERS).map(|printed| Bar {
            label: "total as printed".into(),
            value: format!("{} %, rounded", hundredths(printed.shown)),
            hundredths: Some(printed.shown),
            tone: ruling("coverage"),
        })),
    }
    if let Some(Ok(patch)) = &report.patch {
        let label = format!("changed since {}", cut(&patch.base, 60));
        bars.push(exact(
            label,
            patch.covered,
            patch.relevant,
            ruling("coverage.patch"),
        ));
    }
    bars
}

fn exact(label: String, covered: u64, relevant: u64, tone: Option<Ruling>) -> Bar {
    let of = format!("{} of {} lines", grouped(covered), grouped(relevant));
    Bar {
        label,
        value: match percent(covered, relevant) {
            Some(percent) => format!("{percent} %, {of}"),
            None => of,
        },
        hundredths: share(covered, relevant),
        tone,
    }
}

/// Hundredths of a percent.
fn share(covered: u64, relevant: u64) -> Option<u64> {
    let all = u128::from(relevant);
    let share = (u128::from(covered) * 10_000).checked_div(all)?;
    u64::try_from(share.min(10_000)).ok()
}

/// The folders of a Phoenix project are its layers: `lib/shop`, `lib/shop_web`, and below `apps/` those of each app.
fn folders(coverage: &CoverageReport) -> (Vec<Bar>, usize) {
    let mut sums: BTreeMap<String, (u64, u64)> = BTreeMap::new();
    for file in &coverage.files {
        if let (Some(path), Measure::Lines { covered, relevant }) = (&file.path, file.measure) {
            let sum = sums.entry(folder(path)).or_default();
            *sum = (
                sum.0.saturating_add(covered),
                sum.1.saturating_add(relevant),
            );
        }
    }
    sums.retain(|_, (_, relevant)| *relevant > 0);
    let mut sorted: Vec<(&String, &(u64, u64))> = sums.iter().collect();
    sorted.sort_by_key(|(_, (covered, relevant))| share(*covered, *relevant));
    let bars = sorted.iter().take(FOLDERS);
    let bars =
        bars.map(|(name, (covered, relevant))| exact(cut(name, NAME), *covered, *relevant, None));
    // One folder is the total again.
    match sums.len() {
        0 | 1 => (Vec::new(), 0),
        all => (bars.collect(), all),
    }
}

fn folder(path: &str) -> String {
    let parts: Vec<&str> = path.split('/').collect();
    let folders = parts.split_last().map_or(&[][..], |(_, folders)| folders);
    let depth = if folders.first() == Some(&"apps") {
        4
    } else {
        2
    };
    match folders.get(..depth).unwrap_or(folders) {
        [] => "./".into(),
        some => format!("{}/", some.join("/")),
    }
}

/// The files with the lowest share; of equal ones, those with the most lines to cover.
fn files(coverage: &CoverageReport) -> (Vec<Bar>, usize) {
    let mut files: Vec<(u64, u64, Bar)> = coverage.files.iter().filter_map(file).collect();
    files.sort_by(|(a, m, x), (b, n, y)| (a, n, &x.label).cmp(&(b, m, &y.label)));
    let all = files.len();
    let bars = files.into_iter().take(FILES).map(|(_, _, bar)| bar);
    (bars.collect(), all)
}

/// A file with its share and the lines that are missed.
fn file(file: &FileCoverage) -> Option<(u64, u64, Bar)> {
    let name = file.path.as_deref().or(file.module.as_deref())?;
    let label = cut(name, NAME);
    let rounded = |shown: u64| Bar {
        label: label.clone(),
        value: format!("{} %", hundredths(shown)),
        hundredths: Some(shown.min(10_000)),
        tone: None,
    };
    Some(match file.measure {
        Measure::Lines { covered, relevant } => {
            let missed = relevant.saturating_sub(covered);
            (
                share(covered, relevant)?,
                missed,
                exact(label, covered, relevant, None),
            )
        }
        Measure::Rounded { hundredths: shown }
        | Measure::Between {
            at_least: shown, ..
        } => (shown, 0, rounded(shown)),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn folders_are_those_of_a_phoenix_project() {
        for (path, name) in [
            ("lib/shop/cart.ex", "lib/shop/"),
            ("lib/shop_web/live/a.ex", "lib/shop_web/"),
            ("lib/shop.ex", "lib/"),
            ("mix.exs", "./"),
            ("apps/one/lib/one/x/y.ex", "apps/one/lib/one/"),
        ] {
            assert_eq!(folder(path), name);
        }
    }

    #[test]
    fn a_share_is_floored_and_never_more_than_all() {
        assert_eq!(share(94_999, 100_000), Some(9_499));
        assert_eq!(share(3, 2), Some(10_000));
        assert_eq!(share(u64::MAX, u64::MAX), Some(10_000));
        assert_eq!(share(0, 0), None);
    }
}
