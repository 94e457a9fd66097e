//! Sealing a bundle: the tag files of BagIt over a complete `data/`, and the statements when there is a key.

use std::fs::{self, File};
use std::io::{self, Write};
use std::path::Path;

use ed25519_dalek::SigningKey;

use super::bag::{self, Digests};
use super::contents::{self, Contents};
use super::statement::{self, Stated};
use super::verify::{attestation_path, bundle_name};
use super::{dsse, time};
use crate::error::Error;

/// What a bundle is sealed with.
#[derive(Debug)]
pub struct Seal<'a> {
    /// What is stated of the wave.
    pub stated: &'a Stated,
    /// The project's name: the origin of its ledger.
    pub project: &'a str,
    /// Unix time that every member of the archive bears.
    pub time: u64,
    /// The key, when it is signed.
    pub key: Option<&'a SigningKey>,
}

/// Writes the tag files over a complete `data/`, and the statements when there is a key. Gives the bag's digest.
pub(super) fn seal_bag(dir: &Path, seal: &Seal<'_>) -> Result<String, Error> {
    let contents = contents::open(dir)?;
    if let Some(problem) = contents.problems.first() {
        return Err(Error::usage(
            format!("this cannot be in a bundle: {problem}"),
            "rename it, or leave it out",
        ));
    }
    let sealed = || -> io::Result<String> {
        let info = info(&contents, seal);
        let manifest = bag::manifest(&payload(&contents));
        let tags = [
            (bag::DECLARATION, bag::BAGIT),
            (bag::INFO, &info),
            (bag::MANIFEST, &manifest),
        ];
        let mut digests = Digests::new();
        for (name, text) in tags {
            write_new(&dir.join(name), text.as_bytes())?;
            digests.insert(name.into(), bag::sha256(text.as_bytes()));
        }
        let tag_manifest = bag::manifest(&digests);
        write_new(&dir.join(bag::TAG_MANIFEST), tag_manifest.as_bytes())?;
        let bag = bag::sha256(tag_manifest.as_bytes());
        if let Some(key) = seal.key {
            let statements =
                statement::statements(&bundle_name(seal.stated.wave), &bag, seal.stated);
            let mut lines = Vec::new();
            for statement in statements {
                let envelope = dsse::seal(&serde_json::to_vec(&statement)?, key);
                serde_json::to_writer(&mut lines, &envelope)?;
                lines.push(b'\n');
            }
            write_new(&dir.join(attestation_path(seal.stated.wave)), &lines)?;
        }
        Ok(bag)
    };
    sealed().map_err(|e| Error::write(dir, &e))
}

fn payload(contents: &Contents) -> Digests {
    let members = contents
        .members
        .iter()
        .filter(|(p, _)| p.starts_with("data/"));
    members
        .map(|(p, m)| (p.clone(), m.sha256.clone()))
        .collect()
}

/// `bag-info.txt`. The date is that of the evidence, so that equal evidence gives equal bytes.
fn info(contents: &Contents, seal: &Seal<'_>) -> String {
    let members = contents
        .members
        .iter()
        .filter(|(p, _)| p.starts_with("data/"));
    let (bytes, count) = members.fold((0u64, 0u64), |(b, n), (_, m)| {
        (b.saturating_add(m.size), n + 1)
    });
    let date = time::rfc3339(seal.time);
    let lines = [
        (
            "Bag-Software-Agent",
            format!("gatekeeper {}", seal.stated.gatekeeper),
        ),
        (
            "Bagging-Date",
            date.split('T').next().unwrap_or_default().to_owned(),
        ),
        (
            "External-Identifier",
            format!("{}/{}", seal.project, bundle_name(seal.stated.wave)),
        ),
        (
            "External-Description",
            format!(
                "Evidence of wave {}: {}",
                seal.stated.wave, seal.stated.verdict
            ),
        ),
        ("Payload-Oxum", format!("{bytes}.{count}")),
    ];
    lines
        .iter()
        .map(|(label, value)| bag::info_line(label, value))
        .collect()
}

/// Pretty JSON with a line end.
///
/// # Errors
/// When the value cannot be JSON.
pub fn json(value: &impl serde::Serialize) -> serde_json::Result<Vec<u8>> {
    let mut bytes = serde_json::to_vec_pretty(value)?;
    bytes.push(b'\n');
    Ok(bytes)
}

/// Writes a file of a bundle, with the folders above it.
///
/// # Errors
/// When it cannot be written, or is there already.
pub fn write_new(path: &Path, bytes: &[u8]) -> io::Result<()> {
    if let Some(above) = path.parent() {
        fs::create_dir_all(above)?;
    }
    let mut file = File::create_new(path)?;
    file.write_all(bytes)?;
    file.sync_all()
}
