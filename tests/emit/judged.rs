//! Reports with a policy, a baseline, changed lines and all that comes of them, as each medium shows them.

use std::path::Path;
use std::sync::LazyLock;

use gatekeeper::baseline::{self, Baseline, Standing};
use gatekeeper::compare::{Against, Change, Changes, Kind};
use gatekeeper::config;
use gatekeeper::gates::{Policy, Ruling};
use gatekeeper::policy::{self, Date};
use gatekeeper::report::{Project, Report, Shadow, Source, Trust};
use gatekeeper::source;
use gatekeeper::suppressions::Suppression;
use gatekeeper::waiver::Status;
use gatekeeper_parsers::Expect;
use serde_json::Value;

use super::render;

const PASS: &str = "exunit/1.20.4/pass";
const FAILING: &str = "exunit/1.14.0/umbrella";
const LINES: &str = "excoveralls/0.18.5-1.20.4/json-report/excoveralls.json";
const SOBELOW: &str = "sobelow/0.15.0-1.20.4/webshop-fmt-json";
const BENCHEE: &str = "benchee/1.5.0-1.20.4/json/out.json";
const DOCTOR: &str = "doctor/0.23.0-1.20.4/default";
const DIALYZER: &str = "dialyxir/1.4.7-1.20.4/noignore-default";

fn sources(captures: &[&str]) -> Vec<Source> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("fixtures/captures");
    let open =
        |name: &&str| source::open(root.join(name).to_str().unwrap(), Expect::default()).unwrap();
    captures.iter().flat_map(open).collect()
}

fn policy(text: &str) -> Policy {
    let mut policy = config::read("gatekeeper.toml", text).unwrap();
    policy.today = Date::new(2026, 11, 21);
    policy
}

fn report(captures: &[&str], text: &str, against: &Against) -> Report {
    let project = Project::default();
    Report::against(sources(captures), &policy(text), project, against)
}

fn waiver(finding: &str, path: &str, expires: &str) -> String {
    format!(
        "[[waiver]]\nfinding = \"{finding}\"\n{path}\nreason = \"known & <old>\"\nowner = \"me\"\nexpires = {expires}\n"
    )
}

/// A baseline with every second finding of these captures.
fn half(captures: &[&str]) -> Standing {
    let all = report(captures, "", &Against::default());
    let entries = baseline::entries(all.findings.iter().step_by(2));
    Standing {
        path: baseline::FILE.into(),
        found: Ok(Baseline {
            entries,
            gone: Default::default(),
            benchmarks: Vec::new(),
        }),
    }
}

fn changes() -> Changes {
    let report = report(&[LINES], "", &Against::default());
    let paths = report.coverage.unwrap().files.into_iter();
    let paths: Vec<String> = paths.filter_map(|f| f.path).collect();
    let change = |path: &String, kind| Change {
        path: path.clone(),
        from: None,
        kind,
        lines: vec![(1, 20)],
        whitespace: 2,
    };
    let mut files: Vec<Change> = paths.iter().map(|p| change(p, Kind::Text)).collect();
    files.push(change(&"lib/elsewhere.ex".to_owned(), Kind::Text));
    files.push(change(&"lib/binary.ex".to_owned(), Kind::Binary));
    files.push(change(&"README.md".to_owned(), Kind::Text));
    Changes {
        name: "origin/main".into(),
        commit: "0123456789abcdef".into(),
        files,
        tree: paths.into_iter().collect(),
        notes: vec!["several merge bases".into()],
        ..Changes::default()
    }
}

/// A report of each thing that a policy or a comparison may add.
pub static JUDGED: LazyLock<Vec<(&'static str, Report)>> = LazyLock::new(|| {
    let none = Against::default();
    let layers = "[tests]\nmax_skipped = 0\nskipped_severity = \"warn\"\n[coverage]\nmin = 40\n[coverage.patch]\nmin = 90\n\
        [[coverage.layer]]\nname = \"core\"\npaths = [\"lib/**\"]\nmin = 90\nseverity = \"warn\"\n\
        [[coverage.layer]]\nname = \"gone\"\npaths = [\"gone/**\"]\nmin = 1\n\
        [[coverage.file]]\npaths = [\"lib/**\"]\nmin = 100\n";
    let patch = Against {
        changes: Some(Ok(changes())),
        baseline: None,
        ..Against::default()
    };
    let no_patch = Against {
        changes: Some(Err("there is no commit \"gone\"".into())),
        baseline: None,
        ..Against::default()
    };
    let known = Against {
        changes: None,
        baseline: Some(half(&[SOBELOW, DIALYZER])),
        ..Against::default()
    };
    let trouble = Against {
        changes: None,
        baseline: Some(Standing {
            path: baseline::FILE.into(),
            found: Err("is no JSON".into()),
        }),
        ..Against::default()
    };
    let new_only = "[findings.sobelow]\nnew_only = true\nmax = 0\n[findings.dialyzer]\nnew_only = true\nmax = 1\n";
    vec![
        (
            "layers and changed lines",
            report(&[PASS, LINES], layers, &patch),
        ),
        (
            "changed lines that are not known",
            report(&[PASS, LINES], layers, &no_patch),
        ),
        ("a baseline", report(&[SOBELOW, DIALYZER], new_only, &known)),
        (
            "a baseline with trouble",
            report(&[SOBELOW], new_only, &trouble),
        ),
        (
            "benchmarks and documentation",
            report(
                &[BENCHEE, DOCTOR],
                "[docs]\nmin_docs = 80\nmin_specs = 10\n[[benchmark]]\njob = \"*\"\nmax_median = \"40 us\"\n\
                 [[benchmark]]\njob = \"flat_map\"\nmax_change_percent = 5\nseverity = \"warn\"\n",
                &none,
            ),
        ),
        ("waivers", waived()),
        (
            "advice alone",
            report(
                &[PASS],
                "[tests]\nseverity = \"warn\"\n[compile]\nseverity = \"warn\"",
                &none,
            ),
        ),
        ("another policy", shadowed()),
        (
            "benchmarks",
            report(&["benchee/1.5.0-1.20.4/json"], "", &none),
        ),
        ("a channel", channel()),
    ]
});

/// Findings, a failed test, and what is over or unused.
fn waived() -> Report {
    let all = report(&[SOBELOW, FAILING], "", &Against::default());
    let test = &all.failures[0].failure;
    let (module, name) = (test.module.as_ref().unwrap(), test.name.as_ref().unwrap());
    let rule = &all.findings[0].finding.rule;
    let text = [
        waiver(&format!("tests:{module} {name}"), "", "2027-01-01"),
        waiver(
            &format!("sobelow:{rule}"),
            "path = [\"lib/**\", \"{config,priv}/**\"]",
            "2026-11-21",
        ),
        waiver(&all.findings[1].fingerprint, "", "2020-01-01"),
        waiver("sobelow:Nothing.Such", "", "2027-01-01"),
    ];
    let report = report(&[SOBELOW, FAILING], &text.concat(), &Against::default());
    let waived = report
        .failures
        .iter()
        .filter(|f| f.status == Status::Waived);
    assert!(report.waived() > 0 && waived.count() == 1);
    report
}

fn shadowed() -> Report {
    let mut report = report(&[PASS], "", &Against::default());
    let change = |used: Option<&str>, other: Option<&str>| policy::Change {
        key: "coverage.min".into(),
        used: used.map(str::to_owned),
        other: other.map(str::to_owned),
    };
    report.shadow = Some(Shadow {
        from: "origin/main".into(),
        changes: vec![change(Some("80 %"), Some("10 %")), change(None, Some("1"))],
        verdict: Some(Ruling::Fail),
    });
    report.suppressions = Some(vec![Suppression {
        tool: "dialyzer",
        path: ".dialyzer_ignore.exs".into(),
        line: 3,
        text: "{\"lib/a.ex\", :no_return},".into(),
    }]);
    report
}

fn channel() -> Report {
    let mut sources = sources(&[PASS]);
    sources[0].trust = Trust::Channel;
    Report::assemble(sources, &Policy::default(), Project::default())
}

fn named(name: &str) -> &'static Report {
    let found = JUDGED.iter().find(|(known, _)| *known == name);
    &found.unwrap().1
}

#[test]
fn what_is_waived_is_marked_and_does_not_count() {
    let report = named("waivers");
    let sarif: Value = serde_json::from_str(&render("sarif", report)).unwrap();
    let results = |run: usize| sarif["runs"][run]["results"].as_array().unwrap();
    let suppressed = |run| {
        results(run)
            .iter()
            .filter(|r| r.get("suppressions").is_some())
            .count()
    };
    assert_eq!(suppressed(0), 1, "the failed test");
    assert_eq!(suppressed(1), report.waived());
    let gitlab = render("gitlab", report);
    let github = render("github", report);
    for f in &report.findings {
        let kept = f.status != Status::Waived;
        assert_eq!(gitlab.contains(&f.fingerprint), kept, "{}", f.fingerprint);
    }
    let test = report
        .failures
        .iter()
        .find(|f| f.status == Status::Waived)
        .unwrap();
    let name = test.failure.name.as_ref().unwrap();
    let module = test.failure.module.as_ref().unwrap();
    assert!(
        !github.contains(&format!("::{name} ({module})")),
        "{github}"
    );
    let junit = render("junit", report);
    assert_eq!(junit.matches("<skipped message=\"waived: ").count(), 1);
    let html = render("html", report);
    for shown in [
        "known &amp; &lt;old&gt;",
        "(waived)",
        "1 waived",
        "expired",
        "unused",
        "gatekeeper.toml:",
    ] {
        assert!(html.contains(shown), "{shown}");
    }
}

#[test]
fn advice_is_never_the_cause() {
    let report = named("layers and changed lines");
    let advice = report.gates.iter().filter(|g| !g.counts());
    let advice: Vec<&str> = advice.map(|g| g.id.as_str()).collect();
    assert_eq!(advice, ["tests.skipped", "coverage.layer:core"]);
    let junit = render("junit", report);
    for id in advice {
        assert!(!junit.contains(&format!("name=\"gate {id}\"")), "{id}");
        assert!(junit.contains(&format!("name=\"gate.{id}\" value=\"fail (advisory): ")));
        for medium in ["github", "gitlab", "sarif", "markdown", "agent", "html"] {
            let text = render(medium, report)
                .replace(" <small>", " (")
                .replace("</small>", ")");
            assert!(text.contains("(advisory)"), "{medium}");
        }
        let headline = format!("gatekeeper: fail (coverage.patch, coverage.layer:gone, {id}");
        assert!(!render("github", report).contains(&headline));
    }
    let gitlab: Value = serde_json::from_str(&render("gitlab", report)).unwrap();
    for issue in gitlab.as_array().unwrap() {
        let advisory = issue["description"]
            .as_str()
            .unwrap()
            .contains("(advisory)");
        assert_eq!(issue["severity"] == "info", advisory, "{issue}");
    }
}

/// No medium looks like a pass where nothing but advice was judged.
#[test]
fn advice_alone_is_no_pass_in_any_medium() {
    let report = named("advice alone");
    assert_eq!(report.verdict, Ruling::Undecided);
    for medium in ["github", "gitlab", "html", "junit", "terminal"] {
        let text = render(medium, report).to_lowercase();
        assert!(
            text.contains("only advisory gates were judged"),
            "{medium}: {text}"
        );
    }
    assert!(render("junit", report).contains("errors=\"1\""));
}

#[test]
fn the_baseline_is_told_to_who_has_a_word_for_it() {
    let report = named("a baseline");
    let outcome = report.baseline.as_ref().unwrap();
    assert!(outcome.new > 0 && outcome.known > 0);
    let sarif = render("sarif", report);
    let count = |word: &str| {
        sarif
            .matches(&format!("\"baselineState\": \"{word}\""))
            .count() as u64
    };
    assert_eq!(
        (count("new"), count("unchanged")),
        (outcome.new, outcome.known)
    );
    let html = render("html", report);
    let said = format!(
        "{} new, {} known, {} fixed",
        outcome.new, outcome.known, outcome.fixed
    );
    assert!(html.contains(&said));
    let annotated = render("github", report)
        .lines()
        .filter(|l| l.contains("title=sobelow: ") || l.contains("title=dialyzer: "))
        .count();
    assert!(annotated as u64 <= outcome.new, "{annotated}");
    assert!(!render("sarif", named("a baseline with trouble")).contains("baselineState"));
}

#[test]
fn the_page_shows_what_the_terminal_shows() {
    for (name, words) in [
        (
            "layers and changed lines",
            &[
                "<caption>Layers</caption>",
                "core",
                "lib/elsewhere.ex:1-20",
                "several merge bases",
                "(gatekeeper.toml:",
            ][..],
        ),
        (
            "changed lines that are not known",
            &["not known: there is no commit"],
        ),
        (
            "another policy",
            &[
                "By the tree\u{2019}s own policy the verdict would be: fail",
                "coverage.min",
                "not said",
                ".dialyzer_ignore.exs:3",
            ],
        ),
        ("benchmarks", &["Durations in nanoseconds"]),
        ("a channel", &["<dd>channel</dd>"]),
    ] {
        let html = render("html", named(name));
        for word in words {
            assert!(html.contains(word), "{word} in {name}:\n{html}");
        }
    }
}
