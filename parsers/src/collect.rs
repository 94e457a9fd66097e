//! Defects of one report, collected in bounded memory: a document of a million wrong entries has a million defects,
//! and nobody reads more than the first few of a kind.

use crate::defect::{Completeness, Defect, DefectKind, Parsed, Position};

/// Defects of one kind that are kept; the rest are counted.
const KEPT_OF_A_KIND: usize = 20;

/// The defects of one report and what they make of its completeness.
#[derive(Debug, Clone)]
pub(crate) struct Defects {
    kept: Vec<Defect>,
    dropped: u64,
    worst: Completeness,
}

impl Default for Defects {
    fn default() -> Self {
        Self {
            kept: Vec::new(),
            dropped: 0,
            worst: Completeness::Complete,
        }
    }
}

impl Defects {
    /// How far the report is proven, as far as is known.
    pub(crate) fn worst(&self) -> Completeness {
        self.worst
    }

    /// Notes something odd that does not make the report less reliable.
    pub(crate) fn note(&mut self, kind: DefectKind, message: impl Into<String>, at: Position) {
        self.lower(Completeness::Complete, kind, message, at);
    }

    /// Notes a defect and lowers the completeness to at most `to`.
    pub(crate) fn lower(
        &mut self,
        to: Completeness,
        kind: DefectKind,
        message: impl Into<String>,
        at: Position,
    ) {
        self.worst = self.worst.max(to);
        if self.kept.iter().filter(|d| d.kind == kind).count() < KEPT_OF_A_KIND {
            self.kept.push(Defect::new(kind, message, at));
        } else {
            self.dropped = self.dropped.saturating_add(1);
        }
    }

    /// Notes a defect that makes the report partial, the most frequent case.
    pub(crate) fn partial(&mut self, kind: DefectKind, message: impl Into<String>, at: Position) {
        self.lower(Completeness::Partial, kind, message, at);
    }

    /// Adds those of another report of the same kind.
    pub(crate) fn extend(&mut self, other: Self) {
        for defect in other.kept {
            self.lower(other.worst, defect.kind, defect.message, defect.at);
        }
        self.dropped = self.dropped.saturating_add(other.dropped);
    }

    /// The value with everything that is wrong with it.
    pub(crate) fn finish<T>(mut self, value: T) -> Parsed<T> {
        if self.dropped > 0 {
            let message = format!("{} more defects of these kinds", self.dropped);
            self.kept
                .push(Defect::new(DefectKind::Limit, message, Position::default()));
        }
        Parsed {
            value,
            defects: self.kept,
            completeness: self.worst,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn defects_are_counted_beyond_those_that_are_kept() {
        let mut defects = Defects::default();
        for n in 0..1000 {
            defects.partial(DefectKind::Number, format!("{n}"), Position::line(n));
        }
        defects.note(DefectKind::Skipped, "a check", Position::default());
        let parsed = defects.finish(());
        assert_eq!(parsed.completeness, Completeness::Partial);
        assert_eq!(parsed.defects.len(), KEPT_OF_A_KIND + 2);
        assert_eq!(
            parsed.defects.last().unwrap().message,
            "980 more defects of these kinds"
        );
    }
}
