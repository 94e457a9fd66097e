//! ExUnit: what `mix test` prints on a console, from Elixir 1.12 to 1.20, plain or in colour.
//!
//! Source of the format: `ExUnit.CLIFormatter`, `ExUnit.Formatter` and `Mix.Tasks.Test` at the tags of Elixir, and
//! captures of real runs. One part for a source; the suites of an umbrella are summed, of the rounds of
//! `--repeat-until-failure` the last one counts.
//!
//! What proves completeness: the first line of a run (from 1.17 on) or its last one (up to 1.16), exactly one summary
//! below a line `Finished in`, as many failures listed as it declares, and at least as many progress marks as passed
//! tests. What none of this can show is a test that prints a summary which claims no more than the marks printed so
//! far, its own among them, and then ends the VM: text alone is not proof against the code that is tested. An umbrella
//! says nowhere how many apps it has, so it stays unproven without the exit code.
//!
//! A log that lost its head, or failures that somebody copied: what is there is read, and proves nothing. Where a list of
//! failures begins with another number than 1, the numbers that the summary states tell whether a test printed it.
//!
//! Deliberately absent: where a describe block ends and a name begins (the text does not say), the colours of diffs.
//!
//! In reading order: `grammar` and `summary` (lines), `header`, `block`, `error` and `frame` (failures),
//! `suite` and `seen` (one suite), `noise` (what it passes over), `verdict` (what it proves), `run` (the sum), `mix`
//! (messages of Mix), and this file: the section.

use crate::defect::{Completeness, Defect, DefectKind, Parsed, Position};
use crate::evidence::{Evidence, Tests, Tool};
use crate::input::{Limits, Line, Stream, Taken};
use crate::stream::{Part, Section};
use crate::{Format, Reader};

mod block;
pub(crate) mod detail;
mod error;
mod frame;
mod grammar;
mod header;
mod logged;
mod mix;
mod noise;
mod run;
mod seen;
mod suite;
mod summary;
#[cfg(test)]
mod tests;
mod verdict;

use grammar::Header;
use logged::Log;
use mix::Mix;
use run::{Apps, Run};
use suite::Suite;

/// Id of the format.
pub(crate) const CONSOLE: &str = "exunit-console";

/// The row of `exunit-console`.
pub(crate) const ROW: Format = Format {
    id: CONSOLE,
    tool: Tool::Exunit,
    summary: "what `mix test` prints",
    proof: "one summary with the first or last line of its suite, its failures listed, its passes as progress marks",
    reader: Reader::Lines(console),
};

/// Opens the section for one source.
fn console() -> Box<dyn Section> {
    Box::new(Console {
        suite: Suite::new(None, &Tests::default()),
        run: Run::default(),
        apps: Apps::default(),
        mix: Mix::default(),
        log: Log::default(),
        limits: Limits::default(),
    })
}

/// The section: the suite that is being read, and the sum of those before it.
struct Console {
    suite: Suite,
    run: Run,
    apps: Apps,
    mix: Mix,
    log: Log,
    /// Those of the last line: the end of a stream brings none.
    limits: Limits,
}

impl Section for Console {
    fn line(&mut self, line: &Line<'_>, limits: &Limits) -> bool {
        self.limits = *limits;
        if line.stream == Stream::Err {
            return self.mix.line(line);
        }
        if line.text.starts_with(b"== Compilation error in file ") {
            self.suite.interrupt(&mut self.run.parsed.value, limits);
            return false;
        }
        if let Some(header) = self.header(line.text) {
            self.begin(header, line, limits);
            return true;
        }
        if !self.suite.is_running() {
            self.between(line, limits);
            if self.mix.line(line) {
                return true;
            }
        }
        let tests = &mut self.run.parsed.value;
        let claimed = self.suite.line(line, tests, limits);
        if self.suite.is_in_block() {
            self.log.close(&mut tests.logged);
        } else {
            let before = tests.failures.len();
            self.log.line(line.text, before, &mut tests.logged);
        }
        claimed
    }

    fn lines(&mut self, text: &[u8], limits: &Limits) -> Taken {
        if self.log.is_open() {
            return Taken::default();
        }
        self.suite.lines(text, limits)
    }

    fn end_of_stream(&mut self) {
        let limits = self.limits;
        self.conclude(&limits);
    }

    fn is_open(&self) -> bool {
        self.suite.is_running()
    }

    fn finish(mut self: Box<Self>, limits: &Limits) -> Vec<Part> {
        self.conclude(limits);
        let warnings = self.mix.warnings_as_errors();
        let mut parts: Vec<Part> = self.part().into_iter().collect();
        parts.extend(warnings);
        parts
    }
}

impl Console {
    /// The first line of a run. While no suite runs, something without a line end may stand before it.
    fn header(&self, line: &[u8]) -> Option<Header> {
        match (line.first(), line.last()) {
            (Some(b'R'), _) => grammar::header(line),
            (_, Some(b'0'..=b'9')) if !self.suite.is_running() => {
                let at = grammar::find(line, grammar::HEADER)?;
                grammar::header(line.get(at..)?)
            }
            _ => None,
        }
    }

    fn begin(&mut self, header: Header, line: &Line<'_>, limits: &Limits) {
        let remaining = |h: &Header| h.remaining_runs;
        let before = self.suite.seen.header.as_ref().and_then(remaining);
        let next = before.is_some() && before == header.remaining_runs.map(|n| n.saturating_add(1));
        if next && is_clean(&self.suite) {
            self.suite.forget(&mut self.run.parsed.value);
            self.suite = Suite::new(self.apps.current(), &self.run.parsed.value);
        } else {
            self.conclude(limits);
        }
        self.suite.begin(header, line);
    }

    /// Lines that may separate two suites.
    fn between(&mut self, line: &Line<'_>, limits: &Limits) {
        if line.text.first() == Some(&b'=')
            && let Some(name) = grammar::app(line.text)
        {
            self.conclude(limits);
            let name = crate::text::lossy(name, limits.text);
            self.apps.named(&name);
            self.suite.set_app(name);
        } else if self.suite.is_closed() && grammar::is_filter(line.text) {
            self.conclude(limits);
        }
    }

    /// Adds the suite to the sum and makes room for another one.
    fn conclude(&mut self, limits: &Limits) {
        self.suite.end(&mut self.run.parsed.value, limits);
        self.log.close(&mut self.run.parsed.value.logged);
        let next = Suite::new(self.apps.current(), &self.run.parsed.value);
        let suite = std::mem::replace(&mut self.suite, next);
        if suite.seen.strong {
            if let Some(app) = suite.app() {
                self.apps.ran(app);
            }
            self.run.add(&suite);
        }
    }

    fn part(self) -> Option<Part> {
        let Self {
            run, apps, mut mix, ..
        } = self;
        if run.suites == 0 && mix.nothing.is_none() {
            return complaint(mix, run.parsed.value);
        }
        let mut parsed = run.parsed;
        parsed.value.failures.extend(mix.boot());
        if run.suites == 0
            && let Some(nothing) = mix.nothing.take()
        {
            parsed.lower(Completeness::Partial, nothing);
        }
        for error in std::mem::take(&mut mix.errors) {
            parsed.lower(Completeness::Partial, error);
        }
        note_nothing(&mut parsed, mix.notes);
        if run.dropped > 0 {
            let message = format!("{} failures and cases are counted only", run.dropped);
            parsed.note(Defect::new(DefectKind::Limit, message, Position::default()));
        }
        apps.settle(&mut parsed);
        Some(Part {
            format: CONSOLE,
            tool: Tool::Exunit,
            parsed: parsed.map(Evidence::Tests),
        })
    }
}

/// What Mix says beside the suites, and whether any test ran at all.
fn note_nothing(parsed: &mut Parsed<Tests>, notes: Vec<Defect>) {
    let counts = parsed.value.counts;
    let is_nothing = |d: &Defect| d.kind == DefectKind::NothingRan;
    for note in notes {
        // One app of an umbrella may have nothing to run; that is no news when others have.
        if counts.ran() == 0 || !is_nothing(&note) {
            parsed.note(note);
        }
    }
    let said = parsed.defects.iter().any(is_nothing);
    let whole = parsed.completeness == Completeness::Complete;
    if whole && !said && counts.ran() == 0 && counts.invalid == 0 {
        let message = "no test ran";
        let at = Position::default();
        parsed.note(Defect::new(DefectKind::NothingRan, message, at));
    }
}

/// Whether a round of `--repeat-until-failure` passed as a whole, so that another one may follow.
fn is_clean(suite: &Suite) -> bool {
    let judged = suite.seen.judge();
    let counts = judged.value.counts;
    judged.completeness == Completeness::Complete && counts.failed == 0 && counts.invalid == 0
}

/// Nothing but complaints: a source that says nothing about tests, or at most why none ran.
fn complaint(mix: Mix, mut tests: Tests) -> Option<Part> {
    if !mix.complains() {
        return None;
    }
    tests.failures.extend(mix.boot());
    let mut parsed = Parsed::complete(match tests.failures.is_empty() {
        true => Evidence::Nothing,
        false => Evidence::Tests(tests),
    });
    for defect in mix.errors.into_iter().chain(mix.notes) {
        parsed.lower(Completeness::Unreadable, defect);
    }
    Some(Part {
        format: CONSOLE,
        tool: Tool::Exunit,
        parsed,
    })
}
