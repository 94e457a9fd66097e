//! Warnings as Elixir terms, one a line: `{:warn_matching, {~c"lib/a.ex", {59, 38}}, {:exact_eq, […]}}`.

use std::num::NonZeroU32;

use nom::branch::alt;
use nom::bytes::complete::{tag, take_while1};
use nom::character::complete::digit1;
use nom::combinator::map;
use nom::error::{Error, ErrorKind};
use nom::multi::separated_list0;
use nom::sequence::{delimited, preceded, separated_pair, terminated};
use nom::{IResult, Parser};

use crate::evidence::{Finding, Severity};
use crate::text;

/// The start of every such line.
pub(crate) const START: &[u8] = b"{:warn_";

/// Bytes of the arguments that are shown. Some hold Erlang's own form of a type, which says nothing to a reader.
const SHOWN: usize = 500;

/// Reads one term. `cut`: the line was longer than what is kept of it, so its end is not there.
pub(crate) fn finding(line: &[u8], cut: bool, max: usize) -> Option<Finding> {
    let (args, term) = term(line).ok()?;
    let args = if cut { args } else { args.strip_suffix(b"}}")? };
    let tag = text::lossy(term.tag, max);
    let message = message(&tag, args, max);
    Some(Finding {
        rule: tag,
        category: Some(text::lossy(term.category, max)),
        severity: Severity::Medium,
        confidence: None,
        message,
        path: (!term.path.is_empty()).then(|| text::lossy(&term.path, max)),
        line: term.location.0,
        column: term.location.1,
        end_column: None,
        function: None,
    })
}

/// What such a warning says: its name and its arguments.
pub(super) fn message(name: &str, args: &[u8], max: usize) -> String {
    let shown = text::lossy(&shown(args), max.min(SHOWN));
    if shown.is_empty() {
        name.to_owned()
    } else {
        format!("{name}: {shown}")
    }
}

pub(super) type Location = (Option<NonZeroU32>, Option<NonZeroU32>);

/// Everything up to the arguments of the warning.
struct Term<'a> {
    category: &'a [u8],
    path: Vec<u8>,
    location: Location,
    tag: &'a [u8],
}

fn term(input: &[u8]) -> IResult<&[u8], Term<'_>> {
    let category = preceded(tag("{:"), atom);
    let place = delimited(
        tag(", {"),
        separated_pair(file, tag(", "), location),
        tag("}, {:"),
    );
    let name = terminated(atom, tag(", "));
    map(
        (category, place, name),
        |(category, (path, location), tag)| Term {
            category,
            path,
            location,
            tag,
        },
    )
    .parse(input)
}

/// An atom without quotes.
pub(super) fn atom(input: &[u8]) -> IResult<&[u8], &[u8]> {
    take_while1(|b: u8| b.is_ascii_alphanumeric() || b == b'_').parse(input)
}

/// `{59, 38}`, or the line alone.
fn location(input: &[u8]) -> IResult<&[u8], Location> {
    let pair = delimited(
        tag("{"),
        separated_pair(digit1, tag(", "), digit1),
        tag("}"),
    );
    alt((
        map(pair, |(l, c)| (text::line_number(l), text::line_number(c))),
        map(digit1, |l| (text::line_number(l), None)),
    ))
    .parse(input)
}

/// A charlist: `~c"…"` since Elixir 1.15, `'…'` before, a list of code points where it is not plain ASCII.
fn file(input: &[u8]) -> IResult<&[u8], Vec<u8>> {
    let points = delimited(tag("["), separated_list0(tag(", "), digit1), tag("]"));
    alt((
        preceded(tag("~c"), |i| quoted(i, b'"')),
        |i| quoted(i, b'\''),
        |i| quoted(i, b'"'),
        map(points, |list: Vec<&[u8]>| self::points(&list)),
    ))
    .parse(input)
}

/// The text of a list of code points.
pub(super) fn points(list: &[&[u8]]) -> Vec<u8> {
    let chars = list.iter().filter_map(|digits| code_point(digits));
    chars.collect::<String>().into_bytes()
}

fn code_point(digits: &[u8]) -> Option<char> {
    char::from_u32(u32::try_from(text::number(digits)?).ok()?)
}

/// What stands between two quotes, without its escapes.
pub(super) fn quoted(input: &[u8], quote: u8) -> IResult<&[u8], Vec<u8>> {
    let mut out = Vec::new();
    let mut bytes = input.iter().enumerate();
    let open = bytes.next().is_some_and(|(_, b)| *b == quote);
    while let (true, Some((at, byte))) = (open, bytes.next()) {
        match byte {
            b'\\' => match bytes.next() {
                Some((_, b'n')) => out.push(b'\n'),
                Some((_, b't')) => out.push(b'\t'),
                Some((_, other)) => out.push(*other),
                None => break,
            },
            b if *b == quote => {
                let rest = input.get(at.saturating_add(1)..).unwrap_or_default();
                return Ok((rest, out));
            }
            b => out.push(*b),
        }
    }
    Err(nom::Err::Error(Error::new(input, ErrorKind::Char)))
}

/// The arguments as they are best read: no brackets around all, and charlists (types, patterns) without quotes.
fn shown(args: &[u8]) -> Vec<u8> {
    let inner = |open: &[u8], close: &[u8]| args.strip_prefix(open)?.strip_suffix(close);
    let mut rest = inner(b"[", b"]")
        .or_else(|| inner(b"{", b"}"))
        .unwrap_or(args);
    let mut out = Vec::with_capacity(rest.len());
    while let Some((&first, tail)) = rest.split_first() {
        let charlist = match first {
            b'~' => rest.strip_prefix(b"~c").and_then(|r| quoted(r, b'"').ok()),
            b'\'' => quoted(rest, b'\'').ok(),
            _ => None,
        };
        if let Some((after, content)) = charlist {
            out.extend_from_slice(&content);
            rest = after;
            continue;
        }
        let string = (first == b'"').then(|| quoted(rest, b'"').ok()).flatten();
        let after = string.map_or(tail, |(after, _)| after);
        let used = rest.len().saturating_sub(after.len());
        out.extend_from_slice(rest.get(..used).unwrap_or_default());
        rest = after;
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(line: &str) -> Option<(String, String)> {
        let f = finding(line.as_bytes(), false, 1000)?;
        let n = |n: Option<NonZeroU32>| n.map_or(0, NonZeroU32::get);
        let path = f.path.unwrap_or_else(|| "-".into());
        let (l, c) = (n(f.line), n(f.column));
        let category = f.category.unwrap();
        Some((format!("{path}:{l}:{c} {category} {}", f.rule), f.message))
    }

    #[test]
    fn terms_of_all_generations() {
        let new = r##"{:warn_matching, {~c"lib/a.ex", {39, 24}}, {:exact_eq, [~c"\#{'m':=1}", :"=:=", ~c"'a'"]}}"##;
        let (head, message) = read(new).unwrap();
        assert_eq!(head, "lib/a.ex:39:24 warn_matching exact_eq");
        assert_eq!(message, "exact_eq: #{'m':=1}, :\"=:=\", 'a'");
        let old = r"{:warn_unknown, {'lib/a.ex', 8}, {:unknown_function, {Nope, :go, 1}}}";
        let (head, message) = read(old).unwrap();
        assert_eq!(head, "lib/a.ex:8:0 warn_unknown unknown_function");
        assert_eq!(message, "unknown_function: Nope, :go, 1");
        let odd = r"{:warn_x, {[47, 233, 46], 0}, {:spec_missing_fun, []}}";
        assert_eq!(
            read(odd).unwrap(),
            (
                "/é.:0:0 warn_x spec_missing_fun".into(),
                "spec_missing_fun".into()
            )
        );
    }

    #[test]
    fn a_damaged_term_is_no_warning() {
        let whole = r#"{:warn_behaviour, {~c"a", {1, 2}}, {:callback_missing, [A, :b, 0]}}"#;
        assert!(read(whole).is_some());
        for end in 0..whole.len() {
            assert_eq!(read(&whole[..end]), None, "{}", &whole[..end]);
        }
    }
}
