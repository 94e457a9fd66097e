//! `gatekeeper.toml`: what is understood, what is refused and where, and what the gates make of it.

use std::path::Path;

use gatekeeper::config;
use gatekeeper::gates::{Judged, Policy, Ruling, Weight};
use gatekeeper::policy::Date;
use gatekeeper::report::{Project, Report};
use gatekeeper::source;
use gatekeeper_parsers::Expect;

mod benchmark;
mod command_line;
mod docs;
mod file;
mod waivers;

fn policy(text: &str) -> Policy {
    let mut policy = config::read("gatekeeper.toml", text).unwrap_or_else(|problems| {
        panic!(
            "{:#?}",
            problems.iter().flat_map(|p| p.lines()).collect::<Vec<_>>()
        )
    });
    policy.today = Date::new(2026, 11, 21);
    policy
}

fn report(captures: &[&str], text: &str) -> Report {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("fixtures/captures");
    let open =
        |name: &&str| source::open(root.join(name).to_str().unwrap(), Expect::default()).unwrap();
    let sources = captures.iter().flat_map(open).collect();
    Report::assemble(sources, &policy(text), Project::default())
}

fn gate<'r>(report: &'r Report, id: &str) -> &'r Judged {
    let ids: Vec<&str> = report.gates.iter().map(|g| g.id.as_str()).collect();
    report
        .gates
        .iter()
        .find(|g| g.id == id)
        .unwrap_or_else(|| panic!("no {id} in {ids:?}"))
}

const PASS: &str = "exunit/1.20.4/pass";

const SOBELOW: &str = "sobelow/0.15.0-1.20.4/webshop-fmt-json";

const LINES: &str = "excoveralls/0.18.5-1.20.4/json-report/excoveralls.json";

const ROUNDED: &str = "mix_cover/1.20.4/cover-report";

#[test]
fn limits_on_tests_are_gates_of_their_own() {
    let all = report(
        &[PASS],
        "[tests]\nmax_skipped = 1\nmin_run = 18\nmax_seconds_per_100 = 0.001\nspeed_severity = \"warn\"",
    );
    assert_eq!(gate(&all, "tests").judgement.ruling, Ruling::Pass);
    assert_eq!(gate(&all, "tests").judgement.limit, "0 failed, >= 18 ran");
    let skipped = gate(&all, "tests.skipped");
    assert_eq!(
        (skipped.judgement.ruling, skipped.source.as_str()),
        (Ruling::Fail, "gatekeeper.toml:2")
    );
    let speed = gate(&all, "tests.speed");
    assert_eq!(
        (speed.judgement.ruling, speed.severity),
        (Ruling::Fail, Weight::Warn)
    );
    assert_eq!(all.verdict, Ruling::Fail);
    assert_eq!(
        report(&[PASS], "[tests]\nmin_run = 19").verdict,
        Ruling::Fail
    );
    assert_eq!(
        report(&[PASS], "[tests]\nmax_skipped = 2").verdict,
        Ruling::Pass
    );
    let few = "exunit/1.14.0/umbrella";
    assert_eq!(
        report(&[few], "[tests]\nmax_failed = 1").verdict,
        Ruling::Fail
    );
    assert_eq!(
        report(&[few], "[tests]\nmax_failed = 2").verdict,
        Ruling::Pass
    );
}

#[test]
fn advice_alone_is_no_pass_and_no_fail() {
    let advised = report(
        &[PASS],
        "[tests]\nseverity = \"warn\"\n[compile]\nseverity = \"warn\"",
    );
    assert_eq!(gate(&advised, "tests").judgement.ruling, Ruling::Pass);
    assert_eq!(advised.verdict, Ruling::Undecided);
    let failing = report(&[PASS, LINES], "[coverage]\nmin = 90\nseverity = \"warn\"");
    assert_eq!(gate(&failing, "coverage").judgement.ruling, Ruling::Fail);
    assert_eq!(failing.verdict, Ruling::Pass);
    let missing = report(
        &[PASS],
        "require = [\"coverage\"]\n[coverage]\nseverity = \"warn\"",
    );
    assert_eq!(
        missing.verdict,
        Ruling::Undecided,
        "what is required must be there all the same"
    );
}

#[test]
fn what_is_required_and_not_there_is_said() {
    let missing = report(&[SOBELOW], "require = [\"compile\"]");
    assert_eq!(
        gate(&missing, "compile").judgement.because,
        "compilation is required, but no source is about it"
    );
    let missing = report(&[PASS], "require = [\"format\", \"sobelow\"]");
    let said = |id| gate(&missing, id).judgement.because.as_str();
    assert_eq!(
        said("format"),
        "formatting is required, but no source is about it"
    );
    assert_eq!(
        said("security"),
        "security is required, but no source is about it"
    );
    assert_eq!(missing.verdict, Ruling::Undecided);
    let other = report(
        &[PASS, "hex_audit/2.5.1-synthetic/clean"],
        "require = [\"mix_audit\"]",
    );
    assert_eq!(
        gate(&other, "audit").judgement.because,
        "mix_audit is required, but no source is about it"
    );
}

#[test]
fn layers_need_lines() {
    let layer = |paths: &str, min: &str| {
        format!(
            "[coverage]\nmin = 0\n[[coverage.layer]]\nname = \"one\"\npaths = [\"{paths}\"]\nmin = {min}\n"
        )
    };
    let ruling = |source: &str, paths: &str, min: &str| {
        gate(&report(&[source], &layer(paths, min)), "coverage.layer:one")
            .judgement
            .ruling
    };
    // 34 of 66 lines: 51.5151… %.
    assert_eq!(ruling(LINES, "lib/**", "51.51"), Ruling::Pass);
    assert_eq!(ruling(LINES, "lib/**", "51.52"), Ruling::Fail);
    assert_eq!(
        ruling(LINES, "lib/nothing/**", "0"),
        Ruling::Undecided,
        "no line is not 100 %"
    );
    assert_eq!(
        ruling(ROUNDED, "lib/**", "0"),
        Ruling::Undecided,
        "rounded numbers have no sum"
    );
    let two = layer("lib/**", "1")
        + "[[coverage.layer]]\nname = \"two\"\npaths = [\"lib/shop/**\"]\nmin = 0\n";
    let both = report(&[LINES], &two);
    assert!(
        gate(&both, "coverage.layer:one")
            .judgement
            .because
            .contains("in layer two too")
    );
    let layers = &both.coverage.as_ref().unwrap().layers;
    assert_eq!(layers[0].lines, Some((34, 66)));
}

#[test]
fn files_and_apps_are_judged_alone() {
    let file = |paths: &str, min: &str| {
        let text = format!("[coverage]\nmin = 0\n[[coverage.file]]\n{paths}\nmin = {min}\n");
        let report = report(
            &[if paths.starts_with("modules") {
                ROUNDED
            } else {
                LINES
            }],
            &text,
        );
        let gate = report
            .gates
            .iter()
            .find(|g| g.id.starts_with("coverage.file:"))
            .unwrap();
        gate.judgement.ruling
    };
    assert_eq!(file("paths = [\"lib/**\"]", "100"), Ruling::Fail);
    assert_eq!(file("paths = [\"lib/**\"]", "0"), Ruling::Pass);
    assert_eq!(file("paths = [\"gone.ex\"]", "0"), Ruling::Undecided);
    assert_eq!(file("modules = [\"Shop.*\"]", "100"), Ruling::Fail);
    let app = report(
        &[LINES],
        "[coverage]\nmin = 0\n[[coverage.app]]\napp = \"web\"\nmin = 0\n",
    );
    assert_eq!(
        gate(&app, "coverage.app:web").judgement.ruling,
        Ruling::Undecided
    );
}

fn waiver(finding: &str, path: &str, expires: &str) -> String {
    format!(
        "[[waiver]]\nfinding = \"{finding}\"\n{path}\nreason = \"known\"\nowner = \"me\"\nexpires = {expires}\n"
    )
}
