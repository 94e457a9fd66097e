//! The document: one run after the other, and what they say together.
//!
//! Credo's results belong to another gate than those of all other tools. So a document that holds both is not judged:
//! its findings are those of the others, and it is partial.

use crate::collect::Defects;
use crate::defect::{DefectKind, Parsed, Position};
use crate::evidence::{Evidence, Findings, Tool};
use crate::input::Limits;

use super::dialect::Dialect;
use super::run::Run;
use super::said::{Said, Value, Wrong};
use super::tree::{Field, LogField, ResultField, RuleField};
use super::walk::Sink;

/// Names of tools that are kept.
const DRIVERS: usize = 8;

/// A document that is being read.
pub(super) struct Log<'a> {
    limits: &'a Limits,
    defects: Defects,
    version: bool,
    runs: u64,
    run: Option<Run>,
    credo: Option<Findings>,
    others: Option<Findings>,
    drivers: Vec<String>,
}

impl<'a> Log<'a> {
    /// Nothing is read yet.
    pub(super) fn new(limits: &'a Limits) -> Self {
        Self {
            limits,
            defects: Defects::default(),
            version: false,
            runs: 0,
            run: None,
            credo: None,
            others: None,
            drivers: Vec::new(),
        }
    }

    /// Where it is being read.
    pub(super) fn position(&self) -> Position {
        let number = self.runs.saturating_sub(u64::from(self.run.is_some()));
        match &self.run {
            Some(run) => Position::path(format!("runs[{number}].results[{}]", run.count)),
            None => Position::path(format!("runs[{number}]")),
        }
    }

    /// Notes that the document is not to be relied on.
    pub(super) fn partial(&mut self, (kind, message): Wrong) {
        let at = self.position();
        self.defects.partial(kind, message, at);
    }

    fn set(&mut self, field: LogField, said: Said<'_>) -> Result<(), Wrong> {
        match field {
            LogField::Version => {
                self.version = true;
                let known = matches!(said.value, Value::Text(v) if v.starts_with("2.1.0"));
                if !known {
                    return Err(said.wrong(DefectKind::Unsupported, "2.1.0"));
                }
            }
            LogField::Runs if said.value != Value::List => {
                return Err(said.wrong(DefectKind::MissingField, "a list of runs"));
            }
            LogField::Runs => {}
            LogField::Run => {
                self.close_run();
                self.runs = self.runs.saturating_add(1);
                self.run = Some(Run::default());
                if said.value != Value::Object {
                    return Err(said.wrong(DefectKind::MissingField, "a run"));
                }
            }
            LogField::Inline => {
                let message = "properties that stand outside of their runs are not read";
                return Err((DefectKind::Unsupported, message.into()));
            }
        }
        Ok(())
    }

    fn close_run(&mut self) {
        let Some(run) = self.run.take() else {
            return;
        };
        let at = Position::path(format!("runs[{}]", self.runs.saturating_sub(1)));
        let (dialect, findings) = run.close(&mut self.defects, &at);
        if let Some(driver) = &findings.driver
            && self.drivers.len() < DRIVERS
            && !self.drivers.contains(driver)
        {
            self.drivers.push(driver.clone());
        }
        let slot = match dialect {
            Dialect::Credo => &mut self.credo,
            Dialect::Sobelow | Dialect::Other | Dialect::Nobody => &mut self.others,
        };
        match slot {
            Some(so_far) => merge(so_far, findings, self.limits),
            None => *slot = Some(findings),
        }
    }

    /// The document is over, or could not be read any further.
    pub(super) fn finish(mut self, whole: bool) -> Parsed<Evidence> {
        self.close_run();
        if self.runs == 0 {
            self.partial((DefectKind::NothingRan, "there is no run".into()));
        }
        if whole && !self.version {
            self.partial((DefectKind::MissingField, "`version` is missing".into()));
        }
        let findings = match (self.credo.take(), self.others.take()) {
            (None, None) => Findings::new(Tool::Sarif),
            (Some(findings), None) => findings,
            (None, Some(findings)) => self.named(findings),
            (Some(credo), Some(others)) => {
                let message =
                    "results of Credo and of other tools in one document: give each its own";
                self.partial((DefectKind::Unsupported, message.into()));
                let mut findings = self.named(others);
                findings.tool = Tool::Sarif;
                // Counted, but with no severity: they may not fail the gate of the others.
                findings.total = findings.total.saturating_add(credo.total);
                findings
            }
        };
        self.defects.finish(Evidence::Findings(findings))
    }

    /// Findings of one tool have its name; those of several have all their names.
    fn named(&self, mut findings: Findings) -> Findings {
        if self.drivers.len() > 1 {
            findings.tool = Tool::Sarif;
            findings.driver = Some(self.drivers.join(", "));
        }
        findings
    }
}

fn merge(so_far: &mut Findings, run: Findings, limits: &Limits) {
    so_far.counts.add_all(&run.counts);
    so_far.total = so_far.total.saturating_add(run.total);
    let room = limits.details.saturating_sub(so_far.list.len());
    so_far.list.extend(run.list.into_iter().take(room));
    let suppressed = [so_far.suppressed, run.suppressed];
    so_far.suppressed = suppressed.into_iter().flatten().reduce(u64::saturating_add);
    so_far.tool_version = so_far.tool_version.take().or(run.tool_version);
}

impl Sink for Log<'_> {
    fn value(&mut self, field: Field, said: Said<'_>) {
        let done = match (field, &mut self.run) {
            (Field::Log(field), _) => self.set(field, said),
            (Field::Run(field), Some(run)) => run.set(field, said),
            (Field::Rule(field), Some(run)) => run.rules.set(field, said, self.limits),
            (Field::Result(field), Some(run)) => run.set_result(field, said, self.limits),
            (Field::Run(_) | Field::Rule(_) | Field::Result(_), None) => Ok(()),
        };
        if let Err(wrong) = done {
            self.partial(wrong);
        }
    }

    fn leave(&mut self, field: Field) {
        let done = match (field, &mut self.run) {
            (Field::Log(LogField::Run), _) => {
                self.close_run();
                Ok(())
            }
            (Field::Run(field), Some(run)) => run.leave(field, self.limits),
            (Field::Rule(RuleField::Rule), Some(run)) => {
                run.rules.leave(self.limits);
                Ok(())
            }
            (Field::Result(ResultField::Result), Some(run)) => {
                run.close_result(self.limits);
                Ok(())
            }
            (Field::Log(_) | Field::Run(_) | Field::Rule(_) | Field::Result(_), _) => Ok(()),
        };
        if let Err(wrong) = done {
            self.partial(wrong);
        }
    }

    fn odd(&mut self, lowers: bool, (kind, message): Wrong) {
        let at = self.position();
        if lowers {
            self.defects.partial(kind, message, at);
        } else {
            self.defects.note(kind, message, at);
        }
    }
}
