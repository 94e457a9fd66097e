//! Captures of real compilations, damaged; and output that no capture shows.

use crate::stream_damage::{captures, parts};
use crate::{Completeness, Evidence, Tool};

#[test]
fn damage_never_passes() {
    for capture in captures("compiler", Tool::Compiler) {
        capture.check(Tool::Compiler);
    }
}

/// Completeness, and rule, place and message of every error.
fn errors(out: &str, err: &str) -> (bool, Vec<String>) {
    let mut parts = parts(out.as_bytes(), err.as_bytes(), 64).into_iter();
    let Some(part) = parts.find(|p| p.tool == Tool::Compiler) else {
        return (false, Vec::new());
    };
    let Evidence::Findings(f) = part.parsed.value else {
        panic!("{:?}", part.parsed.value);
    };
    assert_eq!(f.total, f.counts.high);
    let show = |n: Option<std::num::NonZeroU32>| n.map_or(0, std::num::NonZeroU32::get);
    let list = f.list.iter().map(|f| {
        let path = f.path.as_deref().unwrap_or("-");
        let (line, column) = (show(f.line), show(f.column));
        format!("{} {path}:{line}:{column} {}", f.rule, f.message)
    });
    (
        part.parsed.completeness == Completeness::Complete,
        list.collect(),
    )
}

#[test]
fn mix_has_the_last_word() {
    let text = "could not compile dependency :x, \"mix compile\" failed. Errors may have been logged above.\n";
    let (complete, list) = errors("", text);
    assert!(complete && list[0].starts_with("dependency -:0:0 could not compile dependency :x"));
    let (_, list) = errors(
        "",
        "** (Mix) Could not compile with \"make\" (exit status: 2).\n",
    );
    assert_eq!(
        list,
        ["Mix -:0:0 Could not compile with \"make\" (exit status: 2)."]
    );
    assert_eq!(
        errors(
            "",
            "** (Mix) Could not invoke task \"test\": 1 error found!\n"
        )
        .1,
        [""; 0]
    );
}

#[test]
fn a_file_and_a_line_in_the_header() {
    let text = "\n== Compilation error in file lib/a.ex:7 ==\n** (KeyError) key :b not found\n    lib/x.ex:1: X.y/1\n";
    assert_eq!(
        errors("", text),
        (true, vec!["KeyError lib/a.ex:7:0 key :b not found".into()])
    );
}

#[test]
fn exceptions_without_a_header() {
    let text = "** (SyntaxError) invalid syntax found on mix.exs:3:5:\n    error: syntax error before: ','\n    │\n";
    let (complete, list) = errors("", text);
    assert!(complete);
    assert_eq!(
        list[0].lines().next(),
        Some("SyntaxError mix.exs:3:5 syntax error before: ','")
    );
    let crash = "** (TokenMissingError) nofile:1: missing terminator: )\n    (elixir 1.14.0) lib/code.ex:2: X.y/1\n";
    assert_eq!(errors(crash, "").1, [""; 0], "what a test logs");
    assert_eq!(errors("", "** (RuntimeError) oops\n").1, [""; 0]);
}

#[test]
fn places_without_source() {
    let new = "error: undefined function b/0\n└─ lib/a.ex:3:1: A.c/0\n\n";
    let old = "error: undefined function b/0\n  lib/a.ex:3:1: A.c/0\n\n";
    let block = "\n== Compilation error in file lib/a.ex ==\n** (CompileError) lib/a.ex: cannot compile module A (errors have been logged)\n\n";
    for diagnostic in [new, old] {
        let whole = format!("{diagnostic}{block}");
        let one = vec!["error lib/a.ex:3:1 undefined function b/0".to_owned()];
        assert_eq!(errors("", &whole), (true, one.clone()));
        assert_eq!(errors("", diagnostic), (false, one));
    }
    let (complete, list) = errors("", block);
    assert!(
        complete && list.len() == 1,
        "the errors are elsewhere: {list:?}"
    );
}

#[test]
fn type_checking_fails_with_errors() {
    let end = "== Type checking failed with errors ==\n";
    let error = "    error: unknown key .x\n    │\n  3 │ a.x\n    │   ^\n    │\n    └─ lib/a.ex:3:3: A.c/0\n\n";
    assert_eq!(errors("", end).1.len(), 1);
    let both = format!("{error}{end}");
    assert_eq!(
        errors("", &both),
        (true, vec!["error lib/a.ex:3:3 unknown key .x".into()])
    );
}

#[test]
fn output_of_tests_is_left_alone() {
    let quoted = "         error: missing terminator: end\n         │\n         └─ nofile:1:2\n";
    let keyword = "%{\n    error: \"x\",\n    ok: 1\n}\n    └─ lib/a.ex:3:1\n";
    let evaluated = "error: undefined variable \"x\"\n└─ nofile:1\n\n";
    let talk =
        "error: cannot connect\n\nFinished in 0.1 seconds\n  1) test a\n     test/a_test.exs:3\n";
    for text in [quoted, keyword, evaluated, talk] {
        assert_eq!(errors(text, text).1, [""; 0], "{text}");
    }
}

#[test]
fn two_paragraphs_and_what_follows() {
    let text = "\n== Compilation error in file lib/a.ex ==\n** (CompileError) lib/a.ex:3: two\nlines\n\n    code\n\nFinished in 0.1 seconds\n    indented\n";
    assert_eq!(
        errors("", text),
        (
            true,
            vec!["CompileError lib/a.ex:3:0 two\nlines\n\n    code".into()]
        )
    );
}
