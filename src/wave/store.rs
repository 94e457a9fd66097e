//! Where the waves lie (`.gatekeeper/waves/`): one bundle a wave, its archive, and the ledger over all of them.
//!
//! One process at a time holds the lock. A bundle is made aside and moved into place whole, then its entry is written
//! to the ledger; when gatekeeper is killed between the two, the next one that takes the lock finishes the entry. So
//! there is no half bundle, and no number without one.

use std::fs::{self, File};
use std::io::{self, Write as _};
use std::path::{Path, PathBuf};

use ed25519_dalek::SigningKey;

use super::ledger::{self, Entry, Kind, Ledger, Proof};
use super::seal::{Seal, json, seal_bag, write_new};
use super::verify::{CHECKPOINT, INCLUSION, bundle_name};
use super::{archive, contents};
use crate::error::Error;

/// Name of the ledger's file.
pub const LEDGER: &str = "ledger.jsonl";
/// Name of its newest checkpoint.
pub const NEWEST: &str = "checkpoint";

/// The waves of a project, locked.
#[derive(Debug)]
pub struct Store {
    dir: PathBuf,
    ledger: Ledger,
    _lock: File,
}

/// A bundle in the making: removed again when it is not published.
#[derive(Debug)]
pub struct Staging {
    /// Its folder.
    pub dir: PathBuf,
    wave: u32,
    published: bool,
}

impl Drop for Staging {
    fn drop(&mut self) {
        if !self.published {
            // The next one that takes the lock removes what is left.
            let _ = fs::remove_dir_all(&self.dir);
        }
    }
}

impl Store {
    /// Takes the lock, reads the ledger, and mends what a killed export left.
    ///
    /// # Errors
    /// When the folder cannot be written, or the ledger is damaged.
    pub fn open(dir: &Path) -> Result<Self, Error> {
        fs::create_dir_all(dir).map_err(|e| Error::write(dir, &e))?;
        let lock = dir.join(".lock");
        let held = File::create(&lock).and_then(|file| file.lock().map(|()| file));
        let held = held.map_err(|e| Error::write(&lock, &e))?;
        let mut store = Self {
            dir: dir.to_owned(),
            // Read under the lock: another export may have ended while we waited.
            ledger: read_ledger(dir)?,
            _lock: held,
        };
        store.mend().map_err(|e| Error::write(dir, &e))?;
        Ok(store)
    }

    /// The ledger.
    #[must_use]
    pub fn ledger(&self) -> &Ledger {
        &self.ledger
    }

    /// The number after the highest one.
    #[must_use]
    pub fn next(&self) -> u32 {
        let waves = self.ledger.entries().iter().map(|e| e.wave);
        waves.max().map_or(1, |n| n.saturating_add(1))
    }

    /// Whether this wave was exported before.
    #[must_use]
    pub fn has(&self, wave: u32) -> bool {
        self.ledger.entries().iter().any(|e| e.wave == wave)
    }

    /// An empty folder for a bundle.
    ///
    /// # Errors
    /// When it cannot be made.
    pub fn stage(&self, wave: u32) -> Result<Staging, Error> {
        let dir = self.dir.join(format!(".{}.tmp", bundle_name(wave)));
        fs::create_dir_all(dir.join("data")).map_err(|e| Error::write(&dir, &e))?;
        Ok(Staging {
            dir,
            wave,
            published: false,
        })
    }

    /// Seals a bundle whose `data/` is complete, moves it into place, and enters it into the ledger.
    ///
    /// # Errors
    /// When something cannot be read or written; then nothing was published.
    pub fn publish(&mut self, mut staging: Staging, seal: &Seal<'_>) -> Result<Published, Error> {
        let target = self.dir.join(bundle_name(staging.wave));
        let failed = |e: io::Error| Error::write(&target, &e);
        let bag = seal_bag(&staging.dir, seal)?;
        let ledger = self.entered(&staging, &bag, seal).map_err(failed)?;
        let archive = self.archive(&staging, seal.time).map_err(failed)?;
        fs::rename(&staging.dir, &target).map_err(failed)?;
        staging.published = true;
        self.ledger = ledger;
        self.write_ledger()
            .map_err(|e| Error::write(&self.dir, &e))?;
        Ok(Published {
            bundle: target,
            archive,
            bag,
        })
    }

    /// The ledger with the bundle's entry; checkpoint and proof are written into the bundle.
    fn entered(&self, staging: &Staging, bag: &str, seal: &Seal<'_>) -> io::Result<Ledger> {
        let mut ledger = self.ledger.clone();
        ledger.append(Entry {
            seq: 0,
            prev: String::new(),
            kind: Kind::Exported,
            wave: staging.wave,
            bag: bag.to_owned(),
            commit: seal.stated.commit.clone(),
            verdict: seal.stated.verdict.clone(),
            reason: None,
        })?;
        let head = ledger.head(ledger.entries().len());
        let note = ledger::checkpoint(&origin(seal.project), &head, seal.key);
        let proof = ledger.proof();
        write_new(&staging.dir.join(CHECKPOINT), note.as_bytes())?;
        write_new(&staging.dir.join(INCLUSION), &json(&proof)?)?;
        Ok(ledger)
    }

    fn archive(&self, staging: &Staging, time: u64) -> io::Result<PathBuf> {
        let name = bundle_name(staging.wave);
        let (aside, path) = (
            self.dir.join(format!(".{name}.tar.gz.tmp")),
            self.dir.join(format!("{name}.tar.gz")),
        );
        let contents = contents::open(&staging.dir).map_err(|e| io::Error::other(e.message))?;
        let members = contents.members.iter().map(|(p, m)| (p.clone(), m.size));
        let file = File::create(&aside)?;
        archive::write(
            &staging.dir,
            &name,
            members,
            time,
            io::BufWriter::new(&file),
        )?;
        file.sync_all()?;
        fs::rename(&aside, &path)?;
        Ok(path)
    }

    /// Notes that a wave does not count any more.
    ///
    /// # Errors
    /// When there is no such wave, it was withdrawn before, or the ledger cannot be written.
    pub fn withdraw(
        &mut self,
        wave: u32,
        reason: &str,
        project: &str,
        key: Option<&SigningKey>,
    ) -> Result<(), Error> {
        let last = self
            .ledger
            .entries()
            .iter()
            .rfind(|e| e.wave == wave)
            .cloned();
        let entry = match last {
            Some(entry) if entry.kind == Kind::Exported => entry,
            Some(_) => {
                return Err(Error::usage(
                    format!("wave {wave} was withdrawn before"),
                    "see `gatekeeper wave list`",
                ));
            }
            None => {
                return Err(Error::usage(
                    format!("there is no wave {wave}"),
                    "see `gatekeeper wave list`",
                ));
            }
        };
        let entry = Entry {
            kind: Kind::Withdrawn,
            reason: Some(reason.to_owned()),
            ..entry
        };
        let written = self.ledger.append(entry).map_err(io::Error::from);
        let written = written.and_then(|()| self.write_ledger()).and_then(|()| {
            let head = self.ledger.head(self.ledger.entries().len());
            let note = ledger::checkpoint(&origin(project), &head, key);
            replace(&self.dir.join(NEWEST), note.as_bytes())
        });
        written.map_err(|e| Error::write(&self.dir.join(LEDGER), &e))
    }

    /// Writes the ledger, and takes the newest bundle's checkpoint for its own.
    fn write_ledger(&self) -> io::Result<()> {
        replace(&self.dir.join(LEDGER), self.ledger.text().as_bytes())?;
        let newest = self.ledger.entries().last();
        if let Some(entry) = newest.filter(|e| e.kind == Kind::Exported) {
            let note = fs::read(self.dir.join(bundle_name(entry.wave)).join(CHECKPOINT))?;
            replace(&self.dir.join(NEWEST), &note)?;
        }
        Ok(())
    }

    /// Removes what a killed export left, and enters a bundle that was moved into place but not entered.
    fn mend(&mut self) -> io::Result<()> {
        let mut names: Vec<String> = fs::read_dir(&self.dir)?
            .filter_map(|e| Some(e.ok()?.file_name().to_str()?.to_owned()))
            .collect();
        names.sort();
        for name in &names {
            let path = self.dir.join(name);
            if name.starts_with(".wave-") && name.ends_with(".tar.gz.tmp") {
                fs::remove_file(&path)?;
            } else if name.starts_with(".wave-") && name.ends_with(".tmp") {
                fs::remove_dir_all(&path)?;
            } else if let Some(bundle) = name.strip_suffix(".tar.gz") {
                // Its bundle was never moved into place.
                if bundle.starts_with("wave-") && !self.dir.join(bundle).exists() {
                    fs::remove_file(&path)?;
                }
            } else if path.join(INCLUSION).is_file() {
                self.mend_entry(&path)?;
            }
        }
        Ok(())
    }

    fn mend_entry(&mut self, bundle: &Path) -> io::Result<()> {
        let proof: Option<Proof> = serde_json::from_slice(&fs::read(bundle.join(INCLUSION))?).ok();
        let entry = proof.and_then(|p| serde_json::from_str::<Entry>(&p.entry).ok());
        let Some(entry) = entry.filter(|e| e.seq == self.ledger.entries().len() as u64) else {
            return Ok(());
        };
        let before = self.ledger.clone();
        self.ledger.append(entry.clone())?;
        if self.ledger.entries().last() == Some(&entry) {
            self.write_ledger()
        } else {
            self.ledger = before;
            Ok(())
        }
    }
}

/// What was published.
#[derive(Debug)]
pub struct Published {
    /// The bundle's folder.
    pub bundle: PathBuf,
    /// The same as one file.
    pub archive: PathBuf,
    /// The bundle's digest, in hex.
    pub bag: String,
}

/// The origin of a project's checkpoints: a signed note's name holds no spaces or plus signs.
#[must_use]
pub fn origin(project: &str) -> String {
    let clean = project.chars().map(|c| {
        if c.is_alphanumeric() || "._-/".contains(c) {
            c
        } else {
            '-'
        }
    });
    format!("gatekeeper/waves/{}", clean.collect::<String>())
}

/// Reads the ledger of a folder; an empty one where there is none.
///
/// # Errors
/// When it is damaged.
pub fn read_ledger(dir: &Path) -> Result<Ledger, Error> {
    let path = dir.join(LEDGER);
    let text = match fs::read_to_string(&path) {
        Ok(text) => text,
        Err(e) if e.kind() == io::ErrorKind::NotFound => return Ok(Ledger::default()),
        Err(e) => return Err(Error::open(&path.display().to_string(), &e)),
    };
    Ledger::parse(&text).map_err(|what| {
        let hint = "the ledger only grows: restore it from a copy; `wave verify` still checks each bundle by itself";
        Error::usage(format!("{}: {what}", path.display()), hint)
    })
}

/// Replaces a file whole: aside, then renamed.
fn replace(path: &Path, bytes: &[u8]) -> io::Result<()> {
    let aside = path.with_extension("tmp");
    let mut file = File::create(&aside)?;
    file.write_all(bytes)?;
    file.sync_all()?;
    fs::rename(&aside, path)
}
