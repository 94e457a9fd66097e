//! The gates, and what the policy accepts or would have said.

use gatekeeper_parsers::Tool;

use super::document::{WireDifference, WireGate, WirePolicy, WireSuppression, WireWaiver};
use super::{RULINGS, Read, Unread, one_of, unknown};
use crate::gates::{GATES, Gate, Judged, Judgement, Ruling, Weight};
use crate::policy::{Change, Date, Origin, Patterns, Waiver};
use crate::report::Shadow;
use crate::suppressions::Suppression;
use crate::waiver::{Applied, State};

pub(super) fn gate(g: WireGate) -> Read<Judged> {
    let Some(gate) = row(&g.id) else {
        return unknown("the gate", &g.id);
    };
    let judgement = Judgement {
        ruling: one_of(RULINGS, &g.ruling, Ruling::id, "the ruling")?,
        because: g.because,
        actual: g.actual,
        limit: g.limit,
    };
    let weights = [Weight::Fail, Weight::Warn];
    Ok(Judged {
        gate,
        id: g.id,
        title: g.title,
        judgement,
        severity: one_of(&weights, &g.severity, Weight::id, "the severity of a gate")?,
        source: g.source,
    })
}

/// The row with this id, or of which this is a part: `coverage.layer:web`, `findings.credo`.
fn row(id: &str) -> Option<&'static Gate> {
    let part = |row: &&Gate| {
        let rest = id.strip_prefix(row.id);
        rest.is_some_and(|rest| rest.is_empty() || rest.starts_with([':', '.']))
    };
    GATES.iter().filter(part).max_by_key(|row| row.id.len())
}

pub(super) fn waiver(w: WireWaiver) -> Read<Applied> {
    let Some(expires) = date(&w.expires) else {
        return unknown("the day", &w.expires);
    };
    let path = w.path.map(|path| Patterns::new(vec![path])).transpose();
    let path =
        path.map_err(|(_, why)| Unread::Value(format!("the path of a waiver is none: {why}")))?;
    let states = [State::Active, State::Expired, State::Unused];
    Ok(Applied {
        waiver: Waiver {
            finding: w.finding,
            path,
            reason: w.reason,
            owner: w.owner,
            expires,
            origin: Origin::named(w.source),
        },
        matched: w.matched,
        state: one_of(&states, &w.state, State::id, "the state of a waiver")?,
    })
}

/// `2026-11-21`.
fn date(text: &str) -> Option<Date> {
    let mut parts = text.splitn(3, '-');
    let (year, month, day) = (parts.next()?, parts.next()?, parts.next()?);
    let date = Date::new(year.parse().ok()?, month.parse().ok()?, day.parse().ok()?);
    date.filter(|date| date.to_string() == text)
}

pub(super) fn shadow(p: WirePolicy) -> Read<Shadow> {
    let change = |d: WireDifference| Change {
        key: d.key,
        used: d.used,
        other: d.would_be,
    };
    let verdict = p
        .would_be
        .map(|word| one_of(RULINGS, &word, Ruling::id, "the ruling"));
    Ok(Shadow {
        from: p.from,
        changes: p.differences.into_iter().map(change).collect(),
        verdict: verdict.transpose()?,
    })
}

pub(super) fn suppression(s: WireSuppression) -> Read<Suppression> {
    Ok(Suppression {
        tool: one_of(Tool::ALL, &s.tool, Tool::id, "the tool")?.id(),
        path: s.path,
        line: s.line,
        text: s.text,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_part_belongs_to_its_row() {
        for (id, expected) in [
            ("tests", Some("tests")),
            ("tests.speed", Some("tests.speed")),
            ("coverage.layer:web: a", Some("coverage.layer")),
            ("findings.credo", Some("findings")),
            ("testsuite", None),
            ("beauty", None),
        ] {
            assert_eq!(row(id).map(|row| row.id), expected, "{id}");
        }
    }

    #[test]
    fn only_days_are_days() {
        assert_eq!(date("2026-11-21"), Date::new(2026, 11, 21));
        for wrong in ["2026-11-31", "2026-1-1", "+2026-11-21", "never", ""] {
            assert_eq!(date(wrong), None, "{wrong}");
        }
    }
}
