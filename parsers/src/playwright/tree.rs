//! Suites, the specs in them, the tests of a spec, and their attempts.

use std::num::NonZeroU32;

use serde::de::MapAccess;

use super::case::{Attempt, Attempts, Status, TestRow};
use super::report::{Message, NAME, Report};
use crate::defect::DefectKind;
use crate::json_doc::{AnyScalar, Element, Fields, Fuse, Object, Records, Scalar};

/// A file or a `describe`. Its title joins the names of its tests, unless it is the file.
pub(super) struct Suite<'r, 'a> {
    report: &'r mut Report<'a>,
    titled: bool,
}

impl<'r, 'a> Suite<'r, 'a> {
    pub(super) fn new(report: &'r mut Report<'a>) -> Self {
        Self {
            report,
            titled: false,
        }
    }

    pub(super) fn close(&mut self) {
        if std::mem::take(&mut self.titled) {
            self.report.titles.pop();
        }
    }
}

impl Element for Suite<'_, '_> {
    fn clear(&mut self) {
        self.close();
    }
}

impl Fields for Suite<'_, '_> {
    fn field<'de, A: MapAccess<'de>>(&mut self, name: &str, map: &mut A) -> Result<(), A::Error> {
        let fuse = self.report.fuse;
        match name {
            "title" => {
                let title = map.next_value_seed(AnyScalar(NAME))?.into_text();
                if !self.titled {
                    self.titled = true;
                    self.report.titles.push(title.unwrap_or_default());
                }
                Ok(())
            }
            "suites" => {
                let mut inner = Suite::new(self.report);
                map.next_value_seed(Records {
                    record: &mut inner,
                    fuse,
                    sink: |suite: &mut Suite<'_, '_>| suite.close(),
                })
            }
            "specs" => {
                let mut spec = Spec::new(self.report.limits.text, fuse);
                map.next_value_seed(Records {
                    record: &mut spec,
                    fuse,
                    sink: |spec: &mut Spec<'_>| spec.close(self.report),
                })
            }
            "file" | "line" | "column" => map.next_value_seed(AnyScalar(0)).map(drop),
            _ => {
                let value = map.next_value_seed(AnyScalar(0))?;
                if value.is_nested() {
                    let message = "a list in a suite that is not known, which may hold tests";
                    self.report.partial(DefectKind::UnknownValue, message);
                }
                Ok(())
            }
        }
    }
}

/// A test as it is written: once, however many projects run it.
struct Spec<'a> {
    title: Option<String>,
    ok: Option<bool>,
    file: Option<String>,
    line: Option<NonZeroU32>,
    rows: Vec<TestRow>,
    tests: bool,
    max: usize,
    fuse: &'a Fuse,
}

impl<'a> Spec<'a> {
    fn new(max: usize, fuse: &'a Fuse) -> Self {
        Self {
            title: None,
            ok: None,
            file: None,
            line: None,
            rows: Vec::new(),
            tests: false,
            max,
            fuse,
        }
    }

    /// The spec is over: its tests are known with their place.
    fn close(&mut self, report: &mut Report<'_>) {
        if !self.tests {
            report.partial(DefectKind::MissingField, "a spec without `tests`");
        }
        let failed = self
            .rows
            .iter()
            .any(|r| r.status == Some(Status::Unexpected));
        if self.ok != Some(!failed) {
            let message = "`ok` of a spec is not what its tests are";
            report.partial(DefectKind::Contradiction, message);
        }
        let file = self.file.take().map(|f| report.path(&f));
        // The outermost title is that of the file.
        let inner = report.titles.iter().skip(1).map(String::as_str);
        let own = self.title.as_deref().unwrap_or_default();
        let name: Vec<&str> = inner.chain([own]).filter(|t| !t.is_empty()).collect();
        let name = name.join(" › ");
        if own.is_empty() {
            report.partial(DefectKind::MissingField, "a spec without a `title`");
        }
        for row in std::mem::take(&mut self.rows) {
            row.settle(&name, file.as_deref(), self.line, report);
        }
    }
}

impl Element for Spec<'_> {
    fn clear(&mut self) {
        *self = Self::new(self.max, self.fuse);
    }
}

impl Fields for Spec<'_> {
    fn field<'de, A: MapAccess<'de>>(&mut self, name: &str, map: &mut A) -> Result<(), A::Error> {
        match name {
            "tests" => {
                self.tests = true;
                let mut row = TestRow::new(self.max);
                let rows = &mut self.rows;
                return map.next_value_seed(Records {
                    record: &mut row,
                    fuse: self.fuse,
                    sink: |row: &mut TestRow| rows.push(row.take()),
                });
            }
            "title" => self.title = map.next_value_seed(AnyScalar(NAME))?.into_text(),
            "file" => self.file = map.next_value_seed(AnyScalar(NAME))?.into_text(),
            "line" => {
                let line = map.next_value_seed(AnyScalar(0))?.count();
                self.line = line
                    .and_then(|n| u32::try_from(n).ok())
                    .and_then(NonZeroU32::new);
            }
            "ok" => {
                self.ok = match map.next_value_seed(AnyScalar(0))? {
                    Scalar::Boolean(ok) => Some(ok),
                    _ => None,
                };
            }
            _ => drop(map.next_value_seed(AnyScalar(0))?),
        }
        Ok(())
    }
}

impl Element for TestRow {
    fn clear(&mut self) {
        *self = Self::new(self.max);
    }
}

impl Fields for TestRow {
    fn field<'de, A: MapAccess<'de>>(&mut self, name: &str, map: &mut A) -> Result<(), A::Error> {
        let text = |map: &mut A| Ok(map.next_value_seed(AnyScalar(NAME))?.into_text());
        match name {
            "projectName" => self.project = text(map)?,
            "expectedStatus" => self.expected = text(map)?,
            "status" => {
                let status = text(map)?;
                self.status = status.and_then(|s| Status::of(&s));
            }
            "results" => {
                // An attempt may hold a long log; all attempts of a test are one element.
                let (fuse, mut attempt) = (Fuse::default(), Attempt::new(self.max));
                let attempts = self.attempts.get_or_insert_with(Attempts::default);
                return map.next_value_seed(Records {
                    record: &mut attempt,
                    fuse: &fuse,
                    sink: |a: &mut Attempt| attempts.push(a),
                });
            }
            _ => drop(map.next_value_seed(AnyScalar(0))?),
        }
        Ok(())
    }
}

impl Element for Attempt {
    fn clear(&mut self) {
        *self = Self::new(self.max);
    }
}

impl Fields for Attempt {
    fn field<'de, A: MapAccess<'de>>(&mut self, name: &str, map: &mut A) -> Result<(), A::Error> {
        match name {
            "status" => self.status = map.next_value_seed(AnyScalar(NAME))?.into_text(),
            "duration" => self.duration_us = map.next_value_seed(AnyScalar(0))?.scaled(3),
            "error" => {
                let mut message = Message::new(self.max);
                map.next_value_seed(Object(&mut message))?;
                self.message = message.take();
            }
            _ => drop(map.next_value_seed(AnyScalar(0))?),
        }
        Ok(())
    }
}
