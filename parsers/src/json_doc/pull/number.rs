//! Numbers.

use serde::de::Visitor;

use super::{Error, Pull, Why, error};

impl Pull<'_> {
    /// A whole number of few digits that lies in the window: its length, and what it is.
    fn count(&self) -> Option<(usize, u64)> {
        let rest = self.rest();
        let n = rest
            .iter()
            .take(19)
            .take_while(|b| b.is_ascii_digit())
            .count();
        let (digits, after) = rest.split_at_checked(n)?;
        let ends = !matches!(
            after.first()?,
            b'0'..=b'9' | b'-' | b'+' | b'.' | b'e' | b'E'
        );
        let plain = n == 1 || digits.first() != Some(&b'0');
        Some((n, crate::text::number(digits).filter(|_| ends && plain)?))
    }

    /// Takes the number that starts here.
    pub(super) fn number<'de, V: Visitor<'de>>(&mut self, visitor: V) -> Result<V::Value, Error> {
        if let Some((n, count)) = self.count() {
            self.advance(n);
            return visitor.visit_u64(count);
        }
        let part = |b: &&u8| matches!(b, b'0'..=b'9' | b'-' | b'+' | b'.' | b'e' | b'E');
        let mut n = 0_usize;
        loop {
            let rest = self.rest();
            n = rest
                .iter()
                .skip(n)
                .take_while(part)
                .count()
                .saturating_add(n);
            if n < rest.len() || !self.fill()? {
                break;
            }
        }
        let digits = self.rest().get(..n).unwrap_or_default();
        let number: serde_json::Number = serde_json::from_slice(digits).map_err(|e| {
            let cut = n == self.rest().len() && e.is_eof();
            let why = if cut { Why::Cut } else { Why::Syntax };
            error(why, "invalid number")
        })?;
        self.advance(n);
        match (number.as_u64(), number.as_i64()) {
            (Some(n), _) => visitor.visit_u64(n),
            (None, Some(n)) => visitor.visit_i64(n),
            (None, None) => visitor.visit_f64(number.as_f64().unwrap_or(f64::NAN)),
        }
    }
}
