//! Tags in their plainest form: `<line number="1" hits="2"/>`, `<lines>`, `</lines>`. Nearly all that a report consists
//! of. Whatever is not exactly that is left to the XML reader, which then says the same of it or what is wrong.
//!
//! Writers repeat themselves: the same tag with the same attributes in the same order. Such a [`Shape`] is learned once
//! and then compared as a whole, so that only the values have to be looked at.

use super::attrs::{ATTRIBUTES, Attrs, Known, is_plain};
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
    /// Its first eight bytes, or what there is of them, and which of them count; its last eight if there are so many.
    head: (u64, u64),
    tail: Option<u64>,
    name: String,
    /// The same, if it means something, and how long its value may be.
    known: Option<(&'static str, usize)>,
}

impl Piece {
    fn new(text: &str, name: &str, known: Option<(&'static str, usize)>) -> Self {
        let mut first = [0; 8];
        let mut counts = [0; 8];
        for ((to, count), byte) in first.iter_mut().zip(&mut counts).zip(text.bytes()) {
            (*to, *count) = (byte, u8::MAX);
        }
        let (first, counts) = (u64::from_le_bytes(first), u64::from_le_bytes(counts));
        let last = text.as_bytes().last_chunk::<8>();
        Self {
            text: text.to_owned(),
            head: (first, counts),
            tail: last.map(|last| u64::from_le_bytes(*last)),
            name: name.to_owned(),
            known,
        }
    }

    /// What follows it, where it stands at the start. Most are short, and compared as one or two numbers.
    fn strip<'t>(&self, text: &'t str) -> Option<&'t str> {
        let (Some(first), true) = (text.as_bytes().first_chunk::<8>(), self.text.len() <= 16)
        else {
            return text.strip_prefix(self.text.as_str());
        };
        if u64::from_le_bytes(*first) & self.head.1 != self.head.0 {
            return None;
        }
        let (head, rest) = text.split_at_checked(self.text.len())?;
        let last = head.as_bytes().last_chunk::<8>();
        let same = last.map(|last| u64::from_le_bytes(*last)) == self.tail;
        same.then_some(rest)
    }
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
    /// `simple`: there is no reference in the text, and nothing that was no UTF-8.
    pub(crate) fn read<'t>(
        &mut self,
        text: &'t str,
        simple: bool,
        attrs: &mut Attrs<'t>,
    ) -> Option<Plain<'t>> {
        for at in 0..self.shapes.len() {
            attrs.clear();
            let shape = self.shapes.get(at)?;
            if let Some(plain) = self.shaped(shape, text, simple, attrs) {
                self.shapes.swap(0, at);
                return Some(plain);
            }
        }
        attrs.clear();
        self.unknown(text, attrs)
    }

    /// A tag of a shape that was seen before.
    fn shaped<'t>(
        &self,
        shape: &Shape,
        text: &'t str,
        simple: bool,
        attrs: &mut Attrs<'t>,
    ) -> Option<Plain<'t>> {
        let (mut rest, mut short) = (text, true);
        for piece in &shape.pieces {
            let (value, after) = value(piece.strip(rest)?)?;
            if let Some((key, max)) = piece.known {
                attrs.push(key, value);
                short &= value.len() <= max;
            }
            rest = after;
        }
        let rest = match shape.form {
            Form::Start => rest.strip_prefix('>')?,
            Form::Empty => rest.strip_prefix("/>")?,
            Form::End => return None,
        };
        let plain = Plain {
            name: text.get(1..shape.name.saturating_add(1))?,
            form: shape.form,
            len: text.len().saturating_sub(rest.len()),
        };
        let tag = text.get(1..plain.len)?;
        let plainly = match simple {
            true => memchr::memchr(b'<', tag.as_bytes()).is_none(),
            false => is_plain(tag),
        };
        if !short || !plainly {
            self.again(shape, text, attrs)?;
        }
        Some(plain)
    }

    /// Attributes of a shape of which not every value stands for itself.
    fn again<'t>(&self, shape: &Shape, text: &'t str, attrs: &mut Attrs<'t>) -> Option<()> {
        attrs.clear();
        let mut rest = text;
        for piece in &shape.pieces {
            let (value, after) = value(piece.strip(rest)?)?;
            self.add(&piece.name, value, attrs);
            rest = after;
        }
        Some(())
    }

    fn add<'t>(&self, name: &str, value: &'t str, attrs: &mut Attrs<'t>) {
        let plain = is_plain(value);
        attrs.add(name, value.into(), plain, self.known, &self.limits);
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
            let known = known.map(|k| (k, self.known.longest(k, &self.limits)));
            pieces.push(Piece::new(piece.get(..end)?, name, known));
            let (value, after) = value(body)?;
            self.add(name, value, attrs);
            (rest, piece) = (after, after);
        }
        None
    }
}

/// A value up to its quote, and what follows the quote.
fn value(text: &str) -> Option<(&str, &str)> {
    let end = eight::find(text.as_bytes(), 0, [b'"']);
    let (value, rest) = text.split_at_checked(end)?;
    Some((value, rest.strip_prefix('"')?))
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
        let simple = memchr::memchr2(b'&', crate::xml::bytes::INVALID, text.as_bytes()).is_none();
        let plain = plainly.read(text, simple, &mut attrs)?;
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
