//! The paper as PDF/A-3b, with the report as its attachment. Pure; the same paper gives the same bytes.
//!
//! Marks are laid on A4 pages from top to bottom (`flow`), then written as objects (`file`). Everything that the
//! paper needs is inside: fonts (only the glyphs that are used), the colour profile, the metadata. There is no script,
//! no link, no form, no transparency, and nothing that changes with time or place.
//!
//! Deliberately absent: tags for assistive technology (PDF/UA); the attached report says the same in full.

mod bars;
mod canvas;
mod cards;
mod embed;
mod file;
mod flow;
mod meta;
mod profile;
mod table;
mod title;

#[cfg(test)]
mod tests;

use super::paper::{Body, Paper, Section};
use flow::Flow;

/// Name of the attached report.
pub const ATTACHED: &str = "report.json";

/// The paper as a file that is to be archived, with the report attached.
#[must_use]
pub fn pdf(paper: &Paper, report_json: &[u8]) -> Vec<u8> {
    file::write(paper, &lay_out(paper), report_json)
}

fn lay_out(paper: &Paper) -> Flow {
    let mut flow = Flow::new();
    title::draw(paper, &mut flow);
    for section in &paper.sections {
        draw(section, &mut flow);
    }
    title::run(paper, &mut flow);
    flow
}

fn draw(section: &Section, flow: &mut Flow) {
    match &section.body {
        Body::Table(table) => table::draw(section, table, flow),
        Body::Bars(bars) => bars::draw(section, bars, flow),
        Body::Cards(cards) => cards::draw(section, cards, flow),
        Body::Columns(columns) => bars::columns(section, columns, flow),
        Body::Note => flow.heading(section, 0.0),
    }
}
