//! Asks git what changed since a base. At the edge, beside [`crate::tree`] the only caller of git.
//!
//! The repository may be hostile, and so may its configuration: no external diff, no text conversion, no monitor of
//! files, no variable that points git elsewhere; every setting that changes what a diff looks like is overridden. The
//! filters of `.gitattributes` (such as Git LFS) stay on: their commands stand in the user's own configuration.
//!
//! The working tree is compared with the *merge base*, not with the tip of the base, and uncommitted and untracked files
//! are part of it: coverage was measured there.

use std::collections::{BTreeMap, BTreeSet};
use std::ffi::OsStr;
use std::fs::File;
use std::io::{BufRead, BufReader, Read};
use std::os::unix::ffi::OsStrExt as _;
use std::path::{Path, PathBuf};

use crate::compare::{Change, Changes, Kind, Span, diff};

mod base;
mod child;

pub use base::{Asked, asked};
use child::{Git, Trouble, first_line};

/// Bytes of an untracked file that are looked at; no source code is larger.
const UNTRACKED: u64 = 8 << 20;

/// Paths of a repository.
const PATHS: usize = 2_000_000;

/// What is wrong, and what to do about it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Unknown {
    /// What happened.
    pub message: String,
    /// What to do.
    pub hint: String,
}

impl From<Trouble> for Unknown {
    fn from(trouble: Trouble) -> Self {
        Self {
            message: trouble.to_string(),
            hint: "run `git status` here, and check that this is a git repository".into(),
        }
    }
}

/// What changed between the merge base of `asked` and the working tree around `dir`.
///
/// # Errors
/// When the base or the merge base is not there, or git does not say what is asked. No other base is ever taken.
pub fn changes(dir: &Path, asked: &Asked) -> Result<Changes, Unknown> {
    let git = Git::new(dir);
    let place = place(&git)?;
    let (commit, mut notes) = base::merge_base(&git, asked)?;
    let top = Git::new(&place.top);
    let mut files = between(&top, &commit)?;
    for path in names(&top, &["ls-files", "-z", "--others", "--exclude-standard"])? {
        match path.strip_suffix(b"/") {
            Some(nested) => notes.push(format!(
                "{} is another repository: it is not compared",
                String::from_utf8_lossy(nested)
            )),
            None => files.extend(new_file(&place.top, &path)),
        }
    }
    for change in files.iter().filter(|c| c.kind == Kind::Submodule) {
        notes.push(format!(
            "{} is a submodule: it is not compared",
            change.path
        ));
    }
    files.sort_by(|a, b| a.path.cmp(&b.path));
    let tracked = names(&top, &["ls-files", "-z"])?;
    let text = |name: &Vec<u8>| String::from_utf8_lossy(name).into_owned();
    let mut tree: BTreeSet<String> = tracked.iter().map(text).collect();
    tree.extend(files.iter().map(|f| f.path.clone()));
    Ok(Changes {
        name: asked.name().to_owned(),
        commit,
        prefix: place.prefix,
        root: place.here,
        files,
        tree,
        notes,
    })
}

/// Where the project stands.
struct Place {
    top: PathBuf,
    prefix: String,
    here: String,
}

fn place(git: &Git) -> Result<Place, Unknown> {
    let top = git.say(&["rev-parse", "--show-toplevel"])?;
    let prefix = git.say(&["rev-parse", "--show-prefix"])?;
    let (Some(top), Some(prefix)) = (top.ok_text(), prefix.ok_text()) else {
        return Err(Unknown {
            message: format!("this is no git work tree: {}", first_line(&top.stderr)),
            hint: match first_line(&top.stderr).contains("dubious ownership") {
                true => "git config --global --add safe.directory '*' (in a container of your own)"
                    .into(),
                false => "lines that changed are known in a git repository only".into(),
            },
        });
    };
    let here = std::fs::canonicalize(git.dir()).unwrap_or_else(|_| git.dir().to_owned());
    Ok(Place {
        top: PathBuf::from(&top),
        prefix,
        here: here.display().to_string(),
    })
}

/// Overrides every setting that changes what a diff looks like.
const DIFF: [&str; 16] = [
    "diff",
    "--patch",
    "--no-ext-diff",
    "--no-textconv",
    "--no-color",
    "--no-relative",
    "--unified=0",
    "--inter-hunk-context=0",
    "--diff-algorithm=myers",
    "--indent-heuristic",
    "--src-prefix=a/",
    "--dst-prefix=b/",
    "--find-renames",
    "--full-index",
    "--submodule=short",
    "--ignore-submodules=dirty",
];

/// Files that changed. What differs in spaces alone is counted apart: the lines are those of a diff that ignores spaces.
fn between(git: &Git, commit: &str) -> Result<Vec<Change>, Unknown> {
    let all = one_diff(git, commit, &[])?;
    let real = one_diff(git, commit, &["--ignore-all-space"])?;
    let mut real: BTreeMap<String, Change> =
        real.into_iter().map(|c| (c.path.clone(), c)).collect();
    let mut files = Vec::new();
    for mut change in all {
        let lines = real
            .remove(&change.path)
            .map(|c| c.lines)
            .unwrap_or_default();
        change.whitespace = beyond(&change.lines, &lines);
        change.lines = lines;
        files.push(change);
    }
    match real.into_keys().next() {
        Some(path) => Err(Unknown {
            message: format!("{path} changed while it was compared"),
            hint: "run it again when nothing writes to the work tree".into(),
        }),
        None => Ok(files),
    }
}

fn one_diff(git: &Git, commit: &str, options: &[&str]) -> Result<Vec<Change>, Unknown> {
    let mut args = DIFF.to_vec();
    args.extend_from_slice(options);
    args.extend([commit, "--"]);
    let (said, read) = git.read(&args, |mut out| diff::read(&mut out))?;
    if !said.success {
        return Err(Unknown {
            message: format!("git could not compare: {}", first_line(&said.stderr)),
            hint: "run `git diff` with this base to see why".into(),
        });
    }
    read.map_err(|error| Unknown {
        message: format!("what git printed is not understood: {error}"),
        hint: "please report it with `git --version` and the line".into(),
    })
}

/// How many lines of `all` are not in `real`.
fn beyond(all: &[Span], real: &[Span]) -> u64 {
    let mut shared = 0;
    for (first, last) in all {
        for (start, end) in real {
            let (from, to) = (first.max(start), last.min(end));
            shared += u64::from(to.checked_sub(*from).map_or(0, |n| n + 1));
        }
    }
    crate::compare::lines_in(all).saturating_sub(shared)
}

/// Paths that are separated by NUL.
fn names(git: &Git, args: &[&str]) -> Result<Vec<Vec<u8>>, Unknown> {
    let (said, names) = git.read(args, |out| {
        out.split(0).take(PATHS + 1).collect::<Result<Vec<_>, _>>()
    })?;
    match names {
        Ok(names) if said.success && names.len() <= PATHS => Ok(names),
        Ok(_) | Err(_) => Err(Unknown {
            message: format!("git could not list the files: {}", first_line(&said.stderr)),
            hint: "run `git ls-files` to see why".into(),
        }),
    }
}

/// An untracked file: every line of it is new.
fn new_file(top: &Path, path: &[u8]) -> Option<Change> {
    let full = top.join(OsStr::from_bytes(path));
    let meta = std::fs::symlink_metadata(&full).ok()?;
    let (mut kind, mut lines) = (Kind::Text, Vec::new());
    if meta.is_symlink() {
        kind = Kind::Link;
    } else if meta.len() > UNTRACKED || !meta.is_file() {
        kind = Kind::Binary;
    } else {
        match count(&full) {
            Some(0) => {}
            Some(n) => lines.push((1, n)),
            None => kind = Kind::Binary,
        }
    }
    Some(Change {
        path: String::from_utf8_lossy(path).into_owned(),
        from: None,
        kind,
        lines,
        whitespace: 0,
    })
}

/// The number of lines of a text; `None` of what is not one, as git tells it (a NUL in its first bytes).
fn count(path: &Path) -> Option<u32> {
    let mut file = BufReader::new(File::open(path).ok()?.take(UNTRACKED));
    let (mut lines, mut open, mut seen) = (0u32, false, 0usize);
    loop {
        let chunk = file.fill_buf().ok()?;
        if chunk.is_empty() {
            return Some(lines + u32::from(open));
        }
        if seen < 8000 && chunk[..chunk.len().min(8000 - seen)].contains(&0) {
            return None;
        }
        lines += u32::try_from(chunk.iter().filter(|b| **b == b'\n').count()).ok()?;
        open = chunk.last() != Some(&b'\n');
        let used = chunk.len();
        seen += used;
        file.consume(used);
    }
}
