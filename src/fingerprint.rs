//! Identity of a finding that survives inserted lines: it names no line.

use gatekeeper_parsers::evidence::Finding;
use sha2::{Digest, Sha256};

/// What makes a finding the same finding: tool (its id on the wire), rule, function (or file where there is none), and
/// message.
#[must_use]
pub fn identity(tool: &str, finding: &Finding) -> String {
    let scope = finding
        .function
        .as_deref()
        .or(finding.path.as_deref())
        .unwrap_or_default();
    [
        "v1",
        tool,
        &finding.rule,
        scope,
        &normalised(&finding.message),
    ]
    .join("\0")
}

/// The fingerprint of the n-th finding with this identity: 32 hex digits.
#[must_use]
pub fn digest(identity: &str, occurrence: u32) -> String {
    let mut hash = Sha256::new();
    hash.update(identity.as_bytes());
    hash.update(occurrence.to_be_bytes());
    hex(&hash.finalize()[..16])
}

/// Lower-case hex digits.
#[must_use]
pub fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|b| format!("{b:02x}")).collect()
}

/// Numbers and spacing do not make another finding (`58 columns` becoming `59`).
fn normalised(message: &str) -> String {
    let mut out = String::with_capacity(message.len());
    for word in message.split_whitespace() {
        let mut digits = false;
        for c in word.chars() {
            if c.is_ascii_digit() {
                if !digits {
                    out.push('#');
                }
                digits = true;
            } else {
                out.push(c);
                digits = false;
            }
        }
        out.push(' ');
    }
    out
}
