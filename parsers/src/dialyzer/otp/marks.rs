//! The lines around the warnings: what Erlang's `dialyzer` says about the run itself.

use nom::bytes::complete::tag;
use nom::character::complete::digit1;
use nom::combinator::all_consuming;
use nom::{IResult, Parser};

/// A line that tells something about the run.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Mark {
    /// A PLT is checked, built or changed.
    Plt,
    /// The analysis starts. What follows on the same line is how it went.
    Analysis(Progress),
    /// The analysis, or the building of a PLT, is over.
    Elapsed,
    /// Nothing was found.
    Passed,
    /// Warnings were printed.
    Warned,
    /// A list follows: the rule of its entries, and whether they are in comments.
    Unknown(&'static str, bool),
    /// The run ended without a result.
    Error,
    /// The virtual machine gave up.
    Crash,
    /// The warnings went to a file.
    File,
}

/// What follows the start of the analysis on its line.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Progress {
    /// Nothing: warnings, or other output, come next.
    Open,
    /// How long it took: there is nothing to list.
    Elapsed,
    /// The end of the virtual machine.
    Crash,
    /// Something else, such as a report of a process that failed.
    Other,
}

/// How lines start that say that a PLT is worked on.
const PLT: [&[u8]; 5] = [
    b"  Checking whether the PLT ",
    b"  Creating PLT ",
    b"  Adding information ",
    b"  Removing information ",
    b"  Rebuilding the information in ",
];

/// How lines start at which an analysis starts, the second one with `--incremental`.
const ANALYSIS: [&[u8]; 2] = [
    b"  Proceeding with analysis...",
    b"Proceeding with incremental analysis...",
];

/// Headings of lists, without the `%% ` of `--raw`, and the rule of their entries.
const LISTS: [(&[u8], &str); 3] = [
    (b"Unknown functions:", "unknown_function"),
    (b"Unknown types:", "unknown_type"),
    (b"Unknown behaviours", "unknown_behaviour"),
];

const CRASH: &[u8] = b"init terminating in do_boot";

/// What a line says about the run, if it does.
pub(super) fn mark(line: &[u8]) -> Option<Mark> {
    match line.first()? {
        b' ' if line.starts_with(b" done in ") => elapsed(line).then_some(Mark::Elapsed),
        b' ' if line.starts_with(b"  Check output file `") => Some(Mark::File),
        b' ' if PLT.into_iter().any(|start| line.starts_with(start)) => Some(Mark::Plt),
        b' ' | b'P' => {
            let rest = ANALYSIS
                .into_iter()
                .find_map(|start| line.strip_prefix(start))?;
            Some(Mark::Analysis(progress(rest)))
        }
        b'd' if line == b"done (passed successfully)" => Some(Mark::Passed),
        b'd' if line == b"done (warnings were emitted)" => Some(Mark::Warned),
        b'd' if line.starts_with(b"dialyzer: ") => Some(Mark::Error),
        b'i' if line.starts_with(CRASH) => Some(Mark::Crash),
        b'U' => list(line, false),
        b'%' => list(line.strip_prefix(b"%% ")?, true),
        _ => None,
    }
}

fn progress(rest: &[u8]) -> Progress {
    let crash = |rest: &[u8]| rest.strip_prefix(b"{\"")?.strip_prefix(CRASH).map(drop);
    match rest {
        b"" => Progress::Open,
        rest if elapsed(rest) => Progress::Elapsed,
        rest if crash(rest).is_some() => Progress::Crash,
        _ => Progress::Other,
    }
}

fn list(line: &[u8], comment: bool) -> Option<Mark> {
    let known = |(start, _): &(&[u8], &str)| line.starts_with(start) && line.ends_with(b":");
    let (_, rule) = LISTS.into_iter().find(known)?;
    Some(Mark::Unknown(rule, comment))
}

/// ` done in 0m2.05s`.
fn elapsed(line: &[u8]) -> bool {
    let time = (digit1, tag("m"), digit1, tag("."), digit1, tag("s"));
    let parsed: IResult<&[u8], _> = all_consuming((tag(" done in "), time)).parse(line);
    parsed.is_ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lines_about_the_run() {
        for (line, expected) in [
            (
                "  Checking whether the PLT a.plt is up-to-date... yes",
                Mark::Plt,
            ),
            (
                "  Proceeding with analysis...",
                Mark::Analysis(Progress::Open),
            ),
            (
                "  Proceeding with analysis... done in 0m0.16s",
                Mark::Analysis(Progress::Elapsed),
            ),
            (
                "Proceeding with incremental analysis... done in 12m0.16s",
                Mark::Analysis(Progress::Elapsed),
            ),
            (
                "  Proceeding with analysis...{\"init terminating in do_boot\",{function_clause,[",
                Mark::Analysis(Progress::Crash),
            ),
            (
                "  Proceeding with analysis...=ERROR REPORT==== 1-Jan-2026::00:00:00.0 ===",
                Mark::Analysis(Progress::Other),
            ),
            (" done in 0m2.05s", Mark::Elapsed),
            ("Unknown types:", Mark::Unknown("unknown_type", false)),
            (
                "%% Unknown functions:",
                Mark::Unknown("unknown_function", true),
            ),
            (
                "Unknown behaviours (behaviour_info(callbacks) does not return any specs):",
                Mark::Unknown("unknown_behaviour", false),
            ),
        ] {
            assert_eq!(mark(line.as_bytes()), Some(expected), "{line}");
        }
        for other in [
            "done in 0m2.05s",
            " done in 2s",
            "Unknown functions",
            "%% x",
            "",
        ] {
            assert_eq!(mark(other.as_bytes()), None, "{other}");
        }
    }
}
