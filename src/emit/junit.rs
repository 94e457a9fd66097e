//! The tests as JUnit XML, in the form of junit_formatter, so that Elixir's own words (invalid, excluded) survive.
//!
//! Every test counts once: those that a source names by their names, the others (a plain dot names none) as cases of
//! the suite `NotNamed`, up to a limit. The suite `gatekeeper` holds every gate and every doubtful source as a property,
//! and a case for each gate that counts and whose ruling the tests do not show already: a file is never greener than the
//! verdict. Nor redder: advisory gates have no case, and a failed test that a waiver covers is a skipped one that says so.

use std::io::{self, Write};

use gatekeeper_parsers::evidence::{Counts, Failure, Outcome, TestError};

use super::escape::markup as safe;
use super::shared::{self, cut};
use super::{Style, place};
use crate::gates::{Judged, Ruling};
use crate::report::{Report, ReportFailure};

/// Failures whose text is given in full.
const IN_FULL: usize = 2_000;

/// Characters of a failure's text.
const TEXT: usize = 8_000;

/// Doubtful sources that are properties.
const DOUBTS: usize = 50;

mod suites;

use suites::{Case, Suite, Suites, add, not_named};

pub(super) fn write(report: &Report, _: Style, out: &mut dyn Write) -> io::Result<()> {
    let mut suites = Suites::default();
    suites.fill(report);
    let named = suites.list;
    let rest = not_named(report, &suites.counts);
    let mut counted = Counts::default();
    for case in named.iter().chain(&rest).flat_map(|s| &s.cases) {
        add(&mut counted, case.shown());
    }
    let gates = unseen(report, &counted);
    let totals = Totals {
        tests: counted.total() + counted.excluded + gates.len() as u64,
        failures: counted.failed + count(&gates, Ruling::Fail),
        errors: counted.invalid + count(&gates, Ruling::Undecided),
        skipped: counted.skipped + counted.excluded,
        ms: report
            .tests
            .as_ref()
            .and_then(|t| t.duration_ms)
            .unwrap_or(0),
    };
    writeln!(out, "<?xml version=\"1.0\" encoding=\"UTF-8\"?>")?;
    writeln!(
        out,
        "<testsuites name=\"gatekeeper\"{}>",
        totals.attributes()
    )?;
    own_suite(report, &gates, &counted, out)?;
    let mut full = IN_FULL;
    for suite in named.iter().chain(&rest) {
        suite.write(&mut full, out)?;
    }
    writeln!(out, "</testsuites>")
}

struct Totals {
    tests: u64,
    failures: u64,
    errors: u64,
    skipped: u64,
    ms: u64,
}

impl Totals {
    fn attributes(&self) -> String {
        let Self {
            tests,
            failures,
            errors,
            skipped,
            ms,
        } = self;
        let time = seconds(*ms);
        format!(
            " tests=\"{tests}\" failures=\"{failures}\" errors=\"{errors}\" skipped=\"{skipped}\" time=\"{time}\""
        )
    }
}

fn seconds(ms: u64) -> String {
    format!("{}.{:03}", ms / 1000, ms % 1000)
}

/// A case that is no test.
struct Own<'a> {
    name: String,
    ruling: Ruling,
    because: &'a str,
}

/// Gates that keep the verdict from being a pass, and of which the tests show nothing.
fn unseen<'a>(report: &'a Report, counted: &Counts) -> Vec<Own<'a>> {
    let red = counted.failed + counted.invalid > 0;
    let shown = |g: &Judged| shared::id(g) == "tests" && g.judgement.ruling == Ruling::Fail && red;
    let gates = shared::not_passed(report).into_iter();
    let gates = gates.filter(|g| g.counts() && !shown(g)).map(|g| Own {
        name: format!("gate {}", shared::id(g)),
        ruling: g.judgement.ruling,
        because: &g.judgement.because,
    });
    let nothing = shared::no_gate_counts(report).map(|because| Own {
        name: "verdict".to_owned(),
        ruling: report.verdict,
        because,
    });
    nothing.into_iter().chain(gates).collect()
}

fn count(gates: &[Own<'_>], ruling: Ruling) -> u64 {
    gates.iter().filter(|g| g.ruling == ruling).count() as u64
}

/// The suite of the gates: they are properties, for they are no tests.
fn own_suite(
    report: &Report,
    gates: &[Own<'_>],
    counted: &Counts,
    out: &mut dyn Write,
) -> io::Result<()> {
    let totals = Totals {
        tests: gates.len() as u64,
        failures: count(gates, Ruling::Fail),
        errors: count(gates, Ruling::Undecided),
        skipped: 0,
        ms: 0,
    };
    writeln!(
        out,
        "  <testsuite name=\"gatekeeper\"{}>\n    <properties>",
        totals.attributes()
    )?;
    property("verdict", report.verdict.id(), out)?;
    for g in &report.gates {
        let j = &g.judgement;
        let says = format!(
            "{}{}: {} ({}, limit {})",
            j.ruling.id(),
            shared::advisory(g),
            j.because,
            j.actual,
            j.limit
        );
        property(&format!("gate.{}", shared::id(g)), &cut(&says, TEXT), out)?;
    }
    property("defects", &shared::defects(report), out)?;
    doubts(report, out)?;
    let all = report
        .tests
        .as_ref()
        .map_or(0, |t| t.counts.total() + t.counts.excluded);
    let listed = counted.total() + counted.excluded;
    if all > listed {
        property("tests-not-listed", &(all - listed).to_string(), out)?;
    }
    writeln!(out, "    </properties>")?;
    gates.iter().try_for_each(|g| case(g, out))?;
    writeln!(out, "  </testsuite>")
}

/// What is wrong with each of the first sources.
fn doubts(report: &Report, out: &mut dyn Write) -> io::Result<()> {
    let doubtful = report
        .sources
        .iter()
        .enumerate()
        .filter(|(_, s)| !s.defects.is_empty());
    for (i, source) in doubtful.take(DOUBTS) {
        let first = source.defects.first().map_or("", |d| d.message.as_str());
        let says = format!("{}: {first} ({})", source.label, source.defects.len());
        property(&format!("defects.s{}", i + 1), &cut(&says, TEXT), out)?;
    }
    Ok(())
}

/// A gate that has not passed, as a case of its own.
fn case(g: &Own<'_>, out: &mut dyn Write) -> io::Result<()> {
    let (name, because) = (safe(&g.name), safe(&cut(g.because, TEXT)));
    let element = if g.ruling == Ruling::Fail {
        "failure"
    } else {
        "error"
    };
    writeln!(
        out,
        "    <testcase classname=\"gatekeeper\" name=\"{name}\" time=\"0.000\"><{element} message=\"{because}\"/></testcase>"
    )
}

fn property(name: &str, value: &str, out: &mut dyn Write) -> io::Result<()> {
    writeln!(
        out,
        "      <property name=\"{}\" value=\"{}\"/>",
        safe(name),
        safe(value)
    )
}

impl Suite<'_> {
    fn write(&self, full: &mut usize, out: &mut dyn Write) -> io::Result<()> {
        let mut counts = Counts::default();
        self.cases.iter().for_each(|c| add(&mut counts, c.shown()));
        let totals = Totals {
            tests: self.cases.len() as u64,
            failures: counts.failed,
            errors: counts.invalid,
            skipped: counts.skipped + counts.excluded,
            ms: self.cases.iter().map(|c| c.ms).fold(0, u64::saturating_add),
        };
        let name = safe(&self.name);
        writeln!(out, "  <testsuite name=\"{name}\"{}>", totals.attributes())?;
        for case in &self.cases {
            case.write(&name, full, out)?;
        }
        writeln!(out, "  </testsuite>")
    }
}

impl Case<'_> {
    fn write(&self, class: &str, full: &mut usize, out: &mut dyn Write) -> io::Result<()> {
        let (name, time) = (safe(&self.name), seconds(self.ms));
        write!(
            out,
            "    <testcase classname=\"{class}\" name=\"{name}\" time=\"{time}\""
        )?;
        if let Some(file) = &self.file {
            write!(out, " file=\"{}\"", safe(file))?;
        }
        if self.waived() {
            let said = self
                .failure
                .and_then(|f| f.failure.errors.first())
                .map_or("", |e| e.message.as_str());
            let said = safe(&format!("waived: {}", shared::first_line(said, 1_000)));
            return writeln!(out, "><skipped message=\"{said}\"/></testcase>");
        }
        match self.outcome {
            Outcome::Passed => writeln!(out, "/>"),
            Outcome::Skipped => {
                let reason = safe(self.reason.unwrap_or("skipped"));
                writeln!(out, "><skipped message=\"{reason}\"/></testcase>")
            }
            Outcome::Excluded => {
                let reason = safe(&filter(self.reason));
                writeln!(out, "><skipped message=\"{reason}\"/></testcase>")
            }
            Outcome::Failed => self.failed("failure", full, out),
            Outcome::Invalid => self.failed("error", full, out),
        }
    }

    fn failed(&self, element: &str, full: &mut usize, out: &mut dyn Write) -> io::Result<()> {
        let whole = *full > 0;
        *full = full.saturating_sub(1);
        let error = self.failure.and_then(|f| f.failure.errors.first());
        let message = match (error, self.reason) {
            (Some(error), _) => shared::first_line(&error.message, if whole { 1_000 } else { 200 }),
            (None, reason) => cut(reason.unwrap_or("no source names what failed"), 1_000),
        };
        write!(out, "><{element} message=\"{}\"", safe(&message))?;
        match self.failure.filter(|_| whole) {
            Some(f) => writeln!(
                out,
                ">{}</{element}></testcase>",
                safe(&cut(&block(f), TEXT))
            ),
            None => writeln!(out, "/></testcase>"),
        }
    }
}

/// junit_formatter says `due to … filter` of a test that was excluded.
fn filter(reason: Option<&str>) -> String {
    match reason {
        Some(reason) if reason.starts_with("due to ") && reason.ends_with(" filter") => {
            reason.to_owned()
        }
        Some(reason) => format!("due to {reason} filter"),
        None => "due to exclude filter".to_owned(),
    }
}

/// A failure as a text.
fn block(f: &ReportFailure) -> String {
    let x: &Failure = &f.failure;
    let mut lines: Vec<String> = Vec::new();
    lines.extend(place(x.file.as_deref(), x.line));
    x.errors.iter().for_each(|e| error(e, &mut lines));
    lines.extend(x.logs.as_ref().map(|l| format!("\nlogs:\n{l}")));
    lines.extend(f.class.hint.as_ref().map(|h| format!("\nhint: {h}")));
    lines.extend(f.rerun.as_ref().map(|r| format!("again: {r}")));
    lines.extend(f.repeat.as_ref().map(|r| format!("until it fails: {r}")));
    lines.join("\n")
}

fn error(e: &TestError, lines: &mut Vec<String>) {
    let banner = e
        .exception
        .as_ref()
        .map(|x| format!("** ({x}) "))
        .unwrap_or_default();
    lines.push(format!("{banner}{}", e.message));
    for (label, value) in [
        ("code:  ", &e.code),
        ("left:  ", &e.left),
        ("right: ", &e.right),
    ] {
        lines.extend(value.as_ref().map(|v| format!("{label}{v}")));
    }
    for frame in &e.stack {
        let at = place(frame.file.as_deref(), frame.line).unwrap_or_default();
        lines.push(format!("  {at} {}", frame.function));
    }
}
