//! Cards: a heading with labelled lines, which stay together.

use super::flow::{Flow, MARGIN, ROOM, Type};
use crate::gates::Ruling;
use crate::wave::paper::font::{Face, wrap_at_most};
use crate::wave::paper::look::{INK, MUTED, accent};
use crate::wave::paper::{Card, Section};

/// From the margin to the text.
const INDENT: f32 = 12.0;
/// Width of the labels.
const LABEL: f32 = 46.0;
/// From line to line.
const LEADING: f32 = 11.5;
/// Lines of one text, so that a card is never higher than a page.
const LINES: usize = 8;

pub(super) fn draw(section: &Section, cards: &[Card], flow: &mut Flow) {
    let first = cards.first().map_or(0.0, |card| Set::new(card).height);
    flow.heading(section, first);
    for card in cards {
        let set = Set::new(card);
        if !flow.fits(set.height) {
            flow.turn();
        }
        set.draw(card, flow);
    }
}

/// A card whose lines are broken.
struct Set {
    title: Vec<String>,
    lines: Vec<(&'static str, Type, Vec<String>)>,
    height: f32,
}

impl Set {
    fn new(card: &Card) -> Self {
        let count = Face::Regular.width(&card.count, 8.5) + 12.0;
        let title = wrap_at_most(&card.title, Face::Bold, 9.5, ROOM - INDENT - count, 3);
        let lines = card.lines.iter().map(|line| {
            let look = match line.code {
                true => (Face::Mono, 7.5, INK),
                false => (Face::Regular, 8.5, INK),
            };
            let room = ROOM - INDENT - LABEL;
            (
                line.label,
                look,
                wrap_at_most(&line.text, look.0, look.1, room, LINES),
            )
        });
        let lines: Vec<_> = lines.collect();
        let all = lines.iter().map(|(.., texts)| texts.len()).sum::<usize>();
        Self {
            height: 24.0 + LEADING * (all + title.len() - 1) as f32 + 4.0,
            title,
            lines,
        }
    }

    fn draw(&self, card: &Card, flow: &mut Flow) {
        let rule = [MARGIN, flow.y + 4.0, 2.5, self.height - 12.0];
        flow.area(rule, 1.25, accent(Ruling::Fail));
        let mut y = flow.y + 12.5;
        flow.text_to(MARGIN + ROOM, y, (Face::Regular, 8.5, MUTED), &card.count);
        for line in &self.title {
            flow.text(MARGIN + INDENT, y, (Face::Bold, 9.5, INK), line);
            y += LEADING;
        }
        y += 2.0;
        for (label, look, texts) in &self.lines {
            flow.text(MARGIN + INDENT, y, (Face::Regular, 8.5, MUTED), label);
            for text in texts {
                flow.text(MARGIN + INDENT + LABEL, y, *look, text);
                y += LEADING;
            }
        }
        flow.y += self.height;
    }
}
