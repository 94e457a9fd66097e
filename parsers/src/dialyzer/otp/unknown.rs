//! Entries of the lists of unknown functions, types and behaviours: `  nomod:nofun/1 (erl/bad.erl:6:8)`.

use super::super::{long, row::Place};
use crate::evidence::Finding;
use crate::text;

/// The text of an entry; `None` for another line. `comment`: the list is in comments.
pub(super) fn entry(line: &[u8], comment: bool) -> Option<&[u8]> {
    let start: &[u8] = if comment { b"%%  " } else { b"  " };
    let entry = line.strip_prefix(start)?;
    entry.first().is_some_and(|b| *b != b' ').then_some(entry)
}

/// The warning of an entry. Releases before Erlang/OTP 24 print no place.
pub(super) fn finding(rule: &'static str, entry: &[u8], max: usize) -> Finding {
    let entry = text::lossy(entry, max);
    let placed = entry.strip_suffix(')').and_then(|e| e.rsplit_once(" ("));
    let (name, place) = placed.unwrap_or((&entry, ""));
    let (path, line, column) = text::location(place);
    let place = Place {
        path: (!path.is_empty()).then_some(path.as_bytes()),
        line,
        column,
        rest: b"",
    };
    let mut finding = long::warning(rule.as_bytes(), &place);
    finding.message = match rule {
        "unknown_function" => format!("Unknown function {name}"),
        "unknown_type" => format!("Unknown type {name}"),
        _ => format!("Unknown behaviour {name}"),
    };
    finding
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn entries_with_and_without_a_place() {
        let read = |line: &str| {
            let f = finding("unknown_function", entry(line.as_bytes(), false)?, 100);
            let (line, column) = (f.line.map_or(0, u32::from), f.column.map_or(0, u32::from));
            Some(format!("{:?}:{line}:{column} {}", f.path, f.message))
        };
        let expect = |line, said: &str| assert_eq!(read(line).unwrap(), said);
        expect(
            "  m:f/1 (erl/a b.erl:6:8)",
            r#"Some("erl/a b.erl"):6:8 Unknown function m:f/1"#,
        );
        expect(
            "  m:f/1 (erl/a.erl)",
            r#"Some("erl/a.erl"):0:0 Unknown function m:f/1"#,
        );
        expect("  m:'f (x)'/1", "None:0:0 Unknown function m:'f (x)'/1");
        assert_eq!(read(" done in"), None);
        assert!(entry(b"%%  m:f/1", true).is_some() && entry(b"%% m:f/1", true).is_none());
    }
}
