//! Parts of a suite that ran apart, each recorded on a machine of its own, judged together.

use std::fs;
use std::path::Path;
use std::process::{Command, Output};

use serde_json::Value;

use crate::real::{Shop, copy};

/// Runs in the folder of a shop, as that part of the suite.
fn gatekeeper(dir: &Path, part: Option<&str>, args: &[&str]) -> Output {
    let mut command = Command::new(env!("CARGO_BIN_EXE_gatekeeper"));
    command
        .args(args)
        .current_dir(dir)
        .env("MIX_ENV", "test")
        .env("XDG_CACHE_HOME", env!("CARGO_TARGET_TMPDIR"))
        .env_remove("GITHUB_ACTIONS")
        .env_remove("MIX_TEST_PARTITION");
    if let Some(part) = part {
        command.env("MIX_TEST_PARTITION", part);
    }
    command.output().unwrap()
}

fn check(dir: &Path, args: &[&str]) -> Value {
    let out = gatekeeper(dir, None, &[&["check", "--format", "json"], args].concat());
    serde_json::from_slice(&out.stdout).unwrap()
}

fn gate(report: &Value, id: &str) -> (String, String) {
    let gates = report["gates"].as_array().unwrap();
    let gate = gates.iter().find(|g| g["id"] == id).unwrap();
    let word = |key: &str| gate[key].as_str().unwrap().to_owned();
    (word("ruling"), word("because"))
}

#[test]
fn parts_are_added_up_and_what_is_missing_is_named() {
    let all = tempfile::tempdir().unwrap();
    for part in ["1", "2"] {
        let shop = Shop::new();
        let dir = shop.0.path();
        let line =
            format!("run -q -- mix test test/shop --partitions 2 --cover --export-coverage {part}");
        let args: Vec<&str> = line.split(' ').collect();
        gatekeeper(dir, Some(part), &args);
        copy(&dir.join(".gatekeeper/runs"), &all.path().join(part));
    }
    let both = check(all.path(), &["--shards", "2", "1", "2"]);
    assert_eq!(gate(&both, "shards").0, "pass", "{both:#}");
    let (one, two) = (check(all.path(), &["1"]), check(all.path(), &["2"]));
    let number = |report: &Value, key: &str| report["tests"][key].as_u64().unwrap();
    for key in ["passed", "failed", "skipped"] {
        assert_eq!(
            number(&both, key),
            number(&one, key) + number(&two, key),
            "{key}"
        );
    }
    assert!(number(&one, "passed") > 0 && number(&two, "passed") > 0);
    // Two seeds are no seed of the whole, and each failure has its own.
    assert!(both["tests"]["seed"].is_null());
    for failure in both["failures"].as_array().unwrap() {
        let again = failure["rerun"].as_str();
        let again = again.unwrap_or_else(|| panic!("{failure:#}"));
        assert!(
            again.starts_with("MIX_TEST_PARTITION=") && again.contains("--seed"),
            "{again}"
        );
    }
    let covered = |r: &Value| r["coverage"]["covered"].as_u64().unwrap();
    assert!(
        covered(&both) > covered(&one).max(covered(&two)),
        "united, line by line"
    );

    let (ruling, because) = gate(&check(all.path(), &["--shards", "3", "1", "2"]), "shards");
    assert_eq!(ruling, "undecided");
    assert!(because.contains("shard 3 did not arrive"), "{because}");
    fs::rename(all.path().join("2"), all.path().join("lost")).unwrap();
    let (_, because) = gate(&check(all.path(), &["--shards", "2", "1"]), "shards");
    assert!(because.contains("shard 2 did not arrive"), "{because}");
}
