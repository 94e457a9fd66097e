//! Names of files as git prints them: plain, or in quotes with the escapes of C.

/// A name, in quotes or not; what is not UTF-8 is replaced, for no report can name it.
pub(super) fn one(text: &[u8]) -> Result<String, String> {
    if !text.starts_with(b"\"") {
        return Ok(String::from_utf8_lossy(text).into_owned());
    }
    match quoted(text) {
        Some((name, b"")) => Ok(name),
        Some(_) | None => Err("a name whose quotes do not end".into()),
    }
}

/// `b/lib/a.ex`: a name with its prefix. Where a name has spaces, git puts a tab after it.
pub(super) fn prefixed(text: &[u8], prefix: &str) -> Result<String, String> {
    let name = one(text.strip_suffix(b"\t").unwrap_or(text))?;
    match name.strip_prefix(prefix) {
        Some(name) => Ok(name.to_owned()),
        None => Err(format!("a name without {prefix:?}")),
    }
}

/// `a/X b/X`: the name, where both are one. Nothing separates two plain names but their equal length.
pub(super) fn both(text: &[u8]) -> Option<String> {
    if text.starts_with(b"\"") {
        let (first, rest) = quoted(text)?;
        let (second, b"") = quoted(rest.strip_prefix(b" ")?)? else {
            return None;
        };
        let name = second.strip_prefix("b/")?;
        return (first.strip_prefix("a/") == Some(name)).then(|| name.to_owned());
    }
    let half = text.len().checked_sub(1)? / 2;
    let (first, rest) = text.split_at_checked(half)?;
    let name = rest.strip_prefix(b" b/")?;
    (first.strip_prefix(b"a/") == Some(name)).then(|| String::from_utf8_lossy(name).into_owned())
}

/// A name in quotes, and what follows it.
fn quoted(text: &[u8]) -> Option<(String, &[u8])> {
    let mut rest = text.strip_prefix(b"\"")?;
    let mut name = Vec::new();
    loop {
        let (&byte, after) = rest.split_first()?;
        rest = after;
        match byte {
            b'"' => return Some((String::from_utf8_lossy(&name).into_owned(), rest)),
            b'\\' => {
                let (byte, after) = escaped(rest)?;
                name.push(byte);
                rest = after;
            }
            byte => name.push(byte),
        }
    }
}

/// What stands after a backslash: a letter, or three octal digits.
fn escaped(text: &[u8]) -> Option<(u8, &[u8])> {
    let (&first, rest) = text.split_first()?;
    let byte = match first {
        b'a' => 7,
        b'b' => 8,
        b't' => b'\t',
        b'n' => b'\n',
        b'v' => 11,
        b'f' => 12,
        b'r' => b'\r',
        b'"' | b'\\' => first,
        b'0'..=b'3' => {
            let (digits, rest) = text.split_at_checked(3)?;
            let byte = u8::from_str_radix(std::str::from_utf8(digits).ok()?, 8).ok()?;
            return Some((byte, rest));
        }
        _ => return None,
    };
    Some((byte, rest))
}
