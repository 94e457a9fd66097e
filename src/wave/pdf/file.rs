//! The objects of the file, in a fixed order with fixed numbers.

use std::io::Write;

use flate2::Compression;
use flate2::write::ZlibEncoder;
use pdf_writer::types::{AssociationKind, OutputIntentSubtype, PageMode};
use pdf_writer::{Filter, Finish, Name, Pdf, Rect, Ref, Str, TextStr};
use sha2::{Digest, Sha256};

use super::canvas::{HEIGHT, WIDTH, content, name};
use super::embed::Glyphs;
use super::flow::Flow;
use super::{ATTACHED, meta, profile};
use crate::wave::paper::Paper;

const CATALOG: Ref = Ref::new(1);
const PAGES: Ref = Ref::new(2);
const INFO: Ref = Ref::new(3);
const XMP: Ref = Ref::new(4);
const PROFILE: Ref = Ref::new(5);
const ATTACHMENT: Ref = Ref::new(6);
const ATTACHED_FILE: Ref = Ref::new(7);
const OUTLINE: Ref = Ref::new(8);
/// The pages with their content, then the entries of the outline. The fonts come before.
const FIRST_PAGE: i32 = 40;

pub(super) fn write(paper: &Paper, flow: &Flow, report_json: &[u8]) -> Vec<u8> {
    let mut glyphs = Glyphs::default();
    let pages = flow.pages.iter().map(|marks| content(marks, &mut glyphs));
    let pages: Vec<Vec<u8>> = pages.collect();
    let id = id(paper, &pages, report_json);
    let mut pdf = Pdf::new();
    pdf.set_version(1, 7);
    pdf.set_file_id((id.clone(), id.clone()));
    catalog(flow, &mut pdf);
    page_tree(&pages, &glyphs, &mut pdf);
    glyphs.write(&mut pdf);
    about(paper, &id, &mut pdf);
    attach(paper, report_json, &mut pdf);
    outline(flow, &mut pdf);
    pdf.finish()
}

/// The name of the file is its content.
fn id(paper: &Paper, pages: &[Vec<u8>], report_json: &[u8]) -> Vec<u8> {
    let mut sum = Sha256::new();
    for part in [paper.title().as_bytes(), paper.date.as_bytes(), report_json] {
        sum.update((part.len() as u64).to_be_bytes());
        sum.update(part);
    }
    for page in pages {
        sum.update(page);
    }
    sum.finalize().iter().take(16).copied().collect()
}

/// Compressed, as every reader of PDF understands it.
pub(super) fn squeeze(bytes: &[u8]) -> Vec<u8> {
    let mut encoder = ZlibEncoder::new(Vec::new(), Compression::default());
    // Writing to a Vec does not fail.
    let _ = encoder.write_all(bytes);
    encoder.finish().unwrap_or_default()
}

fn catalog(flow: &Flow, pdf: &mut Pdf) {
    let mut catalog = pdf.catalog(CATALOG);
    catalog.pages(PAGES).metadata(XMP).lang(TextStr("en"));
    catalog.viewer_preferences().display_doc_title(true);
    if !flow.headings.is_empty() {
        catalog.outlines(OUTLINE).page_mode(PageMode::UseOutlines);
    }
    let mut intents = catalog.output_intents();
    intents
        .push()
        .subtype(OutputIntentSubtype::PDFA)
        .output_condition_identifier(TextStr("sRGB"))
        .info(TextStr("sRGB"))
        .dest_output_profile(PROFILE);
    intents.finish();
    let mut names = catalog.names();
    let mut files = names.embedded_files();
    files.names().insert(Str(ATTACHED.as_bytes()), ATTACHMENT);
    files.finish();
    names.finish();
    // Both places name one and the same object.
    catalog.insert(Name(b"AF")).array().item(ATTACHMENT);
}

/// The page of this index; its content is the next object.
fn page(index: usize) -> Ref {
    Ref::new(FIRST_PAGE + 2 * i32::try_from(index).unwrap_or(0))
}

fn page_tree(pages: &[Vec<u8>], glyphs: &Glyphs, pdf: &mut Pdf) {
    let count = i32::try_from(pages.len()).unwrap_or(i32::MAX);
    let kids = (0..pages.len()).map(page);
    pdf.pages(PAGES).kids(kids).count(count);
    for (index, content) in pages.iter().enumerate() {
        let (id, stream) = (page(index), Ref::new(page(index).get() + 1));
        let mut one = pdf.page(id);
        one.parent(PAGES)
            .media_box(Rect::new(0.0, 0.0, WIDTH, HEIGHT))
            .contents(stream);
        let mut resources = one.resources();
        let mut fonts = resources.fonts();
        for (face, font) in glyphs.faces() {
            fonts.pair(Name(name(face)), font);
        }
        fonts.finish();
        resources.finish();
        one.finish();
        pdf.stream(stream, &squeeze(content))
            .filter(Filter::FlateDecode);
    }
}

/// What the file says about itself, twice: readers of PDF/A look at the XMP.
fn about(paper: &Paper, id: &[u8], pdf: &mut Pdf) {
    let producer = meta::producer();
    let mut info = pdf.document_info(INFO);
    info.title(TextStr(&paper.title()))
        .producer(TextStr(&producer));
    if let Some(date) = meta::date(&paper.date) {
        info.creation_date(date).modified_date(date);
    }
    info.finish();
    let hex: String = id.iter().map(|byte| format!("{byte:02x}")).collect();
    pdf.metadata(XMP, meta::xmp(paper, &hex).as_bytes());
    let srgb = squeeze(&profile::srgb());
    pdf.icc_profile(PROFILE, &srgb)
        .n(3)
        .filter(Filter::FlateDecode);
}

fn attach(paper: &Paper, report_json: &[u8], pdf: &mut Pdf) {
    let mut spec = pdf.file_spec(ATTACHMENT);
    spec.path(Str(ATTACHED.as_bytes()))
        .unic_file(TextStr(ATTACHED))
        .description(TextStr("The report that this paper renders"))
        .association_kind(AssociationKind::Data)
        .embedded_file_with_unicode(ATTACHED_FILE);
    spec.finish();
    let packed = squeeze(report_json);
    let mut file = pdf.embedded_file(ATTACHED_FILE, &packed);
    file.filter(Filter::FlateDecode);
    file.subtype(Name(b"application/json"));
    let mut params = file.params();
    params.size(i32::try_from(report_json.len()).unwrap_or(i32::MAX));
    if let Some(date) = meta::date(&paper.date) {
        params.modification_date(date);
    }
}

/// The headings, for the reader's side panel.
fn outline(flow: &Flow, pdf: &mut Pdf) {
    let first = page(flow.pages.len()).get();
    let n = i32::try_from(flow.headings.len()).unwrap_or(0);
    if n == 0 {
        return;
    }
    let (head, last) = (Ref::new(first), Ref::new(first + n - 1));
    pdf.outline(OUTLINE).first(head).last(last).count(n);
    for (id, (title, at, y)) in (first..).zip(&flow.headings) {
        let mut item = pdf.outline_item(Ref::new(id));
        item.title(TextStr(title)).parent(OUTLINE);
        if id > first {
            item.prev(Ref::new(id - 1));
        }
        if id < last.get() {
            item.next(Ref::new(id + 1));
        }
        item.dest().page(page(*at)).xyz(0.0, HEIGHT - y, None);
    }
}
