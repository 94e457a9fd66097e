//! A suite, an environment, a path and events that want the runner to do something else.

use std::fs;

use super::runner::{Job, commands};
use super::{HOSTILE_MIX, PASS, root, shop};

const MATCHERS: [&str; 4] = [
    "::remove-matcher owner=elixir-mixCompileError::",
    "::remove-matcher owner=elixir-mixCompileWarning::",
    "::remove-matcher owner=elixir-mixTestFailure::",
    "::remove-matcher owner=elixir-credoOutputDefault::",
];

#[test]
fn the_runner_obeys_our_commands_and_no_others() {
    let job = shop(HOSTILE_MIX)
        .env("GITHUB_TOKEN", "secret")
        .env("ACTIONS_RUNTIME_TOKEN", "secret");
    let out = job.run(&[
        ("command", "mix test"),
        ("html-file", "report.html"),
        ("sarif-file", "report.sarif"),
    ]);
    out.agrees();
    assert_eq!(out.says(), (1, "fail", "false", "1"), "{}", out.log);
    assert_eq!(out.numbers(), ["1", "0", "", ""]);
    let mut expected: Vec<&str> = MATCHERS.to_vec();
    expected.extend(["::stop-commands::MARK", "::MARK::"]);
    expected.extend([
        "::group::gatekeeper: fail (tests), 1 source, no defect",
        "::endgroup::",
        "::error title=gatekeeper%3A fail (tests)::tests fail: 1 of 1 test failed",
        "::error file=test/a_test.exs,line=5,title=Comparison is false::\
         ::error file=mix.exs,line=1::forged ##\\[add-mask]PASSED (Forgery.CommandInNameTest)%0A\
         Assertion with == failed%0Aleft:  2%0Aright: 3%0AHint: Left is 2, right is 3%0A\
         Again: mix test test/a_test.exs:5 --seed 0",
    ]);
    assert_eq!(commands(&out.log), expected, "{}", out.log);
    assert!(!out.log.contains("leaked"), "{}", out.log);
    assert!(!out.log.contains("##["), "{}", out.log);
    assert!(
        out.log.contains("│ ::error::forged"),
        "the line is there, made harmless"
    );
    assert_eq!(out.outputs["html-file"], "report.html");
    assert_eq!(out.outputs["sarif-file"], "report.sarif");
    for file in ["report.html", "report.sarif"] {
        assert!(fs::metadata(job.workspace.join(file)).unwrap().len() > 1000);
    }
}

#[test]
fn what_earlier_steps_left_in_the_environment_is_not_run() {
    let mut job = Job::new();
    job.workspace = root().into();
    let (evil, seen) = (job.dir.path().join("evil.sh"), job.dir.path().join("seen"));
    fs::write(&evil, format!("echo seen > '{}'\nexit 0\n", seen.display())).unwrap();
    let function = format!("() {{ echo seen > '{}'; exit 0; }}", seen.display());
    let mut job = job
        .env("BASH_ENV", evil.to_str().unwrap())
        .env("ENV", evil.to_str().unwrap())
        .env("SHELLOPTS", "xtrace:noexec")
        .env("CDPATH", "/");
    for name in ["printf", "mktemp", "cat", "od", "wc", "read"] {
        job = job.env(&format!("BASH_FUNC_{name}%%"), &function);
    }
    let out = job.run(&[("files", "fixtures/captures/exunit/1.20.4/exclude")]);
    assert_eq!(out.says(), (1, "fail", "false", "1"), "{}", out.log);
    assert!(!seen.exists());
}

#[test]
fn a_path_cannot_end_its_output() {
    let name = "a\nverdict=pass\npassed=true<<x.html";
    let job = shop(HOSTILE_MIX);
    let out = job.run(&[("command", "mix test"), ("html-file", name)]);
    assert_eq!(out.says(), (1, "fail", "false", "1"));
    assert_eq!(out.outputs["html-file"], name);
}

#[test]
fn no_command_runs_under_an_event_that_anybody_can_start() {
    let job = shop("touch ran\n");
    for event in ["pull_request_target", "workflow_run", "issue_comment"] {
        let run = |more: &[&str]| {
            let mut command = std::process::Command::new(env!("CARGO_BIN_EXE_gatekeeper"));
            command
                .arg("run")
                .args(more)
                .args(["-q", "--no-record", "--", "touch", "ran"]);
            command
                .current_dir(&job.workspace)
                .env("GITHUB_EVENT_NAME", event);
            command.output().unwrap()
        };
        let refused = run(&[]);
        assert_eq!(refused.status.code(), Some(2));
        let words = String::from_utf8(refused.stderr).unwrap();
        assert!(
            words.contains(event) && words.contains("--allow-untrusted-event"),
            "{words}"
        );
        assert!(!job.workspace.join("ran").exists());
        assert_eq!(run(&["--allow-untrusted-event"]).status.code(), Some(3));
        fs::remove_file(job.workspace.join("ran")).unwrap();
    }
    let in_action = shop("touch ran\n").env("GITHUB_EVENT_NAME", "workflow_run");
    let out = in_action.run(&[("command", "mix test")]);
    assert_eq!(out.says(), (2, "", "false", "2"));
    assert!(!in_action.workspace.join("ran").exists());
    let judged = in_action.run(&[("files", root().join(PASS.trim()).to_str().unwrap())]);
    assert_eq!(
        judged.says(),
        (0, "pass", "true", "0"),
        "reports are judged"
    );
}
