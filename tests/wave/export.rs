//! `wave export`, `verify` and `list` as a user runs them: over what was recorded, with real suites and stand-ins.

use std::fs;
use std::io::{Cursor, Read as _};
use std::path::{Path, PathBuf};
use std::process::Command;

use flate2::read::{GzDecoder, ZlibDecoder};
use gatekeeper::wave::contents;
use gatekeeper::wave::verify::check;

use super::verifiers::not_checked;
use crate::real::Shop;

/// A project with a recorded run, and the commands of a user in it.
pub(super) struct Recorded(tempfile::TempDir);

impl Recorded {
    /// The fake `mix` prints what a real suite printed, with a secret in it.
    pub(super) fn new(passes: bool) -> Self {
        let dir = tempfile::tempdir().unwrap();
        let recorded = Self(dir);
        recorded.put("mix.exs", "[app: :shop]");
        let result = if passes {
            "2 tests, 0 failures"
        } else {
            "2 tests, 1 failure"
        };
        let failure = format!(
            "\n  1) test adds (ShopTest)\n     test/shop_test.exs:5\n     Assertion with == failed\n     code:  assert token == 2\n     left:  {SECRET:?}\n     right: 2\n     stacktrace:\n       test/shop_test.exs:6: (test)\n\n"
        );
        let failure = if passes { "" } else { &failure };
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

    pub(super) fn path(&self, name: &str) -> PathBuf {
        self.0.path().join(name)
    }

    fn put(&self, name: &str, text: &str) {
        let path = self.path(name);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, text).unwrap();
    }

    /// Exit code and standard output.
    pub(super) fn run(&self, args: &[&str]) -> (i32, String) {
        let path = format!(
            "{}:{}",
            self.path("bin").display(),
            std::env::var("PATH").unwrap()
        );
        let out = Command::new(env!("CARGO_BIN_EXE_gatekeeper"))
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

/// Looks into every file, every member of every archive, every stream and the text of every PDF.
fn secrets_are_nowhere(waves: &Path) {
    let mut todo = vec![waves.to_owned()];
    let (mut looked, mut papers) = (0, 0);
    while let Some(path) = todo.pop() {
        if path.is_dir() {
            todo.extend(fs::read_dir(path).unwrap().map(|e| e.unwrap().path()));
            continue;
        }
        looked += 1;
        let name = path.display().to_string();
        for (part, bytes) in unwrapped(&name, fs::read(&path).unwrap()) {
            let holds = bytes.windows(SECRET.len()).any(|w| w == SECRET.as_bytes());
            assert!(!holds, "{part}");
        }
        if name.ends_with(".pdf") {
            papers += 1;
            text_of_a_pdf_holds_none(&path);
        }
    }
    assert!(looked > 20 && papers > 0, "{looked} files, {papers} PDF");
}

/// The bytes, and all that is packed in them.
fn unwrapped(name: &str, bytes: Vec<u8>) -> Vec<(String, Vec<u8>)> {
    let mut inner: Vec<(String, Vec<u8>)> = Vec::new();
    if name.ends_with(".gz") {
        let mut tar = tar::Archive::new(GzDecoder::new(&bytes[..]));
        for member in tar.entries().unwrap().map(Result::unwrap) {
            inner.push(read(
                format!("{name}: {}", member.path().unwrap().display()),
                member,
            ));
        }
    } else if name.ends_with(".pptx") {
        let mut zip = zip::ZipArchive::new(Cursor::new(&bytes)).unwrap();
        for i in 0..zip.len() {
            inner.push(read(format!("{name}: part {i}"), zip.by_index(i).unwrap()));
        }
    } else if name.ends_with(".pdf") {
        inner = streams(name, &bytes);
        assert!(inner.len() > 4, "{name}");
    }
    let mut all = vec![(name.to_owned(), bytes)];
    all.extend(
        inner
            .into_iter()
            .flat_map(|(name, bytes)| unwrapped(&name, bytes)),
    );
    all
}

fn read(name: String, mut from: impl std::io::Read) -> (String, Vec<u8>) {
    let mut bytes = Vec::new();
    from.read_to_end(&mut bytes).unwrap();
    (name, bytes)
}

/// What the compressed streams of a PDF hold.
fn streams(name: &str, pdf: &[u8]) -> Vec<(String, Vec<u8>)> {
    let begins = pdf
        .windows(8)
        .enumerate()
        .filter(|(_, w)| *w == b"\nstream\n");
    let inflated = begins.filter_map(|(at, _)| {
        let mut bytes = Vec::new();
        let read = ZlibDecoder::new(&pdf[at + 8..]).read_to_end(&mut bytes);
        read.ok()
            .map(|_| (format!("{name}: stream at {at}"), bytes))
    });
    inflated.collect()
}

/// Text in a PDF is numbers of glyphs; only a reader of PDF turns them into words again.
fn text_of_a_pdf_holds_none(path: &Path) {
    let asked = Command::new("pdftotext")
        .args(["-raw".as_ref(), path.as_os_str(), "-".as_ref()])
        .output();
    let Ok(out) = asked else {
        return not_checked("pdftotext");
    };
    let text = String::from_utf8_lossy(&out.stdout);
    assert!(out.status.success() && text.contains("Gates"), "{text}");
    assert!(!text.contains(SECRET), "{text}");
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

/// A real suite of the shop: recorded, exported, verified and replayed as a delivery lead does it.
#[test]
fn a_real_run_is_exported_verified_and_replayed() {
    for (words, code) in [("test/shop --exclude not_implemented", 0), ("test/zoo", 1)] {
        let shop = Shop::new();
        let path = |name: &str| shop.0.path().join(name);
        let gatekeeper = |args: &[&str]| {
            let out = shop.gatekeeper(args);
            let text = [out.stdout, out.stderr].concat();
            (out.status.code().unwrap(), String::from_utf8(text).unwrap())
        };
        let (ran, report) = shop.mix_test(words);
        assert_eq!(ran, code, "{report}");
        gatekeeper(&["wave", "keygen", "key"]);
        let (exported, text) = gatekeeper(&["wave", "export", "--wave", "7", "--sign", "key"]);
        assert_eq!(exported, code, "{text}");
        for bundle in ["wave-0007", "wave-0007.tar.gz"] {
            let bundle = format!(".gatekeeper/waves/{bundle}");
            let (verified, text) =
                gatekeeper(&["wave", "verify", &bundle, "--key", "key.pub", "--replay"]);
            assert_eq!(verified, 0, "{text}");
            assert!(
                text.contains("replayed: the raw output leads to the same report"),
                "{text}"
            );
        }
        let bundle = path(".gatekeeper/waves/wave-0007");
        let exported: serde_json::Value =
            serde_json::from_slice(&fs::read(bundle.join("data/report.json")).unwrap()).unwrap();
        assert_eq!(exported["tests"], report["tests"]);
        assert_eq!(exported["verdict"], report["verdict"]);
    }
}
