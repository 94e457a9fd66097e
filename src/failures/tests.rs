//! The examples that stand as text, and the guards around the rules.

use gatekeeper_parsers::evidence::{
    ErrorKind, Evidence, Failure, Frame, Logged, LoggedKind, Name, TestError,
};
use gatekeeper_parsers::{Expect, Limits, Stream};

use super::*;

mod causes;
mod groups;
mod guesses;
mod hints;
mod reruns;
mod tags;
mod unless;

/// What is grouped: failures of one source, each with what is said of it.
fn members<'a>(failures: &'a [Failure], classified: &'a [Classified]) -> Vec<Member<'a>> {
    let all = failures.iter().zip(classified).enumerate();
    all.map(|(position, (failure, class))| Member {
        failure,
        class,
        source: 0,
        position,
    })
    .collect()
}

fn error(exception: &str, message: &str) -> TestError {
    TestError {
        kind: ErrorKind::Error,
        exception: Some(exception.to_owned()),
        message: message.to_owned(),
        ..TestError::default()
    }
}

fn of_kind(kind: ErrorKind, message: &str) -> TestError {
    TestError {
        kind,
        message: message.to_owned(),
        ..TestError::default()
    }
}

fn assertion(message: &str) -> TestError {
    of_kind(ErrorKind::Assertion, message)
}

fn exit(message: &str) -> TestError {
    of_kind(ErrorKind::Exit, message)
}

fn with_code(code: &str, error: TestError) -> TestError {
    TestError {
        code: Some(code.into()),
        ..error
    }
}

/// `app|file:line|function` or `|file:line|function`.
fn frame(text: &str) -> Frame {
    let mut parts = text.splitn(3, '|');
    let mut part = || parts.next().unwrap_or_default();
    let (app, place, function) = (part(), part(), part());
    let (file, line) = place.rsplit_once(':').unwrap_or((place, ""));
    let filled = |text: &str| Some(Name::from(text)).filter(|text| !text.is_empty());
    Frame {
        app: filled(app),
        file: filled(file),
        line: line.parse().ok(),
        function: function.into(),
    }
}

fn at(frames: &[&str], error: TestError) -> TestError {
    TestError {
        stack: frames.iter().map(|text| frame(text)).collect(),
        ..error
    }
}

fn failure(errors: Vec<TestError>) -> Failure {
    Failure {
        module: Some("Shop.CartTest".into()),
        name: Some("adds".to_owned()),
        test_type: Some("test".into()),
        file: Some("test/cart_test.exs".into()),
        line: std::num::NonZeroU32::new(7),
        errors,
        ..Failure::default()
    }
}

fn of_type(kind: &str, failure: Failure) -> Failure {
    Failure {
        test_type: Some(kind.into()),
        ..failure
    }
}

fn one(error: TestError) -> Classified {
    categorise(&failure(vec![error]))
}

fn id(error: TestError) -> &'static str {
    one(error).category.id
}

const NO_PROCESS: &str = "no process: the process is not alive or there's no process currently associated with the given name, possibly because its application isn't started";

/// An example: its category, its cause, and the failure.
struct Example {
    id: String,
    cause: Option<String>,
    failure: Failure,
}

/// The examples that stand as text, read as any output of ExUnit is.
fn examples() -> Vec<Example> {
    let text = include_str!("../../fixtures/failures/examples.txt");
    let blocks = text.split("\n=== ").skip(1);
    blocks
        .map(|block| {
            let (head, body) = block.split_once('\n').unwrap();
            let (id, cause) = match head.split_once(" < ") {
                Some((id, cause)) => (id, Some(cause.to_owned())),
                None => (head, None),
            };
            Example {
                id: id.to_owned(),
                cause,
                failure: read(body.trim_end()),
            }
        })
        .collect()
}

fn read(body: &str) -> Failure {
    let run = format!(
        "Running ExUnit with seed: 0, max_cases: 1\n\n\n\n  1) test adds (Shop.CartTest)\n     test/cart_test.exs:7\n{body}\n\n\n\
         Finished in 0.1 seconds (0.0s async, 0.1s sync)\n\nResult: 0/1 passed\nFailed: 1 test\n"
    );
    let mut bytes = run.as_bytes();
    let streams: Vec<(Stream, &mut dyn std::io::BufRead)> = vec![(Stream::Out, &mut bytes)];
    let (parts, _) = gatekeeper_parsers::read(streams, Expect::default(), &Limits::default());
    let mut failures = match parts.into_iter().next().unwrap().parsed.value {
        Evidence::Tests(tests) => tests.failures,
        other => panic!("{other:?}"),
    };
    assert_eq!(failures.len(), 1, "{body}");
    failures.remove(0)
}

#[test]
fn every_example_has_its_category_and_every_category_an_example() {
    let mut missing: Vec<_> = CATEGORIES.iter().map(|row| row.id).collect();
    for example in examples() {
        let found = categorise(&example.failure);
        assert_eq!(found.category.id, example.id, "{:?}", example.failure);
        if found.category.class == Class::Wrapper && example.cause.is_some() {
            assert_eq!(
                found.cause.map(|cause| cause.id),
                example.cause.as_deref(),
                "{:?}",
                example.failure
            );
        }
        missing.retain(|id| *id != example.id);
    }
    assert_eq!(missing, ["uncategorised"]);
    for nothing in [exit(""), assertion(""), error("", "")] {
        assert_eq!(id(nothing), "uncategorised");
    }
}

#[test]
fn ids_are_unique_and_every_row_is_written() {
    assert_eq!(CATEGORIES.len(), 78);
    for row in CATEGORIES {
        assert_eq!(category(row.id), Some(row));
        assert_eq!(
            CATEGORIES.iter().filter(|other| other.id == row.id).count(),
            1,
            "{}",
            row.id
        );
        assert!(
            !row.title.is_empty() && !row.means.is_empty() && row.explain.len() >= 3,
            "{}",
            row.id
        );
        assert_eq!(
            row.link.starts_with("https://"),
            row.id != "uncategorised",
            "{}",
            row.id
        );
    }
    assert_eq!(category("nope"), None);
}

/// A pattern is compiled when it is first needed; a broken one must not wait for that.
#[test]
fn every_pattern_compiles() {
    let sources = [
        include_str!("../failures.rs"),
        include_str!("assertion.rs"),
        include_str!("cascade.rs"),
        include_str!("connection.rs"),
        include_str!("database.rs"),
        include_str!("delivery.rs"),
        include_str!("ecto.rs"),
        include_str!("environment.rs"),
        include_str!("exception.rs"),
        include_str!("guess/callback.rs"),
        include_str!("guess/date.rs"),
        include_str!("guess/mailbox.rs"),
        include_str!("guess/shape.rs"),
        include_str!("key.rs"),
        include_str!("limits.rs"),
        include_str!("liveview.rs"),
        include_str!("message.rs"),
        include_str!("missing.rs"),
        include_str!("mock.rs"),
        include_str!("phase.rs"),
        include_str!("process.rs"),
        include_str!("quoted.rs"),
        include_str!("subject.rs"),
        include_str!("tags.rs"),
        include_str!("term.rs"),
        include_str!("text.rs"),
        include_str!("view.rs"),
        include_str!("web.rs"),
        include_str!("wrapper.rs"),
    ];
    let literal =
        regex::Regex::new(r####"re!\(\s*r(?:"([^"]*)"|#"((?s).*?)"#)\s*,?\s*\)"####).unwrap();
    let (mut found, mut calls) = (0, 0);
    for source in sources {
        calls += source.matches("re!(").count();
        for pattern in literal.captures_iter(source) {
            let pattern = pattern.get(1).or_else(|| pattern.get(2)).unwrap().as_str();
            assert!(regex::Regex::new(pattern).is_ok(), "{pattern}");
            found += 1;
        }
    }
    assert_eq!(found, calls);
}

/// Any text at all has a category, and at once.
#[test]
fn nothing_panics() {
    let hostile = [
        "** (",
        "** ()",
        "** (EXIT",
        "Failed with generated values",
        "\u{0}",
        "é",
        "#PID<",
        "{:error, ",
        "🙂** (EXIT) 🙂** (KeyError) key",
        "exited in: ",
    ];
    let kinds = [
        ErrorKind::Assertion,
        ErrorKind::Error,
        ErrorKind::Exit,
        ErrorKind::Throw,
        ErrorKind::LinkedExit,
        ErrorKind::NotImplemented,
    ];
    for message in hostile {
        for kind in kinds {
            for test_type in ["test", "setup_all", "compile", "", "property"] {
                let big = message.repeat(3_000);
                for message in [message, big.as_str()] {
                    let failure = of_type(test_type, failure(vec![of_kind(kind, message)]));
                    let one = categorise(&failure);
                    let member = Member {
                        failure: &failure,
                        class: &one,
                        source: 0,
                        position: 0,
                    };
                    let _ = (group(&[member], &[]), rerun(&failure, &Call::default()));
                }
            }
        }
    }
}
