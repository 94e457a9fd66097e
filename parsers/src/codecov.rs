//! Codecov's own JSON: `{"coverage": {"lib/a.ex": {"12": 1, "13": null, "14": "1/2"}}}`, or a list of hits for a file.
//!
//! Source of the format: Codecov's documentation ("Custom coverage formats") and its worker. The keys are line numbers;
//! in a list, entry 0 is nobody's and entry 1 is line 1. `null` is a line that cannot run, a number is how often it ran,
//! and `"1/2"` or `true` is a line of which a part of the branches ran: it did run, and counts so.
//!
//! Proof of completeness: the closing bracket of the document and nothing after it. The report has no totals.
//!
//! Deliberately absent: branches, `messages`, and whatever else an uploader adds.

use std::fmt;
use std::io::BufRead;

use serde::de::{DeserializeSeed, Deserializer, IgnoredAny, MapAccess, SeqAccess, Visitor};

use crate::collect::Defects;
use crate::cover::{Files, Hits};
use crate::defect::{Completeness, Defect, DefectKind, Parsed, Position};
use crate::evidence::{Evidence, Tool};
use crate::input::Limits;
use crate::json_doc::{
    self, AnyScalar, Fields, Fuse, Scalar, after_byte, after_first_key, first_key,
};
use crate::{Format, Reader, text};

/// The report.
pub(crate) const JSON: Format = Format {
    id: "codecov-json",
    tool: Tool::Codecov,
    summary: "a coverage report in Codecov's JSON",
    proof: "the closing bracket and nothing after it",
    reader: Reader::Document { sniff, parse },
};

/// Bytes of a value that is neither a number nor null.
const VALUE: usize = 40;

/// Whether `{"coverage": {` starts here, and a file with its lines follows, or none.
fn sniff(head: &[u8]) -> bool {
    let Some(files) = after_first_key(head, "coverage").and_then(|rest| after_byte(rest, b'{'))
    else {
        return false;
    };
    match first_key(files) {
        Some((_, lines)) => [b'{', b'['].iter().any(|b| after_byte(lines, *b).is_some()),
        None => after_byte(files, b'}').is_some(),
    }
}

fn parse(input: &mut dyn BufRead, limits: &Limits) -> Parsed<Evidence> {
    let fuse = Fuse::default();
    let mut report = Report {
        limits,
        fuse: &fuse,
        files: Files::default(),
        defects: Defects::default(),
        seen: false,
    };
    let fault = json_doc::read(input, &fuse, &mut report);
    if let Some((kind, message)) = fault {
        report.partial(kind, message, Position::default());
    }
    report.finish()
}

struct Report<'a> {
    limits: &'a Limits,
    fuse: &'a Fuse,
    files: Files,
    defects: Defects,
    seen: bool,
}

impl Fields for Report<'_> {
    fn field<'de, A: MapAccess<'de>>(&mut self, name: &str, map: &mut A) -> Result<(), A::Error> {
        if name != "coverage" {
            let name = text::lossy(name.as_bytes(), VALUE);
            let message = format!("`{name}` is not known here and was passed over");
            let at = Position::default();
            self.defects.note(DefectKind::UnknownValue, message, at);
            return map.next_value::<IgnoredAny>().map(drop);
        }
        if std::mem::replace(&mut self.seen, true) {
            let message = "a second `coverage`";
            self.partial(DefectKind::Contradiction, message, Position::path(name));
        }
        map.next_value_seed(AllFiles(self))
    }
}

impl Report<'_> {
    fn partial(&mut self, kind: DefectKind, message: impl Into<String>, at: Position) {
        self.defects.partial(kind, message, at);
    }

    fn file(&mut self, path: String, file: Lines) {
        self.fuse.refill();
        let at = || Position::path(text::lossy(path.as_bytes(), 200));
        if file.bad > 0 {
            let message = format!("{} entries are no line with its hits", file.bad);
            self.partial(DefectKind::Number, message, at());
        }
        if file.twice || self.files.has(&path) {
            let message = "a file, or a line of it, stands twice in the report";
            self.partial(DefectKind::Contradiction, message, at());
        }
        self.files.add(path, file.hits, self.limits);
    }

    fn finish(mut self) -> Parsed<Evidence> {
        if !self.seen {
            let mut parsed = self.defects.finish(Evidence::Nothing);
            let message = "there is no `coverage`";
            let defect = Defect::new(DefectKind::MissingField, message, Position::default());
            parsed.lower(Completeness::Unreadable, defect);
            return parsed;
        }
        let coverage = self
            .files
            .finish(|path| path, &mut self.defects, self.limits);
        self.defects.finish(Evidence::Coverage(coverage))
    }
}

/// `{"path": lines, …}`
struct AllFiles<'a, 'b>(&'a mut Report<'b>);

impl<'de> DeserializeSeed<'de> for AllFiles<'_, '_> {
    type Value = ();

    fn deserialize<D: Deserializer<'de>>(self, from: D) -> Result<(), D::Error> {
        from.deserialize_map(self)
    }
}

impl<'de> Visitor<'de> for AllFiles<'_, '_> {
    type Value = ();

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("an object with a key for each file")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<(), A::Error> {
        while let Some(path) = map.next_key::<String>()? {
            let lines = map.next_value_seed(Lines::default())?;
            self.0.file(path, lines);
        }
        Ok(())
    }
}

/// The lines of one file, folded as they are read.
#[derive(Default)]
struct Lines {
    hits: Hits,
    /// Entries that are no line with its hits.
    bad: u64,
    /// Whether a line stood there before.
    twice: bool,
}

impl Lines {
    fn entry(&mut self, line: Option<u64>, value: &Scalar) {
        let hits = match value {
            Scalar::Null => return,
            Scalar::Integer(n) => u64::try_from(*n).ok(),
            Scalar::Boolean(true) => Some(1),
            Scalar::Text(part) => part.split_once('/').and_then(|(ran, all)| {
                let number = |part: &str| text::number(part.as_bytes());
                let (ran, all) = (number(ran)?, number(all)?);
                (ran <= all).then_some(ran)
            }),
            Scalar::Boolean(false) | Scalar::Decimal(_) | Scalar::Other(_) => None,
        };
        let line = line.and_then(|n| u32::try_from(n).ok());
        match (line.map(std::num::NonZeroU32::new), hits) {
            (Some(Some(line)), Some(hits)) => self.twice |= !self.hits.push(line, hits),
            // Line 0 is nobody's.
            (Some(None), Some(_)) => {}
            (None, _) | (_, None) => self.bad = self.bad.saturating_add(1),
        }
    }
}

impl<'de> DeserializeSeed<'de> for Lines {
    type Value = Self;

    fn deserialize<D: Deserializer<'de>>(self, from: D) -> Result<Self, D::Error> {
        from.deserialize_any(self)
    }
}

impl<'de> Visitor<'de> for Lines {
    type Value = Self;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("hits by line")
    }

    fn visit_map<A: MapAccess<'de>>(mut self, mut map: A) -> Result<Self, A::Error> {
        while let Some(line) = map.next_key::<String>()? {
            let value = map.next_value_seed(AnyScalar(VALUE))?;
            self.entry(text::number(line.as_bytes()), &value);
        }
        Ok(self)
    }

    fn visit_seq<A: SeqAccess<'de>>(mut self, mut list: A) -> Result<Self, A::Error> {
        let mut line = 0_u64;
        while let Some(value) = list.next_element_seed(AnyScalar(VALUE))? {
            self.entry(Some(line), &value);
            line = line.saturating_add(1);
        }
        Ok(self)
    }
}

#[cfg(test)]
mod tests;
