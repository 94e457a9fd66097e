//! One flat JSON object of a known shape: an issue of Credo, a finding of Sobelow.
//!
//! Reading and judging are apart: whatever stands in the object is read, and each field is judged when it is asked
//! for. A field that is missing or of the wrong type is a defect; the object still counts.

use std::num::NonZeroU32;

use serde::de::MapAccess;

use crate::collect::Defects;
use crate::defect::{DefectKind, Position};
use crate::json_doc::{AnyScalar, Element, Fields, Scalar};
use crate::text;

/// Names of unknown or repeated fields that are kept, each.
const KEPT_NAMES: usize = 8;

/// Bytes of a name that are kept.
const NAME: usize = 80;

/// The fields of one object. Used again for the next one.
#[derive(Debug)]
pub(crate) struct Record {
    names: &'static [&'static str],
    values: Vec<Option<Scalar>>,
    /// Place behind the field that was found last: fields mostly stand in the order of the table.
    next: usize,
    unknown: Vec<String>,
    repeated: Vec<String>,
    max_text: usize,
}

impl Record {
    /// A record of these fields, with at most so many bytes in a text.
    pub(crate) fn new(names: &'static [&'static str], max_text: usize) -> Self {
        Self {
            names,
            values: vec![None; names.len()],
            next: 0,
            unknown: Vec::new(),
            repeated: Vec::new(),
            max_text,
        }
    }

    fn take(&mut self, name: &str) -> Option<Scalar> {
        let at = self.place(name)?;
        self.values.get_mut(at)?.take()
    }

    /// The place of a field in the table.
    fn place(&mut self, name: &str) -> Option<usize> {
        let at = match self.names.get(self.next) {
            Some(next) if *next == name => self.next,
            _ => self.names.iter().position(|n| *n == name)?,
        };
        self.next = at.saturating_add(1);
        Some(at)
    }
}

impl Element for Record {
    fn clear(&mut self) {
        for value in &mut self.values {
            *value = None;
        }
        self.next = 0;
        self.unknown.clear();
        self.repeated.clear();
    }
}

impl Fields for Record {
    fn field<'de, A: MapAccess<'de>>(&mut self, name: &str, map: &mut A) -> Result<(), A::Error> {
        let value = map.next_value_seed(AnyScalar(self.max_text))?;
        let known = self.place(name);
        let names = match known.and_then(|at| self.values.get_mut(at)) {
            Some(slot @ None) => {
                *slot = Some(value);
                return Ok(());
            }
            Some(Some(_)) => &mut self.repeated,
            None => &mut self.unknown,
        };
        if names.len() < KEPT_NAMES {
            names.push(text::lossy(name.as_bytes(), NAME));
        }
        Ok(())
    }
}

/// Asks a record for its fields, and collects what is wrong with them.
pub(crate) struct Judge<'a, P> {
    /// The record.
    pub(crate) record: &'a mut Record,
    /// Where defects go.
    pub(crate) defects: &'a mut Defects,
    /// Path of the record in its document.
    pub(crate) path: P,
}

impl<P: Fn() -> String> Judge<'_, P> {
    fn at(&self, name: &str) -> Position {
        Position::path(format!("{}.{name}", (self.path)()))
    }

    fn missing(&mut self, name: &str) {
        let at = self.at(name);
        self.defects
            .partial(DefectKind::MissingField, format!("`{name}` is missing"), at);
    }

    fn ill_typed(&mut self, kind: DefectKind, name: &str, value: &Scalar, wanted: &str) {
        let message = format!("`{name}` is {}, not {wanted}", value.kind());
        let at = self.at(name);
        self.defects.partial(kind, message, at);
    }

    /// A text that has to be there.
    pub(crate) fn text(&mut self, name: &str) -> Option<String> {
        let text = self.nullable_text(name);
        match text {
            Some(Some(text)) => Some(text),
            Some(None) => {
                self.ill_typed(DefectKind::MissingField, name, &Scalar::Null, "a text");
                None
            }
            None => None,
        }
    }

    /// A text or `null` that has to be there.
    pub(crate) fn nullable_text(&mut self, name: &str) -> Option<Option<String>> {
        match self.record.take(name) {
            Some(Scalar::Text(text)) => Some(Some(text)),
            Some(Scalar::Null) => Some(None),
            Some(other) => {
                self.ill_typed(DefectKind::MissingField, name, &other, "a text");
                None
            }
            None => {
                self.missing(name);
                None
            }
        }
    }

    /// A text that only some objects have; another type is odd, but changes nothing.
    pub(crate) fn extra_text(&mut self, name: &str) -> Option<String> {
        match self.record.take(name)? {
            Scalar::Text(text) => Some(text),
            Scalar::Null => None,
            other => {
                let message = format!("`{name}` is {}, not a text", other.kind());
                let at = self.at(name);
                self.defects.note(DefectKind::UnknownValue, message, at);
                None
            }
        }
    }

    /// A whole number that has to be there.
    pub(crate) fn integer(&mut self, name: &str) -> Option<i64> {
        match self.record.take(name) {
            Some(Scalar::Integer(n)) => Some(n),
            Some(other) => {
                self.ill_typed(DefectKind::Number, name, &other, "a whole number");
                None
            }
            None => {
                self.missing(name);
                None
            }
        }
    }

    /// A line or column that has to be there: a whole number, or `null`. A printed 0 is none.
    pub(crate) fn place(&mut self, name: &str) -> Option<NonZeroU32> {
        match self.record.take(name) {
            Some(Scalar::Null) => None,
            Some(Scalar::Integer(n)) => match u32::try_from(n) {
                Ok(n) => NonZeroU32::new(n),
                Err(_) => {
                    let message = format!("`{name}` is {n}, which is no place in a file");
                    let at = self.at(name);
                    self.defects.partial(DefectKind::Number, message, at);
                    None
                }
            },
            Some(other) => {
                self.ill_typed(DefectKind::Number, name, &other, "a whole number");
                None
            }
            None => {
                self.missing(name);
                None
            }
        }
    }

    /// A text or a list that has to be there, or `null`; its content is of no use.
    pub(crate) fn presence(&mut self, name: &str) {
        match self.record.take(name) {
            Some(Scalar::Text(_) | Scalar::Null | Scalar::Other("an array")) => {}
            Some(other) => self.ill_typed(DefectKind::MissingField, name, &other, "a text"),
            None => self.missing(name),
        }
    }

    /// Fields that nobody asked for: unknown ones are noted, repeated ones contradict each other.
    pub(crate) fn rest(&mut self) {
        for name in std::mem::take(&mut self.record.unknown) {
            let at = self.at(&name);
            let message = format!("`{name}` is not known");
            self.defects.note(DefectKind::UnknownValue, message, at);
        }
        for name in std::mem::take(&mut self.record.repeated) {
            let at = self.at(&name);
            let message = format!("`{name}` stands there twice");
            self.defects.partial(DefectKind::Contradiction, message, at);
        }
    }
}
