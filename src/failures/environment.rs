//! Ports, names, services, configuration, network: what the test needs around it.

use gatekeeper_parsers::evidence::Frame;

use super::say::{nothing, plain, say, text, with};
use super::view::View;
use super::{Category, Class};

pub(super) const PORT_IN_USE: Category = Category {
    id: "port-in-use",
    title: "Port already in use",
    class: Class::Specific,
    means: "A listener could not bind because the TCP port is taken.",
    explain: &[
        "Two listeners wanted the same port: two tests with a fixed port, a previous test whose server has not closed yet, a dev server, or a second `mix test`.",
        "A fixed port in setup that is released only in on_exit races with the next test.",
        "Ask for port 0 and read the real port back, or derive the port from MIX_TEST_PARTITION.",
        "If every test of the run is affected, look for another OS process on that port first.",
    ],
    link: "https://hexdocs.pm/bypass/Bypass.html#open/1",
    recognised: "`:eaddrinuse` or `address already in use` in message, nested exit, value of a failed match, or any stack frame argument.",
    advice: "Port is taken: let the OS choose (`port: 0`, `Bypass.open()` without a port) or stop the other listener first.",
    unless: "the test asserts on `:eaddrinuse` itself (it appears in `code:`).",
    matches: |v| {
        v.has(&[":eaddrinuse", "address already in use"])
            || v.stack
                .iter()
                .any(|frame| frame.function.contains(":eaddrinuse"))
    },
    hint: |v| match v.code.contains("eaddrinuse") {
        true => nothing(),
        false => plain(
            "Port is taken: let the OS choose (`port: 0`, `Bypass.open()` without a port) or stop the other listener first",
        ),
    },
};

pub(super) const ALREADY_STARTED: Category = Category {
    id: "already-started",
    title: "Process name already taken",
    class: Class::Specific,
    means: "start_link failed because the name is registered.",
    explain: &[
        "The name belongs to the application's own supervision tree, to another async test, or to the previous test whose process has not stopped yet.",
        "In setup_all or with async the name must be unique per test.",
        "`start_supervised!` waits for the stop, `GenServer.stop` in on_exit may be too late.",
    ],
    link: "https://hexdocs.pm/ex_unit/ExUnit.Callbacks.html#start_supervised/2",
    recognised: "`{:error, {:already_started, #PID<…>}}` anywhere in message or value; `already started: #PID<…>`.",
    advice: "Name is taken: start it with `start_supervised!` (stopped between tests), use a unique name, or do not start what the application already runs.",
    unless: "the pattern in `code:` itself expects already_started.",
    matches: |v| {
        v.has(&[
            "{:already_started, ",
            "already started: #PID<",
            "{:already_registered, #PID<",
        ]) || re!(r"could not register \S+ with name .{1,200} the name is already taken")
            .is_match(&v.text)
    },
    hint: |v| match v.code.contains("already_") {
        true => nothing(),
        false => plain(
            "Name is taken: start it with `start_supervised!` (stopped between tests), use a unique name, or do not start what the application already runs",
        ),
    },
};

pub(super) const NOT_STARTED: Category = Category {
    id: "not-started",
    title: "Repo, registry or application not started",
    class: Class::Specific,
    means: "Something looked up a service that was never started.",
    explain: &[
        "The name in the message is the one to start.",
        "If the application normally starts it, the application stopped or failed during boot: look for the first failure or boot log.",
        "In a library test nothing is started for you.",
    ],
    link: "https://hexdocs.pm/elixir/Registry.html",
    recognised: "`unknown registry: X`, `could not lookup Ecto repo X because it was not started or it does not exist`.",
    advice: "Start {X} before the test: `start_supervised!({Registry/Repo …})` or let the application start it (no `--no-start`).",
    unless: "many later failures with the same name and an earlier crash of its supervisor: then the crash is the cause.",
    matches: |v| {
        v.has(&[
            "unknown registry: ",
            "because it was not started or it does not exist",
            "Make sure your endpoint is started",
        ]) || re!(r"No Oban instance named .{1,200} is running|\brepo \S+ is not started\b")
            .is_match(&v.text)
    },
    hint: |v| {
        say(&[with(
            "Start {} before the test: `start_supervised!` it, or let the application start it (no `--no-start`)",
            service(v),
        )])
    },
};

pub(super) const ETS_TABLE: Category = Category {
    id: "ets-table",
    title: "ETS table missing or not accessible",
    class: Class::Specific,
    means: "An ETS call used a table that does not exist (any more).",
    explain: &[
        "A table belongs to the process that created it; when that process stops the table is gone.",
        "Created in setup -> owned by the test process; created in setup_all -> owned by the module process.",
        "If it worked before and fails for all later tests, its owner crashed once.",
    ],
    link: "https://www.erlang.org/doc/apps/stdlib/ets.html",
    recognised: "ArgumentError whose message has `the table identifier does not refer to an existing ETS table`; or (OTP < 24) `argument error` with `:ets.fun(` as one of the first two frames.",
    advice: "Table {name} does not exist: start its owner in the test, or keep the owner alive (a table dies with the process that created it).",
    unless: "first argument is a pid or other non-table term: then the call passes the wrong value, say that.",
    matches: |v| {
        v.raised(&["ArgumentError"])
            && (v.has(&["the table identifier does not refer to an existing ETS table"])
                || is_bare_ets(v))
    },
    hint: |v| {
        if let Some(other) = no_table(v) {
            return say(&[with(
                "{} is no ETS table: the call is given a wrong value",
                Some(other),
            )]);
        }
        say(&[
            with("Table {} does not exist", table(v)).or_else(|| text("The table does not exist")),
            text(
                ": start its owner in the test, or keep the owner alive (a table dies with the process that created it)",
            ),
        ])
    },
};

pub(super) const MISSING_CONFIG: Category = Category {
    id: "missing-config",
    title: "Configuration or environment variable missing",
    class: Class::Specific,
    means: "A required setting was not there.",
    explain: &[
        "The message names the key or variable.",
        "Under an umbrella the config of the app you run from counts.",
        "Failing at boot it stops the whole run.",
    ],
    link: "https://hexdocs.pm/elixir/System.html#fetch_env!/1",
    recognised: "`could not fetch application environment`, `could not fetch environment variable`, `missing … environment variable`, `System.EnvError`.",
    advice: "Set {name} in `config/test.exs` (or export the variable) before running the tests.",
    unless: "",
    matches: is_unconfigured,
    hint: |v| {
        let name = re!(
            r#"application environment (\S+)|environment variable "?([A-Z][A-Z0-9_]*)"?|configuration for (\S+)"#
        );
        say(&[with(
            "Set {} in `config/test.exs` (or export the variable) before running the tests",
            v.find(name),
        )])
    },
};

pub(super) const NETWORK_ERROR: Category = Category {
    id: "network-error",
    title: "Network call failed",
    class: Class::Specific,
    means: "A real network request could not be made.",
    explain: &[
        "econnrefused = nothing listens there; nxdomain = name not found; timeout = too slow or filtered; closed = the peer hung up.",
        "Tests that need a service should carry a tag and be excluded when it is absent.",
        "Several failures with one reason are one cause.",
    ],
    link: "https://hexdocs.pm/mint/Mint.TransportError.html",
    recognised: "`:econnrefused`, `:nxdomain`, `:ehostunreach`, `{:failed_connect,`; exceptions `Mint.TransportError`, `Req.TransportError`, `HTTPoison.Error`, `Finch.Error`, `Tesla.Error`.",
    advice: "The test reached out to {host} ({reason}): start that service or stub the client in tests.",
    unless: "the address is localhost with a Bypass port: then Bypass was shut down or `down/1` on purpose.",
    matches: |v| {
        v.has(&[
            ":econnrefused",
            ":nxdomain",
            ":ehostunreach",
            "{:failed_connect,",
        ]) || v.raised(&[
            "Mint.TransportError",
            "Mint.HTTPError",
            "Req.TransportError",
            "Req.HTTPError",
            "HTTPoison.Error",
            "Redix.ConnectionError",
            "Finch.Error",
            "Finch.TransportError",
            "Finch.HTTPError",
            "Tesla.Error",
        ])
    },
    hint: |v| match re!(r":econnrefused|:nxdomain|TransportError|HTTPoison\.Error")
        .is_match(&v.code)
    {
        true => nothing(),
        false if is_bypass(v) => plain(
            "Nothing listens on the port of Bypass: it was shut down, or `Bypass.down/1` was called on purpose",
        ),
        // A port that the system chose is that of a server which a test started.
        false if is_local_server(v) => nothing(),
        false => say(&[
            text("The test reached out to the network"),
            with(
                " ({})",
                v.find_value(re!(
                    r"(:econnrefused|:nxdomain|:ehostunreach)|reason: (:?\w+)"
                )),
            ),
            text(": start that service or stub the client in tests"),
        ]),
    },
};

fn is_bypass(v: &View) -> bool {
    re!(r"(?i-u:\bbypass\b)").is_match(&v.code) || v.calls("Bypass.")
}

fn is_local_server(v: &View) -> bool {
    re!(r"(?:localhost|127\.0\.0\.1|\[::1\]):(?:3[2-9]|[4-6]\d)\d{3}\b").is_match(&v.text)
}

/// Before OTP 24 the message is bare, and only the call tells that it was about a table.
fn is_bare_ets(v: &View) -> bool {
    let calls_ets = |stack: &[Frame]| {
        stack
            .iter()
            .take(2)
            .any(|frame| frame.function.starts_with(":ets."))
    };
    let bare = v.flat == "argument error" || v.flat.contains("** (ArgumentError) argument error");
    bare && (calls_ets(&v.stack) || calls_ets(&v.inner_stack))
}

/// What was given in place of a table: tables are atoms and references.
fn no_table(v: &View) -> Option<String> {
    let mut frames = v.stack.iter().chain(&v.inner_stack);
    let call = frames.find(|frame| frame.function.starts_with(":ets."))?;
    let argument = re!(r#"^:ets\.\w+\((#(?:PID|Function|Port)<[^>]*>|"[^"]*"|\d+|%|\{|\[)"#)
        .captures(&call.function)?;
    let shown = argument.get(1)?.as_str();
    Some(match shown {
        "%" => "A map or struct".to_owned(),
        "{" => "A tuple".to_owned(),
        "[" => "A list".to_owned(),
        other => other.to_owned(),
    })
}

/// The first argument of the call that missed the table.
pub(super) fn table(v: &View) -> Option<String> {
    let call = v
        .stack
        .iter()
        .chain(&v.inner_stack)
        .find(|frame| frame.function.starts_with(":ets."))?;
    let argument = re!(r"^:ets\.\w+\((:?[\w.]+)[,)]").captures(&call.function)?;
    Some(argument.get(1)?.as_str().to_owned())
}

/// The service that was looked up.
pub(super) fn service(v: &View) -> Option<String> {
    v.find(re!(
        r"unknown registry: ([\w.:]+)|lookup (?:Ecto repo )?(\S+) because|repo (\S+) is not started"
    ))
    .or_else(|| {
        v.find(re!(
            r"for endpoint (\S+?)\. |Oban instance named `?(\S+?)`? is"
        ))
    })
}

fn is_unconfigured(v: &View) -> bool {
    let sentence = re!(
        r"environment variable \S+ is (?:missing|not set)|missing (?:the )?\S* ?environment variable|configuration for \S+ not specified in "
    );
    let fetch = &[
        "could not fetch application environment",
        "could not fetch environment variable",
    ];
    v.raised(&["System.EnvError"]) || v.has(fetch) || sentence.is_match(&v.text)
}
