//! Escaping: one function for each medium, applied where the text goes in. What is hostile becomes visible; nothing is
//! dropped.

use std::fmt::Write;

/// Text for a terminal or a log: control characters and text-direction controls become visible, so that a test's name
/// can neither move the cursor nor reorder what is read. Line ends become `\n`.
#[must_use]
pub fn terminal(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for c in text.chars() {
        match c {
            '\n' => out.push_str("\\n"),
            '\r' => out.push_str("\\r"),
            '\t' => out.push(' '),
            c if is_hostile(c) => push_code(&mut out, c),
            c => out.push(c),
        }
    }
    out
}

fn push_code(out: &mut String, c: char) {
    let code = u32::from(c);
    // Writing to a String does not fail.
    let _ = if code < 0x100 {
        write!(out, "\\x{code:02x}")
    } else {
        write!(out, "\\u{{{code:x}}}")
    };
}

/// C0, DEL, C1, what changes the direction or the lines of text, and what is no character.
fn is_hostile(c: char) -> bool {
    c.is_control()
        || matches!(c, '\u{200e}' | '\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}')
        || matches!(
            c,
            '\u{061c}' | '\u{2028}' | '\u{2029}' | '\u{feff}' | '\u{fffe}' | '\u{ffff}'
        )
}

/// A double-quoted YAML scalar on one line. Only plain marks, letters and digits stand as they are.
#[must_use]
pub fn yaml(text: &str) -> String {
    let mut out = String::with_capacity(text.len() + 2);
    out.push('"');
    for c in text.chars() {
        match c {
            '"' | '\\' => {
                out.push('\\');
                out.push(c);
            }
            '\n' => out.push_str("\\n"),
            '\t' => out.push_str("\\t"),
            ' '..='~' => out.push(c),
            c if c.is_alphanumeric() => out.push(c),
            c => {
                // Writing to a String does not fail.
                let _ = match u32::from(c) {
                    code if code <= 0xffff => write!(out, "\\u{code:04X}"),
                    code => write!(out, "\\U{code:08X}"),
                };
            }
        }
    }
    out.push('"');
    out
}

/// Inline Markdown: every ASCII punctuation mark is escaped, HTML cannot start, and neither `@name` nor `#1` nor an
/// address becomes a link.
#[must_use]
pub fn markdown(text: &str) -> String {
    let mut out = String::with_capacity(text.len() * 2);
    for c in terminal(text).chars() {
        match c {
            '&' => out.push_str("&amp;"),
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            // An escape alone does not keep a mention from being one in mail replies.
            '@' | '#' => {
                out.push('\\');
                out.push(c);
                out.push('\u{200b}');
            }
            c if c.is_ascii_punctuation() => {
                out.push('\\');
                out.push(c);
            }
            c => out.push(c),
        }
    }
    out
}

/// Text or an attribute of XML 1.0. What it has no place for is hostile everywhere, and visible.
#[must_use]
pub fn xml(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for c in terminal(text).chars() {
        match c {
            '&' => out.push_str("&amp;"),
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            '"' => out.push_str("&quot;"),
            '\'' => out.push_str("&#39;"),
            c => out.push(c),
        }
    }
    out
}

/// A fenced Markdown block: the fence is longer than any run of backticks inside, and no line of the text can end it.
#[must_use]
pub fn fence(text: &str, info: &str) -> String {
    let longest = text.split(|c| c != '`').map(str::len).max().unwrap_or(0);
    let fence = "`".repeat(longest.max(2) + 1);
    let mut out = format!("{fence}{info}\n");
    for line in text.lines() {
        out.push_str(&terminal(line));
        out.push('\n');
    }
    out.push_str(&fence);
    out.push('\n');
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_terminal_sees_no_control_character() {
        for code in (0..0x20)
            .chain(0x7f..0xa0)
            .chain(0x200e..0x2010)
            .chain(0x202a..0x202f)
            .chain(0x2066..0x206a)
        {
            let text = format!("a{}b", char::from_u32(code).unwrap());
            let shown = terminal(&text);
            assert!(
                shown.chars().all(|c| !is_hostile(c)),
                "{code:x} in {shown:?}"
            );
            assert!(shown.starts_with('a') && shown.ends_with('b') && shown.len() > 2);
        }
        assert_eq!(terminal("\u{1b}]0;x"), "\\x1b]0;x");
        assert_eq!(terminal("naïve ✓"), "naïve ✓");
    }

    #[test]
    fn a_yaml_text_stays_a_text() {
        assert_eq!(yaml("a: \"b\" \\ # c"), r##""a: \"b\" \\ # c""##);
        assert_eq!(
            yaml("x\n- y\t\u{1b}\u{7f}\u{85}\u{2028}"),
            r#""x\n- y\t\u001B\u007F\u0085\u2028""#
        );
        assert_eq!(yaml("naïve \u{1f600}"), r#""naïve \U0001F600""#);
    }

    #[test]
    fn markdown_says_what_it_shows() {
        assert_eq!(markdown("a|b"), "a\\|b");
        assert_eq!(markdown("<img src=x>"), "&lt;img src\\=x&gt;");
        assert_eq!(markdown("@team #1"), "\\@\u{200b}team \\#\u{200b}1");
        assert_eq!(markdown("two\nlines"), "two\\\\nlines");
    }

    #[test]
    fn xml_holds_no_markup_and_nothing_illegal() {
        assert_eq!(
            xml("<a b='\"'>&\u{0}\u{b}\u{ffff}"),
            "&lt;a b=&#39;&quot;&#39;&gt;&amp;\\x00\\x0b\\u{ffff}"
        );
    }

    #[test]
    fn a_fence_cannot_be_ended_from_inside() {
        assert_eq!(fence("a\n````\nb", ""), "`````\na\n````\nb\n`````\n");
        assert_eq!(fence("plain", "text"), "```text\nplain\n```\n");
    }
}
