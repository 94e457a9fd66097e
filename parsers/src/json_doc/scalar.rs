//! One value of a field, whatever it is.

use std::fmt;

use serde::de::{DeserializeSeed, Deserializer, IgnoredAny, MapAccess, SeqAccess, Visitor};

use crate::text;

/// One value, as far as a reader of reports needs it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Scalar {
    /// `null`.
    Null,
    /// `true` or `false`.
    Boolean(bool),
    /// A whole number.
    Integer(i64),
    /// A number with a fraction or an exponent, in the shortest decimal digits that give it again.
    Decimal(String),
    /// A text, cut at the limit.
    Text(String),
    /// Something else, named in words.
    Other(&'static str),
}

impl Scalar {
    /// What it is, in words.
    pub(crate) fn kind(&self) -> &'static str {
        match self {
            Self::Null => "null",
            Self::Boolean(_) => "a boolean",
            Self::Integer(_) => "a number",
            Self::Decimal(_) => "a fraction",
            Self::Text(_) => "a text",
            Self::Other(kind) => kind,
        }
    }

    /// A number that is not negative, in units of `10^-scale`: digits beyond are cut off.
    pub(crate) fn scaled(&self, scale: usize) -> Option<u64> {
        match self {
            Self::Integer(n) => text::decimal(n.to_string().as_bytes(), scale),
            Self::Decimal(digits) => text::decimal(digits.as_bytes(), scale),
            Self::Null | Self::Boolean(_) | Self::Text(_) | Self::Other(_) => None,
        }
    }

    /// A count.
    pub(crate) fn count(&self) -> Option<u64> {
        match self {
            Self::Integer(n) => u64::try_from(*n).ok(),
            Self::Null | Self::Boolean(_) | Self::Decimal(_) | Self::Text(_) | Self::Other(_) => {
                None
            }
        }
    }

    /// A text that is not empty.
    pub(crate) fn into_text(self) -> Option<String> {
        match self {
            Self::Text(text) if !text.is_empty() => Some(text),
            Self::Text(_)
            | Self::Null
            | Self::Boolean(_)
            | Self::Integer(_)
            | Self::Decimal(_)
            | Self::Other(_) => None,
        }
    }

    /// Whether it is an array or an object, whose content was skipped.
    pub(crate) fn is_nested(&self) -> bool {
        matches!(self, Self::Other("an array" | "an object"))
    }
}

/// Reads any value into a [`Scalar`], with at most so many bytes of text.
pub(crate) struct AnyScalar(pub(crate) usize);

impl<'de> DeserializeSeed<'de> for AnyScalar {
    type Value = Scalar;

    fn deserialize<D: Deserializer<'de>>(self, value: D) -> Result<Scalar, D::Error> {
        let mut scalar = Scalar::Null;
        Refill(&mut scalar, self.0).deserialize(value)?;
        Ok(scalar)
    }
}

/// The same, in the place of another value: a text in the memory of the last one.
pub(crate) struct Refill<'a>(pub(crate) &'a mut Scalar, pub(crate) usize);

impl<'de> DeserializeSeed<'de> for Refill<'_> {
    type Value = ();

    fn deserialize<D: Deserializer<'de>>(self, value: D) -> Result<(), D::Error> {
        value.deserialize_any(self)
    }
}

impl Refill<'_> {
    fn set<E>(self, scalar: Scalar) -> Result<(), E> {
        *self.0 = scalar;
        Ok(())
    }
}

impl<'de> Visitor<'de> for Refill<'_> {
    type Value = ();

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a value")
    }

    fn visit_unit<E>(self) -> Result<(), E> {
        self.set(Scalar::Null)
    }

    fn visit_bool<E>(self, b: bool) -> Result<(), E> {
        self.set(Scalar::Boolean(b))
    }

    fn visit_i64<E>(self, n: i64) -> Result<(), E> {
        self.set(Scalar::Integer(n))
    }

    fn visit_u64<E>(self, n: u64) -> Result<(), E> {
        let huge = Scalar::Other("a huge number");
        self.set(i64::try_from(n).map_or(huge, Scalar::Integer))
    }

    fn visit_f64<E>(self, n: f64) -> Result<(), E> {
        self.set(Scalar::Decimal(n.to_string()))
    }

    fn visit_str<E>(self, s: &str) -> Result<(), E> {
        match self.0 {
            Scalar::Text(text) if s.len() <= self.1 => {
                text.clear();
                text.push_str(s);
            }
            scalar => *scalar = Scalar::Text(text::cut(s, self.1)),
        }
        Ok(())
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut list: A) -> Result<(), A::Error> {
        while list.next_element::<IgnoredAny>()?.is_some() {}
        self.set(Scalar::Other("an array"))
    }

    fn visit_map<A: MapAccess<'de>>(self, map: A) -> Result<(), A::Error> {
        IgnoredAny.visit_map(map)?;
        self.set(Scalar::Other("an object"))
    }
}
