//! The channel: what our own ExUnit formatter writes beside the console, one JSON object a line.
//!
//! Source of the format: `src/channel/gatekeeper_formatter.erl`. Every line has the nonce of the run, the VM that wrote
//! it, and its number in that VM. A VM begins with `hello`; a suite with `suite`; then come `run` and `test` for each
//! test, `module` for a set-up that failed, and `end` with the totals. When the command has ended, gatekeeper itself
//! writes the last line: `sealed`, with the number of lines before it.
//!
//! What proves completeness: the seal, numbers without a gap, one nonce, and for every suite an end whose totals are
//! those of its tests. The code under test runs in the VM that writes this: it can forge all of it, so the channel is a
//! witness beside the console and the exit code, not above them.
//!
//! A suite that begins while another one runs in the same VM is one that a test runs; it is not counted. Of the rounds
//! of `--repeat-until-failure` the last one counts. Deliberately absent: colours, diffs, the logs of passed tests.

use std::io::BufRead;

use crate::defect::{Completeness, Defect, DefectKind, Parsed, Position};
use crate::evidence::{Evidence, Tests, Tool};
use crate::input::{Input, Limits};
use crate::json_doc::after_first_key;
use crate::{Format, Reader, text};

mod event;
mod reading;
mod suite;
mod sum;
#[cfg(test)]
mod tests;

use reading::Reading;

/// Id of the format.
pub const CHANNEL: &str = "exunit-channel";

/// The row of `exunit-channel`.
pub(crate) const ROW: Format = Format {
    id: CHANNEL,
    tool: Tool::Exunit,
    summary: "what gatekeeper's own ExUnit formatter writes (channel.jsonl)",
    proof: "its seal, lines numbered without a gap, an end for each suite with the totals of its tests",
    reader: Reader::Document { sniff, parse },
};

fn sniff(head: &[u8]) -> bool {
    let first = head.split(|b| *b == b'\n').next().unwrap_or(head);
    let own = br#","vm":""#;
    after_first_key(first, "gk").is_some() && text::holds(first, own)
}

fn parse(input: &mut dyn BufRead, limits: &Limits) -> Parsed<Evidence> {
    let channel = read(input, limits);
    let mut parsed = channel.parsed;
    if channel.suites > 0 {
        return parsed.map(Evidence::Tests);
    }
    let message = "no suite of ExUnit ran";
    let defect = Defect::new(DefectKind::NothingRan, message, Position::default());
    parsed.lower(Completeness::Unreadable, defect);
    parsed.map(|_| Evidence::Nothing)
}

/// What a channel says.
#[derive(Debug)]
pub struct Channel {
    /// The tests of all suites.
    pub parsed: Parsed<Tests>,
    /// The nonce of its lines.
    pub nonce: Option<String>,
    /// How many suites there were.
    pub suites: u64,
    /// Whether a suite had ExUnit's own console formatter, so that the console must show it.
    pub console: bool,
    /// Whether there was a VM, and in every VM any suite would have been seen.
    pub watched: bool,
}

/// Reads a channel to its end.
pub fn read(bytes: &mut dyn BufRead, limits: &Limits) -> Channel {
    let mut reading = Reading::new(limits);
    let mut input = Input::new(bytes);
    let mut buffer = Vec::new();
    loop {
        let at = Position::line(input.position().1);
        match input.line(&mut buffer, limits.line) {
            Ok(None) => break,
            Ok(Some(raw)) if raw.cut => {
                let message = "the line is too long";
                reading.defects.partial(DefectKind::Limit, message, at);
            }
            Ok(Some(raw)) => reading.line(&buffer, raw.terminated, at),
            Err(error) => {
                let message = format!("reading stopped: {error}");
                reading.defects.partial(DefectKind::Io, message, at);
                break;
            }
        }
        reading.counted();
    }
    reading.finish()
}
