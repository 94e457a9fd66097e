//! The elements of a report, and what they come to.

use super::path::join;
use crate::collect::Defects;
use crate::cover::{Files, Hits, plus};
use crate::defect::{Completeness, DefectKind, Position};
use crate::evidence::Coverage;
use crate::input::Limits;
use crate::text;
use crate::xml::attrs::{Text, shown};
use crate::xml::known::{Key, Known};
use crate::xml::walk::{Elements, Tag};

/// Bytes of a `source` that are kept.
const SOURCE: usize = 4 << 10;

/// Attributes that mean something.
const KNOWN: Known = Known {
    names: &["filename", "hits", "lines-covered", "lines-valid", "number"],
    long: &[],
    escaped: true,
};
const FILENAME: Key = KNOWN.key("filename");
const HITS: Key = KNOWN.key("hits");
const COVERED: Key = KNOWN.key("lines-covered");
const VALID: Key = KNOWN.key("lines-valid");
const NUMBER: Key = KNOWN.key("number");

/// What an element is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Kind {
    Root,
    Sources,
    Source,
    Packages,
    Package,
    Classes,
    Class,
    Lines,
    Line,
    /// Whatever says nothing of lines, with all that stands in it.
    Passed,
}

/// What is folded while the document is read.
pub(super) struct Report<'a> {
    limits: &'a Limits,
    files: Files,
    /// Covered and relevant lines by class.
    sums: (u64, u64),
    class: Option<(String, Hits)>,
    /// How many sources there are, and the first of them.
    sources: u64,
    source: Text,
    /// What the root says.
    covered: Option<u64>,
    valid: Option<u64>,
    /// First element that is not known.
    unknown: Option<(String, Position)>,
    /// First class that has lines of another one of its name.
    twice: Option<(String, Position)>,
}

impl Elements for Report<'_> {
    type Kind = Kind;
    const ROOT: &'static str = "coverage";
    const ATTRIBUTES: Known = KNOWN;

    fn open(&mut self, tag: &Tag<'_, Kind>, defects: &mut Defects) -> Option<Kind> {
        let Some(parent) = tag.parent else {
            return (tag.name == Self::ROOT).then(|| self.root(tag, defects));
        };
        Some(match (parent, tag.name) {
            (Kind::Root, "sources") => Kind::Sources,
            (Kind::Root, "packages") => Kind::Packages,
            (Kind::Packages, "package") => Kind::Package,
            (Kind::Package, "classes") => Kind::Classes,
            (Kind::Class, "lines") => Kind::Lines,
            (Kind::Sources, "source") => {
                self.sources = self.sources.saturating_add(1);
                Kind::Source
            }
            (Kind::Classes, "class") => {
                self.class(tag, defects);
                Kind::Class
            }
            (Kind::Lines, "line") => {
                self.line(tag, defects);
                Kind::Line
            }
            (Kind::Class, "methods") | (Kind::Line, "conditions") | (Kind::Passed, _) => {
                Kind::Passed
            }
            _ => {
                self.unknown
                    .get_or_insert_with(|| (shown(tag.name), tag.at.clone()));
                Kind::Passed
            }
        })
    }

    fn close(&mut self, kind: Kind, at: &Position, _: &mut Defects) {
        if kind == Kind::Class {
            self.end_of_class(at);
        }
    }

    fn text(&mut self, kind: Kind, text: &str) -> bool {
        if kind == Kind::Source && self.sources <= 1 {
            self.source.push(text, SOURCE);
        }
        matches!(kind, Kind::Source | Kind::Passed)
    }
}

impl<'a> Report<'a> {
    pub(super) fn new(limits: &'a Limits) -> Self {
        Self {
            limits,
            files: Files::default(),
            sums: (0, 0),
            class: None,
            sources: 0,
            source: Text::default(),
            covered: None,
            valid: None,
            unknown: None,
            twice: None,
        }
    }

    fn root(&mut self, tag: &Tag<'_, Kind>, defects: &mut Defects) -> Kind {
        let mut counter = |key, name| {
            let value = tag.attrs.get(key)?;
            let number = text::number(value.as_bytes());
            if number.is_none() {
                let message = format!("`{name}` of the report is not a number");
                defects.partial(DefectKind::Number, message, tag.at.clone());
            }
            number
        };
        self.covered = counter(COVERED, "lines-covered");
        self.valid = counter(VALID, "lines-valid");
        Kind::Root
    }

    fn class(&mut self, tag: &Tag<'_, Kind>, defects: &mut Defects) {
        let name = tag.attrs.text(FILENAME);
        if name.is_none() {
            let message = "a class without its `filename`";
            defects.partial(DefectKind::MissingField, message, tag.at.clone());
        }
        self.class = Some((name.unwrap_or_default().to_owned(), Hits::default()));
    }

    fn end_of_class(&mut self, at: &Position) {
        let Some((name, hits)) = self.class.take() else {
            return;
        };
        self.sums = plus(self.sums, hits.sums());
        let label = shown(&name);
        if self.files.add(name, hits, self.limits) {
            self.twice.get_or_insert_with(|| (label, at.clone()));
        }
    }

    fn line(&mut self, tag: &Tag<'_, Kind>, defects: &mut Defects) {
        let attribute = |key| tag.attrs.bytes(key).unwrap_or_default();
        let line = text::line_number(attribute(NUMBER));
        let hits = text::number(attribute(HITS));
        let (Some(line), Some(hits)) = (line, hits) else {
            let message = "a line without a line number and a number of hits";
            return defects.partial(DefectKind::Number, message, tag.at.clone());
        };
        if let Some((_, class)) = &mut self.class {
            class.push(line, hits);
        }
    }

    pub(super) fn finish(mut self, defects: &mut Defects) -> Coverage {
        let agrees = self.totals(defects);
        if let Some((name, at)) = self.unknown.take() {
            let message = format!("`{name}` is not known here and was passed over");
            let worst = match agrees {
                true => Completeness::Complete,
                false => Completeness::Partial,
            };
            defects.lower(worst, DefectKind::UnknownValue, message, at);
        }
        let name: Box<dyn Fn(String) -> String> = match self.sources {
            0 => Box::new(|name| name),
            1 => Box::new(|name| join(&self.source.text, &name)),
            n => {
                let message = format!(
                    "{n} source folders: file names are kept as they are, because nothing says which folder is meant"
                );
                defects.note(DefectKind::UnknownValue, message, Position::default());
                if let Some((name, at)) = self.twice.take() {
                    let message = format!("`{name}` may be a file of two source folders");
                    defects.partial(DefectKind::Contradiction, message, at);
                }
                Box::new(|name| name)
            }
        };
        self.files.finish(name, defects, self.limits)
    }

    /// Whether the root has its totals, and they agree. Writers count a line of two classes once or twice.
    fn totals(&self, defects: &mut Defects) -> bool {
        let (Some(covered), Some(valid)) = (self.covered, self.valid) else {
            let message =
                "the report does not say how many lines it has: what is lost would not be seen";
            let at = Position::default();
            defects.lower(Completeness::Unproven, DefectKind::NoEndMark, message, at);
            return false;
        };
        let united = self.files.sums();
        let said = (covered, valid);
        if said == united || said == self.sums {
            return true;
        }
        let message = format!(
            "the report says that {covered} of {valid} lines are covered, but lists {} of {}",
            united.0, united.1
        );
        defects.partial(DefectKind::CountMismatch, message, Position::default());
        false
    }
}
