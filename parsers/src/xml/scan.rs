//! One pass over a document: the plainest tags by a scanner of our own ([`Plainly`]), everything else by quick-xml. Which
//! of the two reads a tag makes no difference to what is told; that end tags match is checked here for both.

use std::io::BufRead;
use std::str;

use quick_xml::Reader;
use quick_xml::errors::{Error, IllFormedError};
use quick_xml::events::{BytesStart, Event};

use super::attrs::Attrs;
use super::bytes::Bytes;
use super::known::Known;
use super::plain::{Form, Plainly};
use crate::defect::Position;
use crate::input::Limits;

/// Sees the parts of a document as they come. Where `false` is given back, the reading ends.
pub(crate) trait Parts {
    /// Attributes that mean something.
    const KNOWN: Known;

    /// Offset of what is told next.
    fn at(&mut self, offset: u64);

    /// An element is opened; its name is without prefix.
    fn start(&mut self, name: &str, attrs: &Attrs<'_>) -> bool;

    /// The innermost element is closed.
    fn end(&mut self);

    /// An element without content.
    fn empty(&mut self, name: &str, attrs: &Attrs<'_>) -> bool {
        let go_on = self.start(name, attrs);
        if go_on {
            self.end();
        }
        go_on
    }

    /// White space between two tags.
    fn blank(&mut self, text: &str) -> bool;

    /// Whatever is no tag.
    fn other(&mut self, event: &Event<'_>) -> bool;

    /// The document cannot be read further: why, where, and whether one event was too large.
    fn stopped(&mut self, error: &Error, at: u64, over: bool);
}

/// Reads a document to its end. Gives back what was odd about its bytes.
pub(crate) fn scan<P: Parts>(
    input: &mut dyn BufRead,
    limits: &Limits,
    parts: &mut P,
) -> Vec<(String, Position)> {
    let mut xml = Reader::from_reader(Bytes::new(input));
    // The names of elements whose start or end it did not see are not known to it.
    xml.config_mut().check_end_names = false;
    xml.config_mut().allow_unmatched_ends = true;
    let mut scan = Scan {
        parts,
        limits,
        plainly: Plainly::new(P::KNOWN, limits),
        open: Vec::new(),
    };
    let mut buffer = Vec::new();
    // Bytes that the XML reader does not know of, and whether what comes next starts with a tag.
    let (mut passed, mut between) = (0_u64, false);
    loop {
        let at = xml.buffer_position().saturating_add(passed);
        xml.get_mut().next_event();
        if between {
            let (len, go_on) = scan.tags(xml.get_mut().ready(), at);
            xml.get_mut().pass(len);
            passed = passed.saturating_add(long(len));
            if !go_on {
                break;
            }
            if len > 0 {
                continue;
            }
        }
        buffer.clear();
        scan.parts.at(at);
        let go_on = match xml.read_event_into(&mut buffer) {
            Ok(event) => {
                between = matches!(event, Event::Start(_) | Event::End(_) | Event::Empty(_));
                scan.event(&event, at)
            }
            Err(error) => {
                let at = xml.error_position().saturating_add(passed);
                scan.parts.stopped(&error, at, xml.get_ref().over);
                false
            }
        };
        if !go_on {
            break;
        }
    }
    xml.get_ref().oddities()
}

struct Scan<'a, P> {
    parts: &'a mut P,
    limits: &'a Limits,
    plainly: Plainly,
    /// Names of the elements that are open.
    open: Vec<Opened>,
}

/// An element that is open.
struct Opened {
    name: String,
    /// Whether the XML reader knows of it: then it must see the end, too.
    known: bool,
}

impl Opened {
    fn new(name: &str, known: bool) -> Self {
        Self {
            name: name.to_owned(),
            known,
        }
    }
}

impl<P: Parts> Scan<'_, P> {
    /// Plain tags at the start of what is ready, with white space before each: how many bytes they take, and whether
    /// to go on.
    fn tags(&mut self, ready: &[u8], at: u64) -> (usize, bool) {
        let mut attrs = Attrs::default();
        let mut rest = ready;
        loop {
            let taken = ready.len().saturating_sub(rest.len());
            let Some((blank, tag)) = blank(rest) else {
                return (taken, true);
            };
            let Some(found) = self.plainly.read(tag, &mut attrs) else {
                return (taken, true);
            };
            let innermost = self.open.last();
            if found.form == Form::End && innermost.is_none_or(|o| o.known || o.name != found.name)
            {
                return (taken, true);
            }
            let mut go_on = true;
            let offset = at.saturating_add(long(taken));
            if !blank.is_empty() {
                self.parts.at(offset);
                go_on = self.parts.blank(blank);
            }
            self.parts.at(offset.saturating_add(long(blank.len())));
            rest = tag.get(found.len..).unwrap_or_default();
            go_on = go_on
                && match found.form {
                    Form::Empty => self.parts.empty(found.name, &attrs),
                    Form::Start => {
                        self.open.push(Opened::new(found.name, false));
                        self.parts.start(found.name, &attrs)
                    }
                    Form::End => self.end(),
                };
            if !go_on {
                return (ready.len().saturating_sub(rest.len()), false);
            }
        }
    }

    fn event(&mut self, event: &Event<'_>, at: u64) -> bool {
        match event {
            Event::Start(tag) => {
                let (name, attrs) = (tag.name(), self.attrs(tag));
                self.start(name.as_ref(), tag.local_name().as_ref(), &attrs)
            }
            Event::Empty(tag) => {
                let attrs = self.attrs(tag);
                self.parts.empty(tag.local_name().as_ref(), &attrs)
            }
            Event::End(tag) => {
                let found = tag.name().as_ref().to_owned();
                let expected = self.open.last().map(|open| &open.name);
                if expected == Some(&found) {
                    return self.end();
                }
                let error = match expected.cloned() {
                    Some(expected) => IllFormedError::MismatchedEndTag { expected, found },
                    None => IllFormedError::UnmatchedEndTag(found),
                };
                self.parts.stopped(&Error::IllFormed(error), at, false);
                false
            }
            _ => self.parts.other(event),
        }
    }

    fn attrs<'t>(&self, tag: &'t BytesStart<'_>) -> Attrs<'t> {
        Attrs::read(tag, P::KNOWN, self.limits)
    }

    fn start(&mut self, name: &str, local: &str, attrs: &Attrs<'_>) -> bool {
        self.open.push(Opened::new(name, true));
        self.parts.start(local, attrs)
    }

    fn end(&mut self) -> bool {
        self.open.pop();
        self.parts.end();
        true
    }
}

/// White space at the start of a text, and what follows it.
fn blank(text: &[u8]) -> Option<(&str, &[u8])> {
    if text.first() == Some(&b'<') {
        return Some(("", text));
    }
    let blank = text
        .iter()
        .take_while(|b| matches!(b, b' ' | b'\n' | b'\r' | b'\t'));
    let (blank, rest) = text.split_at_checked(blank.count())?;
    Some((str::from_utf8(blank).ok()?, rest))
}

fn long(n: usize) -> u64 {
    u64::try_from(n).unwrap_or(u64::MAX)
}

#[cfg(test)]
mod tests;
