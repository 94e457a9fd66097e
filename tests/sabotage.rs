//! A gate cannot be talked into green: one clean project, a policy that requires everything, and many ways to spoil one
//! piece of its evidence. None of them may pass. And the other way round: what is clean is not called undecided.

use std::collections::BTreeMap;
use std::fs;
use std::io::Write as _;
use std::path::Path;
use std::sync::LazyLock;

use gatekeeper::benchmark;
use gatekeeper::compare::Against;
use gatekeeper::config;
use gatekeeper::gates::{Policy, Ruling};
use gatekeeper::policy::Date;
use gatekeeper::report::{Project, Report, Shard, Source};
use gatekeeper::source;
use gatekeeper_parsers::{Completeness, Defect, DefectKind, Expect, Position};

use crate::cases;

const POLICY: &str = r#"
require = ["tests", "coverage", "credo", "dialyzer", "sobelow", "mix_audit", "hex_audit", "format", "docs", "benchmark"]
[tests]
max_failed = 0
max_skipped = 5
[coverage]
min = 50
[[coverage.layer]]
name = "all"
paths = ["lib/**"]
min = 50
[findings.sobelow]
max_high = 0
max_medium = 0
[docs]
min_docs = 85
min_moduledocs = 100
min_specs = 70
[[benchmark]]
job = "*"
max_median = "1 ms"
max_change_percent = 0
reference = "main.json"
"#;

/// The clean project: a capture for each tool.
const CLEAN: [(&str, &str); 10] = [
    ("tests", "exunit/1.20.4/pass"),
    ("coverage", "excoveralls/0.18.5-1.20.4/json-report"),
    ("credo", "credo/1.7.19-1.20.4/clean-json"),
    ("dialyzer", "dialyxir/1.4.7-1.20.4/clean"),
    ("sobelow", "sobelow/0.15.0-1.20.4/webclean-fmt-json"),
    ("mix_audit", "mix_audit/2.1.5-1.20.4/clean-json"),
    ("hex_audit", "hex_audit/2.5.1-synthetic/clean"),
    ("format", "mix_format/1.20.4/clean"),
    ("docs", "doctor/0.23.0-synthetic/clean"),
    ("benchmark", "benchee/1.5.0-1.20.4/json"),
];

type Files = BTreeMap<String, Vec<u8>>;

fn capture(name: &str) -> Files {
    let dir = Path::new(env!("CARGO_MANIFEST_DIR"))
        .join("fixtures/captures")
        .join(name);
    let case = cases::load(&dir);
    let mut files = Files::new();
    for entry in fs::read_dir(&dir).unwrap().map(Result::unwrap) {
        let name = entry.file_name().into_string().unwrap();
        // A report stands alone; the command that wrote it is another source.
        let wanted = case.report.as_ref().is_none_or(|report| *report == name);
        if wanted && name != "case.toml" {
            files.insert(name, fs::read(entry.path()).unwrap());
        }
    }
    files
}

fn clean() -> BTreeMap<&'static str, Files> {
    CLEAN
        .iter()
        .map(|(slot, name)| (*slot, capture(name)))
        .collect()
}

fn policy(text: &str) -> Policy {
    let mut policy = config::read("gatekeeper.toml", text).unwrap();
    policy.today = Date::new(2026, 11, 21);
    policy
}

fn sources(project: &BTreeMap<&'static str, Files>) -> Vec<Source> {
    let root = tempfile::tempdir().unwrap();
    let mut all = Vec::new();
    for (slot, files) in project {
        let dir = root.path().join(slot);
        fs::create_dir(&dir).unwrap();
        for (name, bytes) in files {
            fs::write(dir.join(name), bytes).unwrap();
        }
        all.extend(source::open(dir.to_str().unwrap(), Expect::default()).unwrap());
    }
    all
}

/// Benchmarks as they were: those of the clean project.
fn against() -> Against {
    let clean = BTreeMap::from([("benchmark", capture("benchee/1.5.0-1.20.4/json"))]);
    let sources = sources(&clean);
    let scenarios = sources.iter().filter_map(|s| s.evidence.benchmarks());
    let recorded = benchmark::recorded(scenarios.flat_map(|b| &b.scenarios));
    Against {
        references: [("main.json".to_owned(), recorded)].into(),
        ..Against::default()
    }
}

fn report(project: &BTreeMap<&'static str, Files>) -> Report {
    static AGAINST: LazyLock<Against> = LazyLock::new(against);
    Report::against(
        sources(project),
        &policy(POLICY),
        Project::default(),
        &AGAINST,
    )
}

/// What is done to any piece of evidence.
type Spoil = fn(&mut Files);

const GENERIC: [(&str, Spoil); 14] = [
    ("missing", |f| f.clear()),
    ("empty", |f| each(f, |_| Vec::new())),
    ("white space", |f| each(f, |_| b" \n\t\n".to_vec())),
    ("{}", |f| each(f, |_| b"{}".to_vec())),
    ("[]", |f| each(f, |_| b"[]\n".to_vec())),
    ("null", |f| each(f, |_| b"null".to_vec())),
    ("cut in half", |f| each(f, |b| b[..b.len() / 2].to_vec())),
    ("cut before its end", |f| {
        each(f, |b| b[..b.len().saturating_sub(3)].to_vec())
    }),
    ("its first half lost", |f| {
        each(f, |b| b[b.len() / 2..].to_vec())
    }),
    ("zeros", |f| each(f, |b| vec![0; b.len()])),
    ("a forged summary", |f| {
        each(f, |_| {
            b"Finished in 0.1 seconds\n212 tests, 0 failures\nAll good!\n".to_vec()
        });
    }),
    ("a web page", |f| {
        each(f, |_| b"<!doctype html><title>404</title>".to_vec())
    }),
    ("killed", |f| {
        each(f, |b| b[..b.len() / 3].to_vec());
        f.insert("exit.txt".into(), b"137\n".to_vec());
    }),
    ("failed in silence", |f| {
        each(f, |_| Vec::new());
        f.insert("exit.txt".into(), b"1\n".to_vec());
    }),
];

/// What is no sabotage. `mix format` says nothing when all is well: its proof is its exit code, whatever a compiler
/// or a hook prints beside it. And Dialyzer's last line states the result by itself, so its head may be lost.
fn by_its_code(slot: &str, name: &str) -> bool {
    let ended_badly = ["missing", "killed", "failed in silence"];
    (slot == "format" && !ended_badly.contains(&name))
        || (slot, name) == ("dialyzer", "its first half lost")
}

/// Every file but those about the command.
fn each(files: &mut Files, spoil: impl Fn(&[u8]) -> Vec<u8>) {
    for (name, bytes) in files.iter_mut() {
        if name != "exit.txt" && name != "cmd.txt" {
            *bytes = spoil(bytes);
        }
    }
}

/// Real runs of a tool that show nothing, or bad news, in the place of the clean one.
const REAL: &[(&str, &[&str])] = &[
    (
        "tests",
        &[
            "exunit/1.20.4/all-excluded",
            "exunit/1.20.4/only-none",
            "exunit/1.20.4/only-skipped",
            "exunit/1.20.4/vm-halt",
            "exunit/1.20.4/vm-abort",
            "exunit/1.20.4/hang-sigkill",
            "exunit/1.20.4/formatter-null",
            "exunit/1.20.4/no-file",
            "exunit/1.20.4/compile-error",
            "exunit/1.20.4/syntax-error",
            "exunit/1.20.4/bad-option",
            "exunit/1.20.4/dry-run",
            "exunit/1.20.4/empty",
            "exunit/1.20.4/stale-again",
            "exunit/1.20.4/load-raise",
            "exunit/1.20.4/missing-end",
            "exunit/1.20.4/setup-all-raise",
            "exunit/1.20.4/max-failures",
            "exunit/1.20.4/raise",
            "exunit/1.20.4/partitions-missing",
            "exunit/1.20.4/warnings-as-errors",
            "junit/3.4.0-1.20.4/only-skipped-report",
            "junit/3.4.0-1.20.4/vm-halt",
            "mix_cover/1.20.4/cover-strict",
        ],
    ),
    (
        "credo",
        &[
            "credo/1.7.19-1.20.4/badconfig",
            "credo/1.7.19-1.20.4/missing-config",
            "credo/1.7.19-1.20.4/unknown-format",
            "credo/1.7.19-1.20.4/unknown-switch",
            "credo/1.7.19-1.20.4/broken-json",
            "credo/1.7.19-1.20.4/diff-badref",
            "credo/1.7.19-1.20.4/diff-nogit",
            "credo/1.7.19-1.20.4/default",
        ],
    ),
    (
        "dialyzer",
        &[
            "dialyxir/1.4.7-1.20.4/plt-only",
            "dialyxir/1.4.7-1.20.4/explain",
            "dialyxir/1.4.7-1.20.4/old-erlex-short-crash",
            "dialyxir/1.4.7-1.20.4/old-erlex-fmt-bad",
            "dialyxir/1.4.7-1.20.4/default",
        ],
    ),
    (
        "sobelow",
        &[
            "sobelow/0.15.0-1.20.4/webbroken-json",
            "sobelow/0.15.0-1.20.4/webbroken-txt",
            "sobelow/0.15.0-1.20.4/webshop-bad-format",
            "sobelow/0.15.0-1.20.4/webshop-default",
        ],
    ),
    (
        "mix_audit",
        &[
            "mix_audit/2.1.5-1.20.4/offline-json",
            "mix_audit/2.1.5-1.20.4/version",
            "mix_audit/2.1.5-1.20.4/vuln-json",
        ],
    ),
    (
        "hex_audit",
        &[
            "hex_audit/2.4.2-synthetic/cached",
            "hex_audit/2.5.1-synthetic/all-ignored",
            "hex_audit/2.5.1-synthetic/both",
        ],
    ),
    (
        "format",
        &[
            "mix_format/1.20.4/broken",
            "mix_format/1.20.4/check",
            "mix_format/1.20.4/missing",
        ],
    ),
    ("coverage", &["excoveralls/0.18.5-1.20.4/badconfig"]),
    (
        "docs",
        &[
            "doctor/0.23.0-1.20.4/default",
            "doctor/0.23.0-1.20.4/failed",
            "doctor/0.23.0-1.20.4/short",
            "doctor/0.23.0-1.20.4/strict-short",
            "doctor/0.23.0-synthetic/summary-failed",
        ],
    ),
    // Other medians, of another machine.
    ("benchmark", &["benchee/1.5.0-1.14.0/json"]),
];

/// What is said of documentation that is not so.
const DOCS: &[(&str, &str, &str)] = &[
    (
        "no number",
        "Total Doc Coverage: 85.7%",
        "Total Doc Coverage: NaN%",
    ),
    (
        "negative",
        "Total Doc Coverage: 85.7%",
        "Total Doc Coverage: -85.7%",
    ),
    (
        "over 100 %",
        "Total Doc Coverage: 85.7%",
        "Total Doc Coverage: 857.0%",
    ),
    ("nothing", "Total Doc Coverage: 85.7%\n", ""),
    (
        "twice",
        "Total Doc Coverage: 85.7%\n",
        "Total Doc Coverage: 85.7%\nTotal Doc Coverage: 99.9%\n",
    ),
    (
        "below the minimum",
        "Total Spec Coverage: 71.4%",
        "Total Spec Coverage: 69.4%",
    ),
    ("no modules", "Total Moduledoc Coverage: 100.0%\n", ""),
    ("no verdict", "Doctor validation has passed!\n", ""),
    ("another verdict", "has passed!", "has failed!"),
    ("no module", "Passed Modules: 6", "Passed Modules: 0"),
];

/// A job, its input, median and samples.
type Job = (&'static str, &'static str, &'static str, &'static str);

/// Reports of benchmarks that are no measurement, or a slower one.
const BENCHMARKS: &[(&str, &[Job])] = &[
    (
        "no number",
        &[
            ("map.flatten ünï", "", "NaN", "1,1"),
            ("flat_map", "", "1", "1,1"),
        ],
    ),
    (
        "negative",
        &[
            ("map.flatten ünï", "", "-1", "1,1"),
            ("flat_map", "", "1", "1,1"),
        ],
    ),
    (
        "too large a number",
        &[
            ("map.flatten ünï", "", "1e999", "1,1"),
            ("flat_map", "", "1", "1,1"),
        ],
    ),
    (
        "a text for a number",
        &[
            ("map.flatten ünï", "", "\"1\"", "1,1"),
            ("flat_map", "", "1", "1,1"),
        ],
    ),
    (
        "no median",
        &[
            ("map.flatten ünï", "", "null", "1,1"),
            ("flat_map", "", "1", "1,1"),
        ],
    ),
    (
        "no sample",
        &[
            ("map.flatten ünï", "", "1", ""),
            ("flat_map", "", "1", "1,1"),
        ],
    ),
    (
        "fewer samples",
        &[
            ("map.flatten ünï", "", "1", "1"),
            ("flat_map", "", "1", "1,1"),
        ],
    ),
    ("a job less", &[("flat_map", "", "1", "1,1")]),
    (
        "a job more",
        &[
            ("map.flatten ünï", "", "1", "1,1"),
            ("flat_map", "", "1", "1,1"),
            ("new", "", "1", "1,1"),
        ],
    ),
    (
        "a job twice",
        &[
            ("map.flatten ünï", "", "1", "1,1"),
            ("flat_map", "", "1", "1,1"),
            ("flat_map", "", "2", "1,1"),
        ],
    ),
    (
        "other inputs",
        &[
            ("map.flatten ünï", "Big", "1", "1,1"),
            ("flat_map", "Big", "1", "1,1"),
        ],
    ),
    (
        "slower than it was",
        &[
            ("map.flatten ünï", "", "41481.001", "1,1"),
            ("flat_map", "", "1", "1,1"),
        ],
    ),
    (
        "slower than permitted",
        &[
            ("map.flatten ünï", "", "1000000.001", "1,1"),
            ("flat_map", "", "1", "1,1"),
        ],
    ),
];

fn benchmarks(all: &[Job]) -> Vec<u8> {
    let one = |(job, input, median, samples): &Job| {
        let input = if input.is_empty() {
            "__no_input"
        } else {
            input
        };
        format!(
            "{{\"job_name\":\"{job}\",\"input_name\":\"{input}\",\"run_time_data\":{{\"statistics\":{{\"median\":{median},\"sample_size\":2}},\"samples\":[{samples}]}}}}"
        )
    };
    let all: Vec<String> = all.iter().map(one).collect();
    format!("[{}]", all.join(",")).into_bytes()
}

/// Coverage reports that are no measurement.
const COVERAGE: &[(&str, &str, &str)] = &[
    (
        "not a number",
        "excoveralls.json",
        r#"{"source_files":[{"name":"lib/a.ex","source":"a","coverage":[NaN]}]}"#,
    ),
    (
        "negative hits",
        "excoveralls.json",
        r#"{"source_files":[{"name":"lib/a.ex","source":"a\nb","coverage":[-1,1]}]}"#,
    ),
    (
        "too large a number",
        "excoveralls.json",
        r#"{"source_files":[{"name":"lib/a.ex","source":"a","coverage":[1e999]}]}"#,
    ),
    (
        "a text for a number",
        "excoveralls.json",
        r#"{"source_files":[{"name":"lib/a.ex","source":"a","coverage":["1"]}]}"#,
    ),
    (
        "no file at all",
        "excoveralls.json",
        r#"{"source_files":[]}"#,
    ),
    (
        "no relevant line",
        "excoveralls.json",
        r#"{"source_files":[{"name":"lib/a.ex","source":"a","coverage":[null]}]}"#,
    ),
    (
        "another prefix",
        "excoveralls.json",
        r#"{"source_files":[{"name":"/home/ci/other/lib/a.ex","source":"a","coverage":[1]}]}"#,
    ),
    (
        "two reports in one",
        "excoveralls.json",
        r#"{"source_files":[{"name":"lib/a.ex","source":"a","coverage":[1]}]}{"source_files":[]}"#,
    ),
    (
        "more hit than found",
        "lcov.info",
        "TN:\nSF:lib/a.ex\nDA:1,1\nLF:1\nLH:2\nend_of_record\n",
    ),
    (
        "negative hits in LCOV",
        "lcov.info",
        "TN:\nSF:lib/a.ex\nDA:1,-1\nLF:1\nLH:1\nend_of_record\n",
    ),
    (
        "LCOV without an end",
        "lcov.info",
        "TN:\nSF:lib/a.ex\nDA:1,1\nLF:1\nLH:1\n",
    ),
    (
        "a rate over 100 %",
        "cobertura.xml",
        r#"<?xml version="1.0"?><coverage line-rate="1.5" lines-covered="3" lines-valid="2" version="1" timestamp="1"><packages/></coverage>"#,
    ),
    (
        "a rate that is no number",
        "cobertura.xml",
        r#"<?xml version="1.0"?><coverage line-rate="NaN" lines-covered="1" lines-valid="1" version="1" timestamp="1"><packages/></coverage>"#,
    ),
];

#[test]
fn the_clean_project_passes() {
    let report = report(&clean());
    let rulings: Vec<(&str, Ruling, &str)> = report
        .gates
        .iter()
        .map(|g| {
            (
                g.id.as_str(),
                g.judgement.ruling,
                g.judgement.because.as_str(),
            )
        })
        .collect();
    assert_eq!(report.verdict, Ruling::Pass, "{rulings:#?}");
    let ids: Vec<&str> = rulings.iter().map(|(id, ..)| *id).collect();
    assert_eq!(
        ids,
        [
            "tests",
            "tests.skipped",
            "coverage",
            "coverage.layer:all",
            "dialyzer",
            "security",
            "credo",
            "findings.sobelow",
            "audit",
            "compile",
            "format",
            "docs",
            "docs.coverage:docs",
            "docs.coverage:moduledocs",
            "docs.coverage:specs",
            "benchmark:*",
            "benchmark:* (change)",
        ]
    );
    // What the tables below spoil is clean before.
    let two = [
        ("map.flatten ünï", "", "41481", "1,1"),
        ("flat_map", "", "1", "1,1"),
    ];
    let mut other = clean();
    other.insert(
        "benchmark",
        Files::from([("out.json".to_owned(), benchmarks(&two))]),
    );
    assert_eq!(self::report(&other).verdict, Ruling::Pass);
}

#[test]
fn no_sabotage_passes() {
    let (mut rows, mut passed) = (0, Vec::new());
    let mut judge = |name: String, project: &BTreeMap<&'static str, Files>| {
        rows += 1;
        if report(project).verdict == Ruling::Pass {
            passed.push(name);
        }
    };
    for (slot, _) in CLEAN {
        for (name, spoil) in GENERIC {
            if by_its_code(slot, name) {
                continue;
            }
            let mut project = clean();
            spoil(project.get_mut(slot).unwrap());
            judge(format!("{slot}: {name}"), &project);
        }
        if slot != "format" {
            let mut project = clean();
            let other = if slot == "credo" { "sobelow" } else { "credo" };
            let foreign = project[other].get("stdout.txt").unwrap().clone();
            each(project.get_mut(slot).unwrap(), |_| foreign.clone());
            judge(format!("{slot}: the output of {other}"), &project);
        }
        if slot != "coverage" && slot != "benchmark" {
            let mut project = clean();
            project
                .get_mut(slot)
                .unwrap()
                .insert("exit.txt".into(), b"1\n".to_vec());
            judge(format!("{slot}: exit code 1"), &project);
        }
    }
    for (slot, captures) in REAL {
        for name in *captures {
            let mut project = clean();
            project.insert(slot, capture(name));
            judge(format!("{slot}: {name}"), &project);
        }
    }
    for (name, file, text) in COVERAGE {
        let mut project = clean();
        project.insert(
            "coverage",
            Files::from([((*file).to_owned(), text.as_bytes().to_vec())]),
        );
        judge(format!("coverage: {name}"), &project);
    }
    documentation(&mut judge);
    for (name, all) in BENCHMARKS {
        let mut project = clean();
        let file = Files::from([("out.json".to_owned(), benchmarks(all))]);
        project.insert("benchmark", file);
        judge(format!("benchmark: {name}"), &project);
    }
    assert!(passed.is_empty(), "these pass: {passed:#?}");
    assert!(rows >= 200, "{rows} rows");
}

fn documentation(judge: &mut dyn FnMut(String, &BTreeMap<&'static str, Files>)) {
    for (name, from, to) in DOCS {
        let mut project = clean();
        let files = project.get_mut("docs").unwrap();
        let out = files.get_mut("stdout.txt").unwrap();
        let text = String::from_utf8(out.clone()).unwrap();
        assert!(text.contains(from), "{from}");
        *out = text.replace(from, to).into_bytes();
        judge(format!("docs: {name}"), &project);
    }
}

#[test]
fn stale_evidence_does_not_pass() {
    for slot in 0..CLEAN.len() {
        let mut all = sources(&clean());
        let message = "files changed since it ran; run it again";
        let defect = Defect::new(DefectKind::Stale, message, Position::default());
        all[slot].lower(Completeness::Partial, defect);
        let report = Report::against(all, &policy(POLICY), Project::default(), &against());
        assert_eq!(report.verdict, Ruling::Undecided, "{slot}");
    }
}

#[test]
fn shards_are_counted_and_named() {
    let shards = |indices: &[Option<u32>]| {
        let one = sources(&clean())
            .into_iter()
            .find(|s| s.format == Some("exunit-console"))
            .unwrap();
        let runs = indices.iter().map(|index| {
            let mut run = one.clone();
            run.sha256 = None;
            run.shard = index.map(|index| Shard { index, total: None });
            run
        });
        let report = Report::assemble(
            runs.collect(),
            &policy("expected_shards = 3"),
            Project::default(),
        );
        let gate = report.gates.iter().find(|g| g.id == "shards").unwrap();
        (report.verdict, gate.judgement.because.clone())
    };
    let folder =
        Path::new(env!("CARGO_MANIFEST_DIR")).join("fixtures/captures/exunit/1.20.4/partitions-1");
    let captured = source::open(folder.to_str().unwrap(), Expect::default()).unwrap();
    assert_eq!(
        captured[0].shard,
        Some(Shard {
            index: 1,
            total: Some(2)
        }),
        "as cmd.txt says"
    );
    let undecided = |because: &str| (Ruling::Undecided, because.to_owned());
    assert_eq!(shards(&[Some(1), Some(3), Some(2)]).0, Ruling::Pass);
    assert_eq!(
        shards(&[Some(1), Some(3)]),
        undecided("shard 2 did not arrive")
    );
    assert_eq!(shards(&[Some(2)]), undecided("shards 1, 3 did not arrive"));
    assert_eq!(
        shards(&[Some(1), Some(2), Some(3), Some(2)]),
        undecided("shard 2 arrived twice")
    );
    assert_eq!(
        shards(&[Some(1), Some(2), Some(3), Some(4)]),
        undecided("shard 4 is none of those that are expected")
    );
    assert_eq!(
        shards(&[Some(1), Some(2), Some(3), None]),
        undecided("1 test run does not say which shard it is")
    );
}

/// Real runs that ended with 0, and of which the case says that everything in them is whole and nothing is bad.
#[test]
fn what_is_clean_is_not_called_undecided() {
    let (mut clean, mut doubted) = (0, Vec::new());
    for dir in cases::all() {
        let case = cases::load(&dir);
        let exit = fs::read_to_string(dir.join("exit.txt")).unwrap_or_default();
        let good = !case.part.is_empty()
            && case.part.iter().all(cases::Expected::is_clean)
            && case.verdict.as_deref() != Some("undecided");
        if !good || (case.report.is_none() && exit.trim() != "0") {
            continue;
        }
        clean += 1;
        let path = case
            .report
            .as_ref()
            .map_or_else(|| dir.clone(), |file| dir.join(file));
        let sources = source::open(path.to_str().unwrap(), Expect::default()).unwrap();
        let report = Report::assemble(
            sources,
            &policy("[tests]\nmax_skipped = 1000"),
            Project::default(),
        );
        // What is covered too little is no matter here: that is known.
        if report.verdict == Ruling::Undecided {
            doubted.push(dir.display().to_string());
        }
    }
    // Sobelow prints nothing on standard output when all is well, and then a captured folder does not show that
    // nothing was lost; `gatekeeper run`, which sees the stream's end, does.
    let known = ["webclean-default", "webclean-verbose"];
    doubted.retain(|dir: &String| !known.iter().any(|name| dir.ends_with(name)));
    let list = format!(
        "{} of {clean} clean runs are undecided: {doubted:#?}\n",
        doubted.len()
    );
    std::io::stderr().write_all(list.as_bytes()).unwrap();
    assert!(clean > 60, "{clean} clean runs");
    assert!(doubted.len() * 100 <= clean, "of {clean}: {doubted:#?}");
}
