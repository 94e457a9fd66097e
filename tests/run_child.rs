//! Running real commands: nothing is lost, nothing hangs, everyone who is left behind is dealt with.

use std::ffi::OsString;
use std::fs::{self, File};
use std::io::{self, BufRead, ErrorKind, Write};
use std::path::PathBuf;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use gatekeeper::run::{Ended, Exit, Outputs, Passthrough, Patience, ReaderPanic, Spawn, run};
use sha2::{Digest as _, Sha256};

mod left_behind;
mod signals;
mod start;
mod terminal;

/// A folder that goes when the test ends.
struct Scratch(PathBuf);

impl Scratch {
    fn new(name: &str) -> Self {
        let dir = std::env::temp_dir().join(format!("gatekeeper-{}-{name}", std::process::id()));
        fs::create_dir_all(&dir).unwrap();
        Self(dir)
    }

    fn path(&self, name: &str) -> PathBuf {
        self.0.join(name)
    }

    fn bytes(&self, name: &str) -> Vec<u8> {
        fs::read(self.path(name)).unwrap()
    }

    fn text(&self, name: &str) -> String {
        String::from_utf8(self.bytes(name)).unwrap()
    }

    fn spawn<'a>(&self, argv: &'a [OsString], pass: Passthrough<'a>) -> Spawn<'a> {
        Spawn {
            argv,
            dir: None,
            env_set: &[],
            env_remove: &[],
            terminal: false,
            pass,
            stdout_log: File::create(self.path("out.log")).unwrap(),
            stderr_log: File::create(self.path("err.log")).unwrap(),
            patience: SHORT,
        }
    }
}

impl Drop for Scratch {
    fn drop(&mut self) {
        let _ = fs::remove_dir_all(&self.0);
    }
}

/// The product's own patience would make these tests slow.
const SHORT: Patience = Patience {
    grace: Duration::from_millis(1500),
    drain: Duration::from_millis(2000),
    limit: None,
};

fn sh(script: &str) -> Vec<OsString> {
    ["sh", "-c", script].map(OsString::from).to_vec()
}

fn all(live: &mut dyn BufRead) -> Vec<u8> {
    let mut bytes = Vec::new();
    live.read_to_end(&mut bytes).unwrap();
    bytes
}

fn sha256(bytes: &[u8]) -> [u8; 32] {
    Sha256::digest(bytes).into()
}

/// Runs a script in silence and gives what was read live.
fn quietly(name: &str, script: &str) -> (Ended, Vec<u8>, Scratch) {
    let scratch = Scratch::new(name);
    let argv = sh(script);
    let (ended, read) = run(scratch.spawn(&argv, Passthrough::Silent), all).unwrap();
    (ended, read.unwrap(), scratch)
}

/// A writer whose bytes can be looked at afterwards.
#[derive(Clone, Default)]
struct Shown(Arc<Mutex<Vec<u8>>>);

impl Shown {
    fn bytes(&self) -> Vec<u8> {
        self.0.lock().unwrap().clone()
    }
}

impl Write for Shown {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        // A few at a time, as a terminal may do.
        let some = &bytes[..bytes.len().min(1000)];
        self.0.lock().unwrap().extend_from_slice(some);
        Ok(some.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

fn outputs(stdout: &Shown, stderr: &Shown) -> Outputs<'static> {
    Outputs {
        stdout: Box::new(stdout.clone()),
        stderr: Box::new(stderr.clone()),
    }
}

#[test]
fn every_byte_goes_to_the_user_the_log_the_digest_and_the_reader() {
    let scratch = Scratch::new("bytes");
    let mut expected: Vec<u8> = (0..=255).collect();
    expected.extend_from_slice(b"\xff\xfe\0\r\n\x1b[31m::error::x\n no end of line");
    fs::write(scratch.path("data"), expected.repeat(3000)).unwrap();
    let expected = scratch.bytes("data");
    let argv = sh(&format!(
        "cat {0}; echo aside >&2; cat {0}",
        scratch.path("data").display()
    ));
    let (out, err) = (Shown::default(), Shown::default());

    let spawn = scratch.spawn(&argv, Passthrough::Raw(outputs(&out, &err)));
    let (ended, read) = run(spawn, all).unwrap();

    let expected = expected.repeat(2);
    assert!(read.unwrap() == expected && out.bytes() == expected);
    assert!(scratch.bytes("out.log") == expected);
    assert_eq!((ended.exit, ended.forwarded), (Exit::Code(0), None));
    assert_eq!(
        (ended.stdout.bytes, ended.stdout.sha256),
        (expected.len() as u64, sha256(&expected))
    );
    assert_eq!(
        (err.bytes(), scratch.text("err.log")),
        (b"aside\n".to_vec(), "aside\n".to_owned())
    );
    assert_eq!(
        (ended.stderr.bytes, ended.stderr.sha256),
        (6, sha256(b"aside\n"))
    );
    for stream in [&ended.stdout, &ended.stderr] {
        assert!(stream.is_whole() && stream.log_error.is_none() && stream.pass_error.is_none());
    }
}

#[test]
fn the_way_it_ended_is_kept() {
    for (script, exit) in [
        ("exit 0", Exit::Code(0)),
        ("exit 3", Exit::Code(3)),
        ("exit 255", Exit::Code(255)),
        ("kill -KILL $$", Exit::Signal(9)),
        ("kill -SEGV $$", Exit::Signal(11)),
        ("kill -TERM $$", Exit::Signal(15)),
    ] {
        let (ended, read, _) = quietly("exit", &format!("echo a; {script}"));
        assert_eq!(
            (ended.exit, read.as_slice()),
            (exit, &b"a\n"[..]),
            "{script}"
        );
        assert_eq!(ended.forwarded, None, "nobody signalled gatekeeper");
        assert!(ended.stdout.is_whole());
    }
}

#[test]
fn output_is_read_and_shown_while_the_command_runs() {
    let scratch = Scratch::new("live");
    let seen = scratch.path("seen");
    // The command goes on only when its first line was read; after 20 seconds it gives up.
    let argv = sh(&format!(
        "printf 'one\\n'; n=0; while [ ! -e {0} ] && [ $n -lt 200 ]; do sleep 0.1; n=$((n+1)); done; \
         [ -e {0} ] && echo two",
        seen.display()
    ));
    let (out, err) = (Shown::default(), Shown::default());
    let shown = out.clone();
    let (ended, read) = run(
        scratch.spawn(&argv, Passthrough::Raw(outputs(&out, &err))),
        |live| {
            let mut first = String::new();
            live.read_line(&mut first).unwrap();
            let before = shown.bytes();
            File::create(&seen).unwrap();
            (first, before, all(live))
        },
    )
    .unwrap();
    assert_eq!(
        read.unwrap(),
        ("one\n".to_owned(), b"one\n".to_vec(), b"two\n".to_vec())
    );
    assert_eq!(ended.exit, Exit::Code(0));
}

#[test]
fn a_reader_that_stops_early_or_panics_loses_nothing() {
    let scratch = Scratch::new("early");
    let argv = sh("seq 1 200000; echo end");
    let expected: String = (1..=200_000).map(|n| format!("{n}\n")).collect::<String>() + "end\n";
    let out = Shown::default();

    let (ended, read) = run(
        scratch.spawn(&argv, Passthrough::Raw(outputs(&out, &Shown::default()))),
        |live| live.lines().nth(1).unwrap().unwrap(),
    )
    .unwrap();
    assert_eq!(read.unwrap(), "2");
    assert!(scratch.text("out.log") == expected && out.bytes() == expected.as_bytes());
    assert_eq!(ended.stdout.sha256, sha256(expected.as_bytes()));

    let (ended, read) = run(scratch.spawn(&argv, Passthrough::Silent), |live| {
        live.read_exact(&mut [0; 70_000]).unwrap();
        panic!("line {}", 7)
    })
    .map(|(ended, read): (_, Result<(), _>)| (ended, read))
    .unwrap();
    assert_eq!(
        read,
        Err(ReaderPanic {
            message: "line 7".to_owned()
        })
    );
    assert_eq!(
        (ended.exit, ended.stdout.bytes),
        (Exit::Code(0), expected.len() as u64)
    );
    assert!(scratch.text("out.log") == expected);
}

struct Closed;

impl Write for Closed {
    fn write(&mut self, _: &[u8]) -> io::Result<usize> {
        Err(ErrorKind::BrokenPipe.into())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

#[test]
fn a_closed_output_costs_nothing_but_the_view() {
    let scratch = Scratch::new("epipe");
    let argv = sh("seq 1 100000; echo aside >&2; exit 3");
    for sanitised in [false, true] {
        let err = Shown::default();
        let to = Outputs {
            stdout: Box::new(Closed),
            stderr: Box::new(err.clone()),
        };
        let pass = if sanitised {
            Passthrough::Sanitised(to)
        } else {
            Passthrough::Raw(to)
        };
        let (ended, read) = run(scratch.spawn(&argv, pass), all).unwrap();
        assert_eq!((ended.exit, ended.stdout.bytes), (Exit::Code(3), 588_895));
        assert_eq!(
            (read.unwrap().len(), scratch.bytes("out.log").len()),
            (588_895, 588_895)
        );
        assert_eq!(
            ended.stdout.pass_error.map(|error| error.kind()),
            Some(ErrorKind::BrokenPipe)
        );
        assert!(ended.stderr.pass_error.is_none());
        assert_eq!(
            err.bytes(),
            if sanitised { "│ aside\n" } else { "aside\n" }.as_bytes()
        );
    }
}

#[test]
fn a_full_disk_costs_nothing_but_the_log() {
    let scratch = Scratch::new("full");
    let argv = sh("seq 1 100000");
    let out = Shown::default();
    let mut spawn = scratch.spawn(&argv, Passthrough::Raw(outputs(&out, &Shown::default())));
    spawn.stdout_log = File::options().write(true).open("/dev/full").unwrap();
    let (ended, read) = run(spawn, all).unwrap();
    assert_eq!(
        ended.stdout.log_error.map(|error| error.kind()),
        Some(ErrorKind::StorageFull)
    );
    assert_eq!((out.bytes().len(), ended.stdout.bytes), (588_895, 588_895));
    assert_eq!((ended.exit, read.unwrap().len()), (Exit::Code(0), 588_895));
}

#[test]
fn foreign_commands_do_not_reach_the_log_of_a_workflow() {
    let scratch = Scratch::new("sanitised");
    let argv =
        sh("printf 'a\\r::error::b\\n##[add-mask]c\\n::warn'; printf '\\033[1mx\\n::stop' >&2");
    let (out, err) = (Shown::default(), Shown::default());
    let (ended, read) = run(
        scratch.spawn(&argv, Passthrough::Sanitised(outputs(&out, &err))),
        all,
    )
    .unwrap();

    let out = String::from_utf8(out.bytes()).unwrap();
    let lines: Vec<&str> = out.lines().collect();
    let token = lines[0].strip_prefix("::stop-commands::").unwrap();
    assert!(
        token.len() == 32 && token.bytes().all(|b| b.is_ascii_hexdigit()),
        "{token}"
    );
    assert_eq!(
        lines[1..5],
        ["│ a", "│ ::error::b", "│ ##\\[add-mask]c", "│ ::warn"]
    );
    assert_eq!(lines[5..], [format!("::{token}::")]);
    assert_eq!(
        String::from_utf8(err.bytes()).unwrap(),
        "│ \\x1b[1mx\n│ ::stop\n"
    );

    let raw = b"a\r::error::b\n##[add-mask]c\n::warn";
    assert_eq!(
        (scratch.bytes("out.log"), read.unwrap()),
        (raw.to_vec(), raw.to_vec())
    );
    assert_eq!(ended.stdout.sha256, sha256(raw));
}
