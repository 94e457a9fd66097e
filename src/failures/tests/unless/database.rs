//! Hints about the database: connections, the sandbox, and what Ecto says.

use super::*;

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

pub(super) const UNLESS: &[(&str, Held)] = &[
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
];
