//! BagIt (RFC 8493) with SHA-256: the manifests of a bundle, and which paths may stand in one. Pure.
//!
//! A manifest line is `<hex><two spaces><path>`, which is also what `sha256sum -c` reads. BagIt percent-encodes `%`, CR
//! and LF in paths; a bundle holds no such path, so nothing is decoded and a `%` is refused.

use std::collections::BTreeMap;

use sha2::{Digest, Sha256};

use crate::fingerprint::hex;

/// Path → SHA-256 in lower-case hex, in the order of the paths.
pub type Digests = BTreeMap<String, String>;

/// Declares the version; the same bytes in every bag.
pub const BAGIT: &str = "BagIt-Version: 1.0\nTag-File-Character-Encoding: UTF-8\n";

/// Names of the tag files that every bundle has.
pub const DECLARATION: &str = "bagit.txt";
/// See [`DECLARATION`].
pub const INFO: &str = "bag-info.txt";
/// See [`DECLARATION`].
pub const MANIFEST: &str = "manifest-sha256.txt";
/// Its digest stands for the whole bundle.
pub const TAG_MANIFEST: &str = "tagmanifest-sha256.txt";

/// Tag files under these can be added later, so the tag manifest does not list them.
pub const ADDED_LATER: [&str; 2] = ["attestations/", "ledger/"];

/// SHA-256 of bytes in lower-case hex.
#[must_use]
pub fn sha256(bytes: &[u8]) -> String {
    hex(&Sha256::digest(bytes))
}

/// The text of a manifest.
#[must_use]
pub fn manifest(digests: &Digests) -> String {
    let lines = digests.iter().map(|(path, hex)| format!("{hex}  {path}\n"));
    lines.collect()
}

/// Reads a manifest.
///
/// # Errors
/// Says which line is not `<64 hex digits>  <path>`, or names a path twice or a path that may not be there.
pub fn parse(text: &str) -> Result<Digests, String> {
    let mut digests = Digests::new();
    if !text.is_empty() && !text.ends_with('\n') {
        return Err("its last line is cut".into());
    }
    for (number, line) in (1..).zip(text.lines()) {
        let entry = line.split_once("  ").filter(|(hex, _)| is_digest(hex));
        let Some((hex, path)) = entry else {
            return Err(format!("line {number} is not a digest and a path"));
        };
        check_path(path).map_err(|what| format!("line {number}: the path {what}"))?;
        if digests.insert(path.into(), hex.into()).is_some() {
            return Err(format!("line {number}: the path stands there twice"));
        }
    }
    Ok(digests)
}

/// 64 lower-case hex digits.
#[must_use]
pub fn is_digest(text: &str) -> bool {
    text.len() == 64
        && text
            .bytes()
            .all(|b| b.is_ascii_digit() || (b'a'..=b'f').contains(&b))
}

/// Longest path in a bundle, in bytes.
const LONGEST: usize = 512;

/// Whether a path may stand in a bundle: relative, in its normal form, and the same on every system.
///
/// # Errors
/// Says what is wrong with it, as the end of a sentence.
pub fn check_path(path: &str) -> Result<(), &'static str> {
    if path.is_empty() || path.len() > LONGEST {
        return Err("is empty or too long");
    }
    if path.starts_with('/') || path.contains(':') {
        return Err("is absolute");
    }
    if path.contains(['\\', '%']) || path.chars().any(char::is_control) {
        return Err("has a backslash, a percent sign or a control character");
    }
    let odd =
        |part: &str| part.is_empty() || part == "." || part == ".." || part.ends_with(['.', ' ']);
    if path.split('/').any(odd) {
        return Err("leaves its folder or is not in its normal form");
    }
    Ok(())
}

/// One `Label: value` line of `bag-info.txt`; a value stays on its line.
#[must_use]
pub fn info_line(label: &str, value: &str) -> String {
    let value: String = value
        .chars()
        .map(|c| if c.is_control() { ' ' } else { c })
        .collect();
    format!("{label}: {value}\n")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_manifest_reads_back() {
        let digests = Digests::from([
            ("data/a b".into(), sha256(b"a")),
            ("data/c".into(), sha256(b"")),
        ]);
        assert_eq!(parse(&manifest(&digests)), Ok(digests));
    }

    #[test]
    fn a_manifest_that_is_not_one_is_refused() {
        let hex = sha256(b"");
        for text in [
            format!("{hex}  data/a"),
            format!("{hex} data/a\n"),
            format!("{}  data/a\n", &hex[1..]),
            format!("{}  data/a\n", hex.to_uppercase()),
            format!("{hex}  ../a\n"),
            format!("{hex}  /a\n"),
            format!("{hex}  data/a\n{hex}  data/a\n"),
            "\n".into(),
        ] {
            assert!(parse(&text).is_err(), "{text:?}");
        }
    }

    #[test]
    fn paths_that_leave_the_bundle_are_refused() {
        for path in [
            "",
            "/etc/passwd",
            "..",
            "data/../x",
            "a//b",
            "a/",
            "./a",
            "C:/x",
            "a\\b",
            "a%0ab",
            "a\nb",
            "a.",
            "a ",
        ] {
            assert!(check_path(path).is_err(), "{path:?}");
        }
        for path in [
            "data/raw/0001/stdout.txt",
            "data/Überblick (1).png",
            "a..b",
            ".x",
        ] {
            assert_eq!(check_path(path), Ok(()), "{path:?}");
        }
    }
}
