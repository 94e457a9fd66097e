//! The live view on a pseudo-terminal: it tells how far the tests are, and leaves no trace in what the command prints.

use std::fs::{self, File};
use std::io::Read as _;
use std::os::fd::OwnedFd;
use std::path::Path;
use std::process::Command;

use rustix::fs::{Mode, OFlags};
use rustix::pty::{OpenptFlags, grantpt, openpt, ptsname, unlockpt};
use rustix::termios::{Winsize, tcsetwinsize};

use crate::real::Shop;

const COLUMNS: u16 = 60;

/// Where names are to be read whole.
const WIDE: u16 = 120;

/// Both ends of a terminal.
fn terminal(rows: u16, columns: u16) -> (File, OwnedFd) {
    let ours = openpt(OpenptFlags::RDWR | OpenptFlags::NOCTTY).unwrap();
    grantpt(&ours).unwrap();
    unlockpt(&ours).unwrap();
    let name = ptsname(&ours, Vec::new()).unwrap();
    // Never the controlling terminal of the tests.
    let flags = OFlags::RDWR | OFlags::NOCTTY | OFlags::CLOEXEC;
    let theirs = rustix::fs::open(&name, flags, Mode::empty()).unwrap();
    let size = Winsize {
        ws_row: rows,
        ws_col: columns,
        ws_xpixel: 0,
        ws_ypixel: 0,
    };
    tcsetwinsize(&ours, size).unwrap();
    (ours.into(), theirs)
}

/// What a command writes to a terminal of so many rows and columns that is all its streams, and how it ends.
pub fn shown(mut command: Command, rows: u16, columns: u16) -> (Option<i32>, String) {
    let (mut ours, theirs) = terminal(rows, columns);
    command
        .stdin(theirs.try_clone().unwrap())
        .stdout(theirs.try_clone().unwrap())
        .stderr(theirs);
    let mut child = command.spawn().unwrap();
    // With the command go our copies of its end.
    drop(command);
    let mut bytes = Vec::new();
    let mut piece = [0; 4096];
    // The end of a terminal is an error.
    while let Ok(n @ 1..) = ours.read(&mut piece) {
        bytes.extend_from_slice(&piece[..n]);
    }
    let code = child.wait().unwrap().code();
    (code, String::from_utf8(bytes).unwrap())
}

/// What a command that passes writes to a usual terminal.
fn passes(command: Command, columns: u16) -> String {
    let (code, text) = shown(command, 24, columns);
    assert_eq!(code, Some(0), "{text}");
    text
}

/// gatekeeper, for a person at a terminal or in CI.
pub fn gatekeeper(dir: &Path, live: bool) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_gatekeeper"));
    command
        .current_dir(dir)
        .env("TERM", "xterm")
        .env("NO_COLOR", "1")
        .env("XDG_CACHE_HOME", env!("CARGO_TARGET_TMPDIR"))
        .env_remove("GITHUB_ACTIONS")
        .env_remove("MIX_TEST_PARTITION");
    match live {
        true => command.env_remove("CI"),
        false => command.env("CI", "true"),
    };
    command
}

/// The lines of the screen after all this, of a terminal that knows what the view uses, and is as high as it wants.
pub fn screen(bytes: &str) -> Vec<String> {
    let mut lines: Vec<Vec<char>> = vec![Vec::new()];
    let (mut row, mut column) = (0, 0);
    let mut rest = bytes.chars();
    while let Some(c) = rest.next() {
        match c {
            '\r' => column = 0,
            '\n' => row += 1,
            '\x1b' => {
                assert_eq!(rest.next(), Some('['));
                let mut number = String::new();
                let order = loop {
                    match rest.next().unwrap() {
                        digit @ '0'..='9' => number.push(digit),
                        order => break order,
                    }
                };
                match (order, number.parse::<usize>()) {
                    ('K', Err(_)) => lines[row].truncate(column),
                    ('A', Ok(up)) => row = row.checked_sub(up).expect("beyond the top"),
                    ('J', Err(_)) => {
                        lines[row].truncate(column);
                        lines.truncate(row + 1);
                    }
                    other => panic!("not known to this terminal: {other:?}"),
                }
            }
            c => {
                let line = &mut lines[row];
                line.resize(line.len().max(column + 1), ' ');
                line[column] = c;
                column += 1;
            }
        }
        lines.resize(lines.len().max(row + 1), Vec::new());
    }
    lines.iter().map(|l| l.iter().collect()).collect()
}

/// The live lines, and the bytes without them.
fn parted(bytes: &str) -> (Vec<String>, String) {
    let mut pieces = bytes.split("\r\x1b[K");
    let mut plain = pieces.next().unwrap().to_owned();
    let mut lines = Vec::new();
    for piece in pieces {
        match piece.starts_with("── ") && !piece.contains('\n') {
            true => lines.push(piece.to_owned()),
            false => plain.push_str(piece),
        }
    }
    (lines, plain)
}

/// Prints a suite in pieces, and tells the channel of it as our formatter does.
const SUITE: &str = r#"
C=${GATEKEEPER_CHANNEL#*:}; N=0
tell() { printf '{"gk":"%s","vm":"1","n":%s,%s}\n' "${GATEKEEPER_CHANNEL%%:*}" $N "$1" >> "$C"; N=$((N+1)); }
tell '"t":"hello","v":1,"otp":"25","hook":true'
tell '"t":"suite","suite":1,"seed":0,"nested":false,"console":true'
tell '"t":"run","suite":1,"module":"ATest","name":"test one"'
tell '"t":"test","suite":1,"module":"ATest","name":"test one","state":"passed"'
tell '"t":"run","suite":1,"module":"ATest","name":"test of a very long name"'
echo 'one line'; sleep 1.6; echo 'another line'; sleep 0.3; echo 'and one aside' >&2; sleep 0.6
printf '.'; sleep 0.5; printf '\n'; sleep 0.5
printf 'red \033[31mline\033[0m\n'; sleep 0.4
tell '"t":"test","suite":1,"module":"ATest","name":"test of a very long name","state":"passed"'
tell '"t":"end","suite":1,"us":10,"stopped":false,"passed":2,"failed":0,"invalid":0,"skipped":0,"excluded":0'
printf '..\n\nFinished in 0.1 seconds\n2 tests, 0 failures\n\nRandomized with seed 0\n'
"#;

fn suite(live: bool, options: &[&str], script: &str) -> String {
    let dir = tempfile::tempdir().unwrap();
    let mut command = gatekeeper(dir.path(), live);
    command.arg("run").args(options);
    command.args(["--", "sh", "-c", script]);
    passes(command, COLUMNS)
}

#[test]
fn the_line_shows_progress_and_leaves_no_trace() {
    let child = ["--exit-code", "child"];
    let script = SUITE.replace("\\033[31m", "").replace("\\033[0m", "");
    let (with, without) = (suite(true, &child, &script), suite(false, &child, &script));
    assert!(!without.contains('\x1b'), "CI gets plain lines");
    assert_eq!(screen(&with), screen(&without));
    let (lines, plain) = parted(&with);
    assert_eq!(plain, without, "byte for byte");
    let told = |word: &str| lines.iter().any(|l| l.contains(word));
    assert!(told("1 test, 0 failed"), "{lines:?}");
    let width = usize::from(COLUMNS);
    assert!(lines.iter().all(|l| l.chars().count() < width), "{lines:?}");
    let dot = ["K.\r\n", "\n.\r\n"].iter().any(|d| with.contains(d));
    assert!(dot, "nothing stands within a line of the command: {with:?}");
}

#[test]
fn nobody_who_moves_the_cursor_or_wants_silence_gets_a_line() {
    let moves = "printf 'a\\033[2Kb\\n'; sleep 1.2; echo end; exit 0";
    let out = suite(true, &["--exit-code", "child"], moves);
    assert!(out.starts_with("a\x1b[2Kb\r\nend\r\n"), "{out:?}");
    let quiet = suite(
        true,
        &["-q", "--exit-code", "child"],
        "echo a; sleep 1.2; echo b",
    );
    assert_eq!(quiet, "a\r\nb\r\n");
    let colours = suite(
        true,
        &["--exit-code", "child"],
        "printf '\\033[1mb\\033[0m\\n'; sleep 1.2",
    );
    assert!(colours.contains("── sh -c"), "{colours:?}");
}

/// The total is that of the run before, and the slowest test has its name, in a real suite.
#[test]
fn a_real_suite_is_counted_while_it_runs() {
    let shop = Shop::new();
    let tests = shop.0.path().join("test/shop");
    fs::remove_dir_all(&tests).unwrap();
    fs::create_dir_all(&tests).unwrap();
    fs::write(tests.join("test_helper.exs"), "ExUnit.start()\n").unwrap();
    let test = "defmodule SlowTest do
  use ExUnit.Case
  test \"quick\", do: assert true
  test \"sleeps\" do
    IO.puts(\"\\nwe sleep\")
    Process.sleep(6000)
  end
end
";
    fs::write(tests.join("slow_test.exs"), test).unwrap();
    for expected in ["1 test, 0 failed", "of about 2 tests, 0 failed"] {
        let mut command = gatekeeper(shop.0.path(), true);
        command.env("MIX_ENV", "test");
        command.args(["run", "--", "mix", "test", "test/shop", "--seed", "1"]);
        let out = passes(command, WIDE);
        let (lines, _) = parted(&out);
        let told = |word: &str| lines.iter().any(|l| l.contains(word));
        assert!(told(expected), "{expected}: {lines:?}\n{out}");
        assert!(told("test sleeps (SlowTest)"), "{lines:?}\n{out}");
    }
}
