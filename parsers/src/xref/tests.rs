//! Lists, their declared numbers, and what damage does to them.

use crate::stream_damage::{captures, parts};
use crate::{Completeness, Evidence, Tool};

const LIST: &str = "1 cycles found. Showing them in decreasing size:\n\n";
const CYCLE: &str = "Cycle of length 2:\n\n    lib/a.ex (compile)\n    lib/b.ex\n\n";

/// Number of cycles, completeness, and what is listed.
fn read(out: &str, err: &str) -> (u64, Completeness, Vec<String>) {
    let mut parts = parts(out.as_bytes(), err.as_bytes(), 64);
    assert_eq!(parts.len(), 1, "{parts:?}");
    let parsed = parts.swap_remove(0).parsed;
    let Evidence::Findings(f) = parsed.value else {
        panic!("{:?}", parsed.value);
    };
    assert_eq!(f.tool, Tool::Xref);
    let list = f.list.iter().map(|f| {
        let path = f.path.as_deref().unwrap_or("-");
        format!("{path} {}: {}", f.rule, f.message)
    });
    (f.total, parsed.completeness, list.collect())
}

#[test]
fn damage_never_passes() {
    for capture in captures("xref", Tool::Xref) {
        capture.check(Tool::Xref);
    }
}

#[test]
fn a_list_is_proven_by_its_numbers() {
    let (total, completeness, list) = read(&format!("{LIST}{CYCLE}"), "");
    assert_eq!((total, completeness), (1, Completeness::Complete));
    assert_eq!(
        list,
        ["lib/a.ex compile-cycle: files that depend on each other: lib/a.ex (compile), lib/b.ex"]
    );
    let too_many = "** (Mix) Too many cycles (found: 1, permitted: 0)\n";
    assert_eq!(
        read(&format!("{LIST}{CYCLE}"), too_many).1,
        Completeness::Complete
    );
    for wrong in [
        LIST.to_owned(),
        format!("{LIST}{CYCLE}{CYCLE}"),
        format!("{LIST}{}", CYCLE.replace("    lib/b.ex\n", "")),
        format!("{LIST}{}", CYCLE.trim_end()),
    ] {
        let (total, completeness, _) = read(&wrong, "");
        assert!(
            total > 0 && completeness == Completeness::Partial,
            "{wrong}"
        );
    }
    let other = "** (Mix) Too many cycles (found: 2, permitted: 0)\n";
    assert_eq!(
        read(&format!("{LIST}{CYCLE}"), other).1,
        Completeness::Partial
    );
    assert_eq!(read("", other).0, 2);
}

#[test]
fn no_cycles_are_said_in_a_whole_line() {
    assert_eq!(
        read("No cycles found\n", ""),
        (0, Completeness::Complete, vec![])
    );
    assert_eq!(read("No cycles found", "").1, Completeness::Partial);
    // An umbrella has a list for each app.
    let both = format!("==> a\nNo cycles found\n==> b\n{LIST}{CYCLE}");
    assert_eq!(read(&both, "").0, 1);
    assert_eq!(read(&both, "").1, Completeness::Complete);
}

#[test]
fn other_graphs_only_tell_that_there_is_too_much() {
    let line = "** (Mix) Too many references (found: 3, permitted: 0)\n";
    let (total, completeness, list) = read("lib/a.ex\n└── lib/b.ex\n", line);
    assert_eq!((total, completeness), (1, Completeness::Unproven));
    assert_eq!(
        list,
        ["- references: Too many references (found: 3, permitted: 0)"]
    );
}
