//! What a failure misses, by its category: the table, the port, the name, the server that failures with one cause share.

use super::key::{MAX, Rule};
use super::pattern::Pattern;
use super::phase::Phase;
use super::text::one_line;
use super::view::View;
use super::{Classified, process, wrapper};

/// What is missing, by category.
pub(super) fn subject(class: &Classified, v: &View) -> (Rule, Option<String>) {
    let find = |pattern: &Pattern| found(v, pattern);
    // A set-up that fails for want of something is a failure for want of it.
    let category = match class.cause {
        Some(cause) if wrapper::is_callback(class.category) => cause,
        _ => class.category,
    };
    match category.id {
        "compile-error" if class.phase == Phase::Compile => {
            let file = v
                .location
                .as_deref()
                .map(|at| at.rsplit_once(':').map_or(at, |(f, _)| f));
            (Rule::Compile, file.map(str::to_owned))
        }
        "db-unreachable" => (Rule::Database, find(repo())),
        "db-pool-timeout" if is_queue(v) => (Rule::Pool, find(repo())),
        "db-schema" if v.raised(&["Phoenix.Ecto.PendingMigrationError"]) => {
            (Rule::Schema, Some("pending migrations".to_owned()))
        }
        "db-schema" => (
            Rule::Schema,
            find(re!(
                r#"((?:relation|column|table|type|schema) "[^"]+"|(?:table|column): \S+|[Tt]able '[^']+')"#
            )),
        ),
        "port-in-use" => (
            Rule::Port,
            find(re!(
                r"\bport:? ?(\d{2,5})\b|:(\d{2,5})\b[^\d]{0,40}(?::eaddrinuse|already in use)"
            )),
        ),
        "already-started" => (
            Rule::Taken,
            find(re!(
                r"already_(?:started|registered), (#PID<[\d.]+>)|already started: (#PID<[\d.]+>)"
            )),
        ),
        "not-started" => (Rule::NotStarted, super::environment::service(v)),
        "no-process" => (Rule::NotRunning, process::server(v)),
        "process-crash" => (Rule::Crashed, process::server(v)),
        "ets-table" => (Rule::Table, super::environment::table(v)),
        id => code(id, v).unwrap_or_else(|| match error_value(v) {
            Some(value) if matches!(id, "match-error" | "assert-match") => {
                (Rule::Value, Some(value))
            }
            Some(_) | None if class.phase == Phase::SetupAll => (Rule::SetupAll, None),
            Some(_) | None => (Rule::Same, None),
        }),
    }
}

/// What the code or the configuration lacks.
fn code(id: &str, v: &View) -> Option<(Rule, Option<String>)> {
    let find = |pattern: &Pattern| found(v, pattern);
    Some(match id {
        "missing-config" => (
            Rule::Config,
            find(re!(
                r#"application environment (\S+ for application \S+)|environment variable "?([A-Z][A-Z0-9_]*)|configuration for (\S+)"#
            )),
        ),
        "network-error" => (
            Rule::Network,
            find(re!(r"(:econnrefused|:nxdomain|:ehostunreach)")),
        ),
        "undefined-module" => (
            Rule::Missing,
            find(re!(r"\(module (\S+) is not available\)")),
        ),
        "undefined-function" => (Rule::Missing, find(re!(r"function (\S+/\d+) is undefined"))),
        "no-route" => (
            Rule::Missing,
            find(re!(
                r"no route found for (\S+ \S+)|function (\S+/\d+) is undefined"
            )),
        ),
        "mock-unexpected" | "mock-not-called" => {
            (Rule::Mock, find(re!(r"([A-Z][\w.]*\.\w+[?!]?/\d+)")))
        }
        "sandbox-ownership" => (Rule::Sandbox, find(re!(r"\(([A-Z][\w.]*)\) using mode"))),
        _ => return None,
    })
}

fn found(v: &View, pattern: &Pattern) -> Option<String> {
    v.find_value(pattern).map(|name| one_line(&name, MAX))
}

/// Reasons that say nothing by themselves: many calls answer them, each for a cause of its own.
const PLAIN: &[&str] = &[
    "error",
    "invalid",
    "not_found",
    "timeout",
    "enoent",
    "eacces",
    "eexist",
    "badarg",
    "noproc",
    "normal",
    "closed",
    "forbidden",
    "unauthorized",
    "unauthenticated",
    "invalid_credentials",
    "bad_request",
    "nil",
    "undefined",
    "unknown",
];

/// `{:error, :bridge_down}` that came instead of a result; nothing where the reason is one that anything may have.
fn error_value(v: &View) -> Option<String> {
    let pattern = re!(r"^(?:no match of right hand side value: )?\{:error, :(\w+)\}$");
    let reason = v.find_value(pattern)?;
    (!PLAIN.contains(&reason.as_str())).then(|| format!("{{:error, :{reason}}}"))
}

fn repo() -> &'static Pattern {
    re!(r"\[Elixir\.([\w.]+)\]")
}

/// Whether nobody got a connection; one who held his too long is a case of its own.
pub(super) fn is_queue(v: &View) -> bool {
    v.has(&["dropped from queue", "connection not available"])
}
