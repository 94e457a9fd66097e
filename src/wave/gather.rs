//! Copies what is recorded into a bundle, without secrets: every file of a run, and what is attached. What was changed
//! after the run stays recognisable: a digest is only written anew where the file still had the one of its run.

use std::fs::{self, File};
use std::io::{self, BufReader, Read};
use std::path::{Path, PathBuf};

use super::redact::Redactor;
use super::{bag, seal};
use crate::error::Error;
use crate::record::{self, Run};
use crate::source::{CHUNK, Hashed};

/// Copies a run into `to`, without secrets, and writes its `run.json` anew.
///
/// # Errors
/// When something cannot be read or written, or holds a secret that cannot be taken out.
pub fn run(from: &Path, run: &Run, to: &Path, redactor: &mut Redactor) -> Result<Run, Error> {
    let mut run = Run {
        command: run.command.iter().map(|word| redactor.text(word)).collect(),
        ..run.clone()
    };
    for path in files(from)? {
        let name = path
            .strip_prefix(from)
            .unwrap_or(&path)
            .display()
            .to_string();
        if name == record::FILES[0] {
            continue;
        }
        let (before, after) = file(&path, &to.join(&name), redactor)?;
        renew(&mut run, &name, &before, &after);
    }
    Ok(run)
}

/// The digest of one of the run's files.
fn renew(run: &mut Run, name: &str, before: &str, after: &str) {
    let set = |digest: &mut String| {
        if digest == before {
            after.clone_into(digest);
        }
    };
    match name {
        "stdout.txt" => set(&mut run.stdout_sha256),
        "stderr.txt" => set(&mut run.stderr_sha256),
        record::CHANNEL => run.channel_sha256.iter_mut().for_each(set),
        _ => {
            // The copies are named by their number in run.json.
            let number = name
                .strip_prefix(record::WRITTEN)
                .and_then(|n| n.strip_prefix('/')?.parse::<usize>().ok());
            let written = number.and_then(|n| run.written.get_mut(n.checked_sub(1)?));
            written.map(|w| &mut w.sha256).into_iter().for_each(set);
        }
    }
}

/// The plain files below a folder, in order. Links are not followed.
fn files(dir: &Path) -> Result<Vec<PathBuf>, Error> {
    let failed = |e: io::Error| Error::open(&dir.display().to_string(), &e);
    let mut found = Vec::new();
    let entries: io::Result<Vec<_>> = fs::read_dir(dir).map_err(failed)?.collect();
    for entry in entries.map_err(failed)? {
        let kind = entry.file_type().map_err(failed)?;
        if kind.is_dir() {
            found.extend(files(&entry.path())?);
        } else if kind.is_file() && !entry.file_name().to_string_lossy().ends_with(".tmp") {
            found.push(entry.path());
        }
    }
    found.sort();
    Ok(found)
}

/// Copies one file without secrets; the digests of what it was and of what it became.
///
/// # Errors
/// When it cannot be copied, or is no text and holds a secret.
pub fn file(from: &Path, to: &Path, redactor: &mut Redactor) -> Result<(String, String), Error> {
    let opened = File::open(from).map_err(|e| Error::open(&from.display().to_string(), &e))?;
    let failed = |e: io::Error| Error::write(to, &e);
    if let Some(above) = to.parent() {
        fs::create_dir_all(above).map_err(failed)?;
    }
    let mut before = Hashed::new(BufReader::with_capacity(CHUNK, opened));
    let mut after = File::create_new(to).map_err(failed)?;
    let found: u64 = redactor.counts().values().sum();
    redactor.copy(&mut before, &mut after).map_err(failed)?;
    after.sync_all().map_err(failed)?;
    let secret = redactor.counts().values().sum::<u64>() > found;
    let (_, before) = before.finish();
    if !secret {
        return Ok((before.clone(), before));
    }
    let mut head = Vec::new();
    let file = File::open(from).map_err(failed)?;
    file.take(64 << 10).read_to_end(&mut head).map_err(failed)?;
    if head.contains(&0) {
        let message = format!(
            "{} holds a secret, and is no text that it could be taken out of",
            from.display()
        );
        return Err(Error::usage(
            message,
            "leave it out, or make it again without the secret",
        ));
    }
    let mut after = Hashed::new(BufReader::new(File::open(to).map_err(failed)?));
    io::copy(&mut after, &mut io::sink()).map_err(failed)?;
    Ok((before, after.finish().1))
}

/// Writes small text without secrets; its digest.
///
/// # Errors
/// When it cannot be written.
pub fn text(text: &str, to: &Path, redactor: &mut Redactor) -> Result<String, Error> {
    let text = redactor.text(text);
    bytes(text.as_bytes(), to)?;
    Ok(bag::sha256(text.as_bytes()))
}

/// Writes small bytes as they are.
///
/// # Errors
/// When they cannot be written.
pub fn bytes(bytes: &[u8], to: &Path) -> Result<(), Error> {
    seal::write_new(to, bytes).map_err(|e| Error::write(to, &e))
}
