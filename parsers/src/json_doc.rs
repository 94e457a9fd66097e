//! What the readers of JSON reports share: one pass over a stream, element by element, with nothing kept but facts.
//!
//! serde_json checks the syntax of nearly all reports, which are read as a slice; of larger ones [`pull`] does. A value of
//! the wrong type must not end the reading, so the fields of an element are read into a `Record` of [`Scalar`]s and judged
//! afterwards. serde_json holds a string in memory while it reads it, so the bytes of one element are bounded by a
//! [`Fuse`]: a gigabyte in one string is a defect, not a gigabyte of memory. Deliberately absent: a tree of the document,
//! and any position but line and column.

pub(crate) mod pull;
mod scalar;

use std::cell::Cell;
use std::fmt;
use std::io::{self, BufRead, Read};

use serde::de::{DeserializeSeed, Deserializer, MapAccess, SeqAccess, Visitor};
use serde_json::error::Category;

use crate::defect::DefectKind;

use pull::{DEPTH, Pull, Why};
pub(crate) use scalar::{AnyScalar, Refill, Scalar};

/// Bytes that one element of a report may take, with much room to spare.
const ELEMENT: u64 = 16 << 20;

/// What is left of the bytes that the current element may take.
#[derive(Debug)]
pub(crate) struct Fuse(Cell<u64>);

impl Default for Fuse {
    fn default() -> Self {
        Self(Cell::new(ELEMENT))
    }
}

impl Fuse {
    /// An element is over; the next one has the whole allowance again.
    pub(crate) fn refill(&self) {
        self.0.set(ELEMENT);
    }
}

struct Fused<'a> {
    inner: &'a mut dyn Read,
    fuse: &'a Fuse,
}

impl Read for Fused<'_> {
    fn read(&mut self, out: &mut [u8]) -> io::Result<usize> {
        let left = self.fuse.0.get();
        if left == 0 {
            return Err(io::Error::other("one element is larger than 16 MiB"));
        }
        let n = self.inner.read(out)?;
        let used = u64::try_from(n).unwrap_or(u64::MAX);
        self.fuse.0.set(left.saturating_sub(used));
        Ok(n)
    }
}

/// What follows the opening `{` and the key of a document that starts so, with white space anywhere.
pub(crate) fn after_first_key<'a>(head: &'a [u8], key: &str) -> Option<&'a [u8]> {
    let (found, rest) = first_key(after_byte(head, b'{')?)?;
    (found == key.as_bytes()).then_some(rest)
}

/// The key that stands here, and what follows its colon.
pub(crate) fn first_key(text: &[u8]) -> Option<(&[u8], &[u8])> {
    let body = after_byte(text, b'"')?;
    let end = body.iter().position(|b| *b == b'"')?;
    let (key, rest) = body.split_at_checked(end)?;
    Some((key, after_byte(rest.get(1..)?, b':')?))
}

/// What follows white space and this byte.
pub(crate) fn after_byte(text: &[u8], byte: u8) -> Option<&[u8]> {
    text.trim_ascii_start().strip_prefix(&[byte])
}

/// An object whose fields are folded as they come.
pub(crate) trait Fields {
    /// Reads the value of one field: exactly one value must be taken from `map`.
    fn field<'de, A: MapAccess<'de>>(&mut self, name: &str, map: &mut A) -> Result<(), A::Error>;
}

/// What is wrong with the form of a document: the kind, and a sentence with serde_json's line and column.
pub(crate) type Fault = (DefectKind, String);

/// Reads one document, whose outermost value must be an object, and then the stream to its end. Says what is wrong
/// with its form; what was folded until then stays.
pub(crate) fn read<F: Fields>(
    input: &mut dyn BufRead,
    fuse: &Fuse,
    outermost: &mut F,
) -> Option<Fault> {
    read_value(input, fuse, Object(outermost))
}

/// Reads one document, whatever its outermost value is, and then the stream to its end.
pub(crate) fn read_value<S: for<'de> DeserializeSeed<'de, Value = ()>>(
    input: &mut dyn BufRead,
    fuse: &Fuse,
    outermost: S,
) -> Option<Fault> {
    let fault = match start(&mut *input) {
        Start::Whole(bytes) => {
            let json = serde_json::Deserializer::from_slice(&bytes);
            document(json, fuse, outermost)
        }
        Start::More(bytes) => stream(&mut bytes.chain(&mut *input), fuse, outermost),
        Start::Failed(bytes, error) => {
            stream(&mut bytes.chain(Failed(Some(error))), fuse, outermost)
        }
    };
    drain(input);
    fault
}

/// Bytes of a document that is read as a whole, by serde_json alone. Nearly all reports are smaller. What a fuzzer makes
/// is too, so there both ways are taken.
const WHOLE: u64 = if cfg!(fuzzing) { 1 << 10 } else { 1 << 20 };

/// The first bytes of a document.
pub(crate) enum Start {
    /// These are all.
    Whole(Vec<u8>),
    /// There may be more.
    More(io::Cursor<Vec<u8>>),
    /// What comes next could not be read.
    Failed(io::Cursor<Vec<u8>>, io::Error),
}

/// Reads the first bytes of a document.
pub(crate) fn start(input: &mut dyn BufRead) -> Start {
    let mut bytes = Vec::new();
    match Read::take(input, WHOLE).read_to_end(&mut bytes) {
        Err(error) => Start::Failed(io::Cursor::new(bytes), error),
        Ok(_) if u64::try_from(bytes.len()).is_ok_and(|n| n < WHOLE) => Start::Whole(bytes),
        Ok(_) => Start::More(io::Cursor::new(bytes)),
    }
}

/// What could not be read.
pub(crate) struct Failed(pub(crate) Option<io::Error>);

impl Read for Failed {
    fn read(&mut self, _: &mut [u8]) -> io::Result<usize> {
        self.0.take().map_or(Ok(0), Err)
    }
}

fn stream<S: for<'de> DeserializeSeed<'de, Value = ()>>(
    input: &mut dyn Read,
    fuse: &Fuse,
    outermost: S,
) -> Option<Fault> {
    let mut fused = Fused { inner: input, fuse };
    let read = Pull::new(&mut fused, DEPTH).document(outermost);
    let error = read.err()?;
    let kind = match error.why() {
        Why::Io if fuse.0.get() == 0 => DefectKind::Limit,
        Why::Io => DefectKind::Io,
        Why::Syntax | Why::Deep => DefectKind::Syntax,
        Why::Data => DefectKind::UnknownValue,
        Why::Cut => DefectKind::Cut,
        Why::Trailing => DefectKind::TrailingText,
        Why::Long => DefectKind::Limit,
    };
    let where_to = match error.why() {
        Why::Trailing => "something follows the end of the document",
        _ => "the document was not read to its end",
    };
    Some((kind, format!("{where_to}: {error}")))
}

fn document<'de, R: serde_json::de::Read<'de>, S: DeserializeSeed<'de, Value = ()>>(
    mut json: serde_json::Deserializer<R>,
    fuse: &Fuse,
    outermost: S,
) -> Option<Fault> {
    match outermost.deserialize(&mut json) {
        Err(error) => Some(fault(&error, fuse)),
        Ok(()) => {
            fuse.refill();
            json.end().err().map(|e| {
                let message = format!("something follows the end of the document: {e}");
                (DefectKind::TrailingText, message)
            })
        }
    }
}

fn fault(error: &serde_json::Error, fuse: &Fuse) -> Fault {
    let kind = match error.classify() {
        Category::Io if fuse.0.get() == 0 => DefectKind::Limit,
        Category::Io => DefectKind::Io,
        Category::Syntax => DefectKind::Syntax,
        Category::Data => DefectKind::UnknownValue,
        Category::Eof => DefectKind::Cut,
    };
    (
        kind,
        format!("the document was not read to its end: {error}"),
    )
}

fn drain(input: &mut dyn BufRead) {
    while let Ok(chunk) = input.fill_buf() {
        let n = chunk.len();
        if n == 0 {
            return;
        }
        input.consume(n);
    }
}

/// Reads an object field by field.
pub(crate) struct Object<'a, F>(pub(crate) &'a mut F);

impl<'de, F: Fields> DeserializeSeed<'de> for Object<'_, F> {
    type Value = ();

    fn deserialize<D: Deserializer<'de>>(self, value: D) -> Result<(), D::Error> {
        value.deserialize_any(self)
    }
}

impl<'de, F: Fields> Visitor<'de> for Object<'_, F> {
    type Value = ();

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("an object")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<(), A::Error> {
        let mut name = String::new();
        while map.next_key_seed(Name(&mut name))?.is_some() {
            self.0.field(&name, &mut map)?;
        }
        Ok(())
    }
}

/// Reads the name of a field into the same buffer each time.
struct Name<'a>(&'a mut String);

impl<'de> DeserializeSeed<'de> for Name<'_> {
    type Value = ();

    fn deserialize<D: Deserializer<'de>>(self, name: D) -> Result<(), D::Error> {
        name.deserialize_str(self)
    }
}

impl Visitor<'_> for Name<'_> {
    type Value = ();

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a name")
    }

    fn visit_str<E>(self, name: &str) -> Result<(), E> {
        self.0.clear();
        self.0.push_str(name);
        Ok(())
    }
}

/// An object that is read again and again, for one element of an array after another.
pub(crate) trait Element: Fields {
    /// Forgets the fields of the last element.
    fn clear(&mut self);
}

/// Reads an array of objects, one at a time, into the same record.
pub(crate) struct Records<'a, E, S> {
    /// The record that each element is read into.
    pub(crate) record: &'a mut E,
    /// Refilled after each element.
    pub(crate) fuse: &'a Fuse,
    /// Sees each element.
    pub(crate) sink: S,
}

impl<'de, E: Element, S: FnMut(&mut E)> DeserializeSeed<'de> for Records<'_, E, S> {
    type Value = ();

    fn deserialize<D: Deserializer<'de>>(self, value: D) -> Result<(), D::Error> {
        value.deserialize_any(self)
    }
}

impl<'de, E: Element, S: FnMut(&mut E)> Visitor<'de> for Records<'_, E, S> {
    type Value = ();

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("an array of objects")
    }

    fn visit_seq<A: SeqAccess<'de>>(mut self, mut list: A) -> Result<(), A::Error> {
        self.record.clear();
        while list.next_element_seed(Object(&mut *self.record))?.is_some() {
            (self.sink)(self.record);
            self.record.clear();
            self.fuse.refill();
        }
        Ok(())
    }
}
