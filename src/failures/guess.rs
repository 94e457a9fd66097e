//! Likenesses that prove little by themselves: several failures must agree, and even then one cause is only probable.
//!
//! The same callback that no module has a clause for, the same shape that came in place of another, the same new
//! message in mailboxes that wait for another one, the same date. They are looked at last, and join only what nothing
//! stronger holds together: a failure whose cause is known has no other.

mod callback;
mod date;
mod mailbox;
mod shape;

use std::collections::{BTreeMap, BTreeSet, HashMap};

use gatekeeper_parsers::evidence::Failure;

use super::Classified;
use super::cascade::Causes;
use super::group::Sets;
use super::key::Fact;
use super::view::View;

pub(super) use mailbox::awaited;

/// What failures have in common.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(super) enum Kind {
    /// A callback that no module has a clause for.
    Callback,
    /// A value of another shape than the expected one.
    Shape,
    /// A message that came in place of the awaited one.
    Message,
    /// A date that the test does not choose.
    Date,
}

impl Kind {
    /// Failures that must agree.
    fn quorum(self) -> usize {
        match self {
            Self::Callback | Self::Shape | Self::Message => 3,
            Self::Date => 2,
        }
    }

    /// Modules in which they must be. That one module has three of them may be its own fault.
    fn modules(self) -> usize {
        match self {
            Self::Callback | Self::Message => 2,
            Self::Shape | Self::Date => 1,
        }
    }
}

/// What one failure may have in common with others.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Guess {
    pub(super) kind: Kind,
    /// What must be equal.
    key: String,
    /// What it is, in words.
    pub(super) what: String,
    /// The module that it is about.
    module: String,
    /// A message that must not be awaited by anybody.
    foreign: Option<String>,
}

/// Everything that a failure may have in common with others.
pub(super) fn of(failure: &Failure, class: &Classified, v: &View, at: Option<&str>) -> Vec<Guess> {
    let mut all: Vec<Guess> = callback::of(v).into_iter().collect();
    all.extend(shape::of(failure, class, v, at));
    all.extend(mailbox::of(failure, v));
    all.extend(date::of(failure, class, v));
    all
}

/// Joins what is probably one, and says of each member why.
pub(super) fn join<'f>(
    facts: &'f [Fact],
    causes: &Causes<'_>,
    sets: &mut Sets,
) -> HashMap<usize, &'f Guess> {
    let mut sizes: HashMap<usize, usize> = HashMap::new();
    for at in 0..facts.len() {
        *sizes.entry(sets.root(at)).or_default() += 1;
    }
    let explained: BTreeSet<usize> = causes.keys().map(|at| sets.root(*at)).collect();
    let mut told = HashMap::new();
    for ((kind, _), alike) in alike(facts) {
        let mut inside: HashMap<usize, usize> = HashMap::new();
        for (at, _) in &alike {
            *inside.entry(sets.root(*at)).or_default() += 1;
        }
        // Of a set whose other members know nothing of this, no member is taken.
        let mut free = |at: usize| {
            let root = sets.root(at);
            !explained.contains(&root) && inside.get(&root) == sizes.get(&root)
        };
        let members: Vec<(usize, &Guess)> = alike.into_iter().filter(|(at, _)| free(*at)).collect();
        let modules: BTreeSet<&str> = members.iter().map(|(_, g)| g.module.as_str()).collect();
        let roots: BTreeSet<usize> = members.iter().map(|(at, _)| sets.root(*at)).collect();
        let enough = members.len() >= kind.quorum() && modules.len() >= kind.modules();
        if !enough || roots.len() < 2 {
            continue;
        }
        let indices: Vec<usize> = members.iter().map(|(at, _)| *at).collect();
        sets.join_all(&indices);
        if let Some(first) = indices.first() {
            sizes.insert(sets.root(*first), indices.len());
        }
        told.extend(members);
    }
    told
}

/// Failures with an equal key, by kind and key.
fn alike(facts: &[Fact]) -> BTreeMap<(Kind, &str), Vec<(usize, &Guess)>> {
    let awaited: BTreeSet<&str> = facts.iter().filter_map(|f| f.awaits.as_deref()).collect();
    let mut all: BTreeMap<(Kind, &str), Vec<(usize, &Guess)>> = BTreeMap::new();
    for (at, fact) in facts.iter().enumerate() {
        for guess in &fact.guesses {
            let foreign = guess.foreign.as_deref();
            if foreign.is_none_or(|message| !awaited.contains(message)) {
                let key = (guess.kind, guess.key.as_str());
                all.entry(key).or_default().push((at, guess));
            }
        }
    }
    all
}
