//! A check run on the commit: the verdict, the report, and annotations on its files.

use serde::de::IgnoredAny;
use serde::{Deserialize, Serialize};

use super::client::{Again, Client};
use super::place::{Commit, Repository};
use super::trouble::Trouble;
use crate::emit::checks::{Annotation, Annotations};

/// Annotations of one request; further ones are added by further requests.
const REQUEST: usize = 50;

/// What a check run says.
pub(super) struct Check<'a> {
    pub(super) name: &'a str,
    pub(super) commit: &'a Commit,
    pub(super) conclusion: &'static str,
    pub(super) page: Option<&'a str>,
    pub(super) title: &'a str,
    pub(super) summary: &'a str,
    pub(super) annotations: &'a Annotations,
}

#[derive(Serialize)]
struct Create<'a> {
    name: &'a str,
    head_sha: &'a str,
    status: &'static str,
    conclusion: &'static str,
    #[serde(skip_serializing_if = "Option::is_none")]
    details_url: Option<&'a str>,
    output: Output<'a>,
}

#[derive(Serialize)]
struct Add<'a> {
    output: Output<'a>,
}

#[derive(Serialize)]
struct Output<'a> {
    title: &'a str,
    summary: &'a str,
    annotations: &'a [Annotation],
}

#[derive(Deserialize)]
struct Created {
    id: u64,
}

/// Makes the check run, and adds what one request has no room for. Says how many annotations it got, and what kept the
/// others from it.
pub(super) fn put(
    client: &mut Client,
    repository: &Repository,
    check: &Check<'_>,
) -> Result<(usize, Option<Trouble>), Trouble> {
    let mut parts = check.annotations.shown.chunks(REQUEST);
    let output = |annotations| Output {
        title: check.title,
        summary: check.summary,
        annotations,
    };
    let first = parts.next().unwrap_or_default();
    let create = Create {
        name: check.name,
        head_sha: check.commit.as_str(),
        status: "completed",
        conclusion: check.conclusion,
        details_url: check.page,
        output: output(first),
    };
    let all = client
        .base
        .join(&format!("/repos/{}/check-runs", repository.as_str()));
    // Two of one name on one commit are one to GitHub: the later.
    let created: Created = client.post(&all, &create, Again::Yes)?;
    let one = format!("{all}/{}", created.id);
    let mut shown = first.len();
    for part in parts {
        let added: Result<IgnoredAny, Trouble> = client.patch(
            &one,
            &Add {
                output: output(part),
            },
        );
        match added {
            Ok(_) => shown += part.len(),
            Err(trouble) => return Ok((shown, Some(trouble))),
        }
    }
    Ok((shown, None))
}
