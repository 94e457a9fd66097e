//! One flat JSON object of a known shape: an issue of Credo, a finding of Sobelow.
//!
//! Reading and judging are apart: whatever stands in the object is read, and each field is judged when it is asked
//! for. A field that is missing or of the wrong type is a defect; the object still counts.

use std::num::NonZeroU32;

use serde::de::{IgnoredAny, MapAccess};

use crate::collect::Defects;
use crate::defect::{DefectKind, Position};
use crate::json_doc::{Element, Fields, Refill, Scalar};
use crate::text;

/// Names of unknown or repeated fields that are kept, each.
const KEPT_NAMES: usize = 8;

/// Bytes of a name that are kept.
const NAME: usize = 80;

/// The fields of one object. Used again for the next one, with the memory of its texts.
#[derive(Debug)]
pub(crate) struct Record {
    names: &'static [&'static str],
    values: Vec<Slot>,
    /// Place behind the field that was found last: fields mostly stand in the order of the table.
    next: usize,
    unknown: Vec<String>,
    repeated: Vec<String>,
    max_text: usize,
}

/// Room for the value of a field.
#[derive(Debug, Clone)]
struct Slot {
    /// Whether the object has the field. If not, the value is an older one.
    filled: bool,
    value: Scalar,
}

impl Record {
    /// A record of these fields, with at most so many bytes in a text.
    pub(crate) fn new(names: &'static [&'static str], max_text: usize) -> Self {
        let empty = Slot {
            filled: false,
            value: Scalar::Null,
        };
        Self {
            names,
            values: vec![empty; names.len()],
            next: 0,
            unknown: Vec::new(),
            repeated: Vec::new(),
            max_text,
        }
    }

    /// The place of a field in the table, which is mostly `next`.
    fn place(&self, name: &str, next: usize) -> Option<usize> {
        match self.names.get(next) {
            Some(field) if *field == name => Some(next),
            _ => self.names.iter().position(|n| *n == name),
        }
    }
}

impl Element for Record {
    fn clear(&mut self) {
        for slot in &mut self.values {
            slot.filled = false;
        }
        self.next = 0;
        self.unknown.clear();
        self.repeated.clear();
    }
}

impl Fields for Record {
    fn field<'de, A: MapAccess<'de>>(&mut self, name: &str, map: &mut A) -> Result<(), A::Error> {
        let known = self.place(name, self.next);
        self.next = known.map_or(self.next, |at| at.saturating_add(1));
        let names = match known.and_then(|at| self.values.get_mut(at)) {
            Some(slot) if !slot.filled => {
                map.next_value_seed(Refill(&mut slot.value, self.max_text))?;
                slot.filled = true;
                return Ok(());
            }
            Some(_) => &mut self.repeated,
            None => &mut self.unknown,
        };
        if names.len() < KEPT_NAMES {
            names.push(text::lossy(name.as_bytes(), NAME));
        }
        map.next_value::<IgnoredAny>().map(drop)
    }
}

/// Asks a record for its fields, and collects what is wrong with them.
pub(crate) struct Judge<'a, 'd, P> {
    record: &'a Record,
    defects: &'d mut Defects,
    path: P,
    /// Place behind the field that was asked for last.
    next: usize,
}

impl<'a, 'd, P: Fn() -> String> Judge<'a, 'd, P> {
    /// Judges a record that has this path in its document.
    pub(crate) fn new(record: &'a Record, defects: &'d mut Defects, path: P) -> Self {
        Self {
            record,
            defects,
            path,
            next: 0,
        }
    }

    fn find(&mut self, name: &str) -> Option<&'a Scalar> {
        let at = self.record.place(name, self.next)?;
        self.next = at.saturating_add(1);
        let slot = self.record.values.get(at)?;
        slot.filled.then_some(&slot.value)
    }

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
    pub(crate) fn text(&mut self, name: &str) -> Option<&'a str> {
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
    pub(crate) fn nullable_text(&mut self, name: &str) -> Option<Option<&'a str>> {
        match self.find(name) {
            Some(Scalar::Text(text)) => Some(Some(text)),
            Some(Scalar::Null) => Some(None),
            Some(other) => {
                self.ill_typed(DefectKind::MissingField, name, other, "a text");
                None
            }
            None => {
                self.missing(name);
                None
            }
        }
    }

    /// A text that only some objects have; another type is odd, but changes nothing.
    pub(crate) fn extra_text(&mut self, name: &str) -> Option<&'a str> {
        match self.find(name)? {
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
        match self.find(name) {
            Some(Scalar::Integer(n)) => Some(*n),
            Some(other) => {
                self.ill_typed(DefectKind::Number, name, other, "a whole number");
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
        match self.find(name) {
            Some(Scalar::Null) => None,
            Some(Scalar::Integer(n)) => match u32::try_from(*n) {
                Ok(n) => NonZeroU32::new(n),
                Err(_) => {
                    let message = format!("`{name}` is {n}, which is no place in a file");
                    let at = self.at(name);
                    self.defects.partial(DefectKind::Number, message, at);
                    None
                }
            },
            Some(other) => {
                self.ill_typed(DefectKind::Number, name, other, "a whole number");
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
        match self.find(name) {
            Some(Scalar::Text(_) | Scalar::Null | Scalar::Other("an array")) => {}
            Some(other) => self.ill_typed(DefectKind::MissingField, name, other, "a text"),
            None => self.missing(name),
        }
    }

    /// Fields that nobody asked for: unknown ones are noted, repeated ones contradict each other.
    pub(crate) fn rest(&mut self) {
        for name in &self.record.unknown {
            let at = self.at(name);
            let message = format!("`{name}` is not known");
            self.defects.note(DefectKind::UnknownValue, message, at);
        }
        for name in &self.record.repeated {
            let at = self.at(name);
            let message = format!("`{name}` stands there twice");
            self.defects.partial(DefectKind::Contradiction, message, at);
        }
    }
}
