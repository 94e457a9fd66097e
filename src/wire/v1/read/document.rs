//! The document as it stands on the wire, with texts of its own. Keys that were added to the schema have a default, for an
//! earlier report has none of them.

use std::collections::BTreeMap;
use std::num::NonZeroU32;

use serde::Deserialize;

use crate::failures::Confidence;
use crate::policy::Origin;
use crate::waiver::Status;

/// Before there were waivers of tests, every failure counted.
fn new() -> String {
    Status::New.id().to_owned()
}

/// What a report does not say is not sure.
fn low() -> String {
    Confidence::Low.id().to_owned()
}

/// Before there was a policy, nobody set a limit.
fn nobody() -> String {
    Origin::DEFAULT.to_string()
}

#[derive(Deserialize)]
pub(super) struct Head {
    pub(super) schema: Option<String>,
}

#[derive(Deserialize)]
pub(super) struct Wire {
    pub(super) verdict: String,
    pub(super) exit_code: u8,
    pub(super) project: WireProject,
    pub(super) sources: Vec<WireSource>,
    pub(super) tests: Option<WireTests>,
    pub(super) failures: Vec<WireFailure>,
    pub(super) failure_groups: Vec<WireGroup>,
    pub(super) coverage: Option<WireCoverage>,
    pub(super) findings: Vec<WireFinding>,
    pub(super) gates: Vec<WireGate>,
    pub(super) waivers: Vec<WireWaiver>,
    pub(super) baseline: Option<WireBaseline>,
    #[serde(default)]
    pub(super) benchmarks: Vec<WireBenchmark>,
    pub(super) policy: Option<WirePolicy>,
    pub(super) suppressions: Option<Vec<WireSuppression>>,
}

#[derive(Deserialize)]
pub(super) struct WireProject {
    pub(super) name: Option<String>,
    pub(super) root: Option<String>,
    pub(super) path: Option<String>,
    pub(super) commit: Option<String>,
    pub(super) branch: Option<String>,
    pub(super) dirty: Option<bool>,
}

#[derive(Deserialize)]
pub(super) struct WireSource {
    pub(super) label: String,
    pub(super) tool: Option<String>,
    pub(super) format: Option<String>,
    pub(super) tool_version: Option<String>,
    pub(super) sha256: Option<String>,
    pub(super) bytes: u64,
    pub(super) command: Option<Vec<String>>,
    pub(super) exit_code: Option<i32>,
    pub(super) signal: Option<i32>,
    pub(super) duration_ms: Option<u64>,
    pub(super) shard: Option<WireShard>,
    pub(super) findings_total: Option<u64>,
    pub(super) completeness: String,
    pub(super) trust: String,
    pub(super) defects: Vec<WireDefect>,
}

#[derive(Deserialize)]
pub(super) struct WireShard {
    pub(super) index: u32,
    pub(super) total: Option<u32>,
}

#[derive(Deserialize)]
pub(super) struct WireDefect {
    pub(super) kind: String,
    pub(super) message: String,
    pub(super) line: Option<u64>,
    pub(super) column: Option<u64>,
    pub(super) offset: Option<u64>,
    pub(super) path: Option<String>,
}

#[derive(Deserialize)]
pub(super) struct WireTests {
    pub(super) passed: u64,
    pub(super) failed: u64,
    pub(super) invalid: u64,
    pub(super) skipped: u64,
    pub(super) excluded: u64,
    pub(super) duration_ms: Option<u64>,
    pub(super) seed: Option<u64>,
    pub(super) max_cases: Option<u64>,
    pub(super) by_type: BTreeMap<String, u64>,
    pub(super) slowest: Vec<WireSlow>,
    #[serde(default)]
    pub(super) slowest_modules: Vec<WireSlowModule>,
    pub(super) cases: Vec<WireCase>,
}

#[derive(Deserialize)]
pub(super) struct WireSlow {
    pub(super) module: Option<String>,
    pub(super) name: String,
    pub(super) file: Option<String>,
    pub(super) line: Option<NonZeroU32>,
    pub(super) duration_ms: u64,
}

#[derive(Deserialize)]
pub(super) struct WireSlowModule {
    pub(super) module: String,
    pub(super) file: String,
    pub(super) duration_ms: u64,
}

#[derive(Deserialize)]
pub(super) struct WireCase {
    pub(super) source: String,
    pub(super) app: Option<String>,
    pub(super) module: Option<String>,
    pub(super) name: String,
    #[serde(rename = "type")]
    pub(super) test_type: Option<String>,
    pub(super) file: Option<String>,
    pub(super) line: Option<NonZeroU32>,
    pub(super) outcome: String,
    pub(super) duration_ms: Option<u64>,
    pub(super) reason: Option<String>,
}

#[derive(Deserialize)]
pub(super) struct WireFailure {
    pub(super) id: String,
    pub(super) source: String,
    pub(super) app: Option<String>,
    pub(super) module: Option<String>,
    pub(super) name: Option<String>,
    #[serde(rename = "type")]
    pub(super) test_type: Option<String>,
    pub(super) file: Option<String>,
    pub(super) line: Option<NonZeroU32>,
    pub(super) parameters: Option<String>,
    #[serde(flatten)]
    pub(super) error: WireError,
    pub(super) errors: Vec<WireError>,
    pub(super) logs: Option<String>,
    pub(super) category: String,
    pub(super) group: String,
    pub(super) hint: Option<String>,
    #[serde(default)]
    pub(super) tags: Vec<String>,
    pub(super) rerun: Option<String>,
    #[serde(default = "new")]
    pub(super) status: String,
    pub(super) repeat: Option<String>,
    #[serde(default)]
    pub(super) related: Vec<String>,
}

#[derive(Deserialize)]
pub(super) struct WireError {
    pub(super) kind: String,
    pub(super) exception: Option<String>,
    pub(super) message: String,
    pub(super) code: Option<String>,
    pub(super) left: Option<String>,
    pub(super) right: Option<String>,
    pub(super) stacktrace: Vec<WireFrame>,
}

#[derive(Deserialize)]
pub(super) struct WireFrame {
    pub(super) app: Option<String>,
    pub(super) file: Option<String>,
    pub(super) line: Option<NonZeroU32>,
    pub(super) function: String,
}

#[derive(Deserialize)]
pub(super) struct WireGroup {
    pub(super) category: String,
    pub(super) title: String,
    pub(super) cause: String,
    pub(super) failures: Vec<String>,
    pub(super) hint: Option<String>,
    #[serde(default = "low")]
    pub(super) confidence: String,
}

#[derive(Deserialize)]
pub(super) struct WireCoverage {
    pub(super) covered: Option<u64>,
    pub(super) relevant: Option<u64>,
    pub(super) percent: Option<String>,
    pub(super) files: Vec<WireFile>,
    pub(super) layers: Vec<WireLayer>,
    pub(super) patch: Option<WirePatch>,
    pub(super) patch_unknown: Option<String>,
}

#[derive(Deserialize)]
pub(super) struct WireLayer {
    pub(super) name: String,
    pub(super) covered: Option<u64>,
    pub(super) relevant: Option<u64>,
}

#[derive(Deserialize)]
pub(super) struct WirePatch {
    pub(super) base: String,
    pub(super) commit: String,
    pub(super) covered: u64,
    pub(super) relevant: u64,
    pub(super) uncovered: Vec<WireUncovered>,
    pub(super) no_data: Vec<WireNoData>,
    pub(super) whitespace: u64,
    pub(super) elsewhere: u64,
    pub(super) notes: Vec<String>,
}

#[derive(Deserialize)]
pub(super) struct WireUncovered {
    pub(super) path: String,
    pub(super) lines: Vec<u32>,
}

#[derive(Deserialize)]
pub(super) struct WireNoData {
    pub(super) path: String,
    pub(super) reason: String,
    pub(super) ranges: Vec<(u32, u32)>,
}

#[derive(Deserialize)]
pub(super) struct WireFile {
    pub(super) path: Option<String>,
    pub(super) module: Option<String>,
    pub(super) covered: Option<u64>,
    pub(super) relevant: Option<u64>,
    pub(super) percent: Option<String>,
}

#[derive(Deserialize)]
pub(super) struct WireFinding {
    pub(super) source: String,
    pub(super) tool: String,
    pub(super) rule: String,
    pub(super) category: Option<String>,
    pub(super) severity: String,
    pub(super) confidence: Option<String>,
    pub(super) message: String,
    pub(super) path: Option<String>,
    pub(super) line: Option<NonZeroU32>,
    pub(super) column: Option<NonZeroU32>,
    pub(super) end_column: Option<NonZeroU32>,
    pub(super) function: Option<String>,
    pub(super) fingerprint: String,
    pub(super) status: String,
    pub(super) derived: bool,
    #[serde(default)]
    pub(super) related: Vec<String>,
}

#[derive(Deserialize)]
pub(super) struct WireGate {
    pub(super) id: String,
    pub(super) title: String,
    pub(super) ruling: String,
    pub(super) because: String,
    pub(super) actual: String,
    pub(super) limit: String,
    pub(super) severity: String,
    #[serde(default = "nobody")]
    pub(super) source: String,
}

#[derive(Deserialize)]
pub(super) struct WireBaseline {
    pub(super) path: String,
    pub(super) trouble: Option<String>,
    pub(super) new: u64,
    pub(super) known: u64,
    pub(super) fixed: u64,
}

#[derive(Deserialize)]
pub(super) struct WireWaiver {
    pub(super) finding: String,
    pub(super) path: Option<String>,
    pub(super) reason: String,
    pub(super) owner: String,
    pub(super) expires: String,
    pub(super) matched: u64,
    pub(super) state: String,
    pub(super) source: String,
}

#[derive(Deserialize)]
pub(super) struct WireBenchmark {
    pub(super) source: String,
    pub(super) name: String,
    pub(super) input: Option<String>,
    pub(super) unit: String,
    pub(super) median: Option<String>,
    pub(super) average: Option<String>,
    pub(super) p99: Option<String>,
    pub(super) ips: Option<String>,
    pub(super) samples: u64,
    pub(super) memory_bytes: Option<u64>,
}

#[derive(Deserialize)]
pub(super) struct WirePolicy {
    pub(super) from: String,
    pub(super) differences: Vec<WireDifference>,
    pub(super) would_be: Option<String>,
}

#[derive(Deserialize)]
pub(super) struct WireDifference {
    pub(super) key: String,
    pub(super) used: Option<String>,
    pub(super) would_be: Option<String>,
}

#[derive(Deserialize)]
pub(super) struct WireSuppression {
    pub(super) tool: String,
    pub(super) path: String,
    pub(super) line: u32,
    pub(super) text: String,
}
