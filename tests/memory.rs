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
