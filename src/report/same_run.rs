//! Sources that tell of the same run are one piece of evidence: counted once when they agree, doubted when they do not.

use std::collections::BTreeSet;

use gatekeeper_parsers::evidence::{Counts, Evidence, Finding};
use gatekeeper_parsers::exunit_channel::CHANNEL;
use gatekeeper_parsers::{Completeness, Defect, DefectKind, Position, Tool};

use super::{Source, Trust, same_tests};
use crate::dependency::drop_warnings;
use crate::retry;

/// Message of the note that a source only repeats another one.
const REPEATS: &str = "the same test run as another source; counted once";

pub(super) fn repeats(source: &Source) -> bool {
    let told = |d: &Defect| d.kind == DefectKind::Foreign && d.message == REPEATS;
    source.defects.iter().any(told) || retry::is_aside(source)
}

pub(super) fn repeat(source: &mut Source) {
    source.defects.push(Defect::new(
        DefectKind::Foreign,
        REPEATS,
        Position::default(),
    ));
}

/// Finds sources that tell of one run, so that it is counted once.
pub(super) fn settle(sources: &mut [Source]) {
    same_bytes_twice(sources);
    same_suite_twice(sources);
    same_tests::settle(sources);
    same_warning_twice(sources);
}

/// Every task of Mix that needs the compiled project may print the warnings of the compilation again. A warning that an
/// earlier source told, letter for letter and at the same place, is the same one.
fn same_warning_twice(sources: &mut [Source]) {
    let mut told = BTreeSet::new();
    for source in sources {
        let Evidence::Findings(findings) = &mut source.evidence else {
            continue;
        };
        if findings.tool != Tool::Compiler {
            continue;
        }
        let key = |f: &Finding| {
            let place = (f.path.clone(), f.line, f.column);
            (f.rule.clone(), place, f.message.clone())
        };
        let new: Vec<_> = findings.list.iter().map(key).collect();
        let dropped = drop_warnings(findings, |f| told.contains(&key(f)));
        told.extend(new);
        if dropped > 0 {
            let message =
                format!("warnings that another source tells, not counted again: {dropped}");
            let defect = Defect::new(DefectKind::Foreign, message, Position::default());
            source.defects.push(defect);
        }
    }
}

/// The same bytes given twice are one piece of evidence.
fn same_bytes_twice(sources: &mut [Source]) {
    for later in 1..sources.len() {
        let (before, rest) = sources.split_at_mut(later);
        let Some(source) = rest.first_mut() else {
            continue;
        };
        let same = |s: &&Source| {
            s.sha256.is_some() && (&s.sha256, s.format) == (&source.sha256, source.format)
        };
        if before.iter().any(|s| same(&s)) && matches!(source.evidence, Evidence::Tests(_)) {
            repeat(source);
        }
    }
}

/// Console logs, and JUnit reports or channels, of one run are two witnesses: counted once when they agree, both doubted
/// when they do not. They are of one run when they have the same seed, when the report lies beside the captured log, or
/// when the same run wrote it. An umbrella has one log and a report for each app, so the sums are compared.
fn same_suite_twice(sources: &mut [Source]) {
    let tests = |s: &Source| super::tests_of(s).map(|t| (t.seed, t.counts));
    // The channel of a command is one with its console; as a file it is a report of its own.
    let channel = |s: &Source| s.format == Some(CHANNEL) && s.trust == Trust::File;
    let of = |sources: &[Source], is: &dyn Fn(&Source) -> bool| -> Vec<usize> {
        (0..sources.len())
            .filter(|i| is(&sources[*i]) && tests(&sources[*i]).is_some())
            .collect()
    };
    let consoles = of(sources, &|s| s.tool == Some(Tool::Exunit) && !channel(s));
    let kinds: [&dyn Fn(&Source) -> bool; 2] = [&|s| s.tool == Some(Tool::Junit), &channel];
    for (console, kind) in consoles
        .iter()
        .flat_map(|console| kinds.map(|kind| (*console, kind)))
    {
        let Some((seed, log)) = tests(&sources[console]) else {
            continue;
        };
        let folder = format!("{}/", sources[console].label);
        let reports: Vec<usize> = of(sources, kind)
            .into_iter()
            .filter(|i| {
                let same_seed =
                    seed.is_some() && tests(&sources[*i]).is_some_and(|(s, _)| s == seed);
                let run = |s: &Source| (s.command.clone(), s.shard, s.exit);
                let same_run =
                    sources[*i].command.is_some() && run(&sources[*i]) == run(&sources[console]);
                same_seed || same_run || sources[*i].label.starts_with(&folder)
            })
            .collect();
        let mut sum = Counts::default();
        reports
            .iter()
            .filter_map(|i| tests(&sources[*i]))
            .for_each(|(_, counts)| sum.add(&counts));
        let facts = |c: &Counts| (c.failed, c.invalid, c.ran());
        if reports.is_empty() {
            continue;
        }
        if facts(&sum) == facts(&log) {
            reports.iter().for_each(|i| repeat(&mut sources[*i]));
        } else if !sources[console].is_complete()
            && sources[console].format != Some(CHANNEL)
            && reports.iter().all(|i| sources[*i].is_complete())
        {
            // A log without a proven end may hold anything; the reports tell what ran.
            repeat(&mut sources[console]);
        } else {
            disagree(sources, console, &reports, &log, &sum);
        }
    }
}

fn disagree(sources: &mut [Source], console: usize, reports: &[usize], log: &Counts, sum: &Counts) {
    let says = |c: &Counts| {
        format!(
            "{} ran, {} failed, {} invalid",
            c.ran(),
            c.failed,
            c.invalid
        )
    };
    let names: Vec<&str> = reports.iter().map(|i| sources[*i].label.as_str()).collect();
    let (log, sum) = (says(log), says(sum));
    let message = format!(
        "two witnesses of one run disagree: {}: {log}; {}: {sum}",
        sources[console].label,
        names.join(", ")
    );
    for i in reports.iter().chain([&console]) {
        let defect = Defect::new(
            DefectKind::Contradiction,
            message.clone(),
            Position::default(),
        );
        sources[*i].lower(Completeness::Partial, defect);
    }
}
