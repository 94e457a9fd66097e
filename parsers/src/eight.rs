//! Looking for bytes, eight at once. Faster than one at a time from a few bytes on, and than a vectorised search as long
//! as what is found is near, as it is in attributes and strings.

const ONES: u64 = u64::MAX / 255;

/// Place of the first byte that one of `marks` stands for: its length where there is none. `below` marks the bytes
/// before it, too: those less than a blank, for instance.
#[inline]
pub(crate) fn find<const N: usize>(bytes: &[u8], below: u8, marks: [u8; N]) -> usize {
    let within = |word| found(word, below, marks);
    first(bytes, within, |b| b < below || marks.contains(&b))
}

/// Place of the first byte that is looked for: its length where there is none. Of eight bytes, `within` gives the high bit
/// of each that is; only the first one has to be right.
pub(crate) fn first(bytes: &[u8], within: impl Fn(u64) -> u64, is: impl Fn(u8) -> bool) -> usize {
    let mut rest = bytes;
    let near = loop {
        let Some((word, behind)) = rest.split_first_chunk::<8>() else {
            break rest.iter().position(|b| is(*b)).unwrap_or(rest.len());
        };
        let found = within(u64::from_le_bytes(*word));
        if found != 0 {
            break usize::try_from(found.trailing_zeros() >> 3).unwrap_or(0);
        }
        rest = behind;
    };
    bytes.len().saturating_sub(rest.len()).saturating_add(near)
}

/// Of eight bytes, the high bit of each that is looked for. Only the first one is sure: a borrow may go on from it.
#[inline]
fn found<const N: usize>(word: u64, below: u8, marks: [u8; N]) -> u64 {
    let less = |word: u64, limit: u8| word.wrapping_sub(each(limit)) & !word;
    let mut all = less(word, below);
    // A loop, because a fold over an array by value is not always inlined.
    for mark in &marks {
        all |= less(word ^ each(*mark), 1);
    }
    all & each(0x80)
}

/// The decimal number at the start, of at most seven digits, and what follows. Nothing where less than eight bytes are
/// left: there is another way to read such a number.
#[inline]
pub(crate) fn number(bytes: &[u8]) -> Option<(u32, &[u8])> {
    let digits = digits(bytes)?;
    let values = u64::from_le_bytes(*bytes.first_chunk()?) ^ each(b'0');
    // The last digit comes to the end, zeros stand before the first. Then digits, pairs and fours are put together.
    let bits = u32::try_from(digits << 3).ok()?;
    let digit = values.wrapping_shl(64_u32.wrapping_sub(bits));
    let pair = (digit.wrapping_mul(0xa01) >> 8) & 0x00ff_00ff_00ff_00ff;
    let four = (pair.wrapping_mul(0x0064_0001) >> 16) & 0x0000_ffff_0000_ffff;
    let all = four.wrapping_mul(0x2710_0000_0001) >> 32;
    Some((u32::try_from(all).ok()?, bytes.get(digits..)?))
}

/// How many digits such a number has, which are at least one.
#[inline]
pub(crate) fn digits(bytes: &[u8]) -> Option<usize> {
    let values = u64::from_le_bytes(*bytes.first_chunk()?) ^ each(b'0');
    // A digit is less than ten. A carry goes on to bytes that come later only.
    let others = (values.wrapping_add(each(0x76)) | values) & each(0x80);
    let digits = usize::try_from(others.trailing_zeros() >> 3).ok()?;
    (1..8).contains(&digits).then_some(digits)
}

/// A byte eight times.
pub(crate) fn each(byte: u8) -> u64 {
    ONES.wrapping_mul(u64::from(byte))
}

/// How many of the next eight bytes are blanks before one is not.
pub(crate) fn blanks(bytes: &[u8]) -> usize {
    let Some(word) = bytes.first_chunk::<8>() else {
        return bytes.iter().take_while(|b| **b == b' ').count();
    };
    let others = u64::from_le_bytes(*word) ^ each(b' ');
    usize::try_from(others.trailing_zeros() >> 3).unwrap_or(0)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn blanks_are_counted_up_to_eight() {
        for (text, n) in [
            ("", 0),
            ("  ", 2),
            ("a       ", 0),
            ("  a  aaaa", 2),
            ("       a", 7),
            ("          ", 8),
            ("   \u{a0}     ", 3),
        ] {
            assert_eq!(blanks(text.as_bytes()), n, "{text}");
        }
    }

    #[test]
    fn numbers_of_up_to_seven_digits() {
        for digits in [
            "0", "7", "10", "007", "385", "4096", "65536", "999999", "1234567", "9999999",
        ] {
            for end in [",", "\n", "/", ":", "\0", "\u{7f}", "\u{e9}", "a"] {
                let text = format!("{digits}{end}12345678");
                let (number, rest) = super::number(text.as_bytes()).unwrap();
                assert_eq!(number, digits.parse::<u32>().unwrap(), "{text}");
                assert_eq!(rest, &text.as_bytes()[digits.len()..], "{text}");
            }
        }
        for none in [
            "",
            "12,4567",
            ",1234567",
            "12345678",
            "123456789,",
            "-1234567",
            "\u{e9}1234567",
        ] {
            assert_eq!(super::number(none.as_bytes()), None, "{none}");
        }
    }

    #[test]
    fn the_first_one_is_found_wherever_it_stands() {
        let mut seed = 1_u64;
        for round in 0..200_000_usize {
            let bytes: Vec<u8> = (0..round % 40)
                .map(|_| {
                    seed = seed
                        .wrapping_mul(6_364_136_223_846_793_005)
                        .wrapping_add(1_442_695_040_888_963_407);
                    let byte = (seed >> 40) as u8;
                    // Those that are looked for, and their neighbours, are frequent enough; others in between.
                    if seed >> 60 < 2 { byte } else { byte | 0x61 }
                })
                .collect();
            let means = |b: &u8| *b < 0x20 || matches!(b, b'"' | b'\\');
            let wanted = bytes.iter().position(means).unwrap_or(bytes.len());
            assert_eq!(find(&bytes, 0x20, [b'"', b'\\']), wanted, "{bytes:?}");
            let wanted = bytes.iter().position(|b| *b == b'a').unwrap_or(bytes.len());
            assert_eq!(find(&bytes, 0, [b'a']), wanted, "{bytes:?}");
        }
    }
}
