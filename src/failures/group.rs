//! Which failures are one: the same cause, and the first failure that shows it.
//!
//! Failures are put together where a key says so (`key`: the same words at the same place, the same missing table, port,
//! name, server), or where an event links them (`cascade`: a server that crashed and whose callers found nobody, a
//! sandbox connection whose owner is gone). Nothing is merged on a category alone, and nothing without a place: two
//! tests that get `killed` need not share a cause.
//!
//! The result does not depend on the order of the sources: failures are looked at in an order of their own.

use std::collections::HashMap;

use gatekeeper_parsers::evidence::{Failure, Logged};

use super::cascade;
use super::guess;
use super::key::{Fact, Key, Rule};
use super::phase::Phase;
use super::sentence;
use super::{Category, Classified};

/// Failures that must agree before a key that proves little by itself puts them together.
const QUORUM: usize = 3;

/// A failure, as grouping sees it.
#[derive(Debug, Clone, Copy)]
pub struct Member<'a> {
    /// What failed.
    pub failure: &'a Failure,
    /// What kind of failure it is.
    pub class: &'a Classified,
    /// Index of its source.
    pub source: usize,
    /// Its place among the failures of its source.
    pub position: usize,
}

/// How sure it is that the members of a group share one cause.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Confidence {
    /// Linked by a process, a name, a file or an event.
    High,
    /// The same words or the same missing thing.
    Medium,
    /// Likely, no more.
    Low,
}

impl Confidence {
    /// The word on the wire.
    #[must_use]
    pub fn id(self) -> &'static str {
        match self {
            Self::High => "high",
            Self::Medium => "medium",
            Self::Low => "low",
        }
    }
}

/// Failures with one cause.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Group {
    /// What they are.
    pub category: &'static Category,
    /// A heading: the category's, with the module or the kind of code where that is meant.
    pub title: String,
    /// The cause in a sentence, with its place. May contain the test's own data.
    pub cause: String,
    /// Indices into the failures that were given; the first is the first that shows the cause.
    pub members: Vec<usize>,
    /// Advice on the cause.
    pub hint: Option<String>,
    /// How sure it is that they are one.
    pub confidence: Confidence,
}

/// Puts failures with one cause together. Larger groups come first, what keeps tests from running before everything.
/// `logged` are the events of each source, by its index.
#[must_use]
pub fn group(failures: &[Member<'_>], logged: &[(usize, &Logged)]) -> Vec<Group> {
    let order = canonical(failures);
    let facts: Vec<Fact> = order.iter().map(|at| Fact::of(&failures[*at])).collect();
    let mut sets = Sets::new(facts.len());
    by_keys(&facts, &mut sets);
    let causes = cascade::link(&facts, logged, &mut sets);
    let guesses = guess::join(&facts, &causes, &mut sets);
    let mut groups: Vec<(usize, Group)> = sets
        .classes()
        .into_iter()
        .map(|members| {
            let cause = members.iter().find_map(|m| causes.get(m).cloned());
            let first = members.first().copied().unwrap_or_default();
            let guess = members.iter().find_map(|m| guesses.get(m).copied());
            let why = sentence::Why {
                event: cause,
                guess,
            };
            let group = sentence::describe(&facts, &members, why, failures, &order);
            (first, group)
        })
        .collect();
    groups.sort_by_key(|(first, group)| {
        (
            rank(&facts[*first]),
            usize::MAX - group.members.len(),
            *first,
        )
    });
    groups.into_iter().map(|(_, group)| group).collect()
}

/// What keeps tests from running at all comes first.
fn rank(fact: &Fact) -> u8 {
    match fact.phase {
        Phase::Compile | Phase::Boot => 0,
        Phase::SetupAll => 1,
        Phase::Setup | Phase::Test | Phase::OnExit => 2,
    }
}

/// The order in which the failures were reported, each source by itself; of equal ones the name decides.
fn canonical(failures: &[Member<'_>]) -> Vec<usize> {
    let mut order: Vec<usize> = (0..failures.len()).collect();
    order.sort_by_cached_key(|at| {
        let f = failures[*at].failure;
        (
            failures[*at].position,
            f.app.clone(),
            f.file.clone(),
            f.line,
            f.module.clone(),
            f.name.clone(),
            failures[*at].source,
        )
    });
    order
}

fn by_keys(facts: &[Fact], sets: &mut Sets) {
    let mut strong: HashMap<&Key, usize> = HashMap::new();
    let mut weak: HashMap<&Key, Vec<usize>> = HashMap::new();
    for (at, fact) in facts.iter().enumerate() {
        for key in &fact.keys {
            sets.join(*strong.entry(key).or_insert(at), at);
        }
        if let Some(key) = &fact.weak {
            weak.entry(key).or_default().push(at);
        }
    }
    for members in weak.values().filter(|members| members.len() >= QUORUM) {
        sets.join_all(members);
    }
    // A listener that does not say its port is on the only one that is named.
    let ports = facts
        .iter()
        .enumerate()
        .filter(|(_, f)| f.rule == Rule::Port);
    let (named, unnamed): (Vec<_>, Vec<_>) = ports.partition(|(_, f)| f.subject.is_some());
    let same = named.windows(2).all(|w| w[0].1.subject == w[1].1.subject);
    if same {
        let all: Vec<usize> = named.iter().chain(&unnamed).map(|(at, _)| *at).collect();
        sets.join_all(&all);
    }
    many_relations(facts, sets);
}

/// Three tables or columns that are missing are a schema that is not migrated.
fn many_relations(facts: &[Fact], sets: &mut Sets) {
    let missing: Vec<(usize, &str)> = facts
        .iter()
        .enumerate()
        .filter(|(_, f)| f.rule == Rule::Schema)
        .filter_map(|(at, f)| Some((at, f.subject.as_deref()?)))
        .collect();
    let mut names: Vec<&str> = missing.iter().map(|(_, name)| *name).collect();
    names.sort_unstable();
    names.dedup();
    if names.len() >= QUORUM {
        sets.join_all(&missing.iter().map(|(at, _)| *at).collect::<Vec<_>>());
    }
}

/// Disjoint sets of failures; the smallest index stands for its set.
#[derive(Debug)]
pub(super) struct Sets {
    parent: Vec<usize>,
}

impl Sets {
    fn new(n: usize) -> Self {
        Self {
            parent: (0..n).collect(),
        }
    }

    /// The failure that stands for the set of this one.
    pub(super) fn root(&mut self, mut at: usize) -> usize {
        while self.parent[at] != at {
            self.parent[at] = self.parent[self.parent[at]];
            at = self.parent[at];
        }
        at
    }

    /// Makes two sets one.
    pub(super) fn join(&mut self, a: usize, b: usize) {
        let (a, b) = (self.root(a), self.root(b));
        self.parent[a.max(b)] = a.min(b);
    }

    /// Makes the sets of all these one.
    pub(super) fn join_all(&mut self, members: &[usize]) {
        for pair in members.windows(2) {
            self.join(pair[0], pair[1]);
        }
    }

    /// The sets, each in order, by their first.
    fn classes(&mut self) -> Vec<Vec<usize>> {
        let mut all: Vec<Vec<usize>> = vec![Vec::new(); self.parent.len()];
        for at in 0..self.parent.len() {
            let root = self.root(at);
            all[root].push(at);
        }
        all.retain(|members| !members.is_empty());
        all
    }
}
