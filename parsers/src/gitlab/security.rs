//! The security report.

use std::io::BufRead;
use std::num::NonZeroU32;

use serde::de::MapAccess;

use crate::collect::Defects;
use crate::defect::{DefectKind, Parsed, Position};
use crate::evidence::{Evidence, Finding, Findings, Severity, Tool};
use crate::input::Limits;
use crate::json_doc::{self, AnyScalar, Element, Fields, Fuse, Object, Records};
use crate::json_doc::{after_byte, first_key};
use crate::text;

/// Bytes of a name that are kept.
const NAME: usize = 1 << 10;

const SEVERITIES: [(&str, Option<Severity>); 6] = [
    ("Critical", Some(Severity::Critical)),
    ("High", Some(Severity::High)),
    ("Medium", Some(Severity::Medium)),
    ("Low", Some(Severity::Low)),
    ("Info", Some(Severity::Info)),
    ("Unknown", None),
];

/// Fields of the document that must be there.
const FIELDS: [&str; 3] = ["version", "vulnerabilities", "scan"];

/// Whether a report starts here: one of its fields, and words that only such a report has.
pub(super) fn sniff(head: &[u8]) -> bool {
    let first = after_byte(head, b'{').and_then(first_key).map(|(k, _)| k);
    let known: [&[u8]; 5] = [
        b"version",
        b"vulnerabilities",
        b"scan",
        b"schema",
        b"$schema",
    ];
    let holds = |word: &[u8]| text::holds(head, word);
    first.is_some_and(|k| known.contains(&k))
        && holds(b"\"vulnerabilities\"")
        && (holds(b"\"scanner\"") || holds(b"\"identifiers\"") || holds(b"\"analyzer\""))
}

pub(super) fn parse(input: &mut dyn BufRead, limits: &Limits) -> Parsed<Evidence> {
    let fuse = Fuse::default();
    let mut report = Report {
        findings: Findings::new(Tool::GitlabSecurity),
        defects: Defects::default(),
        limits,
        fuse: &fuse,
        seen: Vec::new(),
        status: None,
    };
    match json_doc::read(input, &fuse, &mut report) {
        Some((kind, message)) => {
            let at = Position::path(format!("after vulnerability {}", report.findings.total));
            report.defects.partial(kind, message, at);
        }
        None => report.whole(),
    }
    report.defects.finish(Evidence::Findings(report.findings))
}

struct Report<'a> {
    findings: Findings,
    defects: Defects,
    limits: &'a Limits,
    fuse: &'a Fuse,
    seen: Vec<&'static str>,
    status: Option<String>,
}

impl Report<'_> {
    fn whole(&mut self) {
        for name in FIELDS.iter().filter(|f| !self.seen.contains(f)) {
            let message = format!("`{name}` is missing");
            let at = Position::path(*name);
            self.defects.partial(DefectKind::MissingField, message, at);
        }
        let at = Position::path("scan.status");
        match self.status.as_deref() {
            Some("success") => {}
            Some("failure") => {
                let message = "the scan failed";
                self.defects.partial(DefectKind::ToolError, message, at);
            }
            Some(_) | None => {
                let message = "the scan does not say whether it succeeded";
                self.defects.partial(DefectKind::MissingField, message, at);
            }
        }
    }

    fn add(&mut self, entry: &mut Vulnerability) {
        let path = format!("vulnerabilities[{}]", self.findings.total);
        let word = entry.severity.take();
        let graded = word
            .as_deref()
            .and_then(|w| super::severity(&SEVERITIES, w));
        if graded.flatten().is_none() {
            let message = match &word {
                Some(word) => format!("the severity `{word}` says nothing"),
                None => "`severity` is missing".to_owned(),
            };
            let at = Position::path(format!("{path}.severity"));
            self.defects.partial(DefectKind::UnknownValue, message, at);
        }
        let rule = entry.rule.take().or_else(|| entry.id.take());
        if rule.is_none() {
            let message = "a vulnerability without an identifier";
            let at = Position::path(path);
            self.defects.partial(DefectKind::MissingField, message, at);
        }
        let name = entry.name.take().or_else(|| entry.message.take());
        let finding = Finding {
            rule: rule.unwrap_or_else(|| "unknown".into()),
            category: entry.category.take(),
            severity: graded.flatten().unwrap_or(Severity::High),
            confidence: None,
            message: match (name, entry.description.take()) {
                (Some(name), Some(text)) if text != name => format!("{name}\n{text}"),
                (Some(text), _) | (None, Some(text)) => text,
                (None, None) => String::new(),
            },
            path: entry.file.take(),
            line: entry.line,
            column: None,
            end_column: None,
            function: entry.method.take(),
        };
        let max = self.limits.details;
        match graded.flatten() {
            Some(_) => self.findings.push(finding, max),
            None => self.findings.push_ungraded(finding, max),
        }
    }
}

impl Fields for Report<'_> {
    fn field<'de, A: MapAccess<'de>>(&mut self, name: &str, map: &mut A) -> Result<(), A::Error> {
        if let Some(known) = FIELDS.iter().find(|f| **f == name) {
            if self.seen.contains(known) {
                let message = format!("`{name}` stands there twice");
                self.defects
                    .partial(DefectKind::Contradiction, message, Position::path(name));
            }
            self.seen.push(known);
        }
        match name {
            "vulnerabilities" => {
                let mut entry = Vulnerability::new(self.limits.text);
                let fuse = self.fuse;
                map.next_value_seed(Records {
                    record: &mut entry,
                    fuse,
                    sink: |entry: &mut Vulnerability| self.add(entry),
                })
            }
            "scan" => map.next_value_seed(Object(&mut Scan(self))),
            _ => map.next_value_seed(AnyScalar(0)).map(drop),
        }
    }
}

struct Scan<'r, 'a>(&'r mut Report<'a>);

impl Fields for Scan<'_, '_> {
    fn field<'de, A: MapAccess<'de>>(&mut self, name: &str, map: &mut A) -> Result<(), A::Error> {
        match name {
            "status" => self.0.status = map.next_value_seed(AnyScalar(NAME))?.into_text(),
            "scanner" => {
                let mut scanner = Scanner::default();
                map.next_value_seed(Object(&mut scanner))?;
                self.0.findings.driver = scanner.id.or(scanner.name);
                self.0.findings.tool_version = scanner.version;
            }
            _ => drop(map.next_value_seed(AnyScalar(0))?),
        }
        Ok(())
    }
}

#[derive(Default)]
struct Scanner {
    id: Option<String>,
    name: Option<String>,
    version: Option<String>,
}

impl Fields for Scanner {
    fn field<'de, A: MapAccess<'de>>(&mut self, name: &str, map: &mut A) -> Result<(), A::Error> {
        let value = map.next_value_seed(AnyScalar(NAME))?;
        match name {
            "id" => self.id = value.into_text(),
            "name" => self.name = value.into_text(),
            "version" => self.version = value.into_text(),
            _ => {}
        }
        Ok(())
    }
}

/// One entry.
#[derive(Default)]
struct Vulnerability {
    id: Option<String>,
    /// Value of the first identifier, by which GitLab tells vulnerabilities apart.
    rule: Option<String>,
    name: Option<String>,
    message: Option<String>,
    description: Option<String>,
    category: Option<String>,
    severity: Option<String>,
    file: Option<String>,
    line: Option<NonZeroU32>,
    method: Option<String>,
    max: usize,
}

impl Vulnerability {
    fn new(max: usize) -> Self {
        Self {
            max,
            ..Self::default()
        }
    }
}

impl Element for Vulnerability {
    fn clear(&mut self) {
        *self = Self::new(self.max);
    }
}

impl Fields for Vulnerability {
    fn field<'de, A: MapAccess<'de>>(&mut self, name: &str, map: &mut A) -> Result<(), A::Error> {
        match name {
            "location" => return map.next_value_seed(Object(&mut Location(self))),
            "identifiers" => {
                let (mut identifier, fuse) = (Identifier::default(), Fuse::default());
                let rule = &mut self.rule;
                return map.next_value_seed(Records {
                    record: &mut identifier,
                    fuse: &fuse,
                    sink: |i: &mut Identifier| {
                        if rule.is_none() {
                            *rule = i.0.take();
                        }
                    },
                });
            }
            _ => {}
        }
        let value = map.next_value_seed(AnyScalar(self.max))?;
        match name {
            "id" => self.id = value.into_text(),
            "name" => self.name = value.into_text(),
            "message" => self.message = value.into_text(),
            "description" => self.description = value.into_text(),
            "category" => self.category = value.into_text(),
            "severity" => self.severity = value.into_text(),
            _ => {}
        }
        Ok(())
    }
}

struct Location<'a>(&'a mut Vulnerability);

impl Fields for Location<'_> {
    fn field<'de, A: MapAccess<'de>>(&mut self, name: &str, map: &mut A) -> Result<(), A::Error> {
        let value = map.next_value_seed(AnyScalar(NAME))?;
        match name {
            "file" => self.0.file = value.into_text(),
            "method" => self.0.method = value.into_text(),
            "start_line" => {
                let line = value.count().and_then(|n| u32::try_from(n).ok());
                self.0.line = line.and_then(NonZeroU32::new);
            }
            _ => {}
        }
        Ok(())
    }
}

/// Its value.
#[derive(Default)]
struct Identifier(Option<String>);

impl Element for Identifier {
    fn clear(&mut self) {
        self.0 = None;
    }
}

impl Fields for Identifier {
    fn field<'de, A: MapAccess<'de>>(&mut self, name: &str, map: &mut A) -> Result<(), A::Error> {
        let value = map.next_value_seed(AnyScalar(NAME))?;
        if name == "value" {
            self.0 = value.into_text();
        }
        Ok(())
    }
}
