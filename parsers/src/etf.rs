//! Erlang's external term format, as far as `cover` writes it: tuples, atoms, whole numbers and strings.
//!
//! Source of the format: "External Term Format" of ERTS. A term starts with the version 131; one that was compressed
//! has the tag 80, its size, and a zlib stream with a checksum. Terms are pulled one after the other as their place
//! demands, so nothing recurses, and no length in the input sizes an allocation: what a length promises must be there.
//!
//! Deliberately absent: every other tag (floats, processes, functions, maps, …). A term of one is not what was expected.

use std::borrow::Cow;
use std::io::Read;

use flate2::bufread::ZlibDecoder;
use nom::bytes::complete::{tag, take};
use nom::combinator::{map_opt, value};
use nom::error::{Error, ErrorKind};
use nom::multi::length_data;
use nom::number::complete::{be_i32, be_u8, be_u16, be_u32};
use nom::{IResult, Parser};

/// The version of the format, first byte of every term.
pub(crate) const VERSION: u8 = 131;

const COMPRESSED: u8 = 80;

/// Bytes of one term, as it is written and as it is inflated.
pub(crate) const TERM: u64 = 16 << 20;

/// The bytes of a term after its version and its compression. `None` where they are not well formed, or too many.
pub(crate) fn body(term: &[u8]) -> Option<Cow<'_, [u8]>> {
    let term = term.strip_prefix(&[VERSION])?;
    let Some(packed) = term.strip_prefix(&[COMPRESSED]) else {
        return Some(Cow::Borrowed(term));
    };
    let (packed, size) = be_u32::<_, Error<_>>(packed).ok()?;
    let size = u64::from(size);
    if size > TERM {
        return None;
    }
    // One byte more than is promised, so that the checksum behind the last one is reached.
    let mut inflated = Vec::new();
    let mut zlib = ZlibDecoder::new(packed);
    let read = Read::take(&mut zlib, size.saturating_add(1)).read_to_end(&mut inflated);
    let whole = u64::try_from(inflated.len()) == Ok(size)
        && u64::try_from(packed.len()) == Ok(zlib.total_in());
    (read.is_ok() && whole).then_some(Cow::Owned(inflated))
}

fn wrong<T>(at: &[u8]) -> IResult<&[u8], T> {
    Err(nom::Err::Error(Error::new(at, ErrorKind::Switch)))
}

/// The head of a tuple of so many elements, which follow.
pub(crate) fn tuple<'a>(arity: u8) -> impl Parser<&'a [u8], Output = (), Error = Error<&'a [u8]>> {
    move |at: &'a [u8]| {
        let (rest, kind) = be_u8(at)?;
        let (rest, n) = match kind {
            104 => be_u8(rest).map(|(rest, n)| (rest, u32::from(n)))?,
            105 => be_u32(rest)?,
            _ => return wrong(at),
        };
        if n == u32::from(arity) {
            Ok((rest, ()))
        } else {
            wrong(at)
        }
    }
}

/// An atom.
pub(crate) fn atom(at: &[u8]) -> IResult<&[u8], String> {
    let latin1 = |bytes: &[u8]| Some(bytes.iter().map(|b| char::from(*b)).collect());
    let utf8 = |bytes: &[u8]| std::str::from_utf8(bytes).ok().map(str::to_owned);
    let (rest, kind) = be_u8(at)?;
    match kind {
        100 => map_opt(length_data(be_u16), latin1).parse(rest),
        115 => map_opt(length_data(be_u8), latin1).parse(rest),
        118 => map_opt(length_data(be_u16), utf8).parse(rest),
        119 => map_opt(length_data(be_u8), utf8).parse(rest),
        _ => wrong(at),
    }
}

/// This atom.
pub(crate) fn this_atom<'a>(
    name: &str,
) -> impl Parser<&'a [u8], Output = (), Error = Error<&'a [u8]>> {
    map_opt(atom, move |found| (found == name).then_some(()))
}

/// A whole number that is not below 0.
pub(crate) fn count(at: &[u8]) -> IResult<&[u8], u64> {
    let (rest, kind) = be_u8(at)?;
    match kind {
        97 => be_u8(rest).map(|(rest, n)| (rest, u64::from(n))),
        98 => map_opt(be_i32, |n| u64::try_from(n).ok()).parse(rest),
        110 => {
            let (rest, n) = be_u8(rest)?;
            let (rest, sign) = be_u8(rest)?;
            let (rest, digits) = take(n)(rest)?;
            let significant = digits.iter().rposition(|b| *b != 0);
            let used = significant.map_or(0, |last| last.saturating_add(1));
            if sign != 0 || used > 8 {
                return wrong(at);
            }
            let number = digits.iter().take(used).rev();
            let number = number.fold(0_u64, |n, b| n.wrapping_shl(8) | u64::from(*b));
            Ok((rest, number))
        }
        _ => wrong(at),
    }
}

/// The number of elements of a list, which follow, with an empty list behind the last one.
pub(crate) fn list(at: &[u8]) -> IResult<&[u8], u32> {
    let (rest, kind) = be_u8(at)?;
    match kind {
        106 => Ok((at, 0)),
        108 => be_u32(rest),
        _ => wrong(at),
    }
}

/// The empty list, which ends every list.
pub(crate) fn nil(at: &[u8]) -> IResult<&[u8], ()> {
    value((), tag(&[106][..])).parse(at)
}

/// A string of whatever form: a list of characters or a binary. It is passed over.
pub(crate) fn string(at: &[u8]) -> IResult<&[u8], ()> {
    let (rest, kind) = be_u8(at)?;
    match kind {
        107 => value((), length_data(be_u16)).parse(rest),
        109 => value((), length_data(be_u32)).parse(rest),
        106 => Ok((rest, ())),
        108 => {
            let (mut rest, n) = be_u32(rest)?;
            // Each element takes bytes: the input ends the loop, not its number.
            for _ in 0..n {
                (rest, _) = count(rest)?;
            }
            nil(rest)
        }
        _ => wrong(at),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_of_every_form() {
        for (bytes, number) in [
            (&[97, 255][..], 255),
            (&[98, 0, 0, 1, 0], 256),
            (&[110, 4, 0, 0, 0, 0, 128], 1 << 31),
            (
                &[110, 8, 0, 255, 255, 255, 255, 255, 255, 255, 255],
                u64::MAX,
            ),
            (&[110, 9, 0, 1, 0, 0, 0, 0, 0, 0, 0, 0], 1),
        ] {
            assert_eq!(count(bytes), Ok((&[][..], number)), "{bytes:?}");
        }
        for bytes in [
            &[98, 255, 255, 255, 255][..],
            &[110, 1, 1, 5],
            &[110, 9, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1],
            &[110, 255, 0, 1],
            &[97],
            &[70, 0, 0, 0, 0, 0, 0, 0, 0],
        ] {
            assert!(count(bytes).is_err(), "{bytes:?}");
        }
    }

    #[test]
    fn atoms_of_every_form() {
        for bytes in [
            &b"d\0\x02\xe9a"[..],
            b"s\x02\xe9a",
            b"v\0\x03\xc3\xa9a",
            b"w\x03\xc3\xa9a",
        ] {
            assert_eq!(atom(bytes), Ok((&[][..], "éa".to_owned())), "{bytes:?}");
        }
        assert!(atom(b"w\x02\xffa").is_err());
        assert!(atom(b"w\xffabc").is_err());
    }

    #[test]
    fn no_length_is_believed() {
        let huge = [131, 80, 255, 255, 255, 255, 0x78, 0x9c];
        assert_eq!(body(&huge), None);
        assert!(string(&[108, 255, 255, 255, 255, 97, 1]).is_err());
        assert!(string(&[109, 255, 255, 255, 255, 97, 1]).is_err());
        assert!(tuple(2).parse(&[105, 255, 255, 255, 255][..]).is_err());
    }
}
