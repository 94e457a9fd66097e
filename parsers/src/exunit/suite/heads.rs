//! Headers of failures: which ones count, and what is noise.

use super::{Body, Candidate, Expected, Found, Limits, Line, Open, Suite, Target, Tests};
use super::{Name, may_be, setup_all};

impl Suite {
    /// Looks for the header of a failure, over two or more lines. `true` when this line completes one.
    pub(super) fn header(&mut self, line: &Line<'_>, tests: &mut Tests, limits: &Limits) -> bool {
        let text = line.text;
        let may_be = may_be(text);
        if may_be && let Some((number, module)) = setup_all(text) {
            let module = self.names.lossy(module, limits.text);
            return self.setup_all(line, number, module, has_room(tests, limits));
        }
        let new = may_be.then(|| Candidate::new(text, &self.expected, self.after_blank));
        let new = new.flatten();
        let stronger = new.as_ref().is_some_and(Candidate::is_expected);
        if let Some(open) = self.candidate.take()
            && !stronger
        {
            match open.next(text) {
                Ok(Some(found)) => return self.accept(line, found, tests, limits),
                Ok(None) => {}
                Err(open) => self.candidate = Some(open),
            }
        }
        if self.candidate.is_none() {
            self.candidate = new;
        }
        false
    }

    /// A header with its place: a failure when its number is the next one, noise otherwise.
    fn accept(
        &mut self,
        line: &Line<'_>,
        found: Found,
        tests: &mut Tests,
        limits: &Limits,
    ) -> bool {
        let again = found.number == self.seen.counter && !self.proper && found.proper;
        let excerpt = !found.expected && self.excerpt(&found, line);
        if found.expected || excerpt {
            self.run(line);
            self.seen.failed_header(found.number);
        } else if again {
            // Two carry this number, and this one stands where ExUnit puts it: a test has printed the other.
            self.run(line);
            self.take_back(tests);
            self.seen.foreign(line.number);
        } else {
            return self.foreign(line);
        }
        self.proper = found.proper;
        self.expected = Expected::after(self.seen.counters());
        let room = has_room(tests, limits);
        self.open(Target::Test(Box::new(found)), line, room);
        true
    }

    /// Whether a header with another number counts all the same: a log may have lost its head, or be what somebody copied.
    fn excerpt(&mut self, found: &Found, line: &Line<'_>) -> bool {
        let seen = &mut self.seen;
        if seen.is_blank() {
            seen.excerpt = Some((found.number, line.number));
            return true;
        }
        if seen.excerpt.is_none() || seen.before_first.is_some() || !found.proper {
            return false;
        }
        if found.number == 1 {
            seen.before_first = Some(seen.blocks);
        }
        found.number == 1 || seen.header.is_none()
    }

    /// The summary of an excerpt. It may tell that what stood before the first failure was printed by a test.
    pub(super) fn settle_excerpt(&mut self, failed: u64, tests: &mut Tests) {
        let Some((_, line)) = self.seen.excerpt else {
            return;
        };
        let more = self.seen.blocks.saturating_sub(failed);
        if more == 0 || (failed > 0 && self.seen.before_first != Some(more)) {
            return;
        }
        self.disown(more, tests);
        for _ in 0..more {
            self.seen.foreign(line);
        }
        self.seen.excerpt = None;
        self.seen.blocks = failed;
        if failed == 0 {
            self.seen.counter = 0;
        }
    }

    /// Something that looks like a failure. Outside of a suite it is nobody's.
    fn foreign(&mut self, line: &Line<'_>) -> bool {
        let running = self.is_running();
        if running {
            self.seen.foreign(line.number);
            self.open(Target::Foreign, line, false);
        }
        running
    }

    fn setup_all(&mut self, line: &Line<'_>, number: u64, module: Name, room: bool) -> bool {
        if number < self.seen.counter {
            return self.foreign(line);
        }
        self.run(line);
        let counted = number > self.seen.counter;
        self.seen.setup_all(number);
        self.expected = Expected::after(self.seen.counters());
        self.open(Target::SetupAll { module, counted }, line, room);
        true
    }

    /// `room`: there is room for the details of what follows.
    fn open(&mut self, target: Target, line: &Line<'_>, room: bool) {
        self.candidate = None;
        self.block = Some(Open {
            target,
            body: room.then(Body::default),
            broken: false,
            line: line.number,
        });
    }
}

/// Whether the details of one more failure are kept. A run of a million failures is read for its numbers.
fn has_room(tests: &Tests, limits: &Limits) -> bool {
    tests.failures.len().min(tests.cases.len()) < limits.details
}
