//! Exports, and what damage does to them.

use std::fs;

use super::{Entry, entry, inspect};
use crate::damage::{files, parts};
use crate::evidence::{Coverage, Evidence, Measure};
use crate::{Completeness, DefectKind, Part};

const HALF: &[u8] = b"\x83h\x02";

fn atom(name: &str) -> Vec<u8> {
    let mut out = vec![119, u8::try_from(name.len()).unwrap()];
    out.extend(name.as_bytes());
    out
}

/// A term behind its length.
fn framed(term: &[u8]) -> Vec<u8> {
    let mut out = vec![u8::try_from(term.len()).unwrap()];
    out.extend(term);
    out
}

fn file(module: &str) -> Vec<u8> {
    let mut term = b"\x83h\x03".to_vec();
    term.extend(atom("file"));
    term.extend(atom(module));
    term.extend(b"k\0\x01a");
    framed(&term)
}

fn bump(module: &str, clause: u8, line: u8, calls: u8) -> Vec<u8> {
    let mut term = [HALF, b"h\x06"].concat();
    for name in ["bump", module, "f"] {
        term.extend(atom(name));
    }
    term.extend([97, 0, 97, clause, 97, line, 97, calls]);
    framed(&term)
}

fn clauses(module: &str, lines: u8) -> Vec<u8> {
    let mut term = [HALF, &atom(module), b"l\0\0\0\x01h\x05"].concat();
    term.extend([atom(module), atom("f")].concat());
    term.extend([97, 0, 97, 1, 97, lines, 106]);
    framed(&term)
}

fn one(bytes: &[u8]) -> Part {
    let mut parts = parts(bytes, 1 << 16);
    assert_eq!(parts.len(), 1);
    assert_eq!(parts[0].format, "mix_cover-coverdata");
    parts.swap_remove(0)
}

fn coverage(part: &Part) -> &Coverage {
    match &part.parsed.value {
        Evidence::Coverage(c) => c,
        other => panic!("{other:?}"),
    }
}

fn lines(part: &Part) -> (u64, u64) {
    match coverage(part).totals[..] {
        [Measure::Lines { covered, relevant }] => (covered, relevant),
        ref other => panic!("{other:?}"),
    }
}

fn exports() -> Vec<Vec<u8>> {
    let names = ["1.coverdata", "2.coverdata"];
    let paths = names.iter().flat_map(|name| files("mix_cover", name));
    paths.map(|path| fs::read(path).unwrap()).collect()
}

/// Where terms end.
fn ends(bytes: &[u8]) -> Vec<usize> {
    let (mut at, mut ends) = (0, Vec::new());
    while at < bytes.len() {
        let short = usize::from(bytes[at]);
        let end = at + 1 + short;
        at = match entry(&bytes[at + 1..end]) {
            Some(Entry::Size(n)) => end + usize::try_from(n).unwrap(),
            _ => end,
        };
        ends.push(at);
    }
    ends
}

#[test]
fn an_export_is_never_complete_by_itself_and_no_cut_is_believed_inside_a_term() {
    for whole in exports() {
        let ends = ends(&whole);
        assert!(ends.len() > 200);
        for step in 1..8 {
            assert_eq!(parts(&whole, step), parts(&whole, 1 << 16), "{step} bytes");
        }
        for at in (0..=whole.len())
            .step_by(17)
            .chain(ends.iter().copied().step_by(3))
        {
            for part in parts(&whole[..at], 1 << 16) {
                let whole_terms = ends.contains(&at);
                let worst = part.parsed.completeness;
                assert!(worst >= Completeness::Unproven, "cut at byte {at}");
                assert_eq!(worst == Completeness::Unproven, whole_terms, "byte {at}");
            }
        }
        let more = [&whole[..], b"\n"].concat();
        assert_eq!(one(&more).parsed.completeness, Completeness::Partial);
    }
}

#[test]
fn changed_bytes_do_not_panic_and_never_prove_anything() {
    for whole in exports() {
        let mut bytes = whole.clone();
        for at in (0..whole.len()).step_by(37).chain(0..300) {
            for changed in [whole[at] ^ 1, whole[at] ^ 0x80, b'#', 0, 255] {
                bytes[at] = changed;
                for part in parts(&bytes, 1 << 16) {
                    assert_ne!(part.parsed.completeness, Completeness::Complete);
                }
            }
            bytes[at] = whole[at];
        }
    }
}

/// A term that was compressed has a checksum.
#[test]
fn a_changed_compressed_term_is_seen() {
    let whole = &exports()[0];
    let end = ends(whole)[0];
    for at in 7..end {
        let mut bytes = whole.clone();
        bytes[at] ^= 4;
        let read = parts(&bytes, 1 << 16);
        let seen = read
            .first()
            .is_none_or(|p| p.parsed.completeness == Completeness::Partial);
        // Bits behind the last block are nobody's.
        assert!(seen || read == parts(whole, 1 << 16), "byte {at}");
    }
}

#[test]
fn a_line_counts_once_and_ran_when_one_of_its_clauses_did() {
    let name = "Elixir.Shop.Cart";
    let mut bytes = [file(name), clauses(name, 4)].concat();
    for (clause, line, calls) in [(1, 0, 9), (1, 7, 0), (2, 7, 3), (3, 8, 0)] {
        bytes.extend(bump(name, clause, line, calls));
    }
    bytes.extend([file("shop_parser"), bump("shop_parser", 1, 1, 1)].concat());
    let part = one(&bytes);
    assert_eq!(part.parsed.completeness, Completeness::Unproven);
    assert_eq!(lines(&part), (2, 3));
    let modules: Vec<_> = coverage(&part).files.iter().map(|f| &f.module).collect();
    let expected = [":shop_parser", "Shop.Cart"].map(|m| Some(m.to_owned()));
    assert_eq!(modules, expected.iter().collect::<Vec<_>>());
    assert!(coverage(&part).files.iter().all(|f| f.path.is_none()));
}

#[test]
fn what_contradicts_itself_is_partial() {
    let name = "Elixir.A";
    for (bytes, kind) in [
        (
            [file(name), bump("Elixir.B", 1, 1, 1)].concat(),
            DefectKind::Contradiction,
        ),
        (
            [file(name), bump(name, 1, 1, 1), file(name)].concat(),
            DefectKind::Contradiction,
        ),
        (
            [file(name), clauses(name, 1), clauses(name, 1)].concat(),
            DefectKind::Contradiction,
        ),
        (
            [
                file(name),
                clauses(name, 1),
                bump(name, 1, 1, 1),
                bump(name, 2, 2, 1),
            ]
            .concat(),
            DefectKind::CountMismatch,
        ),
        (
            [file(name), framed(b"\x83a\x01")].concat(),
            DefectKind::Syntax,
        ),
        ([file(name), vec![0]].concat(), DefectKind::Syntax),
    ] {
        let part = one(&bytes);
        assert_eq!(part.parsed.completeness, Completeness::Partial);
        assert_eq!(part.parsed.defects[0].kind, kind);
    }
    let lacking = one(&[file(name), clauses(name, 2), bump(name, 1, 1, 1)].concat());
    assert_eq!(lacking.parsed.completeness, Completeness::Unproven);
    assert_eq!(lacking.parsed.defects.len(), 2, "{lacking:?}");
}

#[test]
fn a_size_beyond_what_is_read_is_a_limit() {
    let mut size = HALF.to_vec();
    size.extend(atom("$size"));
    size.extend([110, 4, 0, 255, 255, 255, 255]);
    let part = one(&[file("Elixir.A"), framed(&size)].concat());
    assert_eq!(part.parsed.completeness, Completeness::Partial);
    assert_eq!(part.parsed.defects[0].kind, DefectKind::Limit);
}

#[test]
fn names_are_shown_as_elixir_shows_them() {
    for (atom, shown) in [
        ("Elixir.Shop.Cart", "Shop.Cart"),
        ("Elixir.Mix.Tasks.Shop.Hello_2", "Mix.Tasks.Shop.Hello_2"),
        ("shop_parser", ":shop_parser"),
        ("Elixir.lower", ":Elixir.lower"),
        ("Elixir", ":Elixir"),
    ] {
        assert_eq!(inspect(atom), shown);
    }
}
