//! Names of the kinds of warnings. The compiler prints none, so they are known by their words.

use crate::evidence::Severity;

/// A kind of warning: how its first line starts, what else stands in it, its name.
type Row = (&'static str, &'static str, &'static str);

/// The name of warnings that are not in the table.
pub(super) const OTHER: &str = "warning";

/// A function or a module that is not there: the only kinds that are more than low.
const UNDEFINED: [&str; 2] = ["undefined-function", "undefined-module"];

/// The first row that fits counts.
static KINDS: &[Row] = &[
    (
        "variable ",
        " does not exist and is being expanded",
        "undefined-variable",
    ),
    ("variable ", " is unused", "unused-variable"),
    ("unused import ", "", "unused-import"),
    ("unused alias ", "", "unused-alias"),
    ("unused require ", "", "unused-require"),
    ("function ", " is unused", "unused-function"),
    ("macro ", " is unused", "unused-macro"),
    ("type ", " is unused", "unused-type"),
    ("record ", " is unused", "unused-record"),
    (
        "module attribute ",
        " was set but never used",
        "unused-attribute",
    ),
    ("code block contains unused literal ", "", "unused-value"),
    ("the result of ", " is ignored", "unused-value"),
    ("the underscored variable ", "", "underscored-variable"),
    ("undefined module attribute ", "", "undefined-attribute"),
    ("undefined function ", "", "undefined-function"),
    ("undefined field ", "", "type-unknown-key"),
    ("function ", " undefined", "undefined-function"),
    ("", " is undefined (module ", "undefined-module"),
    ("", " is undefined or private", "undefined-function"),
    ("@behaviour ", " does not exist", "undefined-behaviour"),
    ("function ", " required by behaviour ", "missing-callback"),
    ("macro ", " required by behaviour ", "missing-callback"),
    ("got \"@impl ", "", "no-such-callback"),
    ("module attribute @impl was not set ", "", "missing-impl"),
    (
        "clauses ",
        " should be grouped together",
        "ungrouped-clauses",
    ),
    ("redefining module ", "", "redefined-module"),
    ("redefining @", "", "redefined-attribute"),
    ("", " attribute is always discarded ", "discarded-attribute"),
    (
        "this clause ",
        "cannot match because a previous clause",
        "redundant-clause",
    ),
    (
        "the following clause ",
        "previous clauses already matched",
        "redundant-clause",
    ),
    ("the following clause is redundant", "", "redundant-clause"),
    (
        "the following clause ",
        "will never match",
        "type-never-matches",
    ),
    (
        "the following pattern ",
        "will never match",
        "type-never-matches",
    ),
    ("the following conditional ", "", "type-condition"),
    ("incompatible types ", "", "type-mismatch"),
    ("comparison ", "", "type-comparison"),
    ("unknown key ", "", "type-unknown-key"),
    ("expected a ", " function on ", "type-call"),
    ("invalid function call", "", "type-call"),
    ("expected a map ", "", "type-mismatch"),
    ("expected a module ", "", "type-mismatch"),
    ("", "will always yield the same result", "constant-guard"),
    ("the call to ", " will fail with ", "failing-call"),
    ("binary construction will fail", "", "failing-call"),
    ("found ? followed by code point", "", "confusing-character"),
    (
        "",
        " but the current application does not depend on ",
        "missing-application",
    ),
    (
        "",
        "shouldn't be used as the only clause in ",
        "useless-else",
    ),
    ("", " has a default step of ", "deprecated"),
    ("", " deprecated", "deprecated"),
];

/// The name of a warning, and how severe it is.
pub(super) fn of(message: &str) -> (&'static str, Severity) {
    let first = message.lines().next().unwrap_or_default();
    let fits = |row: &&Row| first.starts_with(row.0) && first.contains(row.1);
    let name = KINDS.iter().find(fits).map_or(OTHER, |row| row.2);
    let severity = match UNDEFINED.contains(&name) {
        true => Severity::Medium,
        false => Severity::Low,
    };
    (name, severity)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn kinds_are_known_by_their_words() {
        for (message, name) in [
            ("variable \"x\" is unused (if …", "unused-variable"),
            ("variable 'Y' is unused", "unused-variable"),
            (
                "Integer.parse/3 is undefined or private. Did you mean:\n\n  * x",
                "undefined-function",
            ),
            (
                "A.b/0 is undefined (module A is not available or …",
                "undefined-module",
            ),
            ("Enum.partition/2 is deprecated. Use …", "deprecated"),
            (
                "using single-quoted strings to represent charlists is deprecated.\nUse",
                "deprecated",
            ),
            ("function c/0 is unused", "unused-function"),
            (
                "comparison with structs found:\n\n    a < b",
                "type-comparison",
            ),
            ("something new", OTHER),
            ("", OTHER),
        ] {
            assert_eq!(of(message).0, name, "{message}");
        }
        assert_eq!(of("A.b/0 is undefined or private").1, Severity::Medium);
        assert_eq!(of("unused import A").1, Severity::Low);
    }

    #[test]
    fn every_row_is_reached() {
        for (index, row) in KINDS.iter().enumerate() {
            let line = format!("{}x{}", row.0, row.1);
            let fits = |r: &Row| line.starts_with(r.0) && line.contains(r.1);
            let first = KINDS.iter().position(fits).unwrap();
            assert!(first == index || KINDS[first].2 == row.2, "{line}: {first}");
        }
    }
}
