//! The state of the source tree: what evidence is bound to, so that stale evidence is recognised.
//!
//! In a git work tree the state is the commit plus the content of every file that differs from it. Elsewhere it is the
//! content of every file. Reports that tools leave behind, and what git ignores, are not part of it: running one tool
//! must not make the evidence of another stale.

use std::cell::LazyCell;
use std::collections::BTreeMap;
use std::env;
use std::fs::{self, File};
use std::io::{self, Read};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};

use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};

use crate::baseline;
use crate::fingerprint::hex;
use crate::source::CHUNK;

/// The state of a tree.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Tree {
    /// The commit; `None` outside git, and before the first commit.
    pub commit: Option<String>,
    /// The branch; `None` when detached.
    pub branch: Option<String>,
    /// Whether files differ from the commit; `None` outside git.
    pub dirty: Option<bool>,
    /// SHA-256 over the commit and the files, in hex.
    pub digest: String,
}

/// A file larger than this counts by its size and time of change: trees may hold data.
const WHOLE: u64 = 64 << 20;

/// More files than this are not walked.
const FILES: usize = 50_000;

/// Folders that no tool's result depends on, or that tools write themselves.
const PASSED_OVER: [&str; 7] = [
    "_build",
    "deps",
    "node_modules",
    "cover",
    "doc",
    "target",
    "tmp",
];

/// Endings of files that tools leave behind, gatekeeper among them.
const REPORTS: [&str; 15] = [
    "md",
    "pdf",
    "pptx",
    "xml",
    "json",
    "jsonl",
    "sarif",
    "info",
    "lcov",
    "log",
    "txt",
    "html",
    "out",
    "coverdata",
    "gz",
];

/// Folders in which such a file belongs to the project.
const OWN: [&str; 6] = ["lib", "test", "config", "priv", "apps", "src"];

/// The state of the tree around `dir`. `None` when it cannot be told (too many files).
#[must_use]
pub fn state(dir: &Path) -> Option<Tree> {
    Asking::about(dir).state()
}

/// The same without these files (relative to `dir`), as far as git does not track them: what is handed over with a wave
/// was often made after the tests ran.
#[must_use]
pub fn state_without(dir: &Path, except: &[PathBuf]) -> Option<Tree> {
    Asking::about(dir).state_without(except)
}

/// The state of a tree that is being asked for: git looks for it while something else is done.
pub struct Asking<'a> {
    dir: &'a Path,
    git: Option<Child>,
}

impl<'a> Asking<'a> {
    /// Asks git, where there may be one, about the tree around `dir`.
    #[must_use]
    pub fn about(dir: &'a Path) -> Self {
        // To ask it in vain costs more than all else of a short run.
        let git = may_be_git(dir).then(|| start_git(dir, &STATUS));
        Self {
            dir,
            git: git.and_then(Result::ok),
        }
    }

    /// The state. `None` when it cannot be told (too many files).
    #[must_use]
    pub fn state(self) -> Option<Tree> {
        self.state_without(&[])
    }

    fn state_without(self, except: &[PathBuf]) -> Option<Tree> {
        match self.git.and_then(said) {
            Some(status) => Some(from_git(self.dir, &status, except)),
            None => from_files(self.dir, except),
        }
    }
}

/// The root of the git work tree around `dir`.
#[must_use]
pub fn root(dir: &Path) -> Option<PathBuf> {
    if !is_elsewhere() {
        let root = with_git(dir)?;
        if is_plain(&root) {
            return Some(root);
        }
    }
    let out = git(dir, &["rev-parse", "--show-toplevel"])?;
    Some(PathBuf::from(String::from_utf8(out).ok()?.trim_end()))
}

/// Variables that point git to another place.
const ELSEWHERE: [&str; 6] = [
    "GIT_DIR",
    "GIT_WORK_TREE",
    "GIT_COMMON_DIR",
    "GIT_CEILING_DIRECTORIES",
    "GIT_CONFIG_COUNT",
    "GIT_CONFIG_PARAMETERS",
];

/// Whether a variable points git to another place.
fn is_elsewhere() -> bool {
    ELSEWHERE.iter().any(|name| env::var_os(name).is_some())
}

/// The folder nearest to `dir` that has a `.git`.
fn with_git(dir: &Path) -> Option<PathBuf> {
    let own = fs::canonicalize(dir).ok()?;
    let has = |d: &&Path| fs::symlink_metadata(d.join(".git")).is_ok();
    own.ancestors().find(has).map(Path::to_path_buf)
}

/// Whether git may know a work tree around `dir`.
fn may_be_git(dir: &Path) -> bool {
    is_elsewhere() || with_git(dir).is_some()
}

/// Whether a folder with a `.git` is the root of a work tree as `git init` and `git clone` make it. Of a linked work tree,
/// of a submodule, and where the repository's own settings place it elsewhere, git tells.
fn is_plain(root: &Path) -> bool {
    let git = root.join(".git");
    // What is no repository git passes over.
    let is_whole = ["objects", "refs"].iter().all(|d| git.join(d).is_dir());
    let is_unmoved = |settings: String| {
        let settings = settings.to_lowercase();
        !["worktree", "include"].iter().any(|w| settings.contains(w))
    };
    is_whole
        && git.join("HEAD").is_file()
        && fs::read_to_string(git.join("config")).is_ok_and(is_unmoved)
}

/// What git says, when it ends well.
pub(crate) fn git(dir: &Path, args: &[&str]) -> Option<Vec<u8>> {
    start_git(dir, args).ok().and_then(said)
}

fn start_git(dir: &Path, args: &[&str]) -> io::Result<Child> {
    let mut command = Command::new("git");
    command
        .arg("-C")
        .arg(dir)
        .args(args)
        .env("GIT_OPTIONAL_LOCKS", "0");
    command
        .stdin(Stdio::null())
        .stdout(Stdio::piped())
        .stderr(Stdio::null())
        .spawn()
}

fn said(git: Child) -> Option<Vec<u8>> {
    let out = git.wait_with_output().ok()?;
    out.status.success().then_some(out.stdout)
}

/// Asks for the commit, the branch, and every file that differs.
const STATUS: [&str; 6] = [
    "status",
    "--porcelain=v2",
    "--branch",
    "-z",
    "--untracked-files=all",
    "--no-renames",
];

fn from_git(dir: &Path, status: &[u8], except: &[PathBuf]) -> Tree {
    // Asked for only where a file differs: git is most of what a short run costs.
    let root = LazyCell::new(|| root(dir).unwrap_or_else(|| dir.to_path_buf()));
    let except: Vec<PathBuf> = except
        .iter()
        .filter_map(|path| fs::canonicalize(dir.join(path)).ok())
        .collect();
    let handed_over = |path: &str| {
        !except.is_empty()
            && fs::canonicalize(root.join(path)).is_ok_and(|path| except.contains(&path))
    };
    let (mut commit, mut branch, mut changed) = (None, None, Vec::new());
    for record in status.split(|b| *b == 0) {
        let text = String::from_utf8_lossy(record).into_owned();
        let fields = match text.as_bytes().first() {
            Some(b'1') => 9,
            Some(b'u') => 11,
            Some(b'?') => 2,
            Some(b'#') => {
                let value = |name: &str| {
                    text.strip_prefix(name)
                        .filter(|v| !v.starts_with('('))
                        .map(str::to_owned)
                };
                commit = commit.or_else(|| value("# branch.oid "));
                branch = branch.or_else(|| value("# branch.head "));
                continue;
            }
            _ => continue,
        };
        let untracked = fields == 2;
        if let Some(path) = text.splitn(fields, ' ').last()
            && !(untracked && (left_behind(Path::new(path)) || handed_over(path)))
        {
            changed.push(path.to_owned());
        }
    }
    changed.sort();
    let dirty = Some(!changed.is_empty());
    let mut hash = Sha256::new();
    hash.update(commit.as_deref().unwrap_or_default());
    // No tool's result depends on the baseline: writing it must not make their evidence stale.
    let is_baseline = |path: &str| path.rsplit('/').next() == Some(baseline::FILE);
    for path in changed.iter().filter(|p| !is_baseline(p)) {
        add(&mut hash, path, &root.join(path));
    }
    Tree {
        commit,
        branch,
        dirty,
        digest: hex(&hash.finalize()),
    }
}

/// Whether an untracked file is something that a tool left behind.
fn left_behind(path: &Path) -> bool {
    let mut parts = path.components().map(|c| c.as_os_str().to_string_lossy());
    let first = parts.next().unwrap_or_default();
    // The apps of an umbrella have such folders too: `apps/web/cover`.
    let in_app = parts.nth(1).filter(|_| first == "apps");
    if PASSED_OVER.contains(&in_app.as_deref().unwrap_or(&first)) {
        return true;
    }
    let ending = path
        .extension()
        .and_then(|e| e.to_str())
        .unwrap_or_default();
    REPORTS.contains(&ending) && !OWN.contains(&first.as_ref())
}

/// Adds a file's name and content, or that it is gone.
fn add(hash: &mut Sha256, name: &str, path: &Path) {
    hash.update([0]);
    hash.update(name);
    hash.update([0]);
    let Ok(meta) = fs::symlink_metadata(path) else {
        hash.update(b"gone");
        return;
    };
    if meta.is_symlink() {
        let target = fs::read_link(path).unwrap_or_default();
        hash.update(target.as_os_str().as_encoded_bytes());
    } else if meta.is_file() && meta.len() <= WHOLE {
        hash.update(meta.len().to_be_bytes());
        hash.update(content(path));
    } else {
        hash.update(format!("{} {:?}", meta.len(), meta.modified().ok()));
    }
}

fn content(path: &Path) -> [u8; 32] {
    let mut hash = Sha256::new();
    if let Ok(mut file) = File::open(path) {
        let mut buffer = vec![0; CHUNK];
        while let Ok(n @ 1..) = file.read(&mut buffer) {
            hash.update(&buffer[..n]);
        }
    }
    hash.finalize().into()
}

/// Outside git: every file below `dir`.
fn from_files(dir: &Path, except: &[PathBuf]) -> Option<Tree> {
    let mut files: BTreeMap<String, PathBuf> = BTreeMap::new();
    let mut todo = vec![dir.to_path_buf()];
    while let Some(folder) = todo.pop() {
        for entry in fs::read_dir(&folder).ok()?.flatten() {
            let path = entry.path();
            let name = path.strip_prefix(dir).ok()?.to_path_buf();
            let hidden = entry.file_name().to_string_lossy().starts_with('.');
            let kind = entry.file_type().ok()?;
            let kept_hidden = kind.is_file() && hidden;
            if (hidden && !kept_hidden) || left_behind(&name) || except.contains(&name) {
                continue;
            }
            if kind.is_dir() {
                todo.push(path);
            } else {
                files.insert(name.to_string_lossy().into_owned(), path);
            }
            if files.len() > FILES {
                return None;
            }
        }
    }
    let mut hash = Sha256::new();
    for (name, path) in &files {
        add(&mut hash, name, path);
    }
    Some(Tree {
        commit: None,
        branch: None,
        dirty: None,
        digest: hex(&hash.finalize()),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_tools_write_is_left_behind_in_apps_as_well() {
        for path in [
            "cover/1.coverdata",
            "apps/web/cover",
            "apps/web/_build/x.beam",
        ] {
            assert!(left_behind(Path::new(path)), "{path}");
        }
        for path in [
            "apps",
            "apps/web",
            "apps/web/lib/cover/a.ex",
            "apps/cover/a.ex",
            "lib/a.json",
        ] {
            assert!(!left_behind(Path::new(path)), "{path}");
        }
    }
}
