//! Lines that mean nothing to the reader of compilers while it reads nothing: nearly all of what tests print.
//!
//! They are told by their first byte and by what stands before their first colon, and many at once. A line that may be
//! anything else ends them.

use crate::github_log;
use crate::input::Taken;
use crate::text;

/// The lines of standard output at the start of a text that are foreign, in bytes.
pub(super) fn lines(text: &[u8]) -> usize {
    Taken::each(text, after).bytes
}

/// What follows the line at the start of a text, if that is foreign.
fn after(text: &[u8]) -> Option<&[u8]> {
    let first = *text.first()?;
    if matches!(
        first,
        b' ' | b'=' | b'C' | b'G' | b'R' | b'S' | b'c' | b'e' | b'w'
    ) {
        return None;
    }
    let (line, rest) = text::first_line(text, usize::MAX)?;
    let foreign = match memchr::memchr(b':', line) {
        None => true,
        // A diagnostic behind marks of progress, a line of Mix, or a place in a source of Erlang.
        Some(colon) => {
            let marked = matches!(first, b'.' | b'*' | b'F' | b'?' | b'I');
            !marked && !line.get(..colon)?.ends_with(b"rl")
        }
    };
    let bare = github_log::unmarked(line).len() == line.len();
    (foreign && bare).then_some(rest)
}

#[cfg(test)]
mod tests {
    use super::lines;

    #[test]
    fn a_line_that_may_be_of_a_compiler_is_not_foreign() {
        for foreign in [
            "..*.F",
            "12:00:00.123 [info] GET /carts/7 sent 200 in 3ms: warning: x",
            "hello",
            "",
            "./lib/a.ex",
            "** (RuntimeError) x",
            "Hello: error: x",
            "\r",
        ] {
            let text = format!("{foreign}\nwarning: x\n");
            assert_eq!(lines(text.as_bytes()), foreign.len() + 1, "{foreign}");
            assert_eq!(lines(foreign.as_bytes()), 0, "{foreign} has no end");
        }
        for own in [
            "warning: variable \"x\" is unused",
            "    error: undefined variable \"x\"",
            "..warning: variable \"x\" is unused",
            "== Compilation error in file lib/a.ex ==",
            "** (Mix) Could not compile dependency :a",
            "Compilation failed due to warnings",
            "could not compile dependency :a",
            "Compiling 1 file (.erl)",
            "Generated shop app",
            "==> shop",
            "Starting Dialyzer",
            "Running ExUnit with seed: 0, max_cases: 4",
            "** (RuntimeError) x: y",
            "src/a.erl:3:9: Warning: variable 'Y' is unused",
            "/home/a/src/a.hrl:3:9: Warning: x",
            "2026-01-30T12:00:00.1234567Z warning: x",
            "##[warning]warning: x",
            "Warning:   lib/a.ex:1: A.b/0",
        ] {
            let text = format!("a\nb: c\n{own}\nd\n");
            assert_eq!(lines(text.as_bytes()), 7, "{own}");
        }
    }
}
