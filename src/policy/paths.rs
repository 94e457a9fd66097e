//! Path patterns, kept with the words that they were written in.

use globset::{GlobBuilder, GlobSet};

/// Globs: `*` stays within a folder, `**` crosses folders.
#[derive(Debug, Clone)]
pub struct Patterns {
    /// As written.
    pub words: Vec<String>,
    set: GlobSet,
}

impl Patterns {
    /// Compiles them.
    ///
    /// # Errors
    /// The index of the first bad one, and what is wrong with it.
    pub fn new(words: Vec<String>) -> Result<Self, (usize, String)> {
        let mut set = GlobSet::builder();
        for (i, word) in words.iter().enumerate() {
            let mut glob = GlobBuilder::new(word);
            let glob = glob.literal_separator(true).backslash_escape(true);
            set.add(glob.build().map_err(|e| (i, e.kind().to_string()))?);
        }
        let set = set.build().map_err(|e| (0, e.kind().to_string()))?;
        Ok(Self { words, set })
    }

    /// Whether one of them matches a path as a tool prints it, or the name of a module.
    #[must_use]
    pub fn matches(&self, path: &str) -> bool {
        self.set.is_match(path.strip_prefix("./").unwrap_or(path))
    }
}

impl PartialEq for Patterns {
    fn eq(&self, other: &Self) -> bool {
        self.words == other.words
    }
}

impl Eq for Patterns {}

#[cfg(test)]
mod tests {
    use super::Patterns;

    #[test]
    fn a_star_stays_in_its_folder() {
        let one = Patterns::new(vec!["lib/*.ex".into(), "lib/shop_web/**".into()]).unwrap();
        for path in ["lib/a.ex", "./lib/a.ex", "lib/shop_web/live/a.ex"] {
            assert!(one.matches(path), "{path}");
        }
        for path in [
            "lib/shop/a.ex",
            "apps/x/lib/a.ex",
            "lib/shop_web",
            "/lib/a.ex",
        ] {
            assert!(!one.matches(path), "{path}");
        }
        assert_eq!(
            Patterns::new(vec!["a".into(), "lib/[".into()])
                .unwrap_err()
                .0,
            1
        );
    }
}
