//! The live view at a terminal: one line below what the command printed, or the table of a plan, taken away before it
//! prints more.
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
use crate::live::{Cursor, Progress, Table};
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
    printed: Option<Instant>,
    /// Our lines that stand there now, the cursor behind the last.
    lines: Vec<String>,
}

impl Screen {
    fn new() -> io::Result<Arc<Mutex<Self>>> {
        Ok(Arc::new(Mutex::new(Self {
            to: Outputs::own()?.stderr,
            cursor: Cursor::default(),
            printed: None,
            lines: Vec::new(),
        })))
    }

    fn erase(&mut self) {
        if !self.lines.is_empty() {
            // A terminal that is gone shows nothing anyway.
            let _ = self.to.write_all(self.cleared().as_bytes());
            self.lines.clear();
        }
    }

    /// What takes our lines away. Never more than were drawn: in a window that became narrower they may take more, and a
    /// rest of ours may stay, but nothing of others goes.
    fn cleared(&self) -> String {
        match self.lines.len() {
            0 | 1 => "\r\x1b[K".to_owned(),
            n => format!("\r\x1b[{}A\x1b[J", n.saturating_sub(1)),
        }
    }

    fn draw(&mut self, lines: Vec<String>) {
        let busy = self.printed.is_some_and(|p| p.elapsed() < TICK);
        if busy || !self.cursor.is_free() || self.lines == lines {
            return;
        }
        let text = format!("{}{}", self.cleared(), lines.join("\r\n"));
        let _ = self.to.write_all(text.as_bytes());
        self.lines = lines;
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
        screen.printed = Some(Instant::now());
        Ok(n)
    }

    fn flush(&mut self) -> io::Result<()> {
        self.to.flush()
    }
}

fn locked(screen: &Mutex<Screen>) -> MutexGuard<'_, Screen> {
    screen.lock().unwrap_or_else(PoisonError::into_inner)
}

/// A view that is open; when it is dropped, its lines are gone.
pub(super) struct View {
    screen: Arc<Mutex<Screen>>,
    is_table: bool,
    stop: Option<mpsc::Sender<()>>,
    thread: Option<thread::JoinHandle<()>>,
}

/// A step of the table of a plan.
#[derive(Clone)]
pub(super) struct Seat {
    pub(super) table: Arc<Mutex<Table>>,
    pub(super) at: usize,
}

impl Seat {
    /// Changes the table.
    pub(super) fn with<T>(&self, change: impl FnOnce(&mut Table, usize) -> T) -> T {
        let mut table = self.table.lock().unwrap_or_else(PoisonError::into_inner);
        change(&mut table, self.at)
    }
}

/// What there is to see.
pub(super) struct Seen {
    pub(super) label: String,
    /// Its place in the table of a plan, where that is shown.
    pub(super) seat: Option<Seat>,
    /// What tells of its tests, if something does.
    pub(super) tests: Option<Tests>,
}

/// A run whose tests are told through a channel.
pub(super) struct Tests {
    pub(super) channel: PathBuf,
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
        let screen = Screen::new()?;
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
        Ok((Self::follow(seen, screen)?, outputs))
    }

    /// Opens a view of a table while nothing is printed.
    pub(super) fn waiting(seat: Seat) -> io::Result<Self> {
        let seen = Seen {
            label: String::new(),
            seat: Some(seat),
            tests: None,
        };
        Self::follow(seen, Screen::new()?)
    }

    fn follow(seen: Seen, screen: Arc<Mutex<Screen>>) -> io::Result<Self> {
        let (stop, stopped) = mpsc::channel();
        let on = Arc::clone(&screen);
        let is_table = seen.seat.is_some();
        let thread = thread::Builder::new()
            .name("live".into())
            .spawn(move || follow(&seen, &on, &stopped))?;
        Ok(Self {
            screen,
            is_table,
            stop: Some(stop),
            thread: Some(thread),
        })
    }
}

impl Drop for View {
    fn drop(&mut self) {
        self.stop = None;
        // A view that failed is no more than a view that is not there.
        let _ = self.thread.take().map(thread::JoinHandle::join);
        let mut screen = locked(&self.screen);
        screen.erase();
        if self.is_table && !screen.cursor.is_free() {
            // The table of the next step starts a line.
            let _ = screen.to.write_all(b"\r\n");
        }
    }
}

fn follow(seen: &Seen, screen: &Mutex<Screen>, stopped: &mpsc::Receiver<()>) {
    let begun = Instant::now();
    let tests = seen.tests.as_ref();
    let mut channel = Channel::of(tests.map(|t| t.channel.as_path()));
    let mut progress = None;
    // A table stands there from the start.
    let mut wait = match seen.seat {
        Some(_) => Duration::ZERO,
        None => TICK,
    };
    while stopped.recv_timeout(wait) == Err(RecvTimeoutError::Timeout) {
        wait = TICK;
        let now = Instant::now();
        let elapsed = now.saturating_duration_since(begun);
        if elapsed >= SOON {
            let progress =
                progress.get_or_insert_with(|| Progress::after(tests.and_then(earlier).as_ref()));
            channel.read(progress, now);
        }
        if let Some(lines) = lines(seen, progress.as_ref(), elapsed, now) {
            locked(screen).draw(lines);
        }
    }
}

/// What is to stand there now: the table where there is one and it fits, or else a line after a while.
fn lines(
    seen: &Seen,
    progress: Option<&Progress>,
    elapsed: Duration,
    now: Instant,
) -> Option<Vec<String>> {
    let (width, height) = size()?;
    let table = seen.seat.as_ref().and_then(|seat| {
        seat.with(|table, at| {
            table.tells(at, progress.map_or_else(String::new, |p| p.told(now)));
            (table.height() <= height).then(|| table.lines(now, width))
        })
    });
    table.or_else(|| Some(vec![progress?.show(&seen.label, elapsed, now, width)]))
}

/// Lines that a table leaves to what the steps print.
const ROOM: usize = 6;

/// Whether the terminal is high enough for a table of so many lines.
pub(super) fn has_room(lines: usize) -> bool {
    size().is_some_and(|(_, height)| lines.saturating_add(ROOM) <= height)
}

/// Columns and lines. One column is left free: at the last one, terminals differ in where the cursor is.
fn size() -> Option<(usize, usize)> {
    let size = rustix::termios::tcgetwinsize(rustix::stdio::stderr()).ok();
    let or = |n: u16, standard| if n == 0 { standard } else { usize::from(n) };
    let columns = or(size.map_or(0, |s| s.ws_col), 80);
    let lines = or(size.map_or(0, |s| s.ws_row), 24);
    let width = columns.checked_sub(1).filter(|n| *n >= 20)?;
    Some((width, lines))
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
fn earlier(tests: &Tests) -> Option<Progress> {
    let same = |run: &Run| {
        (&run.command, &run.directory, run.shard)
            == (&tests.run.command, &tests.run.directory, tests.run.shard)
    };
    let runs = record::ended(&tests.record, same);
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
