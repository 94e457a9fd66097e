//! The Code Quality report.

use std::io::BufRead;
use std::num::NonZeroU32;

use serde::de::MapAccess;

use crate::collect::Defects;
use crate::defect::{DefectKind, Parsed, Position};
use crate::evidence::{Evidence, Finding, Findings, Severity, Tool};
use crate::input::Limits;
use crate::json_doc::{self, AnyScalar, Element, Fields, Fuse, Object, Records, after_byte};
use crate::text;

/// Bytes of a name that are kept.
const NAME: usize = 1 << 10;

const SEVERITIES: [(&str, Option<Severity>); 6] = [
    ("blocker", Some(Severity::Critical)),
    ("critical", Some(Severity::High)),
    ("major", Some(Severity::Medium)),
    ("minor", Some(Severity::Low)),
    ("info", Some(Severity::Info)),
    ("unknown", None),
];

/// Whether a report with at least one entry starts here.
pub(super) fn sniff(head: &[u8]) -> bool {
    let holds = |word: &[u8]| text::holds(head, word);
    let entry = after_byte(head, b'[').and_then(|rest| after_byte(rest, b'{'));
    entry.is_some() && holds(b"\"fingerprint\"") && holds(b"\"location\"")
}

pub(super) fn parse(input: &mut dyn BufRead, limits: &Limits) -> Parsed<Evidence> {
    let fuse = Fuse::default();
    let mut findings = Findings::new(Tool::CodeQuality);
    let mut defects = Defects::default();
    let mut issue = Issue::new(limits.text);
    let records = Records {
        record: &mut issue,
        fuse: &fuse,
        sink: |issue: &mut Issue| add(issue, &mut findings, &mut defects, limits),
    };
    if let Some((kind, message)) = json_doc::read_value(input, &fuse, records) {
        let at = Position::path(format!("after issue {}", findings.total));
        defects.partial(kind, message, at);
    }
    defects.finish(Evidence::Findings(findings))
}

/// Adds one issue. Whatever is wrong with it, it counts.
fn add(issue: &mut Issue, findings: &mut Findings, defects: &mut Defects, limits: &Limits) {
    let path = format!("[{}]", findings.total);
    let at = |name: &str| Position::path(format!("{path}.{name}"));
    let word = issue.severity.take();
    let graded = word
        .as_deref()
        .and_then(|w| super::severity(&SEVERITIES, w));
    if graded.is_none() {
        let message = match &word {
            Some(word) => format!("the severity `{word}` is not known"),
            None => "`severity` is missing".to_owned(),
        };
        defects.partial(DefectKind::UnknownValue, message, at("severity"));
    }
    let needed = [
        ("description", issue.description.is_some()),
        ("fingerprint", issue.fingerprint),
        ("location", issue.path.is_some()),
    ];
    for (name, _) in needed.into_iter().filter(|(_, there)| !there) {
        let message = format!("`{name}` is missing");
        defects.partial(DefectKind::MissingField, message, at(name));
    }
    let finding = Finding {
        rule: issue.check.take().unwrap_or_else(|| "issue".into()),
        category: issue.engine.take(),
        severity: graded.flatten().unwrap_or(Severity::Medium),
        confidence: None,
        message: issue.description.take().unwrap_or_default(),
        path: issue.path.take(),
        line: issue.line,
        column: issue.column,
        end_column: None,
        function: None,
    };
    match graded.flatten() {
        Some(_) => findings.push(finding, limits.details),
        None => findings.push_ungraded(finding, limits.details),
    }
}

/// One entry.
#[derive(Default)]
struct Issue {
    check: Option<String>,
    engine: Option<String>,
    description: Option<String>,
    severity: Option<String>,
    fingerprint: bool,
    path: Option<String>,
    line: Option<NonZeroU32>,
    column: Option<NonZeroU32>,
    max: usize,
}

impl Issue {
    fn new(max: usize) -> Self {
        Self {
            max,
            ..Self::default()
        }
    }
}

impl Element for Issue {
    fn clear(&mut self) {
        *self = Self::new(self.max);
    }
}

impl Fields for Issue {
    fn field<'de, A: MapAccess<'de>>(&mut self, name: &str, map: &mut A) -> Result<(), A::Error> {
        if name == "location" {
            return map.next_value_seed(Object(&mut Location(self)));
        }
        let value = map.next_value_seed(AnyScalar(self.max))?;
        match name {
            "check_name" => self.check = value.into_text(),
            "engine_name" => self.engine = value.into_text(),
            "description" => self.description = value.into_text(),
            "severity" => self.severity = value.into_text(),
            "fingerprint" => self.fingerprint = value.into_text().is_some(),
            _ => {}
        }
        Ok(())
    }
}

/// `{"path", "lines": {"begin": 3}}` or `{"path", "positions": {"begin": {"line": 3, "column": 1}}}`.
struct Location<'a>(&'a mut Issue);

impl Fields for Location<'_> {
    fn field<'de, A: MapAccess<'de>>(&mut self, name: &str, map: &mut A) -> Result<(), A::Error> {
        match name {
            "path" => {
                self.0.path = map.next_value_seed(AnyScalar(NAME))?.into_text();
                Ok(())
            }
            "lines" | "positions" => map.next_value_seed(Object(&mut Begin(self.0))),
            _ => map.next_value_seed(AnyScalar(0)).map(drop),
        }
    }
}

struct Begin<'a>(&'a mut Issue);

impl Fields for Begin<'_> {
    fn field<'de, A: MapAccess<'de>>(&mut self, name: &str, map: &mut A) -> Result<(), A::Error> {
        if name == "begin" {
            map.next_value_seed(Place(self.0))
        } else {
            map.next_value_seed(AnyScalar(0)).map(drop)
        }
    }
}

/// A line, or an object with one.
struct Place<'a>(&'a mut Issue);

impl<'de> serde::de::DeserializeSeed<'de> for Place<'_> {
    type Value = ();

    fn deserialize<D: serde::Deserializer<'de>>(self, value: D) -> Result<(), D::Error> {
        value.deserialize_any(self)
    }
}

impl<'de> serde::de::Visitor<'de> for Place<'_> {
    type Value = ();

    fn expecting(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("a line or a place")
    }

    fn visit_u64<E>(self, n: u64) -> Result<(), E> {
        self.0.line = u32::try_from(n).ok().and_then(NonZeroU32::new);
        Ok(())
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<(), A::Error> {
        while let Some(name) = map.next_key::<String>()? {
            let value = map.next_value_seed(AnyScalar(0))?.count();
            let place = value
                .and_then(|n| u32::try_from(n).ok())
                .and_then(NonZeroU32::new);
            match name.as_str() {
                "line" => self.0.line = place,
                "column" => self.0.column = place,
                _ => {}
            }
        }
        Ok(())
    }
}
