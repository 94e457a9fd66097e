//! Which pull requests a commit is the head of. GitHub is asked; what the report says of itself decides nothing.

use serde::Deserialize;

use super::client::Client;
use super::place::{Commit, Repository};
use super::trouble::Trouble;

/// Pages of open pull requests that are looked through, a hundred each.
const PAGES: usize = 10;

/// Pull requests with one head that are commented on.
const TARGETS: usize = 5;

/// A pull request, as far as it matters here.
#[derive(Debug, Deserialize)]
pub(super) struct Pull {
    pub(super) number: u64,
    state: String,
    head: Head,
    base: Target,
    merge_commit_sha: Option<String>,
}

#[derive(Debug, Deserialize)]
struct Head {
    sha: String,
}

#[derive(Debug, Deserialize)]
struct Target {
    repo: Option<Named>,
}

#[derive(Debug, Deserialize)]
struct Named {
    full_name: String,
}

impl Pull {
    /// Why it is not one to publish this commit's report to.
    pub(super) fn is_not(&self, repository: &Repository, commit: &Commit) -> Option<&'static str> {
        let repo = self.base.repo.as_ref();
        if !repo.is_some_and(|r| repository.is(&r.full_name)) {
            Some("it is one of another repository")
        } else if self.state != "open" {
            Some("it is closed")
        } else if !self.holds(commit) {
            Some("its head is another commit than the one that was judged")
        } else {
            None
        }
    }

    /// A workflow of a pull request has its head merged into its base, which is a commit of its own.
    fn holds(&self, commit: &Commit) -> bool {
        let merged = self.merge_commit_sha.as_deref();
        self.head.sha == commit.as_str() || merged == Some(commit.as_str())
    }

    /// The commit that its page shows.
    pub(super) fn head(&self) -> Option<Commit> {
        Commit::parse(&self.head.sha)
    }
}

/// The pull request with this number, whatever it is.
pub(super) fn numbered(
    client: &mut Client,
    repository: &Repository,
    number: u64,
) -> Result<Pull, Trouble> {
    let path = format!("/repos/{}/pulls/{number}", repository.as_str());
    let url = client.base.join(&path);
    Ok(client.get(&url)?.0)
}

/// The open pull requests whose head is this commit. GitHub does not connect a fork's commit with them, so all that are
/// open are looked at where there is no connection.
pub(super) fn with_head(
    client: &mut Client,
    repository: &Repository,
    commit: &Commit,
) -> Result<Vec<Pull>, Trouble> {
    let repo = repository.as_str();
    let connected = format!(
        "/repos/{repo}/commits/{}/pulls?per_page=100",
        commit.as_str()
    );
    // A commit that it does not know has no pull requests.
    let found = match pages(client, &connected, repository, commit) {
        Err(Trouble::Refused(422, _) | Trouble::NotFound) => Vec::new(),
        other => other?,
    };
    if !found.is_empty() {
        return Ok(found);
    }
    let open = format!("/repos/{repo}/pulls?state=open&sort=updated&direction=desc&per_page=100");
    pages(client, &open, repository, commit)
}

/// Those of a list that fit.
fn pages(
    client: &mut Client,
    path: &str,
    repository: &Repository,
    commit: &Commit,
) -> Result<Vec<Pull>, Trouble> {
    let mut found = Vec::new();
    let mut url = client.base.join(path);
    for _ in 0..PAGES {
        let (page, next): (Vec<Pull>, _) = client.get(&url)?;
        let fit = page
            .into_iter()
            .filter(|p| p.is_not(repository, commit).is_none());
        found.extend(fit);
        match next {
            Some(next) if found.is_empty() => url = client.below(next)?,
            Some(_) | None => break,
        }
    }
    found.truncate(TARGETS);
    Ok(found)
}
