//! Captures of real runs, damaged; and runs that no capture shows.

use crate::stream_damage::{captures, parts};
use crate::{Completeness, Evidence, Part, Tool};

#[test]
fn damage_never_passes() {
    for folder in ["dialyxir", "dialyzer"] {
        for mut capture in captures(folder, Tool::Dialyzer) {
            capture.trim(diagnostics);
            capture.check(Tool::Dialyzer);
        }
    }
}

/// Length of the compiler's warnings, up to the place of the last one.
fn diagnostics(err: &[u8]) -> usize {
    let place = "└─ ".as_bytes();
    let last = err.windows(place.len()).rposition(|w| w == place);
    last.map_or(0, |at| at + place.len())
}

/// Format, completeness, kinds of defects, total and messages.
fn facts(out: &str, err: &str) -> Vec<String> {
    let describe = |part: Part| {
        let mut kinds: Vec<_> = part.parsed.defects.iter().map(|d| d.kind.id()).collect();
        kinds.sort_unstable();
        let (total, listed) = match part.parsed.value {
            Evidence::Findings(f) => (f.total, f.list),
            _ => (0, Vec::new()),
        };
        let listed: Vec<String> = listed
            .into_iter()
            .map(|f| format!("{}|{}", f.rule, f.message))
            .collect();
        let complete = part.parsed.completeness == Completeness::Complete;
        format!("{} {complete} {kinds:?} {total} {listed:?}", part.format)
    };
    let parts = parts(out.as_bytes(), err.as_bytes(), 64);
    parts.into_iter().map(describe).collect()
}

const CLEAN: &str = "Starting Dialyzer\n[\n  check_plt: false\n]\n\
    Total errors: 3, Skipped: 3, Unnecessary Skips: 0\ndone in 0m1.0s\ndone (passed successfully)\n";
const FAILING: &str = "Starting Dialyzer\n[\n  check_plt: false\n]\n\
    Total errors: 2, Skipped: 1, Unnecessary Skips: 0\ndone in 0m1.0s\n";
const END: &str = "done (warnings were emitted)\nHalting VM with exit status 2\n";

#[test]
fn several_runs_are_summed() {
    let err = format!("lib/a.ex:1:call x\n{END}");
    let both = [CLEAN, FAILING].concat();
    assert_eq!(
        facts(&both, &err),
        [r#"dialyxir-short true [] 1 ["call|x"]"#]
    );
    let other = [FAILING, CLEAN].concat();
    assert_eq!(
        facts(&other, &err),
        [r#"dialyxir-short true [] 1 ["call|x"]"#]
    );
    let cut = CLEAN.replace("done (passed successfully)\n", "") + CLEAN;
    assert_eq!(facts(&cut, ""), [r#"dialyxir-default false ["cut"] 0 []"#]);
}

#[test]
fn wrapped_types_belong_to_the_row_before() {
    let row = "lib/a.ex:1:2:pattern_match The pattern can never match the type \n  :a\n  | :b.\n";
    let whole = facts(FAILING, &format!("{row}{END}"));
    let said = r#"["pattern_match|The pattern can never match the type\n  :a\n  | :b."]"#;
    assert_eq!(whole, [format!("dialyxir-short true [] 1 {said}")]);
    // Without totals, nothing says that the next lines are dialyxir's.
    let quiet = facts("", &format!("{row}{END}"));
    let said = r#"["pattern_match|The pattern can never match the type"]"#;
    assert_eq!(
        quiet,
        [format!(r#"dialyxir-short false ["no-end-mark"] 1 {said}"#)]
    );
}

#[test]
fn one_stream_alone_proves_nothing() {
    let out = facts(FAILING, "");
    assert_eq!(
        out,
        [r#"dialyxir-default false ["count-mismatch", "cut"] 1 []"#]
    );
    let plt = facts("Finding suitable PLTs\nChecking PLT...\n[:a, :b]\n", "");
    assert_eq!(plt, [r#"dialyxir-default false ["nothing-ran"] 0 []"#]);
    let cut = facts("Finding suitable PLTs\nStarting Dialyzer\n[\n", "");
    assert_eq!(cut, [r#"dialyxir-default false ["cut"] 0 []"#]);
    let end = facts("", END);
    assert_eq!(end, [r#"dialyxir-default false ["cut"] 0 []"#]);
}

#[test]
fn a_crash_is_told_by_its_stack() {
    let err = "** (Protocol.UndefinedError) not implemented\n\n    (elixir 1.20.4) lib/enum.ex:5: E.f/1\n    (dialyxir 1.4.7) lib/x.ex:1: D.f/1\n    (dialyxir 1.4.7) lib/x.ex:2: D.g/1\n";
    let start = "Starting Dialyzer\n[a: 1]\n";
    assert_eq!(
        facts(start, err),
        [r#"dialyxir-default false ["tool-error"] 0 []"#]
    );
    let missing = "** (Mix) The task \"dialyzer\" could not be found\n";
    assert_eq!(
        facts("", missing),
        [r#"dialyxir-default false ["tool-error"] 0 []"#]
    );
}

#[test]
fn two_formats_count_every_warning_once() {
    let out = FAILING.replace("Skipped: 1", "Skipped: 0");
    let row =
        |n| format!("lib/a.ex:{n}:call x\n{{:warn_x, {{'lib/a.ex', {n}}}, {{:call, [1]}}}}\n");
    let out = out.replace("Skipped: 0", "Skipped: -2");
    let err = row(1) + &row(2) + END;
    assert_eq!(
        facts(&out, &err),
        [r#"dialyxir-short true [] 2 ["call|x", "call|x"]"#]
    );
}

#[test]
fn unknown_names_need_a_run_that_owes_warnings() {
    let err = format!("lib/a.ex:1:brand_new x\n{END}");
    let known = facts(FAILING, &err);
    assert_eq!(
        known,
        [r#"dialyxir-short true ["unknown-value"] 1 ["brand_new|x"]"#]
    );
    assert_eq!(facts("lib/a.ex:1:brand_new x\n", ""), [""; 0]);
    let quiet = facts("", &format!("lib/a.ex:2:call x\n{err}"));
    let defects = r#"["no-end-mark", "unknown-value"]"#;
    assert_eq!(
        quiet,
        [format!(r#"dialyxir-short false {defects} 1 ["call|x"]"#)]
    );
}

#[test]
fn other_output_is_not_dialyxirs() {
    let out = "done (passed successfully)\n\
        ________________________________________________________________________________\n\
        test/a_test.exs:3: A.b/0\nlib/a.ex:1:2: warning\n12:00:01 started\n** (RuntimeError) x\n";
    assert_eq!(facts(out, out), [""; 0]);
}

#[test]
fn a_wrong_sum_is_no_report() {
    let out = CLEAN.replace("errors: 3", "errors: 2");
    assert!(
        facts(&out, "")[0].starts_with("dialyxir-default false"),
        "{:?}",
        facts(&out, "")
    );
    let out = CLEAN.replace("errors: 3", "errors: 99999999999999999999999");
    assert!(facts(&out, "")[0].starts_with("dialyxir-default false"));
    let twice = format!("{CLEAN}done (passed successfully)\n");
    assert_eq!(
        facts(&twice, ""),
        [r#"dialyxir-default false ["contradiction"] 0 []"#]
    );
}

/// The warnings of one capture of dialyxir.
fn list(case: &str) -> Vec<crate::evidence::Finding> {
    let root = concat!(
        env!("CARGO_MANIFEST_DIR"),
        "/../fixtures/captures/dialyxir/1.4.7-1.20.4"
    );
    let file = |name| std::fs::read(format!("{root}/{case}/{name}")).unwrap();
    let mut parts = parts(&file("stdout.txt"), &file("stderr.txt"), 1 << 16);
    match parts.pop().map(|part| part.parsed.value) {
        Some(Evidence::Findings(findings)) => findings.list,
        other => panic!("{case}: {other:?}"),
    }
}

#[test]
fn every_form_of_one_run_tells_the_same() {
    let key = |f: &crate::evidence::Finding| (f.path.clone(), f.line, f.column, f.rule.clone());
    let short = list("lib2-short-quiet");
    assert_eq!(short.len(), 41);
    for form in ["lib2-noignore-github", "lib2-dialyzer", "lib2-raw"] {
        let same: Vec<_> = list(form).iter().map(key).collect();
        assert_eq!(same, short.iter().map(key).collect::<Vec<_>>(), "{form}");
    }
    let said = |list: Vec<crate::evidence::Finding>| -> Vec<String> {
        list.into_iter().map(|f| f.message).collect()
    };
    assert_eq!(said(list("lib2-noignore-github")), said(short));
}

#[test]
fn texts_of_every_form_may_span_lines() {
    let github = "::warning file=lib/a.ex,line=1,col=2,title=call::The call\n  %{a: 1}, b.\n";
    let said = r#"["call|The call\n  %{a: 1}, b."]"#;
    assert_eq!(
        facts(FAILING, &format!("{github}{END}")),
        [format!("dialyxir-github true [] 1 {said}")]
    );
    let strict = "{\"lib/a.ex\", \"The pattern can never match the type\n  \"x\" | :b.\"},\n";
    let said = r#"["pattern_match|The pattern can never match the type\n  \"x\" | :b."]"#;
    let merged = r#"["count-mismatch"] 1"#;
    assert_eq!(
        facts(FAILING, &format!("{strict}{END}")),
        [format!("dialyxir-ignore_file_strict false {merged} {said}")]
    );
    let erlang = "lib/a.ex:1:2: Invalid type specification for function 'M':f/1.\n The success typing is x\n";
    let said = r#"["invalid_contract|Invalid type specification for function 'M':f/1. The success typing is x"]"#;
    assert_eq!(
        facts(FAILING, &format!("{erlang}{END}")),
        [format!("dialyxir-dialyzer true [] 1 {said}")]
    );
    let open = "{\"lib/a.ex\", \"The guard clause\n";
    let cut = facts(FAILING, &format!("{open}{END}"));
    assert!(cut[0].starts_with(r#"dialyxir-ignore_file_strict false ["count-mismatch", "cut"] 1"#));
}

#[test]
fn as_many_rows_as_warnings_are_complete() {
    let out = FAILING.replace("Skipped: 1", "Skipped: 0");
    let row = |name| format!("{{\"lib/a.ex\", :{name}}},\n");
    let err = row("call") + &row("no_return") + END;
    assert_eq!(
        facts(&out, &err),
        [r#"dialyxir-ignore_file true [] 2 ["call|call", "no_return|no_return"]"#]
    );
}

#[test]
fn other_tools_are_not_dialyzer() {
    let other = "::warning file=lib/a.ex,line=1,title=Credo::x\n\
        {\"lib/a.ex\", :no_return},\n{\"lib/a.ex\", \"The guard clause can never succeed.\"},\n\
        lib/a.ex:3: The test is over\n  in here\nUnknown functions:\n  m:f/1\n\
        dialyzer: is next\n done in 0m2.05s\n{warned, it}\n";
    assert_eq!(facts(other, other), [""; 0]);
    // A compiler's warning before the warnings of a run is none of them.
    let err = format!("src/a.erl:3:9: Warning: variable 'Y' is unused\nlib/a.ex:1:call x\n{END}");
    assert_eq!(
        facts(FAILING, &err),
        [
            r#"compiler-console false ["no-end-mark"] 1 ["unused-variable|variable 'Y' is unused"]"#,
            r#"dialyxir-short true [] 1 ["call|x"]"#
        ]
    );
}

const START: &str = "  Checking whether the PLT a.plt is up-to-date... yes\n";

#[test]
fn runs_of_erlangs_dialyzer() {
    let clean = format!(
        "{START}  Proceeding with analysis... done in 0m0.1s\ndone (passed successfully)\n"
    );
    assert_eq!(facts(&clean, ""), ["dialyzer-text true [] 0 []"]);
    let both = format!(
        "{clean}{START}  Proceeding with analysis...\na.erl:3: Unknown words\n done in 0m0.1s\ndone (warnings were emitted)\n"
    );
    assert_eq!(
        facts(&both, ""),
        [r#"dialyzer-text false ["no-end-mark"] 1 ["legacy_warning|Unknown words"]"#]
    );
    for (changed, expected) in [
        (
            both.replace("(warnings were emitted)", "(passed successfully)"),
            "[\"contradiction\"] 1",
        ),
        (
            both.replace("a.erl:3:", "a.erl#3:"),
            "[\"count-mismatch\"] 1",
        ),
        (
            both.replace("done (warnings were emitted)\n", ""),
            "[\"cut\"] 1",
        ),
        (clean.replace(" done in", " gone in"), "[\"cut\"] 0"),
        (clean.replace("  Proc", "  Proz"), "[\"nothing-ran\"] 0"),
        (clean.trim_end().to_owned(), "[\"cut\"] 0"),
        (clean.clone() + START, "[\"cut\"] 0"),
        (clean.clone() + "\ndialyzer: no\n", "[\"tool-error\"] 0"),
    ] {
        let told = facts(&changed, "");
        let start = format!("dialyzer-text false {expected}");
        assert!(
            told.len() == 1 && told[0].starts_with(&start),
            "{told:?} instead of {start}"
        );
    }
    // A run that was killed does not end with the mark of the next tool.
    let killed = format!("{START}  Proceeding with analysis...\n{CLEAN}");
    let told = facts(&killed, "");
    assert!(told.iter().all(|part| part.contains(" false ")), "{told:?}");
}

/// Terms as `dialyzer_cl` prints them. The command itself crashed before it printed any, in every release at hand.
const TERMS: &str = "\n{warn_contract_types,{\"erl/bad.erl\",{3,2}},\n\
    \x20                    {invalid_contract,[bad,b,1,\"(integer()) -> integer()\"]}}. \n\
    {warn_failing_call,{\"erl/bad.erl\",{4,18}},\n\
    \x20                  {call,[lists,nth,\"('x',[1])\",\n\
    \x20                         [1],\n\
    \x20                         only_sig,\"(pos_integer(),[any(),...])\",\"any()\",\n\
    \x20                         {false,none}]}}. \n";

#[test]
fn erlang_terms_are_wrapped() {
    let said = [
        r#""invalid_contract|invalid_contract: bad,b,1,\"(integer()) -> integer()\"""#,
        r#""call|call: lists,nth,\"('x',[1])\",[1],only_sig,\"(pos_integer(),[any(),...])\",\"any()\",{false,none}""#,
    ]
    .join(", ");
    let expected = format!(r#"dialyzer-raw false ["no-end-mark"] 2 [{said}]"#);
    assert_eq!(facts(TERMS, ""), std::slice::from_ref(&expected));
    let run = format!(
        "{START}  Proceeding with analysis...{TERMS} done in 0m0.1s\ndone (warnings were emitted)\n"
    );
    assert_eq!(facts(&run, ""), [expected]);
    let broken = facts(&TERMS.replace("{3,2}", "{3,#}"), "");
    assert!(
        broken[0].starts_with(r#"dialyzer-raw false ["cut", "no-end-mark"] 2"#),
        "{broken:?}"
    );
}
