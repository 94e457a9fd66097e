//! Mocks and browsers: what Mox, Mimic, Hammox, Bypass, Wallaby and their like say.

use super::say::{nothing, plain, say, text, with};
use super::view::View;
use super::{Category, Class};

/// Refusals of mock libraries; each has one remedy.
const SETUP: &[&str] = &[
    "has not been copied",
    "cannot add expectations/stubs",
    "cannot be set to global mode when the ExUnit case is async",
    "plug already installed",
    "Failed to start bypass instance",
    "Only the global owner is allowed",
    "Allow must not be called when mode is global",
    "please pass a behaviour to :for",
    "please pass an existing module to :for",
    "do not share any behaviour",
    "cannot be stubbed as original module does not export",
];

pub(super) const MOCK_UNEXPECTED: Category = Category {
    id: "mock-unexpected",
    title: "Unexpected call to a mock",
    class: Class::Specific,
    means: "A mocked function was called without, or more often than, an expectation.",
    explain: &[
        "Compare the pid in the message with the test: if it is another process, this is an allowance problem, not a missing expectation.",
        "`no expectation defined` = nothing was set; `expected … to be called once but it has been called twice` = one call too many.",
        "A Task that lives longer than the test calls the mock after its expectations are gone.",
    ],
    link: "https://hexdocs.pm/mox/Mox.html#module-multi-process-collaboration",
    recognised: "exception `Mox.UnexpectedCallError`, `Mimic.UnexpectedCallError`, `Tesla.Mock.Error`; or `cannot find mock/stub`, `There is no mock set for process`, `wasn't expecting one`.",
    advice: "No expectation for {mfa} in process {pid}: add `expect/stub`, or allow that process (`allow/3`, `set_mox_from_context`).",
    unless: "the count form (\"called twice\") must not get the \"add expect\" hint: say the number instead.",
    matches: |v| {
        v.raised(&[
            "Mox.UnexpectedCallError",
            "Mimic.UnexpectedCallError",
            "Tesla.Mock.Error",
            "Patch.UnexpectedCall",
        ]) || v.has(&[
            "cannot find mock/stub",
            "There is no mock set for process",
            "Bypass got an HTTP request but wasn't expecting one",
            "Expected only one HTTP request for Bypass",
        ])
    },
    hint: |v| match v.find(re!(r"but it has been called (\d+|twice|once)")) {
        Some(times) => say(&[
            with(
                "{} was called more often than expected",
                v.find(re!(r"expected (\S+/\d+) to be called"))
                    .or_else(|| Some("The mock".to_owned())),
            ),
            with(" (count: {})", Some(times)),
        ]),
        None => say(&[
            with(
                "No expectation for {}",
                v.find(re!(
                    r"(?:no expectation defined for|Unexpected call to) (\S+/\d+)"
                ))
                .or_else(|| Some("this call".to_owned())),
            ),
            with(" in process {}", v.find(re!(r"(#PID<[\d.]+>)"))),
            text(": add `expect/stub`, or allow that process (`allow/3`, `set_mox_from_context`)"),
        ]),
    },
};

pub(super) const MOCK_NOT_CALLED: Category = Category {
    id: "mock-not-called",
    title: "Expected call never happened",
    class: Class::Specific,
    means: "verify found expectations that were not used.",
    explain: &[
        "It is reported from on_exit, after the body: if the same test also has an assertion failure, that one comes first.",
        "The code may return early, use the real module instead of the mock (config), or call it in a process that is not allowed.",
        "For asynchronous code wait for a message before the test ends.",
    ],
    link: "https://hexdocs.pm/mox/Mox.html#verify_on_exit!/1",
    recognised: "exception `Mox.VerificationError`, `Mimic.VerificationError`, `Patch.MissingCall`; `error while verifying mocks for`, `No HTTP request arrived at Bypass`, `Expected call but did not receive it`.",
    advice: "{mfa} was expected {n} and called {m} times: the code path did not reach it, or ran in a process without allowance.",
    unless: "the same test failed in the body too (MultiError): then it is a consequence.",
    matches: |v| {
        v.raised(&[
            "Mox.VerificationError",
            "Mimic.VerificationError",
            "Patch.MissingCall",
        ]) || v.has(&[
            "error while verifying mocks for",
            "No HTTP request arrived at Bypass",
            "Expected call but did not receive it",
        ]) || re!(r"Expected \S+ HTTP requests? for Bypass at .{0,300}, got \d+").is_match(&v.text)
    },
    hint: |v| {
        say(&[
            with(
                "{} was not called as often as expected: ",
                v.find(re!(r"\* expected (\S+/\d+)")),
            )
            .or_else(|| text("An expected call did not happen: ")),
            text("the code path did not reach it, or ran in a process without allowance"),
        ])
    },
};

pub(super) const MOCK_CONTRACT: Category = Category {
    id: "mock-contract",
    title: "Mock breaks its typespec",
    class: Class::Specific,
    means: "Hammox found arguments or results that do not match the behaviour.",
    explain: &[
        "Hammox checks arguments and return values against @callback.",
        "The message shows the path to the first value that does not match.",
        "If production code really returns this, the spec is wrong.",
    ],
    link: "https://hexdocs.pm/hammox/Hammox.html",
    recognised: "exception `Hammox.TypeMatchError`.",
    advice: "Value does not match the @callback type: fix the stub (or the spec) at the path printed in the message.",
    unless: "",
    matches: |v| v.raised(&["Hammox.TypeMatchError", "Mimic.TypeCheckError"]),
    hint: |_| {
        plain(
            "Value does not match the @callback type: fix the stub (or the spec) at the path printed in the message",
        )
    },
};

pub(super) const MOCK_SETUP: Category = Category {
    id: "mock-setup",
    title: "Mock set up wrongly",
    class: Class::Specific,
    means: "The mock library was used in a way it refuses.",
    explain: &[
        "Each message has one fix: `has not been copied` -> Mimic.copy(Mod) in test_helper.exs; `unknown function` -> the behaviour has no such callback; `global mode` -> async: false; `cannot add expectations` -> call it from the owner process.",
        "The message is printed by the library, so the fix does not depend on your code.",
        "If it appears in every test of the file, fix the setup block or test_helper.exs once.",
        "`plug already installed` (Bypass): expect/stub for the same route was called twice in one test.",
    ],
    link: "https://hexdocs.pm/mox/Mox.html#set_mox_global/1",
    recognised: "`unknown function … for mock`, `has not been copied`, `cannot add expectations/stubs`, `cannot be set to global mode when the ExUnit case is async`, `plug already installed`, `Failed to start bypass instance`, or a FunctionClauseError in `Mox.`/`Mimic.`/`Hammox.`/`Bypass.`.",
    advice: "Fix the mock set-up: {copy the module in test_helper | behaviour lacks the function | global mode needs `async: false`}.",
    unless: "a FunctionClauseError in `Bypass.expect` with `{:error, :eaddrinuse}` as argument is `port-in-use`.",
    matches: is_misused,
    hint: |v| {
        if v.has(&["has not been copied"]) {
            say(&[
                text("Fix the mock set-up: `Mimic.copy("),
                with("{}", v.find(re!(r"[Mm]odule (\S+) has not been copied"))),
                text(")` in test_helper.exs"),
            ])
        } else if v.has(&["unknown function"]) {
            plain("Fix the mock set-up: the behaviour lacks the function")
        } else if v.has(&["global mode"]) {
            plain("Fix the mock set-up: global mode needs `async: false`")
        } else {
            nothing()
        }
    },
};

pub(super) const BROWSER_DRIVER: Category = Category {
    id: "browser-driver",
    title: "Browser or driver not available",
    class: Class::Specific,
    means: "chromedriver / browser could not be started or lost its session.",
    explain: &[
        "No browser test can pass until the driver runs.",
        "Version mismatch between chrome and chromedriver is the usual reason after an image update.",
        "`invalid session id` in the middle of a run means the browser crashed (memory, /dev/shm).",
    ],
    link: "https://hexdocs.pm/wallaby/Wallaby.Chrome.html",
    recognised: "`can't find chromedriver`, `waiting for chromedriver`, `invalid session id`, `Wallaby.DependencyError`.",
    advice: "Install/start chromedriver with the same major version as the browser.",
    unless: "",
    matches: |v| {
        v.raised(&["Wallaby.DependencyError"])
            || v.has(&[
                "can't find chromedriver",
                "waiting for chromedriver",
                "chromedriver not ready after",
                "Wallaby had an internal issue",
                "Looks like you're trying to run Wallaby",
                "invalid session id",
            ])
    },
    hint: |_| plain("Install/start chromedriver with the same major version as the browser"),
};

pub(super) const BROWSER_ELEMENT: Category = Category {
    id: "browser-element",
    title: "Element not found in the browser",
    class: Class::Specific,
    means: "Wallaby/Hound did not find the expected elements in time.",
    explain: &[
        "The message has expected and found counts: 0 = wrong page or not rendered yet, more than expected = selector too wide.",
        "`visible`/`invisible` matters: elements hidden by CSS do not count.",
        "Wallaby waits max_wait_time (default 3 s) - on a slow machine raise it rather than sleep.",
    ],
    link: "https://hexdocs.pm/wallaby/Wallaby.Browser.html",
    recognised: "exception `Wallaby.QueryError`, `Wallaby.ExpectationNotMetError`, `Wallaby.StaleReferenceError`, `Hound.NoSuchElementError`.",
    advice: "Expected {n} {selector}, found {m}: check visibility and text, or that the page was reached (log-in redirect?).",
    unless: "a screenshot path or JS error is printed: mention that first.",
    matches: |v| {
        v.raised(&[
            "Wallaby.QueryError",
            "Wallaby.ExpectationNotMetError",
            "Wallaby.StaleReferenceError",
            "Hound.NoSuchElementError",
            "Hound.InvalidElementError",
        ])
    },
    hint: |v| {
        if re!(r"(?i-u:javascript|\bjs) error").is_match(&v.flat) {
            return plain("The page has a JavaScript error, which is printed: mend it first");
        }
        say(&[
            with(
                "Look at the screenshot {} first. ",
                v.find(re!(r"(?i-u:screenshot).{0,80}?(\S+\.(?:png|jpe?g))")),
            ),
            with(
                "{}: ",
                v.find(re!(r"^(Expected (?:not )?to find .{0,150}?), (?:but|and) ")),
            ),
            text("check visibility and text, or that the page was reached (log-in redirect?)"),
        ])
    },
};

fn is_misused(v: &View) -> bool {
    v.has(SETUP)
        || v.raised(&[
            "Mimic.Error",
            "Patch.ConfigurationError",
            "NimbleOwnership.Error",
            "Req.Test.OwnershipError",
        ])
        || re!(r"unknown function \S+/\d+ for mock |module \S+ is not a mock\b|\{:not_mocked, ")
            .is_match(&v.text)
        || re!(r"no function clause matching in (?:Mox|Mimic|Hammox|Bypass)\.").is_match(&v.text)
}
