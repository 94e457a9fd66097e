//! A version is downloaded, and run when it is what `checksums.txt` says.

use std::fs;
use std::path::{Path, PathBuf};

use sha2::{Digest as _, Sha256};

use super::runner::{Job, commands};
use super::{PASS, executable, program, root};

/// A folder of the action with these checksums, and a `curl` that gives this archive.
fn release(checksums: &str, archive: &Path) -> Job {
    let mut job = Job::new();
    job.workspace = root().into();
    job.action = job.dir.path().join("action");
    fs::create_dir(&job.action).unwrap();
    fs::copy(root().join("action.yml"), job.action.join("action.yml")).unwrap();
    fs::write(job.action.join("checksums.txt"), checksums).unwrap();
    let asked = job.dir.path().join("asked");
    let curl = format!(
        "for word; do last=$word; done\necho \"$last\" >> '{}'\nwhile [ $# -gt 0 ]; do\n\
         if [ \"$1\" = --output ]; then cp '{}' \"$2\"; fi\nshift\ndone\n",
        asked.display(),
        archive.display()
    );
    let path = program(&job, "curl", &curl);
    program(
        &job,
        "uname",
        "case $1 in -s) echo Linux ;; -m) echo x86_64 ;; esac\n",
    );
    job.env("PATH", &path).env("GATEKEEPER_BIN", "")
}

/// An archive as a release has it, with its checksum.
fn packed(dir: &Path) -> (PathBuf, String) {
    let binary = env!("CARGO_BIN_EXE_gatekeeper");
    let script = format!("echo from the archive\nexec '{binary}' \"$@\"\n");
    executable(&dir.join("gatekeeper"), &script);
    let archive = dir.join("archive.tar.gz");
    let tar = std::process::Command::new("tar")
        .arg("-czf")
        .arg(&archive)
        .arg("-C")
        .arg(dir)
        .arg("gatekeeper")
        .status();
    assert!(tar.unwrap().success());
    let digest = Sha256::digest(fs::read(&archive).unwrap());
    let sum = digest.iter().map(|b| format!("{b:02x}")).collect();
    (archive, sum)
}

#[test]
fn a_version_is_downloaded_only_by_its_checksum() {
    let dir = tempfile::tempdir().unwrap();
    let (archive, sum) = packed(dir.path());
    let address = "https://example.com/r/v1.2.3/gatekeeper-1.2.3-x86_64-unknown-linux-gnu.tar.gz";
    let row = format!("# head\n{sum}  {address}\n");

    let job = release(&row, &archive);
    let out = job.run(&[("files", PASS), ("version", "1.2.3")]);
    assert_eq!(out.says(), (0, "pass", "true", "0"), "{}", out.log);
    assert!(out.log.contains("from the archive"));
    assert_eq!(
        fs::read_to_string(job.dir.path().join("asked")).unwrap(),
        format!("{address}\n")
    );

    let committed = fs::read_to_string(root().join("checksums.txt")).unwrap();
    let other = row.replace(
        &sum[..8],
        if sum.starts_with('0') {
            "11111111"
        } else {
            "00000000"
        },
    );
    for (checksums, version, why) in [
        (other.as_str(), "1.2.3", "is not what checksums.txt says"),
        (&row, "1.2.4", "has no checksum"),
        (&row, "2.3", "expected an exact one"),
        (&row, "latest", "expected an exact one"),
        (&row, "1.2.3\n::error::x", "expected an exact one"),
        (&format!("{row}{row}"), "1.2.3", "has no checksum"),
        (&row.replace(&sum, &sum[..63]), "1.2.3", "has no checksum"),
        (&row.replace("https", "http"), "1.2.3", "has no checksum"),
        (
            &row.replace(&sum, &format!("#{sum}")),
            "1.2.3",
            "has no checksum",
        ),
        (&committed, "0.1.0", "has no checksum"),
        ("", "1.2.3", "has no checksum"),
    ] {
        let out = release(checksums, &archive).run(&[("files", PASS), ("version", version)]);
        assert_eq!(out.says(), (2, "", "false", ""), "{version}: {}", out.log);
        assert!(out.log.contains(why), "{why}: {}", out.log);
        assert_eq!(commands(&out.log), [""; 0]);
    }
}
