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

/// A terminal so low that nearly all of what is printed goes out at its top.
const ROWS: u16 = 3;

/// What a command that passes writes to a low terminal.
fn passes(command: Command, columns: u16) -> String {
    let (code, text) = shown(command, ROWS, columns);
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

/// The lines on a terminal of so many rows after all this, with those that went out at its top; it knows what the view
/// uses.
pub fn screen(bytes: &str, rows: u16) -> Vec<String> {
    let mut lines: Vec<Vec<char>> = vec![Vec::new()];
    let (mut top, mut row, mut column) = (0, 0, 0);
    let mut kept = None;
    let mut rest = bytes.chars();
    while let Some(c) = rest.next() {
        match c {
            '\r' => column = 0,
            '\n' => row += 1,
            '\x1b' => match rest.next() {
                Some('7') => kept = Some((row - top, column)),
                Some('8') => {
                    let (below, at) = kept.expect("no place was kept");
                    (row, column) = (top + below, at);
                }
                Some('D') => row += 1,
                Some('[') => match order(&mut rest) {
                    ('K', None) => lines[row].truncate(column),
                    ('A', Some(up)) if row >= top + up => row -= up,
                    ('J', None) => {
                        lines[row].truncate(column);
                        lines.truncate(row + 1);
                    }
                    other => panic!("not known to this terminal: {other:?}"),
                },
                other => panic!("not known to this terminal: {other:?}"),
            },
            c => {
                let line = &mut lines[row];
                line.resize(line.len().max(column + 1), ' ');
                line[column] = c;
                column += 1;
            }
        }
        top = top.max((row + 1).saturating_sub(rows.into()));
        lines.resize(lines.len().max(row + 1), Vec::new());
    }
    lines.iter().map(|l| l.iter().collect()).collect()
}

/// What stands behind `ESC [`.
fn order(rest: &mut impl Iterator<Item = char>) -> (char, Option<usize>) {
    let mut number = String::new();
    loop {
        match rest.next().unwrap() {
            digit @ '0'..='9' => number.push(digit),
            order => return (order, number.parse().ok()),
        }
    }
}

/// What makes room below the cursor for one line, and what begins and ends it there.
const ROOM: &str = "\x1bD\x1b[1A";
const BELOW: &str = "\x1b7\r\x1bD\x1b[J";
const BACK: &str = "\x1b8";

/// The live lines, and the bytes without them.
fn parted(bytes: &str) -> (Vec<String>, String) {
    let mut lines = Vec::new();
    let mut told = |line: &str| {
        let is_live = line.starts_with("── ") && !line.contains('\n');
        is_live.then(|| lines.push(line.to_owned())).is_some()
    };
    let without_room = bytes.replace(ROOM, "");
    let mut pieces = without_room.split(BELOW);
    let mut plain = pieces.next().unwrap().to_owned();
    for piece in pieces {
        let (line, rest) = piece.split_once(BACK).expect("the cursor goes back");
        assert!(line.is_empty() || told(line), "{line:?}");
        plain.push_str(rest);
    }
    let bytes = plain;
    let mut pieces = bytes.split("\r\x1b[K");
    let mut plain = pieces.next().unwrap().to_owned();
    for piece in pieces.filter(|p| !told(p)) {
        plain.push_str(piece);
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
for i in 1 2 3 4 5 6 7 8; do printf '.'; sleep 0.06; done; sleep 0.3; printf '\n'; sleep 0.5
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
    assert_eq!(screen(&with, ROWS), screen(&without, ROWS));
    let (lines, plain) = parted(&with);
    assert_eq!(plain, without, "byte for byte");
    let told = |word: &str| lines.iter().any(|l| l.contains(word));
    assert!(told("1 test, 0 failed"), "{lines:?}");
    let width = usize::from(COLUMNS);
    assert!(lines.iter().all(|l| l.chars().count() < width), "{lines:?}");
    let mut below = with.split(BELOW).filter(|p| p.starts_with("── "));
    let goes_on = |piece: &str| {
        piece
            .split_once(BACK)
            .is_some_and(|(_, rest)| rest.starts_with('.'))
    };
    assert!(
        below.any(goes_on),
        "a row of dots goes on above the line: {with:?}"
    );
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
