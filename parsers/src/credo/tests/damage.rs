//! Damage never passes.

use crate::damage::{Damage, files, parts};
use crate::evidence::Evidence;

fn bad(evidence: &Evidence) -> bool {
    matches!(evidence, Evidence::Findings(f) if f.total > 0)
}

/// Captures that differ from another one in nothing but the time that the run took.
static TWINS: [&str; 4] = ["all-strict", "badcheck", "color", "unknown-format"];

/// Damages every capture with a report of this format.
fn damage(format: &'static str, document: bool) {
    let damage = Damage {
        format,
        bad,
        document,
    };
    let mut checked = 0;
    for path in files("credo", "stdout.txt") {
        let whole = std::fs::read(&path).unwrap();
        let found = parts(&whole, 1 << 16);
        // Behind a document of the old tree, as `credo diff` prints it, damage may lie outside the report.
        let twin = TWINS.iter().any(|t| path.parent().unwrap().ends_with(t));
        if found.iter().any(|p| p.format == format) && whole.len() < 60_000 && !twin {
            damage.check(&path);
            checked += 1;
        }
    }
    assert!(checked > 2, "{format}: {checked}");
}

#[test]
fn damage_to_json_never_passes() {
    damage("credo-json", true);
}

#[test]
fn damage_to_the_default_text_never_passes() {
    damage("credo-text", false);
}

#[test]
fn damage_to_oneline_never_passes() {
    damage("credo-oneline", false);
}

#[test]
fn damage_to_flycheck_never_passes() {
    damage("credo-flycheck", false);
}
