//! The block that ends a failed compilation:
//!
//! ```text
//! == Compilation error in file lib/a.ex ==
//! ** (CompileError) lib/a.ex:3: undefined function b/0
//!     (elixir 1.14.0) lib/kernel.ex:12: …
//! ```
//!
//! The header may be missing (scripts, `mix.exs`). The message may have several paragraphs, and syntax errors show the
//! source. Stack entries follow; without them, a blank line does.

use nom::bytes::complete::{tag, take_until};
use nom::combinator::all_consuming;
use nom::sequence::delimited;
use nom::{IResult, Parser};

use super::diagnostic;
use crate::evidence::Finding;
use crate::text;

/// Exceptions that source code alone causes, so that they need no header to be known as compile errors.
const SYNTAX: &[&str] = &[
    "CompileError",
    "MismatchedDelimiterError",
    "SyntaxError",
    "TokenMissingError",
];

/// The rule of an error whose reason is missing.
const UNKNOWN: &str = "compilation-error";

pub(super) struct Block {
    /// Line of its first line.
    pub(super) number: u64,
    /// `lib/a.ex`, or `lib/a.ex:3` since Elixir 1.19.
    header: Option<String>,
    /// Name of the exception, and the rest of its line.
    banner: Option<(String, String)>,
    /// Further lines of the message.
    more: text::Block,
    /// Places in stack entries: the first in the file of the header.
    frame: Option<String>,
    state: State,
}

/// What was read last.
#[derive(Clone, Copy, PartialEq, Eq)]
enum State {
    Header,
    Message,
    Blank,
    Stack,
}

impl Block {
    /// A block that starts with this header.
    pub(super) fn headed(line: &[u8], number: u64) -> Option<Self> {
        let (_, path) = header(line).ok()?;
        let header = Some(String::from_utf8_lossy(path).into_owned());
        Some(Self {
            header,
            ..Self::new(number, State::Header)
        })
    }

    /// A block that starts with its exception.
    pub(super) fn headless(line: &[u8], number: u64, max: usize) -> Option<Self> {
        let (name, rest) = banner(line, max)?;
        SYNTAX.contains(&name.as_str()).then(|| Self {
            banner: Some((name, rest)),
            ..Self::new(number, State::Message)
        })
    }

    fn new(number: u64, state: State) -> Self {
        Self {
            number,
            header: None,
            banner: None,
            more: text::Block::default(),
            frame: None,
            state,
        }
    }

    /// Takes a line, if it belongs to the block.
    pub(super) fn line(&mut self, line: &[u8], max: usize) -> bool {
        if self.state == State::Header {
            self.banner = banner(line, max);
            self.state = State::Message;
            return self.banner.is_some();
        }
        let indented = line.starts_with(b"    ");
        let own = match self.state {
            State::Header => false,
            State::Message => header(line).is_err() && !(line.starts_with(b"** (")),
            State::Blank => indented && !diagnostic::is_head(line),
            State::Stack => indented,
        };
        if own && self.banner.is_some() {
            self.take(line, max);
        }
        own && self.banner.is_some()
    }

    fn take(&mut self, line: &[u8], max: usize) {
        if line.is_empty() {
            self.state = State::Blank;
        } else if let Some(entry) = stack_entry(line) {
            self.frame = self.frame.take().or_else(|| self.own_place(entry));
            self.state = State::Stack;
        }
        if self.state != State::Stack {
            self.more.push(line, max);
        }
    }

    /// The place of a stack entry, if it is in the file of the header.
    fn own_place(&self, entry: &[u8]) -> Option<String> {
        let (path, _, _) = text::location(self.header.as_deref()?);
        let place = String::from_utf8_lossy(entry);
        let (place, _) = place.split_once(": ")?;
        (text::location(place).0 == path).then(|| place.to_owned())
    }

    pub(super) fn has_banner(&self) -> bool {
        self.banner.is_some()
    }

    /// Whether it only says that there are diagnostics.
    pub(super) fn is_summary(&self) -> bool {
        let rest = self.banner.as_ref().map(|(_, rest)| rest.as_str());
        rest.is_some_and(|r| r.ends_with("(errors have been logged)"))
    }

    pub(super) fn finish(self) -> Finding {
        let more = self.more.finish().unwrap_or_default();
        let (rule, first) = self
            .banner
            .unwrap_or_else(|| (UNKNOWN.to_owned(), String::new()));
        let (place, message) = split(&first, &more, self.header.as_deref());
        let header = self.header.as_deref().map(text::location);
        let frame = self.frame.as_deref().map(text::location);
        let found = [
            place,
            header.filter(|(_, line, _)| line.is_some()),
            frame,
            header,
        ];
        let mut finding = super::finding(rule, message);
        if let Some((path, line, column)) = found.into_iter().flatten().next() {
            finding.path = Some(path.to_owned());
            finding.line = line;
            finding.column = column;
        }
        finding
    }
}

type Place<'a> = (
    &'a str,
    Option<std::num::NonZeroU32>,
    Option<std::num::NonZeroU32>,
);

/// The place that the exception names, and what is left of its text.
fn split<'a>(first: &'a str, more: &str, header: Option<&str>) -> (Option<Place<'a>>, String) {
    // `mismatched delimiter found on lib/a.ex:5:3:`, and the diagnostic below it.
    let found = first.strip_suffix(':').and_then(|f| f.rsplit_once(" on "));
    if let Some(place) = found.map(|(_, place)| text::location(place))
        && place.1.is_some()
    {
        let message = more.strip_prefix("    error: ").unwrap_or(more).to_owned();
        return (Some(place), message);
    }
    let join = |first: &str| {
        let both = [first, more];
        both.into_iter()
            .filter(|t| !t.is_empty())
            .collect::<Vec<_>>()
            .join("\n")
    };
    if let Some((place, rest)) = first.split_once(": ") {
        let (path, line, column) = text::location(place);
        let named = header.is_some_and(|h| text::location(h).0 == path);
        if named || (line.is_some() && path.contains('.') && !path.contains(' ')) {
            // The file alone says less than the header and the stack.
            let place = line.map(|line| (path, Some(line), column));
            return (place, join(rest));
        }
    }
    (None, join(first))
}

fn header(line: &[u8]) -> IResult<&[u8], &[u8]> {
    let start = tag("== Compilation error in file ");
    all_consuming(delimited(start, take_until(" =="), tag(" =="))).parse(line)
}

/// `** (Name) rest`.
fn banner(line: &[u8], max: usize) -> Option<(String, String)> {
    let name = delimited(tag("** ("), take_until(")"), tag(")"));
    let parsed: IResult<&[u8], &[u8]> = { name }.parse(line);
    let (rest, name) = parsed.ok()?;
    let rest = rest.strip_prefix(b" ").unwrap_or(rest);
    Some((text::lossy(name, 200), text::lossy(rest, max)))
}

/// A stack entry without its indentation and application: `(stdlib 8.1) lists.erl:2465: …`, `lib/a.ex:2: (module)`.
fn stack_entry(line: &[u8]) -> Option<&[u8]> {
    let entry = line.strip_prefix(b"    ")?;
    if entry.starts_with(b"expanding ") {
        return Some(entry);
    }
    if entry.first() == Some(&b'(') && entry.windows(2).any(|w| w == b") ") {
        return Some(entry);
    }
    let space = entry.iter().position(|b| *b == b' ')?;
    let place = entry.get(..space)?.strip_suffix(b":")?;
    let (_, line, _) = text::location(std::str::from_utf8(place).ok()?);
    line.map(|_| entry)
}
