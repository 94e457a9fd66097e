//! The live view at a terminal: one line below what the command printed, or the table of a plan, taken away before it
//! prints more.
//!
//! It goes to standard error, and only where that is a terminal and nobody asked for silence: CI gets plain lines. The
//! command's bytes pass through unchanged and in order; a line that it has not ended, as a row of dots, goes on where it
//! was. After a command that moves the cursor itself nothing is drawn.

use std::fs::File;
use std::io::{self, IsTerminal as _, Read as _, Write};
use std::path::{Path, PathBuf};
use std::sync::mpsc::{self, RecvTimeoutError};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::thread;
use std::time::{Duration, Instant};

use crate::cli::output::actions;
use crate::live::{Cursor, Place, Progress, Table};
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
    /// Our lines that stand there now: the cursor is behind the last of them, or where the command left it.
    lines: Vec<String>,
    place: Place,
    /// Of the terminal, when they were drawn.
    columns: usize,
}

impl Screen {
    fn new() -> io::Result<Arc<Mutex<Self>>> {
        Ok(Arc::new(Mutex::new(Self {
            to: Outputs::own()?.stderr,
            cursor: Cursor::default(),
            printed: None,
            lines: Vec::new(),
            place: Place::Here,
            columns: 0,
        })))
    }

    /// Makes room for what the command prints.
    fn give_way(&mut self, bytes: &[u8]) {
        if self.place == Place::Here || !self.cursor.stays(bytes, self.columns) {
            self.erase();
        }
    }

    fn erase(&mut self) {
        if self.lines.is_empty() {
            return;
        }
        let cleared = match self.place {
            Place::Here => self.cleared(),
            Place::Below => format!("{SAVE}\r{DOWN}\x1b[J{RESTORE}"),
        };
        // A terminal that is gone shows nothing anyway.
        let _ = self.to.write_all(cleared.as_bytes());
        self.lines.clear();
    }

    /// What takes our lines away that the cursor is behind. Never more than were drawn: in a window that became narrower
    /// they may take more, and a rest of ours may stay, but nothing of others goes.
    fn cleared(&self) -> String {
        match self.lines.len() {
            0 | 1 => "\r\x1b[K".to_owned(),
            n => format!("\r\x1b[{}A\x1b[J", n.saturating_sub(1)),
        }
    }

    fn draw(&mut self, lines: Vec<String>, window: &Window) {
        let Some(place) = self.cursor.place(window.columns) else {
            return;
        };
        let fits = lines.len() < window.rows;
        // What is drawn where the next line will stand is soon taken away again.
        let soon = self.printed.is_some_and(|p| p.elapsed() < TICK);
        if soon && place == Place::Here || !fits || self.lines == lines {
            return;
        }
        let shown = lines.join("\r\n");
        let text = match place {
            Place::Here => format!("{}{shown}", self.cleared()),
            Place::Below => {
                // At the end of the screen, what stands there moves up; the cursor keeps its column.
                let room = format!("{}\x1b[{}A", DOWN.repeat(lines.len()), lines.len());
                format!("{room}{SAVE}\r{DOWN}\x1b[J{shown}{RESTORE}")
            }
        };
        let _ = self.to.write_all(text.as_bytes());
        (self.lines, self.place, self.columns) = (lines, place, window.columns);
    }
}

/// What keeps the place of the cursor, and goes back to it.
const SAVE: &str = "\x1b7";
const RESTORE: &str = "\x1b8";

/// One row down, in the same column.
const DOWN: &str = "\x1bD";

/// One of the command's streams on its way to the terminal.
struct Shared {
    to: Box<dyn Write + Send>,
    screen: Arc<Mutex<Screen>>,
}

impl Write for Shared {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        let mut screen = locked(&self.screen);
        screen.give_way(bytes);
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
        if self.is_table && screen.cursor.place(usize::MAX) != Some(Place::Here) {
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
        let Some(window) = Window::now() else {
            continue;
        };
        if let Some(lines) = lines(seen, progress.as_ref(), elapsed, now, &window) {
            locked(screen).draw(lines, &window);
        }
    }
}

/// What is to stand there now: the table where there is one and it fits, or else a line after a while.
fn lines(
    seen: &Seen,
    progress: Option<&Progress>,
    elapsed: Duration,
    now: Instant,
    window: &Window,
) -> Option<Vec<String>> {
    let width = window.width();
    let table = seen.seat.as_ref().and_then(|seat| {
        seat.with(|table, at| {
            table.tells(at, progress.map_or_else(String::new, |p| p.told(now)));
            (table.height() < window.rows).then(|| table.lines(now, width))
        })
    });
    table.or_else(|| Some(vec![progress?.show(&seen.label, elapsed, now, width)]))
}

/// Lines that a table leaves to what the steps print.
const ROOM: usize = 6;

/// Whether the terminal is high enough for a table of so many lines.
pub(super) fn has_room(lines: usize) -> bool {
    Window::now().is_some_and(|w| lines.saturating_add(ROOM) <= w.rows)
}

/// The size of the terminal.
struct Window {
    columns: usize,
    rows: usize,
}

impl Window {
    /// As it is now, where it is wide enough for our lines.
    fn now() -> Option<Self> {
        let size = rustix::termios::tcgetwinsize(rustix::stdio::stderr()).ok();
        let or = |n: u16, standard| if n == 0 { standard } else { usize::from(n) };
        let columns = or(size.map_or(0, |s| s.ws_col), 80);
        let rows = or(size.map_or(0, |s| s.ws_row), 24);
        (columns > 20).then_some(Self { columns, rows })
    }

    /// How wide our lines may be: at the last column, terminals differ in where the cursor is.
    fn width(&self) -> usize {
        self.columns.saturating_sub(1)
    }
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
