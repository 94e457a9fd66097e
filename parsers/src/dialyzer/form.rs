//! The forms in which warnings are printed, and the warnings of each.

use std::collections::BTreeMap;

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

    /// Whether Erlang's own command prints it.
    pub(super) fn is_otp(self) -> bool {
        matches!(self, Self::Worded | Self::Term)
    }
}

/// The warnings, by form.
#[derive(Default)]
pub(super) struct Rows(BTreeMap<Form, Findings>);

impl Rows {
    /// Adds a warning.
    pub(super) fn push(&mut self, form: Form, finding: Finding, max_details: usize) {
        let findings = self.0.entry(form);
        let findings = findings.or_insert_with(|| Findings::new(Tool::Dialyzer));
        findings.push(finding, max_details);
    }

    /// Warnings of all forms.
    pub(super) fn total(&self) -> u64 {
        self.0
            .values()
            .map(|f| f.total)
            .fold(0, u64::saturating_add)
    }

    /// How many forms there are.
    pub(super) fn forms(&self) -> usize {
        self.0.len()
    }

    /// Whether all rows are such as Erlang's own command prints.
    pub(super) fn are_otp(&self) -> bool {
        !self.0.is_empty() && self.0.keys().all(|form| form.is_otp())
    }

    /// Forgets the rows that several warnings may share.
    pub(super) fn forget_merged(&mut self) {
        self.0.retain(|form, _| !form.merges());
    }

    /// The form with the most warnings; the first of them where they are equal.
    pub(super) fn largest(self) -> (Form, Findings) {
        let none = (Form::Long, Findings::new(Tool::Dialyzer));
        let larger = |best: (Form, Findings), next: (Form, Findings)| {
            if next.1.total > best.1.total {
                next
            } else {
                best
            }
        };
        self.0.into_iter().fold(none, larger)
    }
}
