//! Medians of benchmarks that were recorded, to compare new ones with. Pure.
//!
//! Times are whole picoseconds, so that comparing them is exact. A job is known by its name and its input; a report does
//! not say on which machine, or by which version of Benchee, it was made, so a reference belongs to one machine.

use std::collections::BTreeMap;

use gatekeeper_parsers::evidence::Scenario;
use serde::{Deserialize, Serialize};

use crate::fingerprint::{digest, identity_of};

/// One job with one input, as it was.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct Recorded {
    /// Name of the job.
    pub job: String,
    /// Name of the input, where there are several.
    pub input: Option<String>,
    /// The median.
    pub median_ps: u64,
}

impl Recorded {
    /// What identifies the line of a file: one that was edited by hand has another.
    #[must_use]
    pub fn fingerprint(&self) -> String {
        let input = self.input.as_deref().unwrap_or_default();
        let median = self.median_ps.to_string();
        digest(&identity_of("benchee", &self.job, input, &median), 1)
    }
}

/// `flat_map`, `flat_map with Big`.
#[must_use]
pub fn name(job: &str, input: Option<&str>) -> String {
    match input {
        Some(input) => format!("{job} with {input}"),
        None => job.to_owned(),
    }
}

/// What benchmarks are compared with.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct References {
    /// The baseline; `None` when there is none.
    pub baseline: Option<Result<Vec<Recorded>, String>>,
    /// Earlier reports, by the path that the policy names.
    pub files: BTreeMap<String, Result<Vec<Recorded>, String>>,
}

/// The medians of a report.
///
/// # Errors
/// When one is not known, or stands there twice.
pub fn recorded<'s>(
    scenarios: impl IntoIterator<Item = &'s Scenario>,
) -> Result<Vec<Recorded>, String> {
    let mut all: BTreeMap<(String, Option<String>), u64> = BTreeMap::new();
    for s in scenarios {
        let name = name(&s.name, s.input.as_deref());
        let Some(median_ps) = s.median_ps.filter(|_| s.samples > 0) else {
            return Err(format!("the benchmark {name} has no median"));
        };
        let key = (s.name.clone(), s.input.clone());
        if all.insert(key, median_ps).is_some() {
            return Err(format!("the benchmark {name} was measured twice"));
        }
    }
    let recorded = all.into_iter().map(|((job, input), median_ps)| Recorded {
        job,
        input,
        median_ps,
    });
    Ok(recorded.collect())
}
