//! Hints: sentences with holes. A part whose hole stays empty is dropped.

use super::text;

/// Longest hint, in characters.
const MAX: usize = 200;

/// Longest value put into a hint, in characters.
const VALUE: usize = 70;

/// Joins the parts that are there, as one line that starts with a capital letter.
pub(super) fn say(parts: &[Option<String>]) -> Option<String> {
    let joined: String = parts.iter().flatten().map(String::as_str).collect();
    let line = text::one_line(&joined, MAX);
    let mut chars = line.chars();
    let first = chars.next()?;
    Some(first.to_uppercase().chain(chars).collect())
}

/// A fixed hint.
pub(super) fn plain(words: &str) -> Option<String> {
    say(&[text(words)])
}

/// A fixed part of a hint.
#[expect(
    clippy::unnecessary_wraps,
    reason = "a part that may be absent, like the others"
)]
pub(super) fn text(words: &str) -> Option<String> {
    Some(words.to_owned())
}

/// A part with a hole: `{}` in the words is the value. Without a value there is no part.
pub(super) fn with(words: &str, value: Option<String>) -> Option<String> {
    let value = text::one_line(&value?, VALUE);
    if value.is_empty() {
        return None;
    }
    let (before, after) = words.split_once("{}")?;
    Some(format!("{before}{value}{after}"))
}

/// No hint at all.
pub(super) fn nothing() -> Option<String> {
    None
}
