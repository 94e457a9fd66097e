//! The fonts in the file: only the glyphs that were used, each with the character that it shows.

use std::collections::BTreeMap;

use pdf_writer::types::{CidFontType, FontFlags, SystemInfo, UnicodeCmap};
use pdf_writer::{Filter, Finish, Name, Pdf, Rect, Ref, Str};
use subsetter::GlyphRemapper;

use super::file::squeeze;
use crate::wave::paper::font::{Face, MISSING};

const SYSTEM: SystemInfo = SystemInfo {
    registry: Str(b"Adobe"),
    ordering: Str(b"Identity"),
    supplement: 0,
};

/// The glyphs that were used.
#[derive(Default)]
pub(super) struct Glyphs {
    used: BTreeMap<Face, Used>,
}

#[derive(Default)]
struct Used {
    numbers: GlyphRemapper,
    /// Number in the subset → glyph of the font, and its character.
    shown: BTreeMap<u16, (u16, char)>,
}

impl Glyphs {
    /// The text as numbers of glyphs, two bytes each.
    pub(super) fn encode(&mut self, face: Face, text: &str) -> Vec<u8> {
        let font = face.font();
        let used = self.used.entry(face).or_default();
        let mut bytes = Vec::with_capacity(text.len() * 2);
        for c in text.chars() {
            let c = if font.has(c) { c } else { MISSING };
            let glyph = font.glyph(c);
            let number = used.numbers.remap(glyph);
            used.shown.entry(number).or_insert((glyph, c));
            bytes.extend(number.to_be_bytes());
        }
        bytes
    }

    /// The faces that were used, and where their fonts are to be.
    pub(super) fn faces(&self) -> impl Iterator<Item = (Face, Ref)> {
        self.used.keys().map(|face| (*face, place(*face, 0)))
    }

    /// Writes the fonts.
    pub(super) fn write(&self, pdf: &mut Pdf) {
        for (face, used) in &self.used {
            write(*face, used, pdf);
        }
    }
}

/// First number of the objects of the fonts.
pub(super) const FIRST: i32 = 20;

/// Each font has five objects.
fn place(face: Face, part: i32) -> Ref {
    let index = match face {
        Face::Regular => 0,
        Face::Bold => 1,
        Face::Mono => 2,
    };
    Ref::new(FIRST + index * 5 + part)
}

fn write(face: Face, used: &Used, pdf: &mut Pdf) {
    let [outer, inner, descriptor, file, cmap] = [0, 1, 2, 3, 4].map(|part| place(face, part));
    let (prefix, data) = subset(face, used);
    let name = format!("{prefix}+{}", face.font().name);
    let mut font = pdf.type0_font(outer);
    font.base_font(Name(name.as_bytes()))
        .encoding_predefined(Name(b"Identity-H"))
        .descendant_font(inner)
        .to_unicode(cmap);
    font.finish();
    widths(face, used, &name, inner, descriptor, pdf);
    describe(face, &name, descriptor, file, pdf);
    let mut characters = UnicodeCmap::new(Name(b"Custom"), SYSTEM);
    for (number, (_, c)) in &used.shown {
        characters.pair(*number, *c);
    }
    let packed = squeeze(&characters.finish());
    pdf.cmap(cmap, &packed).filter(Filter::FlateDecode);
    let packed = squeeze(&data);
    let length = i32::try_from(data.len()).unwrap_or(i32::MAX);
    let mut stream = pdf.stream(file, &packed);
    stream
        .filter(Filter::FlateDecode)
        .pair(Name(b"Length1"), length);
}

/// The font's bytes, and the six letters that mark a part of a font: from its content, so that equal parts have equal
/// names.
fn subset(face: Face, used: &Used) -> (String, Vec<u8>) {
    let data = subsetter::subset(face.font().data, 0, &used.numbers)
        .expect("the fonts are part of the program, and tests take every glyph of them");
    let sum = crate::wave::bag::sha256(&data);
    let letters = sum.bytes().take(6);
    // Hex digits as letters: `0` is A, `f` is P.
    let prefix =
        letters.map(|digit| char::from(b'A' + (digit as char).to_digit(16).unwrap_or(0) as u8));
    (prefix.collect(), data)
}

fn widths(face: Face, used: &Used, name: &str, inner: Ref, descriptor: Ref, pdf: &mut Pdf) {
    let font = face.font();
    let width = |glyph: u16| (f32::from(font.advance(glyph)) * 1000.0 / font.units).round();
    let mut cid = pdf.cid_font(inner);
    cid.subtype(CidFontType::Type2)
        .base_font(Name(name.as_bytes()))
        .system_info(SYSTEM)
        .font_descriptor(descriptor)
        .cid_to_gid_map_predefined(Name(b"Identity"))
        .default_width(width(0));
    let mut list = cid.widths();
    for (number, (glyph, _)) in &used.shown {
        list.consecutive(*number, [width(*glyph)]);
    }
}

fn describe(face: Face, name: &str, descriptor: Ref, file: Ref, pdf: &mut Pdf) {
    let fixed = match face {
        Face::Regular | Face::Bold => FontFlags::empty(),
        Face::Mono => FontFlags::FIXED_PITCH,
    };
    // The numbers of DejaVu 2.37, in thousandths of an em.
    pdf.font_descriptor(descriptor)
        .name(Name(name.as_bytes()))
        .flags(FontFlags::SYMBOLIC | fixed)
        .bbox(Rect::new(-962.0, -463.0, 1778.0, 1232.0))
        .italic_angle(0.0)
        .ascent(928.0)
        .descent(-236.0)
        .cap_height(729.0)
        .stem_v(if face == Face::Bold { 140.0 } else { 80.0 })
        .font_file2(file);
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_glyph_can_be_embedded() {
        for face in Face::ALL {
            let mut glyphs = Glyphs::default();
            let all: String = ('\u{20}'..'\u{ffff}')
                .filter(|c| face.font().has(*c))
                .collect();
            assert!(all.chars().count() > 900);
            glyphs.encode(face, &all);
            let (prefix, data) = subset(face, &glyphs.used[&face]);
            assert!(prefix.len() == 6 && prefix.bytes().all(|b| b.is_ascii_uppercase()));
            assert!(data.len() > 50_000);
        }
    }

    #[test]
    fn an_unknown_character_is_seen() {
        let mut glyphs = Glyphs::default();
        let [box_, han] = ["□", "漢"].map(|text| glyphs.encode(Face::Regular, text));
        assert_eq!(box_, han);
        assert_eq!(glyphs.used[&Face::Regular].shown.len(), 1);
    }
}
