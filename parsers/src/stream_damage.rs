//! Damage never passes, for tools that use both streams: what the tests of such readers do to their captures.

use std::fs;
use std::io::{BufRead, BufReader};
use std::path::{Path, PathBuf};

use crate::{Completeness, Evidence, Expect, Limits, Part, Stream, Tool, read};

/// What a tool printed.
pub(crate) struct Capture {
    name: String,
    out: Vec<u8>,
    err: Vec<u8>,
    /// What it says undamaged.
    truth: Says,
    /// How many captures of the same kind are tried before it.
    alike: usize,
}

/// What a reading says in the end about one tool.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Says {
    Nothing,
    Findings,
    Unproven,
    Clean,
}

/// The captures below a folder, of a tool that reports findings. Those with the same bytes count once. Of those that
/// read alike (format, completeness, kinds of defects), the first is damaged at every byte, and the others here and there.
pub(crate) fn captures(folder: &str, tool: Tool) -> Vec<Capture> {
    let root = concat!(env!("CARGO_MANIFEST_DIR"), "/../fixtures/captures");
    let (mut found, mut kinds) = (Vec::<Capture>::new(), Vec::new());
    for dir in folders(&Path::new(root).join(folder)) {
        let file = |name| fs::read(dir.join(name)).unwrap_or_default();
        let merged = file("merged.txt");
        let (out, err) = match merged.is_empty() {
            true => (file("stdout.txt"), file("stderr.txt")),
            false => (merged, Vec::new()),
        };
        if found.iter().all(|c| (&c.out, &c.err) != (&out, &err)) {
            let kind = kind(&out, &err);
            found.push(Capture {
                name: dir.display().to_string(),
                truth: says(&out, &err, tool),
                alike: kinds.iter().filter(|k| **k == kind).count(),
                out,
                err,
            });
            kinds.push(kind);
        }
    }
    let findings = found.iter().any(|c| c.truth == Says::Findings);
    assert!(findings, "no captures with findings in {folder}");
    found
}

fn folders(root: &Path) -> Vec<PathBuf> {
    let (mut found, mut todo) = (Vec::new(), vec![root.to_owned()]);
    while let Some(dir) = todo.pop() {
        for entry in fs::read_dir(&dir).unwrap().map(Result::unwrap) {
            if entry.file_type().unwrap().is_dir() {
                todo.push(entry.path());
            } else if entry.file_name() == "case.toml" {
                found.push(dir.clone());
            }
        }
    }
    found.sort();
    found
}

/// Reads both streams, at most `step` bytes at a time.
pub(crate) fn parts(out: &[u8], err: &[u8], step: usize) -> Vec<Part> {
    let mut out = BufReader::with_capacity(step, out);
    let mut err = BufReader::with_capacity(step, err);
    let streams: Vec<(Stream, &mut dyn BufRead)> =
        vec![(Stream::Out, &mut out), (Stream::Err, &mut err)];
    read(streams, Expect::default(), &Limits::default()).0
}

fn kind(out: &[u8], err: &[u8]) -> Vec<String> {
    let describe = |part: Part| {
        let kinds: Vec<_> = part.parsed.defects.iter().map(|d| d.kind.id()).collect();
        format!("{} {:?} {kinds:?}", part.format, part.parsed.completeness)
    };
    parts(out, err, 1 << 16).into_iter().map(describe).collect()
}

fn says(out: &[u8], err: &[u8], tool: Tool) -> Says {
    let mut says = Says::Nothing;
    for part in parts(out, err, 1 << 16).iter().filter(|p| p.tool == tool) {
        match &part.parsed.value {
            Evidence::Findings(f) if f.total > 0 => return Says::Findings,
            _ if part.parsed.completeness == Completeness::Complete => says = Says::Clean,
            _ => return Says::Unproven,
        }
    }
    says
}

impl Capture {
    /// Drops what another tool printed on standard error before, where every byte is damaged.
    pub(crate) fn trim(&mut self, other: impl Fn(&[u8]) -> usize) {
        if self.alike == 0 {
            self.err.drain(..other(&self.err));
        }
    }

    /// Everything that can be done to one capture.
    pub(crate) fn check(&self, tool: Tool) {
        let whole = parts(&self.out, &self.err, 1 << 16);
        for step in 1..8 {
            let same = parts(&self.out, &self.err, step) == whole;
            assert!(same, "{}, {step} bytes at a time", self.name);
        }
        self.damage(&self.out, |out| says(out, &self.err, tool));
        self.damage(&self.err, |err| says(&self.out, err, tool));
    }

    fn damage(&self, whole: &[u8], says: impl Fn(&[u8]) -> Says) {
        for at in self.positions(whole) {
            self.never(says(&whole[..at]), || format!("cut at byte {at}"));
        }
        if self.truth == Says::Clean {
            return;
        }
        let mut bytes = whole.to_vec();
        for at in self.positions(whole) {
            for changed in [whole[at] ^ 1, b'#'] {
                bytes[at] = changed;
                self.never(says(&bytes), || format!("with byte {at} changed"));
            }
            bytes[at] = whole[at];
        }
        let lines: Vec<&[u8]> = whole.split_inclusive(|b| *b == b'\n').collect();
        for dropped in (0..lines.len()).step_by(if self.alike == 0 { 1 } else { 7 }) {
            let mut left = lines.clone();
            left.remove(dropped);
            self.never(says(&left.concat()), || format!("without line {dropped}"));
        }
    }

    fn never(&self, says: Says, what: impl Fn() -> String) {
        let name = &self.name;
        assert!(says != Says::Clean, "{name} {} reads as clean", what());
    }

    /// Positions to try.
    fn positions(&self, whole: &[u8]) -> impl Iterator<Item = usize> + use<> {
        let step = if self.alike == 0 { 1 } else { 97 };
        (0..whole.len()).step_by(step)
    }
}
