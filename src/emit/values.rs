//! `NAME=VALUE` lines for scripts: words of a closed set and numbers, and last each gate with its ruling. What is not
//! known has no value. No text of tests or tools is in it; a part that the policy names is escaped.

use std::io::{self, Write};

use super::escape::log;
use super::{Style, shared};
use crate::coverage::percent;
use crate::exit::of_verdict;
use crate::report::Report;
use crate::wire::v1::total;

pub(super) fn write(report: &Report, _: Style, out: &mut dyn Write) -> io::Result<()> {
    let counts = report.tests.as_ref().map(|tests| tests.counts);
    let failed = counts.map(|c| c.failed.saturating_add(c.invalid));
    let patch = report.patch.as_ref().and_then(|p| p.as_ref().ok());
    let number = |n: Option<u64>| n.map(|n| n.to_string());
    let values = [
        ("verdict", Some(report.verdict.id().to_owned())),
        (
            "exit-code",
            Some(of_verdict(report.verdict).code().to_string()),
        ),
        ("tests", number(counts.map(|c| c.total()))),
        ("tests-failed", number(failed)),
        ("findings", Some(report.findings_in_all().to_string())),
        (
            "coverage",
            report.coverage.as_ref().and_then(|c| total(c).percent),
        ),
        (
            "patch-coverage",
            patch.and_then(|p| percent(p.covered, p.relevant)),
        ),
        ("defects", Some(report.defects().to_string())),
    ];
    for (name, value) in values {
        writeln!(out, "{name}={}", value.unwrap_or_default())?;
    }
    for gate in &report.gates {
        let ruling = gate.judgement.ruling.id();
        writeln!(out, "gate.{}={ruling}", log(shared::id(gate)))?;
    }
    Ok(())
}
