//! Follows a command from its start to the end of its streams, and signals on their way to it.

use std::io::{self, PipeReader, PipeWriter};
use std::time::{Duration, Instant};

use rustix::event::{PollFd, PollFlags, Timespec, poll};
use rustix::process::{Signal, WaitId, WaitIdOptions, waitid};

use super::Exit;
use super::ladder::{Ladder, Patience, Step};
use super::signals::{Watch, die_of};
use super::start::Started;

/// The longest sleep while the command runs: its end wakes us by a signal, which whoever started us may have blocked.
const NAP: Duration = Duration::from_millis(500);

/// How it ended.
pub(super) struct Fate {
    pub(super) exit: Exit,
    pub(super) duration: Duration,
    pub(super) forwarded: Option<i32>,
    pub(super) timed_out: bool,
}

/// Returns when the command has ended and all pumps have closed their ends of `done`. To order them to stop, `stop` is
/// dropped.
pub(super) fn supervise(
    child: &mut Started,
    patience: Patience,
    watch: &mut Watch,
    done: PipeReader,
    stop: PipeWriter,
) -> io::Result<Fate> {
    let mut ladder = Ladder::new(child.at_terminal, patience, child.at);
    let mut stop = Some(stop);
    let mut pumping = true;
    let mut fate = None;
    loop {
        if fate.is_none()
            && let Some(exit) = ended(child)?
        {
            let now = Instant::now();
            fate = Some((exit, now.saturating_duration_since(child.at)));
            ladder.ended(now);
        }
        if let Some((exit, duration)) = fate
            && !pumping
        {
            if ladder.sent() {
                // Some may have closed their streams and go on.
                child.send(Signal::KILL);
            }
            child.reap()?;
            let forwarded = ladder.first().map(Signal::as_raw);
            return Ok(Fate {
                exit,
                duration,
                forwarded,
                timed_out: ladder.timed_out(),
            });
        }
        follow(ladder.tick(Instant::now()), child, &mut stop);
        pumping = sleep(
            watch,
            pumping.then_some(&done),
            nap(&ladder, fate.is_some()),
        )?;
        for signal in watch.collect() {
            follow(ladder.signal(signal, Instant::now()), child, &mut stop);
        }
    }
}

fn follow(step: Step, child: &Started, stop: &mut Option<PipeWriter>) {
    match step {
        Step::Wait => {}
        Step::Send(signal) => child.send(signal),
        Step::LetGo(signal) => {
            if let Some(signal) = signal {
                child.send(signal);
            }
            *stop = None;
        }
        Step::Die(signal) => die_of(signal),
    }
}

/// How the command ended, if it has. It is not reaped yet, so that its number stays its own.
fn ended(child: &Started) -> io::Result<Option<Exit>> {
    let options = WaitIdOptions::EXITED | WaitIdOptions::NOHANG | WaitIdOptions::NOWAIT;
    let Some(status) = waitid(WaitId::Pid(child.pid()), options)? else {
        return Ok(None);
    };
    let code = status.exit_status().map(Exit::Code);
    Ok(code.or_else(|| status.terminating_signal().map(Exit::Signal)))
}

fn nap(ladder: &Ladder, has_ended: bool) -> Option<Duration> {
    let left = ladder
        .deadline()
        .map(|at| at.saturating_duration_since(Instant::now()));
    if has_ended {
        left
    } else {
        Some(left.unwrap_or(NAP).min(NAP))
    }
}

/// Sleeps until there is a signal, the pumps are done, or time is up. Says whether the pumps go on.
fn sleep(watch: &Watch, pumps: Option<&PipeReader>, longest: Option<Duration>) -> io::Result<bool> {
    let longest = longest.map(|time| Timespec {
        tv_sec: i64::try_from(time.as_secs()).unwrap_or(i64::MAX),
        tv_nsec: time.subsec_nanos().into(),
    });
    let mut fds = vec![PollFd::from_borrowed_fd(watch.fd(), PollFlags::IN)];
    fds.extend(pumps.map(|pumps| PollFd::new(pumps, PollFlags::IN)));
    match poll(&mut fds, longest.as_ref()) {
        Ok(_) | Err(rustix::io::Errno::INTR) => {}
        Err(error) => return Err(error.into()),
    }
    Ok(pumps.is_some() && fds.last().is_some_and(|fd| fd.revents().is_empty()))
}
