//! What is accepted, until when, and what of it stays visible.

use std::path::Path;

use gatekeeper::baseline::{self, Baseline, Standing};
use gatekeeper::compare::Against;
use gatekeeper::gates::{Ruling, Weight};
use gatekeeper::report::{Project, Report};
use gatekeeper::source;
use gatekeeper::waiver::{State, Status};
use gatekeeper_parsers::Expect;

use super::{PASS, SOBELOW, gate, policy, report, waiver};

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

/// With `--policy-from` the tree's own policy is judged beside: there, what only the other one waives is known all the
/// same, and counts as such.
#[test]
fn what_is_waived_and_known_is_known_where_nothing_waives_it() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("fixtures/captures");
    let sources = || source::open(root.join(SOBELOW).to_str().unwrap(), Expect::default()).unwrap();
    let before = Report::assemble(sources(), &policy(""), Project::default());
    let every: String = before
        .findings
        .iter()
        .map(|f| waiver(&f.fingerprint, "", "2027-01-01"))
        .collect();
    let known = baseline::entries(&before.findings);
    let n = before.findings.len() as u64;
    let against = |entries| Against {
        baseline: Some(Standing {
            path: baseline::FILE.into(),
            found: Ok(Baseline {
                entries,
                ..Baseline::default()
            }),
        }),
        ..Against::default()
    };
    let limits = "[findings.sobelow]\nmax = 0\nnew_only = true\n[security]\nmax_high = 1000\nmax_critical = 1000\n";
    let judged = |text: &str, entries| {
        Report::against(
            sources(),
            &policy(text),
            Project::default(),
            &against(entries),
        )
    };
    let waiving = judged(&format!("{limits}{every}"), known.clone());
    let outcome = waiving.baseline.clone().unwrap();
    assert_eq!((outcome.new, outcome.known, outcome.fixed), (0, n, 0));
    assert_eq!(waiving.waived() as u64, n);
    let because = &gate(&waiving, "findings.sobelow").judgement.because;
    assert!(
        because.contains(&format!("{n} waived")) && !because.contains("known"),
        "once each: {because}"
    );
    // Without the waivers they are known: nothing is new.
    assert_eq!(waiving.verdict_by(&policy(limits)), Ruling::Pass);
    assert_eq!(judged(limits, known).verdict, Ruling::Pass);
    // And without the baseline they are new.
    let unknown = judged(&format!("{limits}{every}"), Vec::new());
    assert_eq!(unknown.verdict, Ruling::Pass);
    assert_eq!(unknown.verdict_by(&policy(limits)), Ruling::Fail);
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
