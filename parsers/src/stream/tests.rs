//! What is looked at, and how often; and lines that are taken at once, which are read as each of them alone.

use std::fs;
use std::io::BufReader;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use super::*;
use crate::damage::{files, random};
use crate::format;

#[test]
fn a_value_on_a_line_is_looked_at_alone() {
    for (head, value) in [
        ("{\"a\":1}\n{\"b\":2}\n", "{\"a\":1}"),
        ("[1, [2]] rest", "[1, [2]]"),
        ("{\"}\":\"\\\"}\"}\n{", "{\"}\":\"\\\"}\"}"),
        ("{\"a\": {\n", "{\"a\": {\n"),
        ("{\"a\": \"b", "{\"a\": \"b"),
        ("{\"a\": \"b\\", "{\"a\": \"b\\"),
        ("<a>{}</a>", "<a>{}</a>"),
        ("", ""),
    ] {
        let found = first_value(head.as_bytes());
        assert_eq!(String::from_utf8_lossy(found), value, "{head:?}");
    }
}

/// Finds every line foreign, and counts the bytes of those that it was asked about.
struct Stranger(Arc<AtomicUsize>);

impl Section for Stranger {
    fn line(&mut self, _: &Line<'_>, _: &Limits) -> bool {
        false
    }

    fn foreign(&self, text: &[u8]) -> usize {
        let lines = memchr::memrchr(b'\n', text).map_or(0, |end| end + 1);
        self.0.fetch_add(lines, Ordering::Relaxed);
        lines
    }

    fn finish(self: Box<Self>, _: &Limits) -> Vec<Part> {
        Vec::new()
    }
}

/// Claims every line, and takes the first of those that it may take at once.
struct Owner;

impl Section for Owner {
    fn line(&mut self, _: &Line<'_>, _: &Limits) -> bool {
        true
    }

    fn lines(&mut self, text: &[u8], limits: &Limits) -> Taken {
        let line = text::first_line(text, limits.line);
        let bytes = line.map_or(0, |(line, _)| line.len() + 1);
        let lines = u64::from(bytes > 0);
        Taken { bytes, lines }
    }

    fn is_open(&self) -> bool {
        true
    }

    fn finish(self: Box<Self>, _: &Limits) -> Vec<Part> {
        Vec::new()
    }
}

#[test]
fn nobody_is_asked_twice_whether_a_line_is_foreign() {
    let asked = Arc::new(AtomicUsize::new(0));
    let mut reading = Reading::new(Expect::default(), Limits::default());
    reading.sections = vec![Box::new(Stranger(asked.clone())), Box::new(Owner)];
    let text = "a line\n".repeat(50_000);
    let mut bytes = io::BufReader::with_capacity(4096, text.as_bytes());
    reading.stream(Stream::Out, &mut bytes);
    let asked = asked.load(Ordering::Relaxed);
    assert!(asked > 0 && asked <= text.len(), "{asked}");
}

fn told(expect: Expect, text: &[u8], buffer: usize, details: usize) -> Vec<Part> {
    let mut bytes = BufReader::with_capacity(buffer, text);
    let limits = Limits {
        details,
        ..Limits::default()
    };
    read(vec![(Stream::Out, &mut bytes)], expect, &limits).0
}

/// What is told of a text, with room for few details and for many, is told where each line is looked at alone, too: a buffer
/// of one byte holds no whole line. Says how often that is anything.
fn compare(expect: Expect, text: &[u8]) -> usize {
    let mut seen = 0;
    for details in [0, 1, 10_000] {
        let [whole, pieces] = [1 << 16, 1].map(|n| told(expect, text, n, details));
        assert_eq!(whole, pieces, "{}", String::from_utf8_lossy(text));
        seen += usize::from(!whole.is_empty());
    }
    seen
}

#[test]
fn lines_are_taken_at_once_by_a_reader_that_is_alone() {
    let (mut seed, mut seen) = (3, 0);
    for (id, folder, name) in [
        ("exunit-console", "exunit", "stdout.txt"),
        ("dialyxir-short", "dialyxir", "stdout.txt"),
        ("lcov-info", "excoveralls", "lcov.info"),
    ] {
        let expect = Expect {
            format: format(id),
            tool: None,
        };
        for path in files(folder, name) {
            let mut text = fs::read(path).unwrap();
            for _ in 0..40 {
                seen += compare(expect, &text);
                if text.is_empty() {
                    break;
                }
                let (at, other) = (random(&mut seed, text.len()), random(&mut seed, text.len()));
                match random(&mut seed, 4) {
                    0 => text[at] = b"\n:1 [)\r\xe9"[random(&mut seed, 8)],
                    1 => text.truncate(at.max(text.len() / 2)),
                    _ => text[at.min(other)..].rotate_left(at.abs_diff(other) / 2),
                }
            }
        }
    }
    assert!(seen > 1_000, "{seen}");
}

/// Whatever tools print may stand between the lines of a suite that runs.
#[test]
fn lines_are_taken_at_once_by_a_suite_beside_other_readers() {
    let (mut seed, mut seen) = (5, 0);
    let mut lines = Vec::new();
    for folder in [
        "compiler",
        "credo",
        "dialyxir",
        "exunit",
        "mix_format",
        "tap",
    ] {
        for path in files(folder, "stdout.txt") {
            let text = fs::read(path).unwrap();
            lines.extend(text.split_inclusive(|b| *b == b'\n').map(<[u8]>::to_vec));
        }
    }
    for path in files("exunit", "stdout.txt") {
        let text = fs::read(path).unwrap();
        let whole: Vec<&[u8]> = text.split_inclusive(|b| *b == b'\n').collect();
        for _ in 0..10 {
            let mut mixed = Vec::new();
            for line in &whole {
                mixed.extend_from_slice(line);
                while random(&mut seed, 4) == 0 {
                    let marks = random(&mut seed, 3);
                    mixed.extend_from_slice(&b"..*"[..marks]);
                    mixed.extend_from_slice(&lines[random(&mut seed, lines.len())]);
                }
            }
            seen += compare(Expect::default(), &mixed);
        }
    }
    assert!(seen > 1_000, "{seen}");
}
