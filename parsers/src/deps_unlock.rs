//! `mix deps.unlock --check-unused`: dependencies in mix.lock that the project no longer names.
//!
//! Source: `lib/mix/lib/mix/tasks/deps.unlock.ex` of Elixir 1.10 to 1.20, on standard error:
//!
//! ```text
//! ** (Mix) Unused dependencies in mix.lock file:
//!
//!   * :decimal
//!   * :jason
//! ```
//! A clean run prints nothing, so it has no report here: only the command and its exit code can prove it.
//!
//! Proof of completeness: there is no count and no end mark. The first line alone says that there is one.
//!
//! Deliberately absent: what `mix deps.unlock` prints when it changes the file.

#[cfg(test)]
mod tests;

use crate::collect::Defects;
use crate::defect::{Completeness, DefectKind, Position};
use crate::evidence::{Evidence, Finding, Findings, Severity, Tool};
use crate::input::{Limits, Line};
use crate::stream::{Part, Section};
use crate::text::lossy;
use crate::{Format, Reader};

/// The row of `deps_unlock-console`.
pub(crate) const CONSOLE: Format = Format {
    id: "deps_unlock-console",
    tool: Tool::DepsUnlock,
    summary: "`mix deps.unlock --check-unused`",
    proof: "no count and no end mark: only the exit code; a clean run prints nothing at all",
    reader: Reader::Lines(open),
};

/// The first line, with the banner of Mix, and that of `MIX_DEBUG`.
const HEADS: [&[u8]; 2] = [
    b"** (Mix) Unused dependencies in mix.lock file:",
    b"** (Mix.Error) Unused dependencies in mix.lock file:",
];

/// The reader of `mix deps.unlock`.
fn open() -> Box<dyn Section> {
    Box::new(Unused {
        findings: Findings::new(Tool::DepsUnlock),
        defects: Defects::default(),
        head: None,
        place: Place::Nowhere,
    })
}

struct Unused {
    findings: Findings,
    defects: Defects,
    /// Line of the first head.
    head: Option<u64>,
    place: Place,
}

/// What may come next.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Place {
    Nowhere,
    /// A blank line, or the first name.
    Start,
    /// A name.
    List,
}

impl Section for Unused {
    fn line(&mut self, line: &Line<'_>, limits: &Limits) -> bool {
        if line.text.first() == Some(&b'*') && HEADS.contains(&line.text) {
            self.head.get_or_insert(line.number);
            self.place = Place::Start;
            return true;
        }
        if self.place == Place::Nowhere {
            return false;
        }
        if self.place == Place::Start && line.text.is_empty() {
            return true;
        }
        let Some(name) = line.text.strip_prefix(b"  * :").filter(|n| !n.is_empty()) else {
            self.place = Place::Nowhere;
            return false;
        };
        self.place = Place::List;
        let finding = finding(&lossy(name, limits.text));
        self.findings.push(finding, limits.details);
        if !line.terminated {
            let message = "the last line has no end";
            let at = Position::line(line.number);
            self.defects.partial(DefectKind::Cut, message, at);
        }
        true
    }

    fn end_of_stream(&mut self) {
        self.place = Place::Nowhere;
    }

    fn is_open(&self) -> bool {
        self.place != Place::Nowhere
    }

    fn finish(mut self: Box<Self>, _: &Limits) -> Vec<Part> {
        let Some(head) = self.head else {
            return Vec::new();
        };
        if self.findings.total == 0 {
            let message = "there are unused dependencies, but none is named";
            let at = Position::line(head);
            self.defects.partial(DefectKind::CountMismatch, message, at);
            self.findings.total = 1;
        }
        let message = "the list of dependencies has no end mark";
        let at = Position::default();
        self.defects
            .lower(Completeness::Unproven, DefectKind::NoEndMark, message, at);
        vec![Part {
            format: "deps_unlock-console",
            tool: Tool::DepsUnlock,
            parsed: self.defects.finish(Evidence::Findings(self.findings)),
        }]
    }
}

fn finding(name: &str) -> Finding {
    Finding {
        rule: "unused-dependency".into(),
        category: None,
        severity: Severity::Low,
        confidence: None,
        message: format!(":{name} is locked, but not used: run `mix deps.unlock --unused`"),
        path: Some("mix.lock".into()),
        line: None,
        column: None,
        end_column: None,
        function: None,
    }
}
