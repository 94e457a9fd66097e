//! What is handed over with a wave: which files, and their copies in the bundle.

use std::fs;
use std::path::{Path, PathBuf};

use globset::GlobBuilder;

use super::judged;
use crate::error::Error;
use crate::source;
use crate::wave::attachment::{self, Attached, Role};
use crate::wave::gather;
use crate::wave::redact::Redactor;
use crate::wave::store::Staging;

/// Every file that is to be handed over, once.
pub(super) fn files(patterns: &[String]) -> Result<Vec<PathBuf>, Error> {
    let mut paths = Vec::new();
    for pattern in patterns {
        paths.extend(matching(pattern)?);
    }
    paths.sort();
    paths.dedup();
    Ok(paths)
}

/// Copies them into the bundle, without secrets: what a reader understands is evidence.
pub(super) fn copied(
    paths: Vec<PathBuf>,
    staging: &Staging,
    redactor: &mut Redactor,
) -> Result<Vec<Attached>, Error> {
    let mut all = Vec::new();
    for (number, path) in (1..).zip(paths) {
        let from = path.display().to_string();
        let name = path
            .file_name()
            .unwrap_or_default()
            .to_string_lossy()
            .into_owned();
        let name = format!("{number:03}-{}", attachment::safe_name(&name));
        let read = source::open(&from, gatekeeper_parsers::Expect::default())?;
        let known = read.iter().any(|s| s.tool.is_some());
        let (role, folder) = match known {
            true => (Role::Evidence, judged::ATTACHED),
            false => (Role::Attachment, "data/attachments"),
        };
        let path_in = format!("{folder}/{name}");
        let (_, sha256) = gather::file(&path, &staging.dir.join(&path_in), redactor)?;
        all.push(Attached {
            kind: attachment::kind(&from).into(),
            from: redactor.text(&from),
            path: path_in,
            role,
            sha256,
        });
    }
    Ok(all)
}

/// Folders that no attachment comes from unless it is named.
const PASSED_OVER: [&str; 6] = [
    ".git",
    ".gatekeeper",
    "_build",
    "deps",
    "node_modules",
    "target",
];

/// Files that a pattern names: a path, or a glob below the current folder.
fn matching(pattern: &str) -> Result<Vec<PathBuf>, Error> {
    if Path::new(pattern).is_file() {
        return Ok(vec![pattern.into()]);
    }
    let built = GlobBuilder::new(pattern.trim_start_matches("./"))
        .literal_separator(true)
        .build();
    let glob = built.map_err(|e| {
        Error::usage(
            format!("--attach: {e}"),
            "such as --attach 'shots/**/*.png'",
        )
    })?;
    let glob = glob.compile_matcher();
    let mut found = Vec::new();
    walk(Path::new("."), &mut |path| {
        if glob.is_match(path) {
            found.push(path.to_owned());
        }
    });
    if found.is_empty() {
        let message = format!("--attach: no file is named {pattern:?}");
        return Err(Error::usage(
            message,
            "what is to be handed over must be there; quote globs",
        ));
    }
    Ok(found)
}

fn walk(dir: &Path, each: &mut dyn FnMut(&Path)) {
    let mut entries: Vec<_> = fs::read_dir(dir).into_iter().flatten().flatten().collect();
    entries.sort_by_key(std::fs::DirEntry::file_name);
    for entry in entries {
        let (path, kind) = (entry.path(), entry.file_type());
        let short = path.strip_prefix(".").unwrap_or(&path).to_owned();
        let passed = PASSED_OVER.iter().any(|p| entry.file_name() == *p);
        match kind {
            Ok(kind) if kind.is_dir() && !passed => walk(&path, each),
            Ok(kind) if kind.is_file() => each(&short),
            Ok(_) | Err(_) => {}
        }
    }
}
