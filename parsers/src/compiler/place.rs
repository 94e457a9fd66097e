//! Places of diagnostics: `lib/a.ex:4:5: A.b/0`, `lib/a.ex:4: A (module)`, `lib/a.ex: A.b/0`, `lib/a.ex`.

use std::num::NonZeroU32;

use crate::evidence::Finding;
use crate::text;

/// Endings of source files. A path without a line number is a place only with one of them.
const SOURCES: [&str; 8] = [
    ".ex", ".exs", ".eex", ".heex", ".leex", ".erl", ".yrl", ".xrl",
];

/// Where something is, as printed.
pub(super) struct Place {
    path: String,
    line: Option<NonZeroU32>,
    column: Option<NonZeroU32>,
    function: Option<String>,
}

impl Place {
    pub(super) fn of(place: &[u8]) -> Self {
        let place = text::lossy(place, 4096);
        let (place, function) = match place.split_once(": ") {
            Some((place, function)) => (place, Some(function)),
            None => (place.as_str(), None),
        };
        let (path, line, column) = text::location(place);
        let function = function.map(|f| f.strip_suffix(" (module)").unwrap_or(f));
        Self {
            path: path.to_owned(),
            line,
            column,
            function: function.filter(|f| *f != "(file)").map(str::to_owned),
        }
    }

    pub(super) fn put(self, finding: &mut Finding) {
        finding.path = Some(self.path);
        finding.line = self.line;
        finding.column = self.column;
        finding.function = self.function;
    }
}

/// Whether a line is a place without any mark before it.
pub(super) fn is_place(rest: &[u8]) -> bool {
    let end = rest
        .windows(2)
        .position(|w| w == b": ")
        .unwrap_or(rest.len());
    let place = rest.get(..end).and_then(|p| std::str::from_utf8(p).ok());
    place.is_some_and(|p| {
        let (path, line, _) = text::location(p);
        let source = SOURCES.iter().any(|s| path.ends_with(s));
        !path.contains(' ') && (source || line.is_some() && path.contains('.')) || path == NOFILE
    })
}

/// The path of a string that was evaluated, as tests of macros do. Such code is no file of the project.
const NOFILE: &str = "nofile";

/// Whether it is about code that is in no file.
pub(super) fn is_evaluated(finding: &Finding) -> bool {
    matches!(finding.path.as_deref(), Some(NOFILE | "iex"))
}

/// Whether it is about a dependency: its warnings are not the project's.
pub(super) fn is_of_dependency(finding: &Finding) -> bool {
    let path = finding.path.as_deref().unwrap_or_default();
    path.starts_with("deps/") || path.starts_with('/') && path.contains("/deps/")
}

/// `Invalid call found at 2 locations:`, `Found at 2 locations:`.
pub(super) fn locations(line: &[u8]) -> Option<u64> {
    let line = line.strip_suffix(b" locations:")?;
    let start = line.iter().rposition(|b| *b == b' ')?.saturating_add(1);
    let (before, number) = (line.get(..start)?, line.get(start..)?);
    before
        .ends_with(b"ound at ")
        .then(|| text::number(number))?
}

/// The message without the line that only says that a place follows.
pub(super) fn without_announcement(message: &str) -> &str {
    let (before, last) = message.rsplit_once('\n').unwrap_or(("", message));
    let known = [
        "type warning found at:",
        "typing error found at:",
        "typing violation found at:",
        "Conflict found at",
        "Invalid call found at",
        "Invalid call found at:",
    ];
    if known.contains(&last) {
        before.trim_end()
    } else {
        message
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn places_are_told_from_other_lines() {
        for place in [
            "lib/a.ex:4:5: A.b/0",
            "lib/a.ex:4",
            "lib/a.ex: A.b/0",
            "lib/a.ex",
            "mix.exs:3",
            "lib/a.html.heex:3:1",
            "nofile:1",
        ] {
            assert!(is_place(place.as_bytes()), "{place}");
        }
        for other in [
            "(mix 1.20.4) lib/mix/cli.ex:187: Mix.CLI.x/3",
            "/usr/bin/mix:7: (file)",
            "* lib/a.ex",
            "x.b",
            "",
            "12:30",
        ] {
            assert!(!is_place(other.as_bytes()), "{other}");
        }
    }

    #[test]
    fn numbers_of_places() {
        assert_eq!(locations(b"Invalid call found at 2 locations:"), Some(2));
        assert_eq!(locations(b"Found at 12 locations:"), Some(12));
        for other in ["at 2 locations:", "Found at x locations:", "Found at 2"] {
            assert_eq!(locations(other.as_bytes()), None, "{other}");
        }
    }
}
