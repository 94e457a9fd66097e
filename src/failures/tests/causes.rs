//! What a failure is told by: its phase, what wraps it, the first error that is specific, and not what a test quotes.

use super::*;

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
    let key = super::one(at(&setup, error("KeyError", "key :a not found in: %{}")));
    assert_eq!(
        key.hint.as_deref(),
        Some("Fix the set-up at test/cart_test.exs:3: Key :a is missing")
    );
    let down = super::one(at(
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
