//! The three statements of a bundle (in-toto Statement v1), all about the bag's digest. Pure.
//!
//! - `test-result/v0.1`: one "test" is one gate; the tests themselves are in the report.
//! - our own predicate: what a verifier needs to judge again.
//! - `svr/v0.2`: the properties that hold. Only passes are listed, so that losing it never makes anything greener.

use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

use super::bag::TAG_MANIFEST;

/// Type of each of our statements, in the order of the file.
pub const PREDICATES: [&str; 3] = [
    "https://in-toto.io/attestation/test-result/v0.1",
    "https://gatekeeper.dev/attestation/wave/v0.1",
    "https://in-toto.io/attestation/svr/v0.2",
];

/// What is stated of a wave.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Stated {
    /// Number of the wave.
    pub wave: u32,
    /// `pass`, `fail` or `undecided`.
    pub verdict: String,
    /// Ids of the gates with their rulings, in the report's order.
    pub gates: Vec<(String, String)>,
    /// Version of gatekeeper that judged.
    pub gatekeeper: String,
    /// The commit.
    pub commit: Option<String>,
    /// The branch.
    pub branch: Option<String>,
    /// Whether files differed from the commit.
    pub dirty: Option<bool>,
    /// SHA-256 of the policy file, in hex.
    pub policy: Option<String>,
    /// Where the policy came from.
    pub policy_origin: String,
    /// SHA-256 of the report, in hex.
    pub report: String,
    /// The commands that ran.
    pub commands: Vec<Ran>,
    /// When the last of them ended; RFC 3339, UTC.
    pub finished: String,
}

/// One command that ran.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Ran {
    /// Its words.
    pub argv: Vec<String>,
    /// Its exit code.
    pub exit_code: Option<i32>,
    /// The signal that ended it.
    pub signal: Option<i32>,
    /// Path of its output in the bundle.
    pub path: String,
    /// SHA-256 of that.
    pub sha256: String,
}

/// The statements about the bag with this digest, in the order of [`PREDICATES`].
#[must_use]
pub fn statements(bundle: &str, bag: &str, of: &Stated) -> [Value; 3] {
    let subject = json!([{
        "name": format!("{bundle}/{TAG_MANIFEST}"),
        "digest": { "sha256": bag },
    }]);
    let predicates = [test_result(of), wave(of), summary(of)];
    let mut all = PREDICATES
        .into_iter()
        .zip(predicates)
        .map(|(kind, predicate)| {
            json!({
                "_type": "https://in-toto.io/Statement/v1",
                "subject": subject,
                "predicateType": kind,
                "predicate": predicate,
            })
        });
    std::array::from_fn(|_| all.next().unwrap_or_default())
}

fn test_result(of: &Stated) -> Value {
    let with = |ruling: &str| -> Vec<String> {
        let gates = of.gates.iter().filter(|(_, r)| r == ruling);
        gates.map(|(id, _)| format!("gate:{id}")).collect()
    };
    json!({
        "result": match of.verdict.as_str() {
            "pass" => "PASSED",
            "fail" => "FAILED",
            _ => "WARNED",
        },
        "configuration": configuration(of),
        "passedTests": with("pass"),
        "warnedTests": with("undecided"),
        "failedTests": with("fail"),
    })
}

/// The predicate demands a configuration; without a policy file, the defaults of this version are it.
fn configuration(of: &Stated) -> Value {
    match &of.policy {
        Some(sha256) => json!([{
            "name": "gatekeeper.toml",
            "digest": { "sha256": sha256 },
            "annotations": { "origin": of.policy_origin },
        }]),
        None => json!([{ "name": format!("defaults of gatekeeper {}", of.gatekeeper) }]),
    }
}

fn wave(of: &Stated) -> Value {
    let commands = of.commands.iter().map(|c| {
        json!({
            "argv": c.argv,
            "exitCode": c.exit_code,
            "signal": c.signal,
            "captured": { "name": c.path, "digest": { "sha256": c.sha256 } },
        })
    });
    json!({
        "gatekeeper": { "version": of.gatekeeper },
        "wave": of.wave,
        "verdict": of.verdict,
        "source": {
            "digest": of.commit.as_ref().map(|c| json!({ "gitCommit": c })),
            "ref": of.branch,
            "dirty": of.dirty,
        },
        "finishedOn": of.finished,
        "report": {
            "name": "data/report.json",
            "digest": { "sha256": of.report },
            "mediaType": "application/vnd.gatekeeper.report.v1+json",
        },
        "commands": commands.collect::<Vec<_>>(),
    })
}

fn summary(of: &Stated) -> Value {
    let passed = of.gates.iter().filter(|(_, ruling)| ruling == "pass");
    let mut properties: Vec<String> = passed
        .map(|(id, _)| format!("GATEKEEPER_{}_PASSED", property(id)))
        .collect();
    if of.verdict == "pass" {
        properties.push("GATEKEEPER_VERDICT_PASSED".into());
    }
    let policies: Vec<Value> = of
        .policy
        .iter()
        .map(|sha256| json!({ "uri": "gatekeeper.toml", "digest": { "sha256": sha256 } }))
        .collect();
    json!({
        "verifier": { "id": "https://gatekeeper.dev/verifier/v1", "policies": policies },
        "timeCreated": of.finished,
        "properties": properties,
    })
}

/// `coverage.layer:live view` → `COVERAGE_LAYER_LIVE_VIEW`.
fn property(id: &str) -> String {
    let upper = id.chars().map(|c| {
        if c.is_ascii_alphanumeric() {
            c.to_ascii_uppercase()
        } else {
            '_'
        }
    });
    upper.collect()
}
