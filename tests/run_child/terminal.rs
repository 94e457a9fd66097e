//! A command that is given a pseudo-terminal: the same care for its bytes, its code and who it leaves behind.

use std::fs;
use std::path::Path;
use std::process::{Command, Output, Stdio};

use gatekeeper::run::{Exit, Passthrough, run};
use serde_json::Value;

use super::{Scratch, Shown, all, outputs, sh};
use crate::real::Shop;

/// Runs a script on a terminal: how it ended, and what was shown, read and logged, which is the same.
fn on_a_terminal(name: &str, script: &str) -> (gatekeeper::run::Ended, Vec<u8>) {
    let scratch = Scratch::new(name);
    let argv = sh(script);
    let (out, err) = (Shown::default(), Shown::default());
    let mut spawn = scratch.spawn(&argv, Passthrough::Raw(outputs(&out, &err)));
    spawn.terminal = true;
    let (ended, read) = run(spawn, all).unwrap();
    let read = read.unwrap();
    assert!(read == out.bytes() && read == scratch.bytes("out.log"));
    assert!(err.bytes().is_empty() && scratch.bytes("err.log").is_empty());
    (ended, read)
}

#[test]
fn both_streams_are_a_terminal_and_one_stream_in_order() {
    let script =
        "[ -t 1 ] && [ -t 2 ] && echo both; stty size <&1; echo a; echo b >&2; echo c; exit 3";
    let (ended, read) = on_a_terminal("pty", script);
    let text = String::from_utf8(read).unwrap();
    let lines: Vec<&str> = text.split('\n').collect();
    assert_eq!(
        [lines[0], lines[2], lines[3], lines[4], lines[5]],
        ["both", "a", "b", "c", ""]
    );
    let size: Vec<u16> = lines[1].split(' ').map(|n| n.parse().unwrap()).collect();
    assert!(size.len() == 2 && size[1] > 0, "{text:?}");
    assert_eq!((ended.exit, ended.stdout.is_whole()), (Exit::Code(3), true));
}

#[test]
fn no_byte_is_lost_or_added() {
    let (ended, read) = on_a_terminal("pty-bytes", "seq 1 200000; printf 'a\\r\\nb\\tc\\377'");
    let mut expected: Vec<u8> = (1..=200_000)
        .flat_map(|n| format!("{n}\n").into_bytes())
        .collect();
    expected.extend_from_slice(b"a\r\nb\tc\xff");
    assert!(
        read == expected,
        "{} of {} bytes",
        read.len(),
        expected.len()
    );
    assert!(ended.stdout.is_whole() && ended.stdout.read_error.is_none());
}

#[test]
fn a_terminal_that_somebody_holds_is_let_go() {
    let (ended, read) = on_a_terminal("pty-held", "sleep 7 & echo a; kill -SEGV $$");
    assert_eq!(
        (ended.exit, read.as_slice()),
        (Exit::Signal(11), &b"a\n"[..])
    );
    assert!(ended.stdout.held && ended.stdout.read_error.is_none());
}

fn gatekeeper(dir: &Path, args: &[&str]) -> Output {
    Command::new(env!("CARGO_BIN_EXE_gatekeeper"))
        .args(args)
        .current_dir(dir)
        .env("MIX_ENV", "test")
        .env("XDG_CACHE_HOME", env!("CARGO_TARGET_TMPDIR"))
        .env_remove("GITHUB_ACTIONS")
        .stdin(Stdio::null())
        .output()
        .unwrap()
}

/// What a tool prints for a terminal is judged as what it prints for a pipe.
#[test]
fn coloured_reports_are_read_and_a_real_suite_passes() {
    let dir = tempfile::tempdir().unwrap();
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("fixtures/captures");
    for (capture, code) in [
        ("exunit/1.20.4/pass-color", 0),
        ("exunit/1.20.4/exclude", 1),
    ] {
        let capture = root.join(capture);
        let exit = fs::read_to_string(capture.join("exit.txt")).unwrap();
        let script = format!(
            "cat '{}/stdout.txt'; exit {}",
            capture.display(),
            exit.trim()
        );
        let out = gatekeeper(
            dir.path(),
            &["run", "--pty", "-q", "--", "sh", "-c", &script],
        );
        let printed = fs::read(capture.join("stdout.txt")).unwrap();
        assert_eq!(
            (out.status.code(), out.stdout == printed),
            (Some(code), true)
        );
    }
    let shop = Shop::new();
    let words =
        "run --pty -q --format json=report.json -- mix test --color test/shop/cart_test.exs";
    let out = gatekeeper(shop.0.path(), &words.split(' ').collect::<Vec<_>>());
    assert!(out.stdout.contains(&0x1b), "{out:?}");
    let report = fs::read(shop.0.path().join("report.json")).unwrap();
    let report: Value = serde_json::from_slice(&report).unwrap();
    assert_eq!(
        (out.status.code(), &report["verdict"]),
        (Some(0), &"pass".into())
    );
    assert_eq!(report["sources"][0]["trust"], "channel");
    let plan = gatekeeper(shop.0.path(), &["run", "--pty"]);
    assert_eq!(plan.status.code(), Some(2));
}
