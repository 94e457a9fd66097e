//! One run of git: no shell, a closed input, an environment that cannot point it elsewhere, a limit of time and of
//! output, and nothing left behind.

use std::fmt;
use std::io::{self, BufReader, Read};
use std::os::unix::process::CommandExt as _;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::sync::mpsc::{self, RecvTimeoutError};
use std::thread;
use std::time::Duration;

use rustix::process::{Pid, Signal, kill_process_group};

/// A repository that takes longer is not compared.
const PATIENCE: Duration = Duration::from_secs(120);

/// Bytes of output that are read.
const OUTPUT: u64 = 2 << 30;

/// Bytes of complaints that are kept.
const COMPLAINTS: u64 = 64 << 10;

/// Settings of the repository that would run something, or change what is printed.
const SETTINGS: [&str; 5] = [
    "core.fsmonitor=false",
    "core.hooksPath=/dev/null",
    "core.quotePath=true",
    "core.untrackedCache=false",
    "core.askPass=",
];

/// Git in a folder.
pub(super) struct Git {
    dir: PathBuf,
    patience: Duration,
}

/// Why git said nothing.
#[derive(Debug)]
pub enum Trouble {
    /// It could not be started.
    Start(io::Error),
    /// It took too long.
    Slow,
    /// It printed too much.
    Loud,
}

impl fmt::Display for Trouble {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Start(e) => write!(f, "git cannot be started: {}", crate::error::reason(e)),
            Self::Slow => write!(f, "git took longer than {} seconds", PATIENCE.as_secs()),
            Self::Loud => write!(f, "git printed more than {} GiB", OUTPUT >> 30),
        }
    }
}

/// How a run of git ended.
pub(super) struct Said {
    pub(super) success: bool,
    pub(super) stdout: Vec<u8>,
    pub(super) stderr: Vec<u8>,
}

impl Said {
    /// Its answer without the line's end; `None` when it failed, or when the answer is no text.
    pub(super) fn ok_text(&self) -> Option<String> {
        let text = std::str::from_utf8(&self.stdout).ok()?;
        let line = text.strip_suffix('\n').unwrap_or(text);
        self.success.then(|| line.to_owned())
    }
}

/// What git complains of, for a message.
pub(super) fn first_line(stderr: &[u8]) -> String {
    let text = String::from_utf8_lossy(stderr);
    let line = text.lines().find(|l| !l.trim().is_empty());
    let line: String = line
        .unwrap_or("git does not say why")
        .chars()
        .take(300)
        .collect();
    line.strip_prefix("fatal: ").unwrap_or(&line).to_owned()
}

impl Git {
    pub(super) fn new(dir: &Path) -> Self {
        Self {
            dir: dir.to_owned(),
            patience: PATIENCE,
        }
    }

    pub(super) fn dir(&self) -> &Path {
        &self.dir
    }

    /// Runs git and keeps its short answer.
    pub(super) fn say(&self, args: &[&str]) -> Result<Said, Trouble> {
        let (mut said, answer) = self.read(args, |out| {
            let mut answer = Vec::new();
            out.take(COMPLAINTS)
                .read_to_end(&mut answer)
                .map(|_| answer)
        })?;
        said.stdout = answer.unwrap_or_default();
        Ok(said)
    }

    /// Runs git; its output is read while it runs.
    pub(super) fn read<T>(
        &self,
        args: &[&str],
        reader: impl FnOnce(Counted) -> T,
    ) -> Result<(Said, T), Trouble> {
        let mut child = self.command(args).spawn().map_err(Trouble::Start)?;
        let pipes = child.stdout.take().zip(child.stderr.take());
        let Some((stdout, stderr)) = pipes else {
            return Err(Trouble::Start(io::ErrorKind::BrokenPipe.into()));
        };
        let group = Pid::from_child(&child);
        thread::scope(|scope| {
            let (ended, watch) = mpsc::channel::<()>();
            let patience = self.patience;
            let late = scope.spawn(move || {
                let late = watch.recv_timeout(patience) == Err(RecvTimeoutError::Timeout);
                if late {
                    // Whoever has gone by now needs no signal.
                    let _ = kill_process_group(group, Signal::KILL);
                }
                late
            });
            let complaints = scope.spawn(move || {
                let mut text = Vec::new();
                let mut stderr = stderr;
                let _ = (&mut stderr).take(COMPLAINTS).read_to_end(&mut text);
                let _ = io::copy(&mut stderr, &mut io::sink());
                text
            });
            let mut loud = false;
            let value = reader(BufReader::with_capacity(
                64 << 10,
                Bounded {
                    inner: stdout,
                    left: OUTPUT,
                    loud: &mut loud,
                },
            ));
            let success = finished(&mut child);
            let stderr = complaints.join().unwrap_or_default();
            drop(ended);
            if late.join().unwrap_or(false) {
                return Err(Trouble::Slow);
            }
            if loud {
                return Err(Trouble::Loud);
            }
            let stdout = Vec::new();
            Ok((
                Said {
                    success,
                    stdout,
                    stderr,
                },
                value,
            ))
        })
    }

    fn command(&self, args: &[&str]) -> Command {
        let mut command = Command::new("git");
        for (name, _) in std::env::vars_os() {
            // GIT_DIR, GIT_CONFIG_COUNT, GIT_EXTERNAL_DIFF, GIT_ATTR_SOURCE, …
            if name.as_encoded_bytes().starts_with(b"GIT_") {
                command.env_remove(name);
            }
        }
        command
            .env("GIT_OPTIONAL_LOCKS", "0")
            .env("GIT_TERMINAL_PROMPT", "0")
            .env("GIT_LITERAL_PATHSPECS", "1")
            .env("LC_ALL", "C")
            .arg("--no-pager")
            .arg("-C")
            .arg(&self.dir);
        for setting in SETTINGS {
            command.args(["-c", setting]);
        }
        command
            .args(args)
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .process_group(0);
        command
    }
}

/// Whether it ended well.
fn finished(child: &mut Child) -> bool {
    child.wait().is_ok_and(|status| status.success())
}

/// What a reader gets.
pub(super) type Counted<'a> = BufReader<Bounded<'a>>;

/// A stream that ends with an error when it is too long: what was read till then is not the whole.
pub(super) struct Bounded<'a> {
    inner: std::process::ChildStdout,
    left: u64,
    loud: &'a mut bool,
}

impl Read for Bounded<'_> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let n = self.inner.read(buffer)?;
        self.left = self.left.saturating_sub(n as u64);
        if self.left == 0 {
            *self.loud = true;
            return Err(io::Error::other("too much output"));
        }
        Ok(n)
    }
}

#[cfg(test)]
mod tests {
    use std::io::BufRead as _;

    use super::*;

    /// Not git's own time: a git that waits for its input is what hangs.
    #[test]
    fn a_git_that_hangs_is_ended() {
        let git = Git {
            dir: PathBuf::from("."),
            patience: Duration::from_millis(200),
        };
        let hangs = ["-c", "alias.hang=!sleep 600", "hang"];
        let ended = git.read(&hangs, |mut out| {
            io::copy(&mut out, &mut io::sink()).is_ok()
        });
        assert!(matches!(ended, Err(Trouble::Slow)));
    }

    #[test]
    fn what_cannot_be_started_says_so() {
        let said = Git::new(Path::new("/")).say(&["no-such-command"]).unwrap();
        assert!(!said.success);
        assert!(first_line(&said.stderr).contains("no-such-command"));
        assert_eq!(said.ok_text(), None);
    }

    #[test]
    fn a_reader_that_stops_early_ends_git() {
        let endless = ["-c", "alias.yes=!yes", "yes"];
        let git = Git::new(Path::new("."));
        let (said, line) = git
            .read(&endless, |mut out| {
                let mut line = String::new();
                out.read_line(&mut line).map(|_| line)
            })
            .unwrap();
        assert_eq!((said.success, line.unwrap().as_str()), (false, "y\n"));
    }
}
