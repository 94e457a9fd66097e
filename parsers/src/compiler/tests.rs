//! Captures of real compilations, damaged; and output that no capture shows.

use crate::evidence::Findings;
use crate::stream_damage::{captures, parts};
use crate::{Completeness, Evidence, Parsed, Tool};

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

/// What is read of warnings: completeness, and rule, place, function and first line of each.
fn warnings(out: &str, err: &str) -> (Completeness, Vec<String>) {
    let mut parts = parts(out.as_bytes(), err.as_bytes(), 64).into_iter();
    let Some(part) = parts.find(|p| p.tool == Tool::Compiler) else {
        return (Completeness::Unproven, Vec::new());
    };
    let parsed: Parsed<Findings> = part.parsed.map(|e| match e {
        Evidence::Findings(f) => f,
        other => panic!("{other:?}"),
    });
    let show = |n: Option<std::num::NonZeroU32>| n.map_or(0, std::num::NonZeroU32::get);
    let list = parsed.value.list.iter().map(|f| {
        let path = f.path.as_deref().unwrap_or("-");
        let function = f.function.as_deref().unwrap_or("-");
        let first = f.message.lines().next().unwrap_or_default();
        let (line, column) = (show(f.line), show(f.column));
        format!("{} {path}:{line}:{column} {function} {first}", f.rule)
    });
    (parsed.completeness, list.collect())
}

const SPAN: &str = "    warning: variable \"y\" is unused\n    │\n  4 │     y = 1\n    │     ~\n    │\n    └─ lib/w.ex:4:5: W.a/1\n\n";
const SEEN: &str = "unused-variable lib/w.ex:4:5 W.a/1 variable \"y\" is unused";
const OLD: &str = "warning: unused alias B\n  lib/w.ex:2\n\n";

#[test]
fn warnings_of_both_styles_in_one_log() {
    let (completeness, list) = warnings("", &format!("{SPAN}{OLD}"));
    assert_eq!(completeness, Completeness::Unproven);
    assert_eq!(list, [SEEN, "unused-alias lib/w.ex:2:0 - unused alias B"]);
    // Printed again, on either stream, it is the same one.
    assert_eq!(warnings(SPAN, &format!("{SPAN}{SPAN}")).1, [SEEN]);
    let latin = SPAN
        .replace('│', "\\x{2502}")
        .replace("└─", "\\x{2514}\\x{2500}");
    assert_eq!(warnings("", &latin).1, [SEEN]);
    let coloured = SPAN.replace("warning:", "\u{1b}[33mwarning:\u{1b}[0m");
    assert_eq!(warnings("", &coloured).1, [SEEN]);
}

#[test]
fn several_places_of_one_warning() {
    let span = SPAN.replace("W.a/1\n", "W.a/1\n    └─ lib/w.ex:9:5: W.b/1\n");
    assert_eq!(warnings("", &span).1.len(), 2);
    let head = "warning: A.x/0 is undefined (module A is not available)\nInvalid call found at 2 locations:\n";
    let places = "  lib/w.ex:4: W.a/0\n  lib/w.ex:5: W.b/0\n";
    let (completeness, list) = warnings("", &format!("{head}{places}\n  lib/w.ex:6: W.c/0\n"));
    assert_eq!(completeness, Completeness::Unproven);
    let same = "undefined-module lib/w.ex";
    let message = "A.x/0 is undefined (module A is not available)";
    assert_eq!(
        list,
        [
            format!("{same}:4:0 W.a/0 {message}"),
            format!("{same}:5:0 W.b/0 {message}")
        ]
    );
    for cut in [head.to_owned(), format!("{head}  lib/w.ex:4: W.a/0\n\n")] {
        let (completeness, list) = warnings("", &cut);
        assert_eq!(
            (completeness, list.len()),
            (Completeness::Partial, 1),
            "{cut}"
        );
    }
}

#[test]
fn the_progress_of_tests_before_a_warning() {
    for before in ["...**......", "  * test a slow test [L#13]", ".F?"] {
        assert_eq!(
            warnings(&format!("{before}{SPAN}"), "").1,
            [SEEN],
            "{before}"
        );
    }
    assert_eq!(warnings(&format!("..{OLD}"), "").1.len(), 1);
    let quoted = SPAN.replace("    ", "         ");
    assert_eq!(warnings(&quoted, "").1, [""; 0], "in a failed test");
}

#[test]
fn what_is_no_warning_of_a_file() {
    let notice = "warning: the --app in mix cmd is deprecated. Use mix do --app instead.\n  (mix 1.20.4) lib/mix/tasks/cmd.ex:112: Mix.Tasks.Cmd.run/1\n\n  lib/w.ex:3: no place of it\n";
    let bare = "warning: no dependencies were matched\nCompiling 1 file (.ex)\n  lib/w.ex:3\n";
    let evaluated = "warning: variable x is unused\n  nofile:1\n\n";
    let ours = "warning: look\n  (dep 1.0.0) lib/dep.ex:10: Dep.old/0\n  lib/w.ex:5: W.f/0\n";
    for text in [notice, bare, evaluated] {
        assert_eq!(warnings("", text).1, [""; 0], "{text}");
    }
    assert_eq!(warnings("", ours).1, ["warning lib/w.ex:5:0 W.f/0 look"]);
    let of_dependency = OLD.replace("  lib/", "  deps/x/lib/");
    assert_eq!(warnings("", &of_dependency).1, [""; 0]);
    assert_eq!(warnings("", &format!("{OLD}{of_dependency}")).1.len(), 1);
}

#[test]
fn a_cut_warning_is_told() {
    let cut = SPAN.split("    └─").next().unwrap();
    let (completeness, list) = warnings("", cut);
    assert_eq!(completeness, Completeness::Partial);
    assert_eq!(list, ["unused-variable -:0:0 - variable \"y\" is unused"]);
}

#[test]
fn errors_of_erlang_need_its_compiler() {
    let error = "src/a.erl:4:8: function c/0 undefined\n";
    assert_eq!(errors(error, "").1, [""; 0]);
    let compiling = format!("Compiling 1 file (.erl)\n{error}");
    assert_eq!(
        errors(&compiling, ""),
        (
            true,
            vec!["error src/a.erl:4:8 function c/0 undefined".into()]
        )
    );
    for after in [
        "Compiling 2 files (.ex)",
        "Generated a app",
        "Starting Dialyzer",
    ] {
        assert_eq!(
            errors(&format!("Compiling 1 file (.erl)\n{after}\n{error}"), "").1,
            [""; 0]
        );
    }
}
