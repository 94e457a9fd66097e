//! Publishing to GitHub: a comment on the pull request, and a check run with annotations on the commit. The only place
//! that uses the network, and only when it is asked to.
//!
//! What GitHub does not take changes nothing about the verdict: it is said, and the caller shows the report elsewhere.

use crate::emit::checks;
use crate::emit::{Style, emitter};
use crate::report::Report;

mod check;
mod client;
mod comment;
mod place;
mod pulls;
mod trouble;

pub use client::{Client, certificates};
pub use place::{Base, Commit, Repository};
pub use trouble::Trouble;

use check::Check;
use pulls::Pull;

/// What is to be published, and where.
pub struct Order<'a> {
    /// The report.
    pub report: &'a Report,
    /// The repository.
    pub repository: Repository,
    /// The commit that was judged.
    pub commit: Commit,
    /// The pull request; without it, those whose head is the commit.
    pub pull: Option<u64>,
    /// Name of the check run, and of the comment.
    pub name: String,
    /// Whether to comment.
    pub comment: bool,
    /// Whether to make a check run.
    pub check: bool,
    /// Address of the log.
    pub page: Option<String>,
}

/// What was published, and what was not.
#[derive(Debug, Default)]
pub struct Outcome {
    /// Each thing that is there now.
    pub done: Vec<String>,
    /// What there was no place for, which is no trouble.
    pub notes: Vec<String>,
    /// What should be there and is not.
    pub missed: Vec<Missed>,
    /// Whether the check run is there, or was not asked for.
    pub annotated: bool,
}

/// Something that is not published.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Missed {
    /// What it is, and why.
    pub what: String,
    /// What to do.
    pub hint: Option<&'static str>,
}

impl Missed {
    fn new(what: &str, why: &Trouble, right: &'static str) -> Self {
        let hint = match why {
            Trouble::Forbidden(_) | Trouble::NotFound => Some(right),
            _ => None,
        };
        Self {
            what: format!("{what}: {why}"),
            hint,
        }
    }
}

const COMMENTS: &str = "the job needs `permissions: pull-requests: write`, which a workflow that a fork's pull request \
     started never has; `gatekeeper init --ci github --workflow forks` writes one that has";
const CHECKS: &str = "the job needs `permissions: checks: write`, which a workflow that a fork's pull request started never \
     has; `gatekeeper init --ci github --workflow forks` writes one that has";

/// Publishes what is ordered.
#[must_use]
pub fn publish(client: &mut Client, order: &Order<'_>) -> Outcome {
    let mut outcome = Outcome::default();
    let text = markdown(order.report);
    let mut commit = order.commit.clone();
    if order.comment {
        match targets(client, order, &mut outcome) {
            Ok(pulls) => {
                // A merge made for testing is shown on no page.
                commit = pulls.first().and_then(Pull::head).unwrap_or(commit);
                comments(client, order, &pulls, &text, &mut outcome);
            }
            Err(why) => {
                let missed = Missed::new("no comment", &why, COMMENTS);
                outcome.missed.push(missed);
            }
        }
    }
    outcome.annotated = !order.check || check(client, order, &commit, &text, &mut outcome);
    outcome
}

/// The report as people read it on GitHub; within the limits of a comment and of a check run.
#[must_use]
pub fn markdown(report: &Report) -> String {
    let mut text = Vec::new();
    if let Some(markdown) = emitter("markdown") {
        // Memory takes it.
        let _ = (markdown.write)(report, Style::default(), &mut text);
    }
    String::from_utf8_lossy(&text).into_owned()
}

/// The pull requests to comment on.
fn targets(
    client: &mut Client,
    order: &Order<'_>,
    outcome: &mut Outcome,
) -> Result<Vec<Pull>, Trouble> {
    let Some(number) = order.pull else {
        let found = pulls::with_head(client, &order.repository, &order.commit)?;
        if found.is_empty() {
            outcome.notes.push(format!(
                "no comment: no open pull request of {} has {} as its head",
                order.repository.as_str(),
                order.commit.short()
            ));
        }
        return Ok(found);
    };
    let pull = pulls::numbered(client, &order.repository, number)?;
    match pull.is_not(&order.repository, &order.commit) {
        None => Ok(vec![pull]),
        Some(why) => {
            outcome.missed.push(Missed {
                what: format!("no comment on pull request {number}: {why}"),
                hint: Some("judge its head, and name that commit with --sha"),
            });
            Ok(Vec::new())
        }
    }
}

fn comments(
    client: &mut Client,
    order: &Order<'_>,
    pulls: &[Pull],
    text: &str,
    outcome: &mut Outcome,
) {
    if pulls.is_empty() {
        return;
    }
    let login = match comment::author(client) {
        Ok(login) => login,
        Err(why) => {
            let what = "no comment, for it is not known whose token it is";
            return outcome.missed.push(Missed::new(what, &why, COMMENTS));
        }
    };
    let mark = format!("<!-- gatekeeper: {} -->", order.name);
    let page = order.page.as_ref();
    let page = page
        .map(|page| format!(" ([log]({page}))"))
        .unwrap_or_default();
    let about = format!("For commit {}{page}.", order.commit.as_str());
    let body = format!("{mark}\n{text}\n{about}\n");
    for pull in pulls {
        let number = pull.number;
        match comment::put(client, &order.repository, number, &login, (&mark, &body)) {
            Ok(put) => {
                let word = put.word();
                let done = format!("comment on pull request {number}: {word}");
                outcome.done.push(done);
            }
            Err(why) => {
                let what = format!("no comment on pull request {number}");
                outcome.missed.push(Missed::new(&what, &why, COMMENTS));
            }
        }
    }
}

fn check(
    client: &mut Client,
    order: &Order<'_>,
    commit: &Commit,
    text: &str,
    outcome: &mut Outcome,
) -> bool {
    let annotations = checks::annotations(order.report);
    let more = annotations.more.as_ref();
    let summary = match more {
        Some(more) => format!("{text}\n{more}.\n"),
        None => text.to_owned(),
    };
    let check = Check {
        name: &order.name,
        commit,
        conclusion: checks::conclusion(order.report.verdict),
        page: order.page.as_deref(),
        title: &checks::title(order.report),
        summary: &summary,
        annotations: &annotations,
    };
    match check::put(client, &order.repository, &check) {
        Ok((shown, rest)) => {
            let all = annotations.shown.len();
            let (name, short) = (&order.name, commit.short());
            let done = format!("check run {name:?} on {short}: {shown} of {all} annotations");
            outcome.done.push(done);
            let rest = rest.map(|why| Missed::new("some annotations", &why, CHECKS));
            outcome.missed.extend(rest);
            true
        }
        Err(why) => {
            outcome
                .missed
                .push(Missed::new("no check run", &why, CHECKS));
            false
        }
    }
}
