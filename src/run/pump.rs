//! One captured stream: what is read goes to the user, to the log, into the digest, and to a reader, in this order.

use std::fs::File;
use std::io::{self, BufRead, PipeReader, Read, Write as _};

use rustix::event::{PollFd, PollFlags, Timespec, poll};
use rustix::io::{Errno, ioctl_fionread};
use sha2::{Digest as _, Sha256};

use super::Captured;
use super::output::Tap;
use super::piece::{PIPE_SIZE, Piece};
use super::terminal::is_end;

/// The pump of one stream. As a `BufRead` it pumps whenever its piece is used up; its end is the stream's end, or the
/// order to stop. Reading from it never fails: trouble with the stream ends it, and is noted.
pub(super) struct Pump<'a> {
    pipe: PipeReader,
    /// Whether it is our end of a pseudo-terminal, which ends in a way of its own.
    terminal: bool,
    /// Its other end is closed to order a stop.
    stop: &'a PipeReader,
    flow: Flow,
    piece: Piece,
    tap: Tap<'a>,
    log: File,
    digest: Sha256,
    bytes: u64,
    held: bool,
    log_error: Option<io::Error>,
    read_error: Option<io::Error>,
}

/// What is still expected of the pipe.
#[derive(Clone, Copy)]
enum Flow {
    Open,
    /// A stop was ordered: what was in the pipe at that time is still read, so that no slow reader or terminal costs
    /// what the command itself had written.
    Last(u64),
    Closed,
}

impl<'a> Pump<'a> {
    pub(super) fn new(pipe: PipeReader, stop: &'a PipeReader, tap: Tap<'a>, log: File) -> Self {
        let terminal = rustix::termios::isatty(&pipe);
        Self {
            pipe,
            terminal,
            stop,
            flow: Flow::Open,
            piece: Piece::new(),
            tap,
            log,
            digest: Sha256::new(),
            bytes: 0,
            held: false,
            log_error: None,
            read_error: None,
        }
    }

    /// Captures the rest.
    pub(super) fn drain(mut self) -> (Captured, Tap<'a>) {
        loop {
            self.piece.clear();
            if self.filled().is_empty() {
                break;
            }
        }
        self.tap.finish();
        let captured = Captured {
            bytes: self.bytes,
            sha256: self.digest.finalize().into(),
            held: self.held,
            log_error: self.log_error,
            pass_error: None,
            read_error: self.read_error,
        };
        (captured, self.tap)
    }

    /// What is left of the piece, after pumping if it was used up.
    fn filled(&mut self) -> &[u8] {
        if self.piece.left().is_empty() {
            self.piece.clear();
            if let Err(error) = self.receive() {
                self.read_error = Some(error);
            }
            if self.piece.all().is_empty() {
                self.flow = Flow::Closed;
            }
            self.record();
        }
        self.piece.left()
    }

    /// Shows, logs and counts what was just read.
    fn record(&mut self) {
        let piece = self.piece.all();
        self.tap.pass(piece);
        if self.log_error.is_none() {
            self.log_error = self.log.write_all(piece).err();
        }
        self.digest.update(piece);
        self.bytes = self.bytes.saturating_add(piece.len() as u64);
    }

    /// Waits for bytes and reads some into the piece, which is empty; none at the end.
    fn receive(&mut self) -> io::Result<()> {
        loop {
            match self.flow {
                Flow::Closed => return Ok(()),
                Flow::Open => {
                    if stream_or_stop(&self.pipe, self.stop)? {
                        return self.read_once();
                    }
                    self.flow = Flow::Last(ioctl_fionread(&self.pipe)?);
                }
                Flow::Last(0) => {
                    if !ended(&self.pipe)? {
                        self.held = true;
                        return Ok(());
                    }
                    // Nobody can write any more: the rest is at most what a pipe holds.
                    return self.read_once();
                }
                Flow::Last(left) => {
                    self.read_once()?;
                    // What was written since is not asked for any more.
                    self.piece
                        .truncate(usize::try_from(left).unwrap_or(PIPE_SIZE));
                    self.flow = Flow::Last(left.saturating_sub(self.piece.all().len() as u64));
                    return Ok(());
                }
            }
        }
    }

    /// Reads as much as there is room for.
    fn read_once(&mut self) -> io::Result<()> {
        loop {
            match self.piece.read(&self.pipe) {
                Err(Errno::INTR) => {}
                Err(error) if self.terminal && is_end(error) => return Ok(()),
                result => return Ok(result.map(drop)?),
            }
        }
    }
}

/// Waits for the pipe to have bytes or to end (true), or for the order to stop (false), which goes first.
fn stream_or_stop(pipe: &PipeReader, stop: &PipeReader) -> io::Result<bool> {
    let mut both = [
        PollFd::new(pipe, PollFlags::IN),
        PollFd::new(stop, PollFlags::IN),
    ];
    loop {
        wait(&mut both, None)?;
        if !both[1].revents().is_empty() {
            return Ok(false);
        }
        if !both[0].revents().is_empty() {
            return Ok(true);
        }
    }
}

/// Nothing holds the other end of the pipe.
fn ended(pipe: &PipeReader) -> io::Result<bool> {
    let mut only = [PollFd::new(pipe, PollFlags::IN)];
    wait(
        &mut only,
        Some(&Timespec {
            tv_sec: 0,
            tv_nsec: 0,
        }),
    )?;
    Ok(only[0].revents().contains(PollFlags::HUP))
}

fn wait(fds: &mut [PollFd<'_>], timeout: Option<&Timespec>) -> io::Result<()> {
    loop {
        match poll(fds, timeout) {
            Err(Errno::INTR) => {}
            result => return Ok(result.map(drop)?),
        }
    }
}

impl Read for Pump<'_> {
    fn read(&mut self, room: &mut [u8]) -> io::Result<usize> {
        let length = self.filled().read(room)?;
        self.consume(length);
        Ok(length)
    }
}

impl BufRead for Pump<'_> {
    fn fill_buf(&mut self) -> io::Result<&[u8]> {
        Ok(self.filled())
    }

    fn consume(&mut self, length: usize) {
        self.piece.take(length);
    }
}
