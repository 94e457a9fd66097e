//! How long each rendering takes of a report with 100,000 failures and 10,000 findings.
//!
//! ```text
//! cargo bench --bench renderings                     every format, 5 rounds
//! cargo bench --bench renderings -- --rounds 20 json
//! ```
//! The failures and findings are those of captures, many times over, each at a line of its own; every fifth failure begins
//! a group. Medians of CPU time.

#![expect(clippy::print_stdout, reason = "a table for the terminal")]

use std::io::{self, Write};
use std::num::NonZeroU32;
use std::time::Duration;

use gatekeeper::emit::{EMITTERS, Style};
use gatekeeper::gates::Policy;
use gatekeeper::report::{Project, Report};
use gatekeeper::source;
use gatekeeper_parsers::Expect;
use rustix::time::{ClockId, clock_gettime};

const CAPTURES: [&str; 2] = [
    "exunit/1.20.4/zoo-asserts",
    "credo/1.7.19-1.20.4/json-strict",
];
const FAILURES: usize = 100_000;
const FINDINGS: usize = 10_000;

fn main() {
    let (mut rounds, mut formats) = (5, Vec::new());
    let mut words = std::env::args().skip(1);
    while let Some(word) = words.next() {
        match word.as_str() {
            // Cargo's own.
            "--bench" => {}
            "--rounds" => {
                let number = words.next().and_then(|w| w.parse().ok());
                rounds = number.unwrap_or_else(|| panic!("--rounds takes a number"));
            }
            id => formats.push(id.to_owned()),
        }
    }
    let report = report();
    println!("{:<10} {:>9} {:>12}", "format", "ms", "bytes");
    for emitter in EMITTERS {
        if !formats.is_empty() && !formats.iter().any(|f| f == emitter.id) {
            continue;
        }
        let mut times = Vec::new();
        let mut out = Sink(0);
        // The first round warms up.
        for round in 0..=rounds {
            out = Sink(0);
            let before = cpu();
            (emitter.write)(&report, Style::default(), &mut out).expect("nothing is in the way");
            if round > 0 {
                times.push(cpu() - before);
            }
        }
        times.sort();
        let median = times.get(times.len() / 2).map_or(0, Duration::as_millis);
        println!("{:<10} {median:>9} {:>12}", emitter.id, out.0);
    }
}

/// Counts what is written.
struct Sink(u64);

impl Write for Sink {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.0 += bytes.len() as u64;
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

fn cpu() -> Duration {
    let now = clock_gettime(ClockId::ProcessCPUTime);
    Duration::new(
        now.tv_sec.unsigned_abs(),
        u32::try_from(now.tv_nsec).unwrap_or(0),
    )
}

fn report() -> Report {
    let captures = concat!(env!("CARGO_MANIFEST_DIR"), "/fixtures/captures");
    let open = |name: &&str| {
        source::open(&format!("{captures}/{name}"), Expect::default()).expect("the capture is here")
    };
    let sources = CAPTURES.iter().flat_map(open).collect();
    let mut report = Report::assemble(sources, &Policy::default(), Project::default());
    let (failures, findings) = (report.failures.clone(), report.findings.clone());
    let group = report.groups.swap_remove(0);
    report.groups.clear();
    let line = |i: usize| {
        u32::try_from(i % 5_000)
            .ok()
            .and_then(|n| NonZeroU32::new(n + 1))
    };
    let all = failures.iter().cycle().take(FAILURES).enumerate();
    report.failures = all
        .map(|(i, failure)| {
            let mut failure = failure.clone();
            failure.id = format!("f{}", i + 1);
            (failure.group, failure.failure.line) = (i / 5, line(i));
            failure
        })
        .collect();
    for first in (0..FAILURES).step_by(5) {
        let mut group = group.clone();
        group.members = (first..first + 5).collect();
        report.groups.push(group);
    }
    let all = findings.iter().cycle().take(FINDINGS).enumerate();
    report.findings = all
        .map(|(i, finding)| {
            let mut finding = finding.clone();
            finding.finding.line = line(i);
            finding
        })
        .collect();
    report
}
