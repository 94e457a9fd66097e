//! The composite action, run as GitHub would run it: its steps in order, its outputs and its summary read back, and
//! every command that the runner would obey compared with a list.

use std::fs;
use std::os::unix::fs::PermissionsExt as _;
use std::path::{Path, PathBuf};

use sha2::{Digest as _, Sha256};

use crate::publish::server::{HEAD, REPO, Server, TOKEN, says};
use crate::real::{Shop, copy};

pub mod runner;
mod templates;
mod yaml;

use runner::{Job, Outcome, commands};

const PASS: &str = "fixtures/captures/exunit/1.20.4/pass\n";

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

const MATCHERS: [&str; 4] = [
    "::remove-matcher owner=elixir-mixCompileError::",
    "::remove-matcher owner=elixir-mixCompileWarning::",
    "::remove-matcher owner=elixir-mixTestFailure::",
    "::remove-matcher owner=elixir-credoOutputDefault::",
];

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

/// A job of a pull request with a server in the place of GitHub.
fn pull_request(server: &Server, job: Job) -> Job {
    job.env("GITHUB_EVENT_NAME", "pull_request")
        .env("GITHUB_REPOSITORY", REPO)
        .env("GITHUB_API_URL", &server.url)
        .env("NO_PROXY", "127.0.0.1")
        .github("token", TOKEN)
        .github("event.pull_request.head.sha", HEAD)
        .github("sha", &"f".repeat(40))
}

#[test]
fn a_comment_is_made_after_the_verdict_and_changes_nothing_about_it() {
    let server = Server::new();
    // What runs does not see the token, whoever gave it.
    let mix = format!("env | grep {TOKEN} && exit 9\n{HOSTILE_MIX}");
    let job = pull_request(&server, shop(&mix));
    let out = job.run(&[("command", "mix test"), ("comment", "true")]);
    assert_eq!(out.says(), (1, "fail", "false", "1"), "{}", out.log);
    assert!(
        out.log.ends_with("\ncomment on pull request 7: created\n"),
        "{}",
        out.log
    );
    assert!(!out.log.contains(TOKEN) && server.checks().is_empty());
    let [comment] = server.bodies().try_into().unwrap();
    assert!(comment.contains(&out.summary), "{comment}");
    let told = commands(&out.log);

    let other = job.run(&[
        ("command", "mix test"),
        ("annotations", "check"),
        ("token", "another"),
    ]);
    assert_eq!(other.says(), (1, "fail", "false", "1"), "{}", other.log);
    assert_eq!(
        commands(&other.log).len(),
        2,
        "only those around the output: {told:?}"
    );
    let annotations = server.checks()[0]["output"]["annotations"].clone();
    assert_eq!(annotations[0]["path"], "test/a_test.exs");
    let last = server.asked().pop().unwrap();
    assert_eq!(last.header("authorization"), Some("Bearer another"));
    assert_eq!(server.bodies().len(), 1);

    let asked = server.lines().len();
    for with in [
        &[("command", "mix test")][..],
        &[("files", "no/such"), ("comment", "true")],
    ] {
        assert_ne!(job.run(with).code, 0);
    }
    assert_eq!(server.lines().len(), asked, "nobody is asked without need");
}

#[test]
fn a_token_without_rights_fails_no_job() {
    let server = Server::instead(|_, _| Some(says(403, "Resource not accessible by integration")));
    let mut job = pull_request(&server, Job::new());
    job.workspace = root().into();
    for (files, says) in [
        (PASS, (0, "pass", "true", "0")),
        ("README.md", (3, "undecided", "false", "3")),
    ] {
        let out = job.run(&[("files", files), ("comment", "true")]);
        assert_eq!(out.says(), says, "{}", out.log);
        assert_eq!(
            out.summary.matches("## gatekeeper: ").count(),
            1,
            "{}",
            out.summary
        );
        let told = commands(&out.log);
        assert!(
            told.last()
                .unwrap()
                .starts_with("::warning title=gatekeeper publish::no comment: the token"),
            "{told:?}"
        );
    }
    let out = job.run(&[
        ("files", PASS),
        ("comment", "true"),
        ("summary", "false"),
        ("annotations", "false"),
    ]);
    assert_eq!(
        out.summary.matches("## gatekeeper: ").count(),
        1,
        "{}",
        out.summary
    );
    // What publishing itself does not understand is no verdict either.
    let job = job.env("GITHUB_REPOSITORY", "no repository");
    let out = job.run(&[("files", PASS), ("comment", "true")]);
    assert_eq!(out.says(), (0, "pass", "true", "0"), "{}", out.log);
    assert!(
        out.log
            .ends_with("gatekeeper: nothing was published; the verdict stays as it is\n"),
        "{}",
        out.log
    );
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

/// A folder of the action with these checksums, and a `curl` that gives this archive.
fn release(checksums: &str, archive: &Path) -> Job {
    let mut job = Job::new();
    job.workspace = root().into();
    job.action = job.dir.path().join("action");
    fs::create_dir(&job.action).unwrap();
    fs::copy(root().join("action.yml"), job.action.join("action.yml")).unwrap();
    fs::write(job.action.join("checksums.txt"), checksums).unwrap();
    let asked = job.dir.path().join("asked");
    let curl = format!(
        "for word; do last=$word; done\necho \"$last\" >> '{}'\nwhile [ $# -gt 0 ]; do\n\
         if [ \"$1\" = --output ]; then cp '{}' \"$2\"; fi\nshift\ndone\n",
        asked.display(),
        archive.display()
    );
    let path = program(&job, "curl", &curl);
    program(
        &job,
        "uname",
        "case $1 in -s) echo Linux ;; -m) echo x86_64 ;; esac\n",
    );
    job.env("PATH", &path).env("GATEKEEPER_BIN", "")
}

/// An archive as a release has it, with its checksum.
fn packed(dir: &Path) -> (PathBuf, String) {
    let binary = env!("CARGO_BIN_EXE_gatekeeper");
    let script = format!("echo from the archive\nexec '{binary}' \"$@\"\n");
    executable(&dir.join("gatekeeper"), &script);
    let archive = dir.join("archive.tar.gz");
    let tar = std::process::Command::new("tar")
        .arg("-czf")
        .arg(&archive)
        .arg("-C")
        .arg(dir)
        .arg("gatekeeper")
        .status();
    assert!(tar.unwrap().success());
    let digest = Sha256::digest(fs::read(&archive).unwrap());
    let sum = digest.iter().map(|b| format!("{b:02x}")).collect();
    (archive, sum)
}

#[test]
fn a_version_is_downloaded_only_by_its_checksum() {
    let dir = tempfile::tempdir().unwrap();
    let (archive, sum) = packed(dir.path());
    let address = "https://example.com/r/v1.2.3/gatekeeper-1.2.3-x86_64-unknown-linux-gnu.tar.gz";
    let row = format!("# head\n{sum}  {address}\n");

    let job = release(&row, &archive);
    let out = job.run(&[("files", PASS), ("version", "1.2.3")]);
    assert_eq!(out.says(), (0, "pass", "true", "0"), "{}", out.log);
    assert!(out.log.contains("from the archive"));
    assert_eq!(
        fs::read_to_string(job.dir.path().join("asked")).unwrap(),
        format!("{address}\n")
    );

    let committed = fs::read_to_string(root().join("checksums.txt")).unwrap();
    let other = row.replace(
        &sum[..8],
        if sum.starts_with('0') {
            "11111111"
        } else {
            "00000000"
        },
    );
    for (checksums, version, why) in [
        (other.as_str(), "1.2.3", "is not what checksums.txt says"),
        (&row, "1.2.4", "has no checksum"),
        (&row, "2.3", "expected an exact one"),
        (&row, "latest", "expected an exact one"),
        (&row, "1.2.3\n::error::x", "expected an exact one"),
        (&format!("{row}{row}"), "1.2.3", "has no checksum"),
        (&row.replace(&sum, &sum[..63]), "1.2.3", "has no checksum"),
        (&row.replace("https", "http"), "1.2.3", "has no checksum"),
        (
            &row.replace(&sum, &format!("#{sum}")),
            "1.2.3",
            "has no checksum",
        ),
        (&committed, "0.1.0", "has no checksum"),
        ("", "1.2.3", "has no checksum"),
    ] {
        let out = release(checksums, &archive).run(&[("files", PASS), ("version", version)]);
        assert_eq!(out.says(), (2, "", "false", ""), "{version}: {}", out.log);
        assert!(out.log.contains(why), "{why}: {}", out.log);
        assert_eq!(commands(&out.log), [""; 0]);
    }
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
