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
    identity_of(tool, &finding.rule, scope, &normalised(&finding.message))
}

/// The same of its parts: the message is normalised.
#[must_use]
pub fn identity_of(tool: &str, rule: &str, scope: &str, message: &str) -> String {
    ["v1", tool, rule, scope, message].join("\0")
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

/// Numbers and spacing do not make another finding (`58 columns` becoming `59`). A number that belongs to a name does:
/// `add/1` and `add/2`, `sha1` and `sha2`.
#[must_use]
pub fn normalised(message: &str) -> String {
    let mut out = String::with_capacity(message.len());
    for word in message.split_whitespace() {
        let mut before = ' ';
        for c in word.chars() {
            let named = before.is_alphanumeric() || matches!(before, '/' | '_');
            if !c.is_ascii_digit() || (named && before != '#') {
                out.push(c);
                before = c;
            } else if before != '#' {
                out.push('#');
                before = '#';
            }
        }
        out.push(' ');
    }
    out.truncate(out.trim_end().len());
    out
}

#[cfg(test)]
mod tests {
    use super::normalised;

    #[test]
    fn numbers_that_move_are_not_part_of_a_message() {
        for (message, is) in [
            ("max is 80,  was 123", "max is #, was #"),
            (
                "found in lib/a.ex:16 (mass: 40)",
                "found in lib/a.ex:# (mass: #)",
            ),
            ("add/1 calls sha256\n on 0.10", "add/1 calls sha256 on #.#"),
            ("issue #12", "issue #"),
            ("", ""),
        ] {
            assert_eq!(normalised(message), is);
        }
    }
}
