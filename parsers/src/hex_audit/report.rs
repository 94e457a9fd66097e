//! What the lines of one run of `mix hex.audit` add up to.

use super::grammar::{Entry, Generation, Kind};
use crate::advisory::{self, Advisory, WORD};
use crate::collect::Defects;
use crate::defect::{Completeness, DefectKind, Position};
use crate::evidence::{Evidence, Findings, Severity, Tool};
use crate::input::{Limits, Line};
use crate::stream::Part;
use crate::text::lossy;

/// Reasons for which a package is retired.
const REASONS: [&str; 5] = ["other", "invalid", "security", "deprecated", "renamed"];

pub(super) struct Report {
    findings: Findings,
    defects: Defects,
    /// Registry records that could not be fetched: of no meaning without a report.
    stale: Defects,
    /// The advisory whose details are being read.
    advisory: Option<Open>,
    retired: Seen,
    advisories: Seen,
    clean: Option<Generation>,
    /// Whether there was the table of Hex 2.4 or before.
    table: bool,
}

/// An advisory, and whether it is accepted.
struct Open {
    advisory: Advisory,
    accepted: bool,
    details: usize,
}

/// What was seen of one kind of finding.
#[derive(Default)]
struct Seen {
    listed: bool,
    /// Line that says that there are some.
    found: Option<u64>,
}

impl Report {
    pub(super) fn new() -> Self {
        Self {
            findings: Findings::new(Tool::HexAudit),
            defects: Defects::default(),
            stale: Defects::default(),
            advisory: None,
            retired: Seen::default(),
            advisories: Seen::default(),
            clean: None,
            table: false,
        }
    }

    /// Whether anything makes sure that it is a report.
    pub(super) fn is_seen(&self) -> bool {
        self.clean.is_some()
            || self.findings.total > 0
            || self.findings.suppressed.is_some()
            || self.advisory.is_some()
            || self.retired.found.is_some()
            || self.advisories.found.is_some()
    }

    pub(super) fn clean(&mut self, generation: Generation) {
        // The older word says less.
        let older = self.clean == Some(Generation::Retirement);
        self.clean = Some(if older {
            Generation::Retirement
        } else {
            generation
        });
    }

    pub(super) fn found(&mut self, kind: Kind, line: u64) {
        match kind {
            Kind::Row | Kind::Retired { .. } => self.retired.found = Some(line),
            Kind::Advisory { .. } => self.advisories.found = Some(line),
        }
    }

    pub(super) fn stale(&mut self, line: &Line<'_>) {
        let message = format!("what was looked at may be old: {}", lossy(line.text, 300));
        let at = Position::line(line.number);
        self.stale.partial(DefectKind::Skipped, message, at);
    }

    pub(super) fn entry(&mut self, kind: Kind, entry: Entry, line: u64, limits: &Limits) {
        self.close();
        match kind {
            Kind::Row => {
                self.table = true;
                self.retired(entry, false, line, limits);
            }
            Kind::Retired { accepted } => self.retired(entry, accepted, line, limits),
            Kind::Advisory { accepted } => {
                if advisory::severity(entry.more.as_deref()).is_none() {
                    let message = "a severity that is not known; it counts as high";
                    let at = Position::line(line);
                    self.defects.note(DefectKind::UnknownValue, message, at);
                }
                self.advisory = Some(Open {
                    advisory: Advisory {
                        id: Some(entry.what),
                        package: Some(entry.package),
                        version: Some(entry.version),
                        severity: entry.more,
                        ..Advisory::default()
                    },
                    accepted,
                    details: limits.details,
                });
            }
        }
    }

    fn retired(&mut self, entry: Entry, accepted: bool, line: u64, limits: &Limits) {
        if accepted {
            return self.suppress();
        }
        self.retired.listed = true;
        let reason = entry.what;
        if !REASONS.contains(&reason.as_str()) {
            let message = "a reason for a retirement that is not known";
            let at = Position::line(line);
            self.defects.note(DefectKind::UnknownValue, message, at);
        }
        let severity = match reason.as_str() {
            "security" => Severity::High,
            _ => Severity::Medium,
        };
        let why = entry.more.map(|m| format!(": {m}")).unwrap_or_default();
        let message = format!(
            "{} {} is retired ({reason}){why}",
            entry.package, entry.version
        );
        let finding = advisory::finding("retired".into(), reason, severity, message);
        self.findings.push(finding, limits.details);
    }

    fn suppress(&mut self) {
        let n = self.findings.suppressed.unwrap_or_default();
        self.findings.suppressed = Some(n.saturating_add(1));
    }

    /// A further line of an entry: of an advisory its other ids, its summary and its address.
    pub(super) fn detail(&mut self, line: &[u8], limits: &Limits) -> bool {
        let Some(text) = line.strip_prefix(b"    ") else {
            return false;
        };
        let Some(open) = &mut self.advisory else {
            // `    Policy: …` below an accepted retirement.
            return text.starts_with(b"Policy: ");
        };
        if let Some(aliases) = text.strip_prefix(b"aka: ") {
            open.advisory.aliases = Some(lossy(aliases, WORD));
        } else if !(text.starts_with(b"https://") || text.starts_with(b"Policy: ")) {
            let title = open.advisory.title.get_or_insert_with(String::new);
            if title.is_empty() {
                *title = lossy(text, limits.text);
            }
        }
        true
    }

    /// No further line belongs to the advisory that is being read.
    pub(super) fn close(&mut self) {
        let Some(open) = self.advisory.take() else {
            return;
        };
        if open.accepted {
            return self.suppress();
        }
        self.advisories.listed = true;
        self.findings.push(open.advisory.finding(), open.details);
    }

    /// The report, if there is one.
    pub(super) fn finish(mut self) -> Option<Part> {
        self.close();
        if !self.is_seen() {
            return None;
        }
        self.agree();
        if self.table || self.clean == Some(Generation::Retirement) {
            let message =
                "Hex before 2.5 knows retired packages only: vulnerabilities were not looked for";
            let nowhere = Position::default();
            self.defects.note(DefectKind::Skipped, message, nowhere);
        }
        let message = "Hex does not say how many packages it looked at";
        let nowhere = Position::default();
        let unproven = Completeness::Unproven;
        self.defects
            .lower(unproven, DefectKind::NoEndMark, message, nowhere);
        let mut parsed = self.defects.finish(Evidence::Findings(self.findings));
        let stale = self.stale.finish(());
        parsed.completeness = parsed.completeness.max(stale.completeness);
        parsed.defects.extend(stale.defects);
        Some(Part {
            format: "hex_audit-console",
            tool: Tool::HexAudit,
            parsed,
        })
    }

    /// Whether what is listed and what is said of it agree.
    fn agree(&mut self) {
        let seen = [
            (&self.retired, "retired packages"),
            (&self.advisories, "advisories"),
        ];
        for (seen, what) in seen {
            if let Some(line) = seen.found.filter(|_| !seen.listed) {
                let message = format!("{what} were found, but none is listed");
                let at = Position::line(line);
                self.defects.partial(DefectKind::CountMismatch, message, at);
                self.findings.total = self.findings.total.saturating_add(1);
            }
        }
        let something = self.findings.total > 0 || self.findings.suppressed.is_some();
        if self.clean.is_some() && something {
            let message = "there are findings, and the line of a report without any";
            let nowhere = Position::default();
            self.defects
                .partial(DefectKind::Contradiction, message, nowhere);
        }
    }
}
