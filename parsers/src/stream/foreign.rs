//! How far a text is foreign to the sections that see it before the one that owns it.

use crate::input::{Line, Stream};

use super::Section;

/// How far lines mean nothing to the sections before the one that owns them. They do not change these sections, so that
/// it stays true until it is used up: no line is looked at twice for it.
#[derive(Default)]
pub(super) struct Foreign {
    owner: usize,
    /// Offset in the stream.
    end: u64,
}

impl Foreign {
    /// So much of a text that starts with this line.
    pub(super) fn text<'a>(
        &mut self,
        text: &'a [u8],
        line: &Line<'_>,
        before: &[Box<dyn Section>],
    ) -> &'a [u8] {
        if before.is_empty() {
            return text;
        }
        if self.owner != before.len() || self.end <= line.offset {
            let foreign = match line.stream {
                Stream::Out => before.iter().fold(text, |text, section| {
                    text.get(..section.foreign(text)).unwrap_or_default()
                }),
                Stream::Err => b"",
            };
            let bytes = u64::try_from(foreign.len()).unwrap_or_default();
            self.owner = before.len();
            self.end = line.offset.saturating_add(bytes);
        }
        let bytes = usize::try_from(self.end.saturating_sub(line.offset));
        bytes.ok().and_then(|n| text.get(..n)).unwrap_or_default()
    }
}
