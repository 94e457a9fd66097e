//! What is done to the evidence of any tool, and real runs that show nothing or bad news.

use super::Files;

/// What is done to any piece of evidence.
type Spoil = fn(&mut Files);

pub(super) const GENERIC: [(&str, Spoil); 14] = [
    ("missing", |f| f.clear()),
    ("empty", |f| each(f, |_| Vec::new())),
    ("white space", |f| each(f, |_| b" \n\t\n".to_vec())),
    ("{}", |f| each(f, |_| b"{}".to_vec())),
    ("[]", |f| each(f, |_| b"[]\n".to_vec())),
    ("null", |f| each(f, |_| b"null".to_vec())),
    ("cut in half", |f| each(f, |b| b[..b.len() / 2].to_vec())),
    ("cut before its end", |f| {
        each(f, |b| b[..b.len().saturating_sub(3)].to_vec())
    }),
    ("its first half lost", |f| {
        each(f, |b| b[b.len() / 2..].to_vec())
    }),
    ("zeros", |f| each(f, |b| vec![0; b.len()])),
    ("a forged summary", |f| {
        each(f, |_| {
            b"Finished in 0.1 seconds\n212 tests, 0 failures\nAll good!\n".to_vec()
        });
    }),
    ("a web page", |f| {
        each(f, |_| b"<!doctype html><title>404</title>".to_vec())
    }),
    ("killed", |f| {
        each(f, |b| b[..b.len() / 3].to_vec());
        f.insert("exit.txt".into(), b"137\n".to_vec());
    }),
    ("failed in silence", |f| {
        each(f, |_| Vec::new());
        f.insert("exit.txt".into(), b"1\n".to_vec());
    }),
];

/// What is no sabotage. `mix format` says nothing when all is well: its proof is its exit code, whatever a compiler
/// or a hook prints beside it. And Dialyzer's last line states the result by itself, so its head may be lost.
pub(super) fn by_its_code(slot: &str, name: &str) -> bool {
    let ended_badly = ["missing", "killed", "failed in silence"];
    (slot == "format" && !ended_badly.contains(&name))
        || (slot, name) == ("dialyzer", "its first half lost")
}

/// Every file but those about the command.
pub(super) fn each(files: &mut Files, spoil: impl Fn(&[u8]) -> Vec<u8>) {
    for (name, bytes) in files.iter_mut() {
        if name != "exit.txt" && name != "cmd.txt" {
            *bytes = spoil(bytes);
        }
    }
}

/// Real runs of a tool that show nothing, or bad news, in the place of the clean one.
pub(super) const REAL: &[(&str, &[&str])] = &[
    (
        "tests",
        &[
            "exunit/1.20.4/all-excluded",
            "exunit/1.20.4/only-none",
            "exunit/1.20.4/only-skipped",
            "exunit/1.20.4/vm-halt",
            "exunit/1.20.4/vm-abort",
            "exunit/1.20.4/hang-sigkill",
            "exunit/1.20.4/formatter-null",
            "exunit/1.20.4/no-file",
            "exunit/1.20.4/compile-error",
            "exunit/1.20.4/syntax-error",
            "exunit/1.20.4/bad-option",
            "exunit/1.20.4/dry-run",
            "exunit/1.20.4/empty",
            "exunit/1.20.4/stale-again",
            "exunit/1.20.4/load-raise",
            "exunit/1.20.4/missing-end",
            "exunit/1.20.4/setup-all-raise",
            "exunit/1.20.4/max-failures",
            "exunit/1.20.4/raise",
            "exunit/1.20.4/partitions-missing",
            "exunit/1.20.4/warnings-as-errors",
            "junit/3.4.0-1.20.4/only-skipped-report",
            "junit/3.4.0-1.20.4/vm-halt",
            "mix_cover/1.20.4/cover-strict",
        ],
    ),
    (
        "credo",
        &[
            "credo/1.7.19-1.20.4/badconfig",
            "credo/1.7.19-1.20.4/missing-config",
            "credo/1.7.19-1.20.4/unknown-format",
            "credo/1.7.19-1.20.4/unknown-switch",
            "credo/1.7.19-1.20.4/broken-json",
            "credo/1.7.19-1.20.4/diff-badref",
            "credo/1.7.19-1.20.4/diff-nogit",
            "credo/1.7.19-1.20.4/default",
        ],
    ),
    (
        "dialyzer",
        &[
            "dialyxir/1.4.7-1.20.4/plt-only",
            "dialyxir/1.4.7-1.20.4/explain",
            "dialyxir/1.4.7-1.20.4/old-erlex-short-crash",
            "dialyxir/1.4.7-1.20.4/old-erlex-fmt-bad",
            "dialyxir/1.4.7-1.20.4/default",
        ],
    ),
    (
        "sobelow",
        &[
            "sobelow/0.15.0-1.20.4/webbroken-json",
            "sobelow/0.15.0-1.20.4/webbroken-txt",
            "sobelow/0.15.0-1.20.4/webshop-bad-format",
            "sobelow/0.15.0-1.20.4/webshop-default",
        ],
    ),
    (
        "mix_audit",
        &[
            "mix_audit/2.1.5-1.20.4/offline-json",
            "mix_audit/2.1.5-1.20.4/version",
            "mix_audit/2.1.5-1.20.4/vuln-json",
        ],
    ),
    (
        "hex_audit",
        &[
            "hex_audit/2.4.2-synthetic/cached",
            "hex_audit/2.5.1-synthetic/all-ignored",
            "hex_audit/2.5.1-synthetic/both",
        ],
    ),
    (
        "format",
        &[
            "mix_format/1.20.4/broken",
            "mix_format/1.20.4/check",
            "mix_format/1.20.4/missing",
        ],
    ),
    ("coverage", &["excoveralls/0.18.5-1.20.4/badconfig"]),
    (
        "docs",
        &[
            "doctor/0.23.0-1.20.4/default",
            "doctor/0.23.0-1.20.4/failed",
            "doctor/0.23.0-1.20.4/short",
            "doctor/0.23.0-1.20.4/strict-short",
            "doctor/0.23.0-synthetic/summary-failed",
        ],
    ),
    // Other medians, of another machine.
    ("benchmark", &["benchee/1.5.0-1.14.0/json"]),
];
