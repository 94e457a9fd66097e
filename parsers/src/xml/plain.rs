//! Tags in their plainest form: `<line number="1" hits="2"/>`, `<lines>`, `</lines>`. Nearly all that a report consists
//! of. Whatever is not exactly that is left to the XML reader, which then says the same of it or what is wrong.
//!
//! The bytes come as they are: what is taken of them here is looked at here.

use std::str;

use super::attrs::{ATTRIBUTES, Attrs, is_plain};
use super::bytes::is_odd;
use super::known::Known;
use super::shape::{Piece, Shape, value};
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

impl Plainly {
    pub(crate) fn new(known: Known, limits: &Limits) -> Self {
        Self {
            known,
            limits: *limits,
            shapes: Vec::new(),
        }
    }

    /// The plain tag at the start of a text; its attributes go to `attrs`, in the place of those that are there.
    pub(crate) fn read<'a, 't: 'a>(
        &'a mut self,
        text: &'t [u8],
        attrs: &mut Attrs<'t>,
    ) -> Option<Plain<'a>> {
        attrs.clear();
        if let [b'<', b'/', ..] = text {
            return end(text);
        }
        let mut shapes = self.shapes.iter().enumerate();
        let found = shapes.find_map(|(at, shape)| Some((at, shape.read(text, attrs)?)));
        let Some((at, (len, simple))) = found else {
            return self.unknown(text, attrs);
        };
        if at > 0 {
            self.shapes.swap(0, at);
        }
        let shape = self.shapes.first()?;
        if simple {
            attrs.are(shape.keys);
        } else {
            self.again(shape, text, attrs)?;
        }
        Some(Plain {
            name: &shape.name,
            form: shape.form,
            len,
        })
    }

    /// Attributes of a shape of which not every value stands for itself.
    fn again<'t>(&self, shape: &Shape, text: &'t [u8], attrs: &mut Attrs<'t>) -> Option<()> {
        let mut rest = text;
        for piece in &shape.pieces {
            let (value, _, behind) = value(piece.strip(rest)?)?;
            self.add(&piece.name, value, attrs)?;
            rest = behind;
        }
        Some(())
    }

    /// A value that must be of characters, and of none that XML does not allow.
    fn add<'t>(&self, name: &str, value: &'t [u8], attrs: &mut Attrs<'t>) -> Option<()> {
        let value = str::from_utf8(value).ok().filter(|_| !is_odd(value))?;
        let plain = is_plain(value);
        attrs.add(name, value.into(), plain, self.known, &self.limits);
        Some(())
    }

    /// A tag of any shape, which is remembered.
    fn unknown<'t>(&mut self, text: &'t [u8], attrs: &mut Attrs<'t>) -> Option<Plain<'t>> {
        let (name, _) = element(text.strip_prefix(b"<")?)?;
        let start = text.get(name.len().saturating_add(1)..)?;
        let mut pieces = Vec::new();
        let rest = self.attributes(text, start, attrs, &mut pieces)?;
        let (form, rest) = match rest.strip_prefix(b">") {
            Some(rest) => (Form::Start, rest),
            None => (Form::Empty, rest.strip_prefix(b"/>")?),
        };
        // Where something is wrong with attributes, it may be that one stands twice.
        if !pieces.is_empty() && attrs.problem.is_none() && self.shapes.len() < SHAPES {
            let longest = |key| self.known.longest(key, &self.limits);
            self.shapes.push(Shape::new(name, form, pieces, longest));
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
        tag: &'t [u8],
        mut rest: &'t [u8],
        attrs: &mut Attrs<'t>,
        pieces: &mut Vec<Piece>,
    ) -> Option<&'t [u8]> {
        // What was not told as a piece yet.
        let mut piece = tag;
        for _ in 0..=ATTRIBUTES {
            let Some(body) = rest.strip_prefix(b" ") else {
                return Some(rest);
            };
            let (name, body) = attribute(body)?;
            let text = piece.get(..piece.len().saturating_sub(body.len()))?;
            let text = str::from_utf8(text).ok()?;
            pieces.push(Piece::new(text, name, self.known.find(name)));
            let (value, _, behind) = value(body)?;
            self.add(name, value, attrs)?;
            (rest, piece) = (behind, behind);
        }
        None
    }
}

/// `</name>`
fn end(text: &[u8]) -> Option<Plain<'_>> {
    let (name, rest) = element(text.strip_prefix(b"</")?)?;
    let rest = rest.strip_prefix(b">")?;
    Some(Plain {
        name,
        form: Form::End,
        len: text.len().saturating_sub(rest.len()),
    })
}

/// The name of an element, and what follows it.
fn element(text: &[u8]) -> Option<(&str, &[u8])> {
    word(text).filter(|(name, _)| name.starts_with(|c: char| c.is_ascii_alphabetic()))
}

/// The name of an attribute, and what follows `="`.
fn attribute(text: &[u8]) -> Option<(&str, &[u8])> {
    let (name, rest) = word(text)?;
    Some((name, rest.strip_prefix(b"=\"")?))
}

/// A name, and what follows it.
fn word(text: &[u8]) -> Option<(&str, &[u8])> {
    let letter = |b: &u8| LETTERS.get(usize::from(*b)) == Some(&true);
    let end = text.iter().take_while(|b| letter(b)).count();
    let (name, rest) = text.split_at_checked(end)?;
    Some((str::from_utf8(name).ok().filter(|n| !n.is_empty())?, rest))
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
        let plain = plainly.read(text.as_bytes(), &mut attrs)?;
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
