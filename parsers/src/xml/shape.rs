//! Writers repeat themselves: the same tag with the same attributes in the same order. Such a [`Shape`] is learned once
//! and then compared as a whole, so that only the values have to be looked at.

use super::attrs::Attrs;
use super::known::{Key, Keys};
use super::plain::Form;
use crate::eight;

/// A tag but for the values of its attributes.
pub(super) struct Shape {
    pub(super) name: String,
    pub(super) form: Form,
    pub(super) pieces: Vec<Piece>,
    /// Attributes that mean something, and how long the values of all of them may be.
    pub(super) keys: Keys,
    max: usize,
}

/// An attribute but for its value.
pub(super) struct Piece {
    /// What stands in front of the value: `<line number="`, ` hits="`.
    text: String,
    /// Its first sixteen bytes, and which of them count. A longer text has none, and is compared in another way.
    head: Option<[(u64, u64); 2]>,
    pub(super) name: String,
    /// The same, if it means something.
    key: Option<Key>,
}

impl Shape {
    /// The shape of a tag; `longest` says how long the value of an attribute may be.
    pub(super) fn new(
        name: &str,
        form: Form,
        pieces: Vec<Piece>,
        longest: impl Fn(Key) -> usize,
    ) -> Self {
        let keys = pieces.iter().filter_map(|p| p.key);
        Self {
            name: name.to_owned(),
            form,
            max: keys.clone().map(longest).min().unwrap_or(usize::MAX),
            keys: keys.collect(),
            pieces,
        }
    }

    /// The tag at the start of a text: its length, and whether every value stands for itself, and was put where it
    /// belongs.
    pub(super) fn read<'t>(&self, text: &'t [u8], attrs: &mut Attrs<'t>) -> Option<(usize, bool)> {
        let (mut rest, mut simple) = (text, true);
        for piece in &self.pieces {
            let (value, plain, behind) = value(piece.strip(rest)?)?;
            if let Some(key) = piece.key {
                attrs.put(key, value);
            }
            simple &= plain;
            rest = behind;
        }
        let rest = match self.form {
            Form::Start => rest.strip_prefix(b">")?,
            Form::Empty => rest.strip_prefix(b"/>")?,
            Form::End => return None,
        };
        let len = text.len().saturating_sub(rest.len());
        Some((len, simple && len <= self.max))
    }
}

impl Piece {
    pub(super) fn new(text: &str, name: &str, key: Option<Key>) -> Self {
        let half = |from: usize| {
            let (mut first, mut counts) = ([0; 8], [0; 8]);
            let bytes = text.bytes().skip(from);
            for ((to, count), byte) in first.iter_mut().zip(&mut counts).zip(bytes) {
                (*to, *count) = (byte, u8::MAX);
            }
            (u64::from_le_bytes(first), u64::from_le_bytes(counts))
        };
        Self {
            text: text.to_owned(),
            head: (text.len() <= 16).then(|| [half(0), half(8)]),
            name: name.to_owned(),
            key,
        }
    }

    /// What follows it, where it stands at the start. Most are short, and compared as two numbers.
    pub(super) fn strip<'t>(&self, text: &'t [u8]) -> Option<&'t [u8]> {
        let (Some([one, two]), Some(first)) = (self.head, text.first_chunk::<16>()) else {
            return text.strip_prefix(self.text.as_bytes());
        };
        let ([a, b], _) = first.as_chunks::<8>() else {
            return None;
        };
        let same =
            |bytes: &[u8; 8], half: (u64, u64)| (u64::from_le_bytes(*bytes) & half.1) ^ half.0;
        if same(a, one) | same(b, two) != 0 {
            return None;
        }
        text.get(self.text.len()..)
    }
}

/// A value up to its quote, whether every byte of it stands for itself, and what follows the quote.
pub(super) fn value(text: &[u8]) -> Option<(&[u8], bool, &[u8])> {
    let special = |b| matches!(b, b'"' | b'<' | b'&') || !matches!(b, b' '..=0x7f);
    let mut end = eight::first(text, specials, special);
    let plain = text.get(end) == Some(&b'"');
    if !plain {
        end = memchr::memchr(b'"', text)?;
    }
    let (value, rest) = text.split_at_checked(end)?;
    Some((value, plain, rest.get(1..)?))
}

/// Of eight bytes, the high bit of each that ends a value or is more than itself: `"`, `<` and `&`, control characters,
/// and whatever is not ASCII.
fn specials(word: u64) -> u64 {
    let zero = |word: u64| word.wrapping_sub(eight::each(1));
    // `"` and `&` differ in one bit.
    let quote = zero((word | eight::each(b'"' ^ b'&')) ^ eight::each(b'&'));
    let less = zero(word ^ eight::each(b'<'));
    let control = word.wrapping_sub(eight::each(b' '));
    (quote | less | control | word) & eight::each(0x80)
}
