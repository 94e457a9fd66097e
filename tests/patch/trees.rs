//! Histories: merges, shallow clones, missing bases, projects in folders.

use super::*;

#[test]
fn an_empty_commit_and_a_base_that_is_the_head() {
    let repo = Repo::new(&[("a.ex", "a\n")]);
    repo.commit("empty");
    assert_eq!(repo.changed(), [""; 0]);
    assert_eq!(shown(&repo.since("HEAD").files), [""; 0]);
    repo.write("a.ex", "b\n");
    assert_eq!(shown(&repo.since("HEAD").files), ["a.ex 1"]);
}

/// The base went on after the branch left it: its new lines are not ours.
#[test]
fn the_merge_base_counts_not_the_tip() {
    let ten = lines(10);
    let repo = Repo::new(&[("a.ex", &ten)]);
    repo.git(&["switch", "-q", "-c", "topic"]);
    repo.write("a.ex", with(&ten, &[(9, "ours()")]));
    repo.commit("ours");
    repo.git(&["switch", "-q", "main"]);
    repo.write("a.ex", with(&ten, &[(1, "theirs()")]));
    repo.commit("theirs");
    repo.git(&["switch", "-q", "topic"]);
    let since = repo.since("main");
    assert_eq!(shown(&since.files), ["a.ex 9"]);
    assert_eq!(since.commit, repo.git(&["rev-parse", "base"]));
    // As a pull request is checked out: detached, at the merge of both.
    repo.git(&["switch", "-q", "--detach", "main"]);
    repo.git(&["merge", "-q", "--no-edit", "topic"]);
    assert_eq!(shown(&repo.since("main").files), ["a.ex 9"]);
}

#[test]
fn a_resolved_conflict_is_ours() {
    let ten = lines(10);
    let repo = Repo::new(&[("a.ex", &ten)]);
    repo.git(&["switch", "-q", "-c", "topic"]);
    repo.write("a.ex", with(&ten, &[(5, "ours()"), (9, "ours_too()")]));
    repo.commit("ours");
    repo.git(&["switch", "-q", "main"]);
    repo.write("a.ex", with(&ten, &[(5, "theirs()"), (1, "theirs_too()")]));
    repo.commit("theirs");
    repo.git(&["switch", "-q", "topic"]);
    assert!(!repo.try_git(&["merge", "-q", "main"]).status.success());
    // Not resolved yet: the markers are lines of the file, and the base is still the old one.
    assert_eq!(shown(&repo.since("main").files), ["a.ex 1,5-9,13"]);
    repo.write(
        "a.ex",
        with(
            &ten,
            &[(1, "theirs_too()"), (5, "both()"), (9, "ours_too()")],
        ),
    );
    repo.commit("merge");
    assert_eq!(shown(&repo.since("main").files), ["a.ex 5,9"]);
}

#[test]
fn criss_cross_merges_have_several_merge_bases() {
    let ten = lines(10);
    let repo = Repo::new(&[("a.ex", &ten)]);
    repo.git(&["switch", "-q", "-c", "topic"]);
    repo.write("a.ex", with(&ten, &[(9, "ours()")]));
    repo.commit("ours");
    repo.git(&["switch", "-q", "main"]);
    repo.write("a.ex", with(&ten, &[(1, "theirs()")]));
    repo.commit("theirs");
    let (main, topic) = (
        repo.git(&["rev-parse", "main"]),
        repo.git(&["rev-parse", "topic"]),
    );
    repo.git(&["merge", "-q", "--no-edit", &topic]);
    repo.git(&["switch", "-q", "topic"]);
    repo.git(&["merge", "-q", "--no-edit", &main]);
    repo.write(
        "a.ex",
        with(&ten, &[(1, "theirs()"), (5, "new()"), (9, "ours()")]),
    );
    let since = repo.since("main");
    assert!(
        since.notes[0].contains("2 merge bases"),
        "{:?}",
        since.notes
    );
    assert_eq!(since.commit, repo.git(&["merge-base", "main", "topic"]));
    let expected = if since.commit == main {
        "a.ex 5,9"
    } else {
        "a.ex 1,5"
    };
    assert_eq!(shown(&since.files), [expected]);
}

#[test]
fn a_base_that_does_not_exist_is_never_replaced() {
    let repo = Repo::new(&[("a.ex", "a\n")]);
    for base in [
        "nothing",
        "-h",
        "--help",
        "base..HEAD",
        "HEAD:a.ex",
        "",
        " ",
        "a\nb",
    ] {
        let (message, hint) = repo.refused(base);
        assert!(
            message.contains("there is no commit"),
            "{base:?}: {message}"
        );
        assert!(hint.contains("fetch"), "{base:?}: {hint}");
    }
    repo.git(&["update-ref", "refs/remotes/origin/develop", "HEAD"]);
    assert!(
        repo.refused("develop")
            .1
            .contains("did you mean origin/develop")
    );
}

#[test]
fn a_shallow_clone_says_what_to_fetch() {
    let repo = Repo::new(&[("a.ex", "a\n")]);
    repo.git(&["switch", "-q", "-c", "topic"]);
    repo.write("a.ex", "b\n");
    repo.commit("one");
    repo.commit("two");
    repo.git(&["switch", "-q", "main"]);
    repo.commit("three");
    let clone = Repo {
        folder: tempfile::tempdir().unwrap(),
    };
    let url = format!("file://{}", repo.path("").display());
    clone.git(&[
        "clone",
        "-q",
        "--depth",
        "1",
        "--no-single-branch",
        "-b",
        "topic",
        &url,
        ".",
    ]);
    let (message, hint) = clone.refused("origin/main");
    assert!(message.contains("no common commit"), "{message}");
    assert!(hint.contains("fetch-depth: 0"), "{hint}");
    assert!(clone.refused("origin/gone").1.contains("fetch-depth: 0"));
    assert!(clone.refused("base").1.contains("fetch-depth: 0"));
    clone.git(&["fetch", "-q", "--unshallow"]);
    assert_eq!(shown(&clone.since("origin/main").files), ["a.ex 1"]);
}

#[test]
fn unrelated_histories_have_no_base() {
    let repo = Repo::new(&[("a.ex", "a\n")]);
    repo.git(&["switch", "-q", "--orphan", "other"]);
    repo.write("a.ex", "b\n");
    repo.commit("other");
    let (message, hint) = repo.refused("main");
    assert!(
        message.contains("no common commit") && hint.contains("unrelated"),
        "{message} {hint}"
    );
}

#[test]
fn no_commit_and_no_repository() {
    let repo = Repo {
        folder: tempfile::tempdir().unwrap(),
    };
    assert!(repo.refused("HEAD").0.contains("no git work tree"));
    repo.git(&["init", "-q"]);
    assert!(repo.refused("HEAD").0.contains("there is no commit"));
    repo.git(&["config", "core.bare", "true"]);
    assert!(repo.refused("HEAD").0.contains("no git work tree"));
}

#[test]
fn a_project_in_a_folder_of_its_repository() {
    let repo = Repo::new(&[
        ("shop/apps/a/lib/a.ex", "1\n2\n"),
        ("other/lib/a.ex", "1\n"),
    ]);
    repo.write("shop/apps/a/lib/a.ex", "1\nx\n");
    repo.write("shop/lib/new.ex", "1\n");
    repo.write("other/lib/a.ex", "2\n");
    let since = repo.since_in("shop/", "base");
    assert_eq!(
        shown(&since.files),
        [
            "other/lib/a.ex 1",
            "shop/apps/a/lib/a.ex 2",
            "shop/lib/new.ex 1"
        ]
    );
    assert_eq!(since.prefix, "shop/");
    assert_eq!(repo.since_in("shop/apps/a", "base").prefix, "shop/apps/a/");
    assert!(since.tree.contains("shop/lib/new.ex"));
}

#[test]
fn a_worktree_of_its_own() {
    let repo = Repo::new(&[("a.ex", "a\n")]);
    repo.git(&["worktree", "add", "-q", "-b", "side", "tree"]);
    repo.write("tree/a.ex", "b\n");
    assert_eq!(shown(&repo.since_in("tree", "base").files), ["a.ex 1"]);
    let since = repo.since("base");
    assert_eq!(shown(&since.files), [""; 0]);
    assert!(
        since
            .notes
            .iter()
            .any(|n| n.starts_with("tree is another repository"))
    );
}

#[test]
fn submodules_are_named_and_not_compared() {
    let inner = Repo::new(&[("lib/inner.ex", "1\n")]);
    let repo = Repo::new(&[("a.ex", "a\n")]);
    let url = format!("file://{}", inner.path("").display());
    repo.git(&["submodule", "add", "-q", &url, "deps_src/inner"]);
    repo.commit("submodule");
    let since = repo.since("base");
    assert_eq!(
        shown(&since.files),
        [".gitmodules 1-3", "deps_src/inner 1 Submodule"]
    );
    assert!(since.notes[0].contains("deps_src/inner is a submodule"));
    repo.git(&["tag", "-f", "base"]);
    repo.write("deps_src/inner/lib/inner.ex", "2\n");
    // What is written in a submodule is its own affair, and nothing is run in there to see it.
    assert_eq!(shown(&repo.since("base").files), [""; 0]);
}

#[test]
fn the_first_commit_after_a_long_history() {
    let repo = Repo::new(&[("a.ex", &lines(3))]);
    for i in 0..5 {
        repo.write("a.ex", with(&lines(3), &[(2, &format!("v{i}()"))]));
        repo.commit("more");
    }
    assert_eq!(shown(&repo.since("HEAD~1").files), ["a.ex 2"]);
    // Changed and changed back is not changed.
    repo.write("a.ex", lines(3));
    repo.commit("back");
    assert_eq!(repo.changed(), [""; 0]);
}
