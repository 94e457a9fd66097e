//! The lines of `mix format --check-formatted`.

use nom::bytes::complete::{tag, take_while1};
use nom::combinator::rest;
use nom::sequence::{preceded, terminated};
use nom::{IResult, Parser};

use crate::defect::DefectKind;
use crate::input::Line;

/// A line that starts something.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Head {
    /// Some file is not formatted.
    Failed,
    /// A list of files follows.
    Introduction,
    /// There is no result.
    Error(DefectKind),
}

const FAILED: &[u8] = b"mix format failed due to --check-formatted.";
const INTRODUCTIONS: [&[u8]; 2] = [
    b"The following files are not formatted:",
    b"The following files were not formatted:",
];

/// How Mix starts when it gives up; the second with `MIX_DEBUG`.
const BANNERS: [&[u8]; 2] = [b"** (Mix) ", b"** (Mix.Error) "];

/// Errors of the task itself, without Mix's banner.
static ERRORS: &[(&str, DefectKind)] = &[
    ("mix format failed for file: ", DefectKind::ToolError),
    ("mix format failed for stdin", DefectKind::ToolError),
    ("Could not invoke task \"format\"", DefectKind::ToolError),
    ("Could not find a file to format. ", DefectKind::NothingRan),
    (
        "Expected one or more files/patterns to be given to mix format",
        DefectKind::NothingRan,
    ),
    (
        "Expected :inputs or :subdirectories key in ",
        DefectKind::NothingRan,
    ),
];

/// What starts with this line.
pub(super) fn head(text: &[u8]) -> Option<Head> {
    if !matches!(text.first()?, b'*' | b'm' | b'T') {
        return None;
    }
    if INTRODUCTIONS.contains(&text) {
        return Some(Head::Introduction);
    }
    let said = without_banner(text);
    if said == FAILED {
        return Some(Head::Failed);
    }
    // What Mix says of a file or of standard input has no banner; all else has one.
    let bare = said.len() == text.len();
    let (_, kind) = ERRORS
        .iter()
        .find(|(start, _)| said.starts_with(start.as_bytes()))?;
    (bare == said.starts_with(b"mix ")).then_some(Head::Error(*kind))
}

/// The line without Mix's banner.
pub(super) fn without_banner(text: &[u8]) -> &[u8] {
    let mut said = BANNERS.iter().filter_map(|b| text.strip_prefix(*b));
    said.next().unwrap_or(text)
}

/// How a file is named.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Style {
    /// `  * lib/a.ex`.
    Bullet,
    /// Bold and red.
    Coloured,
    /// As before, where something on the way removed the colour.
    Plain,
    /// Standard input since Elixir 1.15.
    Unnamed,
}

/// A line of the list.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Row<'a> {
    Blank,
    File(Style, &'a [u8]),
    Difference,
    Foreign,
}

const BOLD_RED: &[u8] = b"\x1b[1m\x1b[31m";

/// What a line of the list is. All files are named in the same style.
pub(super) fn row<'a>(line: &Line<'a>, style: Option<Style>) -> Row<'a> {
    let text = line.text;
    if text.is_empty() {
        return Row::Blank;
    }
    if difference(text).is_ok() {
        return Row::Difference;
    }
    let absolute = text.starts_with(b"/") || text.get(1..3) == Some(b":/");
    let named = if let Some(path) = text.strip_prefix(b"  * ") {
        Some((Style::Bullet, path))
    } else if line.raw.starts_with(BOLD_RED) {
        Some((Style::Coloured, text))
    } else {
        absolute.then_some((Style::Plain, text))
    };
    match named {
        Some((found, path)) if style.is_none_or(|s| s == found) && !path.is_empty() => {
            Row::File(found, path)
        }
        Some(_) | None => Row::Foreign,
    }
}

/// ` 1  1  |same`, ` 2    -|old`, `    2 +|new`, `       |` where lines are left out.
fn difference(text: &[u8]) -> IResult<&[u8], &[u8]> {
    let gutter = take_while1(|b: u8| b.is_ascii_digit() || matches!(b, b' ' | b'+' | b'-'));
    preceded(terminated(gutter, tag("|")), rest).parse(text)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn heads_are_known_with_their_banners_only() {
        let error = |kind| Some(Head::Error(kind));
        let cases: [(&str, Option<Head>); 8] = [
            (
                "** (Mix) mix format failed due to --check-formatted.",
                Some(Head::Failed),
            ),
            (
                "** (Mix.Error) mix format failed due to --check-formatted.",
                Some(Head::Failed),
            ),
            (
                "The following files are not formatted:",
                Some(Head::Introduction),
            ),
            (
                "mix format failed for file: lib/a.ex",
                error(DefectKind::ToolError),
            ),
            (
                "** (Mix) Could not invoke task \"format\": 1 error found!",
                error(DefectKind::ToolError),
            ),
            ("Could not find a file to format. ", None),
            (
                "** (Mix) Could not find a file to format. The files",
                error(DefectKind::NothingRan),
            ),
            ("The following files are not formatted", None),
        ];
        for (line, expected) in cases {
            assert_eq!(head(line.as_bytes()), expected, "{line}");
        }
    }

    #[test]
    fn differences_are_told_from_names() {
        for line in [
            "1 1  |same",
            "2   -|old",
            "  2 +|new",
            "        |",
            "5 5  |end | x",
        ] {
            assert!(difference(line.as_bytes()).is_ok(), "{line}");
        }
        for line in ["/home/ci/a.ex", "|", "a 1 |x", "  * lib/a.ex"] {
            assert!(difference(line.as_bytes()).is_err(), "{line}");
        }
    }
}
