//! `[[benchmark]]`: limits on the medians of Benchee.

use std::collections::BTreeSet;

use super::Span;
use super::fields::{Fields, Reader};
use super::numbers::scaled;
use crate::policy::{BenchmarkLimit, BenchmarkRule, NamePattern, Setting, Weight};

/// Units, with the decimals that are whole picoseconds.
const UNITS: [(&str, usize); 5] = [("ns", 3), ("us", 6), ("µs", 6), ("ms", 9), ("s", 12)];

/// More than this is no limit, in hundredths of a percent.
const LARGEST: u64 = 100_000_000;

pub(super) fn list(r: &mut Reader<'_>, all: Fields<'_>) -> Vec<BenchmarkRule> {
    let mut rules = Vec::new();
    let mut names = BTreeSet::new();
    for (table, span) in r.tables(all, "benchmark") {
        let known = [
            "job",
            "input",
            "max_median",
            "max_change_percent",
            "reference",
            "severity",
        ];
        let f = r.open("benchmark", table, &known);
        for rule in one(r, f, &span) {
            if names.insert(rule.name.clone()) {
                rules.push(rule);
            } else {
                let message = format!("[[benchmark]]: {:?} stands there twice", rule.name);
                r.problem(span.clone(), message, Some("write one limit of it".into()));
            }
        }
    }
    rules
}

fn one(r: &mut Reader<'_>, f: Fields<'_>, span: &Span) -> Vec<BenchmarkRule> {
    r.must(f, "job", span, "such as job = \"Enum.map\", or job = \"*\"");
    if !f.has("max_median") && !f.has("max_change_percent") {
        let message = "[benchmark] has no limit".to_owned();
        let hint = "such as max_median = \"250 us\", or max_change_percent = 10";
        r.problem(span.clone(), message, Some(hint.into()));
    }
    if f.has("reference") && !f.has("max_change_percent") {
        let message = "benchmark.reference: nothing is compared with it".to_owned();
        let hint = "it belongs to max_change_percent";
        r.problem(f.span("reference"), message, Some(hint.into()));
    }
    let job = r.text(f, "job").map(|t| NamePattern(t.value));
    let input = r.text(f, "input").map(|t| NamePattern(t.value));
    let severity = r.weight(f, "severity").map_or(Weight::Fail, |w| w.value);
    let expected = "a percentage with at most 2 decimals";
    let change = r.scaled(f, "max_change_percent", 2, expected, LARGEST);
    let (median, reference) = (median(r, f), r.text(f, "reference"));
    let Some(job) = job else { return Vec::new() };
    let name = crate::benchmark::name(&job.0, input.as_ref().map(|i| i.0.as_str()));
    let rule = |name: String, limit| BenchmarkRule {
        name,
        job: job.clone(),
        input: input.clone(),
        limit,
        severity,
    };
    let mut rules = Vec::new();
    rules.extend(median.map(|m| rule(name.clone(), BenchmarkLimit::Median(m))));
    rules.extend(change.map(|max| {
        rule(
            format!("{name} (change)"),
            BenchmarkLimit::Change { max, reference },
        )
    }));
    rules
}

/// `"250 us"` in picoseconds.
fn median(r: &mut Reader<'_>, f: Fields<'_>) -> Option<Setting<u64>> {
    let text = r.text(f, "max_median")?;
    let unit = text
        .value
        .trim_start_matches(|c: char| c.is_ascii_digit() || c == '.');
    let number = text.value.strip_suffix(unit).unwrap_or_default();
    let digits = UNITS.iter().find(|(word, _)| *word == unit.trim());
    let why = match digits {
        Some((_, digits)) => match scaled(number, *digits) {
            Ok(0) => "it must not be 0".to_owned(),
            Ok(ps) => return Some(text.map(|_| ps)),
            Err(why) => why,
        },
        None => "units: ns, us, ms, s".to_owned(),
    };
    let message = format!(
        "benchmark.max_median: expected a time such as \"250 us\", found {:?}",
        text.value
    );
    r.problem(f.span("max_median"), message, Some(why));
    None
}
