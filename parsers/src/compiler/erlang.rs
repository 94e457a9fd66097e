//! What the Erlang compiler prints in a project of Mix, and what Mix prints again of it:
//!
//! ```text
//! Compiling 1 file (.erl)
//! src/a.erl:3:9: Warning: variable 'Y' is unused
//! %    3| a(X) -> Y = 1, b().
//! %     |         ^
//!
//! src/a.erl:4:8: function c/0 undefined         an error
//! src/a.erl:3:9: warning: variable 'Y' is unused      printed again
//! ```
//!
//! An error has no word before it, so it is one only below `Compiling N files (.erl)`: Dialyzer prints the same form.
//! Grammars (`.yrl`, `.xrl`) are alike, without the source.

use super::diagnostic::Kind;
use super::place::Place;
use super::rule;
use crate::evidence::Finding;
use crate::text;

/// Endings of the files that it compiles.
const FILES: [&[u8]; 4] = [b".erl", b".yrl", b".xrl", b".hrl"];

/// Where a file's name is looked for: longer ones are none.
const LONGEST: usize = 512;

/// What is said of a line of a file; `compiling` when the Erlang compiler is at work.
pub(super) fn diagnostic(line: &[u8], compiling: bool, max: usize) -> Option<(Kind, Finding)> {
    let start = line.get(..LONGEST).unwrap_or(line);
    let colon = memchr::memchr(b':', start)?;
    let path = start.get(..colon)?;
    if !FILES.iter().any(|f| path.ends_with(f)) || path.contains(&b' ') {
        return None;
    }
    let end = start.windows(2).position(|w| w == b": ")?;
    let (place, rest) = (line.get(..end)?, line.get(end.saturating_add(2)..)?);
    let (kind, said) = said(rest, compiling)?;
    let mut finding = super::finding("error".to_owned(), text::lossy(said, max));
    if kind == Kind::Warning {
        let (rule, severity) = rule::of(&finding.message);
        finding.rule = rule.to_owned();
        finding.severity = severity;
    }
    Place::of(place).put(&mut finding);
    finding.line.is_some().then_some((kind, finding))
}

fn said(rest: &[u8], compiling: bool) -> Option<(Kind, &[u8])> {
    let words: [(&[u8], Kind); 3] = [
        (b"Warning: ", Kind::Warning),
        (b"warning: ", Kind::Warning),
        (b"error: ", Kind::Error),
    ];
    let mut named = words
        .iter()
        .filter_map(|(word, kind)| Some((*kind, rest.strip_prefix(*word)?)));
    named
        .next()
        .or((compiling && !rest.is_empty()).then_some((Kind::Error, rest)))
}

/// Whether the Erlang compiler is at work below this line of Mix; `None` where the line does not tell.
pub(super) fn compiling(line: &[u8]) -> Option<bool> {
    let starts: [&[u8]; 6] = [
        b"Generated ",
        b"==> ",
        b"Running ExUnit ",
        b"Starting Dialyzer",
        b"  Checking whether the PLT ",
        b"** (",
    ];
    match line.first()? {
        b'C' if line.starts_with(b"Compiling ") => {
            Some(FILES.iter().any(|f| line.windows(4).any(|w| w == *f)))
        }
        b'G' | b'=' | b'R' | b'S' | b' ' | b'*' => {
            starts.iter().any(|s| line.starts_with(s)).then_some(false)
        }
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn errors_are_read_below_the_compiler_only() {
        let line = b"src/a.erl:4:8: function c/0 undefined";
        assert!(diagnostic(line, false, 100).is_none());
        let (kind, finding) = diagnostic(line, true, 100).unwrap();
        assert_eq!(kind, Kind::Error);
        assert_eq!(finding.message, "function c/0 undefined");
        let warning = b"src/a.yrl:1:19: Warning: non-terminal symbol rest not used";
        assert_eq!(diagnostic(warning, false, 100).unwrap().0, Kind::Warning);
        for other in [
            "lib/a.ex:3: x",
            "see src/a.erl:3: x",
            "src/a.erl: x",
            "src/a.erl:3:4",
        ] {
            assert!(diagnostic(other.as_bytes(), true, 100).is_none(), "{other}");
        }
    }
}
