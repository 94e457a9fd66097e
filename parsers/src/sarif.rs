//! SARIF 2.1.0, of whatever tool: Credo's and Sobelow's become what their own formats say, all others are
//! [`Tool::Sarif`] with the name of their driver.
//!
//! Source: `sarif-2.1/schema/sarif-schema-2.1.0.json` of oasis-tcs/sarif-spec; `formatter/sarif.ex` of Credo 1.7.19;
//! captures of Sobelow 0.15.0.
//!
//! Proof of completeness: the outermost object closes and nothing follows, every run has a list of results and a named
//! tool, and none says that it failed. There is no total. Where a field that decides cannot be read, the finding counts
//! and its severity is not known: the report is partial.
//!
//! In reading order: [`schema`] (what is read, as a table of [`tree`]), [`walk`] (reading along it), [`log`] (the
//! document), [`run`], [`rules`], [`result`], [`dialect`] (what results mean). Results are folded as they come; a tool
//! may stand after them, so they are graded when their run is over.
//!
//! Deliberately absent: other files that a document refers to, messages that are given as an id with arguments, levels
//! that an invocation overrides, bases of relative paths, code flows, fixes, graphs and the text of rules.

mod dialect;
mod log;
mod result;
mod rules;
mod run;
mod said;
mod schema;
#[cfg(test)]
mod tests;
mod tree;
mod walk;

use std::io::BufRead;

use crate::defect::{Completeness, Defect, DefectKind, Parsed, Position};
use crate::evidence::{Evidence, Tool};
use crate::input::Limits;
use crate::json_doc::{self, Fuse, after_byte, first_key};
use crate::stream::Expect;
use crate::{Format, Reader, text};

/// What proves a document, in a few words.
const PROOF: &str = "the document closes, nothing follows, every run has a named tool and a list of results, and no run failed";

/// The row of `credo-sarif`.
pub(crate) const CREDO: Format = Format {
    id: "credo-sarif",
    tool: Tool::Credo,
    summary: "Credo: `mix credo --format sarif`",
    proof: PROOF,
    reader: Reader::Document { sniff, parse },
};

/// The row of `sobelow-sarif`.
pub(crate) const SOBELOW: Format = Format {
    id: "sobelow-sarif",
    tool: Tool::Sobelow,
    summary: "Sobelow: `mix sobelow --format sarif`",
    proof: PROOF,
    reader: Reader::Document { sniff, parse },
};

/// The row of `sarif-json`.
pub(crate) const JSON: Format = Format {
    id: "sarif-json",
    tool: Tool::Sarif,
    summary: "SARIF 2.1.0 of any other tool",
    proof: PROOF,
    reader: Reader::Document { sniff, parse },
};

/// Words of which a document of SARIF has one near its start.
static OWN: [&[u8]; 5] = [
    b"sarif",
    b"\"driver\"",
    b"\"ruleId\"",
    b"\"physicalLocation\"",
    b"\"2.1.0\"",
];

/// Whether a document of SARIF starts here, of whatever version.
fn sniff(head: &[u8]) -> bool {
    let Some((key, rest)) = after_byte(head, b'{').and_then(first_key) else {
        return false;
    };
    let own = || OWN.iter().any(|word| text::holds(head, word));
    match key {
        b"$schema" => {
            let value = after_byte(rest, b'"').unwrap_or_default();
            let value = value.split(|b| *b == b'"').next().unwrap_or_default();
            text::holds(&value.to_ascii_lowercase(), b"sarif")
        }
        b"runs" => after_byte(rest, b'[').is_some() && own(),
        b"version" | b"properties" | b"inlineExternalProperties" => {
            text::holds(head, b"\"runs\"") && own()
        }
        _ => false,
    }
}

/// Reads the document.
fn parse(input: &mut dyn BufRead, limits: &Limits) -> Parsed<Evidence> {
    let fuse = Fuse::default();
    let mut log = log::Log::new(limits);
    let mut level = walk::Level {
        walk: walk::Walk {
            node: &schema::LOG,
            sink: &mut log,
            fuse: &fuse,
            text: limits.text,
        },
        seen: 0,
    };
    let fault = json_doc::read(input, &fuse, &mut level);
    let whole = fault.is_none();
    if let Some(fault) = fault {
        log.partial(fault);
    }
    log.finish(whole)
}

/// Whether a document that was asked for as one of `asked` may turn out to be one of `tool`: then what that tool says
/// on standard error belongs to it.
pub(crate) fn may_be(asked: Tool, tool: Tool) -> bool {
    asked == Tool::Sarif && matches!(tool, Tool::Credo | Tool::Sobelow)
}

/// The row that a document belongs to, now that it is read: only the document itself says whose it is. A document of
/// another tool than was asked for is not believed.
pub(crate) fn settle(
    asked: &'static Format,
    expect: Expect,
    parsed: &mut Parsed<Evidence>,
) -> &'static Format {
    let rows: [&'static Format; 3] = [&CREDO, &SOBELOW, &JSON];
    let Evidence::Findings(findings) = &mut parsed.value else {
        return asked;
    };
    if rows.iter().all(|row| row.id != asked.id) {
        return asked;
    }
    let explicit = expect.format.is_some() || expect.tool.is_some();
    if explicit && findings.driver.is_none() {
        findings.tool = asked.tool;
    }
    let found = rows.into_iter().find(|row| row.tool == findings.tool);
    let found = found.unwrap_or(asked);
    if explicit && found.id != asked.id && asked.tool != Tool::Sarif {
        let message = format!(
            "it was to be read as a report of {}, but it is one of {}",
            asked.tool.id(),
            findings.tool_id()
        );
        let defect = Defect::new(DefectKind::Contradiction, message, Position::default());
        parsed.lower(Completeness::Partial, defect);
    }
    found
}
