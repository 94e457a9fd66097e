//! The `benchmark` gates: medians against limits, or against what was recorded before; in whole picoseconds.

use std::collections::BTreeMap;

use gatekeeper_parsers::evidence::Scenario;

use super::{Gate, Judged, Judgement, Policy, Ruling, Weight, count, proven};
use crate::benchmark::{self, Recorded};
use crate::coverage::hundredths;
use crate::policy::{BenchmarkLimit, BenchmarkRule, Origin, Setting};
use crate::report::{Report, nanoseconds};

pub(super) const ID: &str = "benchmark";

pub(super) fn judge(gate: &'static Gate, report: &Report, policy: &Policy) -> Vec<Judged> {
    if policy.benchmarks.is_empty() {
        let demand = policy.require.iter().find(|r| r.gate.id == ID);
        return demand
            .map(|d| there(gate, report, &d.origin))
            .into_iter()
            .collect();
    }
    let judge = |rule: &BenchmarkRule| {
        let judgement = proven(gate, report, measured(report, rule));
        let origin = match &rule.limit {
            BenchmarkLimit::Median(max) | BenchmarkLimit::Change { max, .. } => &max.origin,
        };
        Judged::new(gate, judgement, rule.severity, &[origin]).named(':', &rule.name)
    };
    policy.benchmarks.iter().map(judge).collect()
}

/// Required, and without a limit: that something was measured.
fn there(gate: &'static Gate, report: &Report, origin: &Origin) -> Judged {
    let n = report.scenarios().count() as u64;
    let judgement = Judgement {
        ruling: if n > 0 {
            Ruling::Pass
        } else {
            Ruling::Undecided
        },
        because: format!("{} measured, and no limit is set", count(n, "benchmark")),
        actual: n.to_string(),
        limit: "measured".into(),
    };
    Judged::new(
        gate,
        proven(gate, report, judgement),
        Weight::Fail,
        &[origin],
    )
}

/// How one benchmark stands to its limit: how bad it is, and the words.
struct One {
    ruling: Ruling,
    because: String,
    actual: String,
}

impl One {
    fn unknown(because: String) -> Self {
        Self {
            ruling: Ruling::Undecided,
            because,
            actual: "nothing measured".into(),
        }
    }
}

fn measured(report: &Report, rule: &BenchmarkRule) -> Judgement {
    let limit = match &rule.limit {
        BenchmarkLimit::Median(max) => format!("<= {} ns", nanoseconds(max.value)),
        BenchmarkLimit::Change { max, .. } => {
            format!("<= +{} % of the reference", hundredths(max.value))
        }
    };
    let all = each(report, rule);
    let beyond = all.iter().filter(|one| one.ruling == Ruling::Fail).count();
    let n = all.len() as u64;
    let worst = all
        .into_iter()
        .reduce(|a, b| if b.ruling > a.ruling { b } else { a });
    let worst =
        worst.unwrap_or_else(|| One::unknown(format!("no benchmark is called {}", rule.name)));
    let because = match (worst.ruling, n) {
        (Ruling::Pass, 2..) => format!("all {n} benchmarks are within the limit"),
        (Ruling::Fail, _) if beyond > 1 => format!("{}; and {} more", worst.because, beyond - 1),
        _ => worst.because,
    };
    Judgement {
        ruling: worst.ruling,
        because,
        actual: match (worst.ruling, n) {
            (Ruling::Pass, 2..) => format!("{n} benchmarks"),
            _ => worst.actual,
        },
        limit,
    }
}

/// Every benchmark that the rule is about, measured or only recorded.
fn each(report: &Report, rule: &BenchmarkRule) -> Vec<One> {
    let cut = report
        .sources
        .iter()
        .filter_map(|s| Some((s, s.evidence.benchmarks()?)));
    let mut cut = cut.filter(|(_, b)| b.total > b.scenarios.len() as u64);
    let mut all: Vec<One> = cut
        .next()
        .map(|(s, _)| One::unknown(format!("{} lists only some of its benchmarks", s.label)))
        .into_iter()
        .collect();
    let mut by_name: BTreeMap<(&str, Option<&str>), Vec<&Scenario>> = BTreeMap::new();
    for (_, s) in report.scenarios() {
        let input = s.input.as_deref();
        if rule.covers(&s.name, input) {
            by_name.entry((&s.name, input)).or_default().push(s);
        }
    }
    let reference = match &rule.limit {
        BenchmarkLimit::Median(_) => &[][..],
        BenchmarkLimit::Change { reference, .. } => match known(report, reference.as_ref()) {
            Ok(known) => known,
            Err(why) => return vec![One::unknown(why)],
        },
    };
    for (key, scenarios) in &by_name {
        all.push(one(rule, *key, scenarios, reference));
    }
    let lost = reference.iter().filter(|r| {
        let key = (r.job.as_str(), r.input.as_deref());
        rule.covers(key.0, key.1) && !by_name.contains_key(&key)
    });
    all.extend(lost.map(|r| {
        let name = benchmark::name(&r.job, r.input.as_deref());
        One::unknown(format!("{name} is in the reference and was not measured"))
    }));
    all
}

fn one(
    rule: &BenchmarkRule,
    (job, input): (&str, Option<&str>),
    scenarios: &[&Scenario],
    reference: &[Recorded],
) -> One {
    let name = benchmark::name(job, input);
    let [scenario] = scenarios else {
        return One::unknown(format!("{name} was measured {} times", scenarios.len()));
    };
    let Some(median) = scenario.median_ps.filter(|_| scenario.samples > 0) else {
        return One::unknown(format!("{name} has no median"));
    };
    let ns = nanoseconds(median);
    match &rule.limit {
        BenchmarkLimit::Median(max) => One {
            ruling: ruling(median <= max.value),
            because: format!("the median of {name} is {ns} ns"),
            actual: format!("{ns} ns"),
        },
        BenchmarkLimit::Change { max, .. } => {
            let mut known = reference.iter();
            let known = known.find(|r| r.job == job && r.input.as_deref() == input);
            match known.map(|r| r.median_ps) {
                None => One::unknown(format!("{name} is not in the reference")),
                Some(0) => One::unknown(format!("the reference of {name} is 0 ns")),
                Some(before) => changed(&name, before, median, max.value),
            }
        }
    }
}

/// `now <= before * (1 + max)` in whole numbers. `before` is not 0.
fn changed(name: &str, before: u64, now: u64, max: u64) -> One {
    let allowed = u128::from(before) * (10_000 + u128::from(max));
    let difference = u128::from(now.abs_diff(before)) * 10_000 / u128::from(before);
    let percent = hundredths(u64::try_from(difference).unwrap_or(u64::MAX));
    let sign = if now < before { '-' } else { '+' };
    One {
        ruling: ruling(u128::from(now) * 10_000 <= allowed),
        because: format!(
            "the median of {name} is {} ns, and was {} ns",
            nanoseconds(now),
            nanoseconds(before)
        ),
        actual: format!("{sign}{percent} %"),
    }
}

fn ruling(within: bool) -> Ruling {
    if within { Ruling::Pass } else { Ruling::Fail }
}

/// What is compared with.
fn known<'r>(report: &'r Report, file: Option<&Setting<String>>) -> Result<&'r [Recorded], String> {
    let references = &report.references;
    let (found, what) = match file {
        Some(file) => (
            references.files.get(&file.value),
            format!("the reference {}", file.value),
        ),
        None => (references.baseline.as_ref(), "the baseline".to_owned()),
    };
    match found {
        Some(Ok(known)) if known.is_empty() => Err(format!(
            "{what} has no benchmark: `gatekeeper baseline write` records them"
        )),
        Some(Ok(known)) => Ok(known),
        Some(Err(why)) => Err(format!("{what} {why}")),
        None => Err(format!(
            "there is no reference to compare with: {what} was not read"
        )),
    }
}
