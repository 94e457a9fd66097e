//! A bundle as it lies there, a folder or an archive: every member with its size and digest, and everything that has no
//! place in one. Nothing is ever extracted, and no link is followed.

use std::collections::{BTreeMap, BTreeSet};
use std::fs::{self, File, OpenOptions};
use std::io::{self, BufReader, Read};
use std::os::unix::fs::OpenOptionsExt;
use std::path::{Path, PathBuf};

use flate2::bufread::GzDecoder;
use rustix::fs::OFlags;
use sha2::{Digest, Sha256};

use super::bag;
use crate::error::Error;
use crate::fingerprint::hex;
use crate::source::CHUNK;

/// One file of a bundle.
#[derive(Debug, Clone)]
pub struct Member {
    /// In bytes.
    pub size: u64,
    /// In lower-case hex.
    pub sha256: String,
    /// Its bytes, where it is a small one that the verification reads: tag files, and JSON right under `data/`.
    pub bytes: Option<Vec<u8>>,
}

/// All files of a bundle.
#[derive(Debug, Default)]
pub struct Contents {
    /// Name of the bundle's folder.
    pub name: String,
    /// By path.
    pub members: BTreeMap<String, Member>,
    /// What has no place in a bundle, in words.
    pub problems: Vec<String>,
    folded: BTreeSet<String>,
    total: u64,
}

/// More members than this are no bundle.
const MEMBERS: usize = 50_000;

/// More bytes than this are not read.
const TOTAL: u64 = 32 << 30;

/// Members that are kept may be this large.
const KEPT: u64 = 16 << 20;

/// An archive may grow to this many times its size, once it is larger than `FREE`.
const RATIO: u64 = 100;
const FREE: u64 = 256 << 20;

/// Reads a bundle: a folder, or a `.tar.gz`.
///
/// # Errors
/// When there is nothing that can be opened. What is wrong inside is a problem of the contents.
pub fn open(path: &Path) -> Result<Contents, Error> {
    let failed = |e: &io::Error| Error::open(&path.display().to_string(), e);
    let meta = fs::metadata(path).map_err(|e| failed(&e))?;
    let mut contents = Contents::default();
    if meta.is_dir() {
        let name = fs::canonicalize(path).map_err(|e| failed(&e))?;
        contents.name = name
            .file_name()
            .unwrap_or_default()
            .to_string_lossy()
            .into_owned();
        contents.folder(path, "").map_err(|e| failed(&e))?;
    } else {
        let file = File::open(path).map_err(|e| failed(&e))?;
        contents.archive(BufReader::with_capacity(CHUNK, file), meta.len());
    }
    Ok(contents)
}

impl Contents {
    /// The bytes of a small member as text.
    #[must_use]
    pub fn text(&self, path: &str) -> Option<&str> {
        let bytes = self.members.get(path)?.bytes.as_deref()?;
        std::str::from_utf8(bytes).ok()
    }

    fn problem(&mut self, path: &str, what: &str) {
        // A hostile bundle must not fill the memory with its problems.
        if self.problems.len() < 100 {
            self.problems.push(format!("{path:?} {what}"));
        }
    }

    fn folder(&mut self, root: &Path, under: &str) -> io::Result<()> {
        let mut entries: Vec<PathBuf> = fs::read_dir(root.join(under))?
            .map(|e| e.map(|e| e.path()))
            .collect::<io::Result<_>>()?;
        entries.sort();
        for entry in entries {
            let Some(name) = entry.file_name().and_then(|n| n.to_str()) else {
                self.problem(&entry.display().to_string(), "is not UTF-8");
                continue;
            };
            let path = if under.is_empty() {
                name.to_owned()
            } else {
                format!("{under}/{name}")
            };
            let kind = fs::symlink_metadata(&entry)?.file_type();
            if kind.is_dir() {
                // A path that is too long ends the descent.
                match bag::check_path(&path) {
                    Ok(()) => self.folder(root, &path)?,
                    Err(what) => self.problem(&path, what),
                }
            } else if kind.is_file() {
                let flags = (OFlags::NOFOLLOW | OFlags::NONBLOCK).bits();
                let file = OpenOptions::new()
                    .read(true)
                    .custom_flags(flags.cast_signed())
                    .open(&entry)?;
                self.add(&path, file)?;
            } else {
                self.problem(&path, "is a link or a device");
            }
        }
        Ok(())
    }

    fn archive(&mut self, file: impl io::BufRead, packed: u64) {
        let limit = FREE.saturating_add(packed.saturating_mul(RATIO)).min(TOTAL);
        let mut unpacked = GzDecoder::new(file).take(limit);
        let read = self.entries(&mut unpacked);
        let rest = read.and_then(|()| only_zeros(&mut unpacked));
        let problem = match rest {
            _ if unpacked.limit() == 0 => {
                Some("the archive unpacks to more than a bundle may hold".into())
            }
            Ok(true) => None,
            Ok(false) => Some("the archive goes on after its end".into()),
            Err(e) => Some(format!("the archive cannot be read to its end: {e}")),
        };
        self.problems.extend(problem);
        // Behind the first gzip member nothing may hide.
        let mut file = unpacked.into_inner().into_inner();
        if !file.fill_buf().is_ok_and(<[u8]>::is_empty) {
            self.problems.push("bytes stand behind the archive".into());
        }
    }

    fn entries(&mut self, unpacked: &mut impl Read) -> io::Result<()> {
        let mut tar = tar::Archive::new(unpacked);
        // Raw: an extension header could give a member another name than tools show.
        for entry in tar.entries()?.raw(true) {
            let entry = entry?;
            let path = String::from_utf8_lossy(&entry.path_bytes()).into_owned();
            if !entry.header().entry_type().is_file() {
                self.problem(&path, "is not a plain file");
                continue;
            }
            let Some((top, inner)) = path.split_once('/') else {
                self.problem(&path, "is outside of the bundle's folder");
                continue;
            };
            if self.name.is_empty() {
                top.clone_into(&mut self.name);
            }
            if top != self.name {
                self.problem(&path, "is outside of the bundle's folder");
            } else if self.members.len() >= MEMBERS {
                return Err(io::Error::other("it has too many members"));
            } else {
                self.add(inner, entry)?;
            }
        }
        Ok(())
    }

    /// Hashes one member, and keeps it when it is one that is read.
    fn add(&mut self, path: &str, mut from: impl Read) -> io::Result<()> {
        if let Err(what) = bag::check_path(path) {
            self.problem(path, what);
            return Ok(());
        }
        if !self.folded.insert(path.to_lowercase()) {
            self.problem(
                path,
                "stands there twice (upper and lower case are the same on some systems)",
            );
            return Ok(());
        }
        let mut kept = is_read(path).then(Vec::new);
        let (mut hash, mut size) = (Sha256::new(), 0u64);
        let mut chunk = vec![0; CHUNK];
        loop {
            let n = from.read(&mut chunk)?;
            let Some(bytes) = chunk.get(..n).filter(|b| !b.is_empty()) else {
                break;
            };
            hash.update(bytes);
            size = size.saturating_add(n as u64);
            self.total = self.total.saturating_add(n as u64);
            if self.total > TOTAL {
                return Err(io::Error::other("it holds more bytes than a bundle may"));
            }
            if size > KEPT {
                kept = None;
            }
            if let Some(kept) = &mut kept {
                kept.extend_from_slice(bytes);
            }
        }
        let member = Member {
            size,
            sha256: hex(&hash.finalize()),
            bytes: kept,
        };
        self.members.insert(path.to_owned(), member);
        Ok(())
    }
}

/// Whether the verification reads what is in this member.
fn is_read(path: &str) -> bool {
    let own = path.strip_prefix("data/");
    own.is_none_or(|p| !p.contains('/') && p.ends_with(".json"))
}

/// Reads to the end; whether everything was zero, as the padding of an archive is.
fn only_zeros(from: &mut impl Read) -> io::Result<bool> {
    let mut chunk = [0; 4096];
    let mut zeros = true;
    loop {
        let n = from.read(&mut chunk)?;
        if n == 0 {
            return Ok(zeros);
        }
        zeros &= chunk.iter().take(n).all(|b| *b == 0);
    }
}
