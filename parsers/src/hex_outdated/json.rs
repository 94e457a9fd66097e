//! `--json`.

use std::io::BufRead;

use serde::de::MapAccess;

use super::outdated;
use crate::collect::Defects;
use crate::defect::{DefectKind, Parsed, Position};
use crate::evidence::{Evidence, Findings, Tool};
use crate::input::Limits;
use crate::json_doc::{self, AnyScalar, Element, Fields, Fuse, Records, Scalar, after_byte};
use crate::text;

/// Bytes of a name that are kept.
const NAME: usize = 1 << 10;

pub(super) fn sniff(head: &[u8]) -> bool {
    let holds = |word: &[u8]| text::holds(head, word);
    let entry = after_byte(head, b'[').and_then(|rest| after_byte(rest, b'{'));
    entry.is_some() && holds(b"\"lock_version\"") && holds(b"\"latest_version\"")
}

pub(super) fn parse(input: &mut dyn BufRead, limits: &Limits) -> Parsed<Evidence> {
    let fuse = Fuse::default();
    let (mut findings, mut defects) = (Findings::new(Tool::HexOutdated), Defects::default());
    let (mut entry, mut entries) = (Entry::default(), 0_u64);
    let records = Records {
        record: &mut entry,
        fuse: &fuse,
        sink: |entry: &mut Entry| {
            add(entry, entries, &mut findings, &mut defects, limits);
            entries = entries.saturating_add(1);
        },
    };
    if let Some((kind, message)) = json_doc::read_value(input, &fuse, records) {
        let at = Position::path(format!("after entry {entries}"));
        defects.partial(kind, message, at);
    }
    defects.finish(Evidence::Findings(findings))
}

fn add(
    entry: &mut Entry,
    index: u64,
    findings: &mut Findings,
    defects: &mut Defects,
    limits: &Limits,
) {
    let (package, lock, latest) = (entry.package.take(), entry.lock.take(), entry.latest.take());
    let whole = [&package, &lock, &latest].iter().all(|f| f.is_some());
    if !whole || entry.outdated.is_none() {
        let message = "an entry without its package, its versions or `outdated`";
        let at = Position::path(format!("[{index}]"));
        defects.partial(DefectKind::MissingField, message, at);
    }
    if entry.outdated != Some(false) {
        let text = |t: Option<String>| t.unwrap_or_else(|| "?".into());
        let finding = outdated(&text(package), &text(lock), &text(latest), None);
        findings.push(finding, limits.details);
    }
}

/// One dependency.
#[derive(Default)]
struct Entry {
    package: Option<String>,
    lock: Option<String>,
    latest: Option<String>,
    outdated: Option<bool>,
}

impl Element for Entry {
    fn clear(&mut self) {
        *self = Self::default();
    }
}

impl Fields for Entry {
    fn field<'de, A: MapAccess<'de>>(&mut self, name: &str, map: &mut A) -> Result<(), A::Error> {
        let value = map.next_value_seed(AnyScalar(NAME))?;
        match (name, value) {
            ("package", value) => self.package = value.into_text(),
            ("lock_version", value) => self.lock = value.into_text(),
            ("latest_version", value) => self.latest = value.into_text(),
            ("outdated", Scalar::Boolean(yes)) => self.outdated = Some(yes),
            _ => {}
        }
        Ok(())
    }
}
