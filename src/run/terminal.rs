//! A pseudo-terminal for what a command prints.

use std::ffi::OsStr;
use std::io::{self, PipeReader};
use std::os::fd::OwnedFd;
use std::os::unix::ffi::OsStrExt as _;
use std::path::Path;

use rustix::fs::{Mode, OFlags};
use rustix::io::Errno;
use rustix::pty::{OpenptFlags, grantpt, openpt, ptsname, unlockpt};
use rustix::termios::{OptionalActions, OutputModes, Winsize, tcgetattr, tcgetwinsize};
use rustix::termios::{tcsetattr, tcsetwinsize};

/// What a terminal is said to be where there is none.
const SIZE: Winsize = Winsize {
    ws_row: 24,
    ws_col: 80,
    ws_xpixel: 0,
    ws_ypixel: 0,
};

/// Our end, from which is read as from a pipe, and the command's. Neither becomes the controlling terminal of anybody.
pub(super) fn open() -> io::Result<(PipeReader, OwnedFd)> {
    let ours = master()?;
    grantpt(&ours)?;
    unlockpt(&ours)?;
    let name = ptsname(&ours, Vec::new())?;
    let path = Path::new(OsStr::from_bytes(name.as_bytes()));
    let flags = OFlags::RDWR | OFlags::NOCTTY | OFlags::CLOEXEC;
    let theirs = rustix::fs::open(path, flags, Mode::empty())?;
    // Lines end as the command ends them; the terminal that shows them does the rest.
    let mut modes = tcgetattr(&theirs)?;
    modes.output_modes.remove(OutputModes::OPOST);
    tcsetattr(&theirs, OptionalActions::Now, &modes)?;
    tcsetwinsize(&ours, size())?;
    Ok((ours.into(), theirs))
}

/// What we start must not inherit our end: else the terminal would not end with those who print to it.
fn master() -> io::Result<OwnedFd> {
    let flags = OpenptFlags::RDWR | OpenptFlags::NOCTTY;
    #[cfg(target_os = "linux")]
    let flags = flags | OpenptFlags::CLOEXEC;
    let ours = openpt(flags)?;
    // Elsewhere there is no way to ask for it at once.
    #[cfg(not(target_os = "linux"))]
    rustix::io::fcntl_setfd(&ours, rustix::io::FdFlags::CLOEXEC)?;
    Ok(ours)
}

/// As large as the terminal that we are shown on.
fn size() -> Winsize {
    let shown = tcgetwinsize(rustix::stdio::stdout());
    let shown = shown.or_else(|_| tcgetwinsize(rustix::stdio::stderr()));
    shown.ok().filter(|s| s.ws_col > 0).unwrap_or(SIZE)
}

/// Whether reading failed because nobody holds the other end any more: the end of a terminal.
pub(super) fn is_end(error: Errno) -> bool {
    error == Errno::IO
}
