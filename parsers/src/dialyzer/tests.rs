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
