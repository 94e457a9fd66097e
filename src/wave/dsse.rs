//! Signing: DSSE envelopes and C2SP signed notes with Ed25519, and the PEM forms of the keys. Pure.
//!
//! - DSSE v1: the signature is over `"DSSEv1 " len(type) " " type " " len(body) " " body`. What was verified is what is
//!   used: [`open`] gives the very bytes.
//! - The key id is the one of securesystemslib, which refuses any other: SHA-256 of the key's canonical JSON.
//! - Private keys are written as PKCS#8 version 1 (48 bytes): OpenSSL 3.0 and pyca/cryptography refuse version 2.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use ed25519_dalek::{Signature, Signer, SigningKey, VerifyingKey};
use serde::{Deserialize, Serialize};

use super::bag;
use crate::fingerprint::hex;

/// Type of what we sign.
pub const PAYLOAD_TYPE: &str = "application/vnd.in-toto+json";

/// An envelope: one line of `*.intoto.jsonl`.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct Envelope {
    /// The statement, in base64.
    pub payload: String,
    /// Its type.
    #[serde(rename = "payloadType")]
    pub payload_type: String,
    /// At least one.
    pub signatures: Vec<Signed>,
}

/// One signature of an envelope.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct Signed {
    /// A hint, which nobody vouches for.
    pub keyid: String,
    /// In base64.
    pub sig: String,
}

fn pae(payload_type: &str, body: &[u8]) -> Vec<u8> {
    let head = format!(
        "DSSEv1 {} {payload_type} {} ",
        payload_type.len(),
        body.len()
    );
    [head.as_bytes(), body].concat()
}

/// Signs a statement.
#[must_use]
pub fn seal(body: &[u8], key: &SigningKey) -> Envelope {
    let signature = key.sign(&pae(PAYLOAD_TYPE, body));
    Envelope {
        payload: STANDARD.encode(body),
        payload_type: PAYLOAD_TYPE.into(),
        signatures: vec![Signed {
            keyid: key_id(&key.verifying_key()),
            sig: STANDARD.encode(signature.to_bytes()),
        }],
    }
}

/// The statement of an envelope that this key signed.
///
/// # Errors
/// Says why it is not believed.
pub fn open(envelope: &Envelope, key: &VerifyingKey) -> Result<Vec<u8>, &'static str> {
    if envelope.payload_type != PAYLOAD_TYPE {
        return Err("it is not an in-toto statement");
    }
    let body = STANDARD
        .decode(&envelope.payload)
        .map_err(|_| "its payload is not base64")?;
    let signed = pae(&envelope.payload_type, &body);
    let valid = |s: &Signed| {
        let bytes = STANDARD.decode(&s.sig).ok();
        let signature = bytes.and_then(|b| Signature::from_slice(&b).ok());
        signature.is_some_and(|s| key.verify_strict(&signed, &s).is_ok())
    };
    if envelope.signatures.iter().any(valid) {
        Ok(body)
    } else {
        Err("it bears no valid signature of this key")
    }
}

/// The key id that securesystemslib computes.
#[must_use]
pub fn key_id(key: &VerifyingKey) -> String {
    let public = hex(key.as_bytes());
    let canonical =
        format!(r#"{{"keytype":"ed25519","keyval":{{"public":"{public}"}},"scheme":"ed25519"}}"#);
    bag::sha256(canonical.as_bytes())
}

/// DER before the 32 bytes of a private key (PKCS#8 version 1, RFC 8410).
const PRIVATE: [u8; 16] = [
    0x30, 0x2e, 0x02, 0x01, 0x00, 0x30, 0x05, 0x06, 0x03, 0x2b, 0x65, 0x70, 0x04, 0x22, 0x04, 0x20,
];
/// DER before the 32 bytes of a public key (SPKI, RFC 8410).
const PUBLIC: [u8; 12] = [
    0x30, 0x2a, 0x30, 0x05, 0x06, 0x03, 0x2b, 0x65, 0x70, 0x03, 0x21, 0x00,
];

/// A private key as PEM.
#[must_use]
pub fn private_pem(key: &SigningKey) -> String {
    pem("PRIVATE KEY", &[&PRIVATE[..], &key.to_bytes()[..]].concat())
}

/// A public key as PEM.
#[must_use]
pub fn public_pem(key: &VerifyingKey) -> String {
    pem("PUBLIC KEY", &[&PUBLIC[..], &key.as_bytes()[..]].concat())
}

fn pem(label: &str, der: &[u8]) -> String {
    format!(
        "-----BEGIN {label}-----\n{}\n-----END {label}-----\n",
        STANDARD.encode(der)
    )
}

/// Reads a private key.
///
/// # Errors
/// Says what is expected.
pub fn private_key(pem: &str) -> Result<SigningKey, &'static str> {
    let seed = unpem(pem, "PRIVATE KEY", &PRIVATE);
    let seed = seed.ok_or(
        "it is not an Ed25519 private key in PEM (PKCS#8), as `gatekeeper wave keygen` writes it",
    )?;
    Ok(SigningKey::from_bytes(&seed))
}

/// Reads a public key.
///
/// # Errors
/// Says what is expected.
pub fn public_key(pem: &str) -> Result<VerifyingKey, &'static str> {
    let expected =
        "it is not an Ed25519 public key in PEM (SPKI), as `gatekeeper wave keygen` writes it";
    let bytes = unpem(pem, "PUBLIC KEY", &PUBLIC).ok_or(expected)?;
    VerifyingKey::from_bytes(&bytes).map_err(|_| expected)
}

fn unpem(text: &str, label: &str, prefix: &[u8]) -> Option<[u8; 32]> {
    let body = text
        .trim()
        .strip_prefix(&format!("-----BEGIN {label}-----"))?
        .strip_suffix(&format!("-----END {label}-----"))?;
    let compact: String = body.split_whitespace().collect();
    let der = STANDARD.decode(compact).ok()?;
    der.strip_prefix(prefix)?.try_into().ok()
}

/// A C2SP signed note over `text`, which ends with a newline: <https://c2sp.org/signed-note>.
#[must_use]
pub fn note(text: &str, name: &str, key: &SigningKey) -> String {
    let signature = key.sign(text.as_bytes()).to_bytes();
    let body =
        STANDARD.encode([&note_key(name, &key.verifying_key())[..], &signature[..]].concat());
    format!("{text}\n\u{2014} {name} {body}\n")
}

/// The text of a note that this key signed under this name.
#[must_use]
pub fn open_note<'a>(note: &'a str, name: &str, key: &VerifyingKey) -> Option<&'a str> {
    let (text, signatures) = split_note(note)?;
    let valid = |line: &str| {
        let body = line.strip_prefix(&format!("\u{2014} {name} "))?;
        let bytes = STANDARD.decode(body).ok()?;
        let signature = bytes.strip_prefix(&note_key(name, key)[..])?;
        let signature = Signature::from_slice(signature).ok()?;
        key.verify_strict(text.as_bytes(), &signature).ok()
    };
    signatures.lines().find_map(valid).map(|()| text)
}

/// Text and signatures of a note; a note without a signature is its text alone.
#[must_use]
pub fn split_note(note: &str) -> Option<(&str, &str)> {
    let at = note.find("\n\n").map_or(note.len(), |at| at + 1);
    let (text, rest) = note.split_at_checked(at)?;
    Some((text, rest.trim_start_matches('\n')))
}

/// The first four bytes of SHA-256(name, newline, 1, key).
fn note_key(name: &str, key: &VerifyingKey) -> [u8; 4] {
    use sha2::{Digest, Sha256};
    let hash = Sha256::new()
        .chain_update(name)
        .chain_update([b'\n', 1])
        .chain_update(key.as_bytes())
        .finalize();
    [hash[0], hash[1], hash[2], hash[3]]
}

#[cfg(test)]
mod tests {
    use super::*;

    fn key() -> SigningKey {
        SigningKey::from_bytes(&[7; 32])
    }

    #[test]
    fn what_was_sealed_opens_and_nothing_else() {
        let sealed = seal(b"{}", &key());
        let public = key().verifying_key();
        assert_eq!(open(&sealed, &public), Ok(b"{}".to_vec()));
        let other = SigningKey::from_bytes(&[8; 32]).verifying_key();
        assert!(open(&sealed, &other).is_err());
        for change in [
            |e: &mut Envelope| e.payload = STANDARD.encode("{ }"),
            |e: &mut Envelope| e.payload_type.push('x'),
            |e: &mut Envelope| e.signatures.clear(),
            |e: &mut Envelope| e.signatures[0].sig.replace_range(0..2, "AB"),
        ] {
            let mut changed = sealed.clone();
            change(&mut changed);
            assert!(open(&changed, &public).is_err());
        }
    }

    #[test]
    fn keys_read_back_in_the_short_form() {
        let text = private_pem(&key());
        assert_eq!(private_key(&text).unwrap().to_bytes(), [7; 32]);
        let base64: String = text.lines().filter(|l| !l.starts_with('-')).collect();
        assert_eq!(STANDARD.decode(base64).unwrap().len(), 48);
        let public = key().verifying_key();
        assert_eq!(public_key(&public_pem(&public)), Ok(public));
        assert!(private_key(&public_pem(&public)).is_err());
        assert!(public_key("").is_err());
    }

    #[test]
    fn a_note_opens_for_its_key_and_name() {
        let public = key().verifying_key();
        let signed = note("origin\n1\nroot\n", "origin", &key());
        assert_eq!(
            open_note(&signed, "origin", &public),
            Some("origin\n1\nroot\n")
        );
        assert_eq!(open_note(&signed, "other", &public), None);
        assert_eq!(
            open_note(&signed.replace("\n1\n", "\n2\n"), "origin", &public),
            None
        );
        assert_eq!(open_note("origin\n1\nroot\n", "origin", &public), None);
    }
}
