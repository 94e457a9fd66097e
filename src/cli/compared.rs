//! What a report is to be compared with: asked before anything is run, for a base that is not there should be known in
//! time.

use std::collections::BTreeMap;
use std::fs;
use std::io::{self, Read as _};
use std::path::Path;

use gatekeeper_parsers::Expect;

use super::policy::Chosen;
use crate::baseline::{self, Baseline, Standing};
use crate::benchmark::{self, Recorded};
use crate::compare::Changes;
use crate::error::Error;
use crate::gates::Policy;
use crate::git::{self, Asked};
use crate::source;

/// Bytes of a baseline; that of a large project has a few hundred kilobytes.
const BASELINE: u64 = 64 << 20;

/// The lines that changed since the base.
///
/// A base that is asked for, or needed, and is not there is an error. One that only the environment names may be
/// missing (most clones of CI are shallow): the report says so, and nothing else is taken for it.
pub(super) fn changes(
    base: Option<&str>,
    policy: &Policy,
) -> Result<Option<Result<Changes, String>>, Error> {
    let env = |name: &str| std::env::var(name).ok();
    let Some(asked) = git::asked(base, env) else {
        return Ok(None);
    };
    match (git::changes(Path::new("."), &asked), asked) {
        (Ok(changes), _) => Ok(Some(Ok(changes))),
        (Err(unknown), Asked::Found { .. }) if !policy.judges_patch() => {
            Ok(Some(Err(format!("{}; {}", unknown.message, unknown.hint))))
        }
        (Err(unknown), _) => Err(Error::usage(unknown.message, unknown.hint)),
    }
}

/// The baseline; `None` where there is none and no gate needs one.
///
/// A file that is named must be there. One that cannot be used leaves the gates that need it undecided.
pub(super) fn baseline(file: Option<&Path>, chosen: &Chosen) -> Result<Option<Standing>, Error> {
    let policy = &chosen.policy;
    let said = policy.baseline.as_ref().map(|b| chosen.place(&b.value));
    let typed = file.filter(|f| !f.as_os_str().is_empty());
    let named = typed.map(Path::to_owned).or(said);
    let path = named.as_deref().unwrap_or(Path::new(baseline::FILE));
    let found = match read(path) {
        Ok(text) => baseline::read(&text).map(with_files_gone),
        Err(e) if e.kind() == io::ErrorKind::NotFound => {
            if named.is_some() {
                return Err(Error::open(&path.display().to_string(), &e));
            }
            if !policy.needs_baseline() {
                return Ok(None);
            }
            Err("is not there: `gatekeeper baseline write` makes it".to_owned())
        }
        Err(e) => Err(format!("cannot be read: {}", crate::error::reason(&e))),
    };
    Ok(Some(Standing {
        path: super::policy::shown(path),
        found,
    }))
}

/// The text of a baseline.
pub(super) fn read(path: &Path) -> io::Result<String> {
    let mut text = String::new();
    let file = fs::File::open(path)?;
    if !file.metadata()?.is_file() {
        return Err(io::Error::other("is not a file"));
    }
    let n = file.take(BASELINE).read_to_string(&mut text)?;
    match n as u64 == BASELINE {
        true => Err(io::Error::other("is larger than 64 MiB")),
        false => Ok(text),
    }
}

/// Earlier benchmarks, by the path that the policy names.
pub(super) fn references(chosen: &Chosen) -> BTreeMap<String, Result<Vec<Recorded>, String>> {
    let named = chosen.policy.references();
    named
        .map(|file| (file.to_owned(), reference(&chosen.place(file))))
        .collect()
}

/// The benchmarks of one report, which must be whole: a cut one may lack the job that became slow.
fn reference(path: &Path) -> Result<Vec<Recorded>, String> {
    let expect = Expect {
        format: gatekeeper_parsers::format("benchee-json"),
        tool: None,
    };
    if path.is_dir() {
        return Err("is a folder".into());
    }
    let sources = source::open(&path.to_string_lossy(), expect).map_err(|e| e.message)?;
    if let Some(doubtful) = sources.iter().find(|s| !s.is_complete()) {
        let why = doubtful
            .defects
            .first()
            .map_or("is not whole", |d| &d.message);
        return Err(format!("cannot be used: {why}"));
    }
    let benchmarks = sources.iter().filter_map(|s| s.evidence.benchmarks());
    if benchmarks
        .clone()
        .any(|b| b.total > b.scenarios.len() as u64)
    {
        return Err("has more benchmarks than are kept".into());
    }
    benchmark::recorded(benchmarks.flat_map(|b| &b.scenarios))
}

fn with_files_gone((entries, benchmarks): (Vec<baseline::Entry>, Vec<Recorded>)) -> Baseline {
    let gone = entries
        .iter()
        .filter_map(|e| e.path.clone())
        .filter(|path| fs::symlink_metadata(path).is_err())
        .collect();
    Baseline {
        entries,
        gone,
        benchmarks,
    }
}
