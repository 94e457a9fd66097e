//! The file itself: what is understood, and what is wrong with its place.

use std::fs;
use std::path::Path;

use gatekeeper::config;
use gatekeeper::gates::Policy;

use super::policy;

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
        "[tests]\nmax_flaky = -1",
        "2:13: tests.max_flaky: expected a whole number, found -1",
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

fn problems(text: &str) -> Vec<String> {
    let problems = config::read("gatekeeper.toml", text).unwrap_err();
    problems.iter().map(|p| p.lines().remove(0)).collect()
}

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
fn the_examples_of_the_readme_are_understood() {
    let readme =
        fs::read_to_string(Path::new(env!("CARGO_MANIFEST_DIR")).join("README.md")).unwrap();
    let blocks = readme.split("```toml\n").skip(1);
    let policies: Vec<Policy> = blocks
        .map(|block| policy(block.split("```").next().unwrap()))
        .collect();
    let has = |what: fn(&Policy) -> usize| policies.iter().map(what).sum::<usize>();
    assert_eq!(has(|p| p.waivers.len()), 1);
    assert_eq!(has(|p| p.coverage.layers.len()), 1);
    assert_eq!(has(|p| p.plan.commands.len()), 3);
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
