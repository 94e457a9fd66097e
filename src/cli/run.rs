//! `gatekeeper run -- CMD…`: runs one command, passes its output through, reads it, judges it, records it.

use std::ffi::OsString;
use std::fs::File;
use std::io::{self, BufReader};
use std::path::Path;
use std::thread;

use clap::ValueEnum;
use clap::builder::FalseyValueParser;
use gatekeeper_parsers::{Completeness, Defect, DefectKind, Limits, Position, Reading, Stream};

use super::event;
use super::options::{Meant, Shared};
use super::output::actions;
use crate::channel::{self, Open, Told};
use crate::command;
use crate::dependency;
use crate::error::Error;
use crate::exit::of_verdict;
use crate::fingerprint::hex;
use crate::lockfile;
use crate::modules;
use crate::project;
use crate::record::{self, Recording, Run};
use crate::report::{Exit, Report, Shard, Source, Trust};
use crate::run::{self, Ended, Passthrough, Patience, Spawn};
use crate::source::{self, Origin};
use crate::tree::{self, Tree};
use crate::written::Watch;

/// As typed.
#[derive(Debug, clap::Args)]
pub(super) struct Args {
    /// The exit code: of the verdict, or of the command
    #[arg(
        long,
        value_name = "WHOSE",
        env = "GATEKEEPER_EXIT_CODE",
        default_value = "verdict"
    )]
    exit_code: Whose,
    /// Judge tests by what they print alone, without our formatter in their VM
    #[arg(long, env = "GATEKEEPER_NO_CHANNEL", value_parser = FalseyValueParser::new())]
    no_channel: bool,
    /// Run the command even in a workflow that anybody can start with rights of this repository
    #[arg(long)]
    allow_untrusted_event: bool,
    #[command(flatten)]
    shared: Shared,
    /// The command, after --
    #[arg(trailing_var_arg = true, value_name = "CMD")]
    command: Vec<OsString>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
enum Whose {
    Verdict,
    Child,
}

/// Runs, judges, renders, records.
pub(super) fn command(args: Args) -> Result<u8, Error> {
    if args.command.is_empty() {
        let hint = "give the command after --, such as `gatekeeper run -- mix test`";
        return Err(Error::usage("run: there is no command", hint));
    }
    event::guard(args.allow_untrusted_event)?;
    let meant = args.shared.mean()?;
    let place = Place::new(&args.shared)?;
    let mut run = started(&args.command);
    place.recording.write(&run)?;
    let watch = Watch::start(Path::new("."), &run.command, run.shard().map(|s| s.index));
    let channel = opened(&args, &run, &place, &meant);
    let env = channel.as_ref().map_or(&[][..], |c| &c.env);
    let (ended, reading, before) = watched(&args.command, env, &place, &meant)?;
    let told = channel.map(Open::close);
    note_end(&mut run, &ended, before);
    let mut sources = judge_streams(&mut run, &ended, reading, told, &place)?;
    watch.collect(&place.recording, &mut run, meant.expect, &mut sources);
    modules::place(&mut sources, Path::new("."));
    let facts = project::facts(Path::new("."), run.before.as_ref());
    let mut report = Report::against(sources, &meant.policy.policy, facts, &meant.against);
    meant.complete(&mut report);
    meant.outputs.write(&report)?;
    run.after = tree::state(Path::new("."));
    place.recording.write(&run)?;
    Ok(code(&args, &ended, &report))
}

/// Where the raw output goes: the record, or a folder that is removed at the end.
struct Place {
    recording: Recording,
    _temporary: Option<tempfile::TempDir>,
}

impl Place {
    fn new(shared: &Shared) -> Result<Self, Error> {
        if !shared.no_record {
            return Ok(Self {
                recording: Recording::start(&shared.record)?,
                _temporary: None,
            });
        }
        let dir = tempfile::tempdir().map_err(|e| Error::write(&std::env::temp_dir(), &e))?;
        Ok(Self {
            recording: Recording::start(dir.path())?,
            _temporary: Some(dir),
        })
    }
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
        written: Vec::new(),
        stdout_sha256: String::new(),
        stderr_sha256: String::new(),
        channel_sha256: None,
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
fn opened(args: &Args, run: &Run, place: &Place, meant: &Meant) -> Option<Open> {
    if args.no_channel || !channel::is_wanted(meant.expect) {
        return None;
    }
    let words = command::words(&run.command);
    Open::new(&words, &place.recording.path(record::CHANNEL))
}

type Read = Result<Reading, run::ReaderPanic>;

/// Runs the command; its standard output is read while it runs, and the state of the tree is taken meanwhile.
fn watched(
    command: &[OsString],
    env: &[(OsString, OsString)],
    place: &Place,
    meant: &Meant,
) -> Result<(Ended, Read, Option<Tree>), Error> {
    let mut shown =
        run::Outputs::own().map_err(|e| Error::write(Path::new("standard output"), &e))?;
    if meant.outputs.owns_stdout() {
        // `run --format json -- CMD | jq`: the report alone is on standard output.
        shown.stdout = run::Outputs::own()
            .map_err(|e| Error::write(Path::new("standard error"), &e))?
            .stderr;
    }
    let pass = if actions() {
        Passthrough::Sanitised(shown)
    } else {
        Passthrough::Raw(shown)
    };
    let spawn = Spawn {
        argv: command,
        dir: None,
        env_set: env,
        env_remove: &run::hidden_from_child(std::env::vars_os()),
        pass,
        stdout_log: place.recording.stream(record::FILES[1])?,
        stderr_log: place.recording.stream(record::FILES[2])?,
        patience: Patience::default(),
    };
    let expect = meant.expect;
    thread::scope(|scope| {
        let before = scope.spawn(|| tree::state(Path::new(".")));
        let ended = run::run(spawn, move |stdout| {
            let mut reading = Reading::new(expect, Limits::default());
            reading.stream(Stream::Out, stdout);
            reading
        });
        let (ended, reading) = ended.map_err(|e| Error::run(&e))?;
        Ok((ended, reading, before.join().unwrap_or(None)))
    })
}

fn note_end(run: &mut Run, ended: &Ended, before: Option<Tree>) {
    match ended.exit {
        Exit::Code(code) => run.exit_code = Some(code),
        Exit::Signal(signal) => run.signal = Some(signal),
    }
    run.ended = true;
    run.duration_ms = u64::try_from(ended.duration.as_millis()).unwrap_or(u64::MAX);
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
    let origin = Origin {
        label: run.command.join(" "),
        command: Some(run.command.clone()),
        directory: Some(run.directory.clone()),
        exit: run.exit(),
        duration_ms: Some(run.duration_ms),
        shard: run.shard(),
        trust: Trust::Text,
    };
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

fn code(args: &Args, ended: &Ended, report: &Report) -> u8 {
    let signalled = |n: i32| u8::try_from(n).unwrap_or(0).saturating_add(128);
    if let Some(signal) = ended.forwarded {
        return signalled(signal);
    }
    match (args.exit_code, ended.exit) {
        (Whose::Verdict, _) => of_verdict(report.verdict).code(),
        (Whose::Child, Exit::Code(code)) => u8::try_from(code).unwrap_or(u8::MAX),
        (Whose::Child, Exit::Signal(signal)) => signalled(signal),
    }
}
