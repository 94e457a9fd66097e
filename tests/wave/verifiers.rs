//! Programs of others accept what we seal and sign, and reject what was changed afterwards. They share no code with us.
//! Each is asked where it is installed (`.ci/run` installs them); where one is not, that is said.

use std::fs;
use std::io::Write as _;
use std::path::Path;
use std::process::Command;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use gatekeeper::wave::dsse::{key_id, private_pem, public_pem};
use serde_json::Value;

use super::{key, one};

const STATEMENTS: &str = "attestations/wave-0001.intoto.jsonl";

/// Says, past the test harness that would swallow it, what nobody looked at.
pub(super) fn not_checked(by: &str) {
    let text = format!("NOT CHECKED: a bundle by {by} (not installed)\n");
    std::io::stderr().write_all(text.as_bytes()).unwrap();
}

/// Whether a program accepts; `None` where it, or the library that its script asks for (exit 77), is not installed.
fn accepts(by: &str, program: &str, args: &[&str], dir: &Path) -> Option<bool> {
    match Command::new(program).args(args).current_dir(dir).output() {
        Ok(out) if out.status.code() == Some(77) => {}
        Ok(out) => return Some(out.status.success()),
        Err(e) => assert_eq!(e.kind(), std::io::ErrorKind::NotFound, "{program}"),
    }
    not_checked(by);
    None
}

/// It accepts the bundle of a wave, and rejects it after each of these changes.
fn judge(accepts: impl Fn(&Path) -> Option<bool>, changes: &[fn(&Path)]) {
    let (_dir, published) = one(Some(&key()));
    fs::write(
        published.bundle.join("../key.pub"),
        public_pem(&key().verifying_key()),
    )
    .unwrap();
    if accepts(&published.bundle).is_none() {
        return;
    }
    assert_eq!(accepts(&published.bundle), Some(true), "as it was sealed");
    for (i, change) in changes.iter().enumerate() {
        let (_dir, published) = one(Some(&key()));
        fs::write(
            published.bundle.join("../key.pub"),
            public_pem(&key().verifying_key()),
        )
        .unwrap();
        change(&published.bundle);
        assert_eq!(accepts(&published.bundle), Some(false), "change {i}");
    }
}

fn output(bundle: &Path) {
    fs::write(bundle.join("data/raw/0001/stdout.txt"), b"..F\n").unwrap();
}

fn one_file_more(bundle: &Path) {
    fs::write(bundle.join("data/more.txt"), b"more\n").unwrap();
}

/// Changes each envelope of the statements.
fn envelopes(bundle: &Path, change: impl Fn(&mut Value)) {
    let path = bundle.join(STATEMENTS);
    let text = fs::read_to_string(&path).unwrap();
    let changed = text.lines().map(|line| {
        let mut envelope = serde_json::from_str(line).unwrap();
        change(&mut envelope);
        format!("{envelope}\n")
    });
    fs::write(&path, changed.collect::<String>()).unwrap();
}

fn decoded(value: &Value) -> Vec<u8> {
    STANDARD.decode(value.as_str().unwrap()).unwrap()
}

/// The verdict in the statements becomes another one.
fn verdict(bundle: &Path) {
    envelopes(bundle, |envelope| {
        let body = String::from_utf8(decoded(&envelope["payload"])).unwrap();
        let other = body.replace("pass", "fail").replace("PASS", "FAIL");
        assert_ne!(other, body);
        envelope["payload"] = STANDARD.encode(other).into();
    });
}

fn payload_type(bundle: &Path) {
    envelopes(bundle, |envelope| {
        envelope["payloadType"] = "text/plain".into()
    });
}

fn signature(bundle: &Path) {
    envelopes(bundle, |envelope| {
        let mut bytes = decoded(&envelope["signatures"][0]["sig"]);
        bytes[9] ^= 1;
        envelope["signatures"][0]["sig"] = STANDARD.encode(bytes).into();
    });
}

#[test]
fn sha256sum() {
    let check = |list: &'static str| {
        move |bundle: &Path| {
            let args = ["--check", "--strict", "--quiet", list];
            accepts("sha256sum", "sha256sum", &args, bundle)
        }
    };
    judge(check("manifest-sha256.txt"), &[output]);
    let list: fn(&Path) = |bundle| {
        let path = bundle.join("manifest-sha256.txt");
        let text = fs::read_to_string(&path).unwrap();
        fs::write(path, text.replace('a', "b")).unwrap();
    };
    judge(check("tagmanifest-sha256.txt"), &[list]);
}

const BAGIT: &str = r#"
import sys
try:
    import bagit
except ImportError:
    sys.exit(77)
sys.exit(0 if bagit.Bag(sys.argv[1]).is_valid() else 1)
"#;

#[test]
fn bagit() {
    let check = |bundle: &Path| accepts("bagit", "python3", &["-c", BAGIT, "."], bundle);
    judge(check, &[output, one_file_more]);
}

const SECURESYSTEMSLIB: &str = r#"
import json, sys
try:
    from securesystemslib.dsse import Envelope
    from securesystemslib.signer import Key
except ImportError:
    sys.exit(77)
key = Key.from_dict(sys.argv[2], {"keytype": "ed25519", "scheme": "ed25519", "keyval": {"public": sys.argv[3]}})
for line in open(sys.argv[1]):
    Envelope.from_dict(json.loads(line)).verify([key], 1)
"#;

#[test]
fn securesystemslib() {
    let public = key().verifying_key();
    let hex: String = public
        .as_bytes()
        .iter()
        .map(|b| format!("{b:02x}"))
        .collect();
    let id = key_id(&public);
    let args = ["-c", SECURESYSTEMSLIB, STATEMENTS, &id, &hex];
    let check = |bundle: &Path| accepts("securesystemslib", "python3", &args, bundle);
    judge(check, &[verdict, payload_type, signature]);
}

/// As a bundle of Sigstore that is signed by a key: no log and no timestamp is asked for.
const SIGSTORE: &str = r#"
let tools;
try {
  tools = { ...require("@sigstore/bundle"), ...require("@sigstore/verify") };
} catch {
  process.exit(77);
}
const [, statements, key] = process.argv;
const { readFileSync } = require("node:fs");
const publicKey = require("node:crypto").createPublicKey(readFileSync(key));
const trust = {
  certificateAuthorities: [], timestampAuthorities: [], tlogs: [], ctlogs: [],
  publicKey: () => ({ publicKey, validFor: () => true }),
};
const verifier = new tools.Verifier(trust, { tlogThreshold: 0, ctlogThreshold: 0, timestampThreshold: 0 });
for (const line of readFileSync(statements, "utf8").trim().split("\n")) {
  const dsseEnvelope = JSON.parse(line);
  const hint = dsseEnvelope.signatures[0].keyid;
  const bundle = tools.bundleFromJSON({
    mediaType: "application/vnd.dev.sigstore.bundle.v0.3+json",
    verificationMaterial: { publicKey: { hint } },
    dsseEnvelope,
  });
  verifier.verify(tools.toSignedEntity(bundle));
}
"#;

#[test]
fn sigstore() {
    let args = ["-e", SIGSTORE, STATEMENTS, "../key.pub"];
    let check = |bundle: &Path| accepts("@sigstore/verify", "node", &args, bundle);
    judge(check, &[verdict, payload_type, signature]);
}

/// What DSSE v1 says is signed, written down here once more: OpenSSL knows keys and signatures, not envelopes.
fn openssl_verifies(bundle: &Path) -> Option<bool> {
    for line in fs::read_to_string(bundle.join(STATEMENTS)).unwrap().lines() {
        let envelope: Value = serde_json::from_str(line).unwrap();
        let (kind, body) = (
            envelope["payloadType"].as_str().unwrap(),
            decoded(&envelope["payload"]),
        );
        let head = format!("DSSEv1 {} {kind} {} ", kind.len(), body.len());
        fs::write(bundle.join("../signed"), [head.as_bytes(), &body].concat()).unwrap();
        fs::write(
            bundle.join("../sig"),
            decoded(&envelope["signatures"][0]["sig"]),
        )
        .unwrap();
        let args = "pkeyutl -verify -pubin -inkey ../key.pub -rawin -in ../signed -sigfile ../sig";
        let args: Vec<&str> = args.split(' ').collect();
        if accepts("openssl", "openssl", &args, bundle)? {
            continue;
        }
        return Some(false);
    }
    Some(true)
}

#[test]
fn openssl() {
    judge(openssl_verifies, &[verdict, payload_type, signature]);
    let dir = tempfile::tempdir().unwrap();
    fs::write(dir.path().join("key"), private_pem(&key())).unwrap();
    let derived = Command::new("openssl")
        .args(["pkey", "-in", "key", "-pubout"])
        .current_dir(dir.path())
        .output();
    match derived {
        Ok(out) => assert_eq!(
            String::from_utf8_lossy(&out.stdout),
            public_pem(&key().verifying_key())
        ),
        Err(_) => not_checked("openssl"),
    }
}
