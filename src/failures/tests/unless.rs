//! When a category's advice is not given: one row for each `unless` of the table. A wrong hint is worse than none.

use super::*;

mod code;
mod database;
mod process;
mod web;

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

/// Whether the condition of an `unless` holds the advice back, or gives another.
type Held = fn() -> bool;

#[test]
fn every_condition_of_the_table_holds_its_advice_back() {
    let unless = [database::UNLESS, web::UNLESS, process::UNLESS, code::UNLESS].concat();
    let given = unless.iter().filter(|(_, held)| !held());
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
            unless.iter().any(|(known, _)| known == id),
            "{id} is not tested"
        );
    }
    assert_eq!(with.len(), unless.len());
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
