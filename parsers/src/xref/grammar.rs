//! The lines of `mix xref graph --format cycles`.

use nom::branch::alt;
use nom::bytes::complete::{tag, take_while1};
use nom::character::complete::digit1;
use nom::combinator::{all_consuming, map_opt, opt, recognize, rest};
use nom::sequence::{delimited, preceded, terminated};
use nom::{IResult, Parser};

use crate::text;

/// A line that starts something.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Head<'a> {
    /// There are none.
    None,
    /// So many cycles follow.
    List(u64),
    /// So many files follow.
    Cycle(u64),
    /// More cycles than are permitted.
    TooManyCycles(u64),
    /// More of something else than is permitted; what Mix says.
    TooManyOthers(&'a [u8]),
}

/// What starts with this line.
pub(super) fn head(line: &[u8]) -> Option<Head<'_>> {
    match line.first()? {
        b'N' => (line == b"No cycles found").then_some(Head::None),
        b'0'..=b'9' => Some(Head::List(list(line).ok()?.1)),
        b'C' => Some(Head::Cycle(cycle(line).ok()?.1)),
        b'*' => too_many(line).ok().map(|(_, head)| head),
        _ => None,
    }
}

fn number(input: &[u8]) -> IResult<&[u8], u64> {
    map_opt(digit1, text::number).parse(input)
}

fn list(input: &[u8]) -> IResult<&[u8], u64> {
    let words = alt((tag(" cycles found. "), tag(" cycle found. ")));
    let end = (words, tag("Showing them in decreasing size:"));
    all_consuming(terminated(number, end)).parse(input)
}

fn cycle(input: &[u8]) -> IResult<&[u8], u64> {
    let kinds = take_while1(|b: u8| b != b')');
    let kinds = opt(delimited(tag(" ("), kinds, tag(")")));
    let number = delimited(tag("Cycle of length "), number, kinds);
    all_consuming(terminated(number, tag(":"))).parse(input)
}

fn too_many(input: &[u8]) -> IResult<&[u8], Head<'_>> {
    let mut banner = alt((tag("** (Mix) "), tag("** (Mix.Error) ")));
    let (message, _) = banner.parse(input)?;
    let what = preceded(
        tag("Too many "),
        take_while1(|b: u8| b.is_ascii_lowercase()),
    );
    let permitted = recognize((tag(", permitted: "), digit1, tag(")")));
    let numbers = delimited(tag(" (found: "), number, permitted);
    let (_, (what, found)) = all_consuming((what, numbers)).parse(message)?;
    let (_, message) = rest(message)?;
    Ok((
        b"",
        match what {
            b"cycles" => Head::TooManyCycles(found),
            _ => Head::TooManyOthers(message),
        },
    ))
}

/// A file of a cycle, with its label.
pub(super) fn file(line: &[u8]) -> Option<&[u8]> {
    let file = line.strip_prefix(b"    ")?;
    (!file.starts_with(b" ") && !file.is_empty()).then_some(file)
}

/// `lib/a.ex (compile)` in two.
pub(super) fn label(file: &[u8]) -> (&[u8], Option<&[u8]>) {
    let labels: [&[u8]; 3] = [b"compile", b"export", b"runtime"];
    let found = labels.iter().find_map(|label| {
        let path = file.strip_suffix(b")")?.strip_suffix(*label)?;
        Some((path.strip_suffix(b" (")?, Some(*label)))
    });
    found.unwrap_or((file, None))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn heads_are_whole_lines() {
        let many = b"Too many references (found: 3, permitted: 0)";
        let cases: [(&str, Option<Head<'_>>); 9] = [
            ("No cycles found", Some(Head::None)),
            ("No cycles found.", None),
            (
                "12 cycles found. Showing them in decreasing size:",
                Some(Head::List(12)),
            ),
            ("Cycle of length 3:", Some(Head::Cycle(3))),
            ("Cycle of length 3 (1 compile):", Some(Head::Cycle(3))),
            ("Cycle of length 3", None),
            (
                "** (Mix) Too many cycles (found: 2, permitted: 1)",
                Some(Head::TooManyCycles(2)),
            ),
            (
                "** (Mix) Too many references (found: 3, permitted: 0)",
                Some(Head::TooManyOthers(many)),
            ),
            ("** (Mix) Too many cycles", None),
        ];
        for (line, expected) in cases {
            assert_eq!(head(line.as_bytes()), expected, "{line}");
        }
    }

    #[test]
    fn labels_are_no_part_of_a_path() {
        assert_eq!(
            label(b"lib/a.ex (compile)"),
            (&b"lib/a.ex"[..], Some(&b"compile"[..]))
        );
        assert_eq!(label(b"lib/a (b).ex"), (&b"lib/a (b).ex"[..], None));
    }
}
