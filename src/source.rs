//! From bytes to sources: reads streams and files, hashes what it reads, and lets the witnesses speak.

use std::fs::File;
use std::io::{self, BufRead, BufReader, Read};
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::{Path, PathBuf};

use gatekeeper_parsers::{
    Completeness, Defect, DefectKind, Evidence, Expect, Limits, Part, Position, Reading, Stream,
    Tool,
};
use sha2::{Digest, Sha256};

use crate::command;
use crate::error::Error;
use crate::fingerprint::hex;
use crate::record::{self, Run};
use crate::report::{Exit, Shard, Source, Trust};
use crate::witness::{self, Witness};
use crate::{lockfile, silence};

mod directory;

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
    let words = command::words(origin.command.as_deref().unwrap_or_default());
    let present = origin.trust == Trust::Text;
    witness::reconcile(
        &mut parts,
        Witness {
            exit: origin.exit,
            present,
            words: &words,
        },
    );
    directory::relative(&mut parts, origin.directory.as_deref().unwrap_or_default());
    if trouble.iter().all(|d| d.kind == DefectKind::Empty) {
        let command = origin.command.as_deref().unwrap_or_default();
        parts.extend(silence::clean_reports(command, origin.exit, &parts));
    }
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
        return folder(place, expect);
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

/// Bytes read at a time.
const CHUNK: usize = 128 << 10;

fn read_one(label: &str, bytes: impl BufRead, expect: Expect) -> Vec<Source> {
    let mut hashed = Hashed::new(bytes);
    let found = read(vec![(Stream::Out, &mut hashed)], expect);
    hashed.drain();
    let (bytes, sha256) = hashed.finish();
    sources(&Origin::file(label), bytes, Some(&sha256), found)
}

/// A folder: one captured command (`stdout.txt`, `stderr.txt`, `exit.txt`, `cmd.txt`) with the reports beside it, or
/// any number of report files.
fn folder(dir: &Path, expect: Expect) -> Result<Vec<Source>, Error> {
    let mut found = match record::load(dir)? {
        Some(run) => recorded(dir, &run, expect)?,
        None if captured(dir)? => capture(dir, expect)?,
        None => Vec::new(),
    };
    let mut entries: Vec<PathBuf> = std::fs::read_dir(dir)
        .and_then(|entries| entries.map(|e| e.map(|e| e.path())).collect())
        .map_err(|e| Error::open(&dir.display().to_string(), &e))?;
    entries.sort();
    for entry in entries {
        let name = entry
            .file_name()
            .unwrap_or_default()
            .to_string_lossy()
            .into_owned();
        // Links are not followed: a folder of artifacts may hold one to anywhere.
        let kind = std::fs::symlink_metadata(&entry)
            .map_err(|e| Error::open(&name, &e))?
            .file_type();
        if kind.is_dir() && !name.starts_with('.') && !BUILT.contains(&name.as_str()) {
            found.extend(folder(&entry, expect)?);
        } else if kind.is_symlink() {
            let message = "a link; links in a folder are not followed: name the file itself";
            let defect = Defect::new(DefectKind::Unsupported, message, Position::default());
            found.push(Source::unreadable(entry.display().to_string(), defect));
        } else if kind.is_file() && !name.starts_with('.') && !CAPTURE.contains(&name.as_str()) {
            let sources = file(&entry, &entry.display().to_string(), expect)?;
            let known = sources.iter().any(|s| s.tool.is_some());
            // What has the name of a report must be one; what else is there counts when it is one.
            if known || is_report(&name) {
                found.extend(sources);
            }
        }
    }
    Ok(found)
}

const STDOUT: &str = "stdout.txt";
const STDERR: &str = "stderr.txt";
const MERGED: &str = "merged.txt";

/// Files of a captured command, which are not reports of their own. `merged.txt` is the same output again.
const CAPTURE: [&str; 6] = [
    STDOUT,
    STDERR,
    "exit.txt",
    "cmd.txt",
    "merged.txt",
    "run.json",
];

/// Endings of files in a folder that must be reports.
const REPORTS: [&str; 9] = [
    "txt", "log", "out", "xml", "json", "jsonl", "sarif", "info", "lcov",
];

/// Folders of a project that hold built or fetched things. A report in there is read when it is named.
const BUILT: [&str; 4] = ["_build", "deps", "node_modules", "target"];

fn is_report(name: &str) -> bool {
    let ending = Path::new(name)
        .extension()
        .and_then(|e| e.to_str())
        .unwrap_or_default();
    REPORTS.contains(&ending.to_lowercase().as_str())
}

/// Whether a folder holds a captured command: one of its streams, or a code that says that it failed.
fn captured(dir: &Path) -> Result<bool, Error> {
    let code = small(&dir.join("exit.txt"))?;
    let stream = [STDOUT, STDERR, MERGED]
        .iter()
        .any(|name| dir.join(name).is_file());
    Ok(stream || code.is_some_and(|code| code.trim() != "0"))
}

/// One command that was captured by hand: its streams apart, its exit code in `exit.txt`, itself in `cmd.txt`.
fn capture(dir: &Path, expect: Expect) -> Result<Vec<Source>, Error> {
    let mut origin = Origin::file(dir.display().to_string());
    if let Some(text) = small(&dir.join("exit.txt"))? {
        let code = text
            .trim()
            .parse::<i32>()
            .map_err(|_| Error::exit_txt(&dir.join("exit.txt"), text.trim()))?;
        origin.exit = Some(Exit::Code(code));
    }
    let command = small(&dir.join("cmd.txt"))?;
    origin.directory = command.as_deref().and_then(directory::of_capture);
    origin.command = command.map(|text| command_words(&text));
    Ok(two_streams(dir, &origin, expect)?.0)
}

/// A run of the record, read again. What was written then must be what is read now.
///
/// # Errors
/// When its files cannot be opened.
pub fn recorded(dir: &Path, run: &Run, expect: Expect) -> Result<Vec<Source>, Error> {
    let origin = Origin {
        label: run.command.join(" "),
        command: Some(run.command.clone()),
        directory: Some(run.directory.clone()),
        exit: run.exit(),
        duration_ms: Some(run.duration_ms),
        shard: run.shard(),
        trust: Trust::Text,
    };
    let (mut sources, stdout, stderr) = two_streams(dir, &origin, expect)?;
    let mut doubt = |kind, message: &str| {
        let defect = Defect::new(kind, message, Position::default());
        sources
            .iter_mut()
            .for_each(|s| s.lower(Completeness::Partial, defect.clone()));
    };
    if !run.ended {
        doubt(
            DefectKind::Cut,
            "the run never ended: gatekeeper was killed, or is still running",
        );
    } else if (&run.stdout_sha256, &run.stderr_sha256) != (&stdout, &stderr) {
        doubt(
            DefectKind::Contradiction,
            "the recorded output was changed after the run",
        );
    }
    if run.held {
        doubt(DefectKind::Held, HELD);
    }
    lockfile::doubt(&mut sources, &run.directory, &run.command);
    Ok(sources)
}

/// What is said of output that a left-over process kept open.
pub const HELD: &str = "a process that the command left behind kept its output open";

/// The sources, and the digests of the two streams.
fn two_streams(
    dir: &Path,
    origin: &Origin,
    expect: Expect,
) -> Result<(Vec<Source>, String, String), Error> {
    let open = |name: &str| -> Result<Hashed<Box<dyn BufRead>>, Error> {
        let path = dir.join(name);
        let bytes: Box<dyn BufRead> = match File::open(&path) {
            Ok(file) => Box::new(BufReader::with_capacity(CHUNK, file)),
            Err(e) if e.kind() == io::ErrorKind::NotFound => Box::new(io::empty()),
            Err(e) => return Err(Error::open(&path.display().to_string(), &e)),
        };
        Ok(Hashed::new(bytes))
    };
    // A capture of both streams in one stands in where they were not captured apart.
    let merged = !dir.join(STDOUT).exists() && dir.join(MERGED).exists();
    let (mut out, mut err) = (open(if merged { MERGED } else { STDOUT })?, open(STDERR)?);
    let found = read(
        vec![(Stream::Out, &mut out), (Stream::Err, &mut err)],
        expect,
    );
    out.drain();
    err.drain();
    let ((out_bytes, out), (err_bytes, err)) = (out.finish(), err.finish());
    let sources = sources(
        origin,
        out_bytes + err_bytes,
        Some(&digest_of_streams(&out, &err)),
        found,
    );
    Ok((sources, out, err))
}

/// The digest of a command's output: what `sha256sum stdout.txt stderr.txt | sha256sum` prints.
#[must_use]
pub fn digest_of_streams(stdout: &str, stderr: &str) -> String {
    hex(&Sha256::digest(format!(
        "{stdout}  {STDOUT}\n{stderr}  {STDERR}\n"
    )))
}

/// A small text file, if it is there.
fn small(path: &Path) -> Result<Option<String>, Error> {
    match File::open(path) {
        Ok(file) => {
            let mut bytes = Vec::new();
            file.take(64 << 10)
                .read_to_end(&mut bytes)
                .map_err(|e| Error::open(&path.display().to_string(), &e))?;
            Ok(Some(String::from_utf8_lossy(&bytes).into_owned()))
        }
        Err(e) if e.kind() == io::ErrorKind::NotFound => Ok(None),
        Err(e) => Err(Error::open(&path.display().to_string(), &e)),
    }
}

/// The words of the command in `cmd.txt`: the line after `cmd:`, or the first line.
#[must_use]
pub fn command_words(text: &str) -> Vec<String> {
    let line = text
        .lines()
        .find_map(|l| l.strip_prefix("cmd:"))
        .or(text.lines().next())
        .unwrap_or_default();
    line.split_whitespace().map(str::to_owned).collect()
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
