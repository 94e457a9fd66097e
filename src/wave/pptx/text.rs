//! Text on a slide: how it looks, how much of it fits, and its paragraph.

use crate::emit::escape::xml;
use crate::wave::paper::font::{Face, wrap};
use crate::wave::paper::look::Rgb;

/// How much wider than measured a font may be: DejaVu Sans against its condensed form.
const WIDER: f32 = 1.16;

/// How text looks.
#[derive(Debug, Clone, Copy)]
pub(super) struct Type {
    pub(super) face: Face,
    pub(super) size: f32,
    pub(super) color: Rgb,
    /// `l`, `ctr` or `r`.
    pub(super) align: &'static str,
}

impl Type {
    pub(super) const fn new(face: Face, size: f32, color: Rgb) -> Self {
        Self {
            face,
            size,
            color,
            align: "l",
        }
    }

    pub(super) const fn aligned(mut self, align: &'static str) -> Self {
        self.align = align;
        self
    }

    /// Height of a line.
    pub(super) fn leading(self) -> f32 {
        self.size * 1.22
    }
}

/// A paragraph of one run.
pub(super) fn paragraph(look: Type, text: &str) -> String {
    let bold = match look.face {
        Face::Bold => 1,
        Face::Regular | Face::Mono => 0,
    };
    let font = match look.face {
        Face::Regular | Face::Bold => "",
        Face::Mono => "<a:latin typeface=\"Consolas\"/><a:cs typeface=\"Consolas\"/>",
    };
    let size = (look.size * 100.0).round() as i64;
    let fill = solid(look.color);
    let align = look.align;
    if text.is_empty() {
        return format!(
            "<a:p><a:pPr algn=\"{align}\"/><a:endParaRPr lang=\"en-US\" sz=\"{size}\"/></a:p>"
        );
    }
    format!(
        "<a:p><a:pPr algn=\"{align}\"/><a:r><a:rPr lang=\"en-US\" sz=\"{size}\" b=\"{bold}\" dirty=\"0\">{fill}{font}\
         </a:rPr><a:t>{}</a:t></a:r></a:p>",
        xml(text)
    )
}

/// The text as far as it fits into this many lines, and how many it takes.
pub(super) fn fit(text: &str, look: Type, width: f32, most: usize) -> (String, usize) {
    // More than measured: the fonts of a slide are those of the computer that shows it, and some are wider.
    let size = look.size * WIDER;
    let lines = wrap(text, look.face, size, width);
    if lines.len() <= most {
        return (text.to_owned(), lines.len());
    }
    let solid = |text: &str| text.chars().filter(|c| *c != ' ').count();
    let room = lines
        .iter()
        .take(most)
        .map(|line| solid(line))
        .sum::<usize>();
    let mut kept = String::new();
    let mut used = 0;
    for c in text.chars() {
        used += usize::from(c != ' ');
        // Two letters give way to the mark.
        if used + 2 > room {
            break;
        }
        kept.push(c);
    }
    (format!("{}…", kept.trim_end()), most)
}

/// A fill of one colour.
pub(super) fn solid(color: Rgb) -> String {
    format!(
        "<a:solidFill><a:srgbClr val=\"{}\"/></a:solidFill>",
        hex(color)
    )
}

fn hex([r, g, b]: Rgb) -> String {
    format!("{r:02X}{g:02X}{b:02X}")
}
