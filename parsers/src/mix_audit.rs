//! mix_audit: `mix deps.audit`, its JSON and its text.
//!
//! Source: `lib/mix_audit/{repo,project,audit}.ex`, `lib/mix_audit/formatting/*.ex` of mix_audit 0.1 to 2.1.5.
//!
//! Neither form counts dependencies or advisories, so a clean report cannot tell a project without known
//! vulnerabilities from a run that looked at nothing: without a lockfile, or without the database of advisories (the
//! exit status of `git` is ignored), the report is clean and the exit code 0. What `git` says on standard error is the
//! only trace, so it makes the report partial ([`notes`]). A missing lockfile leaves no trace at all.
//!
//! The JSON closes itself, and `pass` must agree with its list. The text has an end mark only when something was found.
//!
//! Deliberately absent: the description of an advisory (pages of Markdown), its date, and the path of the lockfile,
//! which is absolute: findings are at `mix.lock`.

mod block;
mod entry;
mod human;
mod json;
mod notes;
#[cfg(test)]
mod tests;
mod versions;

use crate::evidence::Tool;
use crate::{Format, Reader};

/// The row of `mix_audit-json`.
pub(crate) const JSON: Format = Format {
    id: "mix_audit-json",
    tool: Tool::MixAudit,
    summary: "mix_audit: `mix deps.audit --format json`",
    proof: "the document closes, nothing follows, and `pass` agrees with its list",
    reader: Reader::Document {
        sniff: json::sniff,
        parse: json::parse,
    },
};

/// The row of `mix_audit-human`.
pub(crate) const HUMAN: Format = Format {
    id: "mix_audit-human",
    tool: Tool::MixAudit,
    summary: "mix_audit: what `mix deps.audit` prints",
    proof: "no count and no end mark: only the exit code",
    reader: Reader::Lines(human::open),
};
