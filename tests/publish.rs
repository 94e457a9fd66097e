//! `gatekeeper publish` against a server that answers like the API of GitHub, well and badly.

use std::fs;
use std::net::TcpListener;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

use gatekeeper::gates::Ruling;
use gatekeeper::report::Report;
use serde_json::json;

use crate::action::runner::commands;
use crate::emit::{HOSTILE, hostile, medium, render};

pub mod server;

use server::{Asked, BOT, HEAD, REPO, Reply, Server, TOKEN, comment, pull, reply, says};

const MARK: &str = "<!-- gatekeeper: gatekeeper report -->";

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

#[test]
fn the_comment_is_updated_in_its_place() {
    let (server, room) = (Server::new(), Room::new());
    let run = |args: &[&str]| {
        room.publish(&server.url, &[&["--no-check"], args].concat())
            .out
    };
    assert_eq!(run(&[]), "comment on pull request 7: created\n");
    assert_eq!(run(&[]), "comment on pull request 7: unchanged\n");
    let [before] = server.bodies().try_into().unwrap();
    fs::copy(
        root().join("tests/cli/reports/pass.json"),
        room.path("report.json"),
    )
    .unwrap();
    assert_eq!(
        run(&["--sha", HEAD]),
        "comment on pull request 7: updated\n"
    );
    let [after] = server.bodies().try_into().unwrap();
    assert!(after.contains("✅ pass") && before != after);
    assert_eq!(
        server.lines().last().unwrap(),
        &format!("PATCH /repos/{REPO}/issues/comments/9000")
    );
    // Another name is another comment.
    assert_eq!(
        run(&["--sha", HEAD, "--name", "umbrella apps/web"]),
        "comment on pull request 7: created\n"
    );
    assert_eq!(server.bodies().len(), 2);
    assert!(server.checks().is_empty());
}

fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

#[test]
fn a_foreign_comment_with_our_mark_is_never_changed() {
    let (server, room) = (Server::new(), Room::new());
    let mark = format!("{MARK}\nnot ours");
    let foreign = [
        comment(1, "mallory", "User", &mark),
        comment(2, "github-actions", "User", &mark),
        comment(3, "mallory[bot]", "Bot", &mark),
        // Ours, and something else.
        comment(4, BOT, "Bot", "<!-- gatekeeper: other -->"),
        comment(5, BOT, "Bot", &format!("> {MARK}")),
        json!({ "id": 6, "user": null, "body": null }),
    ];
    server.hub.lock().unwrap().comments = foreign.to_vec();
    assert!(
        room.publish(&server.url, &["--no-check"])
            .out
            .contains("created")
    );
    let after = server.hub.lock().unwrap().comments.clone();
    assert_eq!((&after[..6], after.len()), (&foreign[..], 7));
    // Of a person, whose token may ask for its user.
    server.hub.lock().unwrap().login = "mallory";
    assert!(
        room.publish(&server.url, &["--no-check"])
            .out
            .contains("updated")
    );
    let after = server.hub.lock().unwrap().comments.clone();
    assert_eq!((&after[1..6], after.len()), (&foreign[1..], 7));
    assert!(after[0]["body"].as_str().unwrap().contains("fail"));
}

#[test]
fn the_author_is_found_where_one_of_the_two_ways_is_closed() {
    for (user, login) in [
        (says(403, "Resource not accessible by integration"), BOT),
        (reply(200, &json!({ "login": "ann" })), "ann"),
    ] {
        let server = Server::instead(move |asked, _| match asked.path.as_str() {
            "/graphql" => Some(says(404, "Not Found")),
            "/user" => Some(user.clone()),
            _ => None,
        });
        server.hub.lock().unwrap().comments = vec![comment(1, login, "User", MARK)];
        let told = Room::new().publish(&server.url, &["--no-check"]);
        assert_eq!(
            told.out, "comment on pull request 7: updated\n",
            "{login}: {}",
            told.err
        );
    }
}

#[test]
fn comments_are_looked_for_on_every_page() {
    let (server, room) = (Server::new(), Room::new());
    {
        let mut hub = server.hub.lock().unwrap();
        hub.page = 10;
        hub.comments = (1..=35)
            .map(|i| comment(i, "ann", "User", "words"))
            .collect();
        hub.comments[33] = comment(34, BOT, "Bot", MARK);
    }
    let told = room.publish(&server.url, &["--no-check"]);
    assert_eq!(
        told.out, "comment on pull request 7: updated\n",
        "{}",
        told.err
    );
    let pages = server
        .lines()
        .iter()
        .filter(|l| l.contains("/comments?"))
        .count();
    assert_eq!(pages, 4);
    assert!(server.bodies()[33].contains("❌ fail"));
}

#[test]
fn the_token_goes_nowhere_else() {
    for (part, header, status, why) in [
        ("/comments?", "link", 200, "its next page is somewhere else"),
        (
            "/comments?",
            "location",
            302,
            "it is somewhere else, where the token does not go",
        ),
        ("/pulls?", "location", 301, "it is somewhere else"),
        ("/check-runs", "location", 307, "it is somewhere else"),
    ] {
        let elsewhere = Server::new();
        let url = format!("{}/x", elsewhere.url);
        let server = Server::instead(move |asked, _| {
            let value = match header {
                "link" => format!("<{url}>; rel=\"next\""),
                _ => url.clone(),
            };
            let answer = reply(status, &json!([])).with(header, &value);
            asked.path.contains(part).then_some(answer)
        });
        let told = Room::new().publish(&server.url, &[]);
        told.degraded(why);
        assert_eq!(elsewhere.lines(), [""; 0], "{part}");
        assert!(server.bodies().is_empty() || part == "/check-runs");
    }
}

#[test]
fn pages_without_end_are_not_read_without_end() {
    let server = Server::instead(|asked, hub| {
        let next = format!("<{}{}>; rel=\"next\"", hub.url, asked.path);
        let page = reply(200, &json!([])).with("link", &next);
        asked.path.contains("/comments?").then_some(page)
    });
    let told = Room::new().publish(&server.url, &["--no-check"]);
    told.degraded("there are too many comments to find ours");
    assert_eq!((server.lines().len(), server.bodies().len()), (32, 0));
}

#[test]
fn a_token_without_rights_leaves_the_report_to_the_job() {
    let integration = "Resource not accessible by integration";
    let server = Server::instead(move |asked, _| {
        (asked.method == "POST" && asked.path != "/graphql").then(|| says(403, integration))
    });
    let room = Room::new();
    let told = room.job(&server.url, &[]);
    told.degraded(
        "no comment on pull request 7: the token has no right to (GitHub answered 403: Resource",
    );
    assert!(
        told.err
            .contains("\ngatekeeper: no check run: the token has no right to"),
        "{}",
        told.err
    );
    for word in [
        "pull-requests: write",
        "checks: write",
        "fork",
        "--workflow forks",
    ] {
        assert!(told.err.contains(word), "{word}: {}", told.err);
    }
    let warnings = [
        "::warning title=gatekeeper publish::no comment on pull request 7: the token has no right to (GitHub answered 403: Resource not accessible by integration)",
        "::warning title=gatekeeper publish::no check run: the token has no right to (GitHub answered 403: Resource not accessible by integration)",
    ];
    let obeyed = commands(&told.out);
    assert_eq!(obeyed[..2], warnings);
    assert!(
        obeyed
            .iter()
            .any(|c| c.starts_with("::error title=gatekeeper%3A fail")),
        "{obeyed:?}"
    );
    assert!(
        told.out
            .contains("the report is on the summary page of the job\n")
    );
    let summary = fs::read_to_string(room.path("summary.md")).unwrap();
    assert!(summary.starts_with("## gatekeeper: ❌ fail"), "{summary}");
    assert_eq!(room.job(&server.url, &["--strict"]).code, 1);
}

#[test]
fn annotations_are_not_put_at_the_files_of_another_checkout() {
    let server = fails_at("/check-runs", |_| Some(says(403, "no")));
    let room = Room::new();
    let env = [
        ("GITHUB_ACTIONS", "true"),
        ("GITHUB_EVENT_NAME", "workflow_run"),
    ];
    let told = room.run(&server.url, &[], &env);
    told.degraded("no check run");
    assert_eq!(commands(&told.out).len(), 1, "{}", told.out);
    assert!(told.out.starts_with("comment on pull request 7: created\n"));
}

#[test]
fn a_full_summary_is_not_made_too_large() {
    let server = fails_at("/comments", |_| Some(says(403, "no")));
    let room = Room::new();
    fs::write(room.path("summary.md"), "x".repeat(999_000)).unwrap();
    let told = room.job(&server.url, &[]);
    told.degraded("no comment");
    assert_eq!(
        fs::metadata(room.path("summary.md")).unwrap().len(),
        999_000
    );
    assert!(!told.out.contains("summary page"));
}

#[test]
fn limits_are_waited_for_a_little() {
    let server = fails_at("/comments", |n| {
        (n == 1).then(|| says(429, "slow down").with("retry-after", "1"))
    });
    let start = Instant::now();
    let told = Room::new().publish(&server.url, &[]);
    assert_eq!((told.code, told.err.as_str()), (0, ""));
    assert!(start.elapsed() >= Duration::from_secs(1), "it waited");

    let limit = |name: &'static str, value: &'static str| {
        Server::instead(move |asked, _| {
            asked.path.contains("/comments").then(|| {
                says(403, "API rate limit exceeded")
                    .with("x-ratelimit-remaining", "0")
                    .with(name, value)
            })
        })
    };
    // Until when it holds, in seconds since 1970.
    for (name, value) in [
        ("retry-after", "3600"),
        ("x-ratelimit-reset", "4102444800"),
        ("x-other", ""),
    ] {
        let (server, start) = (limit(name, value), Instant::now());
        let told = Room::new().publish(&server.url, &[]);
        told.degraded("longer than publish waits");
        assert!(
            start.elapsed() < Duration::from_secs(20),
            "it does not wait for {name}"
        );
        // Nothing else is asked once the limit is reached.
        assert!(!server.lines().iter().any(|l| l.contains("check-runs")));
        assert_eq!(server.lines().len(), 3, "{:?}", server.lines());
    }
}

#[test]
fn an_error_of_github_is_tried_again() {
    let server = fails_at("GET", |n| (n % 2 == 1).then(|| says(502, "Bad Gateway")));
    let told = Room::new().publish(&server.url, &["--no-check"]);
    assert_eq!(
        told.out, "comment on pull request 7: created\n",
        "{}",
        told.err
    );
    let server = fails_at("/check-runs", |_| Some(says(503, "later")));
    Room::new()
        .publish(&server.url, &["--no-comment"])
        .degraded("GitHub answered 503, also when it was asked again");
    assert_eq!(server.lines().len(), 3);
}

#[test]
fn a_comment_that_was_made_in_spite_of_an_error_is_not_made_twice() {
    let mut failed = false;
    let server = Server::instead(move |asked, hub| {
        if asked.method != "POST" || !asked.path.ends_with("/comments") || failed {
            return None;
        }
        failed = true;
        hub.answer(asked);
        Some(says(502, "Bad Gateway"))
    });
    let told = Room::new().publish(&server.url, &["--no-check"]);
    assert_eq!(
        told.out, "comment on pull request 7: unchanged\n",
        "{}",
        told.err
    );
    assert_eq!(server.bodies().len(), 1);
}

#[test]
fn what_github_does_not_take_is_said_without_what_should_not_be() {
    let words = format!(
        "Validation \u{1b}[31m ##[add-mask]x\n::error::y {TOKEN} {}",
        "z".repeat(500)
    );
    let server = Server::instead(move |asked, _| {
        asked
            .path
            .contains("/check-runs")
            .then(|| says(422, &words))
    });
    let told = Room::new().job(&server.url, &[]);
    told.degraded("no check run: GitHub does not take it (422: Validation \\x1b[31m ##\\[add-mask]x\\n::error::y ***");
    assert!(commands(&told.out)[0].starts_with("::warning title=gatekeeper publish::no check run"));
    assert_eq!(commands(&told.err), [""; 0]);
    assert!(told.out.starts_with("comment on pull request 7: created\n"));
}

#[test]
fn answers_that_are_none_are_not_believed() {
    for (body, why) in [
        (
            b"<html>a proxy</html>".to_vec(),
            "it is no JSON of this kind",
        ),
        (b"{}".to_vec(), "it is no JSON of this kind"),
        (
            b"[{\"id\": \"seven\"}]".to_vec(),
            "it is no JSON of this kind",
        ),
        (b"[".repeat(100_000), "it is no JSON of this kind"),
        (Vec::new(), "it is no JSON of this kind"),
        (
            [&b"[\""[..], &vec![b'x'; 33 << 20], b"\"]"].concat(),
            "it is too large",
        ),
    ] {
        let server = Server::instead(move |asked, _| {
            let answer = Reply {
                status: 200,
                headers: Vec::new(),
                body: body.clone(),
            };
            asked.path.contains("/comments?").then_some(answer)
        });
        let told = Room::new().publish(&server.url, &["--no-check"]);
        told.degraded(why);
        assert!(
            server.bodies().is_empty(),
            "nothing is made where ours may be"
        );
    }
}

#[test]
fn without_a_network_it_says_so_once_and_soon() {
    let closed = TcpListener::bind("127.0.0.1:0").unwrap();
    let url = format!("http://{}", closed.local_addr().unwrap());
    drop(closed);
    let room = Room::new();
    let start = Instant::now();
    let told = room.job(&url, &[]);
    told.degraded("GitHub cannot be reached: connection refused");
    assert!(start.elapsed() < Duration::from_secs(20));
    assert!(room.path("summary.md").exists());
    assert_eq!(room.job(&url, &["--strict"]).code, 1);
}

#[test]
fn a_token_that_is_wrong_empty_or_not_there() {
    let server = fails_at("/", |_| Some(says(401, "Bad credentials")));
    let room = Room::new();
    room.publish(&server.url, &[])
        .degraded("the token is not valid (GitHub answered 401)");
    assert_eq!(server.lines().len(), 1, "nothing else is tried with it");

    let server = Server::new();
    let base = [
        ("GITHUB_API_URL", server.url.as_str()),
        ("GITHUB_REPOSITORY", REPO),
    ];
    let with =
        |more: &[(&str, &str)]| room.raw(&["report.json", "--no-check"], &[&base, more].concat());
    let unset = with(&[]);
    assert_eq!(unset.code, 2);
    assert!(
        unset.err.contains("there is no token") && unset.err.contains("GITHUB_TOKEN"),
        "{}",
        unset.err
    );
    with(&[("GITHUB_TOKEN", "")]).degraded("the token is empty");
    assert_eq!(with(&[("GITHUB_TOKEN", "s3cret\ns3cret")]).code, 2);
    assert_eq!(server.lines(), [""; 0]);
    let own = [("GITHUB_TOKEN", "other"), ("GATEKEEPER_TOKEN", "mine \n")];
    assert_eq!(with(&own).code, 0);
    assert_eq!(
        server.asked()[0].header("authorization"),
        Some("Bearer mine")
    );
}

#[test]
fn only_the_open_pull_request_with_this_head_is_commented_on() {
    let room = Room::new();
    let other = "f".repeat(40);
    for (found, why) in [
        (pull(7, REPO, "closed", HEAD), "it is closed"),
        (
            pull(7, REPO, "open", &"a".repeat(40)),
            "its head is another commit",
        ),
        (
            pull(7, "other/shop", "open", HEAD),
            "it is one of another repository",
        ),
    ] {
        let server = Server::new();
        server.hub.lock().unwrap().pulls = vec![found];
        let told = room.publish(&server.url, &["--pr", "7"]);
        told.degraded(why);
        assert!(server.bodies().is_empty());
        // The commit has its check run, whatever became of the pull request.
        assert_eq!(server.checks()[0]["head_sha"], HEAD);
        let told = room.publish(&server.url, &[]);
        assert_eq!(
            (told.code, told.err.as_str()),
            (0, ""),
            "no pull request is no trouble"
        );
        assert!(
            told.out
                .contains("no comment: no open pull request of acme/shop has 0123456789ab"),
            "{}",
            told.out
        );
        assert!(server.bodies().is_empty());
    }
    // A workflow of a pull request judges the merge with its base; its page shows the head.
    let server = Server::new();
    let told = room.publish(&server.url, &["--sha", &other]);
    assert_eq!((told.code, server.bodies().len()), (0, 1), "{}", told.err);
    assert_eq!(server.checks()[0]["head_sha"], HEAD);
    room.publish(&server.url, &["--pr", "8"])
        .degraded("(GitHub answered 404)");
}

#[test]
fn a_commit_may_be_the_head_of_several_pull_requests_or_of_a_fork() {
    let (server, room) = (Server::new(), Room::new());
    server.hub.lock().unwrap().pulls = vec![
        pull(7, REPO, "open", HEAD),
        pull(8, "ACME/Shop", "open", HEAD),
        pull(9, REPO, "closed", HEAD),
    ];
    let told = room.publish(&server.url, &["--no-check"]);
    assert_eq!(
        told.out, "comment on pull request 7: created\ncomment on pull request 8: unchanged\n",
        "{}",
        told.err
    );
    // The server keeps one list of comments for all; two requests looked at two pull requests.
    assert_eq!(
        server
            .lines()
            .iter()
            .filter(|l| l.contains("/comments?"))
            .count(),
        2
    );

    // The API does not connect the commit of a fork with its pull request.
    let server = Server::new();
    server.hub.lock().unwrap().pulls = vec![
        pull(123, REPO, "open", &"a".repeat(40)),
        pull(124, REPO, "open", HEAD),
    ];
    let told = room.publish(&server.url, &["--no-check"]);
    assert_eq!(
        told.out, "comment on pull request 124: created\n",
        "{}",
        told.err
    );
    assert_eq!(
        server.lines()[1],
        format!("GET /repos/{REPO}/pulls?state=open&sort=updated&direction=desc&per_page=100")
    );
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
fn annotations_come_in_parts_and_say_how_many_are_left() {
    for (findings, requests, shown) in [
        (0, 1, 1),
        (49, 1, 50),
        (50, 2, 51),
        (100, 3, 101),
        (1_000, 4, 200),
    ] {
        let server = Server::new();
        let told = Room::of(&many(findings)).publish(&server.url, &["--no-comment"]);
        assert_eq!(told.code, 0, "{}", told.err);
        assert_eq!(server.lines().len(), requests, "{findings}");
        for asked in server.asked() {
            let part = asked.json()["output"]["annotations"]
                .as_array()
                .unwrap()
                .len();
            assert!(part <= 50, "{part}");
        }
        let [check] = server.checks().try_into().unwrap();
        assert_eq!(
            check["output"]["annotations"].as_array().unwrap().len(),
            shown
        );
        let summary = check["output"]["summary"].as_str().unwrap();
        let left = (findings + 1).saturating_sub(shown);
        assert_eq!(
            summary.contains(&format!("{left} more findings without an annotation")),
            left > 0,
            "{findings}"
        );
    }
    let server = fails_at("PATCH", |n| (n > 1).then(|| says(403, "no")));
    let told = Room::of(&many(1_000)).publish(&server.url, &["--no-comment"]);
    told.degraded("some annotations: the token has no right to");
    assert!(told.out.contains("100 of 200 annotations"), "{}", told.out);
}

#[test]
fn only_a_pass_is_a_success() {
    for (verdict, conclusion) in [
        (Ruling::Pass, "success"),
        (Ruling::Fail, "failure"),
        (Ruling::Undecided, "failure"),
    ] {
        assert_eq!(gatekeeper::emit::checks::conclusion(verdict), conclusion);
    }
    let server = Server::new();
    let args = ["../report.json", "--sha", HEAD, "--no-comment"];
    let room = Room::new();
    fs::copy(
        root().join("tests/cli/reports/pass.json"),
        room.path("report.json"),
    )
    .unwrap();
    let told = room.publish(&server.url, &args[1..]);
    assert_eq!(told.code, 0, "{}", told.err);
    assert_eq!(server.checks()[0]["conclusion"], "success");
}

/// Every text that leaves, by its place.
fn sent(asked: &[Asked]) -> Vec<(String, String)> {
    let mut out = Vec::new();
    for one in asked
        .iter()
        .filter(|a| !a.body.is_empty() && a.path != "/graphql")
    {
        let body = one.json();
        out.extend(
            body["body"]
                .as_str()
                .map(|t| ("markdown".into(), t.to_owned())),
        );
        let output = &body["output"];
        out.extend(
            output["summary"]
                .as_str()
                .map(|t| ("markdown".into(), t.to_owned())),
        );
        out.extend(
            output["title"]
                .as_str()
                .map(|t| ("title".into(), t.to_owned())),
        );
        for a in output["annotations"].as_array().into_iter().flatten() {
            for key in ["title", "message", "path"] {
                out.push((key.into(), a[key].as_str().unwrap().to_owned()));
            }
        }
    }
    out
}

#[test]
fn nothing_hostile_gets_out() {
    for evil in HOSTILE {
        let mut report = hostile(evil);
        report.project.commit = Some(HEAD.into());
        let (server, room) = (Server::new(), Room::of(&report));
        let told = room.job(&server.url, &[]);
        assert_eq!((told.code, told.err.as_str()), (0, ""), "{evil:?}");
        assert_eq!(commands(&told.out), [""; 0], "{evil:?}");
        for asked in server.asked() {
            assert!(
                asked.path.is_ascii() && asked.path.len() < 200,
                "{}",
                asked.path
            );
        }
        let all = sent(&server.asked());
        assert!(all.iter().any(|(place, _)| place == "title"));
        let body = format!(
            "{MARK}\n{}\nFor commit {HEAD}.\n",
            render("markdown", &report)
        );
        assert_eq!(
            server.bodies(),
            [body],
            "the emitter's text, and nothing else"
        );
        for (place, text) in all {
            let what = format!("{place} of {evil:?}: {text}");
            medium::no_control_characters(&text, &what);
            match place.as_str() {
                "markdown" => assert!(text.chars().count() <= 65_535, "{what}"),
                "path" => assert!(!text.starts_with('/') && !text.contains(".."), "{what}"),
                "title" => assert!(
                    text.chars().count() <= 255 && !text.contains("@org"),
                    "{what}"
                ),
                _ => assert!(
                    !text.is_empty() && text.len() < 64 << 10 && !text.contains("@org"),
                    "{what}"
                ),
            }
        }
    }
}

#[test]
fn the_log_is_linked_where_github_says_where_it_is() {
    let (server, room) = (Server::new(), Room::new());
    let run = |server_url: &str, id: &str| {
        room.run(
            &server.url,
            &[],
            &[("GITHUB_SERVER_URL", server_url), ("GITHUB_RUN_ID", id)],
        )
    };
    run("https://github.com", "12");
    let page = "https://github.com/acme/shop/actions/runs/12";
    assert!(server.bodies()[0].ends_with(&format!("For commit {HEAD} ([log]({page})).\n")));
    assert_eq!(server.checks()[0]["details_url"], page);
    run("javascript:alert(1)//", "12");
    run("https://x)](y", "12");
    run("https://github.com", "1/../2");
    assert!(
        server.checks()[1..]
            .iter()
            .all(|c| c.get("details_url").is_none())
    );
}

#[test]
fn a_bundle_is_verified_before_it_is_published() {
    let (server, room) = (Server::new(), Room::new());
    let bundle = crate::wave::sealed(&room.path("waves"), render("json", &many(1)).as_bytes());
    let told = |args: &[&str]| {
        let env = [
            ("GITHUB_API_URL", server.url.as_str()),
            ("GITHUB_REPOSITORY", REPO),
            ("GITHUB_TOKEN", TOKEN),
        ];
        room.raw(&[&[bundle.to_str().unwrap()], args].concat(), &env)
    };
    let good = told(&[]);
    assert_eq!((good.code, server.bodies().len()), (0, 1), "{}", good.err);
    fs::write(bundle.join("data/report.json"), "{}").unwrap();
    let before = server.lines().len();
    let bad = told(&[]);
    assert!(
        bad.code == 2 && bad.err.contains("was changed"),
        "{}",
        bad.err
    );
    assert_eq!(server.lines().len(), before);
}

#[test]
fn wrong_usage_asks_nobody() {
    let (server, room) = (Server::new(), Room::new());
    for (args, why) in [
        (&["--repo", "acme"][..], "expected OWNER/NAME"),
        (&["--repo", "acme/shop/x"], "expected OWNER/NAME"),
        (&["--sha", "main"], "expected a full commit"),
        (&["--pr", "0"], "expected a number"),
        (&["--pr", "-7x"], ""),
        (&["--name", "a-->b"], "is no name"),
        (&["--name", ""], "is no name"),
        (&["--no-comment", "--no-check"], ""),
        (&["--key", "a.pub"], "a report alone is not signed"),
        (&["--token", "x"], ""),
        (
            &["--api-url", "https://user:s3cret@h"],
            "the address of the API is not used",
        ),
        (
            &["--api-url", "ftp://h"],
            "the address of the API is not used",
        ),
    ] {
        let told = room.publish(&server.url, args);
        assert_eq!(told.code, 2, "{args:?}: {}", told.err);
        assert!(told.err.contains(why), "{args:?}: {}", told.err);
    }
    assert_eq!(
        room.publish("http://api.github.com", &[]).code,
        2,
        "not in the clear"
    );
    fs::write(room.path("report.json"), "{}").unwrap();
    assert_eq!(room.publish(&server.url, &[]).code, 2);
    Room::of(&hostile("plain"))
        .publish(&server.url, &[])
        .nameless();
    assert_eq!(server.lines(), [""; 0]);
}

impl Told {
    fn nameless(&self) {
        assert!(
            self.code == 2 && self.err.contains("the report names no commit"),
            "{}",
            self.err
        );
    }
}

#[test]
fn certificates_are_those_of_a_file() {
    let (server, room) = (Server::new(), Room::new());
    fs::write(room.path("empty.pem"), "").unwrap();
    fs::write(
        room.path("broken.pem"),
        "-----BEGIN CERTIFICATE-----\n!\n-----END CERTIFICATE-----\n",
    )
    .unwrap();
    let run = |file: &str| room.run(&server.url, &[], &[("SSL_CERT_FILE", file)]);
    for (file, why) in [
        ("empty.pem", "it holds no certificate"),
        ("broken.pem", "it is no PEM"),
        ("none.pem", "no such file"),
    ] {
        let told = run(file);
        assert!(
            told.code == 2 && told.err.contains(why),
            "{file}: {}",
            told.err
        );
    }
    assert_eq!(server.lines(), [""; 0]);
}
