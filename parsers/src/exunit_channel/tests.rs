use std::io::BufReader;

use super::{CHANNEL, Channel, read};
use crate::damage::{Damage, files};
use crate::defect::{Completeness, DefectKind};
use crate::evidence::{Evidence, Outcome};
use crate::input::Limits;

const HELLO: &str = r#""t":"hello","v":1,"otp":"25","hook":true"#;
const SUITE: &str = r#""t":"suite","suite":1,"seed":0,"nested":false,"console":true,"repeat":0"#;
const PASSED: &str =
    r#""t":"test","suite":1,"module":"A","name":"test a","type":"test","state":"passed""#;
const FAILED: &str = r#""t":"test","suite":1,"module":"A","name":"test b","type":"test","state":"failed","block":"  1) test b (A)\n     a.exs:1\n     no\n""#;

fn end(suite: u64, passed: u64, failed: u64) -> String {
    format!(
        r#""t":"end","suite":{suite},"us":1,"stopped":false,"passed":{passed},"failed":{failed},"invalid":0,"skipped":0,"excluded":0"#
    )
}

/// A channel with these lines in one VM, sealed.
fn channel(lines: &[&str]) -> Channel {
    let mut text = String::new();
    for (n, line) in lines.iter().enumerate() {
        text.push_str(&format!("{{\"gk\":\"k\",\"vm\":\"1\",\"n\":{n},{line}}}\n"));
    }
    let lines = lines.len();
    text.push_str(&format!(
        "{{\"gk\":\"k\",\"vm\":\"\",\"n\":0,\"t\":\"sealed\",\"lines\":{lines}}}\n"
    ));
    of(&text)
}

fn of(text: &str) -> Channel {
    read(&mut BufReader::new(text.as_bytes()), &Limits::default())
}

fn kinds(channel: &Channel) -> Vec<DefectKind> {
    channel.parsed.defects.iter().map(|d| d.kind).collect()
}

#[test]
fn damage_never_passes() {
    let damage = Damage {
        format: CHANNEL,
        bad: |e| match e {
            Evidence::Tests(t) => t.counts.failed > 0 || t.counts.invalid > 0,
            Evidence::Nothing
            | Evidence::Coverage(_)
            | Evidence::Findings(_)
            | Evidence::Benchmarks(_) => false,
        },
        document: true,
    };
    for file in files("exunit", "channel.jsonl") {
        damage.check(&file);
    }
}

#[test]
fn a_whole_suite_is_complete() {
    let read = channel(&[HELLO, SUITE, PASSED, FAILED, &end(1, 1, 1)]);
    assert_eq!(kinds(&read), []);
    assert_eq!(read.parsed.completeness, Completeness::Complete);
    let tests = &read.parsed.value;
    assert_eq!((tests.counts.passed, tests.counts.failed), (1, 1));
    assert_eq!(tests.cases[1].name, "b");
    assert_eq!(tests.cases[1].reason.as_deref(), Some("no"));
    assert_eq!(tests.failures[0].errors[0].message, "no");
    assert!(read.watched && read.console);
    assert_eq!((read.suites, read.nonce.as_deref()), (1, Some("k")));
}

#[test]
fn what_is_missing_is_named() {
    let ended = end(1, 1, 0);
    let run = r#""t":"run","suite":1,"module":"A","name":"test a""#;
    let stopped = channel(&[HELLO, SUITE, run]);
    assert_eq!(kinds(&stopped), [DefectKind::Cut]);
    assert!(stopped.parsed.defects[0].message.ends_with("`test a (A)`"));
    assert_eq!(
        kinds(&channel(&[HELLO, SUITE, &ended])),
        [DefectKind::CountMismatch, DefectKind::NothingRan]
    );
    let lost = channel(&[HELLO, SUITE, PASSED, r#""t":"lost","suite":1"#, &ended]);
    assert_eq!(kinds(&lost), [DefectKind::Cut]);
    let twice = channel(&[HELLO, SUITE, PASSED, &ended, &ended]);
    assert_eq!(kinds(&twice), [DefectKind::Contradiction]);
    let unknown = channel(&[
        HELLO,
        SUITE,
        r#""t":"test","suite":1,"state":"unknown""#,
        &ended,
    ]);
    assert_eq!(unknown.parsed.completeness, Completeness::Partial);
    let newer = channel(&[r#""t":"hello","v":2,"hook":true"#]);
    assert_eq!(kinds(&newer), [DefectKind::Unsupported]);
}

#[test]
fn lines_of_others_are_seen() {
    let line = |gk: &str, vm: &str, n: u64, rest: &str| {
        format!("{{\"gk\":\"{gk}\",\"vm\":\"{vm}\",\"n\":{n},{rest}}}\n")
    };
    let start = line("k", "1", 0, HELLO) + &line("k", "1", 1, SUITE);
    let seal = "{\"gk\":\"k\",\"vm\":\"\",\"n\":0,\"t\":\"sealed\",\"lines\":5}\n";
    let whole =
        |middle: &str| of(&(start.clone() + middle + &line("k", "1", 3, &end(1, 1, 0)) + seal));
    for (middle, kind) in [
        (line("x", "1", 2, PASSED), DefectKind::Contradiction),
        (line("k", "2", 2, PASSED), DefectKind::Contradiction),
        (line("k", "1", 1, PASSED), DefectKind::Contradiction),
        (line("k", "1", 7, PASSED), DefectKind::CountMismatch),
        ("1 test, 0 failures\n".to_owned(), DefectKind::Syntax),
    ] {
        let found = kinds(&whole(&middle));
        assert_eq!(found.first(), Some(&kind), "{middle}: {found:?}");
    }
    let after = start + &line("k", "1", 2, PASSED) + &line("k", "1", 3, &end(1, 1, 0));
    let late = of(&(after.clone() + &seal.replace('5', "4") + "x\n"));
    assert_eq!(kinds(&late), [DefectKind::TrailingText]);
    assert_eq!(kinds(&of(&after)), [DefectKind::Cut], "not sealed");
}

#[test]
fn suites_inside_tests_and_earlier_rounds_do_not_count() {
    let inner = SUITE
        .replace("\"suite\":1", "\"suite\":2")
        .replace("\"nested\":false", "\"nested\":true");
    let failed = FAILED.replace("\"suite\":1", "\"suite\":2");
    let read = channel(&[
        HELLO,
        SUITE,
        &inner,
        &failed,
        &end(2, 0, 1),
        PASSED,
        &end(1, 1, 0),
    ]);
    assert_eq!(kinds(&read), [DefectKind::Foreign]);
    assert_eq!((read.parsed.value.counts.failed, read.suites), (0, 1));
    let round = |n: u64| {
        SUITE
            .replace("\"suite\":1", &format!("\"suite\":{n}"))
            .replace("\"repeat\":0", "\"repeat\":3")
    };
    let second = PASSED.replace("\"suite\":1", "\"suite\":2");
    let read = channel(&[
        HELLO,
        &round(1),
        PASSED,
        &end(1, 1, 0),
        &round(2),
        &second,
        &failed,
        &end(2, 1, 1),
    ]);
    assert_eq!(kinds(&read), []);
    assert_eq!((read.parsed.value.counts.ran(), read.suites), (2, 1));
    assert_eq!(read.parsed.value.cases.len(), 2);
}

#[test]
fn tests_that_passed_before_their_module_failed_have_failed() {
    let module = r#""t":"module","suite":1,"module":"A","invalidated":1,"block":"  2) A: failure on setup_all callback, all tests have been invalidated\n     ** (RuntimeError) late\n""#;
    let read = channel(&[HELLO, SUITE, PASSED, FAILED, module, &end(1, 0, 2)]);
    assert_eq!(kinds(&read), []);
    let tests = &read.parsed.value;
    assert_eq!(tests.counts.failed, 2);
    assert!(tests.cases.iter().all(|c| c.outcome == Outcome::Failed));
    assert_eq!(
        tests.cases[0].reason.as_deref(),
        Some("** (RuntimeError) late")
    );
    assert_eq!(tests.failures[1].test_type.as_deref(), Some("setup_all"));
}

#[test]
fn details_are_bounded_and_all_is_counted() {
    let limits = Limits {
        details: 2,
        ..Limits::default()
    };
    let mut lines = vec![HELLO, SUITE];
    lines.extend([PASSED; 5]);
    lines.push(FAILED);
    let ended = end(1, 5, 1);
    lines.push(&ended);
    let mut text = String::new();
    for (n, line) in lines.iter().enumerate() {
        text.push_str(&format!("{{\"gk\":\"k\",\"vm\":\"1\",\"n\":{n},{line}}}\n"));
    }
    let read = read(&mut BufReader::new(text.as_bytes()), &limits);
    assert_eq!(read.parsed.value.counts.ran(), 6);
    assert_eq!(
        (
            read.parsed.value.cases.len(),
            read.parsed.value.failures.len()
        ),
        (2, 1)
    );
    assert_eq!(kinds(&read), [DefectKind::Cut, DefectKind::Limit]);
}
