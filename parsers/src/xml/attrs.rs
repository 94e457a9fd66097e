//! Attributes and references.

use std::borrow::Cow;
use std::str;

use quick_xml::events::BytesStart;

use super::bytes::INVALID;
use super::known::{Key, Keys, Known, MOST};
use crate::defect::DefectKind;
use crate::input::Limits;
use crate::text;

/// Attributes of one element that are looked at.
pub(super) const ATTRIBUTES: usize = 200;

/// The attributes of one element that mean something.
#[derive(Default)]
pub(crate) struct Attrs<'t> {
    /// Values as they stand in the document, and which of them are those of this element.
    plain: [&'t [u8]; MOST],
    there: Keys,
    /// Values that were made: without references, cut.
    made: Vec<(Key, String)>,
    /// What is wrong with them.
    pub(crate) problem: Option<(DefectKind, String)>,
}

impl<'t> Attrs<'t> {
    /// Reads the attributes of a start tag.
    pub(crate) fn read(tag: &'t BytesStart<'_>, known: Known, limits: &Limits) -> Self {
        let mut attrs = Self::default();
        let mut raw = tag.attributes();
        for (n, attribute) in raw.with_checks(false).enumerate() {
            if n >= ATTRIBUTES {
                attrs.wrong(DefectKind::Limit, "more attributes than are read".into());
                break;
            }
            match attribute {
                Ok(a) => {
                    let plain = is_plain(&a.value);
                    attrs.add(a.key.0, a.value, plain, known, limits);
                }
                Err(error) => {
                    attrs.wrong(DefectKind::Syntax, error.to_string());
                    break;
                }
            }
        }
        attrs
    }

    /// Forgets the attributes of the last element.
    pub(super) fn clear(&mut self) {
        self.there = Keys::default();
        self.made.clear();
        if self.problem.is_some() {
            self.problem = None;
        }
    }

    /// Puts a value that stands for itself and is not too long where it belongs.
    pub(super) fn put(&mut self, key: Key, value: &'t [u8]) {
        if let Some(slot) = self.plain.get_mut(key.place()) {
            *slot = value;
        }
    }

    /// Says that those that were put there are the attributes of the element.
    pub(super) fn are(&mut self, keys: Keys) {
        self.there = keys;
    }

    /// Adds an attribute. `plain`: nothing in the value has a meaning of its own.
    pub(super) fn add(
        &mut self,
        key: &str,
        raw: Cow<'t, str>,
        plain: bool,
        known: Known,
        limits: &Limits,
    ) {
        if !plain && known.escaped && raw.contains('<') {
            let message = format!("`<` inside of the attribute `{}`", shown(key));
            self.wrong(DefectKind::Syntax, message);
        }
        let (name, found) = (key, known.find(key));
        let Some(key) = found else {
            return;
        };
        if self.get(key).is_some() {
            self.wrong(DefectKind::Syntax, format!("`{name}` stands twice"));
            return;
        }
        let max = known.longest(key, limits);
        if let Cow::Borrowed(raw) = raw
            && plain
            && raw.len() <= max
        {
            self.put(key, raw.as_bytes());
            self.there.add(key);
            return;
        }
        let mut text = Text::default();
        if !known.escaped {
            text.push(&raw, max);
        } else if let Err(reference) = unescape(&raw, &mut text, max) {
            let message = format!("`{name}` holds the unknown reference `&{reference}`");
            self.wrong(DefectKind::Syntax, message);
        }
        self.made.push((key, text.text));
    }

    fn wrong(&mut self, kind: DefectKind, message: String) {
        self.problem.get_or_insert((kind, message));
    }

    /// The value of an attribute.
    pub(crate) fn get(&self, key: Key) -> Option<&str> {
        // What is put there is UTF-8.
        str::from_utf8(self.bytes(key)?).ok()
    }

    /// The same, for what is no text.
    pub(crate) fn bytes(&self, key: Key) -> Option<&[u8]> {
        if self.there.has(key) {
            return self.plain.get(key.place()).copied();
        }
        let made = self.made.iter().find(|(k, _)| *k == key);
        made.map(|(_, value)| value.as_bytes())
    }

    /// The value of an attribute that is not empty.
    pub(crate) fn text(&self, key: Key) -> Option<&str> {
        self.get(key).filter(|value| !value.is_empty())
    }

    /// The same, for what is no text.
    pub(crate) fn filled(&self, key: Key) -> Option<&[u8]> {
        self.bytes(key).filter(|value| !value.is_empty())
    }
}

#[cfg(test)]
impl std::fmt::Debug for Attrs<'_> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let keys = (0..16).map(Key);
        let values: Vec<_> = keys.filter_map(|k| Some((k, self.get(k)?))).collect();
        f.debug_tuple("Attrs")
            .field(&values)
            .field(&self.problem)
            .finish()
    }
}

/// Whether nothing in a text has a meaning of its own.
pub(super) fn is_plain(text: &str) -> bool {
    memchr::memchr3(b'&', b'<', INVALID, text.as_bytes()).is_none()
}

/// A text that grows up to a limit.
#[derive(Debug, Default)]
pub(crate) struct Text {
    pub(crate) text: String,
    cut: bool,
}

impl Text {
    /// Adds a piece; at most `max` bytes are kept in all.
    pub(crate) fn push(&mut self, piece: &str, max: usize) {
        if self.cut {
            return;
        }
        let room = max.saturating_sub(self.text.len());
        let mut end = room.min(piece.len());
        while !piece.is_char_boundary(end) {
            end = end.saturating_sub(1);
        }
        let kept = piece.get(..end).unwrap_or_default();
        if kept.as_bytes().contains(&INVALID) {
            let shown = kept.replace(char::from(INVALID), "\u{fffd}");
            self.text.push_str(&shown);
        } else {
            self.text.push_str(kept);
        }
        if kept.len() < piece.len() {
            self.cut = true;
            self.text.push('…');
        }
    }
}

/// Adds a raw attribute value without its references. The error is a reference that is not known.
fn unescape(raw: &str, to: &mut Text, max: usize) -> Result<(), String> {
    let mut unknown = None;
    let mut pieces = raw.split('&');
    to.push(pieces.next().unwrap_or_default(), max);
    for piece in pieces {
        let (name, rest) = piece.split_once(';').unwrap_or((piece, ""));
        match resolve(name) {
            Some(c) if piece.contains(';') => {
                to.push(c.encode_utf8(&mut [0; 4]), max);
                to.push(rest, max);
            }
            _ => {
                to.push("&", max);
                to.push(piece, max);
                unknown.get_or_insert_with(|| shown(name));
            }
        }
    }
    unknown.map_or(Ok(()), Err)
}

/// A name as it stands in a message, not in full when it is long.
pub(crate) fn shown(name: &str) -> String {
    text::lossy(name.as_bytes(), 60)
}

/// The character that a reference stands for: one of the five that XML knows, or a number.
pub(crate) fn resolve(name: &str) -> Option<char> {
    match name {
        "lt" => Some('<'),
        "gt" => Some('>'),
        "amp" => Some('&'),
        "apos" => Some('\''),
        "quot" => Some('"'),
        _ => {
            let number = name.strip_prefix('#')?;
            let (digits, base) = match number.strip_prefix('x') {
                Some(hex) => (hex, 16),
                None => (number, 10),
            };
            let plain = !digits.is_empty() && digits.bytes().all(|b| b.is_ascii_hexdigit());
            char::from_u32(u32::from_str_radix(digits, base).ok().filter(|_| plain)?)
        }
    }
}
