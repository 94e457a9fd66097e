//! From what was seen to a part: whether the totals, the warnings and the end marks agree.

use super::form::Rows;
use super::seen::Seen;
use crate::defect::{Completeness, Defect, DefectKind, Parsed, Position};
use crate::evidence::{Evidence, Tool};
use crate::stream::Part;

/// The report; none where nothing of Dialyzer was seen.
pub(super) fn part(seen: Seen, mut rows: Rows) -> Option<Part> {
    seen.first?;
    if seen.runs() == 0 && seen.warned == 0 {
        rows.forget_merged();
    }
    let otp = rows.are_otp() && !seen.is_dialyxir();
    let (read, several) = (rows.total(), rows.forms() > 1);
    let (form, mut findings) = rows.largest();
    if read != seen.expected {
        findings.total = findings.total.max(seen.expected);
    }
    let merged = form.merges() && findings.total < seen.declared;
    if seen.runs() > 0 && !several && !merged {
        findings.suppressed = u64::try_from(seen.skipped).ok();
    }
    let evidence = seen.runs() > 0 || read > 0;
    let mut parsed = Parsed::complete(Evidence::Nothing);
    failures(&seen, &mut parsed);
    match (seen.runs() > 0, read > 0) {
        (true, _) => totals(&seen, read, &mut parsed),
        (false, true) => unproven(&seen, otp, &mut parsed),
        (false, false) => nothing(&seen, &mut parsed),
    }
    if read > 0 && form.merges() && (merged || seen.runs() == 0) {
        merging(&seen, findings.total, &mut parsed);
    }
    rest(&seen, &mut parsed);
    if evidence {
        parsed.value = Evidence::Findings(findings);
    }
    Some(Part {
        format: form.id(otp),
        tool: Tool::Dialyzer,
        parsed,
    })
}

/// Rows of which each may stand for several warnings.
fn merging(seen: &Seen, rows: u64, parsed: &mut Parsed<Evidence>) {
    let warnings = match seen.runs() {
        0 => "nothing says how many warnings they are".to_owned(),
        _ => format!("there are up to {} warnings", seen.declared),
    };
    let message = format!("equal rows are printed once: of {rows} rows, {warnings}");
    let defect = Defect::new(DefectKind::CountMismatch, message, at(seen.totals_at));
    parsed.lower(Completeness::Partial, defect);
}

fn at(line: u64) -> Position {
    if line == 0 {
        Position::default()
    } else {
        Position::line(line)
    }
}

/// What the tool says about its own failure.
fn failures(seen: &Seen, parsed: &mut Parsed<Evidence>) {
    for (message, line) in &seen.failures {
        let message = format!("dialyxir failed: {message}");
        let defect = Defect::new(DefectKind::ToolError, message, at(*line));
        parsed.lower(Completeness::Partial, defect);
    }
    let Some((status, line)) = seen.halted else {
        return;
    };
    if status != Some(2) && seen.failures.is_empty() {
        let status = status.map_or("no number".to_owned(), |s| s.to_string());
        let message = format!("dialyxir halts with status {status}, which is no result");
        parsed.lower(
            Completeness::Partial,
            Defect::new(DefectKind::ToolError, message, at(line)),
        );
    }
    if status == Some(2) && seen.warned == 0 {
        let message = "dialyxir halts because of warnings, but their end mark is missing";
        parsed.lower(
            Completeness::Partial,
            Defect::new(DefectKind::Cut, message, at(line)),
        );
    }
}

/// Runs with totals: these, the warnings and the end marks prove each other.
fn totals(seen: &Seen, read: u64, parsed: &mut Parsed<Evidence>) {
    let position = at(seen.totals_at);
    if read != seen.expected {
        let mut message = format!("{} warnings are declared, {read} were read", seen.expected);
        if read == 0 && seen.warned == 0 {
            message.push_str(" (dialyxir prints them on standard error)");
        }
        let defect = Defect::new(DefectKind::CountMismatch, message, position.clone());
        parsed.lower(Completeness::Partial, defect);
    }
    if seen.started > 0 && seen.started != seen.runs() {
        let (started, runs) = (seen.started, seen.runs());
        let message = format!("{started} runs started, {runs} printed totals");
        let defect = Defect::new(DefectKind::Cut, message, position.clone());
        parsed.lower(Completeness::Partial, defect);
    }
    let pairs = [
        ("done (passed successfully)", seen.clean, seen.passed),
        ("done (warnings were emitted)", seen.failing, seen.warned),
    ];
    for (mark, runs, marks) in pairs {
        // A run that failed has told so already, and prints no end mark.
        if marks == runs || (marks < runs && !seen.failures.is_empty()) {
            continue;
        }
        let message = format!("`{mark}` is printed {marks} times, the totals ask for {runs}");
        let kind = if marks < runs {
            DefectKind::Cut
        } else {
            DefectKind::Contradiction
        };
        parsed.lower(
            Completeness::Partial,
            Defect::new(kind, message, position.clone()),
        );
    }
}

/// Warnings without totals. `otp`: Erlang's own command printed them.
fn unproven(seen: &Seen, otp: bool, parsed: &mut Parsed<Evidence>) {
    let position = at(seen.first.unwrap_or_default());
    let quiet = seen.searched == 0 && seen.started == 0;
    let (completeness, kind, message) = if otp {
        let message = "there is no total: only the exit code can tell that no warning is missing";
        (Completeness::Unproven, DefectKind::NoEndMark, message)
    } else if quiet && seen.warned > 0 {
        let message =
            "`--quiet` hides the totals: only the exit code can tell that nothing is missing";
        (Completeness::Unproven, DefectKind::NoEndMark, message)
    } else {
        let message = "there are warnings, but no totals, or no end mark after them";
        (Completeness::Partial, DefectKind::Cut, message)
    };
    parsed.lower(completeness, Defect::new(kind, message, position));
    let (strays, line) = seen.strays;
    if strays > 0 {
        let message = format!("{strays} lines look like warnings of a name that is not known");
        let defect = Defect::new(DefectKind::UnknownValue, message, at(line));
        parsed.lower(Completeness::Partial, defect);
    }
    let (rulers, line) = seen.rulers;
    if rulers > 0 {
        let message = format!("{rulers} warnings lack their head");
        parsed.lower(
            Completeness::Partial,
            Defect::new(DefectKind::Cut, message, at(line)),
        );
    }
}

/// Neither totals nor warnings.
fn nothing(seen: &Seen, parsed: &mut Parsed<Evidence>) {
    if !parsed.defects.is_empty() {
        parsed.completeness = Completeness::Unreadable;
        return;
    }
    let position = at(seen.first.unwrap_or_default());
    let (completeness, kind, message) = if seen.warned > 0 {
        let message = "warnings were printed, but none of them is here";
        (Completeness::Unreadable, DefectKind::Cut, message)
    } else if seen.started > 0 {
        let message = "the analysis started, but its totals are missing";
        (Completeness::Unreadable, DefectKind::Cut, message)
    } else if seen.searched > 0 {
        let message = "only the PLT was looked for or built: nothing was analysed";
        (Completeness::Partial, DefectKind::NothingRan, message)
    } else {
        let message = "the end of a run, without what comes before it";
        (Completeness::Unreadable, DefectKind::Cut, message)
    };
    parsed.lower(completeness, Defect::new(kind, message, position));
}

/// Oddities that do not depend on the kind of run.
fn rest(seen: &Seen, parsed: &mut Parsed<Evidence>) {
    let (broken, line) = seen.broken;
    if broken > 0 {
        let message = format!("{broken} warnings lack the line that closes them");
        parsed.lower(
            Completeness::Partial,
            Defect::new(DefectKind::Cut, message, at(line)),
        );
    }
    if let Some(line) = seen.bad_totals {
        let message = "the totals cannot be read as numbers";
        parsed.lower(
            Completeness::Partial,
            Defect::new(DefectKind::Number, message, at(line)),
        );
    }
    if seen.passed_cut {
        let message = "the last line has no end";
        parsed.lower(
            Completeness::Partial,
            Defect::new(DefectKind::Cut, message, at(0)),
        );
    }
    if let Some((name, line)) = &seen.unknown {
        let message = format!("the warning `{name}` is not known");
        parsed.note(Defect::new(DefectKind::UnknownValue, message, at(*line)));
    }
    if let Some(line) = seen.unknown_formatter {
        let message = "dialyxir does not know the format that was asked for, and took its default";
        parsed.note(Defect::new(DefectKind::UnknownValue, message, at(line)));
    }
}
