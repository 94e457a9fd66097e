//! Readers of our own for what we wrote: a PDF with its table of objects, and the parts of a package.

use std::collections::BTreeSet;
use std::io::{Cursor, Read};

use flate2::read::ZlibDecoder;
use quick_xml::Reader;
use quick_xml::events::Event;

/// A PDF: its bytes, and where each object begins.
pub(super) struct Pdf<'a> {
    bytes: &'a [u8],
    offsets: Vec<(usize, usize)>,
}

impl<'a> Pdf<'a> {
    /// Reads the table at the end, and finds every object where the table says.
    pub(super) fn read(bytes: &'a [u8]) -> Self {
        assert!(bytes.starts_with(b"%PDF-1.7\n%") && bytes.trim_ascii_end().ends_with(b"%%EOF"));
        let start = bytes.windows(9).rposition(|w| w == b"startxref").unwrap();
        let tail = std::str::from_utf8(&bytes[start + 9..]).unwrap();
        let table: usize = tail.split_whitespace().next().unwrap().parse().unwrap();
        let text = String::from_utf8_lossy(&bytes[table..start]).into_owned();
        let (head, rest) = text.split_once("trailer").unwrap();
        assert!(
            rest.contains("/ID [") && rest.contains("/Root 1 0 R") && rest.contains("/Info 3 0 R")
        );
        let mut lines = head.lines();
        assert_eq!(lines.next(), Some("xref"));
        let count: usize = lines
            .next()
            .unwrap()
            .split_once(' ')
            .unwrap()
            .1
            .parse()
            .unwrap();
        let entries: Vec<&str> = lines.collect();
        assert_eq!(entries.len(), count);
        let mut offsets = Vec::new();
        for (number, entry) in entries.iter().enumerate().filter(|(_, e)| e.contains(" n")) {
            let offset: usize = entry[..10].parse().unwrap();
            let begins = format!("{number} 0 obj");
            assert!(
                bytes[offset..].starts_with(begins.as_bytes()),
                "object {number}"
            );
            offsets.push((number, offset));
        }
        assert!(offsets.len() > 20);
        Self { bytes, offsets }
    }

    fn at(&self, offset: usize) -> &'a [u8] {
        let rest = &self.bytes[offset..];
        let end = rest.windows(6).position(|w| w == b"endobj").unwrap();
        &rest[..end]
    }

    /// The object that has this in its dictionary.
    pub(super) fn object(&self, has: &str) -> String {
        let mut objects = self
            .offsets
            .iter()
            .map(|(_, at)| String::from_utf8_lossy(self.at(*at)).into_owned());
        objects.find(|o| o.contains(has)).unwrap()
    }

    pub(super) fn pages(&self) -> usize {
        let pages = self.object("/Type /Pages");
        let count = pages.split_once("/Count ").unwrap().1;
        count.split_whitespace().next().unwrap().parse().unwrap()
    }

    /// The bytes of a stream.
    fn stream(&self, has: &[u8]) -> &'a [u8] {
        let holds = |o: &&[u8]| o.windows(has.len()).any(|w| w == has);
        let mut all = self.offsets.iter().map(|(_, at)| self.at(*at));
        let object = all.find(holds).unwrap();
        let from = object.windows(7).position(|w| w == b"stream\n").unwrap() + 7;
        let to = object
            .windows(10)
            .rposition(|w| w == b"\nendstream")
            .unwrap();
        &object[from..to]
    }

    /// The file that is attached, as it was before.
    pub(super) fn attachment(&self) -> Vec<u8> {
        let mut out = Vec::new();
        ZlibDecoder::new(self.stream(b"/Type /EmbeddedFile"))
            .read_to_end(&mut out)
            .unwrap();
        out
    }

    pub(super) fn xmp(&self) -> &'a str {
        std::str::from_utf8(self.stream(b"/Type /Metadata")).unwrap()
    }
}

/// The parts of a package, in their order.
pub(super) fn parts(bytes: &[u8]) -> Vec<(String, String)> {
    let mut zip = zip::ZipArchive::new(Cursor::new(bytes)).unwrap();
    let parts = (0..zip.len()).map(|i| {
        let mut file = zip.by_index(i).unwrap();
        let time = file.last_modified().unwrap();
        assert_eq!((time.year(), time.month(), time.day()), (1980, 1, 1));
        let name = file.name().unwrap().into_owned();
        let mut text = String::new();
        file.read_to_string(&mut text).unwrap();
        (name, text)
    });
    parts.collect()
}

/// One root, every element closed, and no character that XML does not know.
pub(super) fn well_formed(name: &str, text: &str) {
    let illegal =
        |c: char| c.is_control() && !"\n\t\r".contains(c) || matches!(c, '\u{fffe}' | '\u{ffff}');
    assert!(!text.contains(illegal), "{name}");
    let mut reader = Reader::from_str(text);
    reader.config_mut().check_end_names = true;
    let (mut depth, mut elements) = (0i32, 0);
    loop {
        match reader
            .read_event()
            .unwrap_or_else(|e| panic!("{name}: {e}"))
        {
            Event::Start(start) => {
                assert!(start.attributes().all(|a| a.is_ok()), "{name}");
                depth += 1;
                elements += 1;
            }
            Event::Empty(start) => {
                assert!(start.attributes().all(|a| a.is_ok()), "{name}");
                elements += 1;
            }
            Event::End(_) => depth -= 1,
            Event::Eof => break,
            _ => {}
        }
    }
    assert!(
        depth == 0 && elements > 0,
        "{name}: {depth} open, {elements} elements"
    );
}

/// Every relation names a part, and every part has a type.
pub(super) fn relations_hold(parts: &[(String, String)]) {
    let names: BTreeSet<&str> = parts.iter().map(|(name, _)| name.as_str()).collect();
    let types = &parts[0].1;
    for (name, text) in parts {
        let Some((folder, _)) = name.split_once("_rels/") else {
            let known = types.contains(&format!("PartName=\"/{name}\""));
            assert!(known || name == "[Content_Types].xml", "{name} has no type");
            continue;
        };
        for target in text
            .split("Target=\"")
            .skip(1)
            .map(|t| t.split('"').next().unwrap())
        {
            let mut path: Vec<&str> = folder.split('/').filter(|p| !p.is_empty()).collect();
            for step in target.split('/') {
                match step {
                    ".." => drop(path.pop()),
                    step => path.push(step),
                }
            }
            assert!(names.contains(path.join("/").as_str()), "{name}: {target}");
        }
    }
}
