//! One issue of the default text: its first line, the rest of its message, its location.

use crate::defect::{DefectKind, Position};
use crate::evidence::Finding;
use crate::input::Limits;
use crate::text;

use super::grammar::Head;
use super::{CATEGORIES, CUSTOM};

/// Bytes of the name of a category that are kept.
const NAME: usize = 80;

/// What stands above a list of issues.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Title {
    /// The category with this index in [`CATEGORIES`].
    Known(usize),
    /// `Category: name`, a category of the project.
    Custom(String),
    /// Anything else: `list` prints the name of a module.
    Scope,
}

impl Title {
    /// The title in a line without its leading blanks.
    pub(super) fn new(line: &[u8]) -> Self {
        let line = line.trim_ascii_end();
        if let Some(name) = line.strip_prefix(b"Category: ") {
            return Self::Custom(text::lossy(name, NAME));
        }
        let known = CATEGORIES.iter().position(|c| c.title.as_bytes() == line);
        known.map_or(Self::Scope, Self::Known)
    }
}

/// An issue whose lines are still coming.
#[derive(Debug)]
pub(super) struct Issue {
    head: u64,
    /// Index in [`CATEGORIES`]; `None` for a category of the project.
    pub(super) category: Option<usize>,
    finding: Finding,
    message: Vec<u8>,
    /// The last line so far: the location, if no other line follows.
    last: Option<Vec<u8>>,
    locations: u32,
}

impl Issue {
    /// An issue starts under a title. The letter is that of the check, and a project may move a check to another
    /// category, so it counts only where the title names none.
    pub(super) fn new(head: &Head<'_>, title: &Title, line: u64, limits: &Limits) -> Self {
        let (category, custom) = match title {
            Title::Known(index) => (Some(*index), CUSTOM),
            Title::Custom(name) => (None, name.as_str()),
            Title::Scope => (CATEGORIES.iter().position(|c| c.tag == head.tag), CUSTOM),
        };
        let known = category.and_then(|i| CATEGORIES.get(i));
        let id = known.map_or(custom, |c| c.id);
        let finding = Finding {
            rule: id.to_owned(),
            category: Some(id.to_owned()),
            severity: head.severity,
            confidence: None,
            message: String::new(),
            path: None,
            line: None,
            column: None,
            end_column: None,
            function: None,
        };
        let message = head.text.get(..limits.text).unwrap_or(head.text);
        Self {
            head: line,
            category,
            finding,
            message: message.to_owned(),
            last: None,
            locations: 0,
        }
    }

    /// A further line: more of the message, or the location.
    pub(super) fn push(&mut self, line: &[u8], limits: &Limits) {
        self.locations = self.locations.saturating_add(u32::from(
            split_location(line).is_some_and(|(_, sharp, _)| sharp),
        ));
        if let Some(last) = self.last.replace(line.to_owned())
            && self.message.len() < limits.text
        {
            self.message.extend_from_slice(&last);
        }
    }

    /// The issue is over. `source` says that a source line follows, so that a `#` in the location means `--verbose`.
    pub(super) fn finish(
        mut self,
        source: bool,
        limits: &Limits,
    ) -> (Finding, Option<(DefectKind, &'static str, Position)>) {
        let place = self.last.as_deref().and_then(split_location);
        let verbose = source && place.is_some_and(|(_, sharp, _)| sharp);
        let trouble = match place {
            None => Some((DefectKind::MissingField, "an issue without its location")),
            Some(_) if self.locations > 1 => {
                Some((DefectKind::Contradiction, "an issue with two locations"))
            }
            Some(_) => None,
        };
        if let Some((location, _, scope)) = place {
            let location = text::lossy(location, limits.text);
            let (path, line, column) = text::location(&location);
            self.finding.path = Some(path.to_owned());
            (self.finding.line, self.finding.column) = (line, column);
            self.finding.function = (!scope.is_empty()).then(|| text::lossy(scope, limits.text));
        }
        let message = text::lossy(&self.message, limits.text);
        let message = message.trim_end();
        if let Some((message, check)) = split_check(message).filter(|_| verbose) {
            check.clone_into(&mut self.finding.rule);
            message.clone_into(&mut self.finding.message);
        } else {
            message.clone_into(&mut self.finding.message);
        }
        let at = Position::line(self.head);
        (self.finding, trouble.map(|(kind, text)| (kind, text, at)))
    }
}

/// `path:line:column #(Scope)`, or `path:line:column (Scope)` in the output of `list`: the place, whether there is a
/// `#`, the scope.
fn split_location(line: &[u8]) -> Option<(&[u8], bool, &[u8])> {
    let body = line.strip_suffix(b")")?;
    let at = body.windows(2).rposition(|w| w == b" #" || w == b" (")?;
    let (place, scope) = body.split_at_checked(at)?;
    let sharp = scope.strip_prefix(b" #(");
    let scope = sharp.or_else(|| scope.strip_prefix(b" ("))?;
    (!place.is_empty()).then_some((place, sharp.is_some(), scope))
}

/// `The message [Credo.Check.Some.Check]` in two.
fn split_check(message: &str) -> Option<(&str, &str)> {
    let (text, check) = message.strip_suffix(']')?.rsplit_once(" [")?;
    let module = check.contains('.')
        && check.split('.').all(|part| {
            part.starts_with(|c: char| c.is_ascii_uppercase())
                && part.chars().all(|c| c.is_alphanumeric() || c == '_')
        });
    module.then_some((text, check))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn locations_split_from_the_right() {
        assert_eq!(
            split_location(b"lib/a (copy).ex:3:1 #(A.b)"),
            Some((&b"lib/a (copy).ex:3:1"[..], true, &b"A.b"[..]))
        );
        assert_eq!(
            split_location(b"lib/a.ex:3 (A)"),
            Some((&b"lib/a.ex:3"[..], false, &b"A"[..]))
        );
        assert_eq!(
            split_location(b"lib/a.ex #()"),
            Some((&b"lib/a.ex"[..], true, &b""[..]))
        );
        assert_eq!(split_location(b"question mark."), None);
        assert_eq!(split_location(b" #(A)"), None);
    }

    #[test]
    fn a_check_is_a_module_in_brackets() {
        assert_eq!(
            split_check("Too long. [Credo.Check.Readability.MaxLineLength]"),
            Some(("Too long.", "Credo.Check.Readability.MaxLineLength"))
        );
        assert_eq!(split_check("Prefer [1, 2]"), None);
        assert_eq!(split_check("See [Mix]"), None);
    }
}
