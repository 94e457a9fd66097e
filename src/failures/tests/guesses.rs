//! What is probably one cause, and what only looks so: a wrong merge is worse than none.

use super::*;

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

/// `module` has no clause of `callback` for `message`; each at a line of its own.
fn refused(module: &str, callback: &str, message: &str, line: u32) -> Failure {
    let text = format!(
        "no function clause matching in Shop.{module}.{callback}\n\nThe following arguments were given to Shop.{module}.{callback}:\n\n    # 1\n    {message}\n\n    # 2\n    %{{}}\n"
    );
    let own = format!(
        "shop|lib/{}.ex:{line}|Shop.{module}.{callback}",
        module.to_lowercase()
    );
    in_module(
        module,
        line,
        at(&[&own], error("FunctionClauseError", &text)),
    )
}

#[test]
fn a_message_that_no_callback_accepts_is_one_cause() {
    let all = [
        refused("Cart", "handle_info/2", "{:refund, 1}", 1),
        refused("Till", "handle_info/2", "{:refund, %{id: 2}}", 2),
        refused("Shelf", "handle_info/2", "{:refund, 3}", 3),
    ];
    assert_eq!(
        one_group(&all).cause,
        "Probably one cause: no module accepts handle_info/2 of {:refund, …} (3 failures), first at lib/cart.ex:1"
    );
    // A behaviour of its own: what it is given may differ.
    let own = [
        refused("Cart", "handle_other/3", ":a", 1),
        refused("Till", "handle_other/3", "{:b, 2}", 2),
        refused("Shelf", "handle_other/3", "%{}", 3),
    ];
    assert!(
        one_group(&own)
            .cause
            .contains("no module accepts handle_other/3")
    );
}

#[test]
fn callbacks_that_only_have_their_name_in_common_stay_apart() {
    let apart: [Vec<Failure>; 6] = [
        // Other messages.
        vec![
            refused("Cart", "handle_info/2", "{:refund, 1}", 1),
            refused("Till", "handle_info/2", "{:close, 1}", 2),
            refused("Shelf", "handle_info/2", ":tick", 3),
        ],
        // One module.
        (1..4)
            .map(|n| refused("Cart", "handle_info/2", "{:refund, 1}", n))
            .collect(),
        // Two failures.
        vec![
            refused("Cart", "handle_info/2", "{:refund, 1}", 1),
            refused("Till", "handle_info/2", "{:refund, 1}", 2),
        ],
        // Another arity.
        vec![
            refused("Cart", "handle_other/3", "{:refund, 1}", 1),
            refused("Till", "handle_other/2", "{:refund, 1}", 2),
            refused("Shelf", "handle_other/4", "{:refund, 1}", 3),
        ],
        // Functions that are no callbacks.
        vec![
            refused("Cart", "price/2", "{:refund, 1}", 1),
            refused("Till", "price/2", "{:refund, 1}", 2),
            refused("Shelf", "price/2", "{:refund, 1}", 3),
        ],
        vec![
            refused("Cart", "handle_response/1", "{:refund, 1}", 1),
            refused("Till", "handle_response/1", "{:refund, 1}", 2),
            refused("Shelf", "handle_response/1", "{:refund, 1}", 3),
        ],
    ];
    for failures in apart {
        assert_eq!(sizes(&failures), vec![1; failures.len()], "{failures:#?}");
    }
}

#[test]
fn a_callback_inside_of_a_crash_is_seen_and_its_argument_in_the_frame_too() {
    let crashed = |module: &str, line: u32| {
        let text = format!(
            "exited in: GenServer.call(Shop.{module}, :a, 5000)\n    ** (EXIT) an exception was raised:\n        ** (FunctionClauseError) no function clause matching in Shop.{module}.handle_cast/2\n            (shop 0.1.0) lib/shop/{line}.ex:{line}: Shop.{module}.handle_cast({{:sync, {line}}}, %{{}})"
        );
        in_module(module, line, exit(&text))
    };
    let all = [crashed("Cart", 1), crashed("Till", 2), crashed("Shelf", 3)];
    assert!(
        one_group(&all)
            .cause
            .contains("handle_cast/2 of {:sync, …}")
    );
    let broadcast = |module: &str, event: &str, line| {
        let text = format!(
            "%Phoenix.Socket.Broadcast{{topic: \"carts\", event: \"{event}\", payload: %{{}}}}"
        );
        refused(module, "handle_info/2", &text, line)
    };
    let events = |c: &str| {
        [
            broadcast("Cart", "new", 1),
            broadcast("Till", "new", 2),
            broadcast("Shelf", c, 3),
        ]
    };
    assert_eq!(sizes(&events("new")), [3]);
    assert_eq!(sizes(&events("gone")), [1, 1, 1]);
}

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

fn unequal(module: &str, left: &str, right: &str, line: u32) -> Failure {
    let sides = TestError {
        left: Some(left.into()),
        right: Some(right.into()),
        ..assertion("Assertion with == failed")
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

/// `awaits` did not arrive, `there` did.
fn missed(module: &str, awaits: &str, there: &[&str], line: u32) -> Failure {
    let pairs = there
        .iter()
        .map(|value| format!("  pattern: {awaits}\n  value:   {value}\n"));
    let mailbox: String = pairs.collect();
    let error = TestError {
        mailbox: Some(mailbox.into()),
        ..assertion(
            "Assertion failed, no matching message after 100ms\nShowing 1 of 1 message in the mailbox",
        )
    };
    in_module(module, line, error)
}

#[test]
fn a_message_under_another_name_is_one_cause() {
    let all = [
        missed(
            "Cart",
            "{Shop.Bus, :paid, _}",
            &["{Shop.Bus, :order_paid, 1}"],
            1,
        ),
        missed(
            "Till",
            "{Shop.Bus, :paid, ^id}",
            &[":tick", "{Shop.Bus, :order_paid, 2}"],
            2,
        ),
        missed(
            "Till",
            "{Shop.Bus, :paid, 3}",
            &["{Shop.Bus, :order_paid, 3}"],
            3,
        ),
    ];
    assert_eq!(
        one_group(&all).cause,
        "Probably one cause: 3 tests of 2 modules got {Shop.Bus, :order_paid, …} instead of {Shop.Bus, :paid, …}, first at test/cart_test.exs:1"
    );
    let nested = |module: &str, line| {
        let there = ["{Shop.Pipeline, #PID<0.1.0>, {:notified, 1}}"];
        missed(module, "{Shop.Pipeline, ^pid, {:notify, _}}", &there, line)
    };
    assert_eq!(
        sizes(&[nested("Cart", 1), nested("Till", 2), nested("Till", 3)]),
        [3]
    );
}

#[test]
fn chatter_in_mailboxes_is_no_link() {
    let tick = &["{Shop.Clock, :tick, 1}"][..];
    let apart = [
        // They wait for different things.
        [
            missed("Cart", "{:paid, _}", tick, 1),
            missed("Till", "{:closed, _}", tick, 2),
            missed("Shelf", "%Shop.Filled{}", tick, 3),
        ],
        // One module.
        [1, 2, 3].map(|n| missed("Cart", "{:paid, _}", tick, n)),
        // Somebody knows the message.
        [
            missed("Cart", "{Shop.Clock, :paid}", tick, 1),
            missed("Till", "{Shop.Clock, :paid}", tick, 2),
            missed("Shelf", "{Shop.Clock, :tick, 2}", tick, 3),
        ],
        // Somebody waits for it in vain.
        [
            missed("Cart", "{:paid, _}", tick, 1),
            missed("Till", "{:paid, _}", tick, 2),
            {
                let gone = missed("Shelf", "{Shop.Clock, :tick, _}", &[], 3);
                let errors = gone.errors.into_iter();
                let awaits = |e| with_code("assert_receive {Shop.Clock, :tick, _}, 500", e);
                Failure {
                    errors: errors.map(awaits).collect(),
                    ..gone
                }
            },
        ],
        // It names no module.
        [
            missed("Cart", "{:paid, _}", &["{:tick, 1}"], 1),
            missed("Till", "{:paid, _}", &["{:tick, 1}"], 2),
            missed("Shelf", "{:paid, _}", &["{:tick, 1}"], 3),
        ],
        // Nothing came.
        [
            missed("Cart", "{:paid, _}", &[], 1),
            missed("Till", "{:paid, _}", &[], 2),
            missed("Shelf", "{:paid, _}", &[], 3),
        ],
    ];
    for failures in apart {
        assert_eq!(sizes(&failures), [1, 1, 1], "{failures:#?}");
    }
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
