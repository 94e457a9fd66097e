//! JUnit XML: the report of `junit_formatter`, and the dialects of other tools.
//!
//! Source of the format: `lib/formatter.ex` of junit_formatter 3.4.0, and the reports of Playwright, jest-junit,
//! pytest, gotestsum, nextest and Surefire. There is no standard, so the rules are: a case without `failure`, `error`
//! or `skipped` below it passed; `failure` weighs more than `error`, and `error` more than `skipped`; `flakyFailure` and
//! `rerunFailure` are further attempts and no outcome of their own; suites may nest.
//!
//! Of junit_formatter is known besides: an `error` is a test whose `setup_all` failed (invalid), a skip message
//! `due to … filter` is an exclusion, names start with the type of the test, and the text of a failure is the block that
//! ExUnit prints.
//!
//! Proof of completeness: the closing tag of the root, nothing after it, and counters of suites and root that agree
//! with what was counted. A suite of junit_formatter must have its counters; other tools may leave them out. What could
//! be an outcome and is not known makes the report partial.
//!
//! What a dialect does not tell cannot be read: the cases of pytest-rerunfailures are attempts, more than the suite counts
//! (partial); a `todo` of jest-junit is a plain case; a spec file of Playwright or Jest that could not be loaded is not in
//! the report at all, so that only the exit code tells of it.
//!
//! Deliberately absent: document types and entities of one's own (they are refused), `system-out`, attachments,
//! hostnames, and the time stamps by which a stale file could be told.

use std::io::{self, BufRead};

use crate::defect::Parsed;
use crate::evidence::{Evidence, Tool};
use crate::input::Limits;
use crate::{Format, Reader};

mod case;
mod element;
mod failure;
mod key;
mod naming;
mod report;
mod suite;
mod walk;

/// The report.
pub(crate) const XML: Format = Format {
    id: "junit-xml",
    tool: Tool::Junit,
    summary: "a JUnit XML report, as junit_formatter and many other tools write it",
    proof: "the closing tag of the root, nothing after it, and counters that agree with the cases",
    reader: Reader::Document { sniff, parse },
};

/// Whether the first element is `testsuites` or `testsuite`.
fn sniff(head: &[u8]) -> bool {
    let mut rest = head;
    loop {
        rest = rest.trim_ascii_start();
        let end: &[u8] = if rest.starts_with(b"<?") {
            b"?>"
        } else if rest.starts_with(b"<!--") {
            b"-->"
        } else if rest.starts_with(b"<!DOCTYPE") {
            return names_suites(rest);
        } else {
            return is_root(rest);
        };
        let Some(at) = rest.windows(end.len()).position(|w| w == end) else {
            return false;
        };
        rest = rest.get(at.saturating_add(end.len())..).unwrap_or_default();
    }
}

/// Whether a document type is that of a test report, or a root of ours follows it. Such a document is recognised, to
/// be refused by name.
fn names_suites(doctype: &[u8]) -> bool {
    let root = |w: &[u8]| w == b"<testsuite";
    let name = doctype.strip_prefix(b"<!DOCTYPE").unwrap_or_default();
    name.trim_ascii_start().starts_with(b"testsuite") || doctype.windows(10).any(root)
}

/// `<testsuites>`, `<testsuite …`, perhaps with a prefix.
fn is_root(tag: &[u8]) -> bool {
    let Some(tag) = tag.strip_prefix(b"<") else {
        return false;
    };
    let ends = |b: &u8| b.is_ascii_whitespace() || matches!(b, b'>' | b'/');
    let Some(name) = tag.iter().position(ends).and_then(|n| tag.get(..n)) else {
        return false;
    };
    let local = name.rsplit(|b| *b == b':').next();
    matches!(local, Some(b"testsuites" | b"testsuite"))
}

fn parse(input: &mut dyn BufRead, limits: &Limits) -> Parsed<Evidence> {
    let parsed = walk::document(input, limits);
    // What follows belongs to this document's source; nobody else may take it for a report.
    match io::copy(input, &mut io::sink()) {
        Ok(_) => parsed,
        Err(error) => report::unread(parsed, &error),
    }
}

#[cfg(test)]
mod tests;
