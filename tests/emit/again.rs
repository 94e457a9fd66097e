//! A report that was read back renders as it did, and what is no such report gets an answer.

use gatekeeper::emit::{EMITTERS, Style};
use gatekeeper::report::Report;
use gatekeeper::wire::v1::{Unread, read};
use serde_json::{Value, json};

use super::judged::JUDGED;
use super::{HOSTILE, REPORTS, hostile, render};

#[test]
fn an_earlier_report_renders_to_the_same_bytes() {
    let hostile: Vec<Report> = HOSTILE.iter().map(|evil| hostile(evil)).collect();
    let judged = JUDGED.iter().map(|(_, report)| report);
    for report in REPORTS.iter().chain(&hostile).chain(judged) {
        let json = render("json", report);
        let again =
            read(&json).unwrap_or_else(|why| panic!("{why:?} in {}", report.sources[0].label));
        for verbose in [false, true] {
            let style = Style {
                verbose,
                ..Style::default()
            };
            let text = |report: &Report| {
                let mut out = Vec::new();
                (EMITTERS[0].write)(report, style, &mut out).unwrap();
                String::from_utf8(out).unwrap()
            };
            assert_eq!(text(report), text(&again));
        }
        for emitter in EMITTERS {
            let (before, after) = (render(emitter.id, report), render(emitter.id, &again));
            assert!(
                before == after,
                "{} of {} differs",
                emitter.id,
                report.sources[0].label
            );
        }
    }
}

fn report() -> Value {
    serde_json::from_str(&render("json", &hostile("plain"))).unwrap()
}

/// The report with one value changed.
fn changed(pointer: &str, value: Value) -> Result<(), Unread> {
    let mut report = report();
    *report.pointer_mut(pointer).unwrap() = value;
    read(&report.to_string()).map(drop)
}

#[test]
fn what_cannot_be_rendered_is_named() {
    assert_eq!(
        changed("/schema", json!("gatekeeper.report/v2")),
        Err(Unread::Schema(Some("gatekeeper.report/v2".into())))
    );
    assert_eq!(read("{}").map(drop), Err(Unread::Schema(None)));
    for text in [
        "",
        "[",
        "{\"schema\": 1}",
        "{\"schema\": \"gatekeeper.report/v1\"}",
    ] {
        assert!(matches!(read(text), Err(Unread::Malformed(_))), "{text}");
    }
    for (pointer, value) in [
        ("/verdict", json!("pass")),
        ("/exit_code", json!(0)),
        ("/gates/0/ruling", json!("excellent")),
        ("/gates/0/id", json!("beauty")),
        ("/gates/0/severity", json!("grave")),
        ("/findings/0/severity", json!("grave")),
        ("/findings/0/source", json!("s9")),
        ("/findings/0/status", json!("lost")),
        ("/failures/0/group", json!("g0")),
        ("/failures/0/category", json!("bad-luck")),
        ("/failure_groups/0/failures/0", json!("f7")),
        ("/sources/0/tool", json!("abacus")),
        ("/sources/0/completeness", json!("mostly")),
        ("/sources/0/defects/0/kind", json!("odd")),
        ("/tests/cases/0/outcome", json!("maybe")),
        ("/sources/0/trust", json!("blind")),
        ("/failures/0/tags", json!(["cursed"])),
        ("/failures/0/status", json!("lost")),
        ("/failure_groups/0/confidence", json!("total")),
        ("/waivers/0/state", json!("eternal")),
        ("/waivers/0/expires", json!("2026-02-30")),
        ("/waivers/0/path", json!("lib/[")),
        ("/policy/would_be", json!("splendid")),
        ("/suppressions/0/tool", json!("abacus")),
        ("/benchmarks/0/unit", json!("weeks")),
        ("/benchmarks/0/median", json!("-1")),
        ("/benchmarks/0/source", json!("s1")),
        ("/coverage/patch/no_data/0/reason", json!("bad luck")),
        ("/coverage/patch/no_data/0/ranges", json!([[9, 3]])),
    ] {
        let result = changed(pointer, value);
        assert!(
            matches!(result, Err(Unread::Value(_))),
            "{pointer}: {result:?}"
        );
    }
    assert_eq!(
        changed("/project", json!({ "name": "shop", "of_tomorrow": 1 })),
        Ok(())
    );
}

/// Every prefix is refused: a cut report is none.
#[test]
fn a_cut_report_is_no_report() {
    let text = render("json", &hostile("plain"));
    let whole = text.trim_end().len();
    for end in (0..whole)
        .filter(|end| text.is_char_boundary(*end))
        .step_by(7)
    {
        assert!(read(&text[..end]).is_err(), "{end} of {whole}");
    }
}
