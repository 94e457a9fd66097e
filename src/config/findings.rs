//! `[findings.TOOL]`, and the gates on findings that have a table of their own.

use gatekeeper_parsers::Tool;
use gatekeeper_parsers::evidence::Severity;
use toml::de::DeTable;

use super::fields::{Fields, Reader, suggestion};
use crate::gates::finding_tools;
use crate::policy::{FindingRules, Policy};

/// Limits by severity, worst first.
const BY_SEVERITY: [(&str, Severity); 4] = [
    ("max_critical", Severity::Critical),
    ("max_high", Severity::High),
    ("max_medium", Severity::Medium),
    ("max_low", Severity::Low),
];

/// Keys of `[findings.TOOL]`.
const KEYS: [&str; 7] = [
    "max",
    "max_critical",
    "max_high",
    "max_medium",
    "max_low",
    "new_only",
    "severity",
];

pub(super) fn all(r: &mut Reader<'_>, all: Fields<'_>, policy: &mut Policy) {
    if let Some((table, _)) = r.table(all, "findings") {
        by_tool(r, table, policy);
    }
    if let Some((table, _)) = r.table(all, "security") {
        let known = [
            "max_critical",
            "max_high",
            "max_medium",
            "max_low",
            "severity",
        ];
        let f = r.open("security", table, &known);
        let said = limits(r, f);
        for (severity, limit) in said.by_severity {
            policy.security.by_severity.retain(|(s, _)| *s != severity);
            policy.security.by_severity.push((severity, limit));
        }
        policy
            .security
            .by_severity
            .sort_by_key(|(s, _)| std::cmp::Reverse(*s));
        policy.security.severity = said.severity;
    }
    if let Some((table, _)) = r.table(all, "audit") {
        let f = r.open(
            "audit",
            table,
            &[
                "max",
                "max_critical",
                "max_high",
                "max_medium",
                "max_low",
                "severity",
            ],
        );
        policy.audit = replaced(&policy.audit, limits(r, f));
    }
    if let Some((table, _)) = r.table(all, "format") {
        let f = r.open("format", table, &["max", "severity"]);
        policy.format = replaced(&policy.format, limits(r, f));
    }
    if let Some((table, _)) = r.table(all, "compile") {
        let f = r.open("compile", table, &["max_warnings", "severity"]);
        policy.compile.max = r.count(f, "max_warnings");
        policy.compile.severity = r.weight(f, "severity");
    }
}

fn by_tool(r: &mut Reader<'_>, table: &DeTable<'_>, policy: &mut Policy) {
    let tools: Vec<Tool> = finding_tools().collect();
    let ids: Vec<&str> = tools.iter().map(|t| t.id()).collect();
    let outer = r.open("findings", table, &ids);
    for (key, span) in outer.keys() {
        let Some(tool) = tools.iter().find(|t| t.id() == key) else {
            continue;
        };
        let Some((table, _)) = r.table(outer, key) else {
            continue;
        };
        let name = format!("findings.{key}");
        let f = r.open(&name, table, &KEYS);
        let said = limits(r, f);
        if said == FindingRules::default() {
            let message = format!("[{name}] says nothing");
            let hint = suggestion("max", KEYS.into_iter());
            r.problem(span, message, Some(hint));
        }
        match policy.findings.iter_mut().find(|(t, _)| t == tool) {
            Some((_, rules)) => *rules = replaced(rules, said),
            None => {
                let none = FindingRules::at_most(0);
                policy.findings.push((*tool, replaced(&none, said)));
            }
        }
    }
    policy.findings.sort_by_key(|(tool, _)| *tool);
}

/// The limits that a table names replace the default limit; a table that names none keeps it.
fn replaced(standard: &FindingRules, said: FindingRules) -> FindingRules {
    let limits = said.max.is_some() || !said.by_severity.is_empty();
    match limits {
        true => said,
        false => FindingRules {
            max: standard.max.clone(),
            by_severity: standard.by_severity.clone(),
            ..said
        },
    }
}

fn limits(r: &mut Reader<'_>, f: Fields<'_>) -> FindingRules {
    let new_only = r.flag(f, "new_only");
    FindingRules {
        max: r.count(f, "max"),
        by_severity: BY_SEVERITY
            .iter()
            .filter_map(|(key, severity)| Some((*severity, r.count(f, key)?)))
            .collect(),
        new_only,
        severity: r.weight(f, "severity"),
    }
}
