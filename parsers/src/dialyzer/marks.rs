//! The lines around the warnings: what dialyxir says about the run itself.

use nom::bytes::complete::tag;
use nom::character::complete::{char, digit1};
use nom::combinator::{all_consuming, opt};
use nom::{IResult, Parser};

use crate::text;

/// A line that tells something about the run.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Mark {
    /// PLTs are looked for: the first line of every run that is not quiet.
    Searching,
    /// The list of applications follows.
    CheckingPlt,
    /// The analysis starts; its arguments follow.
    Starting,
    /// The totals.
    Totals(Totals),
    /// A line of totals with numbers that cannot be read.
    BadTotals,
    /// Nothing was left to report.
    Passed,
    /// Warnings were printed.
    Warned,
    /// The exit status that dialyxir announces.
    Halting(Option<u64>),
    /// The line that closes a long warning.
    Ruler,
    /// The first line of a warning that dialyxir could not word.
    Unworded,
    /// A list of filters follows that matched nothing.
    UnusedFilters,
    /// An unknown `--format`; the default is taken instead.
    UnknownFormatter,
    /// The run ended without a result.
    Failure,
    /// A line of a stack trace inside dialyxir.
    Frame,
}

/// `Total errors: N, Skipped: S, Unnecessary Skips: U`. N counts the skipped ones too, and S is N minus the number of
/// texts that were printed: negative where a warning was printed in two formats.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Totals {
    pub(crate) errors: u64,
    pub(crate) skipped: i64,
}

/// What a line says about the run, if it does.
pub(crate) fn mark(line: &[u8]) -> Option<Mark> {
    match line.first()? {
        b'F' if line == b"Finding suitable PLTs" => Some(Mark::Searching),
        b'C' if line == b"Checking PLT..." => Some(Mark::CheckingPlt),
        b'S' if line == b"Starting Dialyzer" => Some(Mark::Starting),
        b'T' if line.starts_with(b"Total errors: ") => totals(line),
        b'd' if line == b"done (passed successfully)" => Some(Mark::Passed),
        b'd' if line == b"done (warnings were emitted)" => Some(Mark::Warned),
        b'H' => line
            .strip_prefix(b"Halting VM with exit status ")
            .map(|status| Mark::Halting(text::number(status))),
        b'_' if line.len() == 80 && line.iter().all(|b| *b == b'_') => Some(Mark::Ruler),
        b'P' if line.starts_with(b"Please file a bug in https://github.com/jeremyjh/dialyxir/") => {
            Some(Mark::Unworded)
        }
        b'U' if line == b"Unused filters:" => Some(Mark::UnusedFilters),
        b'U' if line.starts_with(b"Unrecognized formatter ") => Some(Mark::UnknownFormatter),
        b'u' if line == b"unused filters present" => Some(Mark::Failure),
        b':' if line.starts_with(b":dialyzer.run error: ") => Some(Mark::Failure),
        b'*' if crash(line) => Some(Mark::Failure),
        b' ' if line.starts_with(b"    (dialyxir ") => Some(Mark::Frame),
        _ => None,
    }
}

/// An exception that only dialyxir raises, or Mix where there is no dialyxir.
fn crash(line: &[u8]) -> bool {
    let holds = |part: &[u8]| text::holds(line, part);
    let own: [&[u8]; 3] = [
        b"{:error, :unknown_warning, ",
        b" Dialyxir.",
        b"The task \"dialyzer\" could not be found",
    ];
    line.starts_with(b"** (") && own.into_iter().any(holds)
}

fn totals(line: &[u8]) -> Option<Mark> {
    let (_, (_, errors, _, minus, skipped, _, _)) = totals_line(line).ok()?;
    let skipped = text::number(skipped).and_then(|n| i64::try_from(n).ok());
    let skipped = if minus.is_some() {
        skipped.map(i64::saturating_neg)
    } else {
        skipped
    };
    Some(match (text::number(errors), skipped) {
        (Some(errors), Some(skipped)) => Mark::Totals(Totals { errors, skipped }),
        _ => Mark::BadTotals,
    })
}

type TotalsLine<'a> = (
    &'a [u8],
    &'a [u8],
    &'a [u8],
    Option<char>,
    &'a [u8],
    &'a [u8],
    &'a [u8],
);

fn totals_line(line: &[u8]) -> IResult<&[u8], TotalsLine<'_>> {
    all_consuming((
        tag("Total errors: "),
        digit1,
        tag(", Skipped: "),
        opt(char('-')),
        digit1,
        tag(", Unnecessary Skips: "),
        digit1,
    ))
    .parse(line)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn totals_with_any_sign() {
        let line = b"Total errors: 41, Skipped: -29, Unnecessary Skips: 5";
        let totals = Totals {
            errors: 41,
            skipped: -29,
        };
        assert_eq!(mark(line), Some(Mark::Totals(totals)));
        assert_eq!(
            mark(b"Total errors: 41, Skipped: -29, Unnecessary Skips: "),
            None
        );
        let huge = b"Total errors: 99999999999999999999, Skipped: 0, Unnecessary Skips: 0";
        assert_eq!(mark(huge), Some(Mark::BadTotals));
    }

    #[test]
    fn failures_of_the_tool() {
        assert_eq!(
            mark(b"** (throw) {:error, :unknown_warning, :exact_compare}"),
            Some(Mark::Failure)
        );
        assert_eq!(
            mark(
                b"** (FunctionClauseError) no function clause matching in Dialyxir.Warnings.X.y/1"
            ),
            Some(Mark::Failure)
        );
        assert_eq!(mark(b"** (RuntimeError) something else"), None);
        assert_eq!(
            mark(b"Halting VM with exit status 2"),
            Some(Mark::Halting(Some(2)))
        );
    }
}
