//! One result: what stands in it, before anything is known of its tool, which may come after all results.

use std::num::NonZeroU32;

use crate::defect::DefectKind;
use crate::evidence::Severity;

use super::rules::{Level, RuleRef, security};
use super::said::{Said, Value, Wrong};
use super::tree::ResultField;

/// What a result is.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(super) enum Kind {
    /// A finding.
    #[default]
    Fail,
    /// Says that something holds, does not apply, or is for a person to judge.
    Other,
}

/// What the severity of a result depends on. Results are counted by it.
#[derive(Debug, Clone, Default, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Grade {
    pub(super) rule: RuleRef,
    pub(super) level: Option<Level>,
    pub(super) rank: Option<i64>,
    pub(super) security: Option<Severity>,
    /// Sobelow: the finding is about a vulnerable dependency.
    pub(super) vulnerable: bool,
    /// Something of it could not be read.
    pub(super) unsure: bool,
}

/// What stands in a result.
#[derive(Debug, Default)]
pub(super) struct Raw {
    /// Whether there is room for its details.
    pub(super) detailed: bool,
    pub(super) grade: Grade,
    nested: RuleRef,
    kind: Kind,
    absent: bool,
    suppressions: bool,
    rejected: bool,
    text: Option<String>,
    markdown: Option<String>,
    id: Option<String>,
    /// What it says, when it is over.
    pub(super) message: Option<String>,
    /// File, decoded.
    pub(super) path: Option<String>,
    /// Place of the file in the list of files.
    pub(super) artifact: Option<usize>,
    pub(super) line: Option<NonZeroU32>,
    pub(super) column: Option<NonZeroU32>,
    pub(super) end_column: Option<NonZeroU32>,
    pub(super) function: Option<String>,
}

/// Whether a result counts.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Counts {
    /// As a finding.
    Finding,
    /// As one that somebody accepted.
    Suppressed,
    /// Not at all.
    No,
}

impl Raw {
    /// Nothing is read of it yet.
    pub(super) fn new(detailed: bool) -> Self {
        Self {
            detailed,
            ..Self::default()
        }
    }

    /// A field of the result.
    pub(super) fn set(&mut self, field: ResultField, said: Said<'_>) -> Result<(), Wrong> {
        match field {
            ResultField::Result if said.value == Value::Object => {}
            ResultField::Result => {
                self.grade.unsure = true;
                return Err(said.wrong(DefectKind::MissingField, "a result"));
            }
            ResultField::RuleId => self.grade.rule.id = self.sure(|| said.owned())?,
            ResultField::RuleIndex => self.grade.rule.index = self.sure(|| said.index())?,
            ResultField::NestedId => self.nested.id = self.sure(|| said.owned())?,
            ResultField::NestedIndex => self.nested.index = self.sure(|| said.index())?,
            ResultField::Component => self.grade.rule.extension = self.sure(|| said.index())?,
            ResultField::Level => self.grade.level = self.sure(|| Level::new(said))?,
            ResultField::Rank => self.grade.rank = self.sure(|| rank(said))?,
            ResultField::Security => self.grade.security = self.sure(|| security(said))?,
            ResultField::Kind => self.kind = kind(said)?,
            ResultField::Baseline => self.absent = said.text()? == Some("absent"),
            ResultField::Suppression => {
                self.suppressions = true;
                // What is no object accepts nothing.
                self.rejected |= said.value != Value::Object;
            }
            ResultField::Status => self.rejected |= !is_accepted(said),
            ResultField::Text => {
                let text = said.text()?;
                self.grade.vulnerable = text.is_some_and(|t| t.starts_with("Vuln."));
                self.text = self.detail(text);
            }
            ResultField::Markdown => self.markdown = self.detail(said.text()?),
            ResultField::MessageId => self.id = self.detail(said.text()?),
            ResultField::Uri => self.path = said.text()?.filter(|_| self.detailed).map(path),
            ResultField::Artifact => self.artifact = said.index()?,
            ResultField::Line => self.line = place(said)?,
            ResultField::Column => self.column = place(said)?,
            ResultField::EndColumn => self.end_column = place(said)?,
            ResultField::Function => self.function = self.detail(said.text()?),
        }
        Ok(())
    }

    /// A text that is of use only where the result is kept in detail.
    fn detail(&self, text: Option<&str>) -> Option<String> {
        text.filter(|_| self.detailed).map(str::to_owned)
    }

    /// A value that decides how severe the result is: if it cannot be read, that is not known.
    fn sure<T>(&mut self, read: impl FnOnce() -> Result<T, Wrong>) -> Result<T, Wrong> {
        let read = read();
        self.grade.unsure |= read.is_err();
        read
    }

    /// All fields were seen: whether it counts.
    pub(super) fn close(&mut self) -> Counts {
        let (rule, nested) = (&mut self.grade.rule, std::mem::take(&mut self.nested));
        rule.id = rule.id.take().or(nested.id);
        rule.index = rule.index.or(nested.index);
        self.message = self.said();
        match (self.kind, self.absent, self.suppressions && !self.rejected) {
            (Kind::Other, ..) | (_, true, _) => Counts::No,
            (Kind::Fail, false, true) => Counts::Suppressed,
            (Kind::Fail, false, false) => Counts::Finding,
        }
    }

    /// What it says. Credo writes `'` for back-ticks in the plain text, so the other form is the better one where that
    /// is all that differs.
    fn said(&mut self) -> Option<String> {
        let (text, markdown) = (self.text.take(), self.markdown.take());
        match (text, markdown) {
            (Some(text), Some(markdown)) if markdown.replace('`', "'") == text => Some(markdown),
            (Some(text), _) => Some(text),
            (None, markdown) => markdown.or(self.id.take()),
        }
    }
}

/// A rank. It is a fraction with most tools; only Credo's is looked at.
fn rank(said: Said<'_>) -> Result<Option<i64>, Wrong> {
    match said.value {
        Value::Fraction(_) => Ok(None),
        _ => said.integer(),
    }
}

fn kind(said: Said<'_>) -> Result<Kind, Wrong> {
    match said.value {
        Value::Null => Ok(Kind::Fail),
        Value::Text(word) => match word {
            "fail" => Ok(Kind::Fail),
            "pass" | "notApplicable" | "informational" | "open" | "review" => Ok(Kind::Other),
            _ => Err(said.wrong(DefectKind::UnknownValue, "a kind of result")),
        },
        _ => Err(said.wrong(DefectKind::UnknownValue, "a kind of result")),
    }
}

/// Whether the status of a suppression says that it holds; none given says so too.
fn is_accepted(said: Said<'_>) -> bool {
    match said.value {
        Value::Null => true,
        Value::Text(word) => word == "accepted",
        _ => false,
    }
}

/// A line or column; a printed 0 is none.
fn place(said: Said<'_>) -> Result<Option<NonZeroU32>, Wrong> {
    match said.value {
        Value::Null => Ok(None),
        Value::Integer(n) => match u32::try_from(n) {
            Ok(n) => Ok(NonZeroU32::new(n)),
            Err(_) => Err(said.wrong(DefectKind::Number, "a place in a file")),
        },
        _ => Err(said.wrong(DefectKind::Number, "a place in a file")),
    }
}

/// The path in a URI: without its scheme, and decoded.
pub(super) fn path(uri: &str) -> String {
    let path = uri.strip_prefix("file://").unwrap_or(uri);
    let mut out = Vec::with_capacity(path.len());
    let mut rest = path.as_bytes();
    while let Some((&first, tail)) = rest.split_first() {
        let hex = tail.split_at_checked(2).filter(|_| first == b'%');
        let byte = hex.and_then(|(hex, tail)| {
            let hex = std::str::from_utf8(hex).ok()?;
            let is_hex = hex.bytes().all(|b| b.is_ascii_hexdigit());
            let byte = u8::from_str_radix(hex, 16).ok().filter(|_| is_hex)?;
            Some((byte, tail))
        });
        let (byte, tail) = byte.unwrap_or((first, tail));
        out.push(byte);
        rest = tail;
    }
    String::from_utf8_lossy(&out).into_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn paths_are_decoded() {
        for (uri, wanted) in [
            ("lib/a.ex", "lib/a.ex"),
            ("lib/my%20file.ex", "lib/my file.ex"),
            ("file:///srv/a.ex", "/srv/a.ex"),
            ("lib/%C3%A9.ex", "lib/é.ex"),
            ("100%", "100%"),
            ("%+1%2", "%+1%2"),
            ("%ff", "\u{fffd}"),
        ] {
            assert_eq!(path(uri), wanted);
        }
    }
}
