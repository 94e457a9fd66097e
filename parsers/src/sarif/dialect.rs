//! What the results of a tool mean: how severe they are, and what is to be shown of them.

use crate::credo::severity_of_priority;
use crate::defect::DefectKind;
use crate::evidence::{Finding, Severity};
use crate::sobelow::{family, split_type};

use super::result::{Grade, Raw};
use super::rules::{Level, Missing, Rule, Rules};
use super::said::Wrong;

/// Whose results they are.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Dialect {
    Credo,
    Sobelow,
    /// A tool that keeps to the standard.
    Other,
    /// The document does not say, so nothing can be said of severities.
    Nobody,
}

/// A severity, or why it is not known.
pub(super) type Graded = Result<Severity, Wrong>;

impl Dialect {
    /// That of a tool with this name.
    pub(super) fn of(driver: Option<&str>) -> Self {
        match driver {
            None => Self::Nobody,
            Some(name) if name.eq_ignore_ascii_case("credo") => Self::Credo,
            Some(name) if name.eq_ignore_ascii_case("sobelow") => Self::Sobelow,
            Some(_) => Self::Other,
        }
    }

    /// How severe results with this grade are.
    pub(super) fn severity(self, grade: &Grade, rules: &Rules) -> Graded {
        let missing = |what: String| Err((DefectKind::MissingField, what));
        match self {
            _ if grade.unsure => {
                missing("how severe a result is could not be read, so it is not known".into())
            }
            Self::Credo => credo(grade, rules),
            Self::Sobelow => sobelow(grade),
            Self::Other => other(grade, rules),
            Self::Nobody => {
                missing("whose results they are, and so how severe, is not known".into())
            }
        }
    }

    /// The finding of a result.
    pub(super) fn finding(self, raw: Raw, rules: &Rules, severity: Severity) -> Finding {
        let rule = rules.find(&raw.grade.rule).ok();
        let id = rule.and_then(|r| r.id.clone());
        let id = raw.grade.rule.id.clone().or(id);
        let mut finding = Finding {
            rule: id.unwrap_or_else(|| "unknown".into()),
            category: None,
            severity,
            confidence: None,
            message: raw.message.unwrap_or_default(),
            path: raw.path,
            line: raw.line,
            column: raw.column,
            end_column: raw.end_column,
            function: raw.function,
        };
        match self {
            Self::Credo => as_credo(&mut finding, rule),
            Self::Sobelow => as_sobelow(&mut finding, raw.grade.level),
            Self::Other | Self::Nobody => {}
        }
        finding
    }
}

/// Credo's rank is its priority and 11. The level follows from it, and is left out in the middle band.
fn credo(grade: &Grade, rules: &Rules) -> Graded {
    let of = name(grade);
    let Some(rank @ 1..=100) = grade.rank else {
        let message =
            format!("a result{of} has no rank from 1 to 100, so its priority is not known");
        return Err((DefectKind::Number, message));
    };
    let priority = rank.saturating_sub(11);
    let level = match priority {
        10.. => Some(Level::Error),
        0..=9 => None,
        _ => Some(Level::Note),
    };
    if level != grade.level {
        let message = format!("rank {rank} and level of a result{of} do not agree");
        return Err((DefectKind::Contradiction, message));
    }
    match rules.find(&grade.rule) {
        Err(missing) => Err(unlisted(grade, missing)),
        Ok(_) => Ok(severity_of_priority(priority)),
    }
}

/// Of Sobelow's confidence only `high` can be told from the others.
fn sobelow(grade: &Grade) -> Graded {
    match grade.level {
        Some(Level::Error) => Ok(Severity::High),
        Some(Level::Warning) if grade.vulnerable => Ok(Severity::High),
        Some(Level::Warning) => Ok(Severity::Medium),
        Some(Level::None | Level::Note) | None => {
            let message = format!("a result{} has no level of Sobelow's", name(grade));
            Err((DefectKind::UnknownValue, message))
        }
    }
}

/// `security-severity` of the result or its rule, else the level of the result or its rule, else `warning`.
fn other(grade: &Grade, rules: &Rules) -> Graded {
    if let Some(severity) = grade.security {
        return Ok(severity);
    }
    let rule = rules.find(&grade.rule);
    let decisive =
        |r: &Rule| r.security.is_some() || r.unsure || (grade.level.is_none() && r.level.is_some());
    let rule = match rule {
        Ok(rule) if rule.unsure => {
            let message = format!("how severe the rule{} is could not be read", name(grade));
            return Err((DefectKind::MissingField, message));
        }
        Ok(rule) => Some(rule),
        // What a rule would say may be missing.
        Err(missing) if rules.dropped || rules.any(decisive) => {
            return Err(unlisted(grade, missing));
        }
        Err(Missing::Contradiction) => return Err(unlisted(grade, Missing::Contradiction)),
        Err(Missing::Unnamed | Missing::Unlisted) => None,
    };
    let level = grade.level.or(rule.and_then(|r| r.level));
    let severity = rule.and_then(|r| r.security);
    Ok(severity.unwrap_or(level.unwrap_or(Level::Warning).severity()))
}

fn unlisted(grade: &Grade, missing: Missing) -> Wrong {
    let of = name(grade);
    match missing {
        Missing::Unnamed => {
            let message = format!("a result{of} names no rule that is listed");
            (DefectKind::MissingField, message)
        }
        Missing::Unlisted => {
            let message = format!("the rule of a result{of} is not listed");
            (DefectKind::MissingField, message)
        }
        Missing::Contradiction => {
            let message = format!("the place and the id of the rule of a result{of} do not agree");
            (DefectKind::Contradiction, message)
        }
    }
}

/// ` of EX1001`.
fn name(grade: &Grade) -> String {
    let id = grade.rule.id.as_ref();
    id.map(|id| format!(" of {}", crate::text::lossy(id.as_bytes(), 80)))
        .unwrap_or_default()
}

/// The id of two of Credo's checks, of which it lists only the first that it meets.
const SHARED_ID: &str = "EX5029";

/// As Credo's JSON has it: the check, not its id; a column only where its end is known.
fn as_credo(finding: &mut Finding, rule: Option<&Rule>) {
    let check = match finding.message.as_str() {
        m if finding.rule != SHARED_ID => rule
            .and_then(|r| r.name.as_deref())
            .filter(|_| !m.is_empty()),
        m if m.starts_with("Struct ") => Some("Credo.Check.Warning.StructFieldAmount"),
        _ => Some("Credo.Check.Warning.UnusedOperation"),
    };
    if let Some(check) = check {
        check.clone_into(&mut finding.rule);
    }
    finding.category = rule.and_then(|r| r.tag.clone());
    if finding.end_column.is_none() {
        finding.column = None;
    }
}

/// As Sobelow's JSON has it: the type in two, and no place where it would print line 0.
fn as_sobelow(finding: &mut Finding, level: Option<Level>) {
    let (rule, description) = split_type(&finding.message);
    let (rule, description) = (rule.to_owned(), description.to_owned());
    finding.category = Some(family(&rule).to_owned());
    let placeless = matches!(rule.as_str(), "Config.HTTPS" | "Config.HSTS");
    if (placeless || rule.starts_with("Vuln.")) && finding.line.is_some_and(|n| n.get() == 1) {
        (finding.line, finding.column) = (None, None);
    }
    (finding.rule, finding.message) = (rule, description);
    finding.end_column = None;
    finding.confidence = (level == Some(Level::Error)).then(|| "high".to_owned());
}
