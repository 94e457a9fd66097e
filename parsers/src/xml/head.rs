//! The first bytes of a document: its root, and the first element in it.

/// What is known before the document is read.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Head<'a> {
    /// Name of the root.
    pub(crate) root: &'a [u8],
    /// What stands in its tag after the name.
    pub(crate) attributes: &'a [u8],
    /// Name of the first element in it.
    pub(crate) child: Option<&'a [u8]>,
}

/// Looks at the first bytes. `None` when they are no XML, or its root does not end in them.
pub(crate) fn head(bytes: &[u8]) -> Option<Head<'_>> {
    let (root, attributes, rest) = tag(prolog(bytes)?)?;
    let child = match attributes.last() {
        Some(b'/') => None,
        _ => prolog(rest).and_then(tag).map(|(name, ..)| name),
    };
    Some(Head {
        root,
        attributes,
        child,
    })
}

/// What follows declarations, comments and a document type.
fn prolog(bytes: &[u8]) -> Option<&[u8]> {
    let mut rest = bytes;
    loop {
        rest = rest.trim_ascii_start();
        rest = if rest.starts_with(b"<?") {
            after(rest, b"?>")?
        } else if rest.starts_with(b"<!--") {
            after(rest, b"-->")?
        } else if rest.starts_with(b"<!DOCTYPE") {
            let subset = rest.iter().position(|b| *b == b'[');
            let end = rest.iter().position(|b| *b == b'>')?;
            match subset {
                Some(start) if start < end => after(after(rest, b"]")?, b">")?,
                _ => after(rest, b">")?,
            }
        } else {
            return Some(rest);
        };
    }
}

fn after<'a>(bytes: &'a [u8], end: &[u8]) -> Option<&'a [u8]> {
    let at = bytes.windows(end.len()).position(|w| w == end)?;
    bytes.get(at.saturating_add(end.len())..)
}

/// The name of a start tag, what else stands in it, and what follows it.
fn tag(bytes: &[u8]) -> Option<(&[u8], &[u8], &[u8])> {
    let body = bytes.strip_prefix(b"<")?;
    let mut quote = None;
    let end = body.iter().position(|b| {
        match (quote, *b) {
            (None, b'>') => return true,
            (None, b'"' | b'\'') => quote = Some(*b),
            (Some(open), b) if open == b => quote = None,
            _ => {}
        }
        false
    })?;
    let (tag, rest) = body.split_at_checked(end)?;
    let ends = |b: &u8| b.is_ascii_whitespace() || *b == b'/';
    let name = tag.iter().position(ends).unwrap_or(tag.len());
    let (name, attributes) = tag.split_at_checked(name)?;
    let letters = |b: &u8| b.is_ascii_alphanumeric() || b"_-:.".contains(b);
    let named = !name.is_empty() && name.iter().all(letters);
    named.then_some((name, attributes, rest.get(1..)?))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_root_and_its_first_element() {
        let text = b"<?xml version='1.0'?>\n<!-- <a> -->\n<!DOCTYPE a SYSTEM \"b\">\n<a b=\"/>\" c='1'>\n <d/>";
        let head = head(text).unwrap();
        assert_eq!(head.root, b"a");
        assert_eq!(head.attributes, b" b=\"/>\" c='1'");
        assert_eq!(head.child, Some(b"d".as_slice()));
        let name = |text: &'static str| super::head(text.as_bytes()).map(|h| (h.root, h.child));
        assert_eq!(name("<a/><b>"), Some((b"a".as_slice(), None)));
        assert_eq!(name("<a></a>"), Some((b"a".as_slice(), None)));
        assert_eq!(
            name("<!DOCTYPE a [<!ENTITY x \"<b>\">]><a>"),
            Some((b"a".as_slice(), None))
        );
        for none in [
            "",
            "<",
            "<a",
            "< a>",
            "</a>",
            "a",
            "<!-- ",
            "<?xml",
            "<!DOCTYPE a",
        ] {
            assert_eq!(name(none), None, "{none}");
        }
    }
}
