//! Names that were read lately, so that equal ones are kept once: a suite has thousands of tests, in a few modules and
//! files.

use crate::evidence::Name;
use crate::text;

/// Names that are remembered. A large project has some hundred modules of tests, and its tests come module by module.
const KEPT: usize = 512;

/// The names that were read lately. One that falls on the place of another takes it, so that there is a bound, and
/// looking one up costs no more than to copy it would.
#[derive(Debug, Default)]
pub(crate) struct Names {
    places: Vec<Option<Name>>,
}

impl Names {
    /// The name with this text: the one that was read before, as far as it is remembered.
    pub(crate) fn of(&mut self, text: &str) -> Name {
        if self.places.is_empty() {
            self.places.resize(KEPT, None);
        }
        let Some(place) = self.places.get_mut(place(text)) else {
            return text.into();
        };
        match place {
            Some(name) if *name == *text => name.clone(),
            _ => place.insert(text.into()).clone(),
        }
    }

    /// The same of bytes, of which at most `max` are kept.
    pub(crate) fn lossy(&mut self, bytes: &[u8], max: usize) -> Name {
        match std::str::from_utf8(bytes) {
            Ok(text) if text.len() <= max => self.of(text),
            _ => self.of(&text::lossy(bytes, max)),
        }
    }
}

/// Where a text is looked for: FNV-1a, cut to the number of places.
fn place(text: &str) -> usize {
    let hash = text.bytes().fold(0x811c_9dc5_u32, |hash, byte| {
        (hash ^ u32::from(byte)).wrapping_mul(0x0100_0193)
    });
    let mixed = hash ^ hash.wrapping_shr(16);
    usize::try_from(mixed).map_or(0, |hash| hash.rem_euclid(KEPT))
}

/// Module, file and type of every case and every failure.
#[cfg(test)]
pub(crate) fn of_tests(tests: &crate::evidence::Tests) -> impl Iterator<Item = &Name> {
    let cases = tests.cases.iter();
    let cases = cases.flat_map(|c| [&c.module, &c.file, &c.test_type]);
    let failures = tests.failures.iter();
    let failures = failures.flat_map(|f| [&f.module, &f.file, &f.test_type]);
    cases.chain(failures).flatten()
}

/// How many texts these names take in memory.
#[cfg(test)]
pub(crate) fn kept<'a>(names: impl IntoIterator<Item = &'a Name>) -> usize {
    let texts = names.into_iter().map(|name| name.as_str().as_ptr());
    texts.collect::<std::collections::BTreeSet<_>>().len()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn same(a: &Name, b: &Name) -> bool {
        kept([a, b]) == 1
    }

    #[test]
    fn equal_names_are_kept_once() {
        let mut names = Names::default();
        let first = names.of("Shop.CartTest");
        let other = names.lossy(b"test/shop/cart_test.exs", 64);
        assert!(same(&first, &names.lossy(b"Shop.CartTest", 64)));
        assert!(same(&other, &names.of("test/shop/cart_test.exs")));
        assert_eq!(names.lossy(b"Shop.CartTest", 4), "Shop…");
        assert_eq!(names.lossy(b"Shop.\xff", 64), "Shop.\u{fffd}");
        assert_eq!(names.of(""), "");
    }

    #[test]
    fn names_without_end_are_told_apart_in_bounded_memory() {
        let mut names = Names::default();
        let texts: Vec<String> = (0..100_000).map(|n| format!("Shop.Cart{n}Test")).collect();
        for text in &texts {
            assert_eq!(names.of(text), text.as_str());
        }
        assert_eq!(names.places.len(), KEPT);
        // Their places are spread: most of a project's names have one of their own.
        let mut names = Names::default();
        let few: Vec<Name> = texts.iter().take(100).map(|t| names.of(t)).collect();
        let known = few.iter().filter(|name| same(name, &names.of(name)));
        assert!(known.count() > 80);
    }
}
