//! What a project has, as far as the text of its files tells. Nothing is evaluated.

use std::fs;
use std::path::{Path, PathBuf};

/// A project's files, read as text.
#[derive(Debug, Default)]
pub struct Scan {
    root: PathBuf,
    /// `mix.exs`, and those of an umbrella's apps, without comments.
    mix: String,
    lock: String,
    /// Apps of an umbrella.
    pub apps: Vec<String>,
}

impl Scan {
    /// Reads what is there; what is not there says nothing.
    #[must_use]
    pub fn of(root: &Path) -> Self {
        let read = |name: &str| fs::read_to_string(root.join(name)).unwrap_or_default();
        let apps = apps(root);
        let mut mix = code(&read("mix.exs"));
        for app in &apps {
            mix.push_str(&code(&read(&format!("apps/{app}/mix.exs"))));
        }
        Self {
            root: root.to_owned(),
            mix,
            lock: read("mix.lock"),
            apps,
        }
    }

    /// Whether a package is named.
    #[must_use]
    pub fn depends(&self, package: &str) -> bool {
        self.mix.contains(&format!("{{:{package},"))
            || self.lock.contains(&format!("\"{package}\":"))
    }

    /// Whether there is a file.
    #[must_use]
    pub fn has(&self, file: &str) -> bool {
        self.root.join(file).is_file()
    }

    /// Whether the code of `mix.exs` has this text.
    #[must_use]
    pub fn says(&self, text: &str) -> bool {
        self.mix.contains(text)
    }

    /// Whether the lockfile names packages of Hex.
    pub(super) fn locks_packages(&self) -> bool {
        self.lock.contains("{:hex,")
    }

    /// Whether `test_coverage: [tool: ExCoveralls]` stands there.
    pub(super) fn covers_with_excoveralls(&self) -> bool {
        self.says("tool: ExCoveralls")
    }
}

/// The lines that are not comments.
fn code(text: &str) -> String {
    let lines = text.lines().filter(|l| !l.trim_start().starts_with('#'));
    lines.flat_map(|l| [l, "\n"]).collect()
}

/// Apps of an umbrella.
fn apps(root: &Path) -> Vec<String> {
    let mut names: Vec<String> = fs::read_dir(root.join("apps"))
        .into_iter()
        .flatten()
        .flatten()
        .filter(|e| e.path().join("mix.exs").is_file())
        .filter_map(|e| e.file_name().into_string().ok())
        .filter(|n| n.chars().all(|c| c.is_ascii_alphanumeric() || c == '_'))
        .collect();
    names.sort();
    names
}
