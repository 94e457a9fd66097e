//! `excoveralls.xml`, SonarQube's generic form: `<coverage version="1"><file path="/lib/a.ex"><lineToCover
//! lineNumber="1" covered="true"/>…`.
//!
//! Source of the format: `lib/excoveralls/xml.ex`. Paths are written as they are, without escapes, behind the option
//! `xml_base_dir` (empty by default) and a slash. The slash is taken off where a folder follows that Mix projects keep
//! their code in, so that paths are those of the other reports; other paths stay as they are.
//!
//! Proof of completeness: the closing tag of the root, and nothing after it. There are no totals, but ExCoveralls writes
//! all in one line and nothing between two elements, so nothing can be lost from the middle without a trace. With white
//! space between elements another tool wrote it, and lines could be lost: then only an exit code proves it.

use std::io::BufRead;

use crate::collect::Defects;
use crate::cover::{Files, Hits};
use crate::defect::{Completeness, DefectKind, Parsed, Position};
use crate::evidence::{Evidence, Tool};
use crate::input::Limits;
use crate::xml::attrs::shown;
use crate::xml::head::head;
use crate::xml::known::{Key, Known};
use crate::xml::walk::{Elements, Tag, read};
use crate::{Format, Reader, text};

/// The report.
pub(crate) const SONAR: Format = Format {
    id: "excoveralls-sonar",
    tool: Tool::Excoveralls,
    summary: "the XML report of ExCoveralls for SonarQube (`mix coveralls.xml`)",
    proof: "the closing tag of the root, nothing after it, and nothing between the elements",
    reader: Reader::Document { sniff, parse },
};

/// Folders that Mix projects keep their code in.
const FOLDERS: &[&str] = &["lib", "apps", "src", "test", "web"];

/// Whether the root is `coverage` with a `file` in it, or with the version and nothing in it.
fn sniff(bytes: &[u8]) -> bool {
    head(bytes).is_some_and(|head| {
        let version = head.attributes.trim_ascii();
        let version = version.strip_suffix(b"/").unwrap_or(version);
        let empty = head.child.is_none() && version == b"version=\"1\"";
        head.root == b"coverage" && (head.child == Some(b"file") || empty)
    })
}

fn parse(input: &mut dyn BufRead, limits: &Limits) -> Parsed<Evidence> {
    let mut defects = Defects::default();
    let mut report = Report {
        limits,
        files: Files::default(),
        file: None,
        spaced: false,
    };
    let root = read(input, limits, &mut report, &mut defects);
    let at = Position::default();
    if !root {
        let message = "there is no report";
        let worst = Completeness::Unreadable;
        defects.lower(worst, DefectKind::MissingField, message, at);
        return defects.finish(Evidence::Nothing);
    }
    if report.spaced {
        let message =
            "the report has no totals, and more than one line: what is lost would not be seen";
        let worst = Completeness::Unproven;
        defects.lower(worst, DefectKind::NoEndMark, message, at);
    }
    let coverage = report.files.finish(|path| path, &mut defects, limits);
    defects.finish(Evidence::Coverage(coverage))
}

/// Attributes that mean something.
const KNOWN: Known = Known {
    names: &["covered", "lineNumber", "path", "version"],
    long: &[],
    escaped: false,
};
const COVERED: Key = KNOWN.key("covered");
const LINE: Key = KNOWN.key("lineNumber");
const PATH: Key = KNOWN.key("path");
const VERSION: Key = KNOWN.key("version");

/// What an element is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Kind {
    Root,
    File,
    Line,
    Unknown,
}

struct Report<'a> {
    limits: &'a Limits,
    files: Files,
    file: Option<(String, Hits)>,
    /// Whether there is white space between elements.
    spaced: bool,
}

impl Elements for Report<'_> {
    type Kind = Kind;
    const ROOT: &'static str = "coverage";
    const ATTRIBUTES: Known = KNOWN;

    fn open(&mut self, tag: &Tag<'_, Kind>, defects: &mut Defects) -> Option<Kind> {
        Some(match (tag.parent, tag.name) {
            (None, "coverage") => {
                if tag.attrs.get(VERSION) != Some("1") {
                    let message = "the version of the report is not 1";
                    defects.partial(DefectKind::UnknownValue, message, tag.at.clone());
                }
                Kind::Root
            }
            (None, _) => return None,
            (Some(Kind::Root), "file") => {
                self.file(tag, defects);
                Kind::File
            }
            (Some(Kind::File), "lineToCover") => {
                self.line(tag, defects);
                Kind::Line
            }
            _ => {
                let name = shown(tag.name);
                let message = format!("`{name}` is not known here and could be a line");
                defects.partial(DefectKind::UnknownValue, message, tag.at.clone());
                Kind::Unknown
            }
        })
    }

    fn close(&mut self, kind: Kind, _: &Position, _: &mut Defects) {
        if kind == Kind::File
            && let Some((path, hits)) = self.file.take()
        {
            self.files.add(path, hits, self.limits);
        }
    }

    fn text(&mut self, _: Kind, text: &str) -> bool {
        self.spaced |= text.trim_ascii().is_empty();
        false
    }
}

impl Report<'_> {
    fn file(&mut self, tag: &Tag<'_, Kind>, defects: &mut Defects) {
        let path = tag.attrs.text(PATH);
        if path.is_none() {
            let message = "a file without its `path`";
            defects.partial(DefectKind::MissingField, message, tag.at.clone());
        }
        let path = relative(path.unwrap_or_default());
        self.file = Some((path.to_owned(), Hits::default()));
    }

    fn line(&mut self, tag: &Tag<'_, Kind>, defects: &mut Defects) {
        let number = tag.attrs.get(LINE).unwrap_or_default();
        let hits = match tag.attrs.get(COVERED) {
            Some("true") => Some(1),
            Some("false") => Some(0),
            _ => None,
        };
        let (Some(line), Some(hits)) = (text::line_number(number.as_bytes()), hits) else {
            let message = "a line without its number, or not known to be covered or not";
            return defects.partial(DefectKind::Number, message, tag.at.clone());
        };
        if let Some((_, file)) = &mut self.file
            && !file.push(line, hits)
        {
            let message = format!("line {line} stands twice in one file");
            defects.partial(DefectKind::Contradiction, message, tag.at.clone());
        }
    }
}

/// `lib/a.ex` of `/lib/a.ex`.
fn relative(path: &str) -> &str {
    let inner = path.strip_prefix('/').unwrap_or(path);
    let folder = inner.split('/').next().unwrap_or_default();
    if FOLDERS.contains(&folder) && folder.len() < inner.len() {
        inner
    } else {
        path
    }
}

#[cfg(test)]
mod tests {
    use std::fs;

    use super::*;
    use crate::cover::tests::{low, says_the_same_or_nothing};
    use crate::damage::{Damage, files, parts};
    use crate::evidence::{Coverage, Measure};

    const WHOLE: &str = "<coverage version=\"1\"><file path=\"/lib/a&b.ex\">\
        <lineToCover lineNumber=\"1\" covered=\"true\"/><lineToCover lineNumber=\"7\" covered=\"false\"/></file>\
        <file path=\"/lib/none.ex\"></file></coverage>";

    fn coverage(text: &str) -> Parsed<Coverage> {
        let mut parts = parts(text.as_bytes(), 64);
        assert_eq!(parts.len(), 1, "{text}");
        assert_eq!(parts[0].format, "excoveralls-sonar");
        parts.swap_remove(0).parsed.map(|e| match e {
            Evidence::Coverage(c) => c,
            other => panic!("{other:?}"),
        })
    }

    fn kinds(read: &Parsed<Coverage>) -> Vec<DefectKind> {
        read.defects.iter().map(|d| d.kind).collect()
    }

    #[test]
    fn damage_never_passes() {
        let damage = Damage {
            format: "excoveralls-sonar",
            bad: low,
            document: true,
        };
        for path in files("excoveralls", "excoveralls.xml") {
            damage.check(&path);
            says_the_same_or_nothing(&fs::read(&path).unwrap(), "excoveralls-sonar");
        }
    }

    #[test]
    fn paths_are_not_escaped() {
        let read = coverage(WHOLE);
        assert_eq!(read.completeness, Completeness::Complete);
        assert_eq!(kinds(&read), []);
        let files: Vec<_> = read
            .value
            .files
            .iter()
            .map(|f| (f.path.as_deref().unwrap(), f.measure))
            .collect();
        let lines = |covered, relevant| Measure::Lines { covered, relevant };
        assert_eq!(
            files,
            [("lib/a&b.ex", lines(1, 2)), ("lib/none.ex", lines(0, 0))]
        );
        assert_eq!(read.value.totals, [lines(1, 2)]);
    }

    #[test]
    fn the_slash_in_front_is_taken_off_where_a_folder_follows() {
        for (path, is) in [
            ("/lib/a.ex", "lib/a.ex"),
            ("/apps/core/lib/a.ex", "apps/core/lib/a.ex"),
            ("lib/a.ex", "lib/a.ex"),
            ("/home/ci/shop/lib/a.ex", "/home/ci/shop/lib/a.ex"),
            ("/lib", "/lib"),
            ("/liba/b.ex", "/liba/b.ex"),
        ] {
            assert_eq!(relative(path), is);
        }
    }

    #[test]
    fn what_is_not_understood_is_not_believed() {
        for (from, to, kind) in [
            ("version=\"1\"", "version=\"2\"", DefectKind::UnknownValue),
            ("covered=\"true\"", "covered=\"True\"", DefectKind::Number),
            ("covered=\"true\"", "", DefectKind::Number),
            ("lineNumber=\"7\"", "lineNumber=\"0\"", DefectKind::Number),
            (
                "lineNumber=\"7\"",
                "lineNumber=\"1\"",
                DefectKind::Contradiction,
            ),
            ("path=\"/lib/a&b.ex\"", "", DefectKind::MissingField),
            ("<lineToCover", "<lineToSkip", DefectKind::UnknownValue),
            ("</file>", "x</file>", DefectKind::Syntax),
            ("</coverage>", "", DefectKind::Cut),
            ("</coverage>", "</coverage>x", DefectKind::TrailingText),
        ] {
            let read = coverage(&WHOLE.replacen(from, to, 1));
            assert_eq!(read.completeness, Completeness::Partial, "{from} -> {to}");
            assert_eq!(kinds(&read)[0], kind, "{from} -> {to}");
        }
    }

    #[test]
    fn a_report_of_many_lines_may_have_lost_one() {
        let read = coverage(&WHOLE.replace("/><", "/>\n<"));
        assert_eq!(read.completeness, Completeness::Unproven);
        assert_eq!(kinds(&read), [DefectKind::NoEndMark]);
        let read = coverage(&format!("\n{WHOLE}\n"));
        assert_eq!(read.completeness, Completeness::Complete);
    }

    #[test]
    fn nothing_in_it_is_nothing_to_cover() {
        for text in [
            "<coverage version=\"1\"></coverage>",
            "<coverage version=\"1\"/>",
        ] {
            let read = coverage(text);
            assert_eq!(kinds(&read), [DefectKind::NothingRan]);
            assert_eq!(read.value.files, []);
        }
    }
}
