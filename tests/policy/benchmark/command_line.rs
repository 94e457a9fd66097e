//! Benchmarks at the command line: where the files of the policy lie, and what is recorded of a run.

use std::fs;
use std::path::Path;
use std::process::Command;

use gatekeeper::baseline;

use super::{json, limit};

fn gatekeeper(dir: &Path, args: &[&str]) -> (Option<i32>, String) {
    let out = Command::new(env!("CARGO_BIN_EXE_gatekeeper"))
        .args(args)
        .current_dir(dir)
        .env_remove("GATEKEEPER_CONFIG")
        .env_remove("GATEKEEPER_BASELINE")
        .output()
        .unwrap();
    let text =
        String::from_utf8_lossy(&out.stdout).into_owned() + &String::from_utf8_lossy(&out.stderr);
    (out.status.code(), text)
}

/// Written below the root, judged from a folder inside: the paths of the policy are relative to the policy.
#[test]
fn paths_of_the_policy_are_relative_to_it() {
    for place in ["gatekeeper.toml", ".config/gatekeeper.toml"] {
        let dir = tempfile::tempdir().unwrap();
        let (root, inside) = (dir.path(), dir.path().join("apps/web"));
        for folder in ["apps/web", "ci", "bench", ".git", ".config"] {
            fs::create_dir_all(root.join(folder)).unwrap();
        }
        let now = |median: &str| {
            fs::write(inside.join("now.json"), json(&[("map", None, median, 2)])).unwrap()
        };
        now("100");
        let recorded = gatekeeper(
            root,
            &[
                "baseline",
                "write",
                "--baseline",
                "ci/known.json",
                "apps/web/now.json",
            ],
        );
        assert_eq!(recorded.0, Some(0), "{}", recorded.1);
        assert!(
            recorded.1.contains("1 benchmarks recorded"),
            "{}",
            recorded.1
        );
        let shown = gatekeeper(root, &["baseline", "show", "--baseline", "ci/known.json"]);
        assert!(shown.1.contains("map  median 100 ns"), "{}", shown.1);
        fs::write(
            root.join("bench/main.json"),
            json(&[("map", None, "100", 2)]),
        )
        .unwrap();
        for more in ["", "reference = \"bench/main.json\"\n"] {
            let limits = limit("map", "max_change_percent = 10");
            let text = format!("[baseline]\nfile = \"ci/known.json\"\n{limits}{more}");
            fs::write(root.join(place), text).unwrap();
            for (folder, file) in [(root, "apps/web/now.json"), (&inside, "now.json")] {
                now("110");
                let within = gatekeeper(folder, &["check", file]);
                assert_eq!(within.0, Some(0), "{place} {folder:?}: {}", within.1);
                assert!(!within.1.contains(root.to_str().unwrap()), "{}", within.1);
                now("111");
                let beyond = gatekeeper(folder, &["check", file]);
                assert_eq!(beyond.0, Some(1), "{}", beyond.1);
            }
        }
        // What is written goes where it is read.
        let shown = gatekeeper(&inside, &["baseline", "show"]);
        assert!(shown.1.contains("map  median 100 ns"), "{}", shown.1);
        spoiled(root);
    }
}

/// A reference that is cut, or gone, is none; a baseline that was edited by hand is noticed.
fn spoiled(root: &Path) {
    let now = json(&[("map", None, "100", 2)]);
    fs::write(root.join("apps/web/now.json"), now).unwrap();
    let whole = fs::read_to_string(root.join("bench/main.json")).unwrap();
    fs::write(root.join("bench/main.json"), &whole[..whole.len() - 1]).unwrap();
    let cut = gatekeeper(root, &["check", "apps/web/now.json"]);
    assert_eq!(cut.0, Some(3), "{}", cut.1);
    fs::remove_file(root.join("bench/main.json")).unwrap();
    assert_eq!(gatekeeper(root, &["check", "apps/web/now.json"]).0, Some(3));
    // A baseline that was edited by hand is noticed.
    let text = fs::read_to_string(root.join("ci/known.json")).unwrap();
    fs::write(
        root.join("ci/known.json"),
        text.replace("\"median_ps\":100000", "\"median_ps\":900000"),
    )
    .unwrap();
    let forged = gatekeeper(root, &["baseline", "show", "--baseline", "ci/known.json"]);
    assert!(
        forged.0 == Some(2) && forged.1.contains("fingerprint"),
        "{}",
        forged.1
    );
}

#[test]
fn a_baseline_keeps_its_benchmarks_until_new_ones_are_given() {
    let dir = tempfile::tempdir().unwrap();
    let root = dir.path();
    let write = |files: &[&str]| {
        let mut args = vec!["baseline", "write"];
        args.extend(files);
        gatekeeper(root, &args)
    };
    fs::write(root.join("a.json"), json(&[("map", None, "100", 2)])).unwrap();
    assert_eq!(write(&["a.json"]).0, Some(0));
    let credo = Path::new(env!("CARGO_MANIFEST_DIR"))
        .join("fixtures/captures/credo/1.7.19-1.20.4/clean-json");
    let kept = write(&[credo.to_str().unwrap()]);
    assert!(
        kept.0 == Some(0) && kept.1.contains("1 benchmarks kept"),
        "{}",
        kept.1
    );
    fs::write(root.join("b.json"), json(&[("map", None, "100", 0)])).unwrap();
    let empty = write(&["b.json"]);
    assert_eq!(empty.0, Some(3), "{}", empty.1);
    let twice = write(&["a.json", "a.json"]);
    assert!(
        twice.0 == Some(3) && twice.1.contains("measured twice"),
        "{}",
        twice.1
    );
    let text = fs::read_to_string(root.join(baseline::FILE)).unwrap();
    assert_eq!(baseline::read(&text).unwrap().1.len(), 1);
    let (entries, benchmarks) = baseline::read(&text).unwrap();
    assert_eq!(baseline::write(&entries, &benchmarks), text);
}
