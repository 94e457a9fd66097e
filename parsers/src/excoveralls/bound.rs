//! How deep a document nests, before it is read.

/// Whether a document that is there as a whole nests deeper than a limit.
pub(super) fn is_deep(bytes: &[u8], max: usize) -> bool {
    let (mut rest, mut depth) = (bytes, 0_usize);
    while let Some((byte, after)) = rest.split_first() {
        rest = after;
        match byte {
            b'"' => rest = after_string(after),
            b'[' | b'{' => depth = depth.saturating_add(1),
            b']' | b'}' => depth = depth.saturating_sub(1),
            _ => {}
        }
        if depth > max {
            return true;
        }
    }
    false
}

/// What follows the quote that ends a string.
fn after_string(text: &[u8]) -> &[u8] {
    let mut rest = text;
    while let Some(at) = memchr::memchr2(b'"', b'\\', rest) {
        let ends = rest.get(at) == Some(&b'"');
        let taken = at.saturating_add(if ends { 1 } else { 2 });
        rest = rest.get(taken..).unwrap_or_default();
        if ends {
            return rest;
        }
    }
    &[]
}
