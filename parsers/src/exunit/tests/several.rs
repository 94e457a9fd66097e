//! Several suites in one log: the apps of an umbrella, rounds that are repeated, runs one after the other.

use super::{FINISHED, console, fixture, kinds, new_run};
use crate::{Completeness, DefectKind};

#[test]
fn the_apps_of_an_umbrella_are_summed_and_named() {
    let run = console(&fixture("1.20.4/umbrella"));
    assert_eq!(run.completeness, Completeness::Unproven);
    assert_eq!(run.value.counts.total(), 6);
    assert!(
        run.value
            .failures
            .iter()
            .all(|f| f.app.as_deref() == Some("web"))
    );
    assert!(
        run.value
            .cases
            .iter()
            .all(|c| c.app.as_deref() == Some("web"))
    );
    // A plain project prints its name after those of the dependencies that were compiled.
    let run = console(&fixture("1.20.4/setup-all-exit"));
    assert_eq!(run.value.failures[0].app, None);
    assert_eq!(run.completeness, Completeness::Complete);
}

#[test]
fn an_umbrella_cut_between_two_apps_is_not_complete() {
    let app = |name| format!("==> {name}\n{}", new_run("..", "Result: 2 passed"));
    for text in [app("core") + &app("web"), app("core")] {
        assert_eq!(console(&text).completeness, Completeness::Unproven);
    }
}

#[test]
fn of_repeated_rounds_the_last_one_counts() {
    let text = fixture("1.20.4/repeat");
    let run = console(&text);
    assert_eq!(run.value.counts.total(), 2);
    assert_eq!(run.value.failures.len(), 1);
    let rounds: Vec<&str> = text.split_inclusive("Result: 2 passed\n").collect();
    let cut = console(rounds[0]);
    assert_eq!(
        (cut.completeness, kinds(&cut)),
        (Completeness::Partial, vec![DefectKind::Cut])
    );
}

#[test]
fn two_runs_of_old_in_one_log_are_two_suites() {
    let one = format!(
        "Excluding tags: [:slow]\n\n..{FINISHED}2 tests, 0 failures\n\nRandomized with seed 7\n"
    );
    let run = console(&format!("{one}{one}"));
    assert_eq!(
        run.completeness,
        Completeness::Complete,
        "{:?}",
        run.defects
    );
    assert_eq!(run.value.counts.passed, 4);
    assert_eq!(
        (run.value.seed, run.value.duration_us),
        (Some(7), Some(400_000))
    );
}
