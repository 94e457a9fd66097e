//! When a category's advice is not given: one row for each `unless` of the table. A wrong hint is worse than none.

use super::*;

fn hint(error: TestError) -> String {
    one(error).hint.unwrap_or_default()
}

fn matched(code: &str, right: &str) -> TestError {
    let error = with_code(code, assertion("match (=) failed"));
    TestError {
        right: Some(right.into()),
        ..error
    }
}

fn crashed(inside: &str) -> TestError {
    exit(&format!(
        "exited in: GenServer.call(Shop.S, :a, 5000)\n    ** (EXIT) an exception was raised:\n        {inside}"
    ))
}

const REFUSED: &str = "** (DBConnection.ConnectionError) tcp connect (localhost:5432): connection refused - :econnrefused";

/// Hints of failures of one run, once the run is known.
fn in_a_run(errors: Vec<TestError>) -> Vec<Option<String>> {
    let failures: Vec<Failure> = errors.into_iter().map(|e| failure(vec![e])).collect();
    let mut classes: Vec<Classified> = failures.iter().map(categorise).collect();
    let pairs = failures.iter().zip(&mut classes).enumerate();
    let mut all: Vec<Unsettled<'_>> = pairs
        .map(|(position, (failure, class))| Unsettled {
            failure,
            class,
            position,
        })
        .collect();
    settle(&mut all, &[]);
    classes.into_iter().map(|class| class.hint).collect()
}

fn pool() -> TestError {
    let text = "connection not available and request was dropped from queue after 999ms";
    error("DBConnection.ConnectionError", text)
}

fn ownership() -> TestError {
    let text = "cannot find ownership process for #PID<0.1.0> (Shop.Repo) using mode :manual.";
    error("DBConnection.OwnershipError", text)
}

/// Whether the condition of an `unless` holds the advice back, or gives another.
type Held = fn() -> bool;

const UNLESS: &[(&str, Held)] = &[
    ("port-in-use", || {
        hint(matched(
            "assert {:ok, _} = listen() # :eaddrinuse",
            "{:error, :eaddrinuse}",
        ))
        .is_empty()
    }),
    ("db-unreachable", || {
        let down = || {
            error(
                "DBConnection.ConnectionError",
                "tcp connect (localhost:1): connection refused - :econnrefused",
            )
        };
        let own = with_code(
            "start_supervised!({Shop.Other, hostname: \"nowhere\"})",
            down(),
        );
        let password = error(
            "Postgrex.Error",
            "FATAL 28P01 (invalid_password) password authentication failed for user \"a\"",
        );
        let many = error(
            "Postgrex.Error",
            "FATAL 53300 (too_many_connections) sorry, too many clients already",
        );
        in_a_run(vec![own.clone(), pool()])[0].is_none()
            && in_a_run(vec![own, down()]).iter().all(Option::is_some)
            && in_a_run(vec![down()])[0].is_some()
            && !hint(password).contains("ecto.create")
            && !hint(many).contains("ecto.create")
    }),
    ("sandbox-owner-exited", || {
        let text = "owner #PID<0.1.0> exited while client #PID<0.2.0> is still running";
        let handler =
            ["ex_unit|lib/ex_unit/on_exit_handler.ex:140|ExUnit.OnExitHandler.exec_callback/1"];
        let owner = || error("DBConnection.ConnectionError", text);
        hint(at(&handler, owner())).contains("query before it")
            && hint(owner()).contains("outlived")
    }),
    ("db-pool-timeout", || {
        let owned = error(
            "DBConnection.ConnectionError",
            "owner #PID<0.1.0> timed out because it owned the connection for longer than 120000ms",
        );
        !hint(owned.clone()).contains("pool_size")
            && hint(owned).contains("ownership_timeout")
            && in_a_run(vec![pool()])[0].is_none()
            && in_a_run(vec![pool(), pool()]).iter().all(Option::is_some)
    }),
    ("sandbox-ownership", || {
        let left = error("DBConnection.ConnectionError", "owner #PID<0.1.0> exited");
        in_a_run(vec![left, ownership()])[1].is_none() && in_a_run(vec![ownership()])[0].is_some()
    }),
    ("db-lock", || {
        let locked = error(
            "Postgrex.Error",
            "ERROR 55P03 (lock_not_available) could not obtain lock on row",
        );
        hint(with_code(
            "Repo.query!(\"SELECT 1 FOR UPDATE NOWAIT\")",
            locked.clone(),
        ))
        .is_empty()
            && !hint(locked).is_empty()
    }),
    ("db-schema", || {
        let said = |text: &str| hint(error("Postgrex.Error", text));
        said("ERROR 42P07 (duplicate_table) relation \"carts\" already exists").is_empty()
            && said("ERROR 42701 (duplicate_column) column \"id\" already exists").is_empty()
            && said("ERROR 42P01 (undefined_table) relation \"acme.carts\" does not exist")
                == "Check the prefix acme of the query: is its schema made and migrated in the test database?"
            && said("ERROR 42P01 (undefined_table) relation \"carts\" does not exist")
                .contains("ecto.migrate")
    }),
    ("db-constraint", || {
        let text = "constraint error when attempting to insert struct:\n\n    * \"carts_name_index\" (unique_constraint)\n\nThe changeset defined the following constraints:\n\n    * \"carts_name_index\" (foreign_key_constraint)";
        hint(error("Ecto.ConstraintError", text))
            .starts_with("The changeset defines carts_name_index")
    }),
    ("ecto-no-results", || {
        let none = error(
            "Ecto.NoResultsError",
            "expected at least one result but got none in query:",
        );
        let code = "assert html_response(get(conn, ~p\"/books/1\"), 404)";
        hint(with_code(code, none.clone())).contains("assert_error_sent 404")
            && hint(with_code("get(conn, ~p\"/books/404\")", none)).contains("0 rows")
    }),
    ("ecto-changeset", || {
        let text = "could not perform insert because changeset is invalid.\n\nErrors\n\n    %{name: [{\"can't be blank\", []}]}\n\nApplied changes\n\n    %{price: 1}\n\nParams\n\n    %{\"colour\" => 1}\n";
        let said = hint(error("Ecto.InvalidChangesetError", text));
        said.contains("name") && !said.contains("price") && !said.contains("colour")
    }),
    ("ecto-stale", || {
        let stale = error(
            "Ecto.StaleEntryError",
            "attempted to update a stale struct:",
        );
        hint(with_code(
            "Repo.update!(change(cart, lock_version: 1))",
            stale.clone(),
        ))
        .is_empty()
            && !hint(stale).is_empty()
    }),
    ("ecto-cast", || {
        let cast = error(
            "Ecto.Query.CastError",
            "value `\"abc\"` in `where` cannot be cast to type :id in query:",
        );
        let code = "assert json_response(get(conn, \"/books/abc\"), :bad_request)";
        hint(with_code(code, cast.clone())).contains("assert_error_sent 400")
            && !hint(cast).contains("assert_error_sent")
    }),
    ("ecto-not-loaded", || {
        let sides = "#Ecto.Association.NotLoaded<association :lines is not loaded>";
        let unequal = TestError {
            left: Some(sides.into()),
            right: Some("[]".into()),
            ..assertion("Assertion with == failed")
        };
        id(unequal) == "assert-comparison"
    }),
    ("mock-unexpected", || {
        let text = "expected Shop.Mock.price/1 to be called once but it has been called twice in process #PID<0.1.0>";
        let said = hint(error("Mox.UnexpectedCallError", text));
        said.contains("twice") && !said.contains("expect/stub")
    }),
    ("mock-not-called", || {
        let verify = || {
            error(
                "Mox.VerificationError",
                "error while verifying mocks for #PID<0.1.0>:",
            )
        };
        let body = || assertion("Assertion with == failed");
        let both = |errors| categorise(&failure(errors));
        both(vec![body(), verify()]).category.id == "assert-comparison"
            && both(vec![verify(), body()]).hint.is_none()
            && both(vec![verify()]).hint.is_some()
    }),
    ("mock-setup", || {
        let text = "no function clause matching in Bypass.expect/2\n\nThe following arguments were given to Bypass.expect/2:\n\n    # 1\n    {:error, :eaddrinuse}\n";
        id(error("FunctionClauseError", text)) == "port-in-use"
    }),
    ("browser-element", || {
        let text = "Expected to find 1 visible element that matched the css '.total', but 0 visible elements were found.";
        let said = |more: &str| hint(error("Wallaby.QueryError", &format!("{text}{more}")));
        said("\n\nScreenshot taken, find it at file:///tmp/shots/1.png")
            .starts_with("Look at the screenshot")
            && said("\n\nThere was an uncaught JavaScript error:\nx is not defined")
                .starts_with("The page has a JavaScript error")
            && said("").starts_with("Expected to find")
    }),
    ("liveview-element", || {
        let element = || {
            error(
                "ArgumentError",
                "expected selector \"#a\" to return a single element, but got none within:",
            )
        };
        let crash = || {
            let text = "an exception was raised:\n\n    ** (KeyError) key :a not found in: %{}\n        (shop 0.1.0) lib/shop_web/live/a.ex:3: ShopWeb.ALive.handle_event/3\n        (phoenix_live_view 1.0.0) lib/phoenix_live_view/channel.ex:1: Phoenix.LiveView.Channel.handle_info/2";
            of_kind(ErrorKind::LinkedExit, text)
        };
        let both = |errors| categorise(&failure(errors)).category.id;
        both(vec![element(), crash()]) == "liveview-crash"
            && both(vec![crash(), element()]) == "liveview-crash"
            && both(vec![element()]) == "liveview-element"
    }),
    ("liveview-redirect", || {
        let value = |flash: &str| {
            format!(
                "no match of right hand side value: {{:error, {{:redirect, %{{to: \"/shop\", flash: %{{{flash}}}}}}}}}"
            )
        };
        let said = |flash: &str| hint(error("MatchError", &value(flash)));
        said("\"error\" => \"The shop is closed\"").contains("The shop is closed")
            && !said("\"error\" => \"The shop is closed\"").contains("log the user in")
            && said("").contains("log the user in")
    }),
    ("liveview-crash", || {
        let frame = "\n            (phoenix_live_view 1.0.0) lib/phoenix_live_view/channel.ex:1: Phoenix.LiveView.Channel.handle_info/2";
        id(crashed(&format!("{REFUSED}{frame}"))) == "db-unreachable"
            && id(crashed(&format!(
                "** (DBConnection.OwnershipError) cannot find ownership process for #PID<0.1.0>.{frame}"
            ))) == "sandbox-ownership"
            && id(crashed(&format!(
                "** (Mox.UnexpectedCallError) no expectation defined for Shop.Mock.a/0{frame}"
            ))) == "mock-unexpected"
            && id(crashed(&format!("** (KeyError) key :a not found{frame}"))) == "liveview-crash"
    }),
    ("no-route", || {
        let route = error(
            "Phoenix.Router.NoRouteError",
            "no route found for GET /nowhere (ShopWeb.Router)",
        );
        hint(with_code(
            "assert response(get(conn, \"/nowhere\"), :not_found)",
            route.clone(),
        ))
        .contains("assert_error_sent 404")
            && hint(route).starts_with("No route for GET /nowhere")
    }),
    ("bad-params", || {
        let params = error(
            "Phoenix.ActionClauseError",
            "no function clause matching in ShopWeb.CartController.create/2",
        );
        hint(with_code(
            "assert json_response(post(conn, \"/carts\"), 400)",
            params.clone(),
        ))
        .contains("assert_error_sent 400")
            && hint(params).starts_with("Action ShopWeb.CartController.create/2")
    }),
    ("render-error", || {
        let text = |view: &str| {
            format!(
                "Could not render \"500.html\" for {view}, please define a matching clause for render/2"
            )
        };
        hint(error("ArgumentError", &text("ShopWeb.ErrorHTML"))).contains("hidden")
            && !hint(error("ArgumentError", &text("ShopWeb.CartHTML"))).contains("hidden")
    }),
    ("http-response", || {
        let said = |status: u32| {
            hint(error(
                "RuntimeError",
                &format!("expected response with status 200, got: {status}, with body:\n\"\""),
            ))
        };
        said(418) == "Got 418 instead of 200" && said(404).contains("route or missing row")
    }),
    // Evidence holds no configuration, so it is never known; the page of the category says it.
    ("job-assert", || {
        category("job-assert").is_some_and(|c| {
            c.explain
                .iter()
                .any(|line| line.contains("testing: :inline"))
        })
    }),
    ("already-started", || {
        let right = "{:error, {:already_started, #PID<0.1.0>}}";
        hint(matched(
            "assert {:error, {:already_started, _}} = start()",
            right,
        ))
        .is_empty()
            && !hint(matched("assert {:ok, _} = start()", right)).is_empty()
    }),
    // The crash of the server is the cause of the group, and only the group has advice: see `groups`.
    ("not-started", || {
        crash_explains(&|n| {
            let text = "unknown registry: Shop.Registry";
            at(
                &[&format!("|test/a_test.exs:{n}|(test)")],
                error("ArgumentError", text),
            )
        })
    }),
    ("ets-table", || {
        let text = "errors were found at the given arguments:\n\n  * 1st argument: the table identifier does not refer to an existing ETS table\n";
        let call = |argument: &str| {
            let frame = format!("|:0|:ets.lookup({argument}, :a)");
            hint(at(&[&frame], error("ArgumentError", text)))
        };
        call("#PID<0.1.0>") == "#PID<0.1.0> is no ETS table: the call is given a wrong value"
            && call("%{a: 1}").starts_with("A map or struct is no ETS table")
            && call(":rates").starts_with("Table :rates does not exist")
    }),
    ("network-error", || {
        let refused = || error("Req.TransportError", "connection refused");
        let local = error(
            "RuntimeError",
            "http://localhost:49823/a failed with :econnrefused",
        );
        hint(with_code(
            "Client.get(\"http://localhost:#{bypass.port}\")",
            refused(),
        ))
        .contains("Bypass")
            && hint(local).is_empty()
            && hint(refused()).contains("stub the client")
            && !hint(error(
                "RuntimeError",
                "http://localhost:4000/a failed with :econnrefused",
            ))
            .is_empty()
    }),
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
    ("no-process", || {
        crash_explains(&|n| {
            let text = format!(
                "exited in: GenServer.call(Shop.Till, :open, 5000)\n    ** (EXIT) {NO_PROCESS}"
            );
            at(&[&format!("|test/a_test.exs:{n}|(test)")], exit(&text))
        })
    }),
    ("start-failed", || {
        let start = |reason: &str| {
            id(error(
                "RuntimeError",
                &format!("failed to start child with the spec Shop.Till.\nReason: {reason}"),
            ))
        };
        start("already started: #PID<0.1.0>") == "already-started"
            && start("{:listen_error, :eaddrinuse}") == "port-in-use"
            && start(&format!("an exception was raised:\n    {REFUSED}")) == "db-unreachable"
            && start("bad child specification") == "start-failed"
    }),
    ("process-crash", || {
        id(crashed(REFUSED)) == "db-unreachable"
            && id(crashed(
                "** (Mox.UnexpectedCallError) no expectation defined for Shop.Mock.a/0",
            )) == "mock-unexpected"
            && id(crashed("** (KeyError) key :a not found")) == "process-crash"
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

/// A server that crashed over and over is the cause of its callers, in whose place the group speaks.
fn crash_explains(victim: &dyn Fn(u32) -> TestError) -> bool {
    let gone =
        format!("exited in: GenServer.call(Shop.Till, :open, 5000)\n    ** (EXIT) {NO_PROCESS}");
    let first = at(&["|test/a_test.exs:1|(test)"], exit(&gone));
    let failures: Vec<Failure> = [first, victim(2), victim(3)]
        .into_iter()
        .map(|e| failure(vec![e]))
        .collect();
    let classes: Vec<Classified> = failures.iter().map(categorise).collect();
    let event = Logged {
        kind: LoggedKind::Terminated,
        who: "Shop.Till".to_owned(),
        exception: Some("KeyError".to_owned()),
        message: "key :a not found".to_owned(),
        stack: Vec::new(),
        before: 0,
        times: 9,
    };
    let groups = group(&members(&failures, &classes), &[(0, &event)]);
    let hint = groups[0].hint.as_deref();
    groups.len() == 1 && hint == Some("Shop.Till crashed before its callers: fix that crash first")
}

#[test]
fn every_condition_of_the_table_holds_its_advice_back() {
    let given = UNLESS.iter().filter(|(_, held)| !held());
    let given: Vec<_> = given
        .map(|(id, _)| (id, category(id).map(|c| c.unless)))
        .collect();
    assert!(given.is_empty(), "{given:#?}");
    let with: Vec<&str> = CATEGORIES
        .iter()
        .filter(|c| !c.unless.is_empty())
        .map(|c| c.id)
        .collect();
    for id in &with {
        assert!(
            UNLESS.iter().any(|(known, _)| known == id),
            "{id} is not tested"
        );
    }
    assert_eq!(with.len(), UNLESS.len());
}

#[test]
fn a_test_about_an_error_is_not_advised_about_it() {
    let missing = "{:error, %Postgrex.Error{postgres: %{code: :undefined_table}}}";
    let about = matched(
        "assert {:error, %Postgrex.Error{postgres: %{code: :undefined_table, line: 3}}} = q()",
        missing,
    );
    assert_eq!(one(about).hint, None);
    assert!(
        one(matched("assert {:ok, _} = q()", missing))
            .hint
            .is_some()
    );
}
