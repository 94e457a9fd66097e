//! Damage never passes: what the tests of every reader do to their captures.

use std::collections::HashSet;
use std::fs;
use std::io::{BufRead, BufReader};
use std::path::{Path, PathBuf};

use crate::{Completeness, Evidence, Expect, Limits, Part, Stream, read};

/// What is known of the captures of one format, and what counts as bad news in it.
pub(crate) struct Damage {
    /// Id of the format.
    pub(crate) format: &'static str,
    /// Whether the evidence holds bad news that no damage may hide.
    pub(crate) bad: fn(&Evidence) -> bool,
    /// Whether a capture of this format is one document, which is whole without its last line end, and which is not
    /// recognised at all when its first bytes are damaged.
    pub(crate) document: bool,
}

/// What a reading says in the end.
#[derive(Debug, PartialEq, Eq)]
enum Says {
    Nothing,
    Bad,
    Unproven,
    Clean,
}

/// Files of this name in the captures of a tool, each content once: `files("junit", "report.xml")`.
pub(crate) fn files(tool: &str, name: &str) -> Vec<PathBuf> {
    let root = concat!(env!("CARGO_MANIFEST_DIR"), "/../fixtures/captures");
    let (mut found, mut todo) = (Vec::new(), vec![Path::new(root).join(tool)]);
    while let Some(dir) = todo.pop() {
        for entry in fs::read_dir(&dir).unwrap().map(Result::unwrap) {
            if entry.file_type().unwrap().is_dir() {
                todo.push(entry.path());
            } else if entry.file_name() == name {
                found.push(entry.path());
            }
        }
    }
    found.sort();
    let mut seen = HashSet::new();
    found.retain(|path| seen.insert(fs::read(path).unwrap()));
    assert!(!found.is_empty(), "no {name} in the captures of {tool}");
    found
}

/// A number below another one: the same ones in every run.
pub(crate) fn random(seed: &mut u64, below: usize) -> usize {
    *seed = seed
        .wrapping_mul(6_364_136_223_846_793_005)
        .wrapping_add(1_442_695_040_888_963_407);
    usize::try_from(*seed >> 33).unwrap() % below
}

/// Reads bytes as standard output, at most `step` bytes at a time.
pub(crate) fn parts(bytes: &[u8], step: usize) -> Vec<Part> {
    let mut reader = BufReader::with_capacity(step, bytes);
    let streams = vec![(Stream::Out, &mut reader as &mut dyn BufRead)];
    read(streams, Expect::default(), &Limits::default()).0
}

impl Damage {
    /// Everything that can be done to one capture.
    pub(crate) fn check(&self, path: &Path) {
        let whole = fs::read(path).unwrap();
        let name = path.display().to_string();
        for step in 1..8 {
            assert_eq!(
                parts(&whole, step),
                parts(&whole, 1 << 16),
                "{name}, {step} bytes at a time"
            );
        }
        let truth = self.says(&whole);
        self.cuts(&name, &whole, &truth);
        self.changes(&name, &whole, &truth);
        self.drops(&name, &whole, &truth);
    }

    fn says(&self, bytes: &[u8]) -> Says {
        let parts = parts(bytes, 1 << 16);
        let mut mine = parts.iter().filter(|p| p.format == self.format).peekable();
        if mine.peek().is_none() {
            // Another report of the same source may have swallowed it, and then says that something is wrong.
            let trusted = |p: &Part| p.parsed.completeness == Completeness::Complete;
            return if parts.iter().all(trusted) {
                Says::Nothing
            } else {
                Says::Unproven
            };
        }
        let (mut says, mut bad) = (Says::Clean, false);
        for part in mine {
            bad |= (self.bad)(&part.parsed.value);
            if part.parsed.completeness != Completeness::Complete {
                says = Says::Unproven;
            }
        }
        if bad { Says::Bad } else { says }
    }

    /// How many positions of a text are tried: fewer of a longer one.
    fn samples(whole: &[u8]) -> usize {
        (2_000_000 / whole.len().max(1)).clamp(100, 1_000)
    }

    /// Positions to try: some of the whole text, and all at its end.
    fn positions(whole: &[u8]) -> impl Iterator<Item = usize> + use<> {
        let samples = Self::samples(whole);
        let tail = whole.len().saturating_sub(samples);
        let step = (tail / samples).max(1);
        (0..tail).step_by(step).chain(tail..whole.len())
    }

    fn cuts(&self, name: &str, whole: &[u8], truth: &Says) {
        let text = if self.document {
            whole.trim_ascii_end()
        } else {
            whole
        };
        for at in Self::positions(text) {
            let says = self.says(&text[..at]);
            let told = *truth == Says::Unproven || says != Says::Clean;
            assert!(told, "{name} cut at byte {at} reads as complete and clean");
        }
    }

    fn changes(&self, name: &str, whole: &[u8], truth: &Says) {
        if *truth != Says::Bad {
            return;
        }
        let mut bytes = whole.to_vec();
        for at in Self::positions(whole) {
            for changed in [whole[at] ^ 1, b'#'] {
                bytes[at] = changed;
                self.still(&bytes, || format!("{name} with byte {at} changed"));
            }
            bytes[at] = whole[at];
        }
    }

    fn drops(&self, name: &str, whole: &[u8], truth: &Says) {
        if *truth != Says::Bad {
            return;
        }
        let lines: Vec<&[u8]> = whole.split_inclusive(|b| *b == b'\n').collect();
        let step = (lines.len() / Self::samples(whole)).max(1);
        for dropped in (0..lines.len()).step_by(step) {
            let mut left = lines.clone();
            left.remove(dropped);
            self.still(&left.concat(), || format!("{name} without line {dropped}"));
        }
    }

    /// Bad news must still be bad, or at least not trusted.
    fn still(&self, bytes: &[u8], what: impl Fn() -> String) {
        match self.says(bytes) {
            Says::Bad | Says::Unproven => {}
            Says::Nothing => assert!(self.document, "{} has no evidence at all", what()),
            Says::Clean => panic!("{} reads as complete and clean", what()),
        }
    }
}
