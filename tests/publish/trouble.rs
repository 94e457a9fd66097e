//! GitHub that refuses, fails, sends elsewhere, answers nonsense or is not there: what is missing is said, and the
//! report is not lost.

use std::fs;
use std::net::TcpListener;
use std::time::{Duration, Instant};

use serde_json::json;

use super::server::{Reply, Server, TOKEN, reply, says};
use super::{Room, fails_at};
use crate::action::runner::commands;

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
