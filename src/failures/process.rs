//! Exits of processes.

use gatekeeper_parsers::evidence::ErrorKind;

use super::say::{plain, say, text, with};
use super::view::View;
use super::{Category, Class};

pub(super) const NO_PROCESS: Category = Category {
    id: "no-process",
    title: "Called process is not alive",
    class: Class::Generic,
    means: "call/stop/cast to a process or name that does not exist.",
    explain: &[
        "A name in the call: the service was not started, or it crashed and was not restarted.",
        "A pid in the call: it was alive once and ended - normal stop or crash.",
        "Many tests with the same name = one cause.",
    ],
    link: "https://hexdocs.pm/elixir/GenServer.html#call/3",
    recognised: "kind exit/EXIT with `no process: the process is not alive or there's no process currently associated with the given name` or `:noproc`; not in on_exit.",
    advice: "{server} is not running: start it in the test (`start_supervised!`), or find why it stopped (look for an earlier crash).",
    unless: "an earlier failure or log line shows that server crashing: point to it.",
    matches: is_no_process,
    hint: |v| match server(v) {
        Some(server) if !server.starts_with("#PID") => say(&[with(
            "{} is not running: start it in the test (`start_supervised!`), or find why it stopped (look for an earlier crash)",
            Some(server),
        )]),
        _ => plain(
            "The called process has ended: find why it stopped (look for an earlier crash), or start it in the test (`start_supervised!`)",
        ),
    },
};

pub(super) const START_FAILED: Category = Category {
    id: "start-failed",
    title: "Process or application failed to start",
    class: Class::Generic,
    means: "start_link/start_supervised/application start returned an error.",
    explain: &[
        "The innermost reason is the cause.",
        "At boot it stops the whole run.",
        "Several tests with the same child: fix that child once.",
    ],
    link: "https://hexdocs.pm/ex_unit/ExUnit.Callbacks.html#start_supervised!/2",
    recognised: "`failed to start child`, `failed to start child with the spec`, `{:failed_to_start_child, …`, `Could not start application` without a more specific inner reason.",
    advice: "Child {name} did not start: {inner reason}.",
    unless: "inner reason is already_started / eaddrinuse / db: those win.",
    matches: is_start_failure,
    hint: |v| {
        let child = v.find_value(re!(
            r"failed to start child: (\S+)|failed to start child with the spec \{?([\w.:]+)|:failed_to_start_child, ([^,]+),"
        ));
        let inner = v.inner().filter(|inner| !inner.first.is_empty());
        let reason = inner.map(|inner| format!("{} {}", inner.exception, inner.first));
        say(&[with("Child {} did not start", child), with(": {}", reason)])
    },
};

pub(super) const PROCESS_CRASH: Category = Category {
    id: "process-crash",
    title: "A linked or called process crashed",
    class: Class::Wrapper,
    means: "The test died because another process raised.",
    explain: &[
        "Read the nested exception, not the outer exit.",
        "If the crash is wanted, start the process unlinked or trap exits / monitor it.",
        "`cause` stores the category of the nested exception.",
    ],
    link: "https://hexdocs.pm/elixir/GenServer.html#call/3",
    recognised: "kind exit/EXIT with a nested ` (Exception)` or `an exception was raised:`; nested exception not specific; no LiveView frames.",
    advice: "{exception} in {top project frame of the nested stack}: fix it there.",
    unless: "nested exception is specific (db-*, sandbox-*, mock-*).",
    matches: |v| v.is_exit() && (v.has_inner_exception() || v.has(&["an exception was raised:"])),
    hint: |v| {
        say(&[
            with("{}", v.inner_exception()),
            with(" in {}", v.inner_place()),
            text(": fix it there"),
        ])
        .filter(|_| v.inner_exception().is_some() && v.inner_place().is_some())
    },
};

pub(super) const CALL_TIMEOUT: Category = Category {
    id: "call-timeout",
    title: "GenServer call timed out",
    class: Class::Generic,
    means: "A call got no answer in time (default 5 s).",
    explain: &[
        "A process that calls the test process, which waits for it, is a dead-lock.",
        "Long work inside handle_call blocks all callers.",
        "Only in CI: raise the timeout for that call.",
    ],
    link: "https://hexdocs.pm/elixir/GenServer.html#call/3",
    recognised: "kind exit with `(EXIT) time out` and no nested exception, not a DB checkout.",
    advice: "{server} did not answer {request} within {n} ms: it is busy, dead-locked (calls itself or the test), or the machine is slow.",
    unless: "",
    matches: is_time_out,
    hint: |v| {
        say(&[
            with(
                "{} did not answer",
                server(v).or_else(|| Some("The called process".to_owned())),
            ),
            with(
                " within {} ms",
                v.find(re!(r"[ (](\d+)\) \*\* \(EXIT\) time out")),
            ),
            text(": it is busy, dead-locked (calls itself or the test), or the machine is slow"),
        ])
    },
};

pub(super) const PROCESS_EXIT: Category = Category {
    id: "process-exit",
    title: "Process exited",
    class: Class::Generic,
    means: "The test process or a linked process exited with another reason.",
    explain: &[
        "`shutdown` from a supervisor: its child failed too often - look at the log.",
        "`killed`: out of patience on stop, or Process.exit(pid, :kill).",
        "The log lines printed for this test usually name the process and its last message.",
    ],
    link: "https://hexdocs.pm/elixir/Process.html#exit/2",
    recognised: "kind exit/EXIT, none of the above (`shutdown`, `killed`, `:normal`, `{:bad_return…`).",
    advice: "Exit reason {reason}: a linked process stopped; trap exits or use `start_supervised!`/monitor if that is expected.",
    unless: "",
    matches: |v| v.is_exit() && !v.flat.is_empty(),
    hint: |v| match server(v) {
        Some(server) => say(&[
            with("{} stopped while it was called", Some(server)),
            with(": {}", reason(v)),
        ]),
        None if v.kind == ErrorKind::LinkedExit => say(&[with(
            "Exit reason {}: a linked process stopped; trap exits or use `start_supervised!`/monitor if that is expected",
            reason(v),
        )]),
        None => say(&[with("Exit reason {}", reason(v))]),
    },
};

/// Whether the called process was not there.
pub(super) fn is_no_process(v: &View) -> bool {
    v.is_exit()
        && v.has(&[
            "no process: the process is not alive",
            "(EXIT) no process",
            ":noproc",
        ])
}

/// Whether a process that was to be called or stopped was gone, or went at that moment.
pub(super) fn is_gone(v: &View) -> bool {
    let went = re!(r"\(EXIT\) (?:shutdown|normal|killed)$");
    is_no_process(v) || (v.is_exit() && went.is_match(&v.text))
}

/// Whether a child, a supervisor or an application did not start.
pub(super) fn is_start_failure(v: &View) -> bool {
    v.has(&[
        "failed to start child: ",
        "failed to start child with the spec",
        "{:failed_to_start_child, ",
        "Could not start application ",
    ])
}

/// Whether a call got no answer in time.
pub(super) fn is_time_out(v: &View) -> bool {
    v.is_exit() && !v.has_inner_exception() && (v.has(&["(EXIT) time out"]) || v.text == "time out")
}

/// The process that was called, where it is one with a name or a pid.
pub(super) fn server(v: &View) -> Option<String> {
    v.find(re!(
        r"^exited in: :?(?:GenServer|GenStage|Agent|gen_server|gen_statem|gen|sys)\.\w+\((\{:(?:via|global), .*?\}\}?|[A-Z][\w.]*|:\w+|#PID<[\d.]+>)[,)]"
    ))
}

/// The innermost reason of an exit.
fn reason(v: &View) -> Option<String> {
    v.find(re!(r".*\*\* \(EXIT\) (.+)$"))
        .or_else(|| Some(v.first.clone()))
}
