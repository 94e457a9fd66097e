//! Rules about the code and its tables that no type can hold.

use std::collections::BTreeSet;
use std::fs;
use std::num::NonZeroU32;
use std::path::{Path, PathBuf};
use std::process::Command;

use gatekeeper::baseline::Standing;
use gatekeeper::compare::{Against, Change, Changes, Kind};
use gatekeeper::emit::{EMITTERS, Style};
use gatekeeper::exit::ExitCode;
use gatekeeper::failures::CATEGORIES;
use gatekeeper::gates::{GATES, Policy};
use gatekeeper::policy::{self, Date, Origin, PartRule, Patterns, Setting, Waiver, Weight};
use gatekeeper::report::{Project, Report, Shadow, Source};
use gatekeeper::suppressions::Suppression;
use gatekeeper_parsers::evidence::{
    Benchmarks, Coverage, Evidence, Failure, FileCoverage, Finding, Findings, Measure, Scenario,
    Severity, TestError, Tests,
};
use gatekeeper_parsers::{Completeness, Defect, DefectKind, FORMATS, Position, Tool};

fn rust_files(dir: &Path) -> Vec<PathBuf> {
    let mut found = Vec::new();
    for entry in fs::read_dir(dir).unwrap().map(|e| e.unwrap().path()) {
        if entry.is_dir() {
            found.extend(rust_files(&entry));
        } else if entry.extension().is_some_and(|e| e == "rs") {
            found.push(entry);
        }
    }
    found
}

#[test]
fn pure_modules_do_not_touch_the_world() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let pure = [
        "baseline",
        "benchmark",
        "compare",
        "command",
        "silence",
        "vouched",
        "witness",
        "report",
        "coverage",
        "modules/scan",
        "fingerprint",
        "failures",
        "gates",
        "policy",
        "waiver",
        "words",
        "emit",
        "wire",
        "exit",
        "sanitise",
        "channel/join",
        "wave/paper",
        "wave/pdf",
        "wave/pptx",
    ];
    let mut files = rust_files(&root.join("parsers/src"));
    for name in pure {
        let file = root.join(format!("src/{name}.rs"));
        assert!(file.exists(), "{name} has moved: mend this list");
        files.push(file);
        let dir = root.join("src").join(name);
        if dir.is_dir() {
            files.extend(rust_files(&dir));
        }
    }
    // Tests may read fixtures.
    files.retain(|f| {
        !["tests.rs", "damage.rs", "stream_damage.rs"]
            .iter()
            .any(|name| f.ends_with(name))
    });
    for file in files {
        let text = fs::read_to_string(&file).unwrap();
        let code = text.split("#[cfg(test)]").next().unwrap();
        for word in [
            "std::fs",
            "std::process",
            "std::env",
            "SystemTime",
            "Instant",
            "std::net",
        ] {
            assert!(!code.contains(word), "{} uses {word}", file.display());
        }
    }
}

#[test]
fn only_publishing_uses_the_network() {
    let src = Path::new(env!("CARGO_MANIFEST_DIR")).join("src");
    let mut users = 0;
    for file in rust_files(&src) {
        let text = fs::read_to_string(&file).unwrap();
        if !["ureq", "std::net", "TcpStream", "UdpSocket"]
            .iter()
            .any(|w| text.contains(w))
        {
            continue;
        }
        let below = file.strip_prefix(&src).unwrap();
        let publishes = below.starts_with("publish") || below.ends_with("cli/publish.rs");
        assert!(publishes, "{} uses the network", file.display());
        users += 1;
    }
    assert!(users >= 3, "publishing has moved: mend this test");
}

#[test]
fn ids_are_unique_and_explained() {
    let mut ids: Vec<String> = Vec::new();
    ids.extend(GATES.iter().map(|g| g.id.to_owned()));
    ids.extend(CATEGORIES.iter().map(|c| c.id.to_owned()));
    ids.extend(DefectKind::ALL.iter().map(|d| d.id().to_owned()));
    ids.extend(FORMATS.iter().map(|f| f.id.to_owned()));
    ids.extend(ExitCode::ALL.iter().map(|c| c.code().to_string()));
    for table in [
        GATES.iter().map(|g| g.id).collect::<Vec<_>>(),
        CATEGORIES.iter().map(|c| c.id).collect(),
        DefectKind::ALL.iter().map(|d| d.id()).collect(),
        FORMATS.iter().map(|f| f.id).collect(),
        EMITTERS.iter().map(|e| e.id).collect(),
    ] {
        let unique: BTreeSet<&str> = table.iter().copied().collect();
        assert_eq!(unique.len(), table.len(), "an id stands twice in {table:?}");
    }
    for id in ids.iter().chain([&"143".to_owned(), &"formats".to_owned()]) {
        let out = Command::new(env!("CARGO_BIN_EXE_gatekeeper"))
            .args(["explain", id])
            .output()
            .unwrap();
        assert!(out.status.success(), "explain {id}");
        assert!(out.stdout.len() > 60, "explain {id} says nothing");
    }
}

#[test]
fn every_format_is_fuzzed() {
    let fuzz = Path::new(env!("CARGO_MANIFEST_DIR")).join("fuzz");
    let manifest = fs::read_to_string(fuzz.join("Cargo.toml")).unwrap();
    let manifest: toml::Table = manifest.parse().unwrap();
    let targets = manifest["bin"].as_array().unwrap();
    let mut targets: BTreeSet<&str> = targets
        .iter()
        .map(|t| t["name"].as_str().unwrap())
        .collect();
    for id in FORMATS.iter().map(|f| f.id).chain(["detect"]) {
        assert!(targets.remove(id), "fuzz/Cargo.toml has no [[bin]] {id}");
        let words = fs::read_to_string(fuzz.join(format!("dictionaries/{id}.dict")));
        let words = words.unwrap_or_else(|e| panic!("the dictionary of {id}: {e}"));
        let entries = words.lines().filter(|l| l.starts_with('"') && l.len() > 2);
        assert!(entries.count() >= 5, "the dictionary of {id} is empty");
    }
    assert!(targets.is_empty(), "fuzz targets of no format: {targets:?}");
}

/// A report in which every text is hostile.
fn hostile_report() -> Report {
    let evil = "\x1b]0;x\x07::error::a\r\n##[add-mask]b|<img src=x>\u{202e}@team";
    let text = || Some(evil.to_owned());
    let error = TestError {
        message: evil.into(),
        left: Some(evil.into()),
        right: Some(evil.into()),
        code: Some(evil.into()),
        ..TestError::default()
    };
    let failure = Failure {
        name: text(),
        module: Some(evil.into()),
        file: Some(evil.into()),
        errors: vec![error],
        ..Failure::default()
    };
    let mut tests = Tests {
        failures: vec![failure],
        ..Tests::default()
    };
    tests.counts.failed = 1;
    let defect = Defect::new(DefectKind::Cut, evil, Position::default());
    let source = |tool, evidence| {
        let mut source = Source::unreadable(evil, defect.clone());
        (source.tool, source.evidence, source.completeness) =
            (Some(tool), evidence, Completeness::Partial);
        source
    };
    let sources = vec![
        source(Tool::Exunit, Evidence::Tests(tests)),
        source(
            Tool::Benchee,
            Evidence::Benchmarks(hostile_benchmarks(evil)),
        ),
        source(Tool::Sobelow, Evidence::Findings(hostile_findings(evil))),
        source(
            Tool::Excoveralls,
            Evidence::Coverage(hostile_coverage(evil)),
        ),
        Source::unreadable(evil, defect.clone()),
    ];
    let against = Against {
        changes: Some(Ok(hostile_changes(evil))),
        baseline: Some(Standing {
            path: evil.into(),
            found: Err(evil.into()),
        }),
        ..Against::default()
    };
    let policy = hostile_policy(evil);
    let mut report = Report::against(sources, &policy, Project::default(), &against);
    hostile_remarks(&mut report, evil);
    report
}

fn hostile_findings(evil: &str) -> Findings {
    let text = || Some(evil.to_owned());
    let mut findings = Findings::new(Tool::Sobelow);
    let finding = Finding {
        rule: evil.into(),
        category: text(),
        severity: Severity::High,
        confidence: text(),
        message: evil.into(),
        path: text(),
        line: None,
        column: None,
        end_column: None,
        function: text(),
    };
    findings.push(finding, 10);
    findings
}

pub(crate) fn hostile_benchmarks(evil: &str) -> Benchmarks {
    let scenario = Scenario {
        name: evil.into(),
        input: Some(evil.into()),
        median_ps: Some(1_500),
        ips: Some(evil.into()),
        samples: 1,
        ..Scenario::default()
    };
    Benchmarks {
        scenarios: vec![scenario],
        total: 1,
    }
}

pub(crate) fn hostile_coverage(evil: &str) -> Coverage {
    let file = FileCoverage {
        path: Some(evil.to_owned()),
        module: Some(evil.to_owned()),
        measure: Measure::Lines {
            covered: 0,
            relevant: 1,
        },
        lines: [(NonZeroU32::MIN, 0)].into_iter().collect(),
    };
    Coverage {
        totals: vec![file.measure],
        files: vec![file],
        missed_threshold: None,
    }
}

pub(crate) fn hostile_changes(evil: &str) -> Changes {
    let change = |path: String| Change {
        path,
        from: None,
        kind: Kind::Text,
        lines: vec![(1, 3)],
        whitespace: 1,
    };
    let mut changes = Changes {
        name: evil.into(),
        commit: evil.into(),
        files: vec![change(evil.to_owned()), change(format!("{evil}.ex"))],
        notes: vec![evil.into()],
        ..Changes::default()
    };
    changes.tree.insert(evil.into());
    changes
}

pub(crate) fn hostile_remarks(report: &mut Report, evil: &str) {
    report.shadow = Some(Shadow {
        from: evil.into(),
        changes: vec![policy::Change {
            key: evil.into(),
            used: Some(evil.into()),
            other: Some(evil.into()),
        }],
        verdict: None,
    });
    report.suppressions = Some(vec![Suppression {
        tool: "credo",
        path: evil.into(),
        line: 1,
        text: evil.into(),
    }]);
}

/// A policy whose texts are hostile too: TOML can spell any character.
pub(crate) fn hostile_policy(evil: &str) -> Policy {
    let mut policy = Policy::default();
    policy.coverage.layers.push(PartRule {
        name: evil.into(),
        patterns: Patterns::new(vec!["lib/**".into()]).unwrap(),
        min: Setting {
            value: 1,
            origin: Origin::named(evil.to_owned()),
        },
        severity: Weight::Warn,
    });
    policy.waivers.push(Waiver {
        finding: evil.into(),
        path: Patterns::new(vec![evil.into()]).ok(),
        reason: evil.into(),
        owner: evil.into(),
        expires: Date::new(2000, 1, 1).unwrap(),
        origin: Origin::named(evil.to_owned()),
    });
    policy
}

#[test]
fn every_emitter_shows_every_gate_and_lets_nothing_through() {
    let report = hostile_report();
    assert!(report.gates.len() >= 3);
    for emitter in EMITTERS {
        for verbose in [false, true] {
            let mut out = Vec::new();
            (emitter.write)(
                &report,
                Style {
                    verbose,
                    ..Style::default()
                },
                &mut out,
            )
            .unwrap();
            let text = String::from_utf8(out).unwrap();
            // The id of a part that the policy names with hostile letters is shown escaped.
            for gate in report.gates.iter().filter(|g| !g.id.contains('\x1b')) {
                assert!(
                    text.contains(&gate.id),
                    "{} does not show {}",
                    emitter.id,
                    gate.id
                );
            }
            // JSON carries the text itself; C0 is escaped by its own rules.
            let bidi = |c: char| c == '\u{202e}' && emitter.id != "json";
            let shown = text
                .chars()
                .find(|c| (c.is_control() && *c != '\n') || bidi(*c));
            assert_eq!(
                shown, None,
                "{} lets a control character through",
                emitter.id
            );
            // Its own commands are tested in `emit`.
            let mut lines = text.lines().filter(|_| emitter.id != "github");
            assert!(
                !lines.any(|l| l.trim_start().starts_with("::")),
                "{}: a workflow command",
                emitter.id
            );
            if emitter.id == "markdown" {
                let text = outside_fences(&text);
                assert!(
                    !text.contains("<img") && !text.contains("@team"),
                    "markdown: {text}"
                );
            }
        }
    }
}

/// Markdown without its fenced blocks, in which text is only text.
fn outside_fences(text: &str) -> String {
    let mut fence = None;
    let mut kept = String::new();
    for line in text.lines().map(str::trim_start) {
        let ticks = line.chars().take_while(|c| *c == '`').count();
        match fence {
            None if ticks >= 3 => fence = Some(ticks),
            Some(n) if ticks >= n && line.len() == ticks => fence = None,
            None => kept.push_str(line),
            Some(_) => {}
        }
    }
    assert_eq!(fence, None, "a fence stays open");
    kept
}

#[test]
fn the_same_evidence_gives_the_same_bytes() {
    let render = |emitter: &gatekeeper::emit::Emitter| {
        let mut out = Vec::new();
        (emitter.write)(&hostile_report(), Style::default(), &mut out).unwrap();
        out
    };
    for emitter in EMITTERS {
        assert_eq!(render(emitter), render(emitter), "{}", emitter.id);
    }
}
