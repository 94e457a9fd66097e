//! The list in both styles, the errors, and what damage does to them.

use std::io::BufRead;

use crate::evidence::{Evidence, Findings};
use crate::stream_damage::captures;
use crate::{Completeness, DefectKind, Expect, Limits, Parsed, Part, Stream, Tool, read};

const FAILED: &str = "** (Mix) mix format failed due to --check-formatted.\n";
const INTRODUCTION: &str = "The following files are not formatted:\n\n";

fn err(text: &str) -> Vec<Part> {
    let mut text = text.as_bytes();
    let streams = vec![(Stream::Err, &mut text as &mut dyn BufRead)];
    read(streams, Expect::default(), &Limits::default()).0
}

fn one(mut parts: Vec<Part>) -> Parsed<Findings> {
    assert_eq!(parts.len(), 1, "{parts:?}");
    parts.swap_remove(0).parsed.map(|e| match e {
        Evidence::Findings(f) => f,
        other => panic!("{other:?}"),
    })
}

fn paths(parsed: &Parsed<Findings>) -> Vec<&str> {
    let list = parsed.value.list.iter();
    list.map(|f| f.path.as_deref().unwrap_or("-")).collect()
}

#[test]
fn damage_never_passes() {
    for capture in captures("mix_format", Tool::MixFormat) {
        capture.check(Tool::MixFormat);
    }
}

#[test]
fn differences_name_no_files() {
    let file = |path| {
        format!(
            "\u{1b}[1m\u{1b}[31m{path}\n\u{1b}[0m\n1 1  |/lib/no.ex\n   -|  * no\n  2 +|** (Mix) no\n     |\n\n"
        )
    };
    let text = format!(
        "{FAILED}{INTRODUCTION}{}{}\n\n",
        file("/a/x.ex"),
        file("/a/y z.ex")
    );
    let parsed = one(err(&text));
    assert_eq!(paths(&parsed), ["/a/x.ex", "/a/y z.ex"]);
    assert_eq!(parsed.value.counts.info, 2);
    assert_eq!(parsed.completeness, Completeness::Unproven);
    // Something on the way removed the colour.
    let plain = text
        .replace("\u{1b}[1m\u{1b}[31m", "")
        .replace("\u{1b}[0m", "");
    assert_eq!(paths(&one(err(&plain))), ["/a/x.ex", "/a/y z.ex"]);
}

#[test]
fn the_first_line_alone_is_bad_news() {
    let parsed = one(err(FAILED));
    assert_eq!(
        (parsed.value.total, parsed.completeness),
        (1, Completeness::Partial)
    );
    assert!(err(INTRODUCTION).is_empty());
}

#[test]
fn a_list_without_an_error_is_one_too() {
    let parsed = one(err(&format!("{INTRODUCTION}  * a.ex\n  * b.ex\n\n")));
    assert_eq!(paths(&parsed), ["a.ex", "b.ex"]);
}

#[test]
fn what_follows_the_list_is_not_part_of_it() {
    let text = format!(
        "{FAILED}{INTRODUCTION}  * a.ex\n\nmake: *** [check] Error 1\n  * b.ex\n/bin/sh: no\n"
    );
    assert_eq!(paths(&one(err(&text))), ["a.ex"]);
}

#[test]
fn a_file_that_does_not_parse_hides_the_others() {
    let parts = err("mix format failed for file: lib/a.ex\n** (RuntimeError) a plugin\n");
    assert_eq!(parts[0].parsed.value, Evidence::Nothing);
    assert_eq!(parts[0].parsed.completeness, Completeness::Unreadable);
    assert_eq!(parts[0].parsed.defects[0].kind, DefectKind::ToolError);
    assert_eq!(
        parts[0].parsed.defects[0].message,
        "mix format failed for file: lib/a.ex"
    );
}
