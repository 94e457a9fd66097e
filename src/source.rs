//! From bytes to sources: reads streams and files, hashes what it reads, and lets the witnesses speak.

use std::fs::File;
use std::io::{self, BufRead, BufReader, Read};
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::Path;

use gatekeeper_parsers::{
    Completeness, Defect, DefectKind, Evidence, Expect, Limits, Part, Position, Reading, Stream,
    Tool, exunit_channel,
};
use sha2::{Digest, Sha256};

use crate::command;
use crate::error::Error;
use crate::fingerprint::hex;
use crate::record::Run;
use crate::report::{Exit, Shard, Source, Trust};
use crate::silence;
use crate::vouched;
use crate::witness::{self, Witness};

mod directory;
mod folder;

pub use folder::{HELD, TIMED_OUT, command_words, digest_of_streams, recorded};

/// Where the bytes of a source came from.
#[derive(Debug, Clone)]
pub struct Origin {
    /// What a person calls it.
    pub label: String,
    /// The command that printed them.
    pub command: Option<Vec<String>>,
    /// The folder in which it ran.
    pub directory: Option<String>,
    /// How it ended.
    pub exit: Option<Exit>,
    /// How long it ran.
    pub duration_ms: Option<u64>,
    /// Which shard it was.
    pub shard: Option<Shard>,
    /// How far it can be believed.
    pub trust: Trust,
}

impl Origin {
    /// A command that was run and recorded.
    #[must_use]
    pub fn run(run: &Run) -> Self {
        Self {
            label: run.command.join(" "),
            command: Some(run.command.clone()),
            directory: Some(run.directory.clone()),
            exit: run.exit(),
            duration_ms: Some(run.duration_ms),
            shard: run.shard(),
            trust: Trust::Text,
        }
    }

    /// A file, or whatever has a name and no more.
    #[must_use]
    pub fn file(label: impl Into<String>) -> Self {
        Self {
            label: label.into(),
            command: None,
            directory: None,
            exit: None,
            duration_ms: None,
            shard: None,
            trust: Trust::File,
        }
    }
}

/// What a reader found in the streams of one source.
pub type Found = (Vec<Part>, Vec<Defect>);

/// Reads streams; a fault of a reader is caught and becomes a defect.
pub fn read(streams: Vec<(Stream, &mut dyn BufRead)>, expect: Expect) -> Found {
    let read = AssertUnwindSafe(|| gatekeeper_parsers::read(streams, expect, &Limits::default()));
    catch_unwind(read).unwrap_or_else(|_| reader_failed())
}

/// Reads standard error after a standard output that was read live, and ends the reading.
pub fn finish(reading: Result<Reading, String>, mut stderr: impl BufRead) -> Found {
    let finish = AssertUnwindSafe(|| {
        let mut reading = reading.ok()?;
        reading.stream(Stream::Err, &mut stderr);
        Some(reading.finish())
    });
    catch_unwind(finish)
        .ok()
        .flatten()
        .unwrap_or_else(reader_failed)
}

fn reader_failed() -> Found {
    let message = "the reader of this format failed; please report it";
    (
        Vec::new(),
        vec![Defect::new(DefectKind::Fault, message, Position::default())],
    )
}

/// Makes the sources of what was found: one for each part, and one for each report that is missing.
#[must_use]
pub fn sources(origin: &Origin, bytes: u64, sha256: Option<&str>, found: Found) -> Vec<Source> {
    let (mut parts, mut trouble) = found;
    let command = origin.command.as_deref().unwrap_or_default();
    let words = command::words(command);
    let present = origin.trust == Trust::Text;
    witness::reconcile(
        &mut parts,
        Witness {
            exit: origin.exit,
            present,
            words: &words,
            vouched: !vouched::mix_runs(command).is_empty(),
        },
    );
    directory::relative(&mut parts, origin.directory.as_deref().unwrap_or_default());
    if trouble.iter().all(|d| d.kind == DefectKind::Empty) {
        parts.extend(silence::clean_reports(
            command,
            origin.exit,
            &parts,
            present,
        ));
    }
    silence::note_incremental(&mut parts, command);
    let mut missing = words.expected();
    missing.retain(|group| !parts.iter().any(|p| group.contains(&p.tool)));
    let mut sources: Vec<Source> = parts
        .into_iter()
        .map(|part| of_part(origin, bytes, sha256, part))
        .collect();
    for tool in missing.iter().filter_map(|group| group.first().copied()) {
        let mut source = of_nothing(origin, bytes, sha256, Some(tool));
        source.defects = std::mem::take(&mut trouble);
        source.defects.insert(0, no_report(origin, tool));
        sources.push(source);
    }
    if sources.is_empty() {
        let mut source = of_nothing(origin, bytes, sha256, None);
        source.defects = if trouble.is_empty() {
            vec![not_recognised(origin, bytes)]
        } else {
            trouble
        };
        if let Some(Exit::Signal(signal)) = origin.exit {
            let message = format!("the command was ended by signal {signal}");
            source.defects.insert(
                0,
                Defect::new(DefectKind::Signal, message, Position::default()),
            );
        }
        sources.push(source);
    }
    sources
}

fn of_part(origin: &Origin, bytes: u64, sha256: Option<&str>, part: Part) -> Source {
    let mut source = of_nothing(origin, bytes, sha256, Some(part.tool));
    source.format = Some(part.format);

    source.completeness = part.parsed.completeness;
    source.defects = part.parsed.defects;
    source.evidence = part.parsed.value;
    let whole = part.format == exunit_channel::CHANNEL && source.is_complete();
    if whole && origin.trust == Trust::Text {
        source.trust = Trust::Channel;
    }
    source
}

fn of_nothing(origin: &Origin, bytes: u64, sha256: Option<&str>, tool: Option<Tool>) -> Source {
    Source {
        label: origin.label.clone(),
        tool,
        format: None,
        sha256: sha256.map(str::to_owned),
        bytes,
        command: origin.command.clone(),
        exit: origin.exit,
        duration_ms: origin.duration_ms,
        shard: origin.shard,
        completeness: Completeness::Unreadable,
        trust: origin.trust,
        defects: Vec::new(),
        evidence: Evidence::Nothing,
    }
}

fn no_report(origin: &Origin, tool: Tool) -> Defect {
    let end = match origin.exit {
        Some(Exit::Code(code)) => format!(" (it ended with {code})"),
        Some(Exit::Signal(signal)) => format!(" (it was ended by signal {signal})"),
        None => String::new(),
    };
    let message = format!("the command printed no {} report{end}", tool.id());
    Defect::new(DefectKind::Cut, message, Position::default())
}

fn not_recognised(origin: &Origin, bytes: u64) -> Defect {
    let message = match (&origin.command, bytes) {
        (Some(_), 0) => "the command printed nothing, so nothing can be judged",
        (Some(_), _) => "nothing that the command printed is a report that gatekeeper reads",
        (None, _) => {
            "not recognised as the output of any tool that gatekeeper reads (see `gatekeeper explain formats`)"
        }
    };
    Defect::new(DefectKind::UnknownFormat, message, Position::default())
}

/// Reads a file, a folder, or `-` for standard input.
///
/// # Errors
/// When it does not exist or cannot be opened; trouble while reading is a defect.
pub fn open(path: &str, expect: Expect) -> Result<Vec<Source>, Error> {
    if path == "-" {
        return Ok(read_one("standard input", io::stdin().lock(), expect));
    }
    let place = Path::new(path);
    let meta = std::fs::metadata(place).map_err(|e| Error::open(path, &e))?;
    if meta.is_dir() {
        return folder::folder(place, expect);
    }
    file(place, path, expect)
}

fn file(path: &Path, label: &str, expect: Expect) -> Result<Vec<Source>, Error> {
    let file = File::open(path).map_err(|e| Error::open(label, &e))?;
    Ok(read_one(
        label,
        BufReader::with_capacity(CHUNK, file),
        expect,
    ))
}

/// Bytes read at a time. Allocators give larger buffers pages of their own, from the 16th byte on, and to there some
/// processors (Zen of AMD) copy three times as slowly as to anywhere else.
pub(crate) const CHUNK: usize = 64 << 10;

fn read_one(label: &str, bytes: impl BufRead, expect: Expect) -> Vec<Source> {
    let mut hashed = Hashed::new(bytes);
    let found = read(vec![(Stream::Out, &mut hashed)], expect);
    hashed.drain();
    let (bytes, sha256) = hashed.finish();
    sources(&Origin::file(label), bytes, Some(&sha256), found)
}

/// Hashes and counts what passes through.
pub struct Hashed<R> {
    inner: R,
    hash: Sha256,
    /// Bytes that were read.
    pub bytes: u64,
}

impl<R: BufRead> Hashed<R> {
    /// Starts with nothing read.
    pub fn new(inner: R) -> Self {
        Self {
            inner,
            hash: Sha256::new(),
            bytes: 0,
        }
    }

    /// Reads what the reader left, so that the digest is of the whole.
    pub fn drain(&mut self) {
        while let Ok(chunk) = self.fill_buf() {
            let n = chunk.len();
            if n == 0 {
                break;
            }
            self.consume(n);
        }
    }

    /// Number of bytes and digest in hex.
    pub fn finish(self) -> (u64, String) {
        (self.bytes, hex(&self.hash.finalize()))
    }
}

impl<R: BufRead> Read for Hashed<R> {
    fn read(&mut self, out: &mut [u8]) -> io::Result<usize> {
        let n = self.fill_buf()?.read(out)?;
        self.consume(n);
        Ok(n)
    }
}

impl<R: BufRead> BufRead for Hashed<R> {
    fn fill_buf(&mut self) -> io::Result<&[u8]> {
        self.inner.fill_buf()
    }

    fn consume(&mut self, n: usize) {
        if let Ok(chunk) = self.inner.fill_buf() {
            self.hash.update(&chunk[..n.min(chunk.len())]);
        }
        self.bytes += n as u64;
        self.inner.consume(n);
    }
}
