//! What the tools were told to be silent about, as far as files show it: comments in code, and ignore files. Nothing of
//! the project is evaluated. At the edge: this reads the tree.

use std::fs;
use std::path::{Path, PathBuf};

/// One place where a tool was told to be silent.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Suppression {
    /// The tool's id.
    pub tool: &'static str,
    /// The file, relative to the project.
    pub path: String,
    /// From 1.
    pub line: u32,
    /// What stands there, cut.
    pub text: String,
}

/// Marks in Elixir code: the tool, and what its lines hold. Those that begin with `#` are comments.
const MARKS: [(&str, &str); 3] = [
    ("credo", "# credo:disable-"),
    ("sobelow", "# sobelow_skip"),
    ("dialyzer", "@dialyzer "),
];

/// Ignore files: the tool, and whether a line is an entry.
type Entry = (&'static str, &'static str, fn(&str) -> bool);
const FILES: [Entry; 2] = [
    ("dialyzer", ".dialyzer_ignore.exs", |line| {
        let line = line.trim_start_matches(['[', ' ']);
        ["{", "\"", "~r"]
            .iter()
            .any(|start| line.starts_with(start))
    }),
    ("sobelow", ".sobelow-skips", |line| {
        !line.is_empty() && !line.starts_with('#')
    }),
];

/// Folders with code that is not the project's own.
const PASSED_OVER: [&str; 5] = ["_build", "deps", "node_modules", "target", "cover"];

/// Files and bytes beyond which nothing is read: what is left out is not code that people write.
const MOST_FILES: usize = 50_000;
const LARGEST: u64 = 2 << 20;

/// Characters of a line that are kept.
const SHOWN: usize = 120;

/// Every suppression below a folder, in order.
#[must_use]
pub fn scan(root: &Path) -> Vec<Suppression> {
    let mut found = Vec::new();
    let mut todo = vec![root.to_path_buf()];
    let mut files = 0;
    while let Some(folder) = todo.pop() {
        for entry in fs::read_dir(&folder).into_iter().flatten().flatten() {
            let name = entry.file_name().to_string_lossy().into_owned();
            let Ok(kind) = entry.file_type() else {
                continue;
            };
            if kind.is_dir() && !name.starts_with('.') && !PASSED_OVER.contains(&name.as_str()) {
                todo.push(entry.path());
            } else if kind.is_file() && files < MOST_FILES && reads(&name) {
                files += 1;
                one(root, &entry.path(), &name, &mut found);
            }
        }
    }
    found.sort();
    found
}

fn reads(name: &str) -> bool {
    name.ends_with(".ex")
        || name.ends_with(".exs")
        || FILES.iter().any(|(_, file, _)| *file == name)
}

fn one(root: &Path, path: &PathBuf, name: &str, found: &mut Vec<Suppression>) {
    if fs::metadata(path).is_ok_and(|m| m.len() > LARGEST) {
        return;
    }
    let text = String::from_utf8_lossy(&fs::read(path).unwrap_or_default()).into_owned();
    let shown = path
        .strip_prefix(root)
        .unwrap_or(path)
        .display()
        .to_string();
    for (number, line) in (1..).zip(text.lines()) {
        let line = line.trim();
        let file = FILES.iter().find(|(_, file, _)| *file == name);
        let tool = match file {
            Some((tool, _, entry)) => entry(line).then_some(*tool),
            None => mark(line),
        };
        if let Some(tool) = tool {
            let (path, text) = (shown.clone(), line.chars().take(SHOWN).collect());
            found.push(Suppression {
                tool,
                path,
                line: number,
                text,
            });
        }
    }
}

fn mark(line: &str) -> Option<&'static str> {
    let holds = |mark: &str| match mark.starts_with('#') {
        true => line.contains(mark),
        false => line.starts_with(mark),
    };
    MARKS
        .iter()
        .find(|(_, mark)| holds(mark))
        .map(|(tool, _)| *tool)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn comments_and_ignore_files_are_found() {
        let dir = tempfile::tempdir().unwrap();
        let write = |name: &str, text: &str| {
            let path = dir.path().join(name);
            fs::create_dir_all(path.parent().unwrap()).unwrap();
            fs::write(path, text).unwrap();
        };
        write(
            "lib/a.ex",
            "x = 1 # credo:disable-for-this-line\n\n  # sobelow_skip [\"XSS.Raw\"]\n",
        );
        write(
            "lib/b.ex",
            "  @dialyzer {:nowarn_function, f: 1}\n@doc \"see @dialyzer \"\n",
        );
        write(
            ".dialyzer_ignore.exs",
            "[\n  {\"lib/a.ex\", :no_return},\n  ~r/x/\n]\n",
        );
        write(
            ".sobelow-skips",
            "\nConfig.HTTPS: HTTPS,config/prod.exs:1,A\n",
        );
        write("deps/d/lib/d.ex", "# credo:disable-for-this-file\n");
        write("README.md", "# credo:disable-for-this-file\n");
        let found: Vec<String> = scan(dir.path())
            .iter()
            .map(|s| format!("{} {}:{}", s.tool, s.path, s.line))
            .collect();
        let expected = [
            "credo lib/a.ex:1",
            "dialyzer .dialyzer_ignore.exs:2",
            "dialyzer .dialyzer_ignore.exs:3",
            "dialyzer lib/b.ex:1",
            "sobelow .sobelow-skips:2",
            "sobelow lib/a.ex:3",
        ];
        assert_eq!(found, expected);
    }
}
