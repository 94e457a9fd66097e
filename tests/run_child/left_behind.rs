//! Who is left behind: grandchildren that hold the streams, a view that is slow, streams that were closed.

use std::io::{self, Write};
use std::time::{Duration, Instant};

use gatekeeper::run::{Exit, Outputs, Passthrough, run};

use super::{Scratch, Shown, all, quietly, sh};

#[test]
fn a_grandchild_that_holds_the_streams_is_let_go() {
    let start = Instant::now();
    let (ended, read, _) = quietly("held", "sleep 30 & echo hi; exit 4");
    assert!(start.elapsed() < Duration::from_secs(20));
    assert_eq!((ended.exit, read.as_slice()), (Exit::Code(4), &b"hi\n"[..]));
    assert!(ended.stdout.held && ended.stderr.held && !ended.stdout.is_whole());
    assert!(
        ended.duration < Duration::from_secs(4),
        "left-overs do not count"
    );
}

#[test]
fn a_grandchild_that_never_stops_writing_is_let_go() {
    let start = Instant::now();
    let scratch = Scratch::new("chatty");
    // It dies of its closed pipe.
    let argv = sh("while echo y && echo z >&2; do sleep 0.01; done & exit 0");
    let (ended, _) = run(scratch.spawn(&argv, Passthrough::Silent), |_| ()).unwrap();
    assert!(start.elapsed() < Duration::from_secs(60));
    assert!(ended.stdout.held && ended.stderr.held);
    assert_eq!(scratch.bytes("out.log").len() as u64, ended.stdout.bytes);
}

#[test]
fn a_grandchild_that_ends_in_time_is_read_to_the_end() {
    let (ended, read, _) = quietly("late", "(sleep 0.5; echo late) & echo hi");
    assert_eq!(
        (ended.exit, read.as_slice()),
        (Exit::Code(0), &b"hi\nlate\n"[..])
    );
    assert!(ended.stdout.is_whole() && ended.stderr.is_whole());
}

#[test]
fn a_slow_view_costs_nothing() {
    struct Slow(Shown, bool);
    impl Write for Slow {
        fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
            // Longer than left-overs are waited for: what the command itself wrote has to arrive all the same.
            if !std::mem::replace(&mut self.1, true) {
                std::thread::sleep(Duration::from_secs(3));
            }
            self.0.write(bytes)
        }
        fn flush(&mut self) -> io::Result<()> {
            Ok(())
        }
    }
    for (before, held) in [("", false), ("sleep 30 & ", true)] {
        let scratch = Scratch::new("slow");
        let argv = sh(&format!("{before}echo first; sleep 0.3; seq 1 100000"));
        let out = Shown::default();
        let to = Outputs {
            stdout: Box::new(Slow(out.clone(), false)),
            stderr: Box::new(io::sink()),
        };
        let (ended, read) = run(scratch.spawn(&argv, Passthrough::Raw(to)), all).unwrap();
        assert_eq!((out.bytes().len(), read.unwrap().len()), (588_901, 588_901));
        assert_eq!(ended.stdout.held, held);
    }
}

#[test]
fn closed_streams_do_not_end_the_command() {
    let (ended, read, _) = quietly("closing", "echo a; exec >&- 2>&-; sleep 0.5; exit 5");
    assert_eq!((ended.exit, read.as_slice()), (Exit::Code(5), &b"a\n"[..]));
    assert!(ended.duration >= Duration::from_millis(400));
}
