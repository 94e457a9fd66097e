//! The baseline over real findings: edits that keep the meaning keep them known, and nothing new hides among them.

use std::io::BufRead;
use std::path::Path;

use gatekeeper::baseline::{self, Baseline, Standing};
use gatekeeper::compare::Against;
use gatekeeper::gates::Policy;
use gatekeeper::report::{Project, Report, Source};
use gatekeeper::source::{self, Origin};
use gatekeeper_parsers::evidence::{Evidence, Finding};
use gatekeeper_parsers::{Completeness, Expect, Stream, Tool};

mod edits;
mod file;
mod gates;

/// Real findings: Credo with functions, Dialyzer and Sobelow with files alone.
const CAPTURES: [&str; 4] = [
    "credo/1.7.19-1.20.4/enable-disabled-json",
    "credo/1.7.19-1.20.4/json-strict",
    "dialyxir/1.4.7-1.20.4/noignore-default",
    "sobelow/0.15.0-1.20.4/webshop-fmt-json",
];

fn capture(name: &str) -> Vec<Source> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("fixtures/captures");
    source::open(root.join(name).to_str().unwrap(), Expect::default()).unwrap()
}

fn findings(sources: &mut [Source]) -> &mut Vec<Finding> {
    let lists = sources.iter_mut().filter_map(|s| match &mut s.evidence {
        Evidence::Findings(f) => Some(&mut f.list),
        Evidence::Benchmarks(_)
        | Evidence::Nothing
        | Evidence::Tests(_)
        | Evidence::Coverage(_) => None,
    });
    lists.max_by_key(|list| list.len()).unwrap()
}

fn assembled(sources: Vec<Source>, policy: &Policy, baseline: Option<Standing>) -> Report {
    let against = Against {
        changes: None,
        baseline,
        ..Against::default()
    };
    Report::against(sources, policy, Project::default(), &against)
}

fn accepted(sources: Vec<Source>) -> Baseline {
    let report = assembled(sources, &Policy::default(), None);
    let entries = baseline::entries(&report.findings);
    let text = baseline::write(&entries, &[]);
    Baseline {
        entries: baseline::read(&text).unwrap().0,
        gone: Default::default(),
        benchmarks: Vec::new(),
    }
}

fn standing(found: Result<Baseline, String>) -> Option<Standing> {
    Some(Standing {
        path: "gatekeeper.baseline.json".into(),
        found,
    })
}

#[test]
fn nothing_changed_is_all_known_and_nothing_left_is_all_fixed() {
    for name in CAPTURES {
        let baseline = accepted(capture(name));
        let n = baseline.entries.len() as u64;
        assert!(n >= findings(&mut capture(name)).len() as u64);
        let report = assembled(
            capture(name),
            &Policy::default(),
            standing(Ok(baseline.clone())),
        );
        let outcome = report.baseline.unwrap();
        assert_eq!(
            (outcome.new, outcome.known, outcome.fixed),
            (0, n, 0),
            "{name}"
        );
        let mut sources = capture(name);
        for source in &mut sources {
            if let Evidence::Findings(f) = &mut source.evidence {
                f.list.clear();
                f.total = 0;
            }
        }
        let report = assembled(sources, &Policy::default(), standing(Ok(baseline)));
        assert_eq!(report.baseline.unwrap().fixed, n, "{name}");
    }
}

/// Findings of Credo, one a line: `rule path function message`.
fn credo(lines: &[&str]) -> Source {
    let issues: Vec<serde_json::Value> = lines
        .iter()
        .map(|line| {
            let words: Vec<&str> = line.splitn(4, ' ').collect();
            serde_json::json!({
                "category": "warning", "check": words[0], "filename": words[1], "line_no": 3, "column": 1,
                "column_end": 2, "message": words[3], "priority": 1, "trigger": "x",
                "scope": (words[2] != "-").then_some(words[2]),
            })
        })
        .collect();
    let text = serde_json::json!({ "issues": issues }).to_string();
    let mut bytes = text.as_bytes();
    let streams = vec![(Stream::Out, &mut bytes as &mut dyn BufRead)];
    let found = source::read(streams, Expect::default());
    let mut source = source::sources(&Origin::file("credo.json"), 0, None, found).remove(0);
    assert_eq!(source.tool, Some(Tool::Credo), "{:?}", source.defects);
    source.completeness = Completeness::Complete;
    source
}

fn counted(before: &[&str], after: &[&str], gone: &[&str]) -> (u64, u64, u64) {
    let mut baseline = accepted(vec![credo(before)]);
    baseline.gone = gone.iter().map(|g| (*g).to_owned()).collect();
    let report = assembled(
        vec![credo(after)],
        &Policy::default(),
        standing(Ok(baseline)),
    );
    let outcome = report.baseline.unwrap();
    (outcome.new, outcome.known, outcome.fixed)
}

/// What it is, findings before and after, files that are gone, and how many are new, known and fixed.
type Row<'a> = (
    &'a str,
    &'a [&'a str],
    &'a [&'a str],
    &'a [&'a str],
    (u64, u64, u64),
);

const ROWS: &[Row<'static>] = &[
    (
        "the same",
        &["R a.ex A.f x is 1"],
        &["R a.ex A.f x is 22"],
        &[],
        (0, 1, 0),
    ),
    (
        "a second equal one",
        &["R a.ex A.f x"],
        &["R a.ex A.f x", "R a.ex A.f x"],
        &[],
        (1, 1, 0),
    ),
    (
        "another rule",
        &["R a.ex A.f x"],
        &["S a.ex A.f x"],
        &[],
        (1, 0, 1),
    ),
    (
        "another arity",
        &["R a.ex - calls f/1"],
        &["R a.ex - calls f/2"],
        &[],
        (1, 0, 1),
    ),
    (
        "another function of the file",
        &["R a.ex A.f x"],
        &["R a.ex A.g x"],
        &[],
        (1, 0, 1),
    ),
    (
        "a moved function",
        &["R a.ex A.f x"],
        &["R b.ex B.f x"],
        &[],
        (0, 1, 0),
    ),
    (
        "moved and also left",
        &["R a.ex A.f x"],
        &["R a.ex A.f x", "R b.ex B.f x"],
        &[],
        (1, 1, 0),
    ),
    (
        "a renamed file",
        &["R a.ex - x"],
        &["R b.ex - x"],
        &["a.ex"],
        (0, 1, 0),
    ),
    (
        "the old file is still there",
        &["R a.ex - x"],
        &["R b.ex - x"],
        &[],
        (1, 0, 1),
    ),
    (
        "the new file was there before",
        &["R a.ex - x", "R b.ex - y"],
        &["R b.ex - x", "R b.ex - y"],
        &["a.ex"],
        (1, 1, 1),
    ),
    (
        "the old file has findings yet",
        &["R a.ex - x", "R a.ex - y"],
        &["R b.ex - x", "R a.ex - y"],
        &["a.ex"],
        (1, 1, 1),
    ),
    (
        "another format",
        &["R a.ex A.f x"],
        &["R a.ex - x"],
        &[],
        (0, 1, 0),
    ),
    (
        "the format before",
        &["R a.ex - x"],
        &["R a.ex A.f x"],
        &[],
        (0, 1, 0),
    ),
    (
        "a message that names a renamed file",
        &["R a.ex A.f copied in lib/b.ex:3 (mass: 40)"],
        &["R a.ex A.f copied in lib/c.ex:9 (mass: 41)"],
        &[],
        (0, 1, 0),
    ),
];

#[test]
fn what_is_known_new_and_fixed() {
    for (name, before, after, gone, expected) in ROWS {
        assert_eq!(counted(before, after, gone), *expected, "{name}");
    }
}

#[test]
fn a_tool_that_said_nothing_has_fixed_nothing() {
    let baseline = accepted(vec![credo(&["R a.ex A.f x"])]);
    let report = assembled(vec![], &Policy::default(), standing(Ok(baseline.clone())));
    assert_eq!(report.baseline.unwrap().fixed, 0);
    let mut cut = credo(&[]);
    cut.completeness = Completeness::Partial;
    let report = assembled(vec![cut], &Policy::default(), standing(Ok(baseline)));
    assert_eq!(report.baseline.unwrap().fixed, 0);
}
