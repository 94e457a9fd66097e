//! The `waivers` gate: speaks only when a waiver is over, or waives nothing any more.

use super::{Gate, Judged, Judgement, Policy, Ruling};
use crate::report::Report;
use crate::waiver::{Applied, State};

pub(super) fn judge(gate: &'static Gate, report: &Report, policy: &Policy) -> Vec<Judged> {
    let idle: Vec<&Applied> = report
        .waivers
        .iter()
        .filter(|w| w.state != State::Active)
        .collect();
    let Some(first) = idle.first() else {
        return Vec::new();
    };
    let what = match first.state {
        State::Expired => format!("held until {}", first.waiver.expires),
        State::Active | State::Unused => "waives nothing any more".into(),
    };
    let more = match idle.len() {
        1 => String::new(),
        n => format!("; and {} more", n - 1),
    };
    let judgement = Judgement {
        ruling: Ruling::Fail,
        because: format!(
            "the waiver of {} ({}) {what}{more}",
            first.waiver.finding, first.waiver.origin
        ),
        actual: idle.len().to_string(),
        limit: "0 expired or unused".into(),
    };
    let unused = &policy.unused_waivers;
    vec![Judged::new(
        gate,
        judgement,
        unused.value,
        &[&unused.origin],
    )]
}
