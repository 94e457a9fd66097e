//! Memory does not grow with what is read.

use std::process::Command;

/// 300 MB through a process that may have 100 MB of address space.
#[test]
fn a_large_log_is_read_in_little_memory() {
    let gatekeeper = env!("CARGO_BIN_EXE_gatekeeper");
    let noise =
        "yes '12:00:00.000 [info] some line of a log, as tests print it' | head -c 300000000";
    let script = format!("{noise} | (ulimit -v 100000; {gatekeeper} check -q --no-record -)");
    let out = Command::new("sh").args(["-c", &script]).output().unwrap();
    assert_eq!(
        out.status.code(),
        Some(3),
        "{}",
        String::from_utf8_lossy(&out.stderr)
    );
}

/// A million lines of coverage, from four shards of one suite, in a process that may have 200 MB of address space.
#[test]
fn a_million_lines_of_coverage_are_united_in_little_memory() {
    let folder = tempfile::tempdir().unwrap();
    let (files, lines) = (5_000, 50);
    for shard in 1..=4 {
        let mut text = String::new();
        for file in 0..files {
            text.push_str(&format!(
                "SF:lib/app/context_{}/module_number_{file}.ex\n",
                file % 40
            ));
            // Each shard covers a quarter of the lines.
            let hits = (1..=lines)
                .map(|line| format!("DA:{},{}\n", line * 2, u32::from(line % 4 == shard - 1)));
            text.extend(hits);
            text.push_str(&format!(
                "LF:{lines}\nLH:{}\nend_of_record\n",
                lines / 4 + u32::from((1..=2).contains(&(shard - 1)))
            ));
        }
        std::fs::write(folder.path().join(format!("{shard}.info")), text).unwrap();
    }
    let gatekeeper = env!("CARGO_BIN_EXE_gatekeeper");
    let script =
        format!("ulimit -v 200000; {gatekeeper} check -q --no-record --format json ?.info");
    let out = Command::new("sh")
        .args(["-c", &script])
        .current_dir(folder.path())
        .output()
        .unwrap();
    let report: serde_json::Value = serde_json::from_slice(&out.stdout).unwrap();
    let coverage = &report["coverage"];
    assert_eq!(
        (&coverage["covered"], &coverage["relevant"]),
        (&250_000.into(), &250_000.into())
    );
}
