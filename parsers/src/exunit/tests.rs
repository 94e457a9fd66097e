//! Whole reports, and runs that no capture shows.

use std::fs;
use std::io::BufRead;
use std::path::Path;

use crate::damage::parts;
use crate::evidence::{Frame, Outcome, Tests};
use crate::names::{kept, of_tests};
use crate::{Completeness, DefectKind, Evidence, Expect, Limits, Parsed, Stream, read};

mod damage;

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
fn details_beyond_the_limit_are_counted() {
    let text = fixture("1.20.4/zoo-asserts");
    let limits = Limits {
        details: 10,
        ..Limits::default()
    };
    let mut reader = text.as_bytes();
    let streams = vec![(Stream::Out, &mut reader as &mut dyn BufRead)];
    let part = read(streams, Expect::default(), &limits).0.remove(0);
    let run = tests(part.parsed);
    assert_eq!((run.value.failures.len(), run.value.cases.len()), (10, 10));
    assert_eq!(run.value.counts.failed, 37);
    assert_eq!(
        (run.completeness, kinds(&run)),
        (Completeness::Complete, vec![DefectKind::Limit])
    );
}

#[test]
fn a_line_beyond_the_limit_stops_the_count_of_marks_only() {
    let limits = Limits {
        line: 100,
        ..Limits::default()
    };
    let text = new_run(&".".repeat(500), "Result: 500 passed");
    let mut reader = text.as_bytes();
    let streams = vec![(Stream::Out, &mut reader as &mut dyn BufRead)];
    let part = read(streams, Expect::default(), &limits).0.remove(0);
    assert_eq!(part.parsed.completeness, Completeness::Complete);
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

/// A failure as ExUnit prints it.
fn block(number: u64) -> String {
    format!(
        "\n{number:>3}) test a{number} (A)\n     test/a_test.exs:{number}\n     ** (RuntimeError) oops\n     stacktrace:\n       test/a_test.exs:{number}: (test)\n"
    )
}

/// What somebody copied, or a log whose head is lost: what is there is read, and never proves anything.
#[test]
fn an_excerpt_of_failures_is_read() {
    let summary = |n: u32| format!("{FINISHED}9 tests, {n} failures\n\nRandomized with seed 7\n");
    let copied = block(1).trim_start().to_owned() + &block(2);
    let (middle, pieces) = (block(4) + &block(5), block(7) + &block(2));
    for (text, lines) in [
        (block(2), &[2][..]),
        (copied, &[1, 2]),
        (middle.clone(), &[4, 5]),
        (pieces, &[7, 2]),
        (format!("{HEADER}{}{}", block(7), summary(1)), &[7]),
        (format!("....{middle}{}", summary(5)), &[4, 5]),
    ] {
        let run = console(&text);
        let read: Vec<_> = run.value.failures.iter().filter_map(|f| f.line).collect();
        assert_eq!(
            read.iter().map(|n| n.get()).collect::<Vec<_>>(),
            lines,
            "{text}"
        );
        assert_eq!(run.value.cases.len(), lines.len(), "{text}");
        assert_eq!(run.completeness, Completeness::Partial, "{text}");
        assert!(run.value.counts.failed > 0, "{text}");
    }
}

/// A test prints a failure before there is any. The run's own list and its summary tell.
#[test]
fn a_printed_failure_before_the_first_is_no_excerpt() {
    let old = |body: String, n: u32| {
        let passed = ".".repeat(9 - n as usize);
        let run =
            format!("{passed}{body}{FINISHED}9 tests, {n} failures\n\nRandomized with seed 7\n");
        console(&run)
    };
    let none = old(block(7), 0);
    let some = old(block(7) + &block(1) + &block(2), 2);
    let new = new_run(&format!(".{}", block(7)), "Result: 1 passed");
    for (run, failed) in [(none, 0), (some, 2), (console(&new), 0)] {
        assert_eq!(
            run.completeness,
            Completeness::Complete,
            "{:?}",
            run.defects
        );
        assert_eq!(run.value.counts.failed, failed);
        assert_eq!(run.value.failures.len() as u64, failed);
        assert_eq!(kinds(&run), [DefectKind::Foreign]);
    }
}

/// Ten thousand failures are kept, and their cases: module, file, type and the calls of their stacks are not kept for each.
#[test]
fn what_tests_have_in_common_is_kept_once() {
    let failure = |n: u32| {
        format!(
            "\n  {n}) test adds {n} (Shop.CartTest)\n     test/cart_test.exs:{n}\n     Assertion with == failed\n     code:  assert total() == {n}\n     left:  0\n     right: {n}\n     stacktrace:\n       (shop 0.1.0) lib/shop.ex:7: Shop.total/0\n       test/cart_test.exs:{n}: (test)\n"
        )
    };
    let body: String = (1..=9).map(failure).collect();
    let run = console(&new_run(&body, "Result: 0 passed, 9 failed")).value;
    assert_eq!((run.failures.len(), run.cases.len()), (9, 9));
    let errors = run.failures.iter().flat_map(|f| &f.errors);
    let frames: Vec<&Frame> = errors.flat_map(|e| &e.stack).collect();
    assert_eq!(frames.len(), 18);
    let of_frames = frames.iter().flat_map(|f| [&f.app, &f.file]).flatten();
    let names = of_tests(&run).chain(of_frames);
    let functions = frames.iter().map(|f| &f.function);
    // The module, the type, two files, two functions, the app.
    assert_eq!(kept(names.chain(functions)), 7);
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
