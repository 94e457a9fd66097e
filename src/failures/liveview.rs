//! What Phoenix.LiveViewTest and PhoenixTest say, and crashes of LiveViews.

use super::say::{nothing, plain, say, text, with};
use super::view::View;
use super::{Category, Class};

/// Complaints of Phoenix.LiveViewTest and PhoenixTest about elements.
const ELEMENT: &[&str] = &[
    "to return a single element, but got",
    "did not return any element",
    "but none matched the text filter",
    "did not match text filter",
    "got invalid css selector",
    "could not find non-disabled",
    "a form element was given but the selected node is not a form",
    "because given element did not return a form",
    "could not follow trigger action because form",
    "could not submit form because form",
    "no push or navigation command found within",
    "expected to find one node with id",
    "expected exactly one node with id",
    "inputs are never submitted",
    "Could not find element with selector",
    "Found more than one element with selector",
    "Could not find an element with given selectors",
    "Found too many matches for given selectors",
];

pub(super) const LIVEVIEW_ELEMENT: Category = Category {
    id: "liveview-element",
    title: "LiveView test helper found no (single) element",
    class: Class::Specific,
    means: "`element/form/click…` or has_element?/assert_has did not find what it needs.",
    explain: &[
        "`got none`: the element is not in the HTML at this moment - wrong id, condition not met, or an async assign not finished (call render_async/1).",
        "`but got N`: add an id or a text filter.",
        "`does not have phx-…`: the element exists but carries no event attribute for this action.",
        "`is disabled`: the form/button is disabled by the template.",
    ],
    link: "https://hexdocs.pm/phoenix_live_view/Phoenix.LiveViewTest.html#element/3",
    recognised: "`to return a single element, but got`, `did not return any element`, `returned N elements`, `because it is disabled`, `does not have phx-`, `got invalid css selector`, PhoenixTest `Could not find element with selector`; or `Expected truthy/false` with `has_element?(` in `code:`.",
    advice: "Selector {selector} matched {none|n}: narrow or correct it; print `render(view)` (or `open_browser/1`) to see the current HTML.",
    unless: "the LiveView process died in the same test (`liveview-crash` wins).",
    matches: is_element,
    hint: element_hint,
};

pub(super) const LIVEVIEW_REDIRECT: Category = Category {
    id: "liveview-redirect",
    title: "Navigation not as expected",
    class: Class::Specific,
    means: "A LiveView did (not) redirect or patch, or `live/2` returned a redirect.",
    explain: &[
        "A MatchError on `{:ok, view, html} = live(conn, …)` with a redirect value means an on_mount/plug refused the visitor: the flash in the value says why.",
        "`did not redirect`: the form was probably invalid - look at the rendered errors.",
        "For form tests follow_redirect/3 needs the conn of the same user.",
    ],
    link: "https://hexdocs.pm/phoenix_live_view/Phoenix.LiveViewTest.html#assert_redirect/3",
    recognised: "`{:error, {:redirect, %{`, `{:error, {:live_redirect, %{`, `LiveView did not redirect`, `expected LiveView to redirect to`, `expected … to (patch|redirect)`.",
    advice: "The view answered {kind} to {to}: log the user in for this test, or assert the redirect with `assert_redirect/2`/`follow_redirect/3`.",
    unless: "the flash text in the value names another reason than authentication: print it instead of \"log in\".",
    matches: |v| {
        v.has(&[
            "{:error, {:redirect, %{",
            "{:error, {:live_redirect, %{",
            "LiveView did not redirect",
            "expected LiveView to redirect to",
        ]) || re!(r#"^Expected path (?:not )?to be "|^expected \S+ (?:not )?to (?:live_)?(?:redirect|patch)\b"#).is_match(&v.text)
    },
    hint: redirect_hint,
};

pub(super) const LIVEVIEW_CRASH: Category = Category {
    id: "liveview-crash",
    title: "LiveView process crashed",
    class: Class::Wrapper,
    means: "A callback or render of the LiveView under test raised.",
    explain: &[
        "The exit reaches the test through a GenServer.call of the test client.",
        "The nested `** (Exception)` and its first project frame are the real failure.",
        "If it is a missing handle_event/handle_info clause, the message shows the event name.",
    ],
    link: "https://hexdocs.pm/phoenix_live_view/Phoenix.LiveViewTest.html",
    recognised: "kind exit/EXIT with a nested exception and a frame/target of `Phoenix.LiveViewTest`, `Phoenix.LiveView.Channel`, `(phoenix_live_view`; or a FunctionClauseError in `…Live….(handle_*|mount|render|update)/n`.",
    advice: "The LiveView raised {exception} in {top project frame}: fix it there; the test line is only where it was noticed.",
    unless: "the nested exception is a database/sandbox/mock category: that category wins.",
    matches: |v| {
        (v.is_exit() && v.has_inner_exception() && is_liveview(v)) || lacks_callback_clause(v)
    },
    hint: |v| {
        say(&[
            with("The LiveView raised {}", v.inner_exception()),
            with(" in {}", v.inner_place()),
            text(": fix it there; the test line is only where it was noticed"),
        ])
    },
};

fn is_element(v: &View) -> bool {
    v.has(ELEMENT)
        || re!(r"\b(?:element|link|submitter) selected by \S.{0,300}? (?:does not|must) have\b")
            .is_match(&v.text)
        || re!(r"\bselector \S.{0,300}? returned \d+ elements").is_match(&v.text)
        || re!(r"\bcannot \w+ element .{1,300}? because it is disabled").is_match(&v.text)
        || re!(r"\bvalue for \S.{0,200}? must be one of \[").is_match(&v.text)
        || re!(r"(?:Could not find|Expected not to find) .{1,60}? with selector ").is_match(&v.text)
        || (v.asserts(&["Expected truthy, got", "Expected false or nil, got"])
            && v.code.contains("has_element?("))
        || raises_for_client(v)
}

/// The test client raises in the test what it could not do with an element.
fn raises_for_client(v: &View) -> bool {
    let top = v.stack.first().map(|frame| frame.function.as_str());
    v.is(&["ArgumentError"]) && top.is_some_and(|top| top.starts_with("Phoenix.LiveViewTest.call/"))
}

/// Whether an exit came from a LiveView: by a frame, the target of the call or a printed socket.
fn is_liveview(v: &View) -> bool {
    let callback = re!(
        r"(?:Live|Component)(?:\.[\w.]+)?\.(?:handle_(?:event|info|params|async)|mount|render|update)/\d$"
    );
    let frames = || v.stack.iter().chain(&v.inner_stack);
    v.flat.contains("Phoenix.LiveView")
        || frames().any(|frame| frame.app.as_deref() == Some("phoenix_live_view"))
        || v.inner_stack
            .iter()
            .any(|frame| callback.is_match(&frame.function))
}

/// A callback of a LiveView, told by its module, has no clause. Phoenix's own functions are no callbacks.
fn lacks_callback_clause(v: &View) -> bool {
    v.raised(&["FunctionClauseError"])
        && re!(
            r"no function clause matching in [\w.]*(?:Live|Component)(?:\.[\w.]+)?\.(?:handle_(?:event|info|params|async|call|cast)|mount|render|update)/\d"
        )
        .is_match(&v.text)
        && !v.has(&["no function clause matching in Phoenix."])
}

fn element_hint(v: &View) -> Option<String> {
    if re!(r"does not have (?:an? )?(?:phx-|data-phx-)").is_match(&v.text) {
        return say(&[
            with("The element at {}", selector(v)),
            text(" has no attribute for this action: check its `phx-…` and `href`"),
        ]);
    }
    if v.has(&["could not find non-disabled"]) {
        return say(&[with(
            "The form has no enabled field {}: compare the names in the test with the rendered form",
            v.find(re!(r#"with name ("[^"]*")"#)),
        )]);
    }
    let found = v.find(re!(
        r"but got (none|\d+)|returned (\d+) elements|did not return any (element)"
    ));
    say(&[
        selector(v).zip(found).and_then(|(selector, found)| {
            with(
                &format!("Selector {selector} matched {{}}: narrow or correct it; "),
                Some(found),
            )
        }),
        text("print `render(view)` (or `open_browser/1`) to see the current HTML"),
    ])
}

fn selector(v: &View) -> Option<String> {
    v.find(re!(r#"(?:selector|selected by) ("[^"]{1,60}")"#))
}

fn redirect_hint(v: &View) -> Option<String> {
    if v.code.contains(":redirect") || v.code.contains(":live_redirect") {
        return nothing();
    }
    if v.has(&["LiveView did not redirect", "but got none"]) {
        return plain(
            "No navigation happened: the form may be invalid, look at the rendered errors",
        );
    }
    if let Some(other) = v.find(re!(r"^expected .{1,300}?, but got (.*)")) {
        return say(&[with("The view answered with {}", Some(other))]);
    }
    let to = v.find_value(re!(r#"\bto: "([^"]*)""#));
    match v.find_value(re!(
        r#"flash: %\{[^}]*=> "([^"]*)"|flash: %\{\w+: "([^"]*)""#
    )) {
        Some(flash) => say(&[
            with("The view answered with a redirect to {}", to),
            with(" and says: {}", Some(flash)),
        ]),
        None => say(&[with(
            "The view redirected to {}: log the user in for this test, or assert the redirect with `assert_redirect/2`/`follow_redirect/3`",
            to,
        )]),
    }
}
