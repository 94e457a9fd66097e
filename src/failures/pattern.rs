//! Regular expressions that are compiled only when a text may match: to compile all of them takes longer than to read and
//! judge a usual run.

use std::borrow::Cow;
use std::sync::OnceLock;

use regex::{CaptureMatches, Captures, Regex, Replacer};

/// A regular expression, and the literal that every text has which it matches.
pub(super) struct Pattern {
    source: &'static str,
    literal: OnceLock<String>,
    regex: OnceLock<Regex>,
}

/// A pattern that is compiled at most once. Every pattern of these modules is compiled by a test.
macro_rules! re {
    ($pattern:literal) => {{
        static RE: crate::failures::pattern::Pattern =
            crate::failures::pattern::Pattern::new($pattern);
        &RE
    }};
}

impl Pattern {
    pub(super) const fn new(source: &'static str) -> Self {
        Self {
            source,
            literal: OnceLock::new(),
            regex: OnceLock::new(),
        }
    }

    /// The expression, compiled whatever the text is.
    pub(super) fn regex(&self) -> &Regex {
        let compiled = || Regex::new(&ascii(self.source)).expect("a tested pattern");
        self.regex.get_or_init(compiled)
    }

    /// The expression, where the text may match.
    fn on(&self, text: &str) -> Option<&Regex> {
        let literal = self.literal.get_or_init(|| literal(self.source));
        text.contains(literal.as_str()).then(|| self.regex())
    }

    pub(super) fn is_match(&self, text: &str) -> bool {
        self.on(text).is_some_and(|re| re.is_match(text))
    }

    pub(super) fn captures<'t>(&self, text: &'t str) -> Option<Captures<'t>> {
        self.on(text)?.captures(text)
    }

    pub(super) fn captures_iter<'s, 't>(
        &'s self,
        text: &'t str,
    ) -> std::iter::Flatten<std::option::IntoIter<CaptureMatches<'s, 't>>> {
        let all = self.on(text).map(|re| re.captures_iter(text));
        all.into_iter().flatten()
    }

    pub(super) fn replace_all<'t>(&self, text: &'t str, by: impl Replacer) -> Cow<'t, str> {
        match self.on(text) {
            Some(re) => re.replace_all(text, by),
            None => Cow::Borrowed(text),
        }
    }
}

/// The longest text that stands in everything that this pattern matches, as far as its plain characters tell; empty where
/// there is none. What stands in a group or a class does not count, and one alternative speaks for no other.
fn literal(pattern: &str) -> String {
    let (mut best, mut run, mut depth) = (String::new(), String::new(), 0u32);
    let mut rest = pattern.chars();
    while let Some(c) = rest.next() {
        let plain = match c {
            // A group whose flags ignore case or spaces, and alternatives of the whole.
            '(' if depth == 0 && flagged(rest.as_str()) => return String::new(),
            '|' if depth == 0 => return String::new(),
            '(' => {
                depth = depth.saturating_add(1);
                None
            }
            ')' => {
                depth = depth.saturating_sub(1);
                None
            }
            '[' => {
                skip_class(&mut rest);
                None
            }
            '*' | '?' | '{' => {
                // What stands before it may be missing.
                run.pop();
                if c == '{' {
                    rest.by_ref().find(|c| *c == '}');
                }
                None
            }
            '.' | '^' | '$' | '+' => None,
            // A class or a place by a letter, or a character that would else mean something.
            '\\' => rest
                .next()
                .filter(|c| !c.is_ascii_alphanumeric() && !['<', '>'].contains(c)),
            c => Some(c),
        };
        match plain {
            Some(c) if depth == 0 => run.push(c),
            Some(_) | None => {
                if run.len() > best.len() {
                    best.clone_from(&run);
                }
                run.clear();
            }
        }
    }
    if run.len() > best.len() { run } else { best }
}

/// The same pattern, in which digits, words and blanks are those of ASCII: the tables of Unicode take most of the time to
/// compile it, and no tool writes its own words in other letters.
fn ascii(pattern: &str) -> String {
    let mut out = String::new();
    let (mut rest, mut class) = (pattern.chars(), false);
    while let Some(c) = rest.next() {
        let escaped = (c == '\\').then(|| rest.next()).flatten();
        match (c, escaped, escaped.and_then(set)) {
            (_, _, Some(set)) if class => out.push_str(set),
            (_, _, Some(set)) => out.push_str(&format!("[{set}]")),
            (_, Some('b'), _) if !class => out.push_str(r"(?-u:\b)"),
            (_, escaped, _) => out.extend([c].into_iter().chain(escaped)),
        }
        match c {
            '[' if !class => {
                class = true;
                // What stands first in a class does not end it.
                for first in ['^', ']'] {
                    if let Some(behind) = rest.as_str().strip_prefix(first) {
                        out.push(first);
                        rest = behind.chars();
                    }
                }
            }
            ']' => class = false,
            _ => {}
        }
    }
    out
}

/// What the letter of an escape stands for, in a class.
fn set(escape: char) -> Option<&'static str> {
    match escape {
        'd' => Some("[:digit:]"),
        'w' => Some("[:word:]"),
        's' => Some("[:space:]"),
        _ => None,
    }
}

/// Whether a group without a closing of its own (`(?i)`) changes what all that follows means.
fn flagged(group: &str) -> bool {
    let flags = group.strip_prefix('?').and_then(|g| g.split_once(')'));
    flags.is_some_and(|(flags, _)| {
        flags.bytes().all(|b| b.is_ascii_lowercase() || b == b'-') && flags.contains(['i', 'x'])
    })
}

/// Passes over the rest of a class.
fn skip_class(rest: &mut std::str::Chars<'_>) {
    let mut first = true;
    while let Some(c) = rest.next() {
        match c {
            '\\' => drop(rest.next()),
            ']' if !first => return,
            '^' if first => continue,
            _ => {}
        }
        first = false;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn classes_are_those_of_ascii() {
        for (pattern, expected) in [
            (r"^\d+ (\w+)\b", r"^[[:digit:]]+ ([[:word:]]+)(?-u:\b)"),
            (r"[\w.]*\.[^\d]\S", r"[[:word:].]*\.[^[:digit:]]\S"),
            (r"[]\s]\s[^]\w]", r"[][:space:]][[:space:]][^][:word:]]"),
            (r"\[\d\]\\d[\]\d]", r"\[[[:digit:]]\]\\d[\][:digit:]]"),
        ] {
            assert_eq!(ascii(pattern), expected);
            assert!(Regex::new(expected).is_ok(), "{expected}");
        }
    }

    #[test]
    fn the_literal_stands_in_everything_that_matches() {
        for (pattern, expected) in [
            ("^could not (.*)", "could not "),
            (r"\(EXIT\) (?:shutdown|normal)$", "(EXIT) "),
            (r"abc?d+e{2}fg*hi|x", ""),
            (r"abc?d+e{2}fg*hi", "ab"),
            (r"a[]x]bc[^\]y]d", "bc"),
            (r"(?i)no case", ""),
            (r"(?m)^line (?i-u:word)", "line "),
            (r"\b0x[0-9]+\b", "0x"),
            (r"é?ü", "ü"),
            (r"#(PID|Port)<[^<>]*>", "#"),
            (r"(?:abcdef)?gh", "gh"),
        ] {
            assert_eq!(literal(pattern), expected, "{pattern}");
        }
    }
}
