//! What tests print while they run: nearly all lines of a long log.
//!
//! Such a line is told by its ends, and by what it does not hold, so that many are passed over at once; a line that may
//! be anything else is left to the readers of those.

use super::logged;

/// What follows the line at the start of a text, if that is noise, which a suite passes over but for the dots in it.
/// `max`: bytes of a line that are looked at.
pub(super) fn after(text: &[u8], max: usize) -> Option<&[u8]> {
    // Of a run, of a failure, of the compiler, or what GitHub writes before a line.
    if let None | Some(b' ' | b'=' | b'#' | b'A' | b'E' | b'R' | b'W' | b'\n') = text.first() {
        return None;
    }
    let end = memchr::memchr(b'\n', text).filter(|at| *at <= max)?;
    let (line, rest) = text.split_at_checked(end)?;
    let may_be_mark = matches!(line.last(), Some(b')' | b']' | b'd' | b'e' | b'\r'));
    let noise = !may_be_mark && !may_be_numbered(line) && !logged::may_be_error(line);
    rest.get(1..).filter(|_| noise)
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

    #[test]
    fn only_what_nobody_reads_is_noise() {
        for noise in [
            "12:00:00.123 [info] GET /carts/7 sent 200 in 3ms",
            "..*..",
            "hello",
        ] {
            let text = format!("{noise}\nrest");
            assert_eq!(after(text.as_bytes(), 100), Some(&b"rest"[..]), "{noise}");
            assert_eq!(after(text.as_bytes(), noise.len() - 1), None, "{noise}");
            assert_eq!(after(noise.as_bytes(), 100), None, "{noise} has no end");
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
            assert_eq!(
                after(format!("{other}\nx").as_bytes(), 100),
                None,
                "{other}"
            );
        }
    }
}
