//! `new_only`: what a gate makes of new and known findings, and what is never known.

use std::fs;
use std::path::Path;

use gatekeeper::baseline::{self, Standing};
use gatekeeper::gates::{Policy, Ruling};
use gatekeeper::policy::{FindingRules, Setting};
use gatekeeper::report::Source;
use gatekeeper::source;
use gatekeeper::waiver::Status;
use gatekeeper_parsers::evidence::Evidence;
use gatekeeper_parsers::{Expect, Tool};

use super::{accepted, assembled, capture, credo, standing};

fn new_only(tools: &[Tool]) -> Policy {
    let mut policy = Policy::default();
    for tool in tools {
        let mut rules = FindingRules::at_most(0);
        rules.new_only = Some(Setting::standard(true));
        policy.findings.retain(|(t, _)| t != tool);
        policy.findings.push((*tool, rules));
    }
    policy
}

fn ruled(
    sources: Vec<Source>,
    policy: &Policy,
    baseline: Option<Standing>,
    gate: &str,
) -> (Ruling, String) {
    let report = assembled(sources, policy, baseline);
    let judged = report.gates.iter().find(|g| g.gate.id == gate).unwrap();
    (judged.judgement.ruling, judged.judgement.because.clone())
}

#[test]
fn new_only_judges_what_the_baseline_does_not_have() {
    let before = ["R a.ex A.f x", "R a.ex A.g y"];
    let known = || standing(Ok(accepted(vec![credo(&before)])));
    let policy = new_only(&[Tool::Credo]);
    let rule = |now: &[&str], baseline| ruled(vec![credo(now)], &policy, baseline, "credo").0;
    assert_eq!(rule(&before, known()), Ruling::Pass);
    assert_eq!(rule(&["R a.ex A.f x"], known()), Ruling::Pass);
    assert_eq!(
        rule(&["R a.ex A.f x", "R a.ex A.f x"], known()),
        Ruling::Fail
    );
    // Without the policy, a baseline is only shown.
    let all = ruled(vec![credo(&before)], &Policy::default(), known(), "credo").0;
    assert_eq!(all, Ruling::Fail);
    // Without a baseline that can be used nothing is decided, not even for a clean report.
    for missing in [None, standing(Err("is of another version".into()))] {
        for now in [&before[..], &[]] {
            let (ruling, because) = ruled(vec![credo(now)], &policy, missing.clone(), "credo");
            assert_eq!(ruling, Ruling::Undecided, "{because}");
            assert!(because.contains("baseline"), "{because}");
        }
    }
}

#[test]
fn a_list_that_is_not_whole_is_not_compared() {
    let policy = new_only(&[Tool::Credo]);
    let known = standing(Ok(accepted(vec![credo(&["R a.ex A.f x"])])));
    let mut capped = credo(&["R a.ex A.f x"]);
    if let Evidence::Findings(f) = &mut capped.evidence {
        f.total = 9;
    }
    let (ruling, because) = ruled(vec![capped], &policy, known, "credo");
    assert_eq!(ruling, Ruling::Undecided);
    assert!(because.contains("only some"), "{because}");
}

/// Sobelow's findings are compared, a vulnerable dependency is not: it fails with or without a baseline.
#[test]
fn a_gate_of_several_tools_compares_only_those_it_is_told_to() {
    let policy = new_only(&[Tool::Sobelow]);
    let sobelow = || capture("sobelow/0.15.0-1.20.4/webshop-fmt-json");
    let known = || standing(Ok(accepted(sobelow())));
    assert_eq!(
        ruled(sobelow(), &policy, known(), "security").0,
        Ruling::Pass
    );
    assert_eq!(
        ruled(sobelow(), &policy, None, "security").0,
        Ruling::Undecided
    );
    let vulnerable = || {
        let mut source = credo(&["GHSA-1 mix.lock - bad"]);
        source.tool = Some(Tool::MixAudit);
        if let Evidence::Findings(f) = &mut source.evidence {
            f.tool = Tool::MixAudit;
            f.counts = Default::default();
            f.counts.high = 1;
        }
        let mut all = sobelow();
        all.push(source);
        all
    };
    for baseline in [known(), None] {
        assert_eq!(
            ruled(vulnerable(), &policy, baseline, "security").0,
            Ruling::Fail
        );
    }
}

#[test]
fn compile_errors_are_never_known() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("fixtures/captures/compiler");
    let mut checked = 0;
    for version in fs::read_dir(&root).unwrap().map(|e| e.unwrap().path()) {
        for case in fs::read_dir(version).unwrap().map(|e| e.unwrap().path()) {
            let open = || source::open(case.to_str().unwrap(), Expect::default()).unwrap();
            let plain = assembled(open(), &Policy::default(), None);
            let Some(judged) = plain.gates.iter().find(|g| g.gate.id == "compile") else {
                continue;
            };
            let policy = new_only(&[Tool::Compiler]);
            let report = assembled(open(), &policy, standing(Ok(accepted(open()))));
            let again = report
                .gates
                .iter()
                .find(|g| g.gate.id == "compile")
                .unwrap();
            assert_eq!(
                judged.judgement.ruling,
                again.judgement.ruling,
                "{}",
                case.display()
            );
            let grave = report.findings.iter().filter(|f| !baseline::may_know(f));
            for finding in grave {
                assert_eq!(finding.status, Status::New);
                checked += 1;
            }
        }
    }
    assert!(checked > 0, "no compile error was looked at");
}
