//! The composite action's step, run as GitHub would run it: its script taken out of `action.yml`, its inputs through
//! the environment, its outputs and its summary read back from the files.

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;
use std::process::Command;

/// The lines below `run: |`, without their indentation.
fn script() -> String {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let yaml = fs::read_to_string(root.join("action.yml")).unwrap();
    let (_, body) = yaml
        .split_once("      run: |\n")
        .expect("action.yml has one script");
    body.lines()
        .map(|l| l.strip_prefix("        ").unwrap_or(l))
        .collect::<Vec<_>>()
        .join("\n")
}

struct Outcome {
    code: i32,
    outputs: BTreeMap<String, String>,
    summary: String,
    log: String,
}

fn step(inputs: &[(&str, &str)]) -> Outcome {
    let dir = tempfile::tempdir().unwrap();
    let file = |name: &str| dir.path().join(name);
    fs::write(file("script"), script()).unwrap();
    fs::write(file("output"), "").unwrap();
    fs::write(file("summary"), "").unwrap();
    let mut command = Command::new("bash");
    command
        .args(["--noprofile", "--norc", "-euo", "pipefail"])
        .arg(file("script"));
    command.current_dir(env!("CARGO_MANIFEST_DIR"));
    for (name, default) in [
        ("GK_COMMAND", ""),
        ("GK_FILES", ""),
        ("GK_REQUIRE", ""),
        ("GK_SUMMARY", "true"),
    ] {
        let given = inputs.iter().find(|(n, _)| *n == name).map(|(_, v)| *v);
        command.env(name, given.unwrap_or(default));
    }
    command.env("GATEKEEPER_BIN", env!("CARGO_BIN_EXE_gatekeeper"));
    command
        .env("GITHUB_ACTIONS", "true")
        .env("RUNNER_TEMP", dir.path())
        .env("GATEKEEPER_RECORD", file("record"));
    command
        .env("GITHUB_OUTPUT", file("output"))
        .env("GITHUB_STEP_SUMMARY", file("summary"));
    let out = command.output().unwrap();
    let outputs = fs::read_to_string(file("output")).unwrap();
    let pairs = outputs.lines().map(|l| l.split_once('=').unwrap());
    let outputs: BTreeMap<String, String> =
        pairs.map(|(k, v)| (k.to_owned(), v.to_owned())).collect();
    let report = fs::read_to_string(&outputs["report"]).unwrap_or_default();
    if outputs["verdict"].is_empty() {
        assert_eq!(report, "", "nothing was judged");
    } else {
        let report: serde_json::Value = serde_json::from_str(&report).unwrap();
        assert_eq!(report["verdict"], outputs["verdict"].as_str());
    }
    let summary = fs::read_to_string(file("summary")).unwrap();
    Outcome {
        code: out.status.code().unwrap(),
        outputs,
        summary,
        log: String::from_utf8_lossy(&out.stdout).into(),
    }
}

impl Outcome {
    fn says(&self) -> (i32, &str, &str, &str) {
        (
            self.code,
            &self.outputs["verdict"],
            &self.outputs["passed"],
            &self.outputs["exit-code"],
        )
    }
}

#[test]
fn the_step_tells_the_verdict_in_every_way() {
    let pass = step(&[("GK_FILES", "fixtures/captures/exunit/1.20.4/pass\n")]);
    assert_eq!(pass.says(), (0, "pass", "true", "0"));
    assert!(
        pass.summary.contains("gatekeeper: ✅ pass"),
        "{}",
        pass.summary
    );

    let fail = step(&[(
        "GK_FILES",
        "fixtures/captures/exunit/1.20.4/pass\nfixtures/captures/exunit/1.20.4/exclude",
    )]);
    assert_eq!(fail.says(), (1, "fail", "false", "1"));

    let require = [
        ("GK_FILES", "fixtures/captures/exunit/1.20.4/pass"),
        ("GK_REQUIRE", "coverage"),
    ];
    assert_eq!(step(&require).says(), (3, "undecided", "false", "3"));

    let quiet = step(&[
        ("GK_FILES", "fixtures/captures/exunit/1.20.4/pass"),
        ("GK_SUMMARY", "false"),
    ]);
    assert_eq!((quiet.code, quiet.summary.as_str()), (0, ""));
}

#[test]
fn a_command_is_run_and_its_output_cannot_command_the_runner() {
    let out = step(&[(
        "GK_COMMAND",
        "echo '::error::forged'; printf 'x##[add-mask]y\\rz\\n'; cat fixtures/captures/exunit/1.20.4/pass/stdout.txt",
    )]);
    assert_eq!(out.says(), (0, "pass", "true", "0"));
    let token = out
        .log
        .lines()
        .find_map(|l| l.strip_prefix("::stop-commands::"))
        .unwrap();
    let commands: Vec<&str> = out
        .log
        .lines()
        .filter(|l| l.trim_start().starts_with("::"))
        .collect();
    assert_eq!(
        commands,
        [format!("::stop-commands::{token}"), format!("::{token}::")]
    );
    assert!(!out.log.contains("##["), "{}", out.log);
    assert!(
        out.log.contains("│ ::error::forged"),
        "the line is there, made harmless"
    );
}

#[test]
fn wrong_inputs_are_no_pass() {
    let both = step(&[("GK_COMMAND", "true"), ("GK_FILES", "README.md")]);
    assert_eq!(both.says(), (2, "", "false", "2"));
    let missing = step(&[("GK_FILES", "no/such/report.xml")]);
    assert_eq!(missing.says(), (2, "", "false", "2"));
    let neither = step(&[]);
    assert_eq!(neither.says(), (3, "undecided", "false", "3"));
}
