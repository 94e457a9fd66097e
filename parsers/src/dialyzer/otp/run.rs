//! One run of Erlang's `dialyzer`, from its first line to its end mark, and what all of them say.

use super::super::form::Form;
use super::super::warning::{Warning, Whole};
use crate::collect::Defects;
use crate::defect::{Completeness, DefectKind, Position};
use crate::evidence::{Evidence, Finding, Findings, Tool};
use crate::input::Limits;
use crate::stream::Part;

/// A run that is not over.
pub(super) struct Run {
    /// Line of its first mark.
    first: u64,
    /// Line of the start of the analysis.
    analysis: Option<u64>,
    /// The analysis took its time.
    elapsed: bool,
    /// Warnings with a place.
    rows: u64,
    /// Unknown functions and types. They are warnings only where the run ends with warnings.
    unknown: Findings,
    /// The list that is being printed.
    pub(super) list: Option<(&'static str, bool)>,
    /// The warning that is being read.
    pub(super) warning: Option<Box<Warning>>,
}

impl Run {
    pub(super) fn new(first: u64) -> Self {
        Self {
            first,
            analysis: None,
            elapsed: false,
            rows: 0,
            unknown: Findings::new(Tool::Dialyzer),
            list: None,
            warning: None,
        }
    }

    /// Whether the analysis started.
    pub(super) fn is_analysing(&self) -> bool {
        self.analysis.is_some()
    }

    /// The analysis starts: what was listed before was about a PLT.
    pub(super) fn analyse(&mut self, line: u64, elapsed: bool) {
        self.analysis = Some(line);
        self.elapsed = elapsed;
        self.unknown = Findings::new(Tool::Dialyzer);
    }

    pub(super) fn elapsed(&mut self) {
        self.elapsed = true;
    }

    pub(super) fn unknown(&mut self, finding: Finding, max_details: usize) {
        self.unknown.push(finding, max_details);
    }
}

/// What all runs of a source say.
pub(super) struct Told {
    findings: Findings,
    defects: Defects,
    /// Analyses that ended.
    ended: u64,
    /// Runs that failed, or that have no end.
    lost: u64,
    /// Runs that analysed nothing.
    idle: u64,
    pub(super) warned: u64,
    /// Terms were printed.
    pub(super) raw: bool,
}

impl Default for Told {
    fn default() -> Self {
        Self {
            findings: Findings::new(Tool::Dialyzer),
            defects: Defects::default(),
            ended: 0,
            lost: 0,
            idle: 0,
            warned: 0,
            raw: false,
        }
    }
}

impl Told {
    /// Closes the warning that is being read.
    pub(super) fn warning(&mut self, run: &mut Run, limits: &Limits) {
        let Some(warning) = run.warning.take() else {
            return;
        };
        let Whole {
            form,
            finding,
            closed,
            known,
            number,
        } = warning.finish(limits.text);
        self.raw |= form == Form::Term;
        if form == Form::Term && !(closed && known) {
            let at = Position::line(number);
            self.defects
                .partial(DefectKind::Syntax, "this term cannot be read", at);
        }
        run.rows = run.rows.saturating_add(1);
        self.findings.push(finding, limits.details);
    }

    /// The run fails, with these words.
    pub(super) fn failed(&mut self, run: Run, message: &str, line: u64, limits: &Limits) {
        let message = format!("Dialyzer failed: {message}");
        let at = Position::line(line);
        self.defects.partial(DefectKind::ToolError, message, at);
        self.lost = self.lost.saturating_add(1);
        self.absorb(run.unknown, limits);
    }

    /// The run ends with its mark.
    pub(super) fn end(&mut self, run: Run, warned: bool, line: u64, limits: &Limits) {
        let at = Position::line(line);
        let unknown = run.unknown.total;
        let found = run.rows.saturating_add(unknown);
        if run.is_analysing() && !run.elapsed {
            let message = "the analysis ended, but how long it took is missing";
            self.defects.partial(DefectKind::Cut, message, at.clone());
        }
        if warned {
            self.warned(run, found, at, limits);
            return;
        }
        if run.rows > 0 {
            let message = "`done (passed successfully)` stands after warnings";
            self.defects
                .partial(DefectKind::Contradiction, message, at.clone());
        }
        if !run.is_analysing() {
            self.idle = self.idle.saturating_add(1);
            let message = "a PLT was checked or built, but nothing was analysed";
            self.defects.partial(DefectKind::NothingRan, message, at);
            return;
        }
        self.ended = self.ended.saturating_add(1);
        if unknown > 0 {
            let message =
                format!("{unknown} unknown functions or types are no warnings without `-Wunknown`");
            self.defects.note(DefectKind::Skipped, message, at);
        }
    }

    fn warned(&mut self, run: Run, found: u64, at: Position, limits: &Limits) {
        self.warned = self.warned.saturating_add(1);
        self.ended = self.ended.saturating_add(1);
        self.absorb(run.unknown, limits);
        if found == 0 {
            // One at least: no number is declared.
            self.findings.total = self.findings.total.saturating_add(1);
            let message = "warnings were emitted, but none of them is here";
            self.defects.partial(DefectKind::CountMismatch, message, at);
            return;
        }
        let message = "there is no total: only the exit code can tell that no warning is missing";
        self.defects
            .lower(Completeness::Unproven, DefectKind::NoEndMark, message, at);
    }

    /// The run has no end.
    pub(super) fn lost(&mut self, run: Run, limits: &Limits) {
        self.lost = self.lost.saturating_add(1);
        let message = match run.analysis {
            Some(_) => "the analysis started, but its end is missing",
            None => "the run started, but its end is missing",
        };
        let at = Position::line(run.analysis.unwrap_or(run.first));
        self.defects.partial(DefectKind::Cut, message, at);
        self.absorb(run.unknown, limits);
    }

    fn absorb(&mut self, unknown: Findings, limits: &Limits) {
        let more = unknown.total;
        let before = self.findings.total;
        for finding in unknown.list {
            self.findings.push(finding, limits.details);
        }
        self.findings.total = before.saturating_add(more);
    }

    /// The last line of the stream has no end.
    pub(super) fn cut(&mut self, line: u64) {
        let at = Position::line(line);
        self.defects
            .partial(DefectKind::Cut, "the last line has no end", at);
    }

    /// Warnings went to a file.
    pub(super) fn elsewhere(&mut self, line: u64) {
        let message = "the warnings are in another file, which has to be read, too";
        self.defects
            .note(DefectKind::Skipped, message, Position::line(line));
    }

    /// The report; none where no run was seen.
    pub(super) fn part(self) -> Option<Part> {
        if self.ended == 0 && self.lost == 0 && self.idle == 0 {
            return None;
        }
        let evidence = self.ended > 0 || self.findings.total > 0;
        let mut parsed = self.defects.finish(Evidence::Nothing);
        if evidence {
            parsed.value = Evidence::Findings(self.findings);
        } else if self.lost > 0 {
            parsed.completeness = Completeness::Unreadable;
        }
        Some(Part {
            format: match self.raw {
                true => super::super::OTP_RAW.id,
                false => super::super::OTP_TEXT.id,
            },
            tool: Tool::Dialyzer,
            parsed,
        })
    }
}
