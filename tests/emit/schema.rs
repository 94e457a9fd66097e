//! The hand-kept JSON Schema says what every report is, and the table of keys it has is complete.

use gatekeeper::wire::v1::JSON_SCHEMA;
use serde_json::{Value, json};

use super::judged::JUDGED;
use super::{REPORTS, hostile, render};

/// The part of JSON Schema that ours uses. A keyword that is not known here is a failure, so none goes unchecked.
fn check(root: &Value, schema: &Value, value: &Value, at: &str) -> Result<(), String> {
    for (keyword, rule) in schema.as_object().unwrap() {
        let ok = match keyword.as_str() {
            "$ref" => {
                let pointer = rule.as_str().unwrap().trim_start_matches('#');
                check(root, root.pointer(pointer).unwrap(), value, at)?;
                true
            }
            "type" => types(rule).iter().any(|t| is(t, value)),
            "const" => value == rule,
            "enum" => rule.as_array().unwrap().contains(value),
            "minimum" => value.as_i64().is_none_or(|n| n >= rule.as_i64().unwrap()),
            "pattern" => value.as_str().is_none_or(|text| {
                regex::Regex::new(rule.as_str().unwrap())
                    .unwrap()
                    .is_match(text)
            }),
            "anyOf" => rule
                .as_array()
                .unwrap()
                .iter()
                .any(|s| check(root, s, value, at).is_ok()),
            "required" => rule
                .as_array()
                .unwrap()
                .iter()
                .all(|key| value.get(key.as_str().unwrap()).is_some()),
            "properties" => {
                for (key, part) in value.as_object().into_iter().flatten() {
                    let Some(rule) = rule.get(key) else {
                        return Err(format!("{at}/{key} is not in the schema"));
                    };
                    check(root, rule, part, &format!("{at}/{key}"))?;
                }
                true
            }
            "items" | "additionalProperties" => {
                for (i, part) in parts(value).iter().enumerate() {
                    check(root, rule, part, &format!("{at}/{i}"))?;
                }
                true
            }
            "$schema" | "$defs" | "title" | "description" => true,
            other => panic!("the schema uses {other}, which is not checked"),
        };
        if !ok {
            return Err(format!("{at}: {value} is not {keyword} {rule}"));
        }
    }
    Ok(())
}

fn parts(value: &Value) -> Vec<Value> {
    match value {
        Value::Array(all) => all.clone(),
        Value::Object(all) => all.values().cloned().collect(),
        _ => Vec::new(),
    }
}

fn types(rule: &Value) -> Vec<&str> {
    match rule {
        Value::Array(all) => all.iter().filter_map(Value::as_str).collect(),
        one => one.as_str().into_iter().collect(),
    }
}

fn is(word: &str, value: &Value) -> bool {
    match word {
        "null" => value.is_null(),
        "string" => value.is_string(),
        "boolean" => value.is_boolean(),
        "integer" => value.is_i64() || value.is_u64(),
        "array" => value.is_array(),
        "object" => value.is_object(),
        other => panic!("the schema names {other}"),
    }
}

#[test]
fn every_report_is_what_the_schema_says() {
    let schema: Value = serde_json::from_str(JSON_SCHEMA).unwrap();
    let judged = JUDGED.iter().map(|(_, report)| report);
    for report in REPORTS.iter().chain([&hostile("\u{202e}")]).chain(judged) {
        let value: Value = serde_json::from_str(&render("json", report)).unwrap();
        check(&schema, &schema, &value, "")
            .unwrap_or_else(|why| panic!("{why} in {}", report.sources[0].label));
    }
}

#[test]
fn what_is_no_report_is_not_what_the_schema_says() {
    let schema: Value = serde_json::from_str(JSON_SCHEMA).unwrap();
    let good: Value = serde_json::from_str(&render("json", &hostile("plain"))).unwrap();
    for (pointer, value) in [
        ("/schema", json!("gatekeeper.report/v2")),
        ("/verdict", json!("maybe")),
        ("/exit_code", json!(2)),
        ("/sources/0", json!({})),
        ("/findings/0/fingerprint", json!("x")),
        ("/findings/0/line", json!(0)),
        ("/tests/total", json!("3")),
        ("/gates", Value::Null),
    ] {
        let mut bad = good.clone();
        *bad.pointer_mut(pointer).unwrap() = value;
        assert!(check(&schema, &schema, &bad, "").is_err(), "{pointer}");
    }
}
