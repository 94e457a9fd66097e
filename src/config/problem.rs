//! One problem of a file, with its place and the line that it stands in.

use super::Span;

/// What is wrong, and where.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Problem {
    /// The file, as it is named.
    pub file: String,
    /// From 1.
    pub line: usize,
    /// In characters, from 1.
    pub column: usize,
    /// What is wrong, and what to do.
    pub message: String,
    /// The line.
    shown: String,
    /// Characters that it is about.
    width: usize,
}

/// Characters of a line that are shown.
const SHOWN: usize = 120;

impl Problem {
    pub(super) fn new(file: &str, text: &str, span: Span, message: String) -> Self {
        let (line, column) = place(text, span.start);
        let shown: String = text.lines().nth(line - 1).unwrap_or_default().into();
        let about = text.get(span).unwrap_or_default();
        let first = about.lines().next().unwrap_or_default().chars().count();
        let room = shown.chars().count().saturating_sub(column - 1);
        Self {
            file: file.to_owned(),
            line,
            column,
            message,
            width: first.min(room).max(1),
            shown,
        }
    }

    /// The problem for people: its place and message, the line, and a mark below it. No line is escaped yet.
    #[must_use]
    pub fn lines(&self) -> Vec<String> {
        let (line, column) = (self.line, self.column);
        let mut out = vec![format!("{}:{line}:{column}: {}", self.file, self.message)];
        let shown: String = self.shown.replace('\t', " ");
        if column <= SHOWN && !shown.trim().is_empty() {
            let shown: String = shown.chars().take(SHOWN).collect();
            let marks = "^".repeat(self.width.min(SHOWN + 1 - column));
            let margin = " ".repeat(line.to_string().len());
            out.push(format!("  {line} | {}", shown.trim_end()));
            out.push(format!("  {margin} | {}{marks}", " ".repeat(column - 1)));
        }
        out
    }
}

/// Line and column of an offset, both from 1.
pub(super) fn place(text: &str, offset: usize) -> (usize, usize) {
    let before = text.get(..offset).unwrap_or(text);
    let line = before.matches('\n').count() + 1;
    let start = before.rfind('\n').map_or(0, |i| i + 1);
    let column = before.get(start..).unwrap_or_default().chars().count() + 1;
    (line, column)
}
