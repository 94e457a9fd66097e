//! Bars from 0 to 100 %, lying and upright.

use super::flow::{Flow, MARGIN, ROOM};
use crate::wave::paper::font::{Face, ellipsis, wrap_at_most};
use crate::wave::paper::look::{HAIR, INK, MUTED, SLATE, WASH, accent, tone};
use crate::wave::paper::{Bar, Column, Section};

/// Width of the labels.
const LABEL: f32 = 212.0;
/// Where the bars begin, from the margin.
const TRACK: f32 = LABEL + 12.0;
/// Width of 100 %.
const ALL: f32 = 135.0;
/// Where the measures begin.
const VALUE: f32 = TRACK + ALL + 12.0;
/// Height of the tallest column.
const TALL: f32 = 92.0;

pub(super) fn draw(section: &Section, bars: &[Bar], flow: &mut Flow) {
    flow.heading(section, 48.0);
    for bar in bars {
        one(bar, flow);
    }
    flow.y += 4.0;
}

fn one(bar: &Bar, flow: &mut Flow) {
    // What a gate judged is a name in words, the others are paths.
    let (face, size) = match bar.tone {
        Some(_) => (Face::Bold, 8.5),
        None => (Face::Mono, 7.3),
    };
    let label = wrap_at_most(&bar.label, face, size, LABEL, 2);
    let height = 8.0 + 10.5 * label.len() as f32;
    if !flow.fits(height) {
        flow.turn();
    }
    let middle = flow.y + height / 2.0;
    let mut y = middle + 3.0 - 5.25 * (label.len() as f32 - 1.0);
    for line in &label {
        flow.text(MARGIN, y, (face, size, INK), line);
        y += 10.5;
    }
    flow.area([MARGIN + TRACK, middle - 3.5, ALL, 7.0], 3.5, WASH);
    let filled = length(bar.hundredths, ALL);
    flow.area(
        [MARGIN + TRACK, middle - 3.5, filled, 7.0],
        3.5,
        tone(bar.tone, SLATE),
    );
    let value = ellipsis(&bar.value, Face::Regular, 8.5, ROOM - VALUE);
    flow.text(
        MARGIN + VALUE,
        middle + 3.0,
        (Face::Regular, 8.5, INK),
        &value,
    );
    flow.y += height;
}

/// The length of a share. What is not nothing can be seen.
fn length(hundredths: Option<u64>, all: f32) -> f32 {
    match hundredths.unwrap_or(0).min(10_000) {
        0 => 0.0,
        some => (some as f32 / 10_000.0 * all).max(1.5),
    }
}

pub(super) fn columns(section: &Section, columns: &[Column], flow: &mut Flow) {
    flow.heading(section, TALL + 40.0);
    let slot = (ROOM / columns.len().max(1) as f32).min(64.0);
    let width = (slot * 0.6).min(26.0);
    let base = flow.y + 12.0 + TALL;
    for (i, column) in columns.iter().enumerate() {
        let middle = MARGIN + slot * (i as f32 + 0.5);
        let left = middle - width / 2.0;
        let tall = length(column.hundredths, TALL);
        flow.area([left, base - TALL, width, TALL], 2.0, WASH);
        flow.area([left, base - tall, width, tall], 2.0, accent(column.tone));
        let size = if slot < 28.0 { 6.5 } else { 7.5 };
        flow.text_around(
            middle,
            base - TALL - 4.0,
            (Face::Regular, size, INK),
            &column.value,
        );
        let label = ellipsis(&column.label, Face::Regular, size, slot);
        flow.text_around(middle, base + 11.0, (Face::Regular, size, MUTED), &label);
    }
    flow.area([MARGIN, base, slot * columns.len() as f32, 0.75], 0.0, HAIR);
    flow.y = base + 22.0;
}
