//! One record of a tracefile.

use std::num::NonZeroU32;

use super::grammar::Hit;
use crate::collect::Defects;
use crate::cover::Hits;
use crate::defect::{DefectKind, Position};

/// A record that is open.
pub(super) struct Record {
    pub(super) path: String,
    /// Line of its `SF:`.
    pub(super) start: u64,
    pub(super) hits: Hits,
    pub(super) found: Counter,
    pub(super) covered: Counter,
}

/// `LF:` or `LH:`.
pub(super) struct Counter {
    name: &'static str,
    value: Option<u64>,
}

impl Record {
    pub(super) fn new(path: String, start: u64) -> Self {
        let counter = |name| Counter { name, value: None };
        Self {
            path,
            start,
            hits: Hits::default(),
            found: counter("LF"),
            covered: counter("LH"),
        }
    }

    /// `DA:`
    pub(super) fn line(
        &mut self,
        line: Option<NonZeroU32>,
        hits: Hit,
        at: u64,
        defects: &mut Defects,
    ) {
        let at = Position::line(at);
        let Some(line) = line else {
            let message = "there is no line 0: it is passed over";
            return defects.note(DefectKind::Number, message, at);
        };
        let hits = match hits {
            Hit::Count(hits) => hits,
            // Broken counters of C compilers. None is the smallest number that it can be.
            Hit::Negative => {
                let message = "a negative number of hits, which is taken for none";
                defects.note(DefectKind::Number, message, at);
                0
            }
        };
        self.hits.push(line, hits);
    }

    /// Compares what the record says of itself with what it has.
    pub(super) fn check(&self, defects: &mut Defects) {
        let (covered, relevant) = self.hits.sums();
        for (counter, counted) in [(&self.found, relevant), (&self.covered, covered)] {
            let (name, at) = (counter.name, Position::line(self.start));
            match counter.value {
                Some(n) if n == counted => {}
                Some(n) => {
                    let message = format!("`{name}` says {n}, but the record has {counted}");
                    defects.partial(DefectKind::CountMismatch, message, at);
                }
                None => {
                    let message = format!("a record without `{name}`");
                    defects.partial(DefectKind::MissingField, message, at);
                }
            }
        }
    }
}

impl Counter {
    pub(super) fn set(&mut self, value: Option<u64>, at: u64, defects: &mut Defects) {
        let (name, at) = (self.name, Position::line(at));
        let Some(value) = value else {
            let message = format!("`{name}` is not a number");
            return defects.partial(DefectKind::Number, message, at);
        };
        if self
            .value
            .replace(value)
            .is_some_and(|before| before != value)
        {
            let message = format!("`{name}` stands twice in one record");
            defects.partial(DefectKind::Contradiction, message, at);
        }
    }
}
