//! The single lines that ExUnit's formatter prints, without their meaning for a suite.
//!
//! Everything is matched whole and strictly, digits as ExUnit prints them: a line that is almost a summary is noise,
//! and a suite without a summary is not complete.

use nom::branch::alt;
use nom::bytes::complete::{tag, take_while1};
use nom::character::complete::digit1;
use nom::combinator::{all_consuming, map_opt, opt};
use nom::sequence::{preceded, terminated};
use nom::{IResult, Parser};

use crate::text;

/// What a rule of nom gives.
pub(super) type Out<'a, T> = IResult<&'a [u8], T>;

/// `Running ExUnit with seed: N, max_cases: N[, remaining_runs: N]`, from Elixir 1.17 on.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Header {
    pub seed: u64,
    pub max_cases: u64,
    /// Rounds that follow when all tests pass; only with `--repeat-until-failure`, from Elixir 1.20 on.
    pub remaining_runs: Option<u64>,
}

/// A number as Elixir prints it: no sign, no leading zero.
pub(super) fn number(input: &[u8]) -> Out<'_, u64> {
    let strict = |digits: &[u8]| match digits {
        [b'0', _, ..] => None,
        _ => text::number(digits),
    };
    map_opt(digit1, strict).parse(input)
}

/// Runs a rule over a whole line.
pub(super) fn whole<'a, T>(
    rule: impl Parser<&'a [u8], Output = T, Error = nom::error::Error<&'a [u8]>>,
    line: &'a [u8],
) -> Option<T> {
    all_consuming(rule).parse(line).ok().map(|(_, found)| found)
}

/// Where the header starts: what a test helper printed without a line end may stand before it.
pub(super) const HEADER: &[u8] = b"Running ExUnit with seed: ";

/// The first line of a run.
pub(super) fn header(line: &[u8]) -> Option<Header> {
    let rule = (
        preceded(tag(HEADER), number),
        preceded(tag(", max_cases: "), number),
        opt(preceded(tag(", remaining_runs: "), number)),
    );
    let rule = rule.map(|(seed, max_cases, remaining_runs)| Header {
        seed,
        max_cases,
        remaining_runs,
    });
    whole(rule, line)
}

/// `Excluding tags: […]`, `Including tags: […]`.
pub(super) fn is_filter(line: &[u8]) -> bool {
    let list = line
        .strip_prefix(b"Excluding tags: ")
        .or_else(|| line.strip_prefix(b"Including tags: "));
    list.is_some_and(|l| l.starts_with(b"[") && l.ends_with(b"]"))
}

/// `Randomized with seed N`, up to Elixir 1.16.
pub(super) fn trailer(line: &[u8]) -> Option<u64> {
    whole(preceded(tag("Randomized with seed "), number), line)
}

/// `==> app`, printed before each app of an umbrella, and around dependencies that are compiled.
pub(super) fn app(line: &[u8]) -> Option<&[u8]> {
    let name = line.strip_prefix(b"==> ")?;
    let (first, rest) = name.split_first()?;
    let word = |b: &u8| b.is_ascii_lowercase() || b.is_ascii_digit() || *b == b'_';
    (first.is_ascii_lowercase() && rest.iter().all(word)).then_some(name)
}

/// `Finished in 0.5 seconds (0.3s async, 0.2s sync)`: the whole time in microseconds.
pub(super) fn finished(line: &[u8]) -> Option<u64> {
    let load = || opt(terminated(seconds, tag("s on load, ")));
    let new = (
        terminated(seconds, tag("s async, ")),
        seconds,
        tag("s sync)"),
    );
    let old = (seconds, tag("s on tests)"));
    let times = (load(), alt((new.map(|_| ()), old.map(|_| ()))));
    let rule = (
        preceded(tag("Finished in "), seconds),
        preceded(tag(" seconds ("), times),
    );
    whole(rule, line).map(|(total, _)| total)
}

/// `0.05`, in microseconds.
fn seconds(input: &[u8]) -> Out<'_, u64> {
    let decimal = take_while1(|b: u8| b.is_ascii_digit() || b == b'.');
    map_opt(decimal, |d| text::decimal(d, 6)).parse(input)
}

/// Whether a line is nothing but progress marks.
pub(super) fn is_progress(line: &[u8]) -> bool {
    !line.is_empty() && line.iter().all(|b| matches!(b, b'.' | b'*' | b'?'))
}

/// How many tests a stretch of output may have passed: its dots.
pub(super) fn dots(line: &[u8]) -> u64 {
    // Counted in bytes, many at once: this is done for every line of every test.
    let dots = |part: &[u8]| {
        part.iter()
            .fold(0_u8, |n, b| n.wrapping_add(u8::from(*b == b'.')))
    };
    line.chunks(255).map(|part| u64::from(dots(part))).sum()
}

/// What `--trace` says of a test that has ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Traced {
    /// It ran, and took so many microseconds. Failed and invalid tests look the same.
    Ran(u64),
    Skipped,
    Excluded,
}

/// A line of `--trace`: `  * test total [L#9]`, CR, `  * test total (0.01ms) [L#9]`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Trace<'a> {
    /// With its type in front; `None` where an old formatter prints a name over several lines.
    pub name: Option<&'a [u8]>,
    pub line: &'a [u8],
    pub result: Traced,
}

/// The result on a line of `--trace`. The line ends in `[L#9]`.
pub(super) fn trace(line: &[u8]) -> Option<Trace<'_>> {
    let (head, number) = rcut(line.strip_suffix(b"]")?, b" [L#")?;
    text::line_number(number)?;
    let (name, word) = rcut(head.strip_suffix(b")")?, b" (")?;
    let result = match word {
        b"skipped" => Traced::Skipped,
        b"excluded" => Traced::Excluded,
        _ => Traced::Ran(text::decimal(word.strip_suffix(b"ms")?, 3)?),
    };
    Some(Trace {
        name: rcut(name, b"\r  * ").map(|(_, name)| name),
        line: number,
        result,
    })
}

/// `Shop.CartTest [test/shop/cart_test.exs]`: in `--trace`, the module whose tests follow.
pub(super) fn module(line: &[u8]) -> Option<(&[u8], &[u8])> {
    let (name, path) = cut(line.strip_suffix(b"]")?, b" [")?;
    let first = name.first()?;
    let script = path.ends_with(b".exs") || path.ends_with(b".ex");
    (script && (first.is_ascii_uppercase() || *first == b':')).then_some((name, path))
}

/// A row of `--slowest`: `  * test a (Mod) (120.7ms) [test/a_test.exs:13]`.
pub(super) struct Slow<'a> {
    pub name: &'a [u8],
    pub module: &'a [u8],
    pub duration_us: u64,
    pub place: &'a [u8],
}

/// Reads a row of `--slowest`.
pub(super) fn slow(line: &[u8]) -> Option<Slow<'_>> {
    let row = line.strip_prefix(b"  * ")?.strip_suffix(b"]")?;
    let (head, place) = rcut(row, b" [")?;
    let (head, time) = rcut(head.strip_suffix(b"ms)")?, b" (")?;
    let (name, module) = titled(head)?;
    let duration_us = text::decimal(time, 3)?;
    Some(Slow {
        name,
        module,
        duration_us,
        place,
    })
}

/// The first line of a row of `--slowest-modules`: `Shop.CartTest (123.0ms)`, and its time in microseconds. Its file
/// follows on the next line: ` [test/shop/cart_test.exs]`.
pub(super) fn slow_module(line: &[u8]) -> Option<(&[u8], u64)> {
    let (name, time) = rcut(line.strip_suffix(b"ms)")?, b" (")?;
    let first = name.first()?;
    let module = first.is_ascii_uppercase() || *first == b':';
    Some((name, text::decimal(time, 3)?)).filter(|_| module)
}

/// `test name (Module)` in two.
pub(super) fn titled(text: &[u8]) -> Option<(&[u8], &[u8])> {
    let (name, module) = rcut(text.strip_suffix(b")")?, b" (")?;
    (!module.is_empty()).then_some((name, module))
}

/// `test total` as type and name. A registered type may be any word.
pub(super) fn typed(name: &[u8]) -> (Option<&[u8]>, &[u8]) {
    let word = |w: &[u8]| {
        w.first().is_some_and(u8::is_ascii_lowercase)
            && w.iter().all(|b| b.is_ascii_alphanumeric() || *b == b'_')
    };
    match cut(name, b" ") {
        Some((kind, rest)) if word(kind) => (Some(kind), rest),
        _ => (None, name),
    }
}

/// `     path:line`, five spaces deep: the line after the header of a failure.
pub(super) fn location(line: &[u8]) -> Option<(&[u8], &[u8])> {
    let place = line.strip_prefix(b"     ")?;
    let (path, number) = rcut(place, b":")?;
    let first = path.first()?;
    text::number(number)?;
    (!first.is_ascii_whitespace()).then_some((path, number))
}

/// Splits at the first occurrence.
pub(super) fn cut<'a>(text: &'a [u8], at: &[u8]) -> Option<(&'a [u8], &'a [u8])> {
    let n = find(text, at)?;
    Some((text.get(..n)?, text.get(n.saturating_add(at.len())..)?))
}

/// Splits at the last occurrence.
pub(super) fn rcut<'a>(text: &'a [u8], at: &[u8]) -> Option<(&'a [u8], &'a [u8])> {
    let n = text.windows(at.len()).rposition(|w| w == at)?;
    Some((text.get(..n)?, text.get(n.saturating_add(at.len())..)?))
}

/// Where a text occurs first.
pub(super) fn find(text: &[u8], what: &[u8]) -> Option<usize> {
    memchr::memmem::find(text, what)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_time_is_read_in_its_three_forms() {
        let ends = |s: &str| finished(s.as_bytes());
        assert_eq!(
            ends("Finished in 0.05 seconds (0.00s async, 0.05s sync)"),
            Some(50_000)
        );
        assert_eq!(
            ends("Finished in 286.1 seconds (114.3s on load, 62.9s async, 108.9s sync)"),
            Some(286_100_000)
        );
        assert_eq!(
            ends("Finished in 0.2 seconds (0.1s on load, 0.1s on tests)"),
            Some(200_000)
        );
        assert_eq!(ends("Finished in 0.05 seconds"), None);
        assert_eq!(
            ends("Finished in 0.05 seconds (0.00s async, 0.05s sync) "),
            None
        );
    }

    #[test]
    fn headers_are_strict() {
        let found = header(b"Running ExUnit with seed: 0, max_cases: 4, remaining_runs: 9");
        assert_eq!(found.unwrap().remaining_runs, Some(9));
        assert_eq!(header(b"Running ExUnit with seed: 007, max_cases: 4"), None);
        assert_eq!(header(b"Running ExUnit with seed: 7, max_cases: 4,"), None);
    }

    #[test]
    fn a_trace_line_gives_the_text_after_its_last_start() {
        let line = b"  * test a (b) [L#9]noise\r  * test a (b) (14.0ms) [L#9]";
        let found = trace(line).unwrap();
        assert_eq!(found.name, Some(&b"test a (b)"[..]));
        assert_eq!(found.result, Traced::Ran(14_000));
        assert_eq!(trace(b"  * test hangs [L#9]"), None);
    }

    #[test]
    fn an_empty_name_keeps_its_type() {
        assert_eq!(typed(b"test "), (Some(&b"test"[..]), &b""[..]));
        assert_eq!(typed(b"It works"), (None, &b"It works"[..]));
        assert_eq!(titled(b"test  (A.B)"), Some((&b"test "[..], &b"A.B"[..])));
    }
}
