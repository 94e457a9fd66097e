//! What is probably one cause, and what only looks so: a wrong merge is worse than none.

use super::*;

mod callback;
mod mailbox;
mod shape;

fn all_groups(failures: &[Failure]) -> Vec<Group> {
    let classified: Vec<_> = failures.iter().map(categorise).collect();
    group(&members(failures, &classified), &[])
}

fn sizes(failures: &[Failure]) -> Vec<usize> {
    let mut all: Vec<usize> = all_groups(failures)
        .iter()
        .map(|g| g.members.len())
        .collect();
    all.sort_unstable();
    all
}

/// What the group of them all says.
fn one_group(failures: &[Failure]) -> Group {
    let mut all = all_groups(failures);
    assert_eq!(all.len(), 1, "{all:#?}");
    assert_eq!(all[0].confidence, Confidence::Low);
    all.remove(0)
}

fn in_module(module: &str, line: u32, error: TestError) -> Failure {
    let frame = format!("|test/{}_test.exs:{line}|(test)", module.to_lowercase());
    let mut stack = error.stack.clone();
    stack.extend(at(&[&frame], error.clone()).stack);
    Failure {
        module: Some(format!("Shop.{module}Test").into()),
        line: std::num::NonZeroU32::new(line),
        ..failure(vec![TestError { stack, ..error }])
    }
}

fn unequal(module: &str, left: &str, right: &str, line: u32) -> Failure {
    let sides = TestError {
        left: Some(left.into()),
        right: Some(right.into()),
        ..assertion("Assertion with == failed")
    };
    in_module(module, line, sides)
}

#[test]
fn the_same_date_is_one_cause_and_the_same_day_is_not() {
    let leap = |day: &str, line| {
        let text = format!("cannot build date, reason: :invalid_date (invalid date {day})");
        in_module("Cart", line, error("ArgumentError", &text))
    };
    let both = [leap("2027-02-29", 1), leap("2027-02-29", 2)];
    assert_eq!(
        one_group(&both).cause,
        "Probably one cause: 2 failures depend on the date (2027-02-29), first at test/cart_test.exs:1"
    );
    assert_eq!(
        sizes(&[leap("2027-02-29", 1), leap("2029-02-29", 2)]),
        [1, 1]
    );
    let dates = |left: &str, right: &str, line| {
        let failure = unequal(
            "Cart",
            &format!("~D[{left}]"),
            &format!("~D[{right}]"),
            line,
        );
        let errors = failure.errors.into_iter();
        let errors = errors.map(|e| with_code("assert Date.utc_today() == due(cart)", e));
        Failure {
            errors: errors.collect(),
            ..failure
        }
    };
    let today = "2026-11-21";
    assert_eq!(
        sizes(&[dates(today, "2026-11-20", 1), dates(today, "2026-11-20", 2)]),
        [2]
    );
    // Both ran today; what they expect differs.
    assert_eq!(
        sizes(&[dates(today, "2026-11-20", 1), dates(today, "2026-01-01", 2)]),
        [1, 1]
    );
    // A fixed date of the tests' own, without a clock.
    let fixed = |line| {
        let text = "cannot parse \"2026-13-01\" as date, reason: :invalid_date";
        in_module("Cart", line, error("ArgumentError", text))
    };
    assert_eq!(sizes(&[fixed(1), fixed(2)]), [1, 1]);
}

/// What is known to be one keeps its sentence, and takes nothing else in.
#[test]
fn a_known_cause_is_not_guessed_about() {
    let own = ["shop|lib/shop/pay.ex:9|Shop.Pay.settle/1"];
    let same = |line| {
        in_module(
            "Cart",
            line,
            at(
                &own,
                error("KeyError", "key :total not found in: {:ok, %Shop.Cart{}}"),
            ),
        )
    };
    let known = [same(1), same(2), same(3)];
    let group = all_groups(&known).remove(0);
    assert_eq!(
        (group.members.len(), group.confidence),
        (3, Confidence::Medium)
    );
    assert!(
        group.cause.starts_with("KeyError: key :total"),
        "{}",
        group.cause
    );
}
