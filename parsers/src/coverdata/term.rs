//! One term of exported coverage.

use nom::combinator::all_consuming;
use nom::{IResult, Parser};

use crate::etf::{self, atom, count, list, nil, this_atom, tuple};

/// One term of the chain.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Entry {
    /// `{'$size', N}`: the length of the term that follows.
    Size(u64),
    /// `{file, Module, Path}`
    File(String),
    /// `{Module, Clauses}` with the sum of their lines.
    Clauses(String, u64),
    /// `{{bump, Module, Function, Arity, Clause, Line}, Calls}`
    Bump(String, u64, u64),
}

/// Reads one term, without its length.
pub(super) fn entry(term: &[u8]) -> Option<Entry> {
    let body = etf::body(term)?;
    let size = (tuple(2), this_atom("$size"), count).map(|(_, _, n)| Entry::Size(n));
    let file = (tuple(3), this_atom("file"), atom, etf::string);
    let file = file.map(|(_, _, module, _)| Entry::File(module));
    let key = (tuple(6), this_atom("bump"), atom, atom, count, count, count);
    let bump = (tuple(2), key, count);
    let bump = bump.map(|(_, (_, _, module, _, _, _, line), n)| Entry::Bump(module, line, n));
    let clauses = (tuple(2), atom, clauses);
    let clauses = clauses.map(|(_, module, lines)| Entry::Clauses(module, lines));
    let one = nom::branch::alt((bump, size, file, clauses));
    let read = all_consuming(one).parse(&body).ok()?.1;
    Some(read)
}

/// The sum of the lines of all clauses.
fn clauses(at: &[u8]) -> IResult<&[u8], u64> {
    let (mut rest, n) = list(at)?;
    let (mut clause, mut sum) = ((tuple(5), atom, atom, count, count, count), 0_u64);
    // Each element takes bytes: the input ends the loop, not its number.
    for _ in 0..n {
        let (after, (_, _, _, _, _, lines)) = clause.parse(rest)?;
        (rest, sum) = (after, sum.saturating_add(lines));
    }
    let (rest, ()) = nil(rest)?;
    Ok((rest, sum))
}
