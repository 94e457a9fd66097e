//! Lines that changed, by real git in real repositories: each case with the exact lines that must be found.

use std::fs;
use std::os::unix::fs::symlink;
use std::path::{Path, PathBuf};
use std::process::Command;

use gatekeeper::compare::{Change, Changes, Kind};
use gatekeeper::git::{Asked, changes};

mod gate;
mod hostile;
mod trees;

/// A repository that goes when the test ends.
pub(crate) struct Repo {
    folder: tempfile::TempDir,
}

impl Repo {
    /// With one commit, tagged `base`, that has these files.
    pub(crate) fn new(files: &[(&str, &str)]) -> Self {
        let repo = Self {
            folder: tempfile::tempdir().unwrap(),
        };
        repo.git(&["init", "-q", "-b", "main"]);
        for (name, text) in files {
            repo.write(name, text);
        }
        repo.commit("base");
        repo.git(&["tag", "base"]);
        repo
    }

    pub(crate) fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    pub(crate) fn write(&self, name: &str, text: impl AsRef<[u8]>) {
        let path = self.path(name);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, text).unwrap();
    }

    /// Runs git with a configuration of its own; the one of the machine does not count.
    fn try_git(&self, args: &[&str]) -> std::process::Output {
        let mut command = Command::new("git");
        for (name, _) in std::env::vars_os() {
            if name.as_encoded_bytes().starts_with(b"GIT_") {
                command.env_remove(name);
            }
        }
        let settings = [
            "user.name=a",
            "user.email=a@example.invalid",
            "commit.gpgsign=false",
            "core.autocrlf=false",
            "protocol.file.allow=always",
        ];
        for setting in settings {
            command.args(["-c", setting]);
        }
        command
            .arg("-C")
            .arg(self.folder.path())
            .env("GIT_CONFIG_GLOBAL", "/dev/null")
            .env("GIT_CONFIG_SYSTEM", "/dev/null")
            .args(args)
            .output()
            .unwrap()
    }

    pub(crate) fn git(&self, args: &[&str]) -> String {
        let out = self.try_git(args);
        assert!(
            out.status.success(),
            "git {args:?}: {}",
            String::from_utf8_lossy(&out.stderr)
        );
        String::from_utf8(out.stdout).unwrap().trim_end().to_owned()
    }

    pub(crate) fn commit(&self, message: &str) {
        self.git(&["add", "-A"]);
        self.git(&["commit", "-q", "--allow-empty", "-m", message]);
    }

    fn since(&self, base: &str) -> Changes {
        self.since_in("", base)
    }

    fn since_in(&self, folder: &str, base: &str) -> Changes {
        changes(&self.path(folder), &Asked::Named(base.into())).unwrap()
    }

    /// What changed since `base`, as [`shown`].
    fn changed(&self) -> Vec<String> {
        shown(&self.since("base").files)
    }

    /// Why there is no answer.
    fn refused(&self, base: &str) -> (String, String) {
        let why = changes(&self.path(""), &Asked::Named(base.into())).unwrap_err();
        (why.message, why.hint)
    }
}

/// `lib/a.ex 1-3,7 ~2`: file, lines, lines that differ in spaces alone; with its kind where that is not text.
fn shown(files: &[Change]) -> Vec<String> {
    let one = |c: &Change| {
        let lines: Vec<String> = c
            .lines
            .iter()
            .map(|(first, last)| match first == last {
                true => first.to_string(),
                false => format!("{first}-{last}"),
            })
            .collect();
        let mut text = format!("{} {}", c.path, lines.join(","));
        if c.whitespace > 0 {
            text.push_str(&format!(" ~{}", c.whitespace));
        }
        match c.kind {
            Kind::Text => {}
            kind => text.push_str(&format!(" {kind:?}")),
        }
        text.trim_end().to_owned()
    };
    files.iter().map(one).collect()
}

/// Lines `a1` to `an`.
fn lines(n: usize) -> String {
    (1..=n).map(|i| format!("  line_{i}()\n")).collect()
}

/// A text with some of its lines replaced.
fn with(text: &str, replaced: &[(usize, &str)]) -> String {
    let mut all: Vec<&str> = text.lines().collect();
    for (line, by) in replaced {
        all[line - 1] = by;
    }
    all.join("\n") + "\n"
}

#[test]
fn edits_of_one_file() {
    let ten = lines(10);
    for (name, now, expected) in edits(&ten) {
        let repo = Repo::new(&[("lib/a.ex", &ten)]);
        repo.write("lib/a.ex", now);
        assert_eq!(repo.changed(), expected, "{name}, not committed");
        repo.git(&["add", "-A"]);
        assert_eq!(repo.changed(), expected, "{name}, staged");
        repo.commit(name);
        assert_eq!(repo.changed(), expected, "{name}, committed");
    }
}

/// Edits of ten lines: the text afterwards, and what changed.
fn edits(ten: &str) -> Vec<(&'static str, String, &'static [&'static str])> {
    vec![
        ("nothing", ten.to_owned(), &[]),
        ("one line", with(ten, &[(4, "other()")]), &["lib/a.ex 4"]),
        (
            "two places",
            with(ten, &[(1, "x()"), (2, "y()"), (10, "z()")]),
            &["lib/a.ex 1-2,10"],
        ),
        (
            "appended",
            format!("{ten}new()\nnew2()\n"),
            &["lib/a.ex 11-12"],
        ),
        ("prepended", format!("new()\n{ten}"), &["lib/a.ex 1"]),
        (
            "removed",
            with(ten, &[]).replace("  line_5()\n", ""),
            &["lib/a.ex"],
        ),
        ("emptied", String::new(), &["lib/a.ex"]),
        (
            "the last newline removed",
            ten.trim_end().to_owned(),
            &["lib/a.ex  ~1"],
        ),
        (
            "no newline, and another last line",
            with(ten, &[(10, "x()")]).trim_end().to_owned(),
            &["lib/a.ex 10"],
        ),
        (
            "spaces only",
            ten.replace("  line_3()", "\tline_3( )"),
            &["lib/a.ex  ~1"],
        ),
        (
            "spaces and code",
            with(ten, &[(3, "    line_3()"), (7, "x()")]),
            &["lib/a.ex 7 ~1"],
        ),
        ("CRLF", ten.replace('\n', "\r\n"), &["lib/a.ex  ~10"]),
        (
            "CRLF, and code",
            with(ten, &[(2, "x()")]).replace('\n', "\r\n"),
            &["lib/a.ex 2 ~9"],
        ),
        (
            "text that looks like a diff",
            with(
                ten,
                &[
                    (2, "+++ b/lib/b.ex"),
                    (3, "@@ -1,9 +1,9 @@"),
                    (4, "diff --git a/x b/x"),
                ],
            ),
            &["lib/a.ex 2-4"],
        ),
    ]
}

#[test]
fn removed_text_that_looks_like_a_diff() {
    let repo = Repo::new(&[("a.ex", "one\n-- a/b.ex\n++ b/b.ex\n@@ -1 +1 @@\nlast\n")]);
    repo.write("a.ex", "one\nlast\nnew\n");
    assert_eq!(repo.changed(), ["a.ex 3"]);
}

#[test]
fn a_renamed_file_has_only_its_edits() {
    let twenty = lines(20);
    let repo = Repo::new(&[
        ("lib/old.ex", &twenty),
        ("lib/moved only.ex", &format!("{twenty}end\n")),
    ]);
    repo.git(&["mv", "lib/old.ex", "lib/new.ex"]);
    repo.git(&["mv", "lib/moved only.ex", "lib/there.ex"]);
    repo.write("lib/new.ex", with(&twenty, &[(5, "x()")]));
    repo.commit("rename");
    let since = repo.since("base");
    assert_eq!(shown(&since.files), ["lib/new.ex 5", "lib/there.ex"]);
    assert_eq!(since.files[0].from.as_deref(), Some("lib/old.ex"));
}

#[test]
fn a_rename_that_is_not_staged_is_a_new_file() {
    let repo = Repo::new(&[("lib/old.ex", &lines(5))]);
    fs::rename(repo.path("lib/old.ex"), repo.path("lib/new.ex")).unwrap();
    assert_eq!(repo.changed(), ["lib/new.ex 1-5"]);
}

#[test]
fn a_copy_is_new_and_a_deleted_file_is_nothing() {
    let repo = Repo::new(&[("lib/a.ex", &lines(5)), ("lib/b.ex", "b\n")]);
    repo.write("lib/copy.ex", lines(5));
    repo.git(&["rm", "-q", "lib/b.ex"]);
    repo.commit("copy");
    assert_eq!(repo.changed(), ["lib/copy.ex 1-5"]);
}

#[test]
fn a_moved_function_is_changed_where_it_stands_now() {
    let one = lines(6);
    let function = "  def moved do\n    :moved\n  end\n";
    let repo = Repo::new(&[("lib/a.ex", &format!("{function}{one}"))]);
    repo.write("lib/a.ex", format!("{one}{function}"));
    assert_eq!(repo.changed(), ["lib/a.ex 7-9"]);
}

#[test]
fn untracked_files_are_new_and_ignored_ones_are_not_there() {
    let repo = Repo::new(&[("a.ex", "a\n"), (".gitignore", "/ignored.ex\n")]);
    repo.write("lib/new.ex", "1\n2\n3");
    repo.write("lib/empty.ex", "");
    repo.write("lib/data.bin", b"a\0b\n");
    repo.write("ignored.ex", "x\n");
    symlink("a.ex", repo.path("lib/link.ex")).unwrap();
    symlink("nowhere", repo.path("lib/dangling.ex")).unwrap();
    assert_eq!(
        repo.changed(),
        [
            "lib/dangling.ex  Link",
            "lib/data.bin  Binary",
            "lib/empty.ex",
            "lib/link.ex  Link",
            "lib/new.ex 1-3"
        ]
    );
}

#[test]
fn intent_to_add_is_new_too() {
    let repo = Repo::new(&[("a.ex", "a\n")]);
    repo.write("b.ex", "1\n2\n");
    repo.git(&["add", "-N", "b.ex"]);
    assert_eq!(repo.changed(), ["b.ex 1-2"]);
}

#[test]
fn modes_links_and_binaries() {
    let repo = Repo::new(&[
        ("a.ex", "a\n"),
        ("b.ex", "b\n"),
        ("i.png", "x\0y"),
        ("to_link.ex", "1\n"),
    ]);
    Command::new("chmod")
        .arg("+x")
        .arg(repo.path("a.ex"))
        .status()
        .unwrap();
    repo.write("i.png", b"x\0z");
    fs::remove_file(repo.path("to_link.ex")).unwrap();
    symlink("a.ex", repo.path("to_link.ex")).unwrap();
    assert_eq!(
        repo.changed(),
        ["a.ex", "i.png  Binary", "to_link.ex 1 Link"]
    );
    repo.commit("all of it");
    assert_eq!(
        repo.changed(),
        ["a.ex", "i.png  Binary", "to_link.ex 1 Link"]
    );
}

#[test]
fn names_of_every_kind() {
    let names = [
        "lib/with space.ex",
        "lib/\"quoted\".ex",
        "lib/new\nline.ex",
        "lib/tab\tand\\slash.ex",
        "lib/ünï ✓.ex",
        "lib/ends in space ",
        "lib/a b/lib/a.ex",
        "-o.ex",
        ":(top)lib.ex",
        "*.ex",
        "b/b/a.ex",
    ];
    let repo = Repo::new(&names.map(|n| (n, "1\n2\n3\n")));
    for name in names {
        repo.write(name, "1\nx\n3\n");
    }
    let mut expected: Vec<String> = names.iter().map(|n| format!("{n} 2")).collect();
    expected.sort();
    assert_eq!(repo.changed(), expected);
    repo.commit("edit");
    // Modes alone: no line names the file but the first of its diff.
    for name in names {
        Command::new("chmod")
            .arg("+x")
            .arg(repo.path(name))
            .status()
            .unwrap();
    }
    assert_eq!(repo.changed(), expected);
    repo.git(&["tag", "-f", "base"]);
    repo.write("untracked \"é\n.ex", "1\n");
    let mut expected: Vec<String> = names.iter().map(|n| n.trim_end().to_string()).collect();
    expected.push("untracked \"é\n.ex 1".into());
    expected.sort();
    let mut found = repo.changed();
    found.sort();
    assert_eq!(found, expected);
}

/// Bytes that are no UTF-8 are a name too.
#[test]
fn a_name_that_is_not_utf8() {
    use std::os::unix::ffi::OsStrExt as _;
    let repo = Repo::new(&[("a.ex", "a\n")]);
    let name = std::ffi::OsStr::from_bytes(b"lib\xff.ex");
    fs::write(Path::new(&repo.path("")).join(name), "1\n").unwrap();
    assert_eq!(repo.changed(), ["lib\u{fffd}.ex 1"]);
    repo.commit("tracked");
    assert_eq!(repo.changed(), ["lib\u{fffd}.ex 1"]);
}
