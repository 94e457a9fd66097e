//! Damage never passes.

use super::{log, one, run};
use crate::Completeness;
use crate::damage::{Damage, files, parts};
use crate::evidence::Evidence;

fn bad(evidence: &Evidence) -> bool {
    matches!(evidence, Evidence::Findings(f) if f.total > 0)
}

#[test]
fn damage_to_captures_never_passes() {
    for (tool, format) in [("credo", "credo-sarif"), ("sobelow", "sobelow-sarif")] {
        let damage = Damage {
            format,
            bad,
            document: true,
        };
        let mut checked = 0;
        for path in files(tool, "stdout.txt") {
            let whole = std::fs::read(&path).unwrap();
            let found = parts(&whole, 1 << 16);
            // Behind a document of the old tree, damage may lie outside of it.
            let old = path.parent().unwrap().ends_with("diff-sarif");
            if found.iter().any(|p| p.format == format) && !old {
                damage.check(&path);
                checked += 1;
            }
        }
        assert_eq!(checked, 2, "{format}");
    }
}

#[test]
fn damage_to_a_finding_never_passes() {
    let rules = r#"{"id": "r", "defaultConfiguration": {"level": "error"}, "properties": {"security-severity": "9.1"}}"#;
    let results = r#"{"ruleId": "r", "ruleIndex": 0, "level": "error", "message": {"text": "x"}, "suppressions": [{"kind": "external", "status": "rejected"}]}"#;
    let invocations = "\"invocations\": [{\"executionSuccessful\": true}], ";
    let whole = log(&format!("{invocations}{}", run("T", rules, results)));
    let read = one(&whole);
    assert_eq!(
        (read.completeness, read.value.counts.critical),
        (Completeness::Complete, 1)
    );
    let clean = |text: &[u8]| {
        let parts = parts(text, 1 << 16);
        !parts.is_empty()
            && parts
                .iter()
                .all(|p| p.parsed.completeness == Completeness::Complete && !bad(&p.parsed.value))
    };
    let mut bytes = whole.clone().into_bytes();
    for at in 0..whole.len() {
        assert!(!clean(&whole.as_bytes()[..at]), "cut at byte {at}");
        let was = bytes[at];
        for changed in [was ^ 1, b'#', b' '] {
            bytes[at] = changed;
            let text = String::from_utf8_lossy(&bytes).into_owned();
            assert!(!clean(&bytes), "{text}");
        }
        bytes[at] = was;
    }
}
