//! The file's tables into the policy, one function a table.

use gatekeeper_parsers::Tool;
use toml::de::DeTable;

use super::fields::{Fields, Reader, suggestion};
use super::{Span, benchmark, coverage, findings, plan, waivers};
use crate::gates::{self, GATES};
use crate::policy::{DocsRules, Policy, Required, Setting, TestRules, WaveRules};
use crate::wave::attachment;

/// Keys of the whole file.
const TOP: [&str; 16] = [
    "require",
    "expected_shards",
    "tests",
    "coverage",
    "findings",
    "security",
    "audit",
    "compile",
    "format",
    "docs",
    "benchmark",
    "waiver",
    "waivers",
    "baseline",
    "wave",
    "plan",
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
    if let Some((table, span)) = r.table(all, "docs") {
        policy.docs = docs(r, table, &span);
    }
    policy.benchmarks = benchmark::list(r, all);
    if let Some(weight) = waivers::unused(r, all) {
        policy.unused_waivers = weight;
    }
    if let Some((table, _)) = r.table(all, "baseline") {
        let fields = r.open("baseline", table, &["file"]);
        policy.baseline = r.text(fields, "file");
    }
    if let Some((table, _)) = r.table(all, "wave") {
        policy.wave = wave(r, table);
    }
    if let Some((table, _)) = r.table(all, "plan") {
        policy.plan = plan::rules(r, table);
    }
    policy
}

/// What Doctor measures, with its key.
const DOCS: [(&str, &str); 3] = [
    ("min_docs", "docs"),
    ("min_moduledocs", "moduledocs"),
    ("min_specs", "specs"),
];

/// `[docs]`: minimums that are judged beside Doctor's own verdict.
fn docs(r: &mut Reader<'_>, table: &DeTable<'_>, span: &Span) -> DocsRules {
    let known = ["min_docs", "min_moduledocs", "min_specs", "severity"];
    let f = r.open("docs", table, &known);
    if !DOCS.iter().any(|(key, _)| f.has(key)) {
        let hint = "such as min_docs = 80".to_owned();
        r.problem(span.clone(), "[docs] says nothing".into(), Some(hint));
    }
    let min = DOCS
        .iter()
        .filter_map(|(key, name)| Some((*name, r.percent(f, key)?)));
    DocsRules {
        min: min.collect(),
        severity: r.weight(f, "severity"),
    }
}

/// `[wave] require`: gates and tools, and kinds of attachments.
fn wave(r: &mut Reader<'_>, table: &DeTable<'_>) -> WaveRules {
    let fields = r.open("wave", table, &["require"]);
    let mut rules = WaveRules::default();
    for (word, span) in r.words(fields, "require").unwrap_or_default() {
        let origin = r.origin(&span);
        let kind = attachment::KINDS.iter().find(|k| k.id == word);
        match (kind, gates::required(&word, origin.clone())) {
            (Some(kind), _) => rules.attachments.push(Setting {
                value: kind.id,
                origin,
            }),
            (None, Some(required)) => rules.require.push(required),
            (None, None) => {
                let kinds: Vec<&str> = attachment::KINDS.iter().map(|k| k.id).collect();
                let message =
                    format!("wave.require: there is no gate, tool or attachment {word:?}");
                r.problem(
                    span,
                    message,
                    Some(format!("attachments: {}", kinds.join(", "))),
                );
            }
        }
    }
    rules
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
        ("max_flaky", &mut rules.max_flaky),
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
}
