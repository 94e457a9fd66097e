//! The PDF and the slides of a wave: the same bytes twice, whole files, hostile names, and what other programs say.

use std::num::NonZeroU32;
use std::time::{Duration, Instant};

use gatekeeper::gates::{Policy, Ruling};
use gatekeeper::report::{Project, Report, Source};
use gatekeeper::wave::paper::{Body, Paper, Point, WaveFacts, document};
use gatekeeper::wave::pdf::pdf;
use gatekeeper::wave::pptx::pptx;
use gatekeeper_parsers::evidence::{
    Coverage, Evidence, Failure, FileCoverage, Finding, Findings, Measure, Severity, TestError,
    Tests,
};
use gatekeeper_parsers::{Completeness, Defect, DefectKind, Expect, Position, Tool};

mod file;
mod programs;

/// Text that wants to break out of every medium.
const HOSTILE: &str = "a\u{202e}b\u{0}\u{1b}[31m\u{fffe}<&\">'(\\) %PDF ]]> 漢字 🚀 \u{85}end";

fn source(label: &str, tool: Tool, evidence: Evidence) -> Source {
    let mut source = Source::unreadable(
        label,
        Defect::new(DefectKind::Contradiction, "x", Position::default()),
    );
    source.defects.clear();
    source.completeness = Completeness::Complete;
    source.tool = Some(tool);
    source.evidence = evidence;
    source
}

/// `n` failures, each in a group of its own, with this text in every place.
fn tests(n: u32, text: &str) -> Source {
    let failures = (1..=n).map(|i| Failure {
        module: Some(format!("Shop.{text}Test").into()),
        name: Some(format!("{text} {i}")),
        file: Some(format!("test/shop/{text}_test.exs").into()),
        line: NonZeroU32::new(i),
        errors: vec![TestError {
            message: format!("Assertion with == failed: {text}"),
            ..TestError::default()
        }],
        ..Failure::default()
    });
    let mut tests = Tests {
        failures: failures.collect(),
        ..Tests::default()
    };
    tests.counts.passed = 1_204;
    tests.counts.failed = u64::from(n);
    source("mix test", Tool::Exunit, Evidence::Tests(tests))
}

fn coverage(files: u64, text: &str) -> Source {
    let files = (0..files).map(|i| FileCoverage {
        path: Some(format!(
            "lib/shop{}/{text}/part_{i}.ex",
            if i % 3 == 0 { "_web" } else { "" }
        )),
        module: None,
        measure: Measure::Lines {
            covered: i * 37 % 101,
            relevant: 100,
        },
        lines: Default::default(),
    });
    let files: Vec<FileCoverage> = files.collect();
    let lines = files.iter().map(|f| match f.measure {
        Measure::Lines { covered, .. } => covered,
        Measure::Rounded { .. } | Measure::Between { .. } => 0,
    });
    let total = Measure::Lines {
        covered: lines.sum(),
        relevant: 100 * files.len() as u64,
    };
    let coverage = Coverage {
        totals: vec![total],
        files,
        missed_threshold: None,
    };
    source(
        "cover/excoveralls.json",
        Tool::Excoveralls,
        Evidence::Coverage(coverage),
    )
}

fn findings(n: u32, text: &str) -> Source {
    let mut findings = Findings::new(Tool::Sobelow);
    for i in 0..n {
        let severities = [Severity::High, Severity::Low, Severity::Medium];
        let finding = Finding {
            rule: format!("XSS.Raw{text}"),
            category: None,
            severity: severities[i as usize % 3],
            confidence: None,
            message: format!("Cross-site scripting: {text} is rendered without escaping"),
            path: Some(format!("lib/shop_web/{text}/live.ex")),
            line: NonZeroU32::new(i + 1),
            column: None,
            end_column: None,
            function: None,
        };
        findings.push(finding, 100_000);
    }
    source("mix sobelow", Tool::Sobelow, Evidence::Findings(findings))
}

fn report(sources: Vec<Source>, name: &str) -> Report {
    let project = Project {
        name: Some(name.into()),
        commit: Some("3f1c9a64be7d20581e4a9c7b6d5f0e1a2b3c4d5e".into()),
        branch: Some("release/2026-11".into()),
        dirty: Some(false),
        ..Project::default()
    };
    Report::assemble(sources, &Policy::default(), project)
}

fn wave(waves: u32) -> WaveFacts {
    let point = |wave| Point {
        wave,
        coverage: (wave != 3).then_some(6_000 + u64::from(wave % 40) * 97),
        verdict: [Ruling::Pass, Ruling::Fail, Ruling::Pass, Ruling::Undecided][wave as usize % 4],
    };
    WaveFacts {
        number: waves.max(1),
        date: "2026-11-21T00:01:12Z".into(),
        trend: (1..=waves).map(point).collect(),
    }
}

/// What a delivery looks like in which something is wrong.
fn failing() -> Paper {
    let mut partial = source("mix credo --format json", Tool::Credo, Evidence::Nothing);
    let why = "the document ends inside an object: it was cut";
    partial.lower(
        Completeness::Partial,
        Defect::new(DefectKind::Cut, why, Position::default()),
    );
    let sources = vec![
        tests(7, "cart_total"),
        coverage(64, "checkout"),
        findings(48, "product"),
        partial,
    ];
    document(&report(sources, "shop"), &wave(12))
}

/// What real tools printed.
fn real() -> Paper {
    let open = |case: &str| {
        let path = format!("{}/fixtures/captures/{case}", env!("CARGO_MANIFEST_DIR"));
        gatekeeper::source::open(&path, Expect::default()).unwrap()
    };
    let cases = [
        "exunit/1.20.4/zoo-all",
        "excoveralls/0.18.5-1.20.4/json-report",
        "credo/1.7.19-1.20.4/json-strict",
        "sobelow/0.15.0-1.20.4/webshop-fmt-json",
    ];
    let mut sources: Vec<Source> = cases.into_iter().flat_map(open).collect();
    let root = format!("{}/fixtures/captures/", env!("CARGO_MANIFEST_DIR"));
    for source in &mut sources {
        source.label = source.label.replace(&root, "");
    }
    document(&report(sources, "shop"), &wave(2))
}

fn passing() -> Paper {
    document(&report(vec![tests(0, "")], "shop"), &wave(1))
}

fn hostile(n: u32) -> Paper {
    // All the words of a paper stay below a few megabytes.
    let long = format!("{HOSTILE}{}", "verylongname".repeat(10_000 / n as usize));
    let mut label = tests(n, &long);
    label.label = long.clone();
    let sources = vec![label, coverage(u64::from(n), &long), findings(n, &long)];
    let mut facts = wave(200);
    facts.date = HOSTILE.into();
    document(&report(sources, &long), &facts)
}

#[test]
fn the_same_paper_gives_the_same_bytes() {
    for make in [failing, passing, real] {
        assert_eq!(make(), make());
        assert_eq!(pdf(&make(), b"{}"), pdf(&make(), b"{}"));
        assert_eq!(pptx(&make()), pptx(&make()));
    }
    assert_ne!(
        pdf(&failing(), b"{}"),
        pdf(&failing(), b"{ }"),
        "the attachment is part of it"
    );
}

#[test]
fn a_pdf_is_whole_and_holds_the_report() {
    let json = br#"{"schema":"gatekeeper.report/v1","verdict":"fail"}"#;
    for paper in [failing(), passing(), real(), hostile(50)] {
        let bytes = pdf(&paper, json);
        let read = file::Pdf::read(&bytes);
        assert_eq!(read.attachment(), json);
        assert!(read.object("/Type /Catalog").contains("/AF [6 0 R]"));
        let text = String::from_utf8_lossy(&bytes).into_owned();
        for word in [
            "/AFRelationship /Data",
            "/Subtype /application#2Fjson",
            "<pdfaid:part>3",
            "GTS_PDFA1",
        ] {
            assert!(text.contains(word), "{word}");
        }
        for word in [
            "/JavaScript",
            "/JS",
            "/Launch",
            "/URI",
            "/SMask",
            "/Encrypt",
        ] {
            assert!(!text.contains(word), "{word}");
        }
        file::well_formed("XMP", read.xmp());
    }
}

#[test]
fn every_part_of_a_deck_is_xml_that_names_what_is_there() {
    for paper in [failing(), passing(), real(), hostile(50)] {
        let parts = file::parts(&pptx(&paper));
        let names: Vec<&String> = parts.iter().map(|(name, _)| name).collect();
        assert!(names.is_sorted() && names[0] == "[Content_Types].xml");
        for (name, text) in &parts {
            file::well_formed(name, text);
        }
        file::relations_hold(&parts);
    }
}

#[test]
fn what_is_hostile_becomes_visible_in_both() {
    let paper = hostile(3);
    assert!(
        paper.project.contains("a\\u{202e}b\\x00\\x1b[31m"),
        "{}",
        paper.project
    );
    let deck: String = file::parts(&pptx(&paper))
        .into_iter()
        .map(|(_, text)| text)
        .collect();
    for c in ['\u{202e}', '\u{0}', '\u{1b}', '\u{fffe}', '\u{85}'] {
        assert!(!deck.contains(c), "{:x} in the slides", u32::from(c));
    }
    assert!(deck.contains("\\u{202e}") && deck.contains("漢字"));
    // Measured as it is shown.
    assert!(paper.project.contains("\\u{fffe}") && !paper.project.contains('\u{fffe}'));
}

#[test]
fn ten_thousand_of_everything_stay_a_paper() {
    let paper = hostile(10_000);
    let start = Instant::now();
    let bytes = pdf(&paper, b"{}");
    let deck = pptx(&paper);
    assert!(
        start.elapsed() < Duration::from_secs(20),
        "{:?}",
        start.elapsed()
    );
    let pages = file::Pdf::read(&bytes).pages();
    assert!((5..=40).contains(&pages), "{pages} pages");
    let slides = file::parts(&deck);
    let slides = slides
        .iter()
        .filter(|(name, _)| name.starts_with("ppt/slides/slide"))
        .count();
    assert!((8..=25).contains(&slides), "{slides} slides");
    assert!(bytes.len() < 1 << 20 && deck.len() < 1 << 20);
}

#[test]
fn what_is_left_out_is_said() {
    let paper = document(
        &report(vec![tests(134, "x"), findings(50, "y")], "shop"),
        &wave(30),
    );
    let section = |title: &str| paper.sections.iter().find(|s| s.title == title).unwrap();
    assert_eq!(
        section("Failures").note,
        "134 failures in 134 groups, showing 20 of 134"
    );
    assert_eq!(
        section("Findings").note,
        "17 high, 16 medium, 17 low; showing 40 of 50"
    );
    assert!(section("Trend").note.ends_with("showing 24 of 30"));
    let Body::Cards(cards) = &section("Failures").body else {
        panic!("cards");
    };
    assert_eq!(cards.len(), 20);
}

#[test]
fn the_largest_groups_and_the_gravest_findings_come_first() {
    let paper = real();
    let section = |title: &str| {
        &paper
            .sections
            .iter()
            .find(|s| s.title == title)
            .unwrap()
            .body
    };
    let Body::Cards(cards) = section("Failures") else {
        panic!("cards");
    };
    let n: Vec<u32> = cards
        .iter()
        .map(|c| c.count.split(' ').next().unwrap().parse().unwrap())
        .collect();
    assert!(n[0] > 1 && n.iter().rev().is_sorted(), "{n:?}");
    let Body::Table(findings) = section("Findings") else {
        panic!("a table");
    };
    let words = ["critical", "high", "medium", "low", "info"];
    let ranks: Vec<_> = findings
        .rows
        .iter()
        .map(|r| words.iter().position(|w| *w == r.cells[0]))
        .collect();
    assert!(
        ranks.is_sorted() && ranks[0] == Some(1) && ranks.len() == 40,
        "{ranks:?}"
    );
}

#[test]
fn what_nobody_looked_at_is_no_zero() {
    let paper = document(&report(Vec::new(), "shop"), &wave(1));
    assert!(
        paper.figures.iter().all(|f| f.value == "–"),
        "{:?}",
        paper.figures
    );
    assert!(paper.verdict != Ruling::Pass);
    let note = |title: &str| {
        paper
            .sections
            .iter()
            .find(|s| s.title == title)
            .unwrap()
            .note
            .clone()
    };
    assert_eq!(note("Failures"), "none; no source is about tests");
    assert_eq!(note("Findings"), "none; no source looks for any");
    assert_eq!(note("Coverage"), "no source is about coverage");
    let found = document(
        &report(vec![tests(0, ""), findings(0, "")], "shop"),
        &wave(1),
    );
    let values: Vec<&str> = found.figures.iter().map(|f| f.value.as_str()).collect();
    assert_eq!(values, ["1,204", "0", "–", "0"]);
}

#[test]
fn every_gate_is_in_both() {
    let paper = failing();
    let Body::Table(gates) = &paper.sections[0].body else {
        panic!("a table");
    };
    let deck: String = file::parts(&pptx(&paper))
        .into_iter()
        .map(|(_, text)| text)
        .collect();
    assert!(gates.rows.len() >= 4);
    for row in &gates.rows {
        assert!(
            deck.contains(&format!("<a:t>{}</a:t>", row.cells[0])),
            "{}",
            row.cells[0]
        );
    }
}
