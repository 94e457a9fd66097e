//! A value of a field, and what is wrong with it when it is not what it should be.

use crate::defect::DefectKind;
use crate::text;

/// A value, as far as it is of use.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) enum Value<'a> {
    Null,
    Flag(bool),
    Integer(i64),
    Fraction(f64),
    Text(&'a str),
    /// A list; what is in it follows.
    List,
    /// An object; what is in it follows.
    Object,
}

/// What is wrong with a value: the kind, and a sentence.
pub(super) type Wrong = (DefectKind, String);

/// A value with the name of its field.
#[derive(Debug, Clone, Copy)]
pub(super) struct Said<'a> {
    pub(super) name: &'static str,
    pub(super) value: Value<'a>,
}

impl<'a> Said<'a> {
    /// What is wrong with a value that is not what was wanted.
    pub(super) fn wrong(self, kind: DefectKind, wanted: &str) -> Wrong {
        let is = match self.value {
            Value::Null => "null".to_owned(),
            Value::Flag(flag) => flag.to_string(),
            Value::Integer(n) => n.to_string(),
            Value::Fraction(n) => n.to_string(),
            Value::Text(text) => format!("`{}`", text::lossy(text.as_bytes(), 80)),
            Value::List => "a list".to_owned(),
            Value::Object => "an object".to_owned(),
        };
        (kind, format!("`{}` is {is}, not {wanted}", self.name))
    }

    /// Whether nothing is in it, so that its end is not told.
    pub(super) fn is_scalar(self) -> bool {
        !matches!(self.value, Value::List | Value::Object)
    }

    /// A text, or `null`, to be kept.
    pub(super) fn owned(self) -> Result<Option<String>, Wrong> {
        Ok(self.text()?.map(str::to_owned))
    }

    /// A text, or `null`.
    pub(super) fn text(self) -> Result<Option<&'a str>, Wrong> {
        match self.value {
            Value::Text(text) => Ok(Some(text)),
            Value::Null => Ok(None),
            _ => Err(self.wrong(DefectKind::MissingField, "a text")),
        }
    }

    /// A whole number, or `null`.
    pub(super) fn integer(self) -> Result<Option<i64>, Wrong> {
        match self.value {
            Value::Integer(n) => Ok(Some(n)),
            Value::Null => Ok(None),
            _ => Err(self.wrong(DefectKind::Number, "a whole number")),
        }
    }

    /// A place in a list; -1 is none.
    pub(super) fn index(self) -> Result<Option<usize>, Wrong> {
        match self.value {
            Value::Null | Value::Integer(-1) => Ok(None),
            Value::Integer(n) if n >= 0 => Ok(usize::try_from(n).ok()),
            _ => Err(self.wrong(DefectKind::Number, "a place in a list")),
        }
    }
}
