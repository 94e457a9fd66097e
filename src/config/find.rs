//! Where the policy is: named, or found by walking up to the repository's root.

use std::fs;
use std::path::{Path, PathBuf};

use crate::error::Error;

/// Names of the file, below a folder.
pub const NAMES: [&str; 2] = ["gatekeeper.toml", ".config/gatekeeper.toml"];

/// A policy is written by people: anything larger is something else.
const LARGEST: u64 = 1 << 20;

/// The policy of the project around `dir`; `None` where there is none.
///
/// The folders are those up to the one with `.git`. Outside a repository they are `dir` itself and those above it that
/// hold a `mix.exs`: a file that somebody left in `/tmp` is nobody's policy.
///
/// # Errors
/// When a folder has two of them.
pub fn find(dir: &Path) -> Result<Option<PathBuf>, Error> {
    let repository = dir.ancestors().any(|d| d.join(".git").exists());
    for (depth, folder) in dir.ancestors().enumerate() {
        if !repository && depth > 0 && !folder.join("mix.exs").is_file() {
            continue;
        }
        let mut here = NAMES
            .iter()
            .map(|name| folder.join(name))
            .filter(|p| exists(p));
        match (here.next(), here.next()) {
            (Some(one), None) => return Ok(Some(one)),
            (Some(one), Some(two)) => {
                let message = format!(
                    "there are two policies: {} and {}",
                    one.display(),
                    two.display()
                );
                return Err(Error::usage(message, "keep one of them"));
            }
            (None, _) => {}
        }
        if folder.join(".git").exists() {
            break;
        }
    }
    Ok(None)
}

/// A link that leads nowhere is there: what it was to say must not be passed over.
fn exists(path: &Path) -> bool {
    fs::symlink_metadata(path).is_ok()
}

/// The text of a policy.
///
/// # Errors
/// When it is not a readable file of text.
pub fn load(path: &Path) -> Result<String, Error> {
    let shown = path.display().to_string();
    let meta = fs::metadata(path).map_err(|e| Error::open(&shown, &e))?;
    if !meta.is_file() || meta.len() > LARGEST {
        let message = format!("{shown} is no policy: it must be a file of at most 1 MiB");
        return Err(Error::usage(message, "name the gatekeeper.toml itself"));
    }
    let bytes = fs::read(path).map_err(|e| Error::open(&shown, &e))?;
    text(&shown, bytes)
}

/// Text from bytes.
pub(crate) fn text(shown: &str, bytes: Vec<u8>) -> Result<String, Error> {
    String::from_utf8(bytes).map_err(|e| {
        let message = format!(
            "{shown} is not UTF-8 (byte {})",
            e.utf8_error().valid_up_to()
        );
        Error::usage(message, "save it as UTF-8")
    })
}

/// A file of the user's own, which is not read: the gates belong to the project.
#[must_use]
pub fn user_file() -> Option<PathBuf> {
    let set = |name: &str| {
        std::env::var_os(name)
            .filter(|v| !v.is_empty())
            .map(PathBuf::from)
    };
    let folder = set("XDG_CONFIG_HOME").or_else(|| Some(set("HOME")?.join(".config")))?;
    let path = folder.join("gatekeeper/gatekeeper.toml");
    path.is_file().then_some(path)
}
