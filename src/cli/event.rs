//! Events of GitHub Actions under which no command is run: their jobs hold the rights and secrets of the base
//! repository, while the code, or the words that started them, may be anybody's.

use std::ffi::OsStr;

use crate::error::Error;

const UNTRUSTED: [&str; 3] = ["pull_request_target", "workflow_run", "issue_comment"];

/// Whether what is checked out is the default branch's, whoever started the workflow.
pub(super) fn is_untrusted() -> bool {
    let event = std::env::var_os("GITHUB_EVENT_NAME");
    event.as_deref().and_then(untrusted).is_some()
}

/// Refuses to run a command under such an event, unless somebody said that it is meant.
pub(super) fn guard(allowed: bool) -> Result<(), Error> {
    let event = std::env::var_os("GITHUB_EVENT_NAME");
    match event.as_deref().and_then(untrusted) {
        Some(event) if !allowed => {
            let message = format!("run: no command is run in a workflow started by {event}");
            let hint = "run it under pull_request and judge what it recorded here with `gatekeeper check`; \
                        --allow-untrusted-event runs it all the same";
            Err(Error::usage(message, hint))
        }
        Some(_) | None => Ok(()),
    }
}

fn untrusted(event: &OsStr) -> Option<&'static str> {
    UNTRUSTED
        .into_iter()
        .find(|u| event.eq_ignore_ascii_case(u))
}
