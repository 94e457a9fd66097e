//! What the lines of the protocol add up to.

use super::grammar::{Directive, TOTALS, Test, What, unescaped};
use super::levels::Level;
use crate::collect::Defects;
use crate::defect::{Completeness, DefectKind, Position};
use crate::evidence::{ErrorKind, Evidence, Failure, Outcome, TestCase, TestError, Tests, Tool};
use crate::input::{Limits, Line};
use crate::stream::Part;
use crate::text::{Block, lossy};

/// Bytes of a name that are kept.
const NAME: usize = 1 << 10;

pub(super) struct Report {
    tests: Tests,
    defects: Defects,
    /// The levels that are open; the first one is the whole run.
    levels: Vec<Level>,
    /// Whether anything makes sure that it is TAP.
    sure: bool,
    plan_of_none: bool,
    unterminated: bool,
    /// The indentation of the YAML block that is open, its text, and the failure that it tells of.
    yaml: Option<(usize, Block, Option<usize>)>,
    /// Where a YAML block may start, and for which failure.
    above: Option<(usize, Option<usize>)>,
    totals: [Option<u64>; TOTALS.len()],
    node: Node,
}

/// Node ends its report with totals and a duration.
#[derive(Debug, Default)]
struct Node {
    seen: bool,
    last: bool,
    todo: u64,
}

impl Report {
    pub(super) fn new() -> Self {
        Self {
            tests: Tests::default(),
            defects: Defects::default(),
            levels: vec![Level::default()],
            sure: false,
            plan_of_none: false,
            unterminated: false,
            yaml: None,
            above: None,
            totals: Default::default(),
            node: Node::default(),
        }
    }

    pub(super) fn in_yaml(&self) -> bool {
        self.yaml.is_some()
    }

    /// A line of a YAML block, or the one that starts it.
    pub(super) fn yaml(&mut self, line: &Line<'_>, limits: &Limits) -> bool {
        let indent = line.text.iter().take_while(|b| **b == b' ').count();
        let rest = line.text.get(indent..).unwrap_or_default();
        if let Some((at, block, _)) = self.yaml.as_mut() {
            if indent == *at && rest == b"..." {
                self.close_yaml();
                return true;
            }
            if indent >= *at || rest.is_empty() {
                self.node.seen |= indent == *at && rest.starts_with(b"duration_ms: ");
                block.push(line.text.get(*at..).unwrap_or_default(), limits.text);
                return true;
            }
            let message = "a YAML block that does not end";
            self.defects
                .partial(DefectKind::Syntax, message, Position::line(line.number));
            self.close_yaml();
            return false;
        }
        let above = self.above.take();
        match above.filter(|(depth, _)| indent == depth.saturating_add(2) && rest == b"---") {
            Some((_, failure)) => {
                self.yaml = Some((indent, Block::default(), failure));
                true
            }
            None => false,
        }
    }

    fn close_yaml(&mut self) {
        let Some((_, block, failure)) = self.yaml.take() else {
            return;
        };
        let failure = failure.and_then(|at| self.tests.failures.get_mut(at));
        if let Some(error) = failure.and_then(|f| f.errors.first_mut())
            && let Some(text) = block.finish()
        {
            error.message = text;
        }
    }

    pub(super) fn line(
        &mut self,
        depth: usize,
        what: What<'_>,
        line: &Line<'_>,
        limits: &Limits,
    ) -> bool {
        let at = Position::line(line.number);
        self.unterminated = !line.terminated;
        match what {
            What::Version => self.sure = true,
            What::Plan { tests, reason } => {
                self.plan_of_none |= tests == Some(0) && reason && depth == 0;
                return self.plan(depth, tests, at, limits);
            }
            What::Test(test) => {
                // Anybody may print a line that starts with `ok`; a number is what makes it one of TAP.
                if !self.sure && test.number.is_none() && self.planless() {
                    return false;
                }
                self.sure |= test.number.is_some() && depth == 0;
                return self.test(depth, &test, at, limits);
            }
            What::Bail(reason) => self.bail(reason, limits),
            What::Total(name, number) => {
                let place = TOTALS.iter().position(|t| *t == name);
                if let Some(slot) = place.and_then(|p| self.totals.get_mut(p)) {
                    *slot = number;
                }
                if number.is_none() && self.sure {
                    let message = format!("the total `{name}` is not a number");
                    self.defects.partial(DefectKind::Number, message, at);
                }
            }
            What::Last(us) => {
                self.node.last = true;
                self.tests.duration_us = us;
            }
        }
        true
    }

    /// Whether no plan was seen at the outermost level.
    fn planless(&self) -> bool {
        self.levels.first().is_none_or(|l| l.plan.is_none())
    }

    /// Opens the levels down to this depth; `false` where the depth makes no sense.
    fn open(&mut self, depth: usize, at: &Position, limits: &Limits) -> bool {
        let (cases, failures) = (self.tests.cases.len(), self.tests.failures.len());
        if depth >= limits.depth || depth > self.levels.len() {
            let message = "subtests of no test";
            self.defects
                .partial(DefectKind::Syntax, message, at.clone());
            return false;
        }
        if depth == self.levels.len() {
            self.levels.push(Level {
                cases,
                failures,
                ..Level::default()
            });
        }
        true
    }

    /// Subtests that no test line followed: their suite is missing.
    fn orphans(&mut self, depth: usize, at: &Position) {
        while self.levels.len() > depth.saturating_add(1) {
            let message = "subtests without the line of their test";
            self.defects.partial(DefectKind::Cut, message, at.clone());
            let level = self.levels.pop();
            if let (Some(parent), Some(level)) = (self.levels.last_mut(), level) {
                parent.counts.add(&level.counts);
                parent.failed |= level.failed;
            }
        }
    }

    fn plan(&mut self, depth: usize, tests: Option<u64>, at: Position, limits: &Limits) -> bool {
        let indented = depth > 0 && !self.sure && self.planless();
        if indented || !self.open(depth, &at, limits) {
            return false;
        }
        self.orphans(depth, &at);
        let Some(level) = self.levels.get_mut(depth) else {
            return false;
        };
        if tests.is_none() {
            let message = "the number of a plan does not parse";
            self.defects.partial(DefectKind::Number, message, at);
        } else if level.plan.is_some() {
            let message = "a second plan of the same tests";
            self.defects.partial(DefectKind::Contradiction, message, at);
        } else {
            level.plan = tests;
        }
        true
    }

    fn test(&mut self, depth: usize, test: &Test<'_>, at: Position, limits: &Limits) -> bool {
        if !self.open(depth, &at, limits) {
            return true;
        }
        self.orphans(depth.saturating_add(1), &at);
        let inner = match self.levels.len() > depth.saturating_add(1) {
            true => self.levels.pop(),
            false => None,
        };
        let todo = matches!(test.directive, Some((Directive::Todo, _)));
        let skip = matches!(test.directive, Some((Directive::Skip, _)));
        let failed = !test.ok && !todo;
        let counted = inner.as_ref().is_some_and(|i| i.counts.total() > 0);
        let mut counts = match &inner {
            Some(inner) => self.suite(inner, test, todo, &at),
            None => Default::default(),
        };
        // A suite is counted for what is in it; one that failed by itself (its set-up) is a failure of its own.
        let own = !counted || (failed && counts.failed == 0);
        let outcome = match (test.ok, todo, skip) {
            (_, true, _) | (true, _, true) => Outcome::Skipped,
            (true, false, false) => Outcome::Passed,
            (false, false, _) => Outcome::Failed,
        };
        if own {
            let count = match outcome {
                Outcome::Passed => &mut counts.passed,
                Outcome::Failed => &mut counts.failed,
                Outcome::Skipped | Outcome::Invalid | Outcome::Excluded => &mut counts.skipped,
            };
            *count = count.saturating_add(1);
            self.node.todo = self.node.todo.saturating_add(u64::from(todo));
        }
        let failure = own.then(|| self.keep(test, outcome, limits)).flatten();
        self.above = Some((depth.saturating_mul(4), failure));
        let Some(level) = self.levels.get_mut(depth) else {
            return true;
        };
        level.lines = level.lines.saturating_add(1);
        level.failed |= failed;
        level.counts.add(&counts);
        if let Some(number) = test.number.filter(|n| *n != level.lines) {
            let message = format!("test line {} has the number {number}", level.lines);
            self.defects.partial(DefectKind::CountMismatch, message, at);
        }
        true
    }

    /// A test line with subtests: they must agree with it.
    fn suite(
        &mut self,
        inner: &Level,
        test: &Test<'_>,
        todo: bool,
        at: &Position,
    ) -> crate::evidence::Counts {
        let mut counts = inner.counts;
        if let Some(problem) = inner.problem() {
            self.defects
                .partial(DefectKind::CountMismatch, problem, at.clone());
        }
        if inner.failed && test.ok {
            let message = "a test is ok, but one of its subtests is not";
            self.defects
                .partial(DefectKind::Contradiction, message, at.clone());
        }
        if todo && !test.ok {
            // What fails below a TODO is excused with it.
            counts.skipped = counts.skipped.saturating_add(counts.failed);
            counts.failed = 0;
            self.tests.failures.truncate(inner.failures);
            let cases = self.tests.cases.iter_mut().skip(inner.cases);
            for case in cases.filter(|c| c.outcome == Outcome::Failed) {
                case.outcome = Outcome::Skipped;
            }
        }
        counts
    }

    /// Lists a test; the place of its failure in the list, if it has one.
    fn keep(&mut self, test: &Test<'_>, outcome: Outcome, limits: &Limits) -> Option<usize> {
        let text = |text| lossy(&unescaped(text), NAME);
        let name = text(test.name);
        let reason = test.directive.map(|(_, reason)| text(reason));
        let case = TestCase {
            app: None,
            module: None,
            name: name.clone(),
            test_type: None,
            file: None,
            line: None,
            outcome,
            duration_us: None,
            reason: reason.filter(|r| !r.is_empty()),
        };
        if self.tests.cases.len() < limits.details {
            self.tests.cases.push(case);
        }
        if outcome != Outcome::Failed || self.tests.failures.len() >= limits.details {
            return None;
        }
        self.tests
            .failures
            .push(failure(Some(name), "not ok".into()));
        self.tests.failures.len().checked_sub(1)
    }

    fn bail(&mut self, reason: &[u8], limits: &Limits) {
        self.sure = true;
        let counts = &mut self.tests.counts;
        counts.invalid = counts.invalid.saturating_add(1);
        let message = format!("Bail out! {}", lossy(&unescaped(reason), limits.text));
        let mut bailed = failure(None, message.trim_end().to_owned());
        bailed.test_type = Some("setup_all".into());
        if self.tests.failures.len() < limits.details {
            self.tests.failures.push(bailed);
        }
    }

    /// A stream is over.
    pub(super) fn end(&mut self, number: u64) {
        let at = Position::line(number);
        if self.yaml.is_some() {
            self.defects
                .partial(DefectKind::Cut, "ends inside of a YAML block", at.clone());
            self.close_yaml();
        }
        self.above = None;
        if std::mem::take(&mut self.unterminated) {
            self.defects
                .partial(DefectKind::Cut, "ends inside of a line", at.clone());
        }
        self.orphans(0, &at);
    }

    pub(super) fn finish(mut self) -> Option<Part> {
        let level = self.levels.pop().unwrap_or_default();
        if !self.sure && !self.plan_of_none && level.lines == 0 {
            return None;
        }
        self.tests.counts.add(&level.counts);
        if let Some(problem) = level.problem() {
            let kind = match level.plan {
                None => DefectKind::Cut,
                Some(_) => DefectKind::CountMismatch,
            };
            self.defects.partial(kind, problem, Position::default());
        }
        self.check_totals();
        if self.tests.counts.total() == 0 {
            let message = "no test ran";
            let at = Position::default();
            self.defects
                .lower(Completeness::Complete, DefectKind::NothingRan, message, at);
        }
        Some(Part {
            format: "tap-console",
            tool: Tool::Tap,
            parsed: self.defects.finish(Evidence::Tests(self.tests)),
        })
    }

    /// Node's totals.
    fn check_totals(&mut self) {
        let c = self.tests.counts;
        let skipped = c.skipped.saturating_sub(self.node.todo);
        // What Node calls cancelled did not end: a failure here.
        let cancelled = self.totals.get(3).copied().flatten().unwrap_or_default();
        let failed = c.failed.saturating_sub(cancelled);
        let todo = self.node.todo;
        let counted = [c.total(), c.passed, failed, cancelled, skipped, todo];
        if self.node.seen && !self.node.last {
            let message = "the last line (`# duration_ms`) is missing";
            self.defects
                .partial(DefectKind::Cut, message, Position::default());
        }
        let totals = TOTALS.iter().zip(self.totals).zip(counted);
        for ((name, said), counted) in totals.filter(|_| self.node.last) {
            if said != Some(counted) {
                let said = said.map_or("nothing".to_owned(), |n| n.to_string());
                let message = format!("`# {name}` says {said}, but {counted} were counted");
                self.defects
                    .partial(DefectKind::CountMismatch, message, Position::default());
            }
        }
    }
}

fn failure(name: Option<String>, message: String) -> Failure {
    Failure {
        name,
        errors: vec![TestError {
            kind: ErrorKind::Error,
            message,
            ..TestError::default()
        }],
        ..Failure::default()
    }
}
