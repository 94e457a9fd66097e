//! The walk through a document whose elements are known: it ends at the end of the root, and nothing may stand between
//! the elements. Each reader says what its elements are.

use std::io::{self, BufRead};

use quick_xml::errors::Error;
use quick_xml::events::Event;

use super::attrs::{Attrs, resolve, shown};
use super::doctype::is_external;
use super::known::Known;
use super::scan::{Parts, scan};
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
    for (message, at) in scan(&mut *input, limits, &mut walk) {
        walk.defects.note(DefectKind::Encoding, message, at);
    }
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

impl<E: Elements> Parts for Walk<'_, E> {
    const KNOWN: Known = E::ATTRIBUTES;

    fn at(&mut self, offset: u64) {
        self.at.offset = Some(offset);
    }

    fn start(&mut self, name: &str, attrs: &Attrs<'_>) -> bool {
        let kind = self.open(name, attrs);
        self.stack.extend(kind);
        kind.is_some()
    }

    fn end(&mut self) {
        if let Some(kind) = self.stack.pop() {
            self.elements.close(kind, &self.at, self.defects);
            self.closed = self.stack.is_empty();
        }
    }

    fn empty(&mut self, name: &str, attrs: &Attrs<'_>) -> bool {
        let Some(kind) = self.open(name, attrs) else {
            return false;
        };
        self.elements.close(kind, &self.at, self.defects);
        self.closed = self.stack.is_empty();
        true
    }

    fn blank(&mut self, text: &str) -> bool {
        self.text(text)
    }

    fn other(&mut self, event: &Event<'_>) -> bool {
        match event {
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
            // Tags are told apart.
            Event::Start(_) | Event::Empty(_) | Event::End(_) => true,
            Event::Eof => {
                if !self.closed {
                    let message = "ends before the end of its first element";
                    self.partial(DefectKind::Cut, message);
                }
                false
            }
        }
    }

    fn stopped(&mut self, error: &Error, at: u64, over: bool) {
        let (kind, message) = super::fault(error, over);
        if !matches!(kind, DefectKind::Io | DefectKind::Limit) {
            self.at = Position::offset(at);
        }
        self.partial(kind, message);
    }
}

impl<E: Elements> Walk<'_, E> {
    /// What an element is that is opened, if the reading goes on.
    fn open(&mut self, name: &str, attrs: &Attrs<'_>) -> Option<E::Kind> {
        if self.closed {
            let message = "an element after the end of the document";
            self.partial(DefectKind::TrailingText, message);
            return None;
        }
        if self.stack.len() >= self.limits.depth {
            self.partial(DefectKind::Limit, "elements are nested too deep");
            return None;
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
        let kind = self.elements.open(&tag, self.defects);
        if kind.is_none() {
            let message = format!("the root is `{}`", shown(name));
            self.partial(DefectKind::UnknownFormat, message);
        }
        self.root |= kind.is_some();
        kind
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

    fn partial(&mut self, kind: DefectKind, message: impl Into<String>) -> bool {
        self.defects.partial(kind, message, self.at.clone());
        true
    }
}
