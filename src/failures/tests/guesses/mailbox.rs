//! Messages that came under another name.

use super::*;

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
