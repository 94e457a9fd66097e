//! `wave verify --replay`: judges the raw output of a verified bundle again.

use std::fs::{self, File};
use std::io::{self, BufReader};
use std::path::Path;

use flate2::bufread::GzDecoder;

use super::judged;
use crate::error::Error;
use crate::wave::attachment::Attached;
use crate::wave::bag;
use crate::wave::contents::Contents;
use crate::wave::inputs::{Inputs, SCHEMA};
use crate::wave::verify::{REPORT, Verified};

/// Judges again. Nothing is taken from the bundle that its manifests do not cover.
pub(super) fn replay(
    bundle: &Path,
    contents: &Contents,
    verified: &mut Verified,
) -> Result<(), Error> {
    let inputs: Option<Inputs> = parsed(contents, "data/inputs.json");
    let attached: Option<Vec<Attached>> = parsed(contents, "data/attachments.json");
    let (Some(inputs), Some(attached)) = (inputs.filter(|i| i.schema == SCHEMA), attached) else {
        let problem = "it cannot be replayed: data/inputs.json is of another version of gatekeeper";
        verified.problems.push(problem.into());
        return Ok(());
    };
    let unpacked;
    let folder = if bundle.is_dir() {
        bundle
    } else {
        unpacked = spooled(bundle, contents)?;
        unpacked.path()
    };
    let policy = judged::policy(folder, &inputs)?;
    let kinds: Vec<&str> = attached.iter().map(|a| a.kind.as_str()).collect();
    let missing = judged::missing(&policy, &kinds);
    let sources = judged::sources(folder, &inputs)?;
    let (report, bytes) = judged::report(sources, &policy, &inputs, &missing);
    let stated = verified.stated.as_ref();
    if stated.is_some_and(|s| s.verdict != report.verdict.id()) {
        let problem = format!(
            "replayed, the verdict is {}, not what it says",
            report.verdict.id()
        );
        verified.problems.push(problem);
    }
    let expected = contents.members.get(REPORT);
    if expected.is_none_or(|m| m.sha256 != bag::sha256(&bytes)) {
        let before = expected
            .and_then(|m| m.bytes.as_deref())
            .unwrap_or_default();
        verified.problems.push(format!(
            "replayed, the report is another one: {}",
            difference(before, &bytes)
        ));
    } else {
        verified
            .notes
            .push("replayed: the raw output leads to the same report and verdict".into());
    }
    Ok(())
}

fn parsed<T: serde::de::DeserializeOwned>(contents: &Contents, path: &str) -> Option<T> {
    serde_json::from_str(contents.text(path)?).ok()
}

/// The first line in which two documents differ.
fn difference(before: &[u8], after: &[u8]) -> String {
    let lines = |bytes: &[u8]| -> Vec<String> {
        let text = String::from_utf8_lossy(bytes);
        text.lines()
            .map(|l| l.trim().chars().take(120).collect())
            .collect()
    };
    let (before, after) = (lines(before), lines(after));
    let at = before.iter().zip(&after).position(|(a, b)| a != b);
    match at.and_then(|at| Some((at, before.get(at)?, after.get(at)?))) {
        Some((at, was, is)) => format!("line {} was {was:?}, and is {is:?}", at + 1),
        None => "one ends before the other".into(),
    }
}

/// The raw output of a verified archive in a folder of its own: its paths and kinds were checked, links are not there.
fn spooled(bundle: &Path, contents: &Contents) -> Result<tempfile::TempDir, Error> {
    let shown = bundle.display().to_string();
    let failed = |e: io::Error| Error::open(&shown, &e);
    let dir = tempfile::tempdir().map_err(failed)?;
    let file = File::open(bundle).map_err(failed)?;
    let mut tar = tar::Archive::new(GzDecoder::new(BufReader::new(file)));
    for entry in tar.entries().map_err(failed)?.raw(true) {
        let mut entry = entry.map_err(failed)?;
        let path = String::from_utf8_lossy(&entry.path_bytes()).into_owned();
        let inner = path
            .split_once('/')
            .map(|(_, inner)| inner.to_owned())
            .unwrap_or_default();
        let wanted = inner.starts_with("data/raw/") || inner == judged::POLICY;
        if !wanted || !contents.members.contains_key(&inner) || bag::check_path(&inner).is_err() {
            continue;
        }
        let to = dir.path().join(&inner);
        fs::create_dir_all(to.parent().unwrap_or(&to)).map_err(failed)?;
        let mut file = File::create_new(&to).map_err(failed)?;
        io::copy(&mut entry, &mut file).map_err(failed)?;
    }
    Ok(dir)
}
