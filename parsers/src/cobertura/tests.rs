//! Cobertura reports, and what damage does to them.

use std::fs;

use super::sniff;
use crate::cover::tests::{low, says_the_same_or_nothing};
use crate::damage::{Damage, files, parts};
use crate::evidence::{Coverage, Evidence, Measure};
use crate::{Completeness, DefectKind, Parsed};

fn coverage(text: &str) -> Parsed<Coverage> {
    let mut parts = parts(text.as_bytes(), 1 << 16);
    assert_eq!(parts.len(), 1, "{text}");
    assert_eq!(parts[0].format, "cobertura-xml");
    parts.swap_remove(0).parsed.map(|e| match e {
        Evidence::Coverage(c) => c,
        other => panic!("{other:?}"),
    })
}

fn kinds(read: &Parsed<Coverage>) -> Vec<DefectKind> {
    read.defects.iter().map(|d| d.kind).collect()
}

/// A class of these lines.
fn class(file: &str, lines: &[(u32, u64)]) -> String {
    let line = |(n, hits): &(u32, u64)| {
        format!("<line number=\"{n}\" hits=\"{hits}\" branch=\"False\"/>\n")
    };
    let lines: String = lines.iter().map(line).collect();
    format!("<class name=\"A\" filename=\"{file}\"><methods/><lines>\n{lines}</lines></class>\n")
}

fn report(attributes: &str, sources: &[&str], classes: &str) -> String {
    let sources: String = sources
        .iter()
        .map(|s| format!("<source>{s}</source>"))
        .collect();
    format!(
        "<?xml version=\"1.0\"?>\n<coverage {attributes}>\n<sources>{sources}</sources>\n<packages>\n\
         <package name=\"\"><classes>\n{classes}</classes></package>\n</packages>\n</coverage>\n"
    )
}

fn paths(read: &Parsed<Coverage>) -> Vec<&str> {
    let files = read.value.files.iter();
    files.map(|f| f.path.as_deref().unwrap()).collect()
}

const AGREE: &str = "lines-covered=\"2\" lines-valid=\"4\"";

fn two() -> String {
    class("a.ex", &[(1, 1), (2, 0)]) + &class("b/c.ex", &[(1, 7), (2, 0)])
}

#[test]
fn damage_never_passes() {
    let damage = Damage {
        format: "cobertura-xml",
        bad: low,
        document: true,
    };
    for path in files("excoveralls", "cobertura.xml") {
        damage.check(&path);
        says_the_same_or_nothing(&fs::read(&path).unwrap(), "cobertura-xml");
    }
    let pretty = report(AGREE, &["/ci/lib"], &two());
    assert_eq!(coverage(&pretty).completeness, Completeness::Complete);
    says_the_same_or_nothing(pretty.as_bytes(), "cobertura-xml");
    for at in 0..pretty.trim_end().len() {
        let parts = parts(&pretty.as_bytes()[..at], 64);
        let whole = |p: &crate::Part| p.parsed.completeness == Completeness::Complete;
        assert!(!parts.iter().any(whole), "cut at {at}");
    }
}

#[test]
fn names_are_joined_with_the_only_source() {
    let read = coverage(&report(AGREE, &["/ci/lib"], &two()));
    assert_eq!(kinds(&read), []);
    assert_eq!(paths(&read), ["/ci/lib/a.ex", "/ci/lib/b/c.ex"]);
    let (covered, relevant) = (2, 4);
    assert_eq!(read.value.totals, [Measure::Lines { covered, relevant }]);
    let none = coverage(&report(AGREE, &[], &two()));
    assert_eq!(kinds(&none), []);
    assert_eq!(paths(&none), ["a.ex", "b/c.ex"]);
    let several = coverage(&report(AGREE, &["/ci/lib", "/ci/test"], &two()));
    assert_eq!(several.completeness, Completeness::Complete);
    assert_eq!(kinds(&several), [DefectKind::UnknownValue]);
    assert_eq!(paths(&several), ["a.ex", "b/c.ex"]);
}

#[test]
fn classes_of_one_file_are_united() {
    let classes = class("a.ex", &[(1, 1), (2, 0)]) + &class("a.ex", &[(2, 3), (3, 0)]);
    // Line 2 counts once here, and once or twice for the writer.
    for said in ["lines-covered=\"2\" lines-valid=\"3\"", AGREE] {
        let read = coverage(&report(said, &["lib"], &classes));
        assert_eq!(kinds(&read), [], "{said}");
        let (covered, relevant) = (2, 3);
        assert_eq!(read.value.totals, [Measure::Lines { covered, relevant }]);
        assert_eq!(read.value.files.len(), 1);
    }
    // With two folders they may be two files.
    let read = coverage(&report(AGREE, &["lib", "test"], &classes));
    assert_eq!(read.completeness, Completeness::Partial);
    assert_eq!(
        kinds(&read),
        [DefectKind::UnknownValue, DefectKind::Contradiction]
    );
}

#[test]
fn methods_say_the_same_again() {
    let methods = "<methods><method name=\"f\"><lines><line number=\"9\" hits=\"9\"/></lines></method></methods>";
    let conditions =
        "<line number=\"1\" hits=\"7\"><conditions><condition number=\"0\"/></conditions></line>";
    let classes = two().replace("<methods/>", methods).replace(
        "<line number=\"1\" hits=\"7\" branch=\"False\"/>",
        conditions,
    );
    let read = coverage(&report(AGREE, &["lib"], &classes));
    assert_eq!(kinds(&read), []);
    assert_eq!(read.completeness, Completeness::Complete);
}

#[test]
fn totals_of_the_root_must_agree() {
    for (attributes, worst, kind) in [
        (
            "lines-covered=\"3\" lines-valid=\"4\"",
            Completeness::Partial,
            DefectKind::CountMismatch,
        ),
        (
            "lines-covered=\"2\" lines-valid=\"5\"",
            Completeness::Partial,
            DefectKind::CountMismatch,
        ),
        (
            "lines-covered=\"2\" lines-valid=\"NaN\"",
            Completeness::Partial,
            DefectKind::Number,
        ),
        (
            "lines-covered=\"2\" line-rate=\"0.5\"",
            Completeness::Unproven,
            DefectKind::NoEndMark,
        ),
        (
            "line-rate=\"NaN\"",
            Completeness::Unproven,
            DefectKind::NoEndMark,
        ),
    ] {
        let read = coverage(&report(attributes, &["lib"], &two()));
        assert_eq!(read.completeness, worst, "{attributes}");
        assert_eq!(read.defects[0].kind, kind, "{attributes}");
    }
}

#[test]
fn lines_that_are_not_understood() {
    let whole = report(AGREE, &["lib"], &two());
    for (from, to) in [
        ("hits=\"7\"", "hits=\"7.0\""),
        ("hits=\"7\"", "hits=\"-7\""),
        ("hits=\"7\"", "hits=\"99999999999999999999\""),
        ("hits=\"7\"", ""),
        ("number=\"2\"", "number=\"0\""),
        ("number=\"2\"", "number=\"NaN\""),
        ("filename=\"a.ex\"", ""),
        (
            "<class name=\"A\" filename=\"a.ex\">",
            "<class filename=\"&x;\">",
        ),
        ("<line number=\"2\"", "<lime number=\"2\""),
        ("<lines>", "<lines>text"),
        ("</packages>", "</packages></coverage><coverage>"),
    ] {
        assert!(whole.contains(from), "{from}");
        let read = coverage(&whole.replacen(from, to, 1));
        assert_eq!(read.completeness, Completeness::Partial, "{from} -> {to}");
    }
    let new = coverage(&whole.replace("<methods/>", "<methods/><metrics a=\"1\">x</metrics>"));
    assert_eq!(kinds(&new), [DefectKind::UnknownValue]);
    assert_eq!(new.completeness, Completeness::Complete);
}

#[test]
fn document_types_are_not_resolved() {
    let whole = report(AGREE, &["lib"], &two());
    let with = |doctype: &str| whole.replace("<coverage", &format!("{doctype}\n<coverage"));
    let read = coverage(&with("<!DOCTYPE coverage SYSTEM \"file:///etc/passwd\">"));
    assert_eq!(read.completeness, Completeness::Complete);
    let parts = parts(
        with("<!DOCTYPE coverage [<!ENTITY x \"1\">]>").as_bytes(),
        64,
    );
    assert_eq!(parts[0].parsed.value, Evidence::Nothing);
    assert_eq!(parts[0].parsed.completeness, Completeness::Unreadable);
    assert_eq!(parts[0].parsed.defects[0].kind, DefectKind::Unsupported);
}

#[test]
fn a_report_without_a_line_has_nothing_to_cover() {
    let none = "lines-covered=\"0\" lines-valid=\"0\"";
    let read = coverage(&report(none, &["lib"], &class("a.ex", &[])));
    assert_eq!(kinds(&read), [DefectKind::NothingRan]);
    assert_eq!(read.completeness, Completeness::Complete);
    let (covered, relevant) = (0, 0);
    assert_eq!(
        read.value.files[0].measure,
        Measure::Lines { covered, relevant }
    );
}

#[test]
fn only_cobertura_is_ours() {
    for other in [
        "<coverage version=\"1\"><file path=\"/a\"/></coverage>",
        "<coverage generated=\"1\" clover=\"4\"><project timestamp=\"1\"/></coverage>",
        "<report line-rate=\"1\"><packages/></report>",
        "{}",
    ] {
        assert!(!sniff(other.as_bytes()), "{other}");
    }
}
