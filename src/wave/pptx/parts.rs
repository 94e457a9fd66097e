//! The parts of the package (ECMA-376): what every presentation needs, and the slides.

use std::fmt::Write;

use super::slide::{HEIGHT, Slide, WIDTH, emu};
use super::text::{Type, solid};
use crate::emit::escape::xml;
use crate::wave::paper::{Paper, date};

const HEAD: &str = "<?xml version=\"1.0\" encoding=\"UTF-8\" standalone=\"yes\"?>\n";
const SPACES: &str = "xmlns:a=\"http://schemas.openxmlformats.org/drawingml/2006/main\" \
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
    all
}

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

fn tree(shapes: &str) -> String {
    format!(
        "<p:spTree><p:nvGrpSpPr><p:cNvPr id=\"1\" name=\"\"/><p:cNvGrpSpPr/><p:nvPr/></p:nvGrpSpPr>\
         <p:grpSpPr><a:xfrm><a:off x=\"0\" y=\"0\"/><a:ext cx=\"0\" cy=\"0\"/><a:chOff x=\"0\" y=\"0\"/>\
         <a:chExt cx=\"0\" cy=\"0\"/></a:xfrm></p:grpSpPr>{shapes}</p:spTree>"
    )
}

/// The place where slides have their titles.
fn holder() -> String {
    let mut slide = Slide::default();
    let look = Type::new(
        crate::wave::paper::font::Face::Bold,
        24.0,
        crate::wave::paper::look::INK,
    );
    slide.title([48.0, 34.0, 864.0, 32.0], look, "Title");
    slide.shapes
}

fn master() -> String {
    let levels = |from: u32| {
        (from..=9).map(|i| format!("<a:lvl{i}pPr><a:defRPr sz=\"1400\"/></a:lvl{i}pPr>"))
    };
    format!(
        "{HEAD}<p:sldMaster {SPACES}><p:cSld><p:bg><p:bgPr><a:solidFill><a:srgbClr val=\"FFFFFF\"/></a:solidFill>\
         <a:effectLst/></p:bgPr></p:bg>{}</p:cSld><p:clrMap bg1=\"lt1\" tx1=\"dk1\" bg2=\"lt2\" tx2=\"dk2\" \
         accent1=\"accent1\" accent2=\"accent2\" accent3=\"accent3\" accent4=\"accent4\" accent5=\"accent5\" \
         accent6=\"accent6\" hlink=\"hlink\" folHlink=\"folHlink\"/><p:sldLayoutIdLst>\
         <p:sldLayoutId id=\"2147483649\" r:id=\"rId1\"/></p:sldLayoutIdLst><p:txStyles><p:titleStyle>\
         <a:lvl1pPr algn=\"l\"><a:buNone/><a:defRPr sz=\"2400\" b=\"1\"/></a:lvl1pPr></p:titleStyle>\
         <p:bodyStyle>{1}</p:bodyStyle><p:otherStyle>{1}</p:otherStyle></p:txStyles></p:sldMaster>",
        tree(&holder()),
        levels(1).collect::<String>(),
    )
}

fn layout() -> String {
    format!(
        "{HEAD}<p:sldLayout {SPACES} type=\"titleOnly\" preserve=\"1\"><p:cSld name=\"Title only\">{}</p:cSld>\
         <p:clrMapOvr><a:masterClrMapping/></p:clrMapOvr></p:sldLayout>",
        tree(&holder())
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
