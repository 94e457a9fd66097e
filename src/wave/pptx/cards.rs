//! Cards: a heading with labelled lines.

use super::slide::{BOTTOM, MARGIN, ROOM, Slide, TOP};
use super::text::{Type, fit};
use super::{heading, note, paged};
use crate::gates::Ruling;
use crate::wave::paper::font::Face;
use crate::wave::paper::look::{INK, MUTED, accent};
use crate::wave::paper::{Card, Section};

/// From the margin to the text.
const INDENT: f32 = 14.0;
/// Width of the labels.
const LABEL: f32 = 62.0;
/// Lines of one text.
const LINES: usize = 2;

/// A card whose texts fit.
struct Set<'a> {
    card: &'a Card,
    lines: Vec<(&'static str, Type, String, f32)>,
    height: f32,
}

pub(super) fn draw(section: &Section, cards: &[Card]) -> Vec<Slide> {
    let sets = cards.iter().map(set).map(|set| (set.height, set));
    let (pages, left) = paged(section.whole, sets.collect(), BOTTOM - TOP);
    let all = pages.len();
    let slides = pages.iter().enumerate().map(|(i, page)| {
        let mut slide = Slide::titled(&heading(section, i, all), &note(section, i, all, left));
        let mut y = TOP;
        for set in page {
            one(set, y, &mut slide);
            y += set.height;
        }
        slide
    });
    slides.collect()
}

fn set(card: &Card) -> Set<'_> {
    let lines = card.lines.iter().map(|line| {
        let look = match line.code {
            true => Type::new(Face::Mono, 10.5, INK),
            false => Type::new(Face::Regular, 12.0, INK),
        };
        let (text, lines) = fit(&line.text, look, ROOM - INDENT - LABEL, LINES);
        (line.label, look, text, lines as f32 * look.leading() + 2.0)
    });
    let lines: Vec<_> = lines.collect();
    Set {
        card,
        height: 24.0 + lines.iter().map(|(.., height)| height).sum::<f32>() + 14.0,
        lines,
    }
}

fn one(set: &Set<'_>, y: f32, slide: &mut Slide) {
    let bar = [MARGIN, y + 1.0, 3.0, set.height - 16.0];
    slide.plain("rect", bar, accent(Ruling::Fail));
    let left = MARGIN + INDENT;
    let title = Type::new(Face::Bold, 14.0, INK);
    slide.text(
        [left, y, ROOM - INDENT - 130.0, 18.0],
        title,
        &set.card.title,
    );
    let count = Type::new(Face::Regular, 12.0, MUTED).aligned("r");
    slide.text(
        [MARGIN + ROOM - 120.0, y + 1.0, 120.0, 16.0],
        count,
        &set.card.count,
    );
    let mut y = y + 24.0;
    for (label, look, text, height) in &set.lines {
        let muted = Type::new(Face::Regular, 12.0, MUTED);
        slide.text([left, y, LABEL - 6.0, 15.0], muted, label);
        slide.text(
            [left + LABEL, y, ROOM - INDENT - LABEL, *height],
            *look,
            text,
        );
        y += height;
    }
}
