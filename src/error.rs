//! What can go wrong for the user or in the world: text, hint and exit code of each, in one place.

use std::fmt;
use std::io;
use std::path::Path;

use crate::config::Problem;
use crate::exit::ExitCode;
use crate::run::RunError;

/// Trouble that ends the command before anything is judged.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Error {
    /// What happened, and where.
    pub message: String,
    /// More about it, line by line.
    pub details: Vec<String>,
    /// What to do.
    pub hint: Option<String>,
    /// How the process ends.
    pub code: ExitCode,
}

impl Error {
    /// A usage error: exit 2.
    #[must_use]
    pub fn usage(message: impl Into<String>, hint: impl Into<String>) -> Self {
        Self {
            message: message.into(),
            details: Vec::new(),
            hint: Some(hint.into()),
            code: ExitCode::Usage,
        }
    }

    /// A policy with problems: each with its place and its line.
    #[must_use]
    pub fn config(file: &str, problems: &[Problem]) -> Self {
        let n = problems.len();
        let message = format!("{file}: {n} problem{}", if n == 1 { "" } else { "s" });
        let hint =
            "nothing was judged: a limit that is not understood is a limit that nobody checks";
        Self {
            details: problems.iter().flat_map(Problem::lines).collect(),
            ..Self::usage(message, hint)
        }
    }

    /// gatekeeper itself failed.
    #[must_use]
    pub fn fault() -> Self {
        let hint = "please report it with the command and, if you can, its raw output";
        Self {
            message: "a fault of gatekeeper itself".into(),
            details: Vec::new(),
            hint: Some(hint.into()),
            code: ExitCode::Fault,
        }
    }

    /// A command that did not start.
    #[must_use]
    pub fn run(error: &RunError) -> Self {
        let (code, hint) = match error {
            RunError::NotFound { .. } => (
                ExitCode::NotFound,
                "check the spelling, and that it is in PATH",
            ),
            RunError::NotExecutable { .. } => (
                ExitCode::NotExecutable,
                "check its permissions and its first line",
            ),
            RunError::Io { .. } => (
                ExitCode::NotExecutable,
                "the system is in the way; free what it names and run it again",
            ),
        };
        Self {
            message: error.to_string(),
            details: Vec::new(),
            hint: Some(hint.into()),
            code,
        }
    }

    /// A file or folder that cannot be opened.
    #[must_use]
    pub fn open(path: &str, error: &io::Error) -> Self {
        let hint = match error.kind() {
            io::ErrorKind::NotFound => {
                "check the path; reports that were never written are no evidence"
            }
            io::ErrorKind::PermissionDenied => "check the permissions",
            _ => "check that it is a readable file or folder",
        };
        Self::usage(format!("cannot open {path}: {}", reason(error)), hint)
    }

    /// A file or folder that cannot be written.
    #[must_use]
    pub fn write(path: &Path, error: &io::Error) -> Self {
        let message = format!("cannot write {}: {}", path.display(), reason(error));
        Self::usage(
            message,
            "check the permissions and the space left, or choose another place",
        )
    }

    /// `exit.txt` of a capture does not hold a number.
    #[must_use]
    pub fn exit_txt(path: &Path, found: &str) -> Self {
        let shown: String = found.chars().take(40).collect();
        let message = format!("{}: expected an exit code, found {shown:?}", path.display());
        Self::usage(
            message,
            "write the exit code of the command alone, such as 0 or 2",
        )
    }
}

/// The system's words without `(os error 2)`.
#[must_use]
pub fn reason(error: &io::Error) -> String {
    let text = error.to_string();
    match text.split_once(" (os error") {
        Some((words, _)) => words.to_lowercase(),
        None => text,
    }
}

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}", self.message)
    }
}
