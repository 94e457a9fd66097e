//! `"coverage": [null, 1, 0, …]`: one entry for each line of the file, folded as it is read.

use std::fmt;
use std::num::NonZeroU32;

use serde::de::{DeserializeSeed, Deserializer, IgnoredAny, MapAccess, SeqAccess, Visitor};

use crate::evidence::Lines;

/// Lines kept for one file; the lines of a longer one are counted, not kept.
const LINES: usize = 100_000;

/// What the array of one file says.
#[derive(Debug, Default)]
pub(super) struct Hits {
    /// Entries.
    pub(super) entries: u64,
    pub(super) covered: u64,
    pub(super) relevant: u64,
    /// Hits by line, for relevant lines, as long as there are not too many.
    pub(super) lines: Lines,
    /// Whether the lines were too many to keep.
    pub(super) dropped: bool,
    /// Index of the first entry that is neither a count nor `null`, and how many there are.
    pub(super) bad: Option<(u64, u64)>,
}

impl Hits {
    /// Drops the lines: they are too many, but counted.
    pub(super) fn forget(&mut self) {
        self.dropped = true;
        self.lines = Lines::default();
    }

    fn entry(&mut self, entry: &Entry) {
        let index = self.entries;
        self.entries = self.entries.saturating_add(1);
        let count = match entry {
            Entry::Irrelevant => return,
            Entry::Count(count) => *count,
            Entry::Bad => {
                let (first, n) = self.bad.unwrap_or((index, 0));
                self.bad = Some((first, n.saturating_add(1)));
                return;
            }
        };
        self.relevant = self.relevant.saturating_add(1);
        self.covered = self.covered.saturating_add(u64::from(count > 0));
        let number = u32::try_from(self.entries).ok().and_then(NonZeroU32::new);
        let room = !self.dropped && self.lines.len() < LINES;
        if !number.is_some_and(|number| room && self.lines.push(number, count)) {
            self.forget();
        }
    }
}

/// One entry of the array.
enum Entry {
    Irrelevant,
    Count(u64),
    Bad,
}

impl<'de> DeserializeSeed<'de> for Hits {
    type Value = Self;

    fn deserialize<D: Deserializer<'de>>(self, from: D) -> Result<Self, D::Error> {
        from.deserialize_seq(self)
    }
}

impl<'de> Visitor<'de> for Hits {
    type Value = Self;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("an array of counts")
    }

    fn visit_seq<A: SeqAccess<'de>>(mut self, mut seq: A) -> Result<Self, A::Error> {
        while let Some(entry) = seq.next_element_seed(AnyEntry)? {
            self.entry(&entry);
        }
        self.lines.shrink();
        Ok(self)
    }
}

/// Takes any entry, so that a bad one does not end the reading.
struct AnyEntry;

impl<'de> DeserializeSeed<'de> for AnyEntry {
    type Value = Entry;

    fn deserialize<D: Deserializer<'de>>(self, from: D) -> Result<Entry, D::Error> {
        from.deserialize_any(self)
    }
}

impl<'de> Visitor<'de> for AnyEntry {
    type Value = Entry;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a count or null")
    }

    fn visit_unit<E>(self) -> Result<Entry, E> {
        Ok(Entry::Irrelevant)
    }

    fn visit_u64<E>(self, count: u64) -> Result<Entry, E> {
        Ok(Entry::Count(count))
    }

    fn visit_i64<E>(self, _: i64) -> Result<Entry, E> {
        Ok(Entry::Bad)
    }

    fn visit_f64<E>(self, _: f64) -> Result<Entry, E> {
        Ok(Entry::Bad)
    }

    fn visit_bool<E>(self, _: bool) -> Result<Entry, E> {
        Ok(Entry::Bad)
    }

    fn visit_str<E>(self, _: &str) -> Result<Entry, E> {
        Ok(Entry::Bad)
    }

    fn visit_seq<A: SeqAccess<'de>>(self, seq: A) -> Result<Entry, A::Error> {
        IgnoredAny.visit_seq(seq).map(|_| Entry::Bad)
    }

    fn visit_map<A: MapAccess<'de>>(self, map: A) -> Result<Entry, A::Error> {
        IgnoredAny.visit_map(map).map(|_| Entry::Bad)
    }
}
