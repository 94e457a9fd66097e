//! The grammar of single lines of the table, and the arithmetic of its percentages.

use nom::bytes::complete::{tag, take, take_while1};
use nom::combinator::{all_consuming, map_opt};
use nom::sequence::{delimited, preceded, terminated};
use nom::{IResult, Parser};

use crate::text;

/// What a recognised line says.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Said<'a> {
    /// The rule above and below the table.
    Rule,
    /// The head; the number is the width of its column for files.
    Header(usize),
    /// `[TOTAL]  66.7%`, in tenths of a percent; `None` when that is no number.
    Total(Option<u64>),
    /// `Test Coverage [TOTAL]  66.7%`, which stands for the whole table when files are not printed.
    Alone(Option<u64>),
    /// `FAILED: Expected minimum coverage of 80%, got 66.7%.`
    Failed(&'a [u8], &'a [u8]),
    /// `** (RuntimeError) …`, the head of a crash.
    Banner,
    /// A call of ExCoveralls in the stack of a crash.
    Frame,
}

/// What a line says, wherever it stands. Every line of a log comes by here, so its first byte decides.
pub(super) fn said(text: &[u8]) -> Option<Said<'_>> {
    match text.first()? {
        b'-' if text == b"----------------" => Some(Said::Rule),
        b'C' => header(text).map(Said::Header),
        b'[' => Some(Said::Total(percent(text.strip_prefix(b"[TOTAL] ")?))),
        b'T' => Some(Said::Alone(percent(
            text.strip_prefix(b"Test Coverage [TOTAL] ")?,
        ))),
        b'F' => failed(text)
            .ok()
            .map(|(_, (required, measured))| Said::Failed(required, measured)),
        b'*' if text.starts_with(b"** (") => Some(Said::Banner),
        b' ' if text.starts_with(b"    (excoveralls ") => Some(Said::Frame),
        _ => None,
    }
}

/// `COV    FILE … LINES RELEVANT   MISSED`: the width of the second column.
fn header(text: &[u8]) -> Option<usize> {
    let column = text
        .strip_prefix(b"COV    ")?
        .strip_suffix(b"    LINES RELEVANT   MISSED")?;
    (column.trim_ascii_end() == b"FILE").then_some(column.len())
}

fn failed(text: &[u8]) -> IResult<&[u8], (&[u8], &[u8])> {
    let required = delimited(
        tag("FAILED: Expected minimum coverage of "),
        number,
        tag("%, got "),
    );
    all_consuming((required, terminated(number, tag("%.")))).parse(text)
}

fn number(text: &[u8]) -> IResult<&[u8], &[u8]> {
    take_while1(|b: u8| b.is_ascii_digit() || b == b'.').parse(text)
}

/// A row: its percentage in tenths, its name, and its three numbers, of which each may be asterisks.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Row<'a> {
    pub(super) tenths: Option<u64>,
    pub(super) name: &'a [u8],
    pub(super) numbers: Option<Numbers>,
}

/// The numbers of a row.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Numbers {
    pub(super) lines: u64,
    pub(super) relevant: u64,
    pub(super) missed: u64,
}

/// Bytes of the three numbers at the end of a row, each in its column of 8 after a blank.
const NUMBERS: usize = 27;

/// Reads a row from both ends, so that the name may hold anything.
pub(super) fn row(text: &[u8]) -> Option<Row<'_>> {
    let (rest, percent_column) = head(text).ok()?;
    let name = rest.get(..rest.len().checked_sub(NUMBERS)?)?;
    let numbers = rest.get(name.len()..)?;
    let (_, numbers) = columns(numbers).ok()?;
    let name = name.trim_ascii_end();
    (!name.is_empty()).then_some(Row {
        tenths: percent_column,
        name,
        numbers,
    })
}

/// The percentage in its column of 5.
fn head(text: &[u8]) -> IResult<&[u8], Option<u64>> {
    let column = map_opt(take(5usize), |c: &[u8]| {
        filled(c).then(|| tenths(c.trim_ascii_start()))
    });
    terminated(column, tag("% ")).parse(text)
}

/// The three numbers; `None` when one of them does not fit into its column.
fn columns(text: &[u8]) -> IResult<&[u8], Option<Numbers>> {
    let numbers = (column, column, column).map(|columns| match columns {
        (Some(lines), Some(relevant), Some(missed)) => Some(Numbers {
            lines,
            relevant,
            missed,
        }),
        _ => None,
    });
    all_consuming(numbers).parse(text)
}

/// A number in its column of 8. Erlang fills the column with asterisks when the number is wider.
fn column(text: &[u8]) -> IResult<&[u8], Option<u64>> {
    let digits = map_opt(take(8usize), |c: &[u8]| {
        filled(c).then(|| text::number(c.trim_ascii_start()))
    });
    preceded(tag(" "), digits).parse(text)
}

/// Whether a column holds a number or asterisks, flush right.
fn filled(column: &[u8]) -> bool {
    let text = column.trim_ascii_start();
    let number = text.iter().all(|b| b.is_ascii_digit() || *b == b'.');
    !text.is_empty() && (number || text.iter().all(|b| *b == b'*'))
}

/// `66.7%` after blanks, in tenths.
fn percent(text: &[u8]) -> Option<u64> {
    tenths(text.trim_ascii_start().strip_suffix(b"%")?)
}

/// `66.7` or `80`, in tenths, never above 100.
fn tenths(text: &[u8]) -> Option<u64> {
    let decimals = text.rsplit(|b| *b == b'.').next()?.len();
    let whole = !text.contains(&b'.');
    let value = text::decimal(text, 1).filter(|n| *n <= 1000)?;
    (whole || decimals == 1).then_some(value)
}

/// Whether `tenths` is what ExCoveralls prints for these numbers: floored, or rounded when the project says so. It
/// computes with floating point, so an exact tenth may come out one lower (29 of 50 is printed as 57.9).
pub(super) fn fits(tenths: u64, covered: u64, relevant: u64) -> bool {
    let scaled = covered.saturating_mul(1000);
    let (Some(floor), Some(left)) = (scaled.checked_div(relevant), scaled.checked_rem(relevant))
    else {
        // Without relevant lines it prints 0, or 100 when the project says so.
        return tenths == 0 || tenths == 1000;
    };
    let rounded_up = left.saturating_mul(2) >= relevant && tenths == floor.saturating_add(1);
    let one_lower = left == 0 && tenths.saturating_add(1) == floor;
    tenths == floor || rounded_up || one_lower
}
