//! Limits on benchmarks.

use super::{Setting, Weight};

/// A limit on the medians of some benchmarks.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct BenchmarkRule {
    /// What the gate is called.
    pub name: String,
    /// Jobs.
    pub job: NamePattern,
    /// Inputs; without one all of them.
    pub input: Option<NamePattern>,
    /// The limit.
    pub limit: BenchmarkLimit,
    /// Whether it counts.
    pub severity: Weight,
}

impl BenchmarkRule {
    /// Whether it is about this benchmark.
    #[must_use]
    pub fn covers(&self, job: &str, input: Option<&str>) -> bool {
        let wanted = self.input.as_ref();
        self.job.matches(job) && wanted.is_none_or(|w| input.is_some_and(|i| w.matches(i)))
    }
}

/// What a median may be.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum BenchmarkLimit {
    /// At most so many picoseconds.
    Median(Setting<u64>),
    /// At most so much more than a reference, in hundredths of a percent.
    Change {
        /// The limit.
        max: Setting<u64>,
        /// The report to compare with; without one the baseline.
        reference: Option<Setting<String>>,
    },
}

/// A name, in which `*` stands for any characters.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NamePattern(pub String);

impl NamePattern {
    /// Whether a name is meant.
    #[must_use]
    pub fn matches(&self, name: &str) -> bool {
        let Some((first, rest)) = self.0.split_once('*') else {
            return self.0 == name;
        };
        let Some(mut left) = name.strip_prefix(first) else {
            return false;
        };
        let mut parts: Vec<&str> = rest.split('*').collect();
        let last = parts.pop().unwrap_or_default();
        for part in parts {
            match left.find(part) {
                Some(at) => left = left.get(at + part.len()..).unwrap_or_default(),
                None => return false,
            }
        }
        left.ends_with(last)
    }
}

#[cfg(test)]
mod tests {
    use super::NamePattern;

    #[test]
    fn a_star_stands_for_any_characters() {
        let matches = |pattern: &str, name: &str| NamePattern(pattern.to_owned()).matches(name);
        for (pattern, name) in [
            ("a/b", "a/b"),
            ("*", ""),
            ("*", "Enum.map/2"),
            ("Enum.*", "Enum.map/2"),
            ("*map*", "flat_map/2"),
            ("a*b*c", "a1b2b3c"),
            ("ü*", "ünï"),
            ("**", "x"),
        ] {
            assert!(matches(pattern, name), "{pattern} {name}");
        }
        for (pattern, name) in [
            ("map", "flat_map"),
            ("Enum.*", "enum.map"),
            ("a*b", "ab1"),
            ("aa*a", "aa"),
            ("a*b*b", "ab"),
            ("", "a"),
        ] {
            assert!(!matches(pattern, name), "{pattern} {name}");
        }
    }
}
