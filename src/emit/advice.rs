//! What to do about a finding: the command of its own tool that explains or mends it. And what else is said about a
//! place.

use gatekeeper_parsers::Tool;
use gatekeeper_parsers::evidence::Severity;

use super::place;
use crate::report::{Report, ReportFinding};

/// One line, or nothing where no tool has a command for it. Only plain names get into a command.
pub(super) fn of_finding(f: &ReportFinding) -> Option<String> {
    let x = &f.finding;
    let rule = Some(x.rule.as_str()).filter(|rule| is_plain(rule));
    let path = x.path.as_deref().filter(|path| is_plain(path));
    if f.derived_from.is_some() {
        return Some("Follows from another warning of the same function: mend that one".to_owned());
    }
    match f.tool {
        Tool::Credo => Some(format!("mix credo explain {}:{}", path?, x.line?)),
        Tool::Dialyzer => Some(format!("mix dialyzer.explain {}", rule?)),
        Tool::Sobelow => Some(format!("mix sobelow --details {}", rule?)),
        Tool::MixFormat => Some(format!("mix format {}", path?)),
        Tool::MixAudit | Tool::HexAudit => {
            Some("Update the dependency (`mix deps.update NAME`), then audit again".to_owned())
        }
        Tool::Compiler if x.severity >= Severity::High => {
            Some("Mend the code at this place: nothing after it was checked".to_owned())
        }
        Tool::DepsUnlock => Some("mix deps.unlock --unused".to_owned()),
        Tool::Compiler
        | Tool::Codecov
        | Tool::Xref
        | Tool::Doctor
        | Tool::Benchee
        | Tool::Playwright
        | Tool::Ctrf
        | Tool::Tap
        | Tool::GitlabSecurity
        | Tool::CodeQuality
        | Tool::Axe
        | Tool::HexOutdated
        | Tool::Exunit
        | Tool::Junit
        | Tool::MixCover
        | Tool::Excoveralls
        | Tool::Lcov
        | Tool::Cobertura
        | Tool::Sarif => None,
    }
}

/// The findings among these ids, each as tool, rule and place. Outside text: to be escaped.
pub(super) fn related(report: &Report, ids: &[String]) -> Vec<String> {
    let number = |id: &String| id.strip_prefix('i')?.parse::<usize>().ok()?.checked_sub(1);
    let findings = ids.iter().filter_map(|id| report.findings.get(number(id)?));
    let said = findings.map(|f| {
        let at = place(f.finding.path.as_deref(), f.finding.line).unwrap_or_default();
        format!("{} {} {at}", f.tool_id, f.finding.rule)
    });
    said.collect()
}

fn is_plain(word: &str) -> bool {
    let plain = |c: char| c.is_ascii_alphanumeric() || "_./-".contains(c);
    !word.is_empty() && !word.starts_with('-') && word.chars().all(plain)
}
