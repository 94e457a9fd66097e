//! Bundles: what is sealed verifies, and nothing else does.

mod export;
mod verifiers;

use std::collections::BTreeMap;
use std::fs::{self, File};
use std::io::Write;
use std::path::{Path, PathBuf};

use ed25519_dalek::SigningKey;
use gatekeeper::wave::ledger::{Entry, Kind, Ledger};
use gatekeeper::wave::seal::{Seal, write_new};
use gatekeeper::wave::statement::{Ran, Stated};
use gatekeeper::wave::store::{Published, Store};
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
