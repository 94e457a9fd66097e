//! Whether a bundle is what it says: every digest, nothing more and nothing less than its manifests list, its entry in
//! the ledger, its signatures. Pure: works on [`Contents`].

use std::collections::BTreeSet;

use ed25519_dalek::VerifyingKey;
use serde_json::Value;

use super::bag::{self, ADDED_LATER, Digests};
use super::contents::Contents;
use super::dsse::{self, Envelope};
use super::ledger::{self, Kind, Proof};
use super::statement::{self, Stated};

/// What a verification found.
#[derive(Debug, Default)]
pub struct Verified {
    /// Digest of the bundle: SHA-256 of its tag manifest, in hex.
    pub bag: Option<String>,
    /// What it says of its wave.
    pub stated: Option<Stated>,
    /// Whether the given key signed it.
    pub signed: bool,
    /// What is wrong. None when it is what it says.
    pub problems: Vec<String>,
    /// What a reader should know, although nothing is wrong.
    pub notes: Vec<String>,
}

/// Checks a bundle; its signatures only with a key.
#[must_use]
pub fn check(contents: &Contents, key: Option<&VerifyingKey>) -> Verified {
    let mut verified = Verified {
        problems: contents.problems.clone(),
        ..Verified::default()
    };
    let found = &mut verified.problems;
    if contents.text(bag::DECLARATION) != Some(bag::BAGIT) {
        found.push(format!(
            "{} is missing or not that of BagIt 1.0",
            bag::DECLARATION
        ));
    }
    manifests(contents, found);
    verified.bag = contents
        .members
        .get(bag::TAG_MANIFEST)
        .map(|m| m.sha256.clone());
    match stated(contents) {
        Ok(stated) => verified.stated = Some(stated),
        Err(problem) => verified.problems.push(problem),
    }
    in_ledger(contents, key, &mut verified);
    attested(contents, key, &mut verified);
    verified
}

/// Both manifests list exactly what is there, with its digests.
fn manifests(contents: &Contents, found: &mut Vec<String>) {
    let payload = |path: &str| path.starts_with("data/");
    let later = |path: &str| ADDED_LATER.iter().any(|p| path.starts_with(p));
    let tag = |path: &str| !payload(path) && !later(path) && path != bag::TAG_MANIFEST;
    for (name, listed) in [
        (bag::MANIFEST, &payload as &dyn Fn(&str) -> bool),
        (bag::TAG_MANIFEST, &tag),
    ] {
        let text = contents
            .text(name)
            .ok_or_else(|| "is missing or no text".to_owned());
        match text.and_then(bag::parse) {
            Ok(digests) => compare(contents, name, &digests, listed, found),
            Err(what) => found.push(format!("{name}: {what}")),
        }
    }
    let unknown = contents.members.keys().filter(|p| later(p) && !is_known(p));
    found.extend(unknown.map(|p| format!("{p:?} has no place in a bundle")));
}

/// Files that can be added to a bundle after it was made.
fn is_known(path: &str) -> bool {
    let attestation = path.strip_prefix("attestations/").is_some_and(|name| {
        !name.contains('/')
            && [".intoto.jsonl", ".sigstore.json", ".minisig", ".tsr"]
                .iter()
                .any(|end| name.ends_with(end))
    });
    attestation || [CHECKPOINT, INCLUSION].contains(&path)
}

/// Path of the checkpoint in a bundle.
pub const CHECKPOINT: &str = "ledger/checkpoint";
/// Path of the proof that the wave is in the ledger.
pub const INCLUSION: &str = "ledger/inclusion.json";

fn compare(
    contents: &Contents,
    manifest: &str,
    digests: &Digests,
    listed: &dyn Fn(&str) -> bool,
    found: &mut Vec<String>,
) {
    for (path, digest) in digests {
        match contents.members.get(path) {
            None => found.push(format!("{path:?} is in {manifest}, but not there")),
            Some(member) if member.sha256 != *digest => {
                found.push(format!(
                    "{path:?} was changed: its digest is not the one in {manifest}"
                ));
            }
            Some(_) if !listed(path) => {
                found.push(format!("{path:?} does not belong in {manifest}"))
            }
            Some(_) => {}
        }
    }
    let extra = contents
        .members
        .keys()
        .filter(|p| listed(p) && !digests.contains_key(*p));
    found.extend(extra.map(|p| format!("{p:?} is there, but not in {manifest}")));
}

fn stated(contents: &Contents) -> Result<Stated, String> {
    let text = contents
        .text(STATED)
        .ok_or(format!("{STATED} is missing or no text"))?;
    let stated: Stated = serde_json::from_str(text).map_err(|e| format!("{STATED}: {e}"))?;
    let report = contents.members.get(REPORT).map(|m| &m.sha256);
    if report != Some(&stated.report) {
        return Err(format!("{STATED} is about another {REPORT}"));
    }
    let name = bundle_name(stated.wave);
    // A folder may have been renamed by its reader; an archive names its own.
    if contents.name.starts_with("wave-") && contents.name != name {
        return Err(format!(
            "it is named {:?}, but holds wave {}",
            contents.name, stated.wave
        ));
    }
    Ok(stated)
}

/// Path of the report in a bundle.
pub const REPORT: &str = "data/report.json";
/// Path of the verdict in a bundle.
pub const STATED: &str = "data/verdict.json";

/// `wave-0007`.
#[must_use]
pub fn bundle_name(wave: u32) -> String {
    format!("wave-{wave:04}")
}

fn in_ledger(contents: &Contents, key: Option<&VerifyingKey>, verified: &mut Verified) {
    let checked = || -> Result<ledger::Entry, String> {
        let note = contents
            .text(CHECKPOINT)
            .ok_or(format!("{CHECKPOINT} is missing"))?;
        let (_, head) =
            ledger::read_checkpoint(note).ok_or(format!("{CHECKPOINT} is no checkpoint"))?;
        if key.is_some_and(|key| !ledger::is_signed(note, key)) {
            return Err(format!("{CHECKPOINT} bears no valid signature of this key"));
        }
        let proof = contents
            .text(INCLUSION)
            .ok_or(format!("{INCLUSION} is missing"))?;
        let proof: Proof = serde_json::from_str(proof).map_err(|e| format!("{INCLUSION}: {e}"))?;
        proof
            .check(&head)
            .map_err(|what| format!("{INCLUSION}: {what}"))
    };
    let entry = match checked() {
        Ok(entry) => entry,
        Err(problem) => return verified.problems.push(problem),
    };
    let stated = verified.stated.as_ref();
    let agrees = entry.kind == Kind::Exported
        && Some(&entry.bag) == verified.bag.as_ref()
        && stated.is_none_or(|s| {
            (s.wave, &s.verdict, &s.commit) == (entry.wave, &entry.verdict, &entry.commit)
        });
    if !agrees {
        let problem = "its entry in the ledger is about another bundle";
        verified.problems.push(problem.into());
    }
}

/// Path of our statements in a bundle.
#[must_use]
pub fn attestation_path(wave: u32) -> String {
    format!("attestations/{}.intoto.jsonl", bundle_name(wave))
}

fn attested(contents: &Contents, key: Option<&VerifyingKey>, verified: &mut Verified) {
    let Some(stated) = verified.stated.clone() else {
        return;
    };
    let path = attestation_path(stated.wave);
    let text = contents.text(&path);
    match (key, text) {
        (None, None) => verified.notes.push(
            "it is not signed: its digests show that it was not damaged, but whoever made it could have written anything"
                .into(),
        ),
        (None, Some(_)) => verified
            .notes
            .push("its signatures were not checked: give the public key with --key".into()),
        (Some(_), None) => verified.problems.push(format!("it is not signed: {path} is missing")),
        (Some(key), Some(text)) => {
            let bag = verified.bag.clone().unwrap_or_default();
            match statements(text, key, &bag, &stated) {
                Ok(()) => verified.signed = true,
                Err(problem) => verified.problems.push(format!("{path}: {problem}")),
            }
        }
    }
}

/// All three statements must be there, signed, and say what the bundle says.
fn statements(text: &str, key: &VerifyingKey, bag: &str, stated: &Stated) -> Result<(), String> {
    let expected = statement::statements(&bundle_name(stated.wave), bag, stated);
    let mut seen = BTreeSet::new();
    for (number, line) in (1..).zip(text.lines()) {
        let envelope: Envelope =
            serde_json::from_str(line).map_err(|e| format!("line {number}: {e}"))?;
        // A hint is not believed, but it must not be another one than was written.
        let hinted = envelope
            .signatures
            .iter()
            .all(|s| s.keyid == dsse::key_id(key));
        if !hinted || serde_json::to_string(&envelope).ok().as_deref() != Some(line) {
            return Err(format!("line {number}: it is not as it was signed"));
        }
        let body = dsse::open(&envelope, key).map_err(|what| format!("line {number}: {what}"))?;
        let body: Value =
            serde_json::from_slice(&body).map_err(|e| format!("line {number}: {e}"))?;
        let which = expected.iter().position(|e| *e == body);
        let Some(which) = which else {
            return Err(format!(
                "line {number}: it states something else than the bundle says"
            ));
        };
        seen.insert(which);
    }
    if seen.len() == expected.len() {
        Ok(())
    } else {
        Err("a statement is missing".into())
    }
}
