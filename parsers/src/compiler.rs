//! The compilers of a Mix project: their errors and warnings.
//!
//! Source: Elixir 1.14 to 1.20, `Kernel.ParallelCompiler` (the block `== Compilation error in file … ==`; on standard
//! output up to 1.14, on standard error since), `elixir_errors.erl` (diagnostics that start with `error:` or `warning:`
//! and end with their places), `Mix.Tasks.Deps.Compile`, `Mix.Compilers.Elixir` and `Mix.Compilers.Erlang` (what Mix says
//! in the end, and what it prints again of an earlier compilation).
//!
//! A block that only says that errors have been logged stands for the diagnostics before it, and is no finding of its
//! own where these were read. Lines of diagnostics are watched, not claimed, until the places that end them: what a
//! test prints may start like one. A warning that is printed twice (by `mix compile`, and again by `mix test`) is one.
//!
//! Proof of completeness: there are no totals. A block is complete when it was read to a blank line, to the next report
//! or to the end of the last line; errors are complete when a block or a line of Mix follows. Warnings alone prove
//! nothing: an error may have followed them, so only an exit code, or a test suite that ran, shows that they are all.
//! Nothing here ever says that a project compiles: without an error or a warning there is no part.
//!
//! Deliberately absent: warnings without a place (Mix speaks of itself), those about strings that tests evaluate, and
//! those of dependencies, where their paths tell.

mod block;
mod diagnostic;
mod erlang;
mod foreign;
mod place;
mod rule;
mod seen;
mod start;
#[cfg(test)]
mod tests;

use crate::evidence::{Finding, Severity, Tool};
use crate::input::{Limits, Line};
use crate::stream::{Part, Section};
use crate::text;
use crate::{Format, Reader};
use block::Block;
use diagnostic::{Diagnostic, Kind, Step};
use seen::Seen;
use start::{MIX, Start};

/// The row of `compiler-console`.
pub(crate) const CONSOLE: Format = Format {
    id: "compiler-console",
    tool: Tool::Compiler,
    summary: "errors and warnings of the Elixir and Erlang compilers",
    proof: "errors are read to their end; warnings need the exit code, or a test suite that ran after them",
    reader: Reader::Lines(section),
};

/// The reader of what compilers print.
fn section() -> Box<dyn Section> {
    Box::new(Compiler::default())
}

#[derive(Default)]
struct Compiler {
    seen: Seen,
    /// Line of the first error that no block or line of Mix has confirmed yet.
    loose: Option<u64>,
    block: Option<Block>,
    diagnostic: Option<Diagnostic>,
    /// The app that Mix is at, where it has several: dependencies and those of an umbrella.
    app: Option<String>,
    /// The Erlang compiler is at work.
    erlang: bool,
    /// A stream ended: what is being read ends before the next line.
    ended: bool,
    /// Whether the last line of the block had a line end.
    terminated: bool,
}

impl Section for Compiler {
    fn line(&mut self, line: &Line<'_>, limits: &Limits) -> bool {
        if std::mem::take(&mut self.ended) {
            self.close(limits);
            self.erlang = false;
            self.app = None;
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
        self.watch(line, limits) || self.of_erlang(line, limits)
    }

    fn foreign(&self, text: &[u8]) -> usize {
        let reads = self.block.is_some() || self.diagnostic.is_some();
        match reads || self.erlang || self.ended {
            true => 0,
            false => foreign::lines(text),
        }
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
            let message = "errors were logged, but the line that ends the compilation is missing";
            self.seen.cut(message, line);
        }
        self.seen.part().into_iter().collect()
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
        let finding = finding(rule.to_owned(), text::lossy(text, limits.text));
        self.seen.error(finding, limits);
        if !line.terminated {
            self.seen.cut("the last line has no end", line.number);
        }
    }

    /// Watches for diagnostics. Only the lines that name their places are claimed.
    fn watch(&mut self, line: &Line<'_>, limits: &Limits) -> bool {
        let step = self.diagnostic.as_mut().map(|d| {
            let step = d.line(line.text, limits.text);
            (step, d.kind, d.number)
        });
        match step {
            Some((Step::More, ..)) => return false,
            Some((Step::At(finding), kind, number)) => {
                self.placed(*finding, kind, number, limits);
                return true;
            }
            Some((Step::Break, ..)) => self.close_diagnostic(limits),
            None => {}
        }
        self.diagnostic = Diagnostic::head(line.text, line.number, limits.text);
        false
    }

    fn placed(&mut self, finding: Finding, kind: Kind, number: u64, limits: &Limits) {
        if place::is_evaluated(&finding) {
            return;
        }
        match kind {
            Kind::Error => {
                self.seen.log(&finding, limits);
                self.loose.get_or_insert(number);
                self.seen.error(finding, limits);
            }
            Kind::Warning => self.warning(finding, limits),
        }
    }

    fn warning(&mut self, mut finding: Finding, limits: &Limits) {
        finding.category = self.app.clone();
        self.seen.warning(finding, limits);
    }

    /// A line of the Erlang compiler, whose errors no block and no line of Mix follows.
    fn of_erlang(&mut self, line: &Line<'_>, limits: &Limits) -> bool {
        if let Some(compiling) = erlang::compiling(line.text) {
            self.erlang = compiling;
            if let Some(app) = start::app(line.text) {
                self.app = Some(text::lossy(app, 200));
            }
            return false;
        }
        match erlang::diagnostic(line.text, self.erlang, limits.text) {
            Some((Kind::Error, finding)) => self.seen.error(finding, limits),
            Some((Kind::Warning, finding)) => self.warning(finding, limits),
            None => return false,
        }
        if !line.terminated {
            self.seen.cut("the last line has no end", line.number);
        }
        true
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
            let message = "a compilation error without its reason";
            self.seen.cut(message, block.number);
        } else if !whole {
            self.seen.cut("the last line has no end", block.number);
        }
        let covered = block.is_summary();
        let finding = block.finish();
        if !(covered && self.seen.is_logged(&finding)) {
            self.seen.error(finding, limits);
        }
    }

    fn close_diagnostic(&mut self, limits: &Limits) {
        let Some(diagnostic) = self.diagnostic.take() else {
            return;
        };
        let number = diagnostic.number;
        if diagnostic.misses_places() {
            let message = "a diagnostic without all of its places";
            self.seen.cut(message, number);
        }
        let Some(finding) = diagnostic.unplaced() else {
            return;
        };
        let message = match diagnostic.kind {
            Kind::Error => "an error without its place",
            Kind::Warning => "a warning without its place",
        };
        self.seen.cut(message, number);
        self.placed(finding, diagnostic.kind, number, limits);
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
