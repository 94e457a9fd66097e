//! Escaping: one function for each medium, applied where the text goes in. What is hostile becomes visible; nothing is
//! dropped.
//!
//! GitHub's runner reads whatever a step prints, so no medium may hold `##[`, and no line of a medium may begin with
//! `::`, unless it is a workflow command of our own.

use std::borrow::Cow;
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

/// A double-quoted YAML scalar on one line. Only plain marks, letters and digits stand as they are, and none of them as
/// the `##[` that a runner obeys anywhere in a line.
#[must_use]
pub fn yaml(text: &str) -> String {
    let mut out = String::with_capacity(text.len() + 2);
    out.push('"');
    for c in text.chars() {
        match c {
            '[' if out.ends_with('#') => out.push_str("\\u005B"),
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
        match entity(c) {
            Some(entity) => out.push_str(entity),
            None => out.push(c),
        }
    }
    out
}

/// What stands for a character that is markup.
fn entity(c: char) -> Option<&'static str> {
    match c {
        '&' => Some("&amp;"),
        '<' => Some("&lt;"),
        '>' => Some("&gt;"),
        '"' => Some("&quot;"),
        '\'' => Some("&#39;"),
        _ => None,
    }
}

/// A fenced Markdown block: the fence is longer than any run of backticks inside, and no line of the text can end it.
#[must_use]
pub fn fence(text: &str, info: &str) -> String {
    let longest = text.split(|c| c != '`').map(str::len).max().unwrap_or(0);
    let fence = "`".repeat(longest.max(2) + 1);
    let mut out = format!("{fence}{info}\n");
    for line in text.lines() {
        let line = log(line);
        // What is printed by a step may be read by its runner.
        if line.trim_start().starts_with("::") {
            out.push('\\');
        }
        out.push_str(&line);
        out.push('\n');
    }
    out.push_str(&fence);
    out.push('\n');
    out
}

/// Text of several lines: line ends stay (as `\n`), so do tabs; everything else that is hostile becomes visible.
#[must_use]
pub fn lines(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    let mut chars = text.chars().peekable();
    while let Some(c) = chars.next() {
        match c {
            '\r' if chars.peek() == Some(&'\n') => {}
            '\n' | '\t' => out.push(c),
            '\r' => out.push_str("\\r"),
            c if is_hostile(c) => push_code(&mut out, c),
            c => out.push(c),
        }
    }
    out
}

/// A piece of a line of a log that a runner reads, behind words of our own.
#[must_use]
pub fn log(text: &str) -> String {
    terminal(text).replace("##[", "##\\[")
}

/// The message of a workflow command.
#[must_use]
pub fn command(text: &str) -> String {
    let text = lines(text).replace("##[", "##\\[");
    text.replace('%', "%25").replace('\n', "%0A")
}

/// A property of a workflow command.
#[must_use]
pub fn property(text: &str) -> String {
    command(text).replace(':', "%3A").replace(',', "%2C")
}

/// Plain text of an annotation of a check run: nobody is mentioned and nothing is linked, whoever shows it or mails it on.
#[must_use]
pub fn annotation(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for c in lines(text).chars() {
        out.push(c);
        if matches!(c, '@' | '#') {
            out.push('\u{200b}');
        }
    }
    out
}

/// Text or an attribute of XML and HTML. Line ends are references, so no line of the document begins with foreign text;
/// XML 1.0 has no place for most control characters, so they become visible.
#[must_use]
pub fn markup(text: &str) -> String {
    let mut out = String::with_capacity(text.len() + 16);
    let mut before = ' ';
    for c in lines(text).chars() {
        match (c, entity(c)) {
            (_, Some(entity)) => out.push_str(entity),
            ('\n', None) => out.push_str("&#10;"),
            ('\t', None) => out.push_str("&#9;"),
            ('[', None) if before == '#' => out.push_str("&#91;"),
            (':', None) if before == ':' => out.push_str("&#58;"),
            ('\u{fffe}' | '\u{ffff}', None) => push_code(&mut out, c),
            (c, None) => out.push(c),
        }
        before = c;
    }
    out
}

/// A path as a relative reference of a URI: everything but letters, digits, `-._~` and `/` is percent-encoded, so that
/// neither a scheme nor a query can begin.
#[must_use]
pub fn uri(path: &str) -> String {
    let mut out = String::with_capacity(path.len());
    for byte in path.bytes() {
        match byte {
            b'-' | b'.' | b'_' | b'~' | b'/' => out.push(char::from(byte)),
            b if b.is_ascii_alphanumeric() => out.push(char::from(b)),
            // Writing to a String does not fail.
            b => drop(write!(out, "%{b:02X}")),
        }
    }
    out
}

/// A piece of a string of a JSON document, or a whole document without its line ends, for what is hostile stands inside
/// strings only: written as an escape, it is read as the same text.
#[must_use]
pub fn json(text: &str) -> Cow<'_, str> {
    let Some(first) = text.bytes().position(is_suspect) else {
        return Cow::Borrowed(text);
    };
    let (before, mut rest) = text.split_at(first);
    let mut out = String::with_capacity(text.len() + 16);
    out.push_str(before);
    loop {
        let mut chars = rest.chars();
        let Some(c) = chars.next() else {
            return Cow::Owned(out);
        };
        match c {
            '#' if rest.starts_with("##[") => out.push_str("\\u0023"),
            // Every hostile character is in the basic plane. Writing to a String does not fail.
            c if is_hostile(c) => drop(write!(out, "\\u{:04x}", u32::from(c))),
            c => out.push(c),
        }
        rest = chars.as_str();
        let next = rest.bytes().position(is_suspect);
        let (before, from) = rest.split_at(next.unwrap_or(rest.len()));
        out.push_str(before);
        rest = from;
    }
}

/// Whether a character that begins with this byte may have to be escaped in JSON.
fn is_suspect(byte: u8) -> bool {
    // Of two bytes: C1 and U+061C. Of three: U+2000 to U+2FFF, and U+F000 to U+FFFF.
    byte < 0x20 || matches!(byte, b'#' | 0x7f | 0xc2 | 0xd8 | 0xe2 | 0xef)
}

/// A message of SARIF: plain text, in which `[text](target)` would be a link.
#[must_use]
pub fn sarif(text: &str) -> String {
    lines(text).replace("](", "]\u{200b}(")
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
        assert_eq!(yaml("##[x]"), r###""##\u005Bx]""###);
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
        assert_eq!(fence(" ::error::x", ""), "```\n\\ ::error::x\n```\n");
    }

    #[test]
    fn a_workflow_command_carries_its_text_and_nothing_else() {
        assert_eq!(command("50%\r\na\rb"), "50%25%0Aa\\rb");
        assert_eq!(command("##[add-mask]x"), "##\\[add-mask]x");
        assert_eq!(property("a,line=1::b%0A"), "a%2Cline=1%3A%3Ab%250A");
        assert_eq!(log("\n::error::x"), "\\n::error::x");
    }

    #[test]
    fn markup_is_legal_in_xml_and_inert_in_html() {
        let evil = "<a href='x'>&\u{0}\u{1b}\u{ffff}\u{202e}\"\n::error::##[x]]>";
        assert_eq!(
            markup(evil),
            "&lt;a href=&#39;x&#39;&gt;&amp;\\x00\\x1b\\u{ffff}\\u{202e}&quot;&#10;:&#58;error:&#58;##&#91;x]]&gt;"
        );
    }

    #[test]
    fn an_annotation_mentions_nobody() {
        assert_eq!(
            annotation("@team #1\r\n##[x]\u{7}"),
            "@\u{200b}team #\u{200b}1\n#\u{200b}#\u{200b}[x]\\x07"
        );
    }

    #[test]
    fn a_path_stays_a_path() {
        assert_eq!(uri("lib/a b.ex"), "lib/a%20b.ex");
        assert_eq!(
            uri("javascript:alert(1)?#é"),
            "javascript%3Aalert%281%29%3F%23%C3%A9"
        );
    }

    #[test]
    fn every_hostile_character_is_suspect() {
        for c in (0..=0x10_ffff)
            .filter_map(char::from_u32)
            .filter(|c| is_hostile(*c))
        {
            assert!(is_suspect(c.to_string().as_bytes()[0]), "{c:?}");
            assert!(json(&format!("a{c}b")).is_ascii(), "{c:?}");
        }
    }

    #[test]
    fn json_says_the_same_after_it_was_escaped() {
        let text = "##[x] \u{202e} \u{7f} \u{9b} \u{2028} ok";
        let plain = serde_json::to_string(text).unwrap();
        let safe = json(&plain);
        assert!(safe.is_ascii() && !safe.contains("##["), "{safe}");
        assert_eq!(serde_json::from_str::<String>(&safe).unwrap(), text);
    }

    #[test]
    fn sarif_has_no_links_of_others() {
        assert_eq!(sarif("[a](http://b)"), "[a]\u{200b}(http://b)");
        assert_eq!(sarif("a\r\nb\u{7}"), "a\nb\\x07");
    }
}
