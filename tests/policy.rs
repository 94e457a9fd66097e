//! `gatekeeper.toml`: what is understood, what is refused and where, and what the gates make of it.

use std::fs;
use std::path::Path;
use std::process::{Command, Output};

use gatekeeper::config;
use gatekeeper::gates::{GATES, Judged, Policy, Ruling, Weight};
use gatekeeper::policy::Date;
use gatekeeper::report::{Project, Report};
use gatekeeper::source;
use gatekeeper::waiver::{State, Status};
use gatekeeper_parsers::Expect;

const PRODUCT: &str = r#"
require = ["tests", "coverage", "credo", "dialyzer", "sobelow"]
expected_shards = 2

[tests]
max_failed = 0
max_skipped = 10
max_seconds_per_100 = 5.0
speed_severity = "warn"

[coverage]
min = 79.5
[[coverage.layer]]
name = "contexts"
paths = ["lib/shop/**"]
min = 80
[[coverage.layer]]
name = "live view"
paths = ["lib/shop_web/live/**"]
min = 60
severity = "warn"
[[coverage.file]]
modules = ["Shop.Billing"]
min = 100
[[coverage.app]]
app = "shop"
min = 70

[findings.dialyzer]
max = 0
[findings.sobelow]
max_high = 0
max_medium = 5
[findings.credo]
max = 3
new_only = false

[security]
max_high = 1
[compile]
max_warnings = 0
[audit]
severity = "warn"
[format]
max = 1
[waivers]
unused = "fail"

[[waiver]]
finding = "sobelow:Config.HTTPS"
path = "config/prod.exs"
reason = "TLS ends at the load balancer"
owner = "platform"
expires = 2027-03-31
"#;

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

fn problems(text: &str) -> Vec<String> {
    let problems = config::read("gatekeeper.toml", text).unwrap_err();
    problems.iter().map(|p| p.lines().remove(0)).collect()
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
fn the_example_of_the_contract_is_understood() {
    let policy = policy(PRODUCT);
    let shown: Vec<String> = policy
        .effective()
        .iter()
        .map(|e| format!("{} = {} # {}", e.key, e.value, e.origin))
        .collect();
    for line in [
        "require sobelow = true # gatekeeper.toml:2",
        "expected_shards = 2 # gatekeeper.toml:3",
        "tests.max_invalid = 0 # default",
        "tests.max_skipped = 10 # gatekeeper.toml:7",
        "tests.max_seconds_per_100 = 5 # gatekeeper.toml:8",
        "coverage.min = 79.50 # gatekeeper.toml:12",
        "coverage.layer.live view.min = 60.00 # gatekeeper.toml:20",
        "coverage.layer.live view.severity = \"warn\" # gatekeeper.toml:20",
        "security.max_critical = 0 # default",
        "security.max_high = 1 # gatekeeper.toml:39",
        "findings.credo.max = 3 # gatekeeper.toml:35",
        "findings.sobelow.max_medium = 5 # gatekeeper.toml:33",
        "audit.max = 0 # default",
        "audit.severity = \"warn\" # gatekeeper.toml:43",
        "waivers.unused = \"fail\" # gatekeeper.toml:47",
    ] {
        assert!(shown.iter().any(|s| s == line), "{line} in {shown:#?}");
    }
    assert_eq!(config::read("x", ""), Ok(Policy::default()));
}

/// The file, and what is said of it. Every message begins with its place.
const WRONG: &[(&str, &str)] = &[
    ("max = 1", "1:1: unknown key \"max\"; known here"),
    (
        "[tests]\nmax_skiped = 3",
        "2:1: unknown key \"max_skiped\" in [tests]; did you mean \"max_skipped\"?",
    ),
    (
        "[test]\nmax_failed = 0",
        "1:2: unknown key \"test\"; did you mean \"tests\"?",
    ),
    (
        "[findings.crdo]\nmax = 0",
        "1:11: unknown key \"crdo\" in [findings]; did you mean \"credo\"?",
    ),
    ("[findings.credo]", "1:11: [findings.credo] says nothing"),
    (
        "require = [\"tests\", \"dialyser\"]",
        "1:21: require: there is no gate or tool \"dialyser\"; did you mean \"dialyzer\"?",
    ),
    (
        "require = [\"tests\", \"tests\"]",
        "1:21: require: \"tests\" stands there twice",
    ),
    ("require = []", "1:11: require: an empty list names nothing"),
    (
        "require = [1]",
        "1:12: require: expected texts in quotes, found a whole number",
    ),
    (
        "expected_shards = 0",
        "1:19: expected_shards: expected a number of shards from 1, found 0",
    ),
    (
        "expected_shards = -1",
        "1:19: expected_shards: expected a number of shards from 1, found -1; it must not",
    ),
    (
        "[tests]\nmax_failed = \"0\"",
        "2:14: tests.max_failed: expected a whole number, found a text",
    ),
    (
        "[tests]\nmax_failed = 0.5",
        "2:14: tests.max_failed: expected a whole number, found a number with",
    ),
    (
        "[tests]\nmin_run = 0",
        "2:11: tests.min_run: a run of no test shows nothing",
    ),
    (
        "[tests]\nmax_seconds_per_100 = 1.0005",
        "2:23: tests.max_seconds_per_100: expected",
    ),
    (
        "[tests]\nseverity = \"off\"",
        "2:12: tests.severity: expected \"fail\" or \"warn\", found \"off\"",
    ),
    (
        "[tests]\nmax_flaky = 1",
        "2:13: max_flaky is not supported yet",
    ),
    (
        "tests = 3",
        "1:9: tests: expected a table, found a whole number",
    ),
    (
        "[coverage]\nmin = nan",
        "2:7: coverage.min: expected a percentage from 0 to 100, found nan",
    ),
    (
        "[coverage]\nmin = -1",
        "2:7: coverage.min: expected a percentage from 0 to 100, found -1",
    ),
    (
        "[coverage]\nmin = 100.01",
        "2:7: coverage.min: expected a percentage from 0 to 100, found 100.01; it is too",
    ),
    (
        "[coverage]\nmin = 80.555",
        "2:7: coverage.min: expected a percentage from 0 to 100, found 80.555; at most 2",
    ),
    (
        "[coverage]\nmin = 8e1",
        "2:7: coverage.min: expected a percentage",
    ),
    (
        "[coverage]\nmin = 0x50",
        "2:7: coverage.min: expected a percentage",
    ),
    (
        "[coverage]\nmin = inf",
        "2:7: coverage.min: expected a percentage",
    ),
    (
        "[[coverage.layer]]\nname = \"a\"\npaths = [\"lib/[\"]\nmin = 1",
        "3:10: coverage.layer.paths: bad pattern",
    ),
    (
        "[[coverage.layer]]\nname = \"a\"\nmin = 1",
        "1:1: [coverage.layer] has no \"paths\"",
    ),
    (
        "[coverage.layer]\nmin = 1",
        "1:1: coverage.layer: expected [[coverage.layer]], found a table",
    ),
    (
        "[[coverage.app]]\napp = \"a/b\"\nmin = 1",
        "2:7: coverage.app.app: \"a/b\" is no name of an app",
    ),
    (
        "[coverage.patch]\nmin = 90",
        "1:1: patch is not supported yet",
    ),
    (
        "[findings.credo]\nnew_only = true",
        "2:12: new_only is not supported yet",
    ),
    (
        "[baseline]\nfile = \"b.json\"",
        "2:8: file is not supported yet",
    ),
    (
        "[[waiver]]\nfinding = \"credo:A\"",
        "1:1: [waiver] has no \"reason\"",
    ),
    (
        "[waivers]\nunused = true",
        "2:10: waivers.unused: expected a text",
    ),
    ("a = ", "1:"),
    ("[tests]\n[tests]", "2:"),
];

#[test]
fn what_is_wrong_is_said_with_its_place() {
    for (text, expected) in WRONG {
        let found = problems(text);
        let expected = format!("gatekeeper.toml:{expected}");
        assert!(
            found.iter().any(|p| p.starts_with(&expected)),
            "{text}\n{expected}\n{found:#?}"
        );
    }
}

#[test]
fn every_problem_is_told_at_once_in_the_order_of_the_file() {
    let text = "requir = []\n[tests]\nmax_failed = -1\n[[coverage.layer]]\nname = \"a\"\npaths = [\"a\"]\nmin = 101\n\
        [[coverage.layer]]\nname = \"a\"\npaths = [\"b\"]\nmin = 1\n[[waiver]]\nfinding = \"credo\"\nreason = \" \"\n\
        owner = \"me\"\nexpires = 2027-02-30\n";
    let found = problems(text);
    let lines: Vec<&str> = found.iter().map(|p| p.split(':').nth(1).unwrap()).collect();
    // A day that does not exist is a mistake of TOML itself: the rest is told when it is mended.
    assert_eq!(lines, ["16"], "{found:#?}");
    let found = problems(&text.replace("2027-02-30", "\"2027-02-30\""));
    let lines: Vec<&str> = found.iter().map(|p| p.split(':').nth(1).unwrap()).collect();
    assert_eq!(lines, ["1", "3", "7", "8", "13", "14", "16"], "{found:#?}");
}

#[test]
fn a_waiver_names_one_rule_or_one_test() {
    let waiver = |finding: &str| {
        format!(
            "[[waiver]]\nfinding = \"{finding}\"\nreason = \"r\"\nowner = \"o\"\nexpires = 2027-01-01\n"
        )
    };
    for finding in [
        "credo:*",
        "credo:",
        "everything",
        "tests:*",
        "exunit:a",
        "sobelw:XSS.Raw",
        "coverage:a",
    ] {
        let text = waiver(finding);
        assert!(config::read("x", &text).is_err(), "{finding}");
    }
    for finding in [
        "sobelow:Config.HTTPS",
        "semgrep:a.b",
        "tests:Shop.CartTest adds",
        "0123456789abcdef0123456789abcdef",
    ] {
        policy(&waiver(finding));
    }
}

#[test]
fn the_place_of_a_problem_is_shown() {
    let problems =
        config::read("gatekeeper.toml", "[tests]\n  max_skiped = 3 # ten\n").unwrap_err();
    assert_eq!(
        problems[0].lines()[1..],
        ["  2 |   max_skiped = 3 # ten", "    |   ^^^^^^^^^^"]
    );
}

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
    let advised = report(&[PASS], "[tests]\nseverity = \"warn\"");
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

#[test]
fn waived_findings_stay_visible() {
    let all = report(&[SOBELOW], "[security]\nmax_medium = 0\nmax_low = 0");
    let rule = all.findings[0].finding.rule.clone();
    let of_rule = all
        .findings
        .iter()
        .filter(|f| f.finding.rule == rule)
        .count();
    let text = waiver(&format!("sobelow:{rule}"), "", "2026-11-21");
    let one = report(&[SOBELOW], &text);
    assert_eq!(one.waived(), of_rule);
    assert_eq!(
        (one.waivers[0].state, one.waivers[0].matched),
        (State::Active, of_rule as u64)
    );
    assert_eq!(one.findings.len(), all.findings.len());
    // Everything waived one by one, by fingerprint: nothing is left to count.
    let every: String = all
        .findings
        .iter()
        .map(|f| waiver(&f.fingerprint, "", "2027-01-01"))
        .collect();
    let none = report(&[SOBELOW], &format!("[findings.sobelow]\nmax = 0\n{every}"));
    assert_eq!(
        gate(&none, "findings.sobelow").judgement.ruling,
        Ruling::Pass
    );
    assert_eq!(none.verdict, Ruling::Pass);
    assert!(gate(&none, "security").judgement.because.contains("waived"));
    // And all but one.
    let rest: String = all
        .findings
        .iter()
        .skip(1)
        .map(|f| waiver(&f.fingerprint, "", "2027-01-01"))
        .collect();
    let one_left = report(&[SOBELOW], &format!("[findings.sobelow]\nmax = 0\n{rest}"));
    assert_eq!(gate(&one_left, "findings.sobelow").judgement.actual, "1");
}

#[test]
fn a_waiver_ends_and_does_not_reach_further() {
    let rule = report(&[SOBELOW], "").findings[0].finding.rule.clone();
    let finding = format!("sobelow:{rule}");
    let over = report(&[SOBELOW], &waiver(&finding, "", "2026-11-20"));
    assert_eq!((over.waived(), over.waivers[0].state), (0, State::Expired));
    assert_eq!(gate(&over, "waivers").severity, Weight::Warn);
    let elsewhere = report(
        &[SOBELOW],
        &waiver(&finding, "path = \"nowhere/**\"", "2027-01-01"),
    );
    assert_eq!(
        (elsewhere.waived(), elsewhere.waivers[0].state),
        (0, State::Unused)
    );
    let strict = waiver("credo:A.B", "", "2027-01-01") + "[waivers]\nunused = \"fail\"\n";
    let clean = "credo/1.7.19-1.20.4/clean-json";
    assert_eq!(
        report(&[clean], &strict).verdict,
        Ruling::Fail,
        "an unused waiver"
    );
    assert_eq!(
        report(&[PASS], &strict).verdict,
        Ruling::Pass,
        "Credo did not run: nobody looked"
    );
    let mut policy = policy(&waiver(&finding, "", "2027-01-01"));
    policy.today = None;
    let root = Path::new(env!("CARGO_MANIFEST_DIR"))
        .join("fixtures/captures")
        .join(SOBELOW);
    let sources = source::open(root.to_str().unwrap(), Expect::default()).unwrap();
    let undated = Report::assemble(sources, &policy, Project::default());
    assert!(
        undated.findings.iter().all(|f| f.status == Status::New),
        "without a day nothing is waived"
    );
}

fn gatekeeper(dir: &Path, args: &[&str]) -> Output {
    let mut command = Command::new(env!("CARGO_BIN_EXE_gatekeeper"));
    command.args(args).current_dir(dir);
    for name in [
        "GATEKEEPER_CONFIG",
        "GATEKEEPER_POLICY_FROM",
        "GATEKEEPER_REQUIRE",
        "GATEKEEPER_SHARDS",
        "XDG_CONFIG_HOME",
    ] {
        command.env_remove(name);
    }
    command
        .env("SOURCE_DATE_EPOCH", "1795219200")
        .output()
        .unwrap()
}

fn text(output: &Output) -> String {
    String::from_utf8_lossy(&output.stdout).into_owned() + &String::from_utf8_lossy(&output.stderr)
}

fn git(dir: &Path, args: &[&str]) {
    let identity = [
        "-c",
        "user.name=a",
        "-c",
        "user.email=a@example.com",
        "-c",
        "commit.gpgsign=false",
    ];
    let out = Command::new("git")
        .args(identity)
        .args(args)
        .current_dir(dir)
        .output()
        .unwrap();
    assert!(out.status.success(), "git {args:?}: {}", text(&out));
}

#[test]
fn the_policy_of_the_base_decides() {
    let dir = tempfile::tempdir().unwrap();
    let root = dir.path();
    fs::create_dir_all(root.join("apps/web")).unwrap();
    fs::write(root.join("gatekeeper.toml"), "[tests]\nmax_skipped = 1\n").unwrap();
    fs::write(root.join(".credo.exs"), "strict").unwrap();
    git(root, &["init", "-q", "-b", "main"]);
    git(root, &["add", "."]);
    git(root, &["commit", "-qm", "policy"]);
    fs::write(root.join("gatekeeper.toml"), "[tests]\nmax_skipped = 99\n").unwrap();
    fs::write(root.join(".credo.exs"), "lax").unwrap();
    let capture = Path::new(env!("CARGO_MANIFEST_DIR"))
        .join("fixtures/captures")
        .join(PASS);
    let capture = capture.to_str().unwrap();
    let check = |dir: &Path, more: &[&str]| {
        let mut args = vec!["check"];
        args.extend(more);
        args.push(capture);
        gatekeeper(dir, &args)
    };
    assert_eq!(
        check(root, &[]).status.code(),
        Some(0),
        "the tree's own policy is loose"
    );
    for dir in [root.to_owned(), root.join("apps/web")] {
        let judged = check(&dir, &["--policy-from", "main"]);
        assert_eq!(judged.status.code(), Some(1), "{}", text(&judged));
        let shown = text(&judged);
        assert!(
            shown.contains("tests.max_skipped: 1, would be 99"),
            "{shown}"
        );
        assert!(shown.contains("by the tree's own policy: pass"), "{shown}");
    }
    for reference in ["gone", "--help", "main:gatekeeper.toml"] {
        let judged = check(root, &[&format!("--policy-from={reference}")]);
        assert_eq!(
            judged.status.code(),
            Some(2),
            "{reference}: {}",
            text(&judged)
        );
    }
    let both = check(
        root,
        &["--policy-from", "main", "--config", "gatekeeper.toml"],
    );
    assert_eq!(both.status.code(), Some(2));
    fs::write(root.join("gatekeeper.toml"), "[tests]\nmax = 99\n").unwrap();
    assert_eq!(
        check(root, &["--policy-from", "main"]).status.code(),
        Some(1),
        "a broken one does not decide"
    );
    assert_eq!(check(root, &[]).status.code(), Some(2));
}

#[test]
fn the_policy_is_found_shown_and_validated() {
    let dir = tempfile::tempdir().unwrap();
    let root = dir.path();
    fs::create_dir_all(root.join(".git")).unwrap();
    fs::create_dir_all(root.join("repo/.git")).unwrap();
    fs::create_dir_all(root.join("repo/lib/deep")).unwrap();
    fs::create_dir_all(root.join("repo/.config")).unwrap();
    fs::write(root.join("gatekeeper.toml"), "nonsense").unwrap();
    let repo = root.join("repo");
    let deep = repo.join("lib/deep");
    let none = gatekeeper(&deep, &["config", "show"]);
    assert_eq!(
        none.status.code(),
        Some(0),
        "beyond the repository nothing is read: {}",
        text(&none)
    );
    fs::write(
        repo.join(".config/gatekeeper.toml"),
        "[tests]\nmax_skipped = 3\n",
    )
    .unwrap();
    let shown = text(&gatekeeper(&deep, &["config", "show"]));
    assert!(
        shown.contains("tests.max_skipped") && shown.contains(".config/gatekeeper.toml:2"),
        "{shown}"
    );
    let json = gatekeeper(
        &deep,
        &["config", "show", "--format", "json", "--require", "credo"],
    );
    let json: serde_json::Value = serde_json::from_slice(&json.stdout).unwrap();
    assert_eq!(json["values"][0]["key"], "require credo");
    assert_eq!(json["values"][0]["source"], "--require");
    assert_eq!(
        gatekeeper(&deep, &["config", "validate"]).status.code(),
        Some(0)
    );
    fs::write(repo.join("gatekeeper.toml"), "").unwrap();
    assert_eq!(
        gatekeeper(&deep, &["config", "validate"]).status.code(),
        Some(2),
        "two policies"
    );
    fs::write(repo.join("bad.toml"), "[tests]\nmax_skiped = 3\nfoo = 1\n").unwrap();
    let bad = gatekeeper(&repo, &["config", "validate", "--config", "bad.toml"]);
    assert_eq!(bad.status.code(), Some(2));
    let said = text(&bad);
    for part in [
        "bad.toml: 2 problems",
        "bad.toml:2:1: unknown key",
        "2 | max_skiped = 3",
        "bad.toml:3:1:",
    ] {
        assert!(said.contains(part), "{part} in {said}");
    }
}

#[test]
fn a_file_of_the_user_loosens_nothing() {
    let dir = tempfile::tempdir().unwrap();
    let user = dir.path().join("home/gatekeeper");
    fs::create_dir_all(&user).unwrap();
    fs::create_dir_all(dir.path().join("project/.git")).unwrap();
    fs::write(user.join("gatekeeper.toml"), "[coverage]\nmin = 0\n").unwrap();
    let out = Command::new(env!("CARGO_BIN_EXE_gatekeeper"))
        .args(["config", "show"])
        .current_dir(dir.path().join("project"))
        .env("XDG_CONFIG_HOME", dir.path().join("home"))
        .output()
        .unwrap();
    let shown = text(&out);
    assert!(
        shown.contains("80.00") && shown.contains("is not read"),
        "{shown}"
    );
}

#[test]
fn init_writes_a_policy_that_validates() {
    let dir = tempfile::tempdir().unwrap();
    let root = dir.path();
    fs::create_dir(root.join(".git")).unwrap();
    for folder in [
        "lib/shop",
        "lib/shop_web/controllers",
        "lib/shop_web/live",
        "lib/shop_web/components",
    ] {
        fs::create_dir_all(root.join(folder)).unwrap();
    }
    let mix = "defp deps, do: [{:credo, \"~> 1.7\"}, {:excoveralls, \"~> 0.18\"}, {:sobelow, \"~> 0.13\"}]";
    fs::write(root.join("mix.exs"), mix).unwrap();
    assert_eq!(gatekeeper(root, &["init"]).status.code(), Some(0));
    let written = fs::read_to_string(root.join("gatekeeper.toml")).unwrap();
    for line in [
        "require = [\"tests\", \"credo\", \"sobelow\"]",
        "paths = [\"lib/shop/**\"]",
        "paths = [\"lib/shop_web/live/**\"]",
        "name = \"shop_web controllers\"",
    ] {
        assert!(written.contains(line), "{line} in {written}");
    }
    assert_eq!(
        gatekeeper(root, &["config", "validate"]).status.code(),
        Some(0)
    );
    fs::write(root.join("gatekeeper.toml"), "# mine\n").unwrap();
    assert_eq!(gatekeeper(root, &["init"]).status.code(), Some(2));
    assert_eq!(
        fs::read_to_string(root.join("gatekeeper.toml")).unwrap(),
        "# mine\n"
    );
    assert_eq!(
        gatekeeper(root, &["init", "--force"]).status.code(),
        Some(0)
    );
    // An umbrella without a tool.
    let other = tempfile::tempdir().unwrap();
    fs::create_dir_all(other.path().join("apps/web/lib/web")).unwrap();
    fs::write(other.path().join("apps/web/mix.exs"), "").unwrap();
    assert_eq!(gatekeeper(other.path(), &["init"]).status.code(), Some(0));
    let written = fs::read_to_string(other.path().join("gatekeeper.toml")).unwrap();
    assert!(
        written.contains("# paths = [\"apps/web/lib/web/**\"]"),
        "{written}"
    );
}

#[test]
fn suppressions_of_the_project_are_listed() {
    let dir = tempfile::tempdir().unwrap();
    fs::create_dir_all(dir.path().join("lib")).unwrap();
    fs::write(
        dir.path().join("lib/a.ex"),
        "# credo:disable-for-this-file\n",
    )
    .unwrap();
    let shown = text(&gatekeeper(dir.path(), &["config", "show"]));
    assert!(shown.contains("credo     lib/a.ex:1"), "{shown}");
    let out = gatekeeper(dir.path(), &["check", "--format", "json", "lib/a.ex"]);
    let json: serde_json::Value = serde_json::from_slice(&out.stdout).unwrap();
    assert_eq!(json["suppressions"][0]["line"], 1);
}

#[test]
fn every_part_of_a_gate_is_explained() {
    let here = Path::new(env!("CARGO_MANIFEST_DIR"));
    for id in [
        "findings.sobelow",
        "coverage.layer:contexts",
        "coverage.file:lib/a.ex",
    ] {
        assert_eq!(
            gatekeeper(here, &["explain", id]).status.code(),
            Some(0),
            "{id}"
        );
    }
    assert!(GATES.iter().all(|g| !g.explanation.is_empty()));
}

#[test]
fn the_example_of_the_readme_is_understood() {
    let readme =
        fs::read_to_string(Path::new(env!("CARGO_MANIFEST_DIR")).join("README.md")).unwrap();
    let example = readme.split("```toml\n").nth(1).unwrap();
    let policy = policy(example.split("```").next().unwrap());
    assert_eq!((policy.waivers.len(), policy.coverage.layers.len()), (1, 1));
}

#[test]
fn an_option_wins_over_its_variable_and_that_over_the_file() {
    let dir = tempfile::tempdir().unwrap();
    fs::create_dir(dir.path().join(".git")).unwrap();
    fs::write(
        dir.path().join("gatekeeper.toml"),
        "require = [\"tests\"]\nexpected_shards = 2\n",
    )
    .unwrap();
    let show = |variables: &[(&str, &str)], args: &[&str]| {
        let mut command = Command::new(env!("CARGO_BIN_EXE_gatekeeper"));
        command
            .args(["config", "show"])
            .args(args)
            .current_dir(dir.path());
        command.envs(variables.iter().copied());
        text(&command.output().unwrap())
    };
    let shards = |shown: &str| {
        let line = shown
            .lines()
            .find(|l| l.contains("expected_shards"))
            .unwrap();
        line.split_whitespace()
            .skip(1)
            .collect::<Vec<_>>()
            .join(" ")
    };
    assert_eq!(shards(&show(&[], &[])), "2 gatekeeper.toml:2");
    let set = [
        ("GATEKEEPER_SHARDS", "3"),
        ("GATEKEEPER_REQUIRE", "credo"),
        ("GATEKEEPER_CONFIG", ""),
    ];
    assert_eq!(shards(&show(&set, &[])), "3 GATEKEEPER_SHARDS");
    assert_eq!(shards(&show(&set, &["--shards", "4"])), "4 --shards");
    let shown = show(&set, &["--require", "dialyzer"]);
    assert!(
        shown.contains("require tests") && shown.contains("require dialyzer"),
        "{shown}"
    );
    for wrong in ["0", "-1", "many", "99999999999"] {
        let out = gatekeeper(dir.path(), &["check", &format!("--shards={wrong}")]);
        assert_eq!(out.status.code(), Some(2), "{wrong}: {}", text(&out));
    }
}

#[test]
fn the_wire_tells_limits_and_waivers() {
    let dir = tempfile::tempdir().unwrap();
    fs::create_dir(dir.path().join(".git")).unwrap();
    let policy = waiver(
        "sobelow:Config.HTTPS",
        "path = \"config/prod.exs\"",
        "2027-03-31",
    ) + "[coverage]\nmin = 50\nseverity = \"warn\"\n[[coverage.layer]]\nname = \"all\"\npaths = [\"lib/**\"]\nmin = 60\n";
    fs::write(dir.path().join("gatekeeper.toml"), policy).unwrap();
    let captures = Path::new(env!("CARGO_MANIFEST_DIR")).join("fixtures/captures");
    let (sobelow, lines) = (captures.join(SOBELOW), captures.join(LINES));
    let args = [
        "check",
        "--format",
        "json",
        sobelow.to_str().unwrap(),
        lines.to_str().unwrap(),
    ];
    let out = gatekeeper(dir.path(), &args);
    let json: serde_json::Value = serde_json::from_slice(&out.stdout).unwrap();
    let gates = json["gates"].as_array().unwrap();
    let gate = |id: &str| gates.iter().find(|g| g["id"] == id).unwrap();
    assert_eq!(gate("coverage")["severity"], "warn");
    assert_eq!(gate("coverage")["source"], "gatekeeper.toml:8");
    assert_eq!(gate("coverage.layer:all")["ruling"], "fail");
    assert_eq!(gate("security")["source"], "default");
    assert_eq!(json["coverage"]["layers"][0]["covered"], 34);
    assert_eq!(json["coverage"]["layers"][0]["percent"], "51.51");
    assert_eq!(json["waivers"][0]["state"], "active");
    assert_eq!(json["waivers"][0]["matched"], 1);
    assert_eq!(json["waivers"][0]["expires"], "2027-03-31");
    let waived = json["findings"]
        .as_array()
        .unwrap()
        .iter()
        .filter(|f| f["status"] == "waived");
    assert_eq!(waived.count(), 1);
    assert_eq!(json["policy"], serde_json::Value::Null);
}

/// What a test writes over the policy while it runs comes too late.
#[test]
fn the_policy_is_read_before_the_command_runs() {
    let dir = tempfile::tempdir().unwrap();
    fs::create_dir(dir.path().join(".git")).unwrap();
    fs::write(
        dir.path().join("gatekeeper.toml"),
        "[tests]\nmax_skipped = 1\n",
    )
    .unwrap();
    let log = Path::new(env!("CARGO_MANIFEST_DIR"))
        .join("fixtures/captures")
        .join(PASS)
        .join("stdout.txt");
    let script = format!("echo '[tests]' > gatekeeper.toml; cat {}", log.display());
    let out = gatekeeper(
        dir.path(),
        &["run", "--no-record", "--", "sh", "-c", &script],
    );
    assert_eq!(out.status.code(), Some(1), "{}", text(&out));
    assert!(text(&out).contains("tests.skipped"));
}

#[test]
fn a_known_failure_is_waived_by_its_name() {
    let capture = "exunit/1.20.4/exclude";
    let text = |name: &str, expires: &str| waiver(&format!("tests:{name}"), "", expires);
    let known = "Shop.MoneyTest not implemented yet";
    assert_eq!(report(&[capture], "").verdict, Ruling::Fail);
    let waived = report(&[capture], &text(known, "2027-01-01"));
    assert_eq!((waived.verdict, waived.failures.len()), (Ruling::Pass, 1));
    assert_eq!(
        gate(&waived, "tests").judgement.because,
        "1 of 18 tests failed, 1 waived; no more than is accepted"
    );
    for (name, expires) in [
        (known, "2026-11-20"),
        ("Shop.MoneyTest not implemented", "2027-01-01"),
        ("Shop not implemented yet", "2027-01-01"),
    ] {
        assert_eq!(
            report(&[capture], &text(name, expires)).verdict,
            Ruling::Fail,
            "{name} {expires}"
        );
    }
    // One of two failures: the other one counts.
    let two = report(
        &["exunit/1.14.0/umbrella"],
        &text("WebTest wrong", "2027-01-01"),
    );
    assert_eq!((two.verdict, two.waivers[0].matched), (Ruling::Fail, 1));
    // A set-up that failed for a whole module is no test, and a cut run stays undecided.
    let setup = report(
        &["exunit/1.20.4/setup-all-raise"],
        &text("Zoo.SetupAllTest never runs", "2027-01-01"),
    );
    assert_eq!(setup.verdict, Ruling::Fail);
}

/// Whatever is written there: a policy, or problems with a place in the file. Never a panic.
#[test]
fn a_damaged_policy_is_refused_with_a_place_or_understood() {
    let lines = PRODUCT.lines().count() + 1;
    let judge = |bytes: Vec<u8>| {
        let text = String::from_utf8_lossy(&bytes).into_owned();
        for problem in config::read("x", &text).err().into_iter().flatten() {
            assert!(
                (1..=lines + 1).contains(&problem.line) && problem.column > 0,
                "{problem:?}"
            );
            assert!(problem.lines()[0].starts_with("x:"));
        }
    };
    for at in (0..PRODUCT.len()).step_by(5) {
        let bytes = PRODUCT.as_bytes();
        judge(bytes[..at].to_vec());
        judge([&bytes[..at], &bytes[at + 1..]].concat());
        for byte in [b'"', b'\n', bytes[at] ^ 1, 0xff] {
            let mut copy = bytes.to_vec();
            copy[at] = byte;
            judge(copy);
        }
    }
}
