//! The master and the layout that the slides stand on.

use super::parts::{HEAD, SPACES};
use super::slide::Slide;
use super::text::Type;
use crate::wave::paper::font::Face;
use crate::wave::paper::look::INK;

/// The shapes of a slide, a layout or a master.
pub(super) fn tree(shapes: &str) -> String {
    format!(
        "<p:spTree><p:nvGrpSpPr><p:cNvPr id=\"1\" name=\"\"/><p:cNvGrpSpPr/><p:nvPr/></p:nvGrpSpPr>\
         <p:grpSpPr><a:xfrm><a:off x=\"0\" y=\"0\"/><a:ext cx=\"0\" cy=\"0\"/><a:chOff x=\"0\" y=\"0\"/>\
         <a:chExt cx=\"0\" cy=\"0\"/></a:xfrm></p:grpSpPr>{shapes}</p:spTree>"
    )
}

/// The place where slides have their titles.
fn holder() -> String {
    let mut slide = Slide::default();
    let look = Type::new(Face::Bold, 24.0, INK);
    slide.title([48.0, 34.0, 864.0, 32.0], look, "Title");
    slide.shapes
}

/// What all slides have in common.
pub(super) fn master() -> String {
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

/// The one layout: a title, and room.
pub(super) fn layout() -> String {
    format!(
        "{HEAD}<p:sldLayout {SPACES} type=\"titleOnly\" preserve=\"1\"><p:cSld name=\"Title only\">{}</p:cSld>\
         <p:clrMapOvr><a:masterClrMapping/></p:clrMapOvr></p:sldLayout>",
        tree(&holder())
    )
}
