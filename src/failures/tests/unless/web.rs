//! Hints about the network, pages and requests.

use super::*;

pub(super) const UNLESS: &[(&str, Held)] = &[
    ("port-in-use", || {
        hint(matched(
            "assert {:ok, _} = listen() # :eaddrinuse",
            "{:error, :eaddrinuse}",
        ))
        .is_empty()
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
];
