//! What somebody copied out of a run, and what only looks so.

use super::{FINISHED, HEADER, console, kinds, new_run};
use crate::{Completeness, DefectKind};

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
