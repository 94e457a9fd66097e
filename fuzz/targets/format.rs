//! One target a format: every `[[bin]]` of `fuzz/Cargo.toml` is this file, and reads as the format of its name.
//!
//! Any bytes: no panic, no endless loop, and the same result however the bytes arrive.
#![no_main]

use std::io::{BufRead, BufReader};
use std::sync::OnceLock;

use gatekeeper_parsers::{Defect, Expect, Format, Limits, Part, Stream, format, read};
use libfuzzer_sys::fuzz_target;

/// The format of this binary's name; `detect` reads without knowing.
fn expected() -> Option<&'static Format> {
    static FORMAT: OnceLock<Option<&'static Format>> = OnceLock::new();
    *FORMAT.get_or_init(|| {
        let path = std::env::current_exe().expect("a binary has a path");
        let name = path.file_stem().expect("and a name").to_string_lossy().into_owned();
        if name == "detect" {
            return None;
        }
        Some(format(&name).unwrap_or_else(|| panic!("there is no format {name:?}")))
    })
}

fn parts(bytes: &[u8], at_once: usize) -> (Vec<Part>, Vec<Defect>) {
    let mut reader = BufReader::with_capacity(at_once, bytes);
    let expect = Expect {
        format: expected(),
        tool: None,
    };
    let streams: Vec<(Stream, &mut dyn BufRead)> = vec![(Stream::Out, &mut reader)];
    read(streams, expect, &Limits::default())
}

fuzz_target!(|bytes: &[u8]| {
    let whole = parts(bytes, 128 << 10);
    // The size of the pieces comes from the input, so that a find can be shown again.
    let pieces = parts(bytes, 1 + bytes.len() % 7);
    assert_eq!(format!("{whole:?}"), format!("{pieces:?}"));
});
