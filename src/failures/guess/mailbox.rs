//! A message that nobody knows, in the mailboxes of tests that wait for another one: it may have been renamed.

use gatekeeper_parsers::evidence::Failure;

use super::{Guess, Kind};
use crate::failures::text::squeeze;
use crate::failures::view::View;

/// Messages of one mailbox that are looked at.
const MAX: usize = 20;

/// What a test waits for in vain: the head of its pattern.
pub(in crate::failures) fn awaited(v: &View) -> Option<String> {
    if !v.asserts(&["Assertion failed, no matching message"]) {
        return None;
    }
    let listed = v.mailbox.strip_prefix("pattern: ");
    // An empty mailbox has no pattern beside it.
    let code = squeeze(&v.code);
    let asserted = re!(r"^assert_received?(?: |\()(.*)").captures(&code);
    let asserted = asserted.as_ref().and_then(|found| found.get(1));
    let pattern = listed.or_else(|| Some(asserted?.as_str()))?;
    module_tag(pattern).or_else(|| plain_tag(pattern))
}

/// Chatter in the mailboxes of tests that wait for different things is no link: they must wait for the same.
pub(super) fn of(failure: &Failure, v: &View) -> Vec<Guess> {
    let (Some(module), Some(pattern)) = (&failure.module, awaited(v)) else {
        return Vec::new();
    };
    let mut found: Vec<String> = Vec::new();
    for value in v.mailbox.split(" value: ").skip(1).take(MAX) {
        found.extend(module_tag(value).filter(|tag| !found.contains(tag)));
    }
    let guess = |message: String| Guess {
        kind: Kind::Message,
        key: format!("{pattern} {message}"),
        what: format!("{message} instead of {pattern}"),
        module: module.to_string(),
        foreign: Some(message),
    };
    found.into_iter().map(guess).collect()
}

/// `{Shop.Bus, :paid, …}`, also with a process in between: `{Shop.Bus, pid, {:paid, …}}`.
fn module_tag(term: &str) -> Option<String> {
    let found = re!(r"^\{([A-Z][\w.]*), (?:(?:\^?[a-z_]\w*|#PID<[\d.]+>), )?\{?(:\w+[?!]?)[,}]")
        .captures(term)?;
    Some(format!("{{{}, {}, …}}", &found[1], &found[2]))
}

/// `{:paid, …}`, `:paid`, `%Shop.Paid{}`.
fn plain_tag(term: &str) -> Option<String> {
    let found =
        re!(r"^(?:\{(:\w+[?!]?)[,}]|(:\w+[?!]?)(?: |$)|(%[A-Z][\w.]*)\{)").captures(term)?;
    let part = |n| found.get(n).map(|part| part.as_str());
    part(1)
        .map(|tag| format!("{{{tag}, …}}"))
        .or_else(|| part(2).map(str::to_owned))
        .or_else(|| part(3).map(|name| format!("{name}{{}}")))
}
