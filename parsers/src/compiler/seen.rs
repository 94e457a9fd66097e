//! What was found so far, in bounded memory.

use std::collections::BTreeSet;
use std::hash::{DefaultHasher, Hash, Hasher};

use super::place;
use crate::defect::{Completeness, Defect, DefectKind, Parsed, Position};
use crate::evidence::{Evidence, Finding, Findings, Tool};
use crate::input::Limits;
use crate::stream::Part;

/// Places of damage that are told.
const CUTS: usize = 10;

/// Errors, warnings, and what is missing of them.
pub(super) struct Seen {
    findings: Findings,
    /// Digests of the warnings that are kept: those that are printed again are no others.
    warnings: BTreeSet<u64>,
    /// Files for which errors were read.
    logged: BTreeSet<String>,
    /// Warnings of dependencies.
    foreign: u64,
    cuts: Vec<(String, u64)>,
}

impl Default for Seen {
    fn default() -> Self {
        Self {
            findings: Findings::new(Tool::Compiler),
            warnings: BTreeSet::new(),
            logged: BTreeSet::new(),
            foreign: 0,
            cuts: Vec::new(),
        }
    }
}

impl Seen {
    pub(super) fn error(&mut self, finding: Finding, limits: &Limits) {
        self.findings.push(finding, limits.details);
    }

    pub(super) fn warning(&mut self, finding: Finding, limits: &Limits) {
        if place::is_of_dependency(&finding) {
            self.foreign = self.foreign.saturating_add(1);
            return;
        }
        let Finding {
            path,
            line,
            column,
            message,
            ..
        } = &finding;
        let mut hasher = DefaultHasher::new();
        (path, line, column, message).hash(&mut hasher);
        let digest = hasher.finish();
        if self.warnings.contains(&digest) {
            return;
        }
        if self.warnings.len() < limits.details {
            self.warnings.insert(digest);
        }
        self.findings.push(finding, limits.details);
    }

    /// Notes that an error of a file was read, so that the block that ends its compilation is no other.
    pub(super) fn log(&mut self, finding: &Finding, limits: &Limits) {
        if let Some(path) = &finding.path
            && self.logged.len() < limits.details
        {
            self.logged.insert(path.clone());
        }
    }

    pub(super) fn is_logged(&self, finding: &Finding) -> bool {
        let path = finding.path.as_ref();
        path.is_some_and(|p| self.logged.contains(p))
    }

    /// Notes damage; the first few are told.
    pub(super) fn cut(&mut self, message: &str, number: u64) {
        if self.cuts.len() < CUTS {
            self.cuts.push((message.to_owned(), number));
        }
    }

    /// The report; none where nothing of the project was found.
    pub(super) fn part(self) -> Option<Part> {
        if self.findings.total == 0 {
            return None;
        }
        let errors = self.findings.counts.high;
        let mut parsed = Parsed::complete(Evidence::Findings(self.findings));
        for (message, line) in self.cuts {
            let defect = Defect::new(DefectKind::Cut, message, Position::line(line));
            parsed.lower(Completeness::Partial, defect);
        }
        if errors == 0 {
            let message =
                "there are warnings, but nothing says that the compilation went on to its end";
            let at = Position::default();
            let defect = Defect::new(DefectKind::NoEndMark, message, at);
            parsed.lower(Completeness::Unproven, defect);
        }
        if self.foreign > 0 {
            let message = format!("warnings of dependencies, not counted: {}", self.foreign);
            let at = Position::default();
            parsed.note(Defect::new(DefectKind::Foreign, message, at));
        }
        Some(Part {
            format: "compiler-console",
            tool: Tool::Compiler,
            parsed,
        })
    }
}
