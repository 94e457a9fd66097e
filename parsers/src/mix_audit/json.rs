//! `--format json`: `{"pass": false, "vulnerabilities": [{"dependency": {…}, "advisory": {…}}, …]}`, keys in any order.
//!
//! What proves it: the outermost object closes and nothing follows, both fields are there, and `pass` is true exactly
//! when the list is empty.

use std::io::BufRead;

use serde::de::MapAccess;

use crate::advisory::WORD;
use crate::collect::Defects;
use crate::defect::{DefectKind, Parsed, Position};
use crate::evidence::{Evidence, Findings, Tool};
use crate::input::Limits;
use crate::json_doc::{self, AnyScalar, Fields, Fuse, Records, Scalar};
use crate::json_doc::{after_byte, after_first_key, first_key};
use crate::text;

use super::entry::Entry;

/// Whether a report of mix_audit starts here: its two fields, in either order.
pub(crate) fn sniff(head: &[u8]) -> bool {
    if let Some(pass) = after_first_key(head, "pass") {
        let value = pass.trim_ascii_start();
        return [&b"true"[..], b"false"].into_iter().any(|word| {
            let rest = value.strip_prefix(word).and_then(|v| after_byte(v, b','));
            rest.and_then(first_key)
                .is_some_and(|(key, _)| key == b"vulnerabilities")
        });
    }
    let Some(list) = after_first_key(head, "vulnerabilities").and_then(|v| after_byte(v, b'['))
    else {
        return false;
    };
    if let Some(rest) = after_byte(list, b']').and_then(|v| after_byte(v, b',')) {
        return first_key(rest).is_some_and(|(key, _)| key == b"pass");
    }
    let entry = after_byte(list, b'{').and_then(first_key);
    entry.is_some_and(|(key, _)| key == b"dependency" || key == b"advisory")
}

/// Reads the document.
pub(crate) fn parse(input: &mut dyn BufRead, limits: &Limits) -> Parsed<Evidence> {
    let fuse = Fuse::default();
    let mut report = Report {
        findings: Findings::new(Tool::MixAudit),
        defects: Defects::default(),
        limits,
        fuse: &fuse,
        pass: None,
        lists: 0,
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
    pass: Option<bool>,
    lists: u64,
}

impl Fields for Report<'_> {
    fn field<'de, A: MapAccess<'de>>(&mut self, name: &str, map: &mut A) -> Result<(), A::Error> {
        match name {
            "pass" => {
                let value = map.next_value_seed(AnyScalar(WORD))?;
                self.pass(&value);
                Ok(())
            }
            "vulnerabilities" => {
                self.lists = self.lists.saturating_add(1);
                let mut entry = Entry::new(self.limits.text);
                let (findings, defects) = (&mut self.findings, &mut self.defects);
                let details = self.limits.details;
                map.next_value_seed(Records {
                    record: &mut entry,
                    fuse: self.fuse,
                    sink: |entry: &mut Entry| entry.add(findings, defects, details),
                })
            }
            _ => {
                let value = map.next_value_seed(AnyScalar(0))?;
                unknown(&mut self.defects, name, &value);
                Ok(())
            }
        }
    }
}

/// A field that this version does not know. A list or an object could hold findings.
pub(super) fn unknown(defects: &mut Defects, name: &str, value: &Scalar) {
    let name = text::lossy(name.as_bytes(), WORD);
    let message = format!("`{name}` is not known");
    let at = Position::path(name);
    if value.is_nested() {
        defects.partial(DefectKind::UnknownValue, message, at);
    } else {
        defects.note(DefectKind::UnknownValue, message, at);
    }
}

impl Report<'_> {
    fn pass(&mut self, value: &Scalar) {
        let at = Position::path("pass");
        match value {
            Scalar::Boolean(_) if self.pass.is_some() => {
                let message = "`pass` stands there twice";
                self.defects.partial(DefectKind::Contradiction, message, at);
            }
            Scalar::Boolean(pass) => self.pass = Some(*pass),
            other => {
                let message = format!("`pass` is {}, not true or false", other.kind());
                self.defects.partial(DefectKind::UnknownValue, message, at);
            }
        }
    }

    /// Whether everything is there and agrees.
    fn whole(&mut self) {
        if self.lists != 1 {
            let message = format!("`vulnerabilities` stands there {} times", self.lists);
            let at = Position::path("vulnerabilities");
            self.defects.partial(DefectKind::MissingField, message, at);
        }
        let listed = self.findings.total;
        let at = Position::path("pass");
        match self.pass {
            None => {
                let message = "`pass` is missing";
                self.defects.partial(DefectKind::MissingField, message, at);
            }
            Some(pass) if pass != (listed == 0) => {
                let message = format!("`pass` is {pass}, but {listed} vulnerabilities are listed");
                self.defects.partial(DefectKind::Contradiction, message, at);
            }
            Some(_) => {}
        }
    }
}
