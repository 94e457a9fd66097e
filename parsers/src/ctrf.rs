//! CTRF, the Common Test Report Format: the JSON that reporters for Playwright, Cypress, Jest, k6 and others write.
//!
//! Source: `schema/ctrf.schema.json` of ctrf-io/ctrf, versions 0.0.0 to 1.0.0.
//!
//! `{"reportFormat": "CTRF", "results": {"tool": {"name"}, "summary": {"tests", "passed", …}, "tests": [{"name", "status",
//! "duration", "message", "filePath", "line", "flaky", …}]}}`. A `pending` test is skipped; one that is `other` (a reporter
//! did not know what became of it) counts as invalid, which is no pass.
//!
//! Proof of completeness: the document closes and nothing follows, and every count of the summary is what was counted.
//!
//! Deliberately absent: attachments, steps, environment, attempts, times of start and end.

use std::io::BufRead;
use std::num::NonZeroU32;

use serde::de::MapAccess;

use crate::collect::Defects;
use crate::defect::{DefectKind, Parsed, Position};
use crate::evidence::{ErrorKind, Evidence, Failure, Outcome, TestCase, TestError, Tests, Tool};
use crate::input::Limits;
use crate::json_doc::{self, AnyScalar, Element, Fields, Fuse, Object, Records, Scalar};
use crate::json_doc::{after_byte, after_first_key, first_key};
use crate::{Format, Reader, text};

/// The row of `ctrf-json`.
pub(crate) const JSON: Format = Format {
    id: "ctrf-json",
    tool: Tool::Ctrf,
    summary: "CTRF, the Common Test Report Format, of any tool",
    proof: "the document closes, nothing follows, and the summary agrees with the tests",
    reader: Reader::Document { sniff, parse },
};

/// Counts of the summary.
const COUNTS: [&str; 6] = ["tests", "passed", "failed", "skipped", "pending", "other"];

/// Whether a report starts here: by its own name, or, before there was one, by its results with the tool first.
fn sniff(head: &[u8]) -> bool {
    if let Some(format) = after_first_key(head, "reportFormat") {
        return format.trim_ascii_start().starts_with(b"\"CTRF\"");
    }
    let results = after_first_key(head, "results").and_then(|v| after_byte(v, b'{'));
    results
        .and_then(first_key)
        .is_some_and(|(k, _)| k == b"tool")
}

fn parse(input: &mut dyn BufRead, limits: &Limits) -> Parsed<Evidence> {
    let fuse = Fuse::default();
    let mut report = Report {
        tests: Tests::default(),
        defects: Defects::default(),
        limits,
        fuse: &fuse,
        said: Default::default(),
        counted: Default::default(),
        listed: false,
    };
    match json_doc::read(input, &fuse, &mut report) {
        Some((kind, message)) => {
            let at = Position::path(format!("after test {}", report.tests.counts.total()));
            report.defects.partial(kind, message, at);
        }
        None => report.whole(),
    }
    if report.tests.counts.total() == 0 {
        let message = "there is no test in it";
        let at = Position::default();
        report.defects.note(DefectKind::NothingRan, message, at);
    }
    report.defects.finish(Evidence::Tests(report.tests))
}

struct Report<'a> {
    tests: Tests,
    defects: Defects,
    limits: &'a Limits,
    fuse: &'a Fuse,
    /// What the summary says, and what was counted, in the order of [`COUNTS`].
    said: [Option<u64>; COUNTS.len()],
    counted: [u64; COUNTS.len()],
    listed: bool,
}

impl Report<'_> {
    fn whole(&mut self) {
        for ((name, said), counted) in COUNTS.iter().zip(self.said).zip(self.counted) {
            if said != Some(counted) {
                let said = said.map_or("nothing".to_owned(), |n| n.to_string());
                let message = format!("`{name}` says {said}, but {counted} were counted");
                let at = Position::path(format!("results.summary.{name}"));
                self.defects.partial(DefectKind::CountMismatch, message, at);
            }
        }
        if !self.listed {
            let at = Position::path("results.tests");
            let message = "`tests` is missing";
            self.defects.partial(DefectKind::MissingField, message, at);
        }
    }

    fn count(&mut self, name: &str) {
        let place = COUNTS.iter().position(|c| *c == name);
        if let Some(slot) = place.and_then(|at| self.counted.get_mut(at)) {
            *slot = slot.saturating_add(1);
        }
    }

    fn test(&mut self, test: &mut Test) {
        let at = Position::path(format!("results.tests[{}]", self.tests.counts.total()));
        self.count("tests");
        if test.name.is_none() {
            let message = "a test without a name";
            self.defects
                .partial(DefectKind::MissingField, message, at.clone());
        }
        let status = test.status.take().unwrap_or_default();
        let counts = &mut self.tests.counts;
        let (outcome, count) = match status.as_str() {
            "passed" => (Outcome::Passed, &mut counts.passed),
            "failed" => (Outcome::Failed, &mut counts.failed),
            "skipped" | "pending" => (Outcome::Skipped, &mut counts.skipped),
            "other" => (Outcome::Invalid, &mut counts.invalid),
            _ => {
                let message = "the `status` of a test is missing or not known";
                self.defects.partial(DefectKind::UnknownValue, message, at);
                return;
            }
        };
        *count = count.saturating_add(1);
        self.count(&status);
        self.keep(test, outcome);
    }

    fn keep(&mut self, test: &mut Test, outcome: Outcome) {
        let message = test.message.take().or_else(|| test.trace.take());
        let message =
            message.map(|m| text::lossy(&text::strip_sgr(m.as_bytes()), self.limits.text));
        let first_line = message.as_deref().and_then(|m| m.lines().next());
        let flaky = (outcome == Outcome::Passed && test.flaky).then_some("failed before it passed");
        let case = TestCase {
            app: None,
            module: test.suite.take().map(Into::into),
            name: test.name.take().unwrap_or_default(),
            test_type: None,
            file: test.file.take().map(Into::into),
            line: test.line,
            outcome,
            duration_us: test.duration_us,
            reason: flaky.or(first_line).map(str::to_owned),
        };
        let max = self.limits.details;
        let bad = matches!(outcome, Outcome::Failed | Outcome::Invalid);
        if bad && self.tests.failures.len() < max {
            self.tests.failures.push(Failure {
                module: case.module.clone(),
                name: Some(case.name.clone()),
                file: case.file.clone(),
                line: case.line,
                errors: vec![TestError {
                    kind: ErrorKind::Error,
                    message: message.unwrap_or_default(),
                    ..TestError::default()
                }],
                ..Failure::default()
            });
        }
        if self.tests.cases.len() < max {
            self.tests.cases.push(case);
        }
    }
}

impl Fields for Report<'_> {
    fn field<'de, A: MapAccess<'de>>(&mut self, name: &str, map: &mut A) -> Result<(), A::Error> {
        match name {
            "results" => map.next_value_seed(Object(&mut Results(self))),
            _ => map.next_value_seed(AnyScalar(0)).map(drop),
        }
    }
}

struct Results<'r, 'a>(&'r mut Report<'a>);

impl Fields for Results<'_, '_> {
    fn field<'de, A: MapAccess<'de>>(&mut self, name: &str, map: &mut A) -> Result<(), A::Error> {
        let report = &mut *self.0;
        match name {
            "summary" => map.next_value_seed(Object(&mut Summary(report))),
            "tests" => {
                if std::mem::replace(&mut report.listed, true) {
                    let message = "`tests` stands there twice";
                    let at = Position::path("results.tests");
                    report
                        .defects
                        .partial(DefectKind::Contradiction, message, at);
                }
                let (mut test, fuse) = (Test::new(report.limits.text), report.fuse);
                map.next_value_seed(Records {
                    record: &mut test,
                    fuse,
                    sink: |test: &mut Test| report.test(test),
                })
            }
            _ => map.next_value_seed(AnyScalar(0)).map(drop),
        }
    }
}

struct Summary<'r, 'a>(&'r mut Report<'a>);

impl Fields for Summary<'_, '_> {
    fn field<'de, A: MapAccess<'de>>(&mut self, name: &str, map: &mut A) -> Result<(), A::Error> {
        let value = map.next_value_seed(AnyScalar(0))?;
        let place = COUNTS.iter().position(|c| *c == name);
        if let Some(slot) = place.and_then(|at| self.0.said.get_mut(at)) {
            *slot = value.count();
        }
        Ok(())
    }
}

/// The fields of one test that are read.
#[derive(Default)]
struct Test {
    name: Option<String>,
    status: Option<String>,
    message: Option<String>,
    trace: Option<String>,
    suite: Option<String>,
    file: Option<String>,
    line: Option<NonZeroU32>,
    duration_us: Option<u64>,
    flaky: bool,
    max: usize,
}

impl Test {
    fn new(max: usize) -> Self {
        Self {
            max,
            ..Self::default()
        }
    }
}

impl Element for Test {
    fn clear(&mut self) {
        *self = Self::new(self.max);
    }
}

impl Fields for Test {
    fn field<'de, A: MapAccess<'de>>(&mut self, name: &str, map: &mut A) -> Result<(), A::Error> {
        let value = map.next_value_seed(AnyScalar(self.max))?;
        match name {
            // A name may be empty, but must be there.
            "name" => {
                self.name = match value {
                    Scalar::Text(name) => Some(name),
                    _ => None,
                }
            }
            "status" => self.status = value.into_text(),
            "message" => self.message = value.into_text(),
            "trace" => self.trace = value.into_text(),
            // A list of names since 0.1; its parts are of no use alone.
            "suite" => self.suite = value.into_text(),
            "filePath" => self.file = value.into_text(),
            "line" => {
                let line = value.count().and_then(|n| u32::try_from(n).ok());
                self.line = line.and_then(NonZeroU32::new);
            }
            "duration" => self.duration_us = value.scaled(3),
            "flaky" => self.flaky = value == Scalar::Boolean(true),
            _ => {}
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Completeness;
    use crate::damage::{Damage, files, parts};

    const DAMAGE: Damage = Damage {
        format: "ctrf-json",
        bad: |e| matches!(e, Evidence::Tests(t) if t.counts.failed > 0 || t.counts.invalid > 0),
        document: true,
    };

    #[test]
    fn damage_never_passes() {
        for path in files("ctrf", "report.json") {
            DAMAGE.check(&path);
        }
    }

    #[test]
    fn every_status_and_every_count() {
        let text = |other: u64, statuses: &[&str]| {
            let tests: Vec<String> = statuses
                .iter()
                .map(|s| format!(r#"{{"name":"a","status":"{s}","duration":1.5}}"#))
                .collect();
            let n = tests.len();
            format!(
                r#"{{"results":{{"tool":{{"name":"x"}},"summary":{{"tests":{n},"passed":1,"failed":1,"skipped":1,"pending":1,"other":{other}}},"tests":[{}]}}}}"#,
                tests.join(",")
            )
        };
        let of = |text: &str| parts(text.as_bytes(), 1 << 16).swap_remove(0).parsed;
        let all = ["passed", "failed", "skipped", "pending", "other"];
        let parsed = of(&text(1, &all));
        assert_eq!(
            parsed.completeness,
            Completeness::Complete,
            "{:?}",
            parsed.defects
        );
        let Evidence::Tests(tests) = parsed.value else {
            panic!("no tests");
        };
        let c = tests.counts;
        assert_eq!((c.passed, c.failed, c.invalid, c.skipped), (1, 1, 1, 2));
        assert_eq!(tests.cases[0].duration_us, Some(1_500));
        assert_eq!(of(&text(0, &all)).completeness, Completeness::Partial);
        let odd = ["passed", "failed", "skipped", "pending", "odd"];
        assert_eq!(of(&text(1, &odd)).completeness, Completeness::Partial);
    }
}
