//! One run of a tool: its results are counted by what their severity depends on, because the tool and its rules may
//! come after them; when the run is over, they are graded.

use std::collections::BTreeMap;

use crate::collect::Defects;
use crate::credo::CHECKOUT;
use crate::defect::{DefectKind, Position};
use crate::evidence::{Findings, Severity, Tool};
use crate::input::Limits;
use crate::text;

use super::dialect::Dialect;
use super::result::{Counts, Grade, Raw, path};
use super::rules::{Level, Rules};
use super::said::{Said, Value, Wrong};
use super::tree::{ResultField, RunField};

/// Bytes of a name or a version that are kept.
const NAME: usize = 80;

/// A run that is being read.
#[derive(Debug, Default)]
pub(super) struct Run {
    driver: Option<String>,
    version: Option<String>,
    semantic_version: Option<String>,
    pub(super) rules: Rules,
    result: Raw,
    /// Results so far.
    pub(super) count: u64,
    listed: bool,
    list: Vec<Raw>,
    grades: BTreeMap<Grade, u64>,
    ungraded: u64,
    suppressed: u64,
    artifacts: Vec<Option<String>>,
    artifact: Option<String>,
    old_tree: bool,
    overrides: bool,
    executed: bool,
    notification: (Option<Level>, Option<String>),
}

impl Run {
    /// A field of the run.
    pub(super) fn set(&mut self, field: RunField, said: Said<'_>) -> Result<(), Wrong> {
        match field {
            RunField::Results if said.value == Value::List => self.listed = true,
            RunField::Results => {
                return Err(said.wrong(DefectKind::NothingRan, "a list of results"));
            }
            RunField::ResultsElsewhere if said.value != Value::Null => {
                let message = "results of the run stand in other files, which are not read";
                return Err((DefectKind::Unsupported, message.into()));
            }
            RunField::ResultsElsewhere => {}
            RunField::BaseUri => {
                self.old_tree |= said.text()?.is_some_and(|uri| uri.contains(CHECKOUT));
            }
            RunField::Driver => self.rules.driver(),
            RunField::Extension => self.rules.next_extension(),
            RunField::Name | RunField::Version | RunField::SemanticVersion => {
                self.name(field, said)?;
            }
            RunField::Artifact => self.artifact = None,
            RunField::ArtifactUri => self.artifact = said.text()?.map(path),
            RunField::Override => self.overrides = true,
            RunField::Invocation
            | RunField::Executed
            | RunField::Signal
            | RunField::NotStarted
            | RunField::Notification
            | RunField::NotificationLevel
            | RunField::NotificationText => self.invocation(field, said)?,
        }
        Ok(())
    }

    fn name(&mut self, field: RunField, said: Said<'_>) -> Result<(), Wrong> {
        let name = said.text()?.map(|t| text::lossy(t.as_bytes(), NAME));
        let slot = match field {
            _ if self.rules.in_extension() => return Ok(()),
            RunField::Name => &mut self.driver,
            RunField::Version => &mut self.version,
            _ => &mut self.semantic_version,
        };
        *slot = name.filter(|name| !name.trim().is_empty());
        Ok(())
    }

    fn invocation(&mut self, field: RunField, said: Said<'_>) -> Result<(), Wrong> {
        let failed = |what: &str| Err((DefectKind::ToolError, what.to_owned()));
        match (field, said.value) {
            (RunField::Executed, Value::Flag(false)) => {
                self.executed = true;
                return failed("the tool says that its run was not successful");
            }
            (RunField::Executed, Value::Flag(true)) => self.executed = true,
            (RunField::Executed, _) => {
                return Err(said.wrong(DefectKind::MissingField, "true or false"));
            }
            (RunField::Signal, Value::Text(_)) => return failed("the tool was ended by a signal"),
            (RunField::NotStarted, Value::Text(_)) => return failed("the tool was not started"),
            (RunField::Invocation, _) => self.executed = false,
            (RunField::Notification, _) => self.notification = (None, None),
            (RunField::NotificationLevel, _) => self.notification.0 = Level::new(said)?,
            (RunField::NotificationText, _) => self.notification.1 = said.owned()?,
            _ => {}
        }
        Ok(())
    }

    /// An object of the run is over.
    pub(super) fn leave(&mut self, field: RunField, limits: &Limits) -> Result<(), Wrong> {
        match field {
            RunField::Artifact if self.artifacts.len() < limits.details => {
                self.artifacts.push(self.artifact.take());
            }
            RunField::Invocation if !self.executed => {
                let message = "`executionSuccessful` is missing";
                return Err((DefectKind::MissingField, message.into()));
            }
            RunField::Notification if self.notification.0 == Some(Level::Error) => {
                let said = self.notification.1.take().unwrap_or_default();
                let said = text::lossy(said.as_bytes(), 500);
                return Err((DefectKind::ToolError, format!("the tool says: {said}")));
            }
            _ => {}
        }
        Ok(())
    }

    /// A field of the result.
    pub(super) fn set_result(
        &mut self,
        field: ResultField,
        said: Said<'_>,
        limits: &Limits,
    ) -> Result<(), Wrong> {
        if field != ResultField::Result {
            return self.result.set(field, said);
        }
        self.result = Raw::new(self.list.len() < limits.details);
        let done = self.result.set(field, said);
        if said.is_scalar() {
            self.close_result(limits);
        }
        done
    }

    /// The result is over.
    pub(super) fn close_result(&mut self, limits: &Limits) {
        let mut raw = std::mem::take(&mut self.result);
        self.count = self.count.saturating_add(1);
        match raw.close() {
            Counts::No => return,
            Counts::Suppressed => {
                self.suppressed = self.suppressed.saturating_add(1);
                return;
            }
            Counts::Finding => {}
        }
        if let Some(n) = self.grades.get_mut(&raw.grade) {
            *n = n.saturating_add(1);
        } else if self.grades.len() < limits.details {
            self.grades.insert(raw.grade.clone(), 1);
        } else {
            self.ungraded = self.ungraded.saturating_add(1);
        }
        if raw.detailed {
            self.list.push(raw);
        }
    }

    /// The run is over: whose it is, and what it found. Of the tree that `credo diff` compares with, nothing counts.
    pub(super) fn close(mut self, defects: &mut Defects, at: &Position) -> (Dialect, Findings) {
        let dialect = Dialect::of(self.driver.as_deref());
        self.doubt(dialect, defects, at);
        let mut findings = Findings::new(match dialect {
            Dialect::Credo => Tool::Credo,
            Dialect::Sobelow => Tool::Sobelow,
            Dialect::Other | Dialect::Nobody => Tool::Sarif,
        });
        findings.driver = self.driver.take();
        findings.tool_version = self.version.take().or(self.semantic_version.take());
        findings.suppressed = (self.suppressed > 0).then_some(self.suppressed);
        if self.old_tree {
            return (dialect, findings);
        }
        findings.total = self.ungraded;
        let mut severities = BTreeMap::new();
        for (grade, n) in std::mem::take(&mut self.grades) {
            findings.total = findings.total.saturating_add(n);
            match self.grade(dialect, &grade) {
                Ok(severity) => {
                    findings.counts.add(severity, n);
                    severities.insert(grade, severity);
                }
                Err((kind, message)) => defects.partial(kind, message, at.clone()),
            }
        }
        for mut raw in std::mem::take(&mut self.list) {
            let file = raw.artifact.and_then(|n| self.artifacts.get(n));
            raw.path = raw.path.or_else(|| file.cloned().flatten());
            // Of what is not known it is said that it is a warning, as the standard does.
            let severity = severities
                .get(&raw.grade)
                .copied()
                .unwrap_or(Severity::Medium);
            findings
                .list
                .push(dialect.finding(raw, &self.rules, severity));
        }
        if dialect == Dialect::Sobelow && findings.counts.medium > 0 {
            let message = "SARIF does not tell Sobelow's medium confidence from its low one: both count as medium";
            defects.note(DefectKind::MissingField, message, at.clone());
        }
        (dialect, findings)
    }

    fn grade(&self, dialect: Dialect, grade: &Grade) -> Result<Severity, Wrong> {
        if self.overrides && grade.level.is_none() && grade.security.is_none() {
            let message =
                "levels of rules are changed by the run's configuration, which is not read";
            return Err((DefectKind::Unsupported, message.into()));
        }
        dialect.severity(grade, &self.rules)
    }

    /// What is missing or cannot be in a whole run.
    fn doubt(&self, dialect: Dialect, defects: &mut Defects, at: &Position) {
        let mut partial = |kind, message: &str| defects.partial(kind, message, at.clone());
        if !self.listed {
            partial(
                DefectKind::NothingRan,
                "there is no list of results: nothing ran",
            );
        }
        if self.driver.is_none() {
            partial(DefectKind::MissingField, "the tool has no name");
        }
        if self.old_tree {
            let message = "this is what `credo diff` prints of the old tree, which says nothing of the new one";
            partial(DefectKind::Unsupported, message);
        }
        if self.ungraded > 0 {
            partial(DefectKind::Limit, "there are too many different results");
        }
        let credos = |rule: &super::rules::Rule| {
            rule.name
                .as_ref()
                .is_some_and(|n| n.starts_with("Credo.Check."))
        };
        if dialect != Dialect::Credo && self.rules.any(credos) {
            partial(
                DefectKind::Contradiction,
                "the rules are Credo's, the name of the tool is not",
            );
        }
    }
}
