//! The log of a GitHub job, downloaded or copied from the page: what GitHub wrote before each line is not the tool's.
//!
//! Source of the format: `actions/runner`. A downloaded log has the time before every line. A line that a problem
//! matcher recognised (setup-beam brings some for Elixir: the place of a failed test, a warning's file) begins with
//! `##[error]` or `##[warning]` there, and with `Error: ` or `Warning: ` where it was copied from the page.
//!
//! Deliberately absent: documents (JSON, XML) between such lines; those are best kept as files.

/// A line without what GitHub wrote before it. The words of the page are taken away only where the indentation of the
/// tool's own line follows them: a tool may begin a line with `Error: ` itself.
#[inline]
pub(crate) fn unmarked(line: &[u8]) -> &[u8] {
    match line.first() {
        // Most lines of a log begin with a number, and few with a date.
        Some(b'0'..=b'9') if line.get(4) == Some(&b'-') => stamped(line).map_or(line, marked),
        Some(b'#' | b'E' | b'W') => marked(line),
        _ => line,
    }
}

/// What follows the time: `2026-01-30T12:00:00.1234567Z `.
fn stamped(line: &[u8]) -> Option<&[u8]> {
    const FORM: &[u8] = b"0000-00-00T00:00:00.0000000Z ";
    let (time, rest) = line.split_at_checked(FORM.len())?;
    let fits = |(byte, form): (&u8, &u8)| match form {
        b'0' => byte.is_ascii_digit(),
        form => byte == form,
    };
    time.iter().zip(FORM).all(fits).then_some(rest)
}

fn marked(line: &[u8]) -> &[u8] {
    for mark in [&b"##[error]"[..], b"##[warning]"] {
        if let Some(rest) = line.strip_prefix(mark) {
            return rest;
        }
    }
    for word in [&b"Error: "[..], b"Warning: "] {
        if let Some(rest) = line.strip_prefix(word).filter(|r| r.starts_with(b"  ")) {
            return rest;
        }
    }
    line
}

#[cfg(test)]
mod tests {
    use std::fs;
    use std::path::Path;

    use super::unmarked;
    use crate::{Evidence, damage};

    #[test]
    fn only_what_github_writes_is_taken_away() {
        for (line, text) in [
            (
                "2026-01-30T12:00:00.1234567Z   1) test a (A)",
                "  1) test a (A)",
            ),
            (
                "2026-01-30T12:00:00.1234567Z ##[error]     test/a_test.exs:1",
                "     test/a_test.exs:1",
            ),
            ("Error:      test/a_test.exs:1", "     test/a_test.exs:1"),
            ("Warning:   lib/a.ex:1: A.b/0", "  lib/a.ex:1: A.b/0"),
            ("Error: it failed", "Error: it failed"),
            ("2026-01-30T12:00:00.123Z x", "2026-01-30T12:00:00.123Z x"),
            (
                "2026-01-30T12:00:00.1234567Z",
                "2026-01-30T12:00:00.1234567Z",
            ),
            ("12:00:00.123 [error] x", "12:00:00.123 [error] x"),
            ("# comment", "# comment"),
        ] {
            assert_eq!(unmarked(line.as_bytes()), text.as_bytes());
        }
    }

    /// What is read in a log, without the places: their offsets differ.
    fn read(log: &str) -> Vec<Evidence> {
        let parts = damage::parts(log.as_bytes(), 4096);
        parts.into_iter().map(|p| p.parsed.value).collect()
    }

    /// As the runner marks the log of a real suite.
    #[test]
    fn a_marked_log_says_what_the_tool_said() {
        let captures = Path::new(env!("CARGO_MANIFEST_DIR")).join("../fixtures/captures");
        for case in [
            "exunit/1.14.0/zoo-asserts/stdout.txt",
            "exunit/1.20.4/zoo-lifecycle/stdout.txt",
            "compiler/1.14.0/then-tests-merged/stdout.txt",
        ] {
            let plain = fs::read_to_string(captures.join(case)).unwrap();
            let place = |line: &str| line.starts_with("     test/") || line.starts_with("  lib/");
            let log = |time: &str, mark: &str| -> String {
                let lines = plain.split_inclusive('\n');
                lines
                    .map(|l| format!("{time}{}{l}", if place(l) { mark } else { "" }))
                    .collect()
            };
            let told = read(&plain);
            assert!(!told.is_empty(), "{case}");
            assert!(log("", "##[error]") != plain, "{case} has no place");
            for (time, mark) in [
                ("2026-01-30T12:00:00.1234567Z ", "##[error]"),
                ("", "Error: "),
                ("", "Warning: "),
            ] {
                assert_eq!(read(&log(time, mark)), told, "{case} {time} {mark}");
            }
        }
    }
}
