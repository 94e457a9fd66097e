//! JSON documents, written as they are made: nothing holds a whole one.

use std::io::{self, BufWriter, Write};

use serde::Serialize;
use serde_json::ser::{Formatter, PrettyFormatter, Serializer};

use super::escape;

/// Bytes that are collected before they are written.
const BUFFER: usize = 64 << 10;

/// Writes a document, indented, with a line end.
pub(super) fn write(document: &impl Serialize, out: &mut dyn Write) -> io::Result<()> {
    let mut out = BufWriter::with_capacity(BUFFER, out);
    let formatter = Safe(PrettyFormatter::new());
    document.serialize(&mut Serializer::with_formatter(&mut out, formatter))?;
    out.write_all(b"\n")?;
    out.flush()
}

/// A list whose elements are made while they are written.
pub(super) struct Each<I>(pub(super) I);

impl<I> Serialize for Each<I>
where
    I: Iterator<Item: Serialize> + Clone,
{
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_seq(self.0.clone())
    }
}

/// Escapes what stands in strings; the rest is serde's own.
struct Safe(PrettyFormatter<'static>);

impl Formatter for Safe {
    fn write_string_fragment<W: Write + ?Sized>(
        &mut self,
        out: &mut W,
        fragment: &str,
    ) -> io::Result<()> {
        out.write_all(escape::json(fragment).as_bytes())
    }

    fn begin_array<W: Write + ?Sized>(&mut self, out: &mut W) -> io::Result<()> {
        self.0.begin_array(out)
    }

    fn end_array<W: Write + ?Sized>(&mut self, out: &mut W) -> io::Result<()> {
        self.0.end_array(out)
    }

    fn begin_array_value<W: Write + ?Sized>(&mut self, out: &mut W, first: bool) -> io::Result<()> {
        self.0.begin_array_value(out, first)
    }

    fn end_array_value<W: Write + ?Sized>(&mut self, out: &mut W) -> io::Result<()> {
        self.0.end_array_value(out)
    }

    fn begin_object<W: Write + ?Sized>(&mut self, out: &mut W) -> io::Result<()> {
        self.0.begin_object(out)
    }

    fn end_object<W: Write + ?Sized>(&mut self, out: &mut W) -> io::Result<()> {
        self.0.end_object(out)
    }

    fn begin_object_key<W: Write + ?Sized>(&mut self, out: &mut W, first: bool) -> io::Result<()> {
        self.0.begin_object_key(out, first)
    }

    fn begin_object_value<W: Write + ?Sized>(&mut self, out: &mut W) -> io::Result<()> {
        self.0.begin_object_value(out)
    }

    fn end_object_value<W: Write + ?Sized>(&mut self, out: &mut W) -> io::Result<()> {
        self.0.end_object_value(out)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::{Value, json};

    #[test]
    fn a_document_is_what_serde_writes_with_every_string_escaped() {
        let text = "#[##[###[ \u{202e}\u{7f}\u{9b}\u{2028}\u{feff}\u{ffff}\u{61c} é✓\u{1f600} \"\\\n\t\u{1b}##";
        let document = json!({
            "a": [text, [], {}, [1, null, true, -2.5, text.repeat(9)]],
            text: { "b": text, "c": "" },
        });
        let mut out = Vec::new();
        write(&document, &mut out).unwrap();
        let out = String::from_utf8(out).unwrap();
        assert_eq!(serde_json::from_str::<Value>(&out).unwrap(), document);
        let plain = serde_json::to_string_pretty(&document).unwrap();
        // Line ends, brackets and colons are serde's own, so the whole text may be escaped line by line.
        let lines = plain.lines().map(|line| escape::json(line) + "\n");
        assert_eq!(out, lines.collect::<String>());
        assert!(!out.contains("##[") && !out.contains('\u{202e}'));
    }

    #[test]
    fn a_list_is_made_while_it_is_written() {
        let mut out = Vec::new();
        let list = [Each(vec![1, 2].into_iter()), Each(Vec::new().into_iter())];
        write(&list, &mut out).unwrap();
        let expected = serde_json::to_string_pretty(&json!([[1, 2], []])).unwrap() + "\n";
        assert_eq!(String::from_utf8(out).unwrap(), expected);
    }
}
