//! Reports of junit_formatter and of other tools, and what damage does to them.

use crate::damage::{Damage, files, parts};
use crate::evidence::{ErrorKind, Evidence, Name, Outcome, Tests};
use crate::names::{kept, of_tests};
use crate::{Completeness, DefectKind, Parsed, Part};

const DAMAGE: Damage = Damage {
    format: "junit-xml",
    bad: |e| matches!(e, Evidence::Tests(t) if t.counts.failed + t.counts.invalid > 0),
    document: true,
};

fn part(text: &str) -> Part {
    let mut parts = parts(text.as_bytes(), 1 << 16);
    assert!(!parts.is_empty(), "not recognised: {text}");
    parts.swap_remove(0)
}

fn tests(text: &str) -> Parsed<Tests> {
    part(text).parsed.map(|e| match e {
        Evidence::Tests(t) => t,
        other => panic!("{other:?}"),
    })
}

fn kinds(read: &Parsed<Tests>) -> Vec<DefectKind> {
    read.defects.iter().map(|d| d.kind).collect()
}

/// A report of junit_formatter with one suite of these cases.
fn elixir(counters: &str, cases: &str) -> String {
    format!(
        r#"<?xml version="1.0"?><testsuites><testsuite {counters} name="Elixir.ATest" time="0.3000"><properties><property name="date" value="2026-11-21T00:00:00Z"/><property name="seed" value="7"/></properties>{cases}</testsuite></testsuites>"#
    )
}

const PASS: &str = r#"<testcase classname="Elixir.ATest" name="test one" time="0.1000"/>"#;

#[test]
fn damage_never_passes() {
    for path in files("junit", "report.xml") {
        DAMAGE.check(&path);
    }
}

#[test]
fn a_case_of_every_outcome() {
    let read = tests(&elixir(
        r#"errors="1" failures="1" skipped="2" tests="5""#,
        &[
            PASS,
            r#"<testcase file="test/a_test.exs:9" classname="Elixir.ATest" name="property two" time="0.1"><failure message="error: boom">  1) property two (ATest)
     test/a_test.exs:9
     ** (RuntimeError) boom
     code: boom()
</failure></testcase>"#,
            r#"<testcase classname="Elixir.ATest" name="test three" time="0.0"><error message="Invalid module Elixir.ExUnit.TestModule">%ExUnit.TestModule{}</error></testcase>"#,
            r#"<testcase classname="Elixir.ATest" name="test four" time="0.0"><skipped message="due to skip tag"/></testcase>"#,
            r#"<testcase classname="Elixir.ATest" name="test five" time="0.0"><skipped message="due to slow filter"/></testcase>"#,
        ]
        .concat(),
    ));
    assert_eq!(
        (read.completeness, kinds(&read)),
        (Completeness::Complete, vec![])
    );
    let outcomes: Vec<Outcome> = read.value.cases.iter().map(|c| c.outcome).collect();
    let every = [
        Outcome::Passed,
        Outcome::Failed,
        Outcome::Invalid,
        Outcome::Skipped,
        Outcome::Excluded,
    ];
    assert_eq!(outcomes, every);
    assert_eq!(read.value.seed, Some(7));
    assert_eq!(read.value.duration_us, Some(300_000));
    let [two, set_up] = &read.value.failures[..] else {
        panic!("{:?}", read.value.failures);
    };
    assert_eq!(two.name.as_deref(), Some("two"));
    assert_eq!(two.test_type.as_deref(), Some("property"));
    assert_eq!(two.file.as_deref(), Some("test/a_test.exs"));
    assert_eq!(two.line.map(|l| l.get()), Some(9));
    assert_eq!(two.errors[0].kind, ErrorKind::Error);
    assert_eq!(two.errors[0].exception.as_deref(), Some("RuntimeError"));
    assert_eq!(two.errors[0].message, "boom");
    assert_eq!(set_up.test_type.as_deref(), Some("setup_all"));
    assert_eq!(set_up.name, None);
}

#[test]
fn an_assertion_that_looks_like_an_error_is_an_assertion() {
    let case = r#"<testcase classname="Elixir.ATest" name="test a"><failure message="error: mine">  1) test a (ATest)
     test/a_test.exs:1
     error: mine
</failure></testcase>"#;
    let read = tests(&elixir(r#"errors="0" failures="1" tests="1""#, case));
    let error = &read.value.failures[0].errors[0];
    assert_eq!(
        (error.kind, error.message.as_str()),
        (ErrorKind::Assertion, "error: mine")
    );
}

#[test]
fn counters_must_agree() {
    for (counters, kind) in [
        (
            r#"errors="0" failures="0" tests="2""#,
            DefectKind::CountMismatch,
        ),
        (
            r#"errors="0" failures="1" tests="1""#,
            DefectKind::CountMismatch,
        ),
        (
            r#"errors="1" failures="0" tests="1""#,
            DefectKind::CountMismatch,
        ),
        (
            r#"errors="0" failures="0" skipped="1" tests="1""#,
            DefectKind::CountMismatch,
        ),
        (r#"errors="0" failures="0""#, DefectKind::MissingField),
        (
            r#"errors="0" failures="" tests="1""#,
            DefectKind::MissingField,
        ),
        (r#"errors="0" failures="-0" tests="1""#, DefectKind::Number),
        (
            r#"errors="0" failures="0" failures="0" tests="1""#,
            DefectKind::Syntax,
        ),
    ] {
        let read = tests(&elixir(counters, PASS));
        assert_eq!(read.completeness, Completeness::Partial, "{counters}");
        assert_eq!(kinds(&read)[..], [kind], "{counters}");
    }
    let read = tests(&elixir(r#"errors="0" failures="0" tests="2""#, PASS));
    let path = read.defects[0].at.path.as_deref();
    assert_eq!(path, Some("testsuites/testsuite[0]/@tests"));
}

#[test]
fn other_tools_may_leave_counters_out_and_nest_suites() {
    let read = tests(
        r#"<testsuite name="a" tests="2"><testsuite name="b"><testcase classname="x.Y" name="test z"/></testsuite><testcase name="c" time="1,5"/></testsuite>"#,
    );
    assert_eq!(
        (read.completeness, kinds(&read)),
        (Completeness::Complete, vec![])
    );
    let [z, c] = &read.value.cases[..] else {
        panic!("{:?}", read.value.cases);
    };
    // Only ExUnit's names start with a type.
    assert_eq!(
        (z.name.as_str(), z.module.as_deref()),
        ("test z", Some("x.Y"))
    );
    assert_eq!(
        (c.module.as_deref(), c.duration_us),
        (Some("a"), Some(1_500_000))
    );
}

#[test]
fn outcomes_of_other_tools() {
    for (case, outcome) in [
        (r#"<failure/><error/>"#, Outcome::Failed),
        (r#"<error type="TypeError">x</error>"#, Outcome::Failed),
        (r#"<skipped/><error/>"#, Outcome::Failed),
        (r#"<skipped/><failure/>"#, Outcome::Failed),
        (r#"<skipped/>"#, Outcome::Skipped),
        (
            r#"<flakyFailure message="m">x<stackTrace/></flakyFailure>"#,
            Outcome::Passed,
        ),
        (r#"<failure/><rerunFailure/><rerunError/>"#, Outcome::Failed),
        (
            r#"<system-out><![CDATA[<failure/>]]></system-out>"#,
            Outcome::Passed,
        ),
        (
            r#"<properties><property name="failure"/></properties>"#,
            Outcome::Passed,
        ),
    ] {
        let text = format!(
            r#"<testsuites><testsuite name="s"><testcase name="c">{case}</testcase></testsuite></testsuites>"#
        );
        let read = tests(&text);
        assert_eq!(read.completeness, Completeness::Complete, "{case}");
        assert_eq!(read.value.cases[0].outcome, outcome, "{case}");
        assert_eq!(
            read.value.failures.len(),
            usize::from(outcome == Outcome::Failed)
        );
    }
    for (status, outcome) in [
        ("notrun", Outcome::Skipped),
        ("run", Outcome::Passed),
        ("FAILED", Outcome::Failed),
    ] {
        let read = tests(&format!(
            r#"<testsuite><testcase name="c" status="{status}"/></testsuite>"#
        ));
        assert_eq!(read.value.cases[0].outcome, outcome, "{status}");
    }
}

#[test]
fn what_could_be_an_outcome_is_partial() {
    for inside in [
        "<failed/>",
        "<Failure/>",
        "<rerunFailure/>",
        "failure/>",
        "<testcase name='x'/>",
        "&undefined;",
    ] {
        let text = format!(
            r#"<testsuites><testsuite><testcase name="c">{inside}</testcase></testsuite></testsuites>"#
        );
        assert_eq!(tests(&text).completeness, Completeness::Partial, "{inside}");
    }
    for inside in ["<failure/>", "<error/>", "testcase/>"] {
        let text = format!(
            r#"<testsuites><testsuite><testcase name="c"/>{inside}</testsuite></testsuites>"#
        );
        assert_eq!(tests(&text).completeness, Completeness::Partial, "{inside}");
    }
}

#[test]
fn characters_that_xml_does_not_allow_lose_nothing() {
    let case = b"<testcase classname=\"Elixir.ATest\" name=\"test \x1b[31mred\x00\"><failure message=\"a\xffb\">x &#27; \xc3</failure></testcase>";
    let whole = elixir(r#"errors="0" failures="1" tests="1""#, "@");
    let (before, after) = whole.split_once('@').unwrap();
    let text = [before.as_bytes(), case, after.as_bytes()].concat();
    for step in [1, 2, 3, 1 << 16] {
        let part = parts(&text, step).swap_remove(0);
        assert_eq!(part.parsed.completeness, Completeness::Complete);
        let kinds: Vec<DefectKind> = part.parsed.defects.iter().map(|d| d.kind).collect();
        assert_eq!(kinds, [DefectKind::Encoding, DefectKind::Encoding]);
        let Evidence::Tests(tests) = part.parsed.value else {
            panic!();
        };
        assert_eq!(tests.cases[0].name, "\u{1b}[31mred\0");
        assert_eq!(tests.failures[0].errors[0].message, "a\u{fffd}b");
    }
}

#[test]
fn references_are_resolved_and_others_refused() {
    let text = r#"<testsuite><testcase name="&lt;a&gt; &amp;lt; &#x41;&#66; &quot;&apos;"><skipped>x &amp;&#10;y</skipped></testcase></testsuite>"#;
    let read = tests(text);
    assert_eq!(read.completeness, Completeness::Complete);
    assert_eq!(read.value.cases[0].name, "<a> &lt; AB \"'");
    assert_eq!(read.value.cases[0].reason.as_deref(), Some("x &\ny"));
    for bad in [
        "&nbsp;",
        "&;",
        "&",
        "&#xD800;",
        "&#-1;",
        "&#x110000;",
        "&lt",
    ] {
        let text = format!(r#"<testsuite><testcase name="{bad}"/></testsuite>"#);
        assert_eq!(tests(&text).completeness, Completeness::Partial, "{bad}");
    }
}

#[test]
fn document_types_are_refused() {
    for text in [
        r#"<?xml version="1.0"?><!DOCTYPE testsuites [<!ENTITY x SYSTEM "file:///etc/passwd">]><testsuites><testsuite name="&x;"/></testsuites>"#,
        r#"<!DOCTYPE lolz [<!ENTITY a "lol"><!ENTITY b "&a;&a;&a;">]><testsuites>&b;</testsuites>"#,
    ] {
        let part = part(text);
        assert_eq!(part.parsed.completeness, Completeness::Unreadable);
        assert_eq!(part.parsed.value, Evidence::Nothing);
        assert_eq!(part.parsed.defects[0].kind, DefectKind::Unsupported);
    }
}

#[test]
fn documents_that_are_not_whole() {
    let whole = elixir(r#"errors="0" failures="0" tests="1""#, PASS);
    assert_eq!(tests(&whole).completeness, Completeness::Complete);
    for (text, kind) in [
        (whole.replace("</testsuites>", ""), DefectKind::Cut),
        (
            whole.replace("</testsuite></testsuites>", ""),
            DefectKind::Cut,
        ),
        (
            whole.replace("</testsuites>", "</testsuite"),
            DefectKind::Cut,
        ),
        (format!("{whole}\n<testsuites/>"), DefectKind::TrailingText),
        (format!("{whole}\nkilled"), DefectKind::TrailingText),
        (format!("{whole}{whole}"), DefectKind::TrailingText),
        (
            whole.replace("</testsuites>", "</testsuite>"),
            DefectKind::Syntax,
        ),
        (
            format!("<testsuite>{}", "<testsuite>".repeat(100)),
            DefectKind::Limit,
        ),
        (
            format!("<testsuites {}/>", "a=\"\" ".repeat(300)),
            DefectKind::Limit,
        ),
    ] {
        let read = tests(&text);
        assert_eq!(read.completeness, Completeness::Partial, "{text}");
        assert_eq!(read.defects[0].kind, kind, "{text}");
    }
    assert_eq!(
        tests(&format!("{whole}\n<!-- done -->\n")).completeness,
        Completeness::Complete
    );
}

#[test]
fn no_case_is_no_test() {
    let read = tests("<testsuites/>");
    assert_eq!(kinds(&read), [DefectKind::NothingRan]);
    assert_eq!(read.value.counts.total(), 0);
}

#[test]
fn details_are_limited_and_counts_are_not() {
    let cases = r#"<testcase name="c"><failure/></testcase>"#.repeat(10_100);
    let read = tests(&format!("<testsuite>{cases}</testsuite>"));
    assert_eq!(read.value.counts.failed, 10_100);
    assert_eq!(
        (read.value.cases.len(), read.value.failures.len()),
        (10_000, 10_000)
    );
    assert_eq!(kinds(&read), [DefectKind::Limit]);
}

#[test]
fn an_event_without_end_is_not_kept() {
    let long = format!(r#"<testsuite><testcase name="{}"#, "a".repeat(40 << 20));
    let read = tests(&long);
    assert_eq!(
        (read.completeness, kinds(&read)),
        (Completeness::Partial, vec![DefectKind::Limit])
    );
}

#[test]
fn only_test_reports_are_ours() {
    for text in [
        "<!DOCTYPE html><html><body>testsuites</body></html>",
        "<html/>",
        "<coverage clover=\"4\"/>",
        "<testsuiteses/>",
        "<?xml version=\"1.0\"?><!-- <testsuites> --><x/>",
        "<testsuites",
        "text <testsuites/>",
    ] {
        assert!(parts(text.as_bytes(), 1 << 16).is_empty(), "{text}");
    }
    for text in [
        "\u{feff}<?xml version=\"1.0\"?>\n<!-- c -->\n<testsuites/>",
        "<j:testsuite xmlns:j=\"x\"/>",
    ] {
        assert_eq!(tests(text).completeness, Completeness::Complete, "{text}");
    }
}

/// Small reports as other tools write them: what is in them, and how much of it counts.
#[test]
fn reports_of_other_tools() {
    for (text, [passed, failed, skipped], completeness) in [
        (
            r#"<testsuites id="" name="" tests="2" failures="1" skipped="0" errors="0" time="1.2"><testsuite name="a.spec.ts" timestamp="2026-11-21T00:00:00.000Z" hostname="chromium" tests="2" failures="1" skipped="0" time="1.1" errors="0"><testcase name="cart › adds" classname="a.spec.ts" time="0.5"></testcase><testcase name="cart › removes" classname="a.spec.ts" time="0.6"><failure message="a.spec.ts:3:1 removes" type="FAILURE"><![CDATA[  [chromium] › a.spec.ts:3:1 ]]&gt; Error]]></failure><system-out><![CDATA[[[ATTACHMENT|x.png]]]]></system-out></testcase></testsuite></testsuites>"#,
            [1, 1, 0],
            Completeness::Complete,
        ),
        (
            r#"<testsuites name="jest tests" tests="2" failures="1" errors="0" time="0.9"><testsuite name="cart" errors="0" failures="1" skipped="1" timestamp="2026-11-21T00:00:00" time="0.4" tests="2"><testcase classname="cart a" name="cart a" time="0.001"><failure>one</failure><failure>two</failure></testcase><testcase classname="cart b" name="cart b" time="0"><skipped/></testcase></testsuite></testsuites>"#,
            [0, 1, 1],
            Completeness::Complete,
        ),
        (
            r#"<?xml version="1.0" encoding="utf-8"?><testsuites name="pytest tests"><testsuite name="pytest" errors="1" failures="1" skipped="1" tests="3" time="0.04"><testcase classname="t.a" name="test_a[1]" time="0.1"><failure message="assert 1 == 2">x</failure><error message="failed on teardown">y</error></testcase><testcase classname="t.a" name="test_b" time="0.1"><skipped type="pytest.skip" message="why">z</skipped></testcase><testcase classname="t.a" name="test_c" time="0.1"/></testsuite></testsuites>"#,
            [1, 1, 1],
            Completeness::Complete,
        ),
        (
            r#"<testsuites tests="1" failures="0" errors="1" time="0.1"><testsuite tests="1" failures="0" time="0.1" name="ex/pkg"><properties><property name="go.version" value="go1.24"></property></properties><testcase classname="ex/pkg" name="TestA" time="0.0"></testcase></testsuite></testsuites>"#,
            [1, 0, 0],
            Completeness::Partial,
        ),
        (
            r#"<testsuites name="n" tests="2" failures="1" errors="0" uuid="x" time="1"><testsuite name="bin" tests="2" disabled="0" errors="0" failures="1"><testcase name="a" classname="bin" time="1"><flakyFailure type="test failure with exit code 101"/></testcase><testcase name="b" classname="bin" time="1"><failure type="test timeout"/><rerunFailure type="test timeout"/></testcase></testsuite></testsuites>"#,
            [1, 1, 0],
            Completeness::Complete,
        ),
        (
            r#"<testsuite xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance" name="com.A" time="1,234.5" tests="2" errors="1" skipped="0" failures="0"><properties/><testcase name="a" classname="com.A" time="0.1"/><testcase name="b" classname="com.A" time=""><error type="java.lang.Error">at x</error></testcase></testsuite>"#,
            [1, 1, 0],
            Completeness::Complete,
        ),
    ] {
        let read = tests(text);
        let c = read.value.counts;
        assert_eq!(
            [c.passed, c.failed, c.skipped],
            [passed, failed, skipped],
            "{text}"
        );
        assert_eq!(read.completeness, completeness, "{text}");
    }
}

/// Ten thousand cases are kept, and as many failures: their module, file and type are not kept for each.
#[test]
fn what_cases_have_in_common_is_kept_once() {
    let case = |n: u32| {
        format!(
            r#"<testcase file="test/a_test.exs:{n}" classname="Elixir.ATest" name="test {n}" time="0.1"><failure message="no">  1) test {n} (ATest)</failure></testcase>"#
        )
    };
    let cases: String = (1..=9).map(case).collect();
    let read = tests(&elixir(r#"errors="0" failures="9" tests="9""#, &cases)).value;
    assert_eq!((read.failures.len(), read.cases.len()), (9, 9));
    let names: Vec<&Name> = of_tests(&read).collect();
    assert_eq!((names.len(), kept(names)), (54, 3));
}
