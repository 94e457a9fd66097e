//! `gatekeeper init --ci`: what it writes, and that the workflows do what they say, with the action's own steps.

use std::fs;
use std::path::Path;
use std::process::{Command, Output};

use serde_json::json;

use super::runner::{Job, Outcome, commands};
use super::yaml::{self, Yaml};
use super::{HOSTILE_MIX, shop};
use crate::publish::server::{HEAD, REPO, Server, TOKEN};
use crate::real::copy;

const ACTION: &str = "OWNER/gatekeeper@COMMIT";

fn init(dir: &Path, args: &[&str]) -> Output {
    let mut command = Command::new(env!("CARGO_BIN_EXE_gatekeeper"));
    command
        .arg("init")
        .args(args)
        .current_dir(dir)
        .output()
        .unwrap()
}

/// The workflows of a kind, by their file names.
fn workflows(args: &[&str]) -> Vec<(String, Yaml)> {
    let dir = tempfile::tempdir().unwrap();
    let out = init(dir.path(), args);
    assert_eq!(out.status.code(), Some(0), "{out:?}");
    let folder = dir.path().join(".github/workflows");
    let mut found: Vec<(String, Yaml)> = fs::read_dir(folder)
        .unwrap()
        .map(|entry| entry.unwrap().path())
        .map(|path| {
            let name = path.file_name().unwrap().to_string_lossy().into_owned();
            (name, yaml::parse(&fs::read_to_string(path).unwrap()))
        })
        .collect();
    found.sort_by(|a, b| a.0.cmp(&b.0));
    found
}

fn steps(workflow: &Yaml) -> Vec<&Yaml> {
    let jobs = workflow.get("jobs").unwrap().pairs().iter();
    jobs.flat_map(|(_, job)| job.get("steps").unwrap().list())
        .collect()
}

/// What a workflow gives to the action, in order of its jobs.
fn gives(workflow: &Yaml) -> Vec<Vec<(&str, &str)>> {
    let all = steps(workflow).into_iter();
    let ours = all.filter(|s| s.get("uses").is_some_and(|u| u.text() == ACTION));
    let with = ours.map(|s| s.get("with").unwrap().pairs().iter());
    with.map(|pairs| pairs.map(|(k, v)| (k.as_str(), v.text())).collect())
        .collect()
}

/// Runs the action as a workflow does, with `evidence` as the folder of what was downloaded.
fn act(job: &Job, with: &[(&str, &str)], evidence: &Path) -> Outcome {
    let filled: Vec<(&str, String)> = with
        .iter()
        // There is no other branch here.
        .filter(|(name, _)| *name != "policy-from")
        .map(|(name, value)| {
            (
                *name,
                value.replace("${{ runner.temp }}/evidence", evidence.to_str().unwrap()),
            )
        })
        .collect();
    let filled: Vec<(&str, &str)> = filled.iter().map(|(n, v)| (*n, v.as_str())).collect();
    job.run(&filled)
}

const PASSING: &str = "printf '..\\nFinished in 0.1 seconds (0.1s async, 0.00s sync)\\n2 tests, 0 failures\\n\\nRandomized with seed 0\\n'\n";

#[test]
fn workflows_begin_without_rights_and_keep_no_credentials() {
    for kind in ["single", "forks", "partitions"] {
        for (name, workflow) in workflows(&["--ci", "github", "--workflow", kind]) {
            assert_eq!(
                workflow.get("permissions"),
                Some(&Yaml::Map(Vec::new())),
                "{name}"
            );
            assert!(!gives(&workflow).is_empty(), "{name}");
            for step in steps(&workflow) {
                let uses = step.get("uses").map_or("", Yaml::text);
                if uses.starts_with("actions/checkout@") {
                    let with = step.get("with").unwrap();
                    assert_eq!(
                        with.get("persist-credentials").unwrap().text(),
                        "false",
                        "{name}"
                    );
                    assert_eq!(with.get("ref"), None, "{name}");
                }
                let script = step.get("run").map_or("", Yaml::text);
                assert!(!script.contains("${{"), "{name}: an expression in a script");
                if name == "gatekeeper-judge.yml" {
                    assert!(!script.contains("mix") && !uses.contains("cache"), "{name}");
                }
            }
        }
    }
}

#[test]
fn a_single_workflow_judges() {
    let all = workflows(&["--ci", "github"]);
    let [(_, workflow)] = all.as_slice() else {
        panic!("{all:?}")
    };
    let [with] = gives(workflow).try_into().unwrap();
    let out = act(&shop(PASSING), &with, Path::new(""));
    // `mix test --cover` without its table.
    assert_eq!(out.says(), (3, "undecided", "false", "3"), "{}", out.log);
    let out = act(&shop(HOSTILE_MIX), &with, Path::new(""));
    assert_eq!(out.says(), (1, "fail", "false", "1"), "{}", out.log);
}

/// A job after a workflow that a pull request from a fork started.
fn judging() -> Job {
    Job::new()
        .env("GITHUB_EVENT_NAME", "workflow_run")
        .env("GITHUB_REPOSITORY", REPO)
        .env("GITHUB_API_URL", "http://127.0.0.1:9")
        .env("NO_PROXY", "127.0.0.1")
        .github("token", TOKEN)
        .github("event.workflow_run.head_sha", HEAD)
        .github("sha", &"f".repeat(40))
}

#[test]
fn only_the_job_that_runs_nothing_of_the_pull_request_may_write() {
    for kind in ["single", "forks", "partitions"] {
        for (name, workflow) in workflows(&["--ci", "github", "--workflow", kind]) {
            for (job, inner) in workflow.get("jobs").unwrap().pairs() {
                let rights = inner.get("permissions").unwrap().pairs().iter();
                let writes: Vec<&str> = rights
                    .filter(|(_, right)| right.text() == "write")
                    .map(|(name, _)| name.as_str())
                    .collect();
                let expected: &[&str] = match name.as_str() {
                    "gatekeeper-judge.yml" => &["checks", "pull-requests", "statuses"],
                    _ => &[],
                };
                assert_eq!(writes, expected, "{job} of {name}");
            }
        }
    }
}

/// What the judging workflow tells GitHub, with these words from the steps and the workflow before.
fn status(workflow: &Yaml, collected: &str, passed: &str) -> String {
    let step = steps(workflow).pop().unwrap();
    assert_eq!(step.get("if").unwrap().text(), "${{ always() }}");
    let env = step.get("env").unwrap();
    assert_eq!(
        env.get("PASSED").unwrap().text(),
        "${{ steps.gate.outputs.passed }}"
    );
    let job = Job::new();
    let path = super::program(&job, "gh", "printf '%s\\n' \"$@\"\n");
    let out = Command::new("bash")
        .args(["-e", "-c", step.get("run").unwrap().text()])
        .envs([
            ("PATH", path.as_str()),
            ("HEAD_SHA", "0123"),
            ("PAGE", "https://example.com/1"),
        ])
        .envs([
            ("GITHUB_REPOSITORY", "o/r"),
            ("COLLECTED", collected),
            ("PASSED", passed),
        ])
        .output()
        .unwrap();
    assert!(out.status.success());
    let said = String::from_utf8(out.stdout).unwrap();
    assert!(said.contains("repos/o/r/statuses/0123\n") && said.contains("context=gatekeeper\n"));
    said.lines()
        .find_map(|l| l.strip_prefix("state="))
        .unwrap()
        .to_owned()
}

#[test]
fn of_a_fork_one_workflow_collects_and_another_judges() {
    let all = workflows(&["--ci", "github", "--workflow", "forks"]);
    let [(_, collect), (_, judge)] = all.as_slice() else {
        panic!("{all:?}")
    };
    let triggers = |w: &Yaml| w.get("on").unwrap().pairs()[0].0.clone();
    assert_eq!(
        (triggers(collect), triggers(judge)),
        ("pull_request".into(), "workflow_run".into())
    );
    let listens = judge
        .get("on")
        .unwrap()
        .get("workflow_run")
        .unwrap()
        .get("workflows")
        .unwrap();
    assert_eq!(listens.list(), [collect.get("name").unwrap().clone()]);

    let [first] = gives(collect).try_into().unwrap();
    let [second] = gives(judge).try_into().unwrap();
    for (mix, verdict) in [(PASSING, "undecided"), (HOSTILE_MIX, "fail")] {
        let there = shop(mix);
        let collected = act(&there, &first, Path::new(""));
        assert_eq!(collected.code, 0, "it only collects: {}", collected.log);
        // The default branch, whose policy demands no coverage report; nothing of the pull request is here.
        let (server, here) = (Server::new(), judging());
        let here = here.env("GITHUB_API_URL", &server.url);
        let evidence = here.dir.path().join("evidence");
        copy(&there.workspace.join(".gatekeeper/runs"), &evidence);
        let out = act(&here, &second, &evidence);
        out.agrees();
        assert_eq!(out.outputs["verdict"], verdict, "{}", out.log);
        assert_eq!(status(judge, "success", &out.outputs["passed"]), "failure");
        let [comment] = server.bodies().try_into().unwrap();
        assert!(comment.contains(&format!(" {verdict}\n")), "{comment}");
        let [check] = server.checks().try_into().unwrap();
        assert_eq!(
            (&check["head_sha"], &check["conclusion"]),
            (&json!(HEAD), &json!("failure"))
        );
        assert_eq!(
            commands(&out.log),
            [""; 0],
            "nothing is put at the files of this checkout"
        );
    }
    let nothing = judging();
    let out = act(&nothing, &second, &nothing.workspace);
    assert_eq!(out.outputs["passed"], "false", "an empty folder is no pass");
    assert_eq!(status(judge, "success", "true"), "success");
    for (collected, passed) in [
        ("failure", "true"),
        ("timed_out", "true"),
        ("success", ""),
        ("", ""),
    ] {
        assert_eq!(status(judge, collected, passed), "failure");
    }
}

#[test]
fn partitions_are_judged_together_and_a_missing_one_is_undecided() {
    let all = workflows(&["--ci", "github", "--workflow", "partitions"]);
    let [(_, workflow)] = all.as_slice() else {
        panic!("{all:?}")
    };
    let [part, together] = gives(workflow).try_into().unwrap();
    let here = Job::new();
    let evidence = here.dir.path().join("evidence");
    for index in 1..=4 {
        // What is left out of the command here is the coverage, which only a real Mix exports.
        let with: Vec<(&str, &str)> = part
            .iter()
            .map(|(name, value)| (*name, value.split(" --cover").next().unwrap()))
            .collect();
        let there = shop(PASSING).env("MIX_TEST_PARTITION", &index.to_string());
        let out = act(&there, &with, Path::new(""));
        assert_eq!(out.says(), (0, "pass", "true", "0"), "{}", out.log);
        copy(
            &there.workspace.join(".gatekeeper/runs"),
            &evidence.join(format!("evidence-{index}")),
        );
        let out = act(&here, &together, &evidence);
        let expected = if index == 4 {
            (0, "pass", "true", "0")
        } else {
            (3, "undecided", "false", "3")
        };
        assert_eq!(out.says(), expected, "{index}: {}", out.log);
    }
}

#[test]
fn what_is_there_is_not_overwritten() {
    let dir = tempfile::tempdir().unwrap();
    let judge = dir.path().join(".github/workflows/gatekeeper-judge.yml");
    fs::create_dir_all(judge.parent().unwrap()).unwrap();
    fs::write(&judge, "mine").unwrap();
    let forks = ["--ci", "github", "--workflow", "forks"];
    let refused = init(dir.path(), &forks);
    assert_eq!(refused.status.code(), Some(2));
    assert!(
        String::from_utf8(refused.stderr)
            .unwrap()
            .contains("gatekeeper-judge.yml is there already")
    );
    assert_eq!(fs::read_to_string(&judge).unwrap(), "mine");
    assert!(
        !judge.with_file_name("gatekeeper-collect.yml").exists(),
        "all or none"
    );
    let forced = init(dir.path(), &[&forks[..], &["--force"]].concat());
    assert_eq!(forced.status.code(), Some(0));
    assert_ne!(fs::read_to_string(&judge).unwrap(), "mine");
    assert!(!dir.path().join("gatekeeper.toml").exists());

    assert_eq!(init(dir.path(), &["--ci", "gitlab"]).status.code(), Some(0));
    let gitlab = yaml::parse(&fs::read_to_string(dir.path().join(".gitlab-ci.yml")).unwrap());
    let script = gitlab
        .get("gatekeeper")
        .unwrap()
        .get("script")
        .unwrap()
        .list()
        .last()
        .unwrap();
    assert!(
        script.text().starts_with("gatekeeper run ")
            && script.text().ends_with(" -- mix test --cover")
    );
    for wrong in [
        &["--ci", "gitlab"][..],
        &["--ci", "gitlab", "--workflow", "forks"],
        &["--workflow", "forks"],
    ] {
        assert_eq!(init(dir.path(), wrong).status.code(), Some(2), "{wrong:?}");
    }
}
