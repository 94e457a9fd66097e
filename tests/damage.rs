//! Damage never passes: every fixture cut, with bytes changed and with lines dropped, through the whole pipeline.
//!
//! No failing verdict may become `pass`, a cut run that passed may not pass, and nothing panics. Small fixtures are
//! damaged everywhere, large ones at evenly spread places and at their ends, where the totals stand.

use std::fs;
use std::path::{Path, PathBuf};
use std::thread;

use gatekeeper::gates::{Policy, Ruling};
use gatekeeper::report::{Exit, Project, Report};
use gatekeeper::source::{self, Origin};
use gatekeeper_parsers::{Expect, Limits, Stream};

use crate::cases;

/// Bytes at both ends of a large stream that are damaged one by one: the totals stand there.
const ENDS: usize = 16;

/// Places at which a stream is damaged, beside its ends: fewer in a longer one, so that the whole takes about a minute.
/// The readers' own tests go over their formats more densely.
fn spread(len: usize) -> usize {
    (400_000 / len.max(1)).clamp(10, 100)
}

struct Capture {
    name: String,
    streams: Vec<(Stream, Vec<u8>)>,
    exit: Option<Exit>,
    command: Option<Vec<String>>,
}

impl Capture {
    fn load(dir: &Path) -> Self {
        let case = cases::load(dir);
        let streams = cases::streams(dir, &case)
            .into_iter()
            .map(|(s, p)| (s, fs::read(p).unwrap()))
            .collect();
        let exit = fs::read_to_string(dir.join("exit.txt"))
            .ok()
            .filter(|_| case.report.is_none());
        let exit = exit.map(|text| Exit::Code(text.trim().parse().unwrap()));
        let name = dir
            .strip_prefix(env!("CARGO_MANIFEST_DIR"))
            .unwrap()
            .display()
            .to_string();
        let command = fs::read_to_string(dir.join("cmd.txt"))
            .ok()
            .filter(|_| case.report.is_none());
        Self {
            name,
            streams,
            exit,
            command: command.map(|text| source::command_words(&text)),
        }
    }

    /// The verdict with one stream replaced.
    fn verdict(&self, damaged: Option<(usize, &[u8])>, exit: Option<Exit>) -> Ruling {
        let mut readers: Vec<(Stream, &[u8])> = self
            .streams
            .iter()
            .map(|(s, b)| (*s, b.as_slice()))
            .collect();
        if let Some((index, bytes)) = damaged {
            readers[index].1 = bytes;
        }
        let streams = readers
            .iter_mut()
            .map(|(s, b)| (*s, b as &mut dyn std::io::BufRead))
            .collect();
        // A panic ends the test. Few details are kept: the verdict needs none.
        let limits = Limits {
            details: 8,
            ..Limits::default()
        };
        let found = gatekeeper_parsers::read(streams, Expect::default(), &limits);
        let origin = Origin {
            exit,
            command: self.command.clone(),
            ..Origin::file(&self.name)
        };
        let sources = source::sources(&origin, 0, None, found);
        Report::assemble(sources, &Policy::default(), Project::default()).verdict
    }
}

/// Offsets spread over `len`, all of them when there are few.
fn places(len: usize) -> Vec<usize> {
    let spread = spread(len);
    if len <= spread + 2 * ENDS {
        return (0..len).collect();
    }
    let mut all: Vec<usize> = (0..ENDS).chain(len - ENDS..len).collect();
    all.extend((0..spread).map(|i| ENDS + i * (len - 2 * ENDS) / spread));
    all.sort_unstable();
    all.dedup();
    all
}

/// Calls `each` with every damaged copy and what was done to it. `true` marks a cut.
fn damage(bytes: &[u8], mut each: impl FnMut(&[u8], bool, &str)) {
    let places = places(bytes.len());
    for &at in &places {
        each(&bytes[..at], true, &format!("cut at {at}"));
        let mut copy = bytes.to_vec();
        for (name, byte) in [("flipped", bytes[at] ^ 1), ("replaced", b'#')] {
            copy[at] = byte;
            each(&copy, false, &format!("byte {at} {name}"));
        }
    }
    let lines: Vec<&[u8]> = bytes.split_inclusive(|b| *b == b'\n').collect();
    let step = lines.len().div_ceil(spread(bytes.len())).max(1);
    for drop in (0..lines.len()).step_by(step) {
        let copy = [lines[..drop].concat(), lines[drop + 1..].concat()].concat();
        each(&copy, false, &format!("line {} dropped", drop + 1));
    }
}

/// The numbers of a report are not protected against being other numbers: that is what digests are for. A total that
/// becomes a better total in the same form is the one change that a reader cannot see.
fn is_another_number(before: &[u8], after: &[u8]) -> bool {
    before.len() == after.len()
        && before
            .iter()
            .zip(after)
            .all(|(b, a)| b == a || (b.is_ascii_digit() && a.is_ascii_digit()))
}

/// Captures whose bad news stands in one last line that an honest run does not have, so that a file without it is what
/// an honest run prints. Only the exit code or the command can tell, and where they are known these must not pass.
const TOLD_BY_THE_COMMAND_ALONE: [&str; 2] = ["/warnings-as-errors", "/excoveralls/"];

fn check(capture: &Capture) -> Vec<String> {
    let mut wrong = Vec::new();
    let told = TOLD_BY_THE_COMMAND_ALONE
        .iter()
        .any(|part| capture.name.contains(part));
    let mut exits = vec![capture.exit, None];
    exits.dedup();
    exits.retain(|exit| exit.is_some() || !told);
    for exit in exits {
        let whole = capture.verdict(None, exit);
        for (index, (_, bytes)) in capture.streams.iter().enumerate() {
            damage(bytes, |damaged, cut, what| {
                if damaged == bytes || is_another_number(bytes, damaged) {
                    return;
                }
                let verdict = capture.verdict(Some((index, damaged)), exit);
                let only_space = cut && bytes[damaged.len()..].iter().all(u8::is_ascii_whitespace);
                let lost = cut && index == 0 && whole == Ruling::Pass && !only_space;
                if verdict == Ruling::Pass && (whole == Ruling::Fail || lost) {
                    let known = exit.map_or("unknown", |_| "known");
                    let name = &capture.name;
                    wrong.push(format!(
                        "{name} (stream {index}, exit code {known}): {what}: {} -> pass",
                        whole.id()
                    ));
                }
            });
        }
    }
    wrong
}

#[test]
fn damage_never_passes() {
    let only = std::env::var("CASE").unwrap_or_default();
    let dirs: Vec<PathBuf> = cases::all()
        .into_iter()
        .filter(|d| d.to_string_lossy().contains(&only))
        .collect();
    let workers = thread::available_parallelism().map_or(2, usize::from);
    let wrong: Vec<String> = thread::scope(|scope| {
        let handles: Vec<_> = (0..workers)
            .map(|worker| {
                let mine = dirs.iter().skip(worker).step_by(workers);
                scope.spawn(move || {
                    mine.flat_map(|dir| check(&Capture::load(dir)))
                        .collect::<Vec<_>>()
                })
            })
            .collect();
        handles
            .into_iter()
            .flat_map(|h| h.join().unwrap())
            .collect()
    });
    let mut shown: Vec<&String> = wrong.iter().collect();
    // One of each capture is enough to look at.
    shown.dedup_by_key(|line| line.split(": ").next().unwrap_or_default().to_owned());
    shown.truncate(40);
    assert!(
        wrong.is_empty(),
        "{} damaged copies pass, such as {shown:#?}",
        wrong.len()
    );
}
