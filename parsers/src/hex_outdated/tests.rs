//! The table and the JSON, and what damage does to them.

use crate::evidence::{Evidence, Findings};
use crate::stream_damage::{captures, parts};
use crate::{Completeness, DefectKind, Parsed, Tool};

fn read(out: &str, err: &str) -> Parsed<Findings> {
    let mut parts = parts(out.as_bytes(), err.as_bytes(), 1 << 16);
    assert_eq!(parts.len(), 1, "{parts:?}");
    assert_eq!(parts[0].tool, Tool::HexOutdated);
    parts.swap_remove(0).parsed.map(|e| match e {
        Evidence::Findings(f) => f,
        other => panic!("{other:?}"),
    })
}

const OLD: &str = "Failed to fetch record for hexpm/plug from registry (using cache instead)\n";

#[test]
fn damage_never_passes() {
    for capture in captures("hex_outdated", Tool::HexOutdated) {
        capture.check(Tool::HexOutdated);
    }
}

#[test]
fn statuses_of_the_table() {
    let table = "Dependency  Only  Current  Latest  Status\n\
        a                 1.0.0    1.1.0   Update possible\n\
        b           dev   1.0.0    2.0.0   Update not possible (cooldown)\n\
        c                 1.0.0    1.0.0   Up-to-date\n\n\
        Run `mix hex.outdated APP` to see requirements for a specific dependency.\n";
    let parsed = read(table, "");
    assert_eq!((parsed.value.total, parsed.value.counts.info), (2, 2));
    assert_eq!(parsed.completeness, Completeness::Unproven);
    let said = "b 1.0.0: the latest is 2.0.0 (update not possible)";
    assert_eq!(parsed.value.list[1].message, said);
    assert_eq!(read(table, OLD).completeness, Completeness::Partial);
    let odd = table.replace("Up-to-date", "Gone");
    assert_eq!(read(&odd, "").completeness, Completeness::Partial);
}

#[test]
fn entries_of_the_json() {
    let entry = |package: &str, outdated: &str| {
        format!(
            r#"{{"package":"{package}","only":null,"lock_version":"1.0.0","latest_version":"1.1.0","requirements":[],{outdated}"cooldown":null}}"#
        )
    };
    let both = format!(
        "[{},{}]",
        entry("a", r#""outdated":true,"#),
        entry("b", r#""outdated":false,"#)
    );
    let parsed = read(&both, "");
    assert_eq!(
        (parsed.value.total, parsed.completeness),
        (1, Completeness::Complete)
    );
    let stale = read(&both, OLD);
    assert_eq!(stale.defects[0].kind, DefectKind::Skipped);
    assert_eq!(stale.completeness, Completeness::Partial);
    let parsed = read(&format!("[{}]", entry("a", "")), "");
    assert_eq!(
        (parsed.value.total, parsed.completeness),
        (1, Completeness::Partial)
    );
}

#[test]
fn an_old_registry_alone_says_nothing() {
    assert!(parts(OLD.as_bytes(), b"", 1 << 16).is_empty());
}
