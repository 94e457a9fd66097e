//! The lines of a suite that are not failures: filters, progress, `--trace`, the end.

use super::{Limits, Line, Outcome, SlowModule, SlowTest, TestCase, Tests};
use super::{State, Suite, Trace, Traced, grammar, summary, text};
use crate::exunit::seen::{Summed, Trailer};

impl Suite {
    /// Looks for a line that ExUnit prints itself. `true` when it is one; its dots are no progress.
    ///
    /// Every line of every test passes here, so the first and the last byte decide whether to look closer.
    pub(super) fn mark(&mut self, line: &Line<'_>, tests: &mut Tests, limits: &Limits) -> bool {
        let text = line.text;
        let (Some(first), Some(last)) = (text.first(), text.last()) else {
            return false;
        };
        if *first == b' ' {
            self.orphan(line);
        }
        match (first, last) {
            (b'.' | b'*' | b'?', b'.' | b'*' | b'?') => self.progress(line),
            (b'F', b')') if self.finished(line) => true,
            (b'E' | b'I', b']') => self.filter(line),
            (b' ', b']') if self.slow_file(line, tests, limits) => true,
            (_, b']') => self.slow_row(line, tests, limits) || self.traced(line, tests, limits),
            (_, b')') if self.slow_module(line, limits) => true,
            (b'0'..=b'9', _) if summary::may_be_classic(text) => {
                self.summary(line, tests, summary::classic)
            }
            (b'R', b'0'..=b'9') if self.trailer(line) => true,
            (b'R', _) => self.summary(line, tests, summary::result),
            (b'A', _) => self.aborted(line),
            (_, b'e') => self.stopped(line),
            _ => false,
        }
    }

    fn progress(&mut self, line: &Line<'_>) -> bool {
        // A rule of stars is no progress of tests; a dot is, as far as can be known.
        if !self.is_running() && grammar::is_progress(line.text) && line.text.contains(&b'.') {
            self.resume(line);
        }
        // Not a mark: the dots are counted with those of all other lines.
        false
    }

    fn finished(&mut self, line: &Line<'_>) -> bool {
        let Some(duration) = grammar::finished(line.text) else {
            return false;
        };
        self.run(line);
        self.state = State::Finished(Some(duration));
        true
    }

    fn filter(&mut self, line: &Line<'_>) -> bool {
        let found = grammar::is_filter(line.text);
        if found && self.state == State::Idle {
            // What stands before the first line of a run does not belong to it.
            (self.seen.stray, self.seen.orphan) = (None, None);
            self.run(line);
        }
        found && self.is_running()
    }

    /// A result of `--trace`, or the module whose tests follow.
    fn traced(&mut self, line: &Line<'_>, tests: &mut Tests, limits: &Limits) -> bool {
        if self.after_blank
            && let Some((name, path)) = grammar::module(line.text)
        {
            let max = limits.text;
            self.module = Some((self.names.lossy(name, max), self.names.lossy(path, max)));
            self.starts.module_cases = tests.cases.len();
            return self.is_running();
        }
        let Some(trace) = grammar::trace(line.text) else {
            return false;
        };
        if !self.is_running() {
            // Without the started half of the line it may be anything that ends in a bracket.
            if trace.name.is_none() {
                return false;
            }
            self.run(line);
        }
        if let Traced::Ran(_) = trace.result {
            self.seen.traced = self.seen.traced.saturating_add(1);
        }
        self.case(&trace, tests, limits);
        true
    }

    fn case(&mut self, trace: &Trace<'_>, tests: &mut Tests, limits: &Limits) {
        let Some(name) = trace.name else {
            return;
        };
        self.untraced = tests.cases.len() >= limits.details;
        if self.untraced {
            self.seen.dropped = self.seen.dropped.saturating_add(1);
            return;
        }
        let (outcome, duration_us) = match trace.result {
            Traced::Ran(us) => (Outcome::Passed, Some(us)),
            Traced::Skipped => (Outcome::Skipped, None),
            Traced::Excluded => (Outcome::Excluded, None),
        };
        let (kind, name) = grammar::typed(name);
        let max = limits.text;
        tests.cases.push(TestCase {
            app: self.app.clone(),
            module: self.module.as_ref().map(|(name, _)| name.clone()),
            name: text::lossy(name, max),
            test_type: kind.map(|kind| self.names.lossy(kind, max)),
            file: self.module.as_ref().map(|(_, path)| path.clone()),
            line: text::line_number(trace.line),
            outcome,
            duration_us,
            reason: None,
        });
    }

    /// A row of `--slowest`, between `Finished in` and the summary.
    fn slow_row(&mut self, line: &Line<'_>, tests: &mut Tests, limits: &Limits) -> bool {
        if !matches!(self.state, State::Finished(_)) {
            return false;
        }
        let Some(slow) = grammar::slow(line.text) else {
            return false;
        };
        if tests.slowest.len() < limits.details {
            let lossy = |bytes| text::lossy(bytes, limits.text);
            let (_, name) = grammar::typed(slow.name);
            let place = lossy(slow.place);
            let (file, number, _) = text::location(&place);
            tests.slowest.push(SlowTest {
                module: Some(lossy(slow.module)),
                name: lossy(name),
                file: Some(file.to_owned()),
                line: number,
                duration_us: slow.duration_us,
            });
        }
        true
    }

    /// A row of `--slowest-modules`, between `Finished in` and the summary.
    fn slow_module(&mut self, line: &Line<'_>, limits: &Limits) -> bool {
        if !matches!(self.state, State::Finished(_)) {
            return false;
        }
        let row = grammar::slow_module(line.text);
        self.slow = row.map(|(module, us)| (text::lossy(module, limits.text), us));
        row.is_some()
    }

    /// The file of that module.
    fn slow_file(&mut self, line: &Line<'_>, tests: &mut Tests, limits: &Limits) -> bool {
        let file = line
            .text
            .strip_prefix(b" [")
            .and_then(|l| l.strip_suffix(b"]"));
        let (Some((module, duration_us)), Some(file)) = (self.slow.take(), file) else {
            return false;
        };
        if tests.slowest_modules.len() < limits.details {
            tests.slowest_modules.push(SlowModule {
                module,
                file: text::lossy(file, limits.text),
                duration_us,
            });
        }
        true
    }

    fn summary(
        &mut self,
        line: &Line<'_>,
        tests: &mut Tests,
        read: fn(&[u8]) -> Option<summary::Summary>,
    ) -> bool {
        if self.state == State::Summed {
            return false;
        }
        let Some(summary) = read(line.text) else {
            return false;
        };
        let State::Finished(duration_us) = self.state else {
            // A run of old may begin without a mark, so what stands before the first one may belong to it.
            self.seen.stray = self.seen.stray.or(Some(line.number));
            return self.is_running();
        };
        if let Some(counts) = summary.counts {
            self.settle_excerpt(counts.failed, tests);
        }
        self.state = if summary.needs_failed_line {
            State::HalfSummed
        } else {
            State::Summed
        };
        self.seen.summaries = self.seen.summaries.saturating_add(1);
        self.seen.trailer = None;
        self.seen.summary = Some(Summed {
            summary,
            duration_us,
            line: line.number,
            whole: line.terminated,
        });
        true
    }

    /// The line that must follow a summary with failures. From there on the suite is over in any case.
    pub(super) fn second_line(&mut self, line: &Line<'_>) -> bool {
        self.state = State::Summed;
        let Some(summed) = &mut self.seen.summary else {
            return false;
        };
        let found = summed.summary.failed_line(line.text);
        if found {
            summed.whole = line.terminated;
        }
        found
    }

    fn trailer(&mut self, line: &Line<'_>) -> bool {
        if self.state != State::Summed {
            return false;
        }
        let Some(seed) = grammar::trailer(line.text) else {
            return false;
        };
        self.seen.trailer = self.seen.trailer.or(Some(Trailer {
            seed,
            whole: line.terminated,
        }));
        true
    }

    /// SIGQUIT: the summary follows without `Finished in`.
    fn aborted(&mut self, line: &Line<'_>) -> bool {
        let found = self.state == State::Running
            && line.text.starts_with(b"Aborting test suite, ")
            && [
                &b"showing results so far..."[..],
                b"the following have not completed:",
            ]
            .iter()
            .any(|end| line.text.ends_with(end));
        if found {
            self.run(line);
            self.seen.aborted = Some(line.number);
            self.state = State::Finished(None);
        }
        found
    }

    fn stopped(&mut self, line: &Line<'_>) -> bool {
        let found = self.is_running()
            && line
                .text
                .ends_with(b"--max-failures reached, aborting test suite");
        if found {
            self.seen.stopped = Some(line.number);
        }
        // Progress may stand before it on the line.
        false
    }

    /// The body of a failure where none is being read: its header is damaged, or was never there.
    fn orphan(&mut self, line: &Line<'_>) {
        let body = line.text.starts_with(b"     ** (") || line.text == b"     stacktrace:";
        if body && self.state != State::Summed {
            self.seen.orphan = self.seen.orphan.or(Some(line.number));
        }
    }
}
