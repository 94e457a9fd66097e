//! How much is kept of a large run, and what is kept once.

use std::io::BufRead;

use super::{console, fixture, kinds, new_run, tests};
use crate::evidence::Frame;
use crate::names::{kept, of_tests};
use crate::{Completeness, DefectKind, Expect, Limits, Stream, read};

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
