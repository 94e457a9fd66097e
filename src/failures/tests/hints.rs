//! The hint of a failure: one short line that is in the block, or none.

use super::*;

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
