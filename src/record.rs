//! The record (`.gatekeeper/`): the raw output of every command that was run, bound to the tree that it ran on.
//!
//! ```text
//! .gatekeeper/.gitignore             everything here stays out of git, and out of the state of the tree
//! .gatekeeper/runs/0007/             one folder a run: run.json, stdout.txt, stderr.txt, and where ExUnit
//!                                    told more than it printed, channel.jsonl
//! .gatekeeper/runs/0007/written/1    a copy of the first report that the command wrote, as run.json lists them
//! ```
//! `run.json` is written when the run starts and again when it ended, each time aside and then renamed. The folder of a
//! run is made aside as well, so that none is ever without it.

use std::fs::{self, File, OpenOptions};
use std::io::{self, Write};
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicU32, Ordering};
use std::time::Duration;

use serde::{Deserialize, Serialize};

use crate::error::Error;
use crate::report::{Exit, Shard};
use crate::tree::Tree;

/// Schema of `run.json`.
pub const SCHEMA: &str = "gatekeeper.run/v1";

/// What `run.json` holds.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct Run {
    /// Name and version of the schema.
    pub schema: String,
    /// Version of gatekeeper that wrote it.
    pub gatekeeper: String,
    /// Whether the command ended. A run that was cut off stays `false`.
    pub ended: bool,
    /// The command.
    pub command: Vec<String>,
    /// Its folder.
    pub directory: String,
    /// Its exit code, when it ended by itself.
    pub exit_code: Option<i32>,
    /// The signal that ended it.
    pub signal: Option<i32>,
    /// How long it ran.
    pub duration_ms: u64,
    /// The shard it was.
    pub shard: Option<(u32, Option<u32>)>,
    /// Whether a left-over process kept the output open.
    pub held: bool,
    /// Whether it took longer than it was given, and was ended.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub timed_out: bool,
    /// SHA-256 of standard output, in hex.
    pub stdout_sha256: String,
    /// SHA-256 of standard error, in hex.
    pub stderr_sha256: String,
    /// The reports that the command wrote, as they were copied.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub written: Vec<Written>,
    /// SHA-256 of the channel, in hex; `None` when nothing was told past the streams.
    #[serde(default)]
    pub channel_sha256: Option<String>,
    /// When it ended, in seconds since 1970-01-01; 0 where it is not known. For information only.
    #[serde(default)]
    pub ended_at: u64,
    /// Whether it lies in the bundle of a wave: the place where it ran is not looked at again.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub sealed: bool,
    /// Whether it only ran a failed test of another run again.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub again: bool,
    /// Folders of the runs in which its failed tests were run again.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub reruns: Vec<String>,
    /// The tree when it began.
    pub before: Option<Tree>,
    /// The tree when it ended.
    pub after: Option<Tree>,
}

/// A report file that the command wrote.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct Written {
    /// Where it was, relative to the folder of the command.
    pub path: String,
    /// SHA-256 of its bytes, in hex.
    pub sha256: String,
}

/// Folder of such copies in the folder of a run.
pub const WRITTEN: &str = "written";

impl Run {
    /// How the command ended.
    #[must_use]
    pub fn exit(&self) -> Option<Exit> {
        self.exit_code
            .map(Exit::Code)
            .or(self.signal.map(Exit::Signal))
    }

    /// The shard as the report knows it.
    #[must_use]
    pub fn shard(&self) -> Option<Shard> {
        self.shard.map(|(index, total)| Shard { index, total })
    }
}

/// A run that is being recorded.
#[derive(Debug)]
pub struct Recording {
    dir: PathBuf,
}

/// Name of the file of the channel.
pub const CHANNEL: &str = "channel.jsonl";

/// Names of the files of a run.
pub const FILES: [&str; 3] = ["run.json", "stdout.txt", "stderr.txt"];

/// The files for the two streams of a run.
#[derive(Debug)]
pub struct Logs {
    /// For standard output.
    pub stdout: File,
    /// For standard error.
    pub stderr: File,
}

/// Start of the names of folders that are not yet those of runs.
const ASIDE: &str = ".new-";

/// Such a folder that is older was left behind by a gatekeeper that was killed: to make one takes a moment.
const ABANDONED: Duration = Duration::from_secs(3600);

impl Recording {
    /// Makes the folder of the next run, with what is known of it.
    ///
    /// # Errors
    /// When the record cannot be written; nothing is left behind then.
    pub fn start(record: &Path, run: &Run) -> Result<(Self, Logs), Error> {
        let runs = record.join("runs");
        fs::create_dir_all(&runs).map_err(|e| Error::write(&runs, &e))?;
        let ignore = record.join(".gitignore");
        if !ignore.exists() {
            fs::write(&ignore, "*\n").map_err(|e| Error::write(&ignore, &e))?;
        }
        sweep(&runs);
        let aside = Self {
            dir: runs.join(aside()),
        };
        let made = aside
            .fill(run)
            .and_then(|logs| Ok((aside.take(&runs)?, logs)));
        if made.is_err() {
            let _ = fs::remove_dir_all(&aside.dir);
        }
        made
    }

    /// Makes the folder and its files.
    fn fill(&self, run: &Run) -> Result<Logs, Error> {
        fs::create_dir(&self.dir).map_err(|e| Error::write(&self.dir, &e))?;
        // A run that has not ended is no evidence: nothing is lost with it.
        self.put(run, |_| Ok(()))?;
        Ok(Logs {
            stdout: self.stream(FILES[1])?,
            stderr: self.stream(FILES[2])?,
        })
    }

    /// Gives the folder the next number.
    fn take(&self, runs: &Path) -> Result<Self, Error> {
        let mut number = numbers(runs).last().map_or(1, |(n, _)| n + 1);
        loop {
            let dir = runs.join(format!("{number:04}"));
            match fs::rename(&self.dir, &dir) {
                Ok(()) => return Ok(Self { dir }),
                // Another run took the number a moment ago.
                Err(e) if is_taken(e.kind()) => number += 1,
                Err(e) => return Err(Error::write(&dir, &e)),
            }
        }
    }

    fn stream(&self, name: &str) -> Result<File, Error> {
        let path = self.path(name);
        let made = OpenOptions::new().write(true).create_new(true).open(&path);
        made.map_err(|e| Error::write(&path, &e))
    }

    /// The folder of the run.
    #[must_use]
    pub fn dir(&self) -> &Path {
        &self.dir
    }

    /// Path of a file of the run.
    #[must_use]
    pub fn path(&self, name: &str) -> PathBuf {
        self.dir.join(name)
    }

    /// Writes what is known of the run when it ended. When the power goes after that, it is still there.
    ///
    /// # Errors
    /// When it cannot be written.
    pub fn write(&self, run: &Run) -> Result<(), Error> {
        self.put(run, File::sync_all)?;
        // Not every file system can; then it is as good as it gets.
        let _ = File::open(&self.dir).and_then(|dir| dir.sync_all());
        Ok(())
    }

    fn put(&self, run: &Run, done: impl Fn(&File) -> io::Result<()>) -> Result<(), Error> {
        let (aside, path) = (self.path("run.json.tmp"), self.path(FILES[0]));
        let write = || -> io::Result<()> {
            let mut text = serde_json::to_vec_pretty(run)?;
            text.push(b'\n');
            let mut file = File::create(&aside)?;
            file.write_all(&text)?;
            done(&file)?;
            fs::rename(&aside, &path)
        };
        write().map_err(|e| Error::write(&path, &e))
    }
}

/// A name that no other run has, in this process or another.
fn aside() -> String {
    static COUNT: AtomicU32 = AtomicU32::new(0);
    let n = COUNT.fetch_add(1, Ordering::Relaxed);
    format!("{ASIDE}{}-{n}", std::process::id())
}

fn is_taken(kind: io::ErrorKind) -> bool {
    use io::ErrorKind::{AlreadyExists, DirectoryNotEmpty, NotADirectory};
    matches!(kind, AlreadyExists | DirectoryNotEmpty | NotADirectory)
}

/// Removes folders that were abandoned.
fn sweep(runs: &Path) {
    for entry in fs::read_dir(runs).into_iter().flatten().flatten() {
        let age = || entry.metadata().ok()?.modified().ok()?.elapsed().ok();
        let named = entry.file_name().to_string_lossy().starts_with(ASIDE);
        if named && age().is_some_and(|age| age > ABANDONED) {
            let _ = fs::remove_dir_all(entry.path());
        }
    }
}

/// The folders of runs with their numbers, in order.
fn numbers(runs: &Path) -> Vec<(u64, PathBuf)> {
    let mut found: Vec<(u64, PathBuf)> = fs::read_dir(runs)
        .into_iter()
        .flatten()
        .flatten()
        .filter_map(|entry| Some((entry.file_name().to_str()?.parse().ok()?, entry.path())))
        .collect();
    found.sort();
    found
}

/// Reads the `run.json` of a folder; `None` when there is none.
///
/// # Errors
/// When there is one that cannot be read or understood.
pub fn load(dir: &Path) -> Result<Option<Run>, Error> {
    let path = dir.join(FILES[0]);
    let text = match fs::read_to_string(&path) {
        Ok(text) => text,
        Err(e) if e.kind() == io::ErrorKind::NotFound => return Ok(None),
        Err(e) => return Err(Error::open(&path.display().to_string(), &e)),
    };
    let damaged = |what: String| {
        Error::usage(
            format!("{}: {what}", path.display()),
            "remove this folder, or run the command again",
        )
    };
    let run: Run = serde_json::from_str(&text).map_err(|e| damaged(e.to_string()))?;
    if run.schema != SCHEMA {
        return Err(damaged(format!(
            "expected schema {SCHEMA:?}, found {:?}",
            run.schema
        )));
    }
    Ok(Some(run))
}

/// The folder of the last run that ended, of those that are the same.
#[must_use]
pub fn ended(record: &Path, same: impl Fn(&Run) -> bool) -> Option<PathBuf> {
    let is = |dir: &PathBuf| {
        let run = load(dir).ok().flatten();
        run.is_some_and(|r| r.ended && !r.again && same(&r))
    };
    let runs = numbers(&record.join("runs")).into_iter().rev();
    runs.map(|(_, dir)| dir).find(is)
}

/// A run of the record: its folder, and what `run.json` says. `None` where that is gone.
pub type Recorded = (PathBuf, Option<Run>);

/// The last run of every command in the record, oldest first. A run that never ended hides the one before it all the
/// same: it was the last word on its command. A folder without `run.json` is kept, for nobody knows what was in it.
///
/// # Errors
/// When the record cannot be read.
pub fn latest(record: &Path) -> Result<Vec<Recorded>, Error> {
    let mut last: Vec<Recorded> = Vec::new();
    for (_, dir) in numbers(&record.join("runs")) {
        let run = load(&dir)?;
        if run.as_ref().is_some_and(|r| r.again) {
            // Read with the run whose failures they are about.
            continue;
        }
        if let Some(run) = &run {
            let key = |r: &Run| (r.command.clone(), r.directory.clone(), r.shard);
            last.retain(|(_, earlier)| earlier.as_ref().is_none_or(|e| key(e) != key(run)));
        }
        last.push((dir, run));
    }
    Ok(last)
}
