//! Folders as sources: a run of the record, a command that was captured by hand, or any number of reports.

use std::fs::File;
use std::io::{self, BufRead, BufReader, Read};
use std::path::{Path, PathBuf};

use gatekeeper_parsers::{Completeness, Defect, DefectKind, Expect, Position, Stream};
use sha2::{Digest, Sha256};

use super::{CHUNK, Hashed, Origin, directory, file, read, sources};
use crate::channel::{self, Told};
use crate::dependency;
use crate::error::Error;
use crate::fingerprint::hex;
use crate::lockfile;
use crate::record::{self, Run};
use crate::report::{Exit, Shard, Source};
use crate::retry;
use crate::written;

/// A folder: one captured command (`stdout.txt`, `stderr.txt`, `exit.txt`, `cmd.txt`) with the reports beside it, or
/// any number of report files.
pub(super) fn folder(dir: &Path, expect: Expect) -> Result<Vec<Source>, Error> {
    let run = record::load(dir)?;
    let in_record = run.is_some();
    let (mut found, command) = match run {
        Some(run) => (recorded(dir, &run, expect)?, true),
        None if captured(dir)? => (capture(dir, expect)?, true),
        None => (Vec::new(), false),
    };
    let mut entries: Vec<PathBuf> = std::fs::read_dir(dir)
        .and_then(|entries| entries.map(|e| e.map(|e| e.path())).collect())
        .map_err(|e| Error::open(&dir.display().to_string(), &e))?;
    entries.sort();
    let of_command = |name: &str| CAPTURE.contains(&name) || command && name == record::CHANNEL;
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
        if in_record && name == record::WRITTEN {
            // Read with the run.
        } else if kind.is_dir() && !name.starts_with('.') && !BUILT.contains(&name.as_str()) {
            found.extend(folder(&entry, expect)?);
        } else if kind.is_symlink() {
            let message = "a link; links in a folder are not followed: name the file itself";
            let defect = Defect::new(DefectKind::Unsupported, message, Position::default());
            found.push(Source::unreadable(entry.display().to_string(), defect));
        } else if kind.is_file() && !name.starts_with('.') && !of_command(&name) {
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
const REPORTS: [&str; 10] = [
    "txt",
    "log",
    "out",
    "xml",
    "json",
    "jsonl",
    "sarif",
    "info",
    "lcov",
    "coverdata",
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
    origin.shard = origin.command.as_deref().and_then(shard);
    Ok(streams(dir, &origin, expect)?.0)
}

/// A run of the record, read again. What was written then must be what is read now.
///
/// # Errors
/// When its files cannot be opened.
pub fn recorded(dir: &Path, run: &Run, expect: Expect) -> Result<Vec<Source>, Error> {
    let origin = Origin::run(run);
    let (mut sources, found) = streams(dir, &origin, expect)?;
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
    } else if (&run.stdout_sha256, &run.stderr_sha256) != (&found.stdout, &found.stderr)
        || run.channel_sha256 != found.channel
    {
        doubt(
            DefectKind::Contradiction,
            "the recorded output was changed after the run",
        );
    }
    if run.held {
        doubt(DefectKind::Held, HELD);
    }
    if run.timed_out {
        doubt(DefectKind::Signal, TIMED_OUT);
    }
    if !run.sealed {
        lockfile::doubt(&mut sources, &run.directory, &run.command);
        dependency::set_apart(&mut sources, &run.directory);
    }
    written::join(&mut sources, dir, run, expect);
    if run.again {
        retry::set_aside(&mut sources);
    }
    for name in run.reruns.iter().filter(|n| is_number(n)) {
        let folder = dir.with_file_name(name);
        // Where one is not there, or is not what it was, the failure stays one.
        if let Some(again) = record::load(&folder)?.filter(|r| r.again && r.reruns.is_empty()) {
            sources.extend(recorded(&folder, &again, expect)?);
        }
    }
    Ok(sources)
}

/// Whether it is the name of a folder of the record, and no path.
fn is_number(name: &str) -> bool {
    !name.is_empty() && name.bytes().all(|b| b.is_ascii_digit())
}

/// What is said of output that a left-over process kept open.
pub const HELD: &str = "a process that the command left behind kept its output open";

/// What is said of a command that was ended because it took too long.
pub const TIMED_OUT: &str = "it took longer than --timeout gives it, and was ended";

/// The digests of what a command left.
struct Digests {
    stdout: String,
    stderr: String,
    channel: Option<String>,
}

/// The sources in the streams of a command, and in the channel beside them.
fn streams(dir: &Path, origin: &Origin, expect: Expect) -> Result<(Vec<Source>, Digests), Error> {
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
    let mut found = read(
        vec![(Stream::Out, &mut out), (Stream::Err, &mut err)],
        expect,
    );
    out.drain();
    err.drain();
    let ((out_bytes, stdout), (err_bytes, stderr)) = (out.finish(), err.finish());
    let mut bytes = out_bytes + err_bytes;
    let mut channel = None;
    if let Some(told) = told(dir)? {
        bytes += told.bytes;
        channel = Some(told.sha256);
        if channel::is_wanted(expect) {
            channel::join(&mut found.0, told.channel);
        }
    }
    let digest = digest_of_streams(&stdout, &stderr, channel.as_deref());
    let sources = sources(origin, bytes, Some(&digest), found);
    let digests = Digests {
        stdout,
        stderr,
        channel,
    };
    Ok((sources, digests))
}

/// The channel in a folder, if there is one.
fn told(dir: &Path) -> Result<Option<Told>, Error> {
    let path = dir.join(record::CHANNEL);
    match File::open(&path) {
        Ok(file) => Ok(Some(channel::read(file))),
        Err(e) if e.kind() == io::ErrorKind::NotFound => Ok(None),
        Err(e) => Err(Error::open(&path.display().to_string(), &e)),
    }
}

/// The digest of a command's output: what `sha256sum stdout.txt stderr.txt | sha256sum` prints, or with `channel.jsonl`
/// as a third file where there is one.
#[must_use]
pub fn digest_of_streams(stdout: &str, stderr: &str, channel: Option<&str>) -> String {
    let mut list = format!("{stdout}  {STDOUT}\n{stderr}  {STDERR}\n");
    if let Some(channel) = channel {
        list.push_str(&format!("{channel}  {}\n", record::CHANNEL));
    }
    hex(&Sha256::digest(list))
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

/// The shard that a command names before itself: `MIX_TEST_PARTITION=2 mix test --partitions 4`.
fn shard(words: &[String]) -> Option<Shard> {
    let named = words
        .iter()
        .take_while(|w| w.as_str() == "env" || w.contains('='));
    let mut index = named.filter_map(|w| w.strip_prefix("MIX_TEST_PARTITION="));
    let index = index.next()?.parse().ok()?;
    let total = words.iter().skip_while(|w| *w != "--partitions").nth(1);
    let total = total.and_then(|n| n.parse().ok());
    Some(Shard { index, total })
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
