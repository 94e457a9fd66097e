//! Every capture under `fixtures/captures` against the facts written down in its `case.toml`.
//!
//! A case is a folder: what a real tool printed (`stdout.txt`, `stderr.txt`, `exit.txt`), the command that made it
//! (`cmd.txt`), perhaps a report that it wrote, and `case.toml` with what is expected. A new case needs no Rust.

use std::fmt::Write as _;
use std::fs;
use std::io::{BufRead, BufReader};
use std::path::{Path, PathBuf};

use gatekeeper::gates::Policy;
use gatekeeper::report::{Project, Report};
use gatekeeper::source;
use gatekeeper_parsers::evidence::{
    Coverage, Evidence, Failure, Finding, Findings, Measure, Scenario, Tests,
};
use gatekeeper_parsers::{Completeness, Expect, Limits, Part, Stream, read};
use serde::Deserialize;

/// What is expected of a capture.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Case {
    /// Why the case exists.
    #[serde(default)]
    #[allow(dead_code, reason = "for readers of the file")]
    pub note: Option<String>,
    /// The verdict of `gatekeeper check` on it.
    pub verdict: Option<String>,
    /// A file to read instead of the two streams.
    pub report: Option<String>,
    /// What is found in it, in order.
    #[serde(default)]
    pub part: Vec<Expected>,
}

/// One part that is expected.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Expected {
    format: String,
    completeness: String,
    #[serde(default)]
    defects: Vec<String>,
    tests: Option<toml::Table>,
    failures: Option<Vec<String>>,
    coverage: Option<toml::Table>,
    findings: Option<toml::Table>,
    benchmarks: Option<Vec<String>>,
    places: Option<Vec<String>>,
}

impl Expected {
    /// Whether it is whole, about something, and without bad news.
    pub fn is_clean(&self) -> bool {
        let number = |table: &toml::Table, key: &str| {
            table
                .get(key)
                .and_then(toml::Value::as_integer)
                .unwrap_or(0)
        };
        let tests = self.tests.as_ref().is_none_or(|t| {
            number(t, "failed") + number(t, "invalid") == 0 && number(t, "passed") > 0
        });
        let findings = self
            .findings
            .as_ref()
            .is_none_or(|f| number(f, "total") == 0);
        ["complete", "unproven"].contains(&self.completeness.as_str()) && tests && findings
    }
}

/// Folders with a `case.toml`, in order.
pub fn all() -> Vec<PathBuf> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("fixtures/captures");
    let mut found = Vec::new();
    let mut todo = vec![root];
    while let Some(dir) = todo.pop() {
        for entry in fs::read_dir(&dir).unwrap().map(Result::unwrap) {
            if entry.file_type().unwrap().is_dir() {
                todo.push(entry.path());
            } else if entry.file_name() == "case.toml" {
                found.push(dir.clone());
            }
        }
    }
    found.sort();
    found
}

/// The expectations of a case.
pub fn load(dir: &Path) -> Case {
    let text = fs::read_to_string(dir.join("case.toml")).unwrap();
    toml::from_str(&text).unwrap_or_else(|e| panic!("{}: {e}", dir.display()))
}

/// The streams of a case: its report, or standard output and standard error.
pub fn streams(dir: &Path, case: &Case) -> Vec<(Stream, PathBuf)> {
    match &case.report {
        Some(file) => vec![(Stream::Out, dir.join(file))],
        None => {
            let both = [
                (Stream::Out, dir.join("stdout.txt")),
                (Stream::Err, dir.join("stderr.txt")),
            ];
            both.into_iter().filter(|(_, path)| path.exists()).collect()
        }
    }
}

fn parts(dir: &Path, case: &Case) -> Vec<Part> {
    let mut files: Vec<(Stream, BufReader<fs::File>)> = streams(dir, case)
        .into_iter()
        .map(|(stream, path)| (stream, BufReader::new(fs::File::open(path).unwrap())))
        .collect();
    let open = files
        .iter_mut()
        .map(|(stream, file)| (*stream, file as &mut dyn BufRead))
        .collect();
    read(open, Expect::default(), &Limits::default()).0
}

#[test]
fn captures_are_read_as_their_cases_say() {
    let only = std::env::var("CASE").unwrap_or_default();
    let mut wrong = String::new();
    let cases = all();
    for dir in cases.iter().filter(|d| d.to_string_lossy().contains(&only)) {
        let case = load(dir);
        let expected: String = case.part.iter().map(describe_expected).collect();
        let actual: String = parts(dir, &case)
            .iter()
            .enumerate()
            .map(|(i, p)| describe_part(p, case.part.get(i)))
            .collect();
        if expected != actual {
            let name = dir.strip_prefix(env!("CARGO_MANIFEST_DIR")).unwrap();
            write!(
                wrong,
                "{}\n--- expected\n{expected}+++ actual\n{actual}\n",
                name.display()
            )
            .unwrap();
        }
    }
    assert!(wrong.is_empty(), "{wrong}");
    assert!(
        !only.is_empty() || !cases.is_empty(),
        "there is no case at all"
    );
}

#[test]
fn verdicts_are_as_the_cases_say() {
    let mut wrong = String::new();
    for (dir, case) in all().iter().map(|d| (d, load(d))) {
        let path = case
            .report
            .as_ref()
            .map_or_else(|| dir.clone(), |file| dir.join(file));
        let sources = source::open(path.to_str().unwrap(), Expect::default()).unwrap();
        let report = Report::assemble(sources, &Policy::default(), Project::default());
        let verdict = report.verdict.id();
        if case
            .verdict
            .as_ref()
            .is_some_and(|expected| expected != verdict)
        {
            writeln!(
                wrong,
                "{}: {verdict} instead of {:?}",
                dir.display(),
                case.verdict
            )
            .unwrap();
        }
        // Whatever the case says: no run that a tool called failed may pass, and no unproven one either.
        let exit = fs::read_to_string(dir.join("exit.txt")).unwrap_or_default();
        if verdict == "pass" && case.report.is_none() && exit.trim() != "0" {
            writeln!(wrong, "{}: passes with exit code {exit}", dir.display()).unwrap();
        }
    }
    assert!(wrong.is_empty(), "{wrong}");
}

fn describe_expected(e: &Expected) -> String {
    let mut out = format!("{} {} {:?}\n", e.format, e.completeness, e.defects);
    for (word, table) in [
        ("tests", &e.tests),
        ("coverage", &e.coverage),
        ("findings", &e.findings),
    ] {
        if let Some(table) = table {
            writeln!(out, "  {word} {}", flat(table)).unwrap();
        }
    }
    for line in e.failures.iter().flatten() {
        let (place, _category) = line.split_once(' ').unwrap_or((line, ""));
        writeln!(out, "  failure {place}").unwrap();
    }
    for line in e.benchmarks.iter().flatten() {
        writeln!(out, "  benchmark {line}").unwrap();
    }
    for place in e.places.iter().flatten() {
        writeln!(out, "  finding {place}").unwrap();
    }
    out
}

fn flat(table: &toml::Table) -> String {
    let mut items: Vec<String> = table.iter().map(|(k, v)| format!("{k}={v}")).collect();
    items.sort();
    items.join(" ")
}

/// The same description of what was read. Facts that the case leaves out are left out.
fn describe_part(part: &Part, e: Option<&Expected>) -> String {
    let completeness = match part.parsed.completeness {
        Completeness::Complete => "complete",
        Completeness::Unproven => "unproven",
        Completeness::Partial => "partial",
        Completeness::Unreadable => "unreadable",
    };
    let mut defects: Vec<&str> = part.parsed.defects.iter().map(|d| d.kind.id()).collect();
    defects.sort_unstable();
    defects.dedup();
    let facts = match &part.parsed.value {
        Evidence::Nothing => String::new(),
        Evidence::Tests(t) => describe_tests(t, e),
        Evidence::Coverage(c) if e.is_none_or(|e| e.coverage.is_some()) => {
            format!("  coverage {}\n", coverage(c))
        }
        Evidence::Coverage(_) => String::new(),
        Evidence::Findings(f) => describe_findings(f, e),
        Evidence::Benchmarks(b) => b.scenarios.iter().map(benchmark).collect(),
    };
    format!("{} {completeness} {defects:?}\n{facts}", part.format)
}

/// Name, median in picoseconds, and number of samples.
fn benchmark(s: &Scenario) -> String {
    let median = s.median_ps.unwrap_or_default();
    format!(
        "  benchmark {} median={median} samples={}\n",
        s.name, s.samples
    )
}

fn describe_tests(t: &Tests, e: Option<&Expected>) -> String {
    let mut out = String::new();
    let c = &t.counts;
    if e.is_none_or(|e| e.tests.is_some()) {
        let (x, f, i, p, s) = (c.excluded, c.failed, c.invalid, c.passed, c.skipped);
        writeln!(
            out,
            "  tests excluded={x} failed={f} invalid={i} passed={p} skipped={s}"
        )
        .unwrap();
    }
    if e.is_none_or(|e| e.failures.is_some()) {
        for failure in &t.failures {
            writeln!(out, "  failure {}", place(failure)).unwrap();
        }
    }
    out
}

fn describe_findings(f: &Findings, e: Option<&Expected>) -> String {
    let mut out = String::new();
    let c = &f.counts;
    if e.is_none_or(|e| e.findings.is_some()) {
        let named = [
            ("critical", c.critical),
            ("high", c.high),
            ("info", c.info),
            ("low", c.low),
            ("medium", c.medium),
        ];
        let mut text = String::new();
        for (k, n) in named.into_iter().filter(|(_, n)| *n > 0) {
            write!(text, "{k}={n} ").unwrap();
        }
        if let Some(n) = f.suppressed {
            write!(text, "suppressed={n} ").unwrap();
        }
        writeln!(out, "  findings {text}total={}", f.total).unwrap();
    }
    for finding in f
        .list
        .iter()
        .take(e.and_then(|e| e.places.as_ref()).map_or(0, Vec::len))
    {
        writeln!(out, "  finding {}", finding_place(finding)).unwrap();
    }
    out
}

/// `FILE:LINE` of a failure, `-` without one.
pub fn place(failure: &Failure) -> String {
    match (&failure.file, failure.line) {
        (Some(file), Some(line)) => format!("{file}:{line}"),
        (Some(file), None) => file.to_string(),
        _ => "-".into(),
    }
}

fn finding_place(f: &Finding) -> String {
    let mut out = f.path.clone().unwrap_or_else(|| "-".into());
    for n in [f.line, f.column].into_iter().flatten() {
        write!(out, ":{n}").unwrap();
    }
    format!("{out} {}", f.rule)
}

fn coverage(c: &Coverage) -> String {
    let mut lines = (0, 0);
    let mut totals = Vec::new();
    for total in &c.totals {
        match total {
            Measure::Lines { covered, relevant } => lines = (lines.0 + covered, lines.1 + relevant),
            Measure::Rounded { hundredths } => {
                totals.push(format!("\"{}.{:02}\"", hundredths / 100, hundredths % 100))
            }
            Measure::Between { at_least, below } => totals.push(format!("\"{at_least}..{below}\"")),
        }
    }
    let missed = if c.missed_threshold.is_some() {
        " missed=true"
    } else {
        ""
    };
    if totals.is_empty() {
        format!(
            "covered={} files={}{missed} relevant={}",
            lines.0,
            c.files.len(),
            lines.1
        )
    } else {
        format!(
            "files={}{missed} totals=[{}]",
            c.files.len(),
            totals.join(", ")
        )
    }
}
