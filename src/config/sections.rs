//! The file's tables into the policy, one function a table.

use gatekeeper_parsers::Tool;
use toml::de::DeTable;

use super::fields::{Fields, Reader, suggestion};
use super::{coverage, findings, waivers};
use crate::gates::{self, GATES};
use crate::policy::{Policy, Required, Setting, TestRules};

/// Keys of the whole file.
const TOP: [&str; 12] = [
    "require",
    "expected_shards",
    "tests",
    "coverage",
    "findings",
    "security",
    "audit",
    "compile",
    "format",
    "waiver",
    "waivers",
    "baseline",
];

/// More shards than this are a slip of the keyboard.
pub(crate) const SHARDS: u32 = 10_000;

pub(super) fn policy(r: &mut Reader<'_>, table: &DeTable<'_>) -> Policy {
    let all = r.open("", table, &TOP);
    let mut policy = Policy {
        require: require(r, all),
        expected_shards: shards(r, all),
        waivers: waivers::list(r, all),
        ..Policy::default()
    };
    if let Some((table, _)) = r.table(all, "tests") {
        tests(r, table, &mut policy.tests);
    }
    if let Some((table, _)) = r.table(all, "coverage") {
        coverage::rules(r, table, &mut policy.coverage);
    }
    findings::all(r, all, &mut policy);
    if let Some(weight) = waivers::unused(r, all) {
        policy.unused_waivers = weight;
    }
    if let Some((table, _)) = r.table(all, "baseline") {
        let fields = r.open("baseline", table, &["file"]);
        policy.baseline = r.text(fields, "file");
    }
    policy
}

/// A key that is understood, and that nothing judges by yet: passing over it would be a limit that nobody checks.
pub(super) fn later(r: &mut Reader<'_>, fields: Fields<'_>, key: &str) {
    if fields.has(key) {
        let message = format!("{key} is not supported yet by this version");
        r.problem(fields.span(key), message, Some("leave it out".into()));
    }
}

fn require(r: &mut Reader<'_>, all: Fields<'_>) -> Vec<Required> {
    let mut out: Vec<Required> = Vec::new();
    for (word, span) in r.words(all, "require").unwrap_or_default() {
        match gates::required(&word, r.origin(&span)) {
            Some(required)
                if out
                    .iter()
                    .any(|o| (o.gate, o.tool) == (required.gate, required.tool)) =>
            {
                r.problem(span, format!("require: {word:?} stands there twice"), None);
            }
            Some(required) => out.push(required),
            None => {
                let hint = unknown_kind(&word);
                r.problem(
                    span,
                    format!("require: there is no gate or tool {word:?}"),
                    Some(hint),
                );
            }
        }
    }
    out
}

/// What a word of `require` may have meant.
pub(crate) fn unknown_kind(word: &str) -> String {
    let gates = GATES.iter().filter(|g| g.can_be_required());
    let mut known: Vec<&str> = gates.map(|g| g.id).collect();
    known.extend(
        Tool::ALL
            .iter()
            .map(|t| t.id())
            .filter(|id| gates::gate(id).is_some()),
    );
    let mut seen = std::collections::BTreeSet::new();
    known.retain(|k| seen.insert(*k));
    suggestion(word, known.into_iter())
}

fn shards(r: &mut Reader<'_>, all: Fields<'_>) -> Option<Setting<u32>> {
    let n = r.scaled(
        all,
        "expected_shards",
        0,
        "a number of shards from 1",
        SHARDS.into(),
    )?;
    if n.value == 0 {
        let message = "expected_shards: expected a number of shards from 1, found 0".into();
        r.problem(all.span("expected_shards"), message, None);
    }
    let value = u32::try_from(n.value).ok()?;
    Some(Setting {
        value,
        origin: n.origin,
    })
}

fn tests(r: &mut Reader<'_>, table: &DeTable<'_>, rules: &mut TestRules) {
    let known = [
        "max_failed",
        "max_invalid",
        "max_skipped",
        "max_flaky",
        "min_run",
        "max_seconds_per_100",
        "severity",
        "skipped_severity",
        "speed_severity",
    ];
    let f = r.open("tests", table, &known);
    for (key, slot) in [
        ("max_failed", &mut rules.max_failed),
        ("max_invalid", &mut rules.max_invalid),
        ("min_run", &mut rules.min_run),
    ] {
        if let Some(n) = r.count(f, key) {
            *slot = n;
        }
    }
    if rules.min_run.value == 0 {
        let message = "tests.min_run: a run of no test shows nothing".into();
        r.problem(
            f.span("min_run"),
            message,
            Some("expected at least 1".into()),
        );
    }
    rules.max_skipped = r.count(f, "max_skipped");
    let seconds = "a number of seconds with at most 3 decimals";
    rules.max_ms_per_100 = r.scaled(f, "max_seconds_per_100", 3, seconds, u64::MAX);
    if let Some(weight) = r.weight(f, "severity") {
        rules.severity = weight;
    }
    rules.skipped_severity = r.weight(f, "skipped_severity");
    rules.speed_severity = r.weight(f, "speed_severity");
    later(r, f, "max_flaky");
}
