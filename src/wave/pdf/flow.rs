//! Pages that fill from top to bottom.

use super::canvas::{Area, HEIGHT, Mark, WIDTH, Words};
use crate::wave::paper::Section;
use crate::wave::paper::font::{Face, ellipsis};
use crate::wave::paper::look::{INK, MUTED, Rgb};

/// Left and right of everything.
pub(super) const MARGIN: f32 = 48.0;
/// Between the margins.
pub(super) const ROOM: f32 = WIDTH - 2.0 * MARGIN;
/// Where a page begins; above stands the running head.
const TOP: f32 = 72.0;
/// Where it ends; below stands its number.
const BOTTOM: f32 = HEIGHT - 62.0;
/// Height of a heading with the space above and below it.
const HEADING: f32 = 46.0;

/// The pages so far.
pub(super) struct Flow {
    pub(super) pages: Vec<Vec<Mark>>,
    /// The titles with the index of their page and their place on it.
    pub(super) headings: Vec<(&'static str, usize, f32)>,
    /// How far the last page is filled.
    pub(super) y: f32,
}

impl Flow {
    pub(super) fn new() -> Self {
        Self {
            pages: vec![Vec::new()],
            headings: Vec::new(),
            y: TOP,
        }
    }

    /// Whether something of this height still fits on the page.
    pub(super) fn fits(&self, height: f32) -> bool {
        self.y + height <= BOTTOM
    }

    /// Begins a page.
    pub(super) fn turn(&mut self) {
        self.pages.push(Vec::new());
        self.y = TOP;
    }

    /// A heading, on a new page where it would be parted from what follows, of which `next` must fit below it.
    pub(super) fn heading(&mut self, section: &Section, next: f32) {
        if !self.fits(HEADING + next) {
            self.turn();
        }
        let baseline = self.y + 30.0;
        let page = self.pages.len() - 1;
        self.headings.push((section.title, page, self.y));
        self.text(MARGIN, baseline, (Face::Bold, 13.0, INK), section.title);
        let x = MARGIN + Face::Bold.width(section.title, 13.0) + 10.0;
        let note = ellipsis(&section.note, Face::Regular, 8.5, MARGIN + ROOM - x);
        self.text(x, baseline, (Face::Regular, 8.5, MUTED), &note);
        self.y += HEADING - 6.0;
    }

    /// Puts a line of text on the page.
    pub(super) fn text(&mut self, x: f32, y: f32, (face, size, color): Type, text: &str) {
        let text = text.to_owned();
        self.put(Mark::Text(Words {
            x,
            y,
            face,
            size,
            color,
            text,
        }));
    }

    /// The same, ending at `x`.
    pub(super) fn text_to(&mut self, x: f32, y: f32, look: Type, text: &str) {
        self.text(x - look.0.width(text, look.1), y, look, text);
    }

    /// The same, with its middle at `x`.
    pub(super) fn text_around(&mut self, x: f32, y: f32, look: Type, text: &str) {
        self.text(x - look.0.width(text, look.1) / 2.0, y, look, text);
    }

    /// Puts a box on the page. Nothing that is empty or no number is drawn.
    pub(super) fn area(&mut self, [x, y, width, height]: [f32; 4], radius: f32, color: Rgb) {
        if width > 0.0 && height > 0.0 {
            let area = Area {
                x,
                y,
                width,
                height,
            };
            self.put(Mark::Box(area, radius, color));
        }
    }

    fn put(&mut self, mark: Mark) {
        if let Some(page) = self.pages.last_mut() {
            page.push(mark);
        }
    }
}

/// Font, size and colour.
pub(super) type Type = (Face, f32, Rgb);
