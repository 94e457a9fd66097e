//! Whether the parts of a report agree, and what is missing.

use crate::defect::{Completeness, DefectKind, Parsed, Position};
use crate::evidence::Evidence;
use crate::input::Limits;

use super::super::CATEGORIES;
use super::super::grammar::Start;
use super::Report;

impl Report {
    /// Whether anything but `No files found!` was seen: other tools say that too.
    pub(in crate::credo) fn is_credo(&self) -> bool {
        self.start != Some(Start::Files(0))
            || self.body
            || self.analysis.is_some()
            || self.summary.is_some()
    }

    /// The report is over: what it says, and whether that is believed.
    pub(in crate::credo) fn finish(mut self, limits: &Limits) -> Parsed<Evidence> {
        self.close_issue(false, limits);
        self.close_block(self.first);
        if self.start == Some(Start::Diff) {
            let message = "the output of `credo diff`, which says nothing about old issues";
            self.partial(DefectKind::Unsupported, message, self.first);
            return self.defects.finish(Evidence::Findings(self.findings));
        }
        self.whole();
        self.agrees();
        self.ran();
        let declared = self.summary.unwrap_or_default().counts;
        let declared = sum(&declared).saturating_add(self.customs);
        let listed = sum(&self.listed).saturating_add(self.customs);
        self.findings.total = self.findings.total.max(declared).max(listed);
        self.defects.finish(Evidence::Findings(self.findings))
    }

    /// Whether nothing is missing at either end.
    fn whole(&mut self) {
        let short = self.start.is_none() && !self.body && !self.ended;
        if short && self.analysis.is_some() && self.summary.is_some() {
            let message = "a short summary, with nothing that could agree with it";
            let at = Position::line(self.first);
            self.defects
                .lower(Completeness::Unproven, DefectKind::NoEndMark, message, at);
            return;
        }
        for (there, what) in [
            (self.start.is_some(), "`Checking N source files`"),
            (self.analysis.is_some(), "`Analysis took`"),
            (self.summary.is_some(), "`mods/funs, found`"),
            (self.ended, "the hint that stands last"),
        ] {
            if !there {
                let message = format!("the line with {what} is missing");
                self.partial(DefectKind::Cut, &message, self.first);
            }
        }
    }

    /// Whether the summary line agrees with the list, and the first line with the last ones.
    fn agrees(&mut self) {
        let files = self.analysis.and_then(|a| a.files);
        // `list` says that no files were found before it looks for them, so a 0 at the start says nothing.
        if let (Some(Start::Files(said @ 1..)), Some(files)) = (self.start, files)
            && said != files
        {
            let message = format!("{said} files at the start, {files} at the end");
            self.partial(DefectKind::CountMismatch, &message, self.first);
        }
        let Some(summary) = self.summary.filter(|_| self.body || self.start.is_some()) else {
            return;
        };
        for ((category, said), listed) in CATEGORIES.iter().zip(summary.counts).zip(self.listed) {
            if said != listed {
                let message = format!(
                    "the summary counts {said} {}, the list {listed}",
                    category.many
                );
                self.partial(DefectKind::CountMismatch, &message, self.first);
            }
        }
    }

    /// Whether anything was looked at.
    fn ran(&mut self) {
        let files = self.analysis.and_then(|a| a.files);
        let nothing = if files == Some(0) {
            Some("it ran on no file")
        } else if self.start == Some(Start::Files(0)) && files.is_none() {
            Some("no file was found")
        } else if self.analysis.is_some_and(|a| a.checks == Some(0)) {
            Some("it ran no check")
        } else if self.summary.is_some_and(|s| s.scopes == 0) {
            Some("no module and no function was found")
        } else {
            None
        };
        if let Some(message) = nothing {
            self.partial(DefectKind::NothingRan, message, self.first);
        }
    }
}

fn sum(counts: &[u64]) -> u64 {
    counts.iter().fold(0, |sum, n| sum.saturating_add(*n))
}
