//! The fonts of the papers, and how wide text is in them.
//!
//! Only `cmap` (format 4) and `hmtx` are read, and only from the files under `assets/fonts`, so this is not a reader of
//! fonts in general. There is no shaping: no kerning, no ligatures, no scripts that need more than one glyph a letter.

use std::collections::BTreeMap;
use std::sync::LazyLock;

/// One of the fonts.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Face {
    Regular,
    Bold,
    Mono,
}

impl Face {
    #[cfg(test)]
    pub(crate) const ALL: [Self; 3] = [Self::Regular, Self::Bold, Self::Mono];

    pub(crate) fn font(self) -> &'static Font {
        match self {
            Self::Regular => &FONTS[0],
            Self::Bold => &FONTS[1],
            Self::Mono => &FONTS[2],
        }
    }

    /// Width of a text, in the unit of the size. What has no glyph may be shown by another font, so it takes an em.
    pub(crate) fn width(self, text: &str, size: f32) -> f32 {
        let font = self.font();
        let width = |c: char| match font.has(c) {
            true => f32::from(font.advance(font.glyph(c))),
            false => font.units,
        };
        text.chars().map(width).sum::<f32>() * size / font.units
    }
}

static FONTS: LazyLock<[Font; 3]> = LazyLock::new(|| {
    [
        Font::new(
            "DejaVuSansCondensed",
            include_bytes!("../../../assets/fonts/DejaVuSansCondensed.ttf"),
        ),
        Font::new(
            "DejaVuSansCondensed-Bold",
            include_bytes!("../../../assets/fonts/DejaVuSansCondensed-Bold.ttf"),
        ),
        Font::new(
            "DejaVuSansMono",
            include_bytes!("../../../assets/fonts/DejaVuSansMono.ttf"),
        ),
    ]
});

/// Shown for what the font has no glyph for.
pub(crate) const MISSING: char = '□';

/// A font that is part of the program.
#[derive(Debug)]
pub(crate) struct Font {
    /// Its PostScript name.
    pub(crate) name: &'static str,
    /// The file.
    pub(crate) data: &'static [u8],
    /// Units of an em.
    pub(crate) units: f32,
    glyphs: BTreeMap<char, u16>,
    advances: Vec<u16>,
}

impl Font {
    fn new(name: &'static str, data: &'static [u8]) -> Self {
        let table = |tag: &[u8; 4]| table(data, tag).unwrap_or_default();
        let metrics = u16_at(table(b"hhea"), 34).unwrap_or(0);
        let advances = (0..usize::from(metrics)).map_while(|i| u16_at(table(b"hmtx"), i * 4));
        Self {
            name,
            data,
            units: f32::from(u16_at(table(b"head"), 18).unwrap_or(1000)),
            glyphs: characters(table(b"cmap")).unwrap_or_default(),
            advances: advances.collect(),
        }
    }

    /// The glyph of a character, or that of [`MISSING`].
    pub(crate) fn glyph(&self, c: char) -> u16 {
        let of = |c| self.glyphs.get(&c).copied();
        of(c).or_else(|| of(MISSING)).unwrap_or(0)
    }

    /// Whether it has a glyph for the character.
    pub(crate) fn has(&self, c: char) -> bool {
        self.glyphs.contains_key(&c)
    }

    /// Advance of a glyph in units of the em. The last one counts for all further glyphs.
    pub(crate) fn advance(&self, glyph: u16) -> u16 {
        let of = self.advances.get(usize::from(glyph));
        of.or(self.advances.last()).copied().unwrap_or(0)
    }
}

fn u16_at(data: &[u8], at: usize) -> Option<u16> {
    let bytes = data.get(at..at.checked_add(2)?)?;
    Some(u16::from_be_bytes(bytes.try_into().ok()?))
}

fn u32_at(data: &[u8], at: usize) -> Option<usize> {
    let bytes = data.get(at..at.checked_add(4)?)?;
    usize::try_from(u32::from_be_bytes(bytes.try_into().ok()?)).ok()
}

fn table<'a>(data: &'a [u8], tag: &[u8; 4]) -> Option<&'a [u8]> {
    let records = data
        .get(12..)?
        .chunks_exact(16)
        .take(usize::from(u16_at(data, 4)?));
    let record = records.into_iter().find(|r| r.starts_with(tag))?;
    let from = u32_at(record, 8)?;
    data.get(from..from.checked_add(u32_at(record, 12)?)?)
}

/// The characters of the first subtable, which has format 4: segments of codes, each with a shift or a list of glyphs.
fn characters(cmap: &[u8]) -> Option<BTreeMap<char, u16>> {
    let sub = cmap.get(u32_at(cmap, 8)?..)?;
    let segments = usize::from(u16_at(sub, 6)?) / 2;
    let mut glyphs = BTreeMap::new();
    for segment in 0..segments {
        let (last, first) = (14 + segment * 2, 16 + (segments + segment) * 2);
        let (shift, list) = (first + segments * 2, first + segments * 4);
        let (shift, offset) = (u16_at(sub, shift)?, usize::from(u16_at(sub, list)?));
        let first = u16_at(sub, first)?;
        for code in first..=u16_at(sub, last)? {
            let glyph = match offset {
                0 => code.wrapping_add(shift),
                _ => u16_at(sub, list + offset + usize::from(code - first) * 2).unwrap_or(0),
            };
            if let Some(c) = char::from_u32(u32::from(code)).filter(|_| glyph != 0) {
                glyphs.insert(c, glyph);
            }
        }
    }
    Some(glyphs)
}

/// Breaks a text into lines of this width: between words, else behind a mark that parts paths and names, else anywhere.
pub(crate) fn wrap(text: &str, face: Face, size: f32, width: f32) -> Vec<String> {
    let mut lines: Vec<String> = Vec::new();
    let mut line = String::new();
    for word in text.split(' ') {
        let gap = if line.is_empty() { "" } else { " " };
        if face.width(&line, size) + face.width(gap, size) + face.width(word, size) <= width {
            line.push_str(gap);
            line.push_str(word);
            continue;
        }
        if !line.is_empty() {
            lines.push(std::mem::take(&mut line));
        }
        let mut rest = word;
        while face.width(rest, size) > width {
            let (head, tail) = rest.split_at(break_at(rest, face, size, width));
            lines.push(head.to_owned());
            rest = tail;
        }
        rest.clone_into(&mut line);
    }
    if !line.is_empty() || lines.is_empty() {
        lines.push(line);
    }
    lines
}

/// The byte at which a word that is too long is broken: at least one character from its start.
fn break_at(word: &str, face: Face, size: f32, width: f32) -> usize {
    let mut end = 0;
    let mut mark = None;
    let mut used = 0.0;
    for (at, c) in word.char_indices() {
        used += face.width(c.encode_utf8(&mut [0; 4]), size);
        if used > width && end > 0 {
            break;
        }
        end = at + c.len_utf8();
        if "/._-:,(=".contains(c) {
            mark = Some(end);
        }
    }
    mark.filter(|m| *m * 2 > end).unwrap_or(end)
}

/// At most `most` lines; the last one ends with `…` where there were more.
pub(crate) fn wrap_at_most(
    text: &str,
    face: Face,
    size: f32,
    width: f32,
    most: usize,
) -> Vec<String> {
    let mut lines = wrap(text, face, size, width);
    if lines.len() > most {
        lines.truncate(most.max(1));
        if let Some(last) = lines.last_mut() {
            *last = ellipsis(&format!("{last} …"), face, size, width);
        }
    }
    lines
}

/// The text in one line: what does not fit is replaced by `…`.
pub(crate) fn ellipsis(text: &str, face: Face, size: f32, width: f32) -> String {
    if face.width(text, size) <= width {
        return text.to_owned();
    }
    let mut kept = text.trim_end_matches('…').trim_end().to_owned();
    while face.width(&kept, size) + face.width("…", size) > width && kept.pop().is_some() {}
    format!("{kept}…")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn fonts_are_read() {
        // Advances as fonttools gives them.
        assert_eq!(
            Face::Mono.font().advance(Face::Mono.font().glyph('x')),
            1233
        );
        for face in Face::ALL {
            let font = face.font();
            assert_eq!(font.units, 2048.0);
            for c in ('!'..='~').chain("äŁžΩЖ…–“□›→≥·✓".chars()) {
                assert!(
                    font.has(c) && font.advance(font.glyph(c)) > 0,
                    "{c} in {face:?}"
                );
            }
            assert!(!font.has('漢') && font.glyph('漢') == font.glyph(MISSING));
        }
    }

    #[test]
    fn lines_fit_and_lose_nothing() {
        let text = "a test of lib/shop_web/live/a_very_long_name_of_a_module/that_goes_on_and_on.ex:12 漢字漢字漢字 end";
        for width in [3.0, 40.0, 90.0, 1000.0] {
            let lines = wrap(text, Face::Regular, 9.0, width);
            let all: String = lines.concat();
            assert_eq!(all.replace(' ', ""), text.replace(' ', ""), "at {width}");
            for line in &lines {
                assert!(
                    Face::Regular.width(line, 9.0) <= width || line.chars().count() == 1,
                    "{line}"
                );
            }
        }
    }

    #[test]
    fn what_does_not_fit_is_seen_to_be_cut() {
        let lines = wrap_at_most("one two three four five six", Face::Bold, 9.0, 40.0, 2);
        assert_eq!(lines.len(), 2);
        assert!(lines[1].ends_with('…') && Face::Bold.width(&lines[1], 9.0) <= 40.0);
        assert_eq!(ellipsis("fits", Face::Bold, 9.0, 40.0), "fits");
    }
}
