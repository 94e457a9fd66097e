//! Findings and failed tests as results, each with its place in the repository.

use std::borrow::Cow;
use std::collections::BTreeMap;

use gatekeeper_parsers::evidence::Severity;
use serde::Serialize;

use super::rules::Rules;
use super::{MESSAGE, cut, safe, shared, uri};
use crate::fingerprint::digest;
use crate::report::{Report, ReportFailure, ReportFinding};
use crate::waiver::Status;

/// A result. The keys stand in the order of the alphabet, as everywhere in the document.
#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Row<'a> {
    #[serde(skip_serializing_if = "Option::is_none")]
    baseline_state: Option<&'static str>,
    level: &'static str,
    locations: Vec<Location>,
    message: Message,
    partial_fingerprints: Fingerprint<'a>,
    #[serde(skip_serializing_if = "Option::is_none")]
    properties: Option<Properties>,
    rule_id: Cow<'a, str>,
    rule_index: usize,
    #[serde(skip_serializing_if = "Option::is_none")]
    suppressions: Option<[Suppression; 1]>,
}

#[derive(Debug, Serialize)]
struct Message {
    text: String,
}

/// Ours has its own name.
#[derive(Debug, Serialize)]
struct Fingerprint<'a> {
    #[serde(rename = "gatekeeper/v1")]
    ours: Cow<'a, str>,
}

#[derive(Debug, Serialize)]
struct Properties {
    derived: bool,
}

#[derive(Debug, Serialize)]
struct Suppression {
    kind: &'static str,
    status: &'static str,
}

#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
struct Location {
    physical_location: Physical,
}

#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
struct Physical {
    artifact_location: Artifact,
    #[serde(skip_serializing_if = "Option::is_none")]
    region: Option<Region>,
}

#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
struct Artifact {
    uri: String,
    uri_base_id: &'static str,
}

#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
struct Region {
    #[serde(skip_serializing_if = "Option::is_none")]
    end_column: Option<u32>,
    #[serde(skip_serializing_if = "Option::is_none")]
    start_column: Option<u32>,
    start_line: u32,
}

pub(super) fn finding<'a>(report: &Report, f: &'a ReportFinding, rule: usize) -> Row<'a> {
    let x = &f.finding;
    let region = x.line.map(|line| Region {
        end_column: x
            .end_column
            .filter(|end| x.column.is_some_and(|column| *end > column))
            .map(Into::into),
        start_column: x.column.map(Into::into),
        start_line: line.into(),
    });
    let placed = x
        .path
        .as_deref()
        .and_then(|path| location(report, path, region));
    let home = || location(report, shared::home(f.tool), None);
    Row {
        baseline_state: baseline_state(report, f),
        level: level(x.severity),
        locations: placed.or_else(home).into_iter().collect(),
        message: text(&x.message),
        partial_fingerprints: Fingerprint {
            ours: f.fingerprint.as_str().into(),
        },
        properties: f
            .derived_from
            .is_some()
            .then_some(Properties { derived: true }),
        rule_id: safe(&cut(&x.rule, 200)).into(),
        rule_index: rule,
        suppressions: accepted(f.status),
    }
}

/// What a waiver covers is kept, and does not count.
fn accepted(status: Status) -> Option<[Suppression; 1]> {
    (status == Status::Waived).then_some([Suppression {
        kind: "external",
        status: "accepted",
    }])
}

/// How a finding stands to the baseline, where there is one that can be used. Of what is waived it is not known.
fn baseline_state(report: &Report, f: &ReportFinding) -> Option<&'static str> {
    let baseline = report.baseline.as_ref()?;
    match f.status {
        Status::New if baseline.trouble.is_none() => Some("new"),
        Status::Known => Some("unchanged"),
        Status::New | Status::Waived => None,
    }
}

/// A failed test; `None` where it has no place in the repository, for then nobody could show it.
pub(super) fn failure(
    report: &Report,
    f: &ReportFailure,
    rules: &mut Rules,
    seen: &mut BTreeMap<String, u32>,
) -> Option<Row<'static>> {
    let x = &f.failure;
    let region = x.line.map(|line| Region {
        end_column: None,
        start_column: None,
        start_line: line.into(),
    });
    let location = location(report, x.file.as_deref()?, region)?;
    let category = f.class.category;
    let message = x.errors.first().map_or("", |e| e.message.trim());
    let hint = f.class.hint.as_ref().map(|h| format!("\nHint: {h}"));
    let says = format!("{}\n{}", shared::test_name(x), cut(message, MESSAGE));
    let identity = ["v1", "test", category.id, &shared::test_name(x)].join("\0");
    let occurrence = seen.entry(identity.clone()).or_default();
    *occurrence += 1;
    Some(Row {
        baseline_state: None,
        level: "error",
        locations: vec![location],
        message: text(&format!("{says}{}", hint.unwrap_or_default())),
        partial_fingerprints: Fingerprint {
            ours: digest(&identity, *occurrence).into(),
        },
        properties: None,
        rule_id: category.id.into(),
        rule_index: rules.index(category.id, Severity::High),
        suppressions: accepted(f.status),
    })
}

/// A message must not be empty.
fn text(message: &str) -> Message {
    let text = match message.trim() {
        "" => "(no message)".to_owned(),
        message => safe(&cut(message, MESSAGE)),
    };
    Message { text }
}

fn level(severity: Severity) -> &'static str {
    match severity {
        Severity::Critical | Severity::High => "error",
        Severity::Medium => "warning",
        Severity::Low | Severity::Info => "note",
    }
}

/// A place in the repository.
fn location(report: &Report, path: &str, region: Option<Region>) -> Option<Location> {
    let path = shared::repository_path(report, path)?;
    let artifact_location = Artifact {
        uri: uri(&path),
        uri_base_id: "%SRCROOT%",
    };
    let physical_location = Physical {
        artifact_location,
        region,
    };
    Some(Location { physical_location })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::baseline::Outcome;
    use crate::gates::Policy;
    use crate::report::Project;
    use gatekeeper_parsers::Tool;
    use gatekeeper_parsers::evidence::Finding;
    use serde_json::Value;

    #[test]
    fn only_what_was_waived_is_suppressed_and_only_what_was_compared_has_a_state() {
        let mut report = Report::assemble(Vec::new(), &Policy::default(), Project::default());
        let finding = Finding {
            rule: "r".into(),
            category: None,
            severity: Severity::Medium,
            confidence: None,
            message: String::new(),
            path: Some("lib/a b.ex".into()),
            line: None,
            column: None,
            end_column: None,
            function: None,
        };
        let mut finding = ReportFinding {
            source: 0,
            tool: Tool::Credo,
            tool_id: "credo".into(),
            finding,
            fingerprint: "f".into(),
            status: Status::New,
            in_baseline: false,
            derived_from: None,
            related: Vec::new(),
        };
        let as_json = |report: &Report, finding: &ReportFinding| {
            serde_json::to_value(super::finding(report, finding, 0)).unwrap()
        };
        let new = as_json(&report, &finding);
        assert!(new.get("suppressions").is_none() && new.get("baselineState").is_none());
        assert_eq!(new["message"]["text"], "(no message)");
        let place = &new["locations"][0]["physicalLocation"];
        assert_eq!(place["artifactLocation"]["uri"], "lib/a%20b.ex");
        assert!(place.get("region").is_none());
        report.baseline = Some(Outcome::default());
        for (status, state, suppressed) in [
            (Status::New, Some("new"), false),
            (Status::Known, Some("unchanged"), false),
            (Status::Waived, None, true),
        ] {
            finding.status = status;
            let result = as_json(&report, &finding);
            let said = result.get("baselineState").and_then(Value::as_str);
            assert_eq!(said, state, "{status:?}");
            assert_eq!(
                result.get("suppressions").is_some(),
                suppressed,
                "{status:?}"
            );
        }
        finding.status = Status::New;
        report.baseline = Some(Outcome {
            trouble: Some("is no JSON".into()),
            ..Outcome::default()
        });
        let result = as_json(&report, &finding);
        assert!(result.get("baselineState").is_none());
    }
}
