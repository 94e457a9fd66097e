//! The action with a comment or a check run: they come after the verdict and change nothing about it.

use super::runner::{Job, commands};
use super::{HOSTILE_MIX, PASS, root, shop};
use crate::publish::server::{HEAD, REPO, Server, TOKEN, says};

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
