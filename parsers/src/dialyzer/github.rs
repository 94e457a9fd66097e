//! Warnings as workflow commands of GitHub: `::warning file=lib/a.ex,line=7,col=21,title=call::The function …`.
//!
//! Dialyxir escapes nothing in them. Other tools print such commands too; those with a known title are dialyxir's.

use nom::bytes::complete::{tag, take_until1};
use nom::character::complete::digit1;
use nom::combinator::opt;
use nom::sequence::{preceded, terminated};
use nom::{IResult, Parser};

use super::form::Form;
use super::names;
use super::row::{Place, REACH, Row};
use crate::text;

/// The start of every such line.
pub(super) const START: &[u8] = b"::warning file=";

/// Reads the first line of one.
pub(super) fn row(line: &[u8]) -> Option<Row<'_>> {
    let rest = line.strip_prefix(START)?;
    let reach = rest.get(..REACH).unwrap_or(rest);
    for at in memchr::memchr_iter(b',', reach) {
        let (path, properties) = rest.split_at_checked(at)?;
        if let Ok((text, (line, column, title))) = properties_of(properties) {
            let place = Place {
                path: (!path.is_empty()).then_some(path),
                line: text::line_number(line),
                column: column.and_then(text::line_number),
                rest: text,
            };
            return Some(Row {
                form: Form::Github,
                place,
                name: title,
                known: names::is_known(title),
                text,
            });
        }
    }
    None
}

type Properties<'a> = (&'a [u8], Option<&'a [u8]>, &'a [u8]);

fn properties_of(input: &[u8]) -> IResult<&[u8], Properties<'_>> {
    (
        preceded(tag(",line="), digit1),
        opt(preceded(tag(",col="), digit1)),
        preceded(tag(",title="), terminated(take_until1("::"), tag("::"))),
    )
        .parse(input)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(line: &str) -> Option<String> {
        let row = row(line.as_bytes())?;
        let place = &row.place;
        let text = String::from_utf8_lossy(row.text);
        let path = place.path.map(String::from_utf8_lossy);
        let (line, column) = (place.line, place.column);
        Some(format!(
            "{path:?} {line:?} {column:?} {} {text}",
            String::from_utf8_lossy(row.name)
        ))
    }

    #[test]
    fn commands_with_any_text() {
        let odd =
            "::warning file=lib/a,line=x,b.ex,line=7,col=21,title=call::a::b, line=3,title=x::y";
        assert_eq!(
            read(odd).unwrap(),
            r#"Some("lib/a,line=x,b.ex") Some(7) Some(21) call a::b, line=3,title=x::y"#
        );
        let bare = "::warning file=,line=0,title=unknown_type::Unknown type: T.";
        assert_eq!(
            read(bare).unwrap(),
            "None None None unknown_type Unknown type: T."
        );
        for other in [
            "::warning file=a.ex,line=1::text",
            "::warning file=a.ex,line=,title=call::text",
            "::warning file=a.ex,line=1,col=x,title=call::text",
            "::warning line=1,title=call::text",
            "::warning file=a.ex,line=1,title=call",
        ] {
            assert_eq!(read(other), None, "{other}");
        }
    }
}
