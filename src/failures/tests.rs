//! The examples that stand as text, and the guards around the rules.

use gatekeeper_parsers::evidence::{
    ErrorKind, Evidence, Failure, Frame, Logged, LoggedKind, Name, TestError,
};
use gatekeeper_parsers::{Expect, Limits, Stream};

use super::*;

mod groups;
mod guesses;
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

#[test]
fn a_file_that_does_not_compile_is_that_whatever_its_message_quotes() {
    let quoting = [
        error(
            "CompileError",
            "could not fetch environment variable \"KEY\"",
        ),
        assertion("Assertion with == failed"),
        exit("tcp connect (localhost:5432): connection refused"),
        error("", ""),
    ];
    for error in quoting {
        let one = categorise(&of_type("compile", failure(vec![error])));
        assert_eq!(
            (one.category.id, one.phase, one.cause),
            ("compile-error", Phase::Compile, None)
        );
        assert_eq!(
            one.hint.as_deref(),
            Some("Fix test/cart_test.exs:7 first: nothing in it ran")
        );
    }
    let none = categorise(&of_type("compile", failure(Vec::new())));
    assert_eq!(none.category.id, "compile-error");
}

#[test]
fn a_callback_wraps_what_tells_little_and_nothing_else() {
    let setup = ["|test/cart_test.exs:3|Shop.CartTest.__ex_unit_setup_0/1"];
    let one = one(at(&setup, error("RuntimeError", "no")));
    assert_eq!(
        (one.category.id, one.phase),
        ("setup-failure", Phase::Setup)
    );
    assert_eq!(one.cause.map(|cause| cause.id), Some("runtime-error"));
    assert_eq!(
        one.hint.as_deref(),
        Some("Fix the set-up at test/cart_test.exs:3")
    );
    let key = super::tests::one(at(&setup, error("KeyError", "key :a not found in: %{}")));
    assert_eq!(
        key.hint.as_deref(),
        Some("Fix the set-up at test/cart_test.exs:3: Key :a is missing")
    );
    let down = super::tests::one(at(
        &setup,
        error("DBConnection.ConnectionError", "tcp connect: refused"),
    ));
    assert_eq!(
        (down.category.id, down.phase, down.cause),
        ("db-unreachable", Phase::Setup, None)
    );
    let all = categorise(&of_type(
        "setup_all",
        failure(vec![of_kind(ErrorKind::LinkedExit, "killed")]),
    ));
    assert_eq!(
        (all.category.id, all.phase),
        ("setup-failure", Phase::SetupAll)
    );
    assert_eq!(all.cause.map(|cause| cause.id), Some("process-exit"));
    let empty = categorise(&of_type("setup_all", failure(Vec::new())));
    assert_eq!((empty.category.id, empty.cause), ("setup-failure", None));
}

#[test]
fn phases() {
    let phase = |frames: &[&str]| one(at(frames, error("RuntimeError", "no"))).phase;
    let exit_handler =
        "ex_unit|lib/ex_unit/on_exit_handler.ex:140|ExUnit.OnExitHandler.exec_callback/1";
    assert_eq!(phase(&["|test/a_test.exs:1|(test)"]), Phase::Test);
    assert_eq!(phase(&["|test/a_test.exs:1|A.__ex_unit__/2"]), Phase::Setup);
    assert_eq!(
        phase(&[
            "|test/a_test.exs:1|(test)",
            "|test/a_test.exs:1|A.__ex_unit__/2"
        ]),
        Phase::Test
    );
    assert_eq!(
        phase(&["|test/a_test.exs:1|A.__ex_unit_setup_all_0/1"]),
        Phase::SetupAll
    );
    assert_eq!(
        phase(&[
            "|test/a_test.exs:1|anonymous fn/0 in A.\"test a\"/1",
            exit_handler
        ]),
        Phase::OnExit
    );
    let returned = error(
        "RuntimeError",
        "expected ExUnit setup_all callback in A to return the atom :ok, a keyword, or a map, got 1 instead",
    );
    assert_eq!(one(returned).phase, Phase::SetupAll);
    let under_header = of_type(
        "setup_all",
        failure(vec![at(
            &[exit_handler],
            exit(&format!(
                "exited in: GenServer.stop(A, :normal, 5000)\n    ** (EXIT) {NO_PROCESS}"
            )),
        )]),
    );
    let clean_up = categorise(&under_header);
    assert_eq!(
        (clean_up.category.id, clean_up.phase),
        ("teardown-failure", Phase::OnExit)
    );
    let boot = Failure {
        name: None,
        ..failure(vec![at(
            &["|test/test_helper.exs:3|(file)"],
            error("RuntimeError", "no"),
        )])
    };
    assert_eq!(categorise(&boot).phase, Phase::Boot);
}

#[test]
fn wrappers_name_their_cause() {
    let cause = |error| one(error).cause.map(|cause| cause.id);
    let crash = |inside: &str| {
        exit(&format!(
            "exited in: GenServer.call(Shop.S, :a, 5000)\n    ** (EXIT) an exception was raised:\n        {inside}"
        ))
    };
    assert_eq!(
        cause(crash("** (KeyError) key :a not found in: %{}")),
        Some("key-error")
    );
    assert_eq!(cause(crash("** (Shop.Error) no")), Some("custom-exception"));
    assert_eq!(
        cause(crash(
            "** (ExUnit.AssertionError) \n\nAssertion with == failed"
        )),
        Some("assert-comparison")
    );
    let specific = assertion(
        "Failed with generated values (after 1 successful run):\n\n    * Clause:    a <- integer()\n      Generated: 3\n\nmatch (=) failed",
    );
    let specific = TestError {
        right: Some("{:error, {:already_started, #PID<0.1.0>}}".into()),
        ..specific
    };
    assert_eq!(id(specific), "already-started");
}

#[test]
fn several_errors_are_told_by_the_first_specific_one() {
    let several = |errors| categorise(&failure(errors)).category.id;
    let plain = || assertion("Assertion with == failed");
    let database = || {
        error(
            "Ecto.NoResultsError",
            "expected at least one result but got none in query:",
        )
    };
    let verify = || {
        error(
            "Mox.VerificationError",
            "error while verifying mocks for #PID<0.1.0>:",
        )
    };
    assert_eq!(several(vec![plain(), database()]), "ecto-no-results");
    assert_eq!(several(vec![plain(), verify()]), "assert-comparison");
    assert_eq!(several(vec![verify(), plain()]), "mock-not-called");
    assert_eq!(
        several(vec![plain(), error("KeyError", "key :a not found in: %{}")]),
        "assert-comparison"
    );
    assert_eq!(several(vec![assertion(""), plain()]), "assert-comparison");
}

/// A test about an error is not that error.
#[test]
fn the_words_of_a_test_are_not_evidence() {
    let quoted = "tcp connect :eaddrinuse {:already_started, #PID<0.1.0>} unknown registry: A :nxdomain ** (Postgrex.Error) undefined_table";
    for first in [
        "Assertion with == failed",
        "Expected truthy, got nil",
        "Wrong message for A",
        "Unexpectedly received message ",
    ] {
        let error = TestError {
            left: Some(quoted.into()),
            right: Some(quoted.into()),
            code: Some(quoted.into()),
            mailbox: Some(quoted.into()),
            arguments: Some(quoted.into()),
            doctest: Some(quoted.into()),
            ..assertion(&format!("{first}{quoted}"))
        };
        let named = Failure {
            name: Some(quoted.to_owned()),
            logs: Some(quoted.to_owned()),
            ..failure(vec![error])
        };
        let found = categorise(&named).category;
        assert_eq!(found.class, Class::Assertion, "{first} {}", found.id);
    }
    let clauses = format!(
        "no function clause matching in Shop.A.b/1\n\nAttempted function clauses (showing 1 out of 1):\n\n    def b(-{quoted}-)\n"
    );
    assert_eq!(
        id(error("FunctionClauseError", &clauses)),
        "function-clause"
    );
    let dump = "key :a not found in: %Cart{lines: #Ecto.Association.NotLoaded<association :lines is not loaded>}";
    assert_eq!(id(error("KeyError", dump)), "key-error");
}

#[test]
fn hints_are_one_short_line_or_none() {
    let long = "x\u{1b}[31m\u{202e} ".repeat(300);
    for example in examples() {
        let mut hostile = example.failure.clone();
        for error in &mut hostile.errors {
            error.message.push_str(&long);
            error.code = Some(long.clone().into());
            error.right = error
                .right
                .as_ref()
                .map(|right| format!("{right} {long}").into());
        }
        for failure in [example.failure, hostile] {
            let Some(hint) = categorise(&failure).hint else {
                continue;
            };
            assert!(
                !hint.is_empty() && hint.chars().count() <= 200,
                "{} {hint}",
                example.id
            );
            assert!(
                !hint.chars().any(text::is_hidden),
                "{} {hint:?}",
                example.id
            );
            assert!(!hint.contains("{}"), "{} {hint}", example.id);
        }
    }
}

#[test]
fn no_hint_where_it_may_be_wrong() {
    let hint = |error| one(error).hint;
    let taken = error(
        "MatchError",
        "no match of right hand side value: {:error, :eaddrinuse}",
    );
    assert!(hint(taken.clone()).is_some());
    assert_eq!(
        hint(with_code("{:error, :eaddrinuse} = listen()", taken)),
        None
    );
    assert_eq!(hint(error("ArgumentError", "no")), None);
    assert_eq!(hint(error("Shop.Error", "no")), None);
    let noisy = "key :a not found in:\n12:00:01.123 [error] GenServer A terminating\n%{}";
    assert_eq!(hint(error("KeyError", noisy)), None);
    let password = error(
        "Postgrex.Error",
        "FATAL 28P01 (invalid_password) password authentication failed for user \"postgres\"",
    );
    assert!(!hint(password).unwrap_or_default().contains("ecto.create"));
    let called = error(
        "Mox.UnexpectedCallError",
        "expected Shop.Mock.price/1 to be called once but it has been called 2 times in process #PID<0.1.0>",
    );
    assert_eq!(
        hint(called).as_deref(),
        Some("Shop.Mock.price/1 was called more often than expected (count: 2)")
    );
}

#[test]
fn hints_say_what_the_block_says() {
    let hint = |error| one(error).hint.unwrap_or_default();
    let status = error(
        "RuntimeError",
        "expected response with status 200, got: 302, with body:\n\"\"",
    );
    assert_eq!(hint(status), "Got 302 instead of 200: not logged in?");
    let suggestion =
        "function Shop.Money.fromat/1 is undefined or private. Did you mean:\n\n    * format/1\n";
    assert_eq!(
        hint(error("UndefinedFunctionError", suggestion)),
        "Shop.Money.fromat/1 does not exist: did you mean format/1?"
    );
    let tuple = "key :id not found in: {:ok, %Cart{}}";
    assert_eq!(
        hint(error("KeyError", tuple)),
        "Key :id was read from a tuple: unwrap it first"
    );
    let named = error(
        "Ecto.ConstraintError",
        "constraint error when attempting to insert struct:\n\n    * \"carts_name_index\" (unique_constraint)\n\nThe changeset has not defined any constraint.",
    );
    assert!(hint(named).starts_with("Constraint carts_name_index failed: add"));
    let listed = error(
        "Ecto.ConstraintError",
        "constraint error when attempting to insert struct:\n\n    * \"carts_name_index\" (unique_constraint)\n\nThe changeset defined the following constraints:\n\n    * \"carts_name_index\" (foreign_key_constraint)",
    );
    assert!(hint(listed).starts_with("The changeset defines carts_name_index"));
    let changeset = "no match of right hand side value:\n\n    {:error,\n     #Ecto.Changeset<\n       action: :insert,\n       changes: %{},\n       errors: [isbn: {\"can't be blank\", [validation: :required]}],\n       data: #Shop.Book<>,\n       valid?: false\n     >}\n";
    assert_eq!(
        hint(error("MatchError", changeset)),
        "The changeset is invalid: [isbn: {\"can't be blank\", [validation: :required]}]"
    );
    let gone = exit(&format!(
        "exited in: GenServer.call(Shop.Till, :open, 5000)\n    ** (EXIT) {NO_PROCESS}"
    ));
    assert!(hint(gone).starts_with("Shop.Till is not running"));
    let sides = TestError {
        left: Some("1".into()),
        right: Some("2".into()),
        ..assertion("Assertion with == failed")
    };
    assert_eq!(hint(sides), "Left is 1, right is 2");
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
