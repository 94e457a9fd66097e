//! What `runner.sh` runs under gatekeeper: a command that costs next to nothing itself.
//!
//! ```text
//! child lines 100      100 MB of lines of 90 bytes, one write each
//! child blocks 100     the same in blocks of 64 KiB
//! child clock 2000     the time in nanoseconds on 2000 lines, a millisecond apart
//! child late           reads such lines, and tells the median of the microseconds by which they are late
//! ```

use std::fs::File;
use std::io::{self, BufRead, Write};
use std::os::fd::AsFd;
use std::thread;
use std::time::Duration;

use rustix::time::{ClockId, clock_gettime};

fn main() {
    let words: Vec<String> = std::env::args().skip(1).collect();
    let words: Vec<&str> = words.iter().map(String::as_str).collect();
    let number = |n: &str| n.parse::<usize>().expect("a number");
    match words.as_slice() {
        ["lines", mb] => write(&line(), number(mb) * 1_000_000 / LINE),
        ["blocks", mb] => {
            let block: Vec<u8> = line().into_iter().cycle().take(BLOCK).collect();
            write(&block, number(mb) * 1_000_000 / BLOCK);
        }
        ["clock", times] => clock(number(times)),
        ["late"] => late(),
        // `cargo bench` runs every benchmark.
        _ => say("benches/runner.sh runs this"),
    }
}

const LINE: usize = 90;
const BLOCK: usize = 64 << 10;

fn line() -> Vec<u8> {
    let mut line = vec![b'.'; LINE - 1];
    line.push(b'\n');
    line
}

/// Standard output without a buffer.
fn out() -> File {
    let stdout = io::stdout().as_fd().try_clone_to_owned();
    stdout.expect("there is a standard output").into()
}

fn write(piece: &[u8], times: usize) {
    let mut out = out();
    for _ in 0..times {
        out.write_all(piece).expect("standard output takes it");
    }
}

fn clock(times: usize) {
    let mut out = out();
    for _ in 0..times {
        let line = format!("{}\n", now());
        out.write_all(line.as_bytes())
            .expect("standard output takes it");
        thread::sleep(Duration::from_millis(1));
    }
}

fn late() {
    let mut late: Vec<u128> = Vec::new();
    for line in io::stdin().lock().lines() {
        let line = line.expect("standard input reads");
        late.push(now() - line.parse::<u128>().expect("a time"));
    }
    late.sort();
    say(&format!("{}", late[late.len() / 2] / 1000));
}

fn now() -> u128 {
    let now = clock_gettime(ClockId::Monotonic);
    let seconds = u128::from(now.tv_sec.unsigned_abs());
    seconds * 1_000_000_000 + u128::from(now.tv_nsec.unsigned_abs())
}

fn say(line: &str) {
    writeln!(io::stdout(), "{line}").expect("standard output takes it");
}
