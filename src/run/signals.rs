//! The signals that concern a running command.

use std::fs;
use std::io;
use std::os::fd::AsFd as _;
use std::os::fd::BorrowedFd;
use std::os::unix::net::UnixStream;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, PoisonError};

use rustix::process::Signal;
use signal_hook::flag::register_conditional_default;
use signal_hook::iterator::backend::SignalDelivery;
use signal_hook::iterator::exfiltrator::SignalOnly;

/// Signals that ask to end.
const ENDING: [Signal; 3] = [Signal::INT, Signal::TERM, Signal::HUP];

/// Collects signals as long as it lives; `CHLD` wakes as well. Without any, the ending signals end this process as
/// they would have done had it never existed.
pub(super) struct Watch {
    delivery: SignalDelivery<UnixStream, SignalOnly>,
    _active: Active,
}

impl Watch {
    pub(super) fn new() -> io::Result<Self> {
        let ignored = ignored();
        let ending = ENDING
            .into_iter()
            .filter(|signal| !ignored.contains(signal));
        let signals: Vec<i32> = ending.map(Signal::as_raw).collect();
        let active = Active::new(&signals)?;
        let (read, write) = UnixStream::pair()?;
        let delivery = SignalDelivery::with_pipe(
            read,
            write,
            SignalOnly,
            signals.into_iter().chain([Signal::CHILD.as_raw()]),
        )?;
        Ok(Self {
            delivery,
            _active: active,
        })
    }

    /// Becomes readable when there is something to collect.
    pub(super) fn fd(&self) -> BorrowedFd<'_> {
        self.delivery.get_read().as_fd()
    }

    /// The ending signals since the last call. The same one sent twice at once counts once.
    pub(super) fn collect(&mut self) -> Vec<Signal> {
        let arrived: Vec<i32> = self.delivery.pending().collect();
        ENDING
            .into_iter()
            .filter(|signal| arrived.contains(&signal.as_raw()))
            .collect()
    }
}

/// From here on a file that grows beyond a limit of the system (`ulimit -f`) is an error of its writer, as a full disk
/// is, and not the end of this process. Commands that are started are not concerned.
pub fn outlive_file_limits() {
    let noted = Arc::new(AtomicBool::new(false));
    // Where it cannot be had, the system's way stays.
    let _ = signal_hook::flag::register(Signal::XFSZ.as_raw(), noted);
}

/// How many watches there are, and whether the default action was put behind them.
static ACTIVE: Mutex<(usize, Option<Arc<AtomicBool>>)> = Mutex::new((0, None));

/// Counts a watch. A handler stays installed for good, so that between two commands it has to act as if it were not.
struct Active;

impl Active {
    fn new(signals: &[i32]) -> io::Result<Self> {
        let mut active = ACTIVE.lock().unwrap_or_else(PoisonError::into_inner);
        let (count, idle) = &mut *active;
        if let Some(idle) = idle {
            idle.store(false, Ordering::SeqCst);
        } else {
            let flag = Arc::new(AtomicBool::new(false));
            for &signal in signals {
                register_conditional_default(signal, Arc::clone(&flag))?;
            }
            *idle = Some(flag);
        }
        *count = count.saturating_add(1);
        Ok(Self)
    }
}

impl Drop for Active {
    fn drop(&mut self) {
        let mut active = ACTIVE.lock().unwrap_or_else(PoisonError::into_inner);
        let (count, idle) = &mut *active;
        *count = count.saturating_sub(1);
        if let Some(idle) = idle {
            idle.store(*count == 0, Ordering::SeqCst);
        }
    }
}

/// Lets a signal do to this process what it does by default.
pub(super) fn die_of(signal: Signal) {
    let _ = signal_hook::low_level::emulate_default_handler(signal.as_raw());
}

/// The ending signals that were ignored when this process was started. Where this cannot be learnt: none.
fn ignored() -> &'static [Signal] {
    static IGNORED: std::sync::OnceLock<Vec<Signal>> = std::sync::OnceLock::new();
    IGNORED.get_or_init(|| ignored_in(&fs::read_to_string("/proc/self/status").unwrap_or_default()))
}

/// As `SigIgn` of `/proc/self/status`: a mask in hex, its lowest bit for signal 1.
fn ignored_in(status: &str) -> Vec<Signal> {
    let mask = status.lines().find_map(|line| line.strip_prefix("SigIgn:"));
    let mask = mask
        .and_then(|hex| u64::from_str_radix(hex.trim(), 16).ok())
        .unwrap_or(0);
    ENDING
        .into_iter()
        .filter(|signal| mask >> (signal.as_raw() - 1) & 1 == 1)
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reads_the_mask_of_ignored_signals() {
        assert_eq!(
            ignored_in("Name:\tx\nSigIgn:\t0000000000001001\nSigCgt:\t1\n"),
            [Signal::HUP]
        );
        assert_eq!(
            ignored_in("SigIgn:\t0000000000004002\n"),
            [Signal::INT, Signal::TERM]
        );
        assert_eq!(ignored_in("SigIgn:\tmoon\n"), []);
        assert_eq!(ignored_in(""), []);
    }
}
