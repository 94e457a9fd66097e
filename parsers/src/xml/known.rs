//! Attributes that mean something to a reader.

use crate::input::Limits;

/// Bytes of a name or a path that are kept.
const NAME: usize = 4 << 10;

/// Attributes that mean something to a reader; all others are passed over.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Known {
    /// Their names.
    pub(crate) names: &'static [&'static str],
    /// Those that may be long, because they hold a text and not a name.
    pub(crate) long: &'static [&'static str],
    /// Whether the writer escapes values. One that does not puts `&` and `<` there as they are.
    pub(crate) escaped: bool,
}

/// Attributes that one reader may know.
pub(super) const MOST: usize = 16;

/// An attribute that means something: its place in [`Known::names`].
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Key(pub(super) u8);

impl Key {
    pub(super) fn place(self) -> usize {
        usize::from(self.0)
    }
}

/// Some of the attributes that mean something, each a bit.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct Keys(u16);

impl Keys {
    pub(super) fn add(&mut self, key: Key) {
        self.0 |= 1_u16.wrapping_shl(u32::from(key.0));
    }

    pub(super) fn has(self, key: Key) -> bool {
        self.0.wrapping_shr(u32::from(key.0)) & 1 == 1
    }
}

impl FromIterator<Key> for Keys {
    fn from_iter<T: IntoIterator<Item = Key>>(keys: T) -> Self {
        let mut all = Self::default();
        keys.into_iter().for_each(|key| all.add(key));
        all
    }
}

impl Known {
    /// The attribute with this name. A name that is not among them is refused by the compiler.
    #[expect(
        clippy::arithmetic_side_effects,
        clippy::as_conversions,
        clippy::indexing_slicing,
        clippy::panic,
        reason = "at compile time"
    )]
    pub(crate) const fn key(self, name: &str) -> Key {
        let mut at = 0;
        while at < MOST {
            let (known, name) = (self.names[at].as_bytes(), name.as_bytes());
            let mut same = 0;
            while same < known.len() && same < name.len() && known[same] == name[same] {
                same += 1;
            }
            if same == known.len() && same == name.len() {
                return Key(at as u8);
            }
            at += 1;
        }
        panic!("not among the first of the names that are known")
    }

    /// The attribute with this name, if it means something.
    pub(super) fn find(self, name: &str) -> Option<Key> {
        let place = self.names.iter().take(MOST).position(|k| same(k, name))?;
        u8::try_from(place).ok().map(Key)
    }

    /// Bytes of its value that are kept.
    pub(super) fn longest(self, key: Key, limits: &Limits) -> usize {
        let name = self.names.get(key.place());
        let long = name.is_some_and(|name| self.long.contains(name));
        let max = if long { limits.text } else { NAME };
        max.min(limits.text)
    }
}

/// Whether two names are the same. Most differ in their length or their first letter.
fn same(a: &str, b: &str) -> bool {
    a.len() == b.len() && a.as_bytes().first() == b.as_bytes().first() && a == b
}
