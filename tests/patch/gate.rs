//! The whole way: repository, coverage report, options, gate.

use serde_json::{Value, json};

use super::*;

/// What ExCoveralls writes: hits by line, `null` where nothing is relevant.
fn coveralls(files: &[(&str, &[Value])]) -> String {
    let files: Vec<Value> = files
        .iter()
        .map(|(name, hits)| {
            let source = "x\n".repeat(hits.len().saturating_sub(1)) + "x";
            json!({"name": name, "source": source, "coverage": hits})
        })
        .collect();
    json!({ "source_files": files }).to_string()
}

fn hits(list: &[i64]) -> Vec<Value> {
    list.iter()
        .map(|n| if *n < 0 { Value::Null } else { json!(n) })
        .collect()
}

/// Runs `gatekeeper check` in a folder, with nothing but these variables of a pull request.
fn check(dir: &Path, args: &[&str], env: &[(&str, &str)]) -> (Option<i32>, Value, String) {
    let mut command = Command::new(env!("CARGO_BIN_EXE_gatekeeper"));
    for (name, _) in std::env::vars_os() {
        let name = name.to_string_lossy().into_owned();
        if ["GIT_", "GITHUB_", "CI_", "GATEKEEPER_"]
            .iter()
            .any(|p| name.starts_with(p))
        {
            command.env_remove(name);
        }
    }
    let out = command
        .args(["check", "--no-record", "--format", "json"])
        .args(args)
        .current_dir(dir)
        .envs(env.iter().copied())
        .output()
        .unwrap();
    let report = serde_json::from_slice(&out.stdout).unwrap_or(Value::Null);
    (
        out.status.code(),
        report,
        String::from_utf8(out.stderr).unwrap(),
    )
}

fn gate(report: &Value) -> Value {
    let gates = report["gates"].as_array().unwrap();
    gates
        .iter()
        .find(|g| g["id"] == "coverage.patch")
        .unwrap_or(&Value::Null)
        .clone()
}

fn shop() -> Repo {
    let repo = Repo::new(&[("lib/a.ex", &lines(5)), (".gitignore", "*.json\n")]);
    repo.write(
        "lib/a.ex",
        with(&lines(5), &[(2, "x()"), (4, "y()"), (5, "z()")]),
    );
    repo.write(
        "excoveralls.json",
        coveralls(&[("lib/a.ex", &hits(&[1, 1, 1, 0, -1]))]),
    );
    repo
}

#[test]
fn patch_coverage_is_shown_and_judged_only_when_it_is_asked_for() {
    let repo = shop();
    let file = "excoveralls.json";
    let (code, report, shown) = check(&repo.path(""), &[file, "--base", "base"], &[]);
    let patch = &report["coverage"]["patch"];
    assert_eq!(
        (&patch["covered"], &patch["relevant"]),
        (&json!(1), &json!(2))
    );
    assert_eq!(patch["percent"], "50.00");
    assert_eq!(
        patch["uncovered"],
        json!([{"id": "u1", "path": "lib/a.ex", "lines": [4], "related": []}])
    );
    assert_eq!(
        patch["no_data"],
        json!([{"path": "lib/a.ex", "reason": "not_relevant", "ranges": [[5, 5]]}])
    );
    assert_eq!(patch["base"], "base");
    assert_eq!((code, gate(&report)), (Some(1), Value::Null));
    assert!(shown.contains("lib/a.ex:4"), "{shown}");
    let (_, report, _) = check(&repo.path(""), &[file], &[]);
    assert_eq!(report["coverage"]["patch"], Value::Null);
    let required = [file, "--base", "base", "--require", "coverage.patch"];
    let (_, report, _) = check(&repo.path(""), &required, &[]);
    assert_eq!(gate(&report)["ruling"], "pass");
    let unknown = [file, "--require", "coverage.patch"];
    let (_, report, _) = check(&repo.path(""), &unknown, &[]);
    assert_eq!(gate(&report)["ruling"], "undecided");
}

#[test]
fn the_environment_names_the_base_of_a_pull_request() {
    let repo = shop();
    repo.git(&["update-ref", "refs/remotes/origin/main", "base"]);
    let base = repo.git(&["rev-parse", "base"]);
    for (env, name) in [
        (("GITHUB_BASE_REF", "main"), "origin/main"),
        (
            ("CI_MERGE_REQUEST_TARGET_BRANCH_NAME", "main"),
            "origin/main",
        ),
        (
            ("CI_MERGE_REQUEST_DIFF_BASE_SHA", base.as_str()),
            base.as_str(),
        ),
    ] {
        let (_, report, _) = check(&repo.path(""), &["excoveralls.json"], &[env]);
        let patch = &report["coverage"]["patch"];
        assert_eq!(
            (&patch["base"], &patch["relevant"]),
            (&json!(name), &json!(2))
        );
    }
    // What only the environment names may be missing, unless a gate needs it; nothing else is taken for it.
    let gone = [("GITHUB_BASE_REF", "gone")];
    let (code, report, shown) = check(&repo.path(""), &["excoveralls.json"], &gone);
    assert_eq!(
        (code, &report["coverage"]["patch"]),
        (Some(1), &Value::Null)
    );
    assert!(
        report["coverage"]["patch_unknown"]
            .as_str()
            .unwrap()
            .contains("origin/gone")
    );
    assert!(shown.contains("origin/gone"), "{shown}");
    let required = ["excoveralls.json", "--require", "coverage.patch"];
    let (code, _, shown) = check(&repo.path(""), &required, &gone);
    assert_eq!(code, Some(2));
    assert!(shown.contains("hint: "), "{shown}");
    let (code, _, shown) = check(&repo.path(""), &["excoveralls.json", "--base", "gone"], &[]);
    assert_eq!(code, Some(2));
    assert!(shown.contains("there is no commit \"gone\""), "{shown}");
}

/// Nothing runs for minutes before a missing base is noticed.
#[test]
fn a_base_is_looked_up_before_anything_runs() {
    let repo = shop();
    let out = Command::new(env!("CARGO_BIN_EXE_gatekeeper"))
        .args(["run", "--no-record", "--base", "gone", "--", "touch", "ran"])
        .current_dir(repo.path(""))
        .output()
        .unwrap();
    assert_eq!(out.status.code(), Some(2));
    assert!(!repo.path("ran").exists());
}

/// In a pull request, a command that measures no coverage is not about lines.
#[test]
fn a_report_without_coverage_does_not_speak_of_lines() {
    let repo = shop();
    repo.write("credo.json", r#"{"issues": []}"#);
    let (_, report, shown) = check(&repo.path(""), &["credo.json", "--base", "base"], &[]);
    assert_eq!(report["coverage"], Value::Null);
    assert!(!shown.contains("changed lines"), "{shown}");
    let required = [
        "credo.json",
        "--base",
        "base",
        "--require",
        "coverage.patch",
    ];
    let (code, report, _) = check(&repo.path(""), &required, &[]);
    assert_eq!(
        (code, &gate(&report)["ruling"]),
        (Some(3), &json!("undecided"))
    );
}

#[test]
fn variables_of_git_point_nowhere_else() {
    let (repo, other) = (shop(), Repo::new(&[("lib/a.ex", "other\n")]));
    let (git_dir, index) = (other.path(".git"), other.path(".git/index"));
    let env = [
        ("GIT_DIR", git_dir.to_str().unwrap()),
        ("GIT_WORK_TREE", git_dir.to_str().unwrap()),
        ("GIT_INDEX_FILE", index.to_str().unwrap()),
        ("GIT_EXTERNAL_DIFF", "touch hacked; echo"),
        ("GIT_DIFF_OPTS", "--unified=9"),
        ("GIT_PAGER", "touch hacked"),
        ("GIT_CONFIG_COUNT", "1"),
        ("GIT_CONFIG_KEY_0", "diff.noprefix"),
        ("GIT_CONFIG_VALUE_0", "true"),
        ("GIT_CONFIG_PARAMETERS", "'diff.external=touch hacked'"),
        ("GIT_TRACE", "2"),
        ("GIT_CEILING_DIRECTORIES", "/"),
        ("GIT_NAMESPACE", "x"),
        ("GIT_OBJECT_DIRECTORY", "/nowhere"),
        ("GIT_ATTR_SOURCE", "base"),
        ("GIT_REDIRECT_STDOUT", "hacked"),
    ];
    let (_, report, _) = check(
        &repo.path(""),
        &["excoveralls.json", "--base", "base"],
        &env,
    );
    let patch = &report["coverage"]["patch"];
    assert_eq!(
        (&patch["covered"], &patch["relevant"]),
        (&json!(1), &json!(2))
    );
    assert!(!repo.path("hacked").exists());
}

/// The gate with a minimum, as a policy file sets it.
fn ruled(repo: &Repo, folder: &str, report: &str, min: u64) -> (String, String, String) {
    use gatekeeper::compare::Against;
    use gatekeeper::policy::{PatchRule, Policy, Setting, Weight};
    use gatekeeper::report::{Project, Report};
    let path = repo.path("").join(report);
    let sources = gatekeeper::source::open(path.to_str().unwrap(), Default::default()).unwrap();
    let mut policy = Policy::default();
    policy.coverage.patch = Some(PatchRule {
        min: Setting::standard(min),
        severity: Weight::Fail,
    });
    let against = Against {
        changes: Some(Ok(repo.since_in(folder, "base"))),
        baseline: None,
        ..Against::default()
    };
    let report = Report::against(sources, &policy, Project::default(), &against);
    let judged = report
        .gates
        .iter()
        .find(|g| g.gate.id == "coverage.patch")
        .unwrap();
    let j = judged.judgement.clone();
    (j.ruling.id().to_owned(), j.actual, j.because)
}

#[test]
fn the_limit_is_compared_exactly() {
    let repo = shop();
    let of = |min| ruled(&repo, "", "excoveralls.json", min).0;
    assert_eq!(
        (of(5_000), of(5_001)),
        ("pass".to_owned(), "fail".to_owned())
    );
}

#[test]
fn nothing_to_measure_passes_only_when_every_changed_file_is_known() {
    let known = coveralls(&[("lib/a.ex", &hits(&[1, 1, 1, 0, -1]))]);
    let repo = Repo::new(&[("lib/a.ex", &lines(5)), (".gitignore", "*.json\n")]);
    repo.write("excoveralls.json", &known);
    let of = || ruled(&repo, "", "excoveralls.json", 10_000);
    assert_eq!(
        (of().0.as_str(), of().2.as_str()),
        ("pass", "no code changed")
    );
    repo.write("lib/a.ex", with(&lines(5), &[(5, "# a comment")]));
    assert_eq!(
        (of().0.as_str(), of().1.as_str()),
        ("pass", "nothing to measure")
    );
    repo.write("README.md", "text\n");
    repo.write("test/a_test.exs", "text\n");
    assert_eq!(of().0, "pass");
    repo.write("lib/b.ex", "new()\n");
    let (ruling, actual, because) = of();
    assert_eq!(
        (ruling.as_str(), actual.as_str()),
        ("undecided", "nothing to measure")
    );
    assert!(because.starts_with("lib/b.ex changed"), "{because}");
}

/// One unknown line may save one missed line, and no more.
#[test]
fn unknown_code_leaves_open_only_what_it_could_change() {
    let repo = shop();
    repo.write("lib/b.ex", "new()\n");
    let of = |min| ruled(&repo, "", "excoveralls.json", min).0;
    assert_eq!(
        (of(6_666), of(6_667)),
        ("undecided".to_owned(), "fail".to_owned())
    );
}

#[test]
fn a_table_without_lines_measures_no_patch() {
    let repo = Repo::new(&[("lib/a.ex", &lines(5))]);
    repo.write("lib/a.ex", with(&lines(5), &[(2, "x()")]));
    let table = concat!(
        env!("CARGO_MANIFEST_DIR"),
        "/fixtures/captures/mix_cover/1.18.3/cover-default"
    );
    let (ruling, _, because) = ruled(&repo, "", table, 100);
    assert_eq!(ruling, "undecided");
    assert!(because.contains("lib/a.ex"), "{because}");
}

#[test]
fn paths_of_folders_apps_and_other_machines() {
    for (name, prefix) in [
        ("lib/a.ex", ""),
        ("lib/a.ex", "shop/"),
        ("lib/a.ex", "shop/apps/a/"),
        ("/home/runner/work/shop/shop/lib/a.ex", "deep/er/"),
    ] {
        let path = format!("{prefix}lib/a.ex");
        let repo = Repo::new(&[(&path, &lines(3)), (".gitignore", "*.json\n")]);
        repo.write(&path, with(&lines(3), &[(2, "x()")]));
        repo.write("c.json", coveralls(&[(name, &hits(&[0, 1, 0]))]));
        let (ruling, actual, _) = ruled(&repo, prefix, "c.json", 10_000);
        assert_eq!(
            (ruling.as_str(), actual.as_str()),
            ("pass", "100.00 %"),
            "{name} in {prefix:?}"
        );
    }
    // From the root of an umbrella, a report of one of its apps.
    let repo = Repo::new(&[("apps/a/lib/a.ex", &lines(3)), ("apps/b/lib/b.ex", "b\n")]);
    repo.write("apps/a/lib/a.ex", with(&lines(3), &[(2, "x()")]));
    repo.write("c.json", coveralls(&[("lib/a.ex", &hits(&[1, 0, 1]))]));
    assert_eq!(ruled(&repo, "", "c.json", 1).0, "fail");
}

#[test]
fn what_git_cannot_show_is_open() {
    let repo = shop();
    repo.write(".gitattributes", "*.ex -diff\n");
    let (ruling, _, because) = ruled(&repo, "", "excoveralls.json", 0);
    assert_eq!(ruling, "undecided");
    assert!(because.contains("git knows no lines"), "{because}");
}
