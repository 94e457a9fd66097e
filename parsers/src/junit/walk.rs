//! The walk through the document: its events, its texts, and its end.

use std::io::BufRead;

use quick_xml::Reader;
use quick_xml::errors::Error;
use quick_xml::events::{BytesDecl, Event};

use super::case::Case;
use super::element::{KNOWN, Open, Times, What};
use super::report::Report;
use crate::defect::{DefectKind, Parsed, Position};
use crate::evidence::Evidence;
use crate::input::Limits;
use crate::xml;
use crate::xml::attrs::{Attrs, resolve, shown};
use crate::xml::bytes::Bytes;
use crate::xml::plain::plain;

/// Reads one document.
pub(super) fn document(input: &mut dyn BufRead, limits: &Limits) -> Parsed<Evidence> {
    let mut xml = Reader::from_reader(Bytes::new(input));
    let mut walk = Walk::new(limits);
    let mut buffer = Vec::new();
    // Bytes that the XML reader does not know of, and whether what comes next starts with a tag.
    let (mut passed, mut between) = (0_u64, false);
    loop {
        walk.offset = xml.buffer_position().saturating_add(passed);
        xml.get_mut().next_event();
        if between && let Some((len, go_on)) = walk.plain(xml.get_mut().ready()) {
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
                walk.event(&event)
            }
            Err(error) => {
                let at = xml.error_position().saturating_add(passed);
                walk.stopped(&error, at, xml.get_ref().over);
                false
            }
        };
        if !go_on {
            break;
        }
    }
    walk.bytes(xml.get_ref());
    walk.finish()
}

pub(super) struct Walk<'a> {
    pub(super) limits: &'a Limits,
    pub(super) report: Report<'a>,
    pub(super) stack: Vec<Open>,
    /// Offset of the event that is looked at.
    pub(super) offset: u64,
    /// Whether a root of ours was seen, and whether it was closed.
    pub(super) root: bool,
    pub(super) closed: bool,
    /// Times of the outermost suites, for a root without one.
    pub(super) times: Times,
    /// A case that is over, for its memory.
    pub(super) spare: Option<Box<Case>>,
}

/// A place: an offset, and the path of the elements that are open.
pub(super) fn place<'a>(offset: u64, open: impl Iterator<Item = &'a Open>) -> Position {
    let steps = open.map(|open| match open.index {
        Some(index) => format!("{}[{index}]", open.name),
        None => open.name.to_owned(),
    });
    let path: Vec<String> = steps.collect();
    Position {
        offset: Some(offset),
        path: (!path.is_empty()).then(|| path.join("/")),
        ..Position::default()
    }
}

impl<'a> Walk<'a> {
    fn new(limits: &'a Limits) -> Self {
        Self {
            limits,
            report: Report::new(limits),
            stack: Vec::new(),
            offset: 0,
            root: false,
            closed: false,
            times: Times::default(),
            spare: None,
        }
    }

    /// A plain element at the start of what is ready: its length, and whether to go on.
    fn plain(&mut self, ready: &[u8]) -> Option<(usize, bool)> {
        let plain = plain(ready)?;
        let attrs = Attrs::plain(plain.attributes, KNOWN, self.limits)?;
        let go_on = self.start(plain.name, attrs);
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
            Event::GeneralRef(reference) => self.reference(reference),
            Event::Decl(decl) => self.declaration(decl),
            Event::DocType(_) => {
                let message = "a document type, which may hold entities: it is refused";
                self.partial(DefectKind::Unsupported, message.into());
                false
            }
            Event::Comment(_) | Event::PI(_) => true,
            Event::Eof => {
                self.end_of_input();
                false
            }
        }
    }

    /// Text, wherever it stands. Between elements there is none: what looks like text there may be a damaged tag.
    fn text(&mut self, text: &str) -> bool {
        let max = self.limits.text;
        match self.stack.last_mut().map(|open| &mut open.what) {
            Some(What::Outcome(_, to)) => to.push(text, max),
            Some(What::Properties | What::Passed) => {}
            _ if text.trim_ascii().is_empty() => {}
            Some(What::Suite(_) | What::Case(_)) => {
                let message = "text between the elements";
                self.partial(DefectKind::Syntax, message.into());
            }
            None if self.closed => {
                let message = "text after the end of the document";
                self.partial(DefectKind::TrailingText, message.into());
                return false;
            }
            None => self.partial(DefectKind::Syntax, "text before the first element".into()),
        }
        true
    }

    fn reference(&mut self, name: &str) -> bool {
        if let Some(c) = resolve(name) {
            return self.text(c.encode_utf8(&mut [0; 4]));
        }
        let message = format!("the unknown reference `&{};`", shown(name));
        self.partial(DefectKind::Syntax, message);
        self.text(&format!("&{name};"))
    }

    fn declaration(&mut self, decl: &BytesDecl<'_>) -> bool {
        if let Some(message) = xml::foreign_encoding(decl) {
            let at = self.here();
            self.report.defect(false, DefectKind::Encoding, message, at);
        }
        true
    }

    fn end_of_input(&mut self) {
        if self.closed {
            return;
        }
        let message = match self.here().path {
            Some(path) => format!("ends inside of {path}"),
            None => "ends before the first element".to_owned(),
        };
        self.partial(DefectKind::Cut, message);
    }

    /// The XML reader could not go on.
    fn stopped(&mut self, error: &Error, at: u64, over: bool) {
        let (kind, message) = xml::fault(error, over);
        if !matches!(kind, DefectKind::Io | DefectKind::Limit) {
            self.offset = at;
        }
        self.partial(kind, message);
    }

    /// What was odd about the bytes.
    fn bytes(&mut self, bytes: &Bytes<'_>) {
        for (message, at) in bytes.oddities() {
            self.report.defect(false, DefectKind::Encoding, message, at);
        }
    }

    fn finish(self) -> Parsed<Evidence> {
        self.report.finish(self.root)
    }

    pub(super) fn partial(&mut self, kind: DefectKind, message: String) {
        let at = self.here();
        self.report.defect(true, kind, message, at);
    }

    /// The place of the event: its offset, and the path of the elements that are open.
    pub(super) fn here(&self) -> Position {
        place(self.offset, self.stack.iter())
    }
}
