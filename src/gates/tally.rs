//! What was found and counts, over the sources of a gate: neither waived, nor known where only new findings are judged.

use gatekeeper_parsers::evidence::{Evidence, Severity, SeverityCounts};

use crate::report::{Report, Source};
use crate::waiver::{self, Status};

/// What was found and is not waived.
#[derive(Default)]
pub(super) struct Tally {
    pub(super) total: u64,
    pub(super) counts: SeverityCounts,
    pub(super) ungraded: u64,
    suppressed: u64,
    waived: u64,
    known: u64,
}

impl Tally {
    /// Of the sources that are `new_only`, what the baseline has is left out.
    pub(super) fn of<'r>(
        report: &'r Report,
        of: impl Iterator<Item = &'r Source>,
        new_only: impl Fn(&Source) -> bool,
    ) -> Self {
        let mut tally = Self::default();
        for source in of {
            let Evidence::Findings(f) = &source.evidence else {
                continue;
            };
            let index = report.sources.iter().position(|s| std::ptr::eq(s, source));
            let stands = |status| {
                index.map_or_else(Default::default, |i| waiver::of_source(report, i, status))
            };
            let (waived, mut left_out) = stands(Status::Waived);
            let mut total = f.total.saturating_sub(waived);
            tally.waived = tally.waived.saturating_add(waived);
            if new_only(source) {
                let (known, by_severity) = stands(Status::Known);
                total = total.saturating_sub(known);
                tally.known = tally.known.saturating_add(known);
                left_out.add_all(&by_severity);
            }
            tally.total = tally.total.saturating_add(total);
            tally.suppressed = tally.suppressed.saturating_add(f.suppressed.unwrap_or(0));
            tally.ungraded = tally.ungraded.saturating_add(f.ungraded());
            // Where severities are not all known, a waived finding may be one of the unknown ones: then it is taken
            // from no count, for it could be another's.
            let graded = f.ungraded() == 0;
            tally.counts.add_all(&without(&f.counts, &left_out, graded));
        }
        tally
    }

    /// The same without what is for information only.
    pub(super) fn without_information(mut self) -> Self {
        self.total = self.total.saturating_sub(self.counts.info);
        self
    }

    pub(super) fn grave(&self) -> u64 {
        self.counts.high.saturating_add(self.counts.critical)
    }

    pub(super) fn count(&self, severity: Severity) -> u64 {
        match severity {
            Severity::Critical => self.counts.critical,
            Severity::High => self.counts.high,
            Severity::Medium => self.counts.medium,
            Severity::Low => self.counts.low,
            Severity::Info => self.counts.info,
        }
    }

    /// What is not counted, and why.
    pub(super) fn left_out(&self) -> String {
        let mut out = String::new();
        if self.waived > 0 {
            out = format!("; {} waived", self.waived);
        }
        if self.known > 0 {
            out = format!("{out}; {} known", self.known);
        }
        if self.suppressed > 0 {
            out = format!("{out}; {} suppressed by the project", self.suppressed);
        }
        out
    }
}

fn without(all: &SeverityCounts, waived: &SeverityCounts, known: bool) -> SeverityCounts {
    if !known {
        return *all;
    }
    SeverityCounts {
        critical: all.critical.saturating_sub(waived.critical),
        high: all.high.saturating_sub(waived.high),
        medium: all.medium.saturating_sub(waived.medium),
        low: all.low.saturating_sub(waived.low),
        info: all.info.saturating_sub(waived.info),
    }
}
