//! Hints about code and values: what does not compile, what does not match, what a test asserts.

use super::*;

pub(super) const UNLESS: &[(&str, Held)] = &[
    ("compile-error", || {
        let inside = error("CompileError", "nofile:1: undefined variable \"x\"");
        id(inside.clone()) == "compile-error" && !hint(inside).contains("nothing in it ran")
    }),
    ("property", || {
        let text = |inside: &str| {
            format!(
                "Failed with generated values (after 1 successful run):\n\n    * Clause:    a <- integer()\n      Generated: 3\n\ngot exception:\n\n{inside}"
            )
        };
        id(assertion(&text(REFUSED))) == "db-unreachable"
            && id(assertion(&text("** (KeyError) key :a not found in: %{}"))) == "property"
    }),
    ("undefined-module", || {
        let text = "function Shop.Monye.add/1 is undefined (module Shop.Monye is not available). Did you mean:\n\n    * Shop.Money.add/1\n";
        let said = hint(error("UndefinedFunctionError", text));
        said.contains("did you mean Shop.Money.add/1?") && !said.contains("elixirc_paths")
    }),
    ("undefined-function", || {
        id(error(
            "UndefinedFunctionError",
            "function nil.name/0 is undefined",
        )) == "nil-access"
            && id(error(
                "UndefinedFunctionError",
                "function ShopWeb.Router.Helpers.cart_path/2 is undefined or private",
            )) == "no-route"
    }),
    ("match-error", || {
        let value = |value: &str| {
            id(error(
                "MatchError",
                &format!("no match of right hand side value: {value}"),
            ))
        };
        value("{:error, {:already_started, #PID<0.1.0>}}") == "already-started"
            && value("{:error, :eaddrinuse}") == "port-in-use"
            && value("{:error, {:live_redirect, %{to: \"/\"}}}") == "liveview-redirect"
            && value("{:error, %Postgrex.Error{postgres: %{code: :undefined_table}}}")
                == "db-schema"
            && value("{:error, :later}") == "match-error"
    }),
    ("key-error", || {
        hint(error("KeyError", "key :id not found in: {:error, :gone}")).contains("unwrap")
    }),
    ("type-error", || {
        id(error("BadMapError", "expected a map, got: nil")) == "nil-access"
    }),
    ("protocol-undefined", || {
        let nil = "protocol Enumerable not implemented for Atom. This protocol is implemented for: List\n\nGot value:\n\n    nil\n";
        hint(error("Protocol.UndefinedError", nil)).contains("was given nil")
            && hint(error(
                "Protocol.UndefinedError",
                "protocol String.Chars not implemented for nil of type Atom",
            ))
            .contains("was given nil")
    }),
    ("argument-error", || {
        hint(error("ArgumentError", "no")).is_empty()
    }),
    ("runtime-error", || {
        let raised = at(
            &["|test/a_test.exs:3|(test)"],
            error("RuntimeError", "the till is shut"),
        );
        hint(raised) == "Raised at test/a_test.exs:3"
    }),
    ("custom-exception", || {
        hint(error("Shop.Error", "no")).is_empty()
    }),
    ("assert-message", || {
        let near = TestError {
            mailbox: Some("pattern: {:paid, 1}\nvalue:   {:paid, 2}".into()),
            ..assertion(
                "Assertion failed, no matching message after 100ms\nShowing 1 of 1 message in the mailbox",
            )
        };
        let empty = assertion(
            "Assertion failed, no matching message after 100ms\nThe process mailbox is empty.",
        );
        !hint(near).contains("timeout") && hint(empty).contains("timeout")
    }),
    ("doctest", || {
        let doctest = |error| categorise(&of_type("doctest", failure(vec![error])));
        let raised = doctest(error("KeyError", "key :a not found in: %{}"));
        (raised.category.id, raised.hint.as_deref())
            == ("key-error", Some("In a doctest: Key :a is missing"))
            && doctest(assertion("Doctest failed"))
                .hint
                .is_some_and(|h| h.starts_with("Doc example"))
    }),
    ("assert-match", || {
        let right = |right: &str| id(matched("assert {:ok, _} = f()", right));
        right("{:error, {:already_started, #PID<0.1.0>}}") == "already-started"
            && right("{:error, {:redirect, %{to: \"/\"}}}") == "liveview-redirect"
            && right("{:error, %Postgrex.Error{postgres: %{code: :undefined_table}}}")
                == "db-schema"
            && right("{:error, :later}") == "assert-match"
    }),
    ("assert-comparison", || {
        let sides = TestError {
            left: Some("1".into()),
            right: Some("2".into()),
            ..assertion("Assertion with == failed")
        };
        hint(sides) == "Left is 1, right is 2"
    }),
    ("assert-truthy", || {
        id(with_code(
            "assert has_element?(view, \"#a\")",
            assertion("Expected truthy, got false"),
        )) == "liveview-element"
    }),
    ("assert-custom", || {
        let own = at(
            &["|test/a_test.exs:3|(test)"],
            assertion("the till is shut"),
        );
        hint(own) == "Assertion site: test/a_test.exs:3"
    }),
    ("setup-failure", || {
        let setup = ["|test/cart_test.exs:3|Shop.CartTest.__ex_unit_setup_0/1"];
        let down = one(at(&setup, crashed(REFUSED)));
        (down.category.id, down.phase) == ("db-unreachable", Phase::Setup)
    }),
    ("teardown-failure", || {
        let handler =
            ["ex_unit|lib/ex_unit/on_exit_handler.ex:140|ExUnit.OnExitHandler.exec_callback/1"];
        let of = |error| id(at(&handler, error));
        of(error(
            "Mox.VerificationError",
            "error while verifying mocks for #PID<0.1.0>:",
        )) == "mock-not-called"
            && of(crashed(REFUSED)) == "db-unreachable"
            && of(error("RuntimeError", "no")) == "teardown-failure"
    }),
    ("uncategorised", || one(exit("")).hint.is_none()),
];
