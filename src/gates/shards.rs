//! The `shards` gate: every part of a partitioned suite that the policy expects is there, once.

use std::collections::BTreeMap;

use gatekeeper_parsers::Tool;

use super::{Gate, Judged, Judgement, Policy, Ruling, Weight};
use crate::report::{Report, Source};

pub(super) fn judge(gate: &'static Gate, report: &Report, policy: &Policy) -> Vec<Judged> {
    let Some(expected) = &policy.expected_shards else {
        return Vec::new();
    };
    let runs: Vec<&Source> = report.sources_of(&[Tool::Exunit]).collect();
    let mut arrived: BTreeMap<u32, u32> = BTreeMap::new();
    for shard in runs.iter().filter_map(|s| s.shard) {
        *arrived.entry(shard.index).or_default() += 1;
    }
    let troubles = troubles(&runs, &arrived, expected.value);
    let judgement = Judgement {
        ruling: if troubles.is_empty() {
            Ruling::Pass
        } else {
            Ruling::Undecided
        },
        because: match troubles.is_empty() {
            true => "every shard arrived once".into(),
            false => troubles.join("; "),
        },
        actual: format!("{} arrived", arrived.len()),
        limit: expected.value.to_string(),
    };
    vec![Judged::new(
        gate,
        judgement,
        Weight::Fail,
        &[&expected.origin],
    )]
}

fn troubles(runs: &[&Source], arrived: &BTreeMap<u32, u32>, expected: u32) -> Vec<String> {
    let mut out = Vec::new();
    let mut say = |indices: Vec<u32>, what: &str| {
        if let Some(list) = numbers(&indices) {
            out.push(format!(
                "shard{} {list} {what}",
                if indices.len() == 1 { "" } else { "s" }
            ));
        }
    };
    let missing = (1..=expected).filter(|i| !arrived.contains_key(i));
    say(missing.collect(), "did not arrive");
    let twice = arrived.iter().filter(|(_, n)| **n > 1).map(|(i, _)| *i);
    say(twice.collect(), "arrived twice");
    let strange = arrived.keys().copied().filter(|i| *i == 0 || *i > expected);
    say(strange.collect(), "is none of those that are expected");
    let cut = runs
        .iter()
        .filter(|s| !s.is_complete())
        .filter_map(|s| s.shard)
        .map(|s| s.index);
    say(cut.collect(), "is not complete");
    let unnamed = runs.iter().filter(|s| s.shard.is_none()).count();
    if unnamed > 0 {
        out.push(format!(
            "{unnamed} test run{} not say which shard it is",
            if unnamed == 1 { " does" } else { "s do" }
        ));
    }
    out
}

/// `1, 2, 3`, and no more than can be read.
fn numbers(indices: &[u32]) -> Option<String> {
    const SHOWN: usize = 20;
    let mut words: Vec<String> = indices.iter().take(SHOWN).map(u32::to_string).collect();
    if indices.len() > SHOWN {
        words.push(format!("and {} more", indices.len() - SHOWN));
    }
    (!words.is_empty()).then(|| words.join(", "))
}
