//! A warning of one text: its first line, perhaps more lines, and what becomes of them.

use std::borrow::Cow;

use super::form::Form;
use super::long::{self, UNWORDED};
use super::row::Row;
use super::{ignore, term, wording};
use crate::evidence::Finding;
use crate::text::Block;

/// A warning of which more lines may follow.
pub(super) struct Warning {
    form: Form,
    finding: Finding,
    text: Block,
    /// Nothing can follow.
    closed: bool,
    /// Line of its start.
    pub(super) number: u64,
}

/// A warning with all its lines.
pub(super) struct Whole {
    pub(super) form: Form,
    pub(super) finding: Finding,
    /// Whether its end was seen, in a form that has one.
    pub(super) closed: bool,
    /// Whether it is known what warning it is.
    pub(super) known: bool,
    pub(super) number: u64,
}

/// Whether a line is surely the start of a warning, whatever was printed before. Of words that are wrapped, only the
/// start is there yet.
#[inline]
pub(super) fn is_known(row: &Row<'_>) -> bool {
    match row.form {
        Form::Worded => wording::starts_erlang(row.text),
        Form::Strict => {
            let text = row.text.strip_suffix(ignore::END);
            let text = text.and_then(|text| std::str::from_utf8(text).ok());
            text.is_some_and(|text| wording::short(text).is_some())
        }
        Form::Long | Form::Short | Form::Github | Form::Ignore | Form::Raw | Form::Term => {
            row.known
        }
    }
}

impl Warning {
    /// A warning that starts with this row.
    pub(super) fn new(row: &Row<'_>, number: u64, max: usize) -> Self {
        let closed = match row.form {
            Form::Strict => row.text.ends_with(ignore::END),
            form => form == Form::Ignore,
        };
        let finding = long::warning(row.name, &row.place);
        Self::of(row.form, finding, row.text, closed, number, max)
    }

    /// A warning that starts with the first line of an Erlang term.
    pub(super) fn term(line: &[u8], number: u64, max: usize) -> Self {
        let closed = term::ends(line);
        Self::of(Form::Term, term::unread(), line, closed, number, max)
    }

    fn of(
        form: Form,
        finding: Finding,
        line: &[u8],
        closed: bool,
        number: u64,
        max: usize,
    ) -> Self {
        let mut text = Block::default();
        text.push(line, max);
        Self {
            form,
            finding,
            text,
            closed,
            number,
        }
    }

    /// Another line, if it may be one.
    pub(super) fn more(&mut self, line: &[u8], owes: bool, max: usize) -> bool {
        let may = !self.closed && may_go_on(self.form, line, owes);
        if may {
            self.text.push(line, max);
            self.closed |= match self.form {
                Form::Strict => line.ends_with(ignore::END),
                Form::Term => term::ends(line),
                _ => false,
            };
        }
        may
    }

    /// All of it.
    pub(super) fn finish(self, max: usize) -> Whole {
        let text = self.text.finish().unwrap_or_default();
        let mut finding = self.finding;
        let mut known = true;
        match self.form {
            Form::Term => match term::finding(&joined(&text, ""), max) {
                Some(read) => finding = read,
                None => known = false,
            },
            Form::Worded => {
                finding.message = joined(&text, " ").into_owned();
                known = name(&mut finding, wording::erlang);
            }
            Form::Strict => {
                finding.message = text.strip_suffix("\"},").unwrap_or(&text).to_owned();
                known = name(&mut finding, wording::short);
            }
            Form::Ignore => finding.message.clone_from(&finding.rule),
            Form::Long | Form::Short | Form::Github | Form::Raw => finding.message = text,
        }
        Whole {
            form: self.form,
            finding,
            closed: self.closed || !matches!(self.form, Form::Strict | Form::Term),
            known,
            number: self.number,
        }
    }
}

/// Whether a line may belong to the warning above it. `owes`: totals say that the warnings are not over, so nothing else
/// is printed.
pub(super) fn may_go_on(form: Form, line: &[u8], owes: bool) -> bool {
    match form {
        Form::Worded | Form::Term => line.first() == Some(&b' '),
        Form::Short | Form::Github | Form::Strict => owes,
        Form::Long | Form::Raw | Form::Ignore => false,
    }
}

/// Names a warning by what it says.
fn name(finding: &mut Finding, wording: impl Fn(&str) -> Option<&'static str>) -> bool {
    let name = wording(&joined(&finding.message, " "));
    finding.rule = name.unwrap_or(UNWORDED).to_owned();
    name.is_some()
}

/// Lines that were wrapped, as one.
fn joined<'a>(text: &'a str, between: &str) -> Cow<'a, str> {
    if text.contains('\n') {
        let lines: Vec<&str> = text.lines().map(str::trim).collect();
        Cow::Owned(lines.join(between))
    } else {
        Cow::Borrowed(text)
    }
}
