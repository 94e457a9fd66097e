//! A walk over the document along the table of [`tree`](super::tree): every part is told to a [`Sink`] as it comes,
//! everything else is skipped. Nothing is kept here.

use std::fmt;

use serde::de::{DeserializeSeed, Deserializer, IgnoredAny, MapAccess, SeqAccess, Visitor};

use crate::defect::DefectKind;
use crate::json_doc::{AnyScalar, Fields, Fuse, Object};
use crate::text;

use super::said::{Said, Value, Wrong};
use super::tree::{Field, Node, Others};

/// Sees what is read.
pub(super) trait Sink {
    /// A field and its value. Of a list or an object it is told before what is in it.
    fn value(&mut self, field: Field, said: Said<'_>);
    /// An object or a list is over.
    fn leave(&mut self, field: Field);
    /// Something that should not stand there.
    fn odd(&mut self, lowers: bool, wrong: Wrong);
}

/// What a walk carries along.
pub(super) struct Walk<'a, S> {
    pub(super) node: &'static Node,
    pub(super) sink: &'a mut S,
    pub(super) fuse: &'a Fuse,
    /// Bytes of a text that are kept.
    pub(super) text: usize,
}

impl<S: Sink> Walk<'_, S> {
    fn to(&mut self, node: &'static Node) -> Walk<'_, S> {
        Walk {
            node,
            sink: &mut *self.sink,
            fuse: self.fuse,
            text: self.text,
        }
    }

    fn tell(&mut self, value: Value<'_>) {
        let name = self.node.name;
        let said = Said { name, value };
        match self.node.field {
            Some(field) => self.sink.value(field, said),
            None if matches!(said.value, Value::Null | Value::List | Value::Object) => {}
            None => {
                let wrong = said.wrong(DefectKind::UnknownValue, "a list or an object");
                self.sink.odd(true, wrong);
            }
        }
    }

    /// Notes a list where an object should stand, or the other way round.
    fn shape(&mut self, wrong: bool, wanted: &str) {
        if wrong {
            let message = format!("`{}` is not {wanted}", self.node.name);
            self.sink.odd(true, (DefectKind::UnknownValue, message));
        }
    }

    fn leave(&mut self) {
        if let Some(field) = self.node.field {
            self.sink.leave(field);
        }
    }

    fn unknown<'de, A: MapAccess<'de>>(&mut self, name: &str, map: &mut A) -> Result<(), A::Error> {
        let (known, strict) = match self.node.others {
            Others::Open => return map.next_value::<IgnoredAny>().map(drop),
            Others::Lists(known) => (known, false),
            Others::Only(known) => (known, true),
        };
        if known.contains(&name) {
            return map.next_value::<IgnoredAny>().map(drop);
        }
        let value = map.next_value_seed(AnyScalar(0))?;
        let message = format!("`{}` is not known", text::lossy(name.as_bytes(), 80));
        let lowers = strict || value.is_nested();
        self.sink.odd(lowers, (DefectKind::UnknownValue, message));
        Ok(())
    }
}

/// The fields of one object, with those that were seen, one bit each.
pub(super) struct Level<'a, S> {
    pub(super) walk: Walk<'a, S>,
    pub(super) seen: u64,
}

impl<S: Sink> Fields for Level<'_, S> {
    fn field<'de, A: MapAccess<'de>>(&mut self, name: &str, map: &mut A) -> Result<(), A::Error> {
        let Some((at, child)) = self.walk.node.child(name) else {
            return self.walk.unknown(name, map);
        };
        let bit = u32::try_from(at)
            .ok()
            .and_then(|at| 1_u64.checked_shl(at))
            .filter(|_| child.name != "?")
            .unwrap_or_default();
        if self.seen & bit != 0 {
            let message = format!("`{}` stands there twice", child.name);
            self.walk
                .sink
                .odd(true, (DefectKind::Contradiction, message));
        }
        self.seen |= bit;
        map.next_value_seed(self.walk.to(child))
    }
}

impl<'de, S: Sink> DeserializeSeed<'de> for Walk<'_, S> {
    type Value = ();

    fn deserialize<D: Deserializer<'de>>(self, value: D) -> Result<(), D::Error> {
        value.deserialize_any(self)
    }
}

impl<'de, S: Sink> Visitor<'de> for Walk<'_, S> {
    type Value = ();

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a value")
    }

    fn visit_unit<E>(mut self) -> Result<(), E> {
        self.tell(Value::Null);
        Ok(())
    }

    fn visit_bool<E>(mut self, flag: bool) -> Result<(), E> {
        self.tell(Value::Flag(flag));
        Ok(())
    }

    fn visit_i64<E>(mut self, n: i64) -> Result<(), E> {
        self.tell(Value::Integer(n));
        Ok(())
    }

    fn visit_u64<E>(mut self, n: u64) -> Result<(), E> {
        let value = i64::try_from(n).map_or(Value::Fraction(f64::MAX), Value::Integer);
        self.tell(value);
        Ok(())
    }

    fn visit_f64<E>(mut self, n: f64) -> Result<(), E> {
        self.tell(Value::Fraction(n));
        Ok(())
    }

    fn visit_str<E>(mut self, s: &str) -> Result<(), E> {
        if s.len() > self.text {
            self.tell(Value::Text(&text::cut(s, self.text)));
        } else {
            self.tell(Value::Text(s));
        }
        Ok(())
    }

    fn visit_seq<A: SeqAccess<'de>>(mut self, mut list: A) -> Result<(), A::Error> {
        self.tell(Value::List);
        let element = self.node.element();
        match element {
            Some(each) if each.name == "*" => {
                while list.next_element_seed(self.to(each))?.is_some() {
                    self.fuse.refill();
                }
            }
            Some(first) => list.next_element_seed(self.to(first)).map(drop)?,
            None => self.shape(!self.node.children.is_empty(), "an object"),
        }
        while list.next_element::<IgnoredAny>()?.is_some() {}
        self.leave();
        Ok(())
    }

    fn visit_map<A: MapAccess<'de>>(mut self, map: A) -> Result<(), A::Error> {
        self.tell(Value::Object);
        if self.node.element().is_some() {
            self.shape(true, "a list");
            IgnoredAny.visit_map(map)?;
            self.leave();
            return Ok(());
        }
        let mut level = Level {
            walk: self.to(self.node),
            seen: 0,
        };
        Object(&mut level).visit_map(map)?;
        self.leave();
        Ok(())
    }
}
