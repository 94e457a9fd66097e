//! What the user is shown while a command runs.

use std::fs::File;
use std::io::{self, BufRead, ErrorKind, Read as _, Write};
use std::os::fd::AsFd;
use std::sync::{Mutex, PoisonError};

use rustix::event::{PollFd, PollFlags, poll};

use crate::sanitise::{Sanitiser, resume_commands, stop_commands};

/// What the user is shown of the output.
pub enum Passthrough<'a> {
    /// Nothing.
    Silent,
    /// Every byte as it is, as soon as it is there.
    Raw(Outputs<'a>),
    /// Whole lines that no log takes for commands, between a pair of lines that switch commands off and on again (on
    /// the standard output): for GitHub Actions.
    Sanitised(Outputs<'a>),
}

/// Where the two streams are shown. A writer that fails is not used again.
pub struct Outputs<'a> {
    /// For the command's standard output.
    pub stdout: Box<dyn Write + Send + 'a>,
    /// For the command's standard error.
    pub stderr: Box<dyn Write + Send + 'a>,
}

impl Outputs<'static> {
    /// gatekeeper's own standard output and standard error, unbuffered: flush what was printed by other ways before.
    ///
    /// # Errors
    ///
    /// If they cannot be duplicated.
    pub fn own() -> io::Result<Self> {
        Ok(Self {
            stdout: Box::new(Direct::new(io::stdout())?),
            stderr: Box::new(Direct::new(io::stderr())?),
        })
    }
}

/// A duplicate of one of our own descriptors, which may have been made non-blocking by who else has it.
struct Direct(File);

impl Direct {
    fn new(stream: impl AsFd) -> io::Result<Self> {
        Ok(Self(stream.as_fd().try_clone_to_owned()?.into()))
    }
}

impl Write for Direct {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        loop {
            match self.0.write(bytes) {
                Err(error) if error.kind() == ErrorKind::WouldBlock => {
                    // An interrupted wait only means one more try.
                    let _ = poll(&mut [PollFd::new(&self.0, PollFlags::OUT)], None);
                }
                result => return result,
            }
        }
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

impl<'a> Passthrough<'a> {
    /// Shows what a command that ran in silence printed: its standard output as a whole, then its standard error.
    ///
    /// # Errors
    /// When it cannot be read; that nobody looks any more is none.
    pub fn replay(self, stdout: &mut dyn BufRead, stderr: &mut dyn BufRead) -> io::Result<()> {
        let turn = Mutex::new(());
        let (mut out, mut err) = match self {
            Self::Silent => return Ok(()),
            shown => shown.taps(&turn)?,
        };
        out.stop_commands();
        let read = out.replay(stdout).and_then(|()| err.replay(stderr));
        out.resume_commands();
        read
    }

    /// One tap for each stream. Sanitised streams take turns, because both may end up in the same place.
    pub(super) fn taps(self, turn: &'a Mutex<()>) -> io::Result<(Tap<'a>, Tap<'a>)> {
        Ok(match self {
            Self::Silent => (Tap::new(None, None), Tap::new(None, None)),
            Self::Raw(to) => (
                Tap::new(Some(to.stdout), None),
                Tap::new(Some(to.stderr), None),
            ),
            Self::Sanitised(to) => {
                let lines = || -> io::Result<Lines<'a>> {
                    Ok(Lines {
                        sanitiser: Sanitiser::default(),
                        safe: Vec::new(),
                        token: token()?,
                        turn,
                    })
                };
                (
                    Tap::new(Some(to.stdout), Some(lines()?)),
                    Tap::new(Some(to.stderr), Some(lines()?)),
                )
            }
        })
    }
}

/// 128 random bits, in hex.
///
/// # Errors
/// When the system has none.
pub fn token() -> io::Result<String> {
    let mut bits = [0; 16];
    File::open("/dev/urandom")?.read_exact(&mut bits)?;
    Ok(format!("{:032x}", u128::from_ne_bytes(bits)))
}

/// The way of one stream to the user, up to the first error.
pub(super) struct Tap<'a> {
    to: Option<Box<dyn Write + Send + 'a>>,
    lines: Option<Lines<'a>>,
    error: Option<io::Error>,
}

/// What makes a stream safe for a log.
struct Lines<'a> {
    sanitiser: Sanitiser,
    /// Safe lines on their way; kept for its memory.
    safe: Vec<u8>,
    token: String,
    turn: &'a Mutex<()>,
}

impl<'a> Tap<'a> {
    fn new(to: Option<Box<dyn Write + Send + 'a>>, lines: Option<Lines<'a>>) -> Self {
        Self {
            to,
            lines,
            error: None,
        }
    }

    /// Shows a piece of the stream.
    pub(super) fn pass(&mut self, bytes: &[u8]) {
        self.through(bytes, |lines| lines.sanitiser.push(bytes, &mut lines.safe));
    }

    fn replay(&mut self, stream: &mut dyn BufRead) -> io::Result<()> {
        loop {
            let piece = stream.fill_buf()?;
            let length = piece.len();
            if length == 0 {
                self.finish();
                return Ok(());
            }
            self.pass(piece);
            stream.consume(length);
        }
    }

    /// Shows what was held back.
    pub(super) fn finish(&mut self) {
        self.through(b"", |lines| lines.sanitiser.finish(&mut lines.safe));
    }

    /// From here on the runner ignores commands, if the stream is sanitised.
    pub(super) fn stop_commands(&mut self) {
        self.through(b"", |lines| {
            lines.safe.extend(stop_commands(&lines.token).bytes())
        });
    }

    /// The runner listens again.
    pub(super) fn resume_commands(&mut self) {
        self.through(b"", |lines| {
            lines.safe.extend(resume_commands(&lines.token).bytes())
        });
    }

    /// Why not everything was shown.
    pub(super) fn error(self) -> Option<io::Error> {
        self.error
    }

    fn through(&mut self, raw: &[u8], sanitise: impl FnOnce(&mut Lines<'a>)) {
        let Some(to) = &mut self.to else { return };
        let result = match &mut self.lines {
            None => show(to, raw),
            Some(lines) => {
                sanitise(lines);
                let _turn = lines.turn.lock().unwrap_or_else(PoisonError::into_inner);
                let result = show(to, &lines.safe);
                lines.safe.clear();
                result
            }
        };
        if let Err(error) = result {
            self.error = Some(error);
            self.to = None;
        }
    }
}

fn show(to: &mut impl Write, bytes: &[u8]) -> io::Result<()> {
    if bytes.is_empty() {
        return Ok(());
    }
    to.write_all(bytes)?;
    to.flush()
}
