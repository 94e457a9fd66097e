//! Connections to a database: the server, the pool and the sandbox.

use gatekeeper_parsers::evidence::Frame;

use super::database::DRIVERS;
use super::phase::Phase;
use super::process::is_time_out;
use super::say::{nothing, plain};
use super::view::View;
use super::{Category, Class};

const UNREACHABLE: &[&str] = &[
    "tcp connect",
    "ssl connect",
    "invalid_catalog_name",
    "too_many_connections",
    "(invalid_password)",
    "password authentication failed",
    "database system is starting",
    "database system is shutting down",
];

/// MyXQL names the address and the reason, not the step.
const NO_ANSWER: &[&str] = &[
    ":econnrefused",
    ":nxdomain",
    "connection refused",
    "non-existing domain",
];

const NO_DATABASE: &[&str] = &[
    "ER_BAD_DB_ERROR",
    "ER_ACCESS_DENIED_ERROR",
    "ER_CON_COUNT_ERROR",
    "unable to open database file",
];

const POOL: &[&str] = &[
    "request was dropped from queue",
    "connection not available and ",
    "connection not available because",
    "could not checkout the connection owned by",
    "queued and checked out the connection for longer than",
    "owned the connection for longer than",
    "deadline reached while in queue",
    "the connection was closed by the pool",
];

pub(super) const DB_UNREACHABLE: Category = Category {
    id: "db-unreachable",
    title: "Database unreachable or missing",
    class: Class::Specific,
    means: "No connection could be made, or the database does not exist.",
    explain: &[
        "The driver never got a working session, so no test using the repo can pass.",
        "`invalid_catalog_name` = the database does not exist: run `MIX_ENV=test mix ecto.create`.",
        "`connection refused` = the server is down or the port is wrong; in CI wait for the service health check.",
        "`too_many_connections` = pool_size x partitions (x parallel jobs) exceeds the server limit.",
    ],
    link: "https://hexdocs.pm/ecto/Mix.Tasks.Ecto.Create.html",
    recognised: "message has `tcp connect`, `ssl connect`, `FATAL`, `invalid_catalog_name`, `too_many_connections`, `password authentication failed`, `database system is starting`; or exception `Phoenix.Ecto.StorageNotCreatedError`.",
    advice: "Database not reachable: start it, then `MIX_ENV=test mix ecto.create`; check host, port, user in `config/test.exs`.",
    unless: "only one test fails with it and that test configures its own repo; never say \"run ecto.create\" for `password authentication failed` or `too_many_connections`.",
    matches: is_unreachable,
    hint: |v| {
        if v.has(&[
            "invalid_password",
            "password authentication failed",
            "ER_ACCESS_DENIED_ERROR",
        ]) {
            plain("The database refused the log-in: check user and password in `config/test.exs`")
        } else if v.has(&["too_many_connections", "ER_CON_COUNT_ERROR"]) {
            plain(
                "The server has no connection left: pool_size times partitions (and parallel jobs) must stay below its limit",
            )
        } else if is_lost(v) {
            plain("The connection to the database was lost: look at the server's log")
        } else {
            plain(
                "Database not reachable: start it, then `MIX_ENV=test mix ecto.create`; check host, port, user in `config/test.exs`",
            )
        }
    },
};

pub(super) const SANDBOX_OWNER_EXITED: Category = Category {
    id: "sandbox-owner-exited",
    title: "Sandbox owner exited while in use",
    class: Class::Specific,
    means: "A process other than the test still used a connection whose owner had already gone.",
    explain: &[
        "The sandbox gives each test its own connection and takes it back when the owner exits.",
        "A Task, GenServer, LiveView or job runner was still in the middle of a query at that moment.",
        "Start such processes with start_supervised!/1 so ExUnit stops them before the owner goes, or wait for their result in the test.",
        "The block shows the victim; the real culprit is the process in the stack of the log line just before it.",
    ],
    link: "https://hexdocs.pm/ecto_sql/Ecto.Adapters.SQL.Sandbox.html#module-faq",
    recognised: "`owner #PID<…> exited`, `client #PID<…> exited`, `still using a connection from owner`, `owner … is not alive` (a `(label)` may follow the pid).",
    advice: "A process outlived the test that owns its DB connection: stop it in the test (`start_supervised!`) or wait for it before the test ends.",
    unless: "the phase is on_exit and the callback itself queries the repo: then move that query before on_exit or check out its own owner.",
    matches: is_owner_gone,
    hint: |v| match v.phase {
        Phase::OnExit => plain(
            "The owner of the connection is gone in on_exit: query before it, or check out a connection there",
        ),
        _ => plain(
            "A process outlived the test that owns its DB connection: stop it in the test (`start_supervised!`) or wait for it before the test ends",
        ),
    },
};

pub(super) const DB_POOL_TIMEOUT: Category = Category {
    id: "db-pool-timeout",
    title: "Connection pool exhausted or too slow",
    class: Class::Specific,
    means: "A caller waited for a database connection longer than allowed, or held one too long.",
    explain: &[
        "With the sandbox each running test holds one connection, so pool_size must be at least max_cases plus helpers.",
        "If nearly all tests of the run fail this way, one cause (database down, a stuck transaction, pool far too small) explains them all.",
        "`owned the connection for longer than` means one test kept its connection past ownership_timeout (default 120 s): often a debugger or a sleep.",
        "`queued and checked out … for longer than` is one slow query (:timeout, default 15 s).",
    ],
    link: "https://hexdocs.pm/db_connection/DBConnection.html#start_link/2-queue-config",
    recognised: "`dropped from queue`, `connection not available`, `could not checkout the connection owned by`, `queued and checked out the connection for longer than`, `owned the connection for longer than`, `deadline reached while in queue`; also inside `{:error, {%DBConnection.ConnectionError{…` of a MatchError in `Sandbox.start_owner!/2`.",
    advice: "All pool connections are busy: raise `pool_size` (>= `max_cases`), or find the test that keeps a connection (start with the first one of the group).",
    unless: "the message says `owned the connection for longer than` (then the hint is ownership_timeout, not pool_size); or only one failure in the run.",
    matches: |v| v.has(POOL) || (is_time_out(v) && v.stack.iter().any(is_checkout)),
    hint: |v| {
        if v.has(&["owned the connection for longer than"]) {
            plain(
                "A test kept its connection longer than :ownership_timeout: look for a sleep or a wait in it, or raise that option",
            )
        } else if v.has(&["queued and checked out the connection for longer than"]) {
            plain(
                "One query took longer than its :timeout: make it faster, or give it a longer timeout",
            )
        } else if v.has(&["closed by the pool"]) {
            nothing()
        } else {
            // A server that is down looks the same from here.
            plain(
                "No connection got free in time. Is the database up? Then raise `pool_size` (>= `max_cases`), or find the test that keeps a connection",
            )
        }
    },
};

pub(super) const SANDBOX_OWNERSHIP: Category = Category {
    id: "sandbox-ownership",
    title: "No sandbox connection for this process",
    class: Class::Specific,
    means: "A process used the repo without owning or being allowed a sandbox connection.",
    explain: &[
        "In manual mode a process may use the repo only after checkout, allow/3, or in shared mode.",
        "If the stack contains `(test)`, the test itself never checked out: its case template (DataCase/ConnCase) is missing.",
        "If not, a background process (Task, GenServer, channel, job) ran the query: allow it, or run the file with async: false and shared mode.",
        "When it starts in the middle of a run and hits all later sync tests, shared mode was reset by an earlier test: look at the failure just before.",
    ],
    link: "https://hexdocs.pm/ecto_sql/Ecto.Adapters.SQL.Sandbox.html#module-collaborating-processes",
    recognised: "exception `DBConnection.OwnershipError` or `cannot find ownership process for #PID<…>`.",
    advice: "Give that process a connection: `Ecto.Adapters.SQL.Sandbox.allow(Repo, self(), pid)`, or shared mode with `async: false`; check the test uses DataCase.",
    unless: "the first such failure follows a `sandbox-owner-exited` of the same run: then it is a victim.",
    matches: |v| {
        v.raised(&["DBConnection.OwnershipError"])
            || v.has(&["cannot find ownership process for #PID<"])
    },
    hint: |_| {
        plain(
            "Give that process a connection: `Ecto.Adapters.SQL.Sandbox.allow(Repo, self(), pid)`, or shared mode with `async: false`; check the test uses DataCase",
        )
    },
};

/// Older pools were processes that were called for a connection.
fn is_checkout(frame: &Frame) -> bool {
    frame.function.contains("DBConnection.") && frame.function.contains("checkout")
}

/// A connection that was there and is lost. When the pool closed it, a timeout is behind it.
fn is_lost(v: &View) -> bool {
    re!(r"\b(?:tcp|ssl) \w+(?: \(idle\))?: closed\b").is_match(&v.text)
        && !v.has(&["closed by the pool"])
}

fn is_unreachable(v: &View) -> bool {
    v.raised(&[
        "Phoenix.Ecto.StorageNotCreatedError",
        "Xandra.ConnectionError",
    ]) || v.has(UNREACHABLE)
        || re!(r"\bFATAL (?:[0-9A-Z]{5} )?\(|\bFATAL: ").is_match(&v.text)
        || (v.raised(&["DBConnection.ConnectionError"]) && (v.has(NO_ANSWER) || is_lost(v)))
        || (v.raised(DRIVERS) && v.has(NO_DATABASE))
}

fn is_owner_gone(v: &View) -> bool {
    // A label of the process may follow its pid.
    let exited = re!(r"\b(?:owner|client) #PID<[\d.]+>(?: \(.{0,300}?\))? exited");
    let not_alive = re!(r"\bowner #PID<[\d.]+>(?: \(.{0,300}?\))? is not alive");
    v.has(&["still using a connection from owner"])
        || exited.is_match(&v.text)
        || not_alive.is_match(&v.text)
}
