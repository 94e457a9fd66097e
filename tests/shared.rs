//! Captures that stay outside the repository (`../shared/captures`: output over public projects among them). Tested when
//! they are there; where they are not, the test says so instead of passing in silence.

use std::collections::BTreeSet;
use std::fs;
use std::io::Write as _;
use std::path::{Path, PathBuf};

use gatekeeper::gates::{Policy, Ruling};
use gatekeeper::report::{Project, Report};
use gatekeeper::source;
use gatekeeper_parsers::evidence::Severity;
use gatekeeper_parsers::{DefectKind, Expect, Tool};

fn shared() -> Option<PathBuf> {
    let dir = Path::new(env!("CARGO_MANIFEST_DIR")).join("../shared/captures");
    if dir.is_dir() {
        return Some(dir);
    }
    let text = "NOT TESTED: the captures of public projects (../shared/captures is not here)\n";
    // Past the test harness, which would swallow it: what is not checked is not skipped in silence.
    std::io::stderr().write_all(text.as_bytes()).unwrap();
    None
}

/// Folders with a captured command.
fn folders(dir: &Path, found: &mut Vec<PathBuf>) {
    if dir.join("stdout.txt").exists() {
        found.push(dir.to_owned());
        return;
    }
    for entry in fs::read_dir(dir).unwrap().map(|e| e.unwrap().path()) {
        if entry.is_dir() {
            folders(&entry, found);
        }
    }
}

fn report(dir: &Path) -> Report {
    let sources = source::open(dir.to_str().unwrap(), Expect::default()).unwrap();
    Report::assemble(sources, &Policy::default(), Project::default())
}

#[test]
fn no_capture_panics_and_none_that_failed_passes() {
    let Some(dir) = shared() else { return };
    let mut all = Vec::new();
    folders(&dir, &mut all);
    assert!(all.len() > 400, "{} captures", all.len());
    let mut passed = 0;
    for dir in all {
        let report = report(&dir);
        let faults = report
            .sources
            .iter()
            .flat_map(|s| &s.defects)
            .filter(|d| d.kind == DefectKind::Fault);
        assert_eq!(faults.count(), 0, "{}: a reader panicked", dir.display());
        if report.verdict == Ruling::Pass {
            passed += 1;
            let exit = fs::read_to_string(dir.join("exit.txt")).unwrap();
            assert_eq!(exit.trim(), "0", "{} passes", dir.display());
        }
    }
    assert!(passed > 40, "{passed} of them pass: clean runs must");
}

/// Numbers that were counted by hand, or that the tools' own machine formats state.
#[test]
fn public_projects_are_counted_right() {
    let Some(dir) = shared() else { return };
    // passed, failed, excluded
    for (name, facts) in [
        ("gen_stage/exunit-120", (212, 0, 0)),
        ("nimble_options/exunit-120", (158, 0, 0)),
        ("nimble_parsec/exunit-114", (160, 0, 0)),
        ("elixir-lang/test_stdlib-119", (2191 + 4882 - 1, 1, 18)),
        ("elixir-lang/test_ex_unit-119", (54 + 401, 0, 0)),
        ("elixir-lang/test_logger-119", (3 + 160, 0, 0)),
        ("elixir-lang/test_eex-119", (7 + 108, 0, 0)),
    ] {
        let counts = report(&dir.join("real").join(name)).tests.unwrap().counts;
        let excluded = if facts.2 == 0 { 0 } else { counts.excluded };
        assert_eq!((counts.passed, counts.failed, excluded), facts, "{name}");
    }
    for (name, total) in [
        ("papercups/credo-json", 527),
        ("papercups/credo-oneline", 527),
        ("papercups/credo-strict-all", 527),
        ("teslamate/credo-json", 334),
        ("teslamate/credo-oneline", 334),
        ("teslamate/credo-text", 6 + 87 + 41 + 101),
        ("gen_stage/dialyzer-short", 6),
        ("gen_stage/dialyzer-default", 6),
        ("gen_stage/dialyzer-raw", 6),
        ("phoenix/sobelow-json", 79),
        ("phoenix/sobelow-txt", 79),
        ("teslamate/sobelow-json", 22),
        ("teslamate/sobelow-txt", 22),
        ("realtime/sobelow-json", 0),
    ] {
        let report = report(&dir.join("real").join(name));
        // What compilers say beside them is counted apart.
        let compiler = report.findings.iter().filter(|f| f.tool == Tool::Compiler);
        let others = report.findings_in_all() - compiler.count() as u64;
        assert_eq!(others, total, "{name}");
    }
}

/// The lines of a text without colour.
fn lines(path: &Path) -> Vec<String> {
    let bytes = fs::read(path).unwrap_or_default();
    let text = String::from_utf8_lossy(&gatekeeper_parsers::text::strip_sgr(&bytes)).into_owned();
    text.lines().map(str::to_owned).collect()
}

/// Warnings of compilers, counted from their places backwards: a line that is a place, and the nearest line above it that
/// starts a diagnostic.
fn warnings(lines: &[String]) -> BTreeSet<(String, String)> {
    let mut found = BTreeSet::new();
    let word = |line: &str| {
        let line = line.trim_start_matches(|c| ".*F?I ".contains(c));
        let line = line.split_once("]    ").map_or(line, |(_, rest)| rest);
        let at = |word: &str| line.strip_prefix(word).map(str::to_owned);
        at("warning: ").map(Some).or(at("error: ").map(|_| None))
    };
    for (index, line) in lines.iter().enumerate() {
        let span = line.trim_start().strip_prefix("└─ ");
        let plain = line.strip_prefix("  ").filter(|rest| {
            let path = rest.split(':').next().unwrap_or_default();
            !path.contains(' ') && [".ex", ".exs"].iter().any(|e| path.ends_with(e))
        });
        let Some(place) = span.or(plain) else {
            continue;
        };
        let place = place.split(": ").next().unwrap_or_default().to_owned();
        let head = lines[..index].iter().rev().take(200).find_map(|l| word(l));
        let evaluated = place.starts_with("nofile") || place.starts_with("iex");
        if let Some(Some(message)) = head.filter(|_| !evaluated) {
            found.insert((place, message));
        }
    }
    found
}

#[test]
fn every_warning_of_a_compiler_is_found() {
    let Some(dir) = shared() else { return };
    let mut all = Vec::new();
    folders(&dir, &mut all);
    let (mut total, mut with) = (0, 0);
    for dir in all {
        let both = ["stdout.txt", "stderr.txt"].map(|name| warnings(&lines(&dir.join(name))));
        let expected: BTreeSet<(String, String)> = both.into_iter().flatten().collect();
        let mut actual = BTreeSet::new();
        for f in report(&dir)
            .findings
            .iter()
            .filter(|f| f.tool == Tool::Compiler)
        {
            let f = &f.finding;
            if f.severity >= Severity::High {
                continue;
            }
            let mut place = f.path.clone().unwrap_or_default();
            for n in [f.line, f.column].into_iter().flatten() {
                place = format!("{place}:{n}");
            }
            let first = f.message.lines().next().unwrap_or_default();
            actual.insert((place, first.to_owned()));
        }
        assert_eq!(actual, expected, "{}", dir.display());
        total += expected.len();
        with += usize::from(!expected.is_empty());
    }
    assert!(total > 2000 && with > 200, "{total} in {with} captures");
}
