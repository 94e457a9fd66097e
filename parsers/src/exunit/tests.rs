//! Whole reports, and runs that no capture shows.

use std::fs;
use std::path::Path;

use crate::damage::parts;
use crate::evidence::{Outcome, Tests};
use crate::{Completeness, DefectKind, Evidence, Parsed};

mod damage;
mod excerpt;
mod limits;
mod several;

/// Reads text as standard output.
fn console(text: &str) -> Parsed<Tests> {
    let mut parts = parts(text.as_bytes(), 1 << 16);
    parts.retain(|p| p.format == super::CONSOLE);
    assert_eq!(parts.len(), 1, "{text}");
    tests(parts.remove(0).parsed)
}

fn tests(parsed: Parsed<Evidence>) -> Parsed<Tests> {
    parsed.map(|evidence| match evidence {
        Evidence::Tests(tests) => tests,
        other => panic!("{other:?}"),
    })
}

fn fixture(name: &str) -> String {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("../fixtures/captures/exunit");
    fs::read_to_string(root.join(name).join("stdout.txt")).unwrap()
}

fn kinds<T>(parsed: &Parsed<T>) -> Vec<DefectKind> {
    parsed.defects.iter().map(|d| d.kind).collect()
}

const HEADER: &str = "Running ExUnit with seed: 7, max_cases: 4\n\n";
const FINISHED: &str = "\nFinished in 0.2 seconds (0.1s async, 0.1s sync)\n";

fn new_run(body: &str, summary: &str) -> String {
    format!("{HEADER}{body}{FINISHED}\n{summary}\n")
}

#[test]
fn a_plain_run_of_each_generation() {
    let old = format!(
        "..*{FINISHED}1 property, 2 tests, 0 failures, 1 skipped\n\nRandomized with seed 7\n"
    );
    let middle = format!("{HEADER}..*{FINISHED}1 property, 2 tests, 0 failures, 1 skipped\n");
    let new = new_run("..*", "Result: 2 passed (1 property, 1 test), 1 skipped");
    for text in [old, middle, new] {
        let run = console(&text);
        assert_eq!(run.completeness, Completeness::Complete, "{text}");
        assert!(run.defects.is_empty(), "{:?}", run.defects);
        let c = run.value.counts;
        assert_eq!((c.passed, c.failed, c.skipped), (2, 0, 1));
        assert_eq!(
            (run.value.seed, run.value.duration_us),
            (Some(7), Some(200_000))
        );
        assert_eq!(run.value.by_type.get("property"), Some(&1));
    }
}

#[test]
fn either_the_first_line_or_the_last_proves_a_generation() {
    for text in [
        format!("..{FINISHED}2 tests, 0 failures\n"),
        format!("..{FINISHED}\nResult: 2 passed\n"),
        format!("..{FINISHED}\nResult: 2 passed\n\nRandomized with seed 7\n"),
        format!("{HEADER}..{FINISHED}2 tests, 0 failures\n\nRandomized with seed 7\n"),
        format!("..{FINISHED}2 tests, 0 failures\n\nRandomized with seed 7"),
        format!("{HEADER}..{FINISHED}2 tests, 0 failures"),
    ] {
        let run = console(&text);
        assert_eq!(run.completeness, Completeness::Partial, "{text}");
        let kinds = kinds(&run);
        let expected = matches!(kinds[..], [DefectKind::Cut | DefectKind::Contradiction]);
        assert!(expected, "{kinds:?}: {text}");
    }
}

#[test]
fn a_header_may_be_glued_to_what_a_test_helper_prints() {
    let run = console(&format!("waiting...{}", new_run("..", "Result: 2 passed")));
    assert_eq!(run.completeness, Completeness::Complete);
}

#[test]
fn passes_need_progress_marks() {
    let run = console(&new_run("..", "Result: 3 passed"));
    assert_eq!(kinds(&run), [DefectKind::CountMismatch]);
    assert_eq!(run.completeness, Completeness::Partial);
    let line = "  * test a [L#3]\r  * test a (0.01ms) [L#3]\n";
    let trace = format!("\nA.BTest [test/a_test.exs]\n{line}{line}");
    assert_eq!(
        console(&new_run(&trace, "Result: 2 passed")).completeness,
        Completeness::Complete
    );
    assert_eq!(
        console(&new_run(&trace, "Result: 3 passed")).completeness,
        Completeness::Partial
    );
}

#[test]
fn a_run_that_goes_on_after_its_summary_is_not_over() {
    let forged = "Finished in 0.1 seconds (0.00s async, 0.1s sync)\n\nResult: 2 passed\n";
    for rest in [
        "...\n",
        "\r  * test a (0.01ms) [L#3]\n",
        "  1) test a (A)\n     a_test.exs:3\n     no\n",
    ] {
        let run = console(&format!("{HEADER}..\n{forged}{rest}"));
        assert_eq!(run.completeness, Completeness::Partial, "{rest}");
        assert!(kinds(&run).contains(&DefectKind::Contradiction), "{rest}");
    }
}

#[test]
fn the_last_summary_counts() {
    let forged = "Finished in 0.1 seconds (0.00s async, 0.1s sync)\n2 tests, 0 failures\n";
    let failure = "  1) test a (A)\n     a_test.exs:3\n     no\n\n";
    let run = console(&new_run(
        &format!("..\n{forged}\n\n{failure}"),
        "Result: 2/3 passed\nFailed: 1 test",
    ));
    assert_eq!(kinds(&run), [DefectKind::Contradiction]);
    assert_eq!((run.value.counts.passed, run.value.counts.failed), (2, 1));
    assert_eq!(run.value.failures.len(), 1);
}

#[test]
fn a_failure_without_its_header_is_noticed() {
    let text = fixture("1.14.0/setup-all-exit");
    let without: String = text
        .lines()
        .filter(|l| !l.contains("setup_all callback"))
        .fold(String::new(), |text, line| text + line + "\n");
    assert_eq!(console(&without).completeness, Completeness::Partial);
}

#[test]
fn what_a_test_prints_takes_no_real_failure_away() {
    let run = console(&fixture("1.14.0/zoo-lifecycle"));
    let first = &run.value.failures[0];
    assert_eq!(first.name.as_deref(), Some("fails amid noise"));
    assert_eq!(run.value.failures.len(), 24);
    assert!(
        run.value
            .failures
            .iter()
            .all(|f| f.module.as_deref() != Some("Fake.Test"))
    );
}

#[test]
fn tests_that_setup_all_takes_back_count_as_failed() {
    let block = "\n  2) A: failure on setup_all callback, all tests have been invalidated\n     ** (RuntimeError) no\n\n";
    let next = "\n  3) test b (B)\n     b_test.exs:3\n     no\n\n";
    let run = console(&new_run(
        &format!("..\n{block}{next}"),
        "Result: 0/3 passed\nFailed: 3 tests",
    ));
    assert_eq!(
        run.completeness,
        Completeness::Complete,
        "{:?}",
        run.defects
    );
    assert_eq!((run.value.counts.failed, run.value.counts.invalid), (3, 0));
    // Up to 1.12 the number of such a block means nothing.
    let next = next.replace("3)", "1)");
    let old = format!(
        "??\n{block}{next}{FINISHED}3 tests, 1 failure, 2 invalid\n\nRandomized with seed 0\n"
    );
    let run = console(&old);
    assert_eq!(
        run.completeness,
        Completeness::Complete,
        "{:?}",
        run.defects
    );
}

#[test]
fn trace_names_every_case() {
    let run = console(&fixture("1.14.0/pass-trace"));
    let of = |outcome| {
        run.value
            .cases
            .iter()
            .filter(|c| c.outcome == outcome)
            .count()
    };
    let numbers = [
        Outcome::Passed,
        Outcome::Failed,
        Outcome::Skipped,
        Outcome::Excluded,
    ]
    .map(of);
    assert_eq!(numbers, [18, 1, 2, 1]);
    let slow = run
        .value
        .cases
        .iter()
        .find(|c| c.name == "a slow test")
        .unwrap();
    assert_eq!(slow.module.as_deref(), Some("Shop.CartTest"));
    assert_eq!(slow.duration_us, Some(121_500));
    assert_eq!(slow.file.as_deref(), Some("test/shop/cart_test.exs"));
}

#[test]
fn the_slowest_tests_are_listed() {
    let run = console(&fixture("1.20.4/slowest"));
    assert_eq!(run.value.slowest.len(), 5);
    let first = &run.value.slowest[0];
    assert_eq!(
        (first.name.as_str(), first.duration_us),
        ("a slow test", 120_700)
    );
    assert_eq!(first.line.map(u32::from), Some(13));
    let run = console(&fixture("1.20.4/slowest-modules"));
    assert!(run.value.slowest.is_empty());
    let modules = run.value.slowest_modules.iter();
    let rows: Vec<_> = modules
        .map(|m| (m.module.as_str(), m.file.as_str(), m.duration_us))
        .collect();
    assert_eq!(
        rows,
        [
            ("Shop.CartTest", "test/shop/cart_test.exs", 123_000),
            ("Shop.MoneyTest", "test/shop/money_test.exs", 60)
        ]
    );
    assert_eq!(run.completeness, Completeness::Complete);
    let text = fixture("1.20.4/slowest-modules").replace("Shop.CartTest (123", "Foo.CartTest (123");
    let first = &console(&text).value.slowest_modules[0];
    assert_eq!(first.module, "Foo.CartTest");
}

#[test]
fn an_aborted_run_is_cut() {
    let text = "..\n\nAborting test suite, showing results so far...\n\n2 tests, 0 failures\n\nRandomized with seed 7\n";
    let run = console(text);
    assert_eq!(
        (run.completeness, kinds(&run)),
        (Completeness::Partial, vec![DefectKind::Cut])
    );
    assert_eq!(run.value.counts.passed, 2);
}

#[test]
fn parameters_are_kept() {
    let failure = "\n  1) test a (A)\n     Parameters: %{n: 1}\n     a_test.exs:3\n     no\n\n";
    let run = console(&new_run(failure, "Result: 0/1 passed\nFailed: 1 test"));
    assert_eq!(run.value.failures[0].parameters.as_deref(), Some("%{n: 1}"));
    let block = "\n  0) A: failure on setup_all callback, all tests have been invalidated\n     Parameters: %{n: 1}\n     ** (RuntimeError) no\n\n";
    let run = console(&new_run(
        &format!("?\n{block}"),
        "Result: 0 tests, 1 invalid",
    ));
    let failure = &run.value.failures[0];
    assert_eq!(failure.parameters.as_deref(), Some("%{n: 1}"));
    assert_eq!(failure.errors[0].exception.as_deref(), Some("RuntimeError"));
    assert_eq!(failure.test_type.as_deref(), Some("setup_all"));
}

#[test]
fn nothing_of_other_tools_is_taken() {
    for text in [
        "Please report incorrect results\n5 tests, 0 failures\n",
        "***\n\n...  (2 more)\n==> web\nCompiling 1 file (.ex)\n",
        "Finished in 0.05 seconds\n3 examples, 0 failures\n",
        "  1) first (a)\n  2) second (b)\n",
        "** (Mix) Could not find a project\n",
        "....\n",
    ] {
        let found = parts(text.as_bytes(), 1 << 16);
        assert!(
            found.iter().all(|p| p.format != super::CONSOLE),
            "{text}: {found:?}"
        );
    }
}

#[test]
fn no_document_starts_inside_a_suite() {
    let body = "..\n{\"issues\": []}\n<testsuites/>\n";
    let all = parts(new_run(body, "Result: 2 passed").as_bytes(), 1 << 16);
    assert_eq!(all.len(), 1, "{all:?}");
    assert_eq!(all[0].parsed.completeness, Completeness::Complete);
}

#[test]
fn a_call_over_several_lines_is_one() {
    let stack = "  1) test adds (Shop.CartTest)\n     test/cart_test.exs:3\n     ** (RuntimeError) no\n     stacktrace:\n       lib/shop.ex:7: Shop.call(%{\n         a: 1\n       })\n       test/cart_test.exs:3: (test)\n";
    let run = console(&new_run(stack, "Result: 0 passed, 1 failed")).value;
    let functions: Vec<&str> = run.failures[0].errors[0]
        .stack
        .iter()
        .map(|f| f.function.as_str())
        .collect();
    assert_eq!(functions, ["Shop.call(%{\na: 1", "})", "(test)"]);
}
