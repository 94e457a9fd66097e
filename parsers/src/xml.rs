//! What the readers of XML reports share: bounded bytes, attributes, and what can be wrong with a document.
//!
//! quick-xml's `Reader` checks the form; the plainest tags, which most documents consist of, are read by a scanner of our
//! own beside it. Names with prefixes are not resolved, and nothing outside of the document is ever read. Deliberately absent: a tree of the document, and entities of its own.

use quick_xml::errors::{Error, SyntaxError};
use quick_xml::events::BytesDecl;

use crate::defect::DefectKind;
use crate::text;

pub(crate) mod attrs;
pub(crate) mod bytes;
mod doctype;
pub(crate) mod head;
pub(crate) mod known;
mod plain;
pub(crate) mod scan;
mod shape;
pub(crate) mod walk;

/// What an error of the XML reader means; `over` says that one event was too large.
pub(crate) fn fault(error: &Error, over: bool) -> (DefectKind, String) {
    if over {
        let message = "one text or one tag is larger than 32 MiB";
        return (DefectKind::Limit, message.into());
    }
    let kind = match error {
        Error::Io(_) => DefectKind::Io,
        Error::Syntax(SyntaxError::InvalidBangMarkup) => DefectKind::Syntax,
        Error::Syntax(_) => DefectKind::Cut,
        _ => DefectKind::Syntax,
    };
    (kind, text::lossy(error.to_string().as_bytes(), 300))
}

/// What to say when a document declares an encoding that is not UTF-8.
pub(crate) fn foreign_encoding(decl: &BytesDecl<'_>) -> Option<String> {
    let encoding = decl.encoding()?.ok()?;
    let known = ["utf-8", "utf8", "us-ascii", "ascii"];
    let foreign = !known.iter().any(|k| encoding.eq_ignore_ascii_case(k));
    let name = attrs::shown(&encoding);
    foreign.then(|| format!("the encoding is `{name}`; it is read as UTF-8"))
}
