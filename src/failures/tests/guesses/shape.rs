//! Values of another shape than the one that is expected.

use super::*;

fn read_from(module: &str, value: &str, line: u32) -> Failure {
    let text = format!("key :total not found in: {value}");
    in_module(module, line, error("KeyError", &text))
}

fn unlike(module: &str, left: &str, right: &str, line: u32) -> Failure {
    let sides = TestError {
        left: Some(left.into()),
        right: Some(right.into()),
        ..assertion("match (=) failed")
    };
    in_module(module, line, sides)
}

#[test]
fn a_value_of_another_shape_is_one_cause() {
    let wrapped = |n: u32| read_from("Cart", &format!("{{:ok, %Shop.Cart{{id: {n}}}}}"), n);
    assert_eq!(
        one_group(&[wrapped(1), wrapped(2), wrapped(3)]).cause,
        "Probably one cause: 3 failures got {:ok, %Shop.Cart{}} where a map was expected, first at test/cart_test.exs:1"
    );
    let listed = |n: u32| {
        unlike(
            "Cart",
            "{:ok, carts}",
            &format!("[%Shop.Cart{{id: {n}}}]"),
            n,
        )
    };
    assert!(
        one_group(&[listed(1), listed(2), listed(3)])
            .cause
            .contains("a list of %Shop.Cart{} where a tuple was expected")
    );
    let both = |n: u32| {
        let cart = format!("%Shop.Cart{{id: {n}}}");
        unequal("Cart", &format!("{{:ok, {cart}}}"), &cart, n)
    };
    assert_eq!(sizes(&[both(1), both(2), both(3)]), [3]);
    let enumerated = |n: u32| {
        let text = format!(
            "protocol Enumerable not implemented for type Tuple. This protocol is implemented for the following type(s): List, Map\n\nGot value:\n\n    {{:ok, [%Shop.Cart{{id: {n}}}]}}\n"
        );
        in_module("Cart", n, error("Protocol.UndefinedError", &text))
    };
    assert_eq!(sizes(&[enumerated(1), enumerated(2), enumerated(3)]), [3]);
    // At one line the same is expected each time.
    let clause = |n: u32| {
        let text = format!("no case clause matching: {{:partial, %Shop.Cart{{id: {n}}}}}");
        let own = ["shop|lib/shop/pay.ex:9|Shop.Pay.settle/1"];
        in_module("Cart", n, at(&own, error("CaseClauseError", &text)))
    };
    assert_eq!(sizes(&[clause(1), clause(2), clause(3)]), [3]);
}

#[test]
fn shapes_that_prove_nothing_stay_apart() {
    let three = |of: &dyn Fn(u32) -> Failure| [of(1), of(2), of(3)];
    let apart: Vec<[Failure; 3]> = vec![
        // An error, nil, an empty list: each has a cause of its own.
        three(&|n| read_from("Cart", "{:error, :not_found}", n)),
        three(&|n| unlike("Cart", "{:ok, cart}", "nil", n)),
        three(&|n| unlike("Cart", "{:ok, cart}", "{:error, :not_found}", n)),
        three(&|n| unlike("Cart", "{:ok, carts}", "[]", n)),
        three(&|n| unlike("Cart", "{:error, _}", &format!("%Shop.Cart{{id: {n}}}"), n)),
        // The same outer shape: the values differ.
        three(&|n| unlike("Cart", "{:ok, :paid}", &format!("{{:ok, {n}}}"), n)),
        three(&|n| {
            unlike(
                "Cart",
                "{:error, _}",
                &format!("{{:ok, %Shop.Cart{{id: {n}}}}}"),
                n,
            )
        }),
        three(&|n| unlike("Cart", "%{total: 3}", &format!("%Shop.Cart{{id: {n}}}"), n)),
        three(&|n| unequal("Cart", "[1, 2]", &format!("%{{a: {n}}}"), n)),
        three(&|n| unequal("Cart", &format!("\"{n}\""), &n.to_string(), n)),
        // Other modules, other structs.
        [
            read_from("Cart", "{:ok, %Shop.Cart{}}", 1),
            read_from("Till", "{:ok, %Shop.Cart{}}", 2),
            read_from("Shelf", "{:ok, %Shop.Cart{}}", 3),
        ],
        [
            read_from("Cart", "{:ok, %Shop.Cart{}}", 1),
            read_from("Cart", "{:ok, %Shop.Till{}}", 2),
            read_from("Cart", "{:ok, %Shop.Shelf{}}", 3),
        ],
        // What is matched is not known, and each line may expect another thing.
        three(&|n| {
            let text = format!("no match of right hand side value: {{:ok, %Shop.Cart{{id: {n}}}}}");
            in_module("Cart", n, error("MatchError", &text))
        }),
        // Each field may be what no clause takes.
        three(&|n| {
            let text = format!("no case clause matching: %Shop.Order{{state: :s{n}}}");
            let own = ["shop|lib/shop/pay.ex:9|Shop.Pay.settle/1"];
            in_module("Cart", n, at(&own, error("CaseClauseError", &text)))
        }),
        // Not all of one kind.
        [
            read_from("Cart", "{:ok, %Shop.Cart{}}", 1),
            read_from("Cart", "{:ok, %Shop.Cart{}}", 2),
            in_module(
                "Cart",
                3,
                error("BadMapError", "expected a map, got: {:ok, %Shop.Cart{}}"),
            ),
        ],
    ];
    for failures in apart {
        assert_eq!(sizes(&failures), [1, 1, 1], "{failures:#?}");
    }
}
