//! The parts of the package (ECMA-376): what every presentation needs, and the slides.

use std::fmt::Write;

use super::master::{layout, master, tree};
use super::slide::{HEIGHT, Slide, WIDTH, emu};
use super::text::solid;
use crate::emit::escape::xml;
use crate::wave::paper::{Paper, date};

pub(super) const HEAD: &str = "<?xml version=\"1.0\" encoding=\"UTF-8\" standalone=\"yes\"?>\n";
pub(super) const SPACES: &str = "xmlns:a=\"http://schemas.openxmlformats.org/drawingml/2006/main\" \
    xmlns:r=\"http://schemas.openxmlformats.org/officeDocument/2006/relationships\" \
    xmlns:p=\"http://schemas.openxmlformats.org/presentationml/2006/main\"";
const RELATION: &str = "http://schemas.openxmlformats.org/officeDocument/2006/relationships";
const KIND: &str = "application/vnd.openxmlformats-officedocument.presentationml";

/// Name and text of every part.
pub(super) fn all(paper: &Paper, slides: &[Slide]) -> Vec<(String, String)> {
    let n = slides.len();
    let mut parts = vec![
        ("[Content_Types].xml".to_owned(), content_types(n)),
        ("_rels/.rels".into(), relations(&package())),
        ("docProps/core.xml".into(), core(paper)),
        ("docProps/app.xml".into(), app(n)),
        ("ppt/presentation.xml".into(), presentation(n)),
        (
            "ppt/_rels/presentation.xml.rels".into(),
            relations(&deck(n)),
        ),
        ("ppt/slideMasters/slideMaster1.xml".into(), master()),
        (
            "ppt/slideMasters/_rels/slideMaster1.xml.rels".into(),
            relations(&[
                (
                    "slideLayout".into(),
                    "../slideLayouts/slideLayout1.xml".into(),
                ),
                ("theme".into(), "../theme/theme1.xml".into()),
            ]),
        ),
        ("ppt/slideLayouts/slideLayout1.xml".into(), layout()),
        (
            "ppt/slideLayouts/_rels/slideLayout1.xml.rels".into(),
            relations(&[(
                "slideMaster".into(),
                "../slideMasters/slideMaster1.xml".into(),
            )]),
        ),
        (
            "ppt/theme/theme1.xml".into(),
            format!("{HEAD}{}", include_str!("theme.xml").trim_end()),
        ),
    ];
    parts.extend(BARE.map(|(kind, element)| {
        let text = format!("{HEAD}<{element} {SPACES}/>");
        (format!("ppt/{kind}.xml"), text)
    }));
    let to_layout = [(
        "slideLayout".into(),
        "../slideLayouts/slideLayout1.xml".into(),
    )];
    for (i, one) in slides.iter().enumerate() {
        parts.push((format!("ppt/slides/slide{}.xml", i + 1), slide(one)));
        parts.push((
            format!("ppt/slides/_rels/slide{}.xml.rels", i + 1),
            relations(&to_layout),
        ));
    }
    parts
}

/// Kind and target of a relation; its id is its place, from 1.
type Relation = (String, String);

fn package() -> Vec<Relation> {
    vec![
        ("officeDocument".into(), "ppt/presentation.xml".into()),
        ("core-properties".into(), "docProps/core.xml".into()),
        ("extended-properties".into(), "docProps/app.xml".into()),
    ]
}

fn deck(slides: usize) -> Vec<Relation> {
    let mut all = vec![
        ("slideMaster".into(), "slideMasters/slideMaster1.xml".into()),
        ("theme".into(), "theme/theme1.xml".into()),
    ];
    all.extend((1..=slides).map(|i| ("slide".into(), format!("slides/slide{i}.xml"))));
    all.extend(BARE.map(|(kind, _)| (kind.into(), format!("{kind}.xml"))));
    all
}

/// Parts that say nothing here, but without which PowerPoint offers a repair.
const BARE: [(&str, &str); 3] = [
    ("presProps", "p:presentationPr"),
    ("viewProps", "p:viewPr"),
    (
        "tableStyles",
        "a:tblStyleLst def=\"{5C22544A-7EE6-4342-B048-85BDC9FD1C3A}\"",
    ),
];

fn relations(all: &[Relation]) -> String {
    let mut text = format!(
        "{HEAD}<Relationships xmlns=\"http://schemas.openxmlformats.org/package/2006/relationships\">"
    );
    for (i, (kind, target)) in all.iter().enumerate() {
        let base = match kind.as_str() {
            "core-properties" => {
                "http://schemas.openxmlformats.org/package/2006/relationships/metadata"
            }
            _ => RELATION,
        };
        // Writing to a String does not fail.
        let _ = write!(
            text,
            "<Relationship Id=\"rId{}\" Type=\"{base}/{kind}\" Target=\"{target}\"/>",
            i + 1
        );
    }
    text + "</Relationships>"
}

fn content_types(slides: usize) -> String {
    let mut text = format!(
        "{HEAD}<Types xmlns=\"http://schemas.openxmlformats.org/package/2006/content-types\">\
         <Default Extension=\"rels\" ContentType=\"application/vnd.openxmlformats-package.relationships+xml\"/>\
         <Default Extension=\"xml\" ContentType=\"application/xml\"/>"
    );
    let mut part = |name: &str, kind: &str| {
        let _ = write!(
            text,
            "<Override PartName=\"/{name}\" ContentType=\"{kind}+xml\"/>"
        );
    };
    part(
        "docProps/core.xml",
        "application/vnd.openxmlformats-package.core-properties",
    );
    part(
        "docProps/app.xml",
        "application/vnd.openxmlformats-officedocument.extended-properties",
    );
    part("ppt/presentation.xml", &format!("{KIND}.presentation.main"));
    part(
        "ppt/slideMasters/slideMaster1.xml",
        &format!("{KIND}.slideMaster"),
    );
    part(
        "ppt/slideLayouts/slideLayout1.xml",
        &format!("{KIND}.slideLayout"),
    );
    part(
        "ppt/theme/theme1.xml",
        "application/vnd.openxmlformats-officedocument.theme",
    );
    for (kind, _) in BARE {
        part(&format!("ppt/{kind}.xml"), &format!("{KIND}.{kind}"));
    }
    for i in 1..=slides {
        part(
            &format!("ppt/slides/slide{i}.xml"),
            &format!("{KIND}.slide"),
        );
    }
    text + "</Types>"
}

fn core(paper: &Paper) -> String {
    // Only what is a date may stand there.
    let date = match date::parts(&paper.date) {
        Some(_) => format!(
            "<dcterms:created xsi:type=\"dcterms:W3CDTF\">{0}</dcterms:created>\
             <dcterms:modified xsi:type=\"dcterms:W3CDTF\">{0}</dcterms:modified>",
            xml(&paper.date)
        ),
        None => String::new(),
    };
    format!(
        "{HEAD}<cp:coreProperties xmlns:cp=\"http://schemas.openxmlformats.org/package/2006/metadata/core-properties\" \
         xmlns:dc=\"http://purl.org/dc/elements/1.1/\" xmlns:dcterms=\"http://purl.org/dc/terms/\" \
         xmlns:xsi=\"http://www.w3.org/2001/XMLSchema-instance\"><dc:title>{}</dc:title>\
         <dc:creator>gatekeeper</dc:creator>{date}</cp:coreProperties>",
        xml(&paper.title())
    )
}

fn app(slides: usize) -> String {
    format!(
        "{HEAD}<Properties xmlns=\"http://schemas.openxmlformats.org/officeDocument/2006/extended-properties\">\
         <Application>gatekeeper</Application><Slides>{slides}</Slides></Properties>"
    )
}

fn presentation(slides: usize) -> String {
    // The first two relations are the master and the theme.
    let ids = (0..slides).map(|i| format!("<p:sldId id=\"{}\" r:id=\"rId{}\"/>", 256 + i, 3 + i));
    format!(
        "{HEAD}<p:presentation {SPACES}><p:sldMasterIdLst><p:sldMasterId id=\"2147483648\" r:id=\"rId1\"/>\
         </p:sldMasterIdLst><p:sldIdLst>{}</p:sldIdLst><p:sldSz cx=\"{}\" cy=\"{}\"/>\
         <p:notesSz cx=\"6858000\" cy=\"9144000\"/></p:presentation>",
        ids.collect::<String>(),
        emu(WIDTH),
        emu(HEIGHT)
    )
}

fn slide(slide: &Slide) -> String {
    let ground = slide.ground.map(|color| {
        format!(
            "<p:bg><p:bgPr>{}<a:effectLst/></p:bgPr></p:bg>",
            solid(color)
        )
    });
    format!(
        "{HEAD}<p:sld {SPACES}><p:cSld>{}{}</p:cSld><p:clrMapOvr><a:masterClrMapping/></p:clrMapOvr></p:sld>",
        ground.unwrap_or_default(),
        tree(&slide.shapes)
    )
}
