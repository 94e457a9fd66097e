//! Findings of all sources, each once.

use std::borrow::Cow;
use std::collections::BTreeMap;

use gatekeeper_parsers::Tool;
use gatekeeper_parsers::evidence::{Evidence, Finding};

use super::Source;
use crate::waiver::Status;
use crate::{fingerprint, related};

/// A finding with its place in the report.
#[derive(Debug, Clone)]
pub struct ReportFinding {
    /// Index of its source.
    pub source: usize,
    /// The tool.
    pub tool: Tool,
    /// Its id on the wire: SARIF documents name their own tool.
    pub tool_id: Cow<'static, str>,
    /// What was found.
    pub finding: Finding,
    /// Identity that survives inserted lines.
    pub fingerprint: String,
    /// Whether it counts.
    pub status: Status,
    /// Whether the baseline has it, waived or not.
    pub in_baseline: bool,
    /// Fingerprint of the finding from which this one only follows.
    pub derived_from: Option<String>,
    /// Ids of what else is said about its place.
    pub related: Vec<String>,
}

pub(super) fn findings(sources: &[Source]) -> Vec<ReportFinding> {
    let mut seen: BTreeMap<String, u32> = BTreeMap::new();
    let mut out = Vec::new();
    for (source, evidence) in sources.iter().map(|s| &s.evidence).enumerate() {
        let Evidence::Findings(findings) = evidence else {
            continue;
        };
        let tool_id = findings.tool_id();
        for finding in &findings.list {
            let identity = fingerprint::identity(&tool_id, finding);
            let occurrence = seen.entry(identity.clone()).or_default();
            *occurrence += 1;
            let fingerprint = fingerprint::digest(&identity, *occurrence);
            out.push(ReportFinding {
                source,
                tool: findings.tool,
                tool_id: tool_id.clone(),
                finding: finding.clone(),
                fingerprint,
                status: Status::New,
                in_baseline: false,
                derived_from: None,
                related: Vec::new(),
            });
        }
    }
    related::derive(&mut out);
    out.sort_by(|a, b| {
        let key = |f: &ReportFinding| {
            let x = &f.finding;
            (
                f.source,
                std::cmp::Reverse(x.severity),
                x.path.clone(),
                x.line,
                x.column,
                x.rule.clone(),
            )
        };
        key(a)
            .cmp(&key(b))
            .then_with(|| a.finding.message.cmp(&b.finding.message))
    });
    out
}
