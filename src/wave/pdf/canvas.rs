//! Marks on a page, in points from its upper left corner, and their operators.

use pdf_writer::{Content, Name, Str};

use super::embed::Glyphs;
use crate::wave::paper::font::Face;
use crate::wave::paper::look::Rgb;

/// Width of A4.
pub(super) const WIDTH: f32 = 595.28;
/// Height of A4.
pub(super) const HEIGHT: f32 = 841.89;

/// One mark.
#[derive(Debug, Clone, PartialEq)]
pub(super) enum Mark {
    /// A filled box with round corners.
    Box(Area, f32, Rgb),
    /// A line of text.
    Text(Words),
}

/// A box.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Area {
    pub(super) x: f32,
    pub(super) y: f32,
    pub(super) width: f32,
    pub(super) height: f32,
}

/// A line of text at its baseline.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Words {
    pub(super) x: f32,
    pub(super) y: f32,
    pub(super) face: Face,
    pub(super) size: f32,
    pub(super) color: Rgb,
    pub(super) text: String,
}

/// The operators of a page. Every glyph is noted, for the fonts are cut to what is used.
pub(super) fn content(marks: &[Mark], glyphs: &mut Glyphs) -> Vec<u8> {
    let mut content = Content::new();
    for mark in marks {
        match mark {
            Mark::Box(area, radius, color) => {
                fill(*color, &mut content);
                outline(*area, *radius, &mut content);
                content.fill_nonzero();
            }
            Mark::Text(words) => {
                fill(words.color, &mut content);
                content.begin_text();
                content.set_font(Name(name(words.face)), words.size);
                content.next_line(round(words.x), round(HEIGHT - words.y));
                content.show(Str(&glyphs.encode(words.face, &words.text)));
                content.end_text();
            }
        }
    }
    content.finish().into_vec()
}

/// Name of a font among the resources of a page.
pub(super) fn name(face: Face) -> &'static [u8] {
    match face {
        Face::Regular => b"R",
        Face::Bold => b"B",
        Face::Mono => b"M",
    }
}

fn fill(color: Rgb, content: &mut Content) {
    let [r, g, b] = color.map(|part| (f32::from(part) / 255.0 * 1000.0).round() / 1000.0);
    content.set_fill_rgb(r, g, b);
}

/// Hundredths of a point are enough, and keep the file small.
fn round(x: f32) -> f32 {
    (x * 100.0).round() / 100.0
}

fn outline(area: Area, radius: f32, content: &mut Content) {
    let (x, y) = (area.x, HEIGHT - area.y - area.height);
    let (w, h) = (area.width, area.height);
    let r = radius.min(w / 2.0).min(h / 2.0);
    if r < 0.1 {
        content.rect(round(x), round(y), round(w), round(h));
        return;
    }
    // A quarter of a circle as a curve.
    let k = r * 0.4477;
    let (right, top) = (x + w, y + h);
    content.move_to(round(x + r), round(y));
    for (line, curve) in [
        ((right - r, y), [right - k, y, right, y + k, right, y + r]),
        (
            (right, top - r),
            [right, top - k, right - k, top, right - r, top],
        ),
        ((x + r, top), [x + k, top, x, top - k, x, top - r]),
        ((x, y + r), [x, y + k, x + k, y, x + r, y]),
    ] {
        content.line_to(round(line.0), round(line.1));
        let [a, b, c, d, e, f] = curve.map(round);
        content.cubic_to(a, b, c, d, e, f);
    }
    content.close_path();
}
