//! One vulnerability of the text, label by label.

use crate::advisory::{Advisory, WORD};
use crate::text::{Block as Lines, lossy};

use super::human::{CLEAN, FOUND};

/// A vulnerability that is being read.
pub(super) struct Block {
    /// Line from which on it is sure to be one.
    pub(super) number: u64,
    advisory: Advisory,
    title: Lines,
    /// How many lines the title may still have: it is the only text that may have several.
    in_title: u8,
}

/// Lines of a title.
const TITLE: u8 = 20;

/// What a line is to a block.
pub(super) enum Step {
    More,
    Last,
    Foreign,
}

impl Block {
    pub(super) fn new(package: String, version: String, number: u64) -> Self {
        let advisory = Advisory {
            package: Some(package),
            version: Some(version),
            ..Advisory::default()
        };
        Self {
            number,
            advisory,
            title: Lines::default(),
            in_title: 0,
        }
    }

    /// What was read of it.
    pub(super) fn finish(mut self) -> Advisory {
        self.advisory.title = self.title.finish();
        self.advisory
    }

    /// Takes a line, if it belongs to the block.
    pub(super) fn line(&mut self, text: &[u8], max: usize) -> Step {
        let Self {
            advisory, title, ..
        } = self;
        let mut in_title = 0;
        if let Some(id) = label(text, b"CVE:") {
            advisory.id = cve(&id);
        } else if let Some(url) = label(text, b"URL:") {
            advisory.id = advisory.id.take().or_else(|| id_of(&url));
        } else if let Some(rest) = text.strip_prefix(b"Title:") {
            title.push(rest.trim_ascii_start(), max);
            in_title = TITLE;
        } else if let Some(severity) = label(text, b"Severity:") {
            advisory.severity = Some(severity);
        } else if label(text, b"Vulnerable versions:").is_some() {
            // What is vulnerable is installed; what is not, is below.
        } else if let Some(patched) =
            label(text, b"First patched versions:").or_else(|| label(text, b"Patched versions:"))
        {
            advisory.patched = Some(match patched.as_str() {
                "NONE" | "" => "no patched version".into(),
                versions => format!("patched in {versions}"),
            });
            return Step::Last;
        } else if self.in_title > 0 && !text.starts_with(b"Name:") && text != CLEAN && text != FOUND
        {
            title.push(text, max);
            in_title = self.in_title.saturating_sub(1);
        } else {
            return Step::Foreign;
        }
        self.in_title = in_title;
        Step::More
    }
}

/// What follows a label.
pub(super) fn label(text: &[u8], label: &[u8]) -> Option<String> {
    let rest = text.strip_prefix(label)?;
    Some(lossy(rest.trim_ascii(), WORD))
}

/// `CVE-2018-1000883`, from the number alone or with its word.
fn cve(id: &str) -> Option<String> {
    match id.bytes().next()? {
        first if first.is_ascii_digit() => Some(format!("CVE-{id}")),
        _ => Some(id.to_owned()),
    }
}

/// The id at the end of an advisory's address: `GHSA-…`, `CVE-…`.
fn id_of(url: &str) -> Option<String> {
    let last = url.trim_end_matches('/').rsplit('/').next()?;
    let (word, _) = last.split_once('-')?;
    let upper = !word.is_empty() && word.bytes().all(|b| b.is_ascii_uppercase());
    upper.then(|| last.to_owned())
}
