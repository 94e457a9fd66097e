//! The first slide: what was judged, and how.

use super::slide::{HEIGHT, MARGIN, ROOM, Slide};
use super::text::Type;
use crate::wave::paper::Paper;
use crate::wave::paper::font::Face;
use crate::wave::paper::look::{INK, MIST, WHITE, accent};

pub(super) fn draw(paper: &Paper) -> Slide {
    let mut slide = Slide {
        ground: Some(INK),
        ..Slide::default()
    };
    let color = accent(paper.verdict);
    slide.plain("rect", [0.0, 0.0, 14.0, HEIGHT], color);
    let left = MARGIN + 16.0;
    let room = ROOM - 16.0;
    let title = Type::new(Face::Bold, 40.0, WHITE);
    slide.title([left, 62.0, room, 56.0], title, &paper.project);
    let muted = Type::new(Face::Regular, 17.0, MIST);
    slide.text([left, 124.0, room, 24.0], muted, &paper.subtitle());
    let badge = Type::new(Face::Bold, 24.0, WHITE).aligned("ctr");
    let word = paper.verdict.id().to_uppercase();
    let width = Face::Bold.width(&word, 24.0) + 64.0;
    slide.filled("roundRect", [left, 186.0, width, 54.0], color, badge, &word);
    let says = Type::new(Face::Bold, 19.0, WHITE);
    slide.text([left, 258.0, room, 26.0], says, &paper.says);
    figures(paper, left, room, &mut slide);
    facts(paper, left, room, &mut slide);
    slide
}

fn figures(paper: &Paper, left: f32, room: f32, slide: &mut Slide) {
    let width = room / paper.figures.len().max(1) as f32;
    for (i, figure) in paper.figures.iter().enumerate() {
        let x = left + width * i as f32;
        let value = Type::new(Face::Bold, 28.0, WHITE);
        slide.text([x, 330.0, width - 16.0, 38.0], value, &figure.value);
        let label = Type::new(Face::Regular, 13.0, MIST);
        slide.text([x, 368.0, width - 16.0, 18.0], label, &figure.label);
    }
}

/// Two columns, at the foot.
fn facts(paper: &Paper, left: f32, room: f32, slide: &mut Slide) {
    let rows = paper.facts.len().div_ceil(2);
    slide.plain("rect", [left, 424.0, room, 0.75], [0x44, 0x52, 0x66]);
    for (i, (label, value)) in paper.facts.iter().enumerate() {
        let x = left + room / 2.0 * (i / rows) as f32;
        let y = 438.0 + 20.0 * (i % rows) as f32;
        let muted = Type::new(Face::Regular, 12.0, MIST);
        slide.text([x, y, 90.0, 16.0], muted, label);
        let plain = Type::new(Face::Regular, 12.0, WHITE);
        slide.text([x + 94.0, y, room / 2.0 - 104.0, 16.0], plain, value);
    }
}
