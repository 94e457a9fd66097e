//! How a command is started: its folder, its environment, and what cannot be started.

use std::ffi::OsString;
use std::fs;
use std::path::Path;

use gatekeeper::run::{Passthrough, RunError, hidden_from_child, run};

use super::{Scratch, all, sh};

#[test]
fn folder_and_environment_are_as_asked() {
    let scratch = Scratch::new("env");
    let argv = sh("pwd -P; echo \"$GK_SET ${GK_TEST_GONE-none} ${HOME-none}\"");
    let set = [
        ("GK_SET".into(), "yes".into()),
        ("GK_TEST_GONE".into(), "kept".into()),
    ];
    let mut spawn = scratch.spawn(&argv, Passthrough::Silent);
    spawn.dir = Some(&scratch.0);
    spawn.env_set = &set[..1];
    let remove = ["HOME".into()];
    spawn.env_remove = &remove;
    let (_, read) = run(spawn, all).unwrap();
    let here = fs::canonicalize(&scratch.0).unwrap();
    assert_eq!(
        String::from_utf8(read.unwrap()).unwrap(),
        format!("{}\nyes none none\n", here.display())
    );
}

#[test]
fn the_environment_of_a_workflow_is_kept_from_the_command() {
    let env = [
        ("GITHUB_ACTIONS", "true"),
        ("GITHUB_OUTPUT", "f"),
        ("GITHUB_TOKEN", "t"),
        ("HEX_API_KEY", "k"),
    ]
    .map(|(name, value)| (OsString::from(name), OsString::from(value)));
    let hidden = hidden_from_child(env.clone());
    let kept: Vec<_> = env
        .into_iter()
        .filter(|(name, _)| !hidden.contains(name))
        .collect();
    let scratch = Scratch::new("hidden");
    let argv = sh("echo ${GITHUB_OUTPUT-none} ${GITHUB_TOKEN-none} $HEX_API_KEY");
    let mut spawn = scratch.spawn(&argv, Passthrough::Silent);
    (spawn.env_set, spawn.env_remove) = (&kept, &hidden);
    let (_, read) = run(spawn, all).unwrap();
    assert_eq!(read.unwrap(), b"none none k\n");
}

fn failure(name: &str, argv: &[&str], dir: Option<&Path>) -> RunError {
    let scratch = Scratch::new(name);
    let argv: Vec<OsString> = argv.iter().map(OsString::from).collect();
    let mut spawn = scratch.spawn(&argv, Passthrough::Silent);
    spawn.dir = dir;
    run(spawn, |_| panic!("the reader must not be called"))
        .map(|(_, read): (_, Result<(), _>)| read)
        .unwrap_err()
}

#[test]
fn a_command_that_is_not_there_is_told_from_one_that_cannot_run() {
    let scratch = Scratch::new("programs");
    let file = |name: &str, content: &[u8], mode: u32| {
        use std::os::unix::fs::PermissionsExt as _;
        let path = scratch.path(name);
        fs::write(&path, content).unwrap();
        fs::set_permissions(&path, fs::Permissions::from_mode(mode)).unwrap();
        path.to_str().unwrap().to_owned()
    };
    let folder = scratch.0.to_str().unwrap().to_owned();
    for (program, code) in [
        ("gatekeeper-no-such-program".to_owned(), 127),
        ("/no/such/program".to_owned(), 127),
        (format!("{}/below", file("plain", b"x", 0o644)), 127),
        (file("forbidden", b"#!/bin/sh\n", 0o644), 126),
        (file("noise", b"\x01\x02not a program", 0o755), 126),
        (file("orphan", b"#!/no/such/interpreter\n", 0o755), 126),
        (folder, 126),
    ] {
        let error = failure("start", &[&program, "-x"], None);
        assert_eq!(error.shell_code(), Some(code), "{program}: {error:?}");
        assert!(error.to_string().contains(&program), "{error}");
    }
    let gone = failure("start", &["sh"], Some(Path::new("/no/such/folder")));
    assert!(
        matches!(gone, RunError::Io { .. }) && gone.to_string().contains("folder"),
        "{gone}"
    );
    assert!(matches!(failure("start", &[], None), RunError::Io { .. }));
    assert!(matches!(
        failure("start", &["sh\0"], None),
        RunError::Io { .. }
    ));
}
