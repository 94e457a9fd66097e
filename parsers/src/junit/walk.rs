//! The walk through the document: its events, its texts, and its end.

use std::io::BufRead;

use quick_xml::errors::Error;
use quick_xml::events::{BytesDecl, Event};

use super::element::{Open, Times, What};
use super::key::KNOWN;
use super::report::Report;
use crate::defect::{DefectKind, Parsed, Position};
use crate::evidence::Evidence;
use crate::input::Limits;
use crate::xml;
use crate::xml::attrs::{Attrs, resolve, shown};
use crate::xml::known::Known;
use crate::xml::scan::{Parts, scan};

/// Reads one document.
pub(super) fn document(input: &mut dyn BufRead, limits: &Limits) -> Parsed<Evidence> {
    let mut walk = Walk::new(limits);
    for (message, at) in scan(input, limits, &mut walk) {
        walk.report.defect(false, DefectKind::Encoding, message, at);
    }
    walk.report.finish(walk.root)
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
}

/// A place: an offset, and the path of elements, each with its place among its equals.
pub(super) fn place<'a>(offset: u64, steps: impl Iterator<Item = Step<'a>>) -> Position {
    let steps = steps.map(|(name, index)| match index {
        Some(index) => format!("{name}[{index}]"),
        None => name.to_owned(),
    });
    let path: Vec<String> = steps.collect();
    Position {
        offset: Some(offset),
        path: (!path.is_empty()).then(|| path.join("/")),
        ..Position::default()
    }
}

/// A name in a path, and its place among its equals.
pub(super) type Step<'a> = (&'a str, Option<u64>);

impl Parts for Walk<'_> {
    const KNOWN: Known = KNOWN;

    fn at(&mut self, offset: u64) {
        self.offset = offset;
    }

    fn start(&mut self, name: &str, attrs: &Attrs<'_>) -> bool {
        self.open_element(name, attrs)
    }

    fn end(&mut self) {
        self.close_element();
    }

    fn empty(&mut self, name: &str, attrs: &Attrs<'_>) -> bool {
        if name == "testcase" && self.whole_case(attrs) {
            return true;
        }
        let go_on = self.start(name, attrs);
        if go_on {
            self.end();
        }
        go_on
    }

    fn blank(&mut self, text: &str) -> bool {
        self.text(text)
    }

    fn other(&mut self, event: &Event<'_>) -> bool {
        match event {
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
            // Tags are told apart.
            Event::Start(_) | Event::Empty(_) | Event::End(_) => true,
            Event::Eof => {
                self.end_of_input();
                false
            }
        }
    }

    fn stopped(&mut self, error: &Error, at: u64, over: bool) {
        let (kind, message) = xml::fault(error, over);
        if !matches!(kind, DefectKind::Io | DefectKind::Limit) {
            self.offset = at;
        }
        self.partial(kind, message);
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

    pub(super) fn partial(&mut self, kind: DefectKind, message: String) {
        let at = self.here();
        self.report.defect(true, kind, message, at);
    }

    /// The place of the event: its offset, and the path of the elements that are open.
    pub(super) fn here(&self) -> Position {
        place(self.offset, self.stack.iter().map(Open::step))
    }
}
