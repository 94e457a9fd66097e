//! What the lines of a suite prove.
//!
//! A summary alone proves nothing: a test can print one. The numbers must agree with everything else that the run
//! printed, and none of these checks can fail for a run that printed only the truth.

use std::collections::BTreeMap;

use crate::defect::{Completeness, Defect, DefectKind, Parsed, Position};
use crate::evidence::Counts;

use super::seen::{Seen, Summed};
use super::summary::Form;

/// What a suite comes to.
#[derive(Debug, Default)]
pub(super) struct Judged {
    pub counts: Counts,
    pub by_type: BTreeMap<String, u64>,
    pub duration_us: Option<u64>,
    pub seed: Option<u64>,
}

impl Seen {
    /// What it comes to, with everything that speaks against it.
    pub(super) fn judge(&self) -> Parsed<Judged> {
        let mut out = Parsed::complete(Judged::default());
        self.whole(&mut out);
        match &self.summary {
            Some(summed) => self.summed(summed, &mut out),
            None => self.unsummed(&mut out),
        }
        self.notes(&mut out);
        out
    }

    /// Without a summary, only the failures that were printed are known.
    fn unsummed(&self, out: &mut Parsed<Judged>) {
        out.value.seed = self.header.map(|h| h.seed);
        out.value.counts.failed = self.blocks;
        out.value.counts.invalid = self.setup_all.saturating_add(self.raised_blocks);
    }

    /// Whether there is one summary, and whether the run came to its end.
    fn whole(&self, out: &mut Parsed<Judged>) {
        let mut lower = |kind, message: String, line| {
            let defect = Defect::new(kind, message, Position::line(line));
            out.lower(Completeness::Partial, defect);
        };
        if let Some(line) = self.stray.filter(|_| self.summaries == 1) {
            let message = "a second summary stands inside the suite, as a test may print it";
            lower(DefectKind::Contradiction, message.into(), line);
        }
        if self.summaries > 1 {
            let message = format!("one suite, {} summaries", self.summaries);
            lower(DefectKind::Contradiction, message, self.line());
        } else if let Some(line) = self.resumed {
            let message = "the run goes on after its summary";
            lower(DefectKind::Contradiction, message.into(), line);
        }
        if let Some((number, line)) = self.excerpt {
            let message = format!("an excerpt: its list of failures begins with number {number}");
            lower(DefectKind::Cut, message, line);
        }
        if let Some(line) = self.aborted {
            let message = "the run was aborted by a signal, its results are those so far";
            lower(DefectKind::Cut, message.into(), line);
        }
        let cut = match (&self.summary, self.tail_only) {
            (None, _) if self.stray.is_some() => {
                Some("no summary below a line `Finished in`, only one inside the suite")
            }
            (None, _) => Some("the suite has no summary"),
            (Some(_), true) => Some("no summary after the last `Finished in`"),
            (Some(s), _) if !s.whole => Some("the end of the summary is missing"),
            (Some(_), _) => None,
        };
        if let Some(message) = cut {
            lower(DefectKind::Cut, message.into(), self.line());
        }
    }

    fn line(&self) -> u64 {
        self.summary.as_ref().map_or(self.first_line, |s| s.line)
    }

    fn summed(&self, summed: &Summed, out: &mut Parsed<Judged>) {
        let summary = &summed.summary;
        out.value.by_type = summary.by_type.clone();
        out.value.duration_us = summed.duration_us;
        let old = self.trailer.map(|t| t.seed);
        out.value.seed = self.header.map(|h| h.seed).or(old);
        let at = Position::line(summed.line);
        match summary.counts {
            Some(counts) => self.counted(counts, summary.form, &at, out),
            None => {
                let message = "more failed, invalid, skipped and excluded tests than tests";
                let defect = Defect::new(DefectKind::Contradiction, message, at.clone());
                out.lower(Completeness::Partial, defect);
                self.unsummed(out);
            }
        }
        if summary.needs_failed_line {
            let message = "the line `Failed:` below the summary is missing or says something else";
            let defect = Defect::new(DefectKind::Contradiction, message, at.clone());
            out.lower(Completeness::Partial, defect);
        }
        if let Some((kind, message)) = self.generation(summary.form) {
            let defect = Defect::new(kind, message, at);
            out.lower(Completeness::Partial, defect);
        }
    }

    /// Which Elixir wrote this: up to 1.16 a run ends with its seed, from 1.17 on it begins with it.
    fn generation(&self, form: Form) -> Option<(DefectKind, &'static str)> {
        let cut = |message| Some((DefectKind::Cut, message));
        match (self.header, self.trailer, form) {
            (Some(_), None, _) => None,
            (None, Some(t), Form::Classic) if t.whole => None,
            (None, Some(_), Form::Classic) => cut("the end of the line with the seed is missing"),
            (Some(_), Some(_), _) => {
                let message = "the seed stands both before and after the suite";
                Some((DefectKind::Contradiction, message))
            }
            (None, _, _) => cut("neither the first nor the last line of a suite is there"),
        }
    }

    /// The summary's numbers against everything else.
    fn counted(&self, mut counts: Counts, form: Form, at: &Position, out: &mut Parsed<Judged>) {
        let mut wrong = |message: String| {
            let defect = Defect::new(DefectKind::CountMismatch, message, at.clone());
            out.lower(Completeness::Partial, defect);
        };
        let mut setup_all = self.setup_all;
        // A number that `setup_all` raised is the counter, except where it is known to mean nothing (up to 1.12).
        let plain = self.header.is_none() && form == Form::Classic;
        let counter = match self.raised {
            Some(raised) if !plain || counts.failed == raised => raised,
            _ => {
                setup_all = setup_all.saturating_add(self.raised_blocks);
                self.counter
            }
        };
        if counts.failed != counter {
            wrong(format!(
                "{} failed by its summary, {counter} by its list",
                counts.failed
            ));
        }
        let traced = self.traced.saturating_sub(self.blocks);
        let passed = self.dots.max(traced);
        if counts.passed > passed && !self.cut_line {
            wrong(format!(
                "{} passed by its summary, but at most {passed} did while it ran",
                counts.passed
            ));
        }
        if counts.invalid < setup_all {
            wrong(format!(
                "{} invalid by its summary, but {setup_all} failed to set up their tests",
                counts.invalid
            ));
            counts.invalid = setup_all;
        }
        if let Some(line) = self.orphan {
            wrong(format!("line {line} belongs to a failure without a header"));
        }
        out.value.counts = counts;
    }

    /// What is worth knowing and changes nothing.
    fn notes(&self, out: &mut Parsed<Judged>) {
        if let Some((line, n)) = self.foreign {
            let message = format!("{n} printed by tests that look like failures are not counted");
            let at = Position::line(line);
            out.note(Defect::new(DefectKind::Foreign, message, at));
        }
        if let Some(line) = self.stopped {
            let message = "stopped by --max-failures: the tests after it did not run";
            let at = Position::line(line);
            out.note(Defect::new(DefectKind::Skipped, message, at));
        }
        if let Some(line) = self.broken {
            let message = "a failure holds bytes that are not UTF-8";
            let at = Position::line(line);
            out.note(Defect::new(DefectKind::Encoding, message, at));
        }
    }
}
