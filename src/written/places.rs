//! Where the tasks of a command write their reports.

use std::fs;
use std::path::{Path, PathBuf};

use crate::command::{Task, Words};

/// Reports of ExCoveralls by the form that is asked for.
const COVERALLS: [(&str, &str); 4] = [
    ("json", "excoveralls.json"),
    ("lcov", "lcov.info"),
    ("cobertura", "cobertura.xml"),
    ("xml", "excoveralls.xml"),
];

/// The report of junit_formatter, which its configuration turns on.
const JUNIT: &str = "test-junit-report.xml";

/// A kind of file, wherever it may be written.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Place {
    /// This file, in the project or in the apps of an umbrella.
    Named(PathBuf),
    /// The report of junit_formatter in the build of each app.
    Junit,
}

/// The places of the reports that these tasks write.
pub(super) fn of(words: &Words, partition: Option<u32>) -> Vec<Place> {
    let mut places = Vec::new();
    for task in &words.tasks {
        let coveralls = task.name.strip_prefix("coveralls.");
        if task.name != "test" && task.name != "coveralls" && coveralls.is_none() {
            continue;
        }
        let forms = match coveralls {
            Some("multiple") => values(task, "--type"),
            form => form.into_iter().collect(),
        };
        let folder = values(task, "--output-dir")
            .into_iter()
            .chain(values(task, "-o"));
        let folder = folder.last().unwrap_or("cover");
        let files = COVERALLS.iter().filter(|(form, _)| forms.contains(form));
        places.extend(files.map(|(_, file)| Place::Named(Path::new(folder).join(file))));
        places.extend(export(task, partition).map(Place::Named));
    }
    if once(words) {
        places.push(Place::Junit);
    }
    places.dedup();
    places
}

/// Whether tests run one time: a second run writes its JUnit report over that of the first.
fn once(words: &Words) -> bool {
    let tests = |t: &&Task| t.name == "test" || t.name.starts_with("coveralls");
    let mut runs = words.tasks.iter().filter(tests);
    let again = |t: &Task| {
        t.args
            .iter()
            .any(|a| a.starts_with("--repeat-until-failure"))
    };
    runs.next().is_some_and(|t| !again(t)) && runs.next().is_none()
}

/// `--export-coverage NAME`, or the number of the partition.
fn export(task: &Task, partition: Option<u32>) -> Option<PathBuf> {
    let cover = task.args.iter().any(|a| a == "--cover") || task.name != "test";
    let partitions = values(task, "--partitions");
    let numbered = partition.filter(|_| partitions.last().is_some_and(|n| *n != "1"));
    let name = match values(task, "--export-coverage").last() {
        Some(name) => (*name).to_owned(),
        None => numbered?.to_string(),
    };
    cover.then(|| Path::new("cover").join(format!("{name}.coverdata")))
}

/// Names of exported coverage that a shell between us and Mix would expand: which files these are is not known.
pub(super) fn unknown(words: &Words) -> Vec<String> {
    let tests = words.tasks.iter().filter(|t| {
        let cover = t.args.iter().any(|a| a == "--cover");
        words.shell && (t.name == "test" && cover || t.name.starts_with("coveralls"))
    });
    let names = tests.filter_map(|t| values(t, "--export-coverage").pop());
    let names = names.filter(|name| name.contains(['$', '`']));
    names.map(str::to_owned).collect()
}

/// The values of an option: `--type json`, `--type=json`.
fn values<'a>(task: &'a Task, option: &str) -> Vec<&'a str> {
    let inline = |word: &'a String| word.strip_prefix(option)?.strip_prefix('=');
    let words = task.args.iter().enumerate();
    let value = words.filter_map(|(at, word)| match inline(word) {
        Some(value) => Some(value),
        None if word == option => task.args.get(at + 1).map(String::as_str),
        None => None,
    });
    value.collect()
}

impl Place {
    /// The files of this kind that are there, relative to the project.
    pub(super) fn files(&self, root: &Path) -> Vec<PathBuf> {
        let found: Vec<PathBuf> = match self {
            Self::Named(file) => {
                let apps = folders(root, Path::new("apps"));
                let apps = apps.into_iter().map(|app| app.join(file));
                std::iter::once(file.clone()).chain(apps).collect()
            }
            Self::Junit => {
                let builds = folders(root, Path::new("_build")).into_iter();
                let apps = builds.flat_map(|env| folders(root, &env.join("lib")));
                apps.map(|app| app.join(JUNIT)).collect()
            }
        };
        let there = |path: &PathBuf| root.join(path).is_file();
        found.into_iter().filter(there).collect()
    }

    /// Whether so many files tell of the whole run. In an umbrella where only some apps write JUnit reports, their sum is
    /// not that of the run.
    pub(super) fn is_whole(&self, root: &Path, fresh: usize) -> bool {
        let apps = folders(root, Path::new("apps"));
        let tested = apps
            .iter()
            .filter(|app| root.join(app).join("test").is_dir());
        *self != Self::Junit || fresh >= tested.count()
    }

    /// Whether the command itself asks for the file.
    pub(super) fn is_named(&self) -> bool {
        matches!(self, Self::Named(_))
    }
}

/// The folders in a folder, in order, relative to the project.
fn folders(root: &Path, folder: &Path) -> Vec<PathBuf> {
    let found = fs::read_dir(root.join(folder))
        .into_iter()
        .flatten()
        .flatten();
    let found = found.filter(|entry| entry.file_type().is_ok_and(|kind| kind.is_dir()));
    let mut found: Vec<PathBuf> = found.map(|e| folder.join(e.file_name())).collect();
    found.sort();
    found
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::command::words;

    fn named(line: &str, partition: Option<u32>) -> String {
        let command: Vec<String> = line.split(' ').map(str::to_owned).collect();
        let places = of(&words(&command), partition);
        let names = places.iter().filter_map(|p| match p {
            Place::Named(path) => path.to_str(),
            Place::Junit => None,
        });
        names.collect::<Vec<_>>().join(" ")
    }

    #[test]
    fn junit_reports_are_those_of_one_run_of_tests() {
        for (script, once) in [
            ("mix test", true),
            ("mix compile && mix coveralls.json", true),
            ("mix test a && mix test b", false),
            ("mix test || mix test --failed", false),
            ("mix test --repeat-until-failure 9", false),
            ("mix credo", false),
        ] {
            let command = ["sh", "-c", script].map(str::to_owned);
            let places = of(&words(&command), None);
            assert_eq!(places.contains(&Place::Junit), once, "{script}");
        }
    }

    #[test]
    fn tasks_write_their_reports_where_they_are_told() {
        for (line, partition, files) in [
            ("mix test", None, ""),
            ("mix credo", None, ""),
            ("mix coveralls.lcov", None, "cover/lcov.info"),
            ("mix coveralls.json -o out", None, "out/excoveralls.json"),
            (
                "mix coveralls.multiple --type json --type=xml",
                None,
                "cover/excoveralls.json cover/excoveralls.xml",
            ),
            (
                "mix test --cover --export-coverage x",
                None,
                "cover/x.coverdata",
            ),
            (
                "mix test --cover --partitions 2",
                Some(2),
                "cover/2.coverdata",
            ),
            ("mix test --cover --partitions 2", None, ""),
            ("mix test --cover --partitions 1", Some(1), ""),
            ("mix test --partitions 2", Some(2), ""),
        ] {
            assert_eq!(named(line, partition), files, "{line}");
        }
    }
}
