//! Every capture is replayed through `gatekeeper run`: what the user sees, and what is recorded, is what was printed, byte
//! for byte, and the code that is recorded is the one it ended with.

use std::fs;
use std::io::Write as _;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};
use std::thread;

use serde_json::Value;

/// Folders of captures, in order.
fn captures(dir: &Path, found: &mut Vec<PathBuf>) {
    if dir.join("exit.txt").exists() {
        found.push(dir.to_owned());
        return;
    }
    let mut entries: Vec<PathBuf> = fs::read_dir(dir)
        .unwrap()
        .map(|e| e.unwrap().path())
        .collect();
    entries.sort();
    for entry in entries.iter().filter(|e| e.is_dir()) {
        captures(entry, found);
    }
}

/// What the capture holds: standard output, standard error, exit code.
fn held(dir: &Path) -> (Vec<u8>, Vec<u8>, i64) {
    let bytes = |name: &str| fs::read(dir.join(name)).unwrap_or_default();
    let code = String::from_utf8(bytes("exit.txt")).unwrap();
    let code = code.trim().parse().unwrap();
    (bytes("stdout.txt"), bytes("stderr.txt"), code)
}

/// Prints the capture as it was, and ends as it did.
const STAND_IN: &str =
    "cat \"$1/stdout.txt\" 2>/dev/null; cat \"$1/stderr.txt\" >&2 2>/dev/null; exit $2";

fn replay(work: &Path, capture: &Path, code: i64) -> Output {
    Command::new(env!("CARGO_BIN_EXE_gatekeeper"))
        .args(["run", "-q", "--", "sh", "-c", STAND_IN, "sh"])
        .args([capture.as_os_str(), code.to_string().as_ref()])
        .current_dir(work)
        .env_remove("GITHUB_ACTIONS")
        .env_remove("MIX_TEST_PARTITION")
        .output()
        .unwrap()
}

/// Replays them; says what differs.
fn differences(dirs: &[PathBuf]) -> Vec<String> {
    let work = tempfile::tempdir().unwrap();
    let record = work.path().join(".gatekeeper");
    let mut found = Vec::new();
    for dir in dirs {
        let (stdout, stderr, code) = held(dir);
        let seen = replay(work.path(), dir, code);
        let run = record.join("runs/0001");
        let log = |name: &str| fs::read(run.join(name)).unwrap();
        let json: Value = serde_json::from_slice(&log("run.json")).unwrap();
        let same = [
            (seen.stdout == stdout, "standard output"),
            (seen.stderr == stderr, "standard error"),
            (log("stdout.txt") == stdout, "recorded standard output"),
            (log("stderr.txt") == stderr, "recorded standard error"),
            (json["exit_code"] == code, "recorded code"),
            (json["ended"] == true, "recorded end"),
        ];
        let differs = same.iter().filter(|(same, _)| !same);
        found.extend(differs.map(|(_, what)| format!("{}: {what}", dir.display())));
        fs::remove_dir_all(&record).unwrap();
    }
    found
}

#[test]
fn captures_pass_through_byte_for_byte_with_their_code() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let mut all = Vec::new();
    captures(&root.join("fixtures/captures"), &mut all);
    // Every second one: a run costs more than its capture.
    let mut all: Vec<PathBuf> = all.into_iter().step_by(2).collect();
    assert!(all.len() >= 200, "{} captures", all.len());
    let shared = root.join("../../shared/captures");
    if shared.is_dir() {
        let mut more = Vec::new();
        captures(&shared, &mut more);
        all.extend(more.into_iter().step_by(8));
    } else {
        let text = "NOT TESTED: the captures of public projects (../shared/captures is not here)\n";
        // Past the test harness, which would swallow it.
        std::io::stderr().write_all(text.as_bytes()).unwrap();
    }
    let half = all.len().div_ceil(2);
    let found: Vec<String> = thread::scope(|scope| {
        let parts: Vec<_> = all
            .chunks(half)
            .map(|part| scope.spawn(|| differences(part)))
            .collect();
        parts.into_iter().flat_map(|p| p.join().unwrap()).collect()
    });
    assert!(found.is_empty(), "{found:#?}");
}
