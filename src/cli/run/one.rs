//! One command: run, read, recorded. What it is judged by, and with what, is not known here.

use std::ffi::OsString;
use std::fs::File;
use std::io::{self, BufReader, IsTerminal as _, Write as _};
use std::path::{Path, PathBuf};
use std::thread::{self, JoinHandle};
use std::time::Duration;

use super::live::{Seat, Seen, Tests, View};
use gatekeeper_parsers::{Completeness, Defect, DefectKind, Limits, Position, Reading, Stream};

use crate::channel::{self, Open, Told};
use crate::cli::options::{Meant, Shared};
use crate::cli::output::actions;
use crate::clock;
use crate::command;
use crate::dependency;
use crate::emit::escape;
use crate::error::Error;
use crate::fingerprint::hex;
use crate::lockfile;
use crate::record::{self, Logs, Recording, Run};
use crate::report::{Exit, Shard, Source};
use crate::run::{self, Ended, Passthrough, Patience, Spawn};
use crate::source::{self, Origin};
use crate::tree::{self, Tree};
use crate::written::Watch;

/// How commands are run.
#[derive(Clone)]
pub(super) struct How<'a> {
    pub(super) shared: &'a Shared,
    pub(super) meant: &'a Meant,
    /// Whether tests are given a channel.
    pub(super) channel: bool,
    /// Whether it writes to a terminal of its own.
    pub(super) terminal: bool,
    /// Whether the command's output is shown.
    pub(super) shown: bool,
    /// Whether a line tells how far it is, while it runs.
    pub(super) live: bool,
    /// What that line calls it, instead of its words.
    pub(super) label: Option<String>,
    /// Its place in the table of a plan, which is shown instead of that line.
    pub(super) seat: Option<Seat>,
    /// How long it may take.
    pub(super) limit: Option<Duration>,
}

/// A command that was run.
pub(super) struct Done {
    pub(super) run: Run,
    pub(super) ended: Ended,
    pub(super) sources: Vec<Source>,
    place: Place,
    /// The state that it left the tree in, once that is known.
    after: Option<State>,
}

/// The state of a tree, which is being taken.
type State = JoinHandle<Option<Tree>>;

impl Done {
    /// Runs one command.
    pub(super) fn of(command: &[OsString], how: &How<'_>) -> Result<Self, Error> {
        let mut run = started(command);
        let (place, logs) = Place::new(how.shared, &run)?;
        // The record is there, and ignored; git is asked while the rest is made ready.
        let before = tree::Asking::about(Path::new("."));
        let watch = Watch::start(Path::new("."), &run.command, run.shard().map(|s| s.index));
        let channel = opened(&run, &place, how);
        let env = channel.as_ref().map_or(&[][..], |c| &c.env);
        let told_in = channel
            .as_ref()
            .map(|_| place.recording.path(record::CHANNEL));
        let (pass, view) = pass(how, &run, told_in)?;
        // What the command finds is what its evidence is bound to, so not a moment later.
        let before = before.state();
        let (ended, reading) = watched(command, env, logs, pass, how)?;
        let after = thread::spawn(|| tree::state(Path::new(".")));
        drop(view);
        let told = channel.map(Open::close);
        note_end(&mut run, &ended, before);
        let mut sources = judge_streams(&mut run, &ended, reading, told, &place)?;
        watch.collect(&place.recording, &mut run, how.meant.expect, &mut sources);
        Ok(Self {
            run,
            ended,
            sources,
            place,
            after: Some(after),
        })
    }

    /// The name of its folder in the record.
    pub(super) fn folder(&self) -> String {
        let name = self.place.recording.dir().file_name();
        name.unwrap_or_default().to_string_lossy().into_owned()
    }

    /// Shows what it printed while nobody looked.
    pub(super) fn show(&self, how: &How<'_>) -> Result<(), Error> {
        if !how.shown {
            return Ok(());
        }
        let outputs = outputs(how)?;
        let pass = match actions() {
            true => Passthrough::Sanitised(outputs),
            false => Passthrough::Raw(outputs),
        };
        let open = |name: &str| File::open(self.place.recording.path(name)).map(BufReader::new);
        let shown = open(record::FILES[1])
            .and_then(|mut out| pass.replay(&mut out, &mut open(record::FILES[2])?));
        let dir = self.place.recording.dir().display().to_string();
        shown.map_err(|e| Error::open(&dir, &e))
    }

    /// Records how it ended, and the state that it left the tree in. A record that cannot be written changes nothing
    /// about what was seen; as recorded, the run has not ended then, and is no evidence later.
    pub(super) fn record(&mut self) {
        if let Some(after) = self.after.take() {
            self.run.after = after.join().unwrap_or(None);
        }
        if let Err(error) = self.place.recording.write(&self.run) {
            not_recorded(&error);
        }
    }
}

/// Where the raw output goes: the record, or a folder that is removed at the end.
struct Place {
    recording: Recording,
    _temporary: Option<tempfile::TempDir>,
}

impl Place {
    fn new(shared: &Shared, run: &Run) -> Result<(Self, Logs), Error> {
        if !shared.no_record {
            match Recording::start(&shared.record, run) {
                Ok((recording, logs)) => {
                    let place = Self {
                        recording,
                        _temporary: None,
                    };
                    return Ok((place, logs));
                }
                // A tree that is read-only, or a full disk: what runs is judged all the same.
                Err(error) => not_recorded(&error),
            }
        }
        let dir = tempfile::tempdir().map_err(|e| Error::write(&std::env::temp_dir(), &e))?;
        let (recording, logs) = Recording::start(dir.path(), run)?;
        let place = Self {
            recording,
            _temporary: Some(dir),
        };
        Ok((place, logs))
    }
}

/// Says that `check` will not find this run.
fn not_recorded(error: &Error) {
    let line = format!("gatekeeper: this run is not recorded: {error}");
    // When nobody listens, the verdict still tells.
    let _ = writeln!(io::stderr().lock(), "{}", escape::terminal(&line));
}

/// What is known of a run before it started.
fn started(command: &[OsString]) -> Run {
    Run {
        schema: record::SCHEMA.into(),
        gatekeeper: env!("CARGO_PKG_VERSION").into(),
        ended: false,
        command: command
            .iter()
            .map(|w| w.to_string_lossy().into_owned())
            .collect(),
        directory: std::env::current_dir()
            .unwrap_or_default()
            .display()
            .to_string(),
        exit_code: None,
        signal: None,
        duration_ms: 0,
        shard: shard().map(|s| (s.index, s.total)),
        held: false,
        timed_out: false,
        again: false,
        reruns: Vec::new(),
        written: Vec::new(),
        stdout_sha256: String::new(),
        stderr_sha256: String::new(),
        channel_sha256: None,
        ended_at: 0,
        sealed: false,
        before: None,
        after: None,
    }
}

/// `MIX_TEST_PARTITION` names the shard.
fn shard() -> Option<Shard> {
    let index = std::env::var("MIX_TEST_PARTITION").ok()?.parse().ok()?;
    Some(Shard { index, total: None })
}

/// A channel from the tests of the command to us, where there can be one.
fn opened(run: &Run, place: &Place, how: &How<'_>) -> Option<Open> {
    if !how.channel || !channel::is_wanted(how.meant.expect) {
        return None;
    }
    let words = command::words(&run.command);
    Open::new(&words, &place.recording.path(record::CHANNEL))
}

type Read = Result<Reading, run::ReaderPanic>;

/// Runs the command; its standard output is read while it runs.
fn watched(
    command: &[OsString],
    env: &[(OsString, OsString)],
    logs: Logs,
    pass: Passthrough<'static>,
    how: &How<'_>,
) -> Result<(Ended, Read), Error> {
    let spawn = Spawn {
        argv: command,
        dir: None,
        env_set: env,
        env_remove: &run::hidden_from_child(std::env::vars_os()),
        terminal: how.terminal,
        pass,
        stdout_log: logs.stdout,
        stderr_log: logs.stderr,
        patience: Patience {
            limit: how.limit,
            ..Patience::default()
        },
    };
    let expect = how.meant.expect;
    let ended = run::run(spawn, move |stdout| {
        let mut reading = Reading::new(expect, Limits::default());
        reading.stream(Stream::Out, stdout);
        reading
    });
    ended.map_err(|e| Error::run(&e))
}

/// What the user sees of the command's output, and of how far it is.
fn pass(
    how: &How<'_>,
    run: &Run,
    channel: Option<PathBuf>,
) -> Result<(Passthrough<'static>, Option<View>), Error> {
    let outputs = match how.shown {
        true => outputs(how)?,
        false => return Ok((Passthrough::Silent, None)),
    };
    if actions() {
        return Ok((Passthrough::Sanitised(outputs), None));
    }
    if !how.live {
        return Ok((Passthrough::Raw(outputs), None));
    }
    let seen = Seen {
        label: how.label.clone().unwrap_or_else(|| run.command.join(" ")),
        seat: how.seat.clone(),
        tests: channel.map(|channel| Tests {
            channel,
            record: how.shared.record.clone(),
            run: run.clone(),
        }),
    };
    let terminal = how.meant.outputs.owns_stdout() || io::stdout().is_terminal();
    let opened = View::open(seen, outputs, terminal);
    let (view, outputs) = opened.map_err(|e| Error::write(Path::new("standard error"), &e))?;
    Ok((Passthrough::Raw(outputs), Some(view)))
}

/// Where the command's output goes.
fn outputs(how: &How<'_>) -> Result<run::Outputs<'static>, Error> {
    let own = |name| run::Outputs::own().map_err(|e| Error::write(Path::new(name), &e));
    let mut shown = own("standard output")?;
    if how.meant.outputs.owns_stdout() {
        // `run --format json -- CMD | jq`: the report alone is on standard output.
        shown.stdout = own("standard error")?.stderr;
    }
    Ok(shown)
}

fn note_end(run: &mut Run, ended: &Ended, before: Option<Tree>) {
    match ended.exit {
        Exit::Code(code) => run.exit_code = Some(code),
        Exit::Signal(signal) => run.signal = Some(signal),
    }
    run.ended = true;
    run.ended_at = clock::now();
    run.duration_ms = u64::try_from(ended.duration.as_millis()).unwrap_or(u64::MAX);
    run.timed_out = ended.timed_out;
    run.held = ended.stdout.held || ended.stderr.held;
    run.stdout_sha256 = hex(&ended.stdout.sha256);
    run.stderr_sha256 = hex(&ended.stderr.sha256);
    run.before = before;
}

/// Reads standard error after standard output, and makes the sources of both.
fn judge_streams(
    run: &mut Run,
    ended: &Ended,
    reading: Read,
    told: Option<io::Result<Option<Told>>>,
    place: &Place,
) -> Result<Vec<Source>, Error> {
    let origin = Origin::run(run);
    let path = place.recording.path(record::FILES[2]);
    let stderr = File::open(&path).map_err(|e| Error::open(&path.display().to_string(), &e))?;
    let mut found = source::finish(reading.map_err(|p| p.message), BufReader::new(stderr));
    let mut bytes = ended.stdout.bytes.saturating_add(ended.stderr.bytes);
    let mut troubles = troubles(ended);
    match told {
        None | Some(Ok(None)) => {}
        Some(Ok(Some(told))) => {
            bytes = bytes.saturating_add(told.bytes);
            run.channel_sha256 = Some(told.sha256);
            channel::join(&mut found.0, told.channel);
        }
        Some(Err(error)) => {
            let message = format!("the channel of the tests could not be read: {error}");
            troubles.push((DefectKind::Io, message));
        }
    }
    let channel = run.channel_sha256.as_deref();
    let sha256 = source::digest_of_streams(&run.stdout_sha256, &run.stderr_sha256, channel);
    let mut sources = source::sources(&origin, bytes, Some(&sha256), found);
    for (kind, message) in troubles {
        let defect = Defect::new(kind, message, Position::default());
        sources
            .iter_mut()
            .for_each(|s| s.lower(Completeness::Partial, defect.clone()));
    }
    lockfile::doubt(&mut sources, &run.directory, &run.command);
    dependency::set_apart(&mut sources, &run.directory);
    Ok(sources)
}

/// What went wrong with the capture itself.
fn troubles(ended: &Ended) -> Vec<(DefectKind, String)> {
    let mut found = Vec::new();
    if ended.stdout.held || ended.stderr.held {
        found.push((DefectKind::Held, source::HELD.to_owned()));
    }
    if ended.timed_out {
        found.push((DefectKind::Signal, source::TIMED_OUT.to_owned()));
    }
    for (name, stream) in [
        ("standard output", &ended.stdout),
        ("standard error", &ended.stderr),
    ] {
        if let Some(error) = &stream.log_error {
            found.push((
                DefectKind::Io,
                format!("{name} could not be recorded whole: {error}"),
            ));
        }
        if let Some(error) = &stream.read_error {
            found.push((
                DefectKind::Io,
                format!("{name} could not be read whole: {error}"),
            ));
        }
    }
    found
}
