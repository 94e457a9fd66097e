//! Long warnings: a head or an apology, lines of text, and a ruler that closes them.

use super::row::{self, Place};
use crate::evidence::{Finding, Severity};
use crate::text::{self, Block};

/// The rule of a warning that dialyxir could not word and whose tag it does not tell.
pub(super) const UNWORDED: &str = "legacy_warning";

/// Dialyzer grades nothing.
pub(super) const SEVERITY: Severity = Severity::Medium;

/// A long warning.
pub(super) struct Long {
    finding: Finding,
    text: Block,
    state: LongState,
    /// Lines so far, without the first.
    pub(super) lines: u64,
}

/// Where a long warning stands. One that dialyxir could not word gives its reason first, then what Erlang says.
#[derive(Clone, Copy, PartialEq, Eq)]
enum LongState {
    /// What the warning says.
    Text,
    /// Why it could not be worded.
    Reason,
    /// The tag that dialyxir does not know.
    Tag,
    /// The place, and what Erlang says.
    Legacy,
}

impl Long {
    /// A warning of which the first line was read.
    pub(super) fn new(finding: Finding) -> Self {
        Self {
            finding,
            text: Block::default(),
            state: LongState::Text,
            lines: 0,
        }
    }

    /// A warning that dialyxir could not word.
    pub(super) fn unworded() -> Self {
        Self {
            state: LongState::Reason,
            ..Self::new(warning(UNWORDED.as_bytes(), &Place::default()))
        }
    }

    /// Another line.
    pub(super) fn push(&mut self, line: &[u8], max: usize) {
        self.lines = self.lines.saturating_add(1);
        match (self.state, line) {
            (LongState::Reason | LongState::Tag, b"Legacy warning:") => {
                self.text = Block::default();
                self.state = LongState::Legacy;
            }
            (LongState::Reason, b"Unknown warning:") => self.state = LongState::Tag,
            (LongState::Tag, [b':', tag @ ..]) => {
                self.finding.rule = text::lossy(tag, 100);
                self.state = LongState::Reason;
            }
            (LongState::Legacy, line) if self.text.is_empty() => {
                self.state = LongState::Text;
                self.legacy(line, max);
            }
            _ => self.text.push(line, max),
        }
    }

    /// `path:line:column: text`, as Erlang words it.
    fn legacy(&mut self, line: &[u8], max: usize) {
        let place = row::place(line);
        let text = place.as_ref().and_then(|p| p.rest.strip_prefix(b": "));
        if let (Some(place), Some(text)) = (&place, text) {
            self.finding = warning(self.finding.rule.as_bytes(), place);
            self.text.push(text, max);
        } else {
            self.text.push(line, max);
        }
    }

    /// The whole warning.
    pub(super) fn finish(self: Box<Self>) -> Finding {
        let mut finding = self.finding;
        finding.message = self.text.finish().unwrap_or_default();
        finding
    }
}

/// A warning without its text.
pub(super) fn warning(name: &[u8], place: &Place<'_>) -> Finding {
    Finding {
        rule: text::lossy(name, row::REACH),
        category: None,
        severity: SEVERITY,
        confidence: None,
        message: String::new(),
        path: place.path.map(|path| text::lossy(path, row::REACH)),
        line: place.line,
        column: place.column,
        end_column: None,
        function: None,
    }
}
