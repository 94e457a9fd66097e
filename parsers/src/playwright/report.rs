//! The document as a whole: its configuration, its errors, and what it counts itself.

use serde::de::MapAccess;

use super::case::Status;
use super::tree::Suite;
use crate::collect::Defects;
use crate::defect::{DefectKind, Parsed, Position};
use crate::evidence::{ErrorKind, Evidence, Failure, TestError, Tests};
use crate::input::Limits;
use crate::json_doc::{AnyScalar, Element, Fields, Fuse, Object, Records, Scalar};
use crate::text;

/// The fields of the document, all of them always there.
const FIELDS: [&str; 4] = ["config", "suites", "errors", "stats"];

/// Bytes of a path or a name that are kept.
pub(super) const NAME: usize = 4 << 10;

pub(super) struct Report<'a> {
    pub(super) tests: Tests,
    pub(super) defects: Defects,
    pub(super) limits: &'a Limits,
    pub(super) fuse: &'a Fuse,
    /// Tests by status, as they were counted.
    pub(super) counted: [u64; Status::ALL.len()],
    /// Titles of the suites that are open.
    pub(super) titles: Vec<String>,
    /// Whether a flaky test is a failure.
    pub(super) flaky_fails: bool,
    stats: [Option<u64>; Status::ALL.len()],
    seen: Vec<&'static str>,
    config_file: Option<String>,
    root: Option<String>,
    errors: u64,
}

impl<'a> Report<'a> {
    pub(super) fn new(limits: &'a Limits, fuse: &'a Fuse) -> Self {
        Self {
            tests: Tests::default(),
            defects: Defects::default(),
            limits,
            fuse,
            counted: Default::default(),
            titles: Vec::new(),
            flaky_fails: false,
            stats: Default::default(),
            seen: Vec::new(),
            config_file: None,
            root: None,
            errors: 0,
        }
    }

    /// Where the reading stands, in words.
    pub(super) fn place(&self) -> String {
        match self.titles.is_empty() {
            true => format!("after test {}", self.tests.counts.total()),
            false => self.titles.join(" › "),
        }
    }

    pub(super) fn partial(&mut self, kind: DefectKind, message: impl Into<String>) {
        let at = Position::path(self.place());
        self.defects.partial(kind, message, at);
    }

    /// A file as the report names it, relative to the folder of the configuration.
    pub(super) fn path(&self, file: &str) -> String {
        let folder = self.config_file.as_deref().and_then(|f| f.rsplit_once('/'));
        let below = self.root.as_deref().zip(folder).and_then(|(root, (f, _))| {
            let rest = root.strip_prefix(f)?.strip_prefix('/')?;
            (!rest.is_empty()).then_some(rest)
        });
        match below {
            Some(folder) if !file.starts_with('/') => format!("{folder}/{file}"),
            Some(_) | None => file.to_owned(),
        }
    }

    /// The document closed: whether everything is there and agrees.
    pub(super) fn whole(&mut self) {
        for name in FIELDS.iter().filter(|f| !self.seen.contains(f)) {
            let message = format!("`{name}` is missing");
            let at = Position::path(*name);
            self.defects.partial(DefectKind::MissingField, message, at);
        }
        let pairs = Status::ALL.iter().zip(self.stats).zip(self.counted);
        for ((status, said), counted) in pairs {
            let at = Position::path(format!("stats.{}", status.id()));
            match said {
                None => {
                    let message = format!("`{}` is missing", status.id());
                    self.defects.partial(DefectKind::MissingField, message, at);
                }
                Some(said) if said != counted => {
                    let id = status.id();
                    let message = format!("`{id}` says {said}, but {counted} were counted");
                    self.defects.partial(DefectKind::CountMismatch, message, at);
                }
                Some(_) => {}
            }
        }
    }

    pub(super) fn finish(mut self) -> Parsed<Evidence> {
        if self.tests.counts.total() == 0 {
            let at = Position::default();
            let message = "there is no test in it";
            self.defects.note(DefectKind::NothingRan, message, at);
        }
        self.defects.finish(Evidence::Tests(self.tests))
    }

    /// An error that belongs to no test.
    fn error(&mut self, message: String) {
        self.errors = self.errors.saturating_add(1);
        let counts = &mut self.tests.counts;
        counts.invalid = counts.invalid.saturating_add(1);
        let failure = Failure {
            test_type: Some("setup_all".into()),
            errors: vec![TestError {
                kind: ErrorKind::Error,
                message,
                ..TestError::default()
            }],
            ..Failure::default()
        };
        if self.tests.failures.len() < self.limits.details {
            self.tests.failures.push(failure);
        }
    }

    fn see(&mut self, name: &str) {
        let Some(name) = FIELDS.iter().find(|f| **f == name) else {
            return;
        };
        if self.seen.contains(name) {
            let message = format!("`{name}` stands there twice");
            self.partial(DefectKind::Contradiction, message);
        }
        self.seen.push(name);
    }
}

impl Fields for Report<'_> {
    fn field<'de, A: MapAccess<'de>>(&mut self, name: &str, map: &mut A) -> Result<(), A::Error> {
        self.see(name);
        match name {
            "config" => map.next_value_seed(Object(&mut Config(self))),
            "suites" => {
                let (fuse, mut suite) = (self.fuse, Suite::new(self));
                map.next_value_seed(Records {
                    record: &mut suite,
                    fuse,
                    sink: |suite: &mut Suite<'_, '_>| suite.close(),
                })
            }
            "errors" => {
                let mut record = Message::new(self.limits.text);
                let fuse = self.fuse;
                map.next_value_seed(Records {
                    record: &mut record,
                    fuse,
                    sink: |m: &mut Message| self.error(m.take()),
                })
            }
            "stats" => map.next_value_seed(Object(&mut Stats(self))),
            _ => {
                map.next_value_seed(AnyScalar(0))?;
                let message = format!("`{}` is not known", text::lossy(name.as_bytes(), 80));
                self.partial(DefectKind::UnknownValue, message);
                Ok(())
            }
        }
    }
}

/// The few settings that matter.
struct Config<'r, 'a>(&'r mut Report<'a>);

impl Fields for Config<'_, '_> {
    fn field<'de, A: MapAccess<'de>>(&mut self, name: &str, map: &mut A) -> Result<(), A::Error> {
        let value = map.next_value_seed(AnyScalar(NAME))?;
        match (name, value) {
            ("configFile", value) => self.0.config_file = value.into_text(),
            ("rootDir", value) => self.0.root = value.into_text(),
            ("failOnFlakyTests", Scalar::Boolean(yes)) => self.0.flaky_fails = yes,
            ("failOnFlakyTests", _) => {
                let message = "`failOnFlakyTests` is neither true nor false";
                self.0.partial(DefectKind::UnknownValue, message);
            }
            _ => {}
        }
        Ok(())
    }
}

/// `{"expected": 4, "skipped": 4, "unexpected": 8, "flaky": 2, "duration": 52544.29, "startTime": …}`.
struct Stats<'r, 'a>(&'r mut Report<'a>);

impl Fields for Stats<'_, '_> {
    fn field<'de, A: MapAccess<'de>>(&mut self, name: &str, map: &mut A) -> Result<(), A::Error> {
        let value = map.next_value_seed(AnyScalar(0))?;
        if name == "duration" {
            self.0.tests.duration_us = value.scaled(3);
        }
        let place = Status::ALL.iter().position(|s| s.id() == name);
        if let Some(slot) = place.and_then(|at| self.0.stats.get_mut(at)) {
            *slot = value.count();
            if slot.is_none() {
                let message = format!("`{name}` is {}, not a count", value.kind());
                self.0.partial(DefectKind::Number, message);
            }
        }
        Ok(())
    }
}

/// An error: `{"message": …}`, or `{"value": …}` of what was thrown.
pub(super) struct Message {
    text: Option<String>,
    max: usize,
}

impl Message {
    pub(super) fn new(max: usize) -> Self {
        Self { text: None, max }
    }

    /// The message without colours.
    pub(super) fn take(&mut self) -> String {
        let text = self.text.take().unwrap_or_default();
        text::lossy(&text::strip_sgr(text.as_bytes()), self.max)
    }
}

impl Element for Message {
    fn clear(&mut self) {
        self.text = None;
    }
}

impl Fields for Message {
    fn field<'de, A: MapAccess<'de>>(&mut self, name: &str, map: &mut A) -> Result<(), A::Error> {
        let value = map.next_value_seed(AnyScalar(self.max))?;
        if matches!(name, "message" | "value") && self.text.is_none() {
            self.text = value.into_text();
        }
        Ok(())
    }
}
