//! Requests, rendering, channels, jobs and mails.

use super::say::{plain, say, text, with};
use super::view::View;
use super::{Category, Class};

const RESPONSE: &[&str] = &[
    "expected response with status ",
    "expected redirection with status ",
    "expected error to be sent as ",
    "no content-type was set, expected a",
    "more than one content-type was set, expected a",
    "expected content-type for ",
    "expected connection to have redirected but no response",
    "expected connection to have a response but no response",
    "no location header was set on redirected_to",
    "could not decode JSON body, ",
];

pub(super) const NO_ROUTE: Category = Category {
    id: "no-route",
    title: "Route does not exist",
    class: Class::Specific,
    means: "The router has no such path, or a route helper is missing.",
    explain: &[
        "Check scope prefix, pipeline and verb with `mix phx.routes`.",
        "After generating code the `resources`/`live` line must be added by hand.",
        "With verified routes the compiler warns about the same path at compile time: read the warnings.",
    ],
    link: "https://hexdocs.pm/phoenix/Mix.Tasks.Phx.Routes.html",
    recognised: "exception `Phoenix.Router.NoRouteError`; or `function ….Router.Helpers.x/n is undefined`.",
    advice: "No route for {verb} {path}: add it to the router or fix the path in the test.",
    unless: "the test expects a 404.",
    matches: |v| {
        v.raised(&["Phoenix.Router.NoRouteError"])
            || re!(r"function \S*Router\.Helpers\.\w+[?!]?/\d+ is undefined").is_match(&v.text)
    },
    hint: |v| {
        if v.expects_status("404", "not_found") {
            return plain(
                "There is no route, as the test expects: assert on it with `assert_error_sent 404`",
            );
        }
        say(&[with(
            "No route for {}: add it to the router or fix the path in the test",
            v.find(re!(
                r"no route found for ([A-Z]+ \S+)|function (\S*Router\.Helpers\.\S+)"
            )),
        )])
    },
};

pub(super) const BAD_PARAMS: Category = Category {
    id: "bad-params",
    title: "Request parameters not accepted",
    class: Class::Specific,
    means: "The action has no clause for these params or the body could not be parsed.",
    explain: &[
        "The message prints the params that arrived.",
        "A missing top-level key (`%{\"user\" => …}`) is the usual reason.",
        "In production Phoenix answers 400; in tests it raises.",
    ],
    link: "https://hexdocs.pm/phoenix/Phoenix.ActionClauseError.html",
    recognised: "exception `Phoenix.ActionClauseError`, `Phoenix.MissingParamError`, `Plug.Parsers.*`, `Phoenix.NotAcceptableError`.",
    advice: "Action {action} has no clause for these params: compare the param names in the test with the function head.",
    unless: "the test expects 400 (assert_error_sent).",
    matches: |v| {
        v.raised(&[
            "Phoenix.ActionClauseError",
            "Phoenix.MissingParamError",
            "Phoenix.NotAcceptableError",
            "Plug.BadRequestError",
        ]) || v.raised_under("Plug.Parsers.")
    },
    hint: |v| {
        if v.expects_status("400", "bad_request") {
            return plain(
                "The params are refused, as the test expects: assert on it with `assert_error_sent 400`",
            );
        }
        say(&[with(
            "Action {} has no clause for these params: compare the param names in the test with the function head",
            v.find(re!(
                r"no function clause matching in (\S+/\d+)|bad request to (\S+),"
            )),
        )])
    },
};

pub(super) const RENDER_ERROR: Category = Category {
    id: "render-error",
    title: "Template could not be rendered",
    class: Class::Specific,
    means: "View, template or component failed to render.",
    explain: &[
        "The view module and template name are in the message.",
        "When it is an ErrorView/ErrorHTML the real failure is the exception before it: Phoenix tried to render the error page.",
        "`assign not available` / KeyError on assigns: pass it from the controller, live view or render_component call.",
    ],
    link: "https://hexdocs.pm/phoenix_template/Phoenix.Template.html",
    recognised: "`no \"x\" format template defined for`, `Phoenix.Template.UndefinedError`, FunctionClauseError in `…(View|HTML|JSON).render/2`, `assign @x not available`, `cannot convert component … to HTML`.",
    advice: "Add the missing template/function, or pass the missing assign.",
    unless: "the view is an ErrorView/ErrorHTML/ErrorJSON: then say that the original error is hidden by it.",
    matches: is_unrendered,
    hint: |v| match re!(r"Error(?:View|HTML|JSON)\b").is_match(&v.text) {
        true => plain(
            "The error page could not be rendered, so the original error is hidden: add the template, then look again",
        ),
        false => plain("Add the missing template/function, or pass the missing assign"),
    },
};

pub(super) const PLUG_CONN: Category = Category {
    id: "plug-conn",
    title: "Conn used in a wrong state",
    class: Class::Specific,
    means: "Plug refused the operation (already sent, session not fetched, CSRF).",
    explain: &[
        "AlreadySentError: a second response after the first one - a plug did not halt.",
        "InvalidCSRFTokenError in tests: the request goes through :protect_from_forgery without a form token.",
        "In Phoenix tests build_conn/0 already skips the CSRF check: the conn was built in another way.",
    ],
    link: "https://hexdocs.pm/plug/Plug.Test.html#init_test_session/2",
    recognised: "exception `Plug.Conn.*` or `Plug.CSRFProtection.*`.",
    advice: "{exception}: fetch the session/halt after sending, or use `Plug.Test.init_test_session/2` in the test.",
    unless: "",
    matches: |v| {
        v.raised_under("Plug.Conn.")
            || v.raised_under("Plug.CSRFProtection.")
            || v.has(&[
                "session not fetched, call fetch_session/2",
                "cookies not fetched, call fetch_cookies/2",
                "cannot fetch session without a configured session plug",
                "flash not fetched, call fetch_flash/2",
                "because they were not fetched",
                "the response was already sent",
            ])
    },
    hint: |v| {
        say(&[
            with(
                "{}: ",
                Some(v.exception.clone()).filter(|name| name.starts_with("Plug.")),
            ),
            text(
                "fetch the session/halt after sending, or use `Plug.Test.init_test_session/2` in the test",
            ),
        ])
    },
};

pub(super) const HTTP_RESPONSE: Category = Category {
    id: "http-response",
    title: "HTTP response differs",
    class: Class::Specific,
    means: "Status, content type or redirect is not what the test expects.",
    explain: &[
        "The body is printed after the status: it often holds the reason.",
        "302 to a log-in path: the conn was not authenticated.",
        "406: `plug :accepts` does not know the format.",
        "500: the exception is in the captured log above.",
    ],
    link: "https://hexdocs.pm/phoenix/Phoenix.ConnTest.html#response/2",
    recognised: "`expected response with status A, got: B`, `expected redirection with status`, `expected error to be sent as`, `no content-type was set, expected`, `expected content-type for`.",
    advice: "Got {B} instead of {A}: {302→not logged in | 401/403→authorisation | 404→route or missing row | 406→accepts plug | 422→invalid params | 500→read the log}.",
    unless: "status pair is not in the table: print only \"got B\".",
    matches: |v| {
        v.has(RESPONSE) || re!(r"request to \S+ received unexpected \S+ response").is_match(&v.text)
    },
    hint: response_hint,
};

fn response_hint(v: &View) -> Option<String> {
    if let Some(format) = v.find(re!(r"expected content-type for (\w+), got:")) {
        let got = v.find(re!(r#"expected content-type for \w+, got: "([^"]*)""#));
        return say(&[
            with("The response is {}", got),
            with(", not {}", Some(format)),
        ]);
    }
    let got = v.find(re!(r"status \S+, got: (\d{3})|status, but got (\d{3})"))?;
    let why = match got.as_str() {
        "302" => ": not logged in?",
        "401" | "403" => ": authorisation",
        "404" => ": route or missing row",
        "406" => ": `accepts` plug",
        "422" => ": invalid params",
        "500" => ": read the log",
        _ => "",
    };
    let wanted = v.find(re!(
        r"with status (\w+), got: \d|sent as (\w+) status, but got \d"
    ));
    say(&[
        with("Got {}", Some(got)),
        with(" instead of {}", wanted),
        text(why),
    ])
}

fn is_unrendered(v: &View) -> bool {
    let sentence = re!(
        r#"no "[^"]+" \w+ template defined for |[Cc]ould not render "[^"]+" for |assign @\w+[?!]? not available"#
    );
    v.raised(&["Phoenix.Template.UndefinedError"])
        || sentence.is_match(&v.text)
        || re!(r"cannot convert component .{1,200} to HTML").is_match(&v.text)
        || re!(r"no function clause matching in \S*(?:View|HTML|JSON)\.render/\d").is_match(&v.text)
}
