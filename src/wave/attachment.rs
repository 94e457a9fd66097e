//! What a team hands over with a wave beside the evidence: screenshots, logs of migrations, answers of health checks.
//! What a reader of ours understands is evidence; everything else is an attachment of a kind, told by its name. Pure.

use serde::{Deserialize, Serialize};

/// A kind of attachment.
#[derive(Debug)]
pub struct Kind {
    /// Its name in `[wave] require` and in `attachments.json`.
    pub id: &'static str,
    /// Endings of names that tell it.
    endings: &'static [&'static str],
    /// Words within a name that tell it.
    words: &'static [&'static str],
}

/// Every kind; the first that fits.
pub static KINDS: &[Kind] = &[
    Kind {
        id: "screenshot",
        endings: &[".png", ".jpg", ".jpeg", ".webp", ".gif", ".svg"],
        words: &[],
    },
    Kind {
        id: "recording",
        endings: &[".webm", ".mp4", ".har", ".trace.zip"],
        words: &[],
    },
    Kind {
        id: "migration-log",
        endings: &[],
        words: &["migrat"],
    },
    Kind {
        id: "health-check",
        endings: &[],
        words: &["health", "readiness", "smoke"],
    },
    Kind {
        id: "benchmark",
        endings: &[],
        words: &["bench"],
    },
    Kind {
        id: "e2e",
        endings: &[],
        words: &["playwright", "e2e", "cypress", "wallaby", "end-to-end"],
    },
    Kind {
        id: "other",
        endings: &[""],
        words: &[],
    },
];

/// The kind of a file, by its path.
#[must_use]
pub fn kind(path: &str) -> &'static str {
    let path = path.to_lowercase();
    let fits = |kind: &&Kind| {
        kind.endings.iter().any(|end| path.ends_with(end))
            || kind.words.iter().any(|w| path.contains(w))
    };
    KINDS.iter().find(fits).map_or("other", |kind| kind.id)
}

/// One entry of `data/attachments.json`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Attached {
    /// Its path when it was attached.
    pub from: String,
    /// Its path in the bundle.
    pub path: String,
    /// What it is.
    pub kind: String,
    /// Whether it was read and judged.
    pub role: Role,
    /// SHA-256 of its bytes, in hex.
    pub sha256: String,
}

/// What an attachment counts as.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Role {
    /// A reader understands it: it is judged.
    Evidence,
    /// It is handed over as it is.
    Attachment,
}

/// A name for the bundle: only characters that every system and every manifest takes.
#[must_use]
pub fn safe_name(name: &str) -> String {
    let safe = |c: char| c.is_alphanumeric() || "._- ()".contains(c);
    let mut out: String = name
        .chars()
        .map(|c| if safe(c) { c } else { '_' })
        .collect();
    while out.len() > 80 {
        out.remove(0);
    }
    out.trim_start_matches(['.', ' '])
        .trim_end_matches(['.', ' '])
        .to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn kinds_are_told_by_names() {
        for (path, expected) in [
            ("shots/Login.PNG", "screenshot"),
            ("logs/migrate.log", "migration-log"),
            ("health.json", "health-check"),
            ("bench/sort.json", "benchmark"),
            ("playwright-report/index.html", "e2e"),
            ("notes.txt", "other"),
        ] {
            assert_eq!(kind(path), expected, "{path}");
        }
    }

    #[test]
    fn names_are_made_safe() {
        assert_eq!(safe_name("a/b%\n.png"), "a_b__.png");
        assert_eq!(safe_name("../.."), "_");
        assert!(safe_name(&"ü".repeat(100)).len() <= 80);
    }
}
