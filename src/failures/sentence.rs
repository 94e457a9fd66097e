//! A group in words: heading, cause with its place, advice.

use std::collections::BTreeSet;

use gatekeeper_parsers::evidence::{Logged, LoggedKind};

use super::Category;
use super::group::{Confidence, Group, Member};
use super::guess::{Guess, Kind};
use super::key::{Fact, Rule};
use super::phase::Phase;
use super::text::one_line;

/// Longest cause, in characters.
const MAX: usize = 240;

/// Advice where test after test of a module has no connection.
const LOST: &str = "The owner of the shared connection ended in or just before the first of them, or the module never \
                    checks one out (`use` its DataCase)";

/// Why failures are one, beside what they say themselves.
#[derive(Debug, Clone, Copy)]
pub(super) struct Why<'a> {
    /// What was logged.
    pub(super) event: Option<&'a Logged>,
    /// What they have in common, which proves little.
    pub(super) guess: Option<&'a Guess>,
}

/// Describes the failures `members` (indices of facts), of which the first shows the cause.
pub(super) fn describe(
    facts: &[Fact],
    members: &[usize],
    why: Why<'_>,
    failures: &[Member<'_>],
    order: &[usize],
) -> Group {
    let event = why.event;
    let all: Vec<&Fact> = members.iter().map(|m| &facts[*m]).collect();
    // An assertion or a plain exception at the head of a group says less than what the others miss.
    let main = all.iter().min_by_key(|fact| fact.rule).copied();
    let main = main.unwrap_or(&facts[members[0]]);
    let at = all
        .iter()
        .position(|fact| fact.rule == main.rule)
        .unwrap_or_default();
    let class = failures[order[members[at]]].class;
    Group {
        category: main.category,
        title: title(main),
        cause: match why.guess {
            Some(guess) => one_line(&probably(guess, &all), MAX),
            None => one_line(&sentence(main, &all, event), MAX),
        },
        members: members.iter().map(|m| order[*m]).collect(),
        hint: match event {
            Some(event) => advice(event, class.hint.as_ref()),
            None if main.rule == Rule::Sandbox && all.len() > 1 => Some(LOST.to_owned()),
            None => class.hint.clone(),
        },
        confidence: match why.guess {
            Some(_) => Confidence::Low,
            None => confidence(main, all.len(), event),
        },
    }
}

fn confidence(main: &Fact, n: usize, event: Option<&Logged>) -> Confidence {
    let linked = matches!(main.rule, Rule::Compile | Rule::Database | Rule::SetupAll);
    match (main.rule, n) {
        _ if linked || event.is_some() || n == 1 => Confidence::High,
        (Rule::Sandbox | Rule::Mock | Rule::Network | Rule::Value, _) => Confidence::Low,
        _ => Confidence::Medium,
    }
}

fn title(main: &Fact) -> String {
    let named = |category: &Category, module: &str| {
        format!("{} in {}", category.title, one_line(module, MAX))
    };
    match (main.rule, main.subject.as_deref(), main.module.as_deref()) {
        (Rule::Compile, Some(file), _) => compiled(file).to_owned(),
        (_, _, Some(module)) if main.phase == Phase::SetupAll => named(main.category, module),
        _ => main.category.title.to_owned(),
    }
}

/// Whose code does not compile, by its path.
fn compiled(file: &str) -> &'static str {
    let file = file.replace('\\', "/");
    let under = |folder: &str| {
        file.starts_with(&format!("{folder}/")) || file.contains(&format!("/{folder}/"))
    };
    if under("deps") {
        "A dependency does not compile"
    } else if file.ends_with("_test.exs") {
        "Test file does not compile"
    } else if file.ends_with("test_helper.exs") || under("test") {
        "Test support does not compile"
    } else if under("config") || file.ends_with("mix.exs") {
        "Configuration does not compile"
    } else {
        "Application code does not compile"
    }
}

fn sentence(main: &Fact, all: &[&Fact], event: Option<&Logged>) -> String {
    let n = all.len();
    let at = all.iter().find_map(|fact| fact.place.as_deref());
    let at = at.map(|at| format!(" at {at}")).unwrap_or_default();
    if let Some(event) = event {
        return logged(event, n);
    }
    let subject = main.subject.as_deref();
    match (main.rule, subject) {
        (Rule::Compile, Some(_)) => {
            format!(
                "{} does not compile: {}",
                main.place.as_deref().unwrap_or_default(),
                main.cause
            )
        }
        (Rule::Table, Some(table)) if all[0].probed.is_some() => {
            format!(
                "ETS table {table} is gone, noticed first{at}: {}",
                all[0].cause
            )
        }
        (Rule::Table, Some(table)) => format!("ETS table {table} does not exist, first missed{at}"),
        (Rule::Port, Some(port)) => format!("Port {port} is taken, first needed{at}"),
        (Rule::Crashed, Some(server)) if all.iter().any(|f| f.rule == Rule::NotRunning) => {
            let later = n.saturating_sub(1);
            format!(
                "{server} crashed{at}: {}; {later} later found it gone",
                main.cause
            )
        }
        (Rule::NotRunning, Some(server)) => format!("{server} is not running, first called{at}"),
        (Rule::NotStarted, Some(name)) => format!("{name} is not started, first needed{at}"),
        (Rule::Pool, _) if n > 1 => {
            format!("No free database connection, first{at}: {}", main.cause)
        }
        (Rule::Sandbox, _) if n > 1 => {
            let module = main.module.as_deref().unwrap_or("A module");
            format!(
                "{module} has no database connection, first missed{at}: {}",
                main.cause
            )
        }
        (Rule::Value, Some(value)) if n > 1 => {
            format!("Probably one cause: {n} calls answered {value}, first{at}")
        }
        (Rule::SetupAll, _) => {
            format!(
                "setup_all of {} failed{at}: {}",
                main.module.as_deref().unwrap_or("a module"),
                main.cause
            )
        }
        _ => format!("{}{at}", main.cause),
    }
}

/// What is only likely, and why.
fn probably(guess: &Guess, all: &[&Fact]) -> String {
    let (n, what) = (all.len(), &guess.what);
    let modules: BTreeSet<&str> = all.iter().filter_map(|f| f.module.as_deref()).collect();
    let place = all.iter().find_map(|fact| fact.place.as_deref());
    let at = place
        .map(|at| format!(", first at {at}"))
        .unwrap_or_default();
    let said = match guess.kind {
        Kind::Callback => format!("no module accepts {what} ({n} failures){at}"),
        Kind::Shape => format!("{n} failures got {what}{at}"),
        Kind::Message => format!("{n} tests of {} modules got {what}{at}", modules.len()),
        Kind::Date => format!("{n} failures depend on the date ({what}){at}"),
    };
    format!("Probably one cause: {said}")
}

/// An event of the log as the cause of `n` failures.
fn logged(event: &Logged, n: usize) -> String {
    let what = match &event.exception {
        Some(exception) => format!("{exception}: {}", event.message),
        None => event.message.clone(),
    };
    match event.kind {
        LoggedKind::NoConnection => format!("The database accepts no connection (logged): {what}"),
        LoggedKind::Terminated => {
            let own = event.stack.iter().find(|f| !is_erlang(f.file.as_deref()));
            let at = own.and_then(|f| Some(format!(" at {}:{}", f.file.as_deref()?, f.line?)));
            let times = match event.times {
                1 => String::new(),
                times => format!(" {times} times"),
            };
            format!(
                "{} crashed{times}{} (logged): {}; {n} failure{} found it gone",
                event.who,
                at.unwrap_or_default(),
                what.trim_end_matches(" in:").trim_end_matches(':'),
                if n == 1 { "" } else { "s" },
            )
        }
    }
}

fn is_erlang(file: Option<&str>) -> bool {
    file.is_none_or(|file| file.ends_with(".erl"))
}

/// A crash is mended where it happened; a database that does not answer has its own advice.
fn advice(event: &Logged, own: Option<&String>) -> Option<String> {
    match event.kind {
        LoggedKind::NoConnection => own.cloned(),
        LoggedKind::Terminated => Some(format!(
            "{} crashed before its callers: fix that crash first",
            one_line(&event.who, 100)
        )),
    }
}
