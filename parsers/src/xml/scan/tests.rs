//! What is told of a document is what quick-xml alone tells of it: of every XML fixture, cut and changed anywhere, however
//! its bytes arrive.

use std::io::{self, BufReader, Read};

use quick_xml::Reader;
use quick_xml::errors::Error;
use quick_xml::events::Event;

use super::{Bytes, Parts, scan};
use crate::damage::{files, random};
use crate::defect::Position;
use crate::input::Limits;
use crate::xml::attrs::Attrs;
use crate::xml::fault;
use crate::xml::known::Known;

/// Writes down what it is told, in words.
#[derive(Default)]
struct Record {
    offset: u64,
    told: Vec<(u64, String)>,
}

impl Record {
    fn tell(&mut self, what: String) -> bool {
        self.told.push((self.offset, what));
        true
    }
}

impl Parts for Record {
    const KNOWN: Known = Known {
        names: &[
            "classname",
            "covered",
            "file",
            "filename",
            "hits",
            "message",
            "name",
            "number",
            "tests",
            "time",
        ],
        long: &["message"],
        escaped: true,
    };

    fn at(&mut self, offset: u64) {
        self.offset = offset;
    }

    fn start(&mut self, name: &str, attrs: &Attrs<'_>) -> bool {
        self.tell(format!("start {name} {attrs:?}"))
    }

    fn end(&mut self) {
        self.tell("end".into());
    }

    fn blank(&mut self, text: &str) -> bool {
        self.tell(format!("text {text:?}"))
    }

    fn other(&mut self, event: &Event<'_>) -> bool {
        match event {
            Event::Text(text) => self.tell(format!("text {:?}", &**text)),
            Event::Eof => !self.tell("end of the document".into()),
            other => self.tell(format!("{other:?}")),
        }
    }

    fn stopped(&mut self, error: &Error, at: u64, over: bool) {
        self.offset = at;
        self.tell(format!("stopped: {:?}", fault(error, over)));
    }
}

/// What was told, with the oddities of all bytes where all were read.
type Told = (Vec<(u64, String)>, Option<Vec<(String, Position)>>);

fn all(record: Record, oddities: Vec<(String, Position)>) -> Told {
    let last = record.told.last();
    let whole = last.is_some_and(|(_, what)| what == "end of the document");
    (record.told, whole.then_some(oddities))
}

/// What quick-xml alone tells.
fn reference(bytes: &[u8]) -> Told {
    let mut input = BufReader::new(bytes);
    let mut xml = Reader::from_reader(Bytes::new(&mut input));
    let (mut buffer, mut record) = (Vec::new(), Record::default());
    let limits = Limits::default();
    loop {
        record.at(xml.buffer_position());
        buffer.clear();
        let go_on = match xml.read_event_into(&mut buffer) {
            Ok(Event::Start(tag)) => {
                let attrs = Attrs::read(&tag, Record::KNOWN, &limits);
                record.start(tag.local_name().as_ref(), &attrs)
            }
            Ok(Event::Empty(tag)) => {
                let attrs = Attrs::read(&tag, Record::KNOWN, &limits);
                record.empty(tag.local_name().as_ref(), &attrs)
            }
            Ok(Event::End(_)) => {
                record.end();
                true
            }
            Ok(event) => record.other(&event),
            Err(error) => {
                let at = xml.error_position();
                record.stopped(&error, at, false);
                false
            }
        };
        if !go_on {
            return all(record, xml.get_ref().oddities());
        }
    }
}

fn told(bytes: impl Read, at_once: usize) -> Told {
    let mut input = BufReader::with_capacity(at_once, bytes);
    let mut record = Record::default();
    let oddities = scan(&mut input, &Limits::default(), &mut record);
    all(record, oddities)
}

fn same(bytes: &[u8], at_once: usize) {
    let (told, wanted) = (told(bytes, at_once), reference(bytes));
    if told != wanted {
        let other = told.0.iter().zip(&wanted.0).find(|(a, b)| a != b);
        let odd = (told.1, wanted.1);
        panic!("{other:?} {odd:?}\n{}", String::from_utf8_lossy(bytes));
    }
}

#[test]
fn fixtures_are_told_alike_whole_cut_and_changed() {
    let (mut seed, mut seen) = (1, 0);
    let names = [
        ("junit", "report.xml"),
        ("excoveralls", "cobertura.xml"),
        ("excoveralls", "excoveralls.xml"),
    ];
    for (tool, name) in names {
        for path in files(tool, name) {
            let bytes = std::fs::read(&path).unwrap();
            seen += 1;
            for at_once in [1 << 16, 61, 7] {
                same(&bytes, at_once);
            }
            // An odd byte anywhere, in what is small enough to be read a hundred times.
            let bytes = bytes.get(..20_000).unwrap_or(&bytes);
            for _ in 0..100 {
                let at = random(&mut seed, bytes.len());
                same(&bytes[..at], 1 << 16);
                let mut changed = bytes.to_vec();
                changed[at] = b"<>/\"'&;= a!?-\n\x01\xc3\x1a"[random(&mut seed, 17)];
                same(&changed, 1 << 16);
            }
        }
    }
    assert!(seen > 4, "{seen}");
}

#[test]
fn random_documents_are_told_alike() {
    let pieces = [
        "<a>",
        "</a>",
        "<b n=\"1\">",
        "</b>",
        "<b name=\"1\" hits=\"2\"/>",
        "<b name=\"&lt;\" hits=\"2\"/>",
        "<b name=\"<\" hits=\"2\"/>",
        "<b name='1' hits=\"2\"/>",
        "<b name=\"1\" name=\"2\"/>",
        "<b name=\"1\" hits=\"2\">",
        "<x:a>",
        "</x:a>",
        "</a >",
        "<a >",
        " ",
        "\n  ",
        "text",
        "&amp;",
        "&",
        "<!-- c -->",
        "<![CDATA[<a>]]>",
        "<?p?>",
        "<",
        ">",
        "é",
        "<é/>",
        "<b name=\"é\"/>",
        "\u{1a}",
        "\u{1}",
        "<b name=\"\u{1a}\"/>",
        "<b name=\"1\" hits=\"\u{2}\"/>",
        "<b name=\"1\t\" hits=\"\n\u{7f}\"/>",
        "</",
        "/>",
        "<b name=\"1",
        "\"",
    ];
    let mut seed = 5;
    for _ in 0..30_000 {
        let mut text = String::from("<a>");
        for _ in 0..random(&mut seed, 12) {
            text.push_str(pieces[random(&mut seed, pieces.len())]);
        }
        if random(&mut seed, 2) == 0 {
            text.push_str("</a>");
        }
        let mut bytes = text.into_bytes();
        // A byte that is no character, or a character without its end.
        if let at @ 1.. = random(&mut seed, 60).min(bytes.len()) {
            bytes[at - 1] = [0xff, 0xc3, bytes[at - 1]][random(&mut seed, 3)];
        }
        same(&bytes, [1 << 16, 5][random(&mut seed, 2)]);
    }
}

#[test]
fn long_documents_are_told_alike() {
    let (mut seed, mut text) = (9, String::from("<?xml version=\"1.0\"?>\n<a>"));
    while text.len() < 200_000 {
        let n = random(&mut seed, 100_000);
        text.push_str(&match random(&mut seed, 6) {
            0 => format!("\n  <b name=\"{n}\" hits=\"é&amp;\"/>"),
            1 => format!("<b name=\"{n}\"><c>{n} &lt; 1</c></b>\n"),
            2 => format!("<b name=\"{}\"/>", "long ".repeat(n % 900)),
            _ => format!("<b name=\"{n}\" hits=\"2\" x=\"\"/>"),
        });
    }
    text.push_str("</a>\n");
    for at_once in [1 << 17, 4096, 1000, 17] {
        same(text.as_bytes(), at_once);
    }
}

/// Fails once, and then says that nothing follows.
struct Failing(bool);

impl Read for Failing {
    fn read(&mut self, _: &mut [u8]) -> io::Result<usize> {
        match std::mem::replace(&mut self.0, true) {
            true => Ok(0),
            false => Err(io::Error::other("lost")),
        }
    }
}

#[test]
fn an_error_of_the_source_is_told_wherever_it_comes() {
    let text = b"<a><b name=\"1\"/>\n<b name=\"2\">text</b></a>\n";
    for at in 0..=text.len() {
        for at_once in [1 << 16, 5] {
            let (told, _) = told(text[..at].chain(Failing(false)), at_once);
            let (_, last) = told.last().unwrap();
            assert!(last.starts_with("stopped: (Io, "), "{at}: {last}");
        }
    }
}
