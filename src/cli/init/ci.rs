//! `gatekeeper init --ci`: workflows for a CI server, as they stand in `templates/`.

use std::fs::{self, OpenOptions};
use std::io::Write as _;
use std::path::{Path, PathBuf};

use clap::ValueEnum;

use crate::error::Error;

/// Whose CI.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(super) enum Server {
    Github,
    Gitlab,
}

/// How the work is laid out.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(super) enum Workflow {
    /// One job that runs and judges
    Single,
    /// A job that runs the code of a pull request without rights, and another that judges on the default branch
    Forks,
    /// Four jobs, each with a part of the suite, and one that judges them together
    Partitions,
}

/// A file and what is in it.
type Template = (&'static str, &'static str);

const SINGLE: &[Template] = &[(
    ".github/workflows/gatekeeper.yml",
    include_str!("../../../templates/github/single.yml"),
)];

const FORKS: &[Template] = &[
    (
        ".github/workflows/gatekeeper-collect.yml",
        include_str!("../../../templates/github/forks-collect.yml"),
    ),
    (
        ".github/workflows/gatekeeper-judge.yml",
        include_str!("../../../templates/github/forks-judge.yml"),
    ),
];

const PARTITIONS: &[Template] = &[(
    ".github/workflows/gatekeeper.yml",
    include_str!("../../../templates/github/partitions.yml"),
)];

const GITLAB: &[Template] = &[(
    ".gitlab-ci.yml",
    include_str!("../../../templates/gitlab/single.yml"),
)];

fn templates(server: Server, workflow: Workflow) -> Result<&'static [Template], Error> {
    match (server, workflow) {
        (Server::Github, Workflow::Single) => Ok(SINGLE),
        (Server::Github, Workflow::Forks) => Ok(FORKS),
        (Server::Github, Workflow::Partitions) => Ok(PARTITIONS),
        (Server::Gitlab, Workflow::Single) => Ok(GITLAB),
        (Server::Gitlab, Workflow::Forks | Workflow::Partitions) => {
            let message = "--workflow: for GitLab there is a single one";
            Err(Error::usage(message, "leave --workflow out"))
        }
    }
}

/// Writes the files below a folder, all or none where one is there already, and gives their paths.
pub(super) fn write(
    root: &Path,
    server: Server,
    workflow: Workflow,
    force: bool,
) -> Result<Vec<&'static str>, Error> {
    let templates = templates(server, workflow)?;
    let there = |path: &PathBuf| fs::symlink_metadata(path).is_ok();
    let mut paths = templates.iter().map(|(path, _)| root.join(path));
    if let Some(path) = paths.find(|path| !force && there(path)) {
        return Err(super::is_there(&path));
    }
    for (path, text) in templates {
        let path = root.join(path);
        put(&path, text, force).map_err(|e| Error::write(&path, &e))?;
    }
    Ok(templates.iter().map(|(path, _)| *path).collect())
}

fn put(path: &Path, text: &str, force: bool) -> std::io::Result<()> {
    path.parent().map_or(Ok(()), fs::create_dir_all)?;
    let mut options = OpenOptions::new();
    let options = match force {
        true => options.write(true).create(true).truncate(true),
        false => options.write(true).create_new(true),
    };
    options.open(path)?.write_all(text.as_bytes())
}
