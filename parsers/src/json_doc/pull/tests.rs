//! What is read from a stream is what serde_json reads of a slice: of every JSON fixture, cut and changed anywhere, and
//! of random texts.

use std::io::{BufReader, Read};

use serde::Deserialize;
use serde::de::{DeserializeSeed, Deserializer, Error, IgnoredAny, Visitor};
use serde_json::Value;

use super::{BREAKS, DEPTH, Pull, TOKEN};
use crate::damage::{files, random};

/// Where fixtures are JSON.
const FILES: [(&str, &str); 9] = [
    ("credo", "stdout.txt"),
    ("sobelow", "stdout.txt"),
    ("playwright", "report.json"),
    ("ctrf", "report.json"),
    ("gitlab", "gl-sast-report.json"),
    ("excoveralls", "excoveralls.json"),
    ("axe", "axe.json"),
    ("codecov", "codecov.json"),
    ("benchee", "out.json"),
];

struct Keep<'a>(&'a mut Option<Value>);

impl<'de> DeserializeSeed<'de> for Keep<'_> {
    type Value = ();

    fn deserialize<D: Deserializer<'de>>(self, from: D) -> Result<(), D::Error> {
        *self.0 = Some(Value::deserialize(from)?);
        Ok(())
    }
}

/// The document, read so many bytes at a time.
fn pulled(bytes: &[u8], at_once: usize) -> Result<Value, String> {
    let mut value = None;
    let mut input = BufReader::with_capacity(at_once, bytes);
    let read = Pull::new(&mut input, DEPTH).document(Keep(&mut value));
    read.map_err(|e| e.to_string())?;
    Ok(value.unwrap())
}

/// Makes nothing of a value, and of one that is a string the number of its line breaks.
#[derive(Default)]
struct Pass {
    string: bool,
    breaks: Option<u64>,
}

impl<'de> DeserializeSeed<'de> for &mut Pass {
    type Value = ();

    fn deserialize<D: Deserializer<'de>>(self, from: D) -> Result<(), D::Error> {
        if self.string {
            return from.deserialize_newtype_struct(BREAKS, self);
        }
        IgnoredAny::deserialize(from).map(drop)
    }
}

impl Visitor<'_> for &mut Pass {
    type Value = ();

    fn expecting(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("a number of line breaks")
    }

    fn visit_u64<E: Error>(self, breaks: u64) -> Result<(), E> {
        self.breaks = Some(breaks);
        Ok(())
    }
}

/// What is passed over is as strict as what is kept, and a passed string has the line breaks that it has.
fn passed_alike(bytes: &[u8], wanted: Option<&Value>) {
    let pass = |pass: &mut Pass, at_once: usize| {
        let mut input = BufReader::with_capacity(at_once, bytes);
        Pull::new(&mut input, DEPTH).document(pass).is_ok()
    };
    let text = String::from_utf8_lossy(bytes);
    for at_once in [7, 1 << 16] {
        let read = pass(&mut Pass::default(), at_once);
        assert_eq!(read, wanted.is_some(), "{text}");
        let mut string = Pass {
            string: true,
            breaks: None,
        };
        let read = pass(&mut string, at_once);
        let value = wanted.and_then(Value::as_str);
        assert_eq!(read, value.is_some(), "{text}");
        let breaks = value.map(|text| text.matches('\n').count() as u64);
        assert!(!read || string.breaks == breaks, "{text}");
    }
}

/// Whether both read the same of it, or neither reads it.
fn same(bytes: &[u8]) -> bool {
    let wanted = serde_json::from_slice::<Value>(bytes);
    let said = pulled(bytes, 1 << 16);
    match (&wanted, &said) {
        (Ok(wanted), Ok(said)) => assert_eq!(wanted, said),
        (Err(_), Err(_)) => {}
        _ => panic!("{wanted:?}\n{said:?}\n{}", String::from_utf8_lossy(bytes)),
    }
    passed_alike(bytes, wanted.as_ref().ok());
    wanted.is_ok()
}

/// A string without end is refused, whatever it consists of, also where it is passed over.
#[test]
fn no_string_is_kept_without_end() {
    for piece in ["x", "\\n", "\\u00e9", "x\\n"] {
        let text = format!("\"{}\"", piece.repeat(TOKEN + (1 << 18)));
        let said = pulled(text.as_bytes(), 1 << 16).unwrap_err();
        assert!(said.contains("a string is too long"), "{piece}: {said}");
        let mut input = BufReader::new(text.as_bytes());
        let passed = Pull::new(&mut input, DEPTH).document(&mut Pass::default());
        assert!(passed.is_err(), "{piece}");
    }
}

#[test]
fn fixtures_are_read_alike_whole_cut_and_changed() {
    let mut seed = 1;
    let mut seen = 0;
    for (tool, name) in FILES {
        for path in files(tool, name) {
            let bytes = std::fs::read(&path).unwrap();
            if !matches!(bytes.first(), Some(b'{' | b'[')) || bytes.len() > 60_000 {
                continue;
            }
            seen += usize::from(same(&bytes));
            for _ in 0..200 {
                let at = random(&mut seed, bytes.len());
                same(&bytes[..at]);
                let mut changed = bytes.clone();
                changed[at] = b"\"\\{}[],:0-.eE+tfn x\n\x01\xc3\xa9"[random(&mut seed, 23)];
                same(&changed);
            }
        }
    }
    assert!(seen > 20, "{seen}");
}

/// Pieces of texts that are JSON, or nearly.
const PIECES: &[&str] = &[
    "{",
    "}",
    "[",
    "]",
    ",",
    ":",
    "\"",
    "\"a\"",
    "\"a\":",
    "1",
    "-1",
    "0",
    "01",
    "1.5",
    "1e3",
    "1E+2",
    "-0",
    "-",
    "1.",
    ".5",
    "18446744073709551615",
    "18446744073709551616",
    "-9223372036854775808",
    "-9223372036854775809",
    "1e400",
    "true",
    "false",
    "null",
    "nul",
    " ",
    "\n",
    "\\",
    "\"\\n\\\"\\\\\\/\\b\\f\\r\\t\"",
    "\"\\u00e9\"",
    "\"\\ud83d\\ude00\"",
    "\"\\ud83d\"",
    "\"\\ude00\"",
    "\"\\ud83d\\u0041\"",
    "\"\\ud83dx\"",
    "\"\\u12\"",
    "\"\\x\"",
    "\"\u{1}\"",
    "\"\u{7f}\"",
    "\"é\"",
    "\"longer than eight bytes\\tand on\"",
    "\"\\n\\u000a\\\\n\\nx\"",
    "\u{feff}",
    "x",
];

#[test]
fn random_texts_are_read_alike() {
    let (mut seed, mut good) = (7, 0);
    for round in 0..300_000_usize {
        let mut text = String::new();
        let wrap = round % 3 == 0;
        if wrap {
            text.push('[');
        }
        for n in 0..random(&mut seed, 6) {
            if wrap && n > 0 {
                text.push(',');
            }
            text.push_str(PIECES[random(&mut seed, PIECES.len())]);
        }
        if wrap {
            text.push(']');
        }
        good += usize::from(same(text.as_bytes()));
    }
    assert!(good > 20_000, "{good}");
}

#[test]
fn chunks_make_no_difference() {
    let text = "{\"a\": [1, -2.5e3, \"é\\u00e9\\n\", {\"b\": null, \"c\": [true, false, []]}], \"d\": 12345678901}\n";
    let wanted: Value = serde_json::from_str(text).unwrap();
    for at_once in 1..20 {
        // A reader that gives a few bytes at a time.
        struct Drip<'a>(&'a [u8], usize);
        impl Read for Drip<'_> {
            fn read(&mut self, out: &mut [u8]) -> std::io::Result<usize> {
                let n = self.1.min(self.0.len()).min(out.len());
                out[..n].copy_from_slice(&self.0[..n]);
                self.0 = &self.0[n..];
                Ok(n)
            }
        }
        let mut value = None;
        let mut input = Drip(text.as_bytes(), at_once);
        Pull::new(&mut input, DEPTH)
            .document(Keep(&mut value))
            .unwrap();
        assert_eq!(value, Some(wanted.clone()));
    }
}

#[test]
fn windows_make_no_difference() {
    let mut seed = 3;
    let list: Vec<Value> = (0..6_000)
        .map(|n| {
            let text: String = (0..random(&mut seed, 60))
                .map(|_| ['a', 'é', '"', '\\', '\n'][random(&mut seed, 5)])
                .collect();
            serde_json::json!({"text": text, "n": n, "list": [null, true, 1.5]})
        })
        .collect();
    for text in [
        serde_json::to_string(&list).unwrap(),
        serde_json::to_string_pretty(&list).unwrap(),
    ] {
        assert!(text.len() > 4 << 16);
        assert_eq!(
            pulled(text.as_bytes(), 1 << 16),
            Ok(Value::from(list.clone()))
        );
        assert_eq!(pulled(text.as_bytes(), 7), Ok(Value::from(list.clone())));
    }
    let long = serde_json::to_string(&"é\n".repeat(200_000)).unwrap();
    assert!(same(long.as_bytes()));
}

#[test]
fn nesting_has_a_limit() {
    for depth in [126, 127, 128, 129, 100_000] {
        let text = "[".repeat(depth) + &"]".repeat(depth);
        assert_eq!(same(text.as_bytes()), depth <= DEPTH, "{depth}");
        assert!(!same("[{\"a\":".repeat(depth).as_bytes()));
    }
}

#[test]
fn errors_say_where() {
    let said = |text: &str| pulled(text.as_bytes(), 3).unwrap_err();
    assert_eq!(said("[1,\n 2 x]"), "expected `,` or `]` at line 2 column 4");
    assert_eq!(said("[1] 2"), "trailing characters at line 1 column 5");
    assert_eq!(
        said("{\"a\""),
        "EOF while parsing a value at line 1 column 5"
    );
}
