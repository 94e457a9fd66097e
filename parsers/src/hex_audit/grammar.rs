//! The lines of `mix hex.audit`.

use nom::branch::alt;
use nom::bytes::complete::{tag, take_till1, take_until1, take_while1};
use nom::character::complete::{space0, space1};
use nom::combinator::{eof, opt, rest, verify};
use nom::sequence::{delimited, preceded, terminated};
use nom::{IResult, Parser};

use crate::advisory::WORD;
use crate::text::lossy;

/// What the entries of a section are.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Kind {
    /// Rows of the table of Hex 2.4 and before.
    Row,
    /// Retired packages.
    Retired {
        /// Whether the project ignores them, or a policy accepts them.
        accepted: bool,
    },
    /// Advisories.
    Advisory {
        /// Whether the project ignores them, or a policy accepts them.
        accepted: bool,
    },
}

/// Which Hex it was.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Generation {
    /// Before 2.5: retired packages only.
    Retirement,
    /// Since 2.5: advisories, too.
    Advisories,
}

/// What a line outside of the entries says.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Mark {
    /// Entries follow.
    Header(Kind),
    /// Nothing was found.
    Clean(Generation),
    /// Something of this kind was found.
    Found(Kind),
    /// A record of the registry could not be fetched.
    Stale,
    /// An exception that the project made is of no use any more.
    Ignored,
}

static LINES: &[(&str, Mark)] = &[
    (
        "No retired packages found",
        Mark::Clean(Generation::Retirement),
    ),
    (
        "No retired or security advisory packages found",
        Mark::Clean(Generation::Advisories),
    ),
    ("Retired:", Mark::Header(RETIRED)),
    ("Advisories:", Mark::Header(ADVISORY)),
    (
        "Ignored retired:",
        Mark::Header(Kind::Retired { accepted: true }),
    ),
    (
        "Ignored advisories:",
        Mark::Header(Kind::Advisory { accepted: true }),
    ),
    (
        "Policy-accepted retired:",
        Mark::Header(Kind::Retired { accepted: true }),
    ),
    (
        "Policy-accepted advisories:",
        Mark::Header(Kind::Advisory { accepted: true }),
    ),
    ("Found retired packages", Mark::Found(RETIRED)),
    (
        "Found packages with security advisories",
        Mark::Found(ADVISORY),
    ),
];

const RETIRED: Kind = Kind::Retired { accepted: false };
const ADVISORY: Kind = Kind::Advisory { accepted: false };

const TABLE: [&[u8]; 4] = [b"Dependency", b"Version", b"Retirement", b"reason"];

/// What a line says outside of the entries.
pub(super) fn mark(line: &[u8]) -> Option<Mark> {
    if !matches!(
        line.first()?,
        b'N' | b'R' | b'A' | b'I' | b'P' | b'F' | b'D' | b'i'
    ) {
        return None;
    }
    if let Some((_, mark)) = LINES.iter().find(|(text, _)| text.as_bytes() == line) {
        return Some(*mark);
    }
    if line.starts_with(b"Failed to fetch record for ")
        || line.starts_with(b"Failed to fetch policy ")
    {
        return Some(Mark::Stale);
    }
    if line.starts_with(b"ignore_advisories entry ")
        || line.starts_with(b"ignore_retirements entry ")
    {
        return Some(Mark::Ignored);
    }
    let words = line.split(|b| *b == b' ').filter(|w| !w.is_empty());
    words.eq(TABLE).then_some(Mark::Header(Kind::Row))
}

/// One entry: a package and its version, with why it is retired or with the advisory that hits it.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Entry {
    pub(super) package: String,
    pub(super) version: String,
    /// The reason for a retirement, or the id of an advisory.
    pub(super) what: String,
    /// The message of a retirement, or the severity of an advisory.
    pub(super) more: Option<String>,
}

/// The entry that stands in a section of this kind.
pub(super) fn entry(line: &[u8], kind: Kind) -> Option<Entry> {
    let (_, entry) = match kind {
        Kind::Row => (package(space1), retirement).map(Entry::new).parse(line),
        Kind::Retired { .. } => preceded(tag("  "), (package(tag(" - ")), retirement))
            .map(Entry::new)
            .parse(line),
        Kind::Advisory { .. } => preceded(tag("  "), (package(tag(" - ")), advisory))
            .map(Entry::new)
            .parse(line),
    }
    .ok()?;
    Some(entry)
}

type Pair<'a> = (&'a [u8], &'a [u8]);

/// A text, and another one that may be missing.
type What<'a> = (&'a [u8], Option<&'a [u8]>);

impl Entry {
    fn new(((package, version), (what, more)): (Pair<'_>, What<'_>)) -> Self {
        let text = |bytes: &[u8]| lossy(bytes, WORD);
        Self {
            package: text(package),
            version: text(version),
            what: text(what),
            more: more.filter(|m| !m.is_empty()).map(text),
        }
    }
}

/// `phoenix 1.4.0`, and what parts it from the rest.
fn package<'a, P>(
    end: P,
) -> impl Parser<&'a [u8], Output = Pair<'a>, Error = nom::error::Error<&'a [u8]>>
where
    P: Parser<&'a [u8], Output = &'a [u8], Error = nom::error::Error<&'a [u8]>>,
{
    let name = take_while1(|b: u8| b.is_ascii_alphanumeric() || b == b'_' || b == b'/');
    let version = verify(take_till1(|b| b == b' '), |v: &[u8]| {
        v.first().is_some_and(u8::is_ascii_digit)
    });
    (terminated(name, space1), terminated(version, end))
}

/// `(security) Use another one`, padded at its end in a table.
fn retirement(line: &[u8]) -> IResult<&[u8], What<'_>> {
    let reason = delimited(tag("("), take_until1(")"), tag(")"));
    let message = rest.map(|m: &[u8]| Some(m.trim_ascii()));
    (
        reason,
        alt((preceded(tag(" "), message), eof.map(|_| None))),
    )
        .parse(line)
}

/// `GHSA-628h-q48j-jr6q (HIGH)`.
fn advisory(line: &[u8]) -> IResult<&[u8], What<'_>> {
    let severity = delimited(tag(" ("), take_until1(")"), tag(")"));
    let id = take_till1(|b| b == b' ' || b == b'(');
    terminated((id, opt(severity)), (space0, eof)).parse(line)
}
