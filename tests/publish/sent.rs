//! What is sent: annotations in parts, a success for nothing but a pass, and no hostile text.

use std::fs;

use gatekeeper::gates::Ruling;

use super::server::{Asked, HEAD, Server, says};
use super::{MARK, Room, fails_at, many, root};
use crate::action::runner::commands;
use crate::emit::{HOSTILE, hostile, medium, render};

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
