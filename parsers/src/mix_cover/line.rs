//! The grammar of single lines: announcements, rows, rules, thresholds.

use nom::bytes::complete::{tag, take, take_while1};
use nom::character::complete::space1;
use nom::combinator::{map_opt, rest};
use nom::sequence::{preceded, terminated};
use nom::{IResult, Parser};

use crate::text;

/// A line that is recognised wherever it stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Said {
    /// `Cover compiling modules ...`, before the tests.
    Announced,
    /// `Generating cover results ...`, after them.
    Generating,
    /// `Exporting cover results ...`.
    Exporting,
    /// `Run "mix test.coverage" once all exports complete`.
    Exported,
    /// `Importing cover results: cover/shop.coverdata`.
    Importing,
    /// The head of a table.
    Header(Layout),
    /// `Coverage test failed, threshold not met:`.
    Failed,
    /// `Generated HTML coverage results in "cover" directory`.
    Generated,
    /// `Could not find .coverdata file in any of the paths: …`.
    NoData,
    /// `Export failed with reason: …`.
    ExportFailed,
    /// `There are no tests to run`: an app of an umbrella without tests, which has no table either.
    NoTests,
}

/// The two layouts of the table.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Layout {
    /// `Percentage | Module`, up to 1.18.
    Plain,
    /// `| Percentage | Module |`, from 1.19 on.
    Markdown,
}

/// What a line says. Every line of a log comes by here, so its first byte decides.
pub(super) fn said(text: &[u8]) -> Option<Said> {
    match text.first()? {
        b'C' if text == b"Cover compiling modules ..." => Some(Said::Announced),
        b'C' if text == b"Coverage test failed, threshold not met:" => Some(Said::Failed),
        b'C' if text.starts_with(b"Could not find .coverdata file in any of the paths: ") => {
            Some(Said::NoData)
        }
        b'G' if text == b"Generating cover results ..." => Some(Said::Generating),
        b'G' => generated(text).ok().map(|_| Said::Generated),
        b'E' if text == b"Exporting cover results ..." => Some(Said::Exporting),
        b'E' if text.starts_with(b"Export failed with reason: ") => Some(Said::ExportFailed),
        b'R' if text == b"Run \"mix test.coverage\" once all exports complete" => {
            Some(Said::Exported)
        }
        b'T' if text == b"There are no tests to run" => Some(Said::NoTests),
        b'I' if text.starts_with(b"Importing cover results: ") => Some(Said::Importing),
        b'P' if text == b"Percentage | Module" => Some(Said::Header(Layout::Plain)),
        b'|' => {
            let pad = text
                .strip_prefix(b"| Percentage | Module")?
                .strip_suffix(b" |")?;
            pad.iter()
                .all(|b| *b == b' ')
                .then_some(Said::Header(Layout::Markdown))
        }
        _ => None,
    }
}

/// `Generated HTML coverage results in "cover" directory`; newer versions can write text, too.
fn generated(text: &[u8]) -> IResult<&[u8], &[u8]> {
    let kind = take_while1(|b: u8| b.is_ascii_alphabetic());
    let path = map_opt(rest, |r: &[u8]| r.strip_suffix(b"\" directory"));
    preceded(
        (tag("Generated "), kind, tag(" coverage results in \"")),
        path,
    )
    .parse(text)
}

/// Whether a line is a rule of the table.
pub(super) fn is_rule(layout: Layout, text: &[u8]) -> bool {
    match layout {
        Layout::Plain => text == b"-----------|--------------------------",
        Layout::Markdown => text
            .strip_prefix(b"|------------|-")
            .and_then(|r| r.strip_suffix(b"-|"))
            .is_some_and(|r| r.iter().all(|b| *b == b'-')),
    }
}

/// Percentage in hundredths, and the name, of a row.
pub(super) fn row(layout: Layout, text: &[u8]) -> Option<(u64, &[u8])> {
    let row = match layout {
        Layout::Plain => text,
        Layout::Markdown => text.strip_prefix(b"| ")?.strip_suffix(b" |")?,
    };
    let (name, percent) = percent(row).ok()?;
    let name = match layout {
        Layout::Plain => name,
        Layout::Markdown => name.trim_ascii_end(),
    };
    (!name.is_empty()).then_some((percent, name))
}

/// A percentage in its column of 9, and what parts it from the name.
fn percent(text: &[u8]) -> IResult<&[u8], u64> {
    let column = map_opt(take(9usize), |c: &[u8]| hundredths(c.trim_ascii_start()));
    terminated(column, tag("% | ")).parse(text)
}

/// `    Coverage:   14.10%` or `    Threshold:  99.00%`: the percentage in hundredths, and as printed.
pub(super) fn limit<'a>(label: &str, text: &'a [u8]) -> Option<(u64, &'a [u8])> {
    let (printed, _) = label_of(label, text).ok()?;
    let value = hundredths(printed.strip_suffix(b"%")?)?;
    Some((value, printed))
}

fn label_of<'a>(label: &str, text: &'a [u8]) -> IResult<&'a [u8], &'a [u8]> {
    preceded((tag("    "), tag(label)), space1).parse(text)
}

/// `14.10`, always with two decimals, never above 100.
fn hundredths(text: &[u8]) -> Option<u64> {
    let point = text.len().checked_sub(3)?;
    let value = text::decimal(text, 2).filter(|n| *n <= 10_000)?;
    (text.get(point) == Some(&b'.')).then_some(value)
}
