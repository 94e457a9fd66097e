//! The walk through a document whose elements are known: it ends at the end of the root, and nothing may stand between
//! the elements. Each reader says what its elements are.

use std::io::{self, BufRead};

use quick_xml::Reader;
use quick_xml::errors::Error;
use quick_xml::events::{BytesStart, Event};

use super::attrs::{Attrs, Known, resolve, shown};
use super::bytes::Bytes;
use super::doctype::is_external;
use super::plain::plain;
use crate::collect::Defects;
use crate::defect::{DefectKind, Position};
use crate::input::Limits;

/// An element that is opened.
pub(crate) struct Tag<'a, K> {
    /// What it stands in; `None` for the root.
    pub(crate) parent: Option<K>,
    /// Its name without prefix.
    pub(crate) name: &'a str,
    /// Its attributes.
    pub(crate) attrs: &'a Attrs<'a>,
    /// Where it stands.
    pub(crate) at: &'a Position,
}

/// A reader of one kind of document.
pub(crate) trait Elements {
    /// What an element is.
    type Kind: Copy;
    /// Attributes that mean something.
    const ATTRIBUTES: Known;
    /// Root that a document type may name.
    const ROOT: &'static str;

    /// What an element is; `None` for a root that is none of ours, which ends the reading.
    fn open(&mut self, tag: &Tag<'_, Self::Kind>, defects: &mut Defects) -> Option<Self::Kind>;

    /// Its end.
    fn close(&mut self, kind: Self::Kind, at: &Position, defects: &mut Defects);

    /// Text in an element, white space as well. `false` where there is none in a sound document.
    fn text(&mut self, kind: Self::Kind, text: &str) -> bool;
}

/// Reads a document and its stream to the end. The result says whether the root was one of ours.
pub(crate) fn read<E: Elements>(
    input: &mut dyn BufRead,
    limits: &Limits,
    elements: &mut E,
    defects: &mut Defects,
) -> bool {
    let mut walk = Walk {
        elements,
        defects,
        limits,
        stack: Vec::new(),
        at: Position::default(),
        root: false,
        closed: false,
    };
    walk.events(&mut *input);
    let root = walk.root;
    // What follows belongs to this document's source; nobody else may take it for a report.
    if let Err(error) = io::copy(input, &mut io::sink()) {
        let message = format!("reading stopped: {error}");
        defects.partial(DefectKind::Io, message, Position::default());
    }
    root
}

struct Walk<'a, E: Elements> {
    elements: &'a mut E,
    defects: &'a mut Defects,
    limits: &'a Limits,
    stack: Vec<E::Kind>,
    /// Where the event stands that is looked at.
    at: Position,
    /// Whether a root of ours was seen, and whether it was closed.
    root: bool,
    closed: bool,
}

impl<E: Elements> Walk<'_, E> {
    fn events(&mut self, input: &mut dyn BufRead) {
        let mut xml = Reader::from_reader(Bytes::new(input));
        let mut buffer = Vec::new();
        // Bytes that the XML reader does not know of, and whether what comes next starts with a tag.
        let (mut passed, mut between) = (0_u64, false);
        loop {
            self.at = Position::offset(xml.buffer_position().saturating_add(passed));
            xml.get_mut().next_event();
            if between && let Some((len, go_on)) = self.plain(xml.get_mut().ready()) {
                xml.get_mut().consume(len);
                passed = passed.saturating_add(u64::try_from(len).unwrap_or(u64::MAX));
                if go_on {
                    continue;
                }
                break;
            }
            buffer.clear();
            let go_on = match xml.read_event_into(&mut buffer) {
                Ok(event) => {
                    between = matches!(event, Event::Start(_) | Event::End(_) | Event::Empty(_));
                    self.event(&event)
                }
                Err(error) => {
                    let at = xml.error_position().saturating_add(passed);
                    self.stopped(&error, at, xml.get_ref().over);
                    false
                }
            };
            if !go_on {
                break;
            }
        }
        for (message, at) in xml.get_ref().oddities() {
            self.defects.note(DefectKind::Encoding, message, at);
        }
    }

    /// A plain element at the start of what is ready: its length, and whether to go on.
    fn plain(&mut self, ready: &[u8]) -> Option<(usize, bool)> {
        let plain = plain(ready)?;
        let attrs = Attrs::plain(plain.attributes, E::ATTRIBUTES, self.limits)?;
        let go_on = self.start(plain.name, &attrs);
        if go_on {
            self.end();
        }
        Some((plain.len, go_on))
    }

    /// `false` ends the reading.
    fn event(&mut self, event: &Event<'_>) -> bool {
        match event {
            Event::Start(tag) => self.start_tag(tag),
            Event::Empty(tag) => {
                let go_on = self.start_tag(tag);
                if go_on {
                    self.end();
                }
                go_on
            }
            Event::End(_) => {
                self.end();
                true
            }
            Event::Text(text) => self.text(text),
            Event::CData(text) => self.text(text),
            Event::GeneralRef(name) => match resolve(name) {
                Some(c) => self.text(c.encode_utf8(&mut [0; 4])),
                None => {
                    let message = format!("the unknown reference `&{};`", shown(name));
                    self.partial(DefectKind::Syntax, message)
                }
            },
            Event::Decl(decl) => {
                if let Some(message) = super::foreign_encoding(decl) {
                    self.defects
                        .note(DefectKind::Encoding, message, self.at.clone());
                }
                true
            }
            Event::DocType(text) => self.document_type(text),
            Event::Comment(_) | Event::PI(_) => true,
            Event::Eof => {
                if !self.closed {
                    let message = "ends before the end of its first element";
                    self.partial(DefectKind::Cut, message);
                }
                false
            }
        }
    }

    fn start_tag(&mut self, tag: &BytesStart<'_>) -> bool {
        let attrs = Attrs::read(tag, E::ATTRIBUTES, self.limits);
        self.start(tag.local_name().as_ref(), &attrs)
    }

    fn start(&mut self, name: &str, attrs: &Attrs<'_>) -> bool {
        if self.closed {
            let message = "an element after the end of the document";
            self.partial(DefectKind::TrailingText, message);
            return false;
        }
        if self.stack.len() >= self.limits.depth {
            self.partial(DefectKind::Limit, "elements are nested too deep");
            return false;
        }
        if let Some((kind, message)) = &attrs.problem {
            self.partial(*kind, message.as_str());
        }
        let tag = Tag {
            parent: self.stack.last().copied(),
            name,
            attrs,
            at: &self.at,
        };
        let Some(kind) = self.elements.open(&tag, self.defects) else {
            let message = format!("the root is `{}`", shown(name));
            self.partial(DefectKind::UnknownFormat, message);
            return false;
        };
        self.root = true;
        self.stack.push(kind);
        true
    }

    fn end(&mut self) {
        if let Some(kind) = self.stack.pop() {
            self.elements.close(kind, &self.at, self.defects);
            self.closed = self.stack.is_empty();
        }
    }

    /// Between elements there is no text: what looks like text there may be a damaged tag.
    fn text(&mut self, text: &str) -> bool {
        let expected = match self.stack.last() {
            Some(kind) => self.elements.text(*kind, text),
            None => false,
        };
        if expected || text.trim_ascii().is_empty() {
            return true;
        }
        if self.closed {
            let message = "text after the end of the document";
            self.partial(DefectKind::TrailingText, message);
            return false;
        }
        self.partial(DefectKind::Syntax, "text between the elements")
    }

    /// A document type that only names the definition elsewhere is passed over, and nothing is fetched. One with
    /// declarations of its own may hold entities: it is refused.
    fn document_type(&mut self, text: &str) -> bool {
        if self.root {
            let message = "a document type inside of the document";
            self.partial(DefectKind::Syntax, message);
            return false;
        }
        if is_external(text, E::ROOT) {
            return true;
        }
        let message =
            "a document type with declarations of its own, which may hold entities: it is refused";
        self.partial(DefectKind::Unsupported, message);
        false
    }

    /// The XML reader could not go on.
    fn stopped(&mut self, error: &Error, at: u64, over: bool) {
        let (kind, message) = super::fault(error, over);
        if !matches!(kind, DefectKind::Io | DefectKind::Limit) {
            self.at = Position::offset(at);
        }
        self.partial(kind, message);
    }

    fn partial(&mut self, kind: DefectKind, message: impl Into<String>) -> bool {
        self.defects.partial(kind, message, self.at.clone());
        true
    }
}
