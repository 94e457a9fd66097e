//! The state of the tree: what a command finds and what it leaves, and where its root is, as git itself tells it.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use gatekeeper::{project, tree};
use serde_json::Value;

use crate::real::{committed, git};

/// What git says of the root.
fn told(dir: &Path) -> Option<PathBuf> {
    let out = Command::new("git")
        .args(["rev-parse", "--show-toplevel"])
        .current_dir(dir)
        .output()
        .unwrap();
    let text = String::from_utf8(out.stdout).unwrap();
    out.status.success().then(|| PathBuf::from(text.trim_end()))
}

/// A repository with one commit, and a folder in it.
fn repository(dir: &Path) {
    fs::create_dir_all(dir.join("lib/a")).unwrap();
    fs::write(dir.join("lib/a/a.ex"), "a\n").unwrap();
    committed(dir);
}

#[test]
fn the_root_is_where_git_says_it_is() {
    let dir = tempfile::tempdir().unwrap();
    let at = |name: &str| dir.path().join(name);
    fs::create_dir_all(at("none/lib")).unwrap();
    repository(&at("plain"));
    // No repository: git passes over it.
    fs::create_dir_all(at("plain/lib/a/.git")).unwrap();
    git(&at("plain"), &["worktree", "add", "-q", "../linked"]);
    fs::create_dir_all(at("linked/lib")).unwrap();
    repository(&at("super"));
    let file = ["-c", "protocol.file.allow=always"];
    let plain = at("plain").display().to_string();
    git(
        &at("super"),
        &[
            &file[..],
            &["submodule", "--quiet", "add", &plain, "lib/sub"],
        ]
        .concat(),
    );
    repository(&at("moved"));
    fs::create_dir_all(at("elsewhere")).unwrap();
    git(
        &at("moved"),
        &["config", "core.worktree", "../../elsewhere"],
    );
    for (place, known) in [
        ("none/lib", false),
        ("plain", true),
        ("plain/lib/a", true),
        ("linked/lib", true),
        ("super/lib", true),
        ("super/lib/sub/lib", true),
        ("moved/lib", true),
        ("moved", true),
    ] {
        let expected = told(&at(place));
        assert_eq!(tree::root(&at(place)), expected, "{place}");
        let state = tree::state(&at(place)).unwrap();
        assert_eq!(state.dirty.is_some(), known, "{place}: {state:?}");
        let root = project::facts(&at(place), Some(&state)).root.unwrap();
        let own = fs::canonicalize(at(place)).unwrap();
        assert_eq!(
            PathBuf::from(root),
            expected.filter(|_| known).unwrap_or(own),
            "{place}"
        );
    }
}

/// A command that is quicker than git changes a file at once: what it found is another state than what it left.
#[test]
fn the_state_before_is_that_which_the_command_finds() {
    for in_git in [true, false] {
        let dir = tempfile::tempdir().unwrap();
        fs::create_dir(dir.path().join("lib")).unwrap();
        fs::write(dir.path().join("lib/a.ex"), "0\n").unwrap();
        if in_git {
            committed(dir.path());
        }
        let mut left = None;
        for n in 1..=5 {
            let change = format!("echo {n} > lib/a.ex");
            let run = Command::new(env!("CARGO_BIN_EXE_gatekeeper"))
                .args(["run", "-q", "--", "sh", "-c", &change])
                .current_dir(dir.path())
                .env_remove("GITHUB_ACTIONS")
                .output()
                .unwrap();
            assert_eq!(run.status.code(), Some(3));
            let record = dir.path().join(format!(".gatekeeper/runs/{n:04}/run.json"));
            let record: Value = serde_json::from_slice(&fs::read(record).unwrap()).unwrap();
            let digest = |when: &str| record[when]["digest"].as_str().map(str::to_owned);
            let (before, after) = (digest("before").unwrap(), digest("after").unwrap());
            assert_ne!(before, after, "run {n}");
            assert_eq!(
                left.get_or_insert_with(|| before.clone()),
                &before,
                "run {n}"
            );
            left = Some(after);
        }
    }
}

#[test]
fn what_gatekeeper_writes_makes_no_evidence_stale() {
    let dir = tempfile::tempdir().unwrap();
    repository(dir.path());
    let suite = Path::new(env!("CARGO_MANIFEST_DIR"))
        .join("fixtures/captures/exunit/1.20.4/pass-plain/stdout.txt");
    let gatekeeper = |words: &[&str]| {
        let mut command = Command::new(env!("CARGO_BIN_EXE_gatekeeper"));
        let out = command.args(words).current_dir(dir.path()).output();
        out.unwrap().status.code()
    };
    for format in [
        "markdown=told.md",
        "html=told.html",
        "json=told.json",
        "junit=told.xml",
    ] {
        let run = [
            "run",
            "-q",
            "--format",
            format,
            "--",
            "cat",
            suite.to_str().unwrap(),
        ];
        assert_eq!(gatekeeper(&run), Some(0), "{format}");
        assert_eq!(gatekeeper(&["check", "-q"]), Some(0), "{format}");
    }
    fs::write(
        dir.path().join("lib/a/told.md"),
        "a doctest may stand here\n",
    )
    .unwrap();
    assert_eq!(gatekeeper(&["check", "-q"]), Some(3));
}
