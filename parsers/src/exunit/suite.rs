//! One suite, line by line: from its first mark to its summary, and whatever follows until the next suite.
//!
//! While it runs, every line of standard output is its own: what tests print may look like anybody's report. A test can
//! also print what looks like the suite's own summary, so a suite is not over when one was read: whatever a run prints
//! after it opens the suite again, and the last pair of `Finished in` and summary counts.

use crate::evidence::{Failure, Name, Outcome, SlowModule, SlowTest, TestCase, Tests};
use crate::input::{Limits, Line, Taken};
use crate::names::Names;
use crate::text;

use super::block::{Body, belongs};
use super::grammar::{self, Header, Trace, Traced};
use super::header::{Candidate, Expected, Found, may_be, setup_all};
use super::seen::Seen;
use super::{noise, summary};

mod heads;
mod keep;
mod marks;

pub(super) use keep::reason;

/// A suite that is being read.
#[derive(Debug)]
pub(super) struct Suite {
    state: State,
    pub(super) seen: Seen,
    app: Option<Name>,
    expected: Expected,
    candidate: Option<Candidate>,
    block: Option<Open>,
    after_blank: bool,
    /// Module and file of the tests that `--trace` shows.
    module: Option<(Name, Name)>,
    /// Whether the last result of `--trace` is in no case: there was no room.
    untraced: bool,
    /// A row of `--slowest-modules` of which the file follows.
    slow: Option<(String, u64)>,
    /// Where the last failed test was kept: its failure, and the case that was added for it.
    last: Option<(usize, Option<usize>)>,
    /// Whether the header of the last failed test stood where ExUnit puts one.
    proper: bool,
    starts: Starts,
    names: Names,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum State {
    /// Nothing of a suite has been seen yet.
    Idle,
    /// Tests run.
    Running,
    /// `Finished in` was read; it took so many microseconds.
    Finished(Option<u64>),
    /// A summary was read whose second line must follow.
    HalfSummed,
    /// A summary was read.
    Summed,
}

/// A failure whose lines are being read.
#[derive(Debug)]
struct Open {
    target: Target,
    /// `None` where there is no room for its details.
    body: Option<Body>,
    /// Whether some bytes are not UTF-8.
    broken: bool,
    line: u64,
}

#[derive(Debug)]
enum Target {
    Test(Box<Found>),
    SetupAll {
        module: Name,
        counted: bool,
    },
    /// Something that only looks like a failure.
    Foreign,
}

/// Where the suite's details start in the lists of the run.
#[derive(Debug, Clone, Copy, Default)]
struct Starts {
    failures: usize,
    cases: usize,
    module_cases: usize,
    slowest: usize,
    slowest_modules: usize,
    logged: usize,
}

impl Suite {
    /// A suite that has not begun. `app` is the umbrella app it would belong to.
    pub(super) fn new(app: Option<String>, tests: &Tests) -> Self {
        Self {
            state: State::Idle,
            seen: Seen::default(),
            app: app.map(Into::into),
            expected: Expected::after([0]),
            candidate: None,
            block: None,
            after_blank: true,
            module: None,
            untraced: false,
            slow: None,
            last: None,
            proper: true,
            starts: Starts {
                failures: tests.failures.len(),
                cases: tests.cases.len(),
                module_cases: tests.cases.len(),
                slowest: tests.slowest.len(),
                slowest_modules: tests.slowest_modules.len(),
                logged: tests.logged.len(),
            },
            names: Names::default(),
        }
    }

    pub(super) fn app(&self) -> Option<&str> {
        self.app.as_deref()
    }

    pub(super) fn set_app(&mut self, app: String) {
        self.app = Some(app.into());
    }

    /// Whether the lines of a failure are being read.
    pub(super) fn is_in_block(&self) -> bool {
        self.block.is_some()
    }

    /// Whether every line of standard output belongs to it.
    pub(super) fn is_running(&self) -> bool {
        match self.state {
            State::Running | State::Finished(_) | State::HalfSummed => true,
            State::Idle | State::Summed => false,
        }
    }

    /// Whether it ended as suites up to Elixir 1.16 end, so that a filter line would begin another one.
    pub(super) fn is_closed(&self) -> bool {
        self.state == State::Summed && self.seen.header.is_none() && self.seen.trailer.is_some()
    }

    /// Begins with a header.
    pub(super) fn begin(&mut self, header: Header, line: &Line<'_>) {
        self.run(line);
        self.seen.header = Some(header);
    }

    /// A mark of a run was seen: it begins, or goes on after what seemed to be its summary.
    fn run(&mut self, line: &Line<'_>) {
        self.seen.strong = true;
        self.resume(line);
    }

    fn resume(&mut self, line: &Line<'_>) {
        match self.state {
            State::Idle => self.seen.first_line = line.number,
            State::HalfSummed | State::Summed => self.seen.resumed = Some(line.number),
            State::Running | State::Finished(_) => {}
        }
        self.state = State::Running;
    }

    /// The stream is over, or what follows belongs to somebody else.
    pub(super) fn interrupt(&mut self, tests: &mut Tests, limits: &Limits) {
        self.close_block(tests, limits);
        self.candidate = None;
    }

    /// The stream is over, or another suite begins: nothing that follows can belong to this one.
    pub(super) fn end(&mut self, tests: &mut Tests, limits: &Limits) {
        self.interrupt(tests, limits);
        self.seen.tail_only = matches!(self.state, State::Finished(_));
    }

    /// Forgets the details that were kept: another round has taken its place.
    pub(super) fn forget(&self, tests: &mut Tests) {
        tests.failures.truncate(self.starts.failures);
        tests.cases.truncate(self.starts.cases);
        tests.slowest.truncate(self.starts.slowest);
        tests.slowest_modules.truncate(self.starts.slowest_modules);
        tests.logged.truncate(self.starts.logged);
    }

    /// Takes lines of which only the dots count: what tests print, and a failure without room for its details.
    pub(super) fn lines(&mut self, text: &[u8], limits: &Limits) -> Taken {
        let noisy = self.state == State::Running && self.candidate.is_none();
        let taken = match &mut self.block {
            Some(open) if open.body.is_none() => {
                let taken = Taken::each(text, |rest| noise::indented(rest, limits.line));
                let lines = text.get(..taken.bytes).unwrap_or_default();
                open.broken |= std::str::from_utf8(lines).is_err();
                taken
            }
            None if noisy => noise::taken(text, limits.line),
            Some(_) | None => return Taken::default(),
        };
        let lines = text.get(..taken.bytes).unwrap_or_default();
        self.seen.dots = self.seen.dots.saturating_add(grammar::dots(lines));
        self.after_blank &= taken.lines == 0;
        taken
    }

    /// Looks at a line of standard output. `true` claims it.
    pub(super) fn line(&mut self, line: &Line<'_>, tests: &mut Tests, limits: &Limits) -> bool {
        let text = line.text;
        self.seen.cut_line |= line.cut && self.state != State::Idle;
        if let Some(open) = &mut self.block {
            if belongs(text) {
                open.broken |= !text.is_ascii() && std::str::from_utf8(text).is_err();
                if let Some(body) = &mut open.body {
                    body.line(text, limits.text);
                }
                self.seen.dots = self.seen.dots.saturating_add(grammar::dots(text));
                self.after_blank = text.is_empty();
                return true;
            }
            self.close_block(tests, limits);
        }
        let own = (self.state == State::HalfSummed && self.second_line(line))
            || self.header(line, tests, limits)
            || self.mark(line, tests, limits);
        self.after_blank = text.is_empty();
        if !own && self.is_running() {
            self.seen.dots = self.seen.dots.saturating_add(grammar::dots(text));
        }
        own || self.is_running()
    }
}
