//! What to do about signals and time while a command runs and after it: from a word to force, step by step.
//!
//! Pure: told what happened and when, it says what to do.

use std::time::{Duration, Instant};

use rustix::process::Signal;

/// How long is waited for others.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Patience {
    /// From a signal that was passed on until the command is killed.
    pub grace: Duration,
    /// From the end of the command until streams that something else holds are let go.
    pub drain: Duration,
    /// From the start of the command until it is sent a TERM; `None` waits as long as it takes.
    pub limit: Option<Duration>,
}

impl Default for Patience {
    /// GitHub's cancellation kills after ten seconds, of which the last 2.5 follow a TERM. No limit.
    fn default() -> Self {
        Self {
            grace: Duration::from_secs(2),
            drain: Duration::from_secs(5),
            limit: None,
        }
    }
}

/// From one kill to the next; a process that dies slowly needs no more than patience.
const AGAIN: Duration = Duration::from_secs(1);

/// What to do.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Step {
    /// Nothing.
    Wait,
    /// Send this signal to the command.
    Send(Signal),
    /// Let go of the streams; before, send this signal to what the command left behind.
    LetGo(Option<Signal>),
    /// Nothing else helps: end gatekeeper itself.
    Die(Signal),
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Phase {
    Running,
    /// The command has ended; its streams have not.
    Draining,
    /// The streams were let go; only an output that nobody reads can still keep us.
    Gone,
}

/// The state of one run.
#[derive(Debug)]
pub(super) struct Ladder {
    /// The terminal sends its interrupts to the command itself.
    at_terminal: bool,
    patience: Patience,
    phase: Phase,
    /// A signal was sent to the command.
    sent: bool,
    first: Option<Signal>,
    deadline: Option<Instant>,
    /// When the command has had its time.
    limit: Option<Instant>,
    timed_out: bool,
}

impl Ladder {
    pub(super) fn new(at_terminal: bool, patience: Patience, start: Instant) -> Self {
        Self {
            at_terminal,
            patience,
            phase: Phase::Running,
            sent: false,
            first: None,
            deadline: None,
            limit: patience.limit.and_then(|limit| start.checked_add(limit)),
            timed_out: false,
        }
    }

    /// The first signal that came.
    pub(super) fn first(&self) -> Option<Signal> {
        self.first
    }

    /// Whether the command was sent a signal by us.
    pub(super) fn sent(&self) -> bool {
        self.sent
    }

    /// Whether the command was ended because it took too long.
    pub(super) fn timed_out(&self) -> bool {
        self.timed_out
    }

    /// When to call [`Ladder::tick`] at the latest.
    pub(super) fn deadline(&self) -> Option<Instant> {
        match (self.deadline, self.running_limit()) {
            (Some(deadline), Some(limit)) => Some(deadline.min(limit)),
            (deadline, limit) => deadline.or(limit),
        }
    }

    /// The limit of a command that runs, and was told nothing yet.
    fn running_limit(&self) -> Option<Instant> {
        self.limit
            .filter(|_| self.phase == Phase::Running && !self.sent)
    }

    /// gatekeeper was sent a signal.
    pub(super) fn signal(&mut self, signal: Signal, now: Instant) -> Step {
        let again = self.sent;
        self.first = self.first.or(Some(signal));
        match self.phase {
            Phase::Running if self.at_terminal && signal == Signal::INT => Step::Wait,
            Phase::Running => {
                self.sent = true;
                self.deadline = now.checked_add(if again { AGAIN } else { self.patience.grace });
                Step::Send(if again { Signal::KILL } else { signal })
            }
            Phase::Draining => {
                self.sent = true;
                self.let_go(Some(if again { Signal::KILL } else { signal }))
            }
            Phase::Gone => Step::Die(signal),
        }
    }

    /// The command has ended.
    pub(super) fn ended(&mut self, now: Instant) {
        let end = now.checked_add(self.patience.drain);
        self.deadline = self.deadline.or(end).min(end);
        self.phase = Phase::Draining;
    }

    /// Time went by.
    pub(super) fn tick(&mut self, now: Instant) -> Step {
        if self.running_limit().is_some_and(|limit| now >= limit) {
            (self.sent, self.timed_out) = (true, true);
            self.deadline = now.checked_add(self.patience.grace);
            return Step::Send(Signal::TERM);
        }
        if self.deadline.is_none_or(|deadline| now < deadline) {
            return Step::Wait;
        }
        match self.phase {
            Phase::Running => {
                self.deadline = now.checked_add(AGAIN);
                Step::Send(Signal::KILL)
            }
            Phase::Draining => self.let_go(self.sent.then_some(Signal::KILL)),
            Phase::Gone => Step::Wait,
        }
    }

    fn let_go(&mut self, signal: Option<Signal>) -> Step {
        self.phase = Phase::Gone;
        self.deadline = None;
        Step::LetGo(signal)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const SECOND: Duration = Duration::from_secs(1);

    #[test]
    fn an_undisturbed_run_has_no_deadline_and_left_overs_have_one() {
        let start = Instant::now();
        let mut ladder = Ladder::new(false, Patience::default(), start);
        assert_eq!(
            (ladder.deadline(), ladder.tick(start + 9999 * SECOND)),
            (None, Step::Wait)
        );
        ladder.ended(start);
        assert_eq!(ladder.deadline(), Some(start + 5 * SECOND));
        assert_eq!(ladder.tick(start + 4 * SECOND), Step::Wait);
        assert_eq!(ladder.tick(start + 5 * SECOND), Step::LetGo(None));
        assert_eq!(
            (ladder.deadline(), ladder.tick(start + 99 * SECOND)),
            (None, Step::Wait)
        );
        assert_eq!((ladder.first(), ladder.sent()), (None, false));
    }

    #[test]
    fn a_signal_is_passed_on_then_kills_by_time() {
        let start = Instant::now();
        for signal in [Signal::INT, Signal::TERM, Signal::HUP] {
            let mut ladder = Ladder::new(false, Patience::default(), start);
            assert_eq!(ladder.signal(signal, start), Step::Send(signal));
            assert_eq!(ladder.tick(start + SECOND), Step::Wait);
            assert_eq!(ladder.tick(start + 2 * SECOND), Step::Send(Signal::KILL));
            assert_eq!(ladder.tick(start + 2 * SECOND), Step::Wait);
            assert_eq!(ladder.tick(start + 3 * SECOND), Step::Send(Signal::KILL));
            assert_eq!((ladder.first(), ladder.sent()), (Some(signal), true));
        }
    }

    #[test]
    fn a_second_signal_kills_and_the_first_one_counts() {
        let start = Instant::now();
        let mut ladder = Ladder::new(false, Patience::default(), start);
        assert_eq!(ladder.signal(Signal::INT, start), Step::Send(Signal::INT));
        assert_eq!(ladder.signal(Signal::TERM, start), Step::Send(Signal::KILL));
        ladder.ended(start);
        assert_eq!(ladder.deadline(), Some(start + AGAIN));
        assert_eq!(
            ladder.signal(Signal::TERM, start),
            Step::LetGo(Some(Signal::KILL))
        );
        assert_eq!(ladder.signal(Signal::TERM, start), Step::Die(Signal::TERM));
        assert_eq!(ladder.first(), Some(Signal::INT));
    }

    #[test]
    fn the_grace_of_a_signal_goes_on_for_what_is_left_behind() {
        let start = Instant::now();
        let mut ladder = Ladder::new(false, Patience::default(), start);
        ladder.signal(Signal::TERM, start);
        ladder.ended(start + SECOND);
        assert_eq!(ladder.deadline(), Some(start + 2 * SECOND));
        assert_eq!(
            ladder.tick(start + 2 * SECOND),
            Step::LetGo(Some(Signal::KILL))
        );
    }

    #[test]
    fn a_signal_after_the_end_goes_to_what_is_left_behind() {
        let start = Instant::now();
        let mut ladder = Ladder::new(false, Patience::default(), start);
        ladder.ended(start);
        assert_eq!(
            ladder.signal(Signal::TERM, start),
            Step::LetGo(Some(Signal::TERM))
        );
        assert_eq!((ladder.first(), ladder.sent()), (Some(Signal::TERM), true));
    }

    #[test]
    fn who_takes_too_long_is_asked_and_then_killed() {
        let start = Instant::now();
        let patience = Patience {
            limit: Some(10 * SECOND),
            ..Patience::default()
        };
        let mut ladder = Ladder::new(true, patience, start);
        assert_eq!(ladder.deadline(), Some(start + 10 * SECOND));
        assert_eq!(ladder.tick(start + 9 * SECOND), Step::Wait);
        assert_eq!(ladder.tick(start + 10 * SECOND), Step::Send(Signal::TERM));
        assert_eq!(ladder.deadline(), Some(start + 12 * SECOND));
        assert_eq!(ladder.tick(start + 11 * SECOND), Step::Wait);
        assert_eq!(ladder.tick(start + 12 * SECOND), Step::Send(Signal::KILL));
        assert_eq!((ladder.first(), ladder.timed_out()), (None, true));
        let mut quick = Ladder::new(false, patience, start);
        quick.ended(start + 9 * SECOND);
        assert_eq!(quick.tick(start + 10 * SECOND), Step::Wait);
        assert!(!quick.timed_out());
    }

    #[test]
    fn the_terminal_interrupts_by_itself() {
        let start = Instant::now();
        let mut ladder = Ladder::new(true, Patience::default(), start);
        for _ in 0..3 {
            assert_eq!(ladder.signal(Signal::INT, start), Step::Wait);
        }
        assert_eq!((ladder.deadline(), ladder.sent()), (None, false));
        assert_eq!(ladder.signal(Signal::TERM, start), Step::Send(Signal::TERM));
        assert_eq!(ladder.first(), Some(Signal::INT));
    }
}
