//! One line of a tracefile.

use std::num::NonZeroU32;

use nom::bytes::complete::take_till;
use nom::character::complete::{char, digit1};
use nom::combinator::{all_consuming, map_opt, opt};
use nom::sequence::{preceded, separated_pair, terminated};
use nom::{IResult, Parser};

use crate::{eight, text};

/// What a line is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Entry<'a> {
    /// `TN:`, the name of a test, which comes before a record.
    Test,
    /// `SF:` and a path.
    File(&'a [u8]),
    /// `DA:` and, where they are numbers, a line (none for 0) and its hits.
    Line(Option<(Option<NonZeroU32>, Hit)>),
    /// `LF:`: how many lines there are.
    Found(Option<u64>),
    /// `LH:`: how many of them ran.
    Covered(Option<u64>),
    /// `end_of_record`.
    End,
    /// What says nothing of lines: functions, branches, conditions, versions.
    Passed,
    /// `# …`.
    Comment,
    /// A key that LCOV does not have.
    Unknown(&'a [u8]),
    /// White space.
    Blank,
    /// Anything else.
    Other,
}

/// How often a line ran.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Hit {
    /// So often.
    Count(u64),
    /// A number below 0.
    Negative,
}

/// Keys of entries that say nothing of lines.
const PASSED: &[&[u8]] = &[
    b"VER", b"FN", b"FNDA", b"FNF", b"FNH", b"FNL", b"FNA", b"BRDA", b"BRF", b"BRH", b"MCDC",
    b"MCF", b"MCH",
];

/// Longest key that is looked at.
const KEY: usize = 12;

/// Reads a line.
pub(super) fn entry(line: &[u8]) -> Entry<'_> {
    if let Some((line, hits)) = plain(line) {
        return Entry::Line(Some((line, Hit::Count(hits))));
    }
    match line.first() {
        None => return Entry::Blank,
        Some(b'#') => return Entry::Comment,
        Some(b'e') if line.trim_ascii_end() == b"end_of_record" => return Entry::End,
        Some(b'A'..=b'Z') => {}
        Some(_) if line.trim_ascii().is_empty() => return Entry::Blank,
        Some(_) => return Entry::Other,
    }
    let end = line.iter().take(KEY).position(|b| *b == b':');
    let Some((key, rest)) = end.and_then(|at| line.split_at_checked(at)) else {
        return Entry::Other;
    };
    let rest = rest.get(1..).unwrap_or_default();
    match key {
        b"TN" => Entry::Test,
        b"SF" => Entry::File(rest),
        b"DA" => Entry::Line(data(rest).ok().map(|(_, data)| data)),
        b"LF" => Entry::Found(text::number(rest.trim_ascii_end())),
        b"LH" => Entry::Covered(text::number(rest.trim_ascii_end())),
        key if PASSED.contains(&key) => Entry::Passed,
        key if key.iter().all(u8::is_ascii_uppercase) => Entry::Unknown(key),
        _ => Entry::Other,
    }
}

/// `DA:12,3` and nothing else, as nearly all entries are: the line (none for 0) and its hits.
pub(super) fn plain(line: &[u8]) -> Option<(Option<NonZeroU32>, u64)> {
    let (line, rest) = text::leading_number(line.strip_prefix(b"DA:")?)?;
    let hits = text::number(rest.strip_prefix(b",")?)?;
    let line = u32::try_from(line).ok()?;
    Some((NonZeroU32::new(line), hits))
}

/// Bytes of the longest line that [`next_plain`] reads.
pub(super) const PLAIN: usize = "DA:1234567,1234567".len();

/// `DA:12,3` and its line end at the start of a text, with numbers of at most seven digits: the line, its hits, and what
/// follows.
#[inline]
pub(super) fn next_plain(text: &[u8]) -> Option<(NonZeroU32, u64, &[u8])> {
    let (line, rest) = eight::number(text.strip_prefix(b"DA:")?)?;
    let (hits, rest) = eight::number(rest.strip_prefix(b",")?)?;
    let rest = rest.strip_prefix(b"\n")?;
    Some((NonZeroU32::new(line)?, u64::from(hits), rest))
}

/// `12,3` or `12,3,checksum`.
fn data(rest: &[u8]) -> IResult<&[u8], (Option<NonZeroU32>, Hit)> {
    let line = map_opt(digit1, |digits| {
        let line = u32::try_from(text::number(digits)?).ok()?;
        Some(NonZeroU32::new(line))
    });
    let checksum = opt(preceded(char(','), take_till(|b: u8| b == b',')));
    let pair = separated_pair(line, char(','), hit);
    all_consuming(terminated(pair, checksum)).parse(rest.trim_ascii_end())
}

fn hit(rest: &[u8]) -> IResult<&[u8], Hit> {
    let (rest, negative) = opt(char('-')).parse(rest)?;
    let (rest, count) = map_opt(digit1, text::number).parse(rest)?;
    let hit = match negative {
        Some(_) if count > 0 => Hit::Negative,
        _ => Hit::Count(count),
    };
    Ok((rest, hit))
}
