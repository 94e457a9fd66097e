//! What comes from a comparison: with a base, with a baseline.

use super::document::{WireBaseline, WireNoData, WirePatch};
use super::{Read, all, one_of, unknown};
use crate::baseline::Outcome;
use crate::compare::patch::{NoData, Patch, Why};

/// Coverage of the lines that changed, or why it is not known.
pub(super) fn patch(
    known: Option<WirePatch>,
    unknown: Option<String>,
) -> Read<Option<Result<Patch, String>>> {
    let Some(p) = known else {
        return Ok(unknown.map(Err));
    };
    let uncovered = p.uncovered.into_iter().map(|u| (u.path, u.lines));
    Ok(Some(Ok(Patch {
        base: p.base,
        commit: p.commit,
        covered: p.covered,
        relevant: p.relevant,
        uncovered: uncovered.collect(),
        no_data: all(p.no_data, no_data)?,
        whitespace: p.whitespace,
        elsewhere: p.elsewhere,
        notes: p.notes,
    })))
}

fn no_data(n: WireNoData) -> Read<NoData> {
    if let Some((first, last)) = n.ranges.iter().find(|(first, last)| first > last) {
        return unknown("the range", &format!("{first}-{last}"));
    }
    Ok(NoData {
        path: n.path,
        lines: n.ranges,
        why: one_of(Why::ALL, &n.reason, Why::id, "the reason")?,
    })
}

pub(super) fn baseline(b: WireBaseline) -> Outcome {
    Outcome {
        path: b.path,
        trouble: b.trouble,
        new: b.new,
        known: b.known,
        fixed: b.fixed,
    }
}
