//! `excoveralls.json`: `{"source_files": [{"name": …, "source": …, "coverage": [null, 1, 0, …]}]}`.
//!
//! Entry 0 of `coverage` is line 1; `null` is a line that cannot run; a number is how often it ran. The report holds
//! the whole source of every file: it is passed over, and only its lines are counted.
//!
//! Proof of completeness: the closing bracket of the document, nothing after it, and a `coverage` array that is as long
//! as the source beside it has lines. The report has no totals of its own.

use std::collections::BTreeSet;
use std::fmt;
use std::io::{self, BufRead, Read};

use serde::de::{DeserializeSeed, Deserializer, IgnoredAny, MapAccess, SeqAccess, Visitor};
use serde_json::error::Category;

use super::bound::is_deep;
use super::fold::{Entry, Fold, Trouble, UNKNOWN};
use super::hits::Hits;
use crate::defect::{DefectKind, Parsed, Position};
use crate::evidence::{Evidence, Tool};
use crate::input::Limits;
use crate::json_doc::pull::{BREAKS, Pull, Why};
use crate::json_doc::{self, Failed, Start};
use crate::{Format, Reader};

/// The JSON report.
pub(crate) const JSON: Format = Format {
    id: "excoveralls-json",
    tool: Tool::Excoveralls,
    summary: "the JSON report of ExCoveralls (`mix coveralls.json`)",
    proof: "the closing bracket, nothing after it, and as many entries as each source has lines",
    reader: Reader::Document { sniff, parse },
};

/// Bytes in which the key must stand: every line that starts with a brace is looked at.
const HEAD: usize = 8 << 10;

/// Whether a JSON object starts here that has a key `source_files` of its own.
fn sniff(head: &[u8]) -> bool {
    let head = head.trim_ascii_start();
    let head = head.get(..HEAD).unwrap_or(head);
    if head.first() != Some(&b'{') {
        return false;
    }
    let (mut depth, mut at) = (0_usize, 0_usize);
    while let Some(byte) = head.get(at) {
        match byte {
            b'"' => {
                let start = at.saturating_add(1);
                let length = string_length(head.get(start..).unwrap_or_default());
                let end = start.saturating_add(length);
                let key = head.get(start..end) == Some(b"source_files");
                let rest = head.get(end.saturating_add(1)..).unwrap_or_default();
                if depth == 1 && key && rest.trim_ascii_start().starts_with(b":") {
                    return true;
                }
                at = end;
            }
            b'{' | b'[' => depth = depth.saturating_add(1),
            b'}' | b']' => depth = depth.saturating_sub(1),
            _ => {}
        }
        if depth == 0 {
            return false;
        }
        at = at.saturating_add(1);
    }
    false
}

/// Bytes up to the quote that ends a string.
fn string_length(text: &[u8]) -> usize {
    let mut escaped = false;
    let end = text.iter().position(|b| {
        let ends = *b == b'"' && !escaped;
        escaped = *b == b'\\' && !escaped;
        ends
    });
    end.unwrap_or(text.len())
}

fn parse(input: &mut dyn BufRead, limits: &Limits) -> Parsed<Evidence> {
    let mut fold = Fold::new(limits);
    let outermost = Document(&mut fold);
    let trouble = match json_doc::start(&mut *input) {
        Start::Whole(bytes) if !is_deep(&bytes, limits.depth) => slice(&bytes, outermost),
        Start::Whole(bytes) => stream(&mut bytes.as_slice(), limits, outermost),
        Start::More(bytes) => stream(&mut bytes.chain(&mut *input), limits, outermost),
        Start::Failed(bytes, error) => {
            stream(&mut bytes.chain(Failed(Some(error))), limits, outermost)
        }
    };
    // What follows belongs to this document's source; nobody else may take it for a report.
    let drained = io::copy(input, &mut io::sink());
    if let Some(trouble) = trouble {
        fold.stopped(trouble);
    }
    if let Err(error) = drained {
        let message = format!("reading stopped: {error}");
        fold.lower(DefectKind::Io, message, Position::default());
    }
    fold.finish()
}

fn slice(bytes: &[u8], outermost: Document<'_, '_>) -> Option<Trouble> {
    let mut from = serde_json::Deserializer::from_slice(bytes);
    let (error, whole) = match outermost.deserialize(&mut from) {
        Ok(()) => (from.end().err()?, true),
        Err(error) => (error, false),
    };
    let kind = match error.classify() {
        _ if whole => DefectKind::TrailingText,
        Category::Eof => DefectKind::Cut,
        Category::Io => DefectKind::Io,
        Category::Syntax | Category::Data => DefectKind::Syntax,
    };
    let at = Position {
        line: u64::try_from(error.line()).ok(),
        column: u64::try_from(error.column()).ok(),
        ..Position::default()
    };
    Some((kind, error.to_string(), at))
}

/// Reads a document of any size.
fn stream(input: &mut dyn Read, limits: &Limits, outermost: Document<'_, '_>) -> Option<Trouble> {
    let error = Pull::new(input, limits.depth).document(outermost).err()?;
    let kind = match error.why() {
        Why::Deep | Why::Long => {
            let message = "a string or a nesting is too large to be read";
            return Some((DefectKind::Limit, message.into(), Position::default()));
        }
        Why::Trailing => DefectKind::TrailingText,
        Why::Cut => DefectKind::Cut,
        Why::Io => DefectKind::Io,
        Why::Syntax | Why::Data => DefectKind::Syntax,
    };
    let at = Position {
        line: error.at().map(|(line, _)| line),
        column: error.at().map(|(_, column)| column),
        ..Position::default()
    };
    Some((kind, error.to_string(), at))
}

struct Document<'a, 'b>(&'a mut Fold<'b>);
struct Files<'a, 'b>(&'a mut Fold<'b>);
struct OneFile;
struct SourceLines;

impl<'de> DeserializeSeed<'de> for Document<'_, '_> {
    type Value = ();

    fn deserialize<D: Deserializer<'de>>(self, from: D) -> Result<(), D::Error> {
        from.deserialize_map(self)
    }
}

impl<'de> Visitor<'de> for Document<'_, '_> {
    type Value = ();

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("an object with `source_files`")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<(), A::Error> {
        while let Some(key) = map.next_key::<String>()? {
            if key != "source_files" {
                self.0.unknown(key);
                map.next_value::<IgnoredAny>()?;
                continue;
            }
            if self.0.seen {
                let message = "a second `source_files`";
                self.0
                    .lower(DefectKind::Contradiction, message, Position::path(key));
            }
            self.0.seen = true;
            map.next_value_seed(Files(self.0))?;
        }
        self.0.ended = true;
        Ok(())
    }
}

impl<'de> DeserializeSeed<'de> for Files<'_, '_> {
    type Value = ();

    fn deserialize<D: Deserializer<'de>>(self, from: D) -> Result<(), D::Error> {
        from.deserialize_seq(self)
    }
}

impl<'de> Visitor<'de> for Files<'_, '_> {
    type Value = ();

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("an array of files")
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut seq: A) -> Result<(), A::Error> {
        while let Some((entry, unknown)) = seq.next_element_seed(OneFile)? {
            for key in unknown {
                self.0.unknown(key);
            }
            self.0.entry(entry);
        }
        Ok(())
    }
}

impl<'de> DeserializeSeed<'de> for OneFile {
    type Value = (Entry, BTreeSet<String>);

    fn deserialize<D: Deserializer<'de>>(self, from: D) -> Result<Self::Value, D::Error> {
        from.deserialize_map(self)
    }
}

impl<'de> Visitor<'de> for OneFile {
    type Value = (Entry, BTreeSet<String>);

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a file with `name` and `coverage`")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Self::Value, A::Error> {
        let (mut entry, mut unknown) = (Entry::default(), BTreeSet::new());
        while let Some(key) = map.next_key::<String>()? {
            let twice = match key.as_str() {
                "name" => entry.name.replace(map.next_value()?).is_some(),
                "source" => {
                    entry.lines = map.next_value_seed(SourceLines)?;
                    false
                }
                "coverage" => entry
                    .hits
                    .replace(map.next_value_seed(Hits::default())?)
                    .is_some(),
                _ => {
                    map.next_value::<IgnoredAny>()?;
                    if unknown.len() < UNKNOWN {
                        unknown.insert(key);
                    }
                    continue;
                }
            };
            if twice {
                let message = format!("`{key}` stands twice in one file");
                return Err(serde::de::Error::custom(message));
            }
        }
        Ok((entry, unknown))
    }
}

impl<'de> DeserializeSeed<'de> for SourceLines {
    type Value = Option<u64>;

    fn deserialize<D: Deserializer<'de>>(self, from: D) -> Result<Option<u64>, D::Error> {
        from.deserialize_newtype_struct(BREAKS, self)
    }
}

impl<'de> Visitor<'de> for SourceLines {
    type Value = Option<u64>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("the source of a file")
    }

    /// What serde_json reads.
    fn visit_newtype_struct<D: Deserializer<'de>>(self, from: D) -> Result<Option<u64>, D::Error> {
        from.deserialize_str(self)
    }

    fn visit_str<E>(self, source: &str) -> Result<Option<u64>, E> {
        let breaks = memchr::memchr_iter(b'\n', source.as_bytes()).count();
        Ok(u64::try_from(breaks).ok().map(|n| n.saturating_add(1)))
    }

    /// What is read of a stream.
    fn visit_u64<E>(self, breaks: u64) -> Result<Option<u64>, E> {
        Ok(Some(breaks.saturating_add(1)))
    }
}
