//! GitLab's report artifacts: security reports (SAST, dependency scanning, secret detection, …) and Code Quality.
//!
//! Source: the report schemas of GitLab 15, `lib/gitlab/ci/parsers/security/*.rb`, `codeclimate.json` and
//! `parsers/codequality/code_climate.rb` of gitlabhq, `spec/analyzers/SPEC.md` of codeclimate.
//!
//! Security: `{"version": "15.0.7", "vulnerabilities": [{"id", "name", "severity", "identifiers", "location": {"file",
//! "start_line"}}], "scan": {"scanner": {"id", "version"}, "status": "success"}}`. Nothing counts the vulnerabilities, so
//! the document proves itself by closing, and by a scan that says that it succeeded. `Unknown` is no severity.
//!
//! Code Quality: an array of `{"description", "check_name", "fingerprint", "severity", "location": {"path", "lines":
//! {"begin"} | "positions": {"begin": {"line"}}}}`. GitLab itself stops at the first entry that is not valid and lets equal
//! fingerprints overwrite each other; here every entry counts. An empty array is nobody's report until it is asked for
//! by name (`--as gitlab-code_quality`): many tools print it.
//!
//! Deliberately absent: remediations, flags, tracking, links, the contents of an issue, and its other locations.

mod quality;
mod security;
#[cfg(test)]
mod tests;

use crate::evidence::{Severity, Tool};
use crate::{Format, Reader};

/// The row of `gitlab-security`.
pub(crate) const SECURITY: Format = Format {
    id: "gitlab-security",
    tool: Tool::GitlabSecurity,
    summary: "a GitLab security report: SAST, dependency scanning, secret detection and their like",
    proof: "the document closes, nothing follows, and the scan says that it succeeded; nothing counts its entries",
    reader: Reader::Document {
        sniff: security::sniff,
        parse: security::parse,
    },
};

/// The row of `gitlab-code_quality`.
pub(crate) const QUALITY: Format = Format {
    id: "gitlab-code_quality",
    tool: Tool::CodeQuality,
    summary: "a GitLab Code Quality report, of any linter",
    proof: "the array closes and nothing follows; nothing counts its entries",
    reader: Reader::Document {
        sniff: quality::sniff,
        parse: quality::parse,
    },
};

/// A word for a severity; `Some(None)` is one that says that it is not known.
fn severity(table: &[(&str, Option<Severity>)], word: &str) -> Option<Option<Severity>> {
    let found = table.iter().find(|(w, _)| w.eq_ignore_ascii_case(word));
    found.map(|(_, severity)| *severity)
}
