//! Texts as rules and hints need them: squeezed, cut, without what differs from run to run.

use std::borrow::Cow;

use super::pattern::Pattern;

/// Every run of white space as one space, so that a value wrapped over lines reads as on one.
pub(super) fn squeeze(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for word in text.split_whitespace() {
        if !out.is_empty() {
            out.push(' ');
        }
        out.push_str(word);
    }
    out
}

/// At most `max` characters on one line, without control characters; a cut text ends with an ellipsis.
pub(super) fn one_line(text: &str, max: usize) -> String {
    let mut out = String::new();
    let shown = squeeze(text)
        .chars()
        .filter(|c| !is_hidden(*c))
        .collect::<Vec<_>>();
    if shown.len() <= max {
        out.extend(shown);
    } else {
        out.extend(shown.iter().take(max.saturating_sub(1)));
        out.push('…');
    }
    out
}

/// Characters that do not show or that reorder what shows.
pub(super) fn is_hidden(c: char) -> bool {
    c.is_control()
        || matches!(c, '\u{200b}'..='\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2060}'..='\u{2069}' | '\u{feff}')
}

/// The first line that is not blank, trimmed.
pub(super) fn first_line(text: &str) -> &str {
    text.lines()
        .map(str::trim)
        .find(|line| !line.is_empty())
        .unwrap_or_default()
}

/// The longest start of at most `max` bytes that is whole characters.
pub(super) fn head(text: &str, max: usize) -> &str {
    let mut end = max.min(text.len());
    while !text.is_char_boundary(end) {
        end = end.saturating_sub(1);
    }
    text.get(..end).unwrap_or_default()
}

/// A line without what differs between two runs of the same failure: pids, references, ids, durations, numbers.
pub(super) fn normalise(line: &str) -> String {
    let steps: [(&Pattern, &str); 5] = [
        (re!(r"#(PID|Reference|Port|Function)<[^<>]*>"), "#$1<>"),
        (
            re!(r"\b[0-9a-fA-F]{8}-[0-9a-fA-F]{4}-[0-9a-fA-F]{4}-[0-9a-fA-F]{4}-[0-9a-fA-F]{12}\b"),
            "<id>",
        ),
        (re!(r"\b0x[0-9a-fA-F]+\b"), "<id>"),
        (re!(r"\b(?:[0-9]+[a-f]|[a-f]+[0-9])[0-9a-f]{6,}\b"), "<id>"),
        (re!(r"\b[0-9][0-9_]*(?:\.[0-9]+)?(?:e[+-]?[0-9]+)?"), "0"),
    ];
    let mut out = Cow::Borrowed(line);
    for (pattern, by) in steps {
        if let Cow::Owned(changed) = pattern.replace_all(&out, by) {
            out = Cow::Owned(changed);
        }
    }
    squeeze(&out)
}
