//! Which file of the repository a coverage report means.

use std::collections::{BTreeMap, BTreeSet};

use gatekeeper_parsers::evidence::FileCoverage;

use crate::compare::Changes;

/// Finds the files of reports in the repository, and says which could not be told apart.
///
/// A path of a report is relative to the project, absolute (LCOV), absolute on another machine, or relative to the app
/// of an umbrella. The last two are looked up by their endings, and taken only when exactly one file fits.
pub(super) fn located<'a>(
    files: &'a [FileCoverage],
    changes: &'a Changes,
) -> (BTreeMap<&'a str, Vec<&'a FileCoverage>>, Vec<String>) {
    let mut by_name: BTreeMap<&str, Vec<&str>> = BTreeMap::new();
    for path in changes
        .tree
        .iter()
        .filter(|p| p.starts_with(&changes.prefix))
    {
        by_name.entry(name_of(path)).or_default().push(path);
    }
    let mut found: BTreeMap<&str, Vec<&FileCoverage>> = BTreeMap::new();
    let mut unclear: BTreeSet<&str> = BTreeSet::new();
    for (file, path) in files.iter().filter_map(|f| Some((f, f.path.as_deref()?))) {
        match locate(path, changes, &by_name) {
            Ok(Some(place)) => found.entry(place).or_default().push(file),
            Ok(None) => {}
            Err(()) => {
                unclear.insert(path);
            }
        }
    }
    let notes = unclear.into_iter().take(5).map(|path| {
        format!("{path} of a coverage report may be one of several files: it counts for none")
    });
    (found, notes.collect())
}

fn name_of(path: &str) -> &str {
    path.rsplit('/').next().unwrap_or(path)
}

fn locate<'a>(
    path: &str,
    changes: &'a Changes,
    by_name: &BTreeMap<&'a str, Vec<&'a str>>,
) -> Result<Option<&'a str>, ()> {
    let root = changes.root.trim_end_matches('/');
    let below = path.strip_prefix(root).and_then(|p| p.strip_prefix('/'));
    let path = below.filter(|_| !root.is_empty()).unwrap_or(path);
    let path = path.strip_prefix("./").unwrap_or(path);
    let exact = format!("{}{path}", changes.prefix);
    if let Some(exact) = changes.tree.get(&exact) {
        return Ok(Some(exact));
    }
    let ends_with = |long: &str, short: &str| {
        long.strip_suffix(short)
            .is_some_and(|start| start.ends_with('/'))
    };
    let own = |candidate: &'a str| candidate.strip_prefix(&changes.prefix).unwrap_or(candidate);
    let candidates = by_name.get(name_of(path)).map_or(&[][..], Vec::as_slice);
    if path.starts_with('/') {
        // The longest fits best: `/ci/shop/apps/a/lib/a.ex` is `apps/a/lib/a.ex`, not `lib/a.ex`.
        let fitting = candidates.iter().filter(|c| ends_with(path, own(c)));
        return Ok(fitting.max_by_key(|c| c.len()).copied());
    }
    let mut fitting = candidates.iter().filter(|c| ends_with(own(c), path));
    match (fitting.next(), fitting.next()) {
        (one, None) => Ok(one.copied()),
        (_, Some(_)) => Err(()),
    }
}
