//! What the console says and what the channel says, made one. Pure.
//!
//! Both tell of the same run, so that they are never counted twice: the part of the console and the channel become one
//! part. Where they agree, the channel is the evidence, for it has exact names and is not mixed with what tests print;
//! it also settles what made the console doubtful. Where they do not, both are doubted, and the worse one is counted.

use gatekeeper_parsers::evidence::{Counts, Evidence, Tests};
use gatekeeper_parsers::exunit_channel::{CHANNEL, Channel};
use gatekeeper_parsers::{Completeness, Defect, DefectKind, Parsed, Part, Position, Tool};

/// Makes one part of the console and the channel of a command.
pub fn join(parts: &mut Vec<Part>, channel: Channel) {
    let at = parts.iter().position(|p| p.tool == Tool::Exunit);
    let console = at.map(|at| parts.remove(at));
    let joined = match (console, channel.suites) {
        (None, 0) => None,
        (Some(console), 0) => Some(unseen(console, channel)),
        (Some(console), _) => Some(both(console, channel)),
        (None, _) => Some(silent(channel)),
    };
    parts.splice(0..0, joined);
}

fn contradiction(message: impl Into<String>) -> Defect {
    Defect::new(DefectKind::Contradiction, message, Position::default())
}

/// No suite was seen in any VM. What looks like one on the console then is none, if every VM was watched.
fn unseen(mut console: Part, channel: Channel) -> Part {
    let tests = console.parsed.value.tests();
    let some = tests.is_some_and(|t| t.counts.total() > 0 || !t.failures.is_empty());
    if some && channel.watched {
        let message = "the output shows a test suite, but none ran in any VM that gatekeeper watched; if it ran where gatekeeper cannot see it (a container), use --no-channel";
        console
            .parsed
            .lower(Completeness::Partial, contradiction(message));
    }
    lower_by(
        &mut console.parsed,
        channel.parsed.completeness,
        channel.parsed.defects,
    );
    console
}

/// The console shows no suite. That is as it should be only where the project does not use the console.
fn silent(channel: Channel) -> Part {
    let mut parsed = channel.parsed;
    if channel.console {
        let message = format!(
            "the channel tells of a test suite ({}), but the output shows none",
            says(&parsed.value.counts)
        );
        parsed.lower(Completeness::Partial, contradiction(message));
    }
    part(parsed)
}

fn part(parsed: Parsed<Tests>) -> Part {
    Part {
        format: CHANNEL,
        tool: Tool::Exunit,
        parsed: parsed.map(Evidence::Tests),
    }
}

fn both(mut console: Part, channel: Channel) -> Part {
    let Evidence::Tests(shown) = &mut console.parsed.value else {
        // The tool's own complaints, and no suite.
        let mut part = silent(channel);
        lower_by(
            &mut part.parsed,
            console.parsed.completeness,
            console.parsed.defects,
        );
        return part;
    };
    let told = channel.parsed;
    let whole = told.completeness == Completeness::Complete;
    if whole && same(&shown.counts, &told.value.counts) {
        let slowest = std::mem::take(&mut shown.slowest);
        let slowest_modules = std::mem::take(&mut shown.slowest_modules);
        let mut parsed = told;
        parsed.value.slowest = slowest;
        parsed.value.slowest_modules = slowest_modules;
        settle(
            &mut parsed,
            console.parsed.completeness,
            console.parsed.defects,
        );
        return part(parsed);
    }
    let lost = console
        .parsed
        .defects
        .iter()
        .any(|d| d.kind == DefectKind::Cut);
    let message = disagreement(&shown.counts, &told.value.counts, whole, lost);
    let bad = |c: &Counts| c.failed.saturating_add(c.invalid);
    let worse = bad(&told.value.counts) > bad(&shown.counts);
    let preferred = whole && lost && bad(&told.value.counts) == bad(&shown.counts);
    let mut parsed = console.parsed;
    if worse || preferred {
        parsed.value = Evidence::Tests(told.value);
    }
    // The channel says best what happened.
    let defects = std::mem::replace(&mut parsed.defects, told.defects);
    parsed.defects.push(contradiction(message));
    parsed.defects.extend(defects);
    parsed.completeness = parsed.completeness.max(Completeness::Partial);
    Part {
        format: CHANNEL,
        tool: Tool::Exunit,
        parsed,
    }
}

/// How the two differ; whether the channel is whole, and whether the output lost its end.
fn disagreement(shown: &Counts, told: &Counts, whole: bool, lost: bool) -> String {
    let (shows, tells) = (says(shown), says(told));
    match (whole, lost) {
        (true, true) => format!(
            "the channel tells of a whole suite ({tells}), but the output has no whole summary"
        ),
        (true, false) => {
            format!("two witnesses disagree: the output says {shows}; the channel says {tells}")
        }
        (false, true) => "neither the output nor the channel has a proven end".to_owned(),
        (false, false) => format!(
            "two witnesses disagree: the output says {shows}; the channel says {tells}, and has no proven end"
        ),
    }
}

fn lower_by<T>(parsed: &mut Parsed<T>, completeness: Completeness, defects: Vec<Defect>) {
    parsed.completeness = parsed.completeness.max(completeness);
    parsed.defects.extend(defects);
}

/// Both say the same. What a test printed may have made the console doubtful: that is settled. What is missing there is
/// not: both have the same end.
fn settle(parsed: &mut Parsed<Tests>, completeness: Completeness, defects: Vec<Defect>) {
    let doubtful = completeness >= Completeness::Partial;
    for mut defect in defects {
        match defect.kind {
            // Where the console does not tell how many suites there are, the channel does.
            DefectKind::NoEndMark => {}
            DefectKind::Contradiction | DefectKind::CountMismatch if doubtful => {
                defect.kind = DefectKind::Foreign;
                parsed.note(defect);
            }
            DefectKind::Foreign | DefectKind::Encoding | DefectKind::Limit => parsed.note(defect),
            DefectKind::NothingRan | DefectKind::Skipped => {
                if parsed.defects.iter().all(|d| d.kind != defect.kind) {
                    parsed.note(defect);
                }
            }
            DefectKind::Contradiction
            | DefectKind::CountMismatch
            | DefectKind::Cut
            | DefectKind::ExitCode
            | DefectKind::Signal
            | DefectKind::Syntax
            | DefectKind::Number
            | DefectKind::MissingField
            | DefectKind::UnknownValue
            | DefectKind::UnknownFormat
            | DefectKind::Unsupported
            | DefectKind::Empty
            | DefectKind::ToolError
            | DefectKind::TrailingText
            | DefectKind::Stale
            | DefectKind::Unplaced
            | DefectKind::Held
            | DefectKind::Io
            | DefectKind::Fault => {
                // What was only a note stays one.
                let to = if doubtful {
                    completeness
                } else {
                    Completeness::Complete
                };
                parsed.lower(to, defect);
            }
        }
    }
}

fn same(a: &Counts, b: &Counts) -> bool {
    let facts = |c: &Counts| (c.ran(), c.failed, c.invalid, c.skipped);
    facts(a) == facts(b)
}

fn says(c: &Counts) -> String {
    let mut text = format!("{} ran, {} failed", c.ran(), c.failed);
    for (n, word) in [(c.invalid, "invalid"), (c.skipped, "skipped")] {
        if n > 0 {
            text.push_str(&format!(", {n} {word}"));
        }
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    fn tests(passed: u64, failed: u64) -> Tests {
        Tests {
            counts: Counts {
                passed,
                failed,
                ..Counts::default()
            },
            ..Tests::default()
        }
    }

    fn console(passed: u64, failed: u64, wrong: &[DefectKind]) -> Part {
        let mut parsed = Parsed::complete(Evidence::Tests(tests(passed, failed)));
        for kind in wrong {
            let defect = Defect::new(*kind, "", Position::default());
            parsed.lower(Completeness::Partial, defect);
        }
        Part {
            format: "exunit-console",
            tool: Tool::Exunit,
            parsed,
        }
    }

    fn channel(passed: u64, failed: u64, whole: bool) -> Channel {
        let mut parsed = Parsed::complete(tests(passed, failed));
        if !whole {
            let defect = Defect::new(DefectKind::Cut, "", Position::default());
            parsed.lower(Completeness::Partial, defect);
        }
        Channel {
            parsed,
            nonce: None,
            suites: 1,
            console: true,
            watched: true,
        }
    }

    /// The one part: how far it is proven, and how many failed.
    fn joined(console: Option<Part>, channel: Channel) -> (Completeness, u64) {
        let mut parts: Vec<Part> = console.into_iter().collect();
        join(&mut parts, channel);
        let [part] = &parts[..] else {
            panic!("{} parts", parts.len());
        };
        let Evidence::Tests(tests) = &part.parsed.value else {
            panic!("no tests");
        };
        (part.parsed.completeness, tests.counts.failed)
    }

    #[test]
    fn only_what_agrees_is_complete() {
        use Completeness::{Complete, Partial};
        let contradiction = [DefectKind::Contradiction];
        for (console, channel, expected) in [
            (console(2, 0, &[]), channel(2, 0, true), (Complete, 0)),
            (console(2, 1, &[]), channel(2, 1, true), (Complete, 1)),
            // What a test printed is settled by the channel; what is missing is not.
            (
                console(2, 0, &contradiction),
                channel(2, 0, true),
                (Complete, 0),
            ),
            (
                console(2, 0, &[DefectKind::Cut]),
                channel(2, 0, true),
                (Partial, 0),
            ),
            (
                console(2, 0, &[DefectKind::ToolError]),
                channel(2, 0, true),
                (Partial, 0),
            ),
            // The worse one of two that disagree is counted, and none is believed.
            (console(3, 0, &[]), channel(2, 1, true), (Partial, 1)),
            (console(2, 1, &[]), channel(3, 0, true), (Partial, 1)),
            (console(9, 0, &[]), channel(2, 0, true), (Partial, 0)),
            (console(2, 0, &[]), channel(2, 0, false), (Partial, 0)),
            (console(2, 0, &[]), channel(1, 1, false), (Partial, 1)),
        ] {
            let what = format!("{:?} and {:?}", console.parsed, channel.parsed);
            assert_eq!(joined(Some(console), channel), expected, "{what}");
        }
    }

    #[test]
    fn a_suite_that_only_one_of_the_two_knows_is_doubted() {
        use Completeness::{Complete, Partial};
        assert_eq!(joined(None, channel(2, 0, true)), (Partial, 0));
        let elsewhere = Channel {
            console: false,
            ..channel(2, 0, true)
        };
        assert_eq!(joined(None, elsewhere), (Complete, 0));
        let none = |watched| Channel {
            suites: 0,
            watched,
            ..channel(0, 0, true)
        };
        assert_eq!(joined(Some(console(2, 0, &[])), none(true)), (Partial, 0));
        assert_eq!(joined(Some(console(2, 0, &[])), none(false)), (Complete, 0));
        // "There are no tests to run" is no suite.
        assert_eq!(joined(Some(console(0, 0, &[])), none(true)), (Complete, 0));
    }
}
