//! The file of the baseline: its form, how it is written and shown, and when it is refused.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use gatekeeper::baseline;

use super::{CAPTURES, accepted, credo};
use crate::patch::Repo;

#[test]
fn the_file_is_sorted_whole_and_says_when_it_was_touched() {
    let baseline = accepted(vec![credo(&[
        "R b.ex B.f x",
        "R a.ex A.f x 12",
        "R a.ex A.f x 13",
    ])]);
    let text = baseline::write(&baseline.entries, &[]);
    let reversed: Vec<_> = baseline.entries.iter().rev().cloned().collect();
    assert_eq!(baseline::write(&reversed, &[]), text);
    assert_eq!(text.lines().count(), 3 + 3 + 2);
    assert!(text.contains("\"x #\""), "{text}");
    // A line that a merge doubled counts once; a line that was taken out is missing, and no more.
    let line = text.lines().find(|l| l.contains("\"b.ex\"")).unwrap();
    let doubled = text.replace(line, &format!("{},\n{line}", line.trim_end_matches(',')));
    assert_eq!(baseline::read(&doubled).unwrap().0, baseline.entries);
    let fewer = text.replace(&format!(",\n{line}"), "");
    assert_eq!(baseline::read(&fewer).unwrap().0.len(), 2);
    for (damaged, why) in [
        (text.replace("\"R\"", "\"S\""), "fingerprint"),
        (text.replace("x #", "y #"), "fingerprint"),
        (text.replace("A.f", "A.g"), "fingerprint"),
        (
            text.replace("\"occurrence\":2", "\"occurrence\":3"),
            "fingerprint",
        ),
        (
            text.replace("baseline/v1", "baseline/v2"),
            "another version",
        ),
        (
            text.replace("\"rule\"", "\"unknown\":1,\"rule\""),
            "damaged",
        ),
        (
            text.replace("\"tool\"", "\"tool\":\"x\",\"tool\""),
            "damaged",
        ),
        ("<<<<<<< HEAD\n".to_owned() + &text, "no baseline"),
        (String::new(), "no baseline"),
        ("[]".into(), "no baseline"),
    ] {
        let error = baseline::read(&damaged).unwrap_err();
        assert!(error.contains(why), "{why}: {error}");
    }
    for end in 0..text.trim_end().len() {
        assert!(baseline::read(&text[..end]).is_err(), "cut at {end}");
    }
}

/// The evidence that a baseline is written from must not be stale by that.
#[test]
fn writing_the_baseline_leaves_the_state_of_the_tree_as_it_is() {
    let repo = Repo::new(&[(baseline::FILE, "{}\n"), ("lib/a.ex", "1\n")]);
    let state = || gatekeeper::tree::state(&repo.path("")).unwrap().digest;
    let before = state();
    repo.write(baseline::FILE, "{\"other\": 1}\n");
    assert_eq!(state(), before);
    repo.write("lib/a.ex", "2\n");
    assert_ne!(state(), before);
}

/// A folder with real reports, in which gatekeeper is run.
struct Desk(tempfile::TempDir);

impl Desk {
    fn new() -> Self {
        let desk = Self(tempfile::tempdir().unwrap());
        let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("fixtures/captures");
        for (name, file) in [("credo.json", CAPTURES[1]), ("sobelow.json", CAPTURES[3])] {
            fs::copy(root.join(file).join("stdout.txt"), desk.path(name)).unwrap();
        }
        desk
    }

    fn path(&self, name: &str) -> PathBuf {
        self.0.path().join(name)
    }

    fn baseline(&self) -> Vec<u8> {
        fs::read(self.path(baseline::FILE)).unwrap()
    }

    /// Runs gatekeeper, which must end with this code; gives all that it says.
    fn run(&self, code: i32, args: &[&str]) -> String {
        let mut command = Command::new(env!("CARGO_BIN_EXE_gatekeeper"));
        for name in ["GATEKEEPER_BASELINE", "GATEKEEPER_BASE", "GITHUB_BASE_REF"] {
            command.env_remove(name);
        }
        let out = command
            .args(args)
            .current_dir(self.0.path())
            .output()
            .unwrap();
        let text = String::from_utf8([out.stdout, out.stderr].concat()).unwrap();
        assert_eq!(out.status.code(), Some(code), "{args:?}: {text}");
        text
    }
}

#[track_caller]
fn has(text: &str, part: &str) {
    assert!(text.contains(part), "{part:?} is not in:\n{text}");
}

#[test]
fn write_and_show() {
    let desk = Desk::new();
    desk.run(2, &["baseline", "show"]);
    let text = desk.run(0, &["baseline", "write", "credo.json"]);
    has(&text, "71 findings known (71 added, 0 removed)");
    let credo = desk.baseline();
    // Another tool is added, and the one that has no report now is kept.
    has(
        &desk.run(0, &["baseline", "write", "sobelow.json"]),
        "71 of credo kept",
    );
    let both = desk.baseline();
    assert!(both.len() > credo.len());
    desk.run(0, &["baseline", "write", "credo.json", "sobelow.json"]);
    assert_eq!(desk.baseline(), both);
    let text = desk.run(0, &["baseline", "show"]);
    has(&text, "credo (71)");
    has(&text, "sobelow (49)");
}

#[test]
fn every_rendering_says_what_is_new_known_and_fixed() {
    let desk = Desk::new();
    desk.run(0, &["baseline", "write", "credo.json"]);
    let check = ["check", "--no-record", "credo.json"];
    has(
        &desk.run(1, &check),
        "71 findings: 0 new, 71 known, 0 fixed",
    );
    let rendered = |format| desk.run(1, &[&check[..], &["-q", "--format", format]].concat());
    has(
        &rendered("markdown"),
        "0 new, 71 known, 0 fixed".replace(',', "\\,").as_str(),
    );
    let wire: serde_json::Value = serde_json::from_str(&rendered("json")).unwrap();
    assert_eq!(wire["findings"][0]["status"], "known");
    let counts = &wire["baseline"];
    assert_eq!((&counts["new"], &counts["known"]), (&0.into(), &71.into()));
}

#[test]
fn a_baseline_of_another_version_is_neither_used_nor_replaced() {
    let desk = Desk::new();
    fs::write(
        desk.path(baseline::FILE),
        "{\"schema\":\"gatekeeper.baseline/v9\"}",
    )
    .unwrap();
    has(
        &desk.run(1, &["check", "--no-record", "credo.json"]),
        "another version",
    );
    desk.run(2, &["baseline", "write", "credo.json"]);
    desk.run(2, &["baseline", "show"]);
    desk.run(
        2,
        &[
            "check",
            "--no-record",
            "--baseline",
            "none.json",
            "credo.json",
        ],
    );
    desk.run(0, &["baseline", "write", "--force", "credo.json"]);
}

/// Evidence that is not whole makes no baseline, and leaves the one that is there as it is.
#[test]
fn a_baseline_is_made_of_whole_evidence() {
    let desk = Desk::new();
    desk.run(0, &["baseline", "write", "sobelow.json"]);
    let before = desk.baseline();
    let text = fs::read(desk.path("credo.json")).unwrap();
    fs::write(desk.path("cut.json"), &text[..text.len() - 20]).unwrap();
    for evidence in [&["cut.json"][..], &["credo.json", "cut.json"], &[]] {
        let text = desk.run(3, &[&["baseline", "write"], evidence].concat());
        has(&text, "no baseline was written");
    }
    assert_eq!(desk.baseline(), before);
    desk.run(0, &["baseline", "write", "--force", "cut.json"]);
}
