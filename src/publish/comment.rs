//! One comment for each pull request and name. It is found by a mark that nobody sees and by its author: a mark can be
//! copied, so a comment of somebody else is never ours, and never changed.

use serde::de::IgnoredAny;
use serde::{Deserialize, Serialize};

use super::client::{Again, Client};
use super::place::Repository;
use super::trouble::Trouble;

/// Pages of comments that are looked through, a hundred each: more than a pull request can have.
const PAGES: usize = 30;

/// What is said about the comment.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Put {
    Created,
    Updated,
    /// It says this already.
    Same,
}

impl Put {
    pub(super) fn word(self) -> &'static str {
        match self {
            Self::Created => "created",
            Self::Updated => "updated",
            Self::Same => "unchanged",
        }
    }
}

#[derive(Debug, Deserialize)]
struct Comment {
    id: u64,
    user: Option<User>,
    body: Option<String>,
}

#[derive(Debug, Deserialize)]
struct User {
    login: String,
    #[serde(rename = "type")]
    kind: Option<String>,
}

#[derive(Serialize)]
struct Text<'a> {
    body: &'a str,
}

#[derive(Serialize)]
struct Query {
    query: &'static str,
}

#[derive(Deserialize)]
struct Viewed {
    data: Option<Viewer>,
}

#[derive(Deserialize)]
struct Viewer {
    viewer: Option<User>,
}

/// The login that comments of this token bear. Tokens of apps, such as that of a job, may not ask for their user, but may
/// ask who looks; where neither is answered, it is taken for the token of a job.
pub(super) fn author(client: &mut Client) -> Result<String, Trouble> {
    let query = Query {
        query: "query { viewer { login } }",
    };
    let url = client.base.graphql();
    let viewed: Result<Viewed, Trouble> = client.post(&url, &query, Again::Yes);
    match viewed.map(|v| v.data.and_then(|d| d.viewer)) {
        Ok(Some(user)) => return Ok(user.login),
        Err(trouble) if trouble.ends_everything() => return Err(trouble),
        Ok(None) | Err(_) => {}
    }
    let url = client.base.join("/user");
    match client.get::<User>(&url) {
        Ok((user, _)) => Ok(user.login),
        Err(Trouble::Forbidden(_)) => Ok("github-actions[bot]".into()),
        Err(trouble) => Err(trouble),
    }
}

impl Comment {
    /// Apps are called with `[bot]` in one interface and may be called without it in the other.
    fn is_by(&self, login: &str) -> bool {
        self.user.as_ref().is_some_and(|user| {
            let bot = user.kind.as_deref() == Some("Bot");
            user.login == login || (bot && user.login.strip_suffix("[bot]") == Some(login))
        })
    }

    fn bears(&self, mark: &str) -> bool {
        let body = self.body.as_deref().unwrap_or_default();
        body.trim_start().starts_with(mark)
    }

    fn says(&self, text: &str) -> bool {
        let body = self.body.as_deref().unwrap_or_default();
        body.replace("\r\n", "\n").trim() == text.trim()
    }
}

/// Makes the comment, or makes it say this. Its text begins with its mark.
pub(super) fn put(
    client: &mut Client,
    repository: &Repository,
    number: u64,
    login: &str,
    (mark, text): (&str, &str),
) -> Result<Put, Trouble> {
    let repo = repository.as_str();
    let all = client
        .base
        .join(&format!("/repos/{repo}/issues/{number}/comments"));
    let body = Text { body: text };
    let mut tries = 1;
    loop {
        if let Some(own) = find(client, &all, login, mark)? {
            if own.says(text) {
                return Ok(Put::Same);
            }
            let url = format!("/repos/{repo}/issues/comments/{}", own.id);
            let url = client.base.join(&url);
            let _: IgnoredAny = client.patch(&url, &body)?;
            return Ok(Put::Updated);
        }
        let written: Result<IgnoredAny, Trouble> = client.post(&all, &body, Again::No);
        match written {
            Ok(_) => return Ok(Put::Created),
            // It may have been made all the same: another look tells.
            Err(Trouble::Server(_)) if client.rest(tries) => tries += 1,
            Err(trouble) => return Err(trouble),
        }
    }
}

fn find(
    client: &mut Client,
    all: &str,
    login: &str,
    mark: &str,
) -> Result<Option<Comment>, Trouble> {
    let mut url = format!("{all}?per_page=100");
    for _ in 0..PAGES {
        let (page, next): (Vec<Comment>, _) = client.get(&url)?;
        let mut page = page.into_iter();
        if let Some(own) = page.find(|c| c.bears(mark) && c.is_by(login)) {
            return Ok(Some(own));
        }
        match next {
            None => return Ok(None),
            Some(next) => url = client.below(next)?,
        }
    }
    Err(Trouble::Answer("there are too many comments to find ours"))
}
