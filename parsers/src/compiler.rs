//! The Elixir compiler: failures to compile.
//!
//! Source: Elixir 1.14 to 1.20, `Kernel.ParallelCompiler` (the block `== Compilation error in file … ==`; on standard
//! output up to 1.14, on standard error since), `elixir_errors.erl` (diagnostics that start with `error:` and end with
//! their place), `Mix.Tasks.Deps.Compile` and `Mix.Compilers.Elixir` (what Mix says in the end).
//!
//! A block that only says that errors have been logged stands for the diagnostics before it, and is no finding of its
//! own where these were read. Lines of diagnostics are watched, not claimed, until the place that ends them: what a
//! test prints may start like one.
//!
//! Proof of completeness: there are no totals. A block is complete when it was read to a blank line, to the next report
//! or to the end of the last line; diagnostics are complete when a block or a line of Mix follows. Nothing here ever
//! says that a project compiles: without an error there is no part.
//!
//! Deliberately absent: warnings, and what the Erlang compiler prints.

mod block;
mod diagnostic;
mod start;
#[cfg(test)]
mod tests;

use std::collections::BTreeSet;

use crate::defect::{Completeness, Defect, DefectKind, Parsed, Position};
use crate::evidence::{Evidence, Finding, Findings, Severity, Tool};
use crate::input::{Limits, Line};
use crate::stream::{Part, Section};
use crate::text;
use crate::{Format, Reader};
use block::Block;
use diagnostic::{Diagnostic, Step};
use start::{MIX, Start};

/// The row of `compiler-console`.
pub(crate) const CONSOLE: Format = Format {
    id: "compiler-console",
    tool: Tool::Compiler,
    summary: "the Elixir compiler's errors",
    proof: "errors are read to their end; a project without errors has no report",
    reader: Reader::Lines(section),
};

/// The reader of compile failures.
fn section() -> Box<dyn Section> {
    Box::new(Compiler::default())
}

#[derive(Default)]
struct Compiler {
    findings: Vec<Finding>,
    /// How many there are, kept or not.
    total: u64,
    /// Files for which diagnostics were read.
    logged: BTreeSet<String>,
    /// Line of the first diagnostic that no block or line of Mix has confirmed yet.
    loose: Option<u64>,
    block: Option<Block>,
    diagnostic: Option<Diagnostic>,
    /// A stream ended: what is being read ends before the next line.
    ended: bool,
    /// Whether the last line of the block had a line end.
    terminated: bool,
    cuts: Vec<(String, u64)>,
}

impl Section for Compiler {
    fn line(&mut self, line: &Line<'_>, limits: &Limits) -> bool {
        if std::mem::take(&mut self.ended) {
            self.close(limits);
        }
        self.terminated = line.terminated;
        if self.in_block(line, limits) {
            return true;
        }
        if let Some(start) = Start::of(line, limits.text) {
            self.close_diagnostic(limits);
            self.begin(start, line, limits);
            return true;
        }
        self.watch(line, limits)
    }

    fn end_of_stream(&mut self) {
        self.ended = true;
    }

    fn is_open(&self) -> bool {
        !self.ended && self.block.is_some()
    }

    fn finish(mut self: Box<Self>, limits: &Limits) -> Vec<Part> {
        self.close(limits);
        if let Some(line) = self.loose {
            self.cut(
                "errors were logged, but the line that ends the compilation is missing",
                line,
            );
        }
        if self.total == 0 {
            return Vec::new();
        }
        let mut findings = Findings::new(Tool::Compiler);
        findings.total = self.total;
        findings.counts.add(Severity::High, self.total);
        findings.list = self.findings;
        let mut parsed = Parsed::complete(Evidence::Findings(findings));
        for (message, line) in self.cuts {
            let defect = Defect::new(DefectKind::Cut, message, Position::line(line));
            parsed.lower(Completeness::Partial, defect);
        }
        let (format, tool) = ("compiler-console", Tool::Compiler);
        vec![Part {
            format,
            tool,
            parsed,
        }]
    }
}

impl Compiler {
    /// A line of the block that is being read.
    fn in_block(&mut self, line: &Line<'_>, limits: &Limits) -> bool {
        let Some(block) = &mut self.block else {
            return false;
        };
        if block.line(line.text, limits.text) {
            return true;
        }
        self.close_block(true, limits);
        false
    }

    /// The first line of a block, or all that Mix says.
    fn begin(&mut self, start: Start, line: &Line<'_>, limits: &Limits) {
        match start {
            Start::Block(block) => self.block = Some(block),
            Start::TypeCheck => {
                // The errors before it are the reason; it is one itself only where they are not there.
                if self.loose.take().is_none() {
                    self.mix("type-check", line, limits);
                }
            }
            Start::Mix(rule) => self.mix(rule, line, limits),
        }
    }

    /// What is said about the whole compilation when it is given up.
    fn mix(&mut self, rule: &str, line: &Line<'_>, limits: &Limits) {
        self.loose = None;
        let text = line.text.strip_prefix(MIX).unwrap_or(line.text);
        self.push(
            finding(rule.to_owned(), text::lossy(text, limits.text)),
            limits,
        );
        if !line.terminated {
            self.cut("the last line has no end", line.number);
        }
    }

    /// Watches for diagnostics. Only the line that ends one is claimed.
    fn watch(&mut self, line: &Line<'_>, limits: &Limits) -> bool {
        let step = self
            .diagnostic
            .as_mut()
            .map(|d| d.line(line.text, limits.text));
        match step {
            Some(Step::More) => return false,
            Some(Step::End) => {
                self.close_diagnostic(limits);
                return true;
            }
            Some(Step::Break) => self.close_diagnostic(limits),
            None => {}
        }
        self.diagnostic = Diagnostic::head(line.text, line.number, limits.text);
        false
    }

    /// Ends everything that is being read, at the end of a stream.
    fn close(&mut self, limits: &Limits) {
        self.close_block(self.terminated, limits);
        self.close_diagnostic(limits);
    }

    /// `whole`: a line end follows what was read last.
    fn close_block(&mut self, whole: bool, limits: &Limits) {
        let Some(block) = self.block.take() else {
            return;
        };
        self.loose = None;
        if !block.has_banner() {
            self.cut("a compilation error without its reason", block.number);
        } else if !whole {
            self.cut("the last line has no end", block.number);
        }
        let covered = block.is_summary();
        let finding = block.finish();
        let known = finding
            .path
            .as_ref()
            .is_some_and(|p| self.logged.contains(p));
        if !(covered && known) {
            self.push(finding, limits);
        }
    }

    fn close_diagnostic(&mut self, limits: &Limits) {
        let Some(diagnostic) = self.diagnostic.take() else {
            return;
        };
        let (number, placed) = (diagnostic.number, diagnostic.is_placed());
        let Some(finding) = diagnostic.finish() else {
            return;
        };
        if !placed {
            self.cut("an error without its place", number);
        }
        if let Some(path) = &finding.path
            && self.logged.len() < limits.details
        {
            self.logged.insert(path.clone());
        }
        self.loose.get_or_insert(number);
        self.push(finding, limits);
    }

    fn push(&mut self, finding: Finding, limits: &Limits) {
        self.total = self.total.saturating_add(1);
        if self.findings.len() < limits.details {
            self.findings.push(finding);
        }
    }

    /// Notes damage; the first few are told.
    fn cut(&mut self, message: &str, number: u64) {
        if self.cuts.len() < 10 {
            self.cuts.push((message.to_owned(), number));
        }
    }
}

/// An error without a place.
fn finding(rule: String, message: String) -> Finding {
    Finding {
        rule,
        category: None,
        severity: Severity::High,
        confidence: None,
        message,
        path: None,
        line: None,
        column: None,
        end_column: None,
        function: None,
    }
}
