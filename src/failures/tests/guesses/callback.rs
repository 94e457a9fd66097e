//! Messages that no callback accepts.

use super::*;

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
