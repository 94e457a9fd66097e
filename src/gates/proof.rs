//! What rests on evidence that is not there, or not proven, is not known.

use gatekeeper_parsers::{Completeness, DefectKind};

use super::{GATES, Gate, Judgement, Ruling, sources};
use crate::report::{Report, Source};

/// A judgement on what was measured, unless the evidence is not there or not proven: then a pass becomes undecided.
pub(super) fn proven(gate: &Gate, report: &Report, measured: Judgement) -> Judgement {
    let all: Vec<&Source> = sources(gate, report).collect();
    if measured.ruling != Ruling::Fail && all.is_empty() {
        let area = GATES.iter().find(|g| g.id == gate.area()).unwrap_or(gate);
        let because = format!(
            "{} is required, but no source is about it",
            area.title.to_lowercase()
        );
        return Judgement {
            ruling: Ruling::Undecided,
            because,
            ..measured
        };
    }
    unproven(report, &all, measured)
}

/// What rests on a source that is not proven is not known, unless it is beyond the limit already.
pub(super) fn unproven(report: &Report, of: &[&Source], measured: Judgement) -> Judgement {
    match of.iter().find(|s| !s.is_complete()) {
        Some(source) if measured.ruling != Ruling::Fail => Judgement {
            ruling: Ruling::Undecided,
            because: doubt(report, source),
            ..measured
        },
        Some(_) | None => measured,
    }
}

/// Why a source is not believed, in one sentence; with its name where there are several.
#[must_use]
pub fn doubt(report: &Report, source: &Source) -> String {
    // What was left out or noted explains less than what is missing or contradictory.
    let weak = |kind: DefectKind| match kind {
        DefectKind::Foreign
        | DefectKind::Limit
        | DefectKind::Encoding
        | DefectKind::UnknownValue => 2,
        DefectKind::NothingRan | DefectKind::NoEndMark => 1,
        _ => 0,
    };
    let grave = source.defects.iter().min_by_key(|d| weak(d.kind));
    let what = match grave {
        Some(defect) => match defect.at.line {
            Some(line) => format!("{} (line {line})", defect.message),
            None => defect.message.clone(),
        },
        None => completeness_word(source.completeness).to_owned(),
    };
    let alone = report.sources.iter().all(|s| s.label == source.label);
    if alone {
        what
    } else {
        format!("{}: {what}", source.label)
    }
}

fn completeness_word(completeness: Completeness) -> &'static str {
    match completeness {
        Completeness::Complete => "is complete",
        Completeness::Unproven => "does not prove that it was read to its end",
        Completeness::Partial => "is not complete",
        Completeness::Unreadable => "could not be read",
    }
}
