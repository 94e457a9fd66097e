//! One suite: its events, its details, and whether its own totals agree with them.

use std::collections::{BTreeMap, BTreeSet};
use std::num::NonZeroU32;

use crate::collect::Defects;
use crate::defect::{DefectKind, Position};
use crate::evidence::{Counts, Failure, Name, Outcome, TestCase};
use crate::exunit::detail;
use crate::input::Limits;
use crate::names::Names;
use crate::text::Block;

use super::event::{Event, State};

/// Tests of a suite that are remembered as running. ExUnit runs no more than `max_cases` modules at a time.
const RUNNING: usize = 4096;

/// A suite.
#[derive(Debug, Default)]
pub(super) struct Suite {
    pub app: Option<Name>,
    pub seed: Option<u64>,
    pub max_cases: Option<u64>,
    pub repeat: u64,
    pub counts: Counts,
    pub by_type: BTreeMap<String, u64>,
    pub duration_us: Option<u64>,
    pub failures: Vec<Failure>,
    pub cases: Vec<TestCase>,
    pub running: BTreeSet<String>,
    pub ended: bool,
    /// A later round of `--repeat-until-failure` has taken its place.
    pub replaced: bool,
    pub stopped: bool,
    /// Failures and cases that are counted only.
    pub dropped: u64,
    /// Texts that were cut on their way.
    pub cut: u64,
    names: Names,
}

/// How many cases and failures may still be kept.
#[derive(Debug)]
pub(super) struct Room {
    pub cases: usize,
    pub failures: usize,
}

impl Room {
    /// What was kept of a suite is not needed any more.
    pub(super) fn give_back(&mut self, suite: &Suite) {
        self.cases = self.cases.saturating_add(suite.cases.len());
        self.failures = self.failures.saturating_add(suite.failures.len());
    }
}

impl Suite {
    pub(super) fn new(event: &Event) -> Self {
        Self {
            app: event.app.clone().map(Into::into),
            seed: event.seed,
            max_cases: event.max_cases,
            repeat: event.repeat.unwrap_or_default(),
            ..Self::default()
        }
    }

    /// Whether it ended, and nothing failed.
    pub(super) fn passed(&self) -> bool {
        self.ended && self.counts.failed == 0 && self.counts.invalid == 0
    }

    pub(super) fn runs(&mut self, event: &Event) {
        if self.running.len() < RUNNING {
            self.running.insert(event.title());
        }
    }

    /// A test ended. `room` is what may still be kept of cases and failures.
    pub(super) fn test(
        &mut self,
        event: Event,
        room: &mut Room,
        limits: &Limits,
    ) -> Result<(), &str> {
        self.running.remove(&event.title());
        let state = event.state.ok_or("a test without its outcome")?;
        let (slot, outcome) = match state {
            State::Passed => (&mut self.counts.passed, Outcome::Passed),
            State::Failed => (&mut self.counts.failed, Outcome::Failed),
            State::Invalid => (&mut self.counts.invalid, Outcome::Invalid),
            State::Skipped => (&mut self.counts.skipped, Outcome::Skipped),
            State::Excluded => (&mut self.counts.excluded, Outcome::Excluded),
        };
        *slot = slot.saturating_add(1);
        if let Some(word) = event
            .test_type
            .as_ref()
            .filter(|_| state != State::Excluded)
        {
            let n = self.by_type.entry(word.clone()).or_default();
            *n = n.saturating_add(1);
        }
        let failure = (state == State::Failed).then(|| self.failure(&event, limits));
        let first = failure.as_ref().and_then(|f| f.errors.first());
        let case = TestCase {
            app: self.app.clone(),
            name: event.short_name(),
            reason: first.map(detail::headline).or(event.reason),
            module: event.module.map(|name| self.names.of(&name)),
            test_type: event.test_type.map(|name| self.names.of(&name)),
            file: event.file.map(|name| self.names.of(&name)),
            line: event.line.and_then(NonZeroU32::new),
            outcome,
            duration_us: event.us,
        };
        self.keep(Some(case), failure, room);
        Ok(())
    }

    fn failure(&mut self, event: &Event, limits: &Limits) -> Failure {
        if event.cut == Some(true) {
            self.cut = self.cut.saturating_add(1);
        }
        let block = event.block.as_deref().unwrap_or_default();
        let mut logs = Block::default();
        for line in event.logs.iter().flat_map(|logs| logs.lines()) {
            logs.push(line.as_bytes(), limits.text);
        }
        let names = &mut self.names;
        Failure {
            app: self.app.clone(),
            module: event.module.as_deref().map(|name| names.of(name)),
            name: Some(event.short_name()),
            test_type: event.test_type.as_deref().map(|name| names.of(name)),
            file: event.file.as_deref().map(|name| names.of(name)),
            line: event.line.and_then(NonZeroU32::new),
            parameters: event.params.clone(),
            errors: detail::errors(block, limits.text, names),
            logs: logs.finish(),
        }
    }

    /// The set-up of a module failed, or what it left to do at the end: then its tests had passed, and count as failed.
    pub(super) fn module(&mut self, event: &Event, room: &mut Room, limits: &Limits) {
        let late = event.invalidated.unwrap_or_default();
        self.counts.passed = self.counts.passed.saturating_sub(late);
        self.counts.failed = self.counts.failed.saturating_add(late);
        let failure = Failure {
            name: None,
            test_type: Some("setup_all".into()),
            ..self.failure(event, limits)
        };
        let reason = failure.errors.first().map(detail::headline);
        for case in &mut self.cases {
            let open = match case.outcome {
                Outcome::Passed => late > 0,
                Outcome::Invalid => case.reason.is_none(),
                Outcome::Failed | Outcome::Skipped | Outcome::Excluded => false,
            };
            if open && case.module.as_deref() == event.module.as_deref() {
                if case.outcome == Outcome::Passed {
                    case.outcome = Outcome::Failed;
                }
                case.reason.clone_from(&reason);
            }
        }
        self.keep(None, Some(failure), room);
    }

    fn keep(&mut self, case: Option<TestCase>, failure: Option<Failure>, room: &mut Room) {
        let mut keep = |left: &mut usize| {
            let more = left.checked_sub(1);
            *left = more.unwrap_or_default();
            if more.is_none() {
                self.dropped = self.dropped.saturating_add(1);
            }
            more.is_some()
        };
        self.cases.extend(case.filter(|_| keep(&mut room.cases)));
        self.failures
            .extend(failure.filter(|_| keep(&mut room.failures)));
    }

    /// Its end, which states its own totals.
    pub(super) fn end(&mut self, event: &Event, defects: &mut Defects, at: &Position) {
        let stated = [
            ("passed", event.passed, self.counts.passed),
            ("failed", event.failed, self.counts.failed),
            ("invalid", event.invalid, self.counts.invalid),
            ("skipped", event.skipped, self.counts.skipped),
            ("excluded", event.excluded, self.counts.excluded),
        ];
        for (word, stated, counted) in stated {
            if stated != Some(counted) {
                let stated = stated.map_or_else(|| "nothing".to_owned(), |n| n.to_string());
                let message =
                    format!("{stated} {word} by the end of the suite, {counted} by its tests");
                defects.partial(DefectKind::CountMismatch, message, at.clone());
            }
        }
        self.ended = true;
        self.duration_us = event.us;
        self.stopped = event.stopped == Some(true);
    }
}
