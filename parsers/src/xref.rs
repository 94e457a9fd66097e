//! `mix xref graph --format cycles`: cycles of files that depend on each other.
//!
//! Source: `lib/mix/lib/mix/tasks/xref.ex` of Elixir 1.10 to 1.20. The list is on standard output; what `--fail-above`
//! says of it is on standard error:
//!
//! ```text
//! 1 cycles found. Showing them in decreasing size:
//!
//! Cycle of length 3:                         since 1.17 also: Cycle of length 3 (1 compile):
//!
//!     lib/a.ex
//!     lib/b.ex (compile)
//!     lib/a.ex
//!
//! ** (Mix) Too many cycles (found: 1, permitted: 0)
//! ```
//! or `No cycles found`. In an umbrella every app has its own list.
//!
//! Proof of completeness: as many cycles as the first line declares, each with as many files as its head declares; or the
//! whole line `No cycles found`.
//!
//! Deliberately absent: the other forms of the graph, which end with 0 whatever they show. Only that one of them has more
//! than `--fail-above` permits is read: one finding.

mod grammar;
#[cfg(test)]
mod tests;

use crate::collect::Defects;
use crate::defect::{Completeness, DefectKind, Position};
use crate::evidence::{Evidence, Finding, Findings, Severity, Tool};
use crate::input::{Limits, Line};
use crate::stream::{Part, Section};
use crate::text;
use crate::{Format, Reader};
use grammar::Head;

/// The row of `xref-cycles`.
pub(crate) const CYCLES: Format = Format {
    id: "xref-cycles",
    tool: Tool::Xref,
    summary: "`mix xref graph --format cycles`",
    proof: "as many cycles, and files in each, as are declared; or `No cycles found`",
    reader: Reader::Lines(open),
};

/// The reader of `mix xref`.
fn open() -> Box<dyn Section> {
    Box::new(Xref {
        findings: Findings::new(Tool::Xref),
        defects: Defects::default(),
        declared: 0,
        lists: 0,
        last: None,
        cycle: None,
        listing: false,
        unproven: false,
    })
}

struct Xref {
    findings: Findings,
    defects: Defects,
    /// Cycles that the lists declare.
    declared: u64,
    /// How many lists there are.
    lists: u64,
    /// How many cycles the last list declares.
    last: Option<u64>,
    cycle: Option<Cycle>,
    /// Inside a list.
    listing: bool,
    /// What was said has no list that could prove it.
    unproven: bool,
}

/// The cycle that is being read.
struct Cycle {
    number: u64,
    length: u64,
    files: u64,
    first: Option<String>,
    names: text::Block,
    compile: bool,
}

impl Section for Xref {
    fn line(&mut self, line: &Line<'_>, limits: &Limits) -> bool {
        if let Some(head) = grammar::head(line.text) {
            return self.head(&head, line, limits);
        }
        if !self.listing {
            return false;
        }
        if line.text.is_empty() {
            return true;
        }
        match (self.cycle.as_mut(), grammar::file(line.text)) {
            (Some(cycle), Some(file)) => {
                cycle.add(file, limits);
                self.ends(line);
                true
            }
            (Some(_) | None, _) => {
                self.close(limits);
                false
            }
        }
    }

    fn end_of_stream(&mut self) {
        // The cycle is closed with the next line, or in the end.
        self.listing = false;
    }

    fn is_open(&self) -> bool {
        self.listing
    }

    fn finish(mut self: Box<Self>, limits: &Limits) -> Vec<Part> {
        self.close(limits);
        if self.lists == 0 && self.findings.total.max(self.declared) == 0 {
            return Vec::new();
        }
        let listed = self.findings.total;
        if self.lists > 0 && !self.unproven && listed != self.declared {
            let message = format!("{} cycles are declared, {listed} are listed", self.declared);
            let at = Position::default();
            self.defects.partial(DefectKind::CountMismatch, message, at);
        }
        self.findings.total = listed.max(self.declared);
        if self.unproven {
            let (kind, message) = (
                DefectKind::NoEndMark,
                "only that there are too many is said",
            );
            let at = Position::default();
            self.defects
                .lower(Completeness::Unproven, kind, message, at);
        }
        vec![Part {
            format: "xref-cycles",
            tool: Tool::Xref,
            parsed: self.defects.finish(Evidence::Findings(self.findings)),
        }]
    }
}

impl Xref {
    fn head(&mut self, head: &Head<'_>, line: &Line<'_>, limits: &Limits) -> bool {
        if matches!(head, Head::Cycle(_)) && !self.listing {
            return false;
        }
        self.close(limits);
        match *head {
            Head::None => self.lists = self.lists.saturating_add(1),
            Head::List(n) => {
                self.lists = self.lists.saturating_add(1);
                self.declared = self.declared.saturating_add(n);
                self.last = Some(n);
                self.listing = true;
            }
            Head::Cycle(length) => {
                self.listing = true;
                self.cycle = Some(Cycle::new(line.number, length));
            }
            Head::TooManyCycles(found) => self.too_many(found, line),
            Head::TooManyOthers(message) => {
                self.unproven = true;
                let message = text::lossy(message, limits.text);
                let finding = finding("references", message, None);
                self.findings.push(finding, limits.details);
            }
        }
        self.ends(line);
        true
    }

    /// The line of `--fail-above`, which says again how many cycles there are.
    fn too_many(&mut self, found: u64, line: &Line<'_>) {
        let at = Position::line(line.number);
        match self.last {
            Some(n) if n == found => {}
            Some(n) => {
                let message = format!("{n} cycles are declared, then {found}");
                self.defects.partial(DefectKind::CountMismatch, message, at);
                self.declared = self.declared.max(found);
            }
            None => {
                let message = "there are too many cycles, but their list is missing";
                self.defects.partial(DefectKind::Cut, message, at);
                self.declared = self.declared.saturating_add(found.max(1));
            }
        }
    }

    /// A list is parted from what follows it by line ends; its last line has one too.
    fn ends(&mut self, line: &Line<'_>) {
        if !line.terminated {
            let at = Position::line(line.number);
            let message = "the last line has no end";
            self.defects.partial(DefectKind::Cut, message, at);
        }
    }

    /// Ends the cycle that is being read, and the list; another cycle may go on with it.
    fn close(&mut self, limits: &Limits) {
        self.listing = false;
        let Some(cycle) = self.cycle.take() else {
            return;
        };
        if cycle.files != cycle.length {
            let message = format!(
                "a cycle of length {} has {} files",
                cycle.length, cycle.files
            );
            let at = Position::line(cycle.number);
            self.defects.partial(DefectKind::CountMismatch, message, at);
        }
        self.findings.push(cycle.finding(), limits.details);
    }
}

impl Cycle {
    fn new(number: u64, length: u64) -> Self {
        Self {
            number,
            length,
            files: 0,
            first: None,
            names: text::Block::default(),
            compile: false,
        }
    }

    fn add(&mut self, file: &[u8], limits: &Limits) {
        self.files = self.files.saturating_add(1);
        let (path, label) = grammar::label(file);
        self.compile |= label == Some(b"compile");
        self.first
            .get_or_insert_with(|| text::lossy(path, limits.text));
        self.names.push(file, limits.text);
    }

    fn finding(self) -> Finding {
        let names = self.names.finish().unwrap_or_default().replace('\n', ", ");
        let rule = if self.compile {
            "compile-cycle"
        } else {
            "cycle"
        };
        let message = format!("files that depend on each other: {names}");
        finding(rule, message, self.first)
    }
}

fn finding(rule: &str, message: String, path: Option<String>) -> Finding {
    Finding {
        rule: rule.into(),
        category: None,
        severity: Severity::Low,
        confidence: None,
        message,
        path,
        line: None,
        column: None,
        end_column: None,
        function: None,
    }
}
