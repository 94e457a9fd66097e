//! The paper as slides (PresentationML, 16:9), for the meeting in which a wave is handed over. Pure; the same paper
//! gives the same bytes.
//!
//! Tables are tables and bars are shapes, so a deck can be edited. It shows less than the PDF: a section takes a few
//! slides, and what is left out is counted on the last of them. Text is measured with the PDF's fonts, which are wider
//! than those of the slides, so what fits here fits there.

use std::io::{Cursor, Write};

use zip::write::SimpleFileOptions;
use zip::{CompressionMethod, DateTime, ZipWriter};

use super::paper::{Body, Head, Look, Paper, Row, Section, Table};
use slide::Slide;

mod bars;
mod cards;
mod cover;
mod master;
mod parts;
mod slide;
mod table;
mod text;

#[cfg(test)]
mod tests;

/// Slides of one section, unless it has to be shown in full.
const SLIDES: usize = 3;

/// The paper as a presentation.
#[must_use]
pub fn pptx(paper: &Paper) -> Vec<u8> {
    let mut parts = parts::all(paper, &slides(paper));
    parts.sort();
    // Only a part of several gigabytes could fail, and the paper is capped.
    archive(&parts).expect("an archive in memory can be written")
}

fn slides(paper: &Paper) -> Vec<Slide> {
    let mut slides = vec![cover::draw(paper)];
    let mut bare = Vec::new();
    for section in &paper.sections {
        match &section.body {
            Body::Table(all) => slides.extend(table::draw(section, all)),
            Body::Bars(bars) => slides.extend(bars::draw(section, bars)),
            Body::Cards(cards) => slides.extend(cards::draw(section, cards)),
            Body::Columns(columns) => slides.push(bars::columns(section, columns)),
            Body::Note => bare.push(section),
        }
    }
    if !bare.is_empty() {
        slides.extend(nothing(&bare));
    }
    let all = slides.len();
    for (i, slide) in slides.iter_mut().enumerate().skip(1) {
        slide.foot(paper, i + 1, all);
    }
    slides
}

/// The sections without a body, on one slide.
fn nothing(sections: &[&Section]) -> Vec<Slide> {
    let rows = sections.iter().map(|section| Row {
        cells: vec![section.title.to_owned(), section.note.clone()],
        tone: None,
    });
    let head = |title, share, look| Head { title, share, look };
    let table = Table {
        heads: vec![
            head("Part", 300, Look::Strong),
            head("Why", 700, Look::Plain),
        ],
        rows: rows.collect(),
    };
    let section = Section {
        title: "Without details",
        note: String::new(),
        whole: true,
        body: Body::Note,
    };
    table::draw(&section, &table)
}

/// Puts things on as few slides as their heights allow, at most [`SLIDES`] unless all must be shown; and says how many
/// are left out.
fn paged<T>(whole: bool, things: Vec<(f32, T)>, room: f32) -> (Vec<Vec<T>>, usize) {
    let mut pages: Vec<Vec<T>> = Vec::new();
    let mut used = f32::MAX;
    let all = things.len();
    for (height, thing) in things {
        if used + height > room {
            if pages.len() == SLIDES && !whole {
                break;
            }
            pages.push(Vec::new());
            used = 0.0;
        }
        used += height;
        if let Some(page) = pages.last_mut() {
            page.push(thing);
        }
    }
    let shown = pages.iter().map(Vec::len).sum::<usize>();
    (pages, all - shown)
}

/// The note of a slide of a section: its own, and on the last one how much is left out.
fn note(section: &Section, index: usize, pages: usize, left: usize) -> String {
    match (index + 1 == pages && left > 0, section.note.is_empty()) {
        (true, true) => format!("{left} more in the PDF"),
        (true, false) => format!("{}; {left} of these only in the PDF", section.note),
        (false, _) => section.note.clone(),
    }
}

/// The heading of a slide of a section.
fn heading(section: &Section, index: usize, pages: usize) -> String {
    match pages {
        1 => section.title.to_owned(),
        _ => format!("{} ({} of {pages})", section.title, index + 1),
    }
}

fn archive(parts: &[(String, String)]) -> zip::result::ZipResult<Vec<u8>> {
    let mut zip = ZipWriter::new(Cursor::new(Vec::new()));
    let options = SimpleFileOptions::default()
        .compression_method(CompressionMethod::Deflated)
        .last_modified_time(DateTime::default());
    for (name, text) in parts {
        zip.start_file(name.as_str(), options)?;
        zip.write_all(text.as_bytes())?;
    }
    Ok(zip.finish()?.into_inner())
}
