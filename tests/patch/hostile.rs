//! Repositories, configurations and environments that want another diff to be seen.

use super::*;

/// Settings that change what `git diff` prints, or run something.
const SETTINGS: &[(&str, &str)] = &[
    ("diff.noprefix", "true"),
    ("diff.mnemonicPrefix", "true"),
    ("diff.srcPrefix", "x/"),
    ("diff.dstPrefix", "y/"),
    ("diff.context", "9"),
    ("diff.interHunkContext", "9"),
    ("diff.algorithm", "patience"),
    ("diff.renames", "false"),
    ("diff.relative", "true"),
    ("diff.external", "echo HACKED; touch hacked"),
    ("diff.ignoreSubmodules", "all"),
    ("diff.submodule", "log"),
    ("diff.orderFile", "/dev/null"),
    ("diff.suppressBlankEmpty", "true"),
    ("diff.colorMoved", "zebra"),
    ("diff.wsErrorHighlight", "all"),
    ("diff.statGraphWidth", "1"),
    ("diff.indentHeuristic", "false"),
    ("color.ui", "always"),
    ("color.diff", "always"),
    ("core.quotePath", "false"),
    ("core.pager", "touch hacked; cat"),
    ("pager.diff", "touch hacked; cat"),
    ("core.fsmonitor", "touch hacked; false"),
    ("core.attributesFile", "/nowhere"),
    ("core.abbrev", "4"),
    ("core.whitespace", "cr-at-eol"),
    ("status.showUntrackedFiles", "no"),
    ("alias.diff", "!touch hacked"),
    ("diff.evil.textconv", "touch hacked; echo converted"),
    ("diff.evil.command", "touch hacked; echo external"),
    ("diff.evil.wordRegex", "."),
    ("diff.evil.xfuncname", "^(.*)$"),
];

fn usual() -> Repo {
    let ten = lines(10);
    let repo = Repo::new(&[("lib/é b.ex", &ten), ("lib/old.ex", &format!("{ten}{ten}"))]);
    repo.git(&["mv", "lib/old.ex", "lib/new.ex"]);
    repo.write("lib/new.ex", with(&format!("{ten}{ten}"), &[(20, "x()")]));
    repo.commit("rename");
    repo.write(
        "lib/é b.ex",
        with(&ten, &[(2, "x()"), (4, "  y()"), (9, "\tline_9()")]),
    );
    repo.write("lib/untracked.ex", "1\n");
    repo
}

const USUAL: [&str; 3] = ["lib/new.ex 20", "lib/untracked.ex 1", "lib/é b.ex 2,4 ~1"];

#[test]
fn no_setting_changes_what_is_seen() {
    assert_eq!(usual().changed(), USUAL);
    let all = usual();
    for (name, value) in SETTINGS {
        all.git(&["config", name, value]);
        let one = usual();
        one.git(&["config", name, value]);
        assert_eq!(one.changed(), USUAL, "{name}");
        assert!(!one.path("hacked").exists(), "{name}");
    }
    assert_eq!(all.changed(), USUAL);
}

#[test]
fn attributes_run_nothing_and_hide_nothing_in_silence() {
    let repo = usual();
    for (name, value) in SETTINGS {
        repo.git(&["config", name, value]);
    }
    for (attributes, expected) in [
        ("* diff=evil\n", USUAL),
        ("* diff=elixir\n", USUAL),
        ("* whitespace=cr-at-eol\n", USUAL),
        ("*.ex text eol=lf\n", USUAL),
        (
            "*.ex -diff\n",
            [
                "lib/new.ex  Binary",
                "lib/untracked.ex 1",
                "lib/é b.ex  Binary",
            ],
        ),
        (
            "*.ex binary\n",
            [
                "lib/new.ex  Binary",
                "lib/untracked.ex 1",
                "lib/é b.ex  Binary",
            ],
        ),
    ] {
        repo.write(".git/info/attributes", attributes);
        assert_eq!(repo.changed(), expected, "{attributes}");
    }
    assert!(!repo.path("hacked").exists() && !repo.path("lib/hacked").exists());
}

#[test]
fn hooks_do_not_run() {
    let repo = usual();
    for hook in [
        "post-index-change",
        "post-checkout",
        "reference-transaction",
        "fsmonitor-watchman",
    ] {
        let name = format!(".git/hooks/{hook}");
        repo.write(&name, "#!/bin/sh\ntouch hacked\n");
        Command::new("chmod")
            .arg("+x")
            .arg(repo.path(&name))
            .status()
            .unwrap();
    }
    assert_eq!(repo.changed(), USUAL);
    assert!(!repo.path("hacked").exists());
}

/// Looking changes nothing: not the index, not a lock.
#[test]
fn the_repository_stays_as_it_is() {
    let repo = usual();
    let before = fs::read(repo.path(".git/index")).unwrap();
    repo.changed();
    assert_eq!(fs::read(repo.path(".git/index")).unwrap(), before);
    fs::write(repo.path(".git/index.lock"), "").unwrap();
    assert_eq!(repo.changed(), USUAL);
}
