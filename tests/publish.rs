//! `gatekeeper publish` against a server that answers like the API of GitHub, well and badly.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use gatekeeper::report::Report;
use serde_json::json;

use crate::emit::{hostile, render};

mod comments;
mod sent;
pub mod server;
mod trouble;
mod usage;

use server::{HEAD, REPO, Reply, Server, TOKEN};

const MARK: &str = "<!-- gatekeeper: gatekeeper report -->";

fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

struct Told {
    code: i32,
    out: String,
    err: String,
}

/// A folder with a report of this commit in it.
struct Room {
    dir: tempfile::TempDir,
}

impl Room {
    fn new() -> Self {
        let mut report = hostile("plain");
        report.project.commit = Some(HEAD.into());
        Self::of(&report)
    }

    fn of(report: &Report) -> Self {
        let dir = tempfile::tempdir().unwrap();
        fs::write(dir.path().join("report.json"), render("json", report)).unwrap();
        Self { dir }
    }

    fn path(&self, name: &str) -> PathBuf {
        self.dir.path().join(name)
    }

    fn publish(&self, url: &str, args: &[&str]) -> Told {
        self.run(url, args, &[])
    }

    /// As a job of GitHub Actions.
    fn job(&self, url: &str, args: &[&str]) -> Told {
        let summary = self.path("summary.md");
        let summary = summary.to_str().unwrap();
        let env = [("GITHUB_ACTIONS", "true"), ("GITHUB_STEP_SUMMARY", summary)];
        self.run(url, args, &env)
    }

    fn run(&self, url: &str, args: &[&str], env: &[(&str, &str)]) -> Told {
        let mut all = vec!["report.json"];
        all.extend(args);
        self.raw(
            &all,
            &[
                &[
                    ("GITHUB_API_URL", url),
                    ("GITHUB_TOKEN", TOKEN),
                    ("GITHUB_REPOSITORY", REPO),
                ],
                env,
            ]
            .concat(),
        )
    }

    fn raw(&self, args: &[&str], env: &[(&str, &str)]) -> Told {
        let mut command = Command::new(env!("CARGO_BIN_EXE_gatekeeper"));
        command.arg("publish").args(args).current_dir(&self.dir);
        for (name, _) in std::env::vars_os() {
            let name = name.to_string_lossy().to_ascii_uppercase();
            let ours = ["GITHUB_", "GATEKEEPER_"]
                .iter()
                .any(|p| name.starts_with(p));
            if ours || name.ends_with("_PROXY") || name == "SSL_CERT_FILE" {
                command
                    .env_remove(&name)
                    .env_remove(name.to_ascii_lowercase());
            }
        }
        let env = env.iter().copied();
        let output = command.envs(env).stdin(Stdio::null()).output().unwrap();
        let text = |bytes| String::from_utf8(bytes).unwrap();
        let told = Told {
            code: output.status.code().unwrap(),
            out: text(output.stdout),
            err: text(output.stderr),
        };
        for said in [&told.out, &told.err] {
            assert!(!said.contains("s3cret"), "the token is shown: {said}");
        }
        told
    }
}

impl Told {
    /// What is missing and why, and nothing that a runner obeys but our own warning.
    fn degraded(&self, why: &str) {
        assert_eq!(self.code, 0, "{}", self.err);
        let line = self.err.lines().next().unwrap_or_default();
        assert!(
            line.starts_with("gatekeeper: ") && line.contains(why),
            "{why}: {}",
            self.err
        );
    }
}

fn fails_at(part: &'static str, answer: fn(u64) -> Option<Reply>) -> Server {
    let mut times = 0;
    Server::instead(move |asked, _| {
        if !asked.line().contains(part) {
            return None;
        }
        times += 1;
        answer(times)
    })
}

/// A failing report with this many findings.
fn many(findings: usize) -> Report {
    let mut report = hostile("plain");
    report.project.commit = Some(HEAD.into());
    let one = report.findings[0].clone();
    report.findings = vec![one; findings];
    report
}

#[test]
fn one_comment_and_one_check_run_are_made_by_exactly_these_requests() {
    let (server, room) = (Server::new(), Room::new());
    let told = room.publish(&server.url, &[]);
    assert_eq!((told.code, told.err.as_str()), (0, ""));
    assert_eq!(
        told.out,
        "comment on pull request 7: created\n\
         check run \"gatekeeper report\" on 0123456789ab: 2 of 2 annotations\n"
    );
    let comments = format!("/repos/{REPO}/issues/7/comments");
    assert_eq!(
        server.lines(),
        [
            format!("GET /repos/{REPO}/commits/{HEAD}/pulls?per_page=100"),
            "POST /graphql".into(),
            format!("GET {comments}?per_page=100"),
            format!("POST {comments}"),
            format!("POST /repos/{REPO}/check-runs"),
        ]
    );
    let host = server.url.strip_prefix("http://").unwrap();
    for asked in server.asked() {
        let headers = |name| asked.header(name).unwrap_or_default();
        assert_eq!(headers("authorization"), format!("Bearer {TOKEN}"));
        assert_eq!(headers("accept"), "application/vnd.github+json");
        assert_eq!(headers("x-github-api-version"), "2022-11-28");
        let agent = format!("gatekeeper/{}", env!("CARGO_PKG_VERSION"));
        assert_eq!(
            (headers("user-agent"), headers("host")),
            (agent.as_str(), host)
        );
        let written = (asked.method != "GET").then_some("application/json");
        assert_eq!(asked.header("content-type"), written);
    }
    let [body] = server.bodies().try_into().unwrap();
    assert!(
        body.starts_with(&format!("{MARK}\n## gatekeeper: ❌ fail\n")),
        "{body}"
    );
    assert!(body.ends_with(&format!("\nFor commit {HEAD}.\n")), "{body}");
    let [check] = server.checks().try_into().unwrap();
    assert_eq!(
        (
            &check["name"],
            &check["head_sha"],
            &check["status"],
            &check["conclusion"]
        ),
        (
            &json!("gatekeeper report"),
            &json!(HEAD),
            &json!("completed"),
            &json!("failure")
        )
    );
    assert_eq!(check["output"]["annotations"].as_array().unwrap().len(), 2);
    assert_eq!(check.get("details_url"), None);
}
