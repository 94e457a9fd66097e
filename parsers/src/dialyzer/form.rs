//! The forms in which warnings are printed, and the warnings of each.

use std::cmp::Reverse;

use super::long::SEVERITY;
use crate::evidence::{Finding, Findings, Tool};

/// The form of a warning. Of two with as many warnings, the first one tells more.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Form {
    /// Long text (`dialyxir`).
    Long,
    /// `path:line:column:name text` (`short`).
    Short,
    /// An Elixir term (`raw`).
    Raw,
    /// `::warning file=…` (`github`).
    Github,
    /// `path:line:column: text`, in Erlang's words (`dialyzer`).
    Worded,
    /// `{"path", "text"},` (`ignore_file_strict`).
    Strict,
    /// `{"path", :name},` (`ignore_file`).
    Ignore,
    /// An Erlang term (`--raw` of Erlang's own command).
    Term,
}

impl Form {
    /// Id of the format. `otp`: Erlang's own command printed it.
    pub(super) fn id(self, otp: bool) -> &'static str {
        match self {
            Self::Long => super::DEFAULT.id,
            Self::Short => super::SHORT.id,
            Self::Raw => super::RAW.id,
            Self::Github => super::GITHUB.id,
            Self::Worded if otp => super::OTP_TEXT.id,
            Self::Worded => super::ERLANG.id,
            Self::Strict => super::STRICT.id,
            Self::Ignore => super::IGNORE.id,
            Self::Term => super::OTP_RAW.id,
        }
    }

    /// Whether several warnings may be one row, as the rows have no line.
    pub(super) fn merges(self) -> bool {
        matches!(self, Self::Strict | Self::Ignore)
    }

    /// Whether only its text tells what warning it is, or whether it is one.
    pub(super) fn is_told_by_text(self) -> bool {
        matches!(self, Self::Worded | Self::Strict | Self::Term)
    }

    /// Whether Erlang's own command prints it.
    pub(super) fn is_otp(self) -> bool {
        matches!(self, Self::Worded | Self::Term)
    }
}

/// The warnings, by form.
#[derive(Default)]
pub(super) struct Rows(Vec<(Form, Findings)>);

impl Rows {
    /// Adds a warning.
    pub(super) fn push(&mut self, form: Form, finding: Finding, max_details: usize) {
        self.add(form, |findings| findings.push(finding, max_details));
    }

    /// Adds warnings of which nothing more is kept.
    pub(super) fn count(&mut self, form: Form, n: u64) {
        self.add(form, |findings| {
            findings.counts.add(SEVERITY, n);
            findings.total = findings.total.saturating_add(n);
        });
    }

    /// Whether there is room for the details of one more.
    pub(super) fn has_room(&self, form: Form, max_details: usize) -> bool {
        let findings = self.0.iter().find(|(f, _)| *f == form);
        findings.is_none_or(|(_, findings)| findings.has_room(max_details))
    }

    fn add(&mut self, form: Form, add: impl FnOnce(&mut Findings)) {
        if let Some((_, findings)) = self.0.iter_mut().find(|(f, _)| *f == form) {
            return add(findings);
        }
        let mut findings = Findings::new(Tool::Dialyzer);
        add(&mut findings);
        self.0.push((form, findings));
    }

    /// Warnings of all forms.
    pub(super) fn total(&self) -> u64 {
        let totals = self.0.iter().map(|(_, findings)| findings.total);
        totals.fold(0, u64::saturating_add)
    }

    /// How many forms there are.
    pub(super) fn forms(&self) -> usize {
        self.0.len()
    }

    /// Whether all rows are such as Erlang's own command prints.
    pub(super) fn are_otp(&self) -> bool {
        !self.0.is_empty() && self.0.iter().all(|(form, _)| form.is_otp())
    }

    /// Forgets the rows that several warnings may share.
    pub(super) fn forget_merged(&mut self) {
        self.0.retain(|(form, _)| !form.merges());
    }

    /// The form with the most warnings; of equal ones the one that tells more.
    pub(super) fn largest(self) -> (Form, Findings) {
        let most = |(form, findings): &(Form, Findings)| (findings.total, Reverse(*form));
        let largest = self.0.into_iter().max_by_key(most);
        largest.unwrap_or((Form::Long, Findings::new(Tool::Dialyzer)))
    }
}
