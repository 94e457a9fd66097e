//! What tests print while they run: nearly all lines of a long log.
//!
//! Such a line is told by its ends, and by what it does not hold, so that many are passed over at once; a line that may
//! be anything else is left to the readers of those.

use super::logged;
use crate::input::Taken;
use crate::text::first_line;

/// The lines at the start of a text that are noise, which a suite passes over but for the dots in them. `max`: bytes of a
/// line that are looked at.
pub(super) fn taken(text: &[u8], max: usize) -> Taken {
    let taken = Taken::each(text, |rest| after(rest, max));
    let lines = text.get(..taken.bytes).unwrap_or_default();
    // Looked for in all of them, which is faster than in each.
    match logged::before_error(lines) {
        Some(lines) => Taken::each(lines, |rest| after(rest, max)),
        None => taken,
    }
}

/// What follows the line at the start of a text, if that is one below the header of a failure.
pub(super) fn indented(text: &[u8], max: usize) -> Option<&[u8]> {
    let (line, rest) = first_line(text, max)?;
    line.starts_with(b"     ").then_some(rest)
}

/// What follows the line at the start of a text, if that is noise unless it is an error that was logged.
fn after(text: &[u8], max: usize) -> Option<&[u8]> {
    // Of a run, of a failure, of the compiler, or what GitHub writes before a line.
    if let None | Some(b' ' | b'=' | b'#' | b'A' | b'E' | b'R' | b'W' | b'\n') = text.first() {
        return None;
    }
    let (line, rest) = first_line(text, max)?;
    let may_be_mark = matches!(line.last(), Some(b')' | b']' | b'd' | b'e' | b'\r'));
    let noise = !may_be_mark && !may_be_numbered(line);
    noise.then_some(rest)
}

/// Whether a line begins with a number that is no clock: a failure, a summary, a date.
fn may_be_numbered(line: &[u8]) -> bool {
    match line {
        [b'0'..=b'9', b'0'..=b'9', b':', ..] => false,
        [first, ..] => first.is_ascii_digit(),
        [] => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn lines(text: &str, max: usize) -> (usize, u64) {
        let taken = taken(text.as_bytes(), max);
        (taken.bytes, taken.lines)
    }

    #[test]
    fn lines_of_a_failure_are_indented() {
        let text = b"     test/a_test.exs:3\n\n";
        assert_eq!(indented(text, 22), Some(&b"\n"[..]));
        assert_eq!(indented(text, 21), None);
        assert_eq!(indented(b"    a\n", 100), None);
        assert_eq!(indented(b"     a", 100), None);
    }

    #[test]
    fn only_what_nobody_reads_is_noise() {
        for noise in [
            "12:00:00.123 [info] GET /carts/7 sent 200 in 3ms",
            "..*..",
            "hello",
        ] {
            let text = format!("{noise}\nrest");
            assert_eq!(lines(&text, 100), (text.len() - 4, 1), "{noise}");
            assert_eq!(lines(&text, noise.len() - 1), (0, 0), "{noise}");
            assert_eq!(lines(noise, 100), (0, 0), "{noise} has no end");
        }
        for other in [
            "",
            "12:00:00.123 [error] GenServer Shop.Stock terminating",
            "12:00:00.123 [info] a [error] b",
            "noise  3) test a (B)",
            "  3) test a",
            "123) test a",
            "1 test, 0 failures",
            "12 tests, 0 failures",
            "     ** (RuntimeError) x",
            "Running ExUnit with seed: 0, max_cases: 4",
            "Randomized with seed 1",
            "Result: 4 passed",
            "Finished in 0.1 seconds (0.1s async, 0.0s sync)",
            "Excluding tags: [:a]",
            "A.B: failure on setup_all callback, all tests have been invalidated",
            "..--max-failures reached, aborting test suite",
            "  * test a [L#9]\r  * test a (0.1ms) [L#9]",
            "== Compilation error in file a.ex ==",
            "2026-01-30T12:00:00.1234567Z 1 test, 0 failures",
            "##[error]1 test, 0 failures",
            "a\r",
        ] {
            let text = format!("a\nb\n{other}\nc\n");
            assert_eq!(lines(&text, 100), (4, 2), "{other}");
        }
    }
}
