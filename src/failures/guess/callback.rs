//! A callback that has no clause for what it is given, in module after module: who calls it has changed.

use super::{Guess, Kind};
use crate::failures::view::View;

/// Callbacks of OTP, Phoenix and GenStage. Every process gets messages of many kinds by them, so only those without a
/// clause for the same message are alike.
const COMMON: &[&str] = &[
    "handle_async/3",
    "handle_batch/4",
    "handle_call/3",
    "handle_cast/2",
    "handle_continue/2",
    "handle_demand/2",
    "handle_event/2",
    "handle_event/3",
    "handle_event/4",
    "handle_events/3",
    "handle_in/3",
    "handle_info/2",
    "handle_message/3",
    "handle_out/3",
    "handle_params/3",
];

pub(super) fn of(v: &View) -> Option<Guess> {
    let inner = match v.exception.as_str() {
        "FunctionClauseError" => v.clone(),
        _ => v
            .inner()
            .filter(|inner| inner.exception == "FunctionClauseError")?,
    };
    let found = re!(r"^no function clause matching in ([A-Z][\w.]*)\.(handle_\w+[?!]?)/(\d+)")
        .captures(&inner.flat)?;
    let part = |n| found.get(n).map(|part| part.as_str());
    let (module, name, arity) = (part(1)?, part(2)?, part(3)?);
    let callback = format!("{name}/{arity}");
    let message = message(&inner, name);
    let (key, what) = match (COMMON.contains(&callback.as_str()), message) {
        (true, Some(message)) => (
            format!("{callback} {message}"),
            format!("{callback} of {message}"),
        ),
        (true, None) => return None,
        // What takes one argument is hardly a callback, whatever its name.
        (false, _) if arity == "0" || arity == "1" => return None,
        (false, _) => (callback.clone(), callback),
    };
    Some(Guess {
        kind: Kind::Callback,
        key,
        what,
        module: module.to_owned(),
        foreign: None,
    })
}

/// What kind of message it was given: its tag, its struct, its name. The arguments are listed, or stand in the frame.
fn message(v: &View, name: &str) -> Option<String> {
    if let Some(listed) = v.find(re!(r"were given to \S+: # 1 (.*)")) {
        return tag(&listed);
    }
    let call = format!(".{name}(");
    let mut frames = v.stack.iter().chain(&v.inner_stack);
    let arguments = frames.find_map(|frame| frame.function.split_once(&call))?.1;
    tag(arguments)
}

/// `:refund`, `{:add`, `{Shop.Bus, :paid`, `"save"`, `%Shop.Paid{`; a broadcast with its event.
fn tag(term: &str) -> Option<String> {
    let broadcast = re!(r#"^(%Phoenix\.Socket\.Broadcast\{)[^{}]*\bevent: ("[^"]*")"#);
    if let Some(found) = broadcast.captures(term) {
        return Some(format!("{}event: {}}}", &found[1], &found[2]));
    }
    let tagged = re!(r#"^(\{[A-Z][\w.]*, :\w+[?!]?|\{?:\w+[?!]?|"[^"]*"|%[A-Z][\w.]*\{)"#);
    let found = tagged.captures(term)?.get(1)?.as_str();
    Some(match found.chars().next() {
        Some('{') => format!("{found}, …}}"),
        Some('%') => format!("{found}}}"),
        _ => found.to_owned(),
    })
}
