//! Bundles: what is sealed verifies, and nothing else does.

use std::collections::BTreeMap;
use std::fs::{self, File};
use std::io::Write;
use std::path::{Path, PathBuf};

use ed25519_dalek::SigningKey;
use gatekeeper::wave::ledger::{Entry, Kind, Ledger};
use gatekeeper::wave::statement::{Ran, Stated};
use gatekeeper::wave::store::{Published, Seal, Store, write_new};
use gatekeeper::wave::verify::{Verified, check};
use gatekeeper::wave::{archive, bag, contents};

const REPORT: &[u8] = b"{\"verdict\": \"pass\"}\n";

fn key() -> SigningKey {
    SigningKey::from_bytes(&[9; 32])
}

fn stated(wave: u32) -> Stated {
    Stated {
        wave,
        verdict: "pass".into(),
        gates: vec![
            ("tests".into(), "pass".into()),
            ("coverage".into(), "pass".into()),
        ],
        gatekeeper: "0.1.0".into(),
        commit: Some("d20ace7968ba43c0219f62d71334c1095bab1602".into()),
        branch: Some("main".into()),
        dirty: Some(false),
        policy: None,
        policy_origin: "defaults".into(),
        report: bag::sha256(REPORT),
        commands: vec![Ran {
            argv: vec!["mix".into(), "test".into()],
            exit_code: Some(0),
            signal: None,
            path: "data/raw/0001/stdout.txt".into(),
            sha256: bag::sha256(b"..\n"),
        }],
        finished: "2026-11-21T00:01:12Z".into(),
    }
}

/// Exports a wave with two files of evidence.
fn export(store: &mut Store, wave: u32, key: Option<&SigningKey>) -> Published {
    export_report(store, wave, key, REPORT)
}

/// A bundle with this report.
pub fn sealed(dir: &Path, report: &[u8]) -> PathBuf {
    let mut store = Store::open(dir).unwrap();
    export_report(&mut store, 1, None, report).bundle
}

fn export_report(
    store: &mut Store,
    wave: u32,
    key: Option<&SigningKey>,
    report: &[u8],
) -> Published {
    let staging = store.stage(wave).unwrap();
    let stated = Stated {
        report: bag::sha256(report),
        ..stated(wave)
    };
    let put = |path: &str, bytes: &[u8]| write_new(&staging.dir.join(path), bytes).unwrap();
    put("data/report.json", report);
    put("data/verdict.json", &serde_json::to_vec(&stated).unwrap());
    put("data/raw/0001/stdout.txt", b"..\n");
    put("data/attachments/a picture.png", b"\x89PNG");
    let seal = Seal {
        stated: &stated,
        project: "shop",
        time: 1_795_219_272,
        key,
    };
    store.publish(staging, &seal).unwrap()
}

fn verified(path: &Path, key: Option<&SigningKey>) -> Verified {
    check(
        &contents::open(path).unwrap(),
        key.map(SigningKey::verifying_key).as_ref(),
    )
}

fn one(key: Option<&SigningKey>) -> (tempfile::TempDir, Published) {
    let dir = tempfile::tempdir().unwrap();
    let published = export(&mut Store::open(dir.path()).unwrap(), 1, key);
    (dir, published)
}

#[test]
fn a_bundle_verifies_as_folder_and_as_archive() {
    let (_dir, signed) = one(Some(&key()));
    for path in [&signed.bundle, &signed.archive] {
        let found = verified(path, Some(&key()));
        assert_eq!(found.problems, Vec::<String>::new());
        assert!(found.signed);
        assert_eq!(found.bag.as_deref(), Some(signed.bag.as_str()));
        let unread = verified(path, None);
        assert!(unread.problems.is_empty() && !unread.signed && unread.notes.len() == 1);
        let other = SigningKey::from_bytes(&[1; 32]);
        assert!(!verified(path, Some(&other)).problems.is_empty());
    }
    let (_dir, unsigned) = one(None);
    assert!(verified(&unsigned.bundle, None).problems.is_empty());
    assert!(!verified(&unsigned.bundle, Some(&key())).problems.is_empty());
}

/// SplitMix64: the same numbers in every run.
struct Random(u64);

impl Random {
    fn below(&mut self, n: usize) -> usize {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        ((z ^ (z >> 31)) % n as u64) as usize
    }
}

#[test]
fn every_changed_bit_is_found() {
    let (_dir, published) = one(Some(&key()));
    let members: Vec<String> = contents::open(&published.bundle)
        .unwrap()
        .members
        .into_keys()
        .collect();
    let mut random = Random(1);
    for _ in 0..10_000 {
        let path = published.bundle.join(&members[random.below(members.len())]);
        let whole = fs::read(&path).unwrap();
        let mut bytes = whole.clone();
        let at = random.below(bytes.len());
        bytes[at] ^= 1 << random.below(8);
        fs::write(&path, &bytes).unwrap();
        let found = verified(&published.bundle, Some(&key()));
        assert!(
            !found.problems.is_empty(),
            "byte {at} of {} was changed and not found",
            path.display()
        );
        fs::write(&path, &whole).unwrap();
    }
    assert!(
        verified(&published.bundle, Some(&key()))
            .problems
            .is_empty()
    );
}

#[test]
fn every_changed_byte_of_the_archive_is_found() {
    let (dir, published) = one(Some(&key()));
    let whole = fs::read(&published.archive).unwrap();
    let path = dir.path().join("changed.tar.gz");
    let step = (whole.len() / 400).max(1);
    // The ten bytes of gzip's own header say nothing of what is inside.
    for at in (10..whole.len()).step_by(step) {
        let mut bytes = whole.clone();
        bytes[at] ^= 4;
        fs::write(&path, &bytes).unwrap();
        assert!(
            !verified(&path, Some(&key())).problems.is_empty(),
            "byte {at}"
        );
        fs::write(&path, &whole[..at]).unwrap();
        assert!(
            !verified(&path, Some(&key())).problems.is_empty(),
            "cut at {at}"
        );
    }
    fs::write(&path, [&whole[..], b"more"].concat()).unwrap();
    assert!(!verified(&path, Some(&key())).problems.is_empty());
}

#[test]
fn more_or_less_than_listed_is_found() {
    let (_dir, published) = one(Some(&key()));
    let bundle = &published.bundle;
    for extra in [
        "data/more.txt",
        "more.txt",
        "attestations/x.sh",
        "ledger/more",
    ] {
        fs::write(bundle.join(extra), b"x").unwrap();
        assert!(!verified(bundle, None).problems.is_empty(), "{extra}");
        fs::remove_file(bundle.join(extra)).unwrap();
    }
    let members = contents::open(bundle).unwrap().members;
    for path in members.keys() {
        let whole = fs::read(bundle.join(path)).unwrap();
        fs::remove_file(bundle.join(path)).unwrap();
        assert!(
            !verified(bundle, Some(&key())).problems.is_empty(),
            "{path} was removed"
        );
        fs::write(bundle.join(path), whole).unwrap();
    }
    std::os::unix::fs::symlink("report.json", bundle.join("data/link.json")).unwrap();
    assert!(!verified(bundle, None).problems.is_empty());
    fs::remove_file(bundle.join("data/link.json")).unwrap();
    fs::write(bundle.join("data/REPORT.json"), REPORT).unwrap();
    assert!(!verified(bundle, None).problems.is_empty());
    fs::remove_file(bundle.join("data/REPORT.json")).unwrap();
    // A signature from elsewhere may be added later.
    fs::write(bundle.join("attestations/tagmanifest.minisig"), b"x").unwrap();
    assert!(verified(bundle, Some(&key())).problems.is_empty());
}

/// Whoever hashes everything again still has no key.
#[test]
fn hashing_again_is_not_enough_for_a_signed_bundle() {
    let (_dir, published) = one(Some(&key()));
    let bundle = &published.bundle;
    fs::write(bundle.join("data/raw/0001/stdout.txt"), b"...\n").unwrap();
    let digests = |own: &dyn Fn(&str) -> bool| {
        let members = contents::open(bundle).unwrap().members;
        let own = members.iter().filter(|(p, _)| own(p));
        own.map(|(p, m)| (p.clone(), m.sha256.clone()))
            .collect::<BTreeMap<_, _>>()
    };
    let payload = bag::manifest(&digests(&|p| p.starts_with("data/")));
    fs::write(bundle.join(bag::MANIFEST), payload).unwrap();
    let tags = ["bagit.txt", "bag-info.txt", "manifest-sha256.txt"];
    let tags = bag::manifest(&digests(&|p| tags.contains(&p)));
    fs::write(bundle.join(bag::TAG_MANIFEST), tags).unwrap();
    let problems = verified(bundle, Some(&key())).problems;
    assert_eq!(problems.len(), 2, "{problems:?}");
}

/// An archive with one hostile member beside the good ones.
fn hostile(change: impl FnOnce(&mut tar::Builder<&mut Vec<u8>>)) -> Vec<u8> {
    let (_dir, published) = one(None);
    let mut plain = Vec::new();
    {
        let mut tar = tar::Builder::new(&mut plain);
        for (path, member) in contents::open(&published.bundle).unwrap().members {
            let header = archive::header(&format!("wave-0001/{path}"), member.size, 0).unwrap();
            tar.append(&header, File::open(published.bundle.join(&path)).unwrap())
                .unwrap();
        }
        change(&mut tar);
        tar.finish().unwrap();
    }
    let mut zip = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::fast());
    zip.write_all(&plain).unwrap();
    zip.finish().unwrap()
}

fn member(name: &[u8], kind: tar::EntryType) -> tar::Header {
    let mut header = tar::Header::new_ustar();
    header.as_old_mut().name[..name.len()].copy_from_slice(name);
    header.set_entry_type(kind);
    header.set_size(0);
    header.set_link_name("/etc/passwd").unwrap();
    header.set_cksum();
    header
}

#[test]
fn hostile_archives_are_refused() {
    use tar::EntryType as T;
    let dir = tempfile::tempdir().unwrap();
    let path = dir.path().join("hostile.tar.gz");
    fs::write(&path, hostile(|_| {})).unwrap();
    assert_eq!(verified(&path, None).problems, Vec::<String>::new());
    let members: [(&[u8], T); 11] = [
        (b"wave-0001/../../evil", T::Regular),
        (b"/etc/cron.d/evil", T::Regular),
        (b"wave-0001/data/report.json", T::Regular),
        (b"wave-0001/DATA/report.json", T::Regular),
        (b"wave-0001/data/x", T::Symlink),
        (b"wave-0001/data/x", T::Link),
        (b"wave-0001/data/x", T::Char),
        (b"wave-0001/data/x", T::Fifo),
        (b"wave-0002/data/x", T::Regular),
        (b"wave-0001/data/a\\b", T::Regular),
        (b"././@LongLink", T::GNULongName),
    ];
    for (name, kind) in members {
        let bytes = hostile(|tar| tar.append(&member(name, kind), &b""[..]).unwrap());
        fs::write(&path, bytes).unwrap();
        let problems = verified(&path, None).problems;
        assert!(
            !problems.is_empty(),
            "{:?} {kind:?}",
            String::from_utf8_lossy(name)
        );
    }
}

#[test]
fn an_archive_that_grows_without_end_is_stopped() {
    let dir = tempfile::tempdir().unwrap();
    let path = dir.path().join("bomb.tar.gz");
    let size = 600u64 << 20;
    let bytes = hostile(|tar| {
        let header = archive::header("wave-0001/data/zeros", size, 0).unwrap();
        tar.append(&header, std::io::Read::take(std::io::repeat(0), size))
            .unwrap();
    });
    fs::write(&path, bytes).unwrap();
    let problems = verified(&path, None).problems;
    assert!(
        problems.iter().any(|p| p.contains("unpacks to more")),
        "{problems:?}"
    );
}

#[test]
fn a_ledger_of_a_thousand_waves_is_checked() {
    let mut ledger = Ledger::default();
    for wave in 1..=1000 {
        let entry = Entry {
            seq: 0,
            prev: String::new(),
            kind: Kind::Exported,
            wave,
            bag: bag::sha256(&wave.to_be_bytes()),
            commit: None,
            verdict: "pass".into(),
            reason: None,
        };
        ledger.append(entry).unwrap();
    }
    let dir = tempfile::tempdir().unwrap();
    fs::write(dir.path().join("ledger.jsonl"), ledger.text()).unwrap();
    let mut store = Store::open(dir.path()).unwrap();
    let before = store.ledger().head(1000);
    let published = export(&mut store, 1001, None);
    assert!(verified(&published.bundle, None).problems.is_empty());
    assert!(store.ledger().grew_from(&before));
    let text = ledger.text().replacen("pass", "fail", 1);
    fs::write(dir.path().join("ledger.jsonl"), text).unwrap();
    drop(store);
    assert!(Store::open(dir.path()).is_err());
}

#[test]
fn a_killed_export_leaves_no_half_bundle_and_no_gap() {
    let dir = tempfile::tempdir().unwrap();
    let mut store = Store::open(dir.path()).unwrap();
    export(&mut store, 1, None);
    export(&mut store, 2, None);
    drop(store);
    // Killed while the bundle was made.
    fs::create_dir_all(dir.path().join(".wave-0003.tmp/data")).unwrap();
    fs::write(dir.path().join(".wave-0003.tar.gz.tmp"), b"half").unwrap();
    fs::write(dir.path().join("wave-0003.tar.gz"), b"half").unwrap();
    // Killed between moving the bundle and writing the ledger.
    let ledger = dir.path().join("ledger.jsonl");
    let whole = fs::read_to_string(&ledger).unwrap();
    fs::write(&ledger, whole.lines().next().unwrap().to_owned() + "\n").unwrap();
    let store = Store::open(dir.path()).unwrap();
    assert_eq!(fs::read_to_string(&ledger).unwrap(), whole);
    assert_eq!(store.next(), 3);
    let left: Vec<PathBuf> = fs::read_dir(dir.path())
        .unwrap()
        .map(|e| e.unwrap().path())
        .filter(|p| p.to_string_lossy().contains("0003"))
        .collect();
    assert_eq!(left, Vec::<PathBuf>::new());
}

#[test]
fn concurrent_exports_get_numbers_of_their_own() {
    let dir = tempfile::tempdir().unwrap();
    std::thread::scope(|scope| {
        for _ in 0..8 {
            scope.spawn(|| {
                let mut store = Store::open(dir.path()).unwrap();
                let wave = store.next();
                export(&mut store, wave, None);
            });
        }
    });
    let store = Store::open(dir.path()).unwrap();
    let waves: Vec<u32> = store.ledger().entries().iter().map(|e| e.wave).collect();
    assert_eq!(waves, (1..=8).collect::<Vec<_>>());
}

#[test]
fn a_withdrawn_wave_stays_in_the_ledger() {
    let dir = tempfile::tempdir().unwrap();
    let mut store = Store::open(dir.path()).unwrap();
    export(&mut store, 1, None);
    store.withdraw(1, "wrong branch", "shop", None).unwrap();
    assert!(store.withdraw(1, "again", "shop", None).is_err());
    assert!(store.withdraw(2, "never was", "shop", None).is_err());
    export(&mut store, 2, None);
    drop(store);
    assert_eq!(Store::open(dir.path()).unwrap().ledger().entries().len(), 3);
    assert!(dir.path().join("wave-0001").is_dir());
    assert!(
        verified(&dir.path().join("wave-0002"), None)
            .problems
            .is_empty()
    );
}

/// A project with a recorded run, and the commands of a user in it.
struct Recorded(tempfile::TempDir);

impl Recorded {
    /// The fake `mix` prints what a real suite printed, with a secret in it.
    fn new(passes: bool) -> Self {
        let dir = tempfile::tempdir().unwrap();
        let recorded = Self(dir);
        recorded.put("mix.exs", "[app: :shop]");
        let result = if passes {
            "2 tests, 0 failures"
        } else {
            "2 tests, 1 failure"
        };
        let failure = if passes {
            ""
        } else {
            "\n  1) test adds (ShopTest)\n     test/shop_test.exs:5\n     Assertion with == failed\n     code:  assert 1 == 2\n     left:  1\n     right: 2\n     stacktrace:\n       test/shop_test.exs:6: (test)\n\n"
        };
        let script = format!(
            "#!/bin/sh\ncat <<'END'\nRunning ExUnit with seed: 0, max_cases: 4\n\n{}\ntoken {SECRET}\n{failure}\nFinished in 0.1 seconds (0.1s async, 0.00s sync)\n{result}\nEND\nexit {}\n",
            if passes { ".." } else { "." },
            if passes { 0 } else { 2 }
        );
        recorded.put("bin/mix", &script);
        let mix = recorded.path("bin/mix");
        let mode = std::os::unix::fs::PermissionsExt::from_mode(0o755);
        fs::set_permissions(mix, mode).unwrap();
        recorded.run(&["run", "-q", "--no-channel", "--", "mix", "test"]);
        recorded
    }

    fn path(&self, name: &str) -> PathBuf {
        self.0.path().join(name)
    }

    fn put(&self, name: &str, text: &str) {
        let path = self.path(name);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, text).unwrap();
    }

    /// Exit code and standard output.
    fn run(&self, args: &[&str]) -> (i32, String) {
        let path = format!(
            "{}:{}",
            self.path("bin").display(),
            std::env::var("PATH").unwrap()
        );
        let out = std::process::Command::new(env!("CARGO_BIN_EXE_gatekeeper"))
            .args(args)
            .current_dir(self.0.path())
            .env("PATH", path)
            .env("DEPLOY_TOKEN", SECRET)
            .env_remove("GITHUB_ACTIONS")
            .output()
            .unwrap();
        let text = format!(
            "{}{}",
            String::from_utf8_lossy(&out.stdout),
            String::from_utf8_lossy(&out.stderr)
        );
        (out.status.code().unwrap(), text)
    }
}

const SECRET: &str = "v3ry-s3cret-value";

#[test]
fn what_was_run_is_exported_verified_and_replayed() {
    for (passes, code) in [(true, 0), (false, 1)] {
        let project = Recorded::new(passes);
        project.put("shots/login.png", "\u{89}PNG\0");
        project.put("logs/migrate.log", &format!("migrated with {SECRET}\n"));
        project.put("note.md", &format!("Done; {SECRET}\n"));
        project.run(&["wave", "keygen", "key"]);
        let args = [
            "wave",
            "export",
            "--note",
            "note.md",
            "--attach",
            "shots/*.png",
            "--attach",
            "logs/migrate.log",
            "--sign",
            "key",
        ];
        let (exported, text) = project.run(&args);
        assert_eq!(exported, code, "{text}");
        for bundle in ["wave-0001", "wave-0001.tar.gz"] {
            let path = format!(".gatekeeper/waves/{bundle}");
            let (verified, text) =
                project.run(&["wave", "verify", &path, "--key", "key.pub", "--replay"]);
            assert_eq!(verified, 0, "{text}");
            assert!(
                text.contains("replayed: the raw output leads to the same report"),
                "{text}"
            );
        }
        secrets_are_nowhere(&project.path(".gatekeeper/waves"));
        // The same again is another wave with the same payload.
        project.run(&["wave", "export", "--wave", "2"]);
        let (again, text) = project.run(&["wave", "export", "--wave", "2"]);
        assert_eq!(again, 2, "{text}");
        let (listed, text) = project.run(&["wave", "list", "--key", "key.pub"]);
        assert_eq!(
            (listed, text.lines().count() >= 2),
            (1, true),
            "the second checkpoint is not signed: {text}"
        );
    }
}

fn secrets_are_nowhere(dir: &Path) {
    let unpacked = tempfile::tempdir().unwrap();
    let archive = File::open(dir.join("wave-0001.tar.gz")).unwrap();
    tar::Archive::new(flate2::read::GzDecoder::new(archive))
        .unpack(unpacked.path())
        .unwrap();
    let mut todo = vec![dir.to_owned(), unpacked.path().to_owned()];
    let mut looked = 0;
    while let Some(dir) = todo.pop() {
        for entry in fs::read_dir(dir).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                todo.push(path);
                continue;
            }
            let bytes = fs::read(&path).unwrap();
            let found = bytes.windows(SECRET.len()).any(|w| w == SECRET.as_bytes());
            assert!(!found, "{}", path.display());
            looked += 1;
        }
    }
    assert!(looked > 20, "{looked}");
}

#[test]
fn two_exports_of_the_same_evidence_are_the_same_bytes() {
    let project = Recorded::new(true);
    project.run(&["wave", "export", "--waves", ".gatekeeper/one"]);
    project.run(&["wave", "export", "--waves", ".gatekeeper/two"]);
    let one = fs::read(project.path(".gatekeeper/one/wave-0001.tar.gz")).unwrap();
    let two = fs::read(project.path(".gatekeeper/two/wave-0001.tar.gz")).unwrap();
    assert!(one == two, "the archives differ");
}

#[test]
fn what_a_wave_must_hold_is_demanded() {
    let project = Recorded::new(true);
    let policy = "[wave]\nrequire = [\"tests\", \"screenshot\", \"credo\"]\n";
    project.put(".config/gatekeeper.toml", policy);
    project.run(&["run", "-q", "--no-channel", "--", "mix", "test"]);
    let (code, text) = project.run(&["wave", "export"]);
    assert_eq!(code, 3, "{text}");
    assert!(text.contains("screenshot is required for a wave"), "{text}");
    assert!(text.contains("credo is required"), "{text}");
    let (code, text) = project.run(&["wave", "verify", ".gatekeeper/waves/wave-0001", "--replay"]);
    assert_eq!(code, 0, "{text}");
    let report =
        fs::read_to_string(project.path(".gatekeeper/waves/wave-0001/data/report.json")).unwrap();
    assert!(report.contains("\"verdict\": \"undecided\""));
}

/// A report that was changed together with its digests does not follow from the raw output.
#[test]
fn a_replay_finds_a_report_that_does_not_follow() {
    let project = Recorded::new(false);
    project.run(&["wave", "export"]);
    let bundle = project.path(".gatekeeper/waves/wave-0001");
    let report = fs::read_to_string(bundle.join("data/report.json")).unwrap();
    let contents = contents::open(&bundle).unwrap();
    let mut verified = check(&contents, None);
    assert_eq!(verified.problems, Vec::<String>::new());
    fs::write(
        bundle.join("data/report.json"),
        report.replace("\"failed\": 1", "\"failed\": 0"),
    )
    .unwrap();
    verified = check(&contents::open(&bundle).unwrap(), None);
    assert!(!verified.problems.is_empty());
    let (code, text) = project.run(&["wave", "verify", ".gatekeeper/waves/wave-0001", "--replay"]);
    assert_eq!(code, 1, "{text}");
}

/// Runs another verifier; `None` where it is not installed, which is said.
#[expect(clippy::print_stdout, reason = "what was not checked is said")]
fn other(name: &str, program: &str, args: &[&str], dir: &Path) -> Option<bool> {
    let asked = std::process::Command::new(program)
        .args(args)
        .current_dir(dir)
        .output();
    match asked {
        Ok(out) if out.status.code() == Some(77) => {}
        Ok(out) => return Some(out.status.success()),
        Err(e) => assert_eq!(e.kind(), std::io::ErrorKind::NotFound, "{program}"),
    }
    println!("NOT CHECKED: {name} is not installed here");
    None
}

/// Verifies an envelope by securesystemslib, which shares no code with us.
const SECURESYSTEMSLIB: &str = r#"
import json, sys
try:
    from securesystemslib.dsse import Envelope
    from securesystemslib.signer import Key
except ImportError:
    sys.exit(77)
key = Key.from_dict(sys.argv[2], {"keytype": "ed25519", "scheme": "ed25519", "keyval": {"public": sys.argv[3]}})
try:
    for line in open(sys.argv[1]):
        Envelope.from_dict(json.loads(line)).verify([key], 1)
except Exception:
    sys.exit(1)
"#;

const BAGIT: &str = r#"
import sys
try:
    import bagit
except ImportError:
    sys.exit(77)
sys.exit(0 if bagit.Bag(sys.argv[1]).is_valid() else 1)
"#;

#[test]
fn other_verifiers_accept_it_and_reject_what_was_changed() {
    use gatekeeper::wave::dsse::key_id;
    let (_dir, published) = one(Some(&key()));
    let bundle = &published.bundle;
    let public = key().verifying_key();
    let hex: String = public
        .as_bytes()
        .iter()
        .map(|b| format!("{b:02x}"))
        .collect();
    let id = key_id(&public);
    let sums = |name: &str| {
        other(
            "sha256sum",
            "sha256sum",
            &["--check", "--strict", "--quiet", name],
            bundle,
        )
    };
    let bag = || other("bagit", "python3", &["-c", BAGIT, "."], bundle);
    let statements = "attestations/wave-0001.intoto.jsonl";
    let signed = || {
        other(
            "securesystemslib",
            "python3",
            &["-c", SECURESYSTEMSLIB, statements, &id, &hex],
            bundle,
        )
    };
    for accepted in [
        sums("manifest-sha256.txt"),
        sums("tagmanifest-sha256.txt"),
        bag(),
        signed(),
    ] {
        assert_ne!(accepted, Some(false));
    }
    fs::write(bundle.join("data/raw/0001/stdout.txt"), b"..F\n").unwrap();
    let text = fs::read_to_string(bundle.join(statements)).unwrap();
    fs::write(
        bundle.join(statements),
        text.replace("\"payload\":\"ey", "\"payload\":\"eX"),
    )
    .unwrap();
    for rejected in [sums("manifest-sha256.txt"), bag(), signed()] {
        assert_ne!(rejected, Some(true));
    }
}
