//! Cobertura XML: coverage by line, as `mix coveralls.cobertura` and many other tools write it.
//!
//! Source of the format: `coverage-04.dtd` of Cobertura, and `lib/excoveralls/cobertura.ex` of ExCoveralls 0.18.5. The
//! lines that count are `class/lines/line`: those below `methods` say the same again. Classes of one file are united
//! by their lines.
//!
//! A `filename` is relative to a `source`. Where there is exactly one, the two are joined; where there are several,
//! nothing says which is meant (ExCoveralls writes one for each folder that is compiled), and the name stays as it is.
//! Then a line that two classes of the same name have may be a line of two files, and the report is not believed.
//!
//! Proof of completeness: the closing tag of the root, nothing after it, and `lines-covered` and `lines-valid` of the
//! root that agree with what was counted. A report without these two is proven only by an exit code.
//!
//! Deliberately absent: branches, conditions and methods, rates (they are rounded), time stamps, and the document type,
//! which is never fetched.

use std::io::BufRead;

use crate::collect::Defects;
use crate::defect::{Completeness, DefectKind, Parsed, Position};
use crate::evidence::{Evidence, Tool};
use crate::input::Limits;
use crate::xml::{head::head, walk};
use crate::{Format, Reader, text};

mod path;
mod report;

use report::Report;

/// The report.
pub(crate) const XML: Format = Format {
    id: "cobertura-xml",
    tool: Tool::Cobertura,
    summary: "a Cobertura XML report (`mix coveralls.cobertura`)",
    proof: "the closing tag of the root, nothing after it, and agreeing `lines-covered` and `lines-valid`",
    reader: Reader::Document { sniff, parse },
};

/// Whether the root is `coverage`, and has the attributes or elements of this format.
fn sniff(bytes: &[u8]) -> bool {
    head(bytes).is_some_and(|head| {
        let child = matches!(head.child, Some(b"sources" | b"packages"));
        let counts = |word: &[u8]| text::holds(head.attributes, word);
        head.root == b"coverage" && (child || counts(b"line-rate=") || counts(b"lines-valid="))
    })
}

fn parse(input: &mut dyn BufRead, limits: &Limits) -> Parsed<Evidence> {
    let (mut report, mut defects) = (Report::new(limits), Defects::default());
    if !walk::read(input, limits, &mut report, &mut defects) {
        let message = "there is no report";
        let at = Position::default();
        defects.lower(
            Completeness::Unreadable,
            DefectKind::MissingField,
            message,
            at,
        );
        return defects.finish(Evidence::Nothing);
    }
    let coverage = report.finish(&mut defects);
    defects.finish(Evidence::Coverage(coverage))
}

#[cfg(test)]
mod tests;
