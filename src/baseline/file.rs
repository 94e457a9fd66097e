//! `gatekeeper.baseline/v1`: JSON with one entry a line, sorted, so that git shows and merges it well.
//!
//! Benchmarks stand there too, where some were recorded: the medians that later ones are compared with.
//!
//! Each entry carries its fingerprint, so that a line that was edited by hand is noticed; a line that stands twice (a
//! merge went wrong) counts once. A line that was removed is a finding that is new again.

use std::collections::BTreeSet;

use serde::{Deserialize, Serialize};

use super::Entry;
use crate::benchmark::Recorded;

/// Name and version of the schema.
pub const SCHEMA: &str = "gatekeeper.baseline/v1";

#[derive(Deserialize)]
struct Version {
    schema: String,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Whole {
    #[serde(rename = "schema")]
    _schema: String,
    findings: Vec<Line>,
    #[serde(default)]
    benchmarks: Vec<Timed>,
}

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Timed {
    job: String,
    input: Option<String>,
    median_ps: u64,
    fingerprint: String,
}

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Line {
    tool: String,
    path: Option<String>,
    rule: String,
    function: Option<String>,
    message: String,
    occurrence: u32,
    fingerprint: String,
}

/// Reads a baseline: findings and benchmarks.
///
/// # Errors
/// When it is damaged, or of another version.
pub fn read(text: &str) -> Result<(Vec<Entry>, Vec<Recorded>), String> {
    let version: Version =
        serde_json::from_str(text).map_err(|e| format!("is no baseline: {e}"))?;
    if version.schema != SCHEMA {
        let schema: String = version.schema.chars().take(60).collect();
        return Err(format!(
            "is of another version ({schema:?}, this is {SCHEMA:?})"
        ));
    }
    let whole: Whole = serde_json::from_str(text).map_err(|e| format!("is damaged: {e}"))?;
    let mut entries = BTreeSet::new();
    for (i, line) in whole.findings.into_iter().enumerate() {
        let fingerprint = line.fingerprint;
        let entry = Entry {
            tool: line.tool,
            path: line.path,
            rule: line.rule,
            function: line.function,
            message: line.message,
            occurrence: line.occurrence,
        };
        if entry.fingerprint() != fingerprint {
            return Err(format!(
                "is damaged: the fingerprint of entry {} is not that of its fields",
                i + 1
            ));
        }
        entries.insert(entry);
    }
    Ok((entries.into_iter().collect(), timed(whole.benchmarks)?))
}

/// Benchmarks. One that stands twice with two medians has none.
fn timed(lines: Vec<Timed>) -> Result<Vec<Recorded>, String> {
    let mut all: BTreeSet<Recorded> = BTreeSet::new();
    for line in lines {
        let recorded = Recorded {
            job: line.job,
            input: line.input,
            median_ps: line.median_ps,
        };
        let shown: String = recorded.job.chars().take(60).collect();
        if recorded.fingerprint() != line.fingerprint {
            return Err(format!(
                "is damaged: the fingerprint of the benchmark {shown:?} is not that of its fields"
            ));
        }
        let same = |r: &Recorded| (&r.job, &r.input) == (&recorded.job, &recorded.input);
        if all.iter().any(|r| same(r) && *r != recorded) {
            return Err(format!(
                "is damaged: the benchmark {shown:?} has two medians"
            ));
        }
        all.insert(recorded);
    }
    Ok(all.into_iter().collect())
}

/// Writes a baseline: the same entries give the same bytes.
#[must_use]
pub fn write(entries: &[Entry], benchmarks: &[Recorded]) -> String {
    let sorted: BTreeSet<&Entry> = entries.iter().collect();
    let lines = sorted.into_iter().map(|entry| {
        let line = Line {
            tool: entry.tool.clone(),
            path: entry.path.clone(),
            rule: entry.rule.clone(),
            function: entry.function.clone(),
            message: entry.message.clone(),
            occurrence: entry.occurrence,
            fingerprint: entry.fingerprint(),
        };
        // Strings and numbers: nothing in it that JSON cannot say.
        serde_json::to_string(&line).unwrap_or_default()
    });
    let findings = list(&lines.collect::<Vec<_>>());
    let sorted: BTreeSet<&Recorded> = benchmarks.iter().collect();
    let timed = sorted.into_iter().map(|r| Timed {
        job: r.job.clone(),
        input: r.input.clone(),
        median_ps: r.median_ps,
        fingerprint: r.fingerprint(),
    });
    let timed: Vec<String> = timed
        .map(|line| serde_json::to_string(&line).unwrap_or_default())
        .collect();
    let timed = match timed.is_empty() {
        true => String::new(),
        false => format!(",\n\"benchmarks\": {}", list(&timed)),
    };
    format!("{{\n\"schema\": \"{SCHEMA}\",\n\"findings\": {findings}{timed}\n}}\n")
}

/// One line each.
fn list(lines: &[String]) -> String {
    let end = if lines.is_empty() { "" } else { "\n" };
    format!("[\n{}{end}]", lines.join(",\n"))
}
