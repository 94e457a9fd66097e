//! A policy as a list of values, for people to read and to compare.

use super::{
    BenchmarkLimit, BenchmarkRule, FindingRules, Origin, PartRule, Policy, Setting, Waiver, Weight,
};
use crate::coverage::hundredths;
use crate::report::nanoseconds;

/// One value that holds.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Effective {
    /// Its key, as in the file: `coverage.layer.contexts.min`.
    pub key: String,
    /// The value, as in the file.
    pub value: String,
    /// Where it comes from.
    pub origin: Origin,
}

/// A value that differs between two policies.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Change {
    /// Its key.
    pub key: String,
    /// What holds; `None` when nothing does.
    pub used: Option<String>,
    /// What the other says.
    pub other: Option<String>,
}

/// Gathers values.
#[derive(Default)]
struct List(Vec<Effective>);

impl List {
    fn add(&mut self, key: impl Into<String>, value: impl Into<String>, origin: &Origin) {
        let (key, value, origin) = (key.into(), value.into(), origin.clone());
        self.0.push(Effective { key, value, origin });
    }

    fn number(&mut self, key: &str, n: &Setting<u64>) {
        self.add(key, n.value.to_string(), &n.origin);
    }

    fn weight(&mut self, key: &str, w: &Setting<Weight>) {
        self.add(key, quoted(w.value.id()), &w.origin);
    }

    fn rules(&mut self, section: &str, max: &str, rules: &FindingRules) {
        if let Some(n) = &rules.max {
            self.number(&format!("{section}.{max}"), n);
        }
        for (severity, n) in &rules.by_severity {
            self.number(&format!("{section}.max_{}", severity.id()), n);
        }
        if let Some(only) = &rules.new_only {
            self.add(
                format!("{section}.new_only"),
                only.value.to_string(),
                &only.origin,
            );
        }
        if let Some(weight) = &rules.severity {
            self.weight(&format!("{section}.severity"), weight);
        }
    }

    fn parts(&mut self, section: &str, parts: &[PartRule]) {
        for part in parts {
            let key = format!("coverage.{section}.{}", part.name);
            let origin = &part.min.origin;
            self.add(
                format!("{key}.paths"),
                part.patterns.words.join(", "),
                origin,
            );
            self.add(format!("{key}.min"), hundredths(part.min.value), origin);
            self.add(
                format!("{key}.severity"),
                quoted(part.severity.id()),
                origin,
            );
        }
    }

    fn benchmark(&mut self, rule: &BenchmarkRule) {
        let key = format!("benchmark.{}", rule.name);
        let (word, value, max) = match &rule.limit {
            BenchmarkLimit::Median(max) => {
                let value = quoted(&format!("{} ns", nanoseconds(max.value)));
                ("max_median", value, max)
            }
            BenchmarkLimit::Change { max, reference } => {
                if let Some(file) = reference {
                    self.add(
                        format!("{key}.reference"),
                        quoted(&file.value),
                        &file.origin,
                    );
                }
                ("max_change_percent", hundredths(max.value), max)
            }
        };
        self.add(format!("{key}.{word}"), value, &max.origin);
        let severity = quoted(rule.severity.id());
        self.add(format!("{key}.severity"), severity, &max.origin);
    }

    fn waiver(&mut self, waiver: &Waiver) {
        let place = waiver
            .path
            .as_ref()
            .map_or(String::new(), |p| format!(" in {}", p.words.join(", ")));
        let value = format!(
            "{:?}, owner {:?}, until {}",
            waiver.reason, waiver.owner, waiver.expires
        );
        self.add(
            format!("waiver {}{place}", waiver.finding),
            value,
            &waiver.origin,
        );
    }
}

fn quoted(word: &str) -> String {
    format!("\"{word}\"")
}

impl Policy {
    /// Everything that holds, in the order of the file.
    #[must_use]
    pub fn effective(&self) -> Vec<Effective> {
        let mut list = List::default();
        for required in &self.require {
            let word = required.tool.map_or(required.gate.id, |t| t.id());
            list.add(format!("require {word}"), "true", &required.origin);
        }
        for required in &self.wave.require {
            let word = required.tool.map_or(required.gate.id, |t| t.id());
            list.add(format!("wave.require {word}"), "true", &required.origin);
        }
        for kind in &self.wave.attachments {
            list.add(format!("wave.require {}", kind.value), "true", &kind.origin);
        }
        if let Some(n) = &self.expected_shards {
            list.add("expected_shards", n.value.to_string(), &n.origin);
        }
        self.tests_in(&mut list);
        self.coverage_in(&mut list);
        list.rules("security", "max", &self.security);
        for (tool, rules) in &self.findings {
            list.rules(&format!("findings.{}", tool.id()), "max", rules);
        }
        list.rules("audit", "max", &self.audit);
        list.rules("compile", "max_warnings", &self.compile);
        list.rules("format", "max", &self.format);
        for (name, min) in &self.docs.min {
            list.add(
                format!("docs.min_{name}"),
                hundredths(min.value),
                &min.origin,
            );
        }
        if let Some(weight) = &self.docs.severity {
            list.weight("docs.severity", weight);
        }
        self.benchmarks.iter().for_each(|rule| list.benchmark(rule));
        if let Some(file) = &self.baseline {
            list.add("baseline.file", quoted(&file.value), &file.origin);
        }
        if let Some(steps) = &self.plan.steps {
            list.add("plan.steps", steps.value.join(", "), &steps.origin);
        }
        for (id, command) in &self.plan.commands {
            let key = format!("plan.commands.{id}");
            list.add(key, command.value.join(" "), &command.origin);
        }
        list.weight("waivers.unused", &self.unused_waivers);
        self.waivers.iter().for_each(|w| list.waiver(w));
        list.0
    }

    fn tests_in(&self, list: &mut List) {
        let t = &self.tests;
        list.number("tests.max_failed", &t.max_failed);
        list.number("tests.max_invalid", &t.max_invalid);
        list.number("tests.max_flaky", &t.max_flaky);
        list.number("tests.min_run", &t.min_run);
        if let Some(n) = &t.max_skipped {
            list.number("tests.max_skipped", n);
        }
        if let Some(ms) = &t.max_ms_per_100 {
            list.add("tests.max_seconds_per_100", seconds(ms.value), &ms.origin);
        }
        list.weight("tests.severity", &t.severity);
        for (key, weight) in [
            ("tests.skipped_severity", &t.skipped_severity),
            ("tests.speed_severity", &t.speed_severity),
        ] {
            if let Some(weight) = weight {
                list.weight(key, weight);
            }
        }
    }

    fn coverage_in(&self, list: &mut List) {
        let c = &self.coverage;
        list.add("coverage.min", hundredths(c.min.value), &c.min.origin);
        list.weight("coverage.severity", &c.severity);
        list.parts("layer", &c.layers);
        list.parts("file", &c.files);
        list.parts("app", &c.apps);
        if let Some(patch) = &c.patch {
            list.add(
                "coverage.patch.min",
                hundredths(patch.min.value),
                &patch.min.origin,
            );
            list.add(
                "coverage.patch.severity",
                quoted(patch.severity.id()),
                &patch.min.origin,
            );
        }
    }

    /// What another policy says otherwise.
    #[must_use]
    pub fn differs_from(&self, other: &Self) -> Vec<Change> {
        let (used, theirs) = (self.effective(), other.effective());
        let value = |list: &[Effective], key: &str| {
            list.iter().find(|e| e.key == key).map(|e| e.value.clone())
        };
        let mut keys: Vec<&str> = used.iter().chain(&theirs).map(|e| e.key.as_str()).collect();
        let mut seen = std::collections::BTreeSet::new();
        keys.retain(|k| seen.insert(*k));
        let changes = keys.into_iter().map(|key| Change {
            key: key.to_owned(),
            used: value(&used, key),
            other: value(&theirs, key),
        });
        changes.filter(|c| c.used != c.other).collect()
    }
}

/// Milliseconds as seconds: `5`, `0.25`.
#[must_use]
pub(crate) fn seconds(ms: u64) -> String {
    let text = format!("{}.{:03}", ms / 1000, ms % 1000);
    text.trim_end_matches('0').trim_end_matches('.').to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_differs_is_listed() {
        let base = Policy::default();
        let mut head = Policy::default();
        head.coverage.min = Setting::standard(1_000);
        head.tests.max_skipped = Some(Setting::standard(3));
        let changes = base.differs_from(&head);
        let of = |key: &str| changes.iter().find(|c| c.key == key).unwrap();
        assert_eq!(changes.len(), 2);
        assert_eq!(of("coverage.min").used.as_deref(), Some("80.00"));
        assert_eq!(of("coverage.min").other.as_deref(), Some("10.00"));
        assert_eq!(of("tests.max_skipped").used, None);
        assert!(base.differs_from(&base).is_empty());
    }

    #[test]
    fn seconds_have_no_idle_digits() {
        assert_eq!([5_000, 250, 1_001].map(seconds), ["5", "0.25", "1.001"]);
    }
}
