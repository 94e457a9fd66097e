//! Tables: cells wrap, rows stay whole, and every page repeats the heads.

use super::flow::{Flow, MARGIN, ROOM, Type};
use crate::wave::paper::font::{Face, wrap_at_most};
use crate::wave::paper::look::{HAIR, INK, MUTED, WASH, tone};
use crate::wave::paper::{Look, Row, Section, Table};

/// Height of the heads.
const HEADS: f32 = 20.0;
/// From line to line.
const LEADING: f32 = 11.5;
/// Above and below the lines of a row.
const PAD: f32 = 5.5;
/// Left and right of a cell.
const GUTTER: f32 = 7.0;
/// Lines of one cell, so that a row is never higher than a page.
const LINES: usize = 14;

pub(super) fn draw(section: &Section, table: &Table, flow: &mut Flow) {
    let first = table
        .rows
        .first()
        .map_or(0.0, |row| Set::new(table, row).height);
    flow.heading(section, HEADS + first);
    heads(table, flow);
    for row in &table.rows {
        let set = Set::new(table, row);
        if !flow.fits(set.height) {
            flow.turn();
            heads(table, flow);
        }
        set.draw(flow);
    }
    flow.y += 6.0;
}

fn heads(table: &Table, flow: &mut Flow) {
    flow.area([MARGIN, flow.y, ROOM, HEADS], 3.0, WASH);
    for (head, x, _) in places(table) {
        flow.text(x, flow.y + 13.0, (Face::Bold, 8.0, MUTED), head.title);
    }
    flow.y += HEADS;
}

/// Left edge and width of the cells of each column.
fn places(table: &Table) -> impl Iterator<Item = (&crate::wave::paper::Head, f32, f32)> {
    let mut left = MARGIN;
    table.heads.iter().map(move |head| {
        let width = ROOM * f32::from(head.share) / 1000.0;
        let place = (head, left + GUTTER, width - 2.0 * GUTTER);
        left += width;
        place
    })
}

fn looks(look: Look, row: &Row) -> Type {
    match look {
        Look::Plain => (Face::Regular, 8.5, INK),
        Look::Strong => (Face::Bold, 8.5, INK),
        Look::Code => (Face::Mono, 7.3, INK),
        Look::Tone => (Face::Bold, 8.5, tone(row.tone, MUTED)),
    }
}

/// A row whose lines are broken.
struct Set {
    cells: Vec<(Look, f32, Type, Vec<String>)>,
    height: f32,
}

impl Set {
    fn new(table: &Table, row: &Row) -> Self {
        let cells = places(table)
            .zip(&row.cells)
            .map(|((head, x, width), text)| {
                let look = looks(head.look, row);
                // Before a word of its colour there is a dot.
                let x = if head.look == Look::Tone { x + 9.0 } else { x };
                let width = if head.look == Look::Tone {
                    width - 9.0
                } else {
                    width
                };
                (
                    head.look,
                    x,
                    look,
                    wrap_at_most(text, look.0, look.1, width, LINES),
                )
            });
        let cells: Vec<_> = cells.collect();
        let lines = cells
            .iter()
            .map(|(.., lines)| lines.len())
            .max()
            .unwrap_or(1);
        Self {
            cells,
            height: lines as f32 * LEADING + 2.0 * PAD,
        }
    }

    fn draw(&self, flow: &mut Flow) {
        for (look, x, font, lines) in &self.cells {
            let mut y = flow.y + PAD + 8.5;
            if *look == Look::Tone {
                flow.area([x - 9.0, y - 5.6, 5.0, 5.0], 2.5, font.2);
            }
            for line in lines {
                flow.text(*x, y, *font, line);
                y += LEADING;
            }
        }
        flow.y += self.height;
        flow.area([MARGIN, flow.y - 0.5, ROOM, 0.5], 0.0, HAIR);
    }
}
