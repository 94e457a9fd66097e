//! Failures that look alike and are not known to be one: the same exception in the same file of the project, in groups
//! of their own.

use std::collections::HashMap;

use super::NAMED;
use crate::failures;
use crate::report::ReportFailure;
use crate::retry;

/// Failures that must share their exception and their file.
const QUORUM: usize = 3;

/// For each failure, by its index, the ids of those that it is alike to.
pub(super) fn ids(failures: &[ReportFailure]) -> HashMap<usize, Vec<String>> {
    let mut alike: HashMap<(String, String), Vec<usize>> = HashMap::new();
    for (n, f) in failures.iter().enumerate() {
        if let Some(key) = key(f) {
            alike.entry(key).or_default().push(n);
        }
    }
    let mut out: HashMap<usize, Vec<String>> = HashMap::new();
    for members in alike.values().filter(|members| members.len() >= QUORUM) {
        for n in members {
            let others = members.iter().map(|m| &failures[*m]);
            let others = others.filter(|other| other.group != failures[*n].group);
            out.entry(*n)
                .or_default()
                .extend(others.take(NAMED).map(|f| f.id.clone()));
        }
    }
    only_together(failures, &mut out);
    out
}

/// The exception, and the file of the project's own code where it was raised.
fn key(f: &ReportFailure) -> Option<(String, String)> {
    let exception = f.failure.errors.first()?.exception.clone()?;
    let file = failures::own_frames(&f.failure).into_iter().next()?.file?;
    Some((exception, file.into()))
}

/// Failures of several modules that pass alone: what they share shows only when they run together.
fn only_together(failures: &[ReportFailure], out: &mut HashMap<usize, Vec<String>>) {
    let members = failures.iter().enumerate();
    let members: Vec<(usize, &ReportFailure)> = members
        .filter(|(_, f)| retry::fails_only_together(f))
        .collect();
    for (n, f) in &members {
        let others = members
            .iter()
            .filter(|(m, other)| m != n && other.group != f.group);
        let ids = out.entry(*n).or_default();
        for (_, other) in others.take(NAMED) {
            if !ids.contains(&other.id) {
                ids.push(other.id.clone());
            }
        }
    }
}
