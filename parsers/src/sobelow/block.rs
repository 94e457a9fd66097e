//! One finding in the text: a line with its type and confidence, its fields, with `--verbose` some source text, and a
//! line of dashes.

use std::num::NonZeroU32;

use nom::bytes::complete::{tag, take_while};
use nom::combinator::verify;
use nom::sequence::terminated;
use nom::{IResult, Parser};

use crate::collect::Defects;
use crate::defect::{DefectKind, Position};
use crate::evidence::Finding;
use crate::input::{Limits, Line};
use crate::text::{lossy, number};

use super::{CONFIDENCES, Confidence, family, message, severity, split_type};

/// The line that ends a finding.
pub(super) const BREAK: &[u8] = b"-----------------------------------------------";

/// Where in the finding the last line stood.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Place {
    /// Among the fields.
    Fields,
    /// Behind the blank line that follows them.
    Behind,
    /// In source text, which goes on to the line of dashes.
    Source,
}

/// What a line is to an open finding.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Step {
    /// A part of it.
    More,
    /// Its end.
    End,
    /// Not a part of it: the finding has lost its end.
    Broken,
}

/// A finding whose lines are still coming.
#[derive(Debug)]
pub(super) struct Block {
    kind: String,
    confidence: &'static Confidence,
    place: Place,
    file: Option<String>,
    line: Option<NonZeroU32>,
    function: Option<String>,
    details: [(&'static str, Option<String>); 7],
}

/// `Config.HTTPS: HTTPS Not Enabled - High Confidence`: the type and the confidence. The description may hold ` - `
/// itself (`Known Vulnerable Dependency - Plug v1.3.1`), so the last one counts.
fn header(line: &[u8]) -> Option<(&[u8], &'static Confidence)> {
    let body = line.strip_suffix(b" Confidence")?;
    let at = body.windows(3).rposition(|w| w == b" - ")?;
    let (kind, tail) = body.split_at_checked(at)?;
    let confidence = CONFIDENCES
        .iter()
        .find(|c| tail.strip_prefix(b" - ") == Some(c.word.as_bytes()))?;
    module(kind).is_ok().then_some((kind, confidence))
}

/// `Config.HTTPS: `.
pub(super) fn module(i: &[u8]) -> IResult<&[u8], &[u8]> {
    let name = take_while(|b: u8| b.is_ascii_alphanumeric() || b == b'.');
    let name = verify(name, |m: &[u8]| {
        m.first().is_some_and(u8::is_ascii_uppercase) && m.contains(&b'.')
    });
    terminated(name, tag(": ")).parse(i)
}

impl Block {
    /// The finding that starts with this line, if one does.
    pub(super) fn start(line: &Line<'_>, limits: &Limits) -> Option<Self> {
        if !line.text.first()?.is_ascii_uppercase() {
            return None;
        }
        let (kind, confidence) = header(line.text)?;
        Some(Self {
            kind: lossy(kind, limits.text),
            confidence,
            place: Place::Fields,
            file: None,
            line: None,
            function: None,
            details: [
                "template", "variable", "key", "pipeline", "route", "details", "cve",
            ]
            .map(|name| (name, None)),
        })
    }

    /// Whether the colour of the first line, if there is one, says the same as its word.
    pub(super) fn colour_agrees(&self, line: &Line<'_>) -> bool {
        let other = CONFIDENCES.iter().filter(|c| c.id != self.confidence.id);
        !other
            .map(|c| c.colour.as_bytes())
            .any(|colour| line.raw.starts_with(colour))
    }

    /// A further line.
    pub(super) fn push(&mut self, line: &Line<'_>, limits: &Limits, defects: &mut Defects) -> Step {
        if line.text == BREAK {
            return Step::End;
        }
        match (self.place, line.text.is_empty()) {
            (Place::Fields, true) => self.place = Place::Behind,
            (Place::Behind, true) => self.place = Place::Source,
            (Place::Source, _) => {}
            (Place::Behind, false) => return Step::Broken,
            (Place::Fields, false) => return self.field(line, limits, defects),
        }
        Step::More
    }

    fn field(&mut self, line: &Line<'_>, limits: &Limits, defects: &mut Defects) -> Step {
        let at = line.text.windows(2).position(|w| w == b": ");
        let Some((name, rest)) = at.and_then(|at| line.text.split_at_checked(at)) else {
            return Step::Broken;
        };
        let bytes = rest.get(2..).unwrap_or_default();
        let text = lossy(bytes, limits.text);
        match name {
            b"File" => self.file = Some(text),
            b"Line" => self.line(bytes, line, defects),
            b"Function" => self.function = Some(without_line(&text).to_owned()),
            b"Variable" => self.detail("variable", text),
            b"Template" => self.template(&text),
            b"Key" => self.detail("key", text),
            b"Pipeline" => self.detail("pipeline", text),
            b"Action" | b"Route" => self.detail("route", text),
            b"Details" => self.detail("details", text),
            b"CVE" => self.detail("cve", text),
            _ if name.iter().all(u8::is_ascii_alphabetic) => {
                let message = format!("`{}` is not known", lossy(name, 80));
                defects.note(
                    DefectKind::UnknownValue,
                    message,
                    Position::line(line.number),
                );
            }
            _ => return Step::Broken,
        }
        Step::More
    }

    fn line(&mut self, text: &[u8], line: &Line<'_>, defects: &mut Defects) {
        match number(text).and_then(|n| u32::try_from(n).ok()) {
            Some(n) => self.line = NonZeroU32::new(n),
            None => {
                let message = format!("`Line` is `{}`, not a number", lossy(text, 80));
                defects.partial(DefectKind::Number, message, Position::line(line.number));
            }
        }
    }

    /// `path - @name`.
    fn template(&mut self, text: &str) {
        let (path, variable) = text.rsplit_once(" - ").unwrap_or((text, ""));
        self.detail("template", path.to_owned());
        if !variable.is_empty() {
            self.detail("variable", variable.to_owned());
        }
    }

    fn detail(&mut self, name: &str, text: String) {
        if let Some((_, slot)) = self.details.iter_mut().find(|(n, _)| *n == name) {
            *slot = Some(text);
        }
    }

    /// The finding, as far as it was read.
    pub(super) fn finish(self) -> Finding {
        let (rule, description) = split_type(&self.kind);
        Finding {
            rule: rule.to_owned(),
            category: Some(family(rule).to_owned()),
            severity: severity(rule, self.confidence),
            confidence: Some(self.confidence.id.to_owned()),
            message: message(description, &self.details),
            path: self.file,
            line: self.line,
            column: None,
            end_column: None,
            function: self.function,
        }
    }
}

/// `index` of `index:6`.
fn without_line(text: &str) -> &str {
    match text.rsplit_once(':') {
        Some((name, line)) if number(line.as_bytes()).is_some() => name,
        _ => text,
    }
}
