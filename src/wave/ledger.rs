//! The ledger of waves: a list that only grows. One JSON line an entry, a Merkle tree over the lines, and a checkpoint
//! (<https://c2sp.org/tlog-checkpoint>) that names size and root. Pure.
//!
//! The chain shows a change and a missing middle; only a newer checkpoint from elsewhere shows a cut end.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use ed25519_dalek::{SigningKey, VerifyingKey};
use serde::{Deserialize, Serialize};

use super::dsse;
use super::merkle::{self, Hash};
use crate::fingerprint::hex;

/// What an entry says of its wave.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Kind {
    /// It was exported.
    Exported,
    /// It does not count any more. Its bundle and its entry stay.
    Withdrawn,
}

/// One entry.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Entry {
    /// From 0, without gaps.
    pub seq: u64,
    /// Hash of the entry before, in hex; empty for the first.
    pub prev: String,
    /// What happened.
    pub kind: Kind,
    /// Number of the wave.
    pub wave: u32,
    /// SHA-256 of the bundle's tag manifest, in hex.
    pub bag: String,
    /// The commit, where it is known.
    pub commit: Option<String>,
    /// `pass`, `fail` or `undecided`.
    pub verdict: String,
    /// Why it was withdrawn.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reason: Option<String>,
}

/// The ledger: its lines as they are, and what they say.
#[derive(Debug, Clone, Default)]
pub struct Ledger {
    lines: Vec<String>,
    entries: Vec<Entry>,
    leaves: Vec<Hash>,
}

impl Ledger {
    /// Reads a ledger.
    ///
    /// # Errors
    /// Says which line breaks it, and how.
    pub fn parse(text: &str) -> Result<Self, String> {
        if !text.is_empty() && !text.ends_with('\n') {
            return Err("its last line is cut".into());
        }
        let mut ledger = Self::default();
        for (number, line) in (1..).zip(text.lines()) {
            let entry: Entry = serde_json::from_str(line)
                .map_err(|e| format!("line {number} is no entry: {e}"))?;
            let expected = (ledger.entries.len() as u64, ledger.last_hash());
            if (entry.seq, &entry.prev) != (expected.0, &expected.1) {
                return Err(format!("line {number} does not follow the line before it"));
            }
            ledger.push(line.to_owned(), entry);
        }
        Ok(ledger)
    }

    fn push(&mut self, line: String, entry: Entry) {
        self.leaves.push(merkle::leaf(line.as_bytes()));
        self.lines.push(line);
        self.entries.push(entry);
    }

    fn last_hash(&self) -> String {
        self.leaves.last().map(|h| hex(h)).unwrap_or_default()
    }

    /// Adds an entry; its number and its link are filled in.
    ///
    /// # Errors
    /// When it cannot be written as JSON.
    pub fn append(&mut self, entry: Entry) -> serde_json::Result<()> {
        let entry = Entry {
            seq: self.entries.len() as u64,
            prev: self.last_hash(),
            ..entry
        };
        self.push(serde_json::to_string(&entry)?, entry);
        Ok(())
    }

    /// All entries, oldest first.
    #[must_use]
    pub fn entries(&self) -> &[Entry] {
        &self.entries
    }

    /// The text of the ledger file.
    #[must_use]
    pub fn text(&self) -> String {
        self.lines.iter().map(|line| format!("{line}\n")).collect()
    }

    /// Size and root after the first `size` entries.
    #[must_use]
    pub fn head(&self, size: usize) -> Head {
        let leaves = self.leaves.get(..size).unwrap_or(&self.leaves);
        Head {
            size: leaves.len() as u64,
            root: merkle::root(leaves),
        }
    }

    /// What proves that the last entry is in the tree, and that the tree before is its beginning.
    #[must_use]
    pub fn proof(&self) -> Option<Proof> {
        let index = self.lines.len().checked_sub(1)?;
        let before = self.head(index);
        Some(Proof {
            entry: self.lines.last()?.clone(),
            size: self.lines.len() as u64,
            inclusion: encoded(&merkle::inclusion(&self.leaves, index)),
            previous_size: before.size,
            previous_root: STANDARD.encode(before.root),
            consistency: encoded(&merkle::consistency(&self.leaves, index)),
        })
    }

    /// Whether an earlier checkpoint is of a beginning of this ledger.
    #[must_use]
    pub fn grew_from(&self, earlier: &Head) -> bool {
        usize::try_from(earlier.size)
            .is_ok_and(|size| size <= self.leaves.len() && self.head(size).root == earlier.root)
    }
}

fn encoded(hashes: &[Hash]) -> Vec<String> {
    hashes.iter().map(|h| STANDARD.encode(h)).collect()
}

/// Size and root of a tree.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Head {
    /// Number of entries.
    pub size: u64,
    /// Root over them.
    pub root: Hash,
}

/// `ledger/inclusion.json` of a bundle.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Proof {
    /// The line of the ledger.
    pub entry: String,
    /// Size of the tree that the proofs are for.
    pub size: u64,
    /// Hashes from the entry to the root, in base64.
    pub inclusion: Vec<String>,
    /// Size of the tree before.
    pub previous_size: u64,
    /// Its root, in base64.
    pub previous_root: String,
    /// Hashes that show it to be the beginning of this tree, in base64.
    pub consistency: Vec<String>,
}

impl Proof {
    /// The entry, when the proofs lead to this head.
    ///
    /// # Errors
    /// Says what does not hold.
    pub fn check(&self, head: &Head) -> Result<Entry, &'static str> {
        let entry: Entry =
            serde_json::from_str(&self.entry).map_err(|_| "its entry cannot be read")?;
        let (inclusion, consistency) = (decoded(&self.inclusion), decoded(&self.consistency));
        let (Some(inclusion), Some(consistency)) = (inclusion, consistency) else {
            return Err("its proofs cannot be read");
        };
        let previous = decode(&self.previous_root).ok_or("its proofs cannot be read")?;
        let leaf = merkle::leaf(self.entry.as_bytes());
        if self.size != head.size
            || !merkle::is_included(&leaf, entry.seq, head.size, &inclusion, &head.root)
        {
            return Err("its entry is not in the tree of the checkpoint");
        }
        if !merkle::is_consistent(
            self.previous_size,
            &previous,
            head.size,
            &head.root,
            &consistency,
        ) {
            return Err("the tree before it is not a beginning of the tree of the checkpoint");
        }
        Ok(entry)
    }
}

fn decode(text: &str) -> Option<Hash> {
    STANDARD.decode(text).ok()?.try_into().ok()
}

fn decoded(texts: &[String]) -> Option<Vec<Hash>> {
    texts.iter().map(|t| decode(t)).collect()
}

/// The checkpoint of a head: signed when there is a key, else its text alone.
#[must_use]
pub fn checkpoint(origin: &str, head: &Head, key: Option<&SigningKey>) -> String {
    let text = format!("{origin}\n{}\n{}\n", head.size, STANDARD.encode(head.root));
    match key {
        Some(key) => dsse::note(&text, origin, key),
        None => text,
    }
}

/// Reads a checkpoint: its origin and head.
#[must_use]
pub fn read_checkpoint(note: &str) -> Option<(&str, Head)> {
    let (text, _) = dsse::split_note(note)?;
    let mut lines = text.lines();
    let (origin, size, root) = (lines.next()?, lines.next()?, lines.next()?);
    let size: u64 = size.parse().ok().filter(|n: &u64| n.to_string() == size)?;
    let root = decode(root)?;
    (lines.next().is_none() && !origin.is_empty()).then_some((origin, Head { size, root }))
}

/// Whether the checkpoint was signed by this key, under the origin that it names.
#[must_use]
pub fn is_signed(note: &str, key: &VerifyingKey) -> bool {
    read_checkpoint(note).is_some_and(|(origin, _)| dsse::open_note(note, origin, key).is_some())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn entry(wave: u32) -> Entry {
        Entry {
            seq: 0,
            prev: String::new(),
            kind: Kind::Exported,
            wave,
            bag: "ab".repeat(32),
            commit: None,
            verdict: "pass".into(),
            reason: None,
        }
    }

    fn ledger(n: u32) -> Ledger {
        let mut ledger = Ledger::default();
        for wave in 1..=n {
            ledger.append(entry(wave)).unwrap();
        }
        ledger
    }

    #[test]
    fn a_ledger_reads_back_and_proves_each_entry() {
        for n in 1..=9 {
            let ledger = ledger(n);
            let again = Ledger::parse(&ledger.text()).unwrap();
            assert_eq!(again.entries(), ledger.entries());
            let head = ledger.head(n as usize);
            let proof = ledger.proof().unwrap();
            assert_eq!(proof.check(&head).unwrap().wave, n);
            assert!(proof.check(&ledger.head(n as usize - 1)).is_err());
        }
    }

    #[test]
    fn a_changed_or_missing_line_is_found() {
        let text = ledger(5).text();
        let lines: Vec<&str> = text.lines().collect();
        for gone in 0..4 {
            let mut fewer = lines.clone();
            fewer.remove(gone);
            assert!(Ledger::parse(&(fewer.join("\n") + "\n")).is_err(), "{gone}");
        }
        assert!(Ledger::parse(&text.replacen("pass", "fail", 1)).is_err());
        assert!(Ledger::parse(&text[..text.len() - 1]).is_err());
        // A cut end parses: only an earlier checkpoint shows it.
        let cut = Ledger::parse(&(lines[..4].join("\n") + "\n")).unwrap();
        assert!(!cut.grew_from(&ledger(5).head(5)));
        assert!(ledger(5).grew_from(&cut.head(4)));
    }

    #[test]
    fn a_checkpoint_reads_back() {
        let key = SigningKey::from_bytes(&[1; 32]);
        let head = ledger(3).head(3);
        for key in [None, Some(&key)] {
            let note = checkpoint("waves/shop", &head, key);
            assert_eq!(read_checkpoint(&note), Some(("waves/shop", head)));
        }
        let signed = checkpoint("waves/shop", &head, Some(&key));
        assert!(is_signed(&signed, &key.verifying_key()));
        assert!(!is_signed(
            &checkpoint("waves/shop", &head, None),
            &key.verifying_key()
        ));
        assert_eq!(read_checkpoint("waves/shop\n03\nAAAA\n"), None);
    }
}
