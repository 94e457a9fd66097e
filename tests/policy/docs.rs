//! `[docs]`: minimums for documentation, judged beside Doctor's own verdict.

use gatekeeper::gates::{Ruling, Weight};

use super::{PASS, gate, report};

/// 10 of 37 functions have documentation, 14 a spec; 14 of 15 modules have documentation.
const FULL: &str = "doctor/0.23.0-1.20.4/default";

/// The same, without rows that say how many.
const SHORT: &str = "doctor/0.23.0-1.20.4/short";

fn ruling(capture: &str, limit: &str, name: &str) -> Ruling {
    let report = report(&[capture], &format!("[docs]\n{limit}\n"));
    gate(&report, &format!("docs.coverage:{name}"))
        .judgement
        .ruling
}

#[test]
fn whole_numbers_are_compared() {
    // 27.027… %, printed as 27.0 %.
    assert_eq!(ruling(FULL, "min_docs = 27.02", "docs"), Ruling::Pass);
    assert_eq!(ruling(FULL, "min_docs = 27.03", "docs"), Ruling::Fail);
    assert_eq!(ruling(FULL, "min_specs = 37.83", "specs"), Ruling::Pass);
    assert_eq!(ruling(FULL, "min_specs = 37.84", "specs"), Ruling::Fail);
    assert_eq!(
        ruling(FULL, "min_moduledocs = 93.33", "moduledocs"),
        Ruling::Pass
    );
    assert_eq!(
        ruling(FULL, "min_moduledocs = 93.34", "moduledocs"),
        Ruling::Fail
    );
    let all = report(&[FULL], "[docs]\nmin_docs = 80\nseverity = \"warn\"\n");
    let docs = gate(&all, "docs.coverage:docs");
    assert_eq!(docs.judgement.because, "10 of 37 have docs");
    assert_eq!(
        (
            docs.judgement.actual.as_str(),
            docs.judgement.limit.as_str()
        ),
        ("27.02 %", ">= 80.00 %")
    );
    assert_eq!(
        (docs.severity, docs.source.as_str()),
        (Weight::Warn, "gatekeeper.toml:2")
    );
    // Doctor's own verdict is a gate of its own.
    assert_eq!(gate(&all, "docs").judgement.ruling, Ruling::Fail);
}

#[test]
fn a_rounded_share_at_the_limit_decides_nothing() {
    assert_eq!(ruling(SHORT, "min_docs = 26.95", "docs"), Ruling::Pass);
    assert_eq!(ruling(SHORT, "min_docs = 27", "docs"), Ruling::Undecided);
    assert_eq!(ruling(SHORT, "min_docs = 27.05", "docs"), Ruling::Fail);
}

#[test]
fn what_is_not_measured_is_not_documented() {
    // Before 0.20 nothing is said of modules.
    let old = "doctor/0.23.0-synthetic/summary-failed";
    assert_eq!(
        ruling(old, "min_moduledocs = 0", "moduledocs"),
        Ruling::Undecided
    );
    let none = report(&[PASS], "require = [\"docs\"]\n[docs]\nmin_docs = 0\n");
    for id in ["docs", "docs.coverage:docs"] {
        let judgement = &gate(&none, id).judgement;
        assert_eq!(judgement.ruling, Ruling::Undecided, "{judgement:?}");
    }
    assert_eq!(none.verdict, Ruling::Undecided);
}

#[test]
fn the_table_is_checked() {
    let problems = |text: &str| {
        let problems = gatekeeper::config::read("gatekeeper.toml", text).unwrap_err();
        problems
            .iter()
            .map(|p| p.message.clone())
            .collect::<Vec<_>>()
            .join("\n")
    };
    assert!(problems("[docs]\n").contains("[docs] says nothing; such as min_docs = 80"));
    assert!(problems("[docs]\nmin_doc = 1\n").contains("did you mean \"min_docs\"?"));
    assert!(problems("[docs]\nmin_docs = 101\n").contains("a percentage from 0 to 100"));
    assert!(problems("[docs]\nmin_docs = -1\n").contains("must not be negative"));
}
