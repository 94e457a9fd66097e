//! The rules of a run: those of its driver and those of its extensions, and what a result refers to.

use crate::defect::DefectKind;
use crate::evidence::Severity;
use crate::input::Limits;
use crate::text;

use super::said::{Said, Value, Wrong};
use super::tree::RuleField;

/// What a result or a rule says of how bad it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Level {
    None,
    Note,
    Warning,
    Error,
}

impl Level {
    /// The level in a field; `null` is none given.
    pub(super) fn new(said: Said<'_>) -> Result<Option<Self>, Wrong> {
        match said.value {
            Value::Null => Ok(None),
            Value::Text(word) => match word {
                "none" => Ok(Some(Self::None)),
                "note" => Ok(Some(Self::Note)),
                "warning" => Ok(Some(Self::Warning)),
                "error" => Ok(Some(Self::Error)),
                _ => Err(said.wrong(DefectKind::UnknownValue, "a level")),
            },
            _ => Err(said.wrong(DefectKind::UnknownValue, "a level")),
        }
    }

    /// The severity of a level.
    pub(super) fn severity(self) -> Severity {
        match self {
            Self::None => Severity::Info,
            Self::Note => Severity::Low,
            Self::Warning => Severity::Medium,
            Self::Error => Severity::High,
        }
    }
}

/// The severity of a `security-severity`: a number from 0 to 10, in a text or not.
pub(super) fn security(said: Said<'_>) -> Result<Option<Severity>, Wrong> {
    let tenths = match said.value {
        Value::Null => return Ok(None),
        Value::Text(text) => text::decimal(text.as_bytes(), 1),
        Value::Integer(n) => u64::try_from(n).ok().and_then(|n| n.checked_mul(10)),
        Value::Fraction(n) => text::decimal(n.to_string().as_bytes(), 1),
        Value::Flag(_) | Value::List | Value::Object => None,
    };
    match tenths {
        Some(90..=100) => Ok(Some(Severity::Critical)),
        Some(70..=89) => Ok(Some(Severity::High)),
        Some(40..=69) => Ok(Some(Severity::Medium)),
        Some(0..=39) => Ok(Some(Severity::Low)),
        _ => Err(said.wrong(DefectKind::Number, "a number from 0 to 10")),
    }
}

/// What a run says of one of its rules.
#[derive(Debug, Default, PartialEq, Eq)]
pub(super) struct Rule {
    pub(super) id: Option<String>,
    pub(super) name: Option<String>,
    pub(super) level: Option<Level>,
    pub(super) security: Option<Severity>,
    pub(super) tag: Option<String>,
    /// How bad it is could not be read.
    pub(super) unsure: bool,
}

/// How a result names its rule.
#[derive(Debug, Clone, Default, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct RuleRef {
    pub(super) id: Option<String>,
    pub(super) index: Option<usize>,
    /// The extension that has the rule; `None` is the driver.
    pub(super) extension: Option<usize>,
}

/// Why a rule was not found.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Missing {
    /// The result names none, or the tool lists none.
    Unnamed,
    /// It is not among those that are listed.
    Unlisted,
    /// Its place in the list and its id are of two rules.
    Contradiction,
}

/// The rules of a run.
#[derive(Debug, Default)]
pub(super) struct Rules {
    /// With the extension that each belongs to, and its place in the list of it.
    list: Vec<(Option<usize>, usize, Rule)>,
    /// The component that is being read, and how many rules of it there were.
    extension: Option<usize>,
    extensions: usize,
    count: usize,
    open: Rule,
    /// Some were not kept.
    pub(super) dropped: bool,
}

impl Rules {
    /// The rules of the driver follow.
    pub(super) fn driver(&mut self) {
        (self.extension, self.count) = (None, 0);
    }

    /// The rules of the next extension follow.
    pub(super) fn next_extension(&mut self) {
        (self.extension, self.count) = (Some(self.extensions), 0);
        self.extensions = self.extensions.saturating_add(1);
    }

    /// Whether it is an extension that is being read.
    pub(super) fn in_extension(&self) -> bool {
        self.extension.is_some()
    }

    /// A field of the rule that is being read.
    pub(super) fn set(
        &mut self,
        field: RuleField,
        said: Said<'_>,
        limits: &Limits,
    ) -> Result<(), Wrong> {
        let rule = &mut self.open;
        match field {
            RuleField::Rule => {
                *rule = Rule::default();
                if said.is_scalar() {
                    self.leave(limits);
                }
                if said.value != Value::Object {
                    return Err(said.wrong(DefectKind::MissingField, "a rule"));
                }
            }
            RuleField::Id => rule.id = said.owned()?,
            RuleField::Name => rule.name = said.owned()?,
            RuleField::Tag => rule.tag = said.owned()?,
            RuleField::Level => {
                rule.unsure = true;
                rule.level = Level::new(said)?;
                rule.unsure = false;
            }
            RuleField::Security => {
                rule.unsure = true;
                rule.security = security(said)?;
                rule.unsure = false;
            }
        }
        Ok(())
    }

    /// The rule that is being read is over.
    pub(super) fn leave(&mut self, limits: &Limits) {
        let rule = std::mem::take(&mut self.open);
        if self.list.len() < limits.details {
            self.list.push((self.extension, self.count, rule));
        } else {
            self.dropped = true;
        }
        self.count = self.count.saturating_add(1);
    }

    /// Whether there is a rule that `is` so.
    pub(super) fn any(&self, is: impl Fn(&Rule) -> bool) -> bool {
        self.list.iter().any(|(.., rule)| is(rule))
    }

    /// The rule that a result names.
    pub(super) fn find(&self, wanted: &RuleRef) -> Result<&Rule, Missing> {
        let at = wanted.index.and_then(|index| {
            let mut all = self.list.iter();
            all.find(|(extension, at, _)| (*extension, *at) == (wanted.extension, index))
        });
        let rule = match (at, &wanted.id) {
            (Some((.., rule)), Some(id)) if !is_id(rule, id) => {
                return Err(Missing::Contradiction);
            }
            (Some((.., rule)), _) => return Ok(rule),
            (None, _) if wanted.index.is_some() => return Err(Missing::Unlisted),
            (None, None) => return Err(Missing::Unnamed),
            (None, Some(id)) => self.list.iter().find(|(.., rule)| is_id(rule, id)),
        };
        let missing = if self.list.is_empty() {
            Missing::Unnamed
        } else {
            Missing::Unlisted
        };
        rule.map(|(.., rule)| rule).ok_or(missing)
    }
}

/// Whether an id names this rule: it may be longer by one level (`CA1000/1` of `CA1000`).
fn is_id(rule: &Rule, id: &str) -> bool {
    let Some(own) = &rule.id else { return false };
    own == id || id.rsplit_once('/').is_some_and(|(head, _)| head == own)
}
