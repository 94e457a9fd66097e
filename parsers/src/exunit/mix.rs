//! What `mix test` itself says around the suites: that there is nothing to run, or that it refuses.

use crate::defect::{Defect, DefectKind, Position};
use crate::evidence::{ErrorKind, Evidence, Failure, Finding, Findings, Severity, TestError, Tool};
use crate::input::Line;
use crate::text::{self, Block};
use crate::{Parsed, Part};

/// Messages of `mix test`, so far.
#[derive(Debug, Default)]
pub(super) struct Mix {
    /// There was nothing to run.
    pub nothing: Option<Defect>,
    /// Something that concerns the result, but does not take its place.
    pub notes: Vec<Defect>,
    /// Errors that stopped `mix test`.
    pub errors: Vec<Defect>,
    warnings: Option<String>,
    boot: Option<Boot>,
}

/// Why the application did not start, so that no test ran.
#[derive(Debug)]
struct Boot {
    message: Block,
    lines: usize,
}

/// Lines of such a message that are kept.
const BOOT_LINES: usize = 60;

/// Messages that are kept, each kind.
const KEPT: usize = 100;

/// Bytes of it.
const BOOT_BYTES: usize = 16 << 10;

const NOT_STARTED: &[u8] = b"Could not start application ";
const ERROR: &[u8] = b"** (Mix) ";
const WARNINGS: &[u8] = b"est suite aborted after successful execution due to warnings";

/// Beginnings of errors of `mix test` after `** (Mix) `.
const REFUSALS: &[&[u8]] = &[
    b"\"mix test\" ",
    b"Could not invoke task \"test\"",
    b"Cannot run tests because test helper file ",
    b"The MIX_TEST_PARTITION environment variable ",
    b"--partitions : ",
    b"Line numbers can only be used when running a single test file",
    b"Combining --failed and --stale is not supported",
    b"Invalid configuration for :test_ignore_filters",
    b"Paths given to \"mix test\" ",
    b"The --only option was given to \"mix test\" ",
    b"The --name-pattern option was given to \"mix test\" ",
];

/// Lines about files that `mix test` found and did not load.
const NOT_LOADED: &[&[u8]] =
    &[b"warning: the following files do not match any of the configured `:test_load_filters`"];

const NO_TESTS: &[u8] = b"There are no tests to run";

impl Mix {
    /// Looks at a line that no running suite owns. `true` claims it.
    pub(super) fn line(&mut self, line: &Line<'_>) -> bool {
        if let Some(boot) = self.boot.as_mut().filter(|b| b.lines < BOOT_LINES) {
            boot.message.push(line.text, BOOT_BYTES);
            boot.lines = boot.lines.saturating_add(1);
        }
        match line.text.first() {
            Some(b'T' | b'N' | b'P') => self.nothing(line),
            Some(b'*') => self.error(line),
            Some(b'E') => self.warnings(line, b"ERROR! T"),
            Some(b'w') => self.not_loaded(line),
            _ => false,
        }
    }

    fn nothing(&mut self, line: &Line<'_>) -> bool {
        let text = line.text;
        let nothing = text == NO_TESTS
            || text == b"No stale tests"
            || text.starts_with(b"Paths given to \"mix test\" did not match any ");
        let none_left = text.starts_with(b"The --")
            && text.ends_with(b" option was given to \"mix test\" but no test was executed");
        if nothing {
            self.nothing = self
                .nothing
                .take()
                .or(Some(said(DefectKind::NothingRan, line)));
        } else if none_left && self.notes.len() < KEPT {
            self.notes.push(said(DefectKind::NothingRan, line));
        }
        // An app without tests has no coverage table either: the reader of the tables wants to know.
        (nothing && text != NO_TESTS) || none_left
    }

    fn error(&mut self, line: &Line<'_>) -> bool {
        let Some(message) = line.text.strip_prefix(ERROR) else {
            return false;
        };
        if message.starts_with(b"t") && self.warnings(line, b"** (Mix) t") {
            return true;
        }
        if message.starts_with(NOT_STARTED) && self.boot.is_none() {
            let mut block = Block::default();
            block.push(
                line.text.strip_prefix(b"** ").unwrap_or_default(),
                BOOT_BYTES,
            );
            self.boot = Some(Boot {
                message: block,
                lines: 0,
            });
        }
        let found = message.starts_with(NOT_STARTED)
            || REFUSALS.iter().any(|start| message.starts_with(start));
        if found && self.errors.len() < KEPT {
            self.errors.push(said(DefectKind::ToolError, line));
        }
        found
    }

    /// The tests passed, but the command was told to fail on warnings, and there were some.
    fn warnings(&mut self, line: &Line<'_>, start: &[u8]) -> bool {
        let rest = start
            .split_last()
            .and_then(|(_, start)| line.text.strip_prefix(start));
        let found = rest
            .and_then(|r| r.get(1..))
            .is_some_and(|r| r.starts_with(WARNINGS));
        if found {
            self.warnings = Some(text::lossy(line.text, 1000));
        }
        found
    }

    fn not_loaded(&mut self, line: &Line<'_>) -> bool {
        let text = line.text;
        let found = NOT_LOADED.iter().any(|start| text.starts_with(start))
            || (text.starts_with(b"warning: ") && text.ends_with(b" and won't be loaded"));
        if found && self.notes.len() < KEPT {
            self.notes.push(said(DefectKind::Skipped, line));
        }
        false
    }

    /// The application that did not start, as a failure.
    pub(super) fn boot(&self) -> Option<Failure> {
        let message = self.boot.as_ref()?.message.finish()?;
        let error = TestError {
            kind: ErrorKind::Error,
            message,
            ..TestError::default()
        };
        Some(Failure {
            test_type: Some("boot".into()),
            errors: vec![error],
            ..Failure::default()
        })
    }

    /// Whether anything was said at all.
    pub(super) fn complains(&self) -> bool {
        !self.notes.is_empty() || !self.errors.is_empty()
    }

    /// The finding that made the command fail although its tests passed.
    pub(super) fn warnings_as_errors(&self) -> Option<Part> {
        let message = self.warnings.clone()?;
        let mut findings = Findings::new(Tool::Compiler);
        let finding = Finding {
            rule: "warnings-as-errors".to_owned(),
            category: None,
            severity: Severity::High,
            confidence: None,
            message,
            path: None,
            line: None,
            column: None,
            end_column: None,
            function: None,
        };
        findings.push(finding, 1);
        Some(Part {
            format: "compiler-console",
            tool: Tool::Compiler,
            parsed: Parsed::complete(Evidence::Findings(findings)),
        })
    }
}

fn said(kind: DefectKind, line: &Line<'_>) -> Defect {
    Defect::new(
        kind,
        text::lossy(line.text, 1000),
        Position::line(line.number),
    )
}
