//! `gatekeeper run` without a command: stand-ins for Mix that print real captures, and the real thing on the shop.

use std::fs;
use std::os::unix::fs::PermissionsExt as _;
use std::path::Path;
use std::process::{Command, Output};

use serde_json::Value;

use crate::real::{Shop, committed, root};

/// A project with a `mix` that prints captures and ends as they did.
pub struct Fake(tempfile::TempDir);

const MIX: &str = "defmodule Shop.MixProject do
  def project, do: [app: :shop, deps: deps()]
  defp deps do
    [
      {:credo, \"~> 1.7\"}, {:sobelow, \"~> 0.14\"}, {:dialyxir, \"~> 1.4\"},
      {:mix_audit, \"~> 2.1\"}, {:doctor, \"~> 0.22\"}
    ]
  end
end
";

/// The task, and the capture of a clean run of it.
const CLEAN: [(&str, &str); 9] = [
    ("format", "mix_format/1.20.4/clean"),
    ("deps.unlock", "deps_unlock/1.14.0/clean"),
    ("hex.audit", "hex_audit/2.4.2-synthetic/clean"),
    ("deps.audit", "mix_audit/2.1.5-1.20.4/clean-json"),
    ("credo", "credo/1.7.19-1.20.4/clean-json"),
    ("sobelow", "sobelow/0.15.0-1.20.4/webclean-fmt-json"),
    ("doctor", "doctor/0.23.0-synthetic/clean"),
    ("test", "mix_cover/1.18.3/cover-default"),
    ("dialyzer", "dialyxir/1.4.7-1.20.4/clean"),
];

const STEPS: [&str; 10] = [
    "compile",
    "format",
    "deps_unlock",
    "hex_audit",
    "deps_audit",
    "credo",
    "sobelow",
    "doctor",
    "test",
    "dialyzer",
];

impl Fake {
    pub fn new() -> Self {
        let fake = Self(tempfile::tempdir().unwrap());
        fake.write("mix.exs", MIX);
        fake.write(
            "mix.lock",
            "%{\n  \"credo\": {:hex, :credo, \"1.7.19\"},\n}\n",
        );
        fake.write(".formatter.exs", "[]\n");
        fake.write("gatekeeper.toml", "[coverage]\nmin = 10\n");
        let here = fake.path().display().to_string();
        let script = format!(
            "#!/bin/sh\necho \"$*\" >> {here}/ran\ncd {here}/captures/$1 2>/dev/null || exit 0\n\
             [ -f sleep ] && sleep $(cat sleep)\n\
             if [ -f await ]; then n=0; until grep -q \"$(cat await)\" {here}/ran; do\n\
             sleep 0.1; n=$((n+1)); [ $n -lt 300 ] || exit 9; done; fi\n\
             [ -f trap ] && {{ trap 'exit 0' TERM; cat stdout.txt; sleep 60 & wait; }}\ncat stdout.txt; cat stderr.txt >&2; exit $(cat exit.txt)\n"
        );
        fake.write("bin/mix", &script);
        let mode = fs::Permissions::from_mode(0o755);
        fs::set_permissions(fake.path().join("bin/mix"), mode).unwrap();
        for (task, capture) in CLEAN {
            fake.task(task, capture);
        }
        fake
    }

    pub fn path(&self) -> &Path {
        self.0.path()
    }

    pub fn write(&self, name: &str, text: &str) {
        let path = self.path().join(name);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, text).unwrap();
    }

    /// The task prints this capture from now on.
    pub fn task(&self, task: &str, capture: &str) {
        for file in ["stdout.txt", "stderr.txt", "exit.txt"] {
            let from = root().join("fixtures/captures").join(capture).join(file);
            let text = fs::read_to_string(from).unwrap();
            self.write(&format!("captures/{task}/{file}"), &text);
        }
    }

    fn run(&self, args: &[&str]) -> (i32, String, Value) {
        let out = self.output(&[&["run", "--format", "json=report.json"], args].concat());
        let report = fs::read(self.path().join("report.json")).unwrap_or_default();
        (
            out.status.code().unwrap(),
            String::from_utf8(out.stderr).unwrap(),
            serde_json::from_slice(&report).unwrap_or_default(),
        )
    }

    fn output(&self, args: &[&str]) -> Output {
        let path = format!("{}/bin:/usr/bin:/bin", self.path().display());
        Command::new(env!("CARGO_BIN_EXE_gatekeeper"))
            .args(args)
            .current_dir(self.path())
            .env("PATH", path)
            .env("XDG_CACHE_HOME", env!("CARGO_TARGET_TMPDIR"))
            .env_remove("GITHUB_ACTIONS")
            .env_remove("MIX_TEST_PARTITION")
            .output()
            .unwrap()
    }

    /// The tree is that of a commit; what the stand-ins need is no part of it.
    fn commit(&self) {
        self.write(".gitignore", "ran\nbin\ncaptures\nreport.json\n");
        committed(self.path());
    }

    /// What was run since the last time.
    fn ran(&self) -> Vec<String> {
        let path = self.path().join("ran");
        let text = fs::read_to_string(&path).unwrap_or_default();
        let _ = fs::remove_file(path);
        text.lines().map(str::to_owned).collect()
    }
}

/// Steps with what is said of each.
fn rows(stderr: &str) -> Vec<(String, String)> {
    let mut found = Vec::new();
    for line in stderr.lines() {
        let rest = line.split_once(' ').filter(|(id, _)| STEPS.contains(id));
        if let Some((id, rest)) = rest {
            let word = rest.trim().split("  ").next().unwrap();
            found.push((id.to_owned(), word.to_owned()));
        }
    }
    found
}

fn ruling(report: &Value, gate: &str) -> String {
    let gates = report["gates"].as_array().unwrap();
    let found: Vec<&Value> = gates.iter().filter(|g| g["id"] == gate).collect();
    assert_eq!(found.len(), 1, "{gate}: {gates:#?}");
    found[0]["ruling"].as_str().unwrap().to_owned()
}

#[test]
fn everything_that_the_project_has_is_run_and_judged_together() {
    let fake = Fake::new();
    let require = "tests,coverage,compile,format,credo,sobelow,mix_audit,hex_audit,dialyzer,deps";
    let (code, stderr, report) = fake.run(&["--require", require]);
    let expected: Vec<(String, String)> =
        STEPS.iter().map(|id| ((*id).into(), "ok".into())).collect();
    assert_eq!(rows(&stderr), expected, "{stderr}");
    assert_eq!(
        (code, report["verdict"].as_str()),
        (0, Some("pass")),
        "{stderr}"
    );
    let mut ran = fake.ran();
    // These two run beside `format`, in any order.
    ran[1..4].sort();
    assert_eq!(
        ran,
        [
            "compile --all-warnings",
            "deps.unlock --check-unused",
            "format --check-formatted",
            "hex.audit",
            "deps.audit --format json",
            "credo --strict --format json",
            "sobelow --private --format json --exit low",
            "doctor",
            "test --cover",
            "dialyzer",
        ]
    );
    assert!(stderr.contains("── credo: mix credo --strict --format json\n"));
    // Each is a run of its own in the record.
    let runs = fs::read_dir(fake.path().join(".gatekeeper/runs")).unwrap();
    assert_eq!(runs.count(), 10);
}

/// A report without what differs from run to run.
fn timeless(mut report: Value) -> Value {
    for source in report["sources"].as_array_mut().unwrap() {
        source["duration_ms"] = Value::Null;
    }
    report
}

/// What was said of the plan, without times.
fn said(stderr: &str) -> Vec<String> {
    let time = |word: &&str| !word.ends_with('s') || word.parse::<char>().is_ok();
    let line = |l: &str| {
        let words: Vec<&str> = l
            .split_whitespace()
            .filter(|w| {
                let number = w.trim_end_matches('s').parse::<f64>().is_ok();
                !number || time(w)
            })
            .collect();
        words.join(" ")
    };
    stderr.lines().map(line).collect()
}

#[test]
fn what_reads_the_lockfile_alone_runs_beside_and_is_told_in_its_turn() {
    let fake = Fake::new();
    // --fail-fast is one after the other.
    let (code, in_turn, one_by_one) = fake.run(&["--fail-fast"]);
    assert_eq!(code, 0, "{in_turn}");
    fake.ran();
    // Where it is not started beside, `format` waits for it in vain, and the plan does not pass.
    fake.write("captures/format/await", "^hex.audit");
    let (code, stderr, report) = fake.run(&[]);
    assert_eq!(code, 0, "{stderr}");
    let ran = fake.ran();
    let at = |task: &str| ran.iter().position(|r| r.starts_with(task)).unwrap();
    assert_eq!((at("compile"), ran.len()), (0, 10));
    assert!(
        at("deps.unlock").max(at("hex.audit")) < at("deps.audit"),
        "{ran:?}"
    );
    assert_eq!(said(&stderr), said(&in_turn));
    assert_eq!(timeless(report), timeless(one_by_one));
    // What fails beside fails all the same, and what it printed stands below its own name.
    fake.task("deps.unlock", "deps_unlock/1.14.0/unused");
    let (code, stderr, report) = fake.run(&[]);
    assert_eq!(
        (code, ruling(&report, "deps")),
        (1, "fail".into()),
        "{stderr}"
    );
    let printed = fs::read_to_string(fake.path().join("captures/deps.unlock/stderr.txt")).unwrap();
    assert!(!printed.trim().is_empty());
    let below = format!("── deps_unlock: mix deps.unlock --check-unused\n{printed}");
    assert!(stderr.contains(&below), "{stderr}");
}

#[test]
fn one_failing_step_fails_the_plan_and_the_others_still_run() {
    let fake = Fake::new();
    fake.task("credo", "credo/1.7.19-1.20.4/json-strict");
    let (code, stderr, report) = fake.run(&[]);
    assert_eq!(code, 1, "{stderr}");
    assert_eq!(ruling(&report, "credo"), "fail");
    assert_eq!(ruling(&report, "dialyzer"), "pass");
    assert_eq!(fake.ran().len(), 10);
    let (code, stderr, report) = fake.run(&["--fail-fast", "--require", "dialyzer"]);
    assert_eq!(code, 1, "{stderr}");
    assert_eq!(fake.ran().len(), 6);
    assert_eq!(ruling(&report, "dialyzer"), "undecided");
    let of = |id: &str| rows(&stderr).into_iter().find(|(i, _)| i == id).unwrap().1;
    assert_eq!(
        ["credo", "sobelow", "dialyzer"].map(of),
        ["fail", "not run", "not run"]
    );
}

#[test]
fn a_step_that_says_nothing_is_undecided() {
    let fake = Fake::new();
    for file in ["stdout.txt", "stderr.txt"] {
        fake.write(&format!("captures/credo/{file}"), "");
    }
    let (code, stderr, _) = fake.run(&[]);
    assert_eq!(code, 3, "{stderr}");
    assert!(rows(&stderr).contains(&("credo".into(), "undecided".into())));
}

#[test]
fn only_and_except_choose_and_what_is_required_stays_undecided() {
    let fake = Fake::new();
    let (code, stderr, _) = fake.run(&["--only", "format,credo"]);
    assert_eq!(code, 0, "{stderr}");
    assert_eq!(fake.ran().len(), 2);
    let (code, _, report) = fake.run(&["--only", "format", "--require", "credo"]);
    assert_eq!((code, ruling(&report, "credo")), (3, "undecided".into()));
    fake.ran();
    fake.run(&["--except", "test,dialyzer"]);
    assert_eq!(fake.ran().len(), 8);
    for args in [["--only", "creedo"], ["--except", "creedo"]] {
        let (code, stderr, _) = fake.run(&args);
        assert_eq!(code, 2);
        assert!(stderr.contains("the plan has no step"), "{stderr}");
    }
    assert_eq!(fake.ran().len(), 0);
}

#[test]
fn a_step_that_takes_too_long_is_ended_and_undecided() {
    let fake = Fake::new();
    fake.write("captures/credo/sleep", "60");
    let (code, stderr, report) = fake.run(&["--timeout", "1", "--only", "format,credo"]);
    assert_eq!(code, 3, "{stderr}");
    assert_eq!(ruling(&report, "credo"), "undecided");
    assert!(stderr.contains("took longer than --timeout"), "{stderr}");
    // The record says it as well.
    for report in [report, {
        let out = fake.output(&["check", "--format", "json"]);
        assert_eq!(out.status.code(), Some(3));
        serde_json::from_slice(&out.stdout).unwrap()
    }] {
        let sources = report["sources"].as_array().unwrap();
        let credo = sources.iter().find(|s| s["tool"] == "credo").unwrap();
        let defects = credo["defects"].to_string();
        assert!(defects.contains("took longer than"), "{defects}");
    }
}

#[test]
fn an_end_by_the_limit_proves_nothing_whatever_it_printed() {
    let fake = Fake::new();
    fake.write("captures/credo/trap", "");
    let (code, stderr, report) = fake.run(&["--timeout", "1", "--only", "credo"]);
    assert_eq!(
        (code, ruling(&report, "credo")),
        (3, "undecided".into()),
        "{stderr}"
    );
    let exit = &report["sources"][0]["exit_code"];
    assert_eq!(exit, 0, "{report:#}");
}

#[test]
fn quiet_leaves_the_report_alone() {
    let fake = Fake::new();
    let out = fake.output(&["run", "-q", "--only", "format,credo"]);
    assert_eq!(out.status.code(), Some(0));
    assert_eq!(out.stderr, b"");
    let text = String::from_utf8(out.stdout).unwrap();
    assert!(text.contains("gatekeeper: PASS"), "{text}");
    assert!(!text.contains("issues\""), "{text}");
}

#[test]
fn without_a_project_there_is_no_plan() {
    let dir = tempfile::tempdir().unwrap();
    let out = Command::new(env!("CARGO_BIN_EXE_gatekeeper"))
        .arg("run")
        .current_dir(dir.path())
        .output()
        .unwrap();
    assert_eq!(out.status.code(), Some(2));
    let text = String::from_utf8(out.stderr).unwrap();
    assert!(text.contains("there is no mix.exs here"), "{text}");
}

#[test]
fn a_planned_tool_that_is_missing_is_named_with_its_line() {
    let fake = Fake::new();
    fake.write("mix.exs", "[app: :shop]");
    fake.write(
        "gatekeeper.toml",
        "[plan]\nsteps = [\"format\", \"doctor\"]\n",
    );
    let (code, stderr, _) = fake.run(&[]);
    assert_eq!(code, 2);
    assert!(stderr.contains("{:doctor, \"~> 0.22\""), "{stderr}");
    assert!(fake.ran().is_empty());
}

#[test]
fn failed_runs_again_what_did_not_pass() {
    let fake = Fake::new();
    fake.commit();
    fake.task("credo", "credo/1.7.19-1.20.4/json-strict");
    let only = ["--only", "format,credo,dialyzer"];
    assert_eq!(fake.run(&only).0, 1);
    fake.ran();
    fake.task("credo", "credo/1.7.19-1.20.4/clean-json");
    let again = [&only[..], &["--failed"]].concat();
    let (code, stderr, report) = fake.run(&again);
    assert_eq!(fake.ran(), ["credo --strict --format json"]);
    assert_eq!(code, 0, "{stderr}");
    assert_eq!(ruling(&report, "dialyzer"), "pass");
    // What passed for other files is not run again, and does not count.
    fake.write("lib.ex", "changed\n");
    let (code, stderr, report) = fake.run(&again);
    assert_eq!(fake.ran().len(), 0);
    assert_eq!(
        (code, ruling(&report, "dialyzer")),
        (3, "undecided".into()),
        "{stderr}"
    );
}

#[test]
fn the_shop_has_a_plan() {
    let shop = Shop::new();
    let dir = shop.0.path();
    fs::write(dir.join("mix.lock"), "%{\n}\n").unwrap();
    // A warning that is printed in each environment counts once.
    let lib = dir.join("lib/shop/coupon.ex");
    let text = fs::read_to_string(&lib).unwrap();
    let text = text.trim_end().strip_suffix("end").unwrap();
    fs::write(&lib, format!("{text}\n  def warns, do: (1; 2)\nend\n")).unwrap();
    let policy = "require = [\"tests\", \"coverage\", \"compile\", \"format\", \"deps\"]\n[coverage]\nmin = 10\n";
    let rebuilt = "[plan.commands]\ncompile = \"MIX_ENV=dev mix compile --all-warnings\"\n";
    fs::write(dir.join("gatekeeper.toml"), format!("{policy}{rebuilt}")).unwrap();
    let out = shop.gatekeeper(&["run", "--format", "json=report.json"]);
    let stderr = String::from_utf8_lossy(&out.stderr).into_owned();
    let report: Value =
        serde_json::from_slice(&fs::read(dir.join("report.json")).unwrap()).unwrap();
    let ids: Vec<String> = rows(&stderr).into_iter().map(|(id, _)| id).collect();
    assert_eq!(
        ids,
        ["compile", "format", "deps_unlock", "test"],
        "{stderr}"
    );
    for gate in ["compile", "tests", "coverage", "deps"] {
        assert_ne!(ruling(&report, gate), "undecided", "{gate}: {report:#}");
    }
    let tests = report["sources"].as_array().unwrap();
    let tests = tests.iter().find(|s| s["tool"] == "exunit").unwrap();
    assert_eq!(tests["trust"], "channel");
    let printed = stderr
        .matches("code block contains unused literal 1")
        .count();
    let findings = report["findings"].as_array().unwrap().iter();
    let counted =
        findings.filter(|f| f["rule"] == "unused-value" && f["path"] == "lib/shop/coupon.ex");
    assert_eq!((printed, counted.count()), (2, 1), "{stderr}");
}

/// Of a command, failed tests run first; they never prove the rest.
#[test]
fn failed_tests_run_first_and_all_of_them_when_these_pass() {
    let fake = Fake::new();
    fake.commit();
    let test = |fake: &Fake| fake.run(&["--failed", "--", "mix", "test", "--cover"]);
    // Nothing is recorded: all of it runs.
    fake.task("test", "exunit/1.20.4/exclude");
    assert_eq!(
        (test(&fake).0, fake.ran()),
        (1, vec!["test --cover".to_owned()])
    );
    // What failed fails still: that is all that is run.
    let (code, stderr, _) = test(&fake);
    let failed = "test --cover --failed".to_owned();
    assert_eq!((code, fake.ran()), (1, vec![failed.clone()]), "{stderr}");
    // It passes now: the whole runs, and is what is judged.
    fake.task("test", "mix_cover/1.18.3/cover-default");
    let (code, stderr, report) = test(&fake);
    assert_eq!(
        (code, fake.ran()),
        (0, vec![failed, "test --cover".to_owned()]),
        "{stderr}"
    );
    assert_eq!(report["sources"][0]["label"], "mix test --cover");
    // It passed: nothing runs, until a file changes.
    let (code, stderr, _) = test(&fake);
    assert_eq!((code, fake.ran()), (0, Vec::<String>::new()), "{stderr}");
    fake.write("lib/a.ex", "changed\n");
    let (code, stderr, _) = test(&fake);
    assert_eq!((code, fake.ran().len()), (0, 1), "stale: {stderr}");
    let (code, stderr, _) = fake.run(&["--fail-fast", "--", "mix", "test"]);
    assert_eq!((code, fake.ran().len()), (2, 0), "{stderr}");
}
