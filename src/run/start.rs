//! The start of a command, and what can go wrong there.

use std::env;
use std::ffi::{OsStr, OsString};
use std::fmt;
use std::io::{self, ErrorKind, IsTerminal as _, PipeReader, PipeWriter};
use std::os::unix::process::CommandExt as _;
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::time::Instant;

use rustix::process::{Pid, Signal, kill_process, kill_process_group};

/// Why a command has no result.
#[derive(Debug)]
pub enum RunError {
    /// There is no such program.
    NotFound {
        /// What was asked for.
        program: OsString,
    },
    /// The program is there but cannot be executed.
    NotExecutable {
        /// What was asked for.
        program: OsString,
        /// What the system said.
        source: io::Error,
    },
    /// The world around it is in the way: no process, no pipe, no such folder.
    Io {
        /// What was tried.
        doing: &'static str,
        /// What the system said.
        source: io::Error,
    },
}

impl RunError {
    /// As every shell has it: 127 for what is not found, 126 for what cannot be executed; none for the rest.
    pub fn shell_code(&self) -> Option<u8> {
        match self {
            Self::NotFound { .. } => Some(127),
            Self::NotExecutable { .. } => Some(126),
            Self::Io { .. } => None,
        }
    }

    pub(super) fn io(doing: &'static str) -> impl FnOnce(io::Error) -> Self {
        move |source| Self::Io { doing, source }
    }

    /// The same error number means a missing program, a missing interpreter of a script, or a missing folder.
    fn of_spawn(
        source: io::Error,
        program: &OsStr,
        dir: Option<&Path>,
        path: Option<&OsStr>,
    ) -> Self {
        let program = program.to_owned();
        match source.kind() {
            ErrorKind::NotFound | ErrorKind::NotADirectory => {
                if dir.is_some_and(|dir| !dir.is_dir()) {
                    return Self::Io {
                        doing: "enter the folder of the command",
                        source,
                    };
                }
                if exists(&program, dir, path) {
                    let message = "the interpreter that its first line names is missing";
                    let source = io::Error::new(ErrorKind::NotFound, message);
                    return Self::NotExecutable { program, source };
                }
                Self::NotFound { program }
            }
            // An executable file of an unknown format has no kind of its own in std.
            ErrorKind::PermissionDenied
            | ErrorKind::IsADirectory
            | ErrorKind::ExecutableFileBusy
            | ErrorKind::ArgumentListTooLong => Self::NotExecutable { program, source },
            _ if source.raw_os_error() == Some(rustix::io::Errno::NOEXEC.raw_os_error()) => {
                Self::NotExecutable { program, source }
            }
            _ => Self::Io {
                doing: "start the command",
                source,
            },
        }
    }
}

impl fmt::Display for RunError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::NotFound { program } => write!(f, "the command {program:?} was not found"),
            Self::NotExecutable { program, source } => {
                write!(f, "the command {program:?} cannot be executed: {source}")
            }
            Self::Io { doing, source } => write!(f, "could not {doing}: {source}"),
        }
    }
}

impl std::error::Error for RunError {
    fn source(&self) -> Option<&(dyn std::error::Error + 'static)> {
        match self {
            Self::NotFound { .. } => None,
            Self::NotExecutable { source, .. } | Self::Io { source, .. } => Some(source),
        }
    }
}

/// Whether a program can be found, executable or not.
fn exists(program: &OsStr, dir: Option<&Path>, path: Option<&OsStr>) -> bool {
    if program.as_encoded_bytes().contains(&b'/') {
        return dir.unwrap_or(Path::new("")).join(program).exists();
    }
    path.is_some_and(|path| env::split_paths(path).any(|dir| dir.join(program).is_file()))
}

/// A command that was started. If it is dropped before [`Started::reap`], it is killed.
pub(super) struct Started {
    child: Child,
    pid: Pid,
    /// It shares our process group, for the sake of the terminal.
    pub(super) at_terminal: bool,
    /// When it was started.
    pub(super) at: Instant,
    reaped: bool,
}

/// Our ends of its streams.
pub(super) struct Streams {
    pub(super) stdout: PipeReader,
    pub(super) stderr: PipeReader,
}

impl Started {
    pub(super) fn new(
        argv: &[OsString],
        dir: Option<&Path>,
        env_set: &[(OsString, OsString)],
        env_remove: &[OsString],
        terminal: bool,
    ) -> Result<(Self, Streams), RunError> {
        let Some((program, arguments)) = argv.split_first() else {
            let nothing = io::Error::new(ErrorKind::InvalidInput, "there is no command");
            return Err(RunError::io("start the command")(nothing));
        };
        let (streams, out_writer, err_writer) = streams(terminal)?;
        let at_terminal = io::stdin().is_terminal();

        let mut command = Command::new(program);
        command
            .args(arguments)
            .stdin(Stdio::inherit())
            .stdout(out_writer)
            .stderr(err_writer);
        for name in env_remove {
            command.env_remove(name);
        }
        command.envs(env_set.iter().map(|(name, value)| (name, value)));
        if let Some(dir) = dir {
            command.current_dir(dir);
        }
        if !at_terminal {
            command.process_group(0);
        }
        let at = Instant::now();
        let child = command.spawn().map_err(|error| {
            let set = env_set.iter().rev().find(|(name, _)| name == "PATH");
            let path = set
                .map(|(_, value)| value.clone())
                .or_else(|| env::var_os("PATH"));
            RunError::of_spawn(error, program, dir, path.as_deref())
        })?;
        // The command's ends of the pipes go with `command`: as long as we had them, there would be no end to read.
        let pid = Pid::from_child(&child);
        Ok((
            Self {
                child,
                pid,
                at_terminal,
                at,
                reaped: false,
            },
            streams,
        ))
    }

    pub(super) fn pid(&self) -> Pid {
        self.pid
    }

    /// Sends a signal to its process group; at a terminal to the command alone. As long as it was not reaped, no other
    /// process can have its number. That nobody is left to get it is no error.
    pub(super) fn send(&self, signal: Signal) {
        let _ = if self.at_terminal {
            kill_process(self.pid, signal)
        } else {
            kill_process_group(self.pid, signal)
        };
    }

    /// Takes the ended command from the system's table.
    pub(super) fn reap(&mut self) -> io::Result<()> {
        self.reaped = true;
        self.child.wait().map(drop)
    }
}

impl Drop for Started {
    fn drop(&mut self) {
        if !self.reaped {
            self.send(Signal::KILL);
            let _ = self.child.wait();
        }
    }
}

/// Our ends of the streams, and the command's.
fn streams(terminal: bool) -> Result<(Streams, Stdio, Stdio), RunError> {
    if terminal {
        let made = super::terminal::open().and_then(|(ours, theirs)| {
            // Nobody writes to the other stream: it has ended.
            let (stderr, _) = io::pipe()?;
            let again = theirs.try_clone()?;
            Ok((
                Streams {
                    stdout: ours,
                    stderr,
                },
                theirs.into(),
                again.into(),
            ))
        });
        return made.map_err(RunError::io("make a pseudo-terminal"));
    }
    let (stdout, out_writer) = wide_pipe()?;
    let (stderr, err_writer) = wide_pipe()?;
    Ok((
        Streams { stdout, stderr },
        out_writer.into(),
        err_writer.into(),
    ))
}

fn wide_pipe() -> Result<(PipeReader, PipeWriter), RunError> {
    let (reader, writer) = io::pipe().map_err(RunError::io("make a pipe"))?;
    // Smaller pipes work as well.
    #[cfg(target_os = "linux")]
    let _ = rustix::pipe::fcntl_setpipe_size(&reader, super::piece::PIPE_SIZE);
    Ok((reader, writer))
}
