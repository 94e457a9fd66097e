//! What stands between the brackets of a list or an object.

use serde::de::{DeserializeSeed, MapAccess, SeqAccess};

use super::{Error, Pull, Why, error};

/// A list or an object behind its opening bracket. The closing one is left where it is.
pub(super) struct Inside<'p, 'a> {
    pull: &'p mut Pull<'a>,
    end: u8,
    first: bool,
}

impl<'p, 'a> Inside<'p, 'a> {
    pub(super) fn new(pull: &'p mut Pull<'a>, end: u8) -> Self {
        Self {
            pull,
            end,
            first: true,
        }
    }

    /// Goes to the next element: its first byte, or `None` at the closing bracket.
    fn next(&mut self) -> Result<Option<u8>, Error> {
        let first = std::mem::take(&mut self.first);
        let byte = self.pull.first()?;
        if byte == self.end {
            return Ok(None);
        }
        if first {
            return Ok(Some(byte));
        }
        if byte != b',' {
            let message = format!("expected `,` or `{}`", char::from(self.end));
            return Err(error(Why::Syntax, message));
        }
        self.pull.advance(1);
        let byte = self.pull.first()?;
        if byte == self.end {
            return Err(error(Why::Syntax, "trailing comma"));
        }
        Ok(Some(byte))
    }
}

impl<'de> SeqAccess<'de> for Inside<'_, '_> {
    type Error = Error;

    fn next_element_seed<S: DeserializeSeed<'de>>(
        &mut self,
        seed: S,
    ) -> Result<Option<S::Value>, Error> {
        match self.next()? {
            Some(_) => seed.deserialize(&mut *self.pull).map(Some),
            None => Ok(None),
        }
    }
}

impl<'de> MapAccess<'de> for Inside<'_, '_> {
    type Error = Error;

    fn next_key_seed<S: DeserializeSeed<'de>>(
        &mut self,
        seed: S,
    ) -> Result<Option<S::Value>, Error> {
        match self.next()? {
            Some(b'"') => seed.deserialize(&mut *self.pull).map(Some),
            Some(_) => Err(error(Why::Syntax, "key must be a string")),
            None => Ok(None),
        }
    }

    fn next_value_seed<S: DeserializeSeed<'de>>(&mut self, seed: S) -> Result<S::Value, Error> {
        if self.pull.first()? != b':' {
            return Err(error(Why::Syntax, "expected `:`"));
        }
        self.pull.advance(1);
        seed.deserialize(&mut *self.pull)
    }
}
