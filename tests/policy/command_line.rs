//! The policy at the command line: found, shown, validated, written, and taken from another commit.

use std::fs;
use std::path::Path;
use std::process::{Command, Output};

use gatekeeper::gates::GATES;

use super::{LINES, PASS, SOBELOW, waiver};
use crate::real::git;

fn gatekeeper(dir: &Path, args: &[&str]) -> Output {
    let mut command = Command::new(env!("CARGO_BIN_EXE_gatekeeper"));
    command.args(args).current_dir(dir);
    for name in [
        "GATEKEEPER_CONFIG",
        "GATEKEEPER_POLICY_FROM",
        "GATEKEEPER_REQUIRE",
        "GATEKEEPER_SHARDS",
        "XDG_CONFIG_HOME",
    ] {
        command.env_remove(name);
    }
    command
        .env("SOURCE_DATE_EPOCH", "1795219200")
        .output()
        .unwrap()
}

fn text(output: &Output) -> String {
    String::from_utf8_lossy(&output.stdout).into_owned() + &String::from_utf8_lossy(&output.stderr)
}

#[test]
fn the_policy_of_the_base_decides() {
    let dir = tempfile::tempdir().unwrap();
    let root = dir.path();
    fs::create_dir_all(root.join("apps/web")).unwrap();
    fs::write(root.join("gatekeeper.toml"), "[tests]\nmax_skipped = 1\n").unwrap();
    fs::write(root.join(".credo.exs"), "strict").unwrap();
    git(root, &["init", "-q", "-b", "main"]);
    git(root, &["add", "."]);
    git(root, &["commit", "-qm", "policy"]);
    fs::write(root.join("gatekeeper.toml"), "[tests]\nmax_skipped = 99\n").unwrap();
    fs::write(root.join(".credo.exs"), "lax").unwrap();
    let capture = Path::new(env!("CARGO_MANIFEST_DIR"))
        .join("fixtures/captures")
        .join(PASS);
    let capture = capture.to_str().unwrap();
    let check = |dir: &Path, more: &[&str]| {
        let mut args = vec!["check"];
        args.extend(more);
        args.push(capture);
        gatekeeper(dir, &args)
    };
    assert_eq!(
        check(root, &[]).status.code(),
        Some(0),
        "the tree's own policy is loose"
    );
    for dir in [root.to_owned(), root.join("apps/web")] {
        let judged = check(&dir, &["--policy-from", "main"]);
        assert_eq!(judged.status.code(), Some(1), "{}", text(&judged));
        let shown = text(&judged);
        assert!(
            shown.contains("tests.max_skipped: 1, would be 99"),
            "{shown}"
        );
        assert!(shown.contains("by the tree's own policy: pass"), "{shown}");
    }
    for reference in ["gone", "--help", "main:gatekeeper.toml"] {
        let judged = check(root, &[&format!("--policy-from={reference}")]);
        assert_eq!(
            judged.status.code(),
            Some(2),
            "{reference}: {}",
            text(&judged)
        );
    }
    let both = check(
        root,
        &["--policy-from", "main", "--config", "gatekeeper.toml"],
    );
    assert_eq!(both.status.code(), Some(2));
    fs::write(root.join("gatekeeper.toml"), "[tests]\nmax = 99\n").unwrap();
    assert_eq!(
        check(root, &["--policy-from", "main"]).status.code(),
        Some(1),
        "a broken one does not decide"
    );
    assert_eq!(check(root, &[]).status.code(), Some(2));
}

#[test]
fn the_policy_is_found_shown_and_validated() {
    let dir = tempfile::tempdir().unwrap();
    let root = dir.path();
    fs::create_dir_all(root.join(".git")).unwrap();
    fs::create_dir_all(root.join("repo/.git")).unwrap();
    fs::create_dir_all(root.join("repo/lib/deep")).unwrap();
    fs::create_dir_all(root.join("repo/.config")).unwrap();
    fs::write(root.join("gatekeeper.toml"), "nonsense").unwrap();
    let repo = root.join("repo");
    let deep = repo.join("lib/deep");
    let none = gatekeeper(&deep, &["config", "show"]);
    assert_eq!(
        none.status.code(),
        Some(0),
        "beyond the repository nothing is read: {}",
        text(&none)
    );
    fs::write(
        repo.join(".config/gatekeeper.toml"),
        "[tests]\nmax_skipped = 3\n",
    )
    .unwrap();
    let shown = text(&gatekeeper(&deep, &["config", "show"]));
    assert!(
        shown.contains("tests.max_skipped") && shown.contains(".config/gatekeeper.toml:2"),
        "{shown}"
    );
    let json = gatekeeper(
        &deep,
        &["config", "show", "--format", "json", "--require", "credo"],
    );
    let json: serde_json::Value = serde_json::from_slice(&json.stdout).unwrap();
    assert_eq!(json["values"][0]["key"], "require credo");
    assert_eq!(json["values"][0]["source"], "--require");
    assert_eq!(
        gatekeeper(&deep, &["config", "validate"]).status.code(),
        Some(0)
    );
    fs::write(repo.join("gatekeeper.toml"), "").unwrap();
    assert_eq!(
        gatekeeper(&deep, &["config", "validate"]).status.code(),
        Some(2),
        "two policies"
    );
    fs::write(repo.join("bad.toml"), "[tests]\nmax_skiped = 3\nfoo = 1\n").unwrap();
    let bad = gatekeeper(&repo, &["config", "validate", "--config", "bad.toml"]);
    assert_eq!(bad.status.code(), Some(2));
    let said = text(&bad);
    for part in [
        "bad.toml: 2 problems",
        "bad.toml:2:1: unknown key",
        "2 | max_skiped = 3",
        "bad.toml:3:1:",
    ] {
        assert!(said.contains(part), "{part} in {said}");
    }
}

#[test]
fn a_file_of_the_user_loosens_nothing() {
    let dir = tempfile::tempdir().unwrap();
    let user = dir.path().join("home/gatekeeper");
    fs::create_dir_all(&user).unwrap();
    fs::create_dir_all(dir.path().join("project/.git")).unwrap();
    fs::write(user.join("gatekeeper.toml"), "[coverage]\nmin = 0\n").unwrap();
    let out = Command::new(env!("CARGO_BIN_EXE_gatekeeper"))
        .args(["config", "show"])
        .current_dir(dir.path().join("project"))
        .env("XDG_CONFIG_HOME", dir.path().join("home"))
        .output()
        .unwrap();
    let shown = text(&out);
    assert!(
        shown.contains("80.00") && shown.contains("is not read"),
        "{shown}"
    );
}

#[test]
fn init_writes_a_policy_that_validates() {
    let dir = tempfile::tempdir().unwrap();
    let root = dir.path();
    fs::create_dir(root.join(".git")).unwrap();
    for folder in [
        "lib/shop",
        "lib/shop_web/controllers",
        "lib/shop_web/live",
        "lib/shop_web/components",
    ] {
        fs::create_dir_all(root.join(folder)).unwrap();
    }
    let mix = "defp deps, do: [{:credo, \"~> 1.7\"}, {:excoveralls, \"~> 0.18\"}, {:sobelow, \"~> 0.13\"},
      {:doctor, \"~> 0.22\"}, {:benchee_json, \"~> 1.0\"}]";
    fs::write(root.join("mix.exs"), mix).unwrap();
    assert_eq!(gatekeeper(root, &["init"]).status.code(), Some(0));
    let written = fs::read_to_string(root.join("gatekeeper.toml")).unwrap();
    for line in [
        "require = [\"tests\", \"credo\", \"sobelow\"]",
        "paths = [\"lib/shop/**\"]",
        "paths = [\"lib/shop_web/live/**\"]",
        "name = \"shop_web controllers\"",
        "# [docs]",
        "# [[benchmark]]",
    ] {
        assert!(written.contains(line), "{line} in {written}");
    }
    assert_eq!(
        gatekeeper(root, &["config", "validate"]).status.code(),
        Some(0)
    );
    // What is commented out is valid too.
    let all = written.lines().map(|line| match line.strip_prefix("# ") {
        Some(rest) if rest.starts_with('[') || rest.contains(" = ") => rest,
        _ => line,
    });
    fs::write(
        root.join("gatekeeper.toml"),
        all.collect::<Vec<_>>().join("\n"),
    )
    .unwrap();
    let valid = gatekeeper(root, &["config", "validate"]);
    assert_eq!(valid.status.code(), Some(0), "{}", text(&valid));
    fs::write(root.join("gatekeeper.toml"), "# mine\n").unwrap();
    assert_eq!(gatekeeper(root, &["init"]).status.code(), Some(2));
    assert_eq!(
        fs::read_to_string(root.join("gatekeeper.toml")).unwrap(),
        "# mine\n"
    );
    assert_eq!(
        gatekeeper(root, &["init", "--force"]).status.code(),
        Some(0)
    );
    // An umbrella without a tool.
    let other = tempfile::tempdir().unwrap();
    fs::create_dir_all(other.path().join("apps/web/lib/web")).unwrap();
    fs::write(other.path().join("apps/web/mix.exs"), "").unwrap();
    assert_eq!(gatekeeper(other.path(), &["init"]).status.code(), Some(0));
    let written = fs::read_to_string(other.path().join("gatekeeper.toml")).unwrap();
    assert!(
        written.contains("# paths = [\"apps/web/lib/web/**\"]"),
        "{written}"
    );
}

#[test]
fn suppressions_of_the_project_are_listed() {
    let dir = tempfile::tempdir().unwrap();
    fs::create_dir_all(dir.path().join("lib")).unwrap();
    fs::write(
        dir.path().join("lib/a.ex"),
        "# credo:disable-for-this-file\n",
    )
    .unwrap();
    let shown = text(&gatekeeper(dir.path(), &["config", "show"]));
    assert!(shown.contains("credo     lib/a.ex:1"), "{shown}");
    let out = gatekeeper(dir.path(), &["check", "--format", "json", "lib/a.ex"]);
    let json: serde_json::Value = serde_json::from_slice(&out.stdout).unwrap();
    assert_eq!(json["suppressions"][0]["line"], 1);
}

#[test]
fn every_part_of_a_gate_is_explained() {
    let here = Path::new(env!("CARGO_MANIFEST_DIR"));
    for id in [
        "findings.sobelow",
        "coverage.layer:contexts",
        "coverage.file:lib/a.ex",
    ] {
        assert_eq!(
            gatekeeper(here, &["explain", id]).status.code(),
            Some(0),
            "{id}"
        );
    }
    assert!(GATES.iter().all(|g| !g.explanation.is_empty()));
}

#[test]
fn an_option_wins_over_its_variable_and_that_over_the_file() {
    let dir = tempfile::tempdir().unwrap();
    fs::create_dir(dir.path().join(".git")).unwrap();
    fs::write(
        dir.path().join("gatekeeper.toml"),
        "require = [\"tests\"]\nexpected_shards = 2\n",
    )
    .unwrap();
    let show = |variables: &[(&str, &str)], args: &[&str]| {
        let mut command = Command::new(env!("CARGO_BIN_EXE_gatekeeper"));
        command
            .args(["config", "show"])
            .args(args)
            .current_dir(dir.path());
        command.envs(variables.iter().copied());
        text(&command.output().unwrap())
    };
    let shards = |shown: &str| {
        let line = shown
            .lines()
            .find(|l| l.contains("expected_shards"))
            .unwrap();
        line.split_whitespace()
            .skip(1)
            .collect::<Vec<_>>()
            .join(" ")
    };
    assert_eq!(shards(&show(&[], &[])), "2 gatekeeper.toml:2");
    let set = [
        ("GATEKEEPER_SHARDS", "3"),
        ("GATEKEEPER_REQUIRE", "credo"),
        ("GATEKEEPER_CONFIG", ""),
    ];
    assert_eq!(shards(&show(&set, &[])), "3 GATEKEEPER_SHARDS");
    assert_eq!(shards(&show(&set, &["--shards", "4"])), "4 --shards");
    let shown = show(&set, &["--require", "dialyzer"]);
    assert!(
        shown.contains("require tests") && shown.contains("require dialyzer"),
        "{shown}"
    );
    for wrong in ["0", "-1", "many", "99999999999"] {
        let out = gatekeeper(dir.path(), &["check", &format!("--shards={wrong}")]);
        assert_eq!(out.status.code(), Some(2), "{wrong}: {}", text(&out));
    }
}

#[test]
fn the_wire_tells_limits_and_waivers() {
    let dir = tempfile::tempdir().unwrap();
    fs::create_dir(dir.path().join(".git")).unwrap();
    let policy = waiver(
        "sobelow:Config.HTTPS",
        "path = \"config/prod.exs\"",
        "2027-03-31",
    ) + "[coverage]\nmin = 50\nseverity = \"warn\"\n[[coverage.layer]]\nname = \"all\"\npaths = [\"lib/**\"]\nmin = 60\n";
    fs::write(dir.path().join("gatekeeper.toml"), policy).unwrap();
    let captures = Path::new(env!("CARGO_MANIFEST_DIR")).join("fixtures/captures");
    let (sobelow, lines) = (captures.join(SOBELOW), captures.join(LINES));
    let args = [
        "check",
        "--format",
        "json",
        sobelow.to_str().unwrap(),
        lines.to_str().unwrap(),
    ];
    let out = gatekeeper(dir.path(), &args);
    let json: serde_json::Value = serde_json::from_slice(&out.stdout).unwrap();
    let gates = json["gates"].as_array().unwrap();
    let gate = |id: &str| gates.iter().find(|g| g["id"] == id).unwrap();
    assert_eq!(gate("coverage")["severity"], "warn");
    assert_eq!(gate("coverage")["source"], "gatekeeper.toml:8");
    assert_eq!(gate("coverage.layer:all")["ruling"], "fail");
    assert_eq!(gate("security")["source"], "default");
    assert_eq!(json["coverage"]["layers"][0]["covered"], 34);
    assert_eq!(json["coverage"]["layers"][0]["percent"], "51.51");
    assert_eq!(json["waivers"][0]["state"], "active");
    assert_eq!(json["waivers"][0]["matched"], 1);
    assert_eq!(json["waivers"][0]["expires"], "2027-03-31");
    let waived = json["findings"]
        .as_array()
        .unwrap()
        .iter()
        .filter(|f| f["status"] == "waived");
    assert_eq!(waived.count(), 1);
    assert_eq!(json["policy"], serde_json::Value::Null);
}

/// What a test writes over the policy while it runs comes too late.
#[test]
fn the_policy_is_read_before_the_command_runs() {
    let dir = tempfile::tempdir().unwrap();
    fs::create_dir(dir.path().join(".git")).unwrap();
    fs::write(
        dir.path().join("gatekeeper.toml"),
        "[tests]\nmax_skipped = 1\n",
    )
    .unwrap();
    let log = Path::new(env!("CARGO_MANIFEST_DIR"))
        .join("fixtures/captures")
        .join(PASS)
        .join("stdout.txt");
    let script = format!("echo '[tests]' > gatekeeper.toml; cat {}", log.display());
    let out = gatekeeper(
        dir.path(),
        &["run", "--no-record", "--", "sh", "-c", &script],
    );
    assert_eq!(out.status.code(), Some(1), "{}", text(&out));
    assert!(text(&out).contains("tests.skipped"));
}
