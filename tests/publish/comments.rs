//! The one comment: found again among those of others, and only on the pull requests of this commit.

use std::fs;

use serde_json::json;

use super::server::{BOT, HEAD, REPO, Server, comment, pull, reply, says};
use super::{MARK, Room, root};

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
