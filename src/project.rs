//! Facts about the project that a report carries.

use std::fs;
use std::path::Path;

use crate::report::Project;
use crate::tree::{self, Tree};

/// The project around `dir`, in the given state.
#[must_use]
pub fn facts(dir: &Path, state: Option<&Tree>) -> Project {
    let own = fs::canonicalize(dir).ok();
    // Where git did not know the state of the tree, it knows no root of it.
    let known = state.is_none_or(|t| t.dirty.is_some());
    let root = known.then(|| tree::root(dir)).flatten();
    let root = root.or_else(|| own.clone());
    let below = own.as_deref().zip(root.as_deref());
    let path =
        below.and_then(|(own, root)| own.strip_prefix(root).ok()?.to_str().map(str::to_owned));
    Project {
        name: app(dir),
        root: root.map(|p| p.display().to_string()),
        path: path.filter(|p| !p.is_empty()),
        commit: state.and_then(|t| t.commit.clone()),
        branch: state.and_then(|t| t.branch.clone()),
        dirty: state.and_then(|t| t.dirty),
    }
}

/// `:shop` of `app: :shop` in `mix.exs`; without one (an umbrella's root), the folder's name. The file is read as text:
/// it is code, and nothing of the project is ever evaluated.
#[must_use]
pub fn app(dir: &Path) -> Option<String> {
    let text = fs::read_to_string(dir.join("mix.exs")).ok()?;
    let app = text.split("app: :").nth(1).map(|rest| {
        rest.chars()
            .take_while(|c| c.is_ascii_alphanumeric() || *c == '_')
            .collect::<String>()
    });
    let folder = || {
        Some(
            fs::canonicalize(dir)
                .ok()?
                .file_name()?
                .to_string_lossy()
                .into_owned(),
        )
    };
    app.filter(|a| !a.is_empty()).or_else(folder)
}
