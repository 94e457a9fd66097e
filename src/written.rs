//! Report files that a command writes: coverage reports, exported coverage, JUnit reports.
//!
//! Only what this run wrote counts: a file that was not there before, or that was written again. What was there and was
//! not written again is stale, and says nothing. The exit code 0 of the command proves that what it wrote is whole, as
//! far as its words let the code vouch for it. Copies go into the record, so that they can be read again.

use std::collections::BTreeMap;
use std::fs::{self, File};
use std::io::{self, BufReader};
use std::os::unix::fs::MetadataExt;
use std::path::{Path, PathBuf};
use std::time::{Duration, SystemTime};

use gatekeeper_parsers::{
    Completeness, Defect, DefectKind, Evidence, Expect, Position, Stream, Tool,
};

use crate::command;
use crate::record::{Recording, Run, WRITTEN, Written};
use crate::report::{Exit, Source};
use crate::source::{self, Hashed, Origin};
use crate::vouched;

mod places;

use places::Place;

/// What the file system may be behind the clock.
const SLACK: Duration = Duration::from_secs(2);

/// Files of one run that are copied. An umbrella has one for each app.
const FILES: usize = 1_000;

/// What tells one state of a file from another.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Stamp {
    modified: Option<SystemTime>,
    inode: u64,
    size: u64,
}

impl Stamp {
    /// Of a file; `None` where there is none. A link is none: it may lead anywhere.
    fn of(path: &Path) -> Option<Self> {
        let meta = fs::symlink_metadata(path).ok()?;
        meta.is_file().then(|| Self {
            modified: meta.modified().ok(),
            inode: meta.ino(),
            size: meta.len(),
        })
    }
}

/// The report files of a command as they were before it ran.
#[derive(Debug)]
pub struct Watch {
    root: PathBuf,
    places: Vec<Place>,
    before: BTreeMap<PathBuf, Stamp>,
    started: SystemTime,
}

impl Watch {
    /// Looks at what is there before the command starts in `root`.
    #[must_use]
    pub fn start(root: &Path, command: &[String], partition: Option<u32>) -> Self {
        let places = places::of(&command::words(command), partition);
        let stamp = |path: PathBuf| Some((path.clone(), Stamp::of(&root.join(path))?));
        let before = places.iter().flat_map(|p| p.files(root));
        Self {
            root: root.to_owned(),
            before: before.filter_map(stamp).collect(),
            places,
            started: SystemTime::now(),
        }
    }

    /// Copies what the command wrote into the record, and reads the copies. The sources of the command's output are
    /// given, for the two tell of one run.
    pub fn collect(
        self,
        recording: &Recording,
        run: &mut Run,
        expect: Expect,
        sources: &mut Vec<Source>,
    ) {
        let mut stale = Vec::new();
        for place in &self.places {
            let (fresh, old): (Vec<PathBuf>, Vec<PathBuf>) = place
                .files(&self.root)
                .into_iter()
                .partition(|path| self.fresh(path));
            if place.is_whole(&self.root, fresh.len()) {
                for path in fresh {
                    match self.copy(&path, recording, run) {
                        Ok(written) => run.written.push(written),
                        Err(error) => sources.push(unreadable(&path.to_string_lossy(), &error)),
                    }
                }
            }
            stale.extend(old.into_iter().filter(|_| place.is_named()));
        }
        join(sources, recording.dir(), run, expect);
        if let Some(source) = about_coverage(sources) {
            source
                .defects
                .extend(stale.iter().map(|path| not_written(path)));
        }
    }

    /// Whether the command wrote it.
    fn fresh(&self, path: &Path) -> bool {
        let Some(now) = Stamp::of(&self.root.join(path)) else {
            return false;
        };
        let since = self.started.checked_sub(SLACK);
        // What was unpacked or restored has an old time: another run wrote it.
        let recent = now.modified.is_some_and(|m| since.is_none_or(|s| m >= s));
        recent && self.before.get(path) != Some(&now)
    }

    fn copy(&self, path: &Path, recording: &Recording, run: &Run) -> io::Result<Written> {
        if run.written.len() >= FILES {
            let message = format!("a run that writes more than {FILES} reports");
            return Err(io::Error::other(message));
        }
        fs::create_dir_all(recording.path(WRITTEN))?;
        let name = copy_name(run.written.len());
        let mut copy = File::create(recording.path(&name))?;
        let mut bytes = Hashed::new(BufReader::new(File::open(self.root.join(path))?));
        io::copy(&mut bytes, &mut copy)?;
        Ok(Written {
            path: path.to_string_lossy().into_owned(),
            sha256: bytes.finish().1,
        })
    }
}

/// The copy of the report at this index, in the folder of its run. The record does not name it: whoever brings a record
/// cannot lead to another file.
fn copy_name(index: usize) -> String {
    format!("{WRITTEN}/{}", index.saturating_add(1))
}

fn unreadable(path: &str, error: &io::Error) -> Source {
    let message = format!("a report that the command wrote cannot be read: {error}");
    let defect = Defect::new(DefectKind::Io, message, Position::default());
    Source::unreadable(path, defect)
}

fn not_written(path: &Path) -> Defect {
    let message = format!(
        "{} was there before the command ran and was not written again, so it is not counted",
        path.display()
    );
    Defect::new(DefectKind::Stale, message, Position::default())
}

/// Coverage that was written under a name that only the shell knew.
fn expanded(name: &str) -> Source {
    let message = format!(
        "--export-coverage {name}: the shell of the command makes the name of this file, so it was not read; write the \
         name itself, or let your own shell expand it: gatekeeper run -- mix test --cover --export-coverage {name}"
    );
    let defect = Defect::new(DefectKind::Unsupported, message, Position::default());
    Source {
        tool: Some(Tool::MixCover),
        ..Source::unreadable(name, defect)
    }
}

fn about_coverage(sources: &mut [Source]) -> Option<&mut Source> {
    let coverage = |s: &Source| matches!(s.evidence, Evidence::Coverage(_));
    let at = sources.iter().position(coverage).unwrap_or(0);
    sources.get_mut(at)
}

/// Adds the reports that a recorded run wrote to the sources of its output.
pub fn join(sources: &mut Vec<Source>, dir: &Path, run: &Run, expect: Expect) {
    let mut written = Vec::new();
    for (index, file) in run.written.iter().enumerate() {
        let found = read(&dir.join(copy_name(index)), run, file);
        written.extend(found.unwrap_or_else(|error| vec![unreadable(&file.path, &error)]));
    }
    let covered = |s: &Source| matches!(s.evidence, Evidence::Coverage(_));
    if !sources.iter().chain(&written).any(covered) {
        let words = command::words(&run.command);
        written.extend(places::unknown(&words).iter().map(|name| expanded(name)));
    }
    written.retain(|s| {
        s.tool.is_none()
            || expect.tool.is_none_or(|tool| s.tool == Some(tool))
                && expect
                    .format
                    .is_none_or(|format| s.format == Some(format.id))
    });
    // A table that was switched off is not missing where its report was written.
    if written.iter().any(covered) {
        let table = [Tool::MixCover, Tool::Excoveralls];
        sources.retain(|s| {
            let missing = s.format.is_none() && s.defects.len() == 1;
            !(missing && s.tool.is_some_and(|t| table.contains(&t)))
        });
    }
    sources.extend(written);
}

/// Reads one copy again. What was written then must be what is read now.
fn read(copy: &Path, run: &Run, written: &Written) -> io::Result<Vec<Source>> {
    let file = File::open(copy)?;
    let mut bytes = Hashed::new(BufReader::new(file));
    let found = source::read(vec![(Stream::Out, &mut bytes)], Expect::default());
    bytes.drain();
    let (size, sha256) = bytes.finish();
    let mut origin = Origin::file(&written.path);
    // Another code is explained by the output, or by nothing; it proves no file.
    origin.exit = run.exit().filter(|_| proves(run));
    let mut sources = source::sources(&origin, size, Some(&sha256), found);
    for source in &mut sources {
        source.command = Some(run.command.clone());
        source.exit = run.exit();
        source.shard = run.shard();
        if sha256 != written.sha256 {
            let message = "the recorded report was changed after the run";
            let defect = Defect::new(DefectKind::Contradiction, message, Position::default());
            source.lower(Completeness::Partial, defect);
        }
    }
    Ok(sources)
}

/// Whether the command ended with 0, and so did everything that it ran.
fn proves(run: &Run) -> bool {
    run.exit() == Some(Exit::Code(0)) && !run.held && !vouched::mix_runs(&run.command).is_empty()
}

#[cfg(test)]
mod tests;
