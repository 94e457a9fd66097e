//! The text: a block of labelled lines for each vulnerability, and a last line.
//!
//! ```text
//! Name: plug
//! Version: 1.3.0
//! Lockfile: /home/ci/shop/mix.lock
//! URL: https://github.com/advisories/GHSA-9h73-w7ch-rh73
//! Title: Header Injection
//! Severity: moderate
//! Vulnerable versions: >= 1.3.0, < 1.3.5, < 1.0.6
//! First patched versions: 1.3.5, 1.0.6
//!
//! Vulnerabilities found!
//! ```
//! Versions 0.1 and 1 have `CVE:` and `Patched versions:`, and no severity before 2.0.1. A block is one from its third
//! line on: names and versions are printed by many. `No vulnerabilities found.` is the whole of a clean report.

use super::block::{Block, Step, label};
use super::notes::Notes;
use crate::advisory;
use crate::collect::Defects;
use crate::defect::{Completeness, DefectKind, Position};
use crate::evidence::{Evidence, Findings, Tool};
use crate::input::{Limits, Line};
use crate::stream::{Part, Section};

pub(super) const CLEAN: &[u8] = b"No vulnerabilities found.";
pub(super) const FOUND: &[u8] = b"Vulnerabilities found!";

/// The reader of mix_audit's text, and of what `git` says beside it.
pub(super) fn open() -> Box<dyn Section> {
    Box::new(Human {
        findings: Findings::new(Tool::MixAudit),
        defects: Defects::default(),
        notes: Notes::default(),
        start: Start::Nothing,
        block: None,
        clean: false,
        found: None,
        document: false,
        ended: false,
    })
}

struct Human {
    findings: Findings,
    defects: Defects,
    notes: Notes,
    start: Start,
    block: Option<Block>,
    /// Whether the line of a clean report was seen.
    clean: bool,
    /// Line of the end mark.
    found: Option<u64>,
    /// Whether a JSON report was read beside it.
    document: bool,
    /// Whether a stream ended since the last line.
    ended: bool,
}

/// The first lines of a block, which others print, too.
enum Start {
    Nothing,
    Name(String),
    Version(String, String),
}

impl Section for Human {
    fn line(&mut self, line: &Line<'_>, limits: &Limits) -> bool {
        if std::mem::take(&mut self.ended) {
            self.cut(limits);
        }
        if let Some(block) = &mut self.block {
            match block.line(line.text, limits.text) {
                Step::More => return true,
                Step::Last => {
                    self.close(limits);
                    return true;
                }
                Step::Foreign => self.cut(limits),
            }
        }
        if line.text == CLEAN {
            self.clean = true;
            return true;
        }
        if line.text == FOUND {
            self.found = Some(line.number);
            return true;
        }
        self.begin(line) || self.notes.line(line)
    }

    fn end_of_stream(&mut self) {
        self.start = Start::Nothing;
        self.ended = true;
    }

    fn document(&mut self, tool: Tool) {
        self.document |= tool == Tool::MixAudit;
    }

    fn is_open(&self) -> bool {
        self.block.is_some() && !self.ended
    }

    fn finish(mut self: Box<Self>, limits: &Limits) -> Vec<Part> {
        self.cut(limits);
        let seen = self.clean || self.found.is_some() || self.findings.total > 0;
        let notes = std::mem::take(&mut self.notes).finish(seen || self.document);
        let report = seen.then(|| self.report());
        report.into_iter().chain(notes).collect()
    }
}

impl Human {
    /// Watches for the first lines of a block, and claims the one that makes sure.
    fn begin(&mut self, line: &Line<'_>) -> bool {
        let text = line.text;
        let start = std::mem::replace(&mut self.start, Start::Nothing);
        match (text.first(), start) {
            (Some(b'L'), Start::Version(name, version)) if label(text, b"Lockfile:").is_some() => {
                self.block = Some(Block::new(name, version, line.number));
                return true;
            }
            (Some(b'V'), Start::Name(name)) => {
                if let Some(version) = label(text, b"Version:") {
                    self.start = Start::Version(name, version);
                }
            }
            (Some(b'N'), _) => {
                if let Some(name) = label(text, b"Name:") {
                    self.start = Start::Name(name);
                }
            }
            _ => {}
        }
        false
    }

    /// Ends a vulnerability whose last line did not come.
    fn cut(&mut self, limits: &Limits) {
        if let Some(block) = &self.block {
            let message = "a vulnerability that is not told to its end";
            let at = Position::line(block.number);
            self.defects.partial(DefectKind::Cut, message, at);
            self.close(limits);
        }
    }

    fn close(&mut self, limits: &Limits) {
        let Some(block) = self.block.take() else {
            return;
        };
        let at = Position::line(block.number);
        let advisory = block.finish();
        if advisory.id.is_none() {
            let message = "an advisory without an id";
            self.defects.note(DefectKind::MissingField, message, at);
        } else if advisory::severity(advisory.severity.as_deref()).is_none() {
            let message = "a severity that is not known; it counts as high";
            self.defects.note(DefectKind::UnknownValue, message, at);
        }
        self.findings.push(advisory.finding(), limits.details);
    }

    /// The report, with what its lines say of each other.
    fn report(mut self: Box<Self>) -> Part {
        let listed = self.findings.total;
        let nowhere = Position::default();
        match (self.found, self.clean) {
            (None, true) if listed == 0 => {}
            (_, true) => {
                let message = "vulnerabilities, and the line of a report without any";
                self.defects
                    .partial(DefectKind::Contradiction, message, nowhere);
            }
            (None, false) => {
                let message = "its last line, `Vulnerabilities found!`, is missing";
                self.defects.partial(DefectKind::Cut, message, nowhere);
            }
            (Some(line), false) if listed == 0 => {
                let message = "vulnerabilities were found, but none is listed";
                let at = Position::line(line);
                self.defects.partial(DefectKind::CountMismatch, message, at);
            }
            (Some(_), false) => {}
        }
        if self.found.is_some() {
            self.findings.total = listed.max(1);
        }
        let message = "mix_audit does not say how many dependencies and advisories it looked at";
        self.defects.lower(
            Completeness::Unproven,
            DefectKind::NoEndMark,
            message,
            Position::default(),
        );
        Part {
            format: "mix_audit-human",
            tool: Tool::MixAudit,
            parsed: self.defects.finish(Evidence::Findings(self.findings)),
        }
    }
}
