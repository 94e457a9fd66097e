//! Which finding is which entry, in passes from exact to moved. An entry that was matched is used up.

use std::collections::{BTreeMap, BTreeSet};

use super::{Baseline, Entry, may_know};
use crate::fingerprint::normalised;
use crate::report::ReportFinding;
use crate::waiver::Status;

/// What a finding is recognised by, of the baseline or of the report.
struct Traits<'a> {
    tool: &'a str,
    rule: &'a str,
    path: Option<&'a str>,
    function: Option<&'a str>,
    message: String,
    /// The message without names of files.
    loose: String,
    /// Whether its file may have been renamed: of the baseline, gone; of the report, new.
    renamed: bool,
}

impl Traits<'_> {
    /// The name of the function without its module.
    fn name(&self) -> Option<&str> {
        self.function.map(|f| f.rsplit('.').next().unwrap_or(f))
    }

    fn scope(&self) -> &str {
        self.function.or(self.path).unwrap_or_default()
    }
}

/// The key of a pass; `None` when the pass is not about it.
type Pass = fn(&Traits, Side) -> Option<String>;

#[derive(Clone, Copy, PartialEq, Eq)]
enum Side {
    Baseline,
    Report,
}

fn key(parts: &[&str]) -> Option<String> {
    Some(parts.join("\0"))
}

/// From exact to moved.
const PASSES: [Pass; 7] = [
    // Nothing but its line has changed.
    |t, _| {
        key(&[
            t.tool,
            t.rule,
            t.scope(),
            t.path.unwrap_or_default(),
            &t.message,
        ])
    },
    // The file of its function was renamed.
    |t, _| key(&[t.tool, t.rule, t.scope(), &t.message]),
    // The message names another file, which was renamed.
    |t, _| key(&[t.tool, t.rule, t.scope(), &t.loose]),
    // The tool was told to print another format, which names functions or does not.
    |t, side| {
        let fits = t.function.is_some() == (side == Side::Report);
        fits.then(|| key(&[t.tool, t.rule, t.path?, &t.message]))?
    },
    |t, side| {
        let fits = t.function.is_some() == (side == Side::Baseline);
        fits.then(|| key(&[t.tool, t.rule, t.path?, &t.message]))?
    },
    // Its file was renamed, and perhaps its module with it.
    |t, _| {
        t.renamed
            .then(|| key(&[t.tool, t.rule, t.name().unwrap_or_default(), &t.loose]))?
    },
    // Its function was moved to another module.
    |t, _| key(&[t.tool, t.rule, t.name()?, &t.loose]),
];

/// Marks what is known, and gives the entries that nothing matched.
pub(super) fn matched<'b>(
    baseline: &'b Baseline,
    findings: &mut [ReportFinding],
) -> Vec<&'b Entry> {
    let before: BTreeSet<&str> = baseline
        .entries
        .iter()
        .filter_map(|e| e.path.as_deref())
        .collect();
    let after: BTreeSet<String> = findings
        .iter()
        .filter_map(|f| f.finding.path.clone())
        .collect();
    let of_entry = |e: &'b Entry| Traits {
        tool: &e.tool,
        rule: &e.rule,
        path: e.path.as_deref(),
        function: e.function.as_deref(),
        loose: without_files(&e.message),
        message: e.message.clone(),
        renamed: e
            .path
            .as_ref()
            .is_some_and(|p| baseline.gone.contains(p) && !after.contains(p)),
    };
    let mut left: Vec<Option<(&Entry, Traits)>> = baseline
        .entries
        .iter()
        .map(|e| Some((e, of_entry(e))))
        .collect();
    for pass in PASSES {
        let mut places: BTreeMap<String, Vec<usize>> = BTreeMap::new();
        for (i, (_, traits)) in left
            .iter()
            .enumerate()
            .rev()
            .filter_map(|(i, l)| Some((i, l.as_ref()?)))
        {
            if let Some(key) = pass(traits, Side::Baseline) {
                places.entry(key).or_default().push(i);
            }
        }
        for f in findings
            .iter_mut()
            .filter(|f| f.status == Status::New && may_know(f))
        {
            let traits = of_finding(f, &before);
            let places = pass(&traits, Side::Report).and_then(|key| places.get_mut(&key));
            if let Some(place) = places.and_then(Vec::pop) {
                left[place] = None;
                f.status = Status::Known;
            }
        }
    }
    left.into_iter().flatten().map(|(entry, _)| entry).collect()
}

fn of_finding<'a>(f: &'a ReportFinding, before: &BTreeSet<&str>) -> Traits<'a> {
    let x = &f.finding;
    let message = normalised(&x.message);
    Traits {
        tool: &f.tool_id,
        rule: &x.rule,
        path: x.path.as_deref(),
        function: x.function.as_deref(),
        loose: without_files(&message),
        message,
        renamed: x.path.as_deref().is_some_and(|p| !before.contains(p)),
    }
}

/// A message without the names of files in it.
fn without_files(message: &str) -> String {
    let words = message.split(' ').map(|word| {
        let name = word.trim_matches(|c: char| !c.is_alphanumeric() && c != '#');
        let name = name.trim_end_matches([':', '#']);
        match name.rsplit_once('.') {
            Some((_, "ex" | "exs" | "eex" | "heex" | "leex" | "erl")) => "{file}",
            _ => word,
        }
    });
    words.collect::<Vec<_>>().join(" ")
}

#[cfg(test)]
mod tests {
    use super::without_files;

    #[test]
    fn names_of_files_leave_a_message() {
        for (message, is) in [
            ("found in lib/a.ex:# (mass: #)", "found in {file} (mass: #)"),
            ("(lib/b.exs)", "{file}"),
            (
                "IO.inspect in A.ex_unit. Use Logger.",
                "IO.inspect in A.ex_unit. Use Logger.",
            ),
        ] {
            assert_eq!(without_files(message), is);
        }
    }
}
