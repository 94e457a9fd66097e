//! Runs one command: the only place that starts processes.
//!
//! Both streams of the command are captured apart and passed through byte for byte while it runs; the bytes go to the
//! user first, then to the log, then to whoever reads the standard output live. Nothing of this is ended by a fault of
//! another part: a closed output, a full disk or a reader that gives up never costs a byte of the capture, and never
//! the command its life.
//!
//! **Process group.** Without a terminal on standard input the command leads its own process group, and signals that
//! reach gatekeeper are passed on to all of it. With a terminal it stays in gatekeeper's group: only so can it read
//! the terminal, can `| less` behind gatekeeper read it too, and do Ctrl-C and Ctrl-Z reach everyone exactly once, by
//! the terminal's hand. (To give the terminal away and take it back is a shell's job control; a stopped command would
//! hang the user's shell.) So at a terminal an interrupt is noted and not sent again (one that somebody sends to
//! gatekeeper alone is only noted), and TERM and HUP go to the command alone, because the group may hold the script
//! that called gatekeeper.
//!
//! **Signals.** The first INT, TERM or HUP is passed on; a second one, or two seconds, kill. GitHub's cancellation
//! (INT, 7.5 s, TERM, 2.5 s, KILL) so leaves time to report. Signals that were ignored when gatekeeper was started
//! (`nohup`) stay ignored.
//!
//! **Left-overs.** When the command has ended, what still holds its streams is read for five seconds more and then
//! let go: the capture is marked as held. It is not killed, unless a signal had been passed on. What the command
//! itself had written by then is read in any case, however slow the view.
//!
//! **Time limit.** A command that has one is sent a TERM when its time is over, and is killed two seconds later.
//!
//! **Pseudo-terminal.** A command that is given one writes both streams to it: one stream, in the order in which it was
//! written, without the `\r` that a terminal adds to a line. Its standard input, its session and its controlling terminal
//! stay as they are, so keys, Ctrl-C and job control work as without; to give it a session of its own needs code between
//! fork and exec, which is `unsafe`.
//!
//! Absent on purpose: Windows.

use std::any::Any;
use std::ffi::OsString;
use std::fmt;
use std::fs::File;
use std::io::{self, BufRead};
use std::panic::{self, AssertUnwindSafe};
use std::path::Path;
use std::sync::Mutex;
use std::thread::{self, Scope, ScopedJoinHandle};
use std::time::Duration;

mod environment;
mod ladder;
mod output;
mod piece;
mod pump;
mod signals;
mod start;
mod supervise;
mod terminal;

pub use crate::report::Exit;
pub use environment::hidden_from_child;
pub use ladder::Patience;
pub use output::{Outputs, Passthrough, token};
pub use signals::outlive_file_limits;
pub use start::RunError;

use output::Tap;
use pump::Pump;
use signals::Watch;
use start::Started;
use supervise::supervise;

/// What to run, and where its output goes.
pub struct Spawn<'a> {
    /// The program and its arguments; the program is looked up in `PATH`. Must not be empty.
    pub argv: &'a [OsString],
    /// The folder to run in; gatekeeper's own if absent.
    pub dir: Option<&'a Path>,
    /// Variables that are added or replaced, after the removals.
    pub env_set: &'a [(OsString, OsString)],
    /// Variables that the command does not get: see [`hidden_from_child`].
    pub env_remove: &'a [OsString],
    /// Whether it writes to a pseudo-terminal; then all of its output is its standard output.
    pub terminal: bool,
    /// What the user sees of the output.
    pub pass: Passthrough<'a>,
    /// Gets every byte of the standard output.
    pub stdout_log: File,
    /// Gets every byte of the standard error.
    pub stderr_log: File,
    /// How long is waited for a command that was signalled, and for what holds its streams after its end.
    pub patience: Patience,
}

/// A command that was run to its end.
#[derive(Debug)]
pub struct Ended {
    /// How it ended.
    pub exit: Exit,
    /// From its start to its end, by a monotonic clock; left-overs that hold its streams do not count.
    pub duration: Duration,
    /// Its standard output.
    pub stdout: Captured,
    /// Its standard error.
    pub stderr: Captured,
    /// The first INT, TERM or HUP that gatekeeper was sent meanwhile and that the command was sent as well, by
    /// gatekeeper or by the terminal: gatekeeper ends with 128 plus this number.
    pub forwarded: Option<i32>,
    /// It took longer than it was given, and was ended.
    pub timed_out: bool,
}

/// One captured stream.
#[derive(Debug)]
pub struct Captured {
    /// How many bytes were read.
    pub bytes: u64,
    /// The digest of all bytes that were read, logged or not.
    pub sha256: [u8; 32],
    /// Something still held the stream when it was let go: there may have been more to come.
    pub held: bool,
    /// Why the log is shorter than the stream.
    pub log_error: Option<io::Error>,
    /// Why the user was not shown everything; a closed pipe, most often.
    pub pass_error: Option<io::Error>,
    /// Why reading stopped before the end.
    pub read_error: Option<io::Error>,
}

impl Captured {
    /// Everything that was written to the stream was read, up to its end.
    pub fn is_whole(&self) -> bool {
        !self.held && self.read_error.is_none()
    }
}

/// The reader of the live output panicked. The capture is not harmed by that.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ReaderPanic {
    /// What it said.
    pub message: String,
}

impl fmt::Display for ReaderPanic {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "the reader of the output failed: {}", self.message)
    }
}

impl std::error::Error for ReaderPanic {}

/// Runs a command to its end.
///
/// `read_stdout` is called on a thread of its own with the standard output, while the command runs; reading from it is
/// what moves the stream, so it should be quick. It may stop early: the rest is captured all the same. It is not
/// called if the command could not be started.
///
/// # Errors
///
/// If the command could not be started, or was lost sight of (it is killed then).
pub fn run<T: Send>(
    spawn: Spawn<'_>,
    read_stdout: impl FnOnce(&mut dyn BufRead) -> T + Send,
) -> Result<(Ended, Result<T, ReaderPanic>), RunError> {
    let turn = Mutex::new(());
    let (mut out_tap, err_tap) = spawn
        .pass
        .taps(&turn)
        .map_err(RunError::io("draw a token"))?;
    let mut watch = Watch::new().map_err(RunError::io("watch for signals"))?;
    // Its writer tells the pumps to stop, theirs tell the supervisor that they have: by being dropped.
    let (stop, stop_writer) = io::pipe().map_err(RunError::io("make a pipe"))?;
    let (done, done_writer) = io::pipe().map_err(RunError::io("make a pipe"))?;
    let out_done = done_writer
        .try_clone()
        .map_err(RunError::io("make a pipe"))?;
    let (mut child, streams) = Started::new(
        spawn.argv,
        spawn.dir,
        spawn.env_set,
        spawn.env_remove,
        spawn.terminal,
    )?;
    out_tap.stop_commands();

    let child = &mut child;
    // Made here: a thread that allocates nothing needs no heap of its own.
    let mut out = Pump::new(streams.stdout, &stop, out_tap, spawn.stdout_log);
    let err = Pump::new(streams.stderr, &stop, err_tap, spawn.stderr_log);
    let (fate, out, err) = thread::scope(move |scope| {
        let out = thread_in(scope, "stdout", move || {
            let _done = out_done;
            let answer = panic::catch_unwind(AssertUnwindSafe(|| read_stdout(&mut out)));
            (out.drain(), answer)
        })?;
        let err = thread_in(scope, "stderr", move || {
            let _done = done_writer;
            err.drain()
        })?;
        let fate = supervise(child, spawn.patience, &mut watch, done, stop_writer)
            .map_err(RunError::io("follow the command"))?;
        Ok((fate, join(out), join(err)))
    })?;

    let ((stdout, mut out_tap), answer) = out;
    let (stderr, err_tap) = err;
    out_tap.resume_commands();
    let ended = Ended {
        exit: fate.exit,
        duration: fate.duration,
        stdout: stdout.passed(out_tap),
        stderr: stderr.passed(err_tap),
        forwarded: fate.forwarded,
        timed_out: fate.timed_out,
    };
    Ok((ended, answer.map_err(ReaderPanic::new)))
}

fn thread_in<'scope, T: Send + 'scope>(
    scope: &'scope Scope<'scope, '_>,
    name: &str,
    work: impl FnOnce() -> T + Send + 'scope,
) -> Result<ScopedJoinHandle<'scope, T>, RunError> {
    thread::Builder::new()
        .name(name.to_owned())
        .spawn_scoped(scope, work)
        .map_err(RunError::io("start a thread"))
}

/// A panic of our own code is not hidden here.
fn join<T>(thread: ScopedJoinHandle<'_, T>) -> T {
    thread
        .join()
        .unwrap_or_else(|panic| panic::resume_unwind(panic))
}

impl Captured {
    fn passed(self, tap: Tap<'_>) -> Self {
        Self {
            pass_error: tap.error(),
            ..self
        }
    }
}

impl ReaderPanic {
    fn new(payload: Box<dyn Any + Send>) -> Self {
        let message = payload
            .downcast_ref::<&str>()
            .map(|text| (*text).to_owned())
            .or_else(|| payload.downcast_ref::<String>().cloned())
            .unwrap_or_else(|| "a panic without words".to_owned());
        Self { message }
    }
}
