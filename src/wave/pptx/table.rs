//! Tables of a slide: real ones, with the heads on every slide.

use std::fmt::Write;

use super::slide::{Area, BOTTOM, MARGIN, ROOM, Slide, TOP, emu, frame};
use super::text::{Type, fit, paragraph, solid};
use super::{heading, note, paged};
use crate::wave::paper::font::Face;
use crate::wave::paper::look::{HAIR, INK, MUTED, Rgb, WASH, tone};
use crate::wave::paper::{Look, Row, Section, Table};

/// Height of the heads.
const HEADS: f32 = 26.0;
/// Left and right of a cell.
const GUTTER: f32 = 8.0;
/// Above and below the lines of a cell.
const PAD: f32 = 5.5;
/// Lines of one cell.
const LINES: usize = 4;

/// A row whose texts fit: its height, and the cells.
struct Set {
    height: f32,
    cells: Vec<(Type, String)>,
}

pub(super) fn draw(section: &Section, table: &Table) -> Vec<Slide> {
    let sets = table.rows.iter().map(|row| set(table, row));
    let sets: Vec<(f32, Set)> = sets.map(|set| (set.height, set)).collect();
    let (pages, left) = paged(section.whole, sets, BOTTOM - TOP - HEADS);
    let all = pages.len();
    let slides = pages.iter().enumerate().map(|(i, page)| {
        let mut slide = Slide::titled(&heading(section, i, all), &note(section, i, all, left));
        grid(table, page, &mut slide);
        slide
    });
    slides.collect()
}

fn set(table: &Table, row: &Row) -> Set {
    let mut height: f32 = 0.0;
    let cells = table.heads.iter().zip(&row.cells).map(|(head, text)| {
        let look = match head.look {
            Look::Plain => Type::new(Face::Regular, 12.0, INK),
            Look::Strong => Type::new(Face::Bold, 12.0, INK),
            Look::Code => Type::new(Face::Mono, 10.5, INK),
            Look::Tone => Type::new(Face::Bold, 12.0, tone(row.tone, MUTED)),
        };
        let width = ROOM * f32::from(head.share) / 1000.0 - 2.0 * GUTTER;
        let (text, lines) = fit(text, look, width, LINES);
        height = height.max(lines as f32 * look.leading());
        (look, text)
    });
    let cells = cells.collect();
    Set {
        cells,
        height: height + 2.0 * PAD,
    }
}

fn grid(table: &Table, rows: &[Set], slide: &mut Slide) {
    let id = slide.number();
    let height = HEADS + rows.iter().map(|row| row.height).sum::<f32>();
    let area: Area = [MARGIN, TOP, ROOM, height];
    let columns = table.heads.iter().map(|head| {
        let width = emu(ROOM * f32::from(head.share) / 1000.0);
        format!("<a:gridCol w=\"{width}\"/>")
    });
    let columns: String = columns.collect();
    let head = Type::new(Face::Bold, 11.0, MUTED);
    let heads: String = table
        .heads
        .iter()
        .map(|h| cell(head, h.title, Some(WASH)))
        .collect();
    let mut lines = format!("<a:tr h=\"{}\">{heads}</a:tr>", emu(HEADS));
    for row in rows {
        let cells: String = row
            .cells
            .iter()
            .map(|(look, text)| cell(*look, text, None))
            .collect();
        // Writing to a String does not fail.
        let _ = write!(lines, "<a:tr h=\"{}\">{cells}</a:tr>", emu(row.height));
    }
    let _ = write!(
        slide.shapes,
        "<p:graphicFrame><p:nvGraphicFramePr><p:cNvPr id=\"{id}\" name=\"Table {id}\"/><p:cNvGraphicFramePr>\
         <a:graphicFrameLocks noGrp=\"1\"/></p:cNvGraphicFramePr><p:nvPr/></p:nvGraphicFramePr>{}<a:graphic>\
         <a:graphicData uri=\"http://schemas.openxmlformats.org/drawingml/2006/table\"><a:tbl>\
         <a:tblPr firstRow=\"1\"/><a:tblGrid>{columns}</a:tblGrid>{lines}</a:tbl></a:graphicData></a:graphic>\
         </p:graphicFrame>",
        frame("p", area)
    );
}

fn cell(look: Type, text: &str, fill: Option<Rgb>) -> String {
    let none = |edge: &str| format!("<a:{edge} w=\"0\"><a:noFill/></a:{edge}>");
    let fill = fill.map_or("<a:noFill/>".into(), solid);
    format!(
        "<a:tc><a:txBody><a:bodyPr/><a:lstStyle/>{}</a:txBody><a:tcPr marL=\"{gutter}\" marR=\"{gutter}\" \
         marT=\"{pad}\" marB=\"{pad}\" anchor=\"t\">{}{}{}<a:lnB w=\"6350\">{}</a:lnB>{fill}</a:tcPr></a:tc>",
        paragraph(look, text),
        none("lnL"),
        none("lnR"),
        none("lnT"),
        solid(HAIR),
        gutter = emu(GUTTER),
        pad = emu(PAD),
    )
}
