//! The live view at a terminal: one line below what the command printed, taken away before it prints more.
//!
//! It goes to standard error, and only where that is a terminal and nobody asked for silence: CI gets plain lines. The
//! command's bytes pass through unchanged and in order; where they leave the cursor within a line, or move it, nothing
//! is drawn.

use std::fs::File;
use std::io::{self, IsTerminal as _, Read as _, Write};
use std::path::{Path, PathBuf};
use std::sync::mpsc::{self, RecvTimeoutError};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::thread;
use std::time::{Duration, Instant};

use crate::cli::output::actions;
use crate::live::{Cursor, Progress};
use crate::record::{self, Run};
use crate::run::Outputs;

/// Between two looks at the channel.
const TICK: Duration = Duration::from_millis(100);

/// A command that is over sooner needs no line.
const SOON: Duration = Duration::from_millis(500);

/// What is read of the channel of an earlier run: as much as tells how many tests there were.
const EARLIER: u64 = 256 << 20;

/// Whether somebody sits at a terminal and may want to see how far it is.
pub(super) fn is_wanted() -> bool {
    let set = |name: &str| std::env::var_os(name).is_some_and(|v| !v.is_empty() && v != "false");
    let dumb = std::env::var_os("TERM").is_none_or(|t| t == "dumb");
    io::stderr().is_terminal() && !set("CI") && !actions() && !dumb
}

/// What stands on the terminal.
struct Screen {
    to: Box<dyn Write + Send>,
    cursor: Cursor,
    /// When the command last printed something.
    printed: Instant,
    /// Our line, where it stands there now.
    line: Option<String>,
}

impl Screen {
    fn erase(&mut self) {
        if self.line.take().is_some() {
            // A terminal that is gone shows nothing anyway.
            let _ = self.to.write_all(b"\r\x1b[K");
        }
    }

    fn draw(&mut self, line: String) {
        let busy = self.printed.elapsed() < TICK;
        if busy || !self.cursor.is_free() || self.line.as_ref() == Some(&line) {
            return;
        }
        let _ = self.to.write_all(format!("\r\x1b[K{line}").as_bytes());
        self.line = Some(line);
    }
}

/// One of the command's streams on its way to the terminal.
struct Shared {
    to: Box<dyn Write + Send>,
    screen: Arc<Mutex<Screen>>,
}

impl Write for Shared {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        let mut screen = locked(&self.screen);
        screen.erase();
        let n = self.to.write(bytes)?;
        screen.cursor.passed(bytes.get(..n).unwrap_or_default());
        screen.printed = Instant::now();
        Ok(n)
    }

    fn flush(&mut self) -> io::Result<()> {
        self.to.flush()
    }
}

fn locked(screen: &Mutex<Screen>) -> MutexGuard<'_, Screen> {
    screen.lock().unwrap_or_else(PoisonError::into_inner)
}

/// A view that is open; when it is dropped, its line is gone.
pub(super) struct View {
    screen: Arc<Mutex<Screen>>,
    stop: Option<mpsc::Sender<()>>,
    thread: Option<thread::JoinHandle<()>>,
}

/// What there is to see.
pub(super) struct Seen {
    pub(super) label: String,
    /// The channel of the run.
    pub(super) channel: Option<PathBuf>,
    /// Where earlier runs are recorded.
    pub(super) record: PathBuf,
    pub(super) run: Run,
}

impl View {
    /// Opens a view, and gives the outputs that respect it. `stdout` says whether that is the terminal too.
    pub(super) fn open(
        seen: Seen,
        outputs: Outputs<'static>,
        stdout: bool,
    ) -> io::Result<(Self, Outputs<'static>)> {
        let screen = Arc::new(Mutex::new(Screen {
            to: Outputs::own()?.stderr,
            cursor: Cursor::default(),
            printed: Instant::now(),
            line: None,
        }));
        let through = |to| -> Box<dyn Write + Send> {
            let screen = Arc::clone(&screen);
            Box::new(Shared { to, screen })
        };
        let outputs = Outputs {
            stdout: if stdout {
                through(outputs.stdout)
            } else {
                outputs.stdout
            },
            stderr: through(outputs.stderr),
        };
        let (stop, stopped) = mpsc::channel();
        let on = Arc::clone(&screen);
        let thread = thread::Builder::new()
            .name("live".into())
            .spawn(move || follow(&seen, &on, &stopped))?;
        let view = Self {
            screen,
            stop: Some(stop),
            thread: Some(thread),
        };
        Ok((view, outputs))
    }
}

impl Drop for View {
    fn drop(&mut self) {
        self.stop = None;
        // A view that failed is no more than a view that is not there.
        let _ = self.thread.take().map(thread::JoinHandle::join);
        locked(&self.screen).erase();
    }
}

fn follow(seen: &Seen, screen: &Mutex<Screen>, stopped: &mpsc::Receiver<()>) {
    let begun = Instant::now();
    let mut channel = Channel::of(seen.channel.as_deref());
    let mut progress = None;
    while stopped.recv_timeout(TICK) == Err(RecvTimeoutError::Timeout) {
        let now = Instant::now();
        let elapsed = now.saturating_duration_since(begun);
        if elapsed < SOON {
            continue;
        }
        let progress = progress.get_or_insert_with(|| Progress::after(earlier(seen).as_ref()));
        channel.read(progress, now);
        if let Some(width) = width() {
            let line = progress.show(&seen.label, elapsed, now, width);
            locked(screen).draw(line);
        }
    }
}

/// One column is left free: at the last one, terminals differ in where the cursor is.
fn width() -> Option<usize> {
    let size = rustix::termios::tcgetwinsize(rustix::stdio::stderr()).ok();
    let columns = match size.map_or(0, |s| s.ws_col) {
        0 => 80,
        columns => usize::from(columns),
    };
    columns.checked_sub(1).filter(|n| *n >= 20)
}

/// The channel of a run that goes on, line by line.
struct Channel {
    file: Option<File>,
    open: Vec<u8>,
}

impl Channel {
    fn of(path: Option<&Path>) -> Self {
        Self {
            file: path.and_then(|p| File::open(p).ok()),
            open: Vec::new(),
        }
    }

    /// Takes what came since the last time.
    fn read(&mut self, progress: &mut Progress, now: Instant) {
        let Some(file) = &mut self.file else { return };
        let mut piece = vec![0; 64 << 10];
        while let Ok(n @ 1..) = file.read(&mut piece) {
            self.open
                .extend_from_slice(piece.get(..n).unwrap_or_default());
            while let Some(end) = self.open.iter().position(|b| *b == b'\n') {
                let line: Vec<u8> = self.open.drain(..=end).collect();
                progress.line(&line, now);
            }
        }
    }
}

/// What the last run of the same command told, where it is recorded.
fn earlier(seen: &Seen) -> Option<Progress> {
    let same = |run: &Run| {
        (&run.command, &run.directory, run.shard)
            == (&seen.run.command, &seen.run.directory, seen.run.shard)
    };
    let runs = record::ended(&seen.record, same);
    let channel = File::open(runs?.join(record::CHANNEL)).ok()?;
    let mut progress = Progress::default();
    let mut lines = io::BufReader::new(channel.take(EARLIER));
    let mut line = Vec::new();
    while let Ok(1..) = io::BufRead::read_until(&mut lines, b'\n', &mut line) {
        if line.windows(9).any(|w| w == b"\"t\":\"end\"") {
            progress.line(&line, Instant::now());
        }
        line.clear();
    }
    Some(progress)
}
