//! The lines of Credo's default text, one function a line. Widths, colours and the terminal change nothing in them:
//! colour is gone before, and wrapped messages are joined by the caller.

use nom::branch::alt;
use nom::bytes::complete::{tag, take, take_while1};
use nom::character::complete::digit1;
use nom::combinator::{all_consuming, map_opt, rest, value, verify};
use nom::multi::separated_list1;
use nom::sequence::{delimited, preceded, terminated};
use nom::{IResult, Parser};

use crate::evidence::Severity;
use crate::text::number;

use super::CATEGORIES;

/// The bar at the left of every line about an issue.
const EDGE: &[u8] = "┃".as_bytes();

/// A line about issues, behind its bar.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Edge<'a> {
    /// Nothing but the bar.
    Blank,
    /// The first line of an issue.
    Head(Head<'a>),
    /// So many issues of the category are not listed.
    More(u64),
    /// The rest of a message, a location, or source text.
    Text(&'a [u8]),
    /// None of these.
    Unknown,
}

/// The first line of an issue.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Head<'a> {
    /// The letter of its category.
    pub(super) tag: u8,
    /// What its arrow says.
    pub(super) severity: Severity,
    /// The message, perhaps not all of it.
    pub(super) text: &'a [u8],
}

/// A line that starts with the bar; `None` for any other.
pub(super) fn edge(line: &[u8]) -> Option<Edge<'_>> {
    let body = line.strip_prefix(EDGE)?;
    if body.iter().all(|b| *b == b' ') {
        return Some(Edge::Blank);
    }
    let text = |i| preceded(tag("       "), rest).map(Edge::Text).parse(i);
    let head = |i| preceded(tag(" "), head).map(Edge::Head).parse(i);
    let more = |i| more(i).map(|(i, n)| (i, Edge::More(n)));
    let found: IResult<&[u8], Edge<'_>> = all_consuming(alt((text, head, more))).parse(body);
    Some(found.map_or(Edge::Unknown, |(_, edge)| edge))
}

/// `[R] ↗ text`, to the end of the line.
pub(super) fn head(i: &[u8]) -> IResult<&[u8], Head<'_>> {
    let letter = verify(take(1_usize), |t: &[u8]| {
        t.first().is_some_and(u8::is_ascii_uppercase)
    });
    let tag_letter = map_opt(delimited(tag("["), letter, tag("] ")), |t: &[u8]| {
        t.first().copied()
    });
    (tag_letter, terminated(arrow, tag(" ")), rest)
        .map(|(tag, severity, text)| Head {
            tag,
            severity,
            text,
        })
        .parse(i)
}

fn arrow(i: &[u8]) -> IResult<&[u8], Severity> {
    alt((
        value(Severity::High, tag("↑")),
        value(Severity::Medium, tag("↗")),
        value(Severity::Low, tag("→")),
        value(Severity::Info, alt((tag("↘"), tag("↓")))),
    ))
    .parse(i)
}

/// `  ...  (8 more, use `--all` to show them)`.
fn more(i: &[u8]) -> IResult<&[u8], u64> {
    let tail = tag(" more, use `--all` to show them)");
    delimited(tag("  ...  ("), count, tail).parse(i)
}

/// A number above 0, as Credo prints no other in its lists.
fn count(i: &[u8]) -> IResult<&[u8], u64> {
    verify(any_count, |n| *n > 0).parse(i)
}

fn any_count(i: &[u8]) -> IResult<&[u8], u64> {
    map_opt(digit1, number).parse(i)
}

/// The first line of a report.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Start {
    /// `Checking 9 source files ...`, or 0 for `No files found!`.
    Files(u64),
    /// `Diffing 10 source files in working dir with HEAD^ ...`.
    Diff,
}

/// The first line of a report.
pub(super) fn start(line: &[u8]) -> Option<Start> {
    let nothing = value(Start::Files(0), tag("No files found!"));
    let one = value(Start::Files(1), tag("Checking 1 source file ..."));
    let end = alt((
        tag(" source files ..."),
        tag(" source files (this might take a while) ..."),
    ));
    let many = delimited(tag("Checking "), count, end).map(Start::Files);
    let files = alt((tag(" source file "), tag(" source files ")));
    let diff = (tag("Diffing "), count, files, tag("in working dir with "));
    let diff = value(Start::Diff, (diff, rest));
    whole(alt((nothing, one, many, diff)).parse(line))
}

fn whole<T>(parsed: IResult<&[u8], T>) -> Option<T> {
    parsed.ok().filter(|(i, _)| i.is_empty()).map(|(_, t)| t)
}

/// What `Analysis took …` says; older versions say less.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Analysis {
    /// Checks that ran.
    pub(super) checks: Option<u64>,
    /// Files that they ran on.
    pub(super) files: Option<u64>,
}

/// `Analysis took 0.2 seconds (0.1s to load, 0.1s running 57 checks on 9 files)`.
pub(super) fn analysis(line: &[u8]) -> Option<Analysis> {
    let took = (
        tag("Analysis took "),
        decimal,
        alt((tag(" seconds ("), tag(" second ("))),
    );
    let times = (decimal, tag("s to load, "), decimal, tag("s running "));
    let checks = counted(" check on ", " checks on ");
    let files = counted(" file)", " files)");
    let new = (checks, files).map(|(checks, files)| Analysis {
        checks: Some(checks),
        files: Some(files),
    });
    let none = Analysis {
        checks: None,
        files: None,
    };
    let old = value(none, tag("checks)"));
    whole(preceded((took, times), alt((new, old))).parse(line))
}

/// `1 file` or `9 files`.
fn counted<'a>(
    one: &'static str,
    many: &'static str,
) -> impl Parser<&'a [u8], Output = u64, Error = nom::error::Error<&'a [u8]>> {
    let one = verify(terminated(any_count, tag(one)), |n| *n == 1);
    let many = verify(terminated(any_count, tag(many)), |n| *n != 1);
    alt((one, many))
}

fn decimal(i: &[u8]) -> IResult<&[u8], &[u8]> {
    take_while1(|b: u8| b.is_ascii_digit() || b == b'.').parse(i)
}

/// The line with the totals.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(super) struct Summary {
    /// Modules and functions that were looked at.
    pub(super) scopes: u64,
    /// Issues by category, in the order of [`CATEGORIES`].
    pub(super) counts: [u64; 5],
}

/// `91 mods/funs, found 7 consistency issues, 20 warnings.`. `None` is no such line, `Some(None)` one that says
/// something unknown.
pub(super) fn summary(line: &[u8]) -> Option<Option<Summary>> {
    let front: IResult<&[u8], u64> = terminated(any_count, tag(" mods/funs, found ")).parse(line);
    let (list, scopes) = front.ok()?;
    let none = value(Vec::new(), tag("no issues"));
    let some = separated_list1(tag(", "), item);
    let items = whole(terminated(alt((none, some)), tag(".")).parse(list));
    Some(items.and_then(|items| fold(scopes, &items)))
}

fn fold(scopes: u64, items: &[(usize, u64)]) -> Option<Summary> {
    let mut summary = Summary {
        scopes,
        ..Summary::default()
    };
    for (category, n) in items {
        let slot = summary.counts.get_mut(*category).filter(|n| **n == 0)?;
        *slot = *n;
    }
    Some(summary)
}

/// `7 consistency issues` or `1 warning`: the index of the category and the number.
fn item(i: &[u8]) -> IResult<&[u8], (usize, u64)> {
    let (i, n) = terminated(count, tag(" ")).parse(i)?;
    let word = |i| take_while1(|b: u8| b.is_ascii_lowercase() || b == b' ').parse(i);
    map_opt(word, move |w: &[u8]| {
        let named = |c: &super::Category| if n == 1 { c.one } else { c.many };
        let category = CATEGORIES.iter().position(|c| named(c).as_bytes() == w)?;
        Some((category, n))
    })
    .parse(i)
}

/// The last line of a report, which says how to go on.
pub(super) fn is_hint(line: &[u8]) -> bool {
    line.starts_with(b"Showing priority issues: ") && line.ends_with(b" options).")
        || line.starts_with(b"Use `") && line.ends_with(b" options.")
}
