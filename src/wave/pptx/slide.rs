//! One slide: shapes at places in points, from its upper left corner.

use std::fmt::Write;

use super::text::{Type, fit, paragraph, solid};
use crate::wave::paper::Paper;
use crate::wave::paper::font::Face;
use crate::wave::paper::look::{HAIR, INK, MUTED, Rgb};

/// Width of a slide.
pub(super) const WIDTH: f32 = 960.0;
/// Its height.
pub(super) const HEIGHT: f32 = 540.0;
/// Left and right of everything.
pub(super) const MARGIN: f32 = 48.0;
/// Between the margins.
pub(super) const ROOM: f32 = WIDTH - 2.0 * MARGIN;
/// Where the body of a slide begins.
pub(super) const TOP: f32 = 104.0;
/// Where it ends.
pub(super) const BOTTOM: f32 = 492.0;

/// A slide that is being drawn.
#[derive(Default)]
pub(super) struct Slide {
    /// The shapes.
    pub(super) shapes: String,
    /// The colour behind them; white unless it is said.
    pub(super) ground: Option<Rgb>,
    /// Number of its last shape.
    pub(super) last: u32,
}

/// A place.
pub(super) type Area = [f32; 4];

/// English Metric Units.
pub(super) fn emu(points: f32) -> i64 {
    (points * 12_700.0).round() as i64
}

impl Slide {
    /// A slide of a section, with its heading and its note.
    pub(super) fn titled(heading: &str, note: &str) -> Self {
        let mut slide = Self::default();
        let look = Type::new(Face::Bold, 24.0, INK);
        slide.title([MARGIN, 34.0, ROOM, 32.0], look, heading);
        let look = Type::new(Face::Regular, 12.0, MUTED);
        slide.text([MARGIN, 68.0, ROOM, 17.0], look, note);
        slide
    }

    /// The name of the slide, in one line.
    pub(super) fn title(&mut self, area: Area, look: Type, text: &str) {
        let (text, _) = fit(text, look, area[2], 1);
        self.shape(
            "Title",
            "<p:cNvSpPr/>",
            "<p:ph type=\"title\"/>",
            area,
            None,
            (look, "b"),
            &text,
        );
    }

    /// A text, in as many lines as the area has; what does not fit is cut visibly.
    pub(super) fn text(&mut self, area: Area, look: Type, text: &str) {
        let lines = (area[3] / look.leading()).floor().max(1.0) as usize;
        let (text, _) = fit(text, look, area[2], lines);
        if !text.is_empty() {
            self.shape(
                "Text",
                "<p:cNvSpPr txBox=\"1\"/>",
                "",
                area,
                None,
                (look, "t"),
                &text,
            );
        }
    }

    /// A filled shape: `rect`, `roundRect` or `ellipse`, with text in its middle.
    pub(super) fn filled(
        &mut self,
        form: &'static str,
        area: Area,
        fill: Rgb,
        look: Type,
        text: &str,
    ) {
        if area[2] > 0.0 && area[3] > 0.0 {
            self.shape(
                "Shape",
                "<p:cNvSpPr/>",
                "",
                area,
                Some((form, fill)),
                (look, "ctr"),
                text,
            );
        }
    }

    /// A filled shape without text.
    pub(super) fn plain(&mut self, form: &'static str, area: Area, fill: Rgb) {
        self.filled(form, area, fill, Type::new(Face::Regular, 8.0, INK), "");
    }

    /// A number for a shape, unique on the slide. 1 is the slide's own.
    pub(super) fn number(&mut self) -> u32 {
        self.last += 1;
        self.last + 1
    }

    #[expect(
        clippy::too_many_arguments,
        reason = "the one place where a shape is written"
    )]
    fn shape(
        &mut self,
        name: &str,
        kind: &str,
        holder: &str,
        area: Area,
        fill: Option<(&str, Rgb)>,
        (look, anchor): (Type, &str),
        text: &str,
    ) {
        let id = self.number();
        let (form, fill) = match fill {
            Some((form, color)) => (form, solid(color)),
            None => ("rect", "<a:noFill/>".into()),
        };
        let adjust = match form {
            "roundRect" => "<a:avLst><a:gd name=\"adj\" fmla=\"val 50000\"/></a:avLst>",
            _ => "<a:avLst/>",
        };
        // Writing to a String does not fail.
        let _ = write!(
            self.shapes,
            "<p:sp><p:nvSpPr><p:cNvPr id=\"{id}\" name=\"{name} {id}\"/>{kind}<p:nvPr>{holder}</p:nvPr></p:nvSpPr>\
             <p:spPr>{}<a:prstGeom prst=\"{form}\">{adjust}</a:prstGeom>{fill}<a:ln><a:noFill/></a:ln></p:spPr>\
             <p:txBody><a:bodyPr wrap=\"square\" lIns=\"0\" tIns=\"0\" rIns=\"0\" bIns=\"0\" anchor=\"{anchor}\">\
             <a:noAutofit/></a:bodyPr><a:lstStyle/>{}</p:txBody></p:sp>",
            frame("a", area),
            paragraph(look, text)
        );
    }

    /// Project, wave and number at the foot.
    pub(super) fn foot(&mut self, paper: &Paper, number: usize, all: usize) {
        self.plain("rect", [MARGIN, 505.0, ROOM, 0.75], HAIR);
        let look = Type::new(Face::Regular, 10.0, MUTED);
        let left = format!(
            "{}, wave {}: {}",
            paper.project,
            paper.wave,
            paper.verdict.id()
        );
        self.text([MARGIN, 512.0, ROOM - 80.0, 14.0], look, &left);
        let right = [MARGIN + ROOM - 70.0, 512.0, 70.0, 14.0];
        self.text(right, look.aligned("r"), &format!("{number} / {all}"));
    }
}

/// Where a shape is; tables name it otherwise.
pub(super) fn frame(prefix: &str, [x, y, width, height]: Area) -> String {
    let [x, y, width, height] = [x, y, width, height].map(emu);
    format!(
        "<{prefix}:xfrm><a:off x=\"{x}\" y=\"{y}\"/><a:ext cx=\"{width}\" cy=\"{height}\"/></{prefix}:xfrm>"
    )
}
