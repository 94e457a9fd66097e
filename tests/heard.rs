//! Signals that whoever started the tests ignores (`nohup`, the `&` of a script) would be ignored by all that the tests
//! start, too. Here they are heard by the tests, and so have their usual effect below.

use std::fs;
use std::sync::atomic::AtomicBool;
use std::sync::{Arc, Once};

use rustix::process::Signal;

/// The signals that are passed on to a command have their usual effect in what is started from now on.
pub fn signals() {
    static HEARD: Once = Once::new();
    HEARD.call_once(|| {
        let status = fs::read_to_string("/proc/self/status").unwrap_or_default();
        let ignored = status.lines().find_map(|l| l.strip_prefix("SigIgn:"));
        let ignored = u64::from_str_radix(ignored.unwrap_or("0").trim(), 16).unwrap();
        for signal in [Signal::HUP, Signal::INT, Signal::TERM].map(Signal::as_raw) {
            if ignored >> (signal - 1) & 1 == 1 {
                // What is handled and not ignored becomes the default in a process that is started.
                signal_hook::flag::register(signal, Arc::new(AtomicBool::new(false))).unwrap();
            }
        }
    });
}
