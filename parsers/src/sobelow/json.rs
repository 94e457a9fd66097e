//! `--format json`: `{"findings": {"high_confidence": […], …}, "sobelow_version": "0.15.0", "total_findings": 49}`.
//!
//! What proves it: the outermost object closes and nothing follows, all three lists are there, and `total_findings` is
//! the number of their findings. The confidence is the name of the list alone. Findings have a type, a file and a line,
//! and a few more fields by their kind; a printed line 0 is none.

use std::io::BufRead;

use serde::de::MapAccess;

use crate::collect::Defects;
use crate::defect::{DefectKind, Parsed, Position};
use crate::evidence::{Evidence, Finding, Findings, Tool};
use crate::input::Limits;
use crate::json_doc::{self, AnyScalar, Fields, Fuse, Object, Records, Scalar};
use crate::json_doc::{after_byte, after_first_key, first_key};
use crate::record::{Judge, Record};
use crate::text;

use super::{CONFIDENCES, Confidence, family, message, severity, split_type};

/// The fields of a finding. Only the first three are always there.
static FIELDS: [&str; 10] = [
    "file", "line", "type", "template", "variable", "key", "pipeline", "route", "details", "cve",
];

/// What else a finding may say, in the order of its message.
const EXTRA: [&str; 7] = [
    "template", "variable", "key", "pipeline", "route", "details", "cve",
];

/// Whether a report of Sobelow starts here: its first key holds its lists, or is its own.
pub(crate) fn sniff(head: &[u8]) -> bool {
    if let Some(lists) = after_first_key(head, "findings").and_then(|v| after_byte(v, b'{')) {
        return first_key(lists)
            .is_some_and(|(key, _)| CONFIDENCES.iter().any(|c| c.list.as_bytes() == key));
    }
    after_first_key(head, "sobelow_version").is_some()
        || after_first_key(head, "total_findings").is_some()
}

/// Reads the document.
pub(crate) fn parse(input: &mut dyn BufRead, limits: &Limits) -> Parsed<Evidence> {
    let fuse = Fuse::default();
    let mut report = Report {
        findings: Findings::new(Tool::Sobelow),
        defects: Defects::default(),
        limits,
        fuse: &fuse,
        seen: Vec::new(),
        total: None,
    };
    let fault = json_doc::read(input, &fuse, &mut report);
    if let Some((kind, message)) = fault {
        let at = Position::path(format!("after finding {}", report.findings.total));
        report.defects.partial(kind, message, at);
    } else {
        report.whole();
    }
    let Report {
        mut findings,
        defects,
        total,
        ..
    } = report;
    findings.total = findings.total.max(total.unwrap_or_default());
    defects.finish(Evidence::Findings(findings))
}

struct Report<'a> {
    findings: Findings,
    defects: Defects,
    limits: &'a Limits,
    fuse: &'a Fuse,
    /// The known fields that were seen.
    seen: Vec<&'static str>,
    total: Option<u64>,
}

impl Fields for Report<'_> {
    fn field<'de, A: MapAccess<'de>>(&mut self, name: &str, map: &mut A) -> Result<(), A::Error> {
        match name {
            "findings" => {
                self.see("findings");
                map.next_value_seed(Object(&mut Lists(self)))
            }
            "sobelow_version" => {
                self.see("sobelow_version");
                self.version(&map.next_value_seed(AnyScalar(80))?);
                Ok(())
            }
            "total_findings" => {
                self.see("total_findings");
                self.total(&map.next_value_seed(AnyScalar(80))?);
                Ok(())
            }
            _ => {
                let value = map.next_value_seed(AnyScalar(0))?;
                self.unknown(name, &value);
                Ok(())
            }
        }
    }
}

/// The object with the three lists.
struct Lists<'r, 'a>(&'r mut Report<'a>);

impl Fields for Lists<'_, '_> {
    fn field<'de, A: MapAccess<'de>>(&mut self, name: &str, map: &mut A) -> Result<(), A::Error> {
        let report = &mut *self.0;
        let Some(confidence) = CONFIDENCES.iter().find(|c| c.list == name) else {
            let value = map.next_value_seed(AnyScalar(0))?;
            report.unknown(name, &value);
            return Ok(());
        };
        report.see(confidence.list);
        let mut record = Record::new(&FIELDS, report.limits.text);
        let (findings, defects) = (&mut report.findings, &mut report.defects);
        let details = report.limits.details;
        map.next_value_seed(Records {
            record: &mut record,
            fuse: report.fuse,
            sink: |finding: &mut Record| add(finding, confidence, findings, defects, details),
        })
    }
}

impl Report<'_> {
    fn see(&mut self, name: &'static str) {
        if self.seen.contains(&name) {
            let message = format!("`{name}` stands there twice");
            self.defects
                .partial(DefectKind::Contradiction, message, Position::path(name));
        } else {
            self.seen.push(name);
        }
    }

    fn version(&mut self, value: &Scalar) {
        if let Scalar::Text(version) = value {
            self.findings.tool_version = Some(version.clone());
        } else {
            let message = format!("`sobelow_version` is {}, not a text", value.kind());
            let at = Position::path("sobelow_version");
            self.defects.partial(DefectKind::MissingField, message, at);
        }
    }

    fn total(&mut self, value: &Scalar) {
        let total = match value {
            Scalar::Integer(n) => u64::try_from(*n).ok(),
            _ => None,
        };
        if total.is_none() {
            let message = format!("`total_findings` is {}, not a count", value.kind());
            let at = Position::path("total_findings");
            self.defects.partial(DefectKind::Number, message, at);
        }
        self.total = self.total.max(total);
    }

    /// A field that this version does not know. A list or an object could hold findings.
    fn unknown(&mut self, name: &str, value: &Scalar) {
        let name = text::lossy(name.as_bytes(), 80);
        let message = format!("`{name}` is not known");
        let at = Position::path(name);
        if value.is_nested() {
            self.defects.partial(DefectKind::UnknownValue, message, at);
        } else {
            self.defects.note(DefectKind::UnknownValue, message, at);
        }
    }

    /// Whether everything is there and the total agrees.
    fn whole(&mut self) {
        let own = ["findings", "sobelow_version", "total_findings"];
        let lists = CONFIDENCES.iter().map(|c| c.list);
        for name in own.into_iter().chain(lists) {
            if !self.seen.contains(&name) {
                let message = format!("`{name}` is missing");
                let at = Position::path(name);
                self.defects.partial(DefectKind::MissingField, message, at);
            }
        }
        let counted = self.findings.total;
        if let Some(total) = self.total.filter(|t| *t != counted) {
            let message = format!("`total_findings` is {total}, but {counted} are listed");
            let at = Position::path("total_findings");
            self.defects.partial(DefectKind::CountMismatch, message, at);
        }
    }
}

/// Adds one finding. Whatever is wrong with it, it counts.
fn add(
    record: &Record,
    confidence: &Confidence,
    findings: &mut Findings,
    defects: &mut Defects,
    details: usize,
) {
    let index = findings.total;
    let path = || format!("findings.{}[finding {index}]", confidence.list);
    let mut judge = Judge::new(record, defects, path);
    let path = judge.text("file");
    let line = judge.place("line");
    let (rule, description) = split_type(judge.text("type").unwrap_or("unknown"));
    let extra = EXTRA.map(|name| (name, judge.extra_text(name).map(unquoted)));
    judge.rest();
    let severity = severity(rule, confidence);
    if !findings.has_room(details) {
        return findings.count(severity);
    }
    let finding = Finding {
        rule: rule.to_owned(),
        category: Some(family(rule).to_owned()),
        severity,
        confidence: Some(confidence.id.to_owned()),
        message: message(description, &extra),
        path: path.map(str::to_owned),
        line,
        column: None,
        end_column: None,
        function: None,
    };
    findings.push(finding, details);
}

/// JSON puts code in quotes (`"conn.assigns()"`), the text does not: the same finding says the same in both.
fn unquoted(text: &str) -> &str {
    let inner = text.strip_prefix('"').and_then(|t| t.strip_suffix('"'));
    inner.unwrap_or(text)
}
