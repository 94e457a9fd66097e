//! What belongs together: remarks of different tools about one function, failures that run through it, and warnings of
//! Dialyzer that only follow from another one. Pure functions over the report's own lists.
//!
//! Two things are at one place when they name the same file and the same function, or the same file and line. Where a
//! function ends, no tool says, so nothing is guessed from lines that are merely near.

use std::collections::HashMap;
use std::num::NonZeroU32;

use gatekeeper_parsers::Tool;
use gatekeeper_parsers::evidence::Severity;

use crate::failures;
use crate::report::{ReportFailure, ReportFinding};

/// Related things that are named, each.
const NAMED: usize = 8;

/// Lines below the head of a function in which a warning of Dialyzer is taken for the cause.
const NEAR: u32 = 12;

/// Warnings of Dialyzer after which a function does not return.
const STOPS: &[&str] = &[
    "apply",
    "bin_construction",
    "call",
    "call_with_opaque",
    "call_without_opaque",
    "fun_app_args",
    "fun_app_no_fun",
    "guard_fail",
    "map_update",
    "opaque_call",
    "opaque_match",
    "pattern_match",
];

/// Warnings of Dialyzer that stand at the head of a function.
const HEADS: &[&str] = &[
    "no_return",
    "unused_fun",
    "invalid_contract",
    "callback_type_mismatch",
    "callback_arg_type_mismatch",
];

/// Marks warnings that only follow from another one of the same function: `no_return` below which a call is said to
/// fail. They stay warnings, of low severity.
pub(crate) fn derive(findings: &mut [ReportFinding]) {
    let mut by_file: HashMap<(usize, String), Vec<usize>> = HashMap::new();
    for (at, f) in findings.iter().enumerate() {
        if let (Tool::Dialyzer, Some(path), Some(_)) = (f.tool, &f.finding.path, f.finding.line) {
            by_file
                .entry((f.source, path.clone()))
                .or_default()
                .push(at);
        }
    }
    for members in by_file.values_mut() {
        members.sort_by_key(|at| (findings[*at].finding.line, findings[*at].finding.column));
        for (n, at) in members.iter().enumerate() {
            if findings[*at].finding.rule == "no_return"
                && let Some(cause) = cause(findings, *at, &members[n + 1..])
            {
                let fingerprint = findings[cause].fingerprint.clone();
                findings[*at].derived_from = Some(fingerprint);
                findings[*at].finding.severity = Severity::Low;
            }
        }
    }
}

/// The warning below the head of a function that explains why it does not return.
fn cause(findings: &[ReportFinding], head: usize, below: &[usize]) -> Option<usize> {
    let line = |at: usize| findings[at].finding.line.map_or(0, NonZeroU32::get);
    let own = findings[head].finding.function.as_ref();
    let mut next = below.iter().copied().take_while(|at| {
        let f = &findings[*at].finding;
        !HEADS.contains(&f.rule.as_str()) && line(*at) - line(head) <= NEAR
    });
    next.find(|at| {
        let f = &findings[*at].finding;
        let other = own.is_some() && f.function.is_some() && f.function.as_ref() != own;
        STOPS.contains(&f.rule.as_str()) && !other
    })
}

/// A function or a line of a file.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
enum Place {
    Function(String, String),
    Line(String, NonZeroU32),
}

/// Something with an id at a place. `kind` is the tool; of one kind nothing is related.
struct Item {
    id: String,
    kind: String,
    places: Vec<Place>,
}

/// Fills the lists of related ids. Ids of findings are `i1`, `i2`, … in order.
pub(crate) fn relate(failures: &mut [ReportFailure], findings: &mut [ReportFinding]) {
    let items: Vec<Item> = failures
        .iter()
        .map(of_failure)
        .chain(findings.iter().enumerate().map(|(n, f)| of_finding(n, f)))
        .collect();
    let mut at: HashMap<&Place, Vec<usize>> = HashMap::new();
    for (n, item) in items.iter().enumerate() {
        for place in &item.places {
            let there = at.entry(place).or_default();
            // One of each kind is enough for every other kind, and a few more for who reads them.
            let alike = there
                .iter()
                .filter(|o| items[**o].kind == item.kind)
                .count();
            if alike < NAMED && !there.contains(&n) {
                there.push(n);
            }
        }
    }
    let derived = derived_ids(findings);
    for (n, item) in items.iter().enumerate() {
        let mut ids: Vec<&Item> = Vec::new();
        for other in item.places.iter().filter_map(|p| at.get(p)).flatten() {
            let other = &items[*other];
            if other.kind != item.kind && !ids.iter().any(|known| known.id == other.id) {
                ids.push(other);
            }
        }
        ids.truncate(NAMED);
        let mut related: Vec<String> = ids.iter().map(|item| item.id.clone()).collect();
        match n.checked_sub(failures.len()) {
            None => failures[n].related = related,
            Some(finding) => {
                related.extend(derived.get(&finding).cloned().unwrap_or_default());
                findings[finding].related = related;
            }
        }
    }
}

/// For each finding the ids of those it causes or follows from.
fn derived_ids(findings: &[ReportFinding]) -> HashMap<usize, Vec<String>> {
    let id = |n: usize| format!("i{}", n + 1);
    let places: HashMap<&str, usize> = findings
        .iter()
        .enumerate()
        .map(|(n, f)| (f.fingerprint.as_str(), n))
        .collect();
    let mut out: HashMap<usize, Vec<String>> = HashMap::new();
    for (n, f) in findings.iter().enumerate() {
        let cause = f
            .derived_from
            .as_deref()
            .and_then(|print| places.get(print));
        if let Some(cause) = cause {
            out.entry(n).or_default().push(id(*cause));
            let follows = out.entry(*cause).or_default();
            if follows.len() < NAMED {
                follows.push(id(n));
            }
        }
    }
    out
}

fn of_failure(f: &ReportFailure) -> Item {
    let mut places = Vec::new();
    for frame in failures::own_frames(&f.failure) {
        let Some(file) = frame.file else { continue };
        places.extend(named(&frame.function).map(|name| Place::Function(file.clone(), name)));
        places.extend(frame.line.map(|line| Place::Line(file, line)));
    }
    Item {
        id: f.id.clone(),
        kind: "failure".to_owned(),
        places,
    }
}

fn of_finding(n: usize, f: &ReportFinding) -> Item {
    let x = &f.finding;
    let mut places = Vec::new();
    if let Some(path) = x.path.clone() {
        let name = x.function.as_deref().and_then(named);
        places.extend(name.map(|name| Place::Function(path.clone(), name)));
        places.extend(x.line.map(|line| Place::Line(path, line)));
    }
    Item {
        id: format!("i{}", n + 1),
        kind: f.tool_id.to_string(),
        places,
    }
}

/// `Shop.Cart.add` of `anonymous fn/1 in Shop.Cart.add/2`; nothing of what names no function.
fn named(function: &str) -> Option<String> {
    let name = function.rsplit(" in ").next().unwrap_or_default();
    let name = name.split('/').next().unwrap_or_default().trim();
    let (module, function) = name.rsplit_once('.')?;
    let lower = function.starts_with(|c: char| c.is_ascii_lowercase() || c == '_');
    (lower && module.starts_with(|c: char| c.is_ascii_uppercase())).then(|| name.to_owned())
}
