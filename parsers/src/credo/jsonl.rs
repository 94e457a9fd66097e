//! `--format jsonl` (from 1.7.18): one issue a line, the same object as in the JSON ([`json`](super::json)), and nothing
//! around them ([`rows`](super::rows)).

use serde::de::DeserializeSeed;

use crate::defect::DefectKind;
use crate::input::{Limits, Line};
use crate::json_doc::{Object, after_byte, first_key};
use crate::record::Record;
use crate::stream::Part;

use super::json::{self, FIELDS, is_own};
use super::rows::Rows;

/// The list, if there is one.
#[derive(Default)]
pub(super) struct Jsonl {
    rows: Option<Rows>,
}

impl Jsonl {
    /// Looks at a line; `true` claims it.
    pub(super) fn line(&mut self, line: &Line<'_>, limits: &Limits) -> bool {
        if line.text.first() != Some(&b'{') {
            return false;
        }
        let key = after_byte(line.text, b'{').and_then(first_key);
        let known = key.is_some_and(|(key, _)| FIELDS.iter().any(|f| f.as_bytes() == key));
        let cut = !line.terminated && self.rows.is_some();
        if !cut && !(known && (self.rows.is_some() || is_own(line.text))) {
            return false;
        }
        let rows = self
            .rows
            .get_or_insert_with(|| Rows::new("credo-jsonl", line));
        rows.see(line);
        let mut record = Record::new(&FIELDS, limits.text);
        let mut json = serde_json::Deserializer::from_slice(line.text);
        let read = Object(&mut record).deserialize(&mut json);
        let number = line.number;
        let path = || format!("line {number}");
        if let Err(error) = read.and_then(|()| json.end()) {
            let message = format!("the line was not read to its end: {error}");
            let at = crate::defect::Position::line(number);
            rows.defects.partial(DefectKind::Syntax, message, at);
        }
        let (defects, findings) = (&mut rows.defects, &mut rows.findings);
        let file = json::add(&record, path, defects, findings, limits.details);
        rows.lies_in(file);
        true
    }

    /// The list as a part.
    pub(super) fn finish(self) -> Option<Part> {
        self.rows.map(Rows::finish)
    }
}
