//! One failure as `ExUnit.Formatter` gives it, apart from any console: header, place, body.

use crate::evidence::TestError;
use crate::names::Names;

use super::block::Body;
use super::header::{Candidate, Expected, setup_all};
use super::suite::reason;

/// Reads the text of one failure, numbered 1: its errors, at least one. `max` is the limit of one text.
pub(crate) fn errors(failure: &str, max: usize, names: &mut Names) -> Vec<TestError> {
    let mut body = Body::default();
    for line in below_the_header(failure) {
        body.line(line.as_bytes(), max);
    }
    body.finish(names).0
}

/// The first line of an error, with its banner.
pub(crate) fn headline(error: &TestError) -> String {
    reason(error)
}

/// The lines below the header and its place. Where no header is found, all lines but the first.
fn below_the_header(failure: &str) -> impl Iterator<Item = &str> {
    let mut lines = failure.lines();
    let Some(first) = lines.next().map(str::as_bytes) else {
        return lines;
    };
    let all = lines.clone();
    let header = Candidate::new(first, &Expected::after([0]), true);
    let Some(mut open) = header.filter(|_| setup_all(first).is_none()) else {
        return all;
    };
    for line in lines.by_ref() {
        match open.next(line.as_bytes()) {
            Ok(Some(_)) => return lines,
            Ok(None) => return all,
            Err(candidate) => open = candidate,
        }
    }
    all
}

#[cfg(test)]
mod tests {
    use super::{Names, TestError, headline};
    use crate::evidence::ErrorKind;

    fn errors(failure: &str, max: usize) -> Vec<TestError> {
        super::errors(failure, max, &mut Names::default())
    }

    #[test]
    fn headers_are_left_out_whatever_their_form() {
        let test = "  1) test a\nb (C)\n     Parameters: %{a: 1}\n     t.exs:3\n     Expected truthy, got nil\n     code: assert x\n";
        let found = errors(test, 1000);
        assert_eq!(found.len(), 1);
        assert_eq!(found[0].message, "Expected truthy, got nil");
        assert_eq!(found[0].code.as_deref(), Some("assert x"));
        let module = "  1) C: failure on setup_all callback, all tests have been invalidated\n     ** (KeyError) key :a\n";
        let found = errors(module, 1000);
        assert_eq!(found[0].exception.as_deref(), Some("KeyError"));
        assert_eq!(headline(&found[0]), "** (KeyError) key :a");
    }

    #[test]
    fn without_a_header_the_rest_is_kept() {
        let found = errors("  1) \n     ** (RuntimeError) \u{fffd}\n", 1000);
        assert_eq!(found[0].kind, ErrorKind::Error);
        assert_eq!(found[0].message, "\u{fffd}");
        assert_eq!(errors("", 1000).len(), 1);
    }
}
