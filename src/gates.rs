//! The gates: what is measured, what the limit is, and the ruling with its reason. Pure.
//!
//! Worst wins: `fail`, then `undecided`, then `pass`. A gate passes only on evidence that is there, complete, and about
//! something: each file below rules on one kind of evidence, and `evidence` on everything that no other gate sees.

use gatekeeper_parsers::{DefectKind, Tool};

use crate::report::{Report, Source};

mod benchmark;
mod coverage;
mod docs;
mod evidence;
mod findings;
mod known;
mod parts;
mod patch;
mod proof;
mod shards;
mod table;
mod tally;
mod tests;
mod waivers;

pub use crate::policy::{Policy, Required, Weight};
pub use proof::doubt;
use proof::{proven, unproven};
pub use table::GATES;

use crate::policy::Origin;

/// What a gate says. Worst is `max`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Ruling {
    /// What was measured is within the limit, and proven.
    Pass,
    /// Not known.
    Undecided,
    /// What was measured is beyond the limit.
    Fail,
}

impl Ruling {
    /// The word on the wire.
    #[must_use]
    pub fn id(self) -> &'static str {
        match self {
            Self::Pass => "pass",
            Self::Undecided => "undecided",
            Self::Fail => "fail",
        }
    }
}

/// Tools that share a gate but look for different things: who requires one by its name is not served by another.
const DISTINCT: [Tool; 3] = [Tool::Sobelow, Tool::MixAudit, Tool::HexAudit];

/// One gate of the table. A row with a dot in its id judges a part of another gate's evidence; where the policy names
/// several such parts, each is judged alone, and its name follows the id: `coverage.layer:contexts`, `findings.credo`.
#[derive(Debug)]
pub struct Gate {
    /// Stable id.
    pub id: &'static str,
    /// A short title.
    pub title: &'static str,
    /// The default rule in a few words.
    pub rule: &'static str,
    /// What it means and what to do, in words.
    pub explanation: &'static str,
    /// Tools whose evidence it judges.
    pub tools: &'static [Tool],
    /// Other words that `--require` accepts for it.
    pub aliases: &'static [&'static str],
    judge: fn(&'static Gate, &Report, &Policy) -> Vec<Judged>,
}

impl PartialEq for Gate {
    fn eq(&self, other: &Self) -> bool {
        self.id == other.id
    }
}

impl Eq for Gate {}

impl Gate {
    /// The id of the gate whose evidence it judges: its own, or that before the dot.
    #[must_use]
    pub fn area(&self) -> &'static str {
        self.id.split_once('.').map_or(self.id, |(area, _)| area)
    }

    /// Whether `--require` may name it: it has evidence of its own, or measures that of another with a base.
    #[must_use]
    pub fn can_be_required(&self) -> bool {
        (!self.tools.is_empty() && self.area() == self.id) || self.id == patch::ID
    }
}

/// A ruling with its reason.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Judgement {
    /// The ruling.
    pub ruling: Ruling,
    /// Why, for a newcomer.
    pub because: String,
    /// What was measured.
    pub actual: String,
    /// The limit.
    pub limit: String,
}

/// A gate that was judged.
#[derive(Debug, Clone)]
pub struct Judged {
    /// The row of the table.
    pub gate: &'static Gate,
    /// Stable id: that of the row, or of the part of it.
    pub id: String,
    /// A short title.
    pub title: String,
    /// What it says.
    pub judgement: Judgement,
    /// Whether it counts for the verdict.
    pub severity: Weight,
    /// Where the limit comes from: `default`, `gatekeeper.toml:12`, `--require`.
    pub source: String,
}

impl Judged {
    fn new(gate: &'static Gate, judgement: Judgement, severity: Weight, from: &[&Origin]) -> Self {
        let mut places: Vec<String> = Vec::new();
        for place in from.iter().map(ToString::to_string) {
            if !places.contains(&place) {
                places.push(place);
            }
        }
        Self {
            gate,
            id: gate.id.to_owned(),
            title: gate.title.to_owned(),
            judgement,
            severity,
            source: places.join(", "),
        }
    }

    /// A part of the row with a name of its own.
    fn named(mut self, separator: char, name: &str) -> Self {
        self.id = format!("{}{separator}{name}", self.gate.id);
        self.title = format!("{}: {name}", self.gate.title);
        self
    }

    /// Whether the verdict depends on it.
    #[must_use]
    pub fn counts(&self) -> bool {
        self.severity == Weight::Fail
    }
}

/// The gate with this id or alias.
#[must_use]
pub fn gate(word: &str) -> Option<&'static Gate> {
    GATES
        .iter()
        .filter(|g| g.can_be_required())
        .find(|g| g.id == word || g.aliases.contains(&word))
}

/// What a word of `require` demands: a gate by its id or alias, or a tool.
#[must_use]
pub fn required(word: &str, origin: Origin) -> Option<Required> {
    let gate = gate(word)?;
    let tool = DISTINCT.into_iter().find(|t| t.id() == word);
    Some(Required { gate, tool, origin })
}

/// The tools that have findings: those that neither tests nor coverage come from.
pub fn finding_tools() -> impl Iterator<Item = Tool> + Clone {
    let other = |t: &Tool| {
        let mut gates = GATES
            .iter()
            .filter(|g| ["tests", "coverage"].contains(&g.id));
        gates.any(|g| g.tools.contains(t))
    };
    Tool::ALL.iter().copied().filter(move |t| !other(t))
}

/// Judges every gate that has evidence, is required, or has something to complain about.
#[must_use]
pub fn judge(report: &Report, policy: &Policy) -> Vec<Judged> {
    let mut all = Vec::new();
    for gate in GATES {
        let demand = policy.require.iter().find(|r| r.gate.id == gate.area());
        let evidence = sources(gate, report).any(|s| !s.is_complete() || says_something(s));
        // The rows without tools know themselves when to speak.
        if !gate.tools.is_empty() && !evidence && demand.is_none() {
            continue;
        }
        for mut judged in (gate.judge)(gate, report, policy) {
            judged.judgement = demanded(gate, report, policy, judged.judgement);
            // What is required must be there, whether its gate counts or not.
            if demand.is_some() && sources(gate, report).next().is_none() {
                judged.severity = Weight::Fail;
            }
            all.push(judged);
        }
    }
    all
}

/// The sources that a gate judges.
fn sources<'a>(gate: &'a Gate, report: &'a Report) -> impl Iterator<Item = &'a Source> {
    let security = gate.id == "security";
    report
        .sources_of(gate.tools)
        .filter(move |s| !security || speaks_of_security(s))
}

/// Hex before 2.5 does not look for vulnerabilities: that it found no retired package says nothing of security.
fn speaks_of_security(source: &Source) -> bool {
    let left_out = source.defects.iter().any(|d| d.kind == DefectKind::Skipped);
    let findings = source.evidence.findings();
    let grave = findings.is_some_and(|f| f.counts.high.saturating_add(f.counts.critical) > 0);
    source.tool != Some(Tool::HexAudit) || !source.is_complete() || !left_out || grave
}

/// A gate that is required by the name of a tool does not pass without that tool.
fn demanded(gate: &Gate, report: &Report, policy: &Policy, measured: Judgement) -> Judgement {
    let ours = policy.require.iter().filter(|r| r.gate.id == gate.area());
    let mut tools = ours.filter_map(|r| r.tool);
    let missing = tools.find(|t| report.sources_of(&[*t]).next().is_none());
    match missing {
        Some(tool) if measured.ruling == Ruling::Pass => Judgement {
            ruling: Ruling::Undecided,
            because: format!("{} is required, but no source is about it", tool.id()),
            ..measured
        },
        Some(_) | None => measured,
    }
}

/// A run whose coverage was exported, or switched off, is whole and says nothing of coverage.
fn says_something(source: &Source) -> bool {
    let coverage = source.evidence.coverage();
    coverage.is_none_or(|c| !c.totals.is_empty())
}

/// The ruling over all gates that count. None at all decides nothing: advice alone is no pass.
#[must_use]
pub fn verdict(gates: &[Judged]) -> Ruling {
    let rulings = gates
        .iter()
        .filter(|g| g.counts())
        .map(|g| g.judgement.ruling);
    rulings.max().unwrap_or(Ruling::Undecided)
}

/// `1 test`, `2 tests`.
fn count(n: u64, word: &str) -> String {
    format!("{n} {word}{}", if n == 1 { "" } else { "s" })
}
