//! The real thing: `gatekeeper run -- mix test` on a copy of `fixtures/shop`, with real suites of every kind.
//!
//! Needs `mix`; `.ci/run` installs it. Without it these tests fail: a check that is skipped in silence is none.

use std::fs;
use std::path::Path;
use std::process::{Command, Output};
use std::sync::OnceLock;

use serde_json::Value;

/// A copy of a folder, without what tools built in it.
pub fn copy(from: &Path, to: &Path) {
    fs::create_dir_all(to).unwrap();
    for entry in fs::read_dir(from).unwrap().map(Result::unwrap) {
        let (name, path) = (entry.file_name(), entry.path());
        if ["_build", "cover", ".gatekeeper"]
            .iter()
            .any(|n| name == *n)
        {
            continue;
        }
        if path.is_dir() {
            copy(&path, &to.join(name));
        } else {
            fs::copy(&path, to.join(name)).unwrap();
        }
    }
}

/// Runs git in a folder.
pub fn git(dir: &Path, args: &[&str]) {
    let identity = [
        "-c",
        "user.name=a",
        "-c",
        "user.email=a@example.com",
        "-c",
        "commit.gpgsign=false",
    ];
    let out = Command::new("git")
        .args(identity)
        .args(args)
        .current_dir(dir)
        .output()
        .unwrap();
    let said = String::from_utf8_lossy(&out.stderr);
    assert!(out.status.success(), "git {args:?}: {said}");
}

/// Makes a folder a repository whose one commit has everything that is there.
pub fn committed(dir: &Path) {
    git(dir, &["init", "-q"]);
    git(dir, &["add", "."]);
    git(dir, &["commit", "-qm", "all"]);
}

pub fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

/// The shop, compiled once; every copy gets a copy of the build, for two runs of Mix must not share one.
fn built() -> &'static Path {
    static BUILT: OnceLock<tempfile::TempDir> = OnceLock::new();
    let dir = BUILT.get_or_init(|| {
        let dir = tempfile::tempdir().unwrap();
        copy(&root().join("fixtures/shop"), dir.path());
        let compile = Command::new("mix")
            .arg("compile")
            .current_dir(dir.path())
            .env("MIX_ENV", "test")
            .output()
            .expect("these tests need mix (Elixir): apt-get install elixir");
        assert!(
            compile.status.success(),
            "{}",
            String::from_utf8_lossy(&compile.stderr)
        );
        dir
    });
    dir.path()
}

/// A copy of the shop in which commands are run.
pub struct Shop(pub tempfile::TempDir);

impl Shop {
    pub fn new() -> Self {
        let dir = tempfile::tempdir().unwrap();
        copy(built(), dir.path());
        copy(
            &built().join("_build/test"),
            &dir.path().join("_build/test"),
        );
        Self(dir)
    }

    pub fn gatekeeper(&self, args: &[&str]) -> Output {
        Command::new(env!("CARGO_BIN_EXE_gatekeeper"))
            .args(args)
            .current_dir(self.0.path())
            .env("MIX_ENV", "test")
            .env("XDG_CACHE_HOME", env!("CARGO_TARGET_TMPDIR"))
            .env_remove("GITHUB_ACTIONS")
            .env_remove("MIX_TEST_PARTITION")
            .output()
            .unwrap()
    }

    /// Runs `mix test WORDS…` under gatekeeper: the exit code and the report.
    pub fn mix_test(&self, words: &str) -> (i32, Value) {
        let mut args = vec![
            "run",
            "-q",
            "--format",
            "json=report.json",
            "--",
            "mix",
            "test",
            "--seed",
            "0",
        ];
        args.extend(words.split_whitespace());
        let out = self.gatekeeper(&args);
        let report = fs::read(self.0.path().join("report.json")).unwrap();
        (
            out.status.code().unwrap(),
            serde_json::from_slice(&report).unwrap(),
        )
    }
}

pub fn numbers(report: &Value) -> [i64; 5] {
    ["passed", "failed", "invalid", "skipped", "excluded"]
        .map(|k| report["tests"][k].as_i64().unwrap_or(-1))
}

#[test]
fn a_passing_suite_passes() {
    let (code, report) = Shop::new().mix_test("test/shop --exclude not_implemented");
    assert_eq!((code, numbers(&report)), (0, [18, 0, 0, 2, 2]));
    assert_eq!(report["verdict"], "pass");
    assert_eq!(report["sources"][0]["completeness"], "complete");
    assert_eq!(report["sources"][0]["exit_code"], 0);
    assert_eq!(report["project"]["name"], "shop");
}

#[test]
fn a_failing_suite_fails_with_every_failure_in_its_place() {
    let (code, report) = Shop::new().mix_test("test/zoo/asserts_test.exs");
    assert_eq!((code, numbers(&report)), (1, [0, 37, 0, 0, 0]));
    let failures = report["failures"].as_array().unwrap();
    assert_eq!(failures.len(), 37);
    assert_eq!(failures[0]["file"], "test/zoo/asserts_test.exs");
    assert_eq!(failures[0]["line"], 5);
    assert_eq!(
        (&failures[0]["left"], &failures[0]["right"]),
        (&"2".into(), &"3".into())
    );
    assert_eq!(failures[0]["category"], "assert-comparison");
}

#[test]
fn coverage_below_the_limit_fails_though_mix_is_content() {
    let (code, report) = Shop::new().mix_test("test/shop/cart_test.exs --cover");
    assert_eq!(code, 1, "{report:#}");
    let gate = |id: &str| {
        report["gates"]
            .as_array()
            .unwrap()
            .iter()
            .find(|g| g["id"] == id)
            .unwrap()["ruling"]
            .clone()
    };
    assert_eq!(
        (gate("tests"), gate("coverage")),
        ("pass".into(), "fail".into())
    );
}

#[test]
fn what_did_not_run_to_its_end_is_never_a_pass() {
    for (words, expected) in [
        ("test/broken/empty_test.exs", 3),
        ("test/broken/all_excluded_test.exs", 3),
        ("test/broken/only_skipped_test.exs", 3),
        ("test/shop --only no_such_tag", 3),
        ("test/none_such_test.exs", 3),
        ("--no-such-option", 3),
        ("test/broken/vm_halt_test.exs", 3),
        ("test/broken/vm_abort_test.exs", 3),
        ("test/broken/compile_error_test.exs", 1),
        ("test/broken/syntax_error_test.exs", 1),
        ("test/broken/setup_all_raise_test.exs", 1),
        ("test/broken/setup_all_exit_test.exs", 1),
    ] {
        let (code, report) = Shop::new().mix_test(words);
        assert_eq!(code, expected, "mix test {words}: {:#}", report["gates"]);
    }
}

/// What code under test can do to the text and the exit code of its own run: twelve cases, each a real run. By text
/// alone the best answer is often "undecided"; it is never `pass`. The first is the control: an honest suite. The
/// eighth has no source, for it has no test file.
#[test]
fn forged_runs_do_not_pass() {
    let dir = root().join("fixtures/forgery");
    for number in 1..=12 {
        let mut sources = fs::read_dir(&dir).unwrap().map(|e| e.unwrap().path());
        let source = sources.find(|p| {
            let name = p.file_name().unwrap().to_string_lossy();
            name.starts_with(&format!("{number:02}_")) && name.ends_with("_test.exs")
        });
        assert_eq!(source.is_none(), number == 8, "source of case {number}");
        let shop = Shop::new();
        let tests = shop.0.path().join("test/shop");
        fs::remove_dir_all(&tests).unwrap();
        fs::create_dir_all(&tests).unwrap();
        fs::write(tests.join("test_helper.exs"), "ExUnit.start()\n").unwrap();
        if let Some(source) = source {
            fs::copy(&source, tests.join(source.file_name().unwrap())).unwrap();
        }
        let (code, report) = shop.mix_test("test/shop");
        assert_eq!(
            code == 0,
            number == 1,
            "case {number}: {:#}",
            report["gates"]
        );
    }
}

#[test]
fn what_is_recorded_is_bound_to_the_tree() {
    let shop = Shop::new();
    committed(shop.0.path());
    let nothing = shop.gatekeeper(&["check"]);
    assert_eq!(nothing.status.code(), Some(3), "nothing is recorded yet");
    assert_eq!(shop.mix_test("test/shop/cart_test.exs").0, 0);
    assert_eq!(
        shop.gatekeeper(&["check"]).status.code(),
        Some(0),
        "fresh evidence is as good as the run"
    );
    let source = shop.0.path().join("lib/shop/cart.ex");
    let text = fs::read_to_string(&source).unwrap();
    fs::write(&source, format!("{text}\n# changed\n")).unwrap();
    let stale = shop.gatekeeper(&["check"]);
    assert_eq!(stale.status.code(), Some(3));
    assert!(String::from_utf8_lossy(&stale.stdout).contains("files changed since it ran"));
    fs::write(&source, text).unwrap();
    assert_eq!(
        shop.gatekeeper(&["check"]).status.code(),
        Some(0),
        "the tree is as it was"
    );
    let log = shop.0.path().join(".gatekeeper/runs/0001/stdout.txt");
    let bytes = fs::read_to_string(&log).unwrap();
    fs::write(&log, bytes.replace("0 failures", "0 failures ")).unwrap();
    let changed = shop.gatekeeper(&["check"]);
    assert_eq!(changed.status.code(), Some(3));
    assert!(String::from_utf8_lossy(&changed.stdout).contains("was changed after the run"));
}

/// `mix format` prints nothing when all is well: its silence is a report only beside its exit code.
#[test]
fn formatting_is_judged_by_silence_and_exit_code() {
    let shop = Shop::new();
    let file = "lib/shop/cart.ex";
    let check = |words: &[&str]| {
        let mut args = vec!["run", "--no-record", "--require", "format", "--"];
        args.extend(words);
        shop.gatekeeper(&args).status.code()
    };
    let format = ["mix", "format", "--check-formatted", file];
    assert_eq!(check(&format), Some(0));
    let nothing = ["mix", "format", "--check-formatted", "lib/none.ex"];
    assert_eq!(check(&nothing), Some(3), "no file was looked at");
    let muted = format!("{} || true", format.join(" "));
    assert_eq!(check(&["sh", "-c", &muted]), Some(3), "0 says nothing here");
    let source = shop.0.path().join(file);
    let text = fs::read_to_string(&source).unwrap();
    fs::write(&source, text.replace("  def ", "    def ")).unwrap();
    assert_eq!(check(&format), Some(1));
    assert_eq!(check(&["sh", "-c", &muted]), Some(1));
}
