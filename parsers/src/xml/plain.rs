//! Tags in their plainest form: `<line number="1" hits="2"/>`, `<lines>`, `</lines>`. Nearly all that a report consists
//! of. Whatever is not exactly that is left to the XML reader, which then says the same of it or what is wrong.
//!
//! Writers repeat themselves: the same tag with the same attributes in the same order. Such a [`Shape`] is learned once
//! and then compared as a whole, so that only the values have to be looked at.

use super::attrs::{ATTRIBUTES, Attrs, Known};
use super::bytes::INVALID;
use crate::eight;
use crate::input::Limits;

/// A plain tag that lies whole at the start of a text.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Plain<'t> {
    pub(crate) name: &'t str,
    pub(crate) form: Form,
    /// Bytes of the tag.
    pub(crate) len: usize,
}

/// What kind of tag it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Form {
    /// `<a>`
    Start,
    /// `<a/>`
    Empty,
    /// `</a>`
    End,
}

/// Shapes that are remembered.
const SHAPES: usize = 8;

/// Reads plain tags.
pub(crate) struct Plainly {
    known: Known,
    limits: Limits,
    /// Those that were seen, the one that was seen last in front.
    shapes: Vec<Shape>,
}

/// A tag but for the values of its attributes.
struct Shape {
    /// Bytes of its name.
    name: usize,
    form: Form,
    pieces: Vec<Piece>,
}

/// An attribute but for its value.
struct Piece {
    /// What stands in front of the value: `<line number="`, ` hits="`.
    text: String,
    name: String,
    /// The same, if it means something, and how long its value may be.
    known: Option<(&'static str, usize)>,
}

impl Plainly {
    pub(crate) fn new(known: Known, limits: &Limits) -> Self {
        Self {
            known,
            limits: *limits,
            shapes: Vec::new(),
        }
    }

    /// The plain tag at the start of a text; its attributes go to `attrs`, in the place of those that are there.
    pub(crate) fn read<'t>(&mut self, text: &'t str, attrs: &mut Attrs<'t>) -> Option<Plain<'t>> {
        for at in 0..self.shapes.len() {
            attrs.clear();
            let shape = self.shapes.get(at)?;
            if let Some(plain) = self.shaped(shape, text, attrs) {
                self.shapes.swap(0, at);
                return Some(plain);
            }
        }
        attrs.clear();
        self.unknown(text, attrs)
    }

    /// A tag of a shape that was seen before.
    fn shaped<'t>(&self, shape: &Shape, text: &'t str, attrs: &mut Attrs<'t>) -> Option<Plain<'t>> {
        let mut rest = text;
        for piece in &shape.pieces {
            let (value, plain, after) = value(rest.strip_prefix(piece.text.as_str())?)?;
            match piece.known {
                None if plain => {}
                Some((key, max)) if plain && value.len() <= max => attrs.push(key, value),
                _ => attrs.add(&piece.name, value.into(), plain, self.known, &self.limits),
            }
            rest = after;
        }
        let rest = match shape.form {
            Form::Start => rest.strip_prefix('>')?,
            Form::Empty => rest.strip_prefix("/>")?,
            Form::End => return None,
        };
        Some(Plain {
            name: text.get(1..shape.name.saturating_add(1))?,
            form: shape.form,
            len: text.len().saturating_sub(rest.len()),
        })
    }

    /// A tag of any shape, which is remembered.
    fn unknown<'t>(&mut self, text: &'t str, attrs: &mut Attrs<'t>) -> Option<Plain<'t>> {
        let body = text.strip_prefix('<')?;
        let mut pieces = Vec::new();
        let (form, name, rest) = match body.strip_prefix('/') {
            Some(body) => {
                let (name, rest) = word(body)?;
                (Form::End, name, rest.strip_prefix('>')?)
            }
            None => {
                let (name, _) = word(body)?;
                let start = text.get(name.len().saturating_add(1)..)?;
                let rest = self.attributes(text, start, attrs, &mut pieces)?;
                match rest.strip_prefix('>') {
                    Some(rest) => (Form::Start, name, rest),
                    None => (Form::Empty, name, rest.strip_prefix("/>")?),
                }
            }
        };
        if !name.starts_with(|c: char| c.is_ascii_alphabetic()) {
            return None;
        }
        // Where something is wrong with attributes, it may be that one stands twice.
        if !pieces.is_empty() && attrs.problem.is_none() && self.shapes.len() < SHAPES {
            let name = name.len();
            self.shapes.push(Shape { name, form, pieces });
        }
        Some(Plain {
            name,
            form,
            len: text.len().saturating_sub(rest.len()),
        })
    }

    /// Attributes in their plainest form, ` name="value"`, and what follows them.
    fn attributes<'t>(
        &self,
        tag: &'t str,
        mut rest: &'t str,
        attrs: &mut Attrs<'t>,
        pieces: &mut Vec<Piece>,
    ) -> Option<&'t str> {
        // What was not told as a piece yet.
        let mut piece = tag;
        for _ in 0..=ATTRIBUTES {
            let Some(body) = rest.strip_prefix(' ') else {
                return Some(rest);
            };
            let (name, body) = word(body)?;
            let body = body.strip_prefix("=\"")?;
            let end = piece.len().saturating_sub(body.len());
            let known = self.known.find(name);
            pieces.push(Piece {
                text: piece.get(..end)?.to_owned(),
                name: name.to_owned(),
                known: known.map(|k| (k, self.known.longest(k, &self.limits))),
            });
            let (value, plain, after) = value(body)?;
            attrs.add(name, value.into(), plain, self.known, &self.limits);
            (rest, piece) = (after, after);
        }
        None
    }
}

/// A value up to its quote, whether nothing in it has a meaning of its own, and what follows the quote.
fn value(text: &str) -> Option<(&str, bool, &str)> {
    let bytes = text.as_bytes();
    let mut end = eight::find(bytes, 0, [b'"', b'&', b'<', INVALID]);
    let plain = bytes.get(end)? == &b'"';
    if !plain {
        let more = memchr::memchr(b'"', bytes.get(end..)?)?;
        end = end.saturating_add(more);
    }
    let (value, rest) = text.split_at_checked(end)?;
    Some((value, plain, rest.get(1..)?))
}

/// Letters, digits, `-` and `_` at the start of a text, and what follows them.
fn word(text: &str) -> Option<(&str, &str)> {
    let letter = |b: &u8| LETTERS.get(usize::from(*b)) == Some(&true);
    let end = text.as_bytes().iter().take_while(|b| letter(b)).count();
    text.split_at_checked(end).filter(|_| end > 0)
}

/// What a name may consist of here.
static LETTERS: [bool; 256] = {
    let mut table = [false; 256];
    let letters = b"abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-_";
    let mut rest = letters.as_slice();
    while let Some((first, tail)) = rest.split_first() {
        #[expect(
            clippy::indexing_slicing,
            clippy::as_conversions,
            reason = "at compile time"
        )]
        {
            table[*first as usize] = true;
        }
        rest = tail;
    }
    table
};

#[cfg(test)]
mod tests {
    use super::*;
    use quick_xml::Reader;
    use quick_xml::events::{BytesStart, Event};

    const KNOWN: Known = Known {
        names: &["n", "x", "b", "c-d"],
        long: &[],
        escaped: true,
    };

    /// A tag: its form, its name, what its attributes say, and where it ends.
    type Said = (Form, String, String, u64);

    /// What quick-xml makes of a tag.
    fn reference(text: &str) -> Option<Said> {
        let mut reader = Reader::from_str(text);
        reader.config_mut().allow_unmatched_ends = true;
        let read = |tag: &BytesStart<'_>| {
            let attrs = format!("{:?}", Attrs::read(tag, KNOWN, &Limits::default()));
            (tag.name().as_ref().to_owned(), attrs)
        };
        let none = format!("{:?}", Attrs::default());
        let (form, (name, attrs)) = match reader.read_event().ok()? {
            Event::Empty(tag) => (Form::Empty, read(&tag)),
            Event::Start(tag) => (Form::Start, read(&tag)),
            Event::End(tag) => (Form::End, (tag.name().as_ref().to_owned(), none)),
            _ => return None,
        };
        Some((form, name, attrs, reader.buffer_position()))
    }

    fn said(plainly: &mut Plainly, text: &str) -> Option<Said> {
        let mut attrs = Attrs::default();
        let plain = plainly.read(text, &mut attrs)?;
        let len = u64::try_from(plain.len).unwrap();
        Some((plain.form, plain.name.into(), format!("{attrs:?}"), len))
    }

    #[test]
    fn what_is_plain_is_what_the_xml_reader_says() {
        let pieces = [
            "<",
            "a",
            "line",
            " ",
            "  ",
            " n=\"1\"",
            " x=\"\"",
            " y='2'",
            "=",
            "\"",
            "'",
            "/",
            "/>",
            ">",
            "é",
            "&lt;",
            " n=\"&lt;&amp;&x;\"",
            "-",
            ":",
            "\n",
            " b=\"<>\"",
            " c-d=\"é > &amp;\"",
            "!",
            "?",
            " b=\"/>\"",
            "\t",
            " x=\"\u{1a}\"",
        ];
        let mut seed: u64 = 1;
        let mut count = 0;
        let mut reader = Plainly::new(KNOWN, &Limits::default());
        for round in 0..300_000_u64 {
            let mut text = String::from(["<a", "</a", "<"][usize::try_from(round % 3).unwrap()]);
            for _ in 0..seed % 7 {
                seed = seed
                    .wrapping_mul(6_364_136_223_846_793_005)
                    .wrapping_add(1_442_695_040_888_963_407);
                text.push_str(pieces[usize::try_from(seed >> 33).unwrap() % pieces.len()]);
            }
            seed = seed
                .wrapping_mul(6_364_136_223_846_793_005)
                .wrapping_add(1_442_695_040_888_963_407)
                ^ (seed >> 31);
            text.push_str(["/><z/>", "><z/>"][usize::try_from(round % 2).unwrap()]);
            if round % 100 == 0 {
                reader.shapes.clear();
            }
            let Some(said) = said(&mut reader, &text) else {
                continue;
            };
            count += 1;
            assert_eq!(Some(said), reference(&text), "{text}");
        }
        assert!(count > 40_000, "{count}");
    }

    #[test]
    fn everything_else_is_left_to_the_xml_reader() {
        let reader = &mut Plainly::new(KNOWN, &Limits::default());
        let mut said = |text: &str| said(reader, text);
        let text = "<line number=\"1\" hits=\"\"/><b/>";
        let found = said(text).unwrap();
        assert_eq!(
            (found.0, found.1.as_str(), found.3),
            (Form::Empty, "line", 26)
        );
        assert_eq!(said("<a>b").unwrap().0, Form::Start);
        assert_eq!(said("</a>b").unwrap().0, Form::End);
        for other in [
            "",
            "<",
            "a",
            "<a",
            "<a/",
            "</a",
            "</a >",
            "</a b=\"1\">",
            "</a/>",
            "<1/>",
            "</1>",
            "<>",
            "</>",
            "<a:b/>",
            "<!a/>",
            "<?a/>",
            "< a/>",
            "<a />",
            "<a b/>",
            "<a b=/>",
            "<a b='1'/>",
            "<a  b=\"1\"/>",
            "<a b=\"1\"c=\"2\"/>",
            "<a b=\"1/>",
            "<a b=\"1\" />",
            "<a b=\"1\" >",
            "<a\tb=\"1\"/>",
            "<a =\"1\"/>",
        ] {
            assert_eq!(said(other), None, "{other}");
        }
    }
}
