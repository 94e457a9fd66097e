//! Findings in JSON.

use super::{kinds, one};
use crate::{Completeness, DefectKind};

/// What is changed in a whole document, and the defect that it makes.
const WRONG: [(&str, &str, DefectKind); 13] = [
    (
        "\"total_findings\": 1",
        "\"total_findings\": 2",
        DefectKind::CountMismatch,
    ),
    (
        "\"total_findings\": 1",
        "\"total_findings\": 0",
        DefectKind::CountMismatch,
    ),
    (
        "\"total_findings\": 1",
        "\"total_findings\": -1",
        DefectKind::Number,
    ),
    (
        "\"total_findings\": 1",
        "\"total_findings\": null",
        DefectKind::Number,
    ),
    (", \"total_findings\": 1", "", DefectKind::MissingField),
    (
        "\"sobelow_version\": \"0.15.0\", ",
        "",
        DefectKind::MissingField,
    ),
    ("\"low_confidence\": [], ", "", DefectKind::MissingField),
    (
        "\"low_confidence\": []",
        "\"low_confidence\": [], \"none_confidence\": []",
        DefectKind::UnknownValue,
    ),
    (
        "\"low_confidence\": []",
        "\"low_confidence\": [], \"low_confidence\": []",
        DefectKind::Contradiction,
    ),
    ("\"file\": \"a.ex\", ", "", DefectKind::MissingField),
    ("\"line\": 0", "\"line\": \"0\"", DefectKind::Number),
    (
        "\"line\": 0",
        "\"line\": 0, \"line\": 1",
        DefectKind::Contradiction,
    ),
    (
        "\"total_findings\": 1}",
        "\"total_findings\": 1} x",
        DefectKind::TrailingText,
    ),
];

#[test]
fn what_json_should_not_say_is_a_defect() {
    const ONE: &str =
        "{\"type\": \"XSS.Raw: XSS\", \"file\": \"a.ex\", \"line\": 0, \"variable\": null}";
    let whole = format!(
        "{{\"findings\": {{\"high_confidence\": [{ONE}], \"low_confidence\": [], \"medium_confidence\": []}}, \
         \"sobelow_version\": \"0.15.0\", \"total_findings\": 1}}"
    );
    let read = one(&whole);
    assert_eq!(
        (read.completeness, kinds(&read)),
        (Completeness::Complete, vec![])
    );
    assert_eq!((read.value.list[0].line, read.value.counts.high), (None, 1));
    for (from, to, kind) in WRONG {
        let read = one(&whole.replace(from, to));
        assert_eq!(read.completeness, Completeness::Partial, "{to}");
        assert_eq!(kinds(&read), [kind], "{to}");
        assert!(read.value.total > 0, "{to}");
    }
    let read = one(&whole.replace("\"line\": 0", "\"line\": 0, \"weight\": 1"));
    assert_eq!(
        (read.completeness, kinds(&read)),
        (Completeness::Complete, vec![DefectKind::UnknownValue])
    );
}
