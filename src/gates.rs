//! The gates: what is measured, what the limit is, and the ruling with its reason. Pure.
//!
//! Worst wins: `fail`, then `undecided`, then `pass`. A gate passes only on evidence that is there, complete, and about
//! something: each file below rules on one kind of evidence, and `evidence` on everything that no other gate sees.

use gatekeeper_parsers::{Completeness, DefectKind, Evidence, Tool};

use crate::report::{Report, Source};

mod coverage;
mod evidence;
mod findings;
mod parts;
mod shards;
mod table;
mod tests;
mod waivers;

pub use crate::policy::{Policy, Required, Weight};
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

    /// Whether `--require` may name it: it has evidence of its own.
    #[must_use]
    pub fn can_be_required(&self) -> bool {
        !self.tools.is_empty() && self.area() == self.id
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
    let grave = match &source.evidence {
        Evidence::Findings(f) => f.counts.high.saturating_add(f.counts.critical) > 0,
        Evidence::Nothing | Evidence::Tests(_) | Evidence::Coverage(_) => false,
    };
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
    match &source.evidence {
        Evidence::Coverage(coverage) => !coverage.totals.is_empty(),
        Evidence::Nothing | Evidence::Tests(_) | Evidence::Findings(_) => true,
    }
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

/// A judgement on what was measured, unless the evidence is not there or not proven: then a pass becomes undecided.
fn proven(gate: &Gate, report: &Report, measured: Judgement) -> Judgement {
    let all: Vec<&Source> = sources(gate, report).collect();
    if measured.ruling != Ruling::Fail && all.is_empty() {
        let area = GATES.iter().find(|g| g.id == gate.area()).unwrap_or(gate);
        let because = format!(
            "{} is required, but no source is about it",
            area.title.to_lowercase()
        );
        return Judgement {
            ruling: Ruling::Undecided,
            because,
            ..measured
        };
    }
    unproven(report, &all, measured)
}

/// What rests on a source that is not proven is not known, unless it is beyond the limit already.
fn unproven(report: &Report, of: &[&Source], measured: Judgement) -> Judgement {
    match of.iter().find(|s| !s.is_complete()) {
        Some(source) if measured.ruling != Ruling::Fail => Judgement {
            ruling: Ruling::Undecided,
            because: doubt(report, source),
            ..measured
        },
        Some(_) | None => measured,
    }
}

/// Why a source is not believed, in one sentence; with its name where there are several.
#[must_use]
pub fn doubt(report: &Report, source: &Source) -> String {
    // What was left out or noted explains less than what is missing or contradictory.
    let weak = |kind: DefectKind| match kind {
        DefectKind::Foreign
        | DefectKind::Limit
        | DefectKind::Encoding
        | DefectKind::UnknownValue => 2,
        DefectKind::NothingRan | DefectKind::NoEndMark => 1,
        _ => 0,
    };
    let grave = source.defects.iter().min_by_key(|d| weak(d.kind));
    let what = match grave {
        Some(defect) => match defect.at.line {
            Some(line) => format!("{} (line {line})", defect.message),
            None => defect.message.clone(),
        },
        None => completeness_word(source.completeness).to_owned(),
    };
    let alone = report.sources.iter().all(|s| s.label == source.label);
    if alone {
        what
    } else {
        format!("{}: {what}", source.label)
    }
}

fn completeness_word(completeness: Completeness) -> &'static str {
    match completeness {
        Completeness::Complete => "is complete",
        Completeness::Unproven => "does not prove that it was read to its end",
        Completeness::Partial => "is not complete",
        Completeness::Unreadable => "could not be read",
    }
}

/// `1 test`, `2 tests`.
fn count(n: u64, word: &str) -> String {
    format!("{n} {word}{}", if n == 1 { "" } else { "s" })
}
