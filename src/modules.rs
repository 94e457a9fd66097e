//! Which file a module is in: exported coverage knows modules alone. The project's sources are read as text, and none of
//! its code is ever run.
//!
//! Only folders that hold compiled code are walked, in the project and in the apps of an umbrella. What is not found
//! there (a module that a macro made, another folder in `elixirc_paths`) keeps its name, with a note.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};

use gatekeeper_parsers::{Defect, DefectKind, Evidence, Position};

use crate::report::Source;

mod scan;

/// Formats that know modules with their lines, but no files.
const FORMATS: [&str; 1] = ["mix_cover-coverdata"];

/// What a project has in its root.
const PROJECTS: [&str; 2] = ["mix.exs", "rebar.config"];

/// Folders of a project, and of an app of an umbrella, that may hold compiled code.
const FOLDERS: [&str; 4] = ["lib", "src", "web", "test/support"];

/// Folders in there that hold nothing of the project itself.
const PASSED_OVER: [&str; 4] = ["_build", "deps", "node_modules", "priv"];

/// Sources that are read, entries of folders that are looked at, folders below each other, and bytes of one file.
const FILES: usize = 20_000;
const ENTRIES: usize = 200_000;
const DEPTH: usize = 32;
const SIZE: u64 = 4 << 20;

/// Names of modules in one note.
const NAMED: usize = 5;

/// Gives the modules of exported coverage their files, from the sources of the project in `root`.
pub fn place(sources: &mut [Source], root: &Path) {
    let wants = |s: &Source| s.format.is_some_and(|f| FORMATS.contains(&f));
    if !sources.iter().any(wants) {
        return;
    }
    // Elsewhere, folders of these names are not those of a project.
    let project = PROJECTS.iter().any(|file| root.join(file).is_file());
    let known = if project { modules(root) } else { Known::new() };
    for source in sources.iter_mut().filter(|s| wants(s)) {
        let notes = place_one(&mut source.evidence, &known);
        source.defects.extend(notes);
    }
}

/// Module to file; `None` where two files have it.
type Known = BTreeMap<String, Option<String>>;

fn place_one(evidence: &mut Evidence, known: &Known) -> Vec<Defect> {
    let files = match evidence {
        Evidence::Coverage(coverage) => &mut coverage.files,
        Evidence::Benchmarks(_)
        | Evidence::Nothing
        | Evidence::Tests(_)
        | Evidence::Findings(_) => return Vec::new(),
    };
    let (mut nowhere, mut twice) = (Vec::new(), Vec::new());
    for file in files.iter_mut().filter(|f| f.path.is_none()) {
        let Some(module) = file.module.as_deref() else {
            continue;
        };
        match known.get(module) {
            Some(Some(path)) => file.path = Some(path.clone()),
            Some(None) => twice.push(module),
            None => nowhere.push(module),
        }
    }
    let notes = [
        (nowhere, "no file below lib, src, web or test/support has"),
        (twice, "two files have"),
    ];
    let notes = notes.iter().filter(|(modules, _)| !modules.is_empty());
    let note = |(modules, what): &(Vec<&str>, &str)| {
        let names = modules.iter().take(NAMED).copied().collect::<Vec<_>>();
        let more = modules.len().saturating_sub(NAMED);
        let more = if more > 0 {
            format!(" and {more} more")
        } else {
            String::new()
        };
        let message = format!("{what} {}{more}", names.join(", "));
        Defect::new(DefectKind::Unplaced, message, Position::default())
    };
    notes.map(note).collect()
}

/// The modules that the sources in `root` define.
fn modules(root: &Path) -> Known {
    let mut known = Known::new();
    for file in source_files(root) {
        let Some(text) = text(&file) else { continue };
        let name = file.strip_prefix(root).unwrap_or(&file);
        let name = name.to_string_lossy().into_owned();
        let found = match file.extension().and_then(|e| e.to_str()) {
            Some("ex") => scan::elixir(&text),
            _ => scan::erlang(&text),
        };
        for module in found {
            known
                .entry(module)
                .and_modify(|path| {
                    if path.as_deref() != Some(&name) {
                        *path = None;
                    }
                })
                .or_insert(Some(name.clone()));
        }
    }
    known
}

fn text(file: &Path) -> Option<String> {
    let meta = fs::symlink_metadata(file).ok()?;
    if meta.len() > SIZE {
        return None;
    }
    let bytes = fs::read(file).ok()?;
    Some(String::from_utf8_lossy(&bytes).into_owned())
}

/// The sources of the project and of its apps, in order. Links are not followed.
fn source_files(root: &Path) -> Vec<PathBuf> {
    let mut projects = vec![root.to_owned()];
    projects.extend(entries(&root.join("apps")));
    let folders = projects
        .iter()
        .flat_map(|p| FOLDERS.iter().map(move |f| p.join(f)));
    let mut todo: Vec<(PathBuf, usize)> = folders.map(|f| (f, 0)).collect();
    let (mut files, mut seen) = (Vec::new(), 0);
    while let Some((folder, depth)) = todo.pop() {
        for path in entries(&folder) {
            seen += 1;
            let Ok(kind) = fs::symlink_metadata(&path).map(|m| m.file_type()) else {
                continue;
            };
            let ending = path.extension().and_then(|e| e.to_str());
            if kind.is_dir() && depth < DEPTH {
                todo.push((path, depth + 1));
            } else if kind.is_file() && matches!(ending, Some("ex" | "erl")) {
                files.push(path);
            }
            if files.len() >= FILES || seen >= ENTRIES {
                return files;
            }
        }
    }
    files.sort();
    files
}

/// What is in a folder, in order, without what is hidden or built.
fn entries(folder: &Path) -> Vec<PathBuf> {
    // A folder that is a link leads to somebody else's sources.
    if fs::symlink_metadata(folder).is_ok_and(|m| m.is_symlink()) {
        return Vec::new();
    }
    let found = fs::read_dir(folder).into_iter().flatten().flatten();
    let mut found: Vec<PathBuf> = found
        .filter(|entry| {
            let name = entry.file_name();
            let name = name.to_string_lossy();
            !name.starts_with('.') && !PASSED_OVER.contains(&name.as_ref())
        })
        .map(|entry| entry.path())
        .collect();
    found.sort();
    found
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn modules_are_found_in_the_project_and_its_apps() {
        let dir = tempfile::tempdir().unwrap();
        let write = |path: &str, text: &str| {
            let path = dir.path().join(path);
            fs::create_dir_all(path.parent().unwrap()).unwrap();
            fs::write(path, text).unwrap();
        };
        write("lib/a.ex", "defmodule A do\nend\n");
        write("lib/twice.ex", "defmodule Twice do\nend\n");
        write("src/p.erl", "-module(p).\n");
        write("test/support/f.ex", "defmodule F do\nend\n");
        write("apps/web/lib/web/b.ex", "defmodule Web.B do\nend\n");
        write("apps/web/lib/twice.ex", "defmodule Twice do\nend\n");
        for path in [
            "deps/d/lib/d.ex",
            "_build/x.ex",
            "lib/.git/d.ex",
            "test/d.ex",
        ] {
            write(path, "defmodule D do\nend\n");
        }
        std::os::unix::fs::symlink(dir.path().join("deps/d/lib"), dir.path().join("lib/linked"))
            .unwrap();
        let known = modules(dir.path());
        let known: Vec<_> = known
            .iter()
            .map(|(m, p)| (m.as_str(), p.as_deref()))
            .collect();
        assert_eq!(
            known,
            [
                (":p", Some("src/p.erl")),
                ("A", Some("lib/a.ex")),
                ("F", Some("test/support/f.ex")),
                ("Twice", None),
                ("Web.B", Some("apps/web/lib/web/b.ex")),
            ]
        );
    }
}
