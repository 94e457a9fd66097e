//! Failures that follow from another failure, or from something that was logged: one cause, many victims.
//!
//! A link needs more than time: the name of the server, the table, the module and its order. What only happened in the
//! same run stays apart.

use std::collections::HashMap;

use gatekeeper_parsers::evidence::{ErrorKind, Failure, Logged, LoggedKind, TestError};

use super::group::Sets;
use super::key::{Fact, Rule, telling};
use super::phase::Phase;
use super::subject::is_queue;
use super::view::View;
use super::{Classified, category};

/// A supervisor allows three restarts in five seconds by default; with the next crash it gives up.
const RESTARTS: u64 = 4;

/// What only a database that answers can say.
const ANSWERS: &[&str] = &[
    "db-lock",
    "db-schema",
    "db-constraint",
    "ecto-no-results",
    "ecto-stale",
    "db-query",
];

/// Failures in a row before a lost connection of a whole module is believed.
const ROW: usize = 4;

/// An event that is the cause of a group: found by the index of any of its members.
pub(super) type Causes<'a> = HashMap<usize, &'a Logged>;

/// A failure with its classification, which may change when the whole run is known.
#[derive(Debug)]
pub struct Unsettled<'a> {
    /// What failed.
    pub failure: &'a Failure,
    /// What kind of failure it is, as far as it tells by itself.
    pub class: &'a mut Classified,
    /// Its place among the failures of its source.
    pub position: usize,
}

/// Settles what only the log of the run can tell: a test that waited for a connection in vain says the same whether the
/// pool is busy or the database is not there. `failures` and `logged` are those of one source, in order.
pub fn settle(failures: &mut [Unsettled<'_>], logged: &[Logged]) {
    refuse(failures, logged);
    withhold(failures);
}

fn refuse(failures: &mut [Unsettled<'_>], logged: &[Logged]) {
    let Some(unreachable) = category("db-unreachable") else {
        return;
    };
    let answers = |one: &Unsettled<'_>| ANSWERS.contains(&one.class.category.id);
    let answered = failures.iter().any(answers);
    for event in logged.iter().filter(|e| e.kind == LoggedKind::NoConnection) {
        let said = TestError {
            kind: ErrorKind::Error,
            exception: event.exception.clone(),
            message: event.message.clone(),
            ..TestError::default()
        };
        let said = View::new(&Failure::default(), &said);
        if !(unreachable.matches)(&said) {
            continue;
        }
        // A database that was not there at the start, and never answered, explains all of them; one that a test tried,
        // that test only, and those that fail alike right after it.
        let from_the_start = event.before == 0 && !answered;
        let mut next = event.before;
        for one in failures
            .iter_mut()
            .filter(|one| one.position >= event.before)
        {
            if waits(one) && (from_the_start || one.position == next) {
                next = one.position.saturating_add(1);
                one.class.category = unreachable;
                one.class.hint = (unreachable.hint)(&said);
                one.class.tags.clear();
            }
        }
    }
}

/// Advice that the rest of the run makes doubtful is not given: one test that waited for a connection says nothing about
/// the pool, and who has none after an owner left is its victim.
fn withhold(failures: &mut [Unsettled<'_>]) {
    let alone = failures.len() == 1;
    let is_unreachable = |one: &&Unsettled<'_>| one.class.category.id == "db-unreachable";
    let unreachable = failures.iter().filter(is_unreachable).count();
    let mut left = false;
    for one in failures {
        let id = one.class.category.id;
        left |= id == "sandbox-owner-exited";
        let victim = left && id == "sandbox-ownership";
        let own = unreachable == 1 && id == "db-unreachable" && has_own_repo(one.failure);
        if (alone && id == "db-pool-timeout") || victim || own {
            one.class.hint = None;
        }
    }
}

/// Whether the failing line of a test starts or configures a repository of its own.
fn has_own_repo(failure: &Failure) -> bool {
    let own = re!(
        r"\b(?:start_link|start_supervised!?|put_dynamic_repo)\(|\b(?:hostname|port|url|database):"
    );
    let mut code = failure.errors.iter().filter_map(|e| e.code.as_deref());
    code.any(|code| own.is_match(code))
}

fn waits(one: &Unsettled<'_>) -> bool {
    one.class.category.id == "db-pool-timeout"
        && telling(one.failure, one.class)
            .is_some_and(|error| is_queue(&View::new(one.failure, error)))
}

/// Joins what events and order link.
pub(super) fn link<'a>(
    facts: &[Fact],
    logged: &[(usize, &'a Logged)],
    sets: &mut Sets,
) -> Causes<'a> {
    absent(facts, sets);
    probes(facts, sets);
    called(facts, sets);
    rows(facts, sets);
    let mut causes = Causes::new();
    for (source, event) in logged {
        match event.kind {
            LoggedKind::Terminated => crashed(facts, *source, event, sets, &mut causes),
            LoggedKind::NoConnection => refused(facts, *source, event, &mut causes),
        }
    }
    causes
}

/// A file that wants a module whose own file does not compile: by Elixir's convention `Shop.Cart` is in `shop/cart.ex`.
fn absent(facts: &[Fact], sets: &mut Sets) {
    let compile = || {
        facts
            .iter()
            .enumerate()
            .filter(|(_, f)| f.rule == Rule::Compile)
    };
    for (at, fact) in compile() {
        let Some(module) = &fact.absent else { continue };
        let wanted = format!("/{}.ex", underscore(module));
        let defines = |f: &Fact| {
            let file = f.subject.as_deref().unwrap_or_default();
            format!("/{file}").ends_with(&wanted) && f.subject != fact.subject
        };
        if let Some((cause, _)) = compile().find(|(_, f)| defines(f)) {
            sets.join(cause, at);
        }
    }
}

/// `Shop.HTTPCart` as `shop/http_cart`.
fn underscore(module: &str) -> String {
    let mut out = String::new();
    let chars: Vec<char> = module.chars().collect();
    for (at, c) in chars.iter().enumerate() {
        let before = at.checked_sub(1).and_then(|b| chars.get(b));
        let starts = c.is_uppercase() && before.is_some_and(|b| *b != '.');
        let word = before.is_some_and(|b| !b.is_uppercase())
            || chars.get(at + 1).is_some_and(|next| next.is_lowercase());
        if starts && word {
            out.push('_');
        }
        match c {
            '.' => out.push('/'),
            c => out.extend(c.to_lowercase()),
        }
    }
    out
}

/// A server with a name that crashed while a test called it, and the calls that found nobody afterwards.
fn called(facts: &[Fact], sets: &mut Sets) {
    let mut crashes: HashMap<(usize, &str), usize> = HashMap::new();
    for (at, fact) in facts.iter().enumerate() {
        let Some(name) = fact.subject.as_deref().filter(|n| !n.starts_with("#PID")) else {
            continue;
        };
        let crash = crashes.get(&(fact.source, name)).copied();
        match crash {
            Some(crash) if fact.rule == Rule::NotRunning => sets.join(crash, at),
            None if fact.rule == Rule::Crashed => {
                crashes.insert((fact.source, name), at);
            }
            Some(_) | None => {}
        }
    }
}

/// An assertion that met a missing table, before the calls that miss it.
fn probes(facts: &[Fact], sets: &mut Sets) {
    let mut probes: HashMap<(usize, &str), usize> = HashMap::new();
    for (at, fact) in facts.iter().enumerate() {
        if let Some(table) = &fact.probed {
            probes.entry((fact.source, table)).or_insert(at);
        }
        if let (Rule::Table, Some(table)) = (fact.rule, &fact.subject)
            && let Some(probe) = probes.get(&(fact.source, table.as_str()))
            && facts[*probe].position < fact.position
        {
            sets.join(*probe, at);
        }
    }
}

/// Tests of one module that lose their connection one after the other: its owner is gone, or there never was one.
fn rows(facts: &[Fact], sets: &mut Sets) {
    let mut row: Vec<usize> = Vec::new();
    let mut by_source: Vec<usize> = (0..facts.len()).collect();
    by_source.sort_by_key(|at| (facts[*at].source, facts[*at].position));
    for at in by_source {
        let fact = &facts[at];
        let lost = fact.rule == Rule::Sandbox && matches!(fact.phase, Phase::Test | Phase::Setup);
        let follows = row.last().is_none_or(|last| {
            let last = &facts[*last];
            last.source == fact.source
                && last.position.saturating_add(1) == fact.position
                && last.module == fact.module
                && last.subject == fact.subject
        });
        if !lost || !follows {
            end(&mut row, sets);
        }
        if lost {
            row.push(at);
        }
    }
    end(&mut row, sets);
}

fn end(row: &mut Vec<usize>, sets: &mut Sets) {
    if row.len() >= ROW {
        sets.join_all(row);
    }
    row.clear();
}

/// A server that crashed, and the calls that found nobody afterwards. When it crashed more often than it is restarted,
/// its supervisor went too, and with it what its other children owned.
fn crashed<'a>(
    facts: &[Fact],
    source: usize,
    event: &'a Logged,
    sets: &mut Sets,
    causes: &mut Causes<'a>,
) {
    let after = |fact: &&(usize, &Fact)| fact.1.source == source && fact.1.position >= event.before;
    let later: Vec<(usize, &Fact)> = facts.iter().enumerate().collect();
    let later: Vec<(usize, &Fact)> = later.into_iter().filter(|f| after(&f)).collect();
    let calls = |fact: &Fact| {
        fact.rule == Rule::NotRunning && fact.subject.as_deref() == Some(event.who.as_str())
    };
    let mut victims: Vec<usize> = later
        .iter()
        .filter(|(_, f)| calls(f))
        .map(|(at, _)| *at)
        .collect();
    let Some(first) = victims.first().copied() else {
        return;
    };
    if event.times >= RESTARTS {
        let module = |at: usize| facts[at].module.as_deref();
        let modules: Vec<Option<&str>> = victims.iter().map(|at| module(*at)).collect();
        let owned =
            |fact: &Fact| matches!(fact.rule, Rule::Table | Rule::NotStarted | Rule::NotRunning);
        let also = later
            .iter()
            .filter(|(at, f)| owned(f) && modules.contains(&module(*at)));
        victims.extend(also.map(|(at, _)| *at));
    }
    sets.join_all(&victims);
    causes.entry(first).or_insert(event);
}

/// A database that answers nobody, where the failures only say that they waited.
fn refused<'a>(facts: &[Fact], source: usize, event: &'a Logged, causes: &mut Causes<'a>) {
    let waits = |fact: &Fact| fact.rule == Rule::Database && fact.source == source;
    if let Some(at) = facts
        .iter()
        .position(|f| waits(f) && f.position >= event.before)
    {
        causes.entry(at).or_insert(event);
    }
}
