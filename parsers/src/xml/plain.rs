//! Empty elements in their plainest form, `<line number="1" hits="2"/>`: nearly all that a report of coverage or of
//! passing tests consists of. Whatever is not exactly that is left to the XML reader, which then says the same of it or
//! what is wrong.

use std::str;

/// A plain element that lies whole at the start of some bytes.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Plain<'a> {
    pub(crate) name: &'a str,
    /// What stands between the name and the `/>`.
    pub(crate) attributes: &'a str,
    /// Bytes of the element.
    pub(crate) len: usize,
}

/// The element at the start of these bytes that is plain if its [`Attributes`] are: else `len` may be wrong, because a
/// value may hold a `>`.
pub(crate) fn plain(bytes: &[u8]) -> Option<Plain<'_>> {
    let body = bytes.strip_prefix(b"<")?;
    let end = memchr::memchr(b'>', body)?;
    let tag = str::from_utf8(body.get(..end)?.strip_suffix(b"/")?).ok()?;
    let letters = |b: &u8| b.is_ascii_alphanumeric() || matches!(b, b'-' | b'_');
    let name = tag.bytes().take_while(letters).count();
    let (name, attributes) = tag.split_at_checked(name)?;
    let named = name.starts_with(|c: char| c.is_ascii_alphabetic());
    named.then_some(Plain {
        name,
        attributes,
        len: end.saturating_add(2),
    })
}

/// Attributes in their plainest form, ` name="value"`. An item is `None` when something else stands there, and then it
/// is the last one.
#[derive(Debug, Clone)]
pub(crate) struct Attributes<'a>(pub(crate) &'a str);

impl<'a> Iterator for Attributes<'a> {
    type Item = Option<(&'a str, &'a str)>;

    fn next(&mut self) -> Option<Self::Item> {
        if self.0.is_empty() {
            return None;
        }
        let found = attribute(self.0);
        self.0 = found.map_or("", |(_, _, rest)| rest);
        Some(found.map(|(name, value, _)| (name, value)))
    }
}

fn attribute(text: &str) -> Option<(&str, &str, &str)> {
    let text = text.strip_prefix(' ')?;
    let letters = |b: &u8| b.is_ascii_alphanumeric() || matches!(b, b'-' | b'_');
    let name = text.bytes().take_while(letters).count();
    let (name, rest) = text.split_at_checked(name)?;
    let rest = rest.strip_prefix("=\"").filter(|_| !name.is_empty())?;
    // Most values are too short for a search by many bytes at once.
    let end = rest.bytes().position(|b| b == b'"')?;
    let (value, rest) = rest.split_at_checked(end)?;
    Some((name, value, rest.get(1..)?))
}

#[cfg(test)]
mod tests {
    use super::*;
    use quick_xml::Reader;
    use quick_xml::events::Event;

    /// An element: its name, its attributes, and where it ends.
    type Said = (String, Vec<(String, String)>, u64);

    /// What quick-xml makes of an element.
    fn reference(text: &str) -> Option<Said> {
        let mut reader = Reader::from_str(text);
        let Ok(Event::Empty(tag)) = reader.read_event() else {
            return None;
        };
        let mut raw = tag.attributes();
        let list = raw.with_checks(false).map(|a| {
            let a = a.ok()?;
            Some((a.key.0.to_owned(), a.value.into_owned()))
        });
        let list: Option<Vec<_>> = list.collect();
        let name = tag.local_name().as_ref().to_owned();
        Some((name, list?, reader.buffer_position()))
    }

    #[test]
    fn what_is_plain_is_what_the_xml_reader_says() {
        let pieces = [
            "<",
            "a",
            "line",
            " ",
            "  ",
            "n=\"1\"",
            " x=\"\"",
            " y='2'",
            "=",
            "\"",
            "'",
            "/",
            "/>",
            ">",
            "é",
            "&lt;",
            "-",
            ":",
            "\n",
            " b=\"<>\"",
            " c-d=\"é > &amp;\"",
            "!",
            "?",
            "b=\"/>\"",
            "\t",
        ];
        let mut seed: u64 = 1;
        let mut plainly = 0;
        for _ in 0..200_000 {
            let mut text = String::from("<a");
            for _ in 0..seed % 7 {
                seed = seed
                    .wrapping_mul(6_364_136_223_846_793_005)
                    .wrapping_add(1_442_695_040_888_963_407);
                text.push_str(pieces[usize::try_from(seed >> 33).unwrap() % pieces.len()]);
            }
            seed = seed
                .wrapping_mul(6_364_136_223_846_793_005)
                .wrapping_add(1_442_695_040_888_963_407)
                ^ (seed >> 31);
            text.push_str("/><z/>");
            let Some(plain) = plain(text.as_bytes()) else {
                continue;
            };
            plainly += 1;
            let owned = |(k, v): (&str, &str)| (k.to_owned(), v.to_owned());
            let attributes = Attributes(plain.attributes).map(|a| a.map(owned));
            let Some(attributes) = attributes.collect() else {
                continue;
            };
            let len = u64::try_from(plain.len).unwrap();
            let said = Some((plain.name.to_owned(), attributes, len));
            assert_eq!(said, reference(&text), "{text}");
        }
        assert!(plainly > 20_000, "{plainly}");
    }

    #[test]
    fn everything_else_is_left_to_the_xml_reader() {
        let all = plain(b"<line number=\"1\" hits=\"\"/><b/>").unwrap();
        assert_eq!(
            (all.name, all.attributes),
            ("line", " number=\"1\" hits=\"\"")
        );
        assert_eq!(all.len, 26);
        for other in [
            "",
            "<",
            "a",
            "<a",
            "<a/",
            "<a>",
            "</a>",
            "<1/>",
            "<a:b/>",
            "<!a/>",
            "<?a/>",
            "< a/>",
            "<a />",
            "<a b/>",
            "<a b=/>",
            "<a b='1'/>",
            "<a  b=\"1\"/>",
            "<a b=\"1\"c=\"2\"/>",
            "<a b=\"1/>",
            "<a b=\">\"/>",
            "<a b=\"1\" />",
            "<a\tb=\"1\"/>",
            "<a =\"1\"/>",
        ] {
            let found = plain(other.as_bytes());
            let plain = found.is_some_and(|p| Attributes(p.attributes).all(|a| a.is_some()));
            assert!(!plain, "{other}");
        }
    }
}
