//! Bars as shapes.

use super::slide::{BOTTOM, MARGIN, ROOM, Slide, TOP};
use super::text::Type;
use super::{heading, note, paged};
use crate::wave::paper::font::Face;
use crate::wave::paper::look::{HAIR, INK, MUTED, SLATE, WASH, accent, tone};
use crate::wave::paper::{Bar, Column, Section};

/// Width of the labels.
const LABEL: f32 = 350.0;
/// Width of 100 %.
const ALL: f32 = 270.0;
/// Height of a bar with the space around it: at least, and where there is room.
const STEP: (f32, f32) = (27.0, 40.0);
/// Height of the tallest column.
const TALL: f32 = 290.0;

pub(super) fn draw(section: &Section, bars: &[Bar]) -> Vec<Slide> {
    let step = ((BOTTOM - TOP) / bars.len().max(1) as f32)
        .floor()
        .clamp(STEP.0, STEP.1);
    let things = bars.iter().map(|bar| (step, bar)).collect();
    let (pages, left) = paged(section.whole, things, BOTTOM - TOP);
    let all = pages.len();
    let slides = pages.iter().enumerate().map(|(i, page)| {
        let mut slide = Slide::titled(&heading(section, i, all), &note(section, i, all, left));
        let mut y = TOP;
        for bar in page {
            one(bar, y, &mut slide);
            y += step;
        }
        slide
    });
    slides.collect()
}

fn one(bar: &Bar, y: f32, slide: &mut Slide) {
    let label = match bar.tone {
        Some(_) => Type::new(Face::Bold, 12.0, INK),
        None => Type::new(Face::Mono, 11.0, INK),
    };
    slide.text([MARGIN, y + 5.0, LABEL, 15.5], label, &bar.label);
    let x = MARGIN + LABEL + 14.0;
    slide.plain("roundRect", [x, y + 7.0, ALL, 10.0], WASH);
    let filled = length(bar.hundredths, ALL);
    slide.plain(
        "roundRect",
        [x, y + 7.0, filled, 10.0],
        tone(bar.tone, SLATE),
    );
    let right = x + ALL + 14.0;
    let value = Type::new(Face::Regular, 12.0, INK);
    slide.text(
        [right, y + 4.0, MARGIN + ROOM - right, 16.0],
        value,
        &bar.value,
    );
}

/// The length of a share. What is not nothing can be seen.
fn length(hundredths: Option<u64>, all: f32) -> f32 {
    match hundredths.unwrap_or(0).min(10_000) {
        0 => 0.0,
        some => (some as f32 / 10_000.0 * all).max(2.0),
    }
}

pub(super) fn columns(section: &Section, columns: &[Column]) -> Slide {
    let mut slide = Slide::titled(section.title, &section.note);
    let slot = (ROOM / columns.len().max(1) as f32).min(110.0);
    let width = (slot * 0.6).min(48.0);
    let base = TOP + 30.0 + TALL;
    for (i, column) in columns.iter().enumerate() {
        let middle = MARGIN + slot * (i as f32 + 0.5);
        let left = middle - width / 2.0;
        let tall = length(column.hundredths, TALL);
        slide.plain("rect", [left, base - TALL, width, TALL], WASH);
        slide.plain(
            "rect",
            [left, base - tall, width, tall],
            accent(column.tone),
        );
        let size = if slot < 48.0 { 9.0 } else { 12.0 };
        let value = Type::new(Face::Regular, size, INK).aligned("ctr");
        slide.text(
            [middle - slot / 2.0, base - TALL - 18.0, slot, 16.0],
            value,
            &column.value,
        );
        let label = Type::new(Face::Regular, size, MUTED).aligned("ctr");
        slide.text(
            [middle - slot / 2.0, base + 6.0, slot, 16.0],
            label,
            &column.label,
        );
    }
    slide.plain(
        "rect",
        [MARGIN, base, slot * columns.len() as f32, 0.75],
        HAIR,
    );
    slide
}
