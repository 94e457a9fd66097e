//! The rules of a run.

use std::collections::BTreeMap;

use gatekeeper_parsers::evidence::Severity;
use serde_json::{Value, json};

use super::{cut, safe};

/// The rules of a run, in order of appearance, each with its worst severity.
#[derive(Default)]
pub(super) struct Rules {
    index: BTreeMap<String, usize>,
    list: Vec<(String, Severity)>,
}

impl Rules {
    pub(super) fn index(&mut self, id: &str, severity: Severity) -> usize {
        let next = self.list.len();
        let at = *self.index.entry(id.to_owned()).or_insert(next);
        match self.list.get_mut(at) {
            Some((_, worst)) => *worst = (*worst).max(severity),
            None => self.list.push((id.to_owned(), severity)),
        }
        at
    }

    /// Rules of a tool; GitHub grades those of security tools by a number.
    pub(super) fn into_values(self, security: bool) -> Vec<Value> {
        let rule = |(id, severity): (String, Severity)| {
            let mut rule = json!({ "id": safe(&cut(&id, 200)) });
            if security {
                let grade = match severity {
                    Severity::Critical => "9.5",
                    Severity::High => "8.0",
                    Severity::Medium => "5.5",
                    Severity::Low => "2.0",
                    Severity::Info => "0.0",
                };
                rule["properties"] = json!({ "tags": ["security"], "security-severity": grade });
            }
            rule
        };
        self.list.into_iter().map(rule).collect()
    }

    /// Categories of failures, with their pages.
    pub(super) fn into_categories(self) -> Vec<Value> {
        let known = self
            .list
            .iter()
            .filter_map(|(id, _)| crate::failures::category(id));
        let rule = |c: &crate::failures::Category| {
            let mut rule = json!({
                "id": c.id,
                "shortDescription": { "text": c.title },
                "fullDescription": { "text": c.means },
            });
            if !c.link.is_empty() {
                rule["helpUri"] = c.link.into();
            }
            rule
        };
        known.map(rule).collect()
    }
}
