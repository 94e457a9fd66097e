//! Coverage of a part of the project: a layer, single files, an app of an umbrella.

use std::fmt::Write as _;

use gatekeeper_parsers::evidence::{FileCoverage, Measure};

use super::coverage::{exact, printed};
use super::{Gate, Judged, Judgement, Policy, Ruling, proven};
use crate::coverage::{Printed, hundredths};
use crate::policy::PartRule;
use crate::report::Report;

pub(super) fn layers(gate: &'static Gate, report: &Report, policy: &Policy) -> Vec<Judged> {
    let layers = &policy.coverage.layers;
    let judge = |layer: &PartRule| {
        let mut measured = together(report, layer, "layer");
        let others = layers.iter().filter(|other| other.name != layer.name);
        for (other, n) in others.filter_map(|o| Some((o, shared(report, layer, o)?))) {
            let files = if n == 1 { "file is" } else { "files are" };
            let _ = write!(
                measured.because,
                "; {n} of its {files} in layer {} too",
                other.name
            );
        }
        judged(gate, report, layer, measured)
    };
    layers.iter().map(judge).collect()
}

pub(super) fn apps(gate: &'static Gate, report: &Report, policy: &Policy) -> Vec<Judged> {
    let judge = |app: &PartRule| judged(gate, report, app, together(report, app, "app"));
    policy.coverage.apps.iter().map(judge).collect()
}

pub(super) fn files(gate: &'static Gate, report: &Report, policy: &Policy) -> Vec<Judged> {
    let judge = |rule: &PartRule| judged(gate, report, rule, each(report, rule));
    policy.coverage.files.iter().map(judge).collect()
}

fn judged(gate: &'static Gate, report: &Report, rule: &PartRule, measured: Judgement) -> Judged {
    let measured = proven(gate, report, measured);
    Judged::new(gate, measured, rule.severity, &[&rule.min.origin]).named(':', &rule.name)
}

fn judgement(rule: &PartRule, (ruling, because, actual): (Ruling, String, String)) -> Judgement {
    let limit = format!(">= {} %", hundredths(rule.min.value));
    Judgement {
        ruling,
        because,
        actual,
        limit,
    }
}

fn unknown(because: String) -> (Ruling, String, String) {
    (Ruling::Undecided, because, "nothing measured".into())
}

/// Files that two layers have in common; `None` for none.
fn shared(report: &Report, one: &PartRule, other: &PartRule) -> Option<usize> {
    let in_other = |f: &&FileCoverage| f.path.as_deref().is_some_and(|p| other.patterns.matches(p));
    let files = report.coverage.as_ref()?.members(&one.patterns);
    Some(files.filter(in_other).count()).filter(|n| *n > 0)
}

fn together(report: &Report, rule: &PartRule, word: &str) -> Judgement {
    let lines = report
        .coverage
        .as_ref()
        .and_then(|c| c.lines_of(&rule.patterns));
    let measured = match lines {
        None => unknown(
            "no source says which lines of which files are covered. A report with lines (such as `mix coveralls.json`) \
             does"
                .into(),
        ),
        Some((_, 0)) => unknown(format!("no source knows a line of this {word} that could be covered")),
        Some((covered, relevant)) => exact(covered, relevant, rule.min.value),
    };
    judgement(rule, measured)
}

/// Each file or module by itself: the worst ruling, and the lowest of those that have it.
fn each(report: &Report, rule: &PartRule) -> Judgement {
    let all = report.coverage.iter().flat_map(|c| &c.files);
    let named = |f: &'_ &FileCoverage| {
        let names = [&f.path, &f.module];
        names
            .into_iter()
            .flatten()
            .any(|name| rule.patterns.matches(name))
    };
    let mut worst: Option<(Ruling, u64, String, String)> = None;
    let mut n = 0u64;
    for file in all.filter(named) {
        let (ruling, because, actual) = match Printed::new(&file.measure) {
            Some(rounded) => printed(&[rounded], rule.min.value),
            None => match file.measure {
                // A file without a line that could run has nothing to cover.
                Measure::Lines { relevant: 0, .. } => continue,
                Measure::Lines { covered, relevant } => exact(covered, relevant, rule.min.value),
                Measure::Rounded { .. } | Measure::Between { .. } => continue,
            },
        };
        n += 1;
        let share = Printed::of(&file.measure).shown;
        let name = file
            .path
            .as_deref()
            .or(file.module.as_deref())
            .unwrap_or_default();
        let because = format!("{name}: {because}");
        let worse = worst
            .as_ref()
            .is_none_or(|w| ruling > w.0 || (ruling == w.0 && share < w.1));
        if worse {
            worst = Some((ruling, share, because, actual));
        }
    }
    judgement(
        rule,
        match worst {
            None => unknown(
                "no source knows a file or module of this name with a line that could be covered"
                    .into(),
            ),
            Some((ruling, _, because, actual)) if n > 1 => {
                (ruling, because, format!("{actual} at worst"))
            }
            Some((ruling, _, because, actual)) => (ruling, because, actual),
        },
    )
}
