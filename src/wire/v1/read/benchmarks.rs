//! Benchmarks: back to the sources that measured them.

use gatekeeper_parsers::Tool;
use gatekeeper_parsers::evidence::{Benchmarks, Evidence, Scenario};

use super::document::WireBenchmark;
use super::{Read, Unread, index, unknown};
use crate::report::Source;

/// Gives each source of benchmarks its scenarios.
pub(super) fn fill(scenarios: Vec<WireBenchmark>, sources: &mut [Source]) -> Read<()> {
    for source in sources.iter_mut() {
        if source.tool == Some(Tool::Benchee) {
            source.evidence = Evidence::Benchmarks(Benchmarks::default());
        }
    }
    for wire in scenarios {
        let at = index('s', &wire.source, sources.len())?;
        let id = wire.source.clone();
        let scenario = scenario(wire)?;
        match sources.get_mut(at).map(|s| &mut s.evidence) {
            Some(Evidence::Benchmarks(of)) => {
                of.total = of.total.saturating_add(1);
                of.scenarios.push(scenario);
            }
            Some(
                Evidence::Nothing
                | Evidence::Tests(_)
                | Evidence::Coverage(_)
                | Evidence::Findings(_),
            )
            | None => {
                return Err(Unread::Value(format!("the source {id} has no benchmarks")));
            }
        }
    }
    Ok(())
}

fn scenario(b: WireBenchmark) -> Read<Scenario> {
    if b.unit != "ns" {
        return unknown("the unit", &b.unit);
    }
    let picoseconds = |text: Option<String>| text.map(|t| picoseconds(&t)).transpose();
    Ok(Scenario {
        name: b.name,
        input: b.input,
        median_ps: picoseconds(b.median)?,
        average_ps: picoseconds(b.average)?,
        p99_ps: picoseconds(b.p99)?,
        ips: b.ips,
        samples: b.samples,
        memory_bytes: b.memory_bytes,
    })
}

/// `41481.25` nanoseconds as picoseconds, without loss.
fn picoseconds(ns: &str) -> Read<u64> {
    let (whole, part) = ns.split_once('.').unwrap_or((ns, ""));
    let digits = |text: &str| text.chars().all(|c| c.is_ascii_digit());
    let parsed = Some(format!("{whole}{part:0<3}"))
        .filter(|_| !whole.is_empty() && part.len() <= 3 && digits(whole) && digits(part))
        .and_then(|all| all.parse().ok());
    parsed.map_or_else(|| unknown("the duration", ns), Ok)
}

#[cfg(test)]
mod tests {
    use super::picoseconds;
    use crate::report::nanoseconds;

    #[test]
    fn durations_come_back_without_loss() {
        for ps in [0, 1, 10, 999, 1_000, 41_481_250, u64::MAX] {
            assert_eq!(picoseconds(&nanoseconds(ps)), Ok(ps));
        }
        for wrong in ["", ".5", "-1", "1.2345", "1e3", "99999999999999999999"] {
            assert!(picoseconds(wrong).is_err(), "{wrong}");
        }
    }
}
