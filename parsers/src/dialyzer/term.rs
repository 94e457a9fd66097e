//! Warnings as Erlang terms, which `dialyzer --raw` wraps at 80 columns:
//!
//! ```text
//! {warn_failing_call,{"erl/bad.erl",{4,18}},
//!                    {call,[lists,nth,"('x',[1])",
//!                           [1],
//!                           only_sig,"(pos_integer(),[any(),...])","any()",
//!                           {false,none}]}}.
//! ```
//!
//! At least Erlang/OTP 25 to 27 crash in `--raw` as soon as there is a warning.

use nom::branch::alt;
use nom::bytes::complete::tag;
use nom::character::complete::{char, digit1};
use nom::combinator::map;
use nom::multi::{fold_many1, separated_list0};
use nom::sequence::{delimited, preceded, separated_pair, terminated};
use nom::{IResult, Parser};

use super::long::{self, UNWORDED};
use super::raw::{self, Location};
use super::row::Place;
use crate::evidence::Finding;
use crate::text;

/// The start of every such term.
pub(super) const START: &[u8] = b"{warn_";

/// Whether the term ends with this line.
pub(super) fn ends(line: &[u8]) -> bool {
    line.trim_ascii_end().ends_with(b"}}.")
}

/// The warning of a term that is not read yet, or cannot be read.
pub(super) fn unread() -> Finding {
    long::warning(UNWORDED.as_bytes(), &Place::default())
}

/// Reads a whole term of which the lines were joined.
pub(super) fn finding(term: &str, max: usize) -> Option<Finding> {
    let whole = term.as_bytes();
    let (args, (category, (path, (line, column)), name)) = head(whole).ok()?;
    // A term that is longer than what is kept of it ends with an ellipsis.
    let args = match term.ends_with('…') {
        true => args,
        false => args.strip_suffix(b"}}.")?,
    };
    let place = Place {
        path: (!path.is_empty()).then_some(path.as_slice()),
        line,
        column,
        rest: b"",
    };
    let mut finding = long::warning(name, &place);
    finding.category = Some(text::lossy(category, max));
    finding.message = raw::message(&finding.rule, args, max);
    Some(finding)
}

type Head<'a> = (&'a [u8], (Vec<u8>, Location), &'a [u8]);

fn head(input: &[u8]) -> IResult<&[u8], Head<'_>> {
    let place = delimited(
        tag(",{"),
        separated_pair(file, char(','), location),
        tag("},{"),
    );
    let (category, name) = (
        preceded(char('{'), raw::atom),
        terminated(raw::atom, char(',')),
    );
    (category, place, name).parse(input)
}

/// `{59,38}`, or the line alone.
fn location(input: &[u8]) -> IResult<&[u8], Location> {
    let pair = separated_pair(digit1, char(','), digit1);
    alt((
        map(delimited(char('{'), pair, char('}')), |(l, c)| {
            (text::line_number(l), text::line_number(c))
        }),
        map(digit1, |l| (text::line_number(l), None)),
    ))
    .parse(input)
}

/// A string, which may be in pieces where the line was too short, or a list of code points where it is not printable.
fn file(input: &[u8]) -> IResult<&[u8], Vec<u8>> {
    let pieces = fold_many1(
        |i| raw::quoted(i, b'"'),
        Vec::new,
        |mut all, piece| {
            all.extend_from_slice(&piece);
            all
        },
    );
    let points = delimited(char('['), separated_list0(char(','), digit1), char(']'));
    alt((pieces, map(points, |points| raw::points(&points)))).parse(input)
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::num::NonZeroU32;

    fn read(term: &str) -> Option<String> {
        let f = finding(term, 1000)?;
        let n = |n: Option<NonZeroU32>| n.map_or(0, NonZeroU32::get);
        let path = f.path.unwrap_or_else(|| "-".into());
        let category = f.category.unwrap();
        let (line, column) = (n(f.line), n(f.column));
        Some(format!("{path}:{line}:{column} {category} {}", f.message))
    }

    #[test]
    fn terms_of_all_generations() {
        let new = r#"{warn_matching,{"erl/bad.erl",{7,51}},{pattern_match,["pattern 'maybe_'","boolean()"]}}."#;
        assert_eq!(
            read(new).unwrap(),
            r#"erl/bad.erl:7:51 warn_matching pattern_match: "pattern 'maybe_'","boolean()""#
        );
        let old = r#"{warn_unknown,{"erl/""bad.erl",7},{unknown_type,{m,t,0}}}."#;
        assert_eq!(
            read(old).unwrap(),
            "erl/bad.erl:7:0 warn_unknown unknown_type: m,t,0"
        );
        let nowhere = r#"{warn_unknown,{[],0},{unknown_behaviour,b}}."#;
        assert_eq!(
            read(nowhere).unwrap(),
            "-:0:0 warn_unknown unknown_behaviour: b"
        );
        let odd = r#"{warn_unknown,{[1074,46],{1,2}},{unknown_behaviour,b}}."#;
        assert_eq!(
            read(odd).unwrap(),
            "в.:1:2 warn_unknown unknown_behaviour: b"
        );
    }

    #[test]
    fn a_damaged_term_is_no_warning() {
        let whole = r#"{warn_behaviour,{"a",{1,2}},{callback_missing,[a,b,0]}}."#;
        assert!(read(whole).is_some());
        for end in 0..whole.len() {
            assert_eq!(read(&whole[..end]), None, "{}", &whole[..end]);
        }
    }
}
