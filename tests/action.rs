//! The composite action, run as GitHub would run it: its steps in order, its outputs and its summary read back, and
//! every command that the runner would obey compared with a list.

use std::fs;
use std::os::unix::fs::PermissionsExt as _;
use std::path::{Path, PathBuf};

use crate::real::{Shop, copy};

mod comments;
mod download;
mod hostile;
pub mod runner;
mod templates;
mod yaml;

use runner::{Job, Outcome, commands};

const PASS: &str = "fixtures/captures/exunit/1.20.4/pass\n";

/// A failing suite whose names, messages and lines are commands; it also dumps what it was given.
const HOSTILE_MIX: &str = r#"
printf '::error::forged\n  ::set-output name=passed::true\nx##[add-mask]fail\rz::add-mask::fail\n'
printf '::stop-commands::pause-logging\n::pause-logging::\n' >&2
env | grep -E '^(GITHUB_(ENV|OUTPUT|PATH|STATE|STEP_SUMMARY|TOKEN)|ACTIONS_)' | sed 's/^/leaked /'
printf '\n\n  1) test ::error file=mix.exs,line=1::forged ##[add-mask]PASSED (Forgery.CommandInNameTest)\n'
printf '     test/a_test.exs:5\n     Assertion with == failed\n     code:  assert 1 + 1 == 3\n     left:  2\n     right: 3\n'
printf '     stacktrace:\n       test/a_test.exs:6: (test)\n\n\n'
printf 'Finished in 0.01 seconds (0.00s async, 0.01s sync)\n1 test, 1 failure\n\nRandomized with seed 0\n'
exit 2
"#;

fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

/// In this repository, to read its captures.
fn judge(with: &[(&str, &str)]) -> Outcome {
    let job = Job::new();
    let record = job.dir.path().join("record").display().to_string();
    let mut job = job.env("GATEKEEPER_RECORD", &record);
    job.workspace = root().into();
    let outcome = job.run(with);
    outcome.agrees();
    outcome
}

/// In a copy of the shop, where `mix` is a script.
fn shop(mix: &str) -> Job {
    let job = Job::new();
    copy(&root().join("fixtures/shop"), &job.workspace);
    let path = program(&job, "mix", mix);
    job.env("PATH", &path)
}

/// Puts a program first into the path.
fn program(job: &Job, name: &str, script: &str) -> String {
    let bin = job.dir.path().join("bin");
    fs::create_dir_all(&bin).unwrap();
    executable(&bin.join(name), script);
    format!("{}:{}", bin.display(), std::env::var("PATH").unwrap())
}

fn executable(path: &PathBuf, script: &str) {
    fs::write(path, format!("#!/bin/sh\n{script}")).unwrap();
    fs::set_permissions(path, fs::Permissions::from_mode(0o755)).unwrap();
}

impl Outcome {
    fn says(&self) -> (i32, &str, &str, &str) {
        let output = |name: &str| self.outputs[name].as_str();
        (
            self.code,
            output("verdict"),
            output("passed"),
            output("exit-code"),
        )
    }

    fn numbers(&self) -> [&str; 4] {
        ["tests-failed", "findings", "coverage", "patch-coverage"].map(|n| self.outputs[n].as_str())
    }

    /// What the outputs say is what the report says.
    fn agrees(&self) {
        assert!(self.summary.len() < 1 << 20);
        if self.outputs["verdict"].is_empty() {
            assert_eq!(self.outputs["report"], "", "nothing was judged");
            return;
        }
        let text = fs::read_to_string(&self.outputs["report"]).unwrap();
        let report: serde_json::Value = serde_json::from_str(&text).unwrap();
        assert_eq!(report["verdict"], self.outputs["verdict"].as_str());
    }
}

#[test]
fn the_action_tells_the_verdict_in_every_way() {
    let pass = judge(&[("files", PASS)]);
    assert_eq!(pass.says(), (0, "pass", "true", "0"));
    // A warning of the compiler.
    assert_eq!(pass.numbers(), ["0", "1", "", ""]);
    assert!(
        pass.summary.contains("gatekeeper: ✅ pass"),
        "{}",
        pass.summary
    );

    let two = format!("{PASS}fixtures/captures/exunit/1.20.4/exclude");
    let fail = judge(&[("files", &two)]);
    assert_eq!(fail.says(), (1, "fail", "false", "1"));
    // The same warning in both runs is one.
    assert_eq!(fail.numbers(), ["1", "1", "", ""]);

    let undecided = judge(&[("files", PASS), ("require", "coverage")]);
    assert_eq!(undecided.says(), (3, "undecided", "false", "3"));

    let quiet = judge(&[
        ("files", PASS),
        ("summary", "false"),
        ("annotations", "false"),
    ]);
    assert_eq!((quiet.code, quiet.summary.as_str()), (0, ""));
    assert_eq!(commands(&quiet.log), [""; 0]);

    let coverage = "fixtures/captures/excoveralls/0.18.5-1.20.4/json-report";
    assert_eq!(judge(&[("files", coverage)]).outputs["coverage"], "51.51");
}

/// No stand-in: the shop, its suites and the real `mix`.
#[test]
fn the_action_runs_a_real_suite() {
    for (suite, says, failed) in [
        (
            "test/shop --exclude not_implemented",
            (0, "pass", "true", "0"),
            "0",
        ),
        ("test/zoo/asserts_test.exs", (1, "fail", "false", "1"), "37"),
    ] {
        let shop = Shop::new();
        let mut job = Job::new().env("MIX_ENV", "test");
        job.workspace = shop.0.path().into();
        let outcome = job.run(&[("command", &format!("mix test --seed 0 {suite}"))]);
        assert_eq!(outcome.says(), says, "{}", outcome.log);
        assert_eq!(outcome.outputs["tests-failed"], failed);
        assert!(outcome.summary.contains("tests"), "{}", outcome.summary);
        outcome.agrees();
    }
}

#[test]
fn fail_on_changes_the_step_and_not_the_verdict() {
    let fails = "fixtures/captures/exunit/1.20.4/exclude";
    for (fail_on, on_fail, on_undecided) in [("undecided", 1, 3), ("fail", 1, 0), ("never", 0, 0)] {
        let fail = judge(&[("files", fails), ("fail-on", fail_on)]);
        assert_eq!(fail.says(), (on_fail, "fail", "false", "1"));
        let undecided = judge(&[("files", "README.md"), ("fail-on", fail_on)]);
        assert_eq!(undecided.says(), (on_undecided, "undecided", "false", "3"));
        let usage = judge(&[("files", "no/such/report.xml"), ("fail-on", fail_on)]);
        assert_eq!(usage.says(), (2, "", "false", "2"));
    }
}

#[test]
fn wrong_inputs_are_no_pass() {
    for with in [
        &[("command", "true"), ("files", "README.md")][..],
        &[("files", "no/such/report.xml")],
        &[("files", PASS), ("annotations", "yes")],
        &[("files", PASS), ("summary", "")],
        &[("files", PASS), ("comment", "yes")],
        &[("files", PASS), ("fail-on", "Never")],
        &[("files", PASS), ("html-file", "a,b")],
        &[("files", PASS), ("shards", "many")],
        &[("files", PASS), ("config", "no.toml")],
        &[("files", PASS), ("base", "no/such/branch")],
        &[("files", PASS), ("policy-from", "--help")],
    ] {
        assert_eq!(judge(with).says(), (2, "", "false", "2"), "{with:?}");
    }
    assert_eq!(judge(&[]).says(), (3, "undecided", "false", "3"));
}

#[test]
fn a_command_of_several_lines_stops_at_the_first_that_fails() {
    let pass = root().join("fixtures/captures/exunit/1.20.4/pass/stdout.txt");
    let job = shop(&format!("cat '{}'\n", pass.display()));
    let good = job.run(&[("command", "true\nmix test | cat\n")]);
    assert_eq!(good.says(), (0, "pass", "true", "0"), "{}", good.log);
    let bad = job.run(&[("command", "mix test\nfalse\ntrue\n")]);
    assert_eq!(bad.says(), (3, "undecided", "false", "3"), "{}", bad.log);
    let pipe = job.run(&[("command", "mix test; false | true")]);
    assert_eq!(pipe.says(), (3, "undecided", "false", "3"), "{}", pipe.log);
}
