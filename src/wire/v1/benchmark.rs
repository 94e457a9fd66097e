//! `benchmarks`: what was measured, in nanoseconds as exact decimal texts.

use serde::Serialize;

use crate::report::{Report, nanoseconds};

/// One scenario.
#[derive(Debug, Serialize)]
pub(super) struct Benchmark<'a> {
    source: String,
    name: &'a str,
    input: Option<&'a str>,
    unit: &'static str,
    median: Option<String>,
    average: Option<String>,
    p99: Option<String>,
    ips: Option<&'a str>,
    samples: u64,
    memory_bytes: Option<u64>,
}

/// Every scenario of every source, in their order.
pub(super) fn all(report: &Report) -> Vec<Benchmark<'_>> {
    let all = report.scenarios().map(|(source, s)| Benchmark {
        source: super::id('s', source),
        name: &s.name,
        input: s.input.as_deref(),
        unit: "ns",
        median: s.median_ps.map(nanoseconds),
        average: s.average_ps.map(nanoseconds),
        p99: s.p99_ps.map(nanoseconds),
        ips: s.ips.as_deref(),
        samples: s.samples,
        memory_bytes: s.memory_bytes,
    });
    all.collect()
}
