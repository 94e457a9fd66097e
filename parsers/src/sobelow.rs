//! Sobelow: its JSON, its text and its lists, and what it says about its own trouble.
//!
//! Source: `lib/sobelow.ex`, `lib/sobelow/print.ex`, `lib/sobelow/finding_log.ex` of Sobelow 0.15.0.
//!
//! The JSON closes itself and has a total. The text has its end mark on standard error and its findings on standard
//! output ([`text`] says what that proves). The exit code is 0 whatever was found unless `--exit` is given, so it
//! proves nothing here. A file that does not parse is skipped without a word, in every format.
//!
//! Sobelow's confidence (that user input reaches the sink) is all the severity there is: it is kept as a word, and is
//! the severity. Findings about vulnerable dependencies are always high.
//!
//! Its SARIF is read as all SARIF is ([`sarif`](crate::sarif)). Deliberately absent: source text (`--verbose`), which
//! may hold the very secrets that a finding is about.

mod block;
mod json;
mod notes;
mod rows;
#[cfg(test)]
mod tests;
mod text;

use crate::evidence::{Severity, Tool};
use crate::{Format, Reader};

use json::{parse, sniff};
use text::open;

/// The row of `sobelow-json`.
pub(crate) const JSON: Format = Format {
    id: "sobelow-json",
    tool: Tool::Sobelow,
    summary: "Sobelow: `mix sobelow --format json`",
    proof: "the document closes, nothing follows, and its total is the number of its findings",
    reader: Reader::Document { sniff, parse },
};

/// The row of `sobelow-text`.
pub(crate) const TEXT: Format = Format {
    id: "sobelow-text",
    tool: Tool::Sobelow,
    summary: "Sobelow: what `mix sobelow` prints",
    proof: "its banner, its end mark and as many ends of findings as findings; without a finding only the exit code",
    reader: Reader::Lines(open),
};

/// The row of `sobelow-compact`.
pub(crate) const COMPACT: Format = Format {
    id: "sobelow-compact",
    tool: Tool::Sobelow,
    summary: "Sobelow: `mix sobelow --compact`",
    proof: "nothing in it: only the exit code, and only with `--exit`",
    reader: Reader::Lines(open),
};

/// The row of `sobelow-flycheck`.
pub(crate) const FLYCHECK: Format = Format {
    id: "sobelow-flycheck",
    tool: Tool::Sobelow,
    summary: "Sobelow: `mix sobelow --flycheck`",
    proof: "never: it does not say how severe its findings are",
    reader: Reader::Lines(open),
};

/// The levels of confidence: the word in a text, the name of the list in JSON, the number of its colour.
#[derive(Debug)]
struct Confidence {
    word: &'static str,
    list: &'static str,
    id: &'static str,
    colour: &'static str,
    severity: Severity,
}

static CONFIDENCES: [Confidence; 3] = [
    Confidence {
        word: "High",
        list: "high_confidence",
        id: "high",
        colour: "\u{1b}[31m",
        severity: Severity::High,
    },
    Confidence {
        word: "Medium",
        list: "medium_confidence",
        id: "medium",
        colour: "\u{1b}[33m",
        severity: Severity::Medium,
    },
    Confidence {
        word: "Low",
        list: "low_confidence",
        id: "low",
        colour: "\u{1b}[32m",
        severity: Severity::Low,
    },
];

/// `Config.HTTPS: HTTPS Not Enabled` in two. Without a colon all of it is the rule.
pub(crate) fn split_type(kind: &str) -> (&str, &str) {
    kind.split_once(": ").unwrap_or((kind, kind))
}

/// `Config` of `Config.HTTPS`: what `--ignore` takes as a whole.
pub(crate) fn family(rule: &str) -> &str {
    rule.split('.').next().unwrap_or(rule)
}

fn severity(rule: &str, confidence: &Confidence) -> Severity {
    if rule.starts_with("Vuln.") {
        Severity::High
    } else {
        confidence.severity
    }
}

/// What a finding says, with what tells it from others at the same place: `XSS (template a.eex, variable @name)`.
fn message(description: &str, details: &[(&str, Option<impl AsRef<str>>)]) -> String {
    let details: Vec<String> = details
        .iter()
        .filter_map(|(name, value)| Some(format!("{name} {}", value.as_ref()?.as_ref())))
        .collect();
    if details.is_empty() {
        description.to_owned()
    } else {
        format!("{description} ({})", details.join(", "))
    }
}
