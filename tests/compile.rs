//! What compilers print through the whole pipeline: which gate judges it, what proves it, and where it is shown.

use std::io::BufRead;

use gatekeeper::emit::{Style, emitter};
use gatekeeper::gates::{Policy, Ruling};
use gatekeeper::policy::Setting;
use gatekeeper::report::{Exit, Project, Report, Trust};
use gatekeeper::source::{self, Origin};
use gatekeeper_parsers::{DefectKind, Expect, Stream};

const WARNING: &str = "    warning: variable \"y\" is unused\n    │\n  4 │     y = 1\n    │     ~\n    │\n    └─ lib/w.ex:4:5: W.a/1\n\n";
const ERROR: &str = "    error: undefined variable \"x\"\n    │\n  3 │ x\n    │ ^\n    │\n    └─ lib/a.ex:3:1: A.b/0\n\n\n== Compilation error in file lib/a.ex ==\n** (CompileError) lib/a.ex: cannot compile module A (errors have been logged)\n\n";
const TESTS: &str = "Running ExUnit with seed: 0, max_cases: 4\n\n.\nFinished in 0.1 seconds (0.1s async, 0.01s sync)\n\nResult: 1 passed\n";
const FAILED: &str = "** (Mix) mix format failed due to --check-formatted.\nThe following files are not formatted:\n\n  * lib/a.ex\n\n";

/// The report on a command, or on a file where there is none.
fn report(command: &str, exit: Option<Exit>, out: &str, err: &str, policy: &Policy) -> Report {
    let (mut out, mut err) = (out.as_bytes(), err.as_bytes());
    let streams: Vec<(Stream, &mut dyn BufRead)> =
        vec![(Stream::Out, &mut out), (Stream::Err, &mut err)];
    let found = source::read(streams, Expect::default());
    let words = command.split_whitespace().map(str::to_owned).collect();
    let origin = Origin {
        command: (!command.is_empty()).then_some(words),
        exit,
        trust: if command.is_empty() {
            Trust::File
        } else {
            Trust::Text
        },
        ..Origin::file("log")
    };
    let sources = source::sources(&origin, 0, None, found);
    Report::assemble(sources, policy, Project::default())
}

fn gates(report: &Report) -> Vec<String> {
    let gates = report.gates.iter();
    let show = |g: &gatekeeper::gates::Judged| {
        format!(
            "{} {} {}",
            g.gate.id,
            g.judgement.ruling.id(),
            g.judgement.actual
        )
    };
    gates.map(show).collect()
}

fn judged(command: &str, exit: i32, out: &str, err: &str) -> Vec<String> {
    let exit = Some(Exit::Code(exit));
    gates(&report(command, exit, out, err, &Policy::default()))
}

fn file(text: &str) -> Vec<String> {
    gates(&report("", None, text, "", &Policy::default()))
}

#[test]
fn warnings_beside_a_clean_test_run_leave_it_a_pass_and_are_shown() {
    let expected = ["tests pass 1 ran", "compile pass 0 (1 warning)"];
    assert_eq!(judged("mix test", 0, TESTS, WARNING), expected);
    assert_eq!(file(&format!("{WARNING}{TESTS}")), expected);
    let report = report(
        "",
        None,
        &format!("{WARNING}{TESTS}"),
        "",
        &Policy::default(),
    );
    assert_eq!(
        (report.verdict, report.findings_in_all()),
        (Ruling::Pass, 1)
    );
    assert!(report.failures.is_empty());
    for id in ["terminal", "markdown", "json"] {
        let mut out = Vec::new();
        (emitter(id).unwrap().write)(&report, Style::default(), &mut out).unwrap();
        // Markdown escapes its own characters.
        let text = String::from_utf8(out).unwrap().replace('\\', "");
        assert!(text.contains("unused-variable"), "{id}: {text}");
        assert!(text.contains("lib/w.ex"), "{id}: {text}");
    }
}

#[test]
fn warnings_alone_prove_nothing() {
    assert_eq!(file(WARNING), ["compile undecided 0 (1 warning)"]);
    let compile = |exit| judged("mix compile", exit, "", WARNING);
    assert_eq!(compile(0), ["compile pass 0 (1 warning)"]);
    assert_eq!(compile(1), ["compile undecided 0 (1 warning)"]);
    let killed = Some(Exit::Signal(9));
    let killed = report("mix compile", killed, "", WARNING, &Policy::default());
    assert_eq!(killed.verdict, Ruling::Undecided);
    let muted = judged("bash -c mix;true", 0, "", WARNING);
    assert_eq!(muted, ["compile undecided 0 (1 warning)"]);
    // The command failed, but after the compilation.
    let format = judged(
        "mix do compile, format --check-formatted",
        1,
        "",
        &format!("{WARNING}{FAILED}"),
    );
    assert_eq!(format, ["compile pass 0 (1 warning)", "format fail 1"]);
}

#[test]
fn a_compilation_without_a_word_is_proven_by_its_exit_code() {
    let out = "Compiling 2 files (.ex)\nGenerated shop app\n";
    assert_eq!(judged("mix compile", 0, out, ""), ["compile pass 0"]);
    assert_eq!(
        judged("mix compile --warnings-as-errors", 0, "", ""),
        ["compile pass 0"]
    );
    assert_eq!(judged("mix compile", 1, out, ""), ["compile undecided 0"]);
    assert_eq!(judged("sh -c mix", 0, out, "").len(), 1);
    assert_eq!(file(out), ["evidence undecided 0 of 1 understood"]);
    assert_eq!(
        judged("mix do compile, test", 0, TESTS, ""),
        ["tests pass 1 ran", "compile pass 0"]
    );
}

#[test]
fn errors_fail_whatever_is_beside_them() {
    let both = format!("{WARNING}{ERROR}");
    for exit in [0, 1] {
        let compile = judged("mix compile", exit, "", &both);
        assert_eq!(compile, ["compile fail 1 (1 warning)"]);
    }
    let expected = ["tests undecided 0 ran", "compile fail 1 (1 warning)"];
    assert_eq!(judged("mix test", 2, "", &both), expected);
    let report = report(
        "mix compile",
        Some(Exit::Code(1)),
        "",
        &both,
        &Policy::default(),
    );
    assert_eq!((report.failures.len(), report.findings_in_all()), (1, 1));
    let told = "Compilation failed due to warnings while using the --warnings-as-errors option\n";
    let told = judged(
        "mix compile --warnings-as-errors",
        1,
        "",
        &format!("{WARNING}{told}"),
    );
    assert_eq!(told, ["compile fail 1 (1 warning)"]);
}

#[test]
fn errors_that_tests_print_take_no_warnings_with_them() {
    let both = format!("{ERROR}{WARNING}");
    assert_eq!(
        judged("mix test", 0, TESTS, &both),
        ["tests pass 1 ran", "compile pass 0 (1 warning)"]
    );
    assert_eq!(
        file(&format!("{both}{TESTS}")),
        ["tests pass 1 ran", "compile undecided 0 (1 warning)"]
    );
}

#[test]
fn warnings_are_judged_when_the_policy_says_so() {
    let judged = |command: &str, err: &str, max| {
        let mut policy = Policy::default();
        policy.compile.max = Some(Setting::standard(max));
        let report = report(command, Some(Exit::Code(0)), "", err, &policy);
        let gates = report.gates.iter();
        let gate = gates.filter(|g| g.id == "compile.warnings").last().unwrap();
        (gate.judgement.ruling, gate.judgement.limit.clone())
    };
    let limit = |text: &str| text.to_owned();
    assert_eq!(
        judged("mix compile --force", WARNING, 0),
        (Ruling::Fail, limit("0"))
    );
    assert_eq!(
        judged("mix compile --force", WARNING, 1),
        (Ruling::Pass, limit("<= 1"))
    );
    assert_eq!(judged("mix compile --all-warnings", "", 0).0, Ruling::Pass);
    // Warnings of files that were compiled before may not have been printed.
    assert_eq!(judged("mix compile", "", 0).0, Ruling::Undecided);
    assert_eq!(judged("mix compile", WARNING, 0).0, Ruling::Fail);
    let silent = report(
        "mix compile",
        Some(Exit::Code(0)),
        "",
        "",
        &Policy::default(),
    );
    assert_eq!(silent.sources[0].defects[0].kind, DefectKind::Skipped);
}

#[test]
fn unused_dependencies_and_cycles_have_gates() {
    let unused = "** (Mix) Unused dependencies in mix.lock file:\n\n  * :jason\n";
    let unlock = "mix deps.unlock --check-unused";
    assert_eq!(judged(unlock, 0, "", ""), ["deps pass 0"]);
    assert_eq!(judged(unlock, 1, "", unused), ["deps fail 1"]);
    assert_eq!(judged(unlock, 1, "", ""), ["deps undecided 0"]);
    let cycles = "1 cycles found. Showing them in decreasing size:\n\nCycle of length 2:\n\n    lib/a.ex\n    lib/b.ex\n\n";
    let too_many = "** (Mix) Too many cycles (found: 1, permitted: 0)\n";
    let xref = "mix xref graph --format cycles";
    assert_eq!(judged(xref, 0, "No cycles found\n", ""), ["xref pass 0"]);
    assert_eq!(judged(xref, 0, cycles, ""), ["xref fail 1"]);
    assert_eq!(
        judged(&format!("{xref} --fail-above=0"), 1, cycles, too_many),
        ["xref fail 1"]
    );
    let permitted = format!("{xref} --fail-above 1");
    assert_eq!(judged(&permitted, 0, cycles, ""), ["xref pass 1"]);
    assert_eq!(
        judged(&permitted, 1, cycles, ""),
        ["xref undecided 1"],
        "something else failed"
    );
    assert_eq!(judged(xref, 0, "", ""), ["xref undecided 0"]);
    assert_eq!(
        judged(xref, 1, "No cycles found\n", ""),
        ["xref undecided 0"]
    );
}
