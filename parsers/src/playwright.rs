//! Playwright: the report of its JSON reporter.
//!
//! Source: `JSONReport` in `packages/playwright/types/testReporter.d.ts`, `src/reporters/json.ts` and `TestCase.outcome()` in
//! `src/common/test.ts` of Playwright 1.40 to 1.65.
//!
//! `{"config": {…}, "suites": [{"title", "file", "specs": [{"title", "ok", "tests": [{"projectName", "expectedStatus",
//! "status", "results": [{"status", "retry", "error"}]}]}], "suites": […]}], "errors": […], "stats": {…}}`. A test is a
//! spec in one project; its results are its attempts. What counts is the status of the test: one that is expected to
//! fail and does is `expected`, one that failed before it passed is `flaky`, which is a pass unless the project says
//! `failOnFlakyTests`. An error of no test (a file that could not be loaded, no test that matched) counts as invalid.
//!
//! Proof of completeness: the document closes and nothing follows; `stats` counts what the tests are; the status of each
//! test follows from its attempts, and `ok` of each spec from its tests. A test that was cut off (`interrupted`), or that
//! never ran though it was to, makes the report partial.
//!
//! Deliberately absent: standard output and attachments of the tests, steps, annotations, and the time of the start.

use std::io::BufRead;

use crate::defect::{Parsed, Position};
use crate::evidence::{Evidence, Tool};
use crate::input::Limits;
use crate::json_doc::{self, Fuse, after_first_key};
use crate::{Format, Reader, text};

mod case;
mod report;
#[cfg(test)]
mod tests;
mod tree;

/// The row of `playwright-json`.
pub(crate) const JSON: Format = Format {
    id: "playwright-json",
    tool: Tool::Playwright,
    summary: "Playwright: the report of its JSON reporter",
    proof: "the document closes, nothing follows, and `stats` agrees with the tests and their attempts",
    reader: Reader::Document { sniff, parse },
};

/// Whether a report of Playwright starts here: its configuration comes first.
fn sniff(head: &[u8]) -> bool {
    let holds = |word: &[u8]| text::holds(head, word);
    after_first_key(head, "config").is_some() && (holds(b"\"forbidOnly\"") || holds(b"\"rootDir\""))
}

fn parse(input: &mut dyn BufRead, limits: &Limits) -> Parsed<Evidence> {
    let fuse = Fuse::default();
    let mut report = report::Report::new(limits, &fuse);
    match json_doc::read(input, &fuse, &mut report) {
        Some((kind, message)) => {
            let at = Position::path(report.place());
            report.defects.partial(kind, message, at);
        }
        None => report.whole(),
    }
    report.finish()
}
