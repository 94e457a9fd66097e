//! The parts of the report that come from a comparison: with a base, with a baseline.

use serde::Serialize;

use crate::baseline::Outcome;
use crate::compare::patch;
use crate::coverage::percent;
use crate::related::{beside_uncovered, uncovered_id};
use crate::report::Report;

#[derive(Debug, Serialize)]
pub(super) struct Patch<'a> {
    base: &'a str,
    commit: &'a str,
    covered: u64,
    relevant: u64,
    percent: Option<String>,
    uncovered: Vec<Uncovered<'a>>,
    no_data: Vec<NoData<'a>>,
    whitespace: u64,
    elsewhere: u64,
    notes: &'a [String],
}

#[derive(Debug, Serialize)]
struct Uncovered<'a> {
    id: String,
    path: &'a str,
    lines: &'a [u32],
    related: Vec<String>,
}

/// Ranges, for a new file of many lines is one.
#[derive(Debug, Serialize)]
struct NoData<'a> {
    path: &'a str,
    reason: &'static str,
    ranges: &'a [(u32, u32)],
}

#[derive(Debug, Serialize)]
pub(super) struct Baseline<'a> {
    path: &'a str,
    trouble: Option<&'a str>,
    new: u64,
    known: u64,
    fixed: u64,
}

pub(super) fn patch<'a>(p: &'a patch::Patch, report: &Report) -> Patch<'a> {
    let uncovered = p.uncovered.iter().enumerate();
    let uncovered = uncovered.map(|(n, (path, lines))| Uncovered {
        id: uncovered_id(n),
        path,
        lines,
        related: beside_uncovered(n, &report.failures, &report.findings),
    });
    let no_data = p.no_data.iter().map(|n| NoData {
        path: &n.path,
        reason: n.why.id(),
        ranges: &n.lines,
    });
    Patch {
        base: &p.base,
        commit: &p.commit,
        covered: p.covered,
        relevant: p.relevant,
        percent: percent(p.covered, p.relevant),
        uncovered: uncovered.collect(),
        no_data: no_data.collect(),
        whitespace: p.whitespace,
        elsewhere: p.elsewhere,
        notes: &p.notes,
    }
}

pub(super) fn baseline(b: &Outcome) -> Baseline<'_> {
    Baseline {
        path: &b.path,
        trouble: b.trouble.as_deref(),
        new: b.new,
        known: b.known,
        fixed: b.fixed,
    }
}
