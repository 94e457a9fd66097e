//! `--format json`: `{"issues": [ … ]}`, one flat object an issue.
//!
//! The document has no count, so what proves it is its own end: the outermost object closes and nothing follows. An
//! issue lacks no field, so one that does was damaged. The order of the issues means nothing. A run that found no file
//! prints the same as a clean one. `column_end` is kept as it is printed: one behind the last column.
//!
//! `credo diff --format json` is `{"diff": {"new": …, "fixed": …, "old": …}}`: only the new ones are findings, and all
//! three lists have to be there.

use std::io::BufRead;

use serde::de::MapAccess;

use crate::collect::Defects;
use crate::defect::{DefectKind, Parsed, Position};
use crate::evidence::{Evidence, Finding, Findings, Tool};
use crate::input::Limits;
use crate::json_doc::{
    self, AnyScalar, Fields, Fuse, Object, Records, after_byte, after_first_key,
};
use crate::record::{Judge, Record};
use crate::text;

use super::severity_of_priority;

/// The fields of an issue.
pub(super) static FIELDS: [&str; 10] = [
    "category",
    "check",
    "column",
    "column_end",
    "filename",
    "line_no",
    "message",
    "priority",
    "scope",
    "trigger",
];

/// Names that lists of issues of other tools do not have; one of them is enough, as the document may be cut.
static OWN: [&[u8]; 3] = [b"\"check\"", b"\"column_end\"", b"\"line_no\""];

/// The lists of `credo diff`.
static DIFF: [&str; 3] = ["new", "fixed", "old"];

/// Whether a document of Credo starts here: `{"issues": [` with nothing or with an issue in it, or `{"diff": {` with
/// its lists. Other tools write lists of issues too, so the first field of the first issue has to be Credo's.
pub(crate) fn sniff(head: &[u8]) -> bool {
    if let Some(list) = after_first_key(head, "issues").and_then(|v| after_byte(v, b'[')) {
        let empty = list.trim_ascii_start().is_empty() || after_byte(list, b']').is_some();
        let first = after_byte(list, b'{').and_then(json_doc::first_key);
        return empty
            || first.is_some_and(|(key, _)| FIELDS.iter().any(|f| f.as_bytes() == key))
                && is_own(list);
    }
    let diff = after_first_key(head, "diff").and_then(|v| after_byte(v, b'{'));
    let list = diff.and_then(json_doc::first_key);
    list.is_some_and(|(key, _)| DIFF.iter().any(|name| name.as_bytes() == key))
}

/// Whether a text has a name that only Credo's issues have.
pub(super) fn is_own(text: &[u8]) -> bool {
    OWN.iter().any(|name| text::holds(text, name))
}

/// Reads the document.
pub(crate) fn parse(input: &mut dyn BufRead, limits: &Limits) -> Parsed<Evidence> {
    let fuse = Fuse::default();
    let mut report = Report {
        findings: Findings::new(Tool::Credo),
        defects: Defects::default(),
        limits,
        fuse: &fuse,
        lists: 0,
        diff: None,
    };
    let fault = json_doc::read(input, &fuse, &mut report);
    let Report {
        findings,
        mut defects,
        lists,
        diff,
        ..
    } = report;
    if let Some((kind, message)) = fault {
        let at = Position::path(format!("after issues[{}]", findings.total));
        defects.partial(kind, message, at);
    } else {
        whole(lists, diff.as_ref(), &mut defects);
    }
    defects.finish(Evidence::Findings(findings))
}

/// Whether the lists are there that have to be.
fn whole(lists: u32, diff: Option<&[Option<u64>; 3]>, defects: &mut Defects) {
    let at = Position::default;
    let Some(counts) = diff else {
        if lists == 0 {
            defects.partial(DefectKind::MissingField, "there is no `issues`", at());
        }
        return;
    };
    if lists > 0 {
        let message = "a report of the whole tree and one of `credo diff` in one document";
        defects.partial(DefectKind::Contradiction, message, at());
    }
    for (name, count) in DIFF.iter().zip(counts) {
        if count.is_none() {
            let message = format!("`diff.{name}` is missing");
            defects.partial(DefectKind::MissingField, message, at());
        }
    }
    if let [_, Some(fixed), Some(old)] = counts {
        let message =
            format!("of `credo diff`: {fixed} fixed and {old} old issues are not counted");
        defects.note(DefectKind::Foreign, message, at());
    }
}

struct Report<'a> {
    findings: Findings,
    defects: Defects,
    limits: &'a Limits,
    fuse: &'a Fuse,
    lists: u32,
    /// How many issues each list of [`DIFF`] has.
    diff: Option<[Option<u64>; 3]>,
}

impl Fields for Report<'_> {
    fn field<'de, A: MapAccess<'de>>(&mut self, name: &str, map: &mut A) -> Result<(), A::Error> {
        match name {
            "issues" => self.issues(map),
            "diff" => {
                if self.diff.replace(Default::default()).is_some() {
                    self.twice("diff");
                }
                map.next_value_seed(Object(&mut Diff(self)))
            }
            _ => self.unknown(name, map),
        }
    }
}

impl Report<'_> {
    fn issues<'de, A: MapAccess<'de>>(&mut self, map: &mut A) -> Result<(), A::Error> {
        self.lists = self.lists.saturating_add(1);
        if self.lists == 2 {
            self.twice("issues");
        }
        self.list("issues", map)
    }

    /// A list of issues that count.
    fn list<'de, A: MapAccess<'de>>(&mut self, name: &str, map: &mut A) -> Result<(), A::Error> {
        let mut record = Record::new(&FIELDS, self.limits.text);
        let (findings, defects, details) =
            (&mut self.findings, &mut self.defects, self.limits.details);
        map.next_value_seed(Records {
            record: &mut record,
            fuse: self.fuse,
            sink: |issue: &mut Record| {
                let index = findings.total;
                let path = || format!("{name}[{index}]");
                add(issue, path, defects, findings, details);
            },
        })
    }

    fn twice(&mut self, name: &str) {
        let message = format!("`{name}` stands there twice");
        self.defects
            .partial(DefectKind::Contradiction, message, Position::path(name));
    }

    /// A field of the document that this version does not know. A list or an object could hold issues.
    fn unknown<'de, A: MapAccess<'de>>(&mut self, name: &str, map: &mut A) -> Result<(), A::Error> {
        let value = map.next_value_seed(AnyScalar(0))?;
        let name = text::lossy(name.as_bytes(), 80);
        let message = format!("`{name}` is not known");
        let at = Position::path(name);
        if value.is_nested() {
            self.defects.partial(DefectKind::UnknownValue, message, at);
        } else {
            self.defects.note(DefectKind::UnknownValue, message, at);
        }
        Ok(())
    }
}

/// The object with the three lists of `credo diff`.
struct Diff<'r, 'a>(&'r mut Report<'a>);

impl Fields for Diff<'_, '_> {
    fn field<'de, A: MapAccess<'de>>(&mut self, name: &str, map: &mut A) -> Result<(), A::Error> {
        let report = &mut *self.0;
        let Some(at) = DIFF.iter().position(|n| *n == name) else {
            return report.unknown(name, map);
        };
        let before = report.findings.total;
        let mut seen = 0_u64;
        if at == 0 {
            report.list("diff.new", map)?;
            seen = report.findings.total.saturating_sub(before);
        } else {
            map.next_value_seed(Records {
                record: &mut Record::new(&FIELDS, 0),
                fuse: report.fuse,
                sink: |_: &mut Record| seen = seen.saturating_add(1),
            })?;
        }
        let slot = report.diff.get_or_insert_default().get_mut(at);
        if slot.is_some_and(|slot| slot.replace(seen).is_some()) {
            report.twice(name);
        }
        Ok(())
    }
}

/// Adds an issue. Whatever is wrong with it, it counts. Its file.
pub(super) fn add<'a>(
    issue: &'a Record,
    path: impl Fn() -> String,
    defects: &mut Defects,
    findings: &mut Findings,
    details: usize,
) -> Option<&'a str> {
    let mut judge = Judge::new(issue, defects, path);
    let category = judge.text("category");
    let rule = judge.text("check").unwrap_or("unknown");
    let (column, end_column) = (judge.place("column"), judge.place("column_end"));
    let path = judge.text("filename");
    let line = judge.place("line_no");
    let message = judge.text("message").unwrap_or_default();
    let severity = judge.integer("priority").map(severity_of_priority);
    let function = judge.nullable_text("scope").flatten();
    judge.presence("trigger");
    judge.rest();
    let Some(severity) = severity else {
        // How severe it is, is not known: it is counted, but not listed as something that it may not be.
        findings.total = findings.total.saturating_add(1);
        return path;
    };
    if !findings.has_room(details) {
        findings.count(severity);
        return path;
    }
    let finding = Finding {
        rule: rule.to_owned(),
        category: category.map(str::to_owned),
        severity,
        confidence: None,
        message: message.to_owned(),
        path: path.map(str::to_owned),
        line,
        column,
        end_column,
        function: function.map(str::to_owned),
    };
    findings.push(finding, details);
    path
}
