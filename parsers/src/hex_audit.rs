//! Hex: `mix hex.audit`.
//!
//! Source: `lib/mix/tasks/hex.audit.ex`, `lib/hex/utils.ex` of Hex 0.20 to 2.5.1 and what is to follow.
//!
//! Up to Hex 2.4 it is a table of retired packages, and `No retired packages found` where there is none: that is no
//! word about vulnerabilities, so it is noted as something that was left out. Since 2.5 there are sections, for retired
//! packages and for advisories; what the project ignores or a policy accepts has sections of its own, and is counted as
//! suppressed.
//!
//! ```text
//! Retired:
//!   old_pkg 1.0.0 - (security) Use new_pkg instead
//!
//! Advisories:
//!   pkg 1.2.0 - GHSA-xxxx-xxxx-xxxx (HIGH)
//!     aka: CVE-2026-11111
//!     Remote code execution via crafted input
//!     https://github.com/advisories/GHSA-xxxx-xxxx-xxxx
//!
//! Found retired packages                     these two lines on standard error
//! Found packages with security advisories
//! ```
//! Proof of completeness: there are no counts, so only the exit code proves it. The two lines at the end must not stand
//! without an entry of their kind. A registry that could not be fetched (`using cache instead`) makes it partial.
//!
//! Deliberately absent: `--format sarif`.

mod grammar;
mod report;
#[cfg(test)]
mod tests;

use crate::evidence::Tool;
use crate::input::{Limits, Line, Stream};
use crate::stream::{Part, Section};
use crate::{Format, Reader};
use grammar::{Kind, Mark};
use report::Report;

/// The row of `hex_audit-console`.
pub(crate) const CONSOLE: Format = Format {
    id: "hex_audit-console",
    tool: Tool::HexAudit,
    summary: "Hex: what `mix hex.audit` prints",
    proof: "no count and no end mark: only the exit code",
    reader: Reader::Lines(open),
};

/// The reader of `mix hex.audit`.
fn open() -> Box<dyn Section> {
    Box::new(Audit {
        report: Report::new(),
        place: Place::Nowhere,
    })
}

struct Audit {
    report: Report,
    place: Place,
}

/// What may come next.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Place {
    Nowhere,
    /// Behind a header, which is one only if an entry follows.
    Header(Kind),
    /// Behind an entry of a section.
    Entry(Kind),
    /// Behind a blank line in a section, where another entry may follow.
    Blank(Kind),
}

impl Section for Audit {
    fn line(&mut self, line: &Line<'_>, limits: &Limits) -> bool {
        let place = std::mem::replace(&mut self.place, Place::Nowhere);
        if let Place::Header(kind) | Place::Entry(kind) | Place::Blank(kind) = place {
            if let Some(entry) = grammar::entry(line.text, kind) {
                self.report.entry(kind, entry, line.number, limits);
                self.place = Place::Entry(kind);
                return true;
            }
            if place == Place::Entry(kind) && line.text.is_empty() {
                self.place = Place::Blank(kind);
                return true;
            }
            if place == Place::Entry(kind) && self.report.detail(line.text, limits) {
                self.place = place;
                return true;
            }
        }
        let Some(mark) = grammar::mark(line.text) else {
            return false;
        };
        self.mark(mark, line)
    }

    fn end_of_stream(&mut self) {
        self.place = Place::Nowhere;
        self.report.close();
    }

    fn is_open(&self) -> bool {
        matches!(self.place, Place::Entry(_))
    }

    fn finish(self: Box<Self>, _: &Limits) -> Vec<Part> {
        self.report.finish().into_iter().collect()
    }
}

impl Audit {
    fn mark(&mut self, mark: Mark, line: &Line<'_>) -> bool {
        match mark {
            Mark::Header(kind) => self.place = Place::Header(kind),
            Mark::Clean(generation) => self.report.clean(generation),
            // Anybody may print these words; Hex prints them on standard error, and after its report.
            Mark::Found(_) if line.stream == Stream::Out && !self.report.is_seen() => return false,
            Mark::Found(kind) => self.report.found(kind, line.number),
            Mark::Stale => self.report.stale(line),
            Mark::Ignored => {}
        }
        true
    }
}
