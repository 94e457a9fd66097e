//! The band of the title with what people ask for first, and the head and foot of every page.

use super::canvas::{HEIGHT, WIDTH};
use super::flow::{Flow, MARGIN, ROOM};
use crate::wave::paper::Paper;
use crate::wave::paper::font::{Face, ellipsis};
use crate::wave::paper::look::{HAIR, INK, MIST, MUTED, WASH, WHITE, accent};

/// Height of the band.
const BAND: f32 = 118.0;

/// Draws the upper part of the first page.
pub(super) fn draw(paper: &Paper, flow: &mut Flow) {
    let color = accent(paper.verdict);
    flow.area([0.0, 0.0, WIDTH, BAND], 0.0, INK);
    flow.area([0.0, BAND, WIDTH, 4.0], 0.0, color);
    let word = paper.verdict.id().to_uppercase();
    let width = Face::Bold.width(&word, 15.0) + 36.0;
    let left = MARGIN + ROOM - width;
    flow.area([left, 44.0, width, 34.0], 17.0, color);
    flow.text(left + 18.0, 66.5, (Face::Bold, 15.0, WHITE), &word);
    let name = ellipsis(&paper.project, Face::Bold, 23.0, left - MARGIN - 20.0);
    flow.text(MARGIN, 64.0, (Face::Bold, 23.0, WHITE), &name);
    flow.text(MARGIN, 85.0, (Face::Regular, 10.5, MIST), &paper.subtitle());
    flow.text(MARGIN, BAND + 36.0, (Face::Bold, 12.0, color), &paper.says);
    flow.y = BAND + 52.0;
    figures(paper, flow);
    facts(paper, flow);
}

fn figures(paper: &Paper, flow: &mut Flow) {
    let gap = 10.0;
    let n = paper.figures.len().max(1) as f32;
    let width = (ROOM - gap * (n - 1.0)) / n;
    for (i, figure) in paper.figures.iter().enumerate() {
        let x = MARGIN + (width + gap) * i as f32;
        flow.area([x, flow.y, width, 54.0], 4.0, WASH);
        let value = ellipsis(&figure.value, Face::Bold, 17.0, width - 20.0);
        flow.text(x + 10.0, flow.y + 26.0, (Face::Bold, 17.0, INK), &value);
        let label = ellipsis(&figure.label, Face::Regular, 8.5, width - 20.0);
        flow.text(x + 10.0, flow.y + 42.0, (Face::Regular, 8.5, MUTED), &label);
    }
    flow.y += 54.0 + 14.0;
}

/// Two columns of labelled facts.
fn facts(paper: &Paper, flow: &mut Flow) {
    let rows = paper.facts.len().div_ceil(2);
    let label = 66.0;
    // The first column holds the commit, in full.
    let split = ROOM * 0.57;
    for (i, (name, value)) in paper.facts.iter().enumerate() {
        let (x, width) = match i / rows {
            0 => (MARGIN, split),
            _ => (MARGIN + split, ROOM - split),
        };
        let y = flow.y + 12.0 + 15.0 * (i % rows) as f32;
        flow.text(x, y, (Face::Regular, 8.5, MUTED), name);
        let value = ellipsis(value, Face::Regular, 8.5, width - label - 8.0);
        flow.text(x + label, y, (Face::Regular, 8.5, INK), &value);
    }
    flow.y += 15.0 * rows as f32 + 2.0;
}

/// Head and foot of every page, when it is known how many there are.
pub(super) fn run(paper: &Paper, flow: &mut Flow) {
    let all = flow.pages.len();
    let pages = std::mem::take(&mut flow.pages);
    let name = ellipsis(&paper.project, Face::Bold, 8.5, ROOM / 2.0);
    for (i, page) in pages.into_iter().enumerate() {
        flow.pages.push(page);
        if i > 0 {
            head(paper, &name, flow);
        }
        let y = HEIGHT - 34.0;
        let foot = (Face::Regular, 8.0, MUTED);
        flow.text(
            MARGIN,
            y,
            foot,
            "The full report is attached to this file as report.json.",
        );
        flow.text_to(MARGIN + ROOM, y, foot, &format!("{} / {all}", i + 1));
    }
}

fn head(paper: &Paper, name: &str, flow: &mut Flow) {
    flow.text(MARGIN, 42.0, (Face::Bold, 8.5, INK), name);
    let x = MARGIN + Face::Bold.width(name, 8.5) + 8.0;
    flow.text(
        x,
        42.0,
        (Face::Regular, 8.5, MUTED),
        &format!("wave {}", paper.wave),
    );
    let look = (Face::Bold, 8.5, accent(paper.verdict));
    flow.text_to(
        MARGIN + ROOM,
        42.0,
        look,
        &paper.verdict.id().to_uppercase(),
    );
    flow.area([MARGIN, 51.0, ROOM, 0.75], 0.0, HAIR);
}
