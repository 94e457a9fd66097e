//! Warnings as rows for an ignore file: `{"lib/a.ex", :no_return},` and `{"lib/a.ex", "short text"},`.
//!
//! Nothing in them is escaped, so a text may hold quotes and line ends.

use nom::bytes::complete::{tag, take_while1};
use nom::combinator::all_consuming;
use nom::sequence::delimited;
use nom::{IResult, Parser};

use super::form::Form;
use super::names;
use super::row::{Place, REACH, Row};

/// The start of every such line.
pub(super) const START: &[u8] = b"{\"";

/// The end of a row with a text.
pub(super) const END: &[u8] = b"\"},";

/// Reads the first line of one.
pub(super) fn row(line: &[u8]) -> Option<Row<'_>> {
    let rest = line.strip_prefix(START)?;
    let reach = rest.get(..REACH).unwrap_or(rest);
    let end = reach.windows(3).position(|w| w == b"\", ")?;
    let (path, rest) = rest.split_at_checked(end)?;
    // JSON and other languages have quotes before the first comma.
    if path.contains(&b'"') {
        return None;
    }
    let place = Place {
        path: (!path.is_empty()).then_some(path),
        ..Place::default()
    };
    if let Some(text) = rest.strip_prefix(b"\", \"") {
        return Some(Row {
            form: Form::Strict,
            place,
            name: b"",
            known: false,
            text,
        });
    }
    let (_, name) = all_consuming(name).parse(rest).ok()?;
    Some(Row {
        form: Form::Ignore,
        place,
        name,
        known: names::is_known(name),
        text: b"",
    })
}

fn name(input: &[u8]) -> IResult<&[u8], &[u8]> {
    let name = take_while1(|b: u8| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'_');
    delimited(tag("\", :"), name, tag("},")).parse(input)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rows_for_both_files() {
        let named = row(br#"{"lib/a.ex", :no_return},"#).unwrap();
        assert_eq!((named.form, named.name), (Form::Ignore, &b"no_return"[..]));
        assert_eq!(named.place.path, Some(&b"lib/a.ex"[..]));
        let text = row(br#"{"lib/a.ex", "The type "x", y"},"#).unwrap();
        assert_eq!(text.form, Form::Strict);
        assert_eq!(text.text, br#"The type "x", y"},"#);
        assert_eq!(row(br#"{"", :unknown_type},"#).unwrap().place.path, None);
        for other in [
            &br#"{"lib/a.ex", :no_return}"#[..],
            br#"{"lib/a.ex", :no_return, 12},"#,
            br#"{"lib/a.ex"},"#,
            br#"{"key": "value", "other": 1}"#,
            br#"{"issues": []}"#,
        ] {
            assert!(row(other).is_none(), "{}", String::from_utf8_lossy(other));
        }
    }
}
