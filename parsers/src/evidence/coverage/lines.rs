//! Hits by line, packed.

use std::collections::BTreeMap;
use std::fmt;
use std::num::NonZeroU32;

/// Hits by line, for relevant lines, in the order of the file.
///
/// A large project has a million of them, so each is kept as its distance from the line before it and its hits, in as many
/// bytes as these need: mostly two, where a map takes fourteen.
#[derive(Clone, Default, PartialEq, Eq)]
pub struct Lines {
    packed: Vec<u8>,
    count: usize,
    last: u32,
}

impl Lines {
    /// Adds a line behind the last one. `false` when it is not behind it: then it is not taken.
    pub fn push(&mut self, line: NonZeroU32, hits: u64) -> bool {
        let Some(distance) = line.get().checked_sub(self.last).filter(|d| *d > 0) else {
            return false;
        };
        pack(distance.into(), &mut self.packed);
        pack(hits, &mut self.packed);
        self.count = self.count.saturating_add(1);
        self.last = line.get();
        true
    }

    /// The lines with their hits.
    pub fn iter(&self) -> impl Iterator<Item = (NonZeroU32, u64)> {
        let (mut rest, mut last) = (self.packed.as_slice(), 0_u32);
        std::iter::from_fn(move || {
            last = u32::try_from(unpack(&mut rest)?).ok()?.checked_add(last)?;
            Some((NonZeroU32::new(last)?, unpack(&mut rest)?))
        })
    }

    /// The numbers of the lines.
    pub fn numbers(&self) -> impl Iterator<Item = NonZeroU32> {
        self.iter().map(|(line, _)| line)
    }

    /// How many there are.
    #[must_use]
    pub fn len(&self) -> usize {
        self.count
    }

    /// Whether there is none.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.count == 0
    }

    /// Gives back the memory that was taken for more.
    pub(crate) fn shrink(&mut self) {
        self.packed.shrink_to_fit();
    }
}

impl From<BTreeMap<NonZeroU32, u64>> for Lines {
    fn from(map: BTreeMap<NonZeroU32, u64>) -> Self {
        let mut lines = Self::default();
        for (line, hits) in map {
            lines.push(line, hits);
        }
        lines.shrink();
        lines
    }
}

/// In any order; of a line that comes twice, the last hits are those that count.
impl FromIterator<(NonZeroU32, u64)> for Lines {
    fn from_iter<I: IntoIterator<Item = (NonZeroU32, u64)>>(lines: I) -> Self {
        lines.into_iter().collect::<BTreeMap<_, _>>().into()
    }
}

impl fmt::Debug for Lines {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_map().entries(self.iter()).finish()
    }
}

/// Seven bits a byte, the lowest first; all but the last byte have the high bit.
fn pack(mut n: u64, out: &mut Vec<u8>) {
    loop {
        let [low, ..] = n.to_le_bytes();
        n >>= 7;
        if n == 0 {
            return out.push(low);
        }
        out.push(low | 0x80);
    }
}

fn unpack(bytes: &mut &[u8]) -> Option<u64> {
    let (mut n, mut shift) = (0_u64, 0_u32);
    loop {
        let (byte, rest) = bytes.split_first()?;
        *bytes = rest;
        n |= u64::from(byte & 0x7f).checked_shl(shift)?;
        if *byte < 0x80 {
            return Some(n);
        }
        shift = shift.saturating_add(7);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn line(n: u32) -> NonZeroU32 {
        NonZeroU32::new(n).unwrap()
    }

    #[test]
    fn what_is_packed_comes_out_again() {
        let mut seed = 5_u64;
        for size in 0..300_usize {
            let mut map = BTreeMap::new();
            for _ in 0..size {
                seed = seed
                    .wrapping_mul(6_364_136_223_846_793_005)
                    .wrapping_add(1_442_695_040_888_963_407);
                // Near and far, few hits and many.
                let n = u32::try_from(seed >> 32).unwrap() >> (seed & 31);
                map.insert(line(n.max(1)), seed >> (seed >> 6 & 63));
            }
            map.insert(NonZeroU32::MAX, u64::MAX);
            map.insert(NonZeroU32::MIN, 0);
            let lines = Lines::from(map.clone());
            assert_eq!(lines.len(), map.len());
            assert_eq!(lines.iter().collect::<BTreeMap<_, _>>(), map);
            assert!(lines.numbers().eq(map.keys().copied()));
            assert_eq!(lines, map.into_iter().rev().collect());
        }
    }

    #[test]
    fn lines_come_in_order() {
        let mut lines = Lines::default();
        assert!(lines.is_empty());
        let taken = [(3, 1), (3, 2), (2, 1), (4, 0)].map(|(n, hits)| lines.push(line(n), hits));
        assert_eq!(taken, [true, false, false, true]);
        assert_eq!(format!("{lines:?}"), "{3: 1, 4: 0}");
    }

    #[test]
    fn most_lines_take_two_bytes() {
        let mut lines = Lines::default();
        for n in 1..=1000 {
            lines.push(line(n * 3), u64::from(n % 50));
        }
        assert_eq!(lines.packed.len(), 2000);
    }
}
