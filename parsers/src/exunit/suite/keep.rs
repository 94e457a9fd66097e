//! From the lines of a failure to what is kept of it.

use super::{Failure, Limits, Name, Outcome, TestCase, Tests, text};
use super::{Found, Starts, Suite, Target};
use crate::evidence::{ErrorKind, TestError};

impl Suite {
    /// The lines of the failure that was being read are complete.
    pub(super) fn close_block(&mut self, tests: &mut Tests, limits: &Limits) {
        let Some(open) = self.block.take() else {
            return;
        };
        if open.broken {
            self.seen.broken = self.seen.broken.or(Some(open.line));
        }
        let Some(body) = open.body else {
            return self.count(&open.target, tests);
        };
        let parameters = body.parameters.clone();
        let (errors, logs) = body.finish(&mut self.names);
        let failure = Failure {
            app: self.app.clone(),
            parameters,
            errors,
            logs,
            ..Failure::default()
        };
        match open.target {
            Target::Foreign => {}
            Target::Test(found) => self.keep_test(*found, failure, tests, limits),
            Target::SetupAll { module, counted } => {
                self.keep_setup_all(module, counted, failure, tests, limits);
            }
        }
    }

    /// A failure of which no details are kept. A case that was kept is failed all the same.
    fn count(&mut self, target: &Target, tests: &mut Tests) {
        match target {
            Target::Foreign => return,
            Target::Test(found) => {
                if let Some(case) = self.traced_case(&found.module, tests) {
                    case.outcome = Outcome::Failed;
                } else {
                    self.drop_case();
                }
            }
            Target::SetupAll { module, counted } => {
                self.invalidate(module, *counted, None, tests);
            }
        }
        self.last = None;
        self.seen.dropped = self.seen.dropped.saturating_add(1);
    }

    fn keep_test(&mut self, found: Found, failure: Failure, tests: &mut Tests, limits: &Limits) {
        let (max, names) = (limits.text, &mut self.names);
        let (kind, name) = super::grammar::typed(&found.name);
        let parameters = found.parameters.as_deref();
        let failure = Failure {
            module: Some(names.lossy(&found.module, max)),
            name: Some(text::lossy(name, max)),
            test_type: kind.map(|kind| names.lossy(kind, max)),
            file: Some(names.lossy(&found.file, max)),
            line: text::line_number(&found.line),
            parameters: parameters.map(|parameters| text::lossy(parameters, max)),
            ..failure
        };
        let case = self.keep_case(&failure, tests, limits);
        self.last = self.push(failure, tests, limits).map(|at| (at, case));
    }

    /// Keeps a failure while there is room for its details, and says where.
    fn push(&mut self, mut failure: Failure, tests: &mut Tests, limits: &Limits) -> Option<usize> {
        if tests.failures.len() >= limits.details {
            self.seen.dropped = self.seen.dropped.saturating_add(1);
            return None;
        }
        failure.shrink();
        tests.failures.push(failure);
        tests.failures.len().checked_sub(1)
    }

    /// The case of a failed test, and where it was added. With `--trace` it is there already, as the last one, and
    /// looks passed.
    fn keep_case(
        &mut self,
        failure: &Failure,
        tests: &mut Tests,
        limits: &Limits,
    ) -> Option<usize> {
        let reason = failure.errors.first().map(reason);
        let module = failure.module.as_deref().unwrap_or_default();
        if let Some(case) = self.traced_case(module.as_bytes(), tests) {
            case.outcome = Outcome::Failed;
            // The header has the name as it is; here it stands on one line.
            case.name = failure.name.clone().unwrap_or_default();
            case.file.clone_from(&failure.file);
            case.reason = reason;
            return None;
        }
        if tests.cases.len() >= limits.details {
            self.drop_case();
            return None;
        }
        tests.cases.push(TestCase {
            app: failure.app.clone(),
            module: failure.module.clone(),
            name: failure.name.clone().unwrap_or_default(),
            test_type: failure.test_type.clone(),
            file: failure.file.clone(),
            line: failure.line,
            outcome: Outcome::Failed,
            duration_us: None,
            reason,
        });
        tests.cases.len().checked_sub(1)
    }

    /// The case that `--trace` showed for the test that failed: the last one, which looks passed.
    fn traced_case<'a>(&self, module: &[u8], tests: &'a mut Tests) -> Option<&'a mut TestCase> {
        let own = tests.cases.get_mut(self.starts.cases..)?;
        let case = own.last_mut().filter(|_| !self.untraced)?;
        let same = case.module.as_ref().is_some_and(|m| m.as_bytes() == module);
        (case.outcome == Outcome::Passed && same).then_some(case)
    }

    /// There is no room for the case of a failed test. With `--trace` it was counted before.
    fn drop_case(&mut self) {
        let more = u64::from(!self.untraced);
        self.seen.dropped = self.seen.dropped.saturating_add(more);
    }

    fn keep_setup_all(
        &mut self,
        module: Name,
        counted: bool,
        failure: Failure,
        tests: &mut Tests,
        limits: &Limits,
    ) {
        let reason = failure.errors.first().map(reason);
        self.invalidate(&module, counted, reason, tests);
        let failure = Failure {
            module: Some(module),
            test_type: Some(self.names.of("setup_all")),
            ..failure
        };
        self.push(failure, tests, limits);
        self.last = None;
    }

    /// The tests of a module whose `setup_all` failed: those that seemed to pass did not count, or failed in the end.
    fn invalidate(&self, module: &str, counted: bool, reason: Option<String>, tests: &mut Tests) {
        let outcome = if counted {
            Outcome::Failed
        } else {
            Outcome::Invalid
        };
        let own = tests.cases.get_mut(self.starts.module_cases..);
        for case in own.unwrap_or_default() {
            let same = case.module.as_deref() == Some(module);
            if same && case.outcome == Outcome::Passed {
                case.outcome = outcome;
                case.reason.clone_from(&reason);
            }
        }
    }

    /// The first failures of the suite were printed by tests: takes them back.
    pub(super) fn disown(&mut self, n: u64, tests: &mut Tests) {
        let n = usize::try_from(n).unwrap_or(usize::MAX);
        let Starts {
            failures, cases, ..
        } = self.starts;
        let end = |from: usize, len: usize| from.saturating_add(n).min(len);
        let (f, c) = (
            end(failures, tests.failures.len()),
            end(cases, tests.cases.len()),
        );
        tests.failures.drain(failures.min(f)..f);
        tests.cases.drain(cases.min(c)..c);
        self.last = None;
    }

    /// The last failure was printed by a test: takes it back.
    pub(super) fn take_back(&mut self, tests: &mut Tests) {
        let Some((failure, case)) = self.last.take() else {
            return;
        };
        if failure < tests.failures.len() {
            tests.failures.remove(failure);
        }
        if let Some(at) = case.filter(|at| *at < tests.cases.len()) {
            tests.cases.remove(at);
        }
    }
}

/// The first line of an error, as it is printed but for the process that a linked exit names.
pub(in crate::exunit) fn reason(error: &TestError) -> String {
    let first = error.message.lines().next().unwrap_or_default();
    let banner = match (error.kind, &error.exception) {
        (ErrorKind::Error, Some(exception)) => exception.as_str(),
        (ErrorKind::Exit, _) => "exit",
        (ErrorKind::Throw, _) => "throw",
        (ErrorKind::LinkedExit, _) => "EXIT",
        (ErrorKind::Assertion | ErrorKind::NotImplemented | ErrorKind::Error, _) => {
            return first.to_owned();
        }
    };
    format!("** ({banner}) {first}").trim_end().to_owned()
}
