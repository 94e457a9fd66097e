//! Where a failure starts: `  3) test name (Module)` and, on the next line, its place.
//!
//! The header may be glued to what a test printed, and a name may span lines. What tests print may look like a header,
//! so a test's header counts only with the number that ExUnit would print next, and with a place below it.

use super::grammar::{cut, find, location, rcut, titled};
use crate::text;

/// Lines that one name may span, and the bytes of it that are kept.
const NAME_LINES: usize = 16;
const NAME_BYTES: usize = 16 << 10;

const SETUP_ALL: &[u8] = b": failure on setup_all callback";
const SETUP_ALL_END: &[u8] = b": failure on setup_all callback, all tests have been invalidated";

/// The numbers that the next header may carry.
#[derive(Debug, Clone)]
pub(super) struct Expected {
    /// `  3) `, as it is printed. A second one after a `setup_all` failure that may or may not have counted.
    starts: Vec<(u64, Vec<u8>)>,
}

impl Expected {
    /// The headers after these counters.
    pub(super) fn after(counters: impl IntoIterator<Item = u64>) -> Self {
        let start = |n: u64| (n, format!("{n:>3}) ").into_bytes());
        let next = counters.into_iter().map(|n| n.saturating_add(1));
        Self {
            starts: next.map(start).collect(),
        }
    }

    /// The number, what follows it, and whether the line starts with it. Glued headers are looked for only in lines
    /// that end as a header does.
    fn find<'a>(&self, line: &'a [u8]) -> Option<(u64, &'a [u8], bool)> {
        for (number, start) in &self.starts {
            if let Some(rest) = line.strip_prefix(start.as_slice()) {
                return Some((*number, rest, true));
            }
        }
        if line.last() != Some(&b')') {
            return None;
        }
        let mut starts = self.starts.iter();
        starts.find_map(|(number, start)| Some((*number, cut(line, start)?.1, false)))
    }
}

/// Whether a line may be a header at all. Nearly none is, and what a test prints passes here line by line.
pub(super) fn may_be(line: &[u8]) -> bool {
    matches!(line.last(), Some(b')' | b'd')) || numbered(line).is_some()
}

/// A line that may be a header; the next line tells.
#[derive(Debug)]
pub(super) struct Candidate {
    text: Vec<u8>,
    lines: usize,
    number: u64,
    /// Whether the number is one that ExUnit would print next.
    expected: bool,
    /// Whether it stands where ExUnit puts a header: below a blank line.
    proper: bool,
    parameters: Option<Vec<u8>>,
}

/// A header with its place.
#[derive(Debug)]
pub(super) struct Found {
    /// `test adds two numbers`.
    pub name: Vec<u8>,
    pub module: Vec<u8>,
    pub file: Vec<u8>,
    pub line: Vec<u8>,
    pub parameters: Option<Vec<u8>>,
    pub number: u64,
    pub expected: bool,
    pub proper: bool,
}

impl Candidate {
    /// Whether a line may be a header.
    pub(super) fn new(line: &[u8], expected: &Expected, after_blank: bool) -> Option<Self> {
        let candidate = |number, text: &[u8], expected, proper| Self {
            text: text.get(..NAME_BYTES).unwrap_or(text).to_vec(),
            lines: 1,
            number,
            expected,
            proper,
            parameters: None,
        };
        if let Some((number, rest, at_start)) = expected.find(line) {
            return Some(candidate(number, rest, true, at_start && after_blank));
        }
        let (number, rest) = numbered(line)?;
        titled(rest)?;
        Some(candidate(number, rest, false, after_blank))
    }

    pub(super) fn is_expected(&self) -> bool {
        self.expected
    }

    /// Looks at the line below: its place, its parameters, or more of its name. `Err` gives the candidate back while
    /// it is still open.
    pub(super) fn next(mut self, line: &[u8]) -> Result<Option<Found>, Self> {
        if let Some((name, module)) = titled(&self.text) {
            if let Some((file, number)) = location(line) {
                return Ok(Some(Found {
                    name: name.to_vec(),
                    module: module.to_vec(),
                    file: file.to_vec(),
                    line: number.to_vec(),
                    parameters: self.parameters,
                    number: self.number,
                    expected: self.expected,
                    proper: self.proper,
                }));
            }
            if let Some(parameters) = line.strip_prefix(b"     Parameters: ")
                && self.parameters.is_none()
            {
                self.parameters = Some(parameters.to_vec());
                return Err(self);
            }
        }
        self.more(line)
    }

    /// A name that goes on. Only the expected header may do that.
    fn more(mut self, line: &[u8]) -> Result<Option<Found>, Self> {
        let room = NAME_BYTES.saturating_sub(self.text.len());
        if !self.expected || self.lines >= NAME_LINES || line.len() >= room {
            return Ok(None);
        }
        self.lines = self.lines.saturating_add(1);
        self.text.push(b'\n');
        self.text.extend_from_slice(line);
        Err(self)
    }
}

/// `  3) rest`.
fn numbered(line: &[u8]) -> Option<(u64, &[u8])> {
    let blanks = line.iter().take_while(|b| **b == b' ').count();
    if blanks > 2 {
        return None;
    }
    let line = line.get(blanks..)?;
    let digits = line.iter().take_while(|b| b.is_ascii_digit()).count();
    let rest = line.get(digits..)?.strip_prefix(b") ")?;
    Some((text::number(line.get(..digits)?)?, rest))
}

/// The header of a failed `setup_all`: number and module. It has no place.
pub(super) fn setup_all(line: &[u8]) -> Option<(u64, &[u8])> {
    let glued = line.last() == Some(&b'd') && line.ends_with(SETUP_ALL_END);
    if !glued && (numbered(line).is_none() || find(line, SETUP_ALL).is_none()) {
        return None;
    }
    let (head, _) = rcut(line, SETUP_ALL)?;
    let (head, module) = rcut(head, b") ")?;
    let digits = head.iter().rev().take_while(|b| b.is_ascii_digit()).count();
    let number = head.get(head.len().saturating_sub(digits)..)?;
    Some((text::number(number)?, module))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(lines: &[&str], counter: u64) -> Option<Found> {
        let expected = Expected::after([counter]);
        let mut open = Candidate::new(lines[0].as_bytes(), &expected, true)?;
        for line in &lines[1..] {
            match open.next(line.as_bytes()) {
                Ok(found) => return found,
                Err(again) => open = again,
            }
        }
        None
    }

    #[test]
    fn headers_glued_and_over_lines() {
        let found = read(
            &["no newline  3) test a (b) (C.D)", "     test/a_test.exs:43"],
            2,
        )
        .unwrap();
        assert_eq!(
            (&found.name[..], &found.module[..]),
            (&b"test a (b)"[..], &b"C.D"[..])
        );
        assert!(!found.proper);
        let found = read(&[" 12) test with", "a newline (C)", "     a.exs:1"], 11).unwrap();
        assert_eq!(found.name, b"test with\na newline");
        let found = read(
            &[
                "100) test a (C)",
                "     Parameters: %{a: 1}",
                "     a.exs:1",
            ],
            99,
        );
        assert_eq!(found.unwrap().parameters.as_deref(), Some(&b"%{a: 1}"[..]));
    }

    #[test]
    fn what_a_test_prints_is_no_header() {
        assert!(read(&["  1) test a (C)", "not a place"], 0).is_none());
        assert!(read(&["  1) buy milk", "     a.exs:1"], 0).is_none());
        let found = read(&["  7) test a (C)", "     a.exs:1"], 0).unwrap();
        assert_eq!((found.number, found.expected), (7, false));
        assert!(read(&["noise   7) test a (C)", "     a.exs:1"], 0).is_none());
    }

    #[test]
    fn a_setup_all_header_has_a_number_and_a_module() {
        let line = b"  0) A.B: failure on setup_all callback, all tests have been invalidated";
        assert_eq!(setup_all(line), Some((0, &b"A.B"[..])));
        let glued = [b"noise", &line[..]].concat();
        assert_eq!(setup_all(&glued), Some((0, &b"A.B"[..])));
        assert_eq!(setup_all(b"A.B: failure on setup_all callback"), None);
    }
}
