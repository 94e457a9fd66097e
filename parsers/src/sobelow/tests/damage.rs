//! Damage never passes.

use super::{BANNER, END, finding, one, scan, streams};
use crate::damage::{Damage, files, parts};
use crate::evidence::Evidence;
use crate::{Completeness, Expect, Part};

fn bad(evidence: &Evidence) -> bool {
    matches!(evidence, Evidence::Findings(f) if f.total > 0)
}

#[test]
fn damage_to_json_never_passes() {
    let damage = Damage {
        format: "sobelow-json",
        bad,
        document: true,
    };
    let mut checked = 0;
    for path in files("sobelow", "stdout.txt") {
        let whole = std::fs::read(&path).unwrap();
        if parts(&whole, 1 << 16)
            .iter()
            .any(|p| p.format == "sobelow-json")
        {
            damage.check(&path);
            checked += 1;
        }
    }
    assert!(checked > 1, "{checked}");
}

/// Whether the two streams read as complete and clean.
fn clean(out: &[u8], err: &[u8]) -> bool {
    let parts = streams(out, err, 1 << 16, Expect::default());
    let whole = |p: &Part| p.parsed.completeness == Completeness::Complete;
    !parts.is_empty() && parts.iter().all(|p| whole(p) && !bad(&p.parsed.value))
}

/// Everything that can be done to one text, given what makes it a whole one.
fn damage(text: &[u8], is_clean: impl Fn(&[u8]) -> bool) {
    assert!(!is_clean(text));
    let step = (text.len() / 700).max(1);
    let mut bytes = text.to_vec();
    for at in (0..text.len()).step_by(step) {
        assert!(!is_clean(&text[..at]), "cut at byte {at}");
        for changed in [text[at] ^ 1, b'#'] {
            bytes[at] = changed;
            assert!(!is_clean(&bytes), "byte {at} changed");
        }
        bytes[at] = text[at];
    }
    let lines: Vec<&[u8]> = text.split_inclusive(|b| *b == b'\n').collect();
    for dropped in 0..lines.len() {
        let mut left = lines.clone();
        left.remove(dropped);
        assert!(!is_clean(&left.concat()), "line {dropped} dropped");
    }
}

#[test]
fn damage_to_text_never_passes() {
    let mut checked = 0;
    for path in files("sobelow", "stdout.txt") {
        let out = std::fs::read(&path).unwrap();
        let err = std::fs::read(path.with_file_name("stderr.txt")).unwrap();
        let whole = streams(&out, &err, 1 << 16, Expect::default());
        if whole.iter().all(|p| p.format != "sobelow-text") {
            continue;
        }
        for step in 1..8 {
            assert_eq!(streams(&out, &err, step, Expect::default()), whole);
        }
        damage(&out, |out| clean(out, &err));
        damage(&err, |err| clean(&out, err));
        let both = [BANNER.as_bytes(), &out, END.as_bytes()].concat();
        damage(&both, |both| clean(both, b""));
        checked += 1;
    }
    assert!(checked > 2, "{checked}");
}

#[test]
fn damage_to_a_single_finding_never_passes() {
    let text = scan(&finding(
        "Config.HTTPS: HTTPS Not Enabled",
        "File: config/prod.exs\n",
        "High",
    ));
    let read = one(&text);
    assert_eq!(
        (read.completeness, read.value.total),
        (Completeness::Complete, 1)
    );
    damage(text.as_bytes(), |text| clean(text, b""));
}
