//! Where the report goes: files are opened before anything runs, so that an unwritable one is known in time.

use std::fs::File;
use std::io::{self, BufWriter, IsTerminal, Write};
use std::path::{Path, PathBuf};

use super::options::Color;
use crate::emit::{EMITTERS, Emitter, Style, emitter};
use crate::error::Error;
use crate::report::Report;
use crate::sanitise::Sanitiser;

/// All places that the report is written to.
pub(super) struct Outputs {
    files: Vec<(&'static Emitter, PathBuf, File)>,
    stdout: Option<&'static Emitter>,
    stderr: Option<&'static Emitter>,
    color: Color,
    verbose: bool,
}

impl Outputs {
    /// Understands `NAME[=PATH]` and opens the files.
    pub(super) fn open(
        formats: &[String],
        color: Color,
        quiet: bool,
        verbose: bool,
    ) -> Result<Self, Error> {
        let mut outputs = Self {
            files: Vec::new(),
            stdout: None,
            stderr: None,
            color,
            verbose,
        };
        for format in formats.iter().filter(|f| !f.is_empty()) {
            let (name, path) = match format.split_once('=') {
                Some((name, "-")) => (name, None),
                Some((name, path)) => (name, Some(path)),
                None => (format.as_str(), None),
            };
            let Some(emitter) = emitter(name) else {
                let known: Vec<&str> = EMITTERS.iter().map(|e| e.id).collect();
                let message = format!("--format: there is no format {name:?}");
                return Err(Error::usage(
                    message,
                    format!("formats: {}", known.join(", ")),
                ));
            };
            match path {
                Some(path) => outputs.file(emitter, Path::new(path))?,
                None if outputs.stdout.is_some() => {
                    let message = "--format: only one format can go to standard output";
                    return Err(Error::usage(
                        message,
                        format!("give the other a path: --format {name}=FILE"),
                    ));
                }
                None => outputs.stdout = Some(emitter),
            }
        }
        let terminal = &EMITTERS[0];
        match outputs.stdout {
            _ if quiet => {}
            None => outputs.stdout = Some(terminal),
            Some(e) if e.id != terminal.id => outputs.stderr = Some(terminal),
            Some(_) => {}
        }
        Ok(outputs)
    }

    fn file(&mut self, emitter: &'static Emitter, path: &Path) -> Result<(), Error> {
        let file = File::create(path).map_err(|e| Error::write(path, &e))?;
        self.files.push((emitter, path.to_owned(), file));
        Ok(())
    }

    /// Whether somebody asked for everything there is to say: -v, or a rendering for programs.
    pub(super) fn show_everything(&self) -> bool {
        let mut all = self.files.iter().map(|(e, ..)| *e).chain(self.stdout);
        self.verbose || all.any(|e| e.id == "json")
    }

    /// Whether standard output belongs to a rendering that another program reads.
    pub(super) fn owns_stdout(&self) -> bool {
        self.stdout.is_some_and(|e| e.id != EMITTERS[0].id)
    }

    /// Writes the report everywhere.
    ///
    /// A standard output that was closed (`| head`) is no trouble; a file that cannot be written is.
    pub(super) fn write(&self, report: &Report) -> Result<(), Error> {
        let plain = Style {
            verbose: self.verbose,
            ..Style::default()
        };
        for (emitter, path, file) in &self.files {
            let mut out = BufWriter::new(file);
            let done = (emitter.write)(report, plain, &mut out).and_then(|()| out.flush());
            done.map_err(|e| Error::write(path, &e))?;
        }
        if let Some(emitter) = self.stderr {
            let stderr = io::stderr();
            let style = style(
                self.color,
                stderr.is_terminal(),
                rustix::stdio::stderr(),
                self.verbose,
            );
            write_stream(emitter, report, style, &mut stderr.lock())?;
        }
        if let Some(emitter) = self.stdout {
            let stdout = io::stdout();
            let style = style(
                self.color,
                stdout.is_terminal(),
                rustix::stdio::stdout(),
                self.verbose,
            );
            write_stream(emitter, report, style, &mut stdout.lock())?;
        }
        Ok(())
    }
}

fn write_stream(
    emitter: &Emitter,
    report: &Report,
    style: Style,
    out: &mut dyn Write,
) -> Result<(), Error> {
    let mut text = Vec::new();
    (emitter.write)(report, style, &mut text)
        .map_err(|e| Error::write(Path::new("standard output"), &e))?;
    // Some renderings may have a line that a runner takes for a command, once a terminal's width has wrapped what a test
    // is called.
    if actions() && !emitter.as_is {
        text = sanitised(&text);
    }
    put(&text, out)
}

/// Writes a whole page to standard output.
pub(super) fn page(text: &[u8]) -> Result<(), Error> {
    put(text, &mut io::stdout().lock())
}

/// A stream that was closed (`| head`) is no trouble.
fn put(text: &[u8], out: &mut dyn Write) -> Result<(), Error> {
    match out.write_all(text).and_then(|()| out.flush()) {
        Err(e) if e.kind() != io::ErrorKind::BrokenPipe => {
            Err(Error::write(Path::new("standard output"), &e))
        }
        Ok(()) | Err(_) => Ok(()),
    }
}

fn sanitised(text: &[u8]) -> Vec<u8> {
    let mut out = Vec::with_capacity(text.len());
    let mut sanitiser = Sanitiser::default();
    sanitiser.push(text, &mut out);
    sanitiser.finish(&mut out);
    out
}

/// Whether GitHub's runner reads what we print, and obeys commands in it.
pub(super) fn actions() -> bool {
    std::env::var_os("GITHUB_ACTIONS").is_some_and(|v| v == "true")
}

/// Width and colour of a stream, from the option, the environment and the terminal, in this order.
fn style(color: Color, terminal: bool, fd: rustix::fd::BorrowedFd<'_>, verbose: bool) -> Style {
    let width = rustix::termios::tcgetwinsize(fd)
        .ok()
        .map(|s| s.ws_col)
        .filter(|w| *w >= 40);
    let width = if terminal {
        width.unwrap_or(80).min(160)
    } else {
        80
    };
    let color = match color {
        Color::Always => true,
        Color::Never => false,
        Color::Auto => wants_color(terminal),
    };
    Style {
        width,
        color,
        verbose,
    }
}

/// <https://no-color.org> and <https://bixense.com/clicolors>, then the terminal.
fn wants_color(terminal: bool) -> bool {
    let set = |name: &str| std::env::var_os(name).is_some_and(|v| !v.is_empty());
    let on = |name: &str| std::env::var_os(name).is_some_and(|v| !v.is_empty() && v != "0");
    if set("NO_COLOR") {
        return false;
    }
    if on("FORCE_COLOR") || on("CLICOLOR_FORCE") {
        return true;
    }
    terminal && std::env::var_os("TERM").is_none_or(|t| t != "dumb")
}
