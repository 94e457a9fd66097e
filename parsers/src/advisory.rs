//! What the readers of dependency audits share: one advisory about one locked package.

use crate::evidence::{Finding, Severity};

/// Where every finding of an audit is: the lockfile names the version. Tools print an absolute path, which would make
/// the same finding another one on every machine.
pub(crate) const LOCKFILE: &str = "mix.lock";

/// Bytes of an id, a version or a severity that are kept.
pub(crate) const WORD: usize = 200;

/// An advisory that hits a dependency, as far as a tool tells.
#[derive(Debug, Default)]
pub(crate) struct Advisory {
    /// `GHSA-…` or `CVE-…`.
    pub(crate) id: Option<String>,
    /// Other ids of the same vulnerability.
    pub(crate) aliases: Option<String>,
    /// The package.
    pub(crate) package: Option<String>,
    /// The version that is locked.
    pub(crate) version: Option<String>,
    /// One line that says what is wrong.
    pub(crate) title: Option<String>,
    /// The tool's word for how bad it is.
    pub(crate) severity: Option<String>,
    /// What is said of versions that mend it.
    pub(crate) patched: Option<String>,
}

/// What a severity word means; `None` for a word that nobody knows. No word, an empty one and `none` are an unknown
/// risk, and that is not a low one.
pub(crate) fn severity(word: Option<&str>) -> Option<Severity> {
    let word = word.unwrap_or_default().trim().to_ascii_lowercase();
    match word.as_str() {
        "critical" => Some(Severity::Critical),
        "high" | "none" | "" => Some(Severity::High),
        "medium" | "moderate" => Some(Severity::Medium),
        "low" => Some(Severity::Low),
        _ => None,
    }
}

impl Advisory {
    /// The finding. A severity that nobody knows counts as high.
    pub(crate) fn finding(self) -> Finding {
        let severity = severity(self.severity.as_deref()).unwrap_or(Severity::High);
        let message = self.message();
        finding(
            self.id.unwrap_or_else(|| "advisory".into()),
            "vulnerability".into(),
            severity,
            message,
        )
    }

    /// `plug 1.3.0: Header Injection (moderate; patched in 1.3.5, 1.2.5)`.
    fn message(&self) -> String {
        let or = |text: &Option<String>, other: &str| match text {
            Some(text) if !text.trim().is_empty() => text.trim().to_owned(),
            Some(_) | None => other.to_owned(),
        };
        let mut notes = vec![or(&self.severity, "no severity given").to_ascii_lowercase()];
        notes.extend(self.patched.clone());
        if let Some(aliases) = &self.aliases {
            notes.push(format!("also {aliases}"));
        }
        format!(
            "{} {}: {} ({})",
            or(&self.package, "a package"),
            or(&self.version, "of unknown version"),
            or(&self.title, "a known vulnerability"),
            notes.join("; ")
        )
    }
}

/// A finding about a locked package.
pub(crate) fn finding(
    rule: String,
    category: String,
    severity: Severity,
    message: String,
) -> Finding {
    Finding {
        rule,
        category: Some(category),
        severity,
        confidence: None,
        message,
        path: Some(LOCKFILE.into()),
        line: None,
        column: None,
        end_column: None,
        function: None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_unknown_risk_is_not_a_low_one() {
        let cases = [
            (None, Some(Severity::High)),
            (Some(""), Some(Severity::High)),
            (Some("NONE"), Some(Severity::High)),
            (Some("moderate"), Some(Severity::Medium)),
            (Some("MEDIUM"), Some(Severity::Medium)),
            (Some("low"), Some(Severity::Low)),
            (Some("Critical"), Some(Severity::Critical)),
            (Some("negligible"), None),
        ];
        for (word, meaning) in cases {
            assert_eq!(severity(word), meaning, "{word:?}");
        }
        let finding = Advisory {
            severity: Some("negligible".into()),
            ..Advisory::default()
        }
        .finding();
        assert_eq!(finding.severity, Severity::High);
        assert_eq!(
            finding.message,
            "a package of unknown version: a known vulnerability (negligible)"
        );
    }
}
