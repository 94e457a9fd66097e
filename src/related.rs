//! What belongs together: remarks of different tools about one function, failures that run through it, changed lines of
//! it that no test runs, and warnings of Dialyzer that only follow from another one. Pure functions over the report's
//! own lists.
//!
//! Two things are at one place when they name the same file and the same function, or the same file and line. Where a
//! function ends, no tool says, so nothing is guessed from lines that are merely near: a line without a function of its
//! own belongs to the one that is named both above and below it. Changed lines that no test runs are few, and what fails
//! in their file often stopped just before them, so there the file is place enough.
//!
//! Failures that share their exception and their file, but not their cause, are named beside each other and not merged.

use std::collections::HashMap;
use std::num::NonZeroU32;

use gatekeeper_parsers::Tool;
use gatekeeper_parsers::evidence::Severity;

use crate::compare::patch::Patch;
use crate::failures;
use crate::report::{ReportFailure, ReportFinding};

mod alike;
mod functions;

use functions::Functions;

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
    File(String),
}

/// Something with an id at a place. `kind` is the tool; of one kind nothing is related.
struct Item {
    id: String,
    kind: String,
    places: Vec<Place>,
}

/// Fills the lists of related ids. Ids of findings are `i1`, `i2`, … in order; those of files with changed lines that no
/// test runs are `u1`, `u2`, ….
pub(crate) fn relate(
    failures: &mut [ReportFailure],
    findings: &mut [ReportFinding],
    patch: Option<&Patch>,
) {
    let functions = Functions::of(failures, findings);
    let uncovered = patch.map_or(&[][..], |p| &p.uncovered);
    let missed = uncovered.iter().enumerate();
    let items: Vec<Item> = failures
        .iter()
        .map(of_failure)
        .chain(findings.iter().enumerate().map(|(n, f)| of_finding(n, f)))
        .chain(missed.map(|(n, (path, lines))| of_uncovered(n, path, lines, &functions)))
        .collect();
    let at = by_place(&items);
    let derived = derived_ids(findings);
    let alike = alike::ids(failures);
    for (n, item) in items.iter().enumerate() {
        let mut related = beside(item, &items, &at);
        match n.checked_sub(failures.len()) {
            None => {
                related.extend(alike.get(&n).cloned().unwrap_or_default());
                failures[n].related = related;
            }
            Some(finding) if finding < findings.len() => {
                related.extend(derived.get(&finding).cloned().unwrap_or_default());
                findings[finding].related = related;
            }
            // Changed lines have no list of their own: who names them is beside them.
            Some(_) => {}
        }
    }
}

/// Ids of the failures and findings that are at the place of the `n`-th file with changed lines that no test runs.
pub(crate) fn beside_uncovered(
    n: usize,
    failures: &[ReportFailure],
    findings: &[ReportFinding],
) -> Vec<String> {
    let id = uncovered_id(n);
    let failing = failures.iter().filter(|f| f.related.contains(&id));
    let found = findings.iter().enumerate();
    let found = found.filter(|(_, f)| f.related.contains(&id));
    let mut ids: Vec<String> = failing.map(|f| f.id.clone()).collect();
    ids.extend(found.map(|(n, _)| format!("i{}", n + 1)));
    ids.truncate(NAMED);
    ids
}

/// The id of the `n`-th file with changed lines that no test runs.
pub(crate) fn uncovered_id(n: usize) -> String {
    format!("u{}", n + 1)
}

/// The items at each place.
fn by_place(items: &[Item]) -> HashMap<&Place, Vec<usize>> {
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
    at
}

/// Ids of what else is at the places of an item.
fn beside(item: &Item, items: &[Item], at: &HashMap<&Place, Vec<usize>>) -> Vec<String> {
    let mut ids: Vec<String> = Vec::new();
    for other in item.places.iter().filter_map(|p| at.get(p)).flatten() {
        let other = &items[*other];
        if other.kind != item.kind && !ids.contains(&other.id) {
            ids.push(other.id.clone());
        }
        if ids.len() == NAMED {
            break;
        }
    }
    ids
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
    let (mut places, mut files) = (Vec::new(), Vec::new());
    for frame in failures::own_frames(&f.failure) {
        let Some(file) = frame.file.map(String::from) else {
            continue;
        };
        places.extend(named(&frame.function).map(|name| Place::Function(file.clone(), name)));
        places.extend(frame.line.map(|line| Place::Line(file.clone(), line)));
        files.push(Place::File(file));
    }
    // What is nearer comes first.
    places.append(&mut files);
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

fn of_uncovered(n: usize, path: &str, lines: &[u32], functions: &Functions) -> Item {
    let mut places = vec![Place::File(path.to_owned())];
    for line in lines.iter().filter_map(|line| NonZeroU32::new(*line)) {
        places.push(Place::Line(path.to_owned(), line));
        let function = functions.around(path, line).and_then(named);
        let function = function.map(|name| Place::Function(path.to_owned(), name));
        places.extend(function);
    }
    Item {
        id: uncovered_id(n),
        kind: "coverage".to_owned(),
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
