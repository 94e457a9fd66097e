//! Findings and failed tests as results, each with its place in the repository.

use std::collections::BTreeMap;

use gatekeeper_parsers::evidence::Severity;
use serde_json::{Value, json};

use super::rules::Rules;
use super::{FINGERPRINT, MESSAGE, cut, safe, shared, uri};
use crate::fingerprint::digest;
use crate::report::{Report, ReportFailure, ReportFinding};
use crate::waiver::Status;

pub(super) fn finding(report: &Report, f: &ReportFinding, rule: usize) -> Value {
    let x = &f.finding;
    let region = x.line.map(|line| {
        let mut region = json!({ "startLine": line });
        if let Some(column) = x.column {
            region["startColumn"] = column.get().into();
            if let Some(end) = x.end_column.filter(|end| *end > column) {
                region["endColumn"] = end.get().into();
            }
        }
        region
    });
    let placed = x
        .path
        .as_deref()
        .and_then(|path| location(report, path, region));
    let home = || location(report, shared::home(f.tool), None);
    let mut result = json!({
        "ruleId": safe(&cut(&x.rule, 200)),
        "ruleIndex": rule,
        "level": level(x.severity),
        "message": { "text": text(&x.message) },
        "locations": placed.or_else(home).into_iter().collect::<Vec<_>>(),
        "partialFingerprints": { FINGERPRINT: f.fingerprint },
    });
    if f.status == Status::Waived {
        result["suppressions"] = accepted();
    }
    if let Some(state) = baseline_state(report, f) {
        result["baselineState"] = state.into();
    }
    if f.derived_from.is_some() {
        result["properties"] = json!({ "derived": true });
    }
    result
}

/// What a waiver covers is kept, and does not count.
fn accepted() -> Value {
    json!([{ "kind": "external", "status": "accepted" }])
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
) -> Option<Value> {
    let x = &f.failure;
    let region = x.line.map(|line| json!({ "startLine": line }));
    let location = location(report, x.file.as_deref()?, region)?;
    let category = f.class.category;
    let message = x.errors.first().map_or("", |e| e.message.trim());
    let hint = f.class.hint.as_ref().map(|h| format!("\nHint: {h}"));
    let says = format!("{}\n{}", shared::test_name(x), cut(message, MESSAGE));
    let identity = ["v1", "test", category.id, &shared::test_name(x)].join("\0");
    let occurrence = seen.entry(identity.clone()).or_default();
    *occurrence += 1;
    let mut result = json!({
        "ruleId": category.id,
        "ruleIndex": rules.index(category.id, Severity::High),
        "level": "error",
        "message": { "text": text(&format!("{says}{}", hint.unwrap_or_default())) },
        "locations": [location],
        "partialFingerprints": { FINGERPRINT: digest(&identity, *occurrence) },
    });
    if f.status == Status::Waived {
        result["suppressions"] = accepted();
    }
    Some(result)
}

/// A message must not be empty.
fn text(message: &str) -> String {
    match message.trim() {
        "" => "(no message)".to_owned(),
        message => safe(&cut(message, MESSAGE)),
    }
}

fn level(severity: Severity) -> &'static str {
    match severity {
        Severity::Critical | Severity::High => "error",
        Severity::Medium => "warning",
        Severity::Low | Severity::Info => "note",
    }
}

/// A place in the repository.
fn location(report: &Report, path: &str, region: Option<Value>) -> Option<Value> {
    let path = shared::repository_path(report, path)?;
    let mut physical = json!({
        "artifactLocation": { "uri": uri(&path), "uriBaseId": "%SRCROOT%" },
    });
    if let Some(region) = region {
        physical["region"] = region;
    }
    Some(json!({ "physicalLocation": physical }))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::baseline::Outcome;
    use crate::gates::Policy;
    use crate::report::Project;
    use gatekeeper_parsers::Tool;
    use gatekeeper_parsers::evidence::Finding;

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
        let new = super::finding(&report, &finding, 0);
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
            let result = super::finding(&report, &finding, 0);
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
        let result = super::finding(&report, &finding, 0);
        assert!(result.get("baselineState").is_none());
    }
}
