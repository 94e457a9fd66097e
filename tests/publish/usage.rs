//! What has to be right before anything is published: options, the token, the bundle, certificates.

use std::fs;

use super::server::{REPO, Server, TOKEN, says};
use super::{Room, Told, fails_at, many};
use crate::emit::{hostile, render};

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
