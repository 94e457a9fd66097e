//! From the streams of one source to its parts.
//!
//! One stream may hold several reports: compiler output, then tests, then a coverage table. Every line is shown to the
//! sections in the order of their table until one of them claims it; a line at which a document (JSON, XML) starts is
//! handed to the reader of that document. Nothing is read twice, and nothing is kept but facts.

use std::io::{self, BufRead};

use crate::defect::{Completeness, Defect, DefectKind, Parsed, Position};
use crate::evidence::{Evidence, Tool};
use crate::input::{Input, Limits, Line, Stream, Taken};
use crate::{FORMATS, Format, Reader, coverdata, github_log, sarif, text};

mod foreign;
#[cfg(test)]
mod tests;

use foreign::Foreign;

/// One report inside a source.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Part {
    /// Id of the format in [`FORMATS`].
    pub format: &'static str,
    /// The tool that wrote it.
    pub tool: Tool,
    /// What it says.
    pub parsed: Parsed<Evidence>,
}

/// A reader of line-oriented output: sees the lines of all streams of a source, in order, and keeps what is its own.
pub trait Section: Send {
    /// Looks at a line. `true` claims it: no later section sees it.
    fn line(&mut self, line: &Line<'_>, limits: &Limits) -> bool;

    /// Takes as many lines as it can tell at once from the start of what follows, and does with them what [`Self::line`]
    /// would do with each: whole lines of standard form, in which nothing has to be taken away. Says how many. While it is
    /// open, these are lines that it claims.
    fn lines(&mut self, _text: &[u8], _limits: &Limits) -> Taken {
        Taken::default()
    }

    /// Bytes at the start of a text of standard output that mean nothing to it: whole lines, of which [`Self::line`] would
    /// claim none and remember nothing.
    fn foreign(&self, _text: &[u8]) -> usize {
        0
    }

    /// A stream is over; the next line, if any, comes from the next stream.
    fn end_of_stream(&mut self) {}

    /// A document of this tool was read, so that what is said beside it may be about it.
    fn document(&mut self, _tool: Tool) {}

    /// Whether the section owns whatever comes next, so that no document may start here.
    fn is_open(&self) -> bool {
        false
    }

    /// All streams are over. One part for each report that was seen; none when nothing was.
    fn finish(self: Box<Self>, limits: &Limits) -> Vec<Part>;
}

/// Which formats may be looked for.
#[derive(Debug, Clone, Copy, Default)]
pub struct Expect {
    /// Only this format.
    pub format: Option<&'static Format>,
    /// Only formats of this tool.
    pub tool: Option<Tool>,
}

impl Expect {
    fn allows(&self, format: &Format) -> bool {
        self.format.is_none_or(|f| f.id == format.id) && self.tool.is_none_or(|t| t == format.tool)
    }

    /// Whether the section of a line format is opened. Beside a document that was asked for, those of its tool are:
    /// they read what the tool says on standard error.
    fn opens(&self, format: &Format) -> bool {
        let beside = |f: &Format| {
            let document = matches!(f.reader, Reader::Document { .. });
            document && (f.tool == format.tool || sarif::may_be(f.tool, format.tool))
        };
        let of_tool = |tool| sarif::may_be(tool, format.tool);
        self.allows(format) || self.format.is_some_and(beside) || self.tool.is_some_and(of_tool)
    }
}

/// Bytes that are looked at to recognise a document.
const HEAD: usize = 64 << 10;

/// What one JSON value at the start takes, or all of it. A log may have a value on each of a million lines: each is looked
/// at once, and not all that follow with it.
fn first_value(head: &[u8]) -> &[u8] {
    let mut rest = head;
    let mut depth = 0_usize;
    while let Some(at) = rest.iter().position(|b| b"{}[]\"<".contains(b)) {
        let Some((_, from)) = rest.split_at_checked(at) else {
            break;
        };
        let skip = match from.first() {
            // Markup, or text that is none of ours.
            Some(b'<') if depth == 0 => return head,
            Some(b'"') => match string(from) {
                Some(length) => length,
                None => return head,
            },
            Some(b'{' | b'[') => {
                depth = depth.saturating_add(1);
                1
            }
            Some(b'}' | b']') => {
                depth = depth.saturating_sub(1);
                1
            }
            _ => 1,
        };
        rest = from.get(skip..).unwrap_or_default();
        if depth == 0 {
            let used = head.len().saturating_sub(rest.len());
            return head.get(..used).unwrap_or(head);
        }
    }
    head
}

/// Bytes of the string at the start, with its quotes; `None` where it does not end.
fn string(text: &[u8]) -> Option<usize> {
    let mut at = 1_usize;
    loop {
        let rest = text.get(at..)?;
        let next = memchr::memchr2(b'"', b'\\', rest)?;
        at = at.saturating_add(next);
        match text.get(at) {
            Some(b'"') => return Some(at.saturating_add(1)),
            _ => at = at.saturating_add(2),
        }
    }
}

/// Reads the streams of one source: standard output (or the file) first, then standard error.
///
/// Never fails: trouble with a stream is a defect of every part, or the second value when there is no part.
pub fn read(
    streams: Vec<(Stream, &mut dyn BufRead)>,
    expect: Expect,
    limits: &Limits,
) -> (Vec<Part>, Vec<Defect>) {
    let mut reading = Reading::new(expect, *limits);
    for (stream, bytes) in streams {
        reading.stream(stream, bytes);
    }
    reading.finish()
}

/// The reading of one source, stream by stream: for callers that get one stream live and the other later.
pub struct Reading {
    expect: Expect,
    limits: Limits,
    sections: Vec<Box<dyn Section>>,
    documents: Vec<Part>,
    trouble: Vec<Defect>,
    bytes: bool,
    /// The section that claimed the last line.
    owner: Option<usize>,
}

impl Reading {
    /// Starts with nothing read.
    #[must_use]
    pub fn new(expect: Expect, limits: Limits) -> Self {
        let mut opened: Vec<fn() -> Box<dyn Section>> = Vec::new();
        for format in FORMATS.iter().filter(|f| expect.opens(f)) {
            if let Reader::Lines(open) = format.reader
                && !opened.iter().any(|o| std::ptr::fn_addr_eq(*o, open))
            {
                opened.push(open);
            }
        }
        let sections = opened.into_iter().map(|open| open()).collect();
        Self {
            expect,
            limits,
            sections,
            documents: Vec::new(),
            trouble: Vec::new(),
            bytes: false,
            owner: None,
        }
    }

    /// Reads one stream to its end.
    pub fn stream(&mut self, stream: Stream, bytes: &mut dyn BufRead) {
        let mut input = Input::new(bytes);
        if let Err(error) = self.lines(stream, &mut input) {
            let message = format!("reading stopped: {error}");
            self.trouble.push(Defect::new(
                DefectKind::Io,
                message,
                Position::offset(input.position().0),
            ));
        }
        for section in &mut self.sections {
            section.end_of_stream();
        }
    }

    fn lines(&mut self, stream: Stream, input: &mut Input<'_>) -> io::Result<()> {
        let mut buffer = Vec::new();
        if input.peek(3)? == b"\xef\xbb\xbf" {
            input.consume(3);
        }
        let mut document_seen = false;
        // Binary documents start with the stream: no byte of a line tells that one starts there.
        let mut binary = coverdata::may_start(input.peek(2)?);
        while let Some(first) = input.next_byte()? {
            self.bytes = true;
            let starts = std::mem::take(&mut binary) || matches!(first, b'{' | b'[' | b'<');
            let may_start = starts && !self.sections.iter().any(|s| s.is_open());
            if may_start && !document_seen && self.document(input)? {
                document_seen = true;
                continue;
            }
            if self.buffered_lines(stream, input)? {
                continue;
            }
            let Some(raw) = input.line(&mut buffer, self.limits.line)? else {
                break;
            };
            let text = text::strip_sgr(&buffer);
            self.offer(&Line {
                text: github_log::unmarked(&text),
                raw: &buffer,
                number: raw.number,
                offset: raw.offset,
                stream,
                terminated: raw.terminated,
                cut: raw.cut,
            });
        }
        Ok(())
    }

    /// Shows the lines that lie whole in what is buffered, where they lie, up to one at which a document may start. The
    /// first one was looked at before. `false` when there is no such line.
    fn buffered_lines(&mut self, stream: Stream, input: &mut Input<'_>) -> io::Result<bool> {
        let (offset, first) = input.position();
        let chunk = input.fill_buf()?;
        let coloured = memchr::memchr(0x1b, chunk).is_some();
        let mut foreign = Foreign::default();
        let mut rest = chunk;
        let mut line = Line {
            text: b"",
            raw: b"",
            number: first,
            offset,
            stream,
            terminated: true,
            cut: false,
        };
        loop {
            if !coloured {
                rest = self.at_once(rest, &mut line, &mut foreign);
            }
            let begun = rest.len() < chunk.len();
            if begun && matches!(rest.first(), Some(b'{' | b'[' | b'<')) {
                break;
            }
            let Some((body, behind)) = text::first_line(rest, self.limits.line) else {
                break;
            };
            line.raw = body.strip_suffix(b"\r").unwrap_or(body);
            if coloured {
                let text = text::strip_sgr(line.raw);
                let text = github_log::unmarked(&text);
                self.offer(&Line { text, ..line });
            } else {
                line.text = github_log::unmarked(line.raw);
                self.offer(&line);
            }
            rest = behind;
            let bytes = body.len().saturating_add(1);
            Taken { bytes, lines: 1 }.advance(&mut line);
        }
        let used = chunk.len().saturating_sub(rest.len());
        let lines = line.number.saturating_sub(first);
        input.consume_lines(used, lines);
        Ok(used > 0)
    }

    /// Lets a section take lines at once: one that is alone, or that owns them, as far as they mean nothing to those before
    /// it. What is left of the text.
    fn at_once<'a>(
        &mut self,
        text: &'a [u8],
        line: &mut Line<'_>,
        foreign: &mut Foreign,
    ) -> &'a [u8] {
        let alone = self.sections.len() == 1;
        let Some(owner) = (if alone { Some(0) } else { self.owner }) else {
            return text;
        };
        let (before, from) = self.sections.split_at_mut(owner);
        let Some(section) = from.first_mut().filter(|s| alone || s.is_open()) else {
            return text;
        };
        let taken = section.lines(foreign.text(text, line, before), &self.limits);
        taken.advance(line);
        text.get(taken.bytes..).unwrap_or_default()
    }

    /// Hands the rest of the stream to the reader of the document that starts here, if one does.
    fn document(&mut self, input: &mut Input<'_>) -> io::Result<bool> {
        let documents = FORMATS.iter().filter(|f| self.expect.allows(f));
        let documents = documents.filter_map(|f| match f.reader {
            Reader::Document { sniff, parse } => Some((f, sniff, parse)),
            Reader::Lines(_) => None,
        });
        let head = first_value(input.peek(HEAD)?);
        let forced = self.expect.format.is_some();
        let Some((format, _, parse)) = documents
            .into_iter()
            .find(|(_, sniff, _)| forced || sniff(head))
        else {
            return Ok(false);
        };
        let mut parsed = parse(input, &self.limits);
        let format = sarif::settle(format, self.expect, &mut parsed);
        for section in &mut self.sections {
            section.document(format.tool);
        }
        self.documents.push(Part {
            format: format.id,
            tool: format.tool,
            parsed,
        });
        Ok(true)
    }

    /// Shows a line to the sections until one claims it.
    fn offer(&mut self, line: &Line<'_>) {
        let mut sections = self.sections.iter_mut();
        self.owner = sections.position(|s| s.line(line, &self.limits));
    }

    /// All parts that were found; the defects are of the source as a whole, when no part can carry them.
    #[must_use]
    pub fn finish(self) -> (Vec<Part>, Vec<Defect>) {
        let mut parts = self.documents;
        parts.extend(
            self.sections
                .into_iter()
                .flat_map(|s| s.finish(&self.limits)),
        );
        let mut parts = merge_notes(parts);
        let mut trouble = self.trouble;
        if parts.is_empty() {
            if !self.bytes && trouble.is_empty() {
                let message = "there is nothing in it";
                trouble.push(Defect::new(DefectKind::Empty, message, Position::default()));
            }
            return (parts, trouble);
        }
        for part in &mut parts {
            for defect in &trouble {
                part.parsed.lower(Completeness::Partial, defect.clone());
            }
        }
        (parts, Vec::new())
    }
}

/// A part without evidence (a tool's own complaint on standard error) belongs to the report of the same tool, if there
/// is one. Alone it is nothing that could be used.
fn merge_notes(parts: Vec<Part>) -> Vec<Part> {
    let (notes, mut reports): (Vec<Part>, Vec<Part>) = parts
        .into_iter()
        .partition(|p| p.parsed.value == Evidence::Nothing);
    for mut note in notes {
        let Some(report) = reports.iter_mut().find(|r| r.tool == note.tool) else {
            note.parsed.completeness = Completeness::Unreadable;
            reports.push(note);
            continue;
        };
        report.parsed.completeness = report.parsed.completeness.max(note.parsed.completeness);
        report.parsed.defects.extend(note.parsed.defects);
    }
    reports
}
